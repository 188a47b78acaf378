/** What the port says about keys that are made here, and what its marks give away. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createCrypto } from '../src/crypto.js';

const crypto = createCrypto();
const { inspectKey } = crypto;
const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ed25519 = generateKeyPairSync('ed25519');

describe('marks', () => {
  test('equal for equal values, and nothing of the values', () => {
    const port = createCrypto();
    const marks = ['made-up value', 'made-up other', 'made-up value'].map((value) => port.mark(value, 64));
    expect(marks[0]).toBe(marks[2]);
    expect(marks[0]).not.toBe(marks[1]);
    expect(marks.join()).not.toMatch(/made|up|other/);
  });
  test('a guessable value has one too', () => {
    expect(crypto.mark('made-up one', 63.9)).not.toBe(crypto.mark('made-up two', 0));
  });
  test('stored are digests under a salt, and nothing of a guessable value', () => {
    const port = createCrypto();
    const stored = (value: string, guesses: number, salt: string): string => port.stored(port.mark(value, guesses), salt);
    expect(stored('made-up value', 64, 'salt')).toMatch(/^[0-9a-v]{16}$/);
    expect(stored('made-up value', 64, 'salt')).toBe(stored('made-up value', 64, 'salt'));
    expect(stored('made-up value', 64, 'salt')).not.toBe(stored('made-up value', 64, 'other'));
    expect(stored('made-up one', 63.9, 'salt')).toBe('weak');
    // A digest of the same value in another run is the same: that is what it is for.
    const other = createCrypto();
    other.mark('made-up first', 64);
    expect(other.stored(other.mark('made-up value', 64), 'salt')).toBe(stored('made-up value', 64, 'salt'));
  });
  test('no difference between ports: the mark depends on the order only', () => {
    expect(createCrypto().mark('made-up', 128)).toBe(createCrypto().mark('made-up too', 128));
  });
});

test('digests', () => {
  expect(crypto.digest('md5', 'abc')).toBe('900150983cd24fb0d6963f7d28e17f72');
  expect(crypto.digest('sha256', 'ü')).toMatch(/^[0-9a-f]{64}$/);
  expect(crypto.digest('made-up' as 'md5', 'abc')).toBeUndefined();
});

describe('inspectKey', () => {
  const pem = (label: string, body: Buffer): string => `-----BEGIN ${label}-----\n${body.toString('base64')}\n-----END ${label}-----\n`;
  test('private and public PEM, DER and JWK', () => {
    const rsaFacts = { encrypted: false, type: 'rsa', bits: 1024 };
    expect(inspectKey({ pem: rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() })).toMatchObject({
      kind: 'private',
      ...rsaFacts,
    });
    expect(inspectKey({ pem: rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString() })).toMatchObject({
      kind: 'public',
      ...rsaFacts,
    });
    expect(inspectKey({ der: rsa.privateKey.export({ type: 'pkcs8', format: 'der' }) })).toMatchObject({ kind: 'private', ...rsaFacts });
    expect(inspectKey({ der: ec.privateKey.export({ type: 'sec1', format: 'der' }) })).toMatchObject({ type: 'ec', curve: 'secp384r1' });
    expect(inspectKey({ jwk: { ...ed25519.privateKey.export({ format: 'jwk' }) } })).toMatchObject({ kind: 'private', type: 'ed25519' });
    expect(inspectKey({ jwk: { ...ed25519.publicKey.export({ format: 'jwk' }) } })).toMatchObject({ kind: 'public', type: 'ed25519' });
  });
  test('a label that does not fit the body', () => {
    const body = rsa.privateKey.export({ type: 'pkcs8', format: 'der' });
    expect(inspectKey({ pem: pem('ANY PRIVATE KEY', body) })).toMatchObject({ kind: 'private', type: 'rsa' });
  });
  test('encrypted keys without their passphrase', () => {
    const options = { format: 'pem', cipher: 'aes-128-cbc', passphrase: 'made-up' } as const;
    const encrypted = { kind: 'private', encrypted: true, type: undefined };
    expect(inspectKey({ pem: rsa.privateKey.export({ ...options, type: 'pkcs8' }).toString() })).toMatchObject(encrypted);
    expect(inspectKey({ pem: rsa.privateKey.export({ ...options, type: 'pkcs1' }).toString() })).toMatchObject(encrypted);
    expect(inspectKey({ der: rsa.privateKey.export({ ...options, format: 'der', type: 'pkcs8' }) })).toMatchObject(encrypted);
  });
  test('OpenSSH by its structure', () => {
    const field = (value: string | Buffer): Buffer => {
      const bytes = Buffer.from(value);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const key = (cipher: string): string => {
      const blob = Buffer.concat([
        field('ssh-rsa'),
        field(Buffer.from([1, 0, 1])),
        field(Buffer.concat([Buffer.from([0, 128]), randomBytes(255)])),
      ]);
      const head = [Buffer.from('openssh-key-v1\0'), field(cipher), field('none'), field(''), Buffer.from([0, 0, 0, 1]), field(blob)];
      return pem('OPENSSH PRIVATE KEY', Buffer.concat([...head, field(randomBytes(64))]));
    };
    expect(inspectKey({ pem: key('none') })).toMatchObject({ kind: 'private', encrypted: false, type: 'rsa', bits: 2048 });
    expect(inspectKey({ pem: key('aes256-ctr') })).toMatchObject({ kind: 'private', encrypted: true, type: undefined });
  });
  test('symmetric keys', () => {
    expect(inspectKey({ jwk: { kty: 'oct', k: randomBytes(24).toString('base64url') } })).toMatchObject({ kind: 'secret', bits: 192 });
    expect(inspectKey({ jwk: { kty: 'oct' } })).toBeUndefined();
  });
  test('clearly a private key, but broken', () => {
    const body = rsa.privateKey.export({ type: 'pkcs1', format: 'der' });
    const cut = body.subarray(0, body.length - 40);
    expect(inspectKey({ pem: pem('RSA PRIVATE KEY', cut) })).toMatchObject({ kind: 'private', encrypted: false, type: undefined });
  });
  test('nonsense is no key and no crash', () => {
    expect(inspectKey({ pem: 'made-up' })).toBeUndefined();
    expect(inspectKey({ pem: pem('PRIVATE KEY', Buffer.from('made-up words that are surely not a key at all')) })).toBeUndefined();
    expect(inspectKey({ jwk: { kty: 'made-up' } })).toBeUndefined();
    expect(inspectKey({ jwk: { kty: 'RSA', d: 7 } })).toBeUndefined();
    const whole = ec.privateKey.export({ type: 'pkcs8', format: 'der' });
    for (let at = 0; at < whole.length; at++) {
      const broken = Buffer.from(whole);
      broken[at] = broken[at]! ^ 0xff;
      expect(inspectKey({ der: broken })?.kind).not.toBe('secret');
      expect(inspectKey({ der: whole.subarray(0, at) })?.type).toBeUndefined();
    }
  });
});
