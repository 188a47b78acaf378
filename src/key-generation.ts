/**
 * New keys for JWS algorithms, from the CSPRNG of node:crypto: secrets as long as the hash or longer (RFC 7518, 3.2), key pairs
 * with the curve or the modulus that their algorithm asks for (RFC 7518, 3.3 to 3.5; RFC 8037), named by RFC 7638 thumbprints.
 */
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { JwtlintError } from './errors.js';

/** Bytes of the hash of each HMAC algorithm: the least that a key may have. */
const HASH_BYTES = { HS256: 32, HS384: 48, HS512: 64 } as const;

const CURVES = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const;

/** Algorithms that keys can be made for (RFC 7518, RFC 8037). */
export const ALGORITHMS = [
  ...['HS256', 'HS384', 'HS512'],
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA'],
] as const;

/** How a key is written. The first three are for secrets only. */
export const KEY_FORMATS = ['base64url', 'base64', 'hex', 'jwk', 'pem'] as const;

export type KeyFormat = (typeof KEY_FORMATS)[number];

export interface KeyRequest {
  readonly algorithm: string;
  /** Undefined for base64url of a secret, PEM of a private key. */
  readonly format: KeyFormat | undefined;
  /** Bytes of a secret; undefined for those of the hash. */
  readonly bytes: number | undefined;
  /** Bits of an RSA modulus; undefined for 3072. */
  readonly modulusLength: number | undefined;
}

export interface NewKey {
  /** The secret, or the private key; nobody else has it. */
  readonly text: string;
  /** What it is, for people: holds nothing of it. */
  readonly description: string;
  /** Of a key pair, a JWK Set with the public key, which everybody may have. */
  readonly publicJwks: string | undefined;
}

const MODULUS_LENGTHS: readonly number[] = [2048, 3072, 4096];
const DEFAULT_MODULUS_LENGTH = 3072;

/** More makes no key stronger: HMAC hashes a key that is longer than its block. */
const MOST_BYTES = 1024;

/**
 * Makes a key; no two calls give the same.
 * @throws JwtlintError `usage` when what is asked for is no key, or a weak one
 */
export function generateKey(request: KeyRequest): NewKey {
  const { algorithm } = request;
  if (Object.hasOwn(HASH_BYTES, algorithm)) return secretFor(algorithm as keyof typeof HASH_BYTES, request);
  if (request.bytes !== undefined) throw usage(`--bytes is about secrets, and ${algorithm} takes a key pair`);
  if (request.format !== undefined && request.format !== 'jwk' && request.format !== 'pem')
    throw usage(`a private key for ${algorithm} is written as pem or jwk, not as ${request.format}`);
  return pairFor(algorithm, request.format ?? 'pem', request.modulusLength);
}

function usage(message: string): JwtlintError {
  return new JwtlintError('usage', message, 'jwtlint generate --help lists what there is.');
}

function secretFor(algorithm: keyof typeof HASH_BYTES, { format = 'base64url', bytes, modulusLength }: KeyRequest): NewKey {
  const least = HASH_BYTES[algorithm];
  if (modulusLength !== undefined) throw usage(`--modulus-length is about RSA, and ${algorithm} takes a secret`);
  if (bytes !== undefined && bytes < least)
    throw usage(`${algorithm} needs a key of at least ${String(least)} bytes (RFC 7518, 3.2), not ${String(bytes)}`);
  if (bytes !== undefined && bytes > MOST_BYTES) throw usage(`a secret of more than ${String(MOST_BYTES)} bytes is no stronger`);
  if (format === 'pem') throw usage('a secret has no PEM form; there is base64url, base64, hex and jwk');
  const size = bytes ?? least;
  const secret = process.getBuiltinModule('node:crypto').randomBytes(size);
  const text =
    format === 'jwk'
      ? JSON.stringify({ kty: 'oct', k: secret.toString('base64url'), alg: algorithm, use: 'sig' })
      : secret.toString(format);
  return { text, description: `${String(size)} random bytes for ${algorithm}, as ${format}`, publicJwks: undefined };
}

function pairFor(algorithm: string, format: 'jwk' | 'pem', modulusLength: number | undefined): NewKey {
  const isRsa = /^[RP]S/.test(algorithm);
  if (modulusLength !== undefined && !isRsa) throw usage(`--modulus-length is about RSA, and ${algorithm} has a curve of its own`);
  if (modulusLength !== undefined && !MODULUS_LENGTHS.includes(modulusLength))
    throw usage(`--modulus-length takes one of ${MODULUS_LENGTHS.join(', ')}`);
  const bits = modulusLength ?? DEFAULT_MODULUS_LENGTH;
  const { publicKey, privateKey } = newPair(algorithm, bits);
  const open = publicKey.export({ format: 'jwk' });
  const about = { kid: thumbprint(open), alg: algorithm, use: 'sig' };
  const text =
    format === 'jwk'
      ? JSON.stringify({ ...privateKey.export({ format: 'jwk' }), ...about })
      : privateKey.export({ format: 'pem', type: 'pkcs8' }).toString().trimEnd();
  const kind = isRsa ? `an RSA key of ${String(bits)} bits` : algorithm === 'EdDSA' ? 'an Ed25519 key' : `a key on ${String(open.crv)}`;
  return {
    text,
    description: `${kind} for ${algorithm}, as ${format}, kid ${about.kid}`,
    publicJwks: `${JSON.stringify({ keys: [{ ...open, ...about }] }, undefined, 2)}\n`,
  };
}

/** @throws JwtlintError `output` where this Node.js is built or set up without the algorithm, as those for FIPS are */
function newPair(algorithm: string, modulusLength: number): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  const crypto = process.getBuiltinModule('node:crypto');
  try {
    if (/^[RP]S/.test(algorithm)) return crypto.generateKeyPairSync('rsa', { modulusLength });
    if (algorithm === 'EdDSA') return crypto.generateKeyPairSync('ed25519');
    return crypto.generateKeyPairSync('ec', { namedCurve: CURVES[algorithm as keyof typeof CURVES] });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new JwtlintError(
      'output',
      `This Node.js makes no key for ${algorithm} (${code}).`,
      'Take another algorithm, or another Node.js.',
      {
        cause: error,
      },
    );
  }
}

/** A public key of a JWK Set. */
export type PublicJwk = JsonWebKey & { readonly kid: string; readonly alg?: string };

/** The public part of a private key in PEM or JWK, with its thumbprint as `kid`. */
export function publicJwkOf(text: string): PublicJwk {
  const open = process.getBuiltinModule('node:crypto').createPublicKey(privateKeyOf(text)!).export({ format: 'jwk' });
  return { ...open, kid: thumbprint(open) };
}

/** What a private key in PEM or JWK is for, and how it is written; undefined when there is none, or none without a passphrase. */
export function algorithmOfKey(
  text: string,
): { readonly algorithm: string; readonly format: 'jwk' | 'pem'; readonly modulusLength: number | undefined } | undefined {
  const key = privateKeyOf(text);
  const { namedCurve, modulusLength } = key?.asymmetricKeyDetails ?? {};
  const format = text.trimStart().startsWith('{') ? 'jwk' : 'pem';
  const named = format === 'jwk' ? (JSON.parse(text) as { alg?: unknown }).alg : undefined;
  switch (key?.asymmetricKeyType) {
    case 'rsa':
      return {
        algorithm: typeof named === 'string' && /^[RP]S/.test(named) ? named : 'RS256',
        format,
        modulusLength: fittingLength(modulusLength),
      };
    case 'ec': {
      const algorithm = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }[namedCurve ?? ''];
      return algorithm === undefined ? undefined : { algorithm, format, modulusLength: undefined };
    }
    case 'ed25519':
      return { algorithm: 'EdDSA', format, modulusLength: undefined };
    default:
      return undefined;
  }
}

/** The next key is no shorter than the last one, and long enough. */
function fittingLength(bits = 0): number {
  return MODULUS_LENGTHS.find((length) => length >= bits) ?? MODULUS_LENGTHS.at(-1)!;
}

function privateKeyOf(text: string): KeyObject | undefined {
  const { createPrivateKey } = process.getBuiltinModule('node:crypto');
  try {
    return text.trimStart().startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' })
      : createPrivateKey(text);
  } catch {
    return undefined; // node and OpenSSL have many words for it, and all of them mean no
  }
}

/** Members that identify a public key, in the order in which RFC 7638 (3.2) and RFC 8037 (2) hash them. */
const IDENTIFYING: Readonly<Record<string, readonly (keyof JsonWebKey)[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

function thumbprint(jwk: JsonWebKey): string {
  const members = IDENTIFYING[jwk.kty ?? '']!.map((name) => [name, jwk[name]] as const);
  return process
    .getBuiltinModule('node:crypto')
    .createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('base64url');
}
