/** `jwtlint init` on real repositories: what it proposes, that it asks, and that nothing is ever half done. */
import { appendFileSync, chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { describe, expect, test } from 'vitest';
import { JwtlintError } from '../src/errors.js';
import { creation } from '../src/setup/edit.js';
import { applyEdits, planUndoing, readEditable, undoEdits } from '../src/setup/write.js';
import { runProgram, type Outcome, type Surroundings } from './run-program.js';
import { TemporaryRepository, temporaryDirectory } from './temporary-repository.js';

const SIGNS =
  "const jwt = require('jsonwebtoken');\nmodule.exports = (id) => jwt.sign({ sub: id }, 'made-up-Q7xR2vLm9TzK', { expiresIn: '1h' });\n";

const manifest = (more: object = {}): string =>
  `${JSON.stringify({ name: 'shop', dependencies: { jsonwebtoken: '^9.0.2' }, ...more }, undefined, 2)}\n`;

function project(files: Readonly<Record<string, string>>): TemporaryRepository {
  const repository = new TemporaryRepository();
  for (const [path, text] of Object.entries(files)) repository.stage(path, text);
  repository.commit();
  return repository;
}

const init = (repository: TemporaryRepository, surroundings: Partial<Surroundings> = {}, ...argv: readonly string[]): Promise<Outcome> =>
  runProgram({ ...repository.context, ...surroundings }, 'init', ...argv);

const text = (repository: TemporaryRepository, path: string): string => readFileSync(repository.path(path), 'utf8');

const status = (repository: TemporaryRepository): string => repository.git('status', '--porcelain', '--untracked-files=all');

const JWT = 'node_modules/.bin/jwtlint';

describe('asks', () => {
  test('and does nothing without a terminal, for another answer, or without an answer', async () => {
    const repository = project({ 'package.json': manifest(), 'a.js': SIGNS });
    const silent = await init(repository);
    expect(silent.status).toBe(2);
    expect(silent.stdout).toContain('+++ b/.gitignore');
    expect(silent.stderr).toContain('there is no terminal to ask at');
    for (const [answers, expected] of [
      [['n'], 0],
      [[''], 0],
      [[], 130],
    ] as const) {
      const { status, stdout } = await init(repository, { terminal: 80, answers });
      expect(status).toBe(expected);
      expect(stdout).toContain('[y/N]');
      expect(stdout).toContain('Nothing was changed.');
    }
    expect(status(repository)).toBe('');
    expect(existsSync(repository.path('.git/hooks/pre-commit'))).toBe(false);
    expect(existsSync(repository.path('.git/jwtlint'))).toBe(false);
  });

  test('and does it for yes; what it prints holds no secret', async () => {
    const repository = project({ 'package.json': manifest(), 'a.js': SIGNS });
    const { status, stdout, stderr } = await init(repository, { terminal: 80, answers: ['y'] });
    expect(status).toBe(0);
    expect(stdout + stderr).not.toContain('Q7xR2v');
    expect(text(repository, '.git/hooks/pre-commit')).toBe(`#!/bin/sh\n${JWT} --staged\n`);
    expect(text(repository, '.git/hooks/pre-push')).toBe(`#!/bin/sh\n${JWT} --pre-push "$@"\n`);
    expect(statSync(repository.path('.git/hooks/pre-commit')).mode & 0o111).not.toBe(0);
    expect(stdout).toContain('npm install --save-dev --save-exact jwtlint@');
    expect(stdout).toContain('git add jwtlint.config.json .gitignore jwtlint.baseline.jsonl');
    // Nothing was put into the index, and what was there is accepted.
    expect(repository.git('diff', '--cached', '--name-only')).toBe('');
    expect(await runProgram(repository.context)).toMatchObject({ status: 0 });
  });

  test('from a directory below, for the whole repository', async () => {
    const repository = project({ 'package.json': manifest(), 'src/a.js': SIGNS });
    expect(await runProgram({ ...repository.context, cwd: repository.path('src') }, 'init', '--yes')).toMatchObject({ status: 0 });
    expect(text(repository, 'jwtlint.baseline.jsonl')).toContain('"path":"src/a.js"');
  });

  test('not for paths, and not outside of a work tree', async () => {
    const repository = project({ 'package.json': manifest() });
    expect(await init(repository, {}, 'src')).toMatchObject({ status: 2 });
    const elsewhere = await runProgram({ cwd: temporaryDirectory(), env: repository.env }, 'init', '--yes');
    expect(elsewhere.status).toBe(2);
    expect(elsewhere.stderr).toContain('not in a git repository');
    const bare = new TemporaryRepository('--bare');
    expect(await init(bare, {}, '--yes')).toMatchObject({ status: 2 });
  });
});

describe('proposes', () => {
  async function done(
    files: Readonly<Record<string, string>>,
    prepare?: (repository: TemporaryRepository) => void,
  ): Promise<[TemporaryRepository, string]> {
    const repository = project(files);
    prepare?.(repository);
    const { status, stdout, stderr } = await init(repository, {}, '--yes');
    expect(status, stderr).toBe(0);
    return [repository, stdout];
  }

  test("husky's files, by the version that the package asks for", async () => {
    const [nine] = await done({ 'package.json': manifest({ devDependencies: { husky: '^9.1.7' } }) });
    expect(text(nine, '.husky/pre-push')).toBe('jwtlint --pre-push "$@"\n');
    const [eight, said] = await done({ 'package.json': manifest({ devDependencies: { husky: '^8.0.0' } }) });
    expect(text(eight, '.husky/pre-commit')).toBe(`#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n\n${JWT} --staged\n`);
    expect(said).toContain('npm pkg set scripts.prepare=husky');
    const [four, words] = await done({ 'package.json': manifest({ husky: { hooks: {} }, devDependencies: { husky: '^4.0.0' } }) });
    expect(words).toContain('a husky before version 5');
    expect(existsSync(four.path('.husky'))).toBe(false);
    // Files of a newer one count, whatever is left over beside them.
    const [both] = await done({
      'package.json': manifest({ husky: { hooks: {} }, devDependencies: { husky: '^9.0.0' } }),
      '.husky/pre-commit': 'npm run lint-staged\n',
    });
    expect(text(both, '.husky/pre-commit')).toBe('jwtlint --staged\nnpm run lint-staged\n');
  });

  test('hooks in the directory that the repository points git at', async () => {
    const [repository, stdout] = await done({ 'package.json': manifest(), 'hooks/pre-commit': '#!/bin/sh\nnpm test\n' }, (it) =>
      it.git('config', 'core.hooksPath', 'hooks'),
    );
    expect(text(repository, 'hooks/pre-commit')).toBe(`#!/bin/sh\nnpm test\n${JWT} --staged || exit\n`);
    expect(stdout).toContain('git add hooks/pre-commit');
    expect(stdout).not.toContain('of this clone only');
  });

  test("no change to hooks of all the user's repositories, to links, and to what is no shell script: by hand", async () => {
    const hooks = temporaryDirectory();
    const [, stdout] = await done({ 'package.json': manifest() }, ({ env }) =>
      appendFileSync(env['GIT_CONFIG_GLOBAL']!, `[core]\n\thooksPath = ${hooks}\n`),
    );
    expect(stdout).toContain('for all repositories (core.hooksPath, global)');
    expect(readdirSync(hooks)).toEqual([]);
    const target = join(temporaryDirectory(), 'profile');
    writeFileSync(target, 'mine\n');
    const [linked, words] = await done({ 'package.json': manifest() }, (it) => {
      it.write('.git/hooks/pre-push', '#!/usr/bin/env node\nprocess.exit(0);\n');
      symlinkSync(target, it.path('.git/hooks/pre-commit'));
      symlinkSync(target, it.path('.gitignore'));
    });
    expect(words).toContain('.git/hooks/pre-commit is a symbolic link. Let it run: ');
    expect(words).toContain('.git/hooks/pre-push is no shell script.');
    expect(words).toContain('.gitignore is a symbolic link. Add to it: .env');
    expect(readFileSync(target, 'utf8')).toBe('mine\n');
    expect(text(linked, '.git/hooks/pre-push')).toBe('#!/usr/bin/env node\nprocess.exit(0);\n');
  });

  test.each([
    ['npm', 'package-lock.json', {}, ['npm ci --ignore-scripts', `${JWT} --format github`]],
    ['pnpm', 'pnpm-lock.yaml', {}, ['corepack enable', 'pnpm install --frozen-lockfile --ignore-scripts', `${JWT} --format github`]],
    ['yarn 1', 'yarn.lock', {}, ['corepack enable', 'yarn install --frozen-lockfile --ignore-scripts', `${JWT} --format github`]],
    [
      'yarn 4',
      'yarn.lock',
      { packageManager: 'yarn@4.5.0' },
      ['corepack enable', 'yarn install --immutable --mode=skip-build', `${JWT} --format github`],
    ],
    ['nothing', 'README', {}, [expect.stringMatching(/^npx --yes jwtlint@\S+ --format github$/)]],
  ])("a workflow for GitHub with %s, and a job for GitLab among the pipeline's stages", async (_, lockfile, more, commands) => {
    const [repository] = await done({
      'package.json': manifest(more),
      [lockfile]: '{}\n',
      '.github/CODEOWNERS': '',
      '.gitlab-ci.yml': 'stages: [check, build]\nbuild:\n  stage: build\n  script: [make]',
    });
    const workflow = parseYaml(text(repository, '.github/workflows/jwtlint.yml')) as {
      on: object;
      jobs: { jwtlint: { steps: { run?: string }[] } };
    };
    expect(workflow.on).toEqual({ pull_request: null, push: { branches: ['main'] } });
    expect(workflow.jobs.jwtlint.steps.flatMap(({ run }) => run ?? [])).toEqual(commands);
    const pipeline = parseYaml(text(repository, '.gitlab-ci.yml')) as { build: object; jwtlint: { stage: string; script: string[] } };
    expect(pipeline.build).toEqual({ stage: 'build', script: ['make'] });
    expect(pipeline.jwtlint.stage).toBe('check');
    expect(pipeline.jwtlint.script).toEqual(
      commands.map((command) =>
        typeof command === 'string' ? command.replace(' --format github', '') : expect.stringMatching(/^npx --yes jwtlint@\S+$/),
      ),
    );
  });

  test('nothing where a workflow, a configuration and a baseline are', async () => {
    const files = {
      'package.json': manifest({ jwtlint: {} }),
      '.github/workflows/ci.yml': 'jobs:\n  a:\n    steps: [{ run: npx jwtlint }]\n',
      'jwtlint.baseline.jsonl': '',
      'a.js': SIGNS,
      '.gitignore': '.env\n.env.*\n*.pem\n*.key\n',
    };
    const [repository, stdout] = await done({
      ...files,
      'jwtlint.baseline.jsonl': '{"jwtlint-baseline":1,"salt":"0000000000000000000000000a"}\n',
    });
    expect(status(repository)).toBe('');
    expect(stdout).not.toContain('+++ b/jwtlint');
  });

  test('a package in a directory of its own', async () => {
    const repository = project({
      'web/package.json': manifest({ devDependencies: { husky: '9.1.7' } }),
      'web/package-lock.json': '{}',
      '.github/x': '',
    });
    const { status, stdout } = await runProgram({ ...repository.context, cwd: repository.path('web') }, 'init', '--yes');
    expect(status).toBe(0);
    expect(text(repository, 'web/.husky/pre-commit')).toBe(`web/${JWT} --staged\n`);
    expect(text(repository, '.github/workflows/jwtlint.yml')).toContain(
      '      - run: npm ci --ignore-scripts\n        working-directory: web\n',
    );
    expect(JSON.parse(text(repository, 'jwtlint.config.json'))).toMatchObject({ $schema: './web/node_modules/jwtlint/schema.json' });
    expect(stdout).toContain('cd web && npm install');
  });
});

describe('--undo', () => {
  test('takes out what was added, whatever else has changed, and says what it leaves', async () => {
    const repository = project({ 'package.json': manifest(), 'a.js': SIGNS, '.gitignore': 'dist\n' });
    await init(repository, {}, '--yes');
    repository.write('.gitignore', `build\n${text(repository, '.gitignore')}tmp\n`);
    repository.write('jwtlint.config.json', '{ "preset": "strict" }\n');
    rmSync(repository.path('.git/hooks/pre-push'));
    const { status: code, stdout } = await init(repository, {}, '--undo', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('leave    jwtlint.config.json');
    expect(text(repository, '.gitignore')).toBe('build\ndist\ntmp\n');
    expect(existsSync(repository.path('.git/hooks/pre-commit'))).toBe(false);
    expect(existsSync(repository.path('jwtlint.baseline.jsonl'))).toBe(false);
    expect(text(repository, 'jwtlint.config.json')).toBe('{ "preset": "strict" }\n');
    expect((await init(repository, {}, '--undo', '--yes')).stdout).toContain('has changed nothing here');
  });

  test('asks, too', async () => {
    const repository = project({ 'package.json': manifest() });
    await init(repository, {}, '--yes');
    const before = status(repository);
    expect(await init(repository, {}, '--undo')).toMatchObject({ status: 2 });
    expect(await init(repository, { terminal: 80, answers: ['n'] }, '--undo')).toMatchObject({ status: 0 });
    expect(status(repository)).toBe(before);
  });

  test('of several runs takes back all', async () => {
    const repository = project({ 'package.json': manifest() });
    await init(repository, {}, '--yes');
    repository.write('.gitlab-ci.yml', 'build:\n  script: [make]\n');
    await init(repository, {}, '--yes');
    expect(text(repository, '.gitlab-ci.yml')).toContain('jwtlint');
    await init(repository, {}, '--undo', '--yes');
    expect(text(repository, '.gitlab-ci.yml')).toBe('build:\n  script: [make]\n');
    expect(status(repository)).toBe('?? .gitlab-ci.yml\n');
  });

  test('with a record that it does not know refuses', async () => {
    const repository = project({ 'package.json': manifest() });
    for (const record of [
      '{',
      '{"version":2,"runs":[]}',
      '{"version":1,"runs":[[{"path":"../x","name":"x","created":true,"insertions":[]}]]}',
    ]) {
      repository.write('.git/jwtlint/init.json', record);
      const { status, stderr } = await init(repository, {}, '--undo', '--yes');
      expect(status).toBe(2);
      expect(stderr).toContain('is no record that this version of jwtlint reads');
    }
  });

  test('touches nothing outside of the repository, whatever the record says', () => {
    const directory = temporaryDirectory();
    const outside = join(temporaryDirectory(), 'x');
    writeFileSync(outside, 'head\nrest\n');
    const record = join(directory, 'init.json');
    writeFileSync(
      record,
      JSON.stringify({ version: 1, runs: [[{ path: outside, name: 'x', created: false, insertions: [{ at: 0, text: 'head\n' }] }]] }),
    );
    expect(planUndoing(record, [directory])).toEqual({ files: [], changed: ['x'] });
  });
});

describe('nothing is half done', () => {
  const failing = (edits: Parameters<typeof applyEdits>[0], record: string): JwtlintError => {
    try {
      applyEdits(edits, record);
    } catch (error) {
      if (error instanceof JwtlintError) return error;
      throw error;
    }
    throw new Error('it did not fail');
  };

  const change = (path: string, before: string): Parameters<typeof applyEdits>[0][number] => ({
    path,
    name: path,
    before,
    insertions: [{ at: 0, text: 'new\n' }],
    kind: 'text',
  });

  /** Names and texts below a directory. */
  function everything(directory: string): string[] {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return entry.isFile() ? `${path}: ${readFileSync(path, 'utf8')}` : path;
      })
      .sort();
  }

  test('when a file was changed in the meantime', () => {
    const directory = temporaryDirectory();
    const path = (name: string): string => join(directory, name);
    writeFileSync(path('a'), 'a\n');
    writeFileSync(path('b'), 'by another\n');
    const before = everything(directory);
    const error = failing(
      [change(path('a'), 'a\n'), creation(path('deep/er/c'), 'c', 'c\n'), change(path('b'), 'b\n')],
      path('.git/jwtlint/init.json'),
    );
    expect(error).toMatchObject({ code: 'output', message: expect.stringContaining('b was changed by something else') as string });
    expect(everything(directory)).toEqual(before);
  });

  test.skipIf(process.platform === 'win32')('when a place cannot be written: a directory stands there, or the disk takes no more', () => {
    const directory = temporaryDirectory();
    const path = (name: string): string => join(directory, name);
    writeFileSync(path('a'), 'a\n');
    writeFileSync(path('file'), 'x\n');
    const before = everything(directory);
    const error = failing([change(path('a'), 'a\n'), creation(path('file/c'), 'file/c', 'c\n')], path('record/init.json'));
    expect(error.message).toMatch(/could not be written \((?:ENOTDIR|EEXIST)\)/);
    expect(everything(directory)).toEqual(before);
    // A name that no file system takes stands for a disk that is full: writing fails after the first file.
    const full = failing([change(path('a'), 'a\n'), creation(path('n'.repeat(300)), 'n', 'n\n')], path('record/init.json'));
    expect(full.message).toContain('ENAMETOOLONG');
    expect(everything(directory)).toEqual(before);
  });

  test('when the record cannot be written', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'a'), 'a\n');
    writeFileSync(join(directory, 'jwtlint'), 'no directory\n');
    const before = everything(directory);
    expect(failing([change(join(directory, 'a'), 'a\n')], join(directory, 'jwtlint/init.json')).code).toBe('output');
    expect(everything(directory)).toEqual(before);
  });

  test('modes stay, and the record undoes what was done', () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'hook');
    writeFileSync(path, 'old\n');
    chmodSync(path, 0o750);
    const record = join(directory, 'r/init.json');
    applyEdits([change(path, 'old\n')], record);
    expect(statSync(path).mode & 0o777).toBe(0o750);
    expect(readFileSync(path, 'utf8')).toBe('new\nold\n');
    undoEdits(planUndoing(record, [directory])!, record);
    expect(readFileSync(path, 'utf8')).toBe('old\n');
    expect(statSync(path).mode & 0o777).toBe(0o750);
    expect(existsSync(record)).toBe(false);
  });

  test('what is no text of this place is not edited', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'latin1'), Buffer.from([0x61, 0xe9]));
    symlinkSync(temporaryDirectory(), join(directory, 'away'));
    expect(readEditable(join(directory, 'latin1'), directory)).toEqual({ kind: 'foreign', why: 'is no UTF-8 text' });
    expect(readEditable(join(directory, 'away/file'), directory)).toEqual({ kind: 'foreign', why: 'is behind a link to another place' });
    expect(readEditable(directory, directory)).toMatchObject({ kind: 'foreign' });
    expect(readEditable(join(directory, 'none/at/all'), directory)).toEqual({ kind: 'absent' });
  });
});
