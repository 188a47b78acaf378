/** The staged source against real git, one case of the index each. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_FILE_BYTES, type Source } from '../src/sources/source.js';
import { openStaged } from '../src/sources/staged.js';
import { contentsOf, textsOf } from './source-contents.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';

/** What is staged, seen from a directory of the repository. */
async function stagedIn(repository: TemporaryRepository, directory = '.') {
  return contentsOf(await openStaged({ cwd: join(repository.root, directory), env: repository.env }));
}

/** Runs a question to the source and closes it. */
async function ask<Answer>(repository: TemporaryRepository, question: (source: Source) => Promise<Answer>): Promise<Answer> {
  const source = await openStaged(repository.context);
  try {
    return await question(source);
  } finally {
    await source.close();
  }
}

/** The old side of a path, as text by path. */
function beforeOf(repository: TemporaryRepository, path: string): Promise<Record<string, string>> {
  return ask(repository, async (source) => {
    const files = (await source.before?.(path)) ?? [];
    return Object.fromEntries(files.map((file) => [file.path, Buffer.from(file.bytes).toString()]));
  });
}

/** A repository with one commit of these files. */
function committed(files: Readonly<Record<string, string>>): TemporaryRepository {
  const repository = new TemporaryRepository();
  for (const [name, content] of Object.entries(files)) repository.stage(name, content);
  repository.commit();
  return repository;
}

const LINES = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n');

describe('what is scanned', () => {
  test.each([['sha1'], ['sha256']])('everything before the first commit (%s)', async (format) => {
    const repository = new TemporaryRepository(`--object-format=${format}`);
    repository.stage('a.js', 'first');
    repository.stage('deep/b.js', 'second');
    repository.write('untracked.js', 'not staged');
    expect((await stagedIn(repository)).files).toEqual({ 'a.js': 'first', 'deep/b.js': 'second' });
  });

  test('nothing when nothing is staged', async () => {
    const repository = committed({ 'a.js': 'old' });
    repository.write('a.js', 'edited');
    expect(await stagedIn(repository)).toEqual({ files: {}, leftOut: {}, tracking: {} });
  });

  test('nothing in an empty repository', async () => {
    expect((await stagedIn(new TemporaryRepository())).files).toEqual({});
  });

  test('added and modified files, whole and as tracked', async () => {
    const repository = committed({ 'a.js': LINES, 'same.js': 'same' });
    repository.stage('a.js', `${LINES}\nmore`);
    repository.stage('new.js', 'new');
    const { files, tracking } = await stagedIn(repository);
    expect(files).toEqual({ 'a.js': `${LINES}\nmore`, 'new.js': 'new' });
    expect(tracking).toEqual({ 'a.js': 'tracked', 'new.js': 'tracked' });
  });

  test('bytes as they are: NUL, UTF-16 and -diff attributes hide nothing', async () => {
    const repository = committed({ '.gitattributes': '* -diff\n' });
    const contents = new Map([
      ['a.pem', Buffer.from('nul\0byte')],
      ['b.env', Buffer.from('\uFEFFKEY=made-up\r\n', 'utf16le')],
    ]);
    for (const [name, bytes] of contents) repository.stage(name, bytes);
    const source = await openStaged(repository.context);
    const seen = new Map<string, Uint8Array>();
    for await (const file of source.files(() => true)) if ('bytes' in file) seen.set(file.path, file.bytes);
    await source.close();
    expect(seen).toEqual(contents);
  });

  test('what is refused is neither read nor named', async () => {
    const repository = committed({ 'a.js': 'old' });
    repository.stage('a.js', 'new');
    repository.stage('b.png', 'image');
    const source = await openStaged(repository.context);
    expect((await contentsOf(source, (path) => path.endsWith('.js'))).files).toEqual({ 'a.js': 'new' });
  });

  test('deletions are not scanned', async () => {
    const repository = committed({ 'a.js': 'a', 'b.js': 'b' });
    repository.git('rm', '--quiet', 'a.js');
    expect(await stagedIn(repository)).toEqual({ files: {}, leftOut: {}, tracking: {} });
  });

  test('a change of mode brings the file and its equal old side', async () => {
    const repository = committed({ 'run.js': 'content' });
    repository.git('update-index', '--chmod=+x', 'run.js');
    expect((await stagedIn(repository)).files).toEqual({ 'run.js': 'content' });
    expect(await beforeOf(repository, 'run.js')).toEqual({ 'run.js': 'content' });
  });

  test('links and submodules are left out by name', async () => {
    const repository = committed({ 'a.js': 'a', 'was-link.js': 'x' });
    const inner = new TemporaryRepository();
    inner.commit();
    symlinkSync('/etc/passwd', repository.path('link.js'));
    repository.git('add', 'link.js');
    repository.git('update-index', '--add', '--cacheinfo', `160000,${inner.git('rev-parse', 'HEAD').trim()},vendor/inner`);
    expect(await stagedIn(repository)).toEqual({
      files: {},
      leftOut: { 'link.js': 'symbolic link', 'vendor/inner': 'submodule' },
      tracking: {},
    });
  });

  test('a link that becomes a file is scanned and has no old side', async () => {
    const repository = new TemporaryRepository();
    symlinkSync('target.js', repository.path('a.js'));
    repository.git('add', 'a.js');
    repository.commit();
    rmSync(repository.path('a.js'));
    repository.stage('a.js', 'now a file');
    expect((await stagedIn(repository)).files).toEqual({ 'a.js': 'now a file' });
    expect(await beforeOf(repository, 'a.js')).toEqual({});
  });

  test('an announced file (git add -N) is not staged, an empty one is', async () => {
    const repository = committed({ 'a.js': 'a' });
    repository.write('announced.js', 'content');
    repository.git('add', '--intent-to-add', 'announced.js');
    repository.stage('empty.js', '');
    expect((await stagedIn(repository)).files).toEqual({ 'empty.js': '' });
  });

  test('an LFS pointer is left out', async () => {
    const repository = committed({});
    repository.stage('model.bin', `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`);
    repository.stage('notes.md', 'version https://git-lfs is explained here');
    const { files, leftOut } = await stagedIn(repository);
    expect(leftOut).toEqual({ 'model.bin': 'LFS pointer' });
    expect(Object.keys(files)).toEqual(['notes.md']);
  });

  test('files above the limit are left out, and those behind them are read', async () => {
    const repository = committed({});
    repository.stage('a-full.bin', Buffer.alloc(MAX_FILE_BYTES, 1));
    repository.stage('b-large.bin', Buffer.alloc(MAX_FILE_BYTES + 1));
    repository.stage('c-huge.bin', Buffer.alloc(20 * 1024 * 1024));
    repository.stage('d.js', 'small');
    const source = await openStaged(repository.context);
    const sizes: Record<string, number | string> = {};
    for await (const file of source.files(() => true)) sizes[file.path] = 'bytes' in file ? file.bytes.length : file.leftOut;
    await source.close();
    expect(sizes).toEqual({ 'a-full.bin': MAX_FILE_BYTES, 'b-large.bin': 'too large', 'c-huge.bin': 'too large', 'd.js': 5 });
  });

  test('many files, in a stable order', async () => {
    const repository = committed({});
    const names = Array.from({ length: 300 }, (_, index) => `f${String(index).padStart(3, '0')}.js`);
    for (const name of names) repository.write(name, `content of ${name}\n`.repeat(50));
    repository.git('add', '.');
    const { files } = await stagedIn(repository);
    expect(Object.keys(files)).toEqual(names);
    expect(files['f299.js']).toBe('content of f299.js\n'.repeat(50));
  });
});

const ODD_NAMES = [
  'with space.js',
  ' leading and trailing ',
  `quotes ' and ".js`,
  'new\nline.js',
  'carriage return\r',
  'tab\t.js',
  'back\\slash.js',
  'grüße-日本.js',
  'app/[id]/page.js',
  'app/(group)/page.js',
  ':(top)magic.js',
  '-dash.js',
  '1:stage.js',
  'caret^1.js',
  'tilde~1.js',
  'at@{1}.js',
  '*.js',
  '$HOME`id`.js',
];

describe('odd names', () => {
  test('are scanned under their own name', async () => {
    const repository = committed({});
    for (const name of ODD_NAMES) repository.stage(name, `content of ${name}\n`);
    const { files } = await stagedIn(repository);
    expect(files).toEqual(Object.fromEntries(ODD_NAMES.map((name) => [name, `content of ${name}\n`])));
  });

  test('are found by look-ups in the index and before the change', async () => {
    const repository = committed(Object.fromEntries(ODD_NAMES.map((name) => [name, `content of ${name}\n`])));
    const expected = textsOf(new Map(ODD_NAMES.map((name) => [name, Buffer.from(`content of ${name}\n`)])));
    await ask(repository, async (source) => {
      expect(textsOf(await source.read(ODD_NAMES))).toEqual(expected);
      expect(textsOf((await source.beforeRead?.(ODD_NAMES)) ?? new Map())).toEqual(expected);
    });
  });

  test('that are no UTF-8 stay apart', async () => {
    const repository = committed({});
    const oid = repository.gitWith('content', 'hash-object', '-w', '--stdin').trim();
    const names = [Buffer.from('a\xFE.js', 'latin1'), Buffer.from('a\xFF.js', 'latin1')];
    const records = Buffer.concat(names.map((name) => Buffer.concat([Buffer.from(`100644 ${oid}\t`), name, Buffer.from([0])])));
    repository.gitWith(records, 'update-index', '-z', '--index-info');
    expect(Object.values((await stagedIn(repository)).files)).toEqual(['content', 'content']);
  });
});

describe('the old side', () => {
  test('of a modified file is its version in HEAD', async () => {
    const repository = committed({ 'a.js': 'old' });
    repository.stage('a.js', 'new');
    expect(await beforeOf(repository, 'a.js')).toEqual({ 'a.js': 'old' });
    expect(await beforeOf(repository, 'unknown.js')).toEqual({});
  });

  test('of a rename with edits is the deleted file', async () => {
    const repository = committed({ 'old-name.js': LINES, 'other.js': 'other' });
    repository.git('mv', 'old-name.js', 'new-name.js');
    repository.stage('new-name.js', `${LINES}\nedited`);
    expect((await stagedIn(repository)).files).toEqual({ 'new-name.js': `${LINES}\nedited` });
    expect(await beforeOf(repository, 'new-name.js')).toEqual({ 'old-name.js': LINES });
  });

  test('of an exact rename is the file with the same content alone', async () => {
    const repository = committed({ 'one.js': 'one', 'two.js': 'two' });
    repository.git('rm', '--quiet', 'one.js');
    repository.git('mv', 'two.js', 'moved.js');
    expect(await beforeOf(repository, 'moved.js')).toEqual({ 'two.js': 'two' });
  });

  test('of a new file beside many deletions starts with the most similar names, and is bounded', async () => {
    const repository = committed(Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`gone/${index}.txt`, `text ${index}`])));
    repository.stage('src/key.js', 'old key');
    repository.commit();
    repository.git('rm', '--quiet', '-r', 'gone', 'src');
    repository.stage('lib/key.js', 'new key');
    const before = await beforeOf(repository, 'lib/key.js');
    expect(Object.keys(before)[0]).toBe('src/key.js');
    expect(Object.keys(before)).toHaveLength(50);
  });

  test('of the first commit is nothing', async () => {
    const repository = new TemporaryRepository();
    repository.stage('a.js', 'a');
    expect(await beforeOf(repository, 'a.js')).toEqual({});
    await ask(repository, async (source) => expect(await source.beforeRead?.(['a.js', 'new\nline'])).toEqual(new Map()));
  });
});

describe('look-ups', () => {
  test('read the index where the working tree differs', async () => {
    const repository = committed({ 'config.js': 'committed', 'gone.js': 'still in the index', 'a.js': 'a' });
    repository.stage('config.js', 'staged');
    repository.write('config.js', 'working tree');
    rmSync(repository.path('gone.js'));
    repository.write('untracked.js', 'only on disk');
    await ask(repository, async (source) => {
      expect(textsOf(await source.read(['config.js', 'gone.js', 'untracked.js', 'missing.js']))).toEqual({
        'config.js': 'staged',
        'gone.js': 'still in the index',
      });
      expect(textsOf((await source.beforeRead?.(['config.js', 'a.js'])) ?? new Map())).toEqual({ 'config.js': 'committed', 'a.js': 'a' });
    });
  });

  test('find no links, directories, submodules, deleted files or paths outside', async () => {
    const repository = committed({ 'dir/a.js': 'a\n', 'deleted.js': 'x\n', 'short.js': 'no line feed' });
    symlinkSync('dir/a.js', repository.path('link.js'));
    repository.git('add', 'link.js');
    repository.git('update-index', '--add', '--cacheinfo', `160000,${repository.git('rev-parse', 'HEAD').trim()},sub`);
    repository.commit();
    repository.git('rm', '--quiet', 'deleted.js');
    const asked = ['link.js', 'dir', 'sub', 'deleted.js', '../outside.js', '/etc/passwd', '', 'short.js', 'short.js'];
    await ask(repository, async (source) => {
      expect(textsOf(await source.read(asked))).toEqual({ 'short.js': 'no line feed' });
      expect(textsOf((await source.beforeRead?.(asked)) ?? new Map())).toEqual({ 'short.js': 'no line feed', 'deleted.js': 'x\n' });
    });
  });

  test('find no unmerged file', async () => {
    const repository = conflict();
    await ask(repository, async (source) => expect(await source.read(['a.js'])).toEqual(new Map()));
  });
});

/** A repository in the middle of a merge that conflicts in a.js and takes b.js. */
function conflict(): TemporaryRepository {
  const repository = committed({ 'a.js': 'base\n', 'b.js': 'base\n' });
  repository.git('checkout', '--quiet', '-b', 'other');
  repository.stage('a.js', 'theirs\n');
  repository.stage('b.js', 'theirs\n');
  repository.commit();
  repository.git('checkout', '--quiet', 'main');
  repository.stage('a.js', 'ours\n');
  repository.commit();
  expect(() => repository.git('merge', '--quiet', 'other')).toThrow();
  return repository;
}

describe('states of a repository', () => {
  test('a clean working tree over a bad index', async () => {
    const repository = committed({ 'a.js': 'good' });
    repository.stage('a.js', 'bad');
    repository.write('a.js', 'good');
    expect((await stagedIn(repository)).files).toEqual({ 'a.js': 'bad' });
  });

  test('a bad working tree over a clean index', async () => {
    const repository = committed({ 'a.js': 'good' });
    repository.stage('b.js', 'good');
    repository.write('a.js', 'bad');
    repository.write('b.js', 'bad');
    expect((await stagedIn(repository)).files).toEqual({ 'b.js': 'good' });
  });

  test('a file that is gone from disk', async () => {
    const repository = committed({});
    repository.stage('a.js', 'staged');
    rmSync(repository.path('a.js'));
    expect((await stagedIn(repository)).files).toEqual({ 'a.js': 'staged' });
  });

  test('a subdirectory sees the whole index', async () => {
    const repository = committed({ 'app/old.js': 'x' });
    repository.stage('root.js', 'root');
    repository.stage('app/sub/deep.js', 'deep');
    const source = await openStaged({ cwd: repository.path('app/sub'), env: repository.env });
    expect([source.root, source.prefix]).toEqual([repository.root, 'app/sub']);
    expect(textsOf(await source.read(['root.js', 'app/old.js', 'deep.js']))).toEqual({ 'root.js': 'root', 'app/old.js': 'x' });
    expect((await contentsOf(source)).files).toEqual({ 'app/sub/deep.js': 'deep', 'root.js': 'root' });
  });

  test('a worktree has its own index', async () => {
    const repository = committed({ 'a.js': 'a' });
    const elsewhere = join(temporaryDirectory(), 'worktree');
    repository.git('worktree', 'add', '--quiet', '-b', 'side', elsewhere);
    repository.stage('main-only.js', 'main');
    writeFileSync(join(elsewhere, 'side.js'), 'side');
    repository.git('-C', elsewhere, 'add', 'side.js');
    const source = await openStaged({ cwd: elsewhere, env: repository.env });
    expect(source.root).toBe(elsewhere);
    expect((await contentsOf(source)).files).toEqual({ 'side.js': 'side' });
  });

  test('a merge shows what it brings', async () => {
    const repository = conflict();
    repository.stage('a.js', 'resolved\n');
    expect((await stagedIn(repository)).files).toEqual({ 'a.js': 'resolved\n', 'b.js': 'theirs\n' });
    expect(await beforeOf(repository, 'a.js')).toEqual({ 'a.js': 'ours\n' });
  });

  test('a conflicted index names the unmerged file and reads the others', async () => {
    expect(await stagedIn(conflict())).toEqual({
      files: { 'b.js': 'theirs\n' },
      leftOut: { 'a.js': 'unmerged' },
      tracking: { 'b.js': 'tracked' },
    });
  });

  test('an amend is compared with the commit that it replaces', async () => {
    const repository = committed({ 'a.js': 'first' });
    repository.stage('b.js', 'amended in');
    expect((await stagedIn(repository)).files).toEqual({ 'b.js': 'amended in' });
  });

  test('names and ignore rules are those of the index', async () => {
    const repository = committed({
      '.gitignore': '.env\n',
      'app/.gitignore': '!.env\n*.pem\n',
      'app/.env.example': 'A=\n',
      '.env.example': '',
    });
    repository.stage('.gitignore', '.env.*\n');
    repository.write('.gitignore', '.env\n.env.*\n');
    repository.write('untracked/.env.example', '');
    await ask(repository, async (source) => {
      const names = await source.names((name) => name.startsWith('.env'));
      expect(names).toEqual([
        { path: '.env.example', tracking: 'tracked' },
        { path: 'app/.env.example', tracking: 'tracked' },
      ]);
      const asked = ['.env', '.env.local', 'app/.env', 'app/.env.local', 'app/x/key.pem', '../escape/.env'];
      expect([...((await source.ignored(asked)) ?? [])]).toEqual(['.env.local', 'app/.env.local', 'app/x/key.pem']);
    });
    expect(existsSync(join(repository.root, '..', 'escape'))).toBe(false);
  });
});

describe('in a real pre-commit hook', () => {
  let directory = '';
  let observer = '';

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'jwtlint-observer-'));
    const entry = join(directory, 'observer.ts');
    const staged = fileURLToPath(new URL('../src/sources/staged.ts', import.meta.url));
    writeFileSync(
      entry,
      `import { writeFileSync } from 'node:fs';
       import { openStaged } from ${JSON.stringify(staged)};
       const source = await openStaged({ cwd: process.cwd(), env: process.env });
       const files = {};
       for await (const file of source.files(() => true)) files[file.path] = file.leftOut ?? Buffer.from(file.bytes).toString();
       const config = Buffer.from((await source.read(['config.js'])).get('config.js') ?? '').toString();
       await source.close();
       writeFileSync(process.env.OBSERVED, JSON.stringify({ index: process.env.GIT_INDEX_FILE, files, config, root: source.root }));`,
    );
    observer = join(directory, 'observer.mjs');
    await build({ input: entry, platform: 'node', output: { file: observer, format: 'esm', codeSplitting: false }, logLevel: 'silent' });
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  interface Observation {
    readonly index: string;
    readonly files: Record<string, string>;
    readonly config: string;
    readonly root: string;
  }

  /** A repository whose pre-commit hook writes down what the source saw. */
  function observed(files: Readonly<Record<string, string>>): { repository: TemporaryRepository; seen: () => Observation } {
    const repository = committed(files);
    const record = join(repository.root, '.git', 'observed.json');
    repository.env['OBSERVED'] = record;
    repository.script('.git/hooks/pre-commit', `#!/bin/sh\nexec '${process.execPath}' '${observer}'\n`);
    return { repository, seen: () => JSON.parse(readFileSync(record, 'utf8')) as Observation };
  }

  test('commit: the index', () => {
    const { repository, seen } = observed({ 'a.js': 'old', 'config.js': 'old config' });
    repository.stage('a.js', 'new');
    repository.write('config.js', 'unstaged config');
    repository.commit();
    expect(seen()).toMatchObject({ files: { 'a.js': 'new' }, config: 'old config', root: repository.root });
  });

  test('commit -a: what the commit takes from the working tree', () => {
    const { repository, seen } = observed({ 'a.js': 'old', 'config.js': 'old config' });
    repository.write('a.js', 'new');
    repository.write('config.js', 'new config');
    repository.git('commit', '--quiet', '-a', '-m', 'all');
    expect(seen()).toMatchObject({ files: { 'a.js': 'new', 'config.js': 'new config' }, config: 'new config' });
    expect(seen().index).toMatch(/index\.lock$/);
  });

  test('commit -p: only the chosen hunks', () => {
    const { repository, seen } = observed({ 'a.js': LINES });
    const top = `chosen\n${LINES}`;
    repository.write('a.js', `${top}\nrefused`);
    repository.gitWith('y\nn\n', 'commit', '--quiet', '-p', '-m', 'part');
    expect(seen().files).toEqual({ 'a.js': top });
  });

  test('commit <path>: that path alone, though others are staged', () => {
    const { repository, seen } = observed({ 'a.js': 'old', 'b.js': 'old', 'config.js': 'old config' });
    repository.stage('b.js', 'staged but not named');
    repository.stage('config.js', 'staged config');
    repository.write('a.js', 'named');
    repository.git('commit', '--quiet', '-m', 'one', 'a.js');
    expect(seen()).toMatchObject({ files: { 'a.js': 'named' }, config: 'old config' });
    expect(seen().index).toMatch(/next-index-\d+\.lock$/);
  });

  test('commit --amend: what the amended commit adds to the old one', () => {
    const { repository, seen } = observed({ 'a.js': 'old' });
    repository.stage('b.js', 'forgotten');
    repository.git('commit', '--quiet', '--amend', '--no-edit');
    expect(seen().files).toEqual({ 'b.js': 'forgotten' });
  });

  test('commit in a subdirectory', () => {
    const { repository, seen } = observed({ 'app/a.js': 'old' });
    repository.stage('app/a.js', 'new');
    repository.gitIn('app', 'commit', '--quiet', '-m', 'from below');
    expect(seen()).toMatchObject({ files: { 'app/a.js': 'new' }, root: repository.root });
  });

  test('commit in a worktree, where GIT_DIR is set', () => {
    const { repository, seen } = observed({ 'a.js': 'old' });
    const elsewhere = join(temporaryDirectory(), 'worktree');
    repository.git('worktree', 'add', '--quiet', '-b', 'side', elsewhere);
    writeFileSync(join(elsewhere, 'a.js'), 'new');
    repository.git('-C', elsewhere, 'commit', '--quiet', '-a', '-m', 'side');
    expect(seen()).toMatchObject({ files: { 'a.js': 'new' }, root: elsewhere });
  });

  test('commit in a submodule, where GIT_DIR is set', () => {
    const { repository: inner, seen } = observed({ 'a.js': 'old' });
    const outer = committed({ 'b.js': 'outer' });
    outer.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', inner.root, 'inner');
    outer.git('commit', '--quiet', '-m', 'a submodule');
    copyFileSync(inner.path('.git/hooks/pre-commit'), outer.path('.git/modules/inner/hooks/pre-commit'));
    outer.env['OBSERVED'] = inner.env['OBSERVED'];
    outer.write('inner/a.js', 'new');
    outer.gitIn('inner', 'commit', '--quiet', '-a', '-m', 'inside');
    expect(seen()).toMatchObject({ files: { 'a.js': 'new' }, root: outer.path('inner') });
    expect(outer.git('status', '--porcelain')).toBe(' M inner\n');
  });

  test('a merge that was resolved by hand', () => {
    const { repository, seen } = observed({ 'a.js': 'base\n' });
    repository.git('checkout', '--quiet', '-b', 'other');
    repository.write('a.js', 'theirs\n');
    repository.git('commit', '--quiet', '-a', '-m', 'theirs');
    repository.git('checkout', '--quiet', 'main');
    repository.write('a.js', 'ours\n');
    repository.git('commit', '--quiet', '-a', '-m', 'ours');
    expect(() => repository.git('merge', '--quiet', 'other')).toThrow();
    repository.stage('a.js', 'resolved\n');
    repository.git('commit', '--quiet', '-m', 'merge');
    expect(seen().files).toEqual({ 'a.js': 'resolved\n' });
  });
});
