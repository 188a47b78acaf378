/**
 * Fixtures of the rules, copied into a repository of their own, mended by `jwtlint fix` and run with their real libraries: they
 * sign and verify with the variable set, have nothing to do with the old key, and stop with a clear error without the variable.
 */
import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findingsIn, runProgram } from '../run-program.js';
import { TemporaryRepository } from '../temporary-repository.js';

/** Frameworks that the libraries of fixtures are made for; all else is a devDependency. */
const FRAMEWORKS = ['express@5.3.0', 'fastify@5.12.8', 'koa@3.3.0'];

interface Fixture {
  /** Below fixtures/. */
  readonly file: string;
  /** Other fixtures that it imports; the first of them may hold the key. */
  readonly imports?: readonly string[];
  readonly uses: readonly string[];
  /** What its package.json says, and so what its TypeScript becomes. */
  readonly type: 'module' | 'commonjs';
  /** The key that stands there, and how it is made into bytes. */
  readonly was: string;
  readonly encoding?: 'hex' | 'base64';
  /**
   * A program that uses it, and prints whom a token is for: `fixture` is the module, or what it exports alone; `sign(claims)` and
   * `check(token)` use the key that it should have, without it.
   */
  readonly driver: string;
}

/** A token that the fixture makes. */
const ISSUED = "console.log(check(await fixture.issue('one')).sub);";
/** A token that the fixture looks at. */
const CHECKED = "const claims = await fixture.check(sign({ sub: 'one' }));\nconsole.log((claims.payload ?? claims).sub);";
/** A strategy that passport asks, as the only one or as `jwt`. */
const PASSPORT = `const request = { headers: { authorization: 'Bearer ' + sign({ sub: 'one' }) } };
passport.authenticate('jwt', (error, user, why) => {
  if (error || !user) throw error ?? why;
  console.log(user.id ?? user.sub ?? user.userId);
})(request, {}, () => {});`;
/** A middleware of Express. */
const EXPRESS = `const request = { headers: { authorization: 'Bearer ' + sign({ sub: 'one' }) }, method: 'GET', url: '/orders', originalUrl: '/orders' };
await new Promise((done, fail) => guard(request, {}, (error) => (error ? fail(error) : done())));
console.log(request.auth.sub);`;

const RULE = 'no-hardcoded-secret/bad';
const FALLBACK = 'no-secret-fallback/bad';

const FIXTURES: readonly Fixture[] = [
  {
    file: `${RULE}/jsonwebtoken/commonjs.cjs`,
    uses: ['jsonwebtoken'],
    type: 'commonjs',
    was: 'supersecret',
    driver: `const json = ({ token }) => console.log(check(token).user);
fixture.login({ body: { user: 'one' } }, { json, sendStatus: (status) => { throw new Error(status); } });`,
  },
  {
    file: `${RULE}/jsonwebtoken/compiled-named-interop.js`,
    uses: ['jsonwebtoken'],
    type: 'commonjs',
    was: 'made-up-sequence-call',
    driver: CHECKED,
  },
  {
    file: `${RULE}/jsonwebtoken/default-import.ts`,
    uses: ['jsonwebtoken'],
    type: 'module',
    was: 'made-up-orders-signing-phrase',
    driver: `${ISSUED}\nfixture.check(sign({ sub: 'one' }));`,
  },
  {
    file: `${RULE}/jsonwebtoken/import-equals.cts`,
    uses: ['jsonwebtoken'],
    type: 'commonjs',
    was: 'made-up-import-equals',
    driver: "console.log(check(fixture('one')).sub);",
  },
  {
    file: `${RULE}/jsonwebtoken/dynamic-import.mjs`,
    uses: ['jsonwebtoken'],
    type: 'module',
    was: 'made-up-loaded-late',
    driver: ISSUED,
  },
  {
    file: `${RULE}/jsonwebtoken/promisified.ts`,
    uses: ['jsonwebtoken'],
    type: 'module',
    was: 'made-up-promisified',
    driver: ISSUED,
  },
  {
    file: `${RULE}/jose/text-encoder.ts`,
    uses: ['jose'],
    type: 'module',
    was: 'made-up-jose-phrase-of-some-length',
    driver: ISSUED,
  },
  {
    file: `${RULE}/jose/create-secret-key-hex.js`,
    uses: ['jose'],
    type: 'commonjs',
    was: 'c0ffee00112233445566778899aabbccddeeff0123456789abcdef0fedcba987',
    encoding: 'hex',
    driver: CHECKED,
  },
  {
    file: `${RULE}/jose/dynamic-import.cjs`,
    uses: ['jose'],
    type: 'commonjs',
    was: 'bWFkZS11cC1iYXNlNjQta2V5LW9mLXRoZS1vcmRlcnMtYXBp',
    encoding: 'base64',
    driver: ISSUED,
  },
  {
    file: `${RULE}/fast-jwt/signer.mjs`,
    uses: ['fast-jwt'],
    type: 'module',
    was: 'made-up-fast-phrase',
    driver: ISSUED,
  },
  {
    file: `${RULE}/fast-jwt/buffer-base64.cjs`,
    uses: ['fast-jwt'],
    type: 'commonjs',
    was: 'bWFkZS11cC1mYXN0LWp3dC1ieXRlcy1pbi1iYXNlNjQ=',
    encoding: 'base64',
    driver: "console.log(fixture(sign({ sub: 'one' })).sub);",
  },
  {
    file: `${RULE}/jwt-simple/encode.js`,
    uses: ['jwt-simple'],
    type: 'commonjs',
    was: 'made-up-simple-phrase',
    driver: `${ISSUED}\nfixture.check(sign({ sub: 'one' }));`,
  },
  {
    file: `${RULE}/express-jwt/named-alias.ts`,
    uses: ['express-jwt', 'express'],
    type: 'module',
    was: 'made-up-express-phrase',
    driver: `fixture.get('/orders', (request, response) => response.send(request.auth.sub));
const server = await new Promise((done) => { const made = fixture.listen(0, () => done(made)); });
const response = await fetch('http://localhost:' + server.address().port + '/orders', { headers: { authorization: 'Bearer ' + sign({ sub: 'one' }) } });
console.log(response.ok ? await response.text() : response.status);
server.close();`,
  },
  {
    file: `${RULE}/express-jwt/required-with-config.js`,
    uses: ['express-jwt'],
    type: 'commonjs',
    was: 'made-up-in-options',
    driver: `const guard = fixture;\n${EXPRESS}`,
  },
  {
    file: `${RULE}/koa/middleware.ts`,
    uses: ['koa-jwt', 'koa'],
    type: 'module',
    was: 'made-up-koa-phrase',
    driver: `fixture.use((context) => { context.body = context.state.user.sub; });
fixture.silent = true;
const server = await new Promise((done) => { const made = fixture.listen(0, () => done(made)); });
const response = await fetch('http://localhost:' + server.address().port, { headers: { authorization: 'Bearer ' + sign({ sub: 'one' }) } });
console.log(response.ok ? await response.text() : response.status);
server.close();`,
  },
  {
    file: `${RULE}/fastify/plugin.ts`,
    uses: ['@fastify/jwt', 'fastify'],
    type: 'module',
    was: 'made-up-fastify-phrase',
    driver: "await fixture.ready();\ncheck(fixture.jwt.sign({ sub: 'one' }));\nconsole.log(fixture.jwt.verify(sign({ sub: 'one' })).sub);",
  },
  {
    file: `${RULE}/fastify/inline-require.js`,
    uses: ['@fastify/jwt', 'fastify', 'fastify-plugin'],
    type: 'commonjs',
    was: 'made-up-inline-require',
    driver: `const app = (await import('fastify')).default();
app.register(fixture);
await app.ready();
check(app.jwt.sign({ sub: 'one' }));
console.log(app.jwt.verify(sign({ sub: 'one' })).sub);`,
  },
  {
    file: `${FALLBACK}/sinks/fastify.ts`,
    uses: ['@fastify/jwt', 'fastify', 'fastify-plugin'],
    type: 'module',
    was: 'made-up-fastify-fallback',
    driver: `const app = (await import('fastify')).default();
app.register((await import('fastify-plugin')).default(fixture));
await app.ready();
check(app.jwt.sign({ sub: 'one' }));
console.log(app.jwt.verify(sign({ sub: 'one' })).sub);`,
  },
  {
    file: `${RULE}/hono/sign-and-verify.ts`,
    uses: ['hono'],
    type: 'module',
    was: 'made-up-hono-key',
    driver: `${ISSUED}\nawait fixture.read(sign({ sub: 'one' }));`,
  },
  {
    file: `${RULE}/hono/middleware.ts`,
    uses: ['hono'],
    type: 'module',
    was: 'made-up-hono-phrase',
    driver: `fixture.get('/api/me', (c) => c.text(c.get('jwtPayload').sub));
const response = await fixture.request('/api/me', { headers: { authorization: 'Bearer ' + sign({ sub: 'one' }) } });
console.log(response.ok ? await response.text() : response.status);`,
  },
  {
    file: `${RULE}/passport-jwt/strategy.ts`,
    uses: ['passport-jwt', 'passport'],
    type: 'module',
    was: 'made-up-passport-phrase',
    driver: `const { default: passport } = await import('passport');\n${PASSPORT}`,
  },
  {
    file: `${RULE}/passport-jwt/options-built-up.js`,
    uses: ['passport-jwt', 'passport'],
    type: 'commonjs',
    was: 'made-up-assigned-later',
    driver: `const { default: passport } = await import('passport');\n${PASSPORT}`,
  },
  {
    file: `${RULE}/nest/jwt.strategy.ts`,
    uses: ['@nestjs/common', '@nestjs/passport', 'passport', 'passport-jwt', 'reflect-metadata'],
    type: 'commonjs',
    was: 'made-up-nest-strategy',
    driver: `const { default: passport } = await import('passport');\nnew fixture.JwtStrategy();\n${PASSPORT}`,
  },
  {
    file: `${RULE}/imports/nest-auth.module.ts`,
    imports: [`${RULE}/imports/nest-constants.ts`],
    uses: ['@nestjs/common', '@nestjs/core', '@nestjs/jwt', '@nestjs/passport', 'passport', 'passport-jwt', 'reflect-metadata'],
    type: 'commonjs',
    was: 'made-up-nest-constants',
    driver: `const { NestFactory } = await import('@nestjs/core');
const { JwtService } = await import('@nestjs/jwt');
const app = await NestFactory.createApplicationContext(fixture.AuthModule, { logger: false, abortOnError: false });
const jwt = app.get(JwtService, { strict: false });
check(jwt.sign({ sub: 'one' }));
console.log(jwt.verify(sign({ sub: 'one' })).sub);`,
  },
  {
    file: `${RULE}/imports/uses-module-exports.js`,
    imports: [`${RULE}/imports/auth.config.js`],
    uses: ['jsonwebtoken'],
    type: 'commonjs',
    was: 'made-up-module-exports',
    driver: CHECKED,
  },
  {
    file: `${FALLBACK}/operators/nullish-constant.ts`,
    uses: ['jsonwebtoken'],
    type: 'module',
    was: 'made-up-nullish',
    driver: `${ISSUED}\nfixture.check(sign({ sub: 'one' }));`,
  },
  {
    file: `${FALLBACK}/destructuring/renamed.js`,
    uses: ['jsonwebtoken'],
    type: 'commonjs',
    was: 'made-up-renamed',
    driver: ISSUED,
  },
  {
    file: `${FALLBACK}/functions/own-helper.js`,
    uses: ['jsonwebtoken'],
    type: 'commonjs',
    was: 'made-up-helper',
    driver: ISSUED,
  },
  {
    file: `${FALLBACK}/schemas/zod.ts`,
    uses: ['jsonwebtoken', 'zod'],
    type: 'module',
    was: 'made-up-zod-default',
    driver: ISSUED,
  },
  {
    file: `${FALLBACK}/schemas/yup.ts`,
    uses: ['jsonwebtoken', 'yup'],
    type: 'module',
    was: 'made-up-yup-default',
    driver: ISSUED,
  },
  {
    file: `${FALLBACK}/schemas/envalid.ts`,
    uses: ['jsonwebtoken', 'envalid'],
    type: 'module',
    was: 'made-up-envalid',
    driver: ISSUED,
  },
  {
    file: `${FALLBACK}/sinks/fast-jwt.mjs`,
    uses: ['fast-jwt'],
    type: 'module',
    was: 'made-up-fast-fallback',
    driver: "check(fixture.sign({ sub: 'one' }));\nconsole.log(fixture.check(sign({ sub: 'one' })).sub);",
  },
  {
    file: `${FALLBACK}/encoded/text-encoder.ts`,
    uses: ['jose'],
    type: 'module',
    was: 'made-up-encoded',
    driver: CHECKED,
  },
];

const DRIVER = `import jsonwebtoken from 'jsonwebtoken';
const { KEY, ENCODING, MODULE } = process.env;
const module = await import(MODULE);
const fixture = module['module.exports'] ?? module.default ?? module;
const key = Buffer.from(KEY, ENCODING);
const sign = (claims) => jsonwebtoken.sign(claims, key, { expiresIn: '5m' });
const check = (token) => jsonwebtoken.verify(token, key, { algorithms: ['HS256'] });
`;

let frameworks: string;
beforeAll(() => {
  frameworks = mkdtempSync(join(tmpdir(), 'jwtlint-frameworks-'));
  const options = ['--prefix', frameworks, '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  execFileSync('npm', ['install', ...options, ...FRAMEWORKS], { stdio: ['ignore', 'pipe', 'inherit'] });
});
afterAll(() => rmSync(frameworks, { recursive: true, force: true }));

/** Gives a repository the packages that its files import. */
function link(repository: TemporaryRepository, names: readonly string[]): void {
  for (const name of new Set([...names, 'jsonwebtoken'])) {
    const at = repository.path(`node_modules/${name}`);
    mkdirSync(dirname(at), { recursive: true });
    const home = FRAMEWORKS.some((framework) => framework.startsWith(`${name}@`)) ? frameworks : '.';
    symlinkSync(resolve(home, 'node_modules', name), at);
  }
}

/** A script as Node.js runs it: TypeScript is compiled, without a look at its types. */
function runnable(repository: TemporaryRepository, path: string, type: Fixture['type']): string {
  if (!/ts$/.test(path)) return path;
  const { outputText } = ts.transpileModule(readFileSync(repository.path(path), 'utf8'), {
    fileName: path,
    compilerOptions: {
      module: type === 'module' ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  });
  const compiled = path.replace(/ts$/, 'js');
  writeFileSync(repository.path(compiled), outputText);
  return compiled;
}

test.each(FIXTURES)('$file', async ({ file, imports = [], uses, type, was, encoding, driver }) => {
  const repository = new TemporaryRepository();
  const inRepository = (path: string): string => `src/${path.split('/').slice(3).join('/')}`;
  const paths = [...imports, file].map(inRepository);
  const folder = file.split('/').slice(0, 2).join('/');
  const manifest = JSON.parse(readFileSync(`fixtures/${folder}/package.json`, 'utf8')) as Record<string, unknown>;
  repository.stage('package.json', JSON.stringify({ ...manifest, type }));
  repository.stage('.gitignore', 'node_modules\n');
  for (const path of [...imports, file]) repository.stage(inRepository(path), readFileSync(`fixtures/${path}`));
  repository.commit();
  link(repository, uses);
  writeFileSync(repository.path('drive.mjs'), `${DRIVER}${driver}\n`);
  const run = (key: string, ...options: readonly string[]): SpawnSyncReturns<string> => {
    const compiled = paths.map((path) => runnable(repository, path, type));
    const env = { PATH: process.env['PATH'], MODULE: `./${compiled.at(-1)!}`, KEY: key, ENCODING: encoding ?? 'utf8' };
    return spawnSync(process.execPath, [...options, 'drive.mjs'], { cwd: repository.root, encoding: 'utf8', env });
  };
  expect(run(was)).toMatchObject({ status: 0, stdout: 'one\n' });
  for (const path of paths) rmSync(repository.path(path.replace(/ts$/, 'js')), { force: path.endsWith('ts') });
  repository.git('checkout', '--quiet', '--', '.');

  const texts = (): readonly string[] => paths.map((path) => readFileSync(repository.path(path), 'utf8'));
  const before = texts();
  const { status, stdout } = await runProgram(repository.context, 'fix', '--yes');
  expect(status).toBe(0);
  const mended = texts();
  expect(mended).not.toEqual(before);
  for (const text of mended) expect(text).not.toContain(was);
  const env = readFileSync(repository.path('.env'), 'utf8');
  const value = /^JWT_SECRET=(.+)\n$/.exec(env)![1]!;
  expect(stdout).not.toContain(value);

  expect(run(value, '--env-file=.env'), stdout).toMatchObject({ status: 0, stdout: 'one\n' });
  expect(run(was, '--env-file=.env').stdout).not.toBe('one\n');
  const without = run(value);
  expect(without.status).not.toBe(0);
  expect(without.stdout + without.stderr).toMatch(/JWT_SECRET\b/);
  expect(without.stdout).not.toBe('one\n');

  const scan = await runProgram(repository.context, '-f', 'json');
  expect(findingsIn(scan.stdout).filter((line) => line.endsWith(folder.split('/')[0]!))).toEqual([]);
  await runProgram(repository.context, 'fix', '--yes', '--allow-dirty');
  expect([...texts(), readFileSync(repository.path('.env'), 'utf8')]).toEqual([...mended, env]);
});

test('the bundled example, from its findings to clean', async () => {
  const repository = new TemporaryRepository();
  const example = 'examples/express-api';
  for (const path of readdirSync(example, { recursive: true, encoding: 'utf8' }))
    if (statSync(join(example, path)).isFile()) repository.stage(path, readFileSync(join(example, path)));
  repository.commit();
  link(repository, ['express']);
  expect((await runProgram(repository.context)).status).toBe(1);

  // What fix says to do by hand, too: the env file, its values, and what only its owner knows of the partner's tokens.
  const { stdout } = await runProgram(repository.context, 'fix', '--yes');
  expect(stdout).toContain('git rm --cached .env');
  expect(stdout).toContain('jwtlint generate --env JWT_SECRET REFRESH_TOKEN_SECRET');
  repository.git('rm', '--quiet', '--cached', '.env');
  const generated = await runProgram(repository.context, 'generate', '--replace', '--env', 'JWT_SECRET', 'REFRESH_TOKEN_SECRET');
  expect(generated.status, generated.stderr).toBe(0);
  const guard = repository.path('src/authenticate.js');
  const options = "{ algorithms: ['RS256'], issuer: 'https://partner.example', audience: 'orders' }";
  writeFileSync(guard, readFileSync(guard, 'utf8').replace('PARTNER_PUBLIC_KEY)', `PARTNER_PUBLIC_KEY, ${options})`));
  repository.git('add', '--all');
  const scan = await runProgram(repository.context);
  expect(scan.status, scan.stdout).toBe(0);

  writeFileSync(
    repository.path('drive.mjs'),
    `import jwt from 'jsonwebtoken';
import { login } from './src/login.js';
import { refresh } from './src/refresh.js';

const answerOf = (handle, body) => {
  let answer;
  handle({ body }, { json: (given) => (answer = given) });
  return answer.token;
};
const { JWT_SECRET, REFRESH_TOKEN_SECRET } = process.env;
console.log(jwt.verify(answerOf(login, { user: 'one' }), JWT_SECRET, { algorithms: ['HS256'] }).sub);
const old = jwt.sign({ sub: 'two' }, REFRESH_TOKEN_SECRET, { expiresIn: '1m' });
console.log(jwt.verify(answerOf(refresh, { token: old }), REFRESH_TOKEN_SECRET, { algorithms: ['HS256'] }).sub);
`,
  );
  const run = (...options: readonly string[]): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, [...options, 'drive.mjs'], { cwd: repository.root, encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  expect(run('--env-file=.env')).toMatchObject({ status: 0, stdout: 'one\ntwo\n' });
  const without = run();
  expect(without.status).not.toBe(0);
  expect(without.stderr).toContain('JWT_SECRET is not set');
});
