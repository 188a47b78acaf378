/** Walking a directory that is in no repository. */
import fs, { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openDirectory } from '../src/sources/directory.js';
import { contentsOf, textsOf } from './source-contents.js';
import { temporaryDirectory } from './temporary-repository.js';

/** A directory with these files. */
function directoryOf(...paths: readonly string[]): string {
  const root = temporaryDirectory();
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `content of ${path}`);
  }
  return root;
}

async function scan(cwd: string, paths: readonly string[] = [], warnIgnored = true) {
  return contentsOf(await openDirectory({ cwd, paths, warnIgnored }));
}

async function names(cwd: string, paths: readonly string[] = []): Promise<string[]> {
  return Object.keys((await scan(cwd, paths)).files);
}

test('everything but node_modules and .git, dotfiles included, sorted', async () => {
  const root = directoryOf('b.js', '.env', 'a/.hidden/c.js', 'node_modules/p/i.js', 'a/node_modules/p/i.js', '.git-like/x', 'a/.git/HEAD');
  const source = await openDirectory({ cwd: root, paths: [], warnIgnored: true });
  expect(source).toMatchObject({ scope: 'directory', root, prefix: '', notes: [expect.stringContaining('not a git repository')] });
  const { files, tracking } = await contentsOf(source);
  expect(Object.keys(files)).toEqual(['.env', '.git-like/x', 'a/.hidden/c.js', 'b.js']);
  expect(new Set(Object.values(tracking))).toEqual(new Set(['unknown']));
});

test('named paths: files anywhere, directories, literal before glob', async () => {
  const root = directoryOf('a.js', 'app/[id]/p.js', 'app/i/p.js', '(group)/g.js', 'node_modules/p/i.js', 'src/x.ts', 'src/deep/y.ts');
  expect(await names(root, ['app/[id]', '(group)/g.js', 'node_modules/p'])).toEqual([
    '(group)/g.js',
    'app/[id]/p.js',
    'node_modules/p/i.js',
  ]);
  expect(await names(root, ['src/**/*.ts', './a.js'])).toEqual(['a.js', 'src/deep/y.ts', 'src/x.ts']);
  expect(await names(root, ['{app,src}/*'])).toEqual(['src/x.ts']);
});

test('links are left out and not followed, though they lead in a circle', async () => {
  const root = directoryOf('a.js', 'dir/b.js');
  symlinkSync('..', join(root, 'dir/up'));
  symlinkSync('/etc/passwd', join(root, 'passwd'));
  const { files, leftOut } = await scan(root);
  expect(Object.keys(files)).toEqual(['a.js', 'dir/b.js']);
  expect(leftOut).toEqual({ 'dir/up': 'symbolic link', passwd: 'symbolic link' });
  expect((await scan(root, ['dir/up/a.js'])).leftOut).toEqual({ 'dir/up/a.js': 'symbolic link' });
});

test('what does not exist is an error, or passed over', async () => {
  const root = directoryOf('a.js');
  await expect(scan(root, ['nowhere.js'])).rejects.toMatchObject({ code: 'path-not-found' });
  await expect(scan(root, ['nowhere/**/*.js'])).rejects.toMatchObject({ code: 'path-not-found' });
  expect((await scan(root, ['a.js', 'nowhere.js'], false)).leftOut).toEqual({ 'nowhere.js': 'deleted' });
  await expect(scan(root, ['..'])).rejects.toMatchObject({ code: 'usage' });
});

test('a directory that may not be read is named', async () => {
  const root = directoryOf('a.js', 'closed/b.js');
  const { readdir } = fs;
  const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  vi.spyOn(fs, 'readdir').mockImplementation(((path: string, options: object, done: (error: Error | null, entries: []) => void) => {
    if (path.endsWith('/closed')) done(denied, []);
    else (readdir as (path: string, options: object, done: unknown) => void)(path, options, done);
  }) as typeof readdir);
  syncBuiltinESMExports();
  try {
    expect(await scan(root)).toMatchObject({ files: { 'a.js': 'content of a.js' }, leftOut: { closed: 'unreadable' } });
  } finally {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  }
});

test('look-ups, names, and no ignore rules to ask', async () => {
  const root = directoryOf('a.js', 'dir/b.js', '.env');
  const source = await openDirectory({ cwd: root, paths: [], warnIgnored: true });
  expect(textsOf(await source.read(['dir/b.js', 'dir', '../x', 'missing']))).toEqual({ 'dir/b.js': 'content of dir/b.js' });
  expect(await source.names((name) => name === '.env')).toEqual([{ path: '.env', tracking: 'unknown' }]);
  expect(await source.ignored(['.env'])).toBeUndefined();
  rmSync(join(root, 'a.js'));
  expect((await contentsOf(source)).leftOut).toEqual({ 'a.js': 'vanished' });
});
