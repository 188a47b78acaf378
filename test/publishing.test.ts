/** Secrets that git does not have, but an image or a package would: what is said, and mended. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ENV, KEY, manifest, PACKAGES, PUBLIC_KEY, publications, repositoryOf, type Files } from './publications.js';
import { runProgram } from './run-program.js';

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
    ['what is left out of a context further up', { 'api/Dockerfile': 'FROM a\nCOPY . .\n', '.dockerignore': '**/.env\n', 'api/.env': ENV }],
    [
      'what its own ignore file leaves out of such a context',
      { 'api/Dockerfile': 'FROM a\nCOPY . .\n', 'api/Dockerfile.dockerignore': 'api/.env\n', 'api/.env': ENV },
    ],
    ['a here-document', { Dockerfile: 'FROM a\nCOPY <<EOF /app/x\n.\nEOF\n', '.env': ENV }],
  ])('does not take %s', async (_, files) => {
    expect(await publications(repositoryOf(files))).toEqual([]);
  });

  test.each<[string, Files, string | undefined]>([
    ['a key', { Dockerfile: 'FROM a\nCOPY . .\n', 'private.pem': KEY }, '`**/*.pem`'],
    ['a key in a directory that git ignores', { Dockerfile: 'FROM a\nCOPY keys /keys/\n', 'keys/private.key': KEY }, '`**/*.key`'],
    ['an env file with nothing but a key', { Dockerfile: 'FROM a\nCOPY . .\n', '.env': `JWT_PRIVATE_KEY="${KEY}"\n` }, '`**/.env`'],
    ['no key: it is public', { Dockerfile: 'FROM a\nCOPY . .\n', 'public.pem': PUBLIC_KEY, 'keys/public.pem': PUBLIC_KEY }, undefined],
    ['no key: it is left out', { Dockerfile: 'FROM a\nCOPY . .\n', '.dockerignore': '**/*.pem\n', 'private.pem': KEY }, undefined],
    [
      'no key: it is a dependency’s',
      { Dockerfile: 'FROM a\nCOPY . .\n', '.gitignore': 'node_modules\n', 'node_modules/a/keys/test.pem': KEY },
      undefined,
    ],
  ])('takes %s', async (_, files, line) => {
    const found = await publications(repositoryOf(files));
    expect(found.map(({ fix }) => /`.*?`(?=\.)/g.exec(fix.slice(fix.indexOf(': ')))?.[0])).toEqual(line === undefined ? [] : [line]);
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

describe('a package', () => {
  test.each(PACKAGES)('%s: published %s', async (_, published, files) => {
    const found = await publications(repositoryOf(files));
    expect(found).toHaveLength(published ? 1 : 0);
    if (!published) return;
    expect(found).toMatchObject([{ level: 'error' }]);
    expect(found[0]!.message).toContain(Object.keys(files).at(-1));
  });

  test('fix adds a line to .npmignore', async () => {
    const repository = repositoryOf({ 'package.json': manifest({}), '.npmignore': 'test', '.env': ENV });
    await runProgram(repository.context, 'fix', '--yes', '--allow-dirty');
    expect(readFileSync(repository.path('.npmignore'), 'utf8')).toBe('test\n.env\n');
    expect(await publications(repository)).toEqual([]);
    expect(existsSync(repository.path('.dockerignore'))).toBe(false);
  });

  test.each([
    ['private', { private: true, files: ['*'] }],
    ['without a version', { version: undefined, files: ['*'] }],
  ])('that is %s is not published', async (_, fields) => {
    expect(await publications(repositoryOf({ 'package.json': manifest(fields), '.env': ENV }))).toEqual([]);
  });
});

test('patterns that would take minutes are not all tried, and that is said', async () => {
  const repository = repositoryOf({
    Dockerfile: `FROM a\nCOPY . .\n`,
    '.dockerignore': Array.from({ length: 20_000 }, (_, index) => `${'*a'.repeat(100)}${String(index)}`).join('\n'),
  });
  for (let index = 0; index < 40; index++) repository.write(`${'a'.repeat(80)}/${String(index)}/.env`, ENV);
  const { stdout } = await runProgram(repository.context, '-f', 'json');
  expect((JSON.parse(stdout) as { notes: string[] }).notes.join()).toContain('too many patterns of Dockerfiles and packages');
});

describe('a key that git ignores', () => {
  test('is no finding by itself, tracked or not yet ignored it is', async () => {
    const repository = repositoryOf({ 'private.pem': KEY, '.env': `KEY="${KEY}"\n` });
    const keys = async (): Promise<string[]> => {
      const { findings } = JSON.parse((await runProgram(repository.context, '-f', 'json', '--info')).stdout) as {
        findings: { ruleId: string; location: { path: string } }[];
      };
      return findings.filter(({ ruleId }) => ruleId === 'no-private-key').map(({ location }) => location.path);
    };
    expect(await keys()).toEqual([]);
    repository.write('.gitignore', '.env*\n');
    expect(await keys()).toEqual(['private.pem']);
    repository.git('add', '-f', 'private.pem', '.env');
    expect(await keys()).toEqual(['.env', 'private.pem']);
  });
});
