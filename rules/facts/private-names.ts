/** Which names mean what nobody but its owner, or nobody at all, should read, and which mean a person in a database. */
import { wordsOf } from './names.js';

/** Words that end such a name by themselves. */
const PRIVATE_NOUNS: ReadonlySet<string> = new Set([
  ...[
    'password',
    'passwords',
    'passwd',
    'pwd',
    'passcode',
    'passphrase',
    'salt',
    'secret',
    'secrets',
    'cvv',
    'cvc',
    'cvv2',
    'ssn',
    'mnemonic',
  ],
]);

/** Ends of such names that need the word before them. */
const PRIVATE_PAIRS: ReadonlySet<string> = new Set([
  ...['password hash', 'password digest', 'password salt', 'pass hash', 'hash password', 'card number', 'credit card', 'debit card'],
  ...[
    'private key',
    'api key',
    'secret key',
    'encryption key',
    'seed phrase',
    'recovery codes',
    'backup codes',
    'security number',
    'user pin',
  ],
  ...['card pin', 'otp code'],
]);

/** Words that make a claim one about the thing, or of public use. */
const ABOUT: ReadonlySet<string> = new Set([
  ...[
    'has',
    'is',
    'no',
    'need',
    'needs',
    'must',
    'require',
    'required',
    'reset',
    'forgot',
    'change',
    'changed',
    'update',
    'updated',
    'expires',
  ],
  ...['public', 'masked', 'last', 'last4', 'id', 'name', 'type', 'version', 'with', 'without', 'verify', 'use', 'should', 'can', 'temp'],
]);

/** Names of how to reach somebody, which some count as private. */
const CONTACTS: ReadonlySet<string> = new Set(['email', 'mail', 'phone', 'mobile', 'telephone', 'address', 'birthday', 'birthdate', 'dob']);

/** True for the name of a password, its hash, a card's or a secret's number, a key. */
export function isPrivateName(name: string): boolean {
  const words = wordsOf(name);
  if (words.some((word) => ABOUT.has(word))) return false;
  const last = words.at(-1);
  if (last === undefined) return false;
  if (PRIVATE_NOUNS.has(last) || (words.length === 1 && last === 'pin')) return true;
  return words.length > 1 && PRIVATE_PAIRS.has(words.slice(-2).join(' '));
}

/** True for the name of a password or of what is stored of it. */
export function isPasswordName(name: string): boolean {
  const words = wordsOf(name);
  if (words.some((word) => ABOUT.has(word))) return false;
  return (
    words.some((word) => ['password', 'passwd', 'pwd'].includes(word)) &&
    ['password', 'passwd', 'pwd', 'hash', 'digest', 'hashed'].includes(words.at(-1)!)
  );
}

/** True for the name of a way to reach a person, or of a date of birth. */
export function isContactName(name: string): boolean {
  const last = wordsOf(name).at(-1);
  return last !== undefined && CONTACTS.has(last);
}

const PEOPLE: ReadonlySet<string> = new Set([
  ...[
    'user',
    'account',
    'member',
    'customer',
    'admin',
    'employee',
    'student',
    'teacher',
    'patient',
    'person',
    'driver',
    'seller',
    'vendor',
  ],
]);

/** True for what a person's record is called: `user`, `foundUser`, `userDoc`, `UserEntity`. */
export function isPersonName(name: string): boolean {
  const words = wordsOf(name);
  const ends = ['doc', 'document', 'entity', 'record', 'row', 'model'];
  const last = ends.includes(words.at(-1) ?? '') ? words.at(-2) : words.at(-1);
  if (words.some((word) => ['payload', 'public', 'safe', 'jwt', 'token', 'claims', 'decoded', 'session'].includes(word))) return false;
  return last !== undefined && PEOPLE.has(last);
}
