/** A buffer of an editor. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MAX_FILE_BYTES } from '../src/sources/source.js';
import { openStdin } from '../src/sources/stdin.js';
import { contentsOf, textsOf } from './source-contents.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test('the content under its name from the top of the repository, look-ups beside it', async () => {
  const repository = new TemporaryRepository();
  repository.write('app/config.js', 'config');
  const cwd = repository.path('app');
  for (const filename of ['sub/new.js', join(cwd, 'sub/new.js')]) {
    const source = openStdin({ cwd, filename, input: chunks('one ', 'two') });
    expect(source).toMatchObject({ scope: 'stdin', root: repository.root, prefix: 'app' });
    expect(textsOf(await source.read(['app/config.js', 'app/sub/new.js']))).toEqual({ 'app/config.js': 'config' });
    expect(await contentsOf(source)).toEqual({
      files: { 'app/sub/new.js': 'one two' },
      leftOut: {},
      tracking: { 'app/sub/new.js': 'unknown' },
    });
    expect(await source.ignored(['x'])).toBeUndefined();
    expect(await source.names(() => true)).toEqual([]);
  }
});

test('outside of any repository, paths are relative to the working directory or to the file', async () => {
  const cwd = temporaryDirectory();
  const elsewhere = temporaryDirectory();
  mkdirSync(join(cwd, 'dir'));
  writeFileSync(join(elsewhere, 'config.js'), 'config');
  const below = openStdin({ cwd, filename: 'dir/a.js', input: chunks('a') });
  expect(below.root).toBe(cwd);
  expect((await contentsOf(below)).files).toEqual({ 'dir/a.js': 'a' });
  const beside = openStdin({ cwd, filename: join(elsewhere, 'a.js'), input: chunks('a') });
  expect(beside).toMatchObject({ root: elsewhere, prefix: '' });
  expect(textsOf(await beside.read(['config.js']))).toEqual({ 'config.js': 'config' });
  expect((await contentsOf(beside)).files).toEqual({ 'a.js': 'a' });
});

test('input above the limit is left out without reading on', async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given += 1;
      yield Buffer.alloc(1024 * 1024);
    }
  }
  const source = openStdin({ cwd: temporaryDirectory(), filename: 'a.js', input: endless() });
  expect((await contentsOf(source)).leftOut).toEqual({ 'a.js': 'too large' });
  expect(given).toBe(MAX_FILE_BYTES / (1024 * 1024) + 1);
});

test('a name that nobody wants is not read', async () => {
  const source = openStdin({ cwd: temporaryDirectory(), filename: 'a.png', input: chunks('x') });
  expect(await contentsOf(source, () => false)).toEqual({ files: {}, leftOut: {}, tracking: {} });
});
