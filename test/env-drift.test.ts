/** One secret under two names: no-env-drift over the whole tree, in repositories of the shapes that real ones have. */
import { describe, expect, test } from 'vitest';
import { driftBetween } from '../rules/facts/environment-names.js';
import { runProgram } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

type Files = Readonly<Record<string, string>>;

async function drifts(files: Files, ...args: string[]): Promise<string[]> {
  const repository = new TemporaryRepository();
  for (const [path, text] of Object.entries({ 'package.json': '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }', ...files }))
    repository.stage(path, text);
  const { stdout } = await runProgram(repository.context, '-f', 'json', ...args);
  const { findings } = JSON.parse(stdout) as {
    findings: { ruleId: string; message: string; location: { path: string; startLine: number; startColumn: number } }[];
  };
  return findings
    .filter(({ ruleId }) => ruleId === 'no-env-drift')
    .map(({ location, message }) => `${location.path}:${location.startLine}:${location.startColumn} ${/reads `(\w+)`/.exec(message)![1]!}`);
}

const READS = 'const secret = process.env.JWT_SECRET;\nif (!secret) throw new Error("no secret");\n';

describe('drift', () => {
  test.each<[string, Files, string]>([
    ['letters swapped in a template', { 'src/a.js': READS, '.env.example': 'PORT=1\nJWT_SERCET=\n' }, '.env.example:2:1 JWT_SECRET'],
    [
      'a letter too few in compose',
      { 'a.js': READS, 'compose.yaml': 'services:\n  api:\n    environment:\n      JWT_SECRT: ${SECRET_OF_API}\n' },
      'compose.yaml:4:7 JWT_SECRET',
    ],
    [
      'a letter too many, in a list of compose',
      { 'a.js': READS, 'docker-compose.yml': 'services:\n  api:\n    environment:\n      - JWT_SECREET=${X}\n' },
      'docker-compose.yml:4:9 JWT_SECRET',
    ],
    [
      'a word more, in the file itself',
      { '.gitignore': '.env\n', 'a.ts': 'export const secret = process.env.JWT_SECRET as string;\n', '.env.sample': 'JWT_SECRET_KEY=\n' },
      '.env.sample:1:1 JWT_SECRET',
    ],
    [
      'a word less',
      { 'a.ts': 'export const key = process.env["JWT_SECRET_KEY"];\n', '.env.example': 'JWT_SECRET=\n' },
      '.env.example:1:1 JWT_SECRET_KEY',
    ],
    [
      'words in another order',
      {
        'a.js': 'const { ACCESS_JWT_SECRET } = process.env;\nmodule.exports = ACCESS_JWT_SECRET;\n',
        '.env.example': 'JWT_ACCESS_SECRET=\n',
      },
      '.env.example:1:1 ACCESS_JWT_SECRET',
    ],
    [
      'no mark between words',
      { 'a.js': 'module.exports = process.env.JWTSECRET;\n', '.env.example': 'JWT_SECRET=\n' },
      '.env.example:1:1 JWTSECRET',
    ],
    [
      'a getter of Nest',
      {
        'a.ts':
          'import { ConfigService } from "@nestjs/config";\nexport class A { constructor(private readonly config: ConfigService) {}\n  key() { return this.config.getOrThrow("JWT_REFRESH_SECRET"); } }\n',
        '.env.example': 'JWT_REFRSH_SECRET=\n',
      },
      '.env.example:1:1 JWT_REFRESH_SECRET',
    ],
    [
      'a workflow',
      { 'a.js': READS, '.github/workflows/test.yml': 'jobs:\n  test:\n    env:\n      JWT_SECET: ${{ secrets.X }}\n' },
      '.github/workflows/test.yml:4:7 JWT_SECRET',
    ],
    [
      'a template at the root for a package below',
      { 'packages/api/package.json': '{"name":"api"}', 'packages/api/a.js': READS, '.env.example': 'JWT_SECRTE=\n' },
      '.env.example:1:1 JWT_SECRET',
    ],
    [
      'each in its own package',
      { 'apps/a/package.json': '{"name":"a"}', 'apps/a/x.js': READS, 'apps/a/.env.example': 'JWT_SERCET=\n' },
      'apps/a/.env.example:1:1 JWT_SECRET',
    ],
    [
      'vite',
      { 'a.ts': 'export const s = import.meta.env.SESSION_SECRET;\n', '.env.example': 'SESION_SECRET=\n' },
      '.env.example:1:1 SESSION_SECRET',
    ],
    ['a Dockerfile', { 'a.js': READS, Dockerfile: 'FROM node\nENV JWT_SEKRET=\n' }, 'Dockerfile:2:5 JWT_SECRET'],
  ])('%s', async (_, files, expected) => {
    expect(await drifts(files)).toEqual([expected]);
  });

  test.each<[string, Files]>([
    ['the same name', { 'a.js': READS, '.env.example': 'JWT_SECRET=\n' }],
    ['both names in the settings', { 'a.js': READS, '.env.example': 'JWT_SECRET=\nJWT_SECRET_KEY=\n' }],
    ['the name in another settings file', { 'a.js': READS, '.env.example': 'JWT_SERCET=\n', 'fly.toml': '[env]\nJWT_SECRET = ""\n' }],
    ['both names in the code', { 'a.js': `${READS}module.exports = process.env.JWT_SECRET_KEY;\n`, '.env.example': 'JWT_SECRET_KEY=\n' }],
    [
      'a rename in compose',
      {
        'a.js': READS,
        '.env.example': 'JWT_SECRET_KEY=\n',
        'compose.yml': 'services:\n  a:\n    environment:\n      JWT_SECRET: ${JWT_SECRET_KEY}\n',
      },
    ],
    [
      'a script that sets it',
      {
        'a.js': READS,
        '.env.example': 'JWT_SECRET_KEY=\n',
        'ecosystem.config.js': 'module.exports = { apps: [{ env: { JWT_SECRET: "${X}" } }] };\n',
      },
    ],
    ['two purposes', { 'a.js': 'module.exports = process.env.JWT_ACCESS_SECRET;\n', '.env.example': 'JWT_REFRESH_SECRET=\n' }],
    ['two short purposes', { 'a.js': 'module.exports = process.env.JWT_AT_SECRET;\n', '.env.example': 'JWT_RT_SECRET=\n' }],
    ['two numbers', { 'a.js': 'module.exports = process.env.JWT_SECRET_1;\n', '.env.example': 'JWT_SECRET_2=\n' }],
    [
      'another package',
      {
        'apps/a/package.json': '{"name":"a"}',
        'apps/a/x.js': READS,
        'apps/b/package.json': '{"name":"b"}',
        'apps/b/.env.example': 'JWT_SERCET=\n',
      },
    ],
    ['a test that reads it', { 'test/a.test.js': READS, '.env.example': 'JWT_SERCET=\n' }],
    ['no settings at all', { 'a.js': READS }],
    ['names of other things', { 'a.js': 'module.exports = process.env.JWT_SECRET_EXPIRES;\n', '.env.example': 'JWT_SECRET_EXPIRE=\n' }],
    ['a name that is only said', { 'a.js': '// set JWT_SECRET\n', '.env.example': 'JWT_SERCET=\n' }],
  ])('none: %s', async (_, files) => {
    expect(await drifts(files)).toEqual([]);
  });

  test('a change does not tell, since it is no whole', async () => {
    expect(await drifts({ 'a.js': READS, '.env.example': 'JWT_SERCET=\n' }, '--staged')).toEqual([]);
  });

  test('what only means the same is told on request', async () => {
    const files = { 'a.js': READS, '.env.example': 'TOKEN_SECRET=\n' };
    expect(await drifts(files)).toEqual([]);
    expect(await drifts(files, '--info')).toEqual(['.env.example:1:1 JWT_SECRET']);
  });
});

test.each([
  ['JWT_SECRET', 'JWT_SECRTE', 'typo'],
  ['JWT_SECRET', 'JTW_SECRET', 'typo'],
  ['REFRESH_TOKEN_SECRET', 'REFERSH_TOKEN_SECRET', 'typo'],
  ['JWT_SECRET', 'SECRET_JWT', 'words'],
  ['JWT_SECRET', 'JWT_KEY', 'words'],
  ['ACCESS_TOKEN_SECRET', 'JWT_ACCESS_SECRET', 'guess'],
  ['JWT_SECRET', 'JWT_SECRET_DEV', undefined],
  ['JWT_SECRET', 'SESSION_SECRET', undefined],
  ['JWT_SECRET', 'APP_JWT_SECRET', undefined],
] as const)('%s and %s: %s', (one, other, drift) => {
  expect(driftBetween(one, other)).toBe(drift);
  expect(driftBetween(other, one)).toBe(drift);
});
