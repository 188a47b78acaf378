/** What we say of packages is what npm does. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ENV, manifest, PACKAGES, publications, repositoryOf } from '../publications.js';
import { runProgram } from '../run-program.js';
import type { TemporaryRepository } from '../temporary-repository.js';

/** What npm would publish. */
async function packed(repository: TemporaryRepository): Promise<string[]> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline'], {
    cwd: repository.root,
    env: { ...process.env, npm_config_cache: repository.path('.git/npm'), npm_config_update_notifier: 'false' },
  });
  const [first] = JSON.parse(stdout) as { files: { path: string }[] }[];
  return first!.files.map(({ path }) => path);
}

test.each(PACKAGES)('%s: published %s', async (_, published, files) => {
  expect((await packed(repositoryOf(files))).includes(Object.keys(files).at(-1)!)).toBe(published);
});

test('the entry that a finding gives keeps the file out', async () => {
  const repository = repositoryOf({ 'package.json': manifest({ files: ['config'] }), 'config/.env': ENV, 'config/a.json': '{}' });
  const [found] = await publications(repository);
  const entry = /`"(![^"]+)"`/.exec(found!.fix)![1]!;
  repository.stage('package.json', manifest({ files: ['config', entry] }));
  expect(await packed(repository)).toEqual(['config/a.json', 'package.json']);
  expect(await publications(repository)).toEqual([]);
});

test('npm obeys the line that fix adds', async () => {
  const repository = repositoryOf({ 'package.json': manifest({}), '.npmignore': 'test', '.env': ENV });
  expect(await packed(repository)).toContain('.env');
  await runProgram(repository.context, 'fix', '--yes', '--allow-dirty');
  expect(await packed(repository)).not.toContain('.env');
});
