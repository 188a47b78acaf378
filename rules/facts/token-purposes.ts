/** What a token, or the secret that signs it, is for, as far as names tell. */
import type { Script } from '../contract.js';
import { tokenName, wordsOf } from './names.js';
import { namesAround } from './surroundings.js';
import type { Node } from './syntax.js';

/** `access` is what says who is in; each of the others must not be good for that. */
export type TokenPurpose = 'access' | 'refresh' | 'e-mail verification' | 'password reset' | 'invitation';

const WORDS: readonly (readonly [TokenPurpose, ReadonlySet<string>])[] = [
  ['refresh', new Set(['refresh', 'rt'])],
  ['password reset', new Set(['reset', 'forgot', 'forget', 'forgotten', 'recover', 'recovery'])],
  ['e-mail verification', new Set(['email', 'mail', 'verification', 'confirmation', 'confirm', 'activation', 'activate'])],
  ['invitation', new Set(['invite', 'invitation', 'invites'])],
  ['access', new Set(['access', 'at'])],
];

/** Words of functions and variables that make or hold the token of a session. */
const SESSION_WORDS: ReadonlySet<string> = new Set([
  ...['token', 'tokens', 'jwt', 'auth', 'authenticate', 'login', 'signin', 'register', 'signup', 'session'],
]);

/** Names above which nothing says more about a call. */
const NAMES = 4;

/** What a name says; undefined when nothing. */
export function purposeIn(name: string): TokenPurpose | undefined {
  const words = wordsOf(name);
  return WORDS.find(([, set]) => words.some((word) => set.has(word)))?.[0];
}

/** Words of functions that make a token, rather than take one and do what it is for. */
const MAKING_WORDS: ReadonlySet<string> = new Set([
  ...['create', 'generate', 'gen', 'make', 'issue', 'sign', 'build', 'new', 'get', 'send', 'request', 'forgot', 'forget', 'forgotten'],
]);
/** Words of what a token is handed out as. */
const TOKEN_WORDS: ReadonlySet<string> = new Set(['token', 'tokens', 'jwt', 'link', 'url', 'code']);

/** What the token of a signing call is for: the innermost name that says it, else a session's where the names are of one. */
export function purposeOf(script: Script, call: Node): TokenPurpose | undefined {
  const names = namesAround(script, call).slice(0, NAMES);
  let isToken = false;
  for (const name of names) {
    const words = wordsOf(name);
    const purpose = purposeIn(name);
    const makes = words.some((word) => MAKING_WORDS.has(word));
    // `resetPassword` ends a session with a new one, and `refresh` gives a new access token: both take the other kind.
    const says = makes || (!isToken && (purpose === 'refresh' || purpose === 'access' || words.some((word) => TOKEN_WORDS.has(word))));
    if (purpose && says) return purpose;
    isToken ||= tokenName(name) !== undefined;
  }
  return isToken || names.some((name) => wordsOf(name).some((word) => SESSION_WORDS.has(word))) ? 'access' : undefined;
}
