/** Hashes of words: `5ebe2294…` looks drawn, and is guessed as soon as `secret` is, from which it was made. */
import type { CryptoPort, HashName } from '../contract.js';
import { latin1Of } from './base64.js';
import { KNOWN_SECRETS } from './known-secrets.js';
import { words } from './words.js';

/** Which hash gives so many bytes. */
const HASHES: ReadonlyMap<number, HashName> = new Map([
  [16, 'md5'],
  [20, 'sha1'],
  [32, 'sha256'],
  [48, 'sha384'],
  [64, 'sha512'],
]);

/** What people put together of two: the words for a secret and for what it is of. */
const PARTS = [
  'my',
  'super',
  'jwt',
  'token',
  'access',
  'refresh',
  'auth',
  'session',
  'app',
  'api',
  'secret',
  'key',
  'private',
  'user',
  'admin',
  'test',
];
const SIGNS = ['', '-', '_', ' '];

/** Digests in hex, by hash: six thousand each, in some five milliseconds, made when the first value of that length is asked about. */
const digests = new Map<HashName, ReadonlySet<string | undefined>>();

/** True for a digest, in hex or base64, of a word or of a secret that is known. */
export function isHashedWord(value: string, crypto: Pick<CryptoPort, 'digest'>): boolean {
  const hex = hexOf(value);
  const hash = HASHES.get((hex?.length ?? 0) / 2);
  if (hex === undefined || hash === undefined) return false;
  let known = digests.get(hash);
  if (!known) digests.set(hash, (known = new Set([...candidates()].map((word) => crypto.digest(hash, word)))));
  return known.has(hex);
}

/** Bytes that are written in hex or base64, in lower case hex. */
function hexOf(value: string): string | undefined {
  if (value.length > 128) return undefined;
  if (/^(?:[0-9a-f]{2})+$/i.test(value)) return value.toLowerCase();
  if (!/^[\w+/-]+={0,2}$/.test(value)) return undefined;
  const bytes = latin1Of(value.replace(/=+$/, ''));
  return bytes === undefined ? undefined : [...bytes].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

function candidates(): ReadonlySet<string> {
  const { common, further } = words();
  const pairs = PARTS.flatMap((first) => PARTS.flatMap((second) => SIGNS.map((sign) => first + sign + second)));
  const usual = [...common, ...KNOWN_SECRETS.map((secret) => secret.toLowerCase())];
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  // `echo secret | sha256sum` hashes the line.
  const lines = [...usual, ...pairs].map((word) => `${word}\n`);
  const shouted = usual.map((word) => word.toUpperCase());
  return new Set([...KNOWN_SECRETS, ...usual, ...pairs, ...further, ...[...usual, ...further].map(capital), ...shouted, ...lines]);
}
