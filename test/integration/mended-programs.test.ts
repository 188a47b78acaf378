/**
 * Programs with a key in their code, mended by `jwtlint fix` and then run with the real libraries: they sign and verify with
 * the variable set, and stop with a clear error without it.
 */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../run-program.js';
import { TemporaryRepository } from '../temporary-repository.js';

const { dependencies, devDependencies } = createRequire(import.meta.url)('../../package.json') as Record<string, Record<string, string>>;
const ALL: Record<string, string> = { ...dependencies, ...devDependencies };

interface Program {
  readonly file: string;
  readonly uses: readonly string[];
  readonly code: string;
  /** The variables that it reads afterwards. */
  readonly variables: readonly string[];
}

const PROGRAMS: readonly Program[] = [
  {
    file: 'commonjs.cjs',
    uses: ['jsonwebtoken'],
    variables: ['JWT_SECRET'],
    code: `const jwt = require('jsonwebtoken');
function login(sub) {
  return jwt.sign({ sub }, 'made-up-phrase-of-a-login', { expiresIn: '5m' });
}
const check = (token) => jwt.verify(token, 'made-up-phrase-of-a-login', { algorithms: ['HS256'] });
console.log(check(login('one')).sub);
`,
  },
  {
    file: 'module.mjs',
    uses: ['jsonwebtoken'],
    variables: ['JWT_SECRET', 'JWT_REFRESH_SECRET'],
    code: `import jwt from 'jsonwebtoken';
const config = { jwtSecret: 'made-up-phrase-of-a-module', jwtRefreshSecret: 'made-up-phrase-of-refresh' };
const token = jwt.sign({ sub: 'one' }, config.jwtSecret, { expiresIn: '5m' });
const refresh = jwt.sign({ sub: 'one' }, config.jwtRefreshSecret, { expiresIn: '5m' });
jwt.verify(refresh, config.jwtRefreshSecret, { algorithms: ['HS256'] });
let same = false;
try {
  jwt.verify(refresh, config.jwtSecret, { algorithms: ['HS256'] });
  same = true;
} catch (error) {
  if (error.message !== 'invalid signature') throw error;
}
if (same) throw new Error('one secret for two kinds of token');
console.log(jwt.verify(token, config.jwtSecret, { algorithms: ['HS256'] }).sub);
`,
  },
  {
    file: 'fallback.cjs',
    uses: ['jsonwebtoken'],
    variables: ['JWT_SECRET'],
    code: `const { sign, verify } = require('jsonwebtoken');
const secret = process.env.JWT_SECRET || 'made-up-phrase-that-stands-in';
console.log(verify(sign({ sub: 'one' }, secret, { algorithm: 'HS512', expiresIn: '5m' }), secret, { algorithms: ['HS512'] }).sub);
`,
  },
  {
    file: 'destructured.cjs',
    uses: ['jsonwebtoken'],
    variables: ['JWT_SECRET'],
    code: `const jwt = require('jsonwebtoken');
const { JWT_SECRET = 'made-up-phrase-by-default', PORT = '80' } = process.env;
console.log(jwt.verify(jwt.sign({ sub: 'one' }, JWT_SECRET, { expiresIn: '5m' }), JWT_SECRET, { algorithms: ['HS256'] }).sub);
`,
  },
  {
    file: 'algorithms.cjs',
    uses: ['jsonwebtoken'],
    variables: ['JWT_SECRET'],
    code: `const jwt = require('jsonwebtoken');
const JWT_SECRET = 'made-up-phrase-without-a-list';
const token = jwt.sign({ sub: 'one' }, JWT_SECRET, { algorithm: 'HS384', expiresIn: '5m' });
jwt.verify(token, JWT_SECRET, (error, claims) => {
  if (error) throw error;
  console.log(claims.sub);
});
`,
  },
  {
    file: 'jose.mjs',
    uses: ['jose'],
    variables: ['JWT_SECRET'],
    code: `import { jwtVerify, SignJWT } from 'jose';
const key = new TextEncoder().encode('made-up-phrase-of-jose');
const token = await new SignJWT({ sub: 'one' }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('5m').sign(key);
console.log((await jwtVerify(token, key, { algorithms: ['HS256'] })).payload.sub);
`,
  },
  {
    file: 'jose-hex.mjs',
    uses: ['jose'],
    variables: ['JWT_SECRET'],
    code: `import { createSecretKey } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
const key = createSecretKey('6d6164652d75702d6d6164652d75702d6d6164652d75702d6d6164652d757021', 'hex');
if (key.symmetricKeySize !== 32) throw new Error('not in hex');
const token = await new SignJWT({ sub: 'one' }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('5m').sign(key);
console.log((await jwtVerify(token, key, { algorithms: ['HS256'] })).payload.sub);
`,
  },
  {
    file: 'fast-jwt.mjs',
    uses: ['fast-jwt'],
    variables: ['JWT_SECRET'],
    code: `import { createSigner, createVerifier } from 'fast-jwt';
const key = 'made-up-phrase-of-fast-jwt';
const sign = createSigner({ key, algorithm: 'HS256', expiresIn: 300_000 });
const verify = createVerifier({ key, algorithms: ['HS256'] });
console.log(verify(sign({ sub: 'one' })).sub);
`,
  },
  {
    file: 'jwt-simple.js',
    uses: ['jwt-simple'],
    variables: ['JWT_SECRET'],
    code: `const simple = require('jwt-simple');
const exp = Math.floor(Date.now() / 1000) + 300;
const issue = () => simple.encode({ sub: 'one', exp }, 'made-up-phrase-of-simple', 'HS256');
console.log(simple.decode(issue(), 'made-up-phrase-of-simple', false, 'HS256').sub);
`,
  },
  {
    file: 'express-jwt.cjs',
    uses: ['express-jwt', 'jsonwebtoken'],
    variables: ['JWT_SECRET'],
    code: `const { expressjwt } = require('express-jwt');
const jwt = require('jsonwebtoken');
const settings = { secret: 'made-up-phrase-of-express', algorithms: ['HS256'] };
const token = jwt.sign({ sub: 'one' }, settings.secret, { expiresIn: '5m' });
const request = { headers: { authorization: 'Bearer ' + token } };
expressjwt(settings)(request, {}, (error) => {
  if (error) throw error;
  console.log(request.auth.sub);
});
`,
  },
  {
    file: 'hono.mjs',
    uses: ['hono'],
    variables: ['JWT_SECRET'],
    code: `import { Hono } from 'hono';
import { jwt, sign } from 'hono/jwt';
const KEY = 'made-up-phrase-of-hono';
const app = new Hono();
app.use('*', jwt({ secret: KEY, alg: 'HS256' }));
app.get('/', (c) => c.text(c.get('jwtPayload').sub));
const token = await sign({ sub: 'one', exp: Math.floor(Date.now() / 1000) + 300 }, KEY, 'HS256');
console.log(await (await app.request('/', { headers: { Authorization: 'Bearer ' + token } })).text());
`,
  },
  {
    file: 'nest.cjs',
    uses: ['@nestjs/jwt'],
    variables: ['JWT_SECRET'],
    code: `require('reflect-metadata');
const { JwtService } = require('@nestjs/jwt');
const service = new JwtService({ secret: 'made-up-phrase-of-nest', signOptions: { expiresIn: '5m' } });
console.log(service.verify(service.sign({ sub: 'one' }), { algorithms: ['HS256'] }).sub);
`,
  },
  {
    file: 'express-session.cjs',
    uses: ['express-session'],
    variables: ['SESSION_SECRET'],
    code: `const session = require('express-session');
session({ secret: 'made-up-phrase-of-sessions', resave: false, saveUninitialized: false });
console.log('one');
`,
  },
];

describe.each(PROGRAMS)('$file', ({ file, uses, code, variables }) => {
  test('runs as before with its variables, and stops without them', async () => {
    const repository = new TemporaryRepository();
    const manifest = { dependencies: Object.fromEntries(uses.map((name) => [name, ALL[name]])) };
    repository.stage('package.json', JSON.stringify(manifest));
    repository.stage('.gitignore', 'node_modules\n');
    repository.stage(file, code);
    repository.commit();
    symlinkSync(resolve('node_modules'), repository.path('node_modules'));
    const run = (...args: string[]): SpawnSyncReturns<string> =>
      spawnSync(process.execPath, [...args, file], { cwd: repository.root, encoding: 'utf8', env: { PATH: process.env['PATH'] } });
    expect(run()).toMatchObject({ status: 0, stdout: 'one\n' });

    const { status, stdout } = await runProgram(repository.context, 'fix', '--yes');
    expect(status).toBe(0);
    const env = readFileSync(repository.path('.env'), 'utf8');
    const values = env.split('\n').filter((line) => line !== '');
    expect(values.map((line) => line.slice(0, line.indexOf('='))).sort()).toEqual([...variables].sort());
    for (const line of values) expect(stdout).not.toContain(line.slice(line.indexOf('=') + 1));

    expect(run('--env-file=.env')).toMatchObject({ status: 0, stdout: 'one\n' });
    const without = run();
    expect(without.status).not.toBe(0);
    expect(without.stderr).toMatch(/_SECRET is not set/);

    const scan = await runProgram(repository.context, '-f', 'json');
    const { findings } = JSON.parse(scan.stdout) as { findings: { ruleId: string; level: string }[] };
    expect(findings.filter(({ level }) => level === 'error')).toEqual([]);
    const text = readFileSync(repository.path(file), 'utf8');
    await runProgram(repository.context, 'fix', '--yes', '--allow-dirty');
    expect(readFileSync(repository.path(file), 'utf8')).toBe(text);
    expect(readFileSync(repository.path('.env'), 'utf8')).toBe(env);
    expect(existsSync(repository.path('.env.example'))).toBe(true);
  });
});
