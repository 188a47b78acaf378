/** Key material in every disguise: all keys are made here, none is anybody's. */
import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { binaryKeyOf, KEY_MATERIAL_MARKS, privateKeysIn, publicKeysIn } from '../rules/facts/keys.js';
import { createCrypto } from '../src/crypto.js';
import { growth, LINEAR } from './growth.js';

const { inspectKey } = createCrypto();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed25519 = generateKeyPairSync('ed25519');

const pemOf = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1'): string => key.export({ type, format: 'pem' }).toString();

const PEMS: readonly (readonly [string, string, string])[] = [
  ['PKCS#1', pemOf(rsa.privateKey, 'pkcs1'), 'RSA PRIVATE KEY'],
  ['PKCS#8', pemOf(rsa.privateKey, 'pkcs8'), 'PRIVATE KEY'],
  ['SEC 1', pemOf(ec.privateKey, 'sec1'), 'EC PRIVATE KEY'],
  ['Ed25519', pemOf(ed25519.privateKey, 'pkcs8'), 'PRIVATE KEY'],
  [
    'encrypted',
    ec.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'made-up' }).toString(),
    'ENCRYPTED PRIVATE KEY',
  ],
  [
    'encrypted as in RFC 1421',
    rsa.privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'made-up' }).toString(),
    'RSA PRIVATE KEY',
  ],
];

const lines = (pem: string): string[] => pem.trimEnd().split('\n');
const DISGUISES: Readonly<Record<string, (pem: string) => string>> = {
  'as it is': (pem) => pem,
  'with carriage returns': (pem) => pem.replaceAll('\n', '\r\n'),
  'escaped newlines': (pem) => `const key = '${pem.replaceAll('\n', '\\n')}';`,
  'escaped carriage returns': (pem) => `const key = '${pem.replaceAll('\n', '\\r\\n')}';`,
  'JSON in JSON': (pem) => JSON.stringify({ inner: JSON.stringify({ key: pem }) }),
  'slashes and plus signs escaped': (pem) => JSON.stringify({ key: pem }).replaceAll('/', '\\/').replaceAll('+', '\\u002B'),
  'one line': (pem) => `KEY="${lines(pem).join(' ')}"`,
  'base64 of the whole': (pem) => `key: ${Buffer.from(pem).toString('base64')}\nnext: value\n`,
  'base64 of the whole, wrapped': (pem) =>
    `key: |\n${Buffer.from(pem)
      .toString('base64')
      .replace(/.{1,76}/g, '  $&\n')}next: value\n`,
  'YAML block': (pem) =>
    `key: |\n${lines(pem)
      .map((line) => `  ${line}`)
      .join('\n')}\nnext: value\n`,
  'joined array': (pem) =>
    `const key = [\n${lines(pem)
      .map((line) => `  "${line}",\n`)
      .join('')}].join('\\n');`,
  concatenation: (pem) =>
    `const key =\n${lines(pem)
      .map((line) => `  '${line}\\n'`)
      .join(' +\n')};`,
  'commented out': (pem) =>
    lines(pem)
      .map((line) => `// ${line}`)
      .join('\n'),
  'XML entities': (pem) => `<key>${pem.replaceAll('\n', '&#10;')}</key>`,
};

describe.each(PEMS)('%s', (_, pem, label) => {
  test.each(Object.entries(DISGUISES))('%s', (_name, disguise) => {
    const text = `before\n${disguise(pem)}\nafter`;
    expect(KEY_MATERIAL_MARKS.some((mark) => text.includes(mark))).toBe(true);
    const found = [...privateKeysIn(text)];
    expect(found.map((key) => key.label)).toEqual([label]);
    expect(found[0]!.input).toEqual({ pem });
    expect(text.slice(found[0]!.span.start)).toMatch(/^(?:-----BEGIN|LS0tLS1CRUdJTi)/);
    expect(found[0]!.span.end).toBeLessThanOrEqual(text.length - '\nafter'.length);
  });
});

describe('what is no private key', () => {
  test.each([
    ['public key', ec.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    ['elided', '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC...\n-----END PRIVATE KEY-----'],
    ['placeholder', '-----BEGIN PRIVATE KEY-----\n<key>\n-----END PRIVATE KEY-----'],
    ['interpolated', '`-----BEGIN PRIVATE KEY-----\\n${body}\\n-----END PRIVATE KEY-----`'],
    ['empty', '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----'],
    ['one character', `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n-----END PRIVATE KEY-----`],
    ['prose', 'It starts with -----BEGIN PRIVATE KEY----- as PEM does.'],
    ['public JWK', JSON.stringify(ec.publicKey.export({ format: 'jwk' }))],
    ['JWK of variables', "const jwk = { kty: 'oct', k: secretFromTheEnvironmentOfThisProgram };"],
    ['JWK with a placeholder', '{"kty":"oct","k":"your-secret-key-here"}'],
    ['prose about PuTTY', 'PuTTY-User-Key-File-3 is its first line'],
    ['age prose', 'AGE-SECRET-KEY-1 is the prefix'],
  ])('%s', (_, text) => {
    expect([...privateKeysIn(text)]).toEqual([]);
  });
});

test('a body that begins with hexadecimal digits is not taken for more of the initialisation vector', () => {
  const vector = 'A5300EF226199927B197B82C17F5881F';
  const body = `F5mTlp7sBecOJzgykWVKIfoz3zA6wFjNFHdj8UKjjBhG${'Y6PREKdRFvttALSFgrhK'.repeat(6)}`;
  const array = [
    '-----BEGIN RSA PRIVATE KEY-----',
    'Proc-Type: 4,ENCRYPTED',
    `DEK-Info: AES-128-CBC,${vector}`,
    '',
    body,
    '-----END RSA PRIVATE KEY-----',
  ];
  const [key] = [...privateKeysIn(`const key = [${array.map((line) => `"${line}"`).join(', ')}].join('\\n');`)];
  expect(key?.input).toMatchObject({ pem: expect.stringContaining(`AES-128-CBC,${vector}\n\nF5mTlp7s`) });
});

test('every block of a file counts for itself', () => {
  const text = `${ec.publicKey.export({ type: 'spki', format: 'pem' }).toString()}${PEMS[0]![1]}${PEMS[2]![1]}`;
  expect([...privateKeysIn(text)].map((key) => key.label)).toEqual(['RSA PRIVATE KEY', 'EC PRIVATE KEY']);
  expect([...publicKeysIn(text)].map((key) => key.label)).toEqual(['PUBLIC KEY']);
});

describe('JSON Web Keys', () => {
  const jwk = { ...ec.privateKey.export({ format: 'jwk' }) };
  const members = Object.entries(jwk) as [string, string][];
  test.each([
    ['JSON', JSON.stringify(jwk)],
    ['JSON, indented, in a set', JSON.stringify({ keys: [ec.publicKey.export({ format: 'jwk' }), jwk] }, null, 2)],
    ['JSON in a string', JSON.stringify(JSON.stringify(jwk))],
    ['JSON in quotes', `JWK='${JSON.stringify(jwk)}'`],
    ['object literal', `export default {\n${members.map(([name, value]) => `  ${name}: '${value}',\n`).join('')}};`],
    ['YAML', `jwk:\n${members.map(([name, value]) => `  ${name}: ${value}\n`).join('')}next: value\n`],
    ['YAML list', `keys:\n${members.map(([name, value], index) => `  ${index === 0 ? '- ' : '  '}${name}: ${value}\n`).join('')}`],
  ])('%s', (_, text) => {
    expect(KEY_MATERIAL_MARKS.some((mark) => text.includes(mark))).toBe(true);
    const [found, ...more] = [...privateKeysIn(text)];
    expect(more).toEqual([]);
    expect(found!.label).toBe('JWK EC');
    expect(text.slice(found!.span.start, found!.span.end)).toBe(jwk.d);
    expect(inspectKey(found!.input)).toMatchObject({ kind: 'private', type: 'ec', curve: 'prime256v1' });
  });

  test('members of one item of a YAML list do not make another one private', () => {
    const text = `keys:\n  - kty: EC\n    x: one\n  - kty: unknown\n    d: ${jwk.d!}\n`;
    expect([...privateKeysIn(text)]).toEqual([]);
  });
});

describe('binary keys', () => {
  const der = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1'): Buffer => key.export({ type, format: 'der' });
  const encrypted = ec.privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'made-up' });
  const KINDS = [
    ['pkcs1', der(rsa.privateKey, 'pkcs1')],
    ['pkcs8', der(ed25519.privateKey, 'pkcs8')],
    ['sec1', der(ec.privateKey, 'sec1')],
    ['encrypted-pkcs8', encrypted],
  ] as const;

  test.each(KINDS)('%s', (kind, bytes) => {
    expect(binaryKeyOf(bytes)).toBe(kind);
    for (let length = 0; length < bytes.length; length++) expect(binaryKeyOf(bytes.subarray(0, length))).toBeUndefined();
  });

  test('key stores: one with a key entry, not a trust store', () => {
    const store = (tag: number): Buffer => {
      const bytes = Buffer.alloc(64);
      bytes.writeUInt32BE(0xfeedfeed, 0);
      bytes.writeUInt32BE(2, 4);
      bytes.writeUInt32BE(1, 8);
      bytes.writeUInt32BE(tag, 12);
      return bytes;
    };
    expect(binaryKeyOf(store(1))).toBe('jks');
    expect(binaryKeyOf(store(2))).toBeUndefined();
  });

  test('public keys and random bytes are none', () => {
    expect(binaryKeyOf(rsa.publicKey.export({ type: 'spki', format: 'der' }))).toBeUndefined();
    expect(binaryKeyOf(Buffer.concat([Buffer.from([0x30, 0x82]), randomBytes(500)]))).toBeUndefined();
  });
});

describe('work grows with the text, not with its square', () => {
  const search = (text: string): number => [...privateKeysIn(text), ...publicKeysIn(text)].length;
  test.each([
    ['begin lines without end', '-----BEGIN PRIVATE KEY-----\n'],
    ['base64 prefixes', 'LS0tLS1CRUdJTi'],
    ['key types', 'kty: EC\n'],
    ['open braces', '{"kty":'],
    ['quotes and joints', '-----BEGIN PRIVATE KEY-----"+ + + +'],
    ['PuTTY', 'PuTTY-User-Key-File-3: \nPrivate-Lines: 1\n'],
    ['blanks', 'kty         '],
    ['objects in base64', 'eyJ'],
    ['objects in base64 apart', `eyJ${'a'.repeat(130)} `],
    ['keys of dotenvx', 'DOTENV_PRIVATE_KEY_A      '],
  ])('%s', (_, unit) => {
    expect(growth(40_000, (size) => `kty: ${unit.repeat(Math.ceil(size / unit.length))}`, search)).toBeLessThan(LINEAR);
  });
});
