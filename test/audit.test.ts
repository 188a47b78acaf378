/** `jwtlint audit`: each question answered by yes, no and cannot tell, on repositories that give reason for it. */
import { describe, expect, test } from 'vitest';
import type { Answer, Audit } from '../src/audit.js';
import { runProgram } from './run-program.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';

type Files = Readonly<Record<string, string>>;

function repositoryWith(files: Files, dependencies: Readonly<Record<string, string>> = {}): TemporaryRepository {
  const repository = new TemporaryRepository();
  repository.stage('package.json', JSON.stringify({ dependencies: { jsonwebtoken: '^9.0.2', ...dependencies } }));
  for (const [path, text] of Object.entries(files)) repository.stage(path, text);
  repository.commit();
  return repository;
}

async function audit(repository: TemporaryRepository, ...args: string[]): Promise<Audit> {
  const { stdout, status, stderr } = await runProgram(repository.context, 'audit', '-f', 'json', ...args);
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Audit;
}

const JWT = "const jwt = require('jsonwebtoken');\n";
const CHECKED = "const key = process.env.JWT_SECRET;\nif (!key) throw new Error('no key');\n";
const sign = (rest = "{ expiresIn: '5m' }", key = 'key'): string => `exports.sign = (sub) => jwt.sign({ sub }, ${key}, ${rest});\n`;
const verify = (rest = "{ algorithms: ['HS256'] }", key = 'key'): string => `exports.check = (t) => jwt.verify(t, ${key}, ${rest});\n`;

type Case = readonly [id: string, answer: Answer, files: Files, evidence?: string | undefined, dependencies?: Files];

const CASES: readonly Case[] = [
  ['outside-the-code', 'yes', { 'a.js': JWT + CHECKED + sign() }, 'a.js:4 jsonwebtoken sign: the environment (JWT_SECRET)'],
  ['outside-the-code', 'no', { 'a.js': `${JWT}const key = 'made-up-in-the-code';\n${sign()}` }, 'a.js:2 A literal in the source'],
  [
    'outside-the-code',
    'no',
    { 'a.js': `${JWT}const key = process.env.JWT_SECRET || 'made-up-fallback';\n${sign()}` },
    'a.js:2 When `JWT_SECRET` is not set',
  ],
  ['outside-the-code', 'cannot tell', { 'a.js': `${JWT}module.exports = (key) => {\n  ${sign()}};\n` }, undefined],
  [
    'strength',
    'no',
    { 'a.js': `${JWT}const { randomBytes } = require('node:crypto');\nconst key = randomBytes(8);\n${sign()}` },
    'a.js:3 A key of 64 random bits',
  ],
  ['strength', 'cannot tell', { 'a.js': JWT + CHECKED + sign() }, 'no weak key is in sight'],
  [
    'separation',
    'yes',
    {
      'a.js': `${JWT}exports.accessToken = (sub) => jwt.sign({ sub }, process.env.ACCESS_SECRET, { expiresIn: '5m' });\nexports.refreshToken = (sub) => jwt.sign({ sub }, process.env.REFRESH_SECRET, { expiresIn: '7d' });\n`,
    },
    'refresh tokens: REFRESH_SECRET',
  ],
  [
    'separation',
    'no',
    {
      'a.js': `${JWT}exports.accessToken = (sub) => jwt.sign({ sub }, process.env.JWT_SECRET, { expiresIn: '5m' });\nexports.refreshToken = (sub) => jwt.sign({ sub }, process.env.JWT_SECRET, { expiresIn: '7d' });\n`,
    },
    'a.js:3 The refresh token is signed with',
  ],
  ['separation', 'cannot tell', { 'a.js': JWT + CHECKED + sign() }, undefined],
  [
    'separation',
    'cannot tell',
    {
      'a.js': `${JWT}exports.accessToken = (sub, { secret }) => jwt.sign({ sub }, secret, { expiresIn: '5m' });\nexports.refreshToken = (sub, { secret }) => jwt.sign({ sub }, secret, { expiresIn: '7d' });\n`,
    },
    undefined,
  ],
  ['start-up', 'yes', { 'a.js': JWT + CHECKED + sign() }, 'a.js:3 JWT_SECRET is demanded'],
  [
    'start-up',
    'cannot tell',
    { 'a.js': `${JWT}const key = process.env.JWT_SECRET;\n${sign()}` },
    'a.js:3 jsonwebtoken sign: JWT_SECRET is demanded nowhere',
    { envalid: '^8.0.0' },
  ],
  [
    'start-up',
    'cannot tell',
    {
      'a.ts': `import jwt from 'jsonwebtoken';\nimport { z } from 'zod';\nconst env = z.object({ JWT_SECRET: z.string().optional() }).parse(process.env);\nexport const f = () => jwt.sign({}, env.JWT_SECRET, { expiresIn: '5m' });\n`,
    },
    'JWT_SECRET is checked, and may be missing all the same',
    { zod: '^4.0.0' },
  ],
  [
    'start-up',
    'yes',
    {
      'a.js': `${JWT}function requireEnv(name) {\n  const value = process.env[name];\n  if (!value) throw new Error(name);\n  return value;\n}\nconst key = requireEnv('JWT_SECRET');\n${sign()}`,
    },
    'a.js:7 JWT_SECRET is demanded',
  ],
  [
    'start-up',
    'cannot tell',
    {
      'a.js': `${JWT}exports.sign = (sub) => {\n  const key = process.env.JWT_SECRET;\n  if (!key) throw new Error('no key');\n  return jwt.sign({ sub }, key, { expiresIn: '5m' });\n};\n`,
    },
    'a.js:4 JWT_SECRET is demanded in a function, which may be called long after the start',
  ],
  [
    'start-up',
    'cannot tell',
    {
      'a.js': `${JWT}exports.sign = (sub, r) => {\n  const key = process.env.JWT_SECRET;\n  if (!key) return r.status(500).end();\n  return jwt.sign({ sub }, key, { expiresIn: '5m' });\n};\n`,
    },
    'a.js:5 jsonwebtoken sign: JWT_SECRET is checked, and may be missing all the same',
  ],
  [
    'start-up',
    'cannot tell',
    {
      'api/package.json': '{ "name": "api" }',
      'api/a.js': `${JWT}const key = process.env.JWT_SECRET;\n${sign()}`,
      'web/package.json': '{ "name": "web" }',
      'web/b.js': CHECKED,
    },
    'api/a.js:3 jsonwebtoken sign: JWT_SECRET is demanded nowhere',
  ],
  [
    'start-up',
    'no',
    {
      'a.ts': `import jwt from 'jsonwebtoken';\nexport const f = (sub: string) => jwt.sign({ sub }, process.env.JWT_SECRET!, { expiresIn: '5m' });\n`,
    },
    'a.ts:2 The compiler is told',
  ],
  [
    'start-up',
    'cannot tell',
    { 'a.js': `${JWT}const key = process.env.JWT_SECRET;\n${sign()}` },
    'a.js:3 jsonwebtoken sign: JWT_SECRET is demanded nowhere',
  ],
  ['algorithms', 'yes', { 'a.js': JWT + CHECKED + verify() }, 'a.js:4 jsonwebtoken verify: HS256'],
  ['algorithms', 'no', { 'a.js': JWT + CHECKED + verify("{ issuer: 'x' }") }, 'a.js:4 jsonwebtoken verify: names no algorithms'],
  [
    'algorithms',
    'cannot tell',
    { 'a.js': `${JWT}${CHECKED}exports.check = (t, options) => jwt.verify(t, key, options);\n` },
    'its options could not be seen',
  ],
  ['expiry', 'yes', { 'a.js': JWT + CHECKED + sign() }, 'a.js:4 jsonwebtoken sign: its tokens end'],
  [
    'expiry',
    'yes',
    {
      'a.mjs':
        "import { SignJWT } from 'jose';\nconst key = new TextEncoder().encode(process.env.JWT_SECRET);\nexport const f = () => new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('5m').sign(key);\n",
    },
    'a.mjs:3 jose SignJWT.sign: its tokens end',
  ],
  [
    'expiry',
    'no',
    { 'a.js': `${JWT}${CHECKED}exports.sign = (sub) => jwt.sign({ sub }, key);\n` },
    'a.js:4 jsonwebtoken sign: its tokens never end',
  ],
  [
    'expiry',
    'no',
    { 'a.js': JWT + CHECKED + verify("{ algorithms: ['HS256'], ignoreExpiration: true }") },
    'a.js:4 jsonwebtoken verify accepts expired tokens',
  ],
  [
    'expiry',
    'cannot tell',
    { 'a.js': `${JWT}${CHECKED}exports.sign = (claims, options) => jwt.sign(claims, key, options);\n` },
    'could not be seen',
  ],
  [
    'refresh',
    'yes',
    { 'a.js': `${JWT}exports.createRefreshToken = (sub) => jwt.sign({ sub }, process.env.REFRESH_SECRET, { expiresIn: '7d' });\n` },
    'signs refresh tokens',
  ],
  ['refresh', 'cannot tell', { 'a.js': JWT + CHECKED + sign() }, undefined],
  ['claims', 'yes', { 'a.js': JWT + CHECKED + verify("{ algorithms: ['HS256'], issuer: 'https://login.example' }") }, 'demands one'],
  ['claims', 'no', { 'a.js': JWT + CHECKED + verify() }, 'a.js:4 jsonwebtoken verify: demands neither'],
  ['claims', 'cannot tell', { 'a.js': JWT + CHECKED + sign() }, undefined],
  [
    'rotation',
    'yes',
    { 'a.js': `${JWT}for (const key of [process.env.JWT_SECRET, process.env.JWT_SECRET_PREVIOUS]) {\n  ${verify()}}\n` },
    'its code reads JWT_SECRET_PREVIOUS, too',
  ],
  [
    'rotation',
    'yes',
    {
      'a.mjs':
        "import { createRemoteJWKSet, jwtVerify } from 'jose';\nconst keys = createRemoteJWKSet(new URL('https://login.example/jwks'));\nexport const f = (t) => jwtVerify(t, keys, { algorithms: ['RS256'] });\n",
    },
    'takes its keys from a key set',
  ],
  ['rotation', 'no', { 'a.js': JWT + CHECKED + verify() }, 'a.js:4 jsonwebtoken verify: takes JWT_SECRET alone'],
  [
    'rotation',
    'no',
    {
      'a.js': `${JWT}for (const key of [process.env.JWT_SECRET, process.env.JWT_SECRET_PREVIOUS]) {\n  ${verify()}}\n`,
      'b.js': `${JWT}exports.check = (t) => jwt.verify(t, process.env.REFRESH_SECRET, { algorithms: ['HS256'] });\n`,
    },
    'b.js:2 jsonwebtoken verify: takes REFRESH_SECRET alone',
  ],
  [
    'rotation',
    'cannot tell',
    { 'a.js': `${JWT}module.exports = (keyOf) => (t) => jwt.verify(t, keyOf(t), { algorithms: ['HS256'] });\n` },
    'reading the code does not tell which keys',
  ],
  ['rotation', 'cannot tell', { 'a.js': JWT + CHECKED + sign() }, undefined],
  [
    'rate-limits',
    'yes',
    { 'login.js': "const { rateLimit } = require('express-rate-limit');\nmodule.exports = rateLimit({ limit: 5 });\n" },
    'login.js:1 uses express-rate-limit',
  ],
  [
    'rate-limits',
    'cannot tell',
    { 'images.js': "const { rateLimit } = require('express-rate-limit');\nmodule.exports = rateLimit({ limit: 5 });\n" },
    'for other routes as it seems',
  ],
  [
    'logging',
    'yes',
    {
      'a.js': `${JWT}${CHECKED}exports.check = (t) => {\n  try {\n    return jwt.verify(t, key, { algorithms: ['HS256'] });\n  } catch (error) {\n    logger.warn('refused', error.message);\n    throw error;\n  }\n};\n`,
    },
    'its failure is logged',
  ],
  [
    'logging',
    'no',
    {
      'a.js': `${JWT}${CHECKED}exports.check = (t, r) => jwt.verify(t, key, { algorithms: ['HS256'] }, (error, claims) => (error ? r.status(401).end() : r.json(claims)));\n`,
    },
    'is caught and not logged',
  ],
  [
    'logging',
    'cannot tell',
    {
      'a.js': `${JWT}${CHECKED}exports.check = (t, next) => jwt.verify(t, key, { algorithms: ['HS256'] }, (error, claims) => (error ? next(error) : next(null, claims)));\n`,
    },
    'ends elsewhere',
  ],
  [
    'logging',
    'cannot tell',
    {
      'a.js': `const { Strategy } = require('passport-jwt');\n${CHECKED}module.exports = new Strategy({ secretOrKey: key, algorithms: ['HS256'], jwtFromRequest }, (claims, done) => done(null, claims));\n`,
    },
    'passport-jwt Strategy: its failure ends elsewhere',
    { 'passport-jwt': '^4.0.1' },
  ],
  ['logging', 'cannot tell', { 'a.js': JWT + CHECKED + verify() }, 'its failure ends elsewhere'],
  [
    'revocation',
    'yes',
    {
      'a.js': `${JWT}${CHECKED}const denylist = new Set();\nexports.check = (t) => { const c = jwt.verify(t, key, { algorithms: ['HS256'] }); if (denylist.has(c.jti)) throw new Error('over'); return c; };\n`,
    },
    'speaks of revocation',
  ],
  ['revocation', 'no', { 'a.js': JWT + CHECKED + sign() }, 'no jti, denylist or version of a token is in sight'],
  [
    'revocation',
    'no',
    {
      'a.js': JWT + CHECKED + sign(),
      'backup-codes.tsx': 'export const done = (link) => URL.revokeObjectURL(link.href); // tokens of another kind\n',
      'firewall.js': "const blocklist = require('./addresses');\nexports.blocks = (ip) => blocklist.has(ip);\n",
      'runtime.d.ts': 'export declare const denyList: string[];\nexport declare const token: string;\n',
    },
    undefined,
  ],
  [
    'browser',
    'yes',
    {
      'a.js': `${JWT}${CHECKED}exports.login = (q, r) => r.cookie('t', jwt.sign({}, key, { expiresIn: '5m' }), { httpOnly: true, secure: true });\n`,
    },
    'sets a cookie that scripts cannot read',
  ],
  ['browser', 'no', { 'a.js': `${JWT}localStorage.setItem('access_token', token);\n` }, 'puts a token into the storage of the browser'],
  [
    'rate-limits',
    'cannot tell',
    {
      'todos.js':
        "const { rateLimit } = require('express-rate-limit');\nconst authenticationDb = 'a';\napp.use('/todos', rateLimit({ limit: 5 }));\n",
    },
    'for other routes as it seems',
  ],
  ['browser', 'cannot tell', { 'a.js': JWT + CHECKED + sign() }, undefined],
  ['hook', 'no', {}, undefined],
  [
    'ci',
    'yes',
    { '.github/workflows/ci.yml': 'jobs:\n  a:\n    steps:\n      - run: npx jwtlint\n' },
    '.github/workflows/ci.yml runs jwtlint',
  ],
  ['ci', 'no', { '.github/workflows/ci.yml': 'jobs:\n  a:\n    steps:\n      - run: npm test\n' }, undefined],
  ['history', 'cannot tell', {}, undefined],
];

/** Several questions are asked about the same files. */
const audits = new Map<string, Promise<Audit>>();
function auditOf(files: Files, dependencies: Files): Promise<Audit> {
  const key = JSON.stringify([files, dependencies]);
  const known = audits.get(key) ?? audit(repositoryWith(files, dependencies));
  audits.set(key, known);
  return known;
}

test.each(CASES)('%s: %s, case %#', async (...row) => {
  const [id, answer, files, evidence = '', dependencies = {}] = row as unknown as Case;
  const { items } = await auditOf(files, dependencies);
  const item = items.find((each) => each.id === id)!;
  const lines = item.evidence.map(
    ({ path, line, says }) => `${path === undefined ? '' : `${path}${line === undefined ? '' : `:${String(line)}`} `}${says}`,
  );
  expect([item.answer, lines]).toEqual([answer, lines]);
  expect(lines.join('\n')).toContain(evidence);
  expect(item.references.length).toBeGreaterThan(0);
  expect(item.next === undefined).toBe(answer === 'yes');
});

const SIGNS = "import jwt from 'jsonwebtoken';\nexport const f = () => jwt.sign({}, process.env.JWT_SECRET, { expiresIn: '5m' });\n";

/** By validator: its files, and what is said of them. */
const VALIDATORS: readonly (readonly [string, Files, string])[] = [
  [
    'zod',
    {
      'env.ts':
        "import { z } from 'zod';\nexport const env = z.object({ PORT: z.coerce.number(),\n  JWT_SECRET: z.string().min(32) }).parse(process.env);\n",
      'b.ts':
        "import jwt from 'jsonwebtoken';\nimport { env } from './env';\nexport const f = () => jwt.sign({}, env.JWT_SECRET, { expiresIn: '5m' });\n",
    },
    'env.ts:3 JWT_SECRET is demanded, with 32 characters at least',
  ],
  [
    'joi',
    {
      'config.ts':
        "import Joi from 'joi';\nconst { value, error } = Joi.object({\n  JWT_SECRET: Joi.string().min(48).required() }).validate(process.env);\nif (error) throw error;\nexport const secret = value.JWT_SECRET;\n",
      'b.ts':
        "import jwt from 'jsonwebtoken';\nimport { secret } from './config';\nexport const f = () => jwt.sign({}, secret, { expiresIn: '5m' });\n",
    },
    'config.ts:3 JWT_SECRET is demanded, with 48 characters at least',
  ],
  [
    '@nestjs/config',
    {
      'app.module.ts':
        "import { ConfigModule } from '@nestjs/config';\nimport * as Joi from 'joi';\nexport const config = ConfigModule.forRoot({\n  validationSchema: Joi.object({ JWT_SECRET: Joi.string().min(32).required() }),\n});\n",
      'auth.module.ts':
        "import { JwtModule } from '@nestjs/jwt';\nimport { ConfigService } from '@nestjs/config';\nexport const jwt = JwtModule.registerAsync({\n  inject: [ConfigService],\n  useFactory: (config: ConfigService) => ({ secret: config.get<string>('JWT_SECRET'), signOptions: { expiresIn: '5m' } }),\n});\n",
    },
    'app.module.ts:4 JWT_SECRET is demanded, with 32 characters at least',
  ],
  [
    'class-validator',
    {
      'environment.ts':
        "import { IsString, MinLength } from 'class-validator';\nexport class Environment {\n  @IsString()\n  @MinLength(40)\n  JWT_SECRET: string;\n}\n",
      'b.ts': SIGNS,
    },
    'environment.ts:3 JWT_SECRET is demanded, with 40 characters at least',
  ],
  [
    'envalid',
    {
      'env.ts': "import { cleanEnv, str } from 'envalid';\nexport const env = cleanEnv(process.env, {\n  JWT_SECRET: str(),\n});\n",
      'b.ts':
        "import jwt from 'jsonwebtoken';\nimport { env } from './env';\nexport const f = () => jwt.sign({}, env.JWT_SECRET, { expiresIn: '5m' });\n",
    },
    'env.ts:3 JWT_SECRET is demanded',
  ],
  [
    '@t3-oss/env-nextjs',
    {
      'env.ts':
        "import { createEnv } from '@t3-oss/env-nextjs';\nimport { z } from 'zod';\nexport const env = createEnv({\n  server: { JWT_SECRET: z.string().min(32) },\n  experimental__runtimeEnv: {},\n});\n",
      'b.ts':
        "import jwt from 'jsonwebtoken';\nimport { env } from './env';\nexport const f = () => jwt.sign({}, env.JWT_SECRET, { expiresIn: '5m' });\n",
    },
    'env.ts:4 JWT_SECRET is demanded, with 32 characters at least',
  ],
  [
    'yup',
    {
      'env.ts':
        "import * as yup from 'yup';\nexport const env = yup.object({\n  JWT_SECRET: yup.string().min(32).required(),\n}).validateSync(process.env);\n",
      'b.ts':
        "import jwt from 'jsonwebtoken';\nimport { env } from './env';\nexport const f = () => jwt.sign({}, env.JWT_SECRET, { expiresIn: '5m' });\n",
    },
    'env.ts:3 JWT_SECRET is demanded, with 32 characters at least',
  ],
  [
    'valibot',
    {
      'env.ts':
        "import * as v from 'valibot';\nexport const env = v.parse(v.object({\n  JWT_SECRET: v.pipe(v.string(), v.minLength(32)),\n}), process.env);\n",
      'b.ts':
        "import jwt from 'jsonwebtoken';\nimport { env } from './env';\nexport const f = () => jwt.sign({}, env.JWT_SECRET, { expiresIn: '5m' });\n",
    },
    'env.ts:3 JWT_SECRET is demanded, with 32 characters at least',
  ],
  [
    'env-var',
    {
      'b.ts':
        "import jwt from 'jsonwebtoken';\nimport env from 'env-var';\nconst key = env.get('JWT_SECRET').required().asString();\nexport const f = () => jwt.sign({}, key, { expiresIn: '5m' });\n",
    },
    'b.ts:3 JWT_SECRET is demanded',
  ],
  [
    'env-schema',
    {
      'env.js':
        "const envSchema = require('env-schema');\nmodule.exports = envSchema({\n  schema: { type: 'object', required: ['JWT_SECRET'], properties: { JWT_SECRET: { type: 'string' } } },\n});\n",
      'b.js':
        "const jwt = require('jsonwebtoken');\nconst env = require('./env');\nexports.f = () => jwt.sign({}, env.JWT_SECRET, { expiresIn: '5m' });\n",
    },
    'env.js:3 JWT_SECRET is demanded',
  ],
  [
    'convict',
    {
      'config.js':
        "const convict = require('convict');\nmodule.exports = convict({\n  jwt: { format: String, default: null, env: 'JWT_SECRET' },\n}).validate();\n",
      'b.ts': SIGNS,
    },
    'config.js:3 JWT_SECRET is demanded',
  ],
  ['dotenv-safe', { '.env.example': '# keys\nJWT_SECRET=\n', 'b.ts': SIGNS }, '.env.example:2 JWT_SECRET is demanded by dotenv-safe'],
];

test.each([0, 1])('what refuses to start is named with its place and its length, package by package: half %i', async (half) => {
  const packages = VALIDATORS.filter((_, index) => index % 2 === half);
  const files = packages.flatMap(([name, own], index) => [
    [`${String(index)}/package.json`, JSON.stringify({ dependencies: { jsonwebtoken: '^9.0.2', [name]: '^1.0.0' } })],
    ...Object.entries(own).map(([path, text]) => [`${String(index)}/${path}`, text]),
  ]);
  const { items } = await audit(repositoryWith(Object.fromEntries(files) as Files));
  const evidenceOf = (id: string): readonly string[] =>
    items.find((each) => each.id === id)!.evidence.map(({ path = '', line = 0, says }) => `${path}:${String(line)} ${says}`);
  const expected = packages.map(([, , evidence], index) => `${String(index)}/${evidence}`);
  expect(items.find(({ id }) => id === 'start-up')!.answer).toBe('yes');
  expect(evidenceOf('start-up').toSorted()).toEqual(expected);
  expect(evidenceOf('strength')).toEqual(expect.arrayContaining(expected.filter((line) => line.includes('characters'))));
});

test('every question is asked here', async () => {
  const { items } = await audit(repositoryWith({}));
  expect(new Set(CASES.map(([id]) => id))).toEqual(new Set(items.map(({ id }) => id)));
  for (const { references } of items) for (const { url } of references) expect(url).toMatch(/^https:\/\//);
});

test.each([
  ['express-rate-limit', "import { rateLimit } from 'express-rate-limit';\napp.post('/login', rateLimit({ limit: 5 }), login);\n"],
  [
    '@fastify/rate-limit',
    "import limits from '@fastify/rate-limit';\nawait app.register(limits, { max: 5 });\napp.post('/login', login);\n",
  ],
  [
    '@nestjs/throttler',
    "import { ThrottlerGuard } from '@nestjs/throttler';\n@UseGuards(ThrottlerGuard)\nexport class AuthController {}\n",
  ],
  ['koa-ratelimit', "const ratelimit = require('koa-ratelimit');\nrouter.post('/login', ratelimit({ max: 5 }), login);\n"],
  ['hono-rate-limiter', "import { rateLimiter } from 'hono-rate-limiter';\napp.use('/login', rateLimiter({ limit: 5 }));\n"],
  ['express-slow-down', "import { slowDown } from 'express-slow-down';\napp.use('/login', slowDown({ delayAfter: 1 }));\n"],
])('%s before the login is a limit, by file and line; among the dependencies alone it is none that can be told', async (name, code) => {
  const find = async (files: Files): Promise<Audit['items'][number]> =>
    (await audit(repositoryWith(files, { [name]: '*' }))).items.find(({ id }) => id === 'rate-limits')!;
  expect(await find({ 'src/login.ts': `// limits\n${code}` })).toMatchObject({
    answer: 'yes',
    evidence: [{ path: 'src/login.ts', line: 2, says: `uses ${name}` }],
  });
  expect(await find({ 'src/login.ts': "app.post('/login', login);\n" })).toMatchObject({
    answer: 'cannot tell',
    evidence: [{ says: `${name} is among the dependencies` }],
  });
});

test.each([
  ['a literal in the code', "jwt.sign({ sub }, 'made-up-in-the-code', { expiresIn: '5m' })"],
  ['the environment (JWT_SECRET)', "jwt.sign({ sub }, process.env.JWT_SECRET, { expiresIn: '5m' })"],
  ['a file (jwt)', "jwt.sign({ sub }, require('node:fs').readFileSync('/run/secrets/jwt'), { expiresIn: '5m' })"],
  [
    'a secret manager (@aws-sdk/client-secrets-manager)',
    "(async () => jwt.sign({ sub }, (await client.send(new GetSecretValueCommand({ SecretId: 'jwt' }))).SecretString, { expiresIn: '5m' }))()",
    "const { SecretsManagerClient, GetSecretValueCommand } = require('@aws-sdk/client-secrets-manager');\nconst client = new SecretsManagerClient({});\n",
  ],
  [
    'a key management service or HSM (@google-cloud/kms)',
    '(async () => jwt.verify(sub, (await client.getPublicKey({ name }))[0].pem))()',
    "const { KeyManagementServiceClient } = require('@google-cloud/kms');\nconst client = new KeyManagementServiceClient();\n",
  ],
  [
    'a key management service or HSM (pkcs11js)',
    "jwt.verify(sub, publicKeyOf(module), { algorithms: ['RS256'] })",
    "const { PKCS11 } = require('pkcs11js');\nconst module = new PKCS11();\nconst publicKeyOf = (hsm) => hsm.C_GetAttributeValue();\n",
  ],
  [
    'a certificate store (@azure/keyvault-certificates)',
    "(async () => jwt.verify(sub, (await client.getCertificate('jwt')).cer, { algorithms: ['RS256'] }))()",
    "const { CertificateClient } = require('@azure/keyvault-certificates');\nconst client = new CertificateClient(process.env.VAULT_URL, credential);\n",
  ],
  [
    'a key set (JWKS)',
    "jose.jwtVerify(sub, jose.createRemoteJWKSet(new URL('https://login.example/jwks')), { algorithms: ['RS256'] })",
    "const jose = require('jose');\n",
  ],
])('a key comes from %s', async (expected, call, before = '') => {
  const { items } = await audit(repositoryWith({ 'a.js': `${JWT}${before}exports.f = (sub, name) => ${call};\n` }));
  const { evidence } = items.find(({ id }) => id === 'outside-the-code')!;
  expect(evidence.map(({ says }) => says).join('\n')).toContain(expected);
});

describe('the surroundings', () => {
  test('a hook that runs jwtlint', async () => {
    const repository = repositoryWith({});
    repository.write('.git/hooks/pre-commit', '#!/bin/sh\njwtlint --staged\n');
    const { chmodSync } = await import('node:fs');
    chmodSync(repository.path('.git/hooks/pre-commit'), 0o755);
    expect((await audit(repository)).items.find(({ id }) => id === 'hook')).toMatchObject({ answer: 'yes' });
  });

  test('a history with and without secrets', async () => {
    const clean = repositoryWith({ 'a.js': '1;\n' });
    expect((await audit(clean, '--history')).items.find(({ id }) => id === 'history')).toMatchObject({ answer: 'yes' });
    const repository = repositoryWith({ 'a.js': `${JWT}exports.f = () => jwt.sign({}, 'made-up-of-the-past', { expiresIn: '5m' });\n` });
    repository.stage('a.js', '1;\n');
    repository.commit();
    const item = (await audit(repository, '--history')).items.find(({ id }) => id === 'history')!;
    expect(item).toMatchObject({ answer: 'no' });
    expect(item.evidence[0]).toMatchObject({ path: 'a.js', line: 2 });
  });

  test('tests and examples do not count', async () => {
    const { items } = await audit(repositoryWith({ 'test/a.test.js': `${JWT}exports.f = () => jwt.sign({}, 'made-up-of-a-test');\n` }));
    expect(items.find(({ id }) => id === 'outside-the-code')!.answer).toBe('cannot tell');
    expect(items.find(({ id }) => id === 'expiry')!.answer).toBe('cannot tell');
  });

  test('outside of git nothing is said of hooks', async () => {
    const { stdout, status } = await runProgram({ cwd: temporaryDirectory(), env: {} }, 'audit', '-f', 'json');
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as Audit).items.find(({ id }) => id === 'hook')!.answer).toBe('cannot tell');
  });
});

const SECRET = 'made-up-Sentinel9xKw2Lq7Rt4Zn8Vb3Mc6Yp1Sd5Fg0Hj';

describe('as text, Markdown and JSON', () => {
  const files = {
    'a.js': `${JWT}const key = process.env.JWT_SECRET || '${SECRET}';\n${sign()}${verify()}`,
    'odd `name`|[x](y).js': `${JWT}exports.f = (sub) => jwt.sign({ sub }, '${SECRET}-too', { expiresIn: '5m' });\n`,
  };

  test.each(['text', 'markdown', 'json', 'html'])('%s says what uses which key, and no value', async (format) => {
    const { stdout } = await runProgram(repositoryWith(files).context, 'audit', '-f', format);
    expect(stdout.replaceAll('\\', '')).toContain('JWT_SECRET');
    expect(stdout).not.toContain(SECRET.slice(8, 20));
    if (format === 'markdown') {
      expect(stdout).toContain('| question | answer |');
      expect(stdout).not.toContain('[x](y)');
      const rows = stdout.split('\n').filter((line) => line.startsWith('| '));
      for (const row of rows) expect([3, 6]).toContain(row.replaceAll(String.raw`\|`, '').split('|').length - 1);
    }
    if (format === 'text') expect(stdout).toMatch(/\d+ yes, \d+ no, \d+ cannot tell; \d+ keys\. No grade/);
  });

  test('the keys of JSON have their calls', async () => {
    const { keys } = await audit(repositoryWith({ 'a.js': JWT + CHECKED + sign() + verify() }));
    expect(keys).toEqual([
      {
        origin: 'environment',
        name: 'JWT_SECRET',
        uses: [
          { call: 'jsonwebtoken sign', kind: 'sign', path: 'a.js', line: 4 },
          { call: 'jsonwebtoken verify', kind: 'verify', path: 'a.js', line: 5 },
        ],
      },
    ]);
  });

  test.each([
    [['-f', 'markdwn'], /Did you mean markdown\?/],
    [['src'], /takes no paths/],
    [['--staged'], /is no option of jwtlint audit/],
  ])('%j is refused', async (args, expected) => {
    const { status, stderr } = await runProgram(repositoryWith({}).context, 'audit', ...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(expected);
  });
});
