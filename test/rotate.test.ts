/** `jwtlint rotate`: a new key, a grace period, its end; and what the code makes of it. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { parse as parseDotenv } from 'dotenv';
import { createLocalJWKSet, importPKCS8, jwtVerify, SignJWT, type JSONWebKeySet } from 'jose';
import jwt from 'jsonwebtoken';
import { describe, expect, test } from 'vitest';
import { runProgram, type Outcome } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

const OLD = 'made-up-old-secret-of-a-service-that-rotates';

function repositoryWith(env: string, files: Readonly<Record<string, string>> = {}): TemporaryRepository {
  const repository = new TemporaryRepository();
  const staged = {
    'package.json': '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }',
    '.gitignore': '.env\n.env.*\n!.env.example\n*.pem\n',
    ...files,
  };
  for (const [path, text] of Object.entries(staged)) repository.stage(path, text);
  repository.commit();
  repository.write('.env', env);
  return repository;
}

const rotate = (repository: TemporaryRepository, ...args: string[]): Promise<Outcome> => runProgram(repository.context, 'rotate', ...args);
const read = (repository: TemporaryRepository, path = '.env'): string => readFileSync(repository.path(path), 'utf8');

describe('a secret', () => {
  test('gets a successor, and stays as the previous one; all else in the file stays', async () => {
    const repository = repositoryWith(`# ours\nPORT=80\nJWT_SECRET=${OLD} # sign\n`, { '.env.example': 'JWT_SECRET=\n' });
    const { status, stdout } = await rotate(repository, 'JWT_SECRET');
    expect(status).toBe(0);
    const text = read(repository);
    const { JWT_SECRET, JWT_SECRET_PREVIOUS } = parseDotenv(text);
    expect(JWT_SECRET_PREVIOUS).toBe(OLD);
    expect(JWT_SECRET).toMatch(/^[\w-]{43}$/);
    expect(text).toMatch(/^# ours\nPORT=80\nJWT_SECRET=\S+ # sign\nJWT_SECRET_PREVIOUS=/);
    expect(read(repository, '.env.example')).toBe('JWT_SECRET=\nJWT_SECRET_PREVIOUS=\n');
    expect(stdout).toContain('jwtlint rotate JWT_SECRET --finish');
    for (const secret of [OLD, JWT_SECRET!]) expect(stdout).not.toContain(secret.slice(0, 12));
  });

  test('during the grace period both verify, and afterwards the new one only', async () => {
    const repository = repositoryWith(`JWT_SECRET=${OLD}\n`);
    const before = jwt.sign({ sub: 'one' }, OLD);
    await rotate(repository, 'JWT_SECRET');
    const verifies = (token: string): boolean => {
      const { JWT_SECRET, JWT_SECRET_PREVIOUS } = parseDotenv(read(repository));
      return [JWT_SECRET, JWT_SECRET_PREVIOUS].some((key) => {
        try {
          return key !== undefined && key !== '' && jwt.verify(token, key, { algorithms: ['HS256'] }) !== undefined;
        } catch (error) {
          if (error instanceof jwt.JsonWebTokenError) return false;
          throw error;
        }
      });
    };
    const after = jwt.sign({ sub: 'one' }, parseDotenv(read(repository))['JWT_SECRET']!);
    expect([verifies(before), verifies(after)]).toEqual([true, true]);
    expect((await rotate(repository, 'JWT_SECRET')).stderr).toContain('a rotation is under way');
    expect((await rotate(repository, 'JWT_SECRET', '--finish')).status).toBe(0);
    expect([verifies(before), verifies(after)]).toEqual([false, true]);
    expect((await rotate(repository, 'JWT_SECRET', '--finish')).stderr).toContain('no rotation is under way');
    expect((await rotate(repository, 'JWT_SECRET')).status).toBe(0);
  });

  test('in an emergency leaves nothing of the old one, not even of one that was under way', async () => {
    const repository = repositoryWith(`JWT_SECRET=${OLD}\nJWT_SECRET_PREVIOUS=made-up-older\n`);
    const { stdout } = await rotate(repository, 'JWT_SECRET', '--emergency');
    const text = read(repository);
    expect(text).toMatch(/^JWT_SECRET=[\w-]{43}\nJWT_SECRET_PREVIOUS=\n$/);
    expect(stdout).toMatch(/restart it.*log in again.*what else has the key.*jwtlint history/s);
  });

  test.each([
    ['hex', 'ab'.repeat(32), /^[0-9a-f]{64}$/],
    ['base64', `${'q+/9'.repeat(10)}made`, /^[A-Za-z0-9+/]{43}=$/],
    ['anything else', OLD, /^[\w-]{43}$/],
  ])('written in %s gets one that is written so', async (_, old, expected) => {
    const repository = repositoryWith(`JWT_SECRET="${old}"\n`);
    await rotate(repository, 'JWT_SECRET');
    expect(parseDotenv(read(repository))['JWT_SECRET']).toMatch(expected);
  });

  test('of an algorithm with a longer hash gets one as long', async () => {
    const repository = repositoryWith(`JWT_SECRET=${OLD}\n`, {
      'a.js':
        "const jwt = require('jsonwebtoken');\nexports.check = (t) => jwt.verify(t, process.env.JWT_SECRET, { algorithms: ['HS512'] });\n",
    });
    await rotate(repository, 'JWT_SECRET', '--yes');
    expect(parseDotenv(read(repository))['JWT_SECRET']).toMatch(/^[\w-]{86}$/);
  });

  test('of several environments: each file for itself', async () => {
    const repository = repositoryWith('');
    for (const name of ['development', 'production']) repository.write(`.env.${name}`, `JWT_SECRET=${OLD}-${name}\n`);
    await rotate(repository, 'JWT_SECRET', '--for', 'development,production');
    const values = ['development', 'production'].map((name) => parseDotenv(read(repository, `.env.${name}`)));
    expect(values.map((each) => each['JWT_SECRET_PREVIOUS'])).toEqual([`${OLD}-development`, `${OLD}-production`]);
    expect(values[0]!['JWT_SECRET']).not.toBe(values[1]!['JWT_SECRET']);
  });
});

describe('the code', () => {
  const VERIFIES =
    "const jwt = require('jsonwebtoken');\n\nexports.check = (t) => jwt.verify(t, process.env.JWT_SECRET, { algorithms: ['HS256'] });\n";
  const KNOWS =
    "const jwt = require('jsonwebtoken');\nexports.check = (t) => {\n  for (const key of [process.env.JWT_SECRET, process.env.JWT_SECRET_PREVIOUS].filter(Boolean)) {\n    try {\n      return jwt.verify(t, key, { algorithms: ['HS256'] });\n    } catch {}\n  }\n  throw new Error('no');\n};\n";

  test('that does not know the previous key is named, with the change, and somebody must agree', async () => {
    const repository = repositoryWith(`JWT_SECRET=${OLD}\n`, { 'a.js': VERIFIES });
    expect((await rotate(repository, 'JWT_SECRET')).stderr).toContain('no terminal to ask at');
    expect(read(repository)).toBe(`JWT_SECRET=${OLD}\n`);
    const no = await runProgram({ ...repository.context, terminal: 80, answers: ['n'] }, 'rotate', 'JWT_SECRET');
    expect(no.stdout).toMatch(/a\.js:3 jsonwebtoken verify\n.*process\.env\.JWT_SECRET_PREVIOUS/);
    expect(read(repository)).toBe(`JWT_SECRET=${OLD}\n`);
    expect((await rotate(repository, 'JWT_SECRET', '--yes')).status).toBe(0);
  });

  test.each([
    ['verifies with both', { 'a.js': KNOWS }],
    [
      'has both from another file',
      {
        'keys.js': 'exports.keys = [process.env.JWT_SECRET, process.env.JWT_SECRET_PREVIOUS];\n',
        'a.js':
          "const jwt = require('jsonwebtoken');\nconst { keys } = require('./keys');\nexports.check = (t) => jwt.verify(t, keys[0], { algorithms: ['HS256'] });\n",
      },
    ],
    [
      'only signs',
      {
        'a.js':
          "const jwt = require('jsonwebtoken');\nexports.f = (sub) => jwt.sign({ sub }, process.env.JWT_SECRET, { expiresIn: '1h' });\n",
      },
    ],
    ['verifies with another key', { 'a.js': VERIFIES.replace('JWT_SECRET', 'OTHER_SECRET') }],
  ])('that %s needs no change', async (_, files) => {
    const repository = repositoryWith(`JWT_SECRET=${OLD}\n`, files);
    expect(await rotate(repository, 'JWT_SECRET')).toMatchObject({ status: 0, stderr: '' });
  });

  test('whose key is called like the variable counts; where nothing tells, that is said', async () => {
    const code = (key: string): string =>
      `const jwt = require('jsonwebtoken');\nmodule.exports = (config) => (t) => jwt.verify(t, ${key}, { algorithms: ['HS256'] });\n`;
    const named = repositoryWith(`JWT_SECRET=${OLD}\n`, { 'a.js': code('config.jwtSecret') });
    expect((await rotate(named, 'JWT_SECRET', '--yes')).stdout).toMatch(/a\.js:2 jsonwebtoken verify\n.*JWT_SECRET_PREVIOUS/);
    const untold = repositoryWith(`JWT_SECRET=${OLD}\n`, {
      'a.js': code('config.keys.get(t)'),
      'test/a.test.js': code('config.of.a.test'),
    });
    expect((await rotate(untold, 'JWT_SECRET')).stderr).toContain('no terminal to ask at');
    const { stdout } = await rotate(untold, 'JWT_SECRET', '--yes');
    expect(stdout).toMatch(
      /^Reading the code does not tell which key .* need JWT_SECRET_PREVIOUS, too:\n {2}a\.js:2 jsonwebtoken verify\n/,
    );
    expect(stdout).not.toContain('a.test.js');
  });

  test('that verifies nothing is told as such', async () => {
    const repository = repositoryWith(`JWT_SECRET=${OLD}\n`, {});
    expect((await rotate(repository, 'JWT_SECRET')).stdout).toContain('Nothing here verifies with JWT_SECRET.');
  });

  test('with a session library is told to give a list', async () => {
    const repository = repositoryWith(`SESSION_SECRET=${OLD}\n`, {
      'a.js':
        "const session = require('express-session');\nmodule.exports = session({ secret: process.env.SESSION_SECRET, resave: false, saveUninitialized: false });\n",
    });
    const { stdout } = await rotate(repository, 'SESSION_SECRET', '--yes');
    expect(stdout).toContain('secret: [process.env.SESSION_SECRET, process.env.SESSION_SECRET_PREVIOUS].filter(Boolean)');
  });
});

describe.each(['RS256', 'ES256', 'ES512', 'EdDSA'])('a key pair for %s', (algorithm) => {
  test('gets a successor with a kid of its own; the old public key stays until the end', async () => {
    const repository = repositoryWith('');
    await runProgram(repository.context, 'generate', '--algorithm', algorithm, '--out', 'jwt.pem');
    const setNow = (): JSONWebKeySet => JSON.parse(read(repository, 'jwt.jwks.json')) as JSONWebKeySet;
    const sign = async (): Promise<string> => {
      const text = read(repository, 'jwt.pem');
      const kid = setNow().keys[0]!.kid!;
      return new SignJWT({}).setProtectedHeader({ alg: algorithm, kid }).sign(await importPKCS8(text, algorithm));
    };
    const verify = async (token: string): Promise<boolean> =>
      jwtVerify(token, createLocalJWKSet(setNow()), { algorithms: [algorithm] }).then(
        () => true,
        () => false,
      );
    const [before, oldKey] = [await sign(), read(repository, 'jwt.pem')];
    const { stdout, status } = await rotate(repository, 'jwt.pem');
    expect(status).toBe(0);
    expect(stdout).not.toContain('PRIVATE');
    expect(read(repository, 'jwt.pem')).not.toBe(oldKey);
    expect(createPrivateKey(read(repository, 'jwt.pem')).asymmetricKeyType).toBe(createPrivateKey(oldKey).asymmetricKeyType);
    expect(statSync(repository.path('jwt.pem')).mode & 0o777).toBe(0o600);
    expect(new Set(setNow().keys.map(({ kid }) => kid)).size).toBe(2);
    const after = await sign();
    expect([await verify(before), await verify(after)]).toEqual([true, true]);
    expect((await rotate(repository, 'jwt.pem')).stderr).toContain('a rotation is under way');
    await rotate(repository, 'jwt.pem', '--finish');
    expect([await verify(before), await verify(after)]).toEqual([false, true]);
    await rotate(repository, 'jwt.pem', '--emergency');
    expect([await verify(after), await verify(await sign())]).toEqual([false, true]);
    expect(JSON.stringify(setNow())).not.toContain('"d"');
  });
});

test('a pair without a key set gets one with both', async () => {
  const repository = repositoryWith('');
  await runProgram(repository.context, 'generate', '--algorithm', 'ES256', '--format', 'jwk', '--out', 'keys/sign.jwk');
  const old = createPublicKey({ key: JSON.parse(read(repository, 'keys/sign.jwk')) as Record<string, string>, format: 'jwk' }).export({
    format: 'jwk',
  });
  repository.write('keys/sign.jwks.json', '{"keys":[]}\n');
  await rotate(repository, 'keys/sign.jwk');
  const { keys } = JSON.parse(read(repository, 'keys/sign.jwks.json')) as JSONWebKeySet;
  expect(keys).toHaveLength(2);
  expect(keys[1]).toMatchObject({ ...old, alg: 'ES256', use: 'sig' });
});

describe('is refused, and nothing changes', () => {
  test.each<[string, string[], string, RegExp]>([
    ['without a name', [], '', /needs to know which key/],
    ['with two names', ['A_SECRET', 'B_SECRET'], '', /one key at a time/],
    ['of a variable without a value', ['JWT_SECRET'], 'JWT_SECRET=\n', /has no value in \.env/],
    ['of a variable that is not there', ['JWT_SECRET'], 'PORT=1\n', /has no value in \.env/],
    ['of a name that is there twice', ['JWT_SECRET'], 'JWT_SECRET=made-up-1\nJWT_SECRET=made-up-2\n', /JWT_SECRET stands in \.env 2 times/],
    ...['15m', '3600', 'true', 'https://example.com/login'].map((value): [string, string[], string, RegExp] => [
      `of what is no secret: ${value}`,
      ['JWT_EXPIRE'],
      `JWT_EXPIRE=${value}\n`,
      /JWT_EXPIRE in \.env holds .*no secret/,
    ]),
    ['of a previous key', ['JWT_SECRET_PREVIOUS'], 'JWT_SECRET_PREVIOUS=made-up\n', /Name the current one: JWT_SECRET/],
    ['to two ends', ['JWT_SECRET', '--finish', '--emergency'], 'JWT_SECRET=made-up\n', /exclude each other/],
    ['of a file that is not there', ['keys/none.pem'], '', /is no name of a variable, and no file/],
    ['of a file without a key', ['package.json'], '', /holds no private key/],
    ['for an environment that is none', ['JWT_SECRET', '--for', '../x'], '', /names of environments/],
  ])('%s', async (_, args, env, expected) => {
    const repository = repositoryWith(env);
    const { status, stderr } = await rotate(repository, ...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(expected);
    expect(read(repository)).toBe(env);
    expect(existsSync(repository.path('package.jwks.json'))).toBe(false);
  });

  test('where git tracks the file, and behind a link', async () => {
    const tracked = repositoryWith('', { '.gitignore': '' });
    tracked.stage('.env', `JWT_SECRET=${OLD}\n`);
    expect((await rotate(tracked, 'JWT_SECRET')).stderr).toContain('git tracks .env');
    const linked = repositoryWith('');
    symlinkSync('.env', linked.path('.env.production'));
    expect((await rotate(linked, 'JWT_SECRET', '--for', 'production')).stderr).toContain('is a symbolic link');
  });

  test('with a key set that holds no public keys', async () => {
    const repository = repositoryWith('');
    await runProgram(repository.context, 'generate', '--algorithm', 'ES256', '--out', 'jwt.pem');
    const before = read(repository, 'jwt.pem');
    repository.write('jwt.jwks.json', '{"keys": [');
    expect((await rotate(repository, 'jwt.pem')).stderr).toContain('no set of public keys');
    expect(read(repository, 'jwt.pem')).toBe(before);
  });
});
