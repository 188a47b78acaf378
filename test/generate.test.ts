/** `jwtlint generate`: what the keys are, where they go, and where they never go. */
import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { calculateJwkThumbprint, createLocalJWKSet, importJWK, jwtVerify, SignJWT, type JSONWebKeySet, type JWK } from 'jose';
import { describe, expect, test, vi } from 'vitest';
import { strengthOf } from '../rules/facts/strength.js';
import { ALGORITHMS, generateKey, KEY_FORMATS } from '../src/key-generation.js';
import { withNames, withVariables } from '../src/setup/env-file.js';
import { runProgram, type Outcome } from './run-program.js';
import { TemporaryRepository, temporaryDirectory } from './temporary-repository.js';

const DEFAULTS = { format: undefined, bytes: undefined, modulusLength: undefined } as const;

describe('a secret', () => {
  const ALPHABETS = { base64url: /^[\w-]+$/, base64: /^[A-Za-z0-9+/]+={0,2}$/, hex: /^[0-9a-f]+$/ } as const;

  test.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ])('for %s has %i bytes in every format, is never the same, and never weak', (algorithm, bytes) => {
    const seen = new Set<string>();
    for (const format of ['base64url', 'base64', 'hex'] as const) {
      for (let round = 0; round < 200; round++) {
        const { text, publicJwks } = generateKey({ ...DEFAULTS, algorithm, format });
        expect(text).toMatch(ALPHABETS[format]);
        expect(Buffer.from(text, format)).toHaveLength(bytes);
        expect(publicJwks).toBeUndefined();
        expect(strengthOf(text, {}).guessesLog2).toBeGreaterThan(100);
        seen.add(text);
      }
    }
    expect(seen.size).toBe(600);
  });

  test('may be longer, and as a JWK says what it is for', () => {
    expect(Buffer.from(generateKey({ ...DEFAULTS, algorithm: 'HS256', bytes: 100 }).text, 'base64url')).toHaveLength(100);
    const jwk = JSON.parse(generateKey({ ...DEFAULTS, algorithm: 'HS384', format: 'jwk' }).text) as JWK;
    expect(jwk).toMatchObject({ kty: 'oct', alg: 'HS384', use: 'sig' });
    expect(Buffer.from(jwk.k!, 'base64url')).toHaveLength(48);
  });

  test.each([
    [{ algorithm: 'HS256', bytes: 31 }, 'at least 32 bytes'],
    [{ algorithm: 'HS512', bytes: 32 }, 'at least 64 bytes'],
    [{ algorithm: 'HS256', bytes: 5000 }, 'no stronger'],
    [{ algorithm: 'HS256', format: 'pem' as const }, 'no PEM form'],
    [{ algorithm: 'HS256', modulusLength: 2048 }, 'about RSA'],
    [{ algorithm: 'RS256', modulusLength: 1024 }, 'one of 2048'],
    [{ algorithm: 'RS256', bytes: 64 }, 'takes a key pair'],
    [{ algorithm: 'ES256', format: 'hex' as const }, 'pem or jwk'],
    [{ algorithm: 'EdDSA', modulusLength: 2048 }, 'a curve of its own'],
  ])('is not made where it would be weak or none: %j', (request, message) => {
    expect(() => generateKey({ ...DEFAULTS, ...request })).toThrow(message);
  });
});

describe('a key pair', () => {
  const DETAILS: Readonly<Record<string, object>> = {
    RS: { kty: 'RSA' },
    PS: { kty: 'RSA' },
    ES256: { kty: 'EC', crv: 'P-256' },
    ES384: { kty: 'EC', crv: 'P-384' },
    ES512: { kty: 'EC', crv: 'P-521' },
    EdDSA: { kty: 'OKP', crv: 'Ed25519' },
  };

  // Keys of RSA are the same for all six of its algorithms, and take long to make.
  test.each(ALGORITHMS.filter((algorithm) => !/^HS|^RS[35]|^PS[25]/.test(algorithm)))(
    'for %s signs in jose, and its public key set verifies',
    async (algorithm) => {
      const { text, publicJwks, description } = generateKey({
        ...DEFAULTS,
        algorithm,
        format: 'jwk',
        modulusLength: /^[RP]S/.test(algorithm) ? 2048 : undefined,
      });
      const jwk = JSON.parse(text) as JWK;
      expect(jwk).toMatchObject({ ...(DETAILS[algorithm] ?? DETAILS[algorithm.slice(0, 2)]), alg: algorithm, use: 'sig' });
      expect(jwk.kid).toBe(await calculateJwkThumbprint(jwk));
      expect(description).toContain(jwk.kid);
      expect(description).not.toContain(jwk.d);
      const set = JSON.parse(publicJwks!) as JSONWebKeySet;
      expect(set.keys).toHaveLength(1);
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(set.keys[0]).not.toHaveProperty(member);
      const token = await new SignJWT({ sub: 'a' })
        .setProtectedHeader({ alg: algorithm, kid: jwk.kid! })
        .setExpirationTime('1m')
        .sign(await importJWK(jwk));
      expect((await jwtVerify(token, createLocalJWKSet(set), { algorithms: [algorithm] })).payload.sub).toBe('a');
    },
  );

  test('as PEM is PKCS#8, with a modulus as long as asked for', () => {
    for (const modulusLength of [undefined, 2048]) {
      const { text } = generateKey({ ...DEFAULTS, algorithm: 'RS256', modulusLength });
      expect(text).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
      expect(createPrivateKey(text).asymmetricKeyDetails?.modulusLength).toBe(modulusLength ?? 3072);
    }
  });
});

describe('an env file', () => {
  const set = (text: string | undefined, values: Record<string, string>, replace = false): string =>
    withVariables(text, new Map(Object.entries(values)), replace, '.env');

  test('keeps comments, order, quotes, line ends and what has no last line break', () => {
    expect(set(undefined, { A: 'x' })).toBe('A=x\n');
    expect(set('# top\r\nA=\r\nB=2', { A: 'x', C: 'y' })).toBe('# top\r\nA=x\r\nB=2\r\nC=y\r\n');
    expect(set('A="" # note\nB=2\n', { A: 'x' })).toBe('A="x" # note\nB=2\n');
    expect(set("A='old' # note\nexport B=older\n", { A: 'x', B: 'y' }, true)).toBe("A='x' # note\nexport B=y\n");
    expect(set('A="one\ntwo"\nB=2\n', { A: 'x' }, true)).toBe('A="x"\nB=2\n');
  });

  test('is refused where a name has a value, or stands there twice', () => {
    expect(() => set('A=1\n', { A: 'x' })).toThrow('A has a value in .env already.');
    expect(() => set('A=\n# c\nA=1\n', { A: 'x' }, true)).toThrow('A stands in .env 2 times (lines 1, 3).');
  });

  test.each(KEY_FORMATS)('gives back through dotenv what was put in, as %s', (format) => {
    for (const algorithm of format === 'pem' ? ['ES256', 'EdDSA'] : format === 'jwk' ? ['HS256', 'ES256'] : ['HS256', 'HS512']) {
      const { text } = generateKey({ ...DEFAULTS, algorithm, format });
      for (const before of [undefined, 'A=\n', "A=''\n", 'A=""\nB=2\n', 'B=2'])
        expect(parseDotenv(set(before, { A: text }))['A']).toBe(text);
    }
  });

  test('a template gets the names that it does not have, and no value', () => {
    expect(withNames(undefined, ['A', 'B'])).toBe('A=\nB=\n');
    expect(withNames('# c\nA=example', ['A', 'B'])).toBe('# c\nA=example\nB=\n');
    expect(withNames('A=1\n', ['A'])).toBe('A=1\n');
  });
});

describe('the command', () => {
  const run = (repository: TemporaryRepository, ...argv: readonly string[]): Promise<Outcome> =>
    runProgram(repository.context, 'generate', ...argv);
  const text = (repository: TemporaryRepository, name: string): string => readFileSync(repository.path(name), 'utf8');

  test('puts distinct values into .env, names into the template, and lets git ignore the file', async () => {
    const repository = new TemporaryRepository();
    const { status, stdout, stderr } = await run(repository, '--env', 'JWT_ACCESS_SECRET', 'JWT_REFRESH_SECRET');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { JWT_ACCESS_SECRET: access, JWT_REFRESH_SECRET: refresh } = parseDotenv(text(repository, '.env'));
    expect(Buffer.from(access!, 'base64url')).toHaveLength(32);
    expect(access).not.toBe(refresh);
    for (const value of [access!, refresh!]) expect(stdout).not.toContain(value.slice(0, 6));
    expect(text(repository, '.env.example')).toBe('JWT_ACCESS_SECRET=\nJWT_REFRESH_SECRET=\n');
    expect(text(repository, '.gitignore')).toBe('.env\n');
    expect(statSync(repository.path('.env')).mode & 0o777).toBe(0o600);
    expect(repository.git('status', '--porcelain', '--untracked-files=all')).toBe('?? .env.example\n?? .gitignore\n');
    // What it made is what a scan asks for.
    repository.git('add', '--all');
    expect(await runProgram(repository.context)).toMatchObject({ status: 0 });
  });

  test('makes one file for each environment, and no value twice', async () => {
    const repository = new TemporaryRepository();
    await run(repository, '--for', 'development,production', 'JWT_SECRET', '--algorithm', 'HS512');
    const values = ['development', 'production'].map((name) => parseDotenv(text(repository, `.env.${name}`))['JWT_SECRET']!);
    expect(new Set(values).size).toBe(2);
    for (const value of values) expect(Buffer.from(value, 'base64url')).toHaveLength(64);
    expect(text(repository, '.gitignore')).toBe('.env.development\n.env.production\n');
  });

  test('lets git ignore it where another file says otherwise, and a key without an ending by its path', async () => {
    const repository = new TemporaryRepository();
    repository.stage('.gitignore', '.env\n');
    repository.stage('api/.gitignore', '!.env');
    const cwd = repository.path('api');
    expect(await runProgram({ ...repository.context, cwd }, 'generate', '--env', 'JWT_SECRET')).toMatchObject({ status: 0 });
    expect(text(repository, 'api/.gitignore')).toBe('!.env\n.env\n');
    expect(text(repository, '.gitignore')).toBe('.env\n');
    mkdirSync(repository.path('web/keys'), { recursive: true });
    await run(repository, '--algorithm', 'EdDSA', '--out', 'web/keys/id_ed25519');
    expect(text(repository, '.gitignore')).toBe('.env\n/web/keys/id_ed25519\n');
    for (const path of ['api/.env', 'web/keys/id_ed25519']) expect(repository.git('check-ignore', path).trim()).toBe(path);
  });

  test('replaces only when asked', async () => {
    const repository = new TemporaryRepository();
    await run(repository, '--env', 'JWT_SECRET');
    const before = text(repository, '.env');
    const refused = await run(repository, '--env', 'OTHER_SECRET', 'JWT_SECRET');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('JWT_SECRET has a value in .env already.');
    expect(text(repository, '.env')).toBe(before);
    expect(await run(repository, '--env', 'JWT_SECRET', '--replace')).toMatchObject({ status: 0 });
    expect(text(repository, '.env')).not.toBe(before);
  });

  test('writes a key pair: the private half for its owner, the public one for everybody', async () => {
    const repository = new TemporaryRepository();
    const { status, stdout } = await run(repository, '--algorithm', 'ES256', '--out', 'jwt-private.pem');
    expect(status).toBe(0);
    const pem = text(repository, 'jwt-private.pem');
    const set = JSON.parse(text(repository, 'jwt-private.jwks.json')) as JSONWebKeySet;
    const [open] = set.keys;
    expect(createPublicKey(createPrivateKey(pem)).export({ format: 'jwk' })).toMatchObject({ x: open!.x, y: open!.y });
    expect(statSync(repository.path('jwt-private.pem')).mode & 0o777).toBe(0o600);
    expect(text(repository, '.gitignore')).toBe('*.pem\n');
    expect(stdout).not.toContain(pem.split('\n')[1]!.slice(0, 20));
    expect(await run(repository, '--algorithm', 'ES256', '--out', 'jwt-private.pem')).toMatchObject({ status: 2 });
    expect(text(repository, 'jwt-private.pem')).toBe(pem);
  });

  test('prints the key alone for a pipe, and nothing else ever', async () => {
    const repository = new TemporaryRepository();
    const piped = await run(repository, '--stdout');
    expect(piped.stdout).toMatch(/^[\w-]{43}$/);
    expect((await runProgram({ ...repository.context, terminal: 80 }, 'generate', '--stdout', '--format', 'hex')).stdout).toMatch(
      /^[0-9a-f]{64}\n$/,
    );
    expect(createSecretKey(Buffer.from(piped.stdout, 'base64url')).symmetricKeySize).toBe(32);
    expect(existsSync(repository.path('.env'))).toBe(false);
  });

  test('refuses a file that git tracks, a link, a directory, and one that cannot be written', async () => {
    const tracked = new TemporaryRepository();
    tracked.stage('.env', 'PORT=80\n');
    const refused = await run(tracked, '--env', 'JWT_SECRET');
    expect(refused).toMatchObject({ status: 2 });
    expect(refused.stderr).toContain('git rm --cached .env');
    expect(text(tracked, '.env')).toBe('PORT=80\n');

    const target = join(temporaryDirectory(), 'elsewhere');
    writeFileSync(target, 'A=1\n');
    const linked = new TemporaryRepository();
    symlinkSync(target, linked.path('.env'));
    expect((await run(linked, '--env', 'JWT_SECRET')).stderr).toContain('.env is a symbolic link.');
    expect(readFileSync(target, 'utf8')).toBe('A=1\n');

    const directory = new TemporaryRepository();
    mkdirSync(directory.path('.env'));
    expect((await run(directory, '--env', 'JWT_SECRET')).stderr).toContain('.env is no file.');

    if (process.getuid?.() !== 0) {
      const closed = new TemporaryRepository();
      closed.write('.env', 'A=1\n');
      chmodSync(closed.path('.env'), 0o400);
      expect((await run(closed, '--env', 'JWT_SECRET')).stderr).toContain('.env could not be written (EACCES)');
    }
  });

  test.each([
    [[], 'where the key goes'],
    [['--env', '--stdout', 'A'], 'one place'],
    [['--env'], 'needs names'],
    [['--env', '1A'], '1A is no name of a variable'],
    [['--env', 'A-B'], 'no name of a variable'],
    [['--env', 'A', 'A'], 'given twice'],
    [['--stdout', 'A'], 'A is left over'],
    [['--for', '../x', 'A'], 'names of environments'],
    [['--for', 'example', 'A'], 'names of environments'],
    [['--stdout', '--algorithm', 'ES265'], 'Did you mean ES256?'],
    [['--stdout', '--algorithm', 'none'], 'no algorithm "none"'],
    [['--stdout', '--format', 'base62'], 'Did you mean base64?'],
    [['--stdout', '--bytes', 'many'], '--bytes takes a whole number'],
  ])('%j: a clear sentence', async (argv, message) => {
    const { status, stdout, stderr } = await run(new TemporaryRepository(), ...argv);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
  });

  test('an algorithm that this Node.js lacks: a clear sentence, and no file', async () => {
    // As Node.js answers where its OpenSSL is set up for FIPS.
    const lacking = vi.spyOn(process.getBuiltinModule('node:crypto'), 'generateKeyPairSync').mockImplementation(() => {
      throw Object.assign(new Error('error:0308010C:digital envelope routines::unsupported'), { code: 'ERR_OSSL_EVP_UNSUPPORTED' });
    });
    try {
      const repository = new TemporaryRepository();
      const { status, stderr } = await run(repository, '--algorithm', 'EdDSA', '--out', 'keys/jwt.pem');
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/This Node\.js makes no key for EdDSA \(ERR_OSSL_EVP_UNSUPPORTED\)\.\s+Take another algorithm/),
      ]);
      expect(existsSync(repository.path('keys'))).toBe(false);
    } finally {
      lacking.mockRestore();
    }
  });

  test('works without git, too', async () => {
    const cwd = temporaryDirectory();
    expect(await runProgram({ cwd, env: new TemporaryRepository().env }, 'generate', '--env', 'JWT_SECRET')).toMatchObject({ status: 0 });
    expect(existsSync(join(cwd, '.gitignore'))).toBe(false);
    expect(readFileSync(join(cwd, '.env'), 'utf8')).toMatch(/^JWT_SECRET=[\w-]{43}\n$/);
  });
});
