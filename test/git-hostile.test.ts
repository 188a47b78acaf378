/** Repositories and environments that would do harm, and git that fails. */
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { JwtlintError } from '../src/errors.js';
import { gitProgram } from '../src/git.js';
import type { Source } from '../src/sources/source.js';
import { openStaged } from '../src/sources/staged.js';
import { openTree } from '../src/sources/tree.js';
import { contentsOf, textsOf } from './source-contents.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';

function treeOf(context: { cwd: string; env: NodeJS.ProcessEnv }, paths: readonly string[] = []): Promise<Source> {
  return openTree(context, { cwd: context.cwd, paths, warnIgnored: true });
}

/** The file of a loose object. */
function objectFile(repository: TemporaryRepository, oid: string): string {
  return repository.path(`.git/objects/${oid.slice(0, 2)}/${oid.slice(2)}`);
}

async function failureOf(opened: Promise<Source>): Promise<JwtlintError> {
  const failure = await opened.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof JwtlintError)) throw new Error('it did not fail as it should', { cause: failure });
  return failure;
}

describe('git that fails', () => {
  test("a broken index: both sources end with git's own words", async () => {
    const repository = new TemporaryRepository();
    repository.stage('a.js', 'a');
    writeFileSync(repository.path('.git/index'), 'this is no index');
    for (const open of [openStaged, treeOf]) {
      const failure = await failureOf(open(repository.context));
      expect(failure.code).toBe('git-failed');
      expect(failure.message).toMatch(/git (diff-index|ls-files) failed: .*index/s);
    }
  });

  test('a truncated index', async () => {
    const repository = new TemporaryRepository();
    repository.stage('a.js', 'a');
    repository.commit();
    repository.stage('b.js', 'b');
    writeFileSync(repository.path('.git/index'), readFileSync(repository.path('.git/index')).subarray(0, 40));
    for (const open of [openStaged, treeOf]) {
      expect(await failureOf(open(repository.context))).toMatchObject({ code: 'git-failed', message: expect.stringContaining('index') });
    }
  });

  test('a HEAD that names a commit that is not there is no first commit', async () => {
    const repository = new TemporaryRepository();
    repository.stage('a.js', 'a');
    writeFileSync(repository.path('.git/refs/heads/main'), `${'1'.repeat(40)}\n`);
    expect((await failureOf(openStaged(repository.context))).code).toBe('git-failed');
  });

  test('git is not installed', async () => {
    const repository = new TemporaryRepository();
    const context = { cwd: repository.root, env: { ...repository.env, PATH: temporaryDirectory() } };
    for (const open of [openStaged, treeOf]) {
      expect(await failureOf(open(context))).toMatchObject({ code: 'git-missing', hint: expect.stringContaining('PATH') });
    }
  });

  test('git is not executable', async () => {
    const repository = new TemporaryRepository();
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'git'), '');
    chmodSync(join(directory, 'git'), 0o644);
    const context = { cwd: repository.root, env: { ...repository.env, PATH: directory } };
    expect((await failureOf(openStaged(context))).code).toBe('git-missing');
  });

  test('no repository', async () => {
    const directory = temporaryDirectory();
    const { env } = new TemporaryRepository();
    for (const open of [openStaged, treeOf]) expect((await failureOf(open({ cwd: directory, env }))).code).toBe('not-a-repository');
    const misled = await failureOf(openStaged({ cwd: directory, env: { ...env, GIT_DIR: '/nowhere' } }));
    expect(misled).toMatchObject({ code: 'not-a-repository', hint: 'GIT_DIR is set to /nowhere.' });
  });

  test('no such directory', async () => {
    const { env, root } = new TemporaryRepository();
    expect((await failureOf(openStaged({ cwd: join(root, 'gone'), env }))).code).toBe('path-not-found');
  });

  test('a bare repository has no work tree', async () => {
    const repository = new TemporaryRepository('--bare');
    expect(await failureOf(treeOf(repository.context))).toMatchObject({
      code: 'git-failed',
      message: expect.stringContaining('work tree'),
    });
  });

  test('a failure that is awaited late is no unhandled rejection', async () => {
    const { env } = new TemporaryRepository();
    const opened = openStaged({ cwd: temporaryDirectory(), env });
    await sleep(100);
    expect((await failureOf(opened)).code).toBe('not-a-repository');
  });

  test('a source that is closed early leaves no process and no rejection behind', async () => {
    const repository = new TemporaryRepository();
    for (let index = 0; index < 40; index += 1) repository.write(`${index}.js`, 'x'.repeat(100_000));
    repository.git('add', '.');
    const source = await openStaged(repository.context);
    for await (const file of source.files(() => true)) if (file.path) break;
    await source.close();
    await sleep(50);
    expect(readdirSync(repository.root)).toHaveLength(41);
  });
});

describe('objects that cannot be read', () => {
  test('a missing one is named, the others are read', async () => {
    const repository = new TemporaryRepository();
    for (const name of ['a.js', 'b.js', 'c.js']) repository.stage(name, name);
    rmSync(objectFile(repository, repository.git('rev-parse', ':b.js').trim()));
    const source = await openStaged(repository.context);
    expect(textsOf(await source.read(['a.js', 'b.js']))).toEqual({ 'a.js': 'a.js' });
    const { files, leftOut } = await contentsOf(source);
    expect(files).toEqual({ 'a.js': 'a.js', 'c.js': 'c.js' });
    expect(leftOut).toEqual({ 'b.js': 'unreadable' });
  });

  test('corrupt ones are named with what git said, the others are read', async () => {
    const repository = new TemporaryRepository();
    const content = (name: string) => Array.from({ length: 3000 }, (_, line) => `${name} ${line * 7919}`).join('\n');
    for (const name of ['a.js', 'b.js', 'c.js', 'd.js', 'e.js']) repository.stage(name, content(name));
    for (const name of ['b.js', 'd.js']) {
      const file = objectFile(repository, repository.git('rev-parse', `:${name}`).trim());
      const bytes = readFileSync(file);
      chmodSync(file, 0o644);
      writeFileSync(file, bytes.subarray(0, bytes.length - 200));
    }
    const source = await openStaged(repository.context);
    const { files, leftOut } = await contentsOf(source);
    expect(files).toEqual({ 'a.js': content('a.js'), 'c.js': content('c.js'), 'e.js': content('e.js') });
    expect(leftOut).toEqual({ 'b.js': 'unreadable', 'd.js': 'unreadable' });
  });

  test('a partial clone downloads nothing', async () => {
    const origin = new TemporaryRepository();
    origin.stage('a.js', 'old');
    origin.stage('config.js', 'config');
    origin.commit();
    origin.git('config', 'uploadpack.allowFilter', 'true');
    origin.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    const clone = new TemporaryRepository();
    clone.git('remote', 'add', 'origin', `file://${origin.root}`);
    clone.git('fetch', '--quiet', '--filter=blob:none', 'origin', 'main');
    clone.git('update-ref', 'HEAD', 'FETCH_HEAD');
    const oid = clone.git('rev-parse', 'HEAD:config.js').trim();
    clone.git('read-tree', 'HEAD');
    clone.stage('a.js', 'new');
    const source = await openStaged(clone.context);
    expect(await source.before?.('a.js')).toEqual([]);
    expect(textsOf(await source.read(['config.js', 'a.js']))).toEqual({ 'a.js': 'new' });
    expect((await contentsOf(source)).files).toEqual({ 'a.js': 'new' });
    const withoutFetch = { ...clone, env: { ...clone.env, GIT_ALLOW_PROTOCOL: 'none' } };
    expect(() => TemporaryRepository.prototype.git.call(withoutFetch, 'cat-file', '-e', oid)).toThrow();
    // The same question without our environment would have fetched it.
    clone.git('cat-file', '-e', oid);
  });

  test('replacement refs do not change what is read', async () => {
    const repository = new TemporaryRepository();
    repository.stage('a.js', 'what is pushed');
    const oid = repository.git('rev-parse', ':a.js').trim();
    repository.git('replace', oid, repository.gitWith('harmless', 'hash-object', '-w', '--stdin').trim());
    expect(repository.git('cat-file', 'blob', oid)).toBe('harmless');
    expect((await contentsOf(await openStaged(repository.context))).files).toEqual({ 'a.js': 'what is pushed' });
  });
});

describe('configuration of the scanned repository', () => {
  test('nothing that it names is run', async () => {
    const repository = new TemporaryRepository();
    const marker = join(temporaryDirectory(), 'was-run');
    const run = repository.script('run.sh', `#!/bin/sh\necho ran >> '${marker}'\nexit 0\n`);
    repository.stage('.gitattributes', '* diff=evil filter=evil merge=evil\n');
    repository.stage('.env.example', 'A=\n');
    repository.stage('old.js', 'old\n');
    repository.commit();
    repository.stage('a.js', 'a\n');
    repository.git('mv', 'old.js', 'new.js');
    for (const name of ['post-index-change', 'pre-commit', 'reference-transaction', 'fsmonitor-watchman'])
      repository.script(`hooks/${name}`, `#!/bin/sh\nexec '${run}'\n`);
    const settings: Record<string, string> = {
      'core.fsmonitor': run,
      'core.hooksPath': repository.path('hooks'),
      'core.pager': run,
      'core.editor': run,
      'core.askPass': run,
      'core.sshCommand': run,
      'core.alternateRefsCommand': run,
      'credential.helper': run,
      'pager.diff-index': run,
      'pager.cat-file': run,
      'pager.ls-files': run,
      'diff.external': run,
      'diff.evil.command': run,
      'diff.evil.textconv': run,
      'filter.evil.clean': run,
      'filter.evil.smudge': run,
      'filter.evil.process': run,
      'filter.evil.required': 'true',
      'alias.diff-index': `!${run}`,
      'alias.cat-file': `!${run}`,
      'alias.ls-files': `!${run}`,
      'uploadpack.packObjectsHook': run,
    };
    for (const [name, value] of Object.entries(settings)) repository.git('config', name, value);
    repository.env['GIT_EXTERNAL_DIFF'] = run;
    repository.env['GIT_PAGER'] = run;

    const staged = await openStaged(repository.context);
    await staged.read(['a.js', '.gitattributes', 'odd\nname']);
    await staged.before?.('new.js');
    await staged.beforeRead?.(['old.js', 'odd\nname']);
    await staged.names(() => true);
    await staged.ignored(['.env', 'dir/.env']);
    expect((await contentsOf(staged)).files).toEqual({ 'a.js': 'a\n', 'new.js': 'old\n' });
    const tree = await treeOf(repository.context);
    await tree.ignored(['.env']);
    expect(Object.keys((await contentsOf(tree)).files)).toContain('a.js');
    expect(existsSync(marker)).toBe(false);

    repository.git('config', '--remove-section', 'filter.evil');
    repository.git('diff', '--cached');
    expect(existsSync(marker)).toBe(true);
  });

  test('core.excludesFile and info/exclude are no ignore rules of the repository, and hide nothing tracked', async () => {
    const repository = new TemporaryRepository();
    repository.stage('.gitignore', '*.log\n');
    repository.stage('a.js', 'a');
    repository.commit();
    repository.stage('b.js', 'b');
    repository.write('.env', 'A=1');
    const everything = join(temporaryDirectory(), 'everything');
    writeFileSync(everything, '*\n');
    repository.git('config', 'core.excludesFile', everything);
    repository.write('.git/info/exclude', '*\n');
    for (const source of [await openStaged(repository.context), await treeOf(repository.context)]) {
      expect([...((await source.ignored(['.env', 'x.log', 'a.js'])) ?? [])]).toEqual(['x.log']);
      await source.close();
    }
    expect((await contentsOf(await openStaged(repository.context))).files).toEqual({ 'b.js': 'b' });
    expect((await contentsOf(await treeOf(repository.context))).tracking).toEqual({
      '.env': 'ignored',
      '.gitignore': 'tracked',
      'a.js': 'tracked',
      'b.js': 'tracked',
    });
  });

  test('switches for pathspecs, tracing and colours in the environment change nothing', async () => {
    const repository = new TemporaryRepository();
    repository.stage('[ab].js', 'brackets');
    repository.stage('a.js', 'a');
    repository.git('config', 'color.ui', 'always');
    repository.git('config', 'diff.renames', 'copies');
    repository.git('config', 'core.quotePath', 'true');
    repository.git('config', 'diff.noprefix', 'true');
    const switches = {
      GIT_LITERAL_PATHSPECS: '1',
      GIT_ICASE_PATHSPECS: '1',
      GIT_TRACE: '1',
      GIT_TRACE2: '1',
      LC_ALL: 'de_DE.UTF-8',
      LANGUAGE: 'de',
    };
    const context = { cwd: repository.root, env: { ...repository.env, ...switches } };
    const expected = { '[ab].js': 'brackets', 'a.js': 'a' };
    expect((await contentsOf(await openStaged(context))).files).toEqual(expected);
    expect((await contentsOf(await treeOf(context))).files).toEqual(expected);
    expect((await contentsOf(await treeOf(context, ['[ab].js']))).files).toEqual({ '[ab].js': 'brackets' });
    expect((await failureOf(openStaged({ cwd: temporaryDirectory(), env: context.env }))).code).toBe('not-a-repository');
  });
});

describe('names', () => {
  test('of any length are read from the index', async () => {
    const repository = new TemporaryRepository();
    const oid = repository.gitWith('content\n', 'hash-object', '-w', '--stdin').trim();
    const names = ['d/'.repeat(1900) + 'deep.js', 'n'.repeat(4000), `${'x'.repeat(3000)}\n.js`];
    repository.gitWith(names.map((name) => `100644 ${oid}\t${name}\0`).join(''), 'update-index', '-z', '--index-info');
    const source = await openStaged(repository.context);
    expect(Object.keys(textsOf(await source.read(names)))).toEqual(names.toSorted());
    expect([...((await source.ignored(names)) ?? [])]).toEqual([]);
    expect(Object.keys((await contentsOf(source)).files)).toEqual(names.toSorted());
    const tree = await contentsOf(await treeOf(repository.context));
    expect(Object.keys(tree.leftOut).sort()).toEqual(names.toSorted());
  });

  test('on Windows git is looked for in PATH, never in the scanned directory', () => {
    const empty = temporaryDirectory();
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'git.exe'), '');
    expect(gitProgram({ Path: `.;;${empty};${directory}` }, 'win32')).toBe(join(directory, 'git.exe'));
    expect(() => gitProgram({ Path: `.;${empty}` }, 'win32')).toThrow(JwtlintError);
    expect(() => gitProgram({}, 'win32')).toThrow(JwtlintError);
  });
});
