/** What only the files of a repository together say: settings that end tokens signed elsewhere, checks made before a script is loaded. */
import { describe, expect, test } from 'vitest';
import { runProgram } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

type Files = Readonly<Record<string, string>>;

const DEPENDENCIES = { jsonwebtoken: '9.0.3', '@nestjs/jwt': '11.0.0', '@fastify/jwt': '10.0.0' };

async function found(rule: string, files: Files, ...args: string[]): Promise<string[]> {
  const repository = new TemporaryRepository();
  const manifest = JSON.stringify({ name: 'api', dependencies: DEPENDENCIES });
  for (const [path, text] of Object.entries({ 'package.json': manifest, ...files })) repository.stage(path, text);
  return findingsOf(repository, rule, ...args);
}

async function findingsOf(repository: TemporaryRepository, rule: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await runProgram(repository.context, '-f', 'json', ...args);
  const { findings } = JSON.parse(stdout) as {
    findings: { ruleId: string; level: string; location: { path: string; startLine: number } }[];
  };
  return findings
    .filter(({ ruleId }) => ruleId === rule)
    .map(({ location, level }) => `${location.path}:${String(location.startLine)} ${level}`);
}

const SERVICE = `import { JwtService } from '@nestjs/jwt';
export class AuthService {
  constructor(private readonly jwt: JwtService) {}
  login(id: string) { return { token: this.jwt.sign({ sub: id }) }; }
}
`;
const module = (options: string): string => `import { JwtModule } from '@nestjs/jwt';
export const auth = JwtModule.register(${options});
`;
const ROUTES = `export default async (app) => {
  app.post('/login', async (request) => ({ token: app.jwt.sign({ sub: request.body.id }) }));
};
`;

describe('require-expiration: settings in another file than the signature', () => {
  test.each<[string, Files, string[]]>([
    [
      'a module of Nest without an end',
      { 'src/auth.service.ts': SERVICE, 'src/auth.module.ts': module('{ secret: process.env.JWT_SECRET }') },
      ['src/auth.service.ts:4 warning'],
    ],
    [
      'a module of Nest with one',
      {
        'src/auth.service.ts': SERVICE,
        'src/auth.module.ts': module("{ secret: process.env.JWT_SECRET, signOptions: { expiresIn: '1h' } }"),
      },
      [],
    ],
    [
      'two modules, one of them with an end',
      {
        'src/auth.service.ts': SERVICE,
        'src/auth.module.ts': module('{ secret: process.env.JWT_SECRET }'),
        'src/users.module.ts': module("{ secret: process.env.JWT_SECRET, signOptions: { expiresIn: '1h' } }"),
      },
      [],
    ],
    [
      'settings that nobody can see',
      { 'src/auth.service.ts': SERVICE, 'src/auth.module.ts': module('{ secret: process.env.JWT_SECRET, signOptions: load() }') },
      [],
    ],
    ['no settings at all', { 'src/auth.service.ts': SERVICE }, []],
    [
      'a plugin of Fastify without an end',
      {
        'src/routes.js': ROUTES,
        'src/app.js': `import jwt from '@fastify/jwt';\nexport const start = (app) => app.register(jwt, { secret: process.env.JWT_SECRET });\n`,
      },
      ['src/routes.js:2 warning'],
    ],
    [
      'a plugin of Fastify with one',
      {
        'src/routes.js': ROUTES,
        'src/app.js': `import jwt from '@fastify/jwt';\nexport const start = (app) => app.register(jwt, { secret: process.env.JWT_SECRET, sign: { expiresIn: '10m' } });\n`,
      },
      [],
    ],
    [
      'settings of another package of the repository',
      {
        'apps/one/package.json': JSON.stringify({ name: 'one', dependencies: DEPENDENCIES }),
        'apps/two/package.json': JSON.stringify({ name: 'two', dependencies: DEPENDENCIES }),
        'apps/one/auth.service.ts': SERVICE,
        'apps/two/auth.module.ts': module('{ secret: process.env.JWT_SECRET }'),
      },
      [],
    ],
  ])('%s', async (_title, files, expected) => {
    expect(await found('require-expiration', files)).toEqual(expected);
  });

  test('a directive at the signature silences it, and is used', async () => {
    const service = SERVICE.replace('  login', '  // jwtlint-disable-next-line require-expiration -- a key of a machine\n  login');
    const files = { 'src/auth.service.ts': service, 'src/auth.module.ts': module('{ secret: process.env.JWT_SECRET }') };
    expect(await found('require-expiration', files)).toEqual([]);
    expect(await found('directive', files)).toEqual([]);
  });
});

const READER = `import jwt from 'jsonwebtoken';
export const read = (token: string) => jwt.verify(token, process.env.JWT_SECRET!, { algorithms: ['HS256'] });
`;

const GUARD = `import { JwtService } from '@nestjs/jwt';
export class TokenGuard {
  constructor(private readonly jwt: JwtService) {}
  canActivate(token: string) { return this.jwt.verifyAsync(token); }
}
`;
const FACTORY = `import { JwtModule } from '@nestjs/jwt';
export const auth = JwtModule.registerAsync({
  useFactory: (config) => {
    if (config.get('JWT_ALG') === 'RS256')
      return { publicKey: config.get('JWT_PUBLIC_KEY'), verifyOptions: { algorithms: ['RS256'] } };
    return { secret: config.getOrThrow('JWT_SECRET'), verifyOptions: { algorithms: ['HS256'] } };
  },
});
`;

describe('require-algorithms: a module of Nest in another file than the verification', () => {
  test.each<[string, Files, string[]]>([
    ['one that names none', { 'src/auth.module.ts': module('{ secret: process.env.JWT_SECRET }') }, ['src/token.guard.ts:4 warning']],
    ['a factory that names them in each case', { 'src/auth.module.ts': FACTORY }, []],
    ['that of a test', { 'test/auth.module.spec.ts': `import { test } from 'vitest';\n${FACTORY}` }, ['src/token.guard.ts:4 warning']],
  ])('%s', async (_, files, expected) => {
    expect(await found('require-algorithms', { 'src/token.guard.ts': GUARD, ...files })).toEqual(expected);
  });

  test('a change to the verification alone', async () => {
    const repository = new TemporaryRepository();
    repository.stage('package.json', JSON.stringify({ name: 'api', dependencies: DEPENDENCIES }));
    repository.stage('src/auth.module.ts', FACTORY);
    repository.commit();
    repository.stage('src/token.guard.ts', GUARD);
    expect(await findingsOf(repository, 'require-algorithms', '--staged')).toEqual([]);
  });
});

describe('require-secret-check: the start of the program', () => {
  test.each<[string, Files, boolean]>([
    ['throws', { 'src/index.ts': `if (!process.env.JWT_SECRET) throw new Error('no secret');\nimport('./auth');\n` }, false],
    [
      'exits, in a function that it calls',
      {
        'src/main.ts': `async function start() {\n  for (const name of ['PORT', 'JWT_SECRET']) if (!process.env[name]) { console.error(name); process.exit(1); }\n  await import('./auth');\n}\nstart();\n`,
      },
      false,
    ],
    [
      'exits, in a function of another script that it calls',
      {
        'src/index.ts': `import { check } from './environment';\ncheck();\nimport('./auth');\n`,
        'src/environment.ts': `export function check() {\n  const missing = Object.keys({ PORT: true, JWT_SECRET: true }).filter((name) => !process.env[name]);\n  if (missing.length > 0) process.exit(1);\n}\n`,
      },
      false,
    ],
    [
      'has a function of another script give it what may be missing',
      {
        'src/index.ts': `import { read } from './environment';\nread();\nimport('./auth');\n`,
        'src/environment.ts': `export const read = () => ['PORT', 'JWT_SECRET'].map((name) => process.env[name]);\n`,
      },
      true,
    ],
    [
      'is checked by a schema',
      { 'src/env.ts': `import { z } from 'zod';\nexport const env = z.object({ JWT_SECRET: z.string().min(32) }).parse(process.env);\n` },
      false,
    ],
    [
      'checks something else by a schema',
      {
        'package.json': JSON.stringify({ name: 'api', dependencies: { ...DEPENDENCIES, yup: '1.7.1' } }),
        'src/form.ts': `import { object, string } from 'yup';\nexport const form = object({ name: string().required() });\n`,
      },
      true,
    ],
    [
      'lets it be missing by its schema',
      {
        'package.json': JSON.stringify({ name: 'api', dependencies: { ...DEPENDENCIES, zod: '4.0.0' } }),
        'src/env.ts': `import { z } from 'zod';\nexport const env = z.object({ JWT_SECRET: z.string().optional() }).parse(process.env);\n`,
      },
      true,
    ],
    ['does not look', { 'src/index.ts': `import './auth';\nconsole.log(typeof process.env.JWT_SECRET);\n` }, true],
    [
      'looks at each request only',
      {
        'src/index.ts': `import express from 'express';\nconst app = express();\napp.get('/', () => {\n  if (!process.env.JWT_SECRET) throw new Error('no secret');\n});\n`,
      },
      true,
    ],
    ['is a test', { 'test/setup.ts': `if (!process.env.JWT_SECRET) throw new Error('no secret');\n` }, true],
    [
      'is another package',
      {
        'jobs/package.json': JSON.stringify({ name: 'jobs', dependencies: DEPENDENCIES }),
        'jobs/index.ts': `if (!process.env.JWT_SECRET) throw new Error('no secret');\n`,
      },
      true,
    ],
  ])('%s', async (_title, files, reported) => {
    const expected = reported ? ['src/auth.ts:2 warning'] : [];
    expect(await found('require-secret-check', { 'src/auth.ts': READER, ...files })).toEqual(expected);
  });

  test('a change finds it where it stands already', async () => {
    const repository = new TemporaryRepository();
    repository.stage('package.json', JSON.stringify({ name: 'api', dependencies: DEPENDENCIES }));
    repository.stage('src/index.ts', `if (!process.env.JWT_SECRET) throw new Error('no secret');\nimport('./auth');\n`);
    repository.commit();
    repository.stage('src/auth.ts', READER);
    expect(await findingsOf(repository, 'require-secret-check', '--staged')).toEqual([]);
    repository.stage('src/index.ts', `import('./auth');\n`);
    expect(await findingsOf(repository, 'require-secret-check', '--staged')).toEqual(['src/auth.ts:2 warning']);
  });

  test('that of the own package counts before those of many others', async () => {
    const repository = new TemporaryRepository();
    const manifest = JSON.stringify({ dependencies: DEPENDENCIES });
    for (let index = 0; index < 250; index++) repository.stage(`packages/a${String(index)}/index.ts`, 'process.env.JWT_SECRET;\n');
    repository.stage('packages/z/package.json', manifest);
    repository.stage('packages/z/index.ts', `if (!process.env.JWT_SECRET) throw new Error('no secret');\nimport('./auth');\n`);
    repository.commit();
    repository.stage('packages/z/auth.ts', READER);
    expect(await findingsOf(repository, 'require-secret-check', '--staged')).toEqual([]);
  });
});
