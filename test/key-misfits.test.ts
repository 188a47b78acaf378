/** Keys that do not go with the algorithm of the call that uses them: in the code, and in the files that it reads. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import jwt from 'jsonwebtoken';
import { describe, expect, test } from 'vitest';
import { misfitOf } from '../rules/facts/key-misfits.js';
import { createCrypto } from '../src/crypto.js';
import { runProgram } from './run-program.js';
import { scanFiles } from './scan-directory.js';
import { TemporaryRepository } from './temporary-repository.js';

const PEMS = {
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }),
};
const pem = (name: keyof typeof PEMS): string => PEMS[name].privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

async function misfits(files: Readonly<Record<string, string>>, ...args: string[]): Promise<string[]> {
  const repository = new TemporaryRepository();
  repository.stage('package.json', '{ "dependencies": { "jsonwebtoken": "^9.0.2", "jose": "^6.0.0", "fast-jwt": "^6.0.0" } }');
  for (const [path, text] of Object.entries(files)) repository.stage(path, text);
  const { stdout } = await runProgram(repository.context, '-f', 'json', ...args);
  const { findings } = JSON.parse(stdout) as {
    findings: { ruleId: string; message: string; location: { path: string; startLine: number }; steps: { location: { path: string } }[] }[];
  };
  return findings
    .filter(({ ruleId, message }) => ruleId === 'min-key-size' && message.startsWith('The key of this call'))
    .map(({ message, location, steps }) =>
      `${location.path}:${String(location.startLine)} ${message} ${steps.map((step) => step.location.path).join()}`.trim(),
    );
}

const signs = (algorithm: string, key: string): string =>
  `import { createPrivateKey } from 'node:crypto';\nimport { readFileSync } from 'node:fs';\nimport { join } from 'node:path';\nimport jwt from 'jsonwebtoken';\nexport const sign = (sub) => jwt.sign({ sub }, ${key}, { algorithm: '${algorithm}', expiresIn: '5m' });\n`;

describe('misfitOf agrees with jsonwebtoken about every pair of key and algorithm', () => {
  const { inspectKey } = createCrypto();
  test.each(Object.keys(PEMS) as (keyof typeof PEMS)[])('%s', (name) => {
    const material = inspectKey({ pem: pem(name) })!;
    for (const algorithm of ['ES256', 'ES384', 'ES512', 'RS256', 'RS512', 'PS256'] as const) {
      let accepted = true;
      try {
        jwt.sign({}, createPrivateKey(pem(name)), { algorithm });
      } catch {
        accepted = false;
      }
      expect([algorithm, misfitOf(material, [algorithm]) === undefined]).toEqual([algorithm, accepted]);
    }
    expect(misfitOf(material, ['HS256'])).toBeUndefined();
    expect(misfitOf(material, ['made-up'])).toBeUndefined();
    expect(misfitOf(material, [])).toBeUndefined();
  });
});

describe('a key file beside an algorithm that it does not go with', () => {
  const told = (call: string, file: string): string => `${call} The key of this call is EC on P-256; ES384 needs EC on P-384. ${file}`;
  test('read where it is used, through a path, and as a key object', async () => {
    const scripts = {
      'src/a.js': signs('ES384', "readFileSync('keys/ec.pem')"),
      'src/b.js': signs('ES384', "readFileSync(join(import.meta.dirname, '..', 'keys', 'ec.pem'), 'utf8')"),
      'src/c.js': signs('ES384', "createPrivateKey(readFileSync('keys/ec.pem'))"),
    };
    expect(await misfits({ ...scripts, 'keys/ec.pem': pem('P-256') })).toEqual(
      Object.keys(scripts).map((path) => told(`${path}:5`, 'keys/ec.pem')),
    );
    expect(await misfits({ ...scripts, 'keys/ec.pem': pem('P-384') })).toEqual([]);
  });

  test('in a change that brings both; of one of them nothing is known', async () => {
    const files = { 'src/a.js': signs('ES384', "readFileSync('keys/ec.pem')"), 'keys/ec.pem': pem('P-256') };
    expect(await misfits(files, '--staged')).toEqual([told('src/a.js:5', 'keys/ec.pem')]);
    expect(await misfits({ 'src/a.js': files['src/a.js'] }, '--staged')).toEqual([]);
  });

  test('not where another file of the name fits, nor where the name is not written out', async () => {
    const script = signs('ES384', "readFileSync('ec.pem')");
    expect(await misfits({ 'a/a.js': script, 'a/ec.pem': pem('P-256'), 'b/ec.pem': pem('P-384') })).toEqual([]);
    expect(await misfits({ 'a.js': signs('ES384', 'readFileSync(process.env.KEY_FILE)'), 'ec.pem': pem('P-256') })).toEqual([]);
  });

  test('RSA for EC and the other way round', async () => {
    expect(
      await misfits({
        'a.js': signs('RS256', "readFileSync('ec.pem')"),
        'b.js': signs('ES512', "readFileSync('rsa.pem')"),
        'ec.pem': pem('P-521'),
        'rsa.pem': pem('RSA'),
      }),
    ).toEqual([
      'a.js:5 The key of this call is EC on P-521; RS256 needs RSA. ec.pem',
      'b.js:5 The key of this call is RSA; ES512 needs EC on P-521. rsa.pem',
    ]);
  });
});

describe('a key in the code', () => {
  const inline = JSON.stringify(pem('P-256'));
  test.each([
    ['jsonwebtoken', signs('ES384', inline)],
    ['a key object', signs('ES384', `createPrivateKey(${inline})`)],
    [
      'fast-jwt, which signs with it',
      `import { createSigner } from 'fast-jwt';\n\n\n\nexport const sign = createSigner({ key: ${inline}, algorithm: 'ES384' });\n`,
    ],
    [
      'jose',
      `import { importPKCS8, SignJWT } from 'jose';\nconst key = await importPKCS8(${inline}, 'ES384');\n\n\nexport const sign = () => new SignJWT({}).setProtectedHeader({ alg: 'ES384' }).setExpirationTime('5m').sign(key);\n`,
    ],
  ])('%s', async (_, script) => {
    const results = await scanFiles(
      new Map([
        ['a.js', script],
        ['b.js', script.replaceAll('ES384', 'ES256')],
      ]),
    );
    const found = results
      .flatMap(({ findings }) => findings.map(({ reported }) => reported))
      .filter(({ ruleId }) => ruleId === 'min-key-size');
    expect(found.map(({ message, location }) => `${location.path}:${String(location.startLine)} ${message}`)).toEqual([
      'a.js:5 The key of this call is EC on P-256; ES384 needs EC on P-384.',
    ]);
  });
});

test('what fast-jwt signs with it, jsonwebtoken refuses', () => {
  const token = createSigner({ key: pem('P-256'), algorithm: 'ES384' })({ sub: 'made-up' });
  const publicKey = PEMS['P-256'].publicKey.export({ type: 'spki', format: 'pem' }).toString();
  expect(() => jwt.verify(token, publicKey, { algorithms: ['ES384'] })).toThrow();
});
