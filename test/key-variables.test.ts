/** Variables that only code tells to be keys, in the settings that give them: in trees and in changes. */
import { describe, expect, test } from 'vitest';
import { runProgram } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

type Files = Readonly<Record<string, string>>;

const MANIFEST = '{ "name": "a", "dependencies": { "jsonwebtoken": "^9.0.2", "@nestjs/jwt": "^11.0.0", "express-session": "^1.18.0" } }';
const SIGNS = "const jwt = require('jsonwebtoken');\nexports.token = (id) => jwt.sign({ id }, process.env.SEED, { expiresIn: '1h' });\n";

function repositoryOf(files: Files): TemporaryRepository {
  const repository = new TemporaryRepository();
  for (const [path, text] of Object.entries({ 'package.json': MANIFEST, ...files })) {
    if (path === '.env' && files['.gitignore'] !== undefined) repository.write(path, text);
    else repository.stage(path, text);
  }
  return repository;
}

/** The findings in settings, as `path:line rule`. */
async function inSettings(repository: TemporaryRepository, ...args: string[]): Promise<string[]> {
  const { stdout } = await runProgram(repository.context, '-f', 'json', ...args);
  const { findings } = JSON.parse(stdout) as { findings: { ruleId: string; location: { path: string; startLine: number } }[] };
  return findings
    .filter(({ location, ruleId }) => !/\.(?:[jt]s|json|gitignore)$/.test(location.path) && ruleId !== 'no-env-drift')
    .map(({ ruleId, location }) => `${location.path}:${location.startLine} ${ruleId}`);
}

describe('a variable that a call takes as its key', () => {
  test.each<[string, Files, string[]]>([
    ['in an env file', { 'src/a.js': SIGNS, '.env': 'PORT=3000\nSEED=made-up-seed-of-nobody\n' }, ['.env:2 no-committed-env']],
    [
      'in an env file that git ignores, where only a weak one matters',
      { '.gitignore': '.env\n', 'a.js': SIGNS, '.env': 'SEED=seed123\n' },
      ['.env:1 no-weak-secret'],
    ],
    [
      'in a list of compose, in which no word says so',
      {
        'a.js': SIGNS,
        'docker-compose.yml': 'services:\n  api:\n    environment:\n      - PORT=3000\n      - SEED=made-up-seed-of-nobody\n',
      },
      ['docker-compose.yml:5 no-hardcoded-secret'],
    ],
    [
      'in a manifest of Kubernetes',
      {
        'a.js': SIGNS,
        'deploy/api.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: api\ndata:\n  PORT: "3000"\n  SEED: made-up-seed-of-nobody\n',
      },
      ['deploy/api.yaml:7 no-hardcoded-secret'],
    ],
    [
      'in a Dockerfile',
      { 'a.js': SIGNS, Dockerfile: 'FROM node:22\nENV SEED=made-up-seed-of-nobody\nCMD ["node", "a.js"]\n' },
      ['Dockerfile:2 no-hardcoded-secret'],
    ],
    [
      'asked for by a service of NestJS, in another language',
      {
        'src/auth.module.ts':
          "import { JwtModule } from '@nestjs/jwt';\nimport { ConfigService } from '@nestjs/config';\nexport const module = JwtModule.registerAsync({\n  inject: [ConfigService],\n  useFactory: (config: ConfigService) => ({ secret: config.get('CLAVE'), signOptions: { expiresIn: '1h' } }),\n});\n",
        '.env': 'CLAVE=inventada-para-esta-prueba\n',
      },
      ['.env:1 no-committed-env'],
    ],
    [
      'read in one file, used in another',
      {
        'config.js': 'module.exports = { llave: process.env.LLAVE };\n',
        'a.js':
          "const jwt = require('jsonwebtoken');\nconst { llave } = require('./config');\nexports.check = (t) => jwt.verify(t, llave, { algorithms: ['HS256'] });\n",
        '.env': 'LLAVE=inventada-para-esta-prueba\n',
      },
      ['.env:1 no-committed-env'],
    ],
    [
      'that signs sessions',
      {
        'a.js':
          "const session = require('express-session');\nmodule.exports = session({ secret: process.env.SAL, resave: false, saveUninitialized: false });\n",
        '.env': 'SAL=inventada-para-esta-prueba\n',
      },
      ['.env:1 no-committed-env'],
    ],
    [
      'of a package below the one whose settings give it',
      {
        'packages/api/package.json': MANIFEST,
        'packages/api/src/a.js': SIGNS,
        'compose.yaml': 'services:\n  api:\n    environment:\n      SEED: made-up-seed-of-nobody\n',
      },
      ['compose.yaml:4 no-hardcoded-secret'],
    ],
    [
      'that the package config is asked for by its path',
      {
        'a.js':
          "const config = require('config');\nconst jwt = require('jsonwebtoken');\nexports.token = (id) => jwt.sign({ id }, config.get('App.auth.key'), { expiresIn: '1h' });\n",
        'config/default.yaml': 'App:\n  port: 3000\n  auth:\n    key: made-up-seed-of-nobody\n    kind: b\n  mail:\n    key: another\n',
        'config/production.toml': '[App.auth]\nkey = "made-up-seed-of-nobody"\n',
        'other/default.yaml': 'App:\n  auth:\n    key: made-up-seed-of-nobody\n',
      },
      ['config/default.yaml:4 no-hardcoded-secret', 'config/production.toml:2 no-hardcoded-secret'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await inSettings(repositoryOf(files))).toEqual(expected);
  });
});

describe('what is none', () => {
  test.each<[string, Files]>([
    [
      'read, but not as a key',
      { 'a.js': "const faker = require('faker');\nfaker.seed(process.env.SEED);\n", '.env.ci': 'SEED=made-up-seed-of-nobody\n' },
    ],
    [
      'the variable of that name of another package',
      {
        'packages/api/package.json': MANIFEST,
        'packages/api/a.js': SIGNS,
        'packages/web/package.json': '{}',
        'packages/web/.env.ci': 'SEED=made-up-seed-of-nobody\n',
      },
    ],
    [
      'the key of a pair',
      {
        'a.js':
          "const jwt = require('jsonwebtoken');\nexports.check = (t) => jwt.verify(t, process.env.KEYCLOAK, { algorithms: ['RS256'] });\nexports.other = (t) => jwt.verify(t, process.env.ISSUER_PUBLIC, { algorithms: list() });\n",
        'compose.yaml':
          'services:\n  api:\n    environment:\n      KEYCLOAK: made-up-words-of-nobody\n      ISSUER_PUBLIC: made-up-words-of-nobody\n',
      },
    ],
    [
      'given by reference',
      { 'a.js': SIGNS, 'compose.yaml': 'services:\n  api:\n    environment:\n      SEED: ${SEED}\n      PORT: 3000\n' },
    ],
    [
      'a setting of the platform',
      { 'a.js': SIGNS.replace('SEED', 'image'), 'compose.yaml': 'services:\n  api:\n    image: made-up-image-of-nobody\n' },
    ],
  ])('%s', async (_, files) => {
    expect(await inSettings(repositoryOf(files))).toEqual([]);
  });
});

describe('in a change', () => {
  test('code and settings of one commit are seen together, and what was there is old', async () => {
    const repository = repositoryOf({
      'a.js': SIGNS,
      'compose.yaml': 'services:\n  api:\n    environment:\n      SEED: made-up-seed-of-nobody\n',
    });
    expect(await inSettings(repository, '--staged')).toEqual(['compose.yaml:4 no-hardcoded-secret']);
    repository.commit('start');
    repository.stage('a.js', `${SIGNS}\n`);
    repository.stage('compose.yaml', 'services:\n  api:\n    restart: always\n    environment:\n      SEED: made-up-seed-of-nobody\n');
    expect(await inSettings(repository, '--staged')).toEqual([]);
    expect(await inSettings(repository, '--staged', '--include-old')).toEqual(['compose.yaml:5 no-hardcoded-secret']);
  });
});

test('more settings than can wait for the scripts are judged by their names, and the report says so', async () => {
  const filler = '# a line of a comment\n'.repeat(40_000);
  const settings = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`charts/${String(index + 10)}.yaml`, filler]));
  const repository = repositoryOf({ 'a.js': SIGNS, ...settings, '.env': 'SEED=made-up-seed-of-nobody\n' });
  const { stdout } = await runProgram(repository.context, '-f', 'json');
  expect((JSON.parse(stdout) as { notes: string[] }).notes.join()).toContain('judged by the names of their variables alone');
});
