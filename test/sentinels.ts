/** Made-up secrets of many shapes, new in every run, that no report may show: neither whole nor six characters of them. */
import { generateKeyPairSync, randomBytes, randomInt, randomUUID } from 'node:crypto';

function letters(length: number): string {
  return Array.from({ length }, () => 'abcdefghijkmnpqrstuvwxyz'[randomInt(24)]).join('');
}

function jws(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256' })}.${part({ sub: letters(12) })}.${randomBytes(32).toString('base64url')}`;
}

const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** On one line, without quotes, backslashes or dollar signs, so that they can stand anywhere. */
export const SECRETS: Readonly<Record<string, string>> = {
  hex: randomBytes(16).toString('hex'),
  base64: randomBytes(32).toString('base64'),
  base64url: randomBytes(32).toString('base64url'),
  uuid: randomUUID(),
  token: jws(),
  'PEM body on one line': pem.replace(/-----[A-Z ]{1,40}-----|\n/g, ''),
  'digits only': String(randomInt(1e9, 1e10)),
  'one word': letters(12),
  'word and digits': `${letters(7)}${randomInt(10, 99)}`,
  'words with dashes': `${letters(8)}-${letters(7)}-${letters(9)}`,
  'words with spaces': `${letters(8)} ${letters(7)} ${letters(9)}`,
  punctuation: `${letters(6)}!=:;,${letters(6)}#@&|${letters(6)}`,
  brackets: `{${letters(6)}: [${letters(6)}], (${letters(6)})}`,
  'other letters': `ж${letters(7)}中文${letters(7)}ß`,
  emoji: `\u{1f511}${letters(7)}\u{1f511}${letters(7)}`,
  'invisible characters': `${letters(6)}\u202e${letters(6)}\u200b${letters(6)}`,
};

/** The key's three lines of base64; not its header. */
export const PEM = pem;

/** The parts of a secret that must not appear. */
export function partsOf(secret: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at + 6 <= secret.length; at++) parts.push(secret.slice(at, at + 6));
  return parts;
}
