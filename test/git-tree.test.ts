/** The work tree source against real git and a real file system. */
import { execFileSync } from 'node:child_process';
import fs, { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { MAX_FILE_BYTES } from '../src/sources/source.js';
import { openTree } from '../src/sources/tree.js';
import { contentsOf, textsOf } from './source-contents.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';

interface Where {
  readonly directory?: string;
  readonly warnIgnored?: boolean;
}

function open(repository: TemporaryRepository, paths: readonly string[] = [], { directory = '.', warnIgnored = true }: Where = {}) {
  const cwd = join(repository.root, directory);
  return openTree({ cwd, env: repository.env }, { cwd, paths, warnIgnored });
}

async function scan(repository: TemporaryRepository, paths: readonly string[] = [], where: Where = {}) {
  return contentsOf(await open(repository, paths, where));
}

async function names(repository: TemporaryRepository, paths: readonly string[] = [], where: Where = {}): Promise<string[]> {
  return Object.keys((await scan(repository, paths, where)).files);
}

/** A repository with these files tracked. */
function tracked(...paths: readonly string[]): TemporaryRepository {
  const repository = new TemporaryRepository();
  for (const path of paths) repository.stage(path, `content of ${path}`);
  repository.commit();
  return repository;
}

describe('without arguments', () => {
  test('tracked, untracked and ignored env files, sorted, with their state', async () => {
    const repository = tracked('b.js', 'dir/a.js');
    repository.stage('.gitignore', 'ignored.js\n.env*\n.dev.vars\n*.env\nnode_modules/\nvenv/\n');
    repository.stage('staged.js', 'in the index');
    repository.write('staged.js', 'on disk');
    for (const name of [
      'untracked.js',
      'ignored.js',
      '.env',
      'dir/.env.local',
      '.dev.vars',
      'prod.env',
      '.env.js',
      'node_modules/p/.env',
      'venv/.env/lib.py',
    ]) {
      repository.write(name, name);
    }
    const { files, tracking } = await scan(repository);
    expect(Object.keys(files)).toEqual([
      '.dev.vars',
      '.env',
      '.gitignore',
      'b.js',
      'dir/.env.local',
      'dir/a.js',
      'prod.env',
      'staged.js',
      'untracked.js',
    ]);
    expect(files['staged.js']).toBe('on disk');
    expect(tracking).toMatchObject({
      '.env': 'ignored',
      'dir/.env.local': 'ignored',
      '.dev.vars': 'ignored',
      'prod.env': 'ignored',
      'b.js': 'tracked',
      'staged.js': 'tracked',
      'untracked.js': 'untracked',
    });
  });

  test('before the first commit', async () => {
    const repository = new TemporaryRepository();
    repository.write('a.js', 'a');
    expect((await scan(repository)).tracking).toEqual({ 'a.js': 'untracked' });
  });

  test('only the working directory, with paths from the top', async () => {
    const repository = tracked('root.js', 'app/a.js', 'apple/b.js');
    repository.write('app/.gitignore', '.env');
    repository.write('app/.env', 'A=1');
    const source = await open(repository, [], { directory: 'app' });
    expect([source.root, source.prefix]).toEqual([repository.root, 'app']);
    expect((await contentsOf(source)).tracking).toEqual({ 'app/.env': 'ignored', 'app/.gitignore': 'untracked', 'app/a.js': 'tracked' });
  });

  test('each path once in a conflicted index', async () => {
    const repository = tracked('a.js');
    repository.git('checkout', '--quiet', '-b', 'other');
    repository.stage('a.js', 'theirs');
    repository.commit();
    repository.git('checkout', '--quiet', 'main');
    repository.stage('a.js', 'ours');
    repository.commit();
    expect(() => repository.git('merge', '--quiet', 'other')).toThrow();
    expect(await names(repository)).toEqual(['a.js']);
  });

  test('odd names', async () => {
    const odd = [' spaces ', 'quote".js', 'new\nline.js', 'ü.js', '[id]/a.js', '(group)/a.js', '-dash.js', ':(top)x.js', 'back\\slash.js'];
    expect(await names(tracked(...odd))).toEqual(odd.toSorted());
  });

  test('names that are no UTF-8 are read by their bytes', async () => {
    const repository = tracked('a.js');
    writeFileSync(Buffer.from(`${repository.root}/x\xFF.js`, 'latin1'), 'one');
    writeFileSync(Buffer.from(`${repository.root}/x\xFE.js`, 'latin1'), 'two');
    const { files } = await scan(repository);
    expect(files).toEqual({ 'a.js': 'content of a.js', 'x\xFE.js': 'two', 'x\xFF.js': 'one' });
  });
});

describe('named paths', () => {
  test('files, directories and repetitions', async () => {
    const repository = tracked('a.js', 'dir/b.js', 'dir/sub/c.js', 'directory.js');
    expect(await names(repository, ['dir', './a.js', 'dir/b.js', join(repository.root, 'a.js')])).toEqual([
      'a.js',
      'dir/b.js',
      'dir/sub/c.js',
    ]);
    expect(await names(repository, ['../a.js', 'sub'], { directory: 'dir' })).toEqual(['a.js', 'dir/sub/c.js']);
    expect(await names(repository, ['..'], { directory: 'dir' })).toHaveLength(4);
  });

  test('a path that exists is no glob', async () => {
    const repository = tracked('app/[id]/page.js', 'app/i/page.js', '(group)/a.js', '*.js', 'b.js');
    expect(await names(repository, ['app/[id]/page.js', '(group)', '*.js'])).toEqual(['(group)/a.js', '*.js', 'app/[id]/page.js']);
  });

  test('globs, from the working directory', async () => {
    const repository = tracked('a.ts', 'src/b.ts', 'src/.hidden.ts', 'src/[id]/c.ts', 'src/d.js', 'other/e.ts');
    repository.write('src/untracked.ts', '');
    repository.write('.gitignore', 'src/d.ts');
    repository.write('src/d.ts', 'ignored');
    expect(await names(repository, ['src/**/*.ts'])).toEqual(['src/.hidden.ts', 'src/[id]/c.ts', 'src/b.ts', 'src/untracked.ts']);
    expect(await names(repository, ['*.ts'], { directory: 'src/[id]' })).toEqual(['src/[id]/c.ts']);
    expect(await names(repository, ['../*.{ts,js}'], { directory: 'src' })).toEqual(['a.ts']);
    expect(await names(repository, [`${repository.root}/{src,other}/?.ts`])).toEqual(['other/e.ts', 'src/b.ts']);
  });

  test('keys that git ignores, in directories for keys too, and nothing of what packages bring', async () => {
    const repository = tracked('a.js');
    repository.write('.gitignore', '*.pem\nid_rsa\ncerts/\nprivate-keys\nnode_modules\ndist\n*.P12\n');
    const keys = ['a.pem', 'api/b.pem', 'id_rsa', 'certs/server.key', 'certs/a/b/deep.jks', 'app/private-keys/.env', 'x.P12'];
    const others = ['certs/readme.txt', 'node_modules/a/test.pem', 'node_modules/certs/c.pem', 'dist/d.pem', 'app/node_modules/keys/e.key'];
    for (const name of [...keys, ...others]) repository.write(name, name);
    const { tracking } = await scan(repository);
    expect(tracking).toEqual({
      '.gitignore': 'untracked',
      'a.js': 'tracked',
      ...Object.fromEntries(keys.map((name) => [name, 'ignored'])),
    });
    expect((await scan(repository, ['certs'])).tracking).toEqual({ 'certs/server.key': 'ignored', 'certs/a/b/deep.jks': 'ignored' });
  });

  test('globs find ignored env files', async () => {
    const repository = tracked('a.js');
    repository.write('.gitignore', '.env*');
    repository.write('app/.env.local', 'A=1');
    expect((await scan(repository, ['app/.env*'])).tracking).toEqual({ 'app/.env.local': 'ignored' });
  });

  test('more of them than git is told at once', async () => {
    const all = Array.from({ length: 60 }, (_, index) => `f${index}.js`);
    const repository = tracked(...all, 'not-named.js');
    expect(await names(repository, all)).toEqual(all.toSorted());
  });

  test.each([['nowhere.js'], ['a.js/below'], ['x'.repeat(5000)], [''], ['[id]']])(
    'one that never existed is an error: %.10s',
    async (path) => {
      await expect(scan(tracked('a.js'), ['a.js', path])).rejects.toMatchObject({ code: 'path-not-found', hint: expect.any(String) });
    },
  );

  test('a glob that matches nothing is an error, also when it looks negated', async () => {
    const repository = tracked('a.js');
    await expect(scan(repository, ['**/*.ts'])).rejects.toMatchObject({ code: 'path-not-found', message: 'no file matches **/*.ts' });
    await expect(scan(repository, ['!a.ts'])).rejects.toMatchObject({ code: 'path-not-found' });
  });

  test('one that is gone is passed over when hook managers ask for it', async () => {
    const repository = tracked('a.js', 'deleted.js');
    rmSync(repository.path('deleted.js'));
    expect(await scan(repository, ['a.js', 'deleted.js', 'never.js'], { warnIgnored: false })).toEqual({
      files: { 'a.js': 'content of a.js' },
      leftOut: { 'deleted.js': 'deleted', 'never.js': 'deleted' },
      tracking: { 'a.js': 'tracked' },
    });
    await expect(scan(repository, ['deleted.js'])).rejects.toMatchObject({ code: 'path-not-found' });
  });

  test('what git ignores is left out, but not env files', async () => {
    const repository = tracked('a.js');
    repository.write('.gitignore', 'dist/\n*.log\n.env\n');
    for (const name of ['dist/bundle.js', 'x.log', '.env', 'dist/.env']) repository.write(name, name);
    mkdirSync(repository.path('empty'));
    const { files, leftOut, tracking } = await scan(repository, ['dist', 'x.log', '.env', 'dist/.env', 'empty']);
    expect(leftOut).toEqual({ dist: 'ignored by git', 'x.log': 'ignored by git' });
    expect(Object.keys(files)).toEqual(['.env', 'dist/.env']);
    expect(tracking).toEqual({ '.env': 'ignored', 'dist/.env': 'ignored' });
  });

  test('outside of the repository they are refused', async () => {
    const repository = tracked('a.js');
    const outside = temporaryDirectory();
    writeFileSync(join(outside, 'x.js'), 'x');
    for (const path of [join(outside, 'x.js'), '..', '../x.js', `${repository.root}-beside/a.js`]) {
      await expect(scan(repository, [path])).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('outside') });
    }
  });

  test('that lead to the repository through a link are found', async () => {
    const repository = tracked('dir/a.js');
    const link = join(temporaryDirectory(), 'link');
    symlinkSync(repository.root, link);
    expect(await names(repository, [join(link, 'dir/a.js')])).toEqual(['dir/a.js']);
    await expect(scan(repository, [join(link, 'dir/gone.js')])).rejects.toMatchObject({ code: 'path-not-found' });
  });
});

describe('what is no file to scan', () => {
  test('links are left out, in the tree and named', async () => {
    const repository = tracked('a.js', 'dir/b.js');
    symlinkSync('a.js', repository.path('link.js'));
    symlinkSync('dir', repository.path('linked'));
    symlinkSync('/etc', repository.path('etc'));
    expect((await scan(repository)).leftOut).toEqual({ etc: 'symbolic link', 'link.js': 'symbolic link', linked: 'symbolic link' });
    expect(await scan(repository, ['linked/b.js', 'linked', 'etc/passwd'])).toEqual({
      files: {},
      leftOut: { linked: 'symbolic link', 'linked/b.js': 'symbolic link', 'etc/passwd': 'symbolic link' },
      tracking: {},
    });
  });

  test('a tracked directory that was replaced by a link leads nowhere', async () => {
    const repository = tracked('dir/sub/a.js', 'dir/sub/b.js', 'c.js');
    const outside = join(temporaryDirectory(), 'outside');
    renameSync(repository.path('dir'), outside);
    symlinkSync(outside, repository.path('dir'));
    const source = await open(repository);
    expect(await source.read(['dir/sub/a.js', 'c.js'])).toEqual(new Map([['c.js', Buffer.from('content of c.js')]]));
    const { files, leftOut } = await contentsOf(source);
    expect(Object.keys(files)).toEqual(['c.js']);
    expect(leftOut).toEqual({ dir: 'symbolic link', 'dir/sub/a.js': 'symbolic link', 'dir/sub/b.js': 'symbolic link' });
  });

  test('pipes are not waited for', async () => {
    const repository = tracked('a.js');
    rmSync(repository.path('a.js'));
    execFileSync('mkfifo', [repository.path('a.js'), repository.path('untracked.pipe')]);
    expect((await scan(repository)).leftOut).toEqual({ 'a.js': 'not a file' });
    expect((await scan(repository, ['untracked.pipe'])).leftOut).toEqual({ 'untracked.pipe': 'not a file' });
  });

  test('submodules and repositories inside are not entered', async () => {
    const inner = tracked('inner.js');
    const repository = tracked('a.js');
    repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.root, 'vendor/inner');
    repository.gitIn('.', 'init', '--quiet', 'nested');
    repository.write('nested/own.js', 'own');
    const { files, leftOut } = await scan(repository);
    expect(Object.keys(files)).toEqual(['.gitmodules', 'a.js']);
    expect(leftOut).toEqual({ nested: 'submodule', 'vendor/inner': 'submodule' });
    expect((await scan(repository, ['vendor/inner/inner.js', 'vendor/inner', 'nested/own.js'])).leftOut).toEqual({
      'nested/own.js': 'submodule',
      'vendor/inner': 'submodule',
      'vendor/inner/inner.js': 'submodule',
    });
  });

  test('large files and LFS pointers', async () => {
    const repository = tracked('a.js');
    repository.write('full.bin', Buffer.alloc(MAX_FILE_BYTES));
    repository.write('large.bin', Buffer.alloc(MAX_FILE_BYTES + 1));
    repository.write('model.bin', `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`);
    const { files, leftOut } = await scan(repository);
    expect(leftOut).toEqual({ 'large.bin': 'too large', 'model.bin': 'LFS pointer' });
    expect(Object.keys(files)).toEqual(['a.js', 'full.bin']);
  });

  test('a file that vanishes between listing and reading', async () => {
    const repository = tracked('a.js', 'b.js', 'dir/c.js');
    const source = await open(repository);
    rmSync(repository.path('b.js'));
    rmSync(repository.path('dir'), { recursive: true });
    repository.write('dir', 'a file where the directory was');
    const { files, leftOut } = await contentsOf(source);
    expect(Object.keys(files)).toEqual(['a.js']);
    expect(leftOut).toEqual({ 'b.js': 'vanished', 'dir/c.js': 'vanished' });
  });

  test('a file that may not be read, with what the system said', async () => {
    const repository = tracked('a.js', 'b.js');
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    const { openSync } = fs;
    vi.spyOn(fs, 'openSync').mockImplementation((path, ...rest) => {
      if (String(path).endsWith('/a.js')) throw denied;
      return openSync(path, ...rest);
    });
    syncBuiltinESMExports();
    try {
      const seen = [];
      for await (const file of (await open(repository)).files(() => true)) seen.push('leftOut' in file ? file : file.path);
      expect(seen).toEqual([{ path: 'a.js', leftOut: 'unreadable', detail: 'EACCES' }, 'b.js']);
    } finally {
      vi.restoreAllMocks();
      syncBuiltinESMExports();
    }
  });
});

describe('look-ups', () => {
  test('read the working tree', async () => {
    const repository = tracked('a.js', 'dir/b.js');
    repository.write('a.js', 'edited');
    repository.write('untracked.json', '{}');
    const source = await open(repository, ['dir']);
    const outside = ['../x', '/etc/passwd', 'dir/../../x', 'dir', 'missing', `${'a/'.repeat(5000)}a`];
    expect(textsOf(await source.read(['a.js', 'dir/b.js', 'untracked.json', ...outside]))).toEqual({
      'a.js': 'edited',
      'dir/b.js': 'content of dir/b.js',
      'untracked.json': '{}',
    });
  });

  test('names are those of the whole work tree, whatever was named', async () => {
    const repository = tracked('.env.example', 'app/package.json', 'app/a.js');
    repository.write('.gitignore', '.env');
    repository.write('.env', '');
    repository.write('app/.env.local', '');
    const source = await open(repository, ['a.js'], { directory: 'app' });
    expect(await source.names((name) => name.startsWith('.env'))).toEqual([
      { path: '.env', tracking: 'ignored' },
      { path: '.env.example', tracking: 'tracked' },
      { path: 'app/.env.local', tracking: 'untracked' },
    ]);
  });

  test('ignore rules are those of the repository alone', async () => {
    const repository = tracked('a.js', '.env.tracked');
    repository.write('.gitignore', '.env*\n!.env.example\n/root.key\nkeys/\n');
    repository.write('app/.gitignore', '!.env.dev\n:colon\n');
    repository.write('.git/info/exclude', 'excluded\n');
    symlinkSync('/tmp', repository.path('link'));
    const asked = [
      '.env',
      '.env.tracked',
      '.env.example',
      'app/x/.env',
      'app/.env.dev',
      'root.key',
      'app/root.key',
      'keys/public.pem',
      'app/:colon',
      'excluded',
      'link/.env',
    ];
    const expected = ['.env', '.env.tracked', 'app/x/.env', 'root.key', 'keys/public.pem', 'app/:colon'];
    for (const directory of ['.', 'app']) {
      const source = await open(repository, [], { directory });
      expect([...((await source.ignored(asked)) ?? [])]).toEqual(expected);
      expect(await source.ignored([])).toEqual(new Set());
    }
  });
});
