/** The rule on real repositories: git says what is ignored. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CryptoPort, FileFacts, Finding, Project, Repository } from '../rules/contract.js';
import { concernsIgnoring, concernsRepository, filledInName, isEnvFile, isEnvTemplate, isKeyFile } from '../rules/facts/env-files.js';
import rule from '../rules/require-gitignore.js';
import type { Source } from '../src/sources/source.js';
import { openStaged } from '../src/sources/staged.js';
import { openTree } from '../src/sources/tree.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';
import { runProgram } from './run-program.js';

/** The rule asks for no cryptography. */
const crypto: CryptoPort = {
  mark: () => 'unused',
  identity: (value) => value,
  signed: () => false,
  digest: () => undefined,
  inspectKey: () => undefined,
  now: () => 0,
};

interface World {
  /** What other rules found, by path. */
  readonly holds?: Readonly<Record<string, FileFacts['holds'][number]>>;
  /** Packages that a directory's manifest names. */
  readonly uses?: Readonly<Record<string, readonly string[]>>;
  readonly files?: readonly string[];
}

/** The finding in a source, of which there is never more than one. */
async function findingIn(source: Source, { holds = {}, uses = {}, files = [] }: World): Promise<Finding | undefined> {
  const names = await source.names(concernsRepository);
  const subject: Omit<Repository, 'ignored'> = {
    whole: true,
    facts: names.map(({ path, tracking }) => ({ path, tracking, holds: holds[path] === undefined ? [] : [holds[path]] })),
    projects: new Map(
      Object.entries(uses).map(([directory, packages]): [string, Project] => [
        directory,
        { name: undefined, uses: (name) => packages.includes(name), versionOf: () => undefined, isBelow: () => false, owns: () => false },
      ]),
    ),
    publications: [],
    brought: [],
    crypto,
    vocabulary: { sinks: [], secretNames: [], secretSources: [] },
  };
  const probes = new Set(rule.probes?.(subject, { files }));
  const ignored = await source.ignored([...probes]);
  await source.close();
  const findings = rule.repository?.({ ...subject, ignored: (path) => (probes.has(path) ? ignored?.has(path) : undefined) }, { files });
  const [finding, ...others] = findings ?? [];
  expect(others).toEqual([]);
  return finding;
}

function inTree(repository: TemporaryRepository, world: World = {}): Promise<Finding | undefined> {
  return openTree(repository.context, { cwd: repository.root, paths: [], warnIgnored: true }).then((source) => findingIn(source, world));
}

/** A repository with these files, tracked unless the name starts with `?`. */
function repositoryOf(...names: readonly string[]): TemporaryRepository {
  const repository = new TemporaryRepository();
  for (const name of names) {
    if (name.startsWith('?')) repository.write(name.slice(1), 'content');
    else repository.stage(name, 'content');
  }
  return repository;
}

/** What a finding says, shortly; adding its lines must be the cure. */
async function advice(repository: TemporaryRepository, world: World = {}): Promise<string | undefined> {
  const finding = await inTree(repository, world);
  if (finding === undefined) return undefined;
  const file = String(finding.data?.['file']);
  expect(finding.anchor).toEqual({ path: file, start: 0, end: 0 });
  mkdirSync(dirname(repository.path(file)), { recursive: true });
  appendFileSync(repository.path(file), `\n${String(finding.data?.['lines'])}\n`);
  expect(await inTree(repository, world)).toBeUndefined();
  return `${finding.message}: ${finding.data?.['files']} -> ${file}: ${String(finding.data?.['lines']).replaceAll('\n', ' ')}`;
}

const DOTENV = { uses: { '': ['dotenv', 'jsonwebtoken'] } };
const TRIO = '.env .env.* !.env.example';

describe('a repository needs it', () => {
  test('when a dependency reads .env', async () => {
    expect(await advice(repositoryOf('index.js'), DOTENV)).toBe(`missing: \`.env\` -> .gitignore: ${TRIO}`);
    expect(await advice(repositoryOf(), { uses: { '': ['@nestjs/config'] } })).toBe(`missing: \`.env\` -> .gitignore: ${TRIO}`);
    expect(await advice(repositoryOf(), { uses: { '': ['dotenv-flow'] } })).toBe(
      'missing: `.env.local` -> .gitignore: .env.* !.env.example',
    );
  });

  test('when there is an env file or a template of one', async () => {
    expect(await advice(repositoryOf('.env'))).toBe(`missing: \`.env\` -> .gitignore: ${TRIO}`);
    expect(await advice(repositoryOf('?.env'))).toBe(`missing: \`.env\` -> .gitignore: ${TRIO}`);
    expect(await advice(repositoryOf('.env.sample'))).toBe('missing: `.env` -> .gitignore: .env .env.* !.env.sample');
    expect(await advice(repositoryOf('example.env'))).toBe(`missing: \`.env\` -> .gitignore: ${TRIO}`);
    expect(await advice(repositoryOf('.env.local.example'))).toBe('missing: `.env.local` -> .gitignore: .env.* !.env.local.example');
    expect(await advice(repositoryOf('?prod.env'))).toBe('missing: `prod.env` -> .gitignore: prod.env');
  });

  test('when a private key lies in it', async () => {
    const world = { holds: { 'certs/server.pem': 'private-key', id_rsa: 'private-key', 'jwks.json': 'private-key' } } as const;
    expect(await advice(repositoryOf('certs/server.pem', 'id_rsa', '?jwks.json'), world)).toBe(
      'exposed: `jwks.json` -> .gitignore: *.pem id_rsa jwks.json',
    );
  });

  test('but not for JWTs alone, public keys, keys in code, and files of tests and examples', async () => {
    const names = [
      'public.pem',
      'src/key.ts',
      'test/private.pem',
      'examples/app/.env',
      'docs/.env.example',
      'node_modules/p/.env',
      '.env.js',
    ];
    const holds = { 'src/key.ts': 'private-key', 'test/private.pem': 'private-key', 'examples/app/.env': 'environment' } as const;
    const uses = { '': ['jsonwebtoken', 'express-session'], 'examples/app': ['dotenv'], 'node_modules/p': ['dotenv'] };
    expect(await advice(repositoryOf(...names), { holds, uses })).toBeUndefined();
  });
});

describe('what counts as ignored', () => {
  const covered: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['a line', { '.gitignore': '.env\n' }],
    ['a glob', { '.gitignore': '*.log\n.env*\n' }],
    ['CRLF', { '.gitignore': '.env\r\n.env.*\r\n' }],
    ['the directory', { '.gitignore': 'api/\n.env\n' }],
    ['a nested file', { '.gitignore': '/.env\n', 'api/.gitignore': '.env\n' }],
  ];
  test.each(covered)('%s', async (_, files) => {
    const repository = repositoryOf('api/.env.example', '.env.example');
    for (const [name, content] of Object.entries(files)) repository.stage(name, content);
    expect(await advice(repository, DOTENV)).toBeUndefined();
  });

  const open: readonly (readonly [string, string])[] = [
    ['a comment', '# .env\n'],
    ['another name', 'env\n.envrc\n'],
    ['a later negation', '.env\n!.env\n'],
    ['only overrides', '.env.*\n!.env.example\n'],
    ['a directory of the name', '.env/\n'],
  ];
  test.each(open)('not %s', async (_, content) => {
    const repository = repositoryOf('index.js');
    repository.stage('.gitignore', content);
    expect(await advice(repository, DOTENV)).toMatch(/^missing: `\.env` -> \.gitignore: \.env /);
  });

  test('not what only this machine ignores', async () => {
    const repository = repositoryOf('index.js', '?.env');
    const personal = join(temporaryDirectory(), 'ignore');
    writeFileSync(personal, '.env\n');
    repository.git('config', 'core.excludesFile', personal);
    repository.write('.git/info/exclude', '.env\n');
    expect(await advice(repository)).toBe(`missing: \`.env\` -> .gitignore: ${TRIO}`);
  });

  test('that it is tracked is no excuse', async () => {
    const repository = repositoryOf('.env');
    repository.commit();
    expect(await advice(repository, { holds: { '.env': 'environment' } })).toBe(`missing: \`.env\` -> .gitignore: ${TRIO}`);
  });

  test('the index decides about a change', async () => {
    const repository = repositoryOf('.env.example');
    repository.stage('.gitignore', '.env\n');
    repository.write('.gitignore', '');
    expect(await findingIn(await openStaged(repository.context), DOTENV)).toBeUndefined();
    repository.stage('.gitignore', '');
    repository.write('.gitignore', '.env\n');
    expect(await findingIn(await openStaged(repository.context), DOTENV)).toMatchObject({ message: 'missing' });
  });

  test('a rule of the work tree that is not staged is told as such, and no other', async () => {
    const repository = repositoryOf('.env.example');
    repository.stage('package.json', '{ "dependencies": { "dotenv": "^17.0.0" } }');
    const told = async (): Promise<string[]> => {
      const { stdout } = await runProgram(repository.context, '--staged', '-f', 'json');
      const { findings } = JSON.parse(stdout) as { findings: { ruleId: string; message: string }[] };
      return findings.filter(({ ruleId }) => ruleId === 'require-gitignore').map(({ message }) => message);
    };
    expect(await told()).toEqual(['git does not ignore `.env`.']);
    repository.write('.gitignore', '.env\n');
    expect(await told()).toEqual(['git ignores `.env` by a rule that is not staged: with this commit nobody else has it.']);
    repository.write('.git/info/exclude', '.env\n');
    repository.write('.gitignore', '');
    expect(await told()).toEqual(['git does not ignore `.env`.']);
    repository.stage('.gitignore', '.env\n');
    expect(await told()).toEqual([]);
  });

  test('nothing is said where git cannot be asked', () => {
    const facts: readonly FileFacts[] = [{ path: '.env', tracking: 'unknown', holds: ['environment'] }];
    const subject = {
      whole: true,
      facts,
      projects: new Map(),
      publications: [],
      brought: [],
      crypto,
      vocabulary: { sinks: [], secretNames: [], secretSources: [] },
      ignored: () => undefined,
    };
    expect([...(rule.repository?.(subject, { files: [] }) ?? [])]).toEqual([]);
  });
});

describe('env files that are committed on purpose', () => {
  test('settings of a stage are fine without secrets', async () => {
    const repository = repositoryOf('.env.development', '.env.test');
    expect(await advice(repository)).toBeUndefined();
    expect(await advice(repository, { holds: { '.env.test': 'environment' } })).toBe(
      'missing: `.env.test` -> .gitignore: .env.* !.env.example',
    );
  });

  test('.env itself where its overrides, or the keys of dotenvx, are ignored', async () => {
    for (const line of ['.env*.local\n', '.env.keys\n']) {
      const repository = repositoryOf('.env', '.env.example');
      repository.stage('.gitignore', line);
      expect(await advice(repository, DOTENV)).toBeUndefined();
      expect(await advice(repository, { holds: { '.env': 'environment' } })).toMatch(/^missing: `\.env` ->/);
    }
  });
});

describe('secrets that the next git add takes along', () => {
  test('are errors, and named before what else is missing', async () => {
    const repository = repositoryOf('.env.example', '?.env.production', '?test/key.pem');
    const world = { holds: { '.env.production': 'environment', 'test/key.pem': 'private-key' } } as const;
    expect(await inTree(repository, world)).toMatchObject({ level: 'error', confidence: 'certain' });
    expect(await advice(repository, world)).toBe(
      'exposed: `.env.production`, `test/key.pem` -> .gitignore: .env .env.* !.env.example *.pem',
    );
  });

  test('an env file without secrets is a warning', async () => {
    expect((await inTree(repositoryOf('?.env')))?.level).toBeUndefined();
    expect(rule.severity).toBe('warning');
  });
});

describe('where the lines belong', () => {
  test('in the one package that lacks them', async () => {
    const repository = repositoryOf('api/.env.example', 'web/.env.example', 'web/src/a.js');
    repository.stage('api/.gitignore', '.env\n');
    const uses = { '': [], api: ['dotenv'], web: ['dotenv'] };
    expect(await advice(repository, { uses })).toBe(`missing: \`web/.env\` -> web/.gitignore: ${TRIO}`);
  });

  test('at the top when several lack them', async () => {
    const uses = { '': [], a: ['dotenv'], b: ['dotenv'], c: ['dotenv'], d: ['dotenv'] };
    expect(await advice(repositoryOf(), { uses })).toBe(`missing: \`a/.env\`, \`b/.env\`, \`c/.env\` and 1 more -> .gitignore: ${TRIO}`);
  });

  test('at the top for files of no package', async () => {
    expect(await advice(repositoryOf('deploy/.env'))).toBe(`missing: \`deploy/.env\` -> .gitignore: ${TRIO}`);
  });
});

test('the user can name further files', async () => {
  const repository = repositoryOf('config/local.json');
  repository.stage('.gitignore', '/secrets/\n');
  const files = ['config/local.json', 'secrets/service-account.json', '#[1].json'];
  expect(await advice(repository, { files })).toBe(
    'missing: `#[1].json`, `config/local.json` -> .gitignore: \\#\\[1].json config/local.json',
  );
});

test('the page shows what is reported and what is not', async () => {
  const page = readFileSync('docs/rules/require-gitignore.md', 'utf8');
  const blocks = (heading: string) => {
    const part = page.slice(page.indexOf(`## ${heading}\n`)).split('\n## ')[0] ?? '';
    return [...part.matchAll(/^```gitignore\n([^`]+)^```$/gm)].map(([, text = '']) => text);
  };
  const holds = { 'server.key': 'private-key' } as const;
  const findingWith = (text: string) => {
    const repository = repositoryOf('.env.example', 'server.key');
    repository.stage('.gitignore', text);
    return inTree(repository, { ...DOTENV, holds });
  };
  expect(blocks('Bad')).toHaveLength(2);
  for (const text of blocks('Bad')) expect(await findingWith(text)).toBeDefined();
  expect(blocks('Instead')).toHaveLength(1);
  for (const text of blocks('Instead')) expect(await findingWith(text)).toBeUndefined();
});

describe('names', () => {
  test.each([
    '.env',
    '.ENV',
    '.env.local',
    '.env.production.local',
    '.env-prod',
    '.env_test',
    'prod.env',
    'env.local',
    '.env.keys',
    '.dev.vars',
    '.dev.vars.staging',
  ])('%s is an env file', (name) => {
    expect([isEnvFile(name), isEnvTemplate(name)]).toEqual([true, false]);
  });

  test.each([
    ['.env.example', '.env'],
    ['.env.Sample', '.env'],
    ['.env-dist', '.env'],
    ['example.env', '.env'],
    ['.example.env', '.env'],
    ['env.template', '.env'],
    ['app.env.sample', 'app.env'],
    ['.env.test.example', '.env.test'],
    ['.env.example.local', '.env.local'],
    ['.envExample', '.env'],
    ['.env.exemplo', '.env'],
    ['.exemple.env', '.env'],
    ['.env-ejemplo', '.env'],
    ['.dev.vars.example', '.dev.vars'],
  ])('%s is a template of %s', (template, filledIn) => {
    expect([isEnvFile(template), isEnvTemplate(template), filledInName(template)]).toEqual([false, true, filledIn]);
  });

  test.each([
    '.envrc',
    '.env.js',
    '.env.d.ts',
    '.env.json',
    '.env.vault',
    '.env.gpg',
    'env.ts',
    'env',
    'environment.ts',
    'my.environment',
    'envelope.local',
    'env.other',
  ])('%s is neither', (name) => expect([isEnvFile(name), isEnvTemplate(name)]).toEqual([false, false]));

  test('of keys, and those that a host asks about', () => {
    for (const name of ['server.key', 'A.PEM', 'id_ed25519', 'jwks.json', 'AuthKey_X.p8'])
      expect([name, isKeyFile(name)]).toEqual([name, true]);
    for (const name of ['key', 'pem', 'keys.ts', 'id_rsa.pub', 'monkey']) expect([name, isKeyFile(name)]).toEqual([name, false]);
    expect(['.gitignore', '.env', '.env.example', 'a.pem'].every(concernsIgnoring)).toBe(true);
    expect(['package.json', 'a.js', '.npmrc'].some(concernsIgnoring)).toBe(false);
    expect(['package.json', '.gitignore'].every(concernsRepository)).toBe(true);
  });
});
