/** The CryptoPort of the command line and the ESLint plugin, by node:crypto, which is loaded at the first use only. */
import type { KeyObject } from 'node:crypto';
import type { CryptoPort, HashName, KeyInput, KeyMaterial } from '../rules/contract.js';

let loaded: typeof import('node:crypto') | undefined;

function nodeCrypto(): typeof import('node:crypto') {
  return (loaded ??= process.getBuiltinModule('node:crypto'));
}

/** Guesses (as a power of two) beyond which a keyed digest tells nothing about a value. */
const UNGUESSABLE = 64;

/** Base 32 digits of a stored digest: 80 bits. */
const STORED_DIGITS = 16;

/** The port of one run, and what may outlive the run. */
export interface Marks extends CryptoPort {
  /**
   * What may be stored of a marked value: a digest under a salt, shortened; of a value that could be guessed only the word
   * `weak`, since its digest would let guesses be tried.
   */
  stored(mark: string, salt: string): string;
}

/**
 * Makes a port.
 *
 * Marks count the values in the order in which they are first seen: they compare within this port, and say nothing of the
 * value nor of another run. A digest would do the same, and loading node:crypto for it takes a tenth of a hook's time.
 */
export function createCrypto(): Marks {
  const seen = new Map<string, string>();
  const unguessable = new Map<string, string>();
  const identity = (value: string): string => {
    let name = seen.get(value);
    if (name === undefined) seen.set(value, (name = `value ${String(seen.size + 1)}`));
    return name;
  };
  return {
    mark: (value, guessesLog2) => {
      const name = identity(value);
      if (guessesLog2 >= UNGUESSABLE) unguessable.set(name, value);
      return name;
    },
    identity,
    stored: (mark, salt) => {
      const value = unguessable.get(mark);
      if (value === undefined) return 'weak';
      const digest = nodeCrypto().createHmac('sha256', salt).update(value).digest('hex');
      return BigInt(`0x${digest}`).toString(32).padStart(52, '0').slice(-STORED_DIGITS);
    },
    signed,
    digest,
    inspectKey,
    now: () => Math.floor(Date.now() / 1000),
  };
}

/** A fresh salt: 128 random bits in base 32. */
export function randomSalt(): string {
  return BigInt(`0x${nodeCrypto().randomBytes(16).toString('hex')}`)
    .toString(32)
    .padStart(26, '0');
}

function digest(hash: HashName, text: string): string | undefined {
  try {
    return nodeCrypto().hash(hash, text, 'hex');
  } catch (error) {
    // A build of OpenSSL for FIPS has no MD5.
    if (error instanceof Error && /not supported|unsupported/.test(error.message)) return undefined;
    throw error;
  }
}

function signed(algorithm: 'HS256' | 'HS384' | 'HS512', secret: string, input: string, signature: string): boolean {
  const keys = [Buffer.from(secret)];
  if (/^(?:[0-9a-f]{2}){16,}$/i.test(secret)) keys.push(Buffer.from(secret, 'hex'));
  else if (/^[\w+/-]{22,}={0,2}$/.test(secret)) keys.push(Buffer.from(secret, 'base64'));
  const hash = `sha${algorithm.slice(2)}`;
  return keys.some((key) => nodeCrypto().createHmac(hash, key).update(input).digest('base64url') === signature);
}

function inspectKey(input: KeyInput): KeyMaterial | undefined {
  if ('jwk' in input) return inspectJwk(input.jwk);
  if ('der' in input) return inspectDer(Buffer.from(input.der));
  const { pem } = input;
  if (pem.startsWith('AGE-SECRET-KEY-1')) return { ...PRIVATE, type: 'x25519' };
  if (pem.startsWith('DOTENV_PRIVATE_KEY=')) return inspectDotenvx(pem.slice('DOTENV_PRIVATE_KEY='.length));
  if (pem.startsWith('PuTTY-User-Key-File-')) return inspectPutty(pem);
  const label = /^-{4,5} ?BEGIN ([A-Z0-9 ]{1,40}?) ?-{4,5}\n/.exec(pem)?.[1];
  if (label === undefined) return undefined;
  return label.includes('PRIVATE KEY') ? inspectPrivatePem(label, pem) : inspectPublicPem(label, pem);
}

/** 32 bytes in hex that are a key on secp256k1, as nearly all are. */
function inspectDotenvx(hex: string): KeyMaterial | undefined {
  const curve = 'secp256k1';
  const ecdh = nodeCrypto().createECDH(curve);
  try {
    ecdh.setPrivateKey(hex, 'hex');
  } catch (error) {
    if (error instanceof Error && /^ERR_CRYPTO/.test(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
  return { ...PRIVATE, type: 'ec', curve };
}

const PRIVATE: KeyMaterial = { kind: 'private', encrypted: false, type: undefined, bits: undefined, curve: undefined };
const ENCRYPTED: KeyMaterial = { ...PRIVATE, encrypted: true };

/**
 * What node:crypto makes of a key; undefined when it refuses it, with its own errors or those of OpenSSL. Anything else
 * that is thrown is a fault of ours.
 */
function accepted(make: () => KeyObject): KeyObject | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error && (/^ERR_/.test(String((error as NodeJS.ErrnoException).code)) || /^error:/.test(error.message)))
      return undefined;
    throw error;
  }
}

function materialOf(key: KeyObject): KeyMaterial {
  if (key.type === 'secret') return { ...PRIVATE, kind: 'secret', type: 'oct', bits: (key.symmetricKeySize ?? 0) * 8 };
  return {
    kind: key.type,
    encrypted: false,
    type: key.asymmetricKeyType,
    bits: key.asymmetricKeyDetails?.modulusLength,
    curve: key.asymmetricKeyDetails?.namedCurve,
  };
}

function inspectPrivatePem(label: string, pem: string): KeyMaterial | undefined {
  if (label.startsWith('SSH2') || pem.includes('\nProc-Type: 4,ENCRYPTED\n')) return ENCRYPTED;
  const body = Buffer.from(pem.replace(/^-.*$/gm, ''), 'base64');
  if (body.subarray(0, OPENSSH.length).equals(OPENSSH)) return inspectOpenSsh(body);
  // A secret key packet in the old or new format (RFC 9580, 4.2 and 5.5).
  if (label.startsWith('PGP')) return body[0] !== undefined && [0x94, 0x95, 0x96, 0xc5].includes(body[0]) ? PRIVATE : undefined;
  const key = accepted(() => nodeCrypto().createPrivateKey(pem));
  return key ? materialOf(key) : inspectDer(body);
}

function inspectPublicPem(label: string, pem: string): KeyMaterial | undefined {
  const key = accepted(() =>
    label === 'CERTIFICATE' ? new (nodeCrypto().X509Certificate)(pem).publicKey : nodeCrypto().createPublicKey(pem),
  );
  return key && materialOf(key);
}

/** A private or public key in DER, or what is clearly the body of a private key although it does not parse. */
function inspectDer(der: Buffer): KeyMaterial | undefined {
  if (der[0] !== 0x30) return undefined;
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    const key = accepted(() => nodeCrypto().createPrivateKey({ key: der, format: 'der', type }));
    if (key) return materialOf(key);
  }
  const key = accepted(() => nodeCrypto().createPublicKey({ key: der, format: 'der', type: 'spki' }));
  if (key) return materialOf(key);
  const length = statedLength(der);
  if (length === undefined || der.length * 2 < length || length < 30) return undefined;
  const content = der.subarray(2 + (der[1]! < 0x80 ? 0 : der[1]! & 0x7f));
  // Private keys begin with a version, encrypted ones with the sequence that names the encryption. Certificates do neither.
  if (content[0] === INTEGER) return PRIVATE;
  return content[0] === SEQUENCE && PASSWORD_BASED.some((oid) => content.subarray(0, 20).includes(oid)) ? ENCRYPTED : undefined;
}

const INTEGER = 0x02;
const SEQUENCE = 0x30;

/** Encryption schemes of PKCS#5 (1.2.840.113549.1.5) and PKCS#12 (…1.12.1). */
const PASSWORD_BASED = ['2a864886f70d0105', '2a864886f70d010c01'].map((oid) => Buffer.from(oid, 'hex'));

/** Bytes that a DER sequence says it has, its own header included. */
function statedLength(der: Buffer): number | undefined {
  const first = der[1];
  if (first === undefined || first === 0x80 || first > 0x83) return undefined;
  const size = first < 0x80 ? 0 : first & 0x7f;
  if (der.length < 2 + size) return undefined;
  return 2 + size + (size === 0 ? first : der.readUIntBE(2, size));
}

const OPENSSH = Buffer.from('openssh-key-v1\0', 'latin1');

/** `PROTOCOL.key` of OpenSSH: cipher, KDF and its options, number of keys, then the first public key. */
function inspectOpenSsh(body: Buffer): KeyMaterial | undefined {
  let at = OPENSSH.length;
  const fields: Buffer[] = [];
  for (let index = 0; index < 4; index++) {
    if (index === 3) at += 4;
    const field = sshString(body, at);
    if (!field) return PRIVATE;
    fields.push(field);
    at += 4 + field.length;
  }
  if (fields[0]!.toString('latin1') !== 'none') return ENCRYPTED;
  return inspectSshPublic(fields[3]!);
}

/** A length-prefixed string of RFC 4251, 5; undefined when it does not fit. */
function sshString(bytes: Buffer, at: number): Buffer | undefined {
  if (at + 4 > bytes.length) return undefined;
  const length = bytes.readUInt32BE(at);
  return at + 4 + length > bytes.length ? undefined : bytes.subarray(at + 4, at + 4 + length);
}

const SSH_TYPES: Readonly<Record<string, { readonly type: string; readonly curve?: string }>> = {
  'ssh-rsa': { type: 'rsa' },
  'ssh-dss': { type: 'dsa' },
  'ssh-ed25519': { type: 'ed25519' },
  'ssh-ed448': { type: 'ed448' },
  'ecdsa-sha2-nistp256': { type: 'ec', curve: 'prime256v1' },
  'ecdsa-sha2-nistp384': { type: 'ec', curve: 'secp384r1' },
  'ecdsa-sha2-nistp521': { type: 'ec', curve: 'secp521r1' },
};

/** The private key that goes with an SSH public key blob (RFC 4253, 6.6). */
function inspectSshPublic(blob: Buffer): KeyMaterial {
  const name = sshString(blob, 0);
  const known = name && SSH_TYPES[name.toString('latin1')];
  if (!name || !known) return PRIVATE;
  const exponent = known.type === 'rsa' ? sshString(blob, 4 + name.length) : undefined;
  const modulus = exponent && sshString(blob, 8 + name.length + exponent.length);
  return { ...PRIVATE, type: known.type, curve: known.curve, bits: modulus && bitLength(modulus) };
}

/** Bits of an unsigned number, big-endian with or without leading zeros. */
function bitLength(number: Buffer): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (number.length - first) * 8 - (Math.clz32(number[first]!) - 24);
}

function inspectPutty(text: string): KeyMaterial | undefined {
  const encryption = /^Encryption: ([\w-]{1,40})\r?$/m.exec(text)?.[1];
  if (encryption === undefined) return undefined;
  if (encryption !== 'none') return ENCRYPTED;
  const lines = /^Public-Lines: \d{1,4}\r?\n([A-Za-z0-9+/=\r\n]{1,16384})/m.exec(text)?.[1] ?? '';
  return inspectSshPublic(Buffer.from(lines, 'base64'));
}

function inspectJwk(jwk: Readonly<Record<string, unknown>>): KeyMaterial | undefined {
  const { kty } = jwk;
  if (kty === 'oct') {
    if (typeof jwk['k'] !== 'string') return undefined;
    const bytes = Buffer.from(jwk['k'], 'base64url').length;
    return bytes === 0 ? undefined : { ...PRIVATE, kind: 'secret', type: 'oct', bits: bytes * 8 };
  }
  const secret = kty === 'AKP' ? jwk['priv'] : jwk['d'];
  const key = accepted(() =>
    secret === undefined
      ? nodeCrypto().createPublicKey({ key: { ...jwk }, format: 'jwk' })
      : nodeCrypto().createPrivateKey({ key: { ...jwk }, format: 'jwk' }),
  );
  if (key) return materialOf(key);
  const isPrivate = ['RSA', 'EC', 'OKP', 'AKP'].includes(String(kty)) && typeof secret === 'string';
  return isPrivate && Buffer.from(secret, 'base64url').length >= 24 ? PRIVATE : undefined;
}
