/** Which secret signed a token: the ones that crackers try first, and the ones that stand in the same repository. */
import type { CryptoPort, FileFacts, Place, Script, Settings, Text } from '../contract.js';
import { keyLiteralsOf } from './key-literals.js';
import { KNOWN_SECRETS } from './known-secrets.js';
import { signingSecrets } from './settings.js';

import { classifyToken, tokensIn, type Token } from './tokens.js';

/** Secrets that are tried first, besides the well-known ones. */
const WORDS = [
  'password',
  'changeme',
  'jwt',
  'jwtsecret',
  'jwt-secret',
  'jwt_secret',
  'key',
  'test',
  'admin',
  'token',
  'mysecret',
  'secret123',
  '123456',
];

const GUESSES: readonly string[] = [...new Set([...KNOWN_SECRETS, ...WORDS])];

/** Whether a secret signed a token; false for every token that no secret signs. */
export function isSignedBy(token: Token, secret: string, crypto: CryptoPort): boolean {
  const { algorithm, compact, signature } = token;
  if (algorithm !== 'HS256' && algorithm !== 'HS384' && algorithm !== 'HS512') return false;
  return crypto.signed(algorithm, secret, compact.slice(0, compact.lastIndexOf('.')), signature);
}

/** Whether a token is signed with a secret that a cracker tries first. */
export function isForgeable(token: Token, crypto: CryptoPort): boolean {
  return GUESSES.some((guess) => isSignedBy(token, guess, crypto));
}

/** Tokens of one file that are kept for a proof. */
const MOST_TOKENS = 50;

/** The tokens of a text that a secret may have signed, and that are good for something. */
export function tokensToProve({ path, text, crypto }: Text): FileFacts['tokens'] {
  const found: NonNullable<FileFacts['tokens']>[number][] = [];
  for (const token of tokensIn(text)) {
    if (!token.algorithm.startsWith('HS') || classifyToken(token, crypto.now()).grade === 'info') continue;
    found.push({
      place: { path, start: token.start, end: token.end },
      algorithm: token.algorithm,
      mark: crypto.mark(token.compact, 128),
      signedBy: signer(token, crypto),
    });
    if (found.length === MOST_TOKENS) break;
  }
  return found.length > 0 ? found : undefined;
}

// What outlives the analysis of a file must not hold its tree, as a function made where a script is in scope would.

function signer(token: Token, crypto: CryptoPort): (secret: string) => boolean {
  return (secret) => isSignedBy(token, secret, crypto);
}

function keyOf(name: string | undefined, place: Place, secret: string): NonNullable<FileFacts['keys']>[number] {
  return { name, place, tried: (by) => by(secret) };
}

/** The signing secrets of a settings file. */
export function keysOfSettings(settings: Settings): FileFacts['keys'] {
  const found = signingSecrets(settings).flatMap(({ entry, name, placeholder, interpolation }) => {
    const place = { path: settings.path, ...entry.keySpan };
    return placeholder !== undefined || interpolation ? [] : [keyOf(name, place, entry.value)];
  });
  return found.length > 0 ? found : undefined;
}

/** The signing secrets that stand in code. */
export function keysOfScripts(scripts: readonly Script[]): FileFacts['keys'] {
  const found = scripts.flatMap((script) =>
    keyLiteralsOf(script).flatMap(({ value, name }) =>
      value.at.path === script.path ? [keyOf(name ?? value.name, value.at, value.text)] : [],
    ),
  );
  return found.length > 0 ? found : undefined;
}
