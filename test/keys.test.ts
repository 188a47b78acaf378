/** Key material in every disguise: all keys are made here, none is anybody's. */
import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { curveNeeded } from '../rules/facts/curves.js';
import { binaryKeyOf, isKeyMaterial, KEY_MATERIAL_MARKS, privateKeysIn, publicKeysIn } from '../rules/facts/keys.js';
import { createCrypto } from '../src/crypto.js';
import { growth, LINEAR } from './growth.js';
import { seededRandom } from './seeded-random.js';

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
  'base64 of the whole, beside a name that base64 could hold': (pem) => `KEY=${Buffer.from(pem).toString('base64url')}\nOTHER_KEY=value\n`,
  'base64 of the whole, beside an empty name': (pem) => `KEY=${Buffer.from(pem).toString('base64')}\nOTHER_KEY=\nA_KEY=\n`,
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

describe('base64 of a file that holds a private key', () => {
  const [, pem, label] = PEMS[0]!;
  test.each([
    ['after a line break', `\n${pem}`],
    ['after two', `\r\n${pem}`],
    ['in quotes', JSON.stringify(pem)],
    ...['', 'a', 'ab'].map((name) => [
      `in the file of an account named ${JSON.stringify(name)}`,
      JSON.stringify({ type: 'service_account', name, private_key: pem }),
    ]),
  ])('%s', (_, file) => {
    for (const encoded of [Buffer.from(file).toString('base64'), Buffer.from(file).toString('base64url')]) {
      const text = `ACCOUNT=${encoded}\nNEXT=value\n`;
      expect(KEY_MATERIAL_MARKS.some((mark) => text.includes(mark))).toBe(true);
      expect([...privateKeysIn(text)]).toEqual([{ label, input: { pem }, span: { start: 8, end: 8 + encoded.replace(/=+$/, '').length } }]);
      expect(isKeyMaterial(encoded)).toBe(true);
    }
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

/** Made by OpenSSL and Java's keytool, as people make them. */
const file = (name: string): Buffer => readFileSync(`fixtures/no-private-key/${name}`);

describe('stores tell by their structure whether a key is in them', () => {
  test.each([
    ['bad/files/with-key.p12', 'pkcs12'],
    ['bad/files/unprotected.p12', 'pkcs12'],
    ['bad/files/sealed.p12', 'sealed-pkcs12'],
    ['bad/files/sealed-truststore.p12', 'sealed-pkcs12'],
    ['good/files/certificates.p12', undefined],
    ['bad/files/service.jks', 'jks'],
    ['good/files/truststore.jks', undefined],
    ['bad/files/symmetric.jceks', 'jceks'],
    ['good/files/truststore.jceks', undefined],
  ])('%s: %s', (name, kind) => {
    expect(binaryKeyOf(file(name))).toBe(kind);
  });
});

describe('binary keys in base64, without armour', () => {
  const der = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1'): Buffer => key.export({ type, format: 'der' });
  const pairs = ['P-384', 'P-521', 'secp256k1'].map((namedCurve) => generateKeyPairSync('ec', { namedCurve }).privateKey);
  const sealed = (key: KeyObject): Buffer => key.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'made-up' });
  // RFC 9881, 6: the seed alone, as OpenSSL 3.5 and Node 24 write it.
  const mlDsa = Buffer.concat([Buffer.from('3034020100300b060960864801650304031104228020', 'hex'), randomBytes(32)]);
  const KINDS: readonly (readonly [string, Buffer])[] = [
    ['pkcs1', der(rsa.privateKey, 'pkcs1')],
    ['pkcs1', der(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey, 'pkcs1')],
    ['pkcs8', der(rsa.privateKey, 'pkcs8')],
    ['pkcs8', der(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey, 'pkcs8')],
    ['pkcs8', der(ec.privateKey, 'pkcs8')],
    ['sec1', der(ec.privateKey, 'sec1')],
    ...pairs.flatMap((key): [string, Buffer][] => [
      ['pkcs8', der(key, 'pkcs8')],
      ['sec1', der(key, 'sec1')],
    ]),
    ...(['ed25519', 'ed448', 'x25519', 'x448'] as const).map((type): [string, Buffer] => [
      'pkcs8',
      der(generateKeyPairSync(type as 'ed25519').privateKey, 'pkcs8'),
    ]),
    ['pkcs8', mlDsa],
    ['encrypted-pkcs8', sealed(rsa.privateKey)],
    ['encrypted-pkcs8', sealed(ec.privateKey)],
    ['pkcs12', file('bad/files/with-key.p12')],
    ['jks', file('bad/files/service.jks')],
    ['jceks', file('bad/files/symmetric.jceks')],
  ];

  test.each(KINDS)('%s', (kind, bytes) => {
    const encoded = bytes.toString('base64');
    for (const text of [
      encoded,
      `KEY="${encoded}"`,
      `key: |\n${encoded.replace(/.{1,76}/g, '  $&\n')}next: value\n`,
      encoded.replace(/=+$/, ''),
    ]) {
      expect(KEY_MATERIAL_MARKS.some((mark) => text.includes(mark))).toBe(true);
      const [found, ...more] = [...privateKeysIn(text)];
      expect(more).toEqual([]);
      expect(found).toMatchObject({ label: kind, input: { der: new Uint8Array(bytes) } });
      expect(found!.span.start).toBe(text.search(/M[A-Z]|\/u3|zs7/));
    }
    expect(isKeyMaterial(encoded)).toBe(true);
    // Java writes one entry after the other; all others begin with their length.
    if (!kind.startsWith('j')) expect([...privateKeysIn(`KEY=${encoded.slice(0, -20)}`)]).toEqual([]);
  });

  test.each([
    ['a public key', rsa.publicKey.export({ type: 'spki', format: 'der' })],
    ['a public key on a curve', ec.publicKey.export({ type: 'spki', format: 'der' })],
    ['a public key of PKCS#1', rsa.publicKey.export({ type: 'pkcs1', format: 'der' })],
    ['a trust store', file('good/files/truststore.jks')],
    ['certificates in PKCS#12', file('good/files/certificates.p12')],
  ])('not %s', (_, bytes) => {
    expect([...privateKeysIn(`KEY=${bytes.toString('base64')}`)]).toEqual([]);
  });
});

describe('the label of a block does not decide', () => {
  test('a private key that is called public', () => {
    const found = [...privateKeysIn(pemOf(ec.privateKey, 'pkcs8').replaceAll('PRIVATE', 'PUBLIC'))];
    expect(found.map(({ input }) => inspectKey(input)?.kind)).toEqual(['private']);
  });

  test.each([
    ['a public key', ec.publicKey.export({ type: 'spki', format: 'pem' }).toString().replaceAll('PUBLIC', 'PRIVATE')],
    ['a certificate', file('good/files/certificate-as-key.pem').toString()],
    [
      'a certificate that is called encrypted',
      file('good/files/certificate-as-key.pem').toString().replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'),
    ],
    [
      'a certificate that was cut',
      file('good/files/certificate-as-key.pem')
        .toString()
        .replace(/.{20}\n-----END/, '\n-----END'),
    ],
    [
      'text that is called encrypted',
      `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${'madeUpTextThatIsNoKey'.repeat(4)}\n-----END ENCRYPTED PRIVATE KEY-----`,
    ],
  ])('%s that is called private', (_, pem) => {
    for (const { input } of privateKeysIn(pem)) expect(inspectKey(input)?.kind ?? 'public').toBe('public');
  });
});

describe('PuTTY keys', () => {
  test.each([
    [2, 'rsa', 2048],
    [3, 'ed25519', undefined],
  ])('version %i', (version, type, bits) => {
    const text = file(`bad/files/version-${String(version)}.ppk`).toString();
    for (const written of [text, text.replaceAll('\r\n', '\n')]) {
      const found = [...privateKeysIn(written)];
      expect(found.map(({ label }) => label)).toEqual(['PuTTY']);
      expect(inspectKey(found[0]!.input)).toMatchObject({ kind: 'private', encrypted: false, type, bits });
      const [locked] = [...privateKeysIn(written.replace('Encryption: none', 'Encryption: aes256-cbc'))];
      expect(inspectKey(locked!.input)).toMatchObject({ kind: 'private', encrypted: true });
    }
    expect([...privateKeysIn(text.slice(0, text.indexOf('Private-Lines')))]).toEqual([]);
  });
});

describe('post-quantum JSON Web Keys (RFC 9964)', () => {
  const jwk = { kty: 'AKP', alg: 'ML-DSA-44', pub: randomBytes(1312).toString('base64url'), priv: randomBytes(32).toString('base64url') };
  test('private with its seed, public without it', () => {
    const [found] = [...privateKeysIn(JSON.stringify(jwk))];
    expect(found).toMatchObject({ label: 'JWK AKP' });
    expect(inspectKey(found!.input)).toMatchObject({ kind: 'private' });
    expect([...privateKeysIn(JSON.stringify({ ...jwk, priv: undefined }))]).toEqual([]);
  });
});

describe('curves', () => {
  const material = (curve: string) => ({ kind: 'public', encrypted: false, type: 'ec', bits: undefined, curve }) as const;
  test.each([
    ['prime256v1', 'ES256', undefined],
    ['secp384r1', 'ES256', 'P-256'],
    ['prime256v1', 'ES512', 'P-521'],
    ['secp256k1', 'ES256K', undefined],
    ['prime256v1', 'ES256K', 'secp256k1'],
    ['secp521r1', undefined, undefined],
    ['brainpoolP160r1', undefined, 'P-256'],
    ['secp224r1', 'ECDH-ES', 'P-256'],
  ])('%s with %s', (curve, algorithm, needed) => {
    expect(curveNeeded(material(curve), algorithm)).toBe(needed);
  });
});

test('hostile bytes: whatever is changed or cut in a key or a store is answered, and never thrown at', () => {
  const random = seededRandom(9);
  const below = (limit: number): number => Math.floor(random() * limit);
  const keys = [
    rsa.privateKey.export({ type: 'pkcs8', format: 'der' }),
    ec.privateKey.export({ type: 'sec1', format: 'der' }),
    ed25519.privateKey.export({ type: 'pkcs8', format: 'der' }),
    ...['with-key.p12', 'sealed.p12', 'service.jks', 'symmetric.jceks'].map((name) => file(`bad/files/${name}`)),
  ];
  for (let round = 0; round < 3000; round++) {
    const bytes = Buffer.from(keys[round % keys.length]!);
    // Lengths and tags are where harm can be done: most of them stand at the beginning.
    for (let change = below(4); change >= 0; change--)
      bytes[below(round % 2 === 0 ? 40 : bytes.length)] = below(3) === 0 ? 0xff : below(256);
    const cut = bytes.subarray(0, round % 3 === 0 ? below(bytes.length) : bytes.length);
    expect(() => {
      binaryKeyOf(cut);
      if (round % 10 === 0) inspectKey({ der: cut });
      for (const { input } of privateKeysIn(`KEY=${cut.toString('base64')}`)) if (round % 10 === 0) inspectKey(input);
    }).not.toThrow();
  }
  const deep = Buffer.concat([...Array.from({ length: 20_000 }, () => Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff])), randomBytes(16)]);
  expect(binaryKeyOf(deep)).toBeUndefined();
  expect(binaryKeyOf(Buffer.concat([Buffer.from('feedfeed00000002ffffffff', 'hex'), Buffer.alloc(64, 2)]))).toBe('jks');
});

describe('work grows with the text, not with its square', () => {
  const search = (text: string): number => [...privateKeysIn(text), ...publicKeysIn(text)].length;
  test.each([
    ['begin lines without end', '-----BEGIN PRIVATE KEY-----\n'],
    ['base64 prefixes', 'LS0tLS1CRUdJTi'],
    ['base64 prefixes after a byte', '0tLS0tQkVHSU4'],
    ['base64 prefixes apart', 'tLS0tLUJFR0lO '],
    ['key types', 'kty: EC\n'],
    ['open braces', '{"kty":'],
    ['quotes and joints', '-----BEGIN PRIVATE KEY-----"+ + + +'],
    ['PuTTY', 'PuTTY-User-Key-File-3: \nPrivate-Lines: 1\n'],
    ['blanks', 'kty         '],
    ['objects in base64', 'eyJ'],
    ['objects in base64 apart', `eyJ${'a'.repeat(130)} `],
    ['keys of dotenvx', 'DOTENV_PRIVATE_KEY_A      '],
    ['marks of DER', 'MIIEpAIBAAKCAQEA'],
    ['marks of DER apart', 'MIIEpAIBAAKCAQEA '],
    ['object identifiers', 'MIIAAAIBAzCCBgsqhkiG9w0B'],
  ])('%s', (_, unit) => {
    expect(growth(40_000, (size) => `kty: ${unit.repeat(Math.ceil(size / unit.length))}`, search)).toBeLessThan(LINEAR);
  });
});
