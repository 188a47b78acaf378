/** Secrets that git does not have, but an image or a package would: what is said, against what npm really packs, and mended. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { runProgram } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

const SECRET = randomBytes(36).toString('base64url');
const ENV = `JWT_SECRET=${SECRET}\n`;

type Files = Readonly<Record<string, string>>;

interface Found {
  readonly ruleId: string;
  readonly level: string;
  readonly message: string;
  readonly fix: string;
  readonly location: { readonly path: string };
}

/** A repository where git ignores env files, and these are there. */
function repositoryOf(files: Files): TemporaryRepository {
  const repository = new TemporaryRepository();
  for (const [path, text] of Object.entries({ '.gitignore': '.env*\n', ...files })) {
    if (/(?:^|\/)\.env/.test(path)) repository.write(path, text);
    else repository.stage(path, text);
  }
  return repository;
}

async function publications(repository: TemporaryRepository, ...args: string[]): Promise<Found[]> {
  const { stdout } = await runProgram(repository.context, '-f', 'json', ...args);
  expect(stdout).not.toContain(SECRET.slice(0, 8));
  return (JSON.parse(stdout) as { findings: Found[] }).findings.filter(({ ruleId }) => ruleId === 'require-gitignore');
}

describe('an image', () => {
  test.each<[string, Files, string]>([
    ['all, without a .dockerignore', { Dockerfile: 'FROM node:22\nCOPY . .\n', '.env': ENV }, '.dockerignore'],
    ['all, in JSON form', { Dockerfile: 'FROM node:22\nCOPY --chown=node ["./", "/app/"]\n', '.env': ENV }, '.dockerignore'],
    [
      'all, with ADD, over two lines',
      { 'api.Dockerfile': 'FROM node:22\nADD --link \\\n  # all\n  * /app/\n', '.env': ENV },
      '.dockerignore',
    ],
    ['a directory', { 'api/Containerfile': 'FROM a\nCOPY package.json config ./\n', 'api/config/.env.prod': ENV }, 'api/.dockerignore'],
    ['the file itself', { Dockerfile: 'FROM a\ncopy .env /app/.env\n', '.env': ENV }, '.dockerignore'],
    ['another directory is left out', { Dockerfile: 'FROM a\nCOPY . .\n', '.dockerignore': '.env\n', 'api/.env': ENV }, '.dockerignore'],
    [
      'left out, then taken back',
      { Dockerfile: 'FROM a\nCOPY . .\n', '.dockerignore': '**/.env*\n!/.env\n', '.env': ENV },
      '.dockerignore',
    ],
    [
      'an ignore file of its own goes first',
      { Dockerfile: 'FROM a\nCOPY . .\n', '.dockerignore': '.env', 'Dockerfile.dockerignore': 'dist', '.env': ENV },
      'Dockerfile.dockerignore',
    ],
  ])('takes %s', async (_, files, place) => {
    const [found, ...others] = await publications(repositoryOf(files));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ level: 'warning', location: { path: place } });
    expect(found!.message).toContain('into the image');
    expect(found!.fix).toMatch(/`\*\*\/\.env(?:\.prod)?`/);
  });

  test.each<[string, Files]>([
    ['what .dockerignore leaves out', { Dockerfile: 'FROM a\nCOPY . .\n', '.dockerignore': '# no secrets\n/.env*/\n', '.env': ENV }],
    ['nothing when all is left out', { Dockerfile: 'FROM a\nCOPY . .\n', '.dockerignore': '*\n!src\n', '.env': ENV, 'src/a.js': '' }],
    ['other files', { Dockerfile: 'FROM a\nCOPY package*.json src ./\n', '.env': ENV, 'src/a.js': '' }],
    ['files of another stage', { Dockerfile: 'FROM a\nCOPY --from=build . .\n', '.env': ENV }],
    ['what the instruction excludes', { Dockerfile: 'FROM a\nCOPY --exclude=.env . .\n', '.env': ENV }],
    ['what stands beside its context', { 'docker/Dockerfile': 'FROM a\nCOPY . .\n', '.env': ENV }],
    ['an env file without a secret', { Dockerfile: 'FROM a\nCOPY . .\n', '.env': 'PORT=80\nJWT_SECRET=\n' }],
    ['a here-document', { Dockerfile: 'FROM a\nCOPY <<EOF /app/x\n.\nEOF\n', '.env': ENV }],
  ])('does not take %s', async (_, files) => {
    expect(await publications(repositoryOf(files))).toEqual([]);
  });

  test('fix adds the lines, once', async () => {
    const repository = repositoryOf({ Dockerfile: 'FROM a\nCOPY . .\n', '.env': ENV, 'api/.env.local': ENV });
    await runProgram(repository.context, 'fix', '--yes', '--allow-dirty');
    expect(readFileSync(repository.path('.dockerignore'), 'utf8')).toBe('**/.env\n**/.env.local\n');
    expect(await publications(repository)).toEqual([]);
  });

  test('a change is not asked', async () => {
    expect(await publications(repositoryOf({ Dockerfile: 'FROM a\nCOPY . .\n', '.env': ENV }), '--staged')).toEqual([]);
  });
});

const manifest = (fields: object): string => JSON.stringify({ name: 'made-up', version: '1.0.0', ...fields });

/** What npm would publish. */
async function packed(repository: TemporaryRepository): Promise<string[]> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline'], {
    cwd: repository.root,
    env: { ...process.env, npm_config_cache: repository.path('.git/npm'), npm_config_update_notifier: 'false' },
  });
  const [first] = JSON.parse(stdout) as { files: { path: string }[] }[];
  return first!.files.map(({ path }) => path);
}

describe('a package', () => {
  test.each<[string, Files]>([
    ['files: all', { 'package.json': manifest({ files: ['*'] }), '.env': ENV }],
    ['files: all, anywhere', { 'package.json': manifest({ files: ['**'] }), 'config/.env': ENV }],
    ['files: this directory', { 'package.json': manifest({ files: ['.'] }), '.env': ENV }],
    ['files: a directory', { 'package.json': manifest({ files: ['dist', './config/'] }), 'config/.env.prod': ENV }],
    ['files: children', { 'package.json': manifest({ files: ['config/*'] }), 'config/.env': ENV }],
    ['files: other directories', { 'package.json': manifest({ files: ['dist', 'src'] }), '.env': ENV }],
    ['files: all but', { 'package.json': manifest({ files: ['*', '!.env'] }), 'config/.env': ENV }],
    ['files: a directory but', { 'package.json': manifest({ files: ['config', '!config/.env'] }), 'config/.env': ENV }],
    ['files: none', { 'package.json': manifest({ files: [] }), '.env': ENV }],
    [
      'files, and an ignore file further down',
      { 'package.json': manifest({ files: ['config'] }), 'config/.npmignore': '.env', 'config/.env': ENV },
    ],
    ['.npmignore without it', { 'package.json': manifest({}), '.npmignore': 'test\n', '.env': ENV }],
    ['.npmignore with it', { 'package.json': manifest({}), '.npmignore': 'test\n.env\n', 'config/.env': ENV }],
    ['.npmignore at the top only', { 'package.json': manifest({}), '.npmignore': '/.env\n', 'config/.env': ENV }],
    ['.gitignore alone', { 'package.json': manifest({}), '.env': ENV }],
  ])('%s: we say what npm does', async (_, files) => {
    const repository = repositoryOf(files);
    const path = Object.keys(files).find((name) => /(?:^|\/)\.env/.test(name))!;
    const [found] = await publications(repository);
    expect(found !== undefined).toBe((await packed(repository)).includes(path));
    if (found) {
      expect(found).toMatchObject({ level: 'error' });
      expect(found.message).toContain(path);
    }
  });

  test('the entry that a finding gives keeps it out', async () => {
    const repository = repositoryOf({ 'package.json': manifest({ files: ['config'] }), 'config/.env': ENV, 'config/a.json': '{}' });
    const [found] = await publications(repository);
    const entry = /`"(![^"]+)"`/.exec(found!.fix)![1]!;
    repository.stage('package.json', manifest({ files: ['config', entry] }));
    expect(await packed(repository)).toEqual(['config/a.json', 'package.json']);
    expect(await publications(repository)).toEqual([]);
  });

  test('fix adds a line to .npmignore, and npm obeys', async () => {
    const repository = repositoryOf({ 'package.json': manifest({}), '.npmignore': 'test', '.env': ENV });
    await runProgram(repository.context, 'fix', '--yes', '--allow-dirty');
    expect(readFileSync(repository.path('.npmignore'), 'utf8')).toBe('test\n.env\n');
    expect(await packed(repository)).not.toContain('.env');
    expect(existsSync(repository.path('.dockerignore'))).toBe(false);
  });

  test.each([
    ['private', { private: true, files: ['*'] }],
    ['without a version', { version: undefined, files: ['*'] }],
  ])('that is %s is not published', async (_, fields) => {
    expect(await publications(repositoryOf({ 'package.json': manifest(fields), '.env': ENV }))).toEqual([]);
  });
});
