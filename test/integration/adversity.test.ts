/** The built program where the machine is against it: a disk that takes no more, a directory that cannot be written, two runs at once. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseBaseline } from '../../src/baseline.js';
import type { Outcome } from './empty-project.js';
import { TemporaryRepository } from '../temporary-repository.js';

const BIN = resolve('dist/bin.cjs');
const SIGNS =
  "const jwt = require('jsonwebtoken');\nmodule.exports = (id) => jwt.sign({ sub: id }, 'made-up-Q7xR2vLm9TzK', { expiresIn: '1h' });\n";

function project(): TemporaryRepository {
  const repository = new TemporaryRepository();
  repository.stage('package.json', '{ "name": "shop", "dependencies": { "jsonwebtoken": "^9.0.2" } }\n');
  repository.stage('a.js', SIGNS);
  repository.stage('.gitignore', 'dist\n');
  repository.commit();
  return repository;
}

/** Names and texts of all files but git's objects. */
function everything(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/.git/objects/') && !path.endsWith('/.git/index'))
    .sort()
    .map((path) => `${path}: ${readFileSync(path, 'latin1')}`);
}

describe.skipIf(process.platform === 'win32')('a disk that takes no more', () => {
  /** No file may grow beyond nothing: writing fails as it does on a full disk. */
  function onFullDisk(repository: TemporaryRepository, ...args: readonly string[]): Outcome {
    const script = `trap '' XFSZ; ulimit -f 0; exec "$@"`;
    return spawnSync('sh', ['-c', script, 'sh', process.execPath, BIN, ...args], {
      cwd: repository.root,
      env: { ...repository.env, NO_COLOR: '1' },
      encoding: 'utf8',
    });
  }

  test.each([
    ['init', ['init', '--yes']],
    ['a baseline', ['baseline', 'create']],
    ['a report', ['-f', 'json=report.json']],
  ])('%s: says so, and leaves everything as it was', (_, args) => {
    const repository = project();
    const before = everything(repository.root);
    const { status, stderr } = onFullDisk(repository, ...args);
    expect(stderr).toMatch(/could not be written.*\((?:EFBIG|ENOSPC)\)/);
    expect(stderr).not.toContain('Q7xR2v');
    expect(status).toBe(2);
    expect(everything(repository.root)).toEqual(before);
  });

  test('the history needs no cache, and says that it has none', () => {
    const { status, stdout } = onFullDisk(project(), 'history');
    expect(status).toBe(1);
    expect(stdout).toContain('no-hardcoded-secret');
  });
});

/** Runs the program as somebody who is refused what others may not do: root may do everything, so nobody runs it then. */
function asSomebody({ root, env }: TemporaryRepository, ...args: readonly string[]): Outcome {
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const trusting = { ...env, GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' };
  return spawnSync(process.execPath, [BIN, ...args], { cwd: root, env: trusting, encoding: 'utf8', ...nobody });
}

describe.skipIf(process.platform === 'win32')('a read-only file', () => {
  test.each([
    ['.env', ['fix', '--yes']],
    ['a.js', ['fix', '--yes']],
    ['.env', ['rotate', 'OTHER_SECRET', '--yes']],
    ['.env', ['generate', '--env', 'THIRD_SECRET']],
    ['.env.example', ['generate', '--env', 'THIRD_SECRET']],
  ])('%s stops %j, and everything is as it was', (name, args) => {
    const repository = project();
    repository.stage('.gitignore', '.env\n');
    repository.stage('.env.example', 'OTHER_SECRET=\n');
    repository.commit();
    repository.write('.env', 'OTHER_SECRET=made-up-Q7xR2v-old-secret-long-enough\n');
    for (const path of ['.', '.git']) chmodSync(repository.path(path), 0o777);
    for (const path of ['.env', '.env.example', '.gitignore', 'a.js']) chmodSync(repository.path(path), path === name ? 0o444 : 0o666);
    const before = everything(repository.root);
    const { status, stdout, stderr } = asSomebody(repository, ...args);
    expect(stderr).toContain(`${name} could not be written (EACCES).`);
    expect(stderr).toContain('Nothing was changed.');
    expect(status).toBe(2);
    expect(stdout + stderr).not.toContain('Q7xR2v');
    expect(everything(repository.root)).toEqual(before);
  });
});

describe.skipIf(process.platform === 'win32')('a repository that cannot be written', () => {
  test('is scanned like any other; init and baseline say what they cannot write', () => {
    const repository = project();
    chmodSync(repository.root, 0o555);
    chmodSync(repository.path('.git'), 0o555);
    const run = (...args: readonly string[]): Outcome => asSomebody(repository, ...args);
    const before = everything(repository.root);
    try {
      expect(run()).toMatchObject({ status: 1, stderr: '' });
      expect(run('--staged')).toMatchObject({ status: 0, stderr: '' });
      expect(run('history').status).toBe(1);
      for (const args of [
        ['init', '--yes'],
        ['baseline', 'create'],
      ]) {
        const { status, stderr } = run(...args);
        expect(stderr).toMatch(/could not be written.*\(EACCES\)/);
        expect(status).toBe(2);
      }
    } finally {
      chmodSync(repository.root, 0o755);
      chmodSync(repository.path('.git'), 0o755);
    }
    expect(everything(repository.root)).toEqual(before);
  });
});

describe('two runs at once', () => {
  const run = (repository: TemporaryRepository, ...args: readonly string[]): Promise<{ status: number | null; stderr: string }> =>
    new Promise((done, failed) => {
      const child = spawn(process.execPath, [BIN, ...args], {
        cwd: repository.root,
        env: repository.env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.on('error', failed);
      child.on('close', (status) => done({ status, stderr }));
    });

  test('of init leave one whole set-up, that can be taken back', async () => {
    const repository = project();
    const before = everything(repository.root);
    const runs = await Promise.all([1, 2, 3, 4].map(() => run(repository, 'init', '--yes')));
    expect(runs.some(({ status }) => status === 0)).toBe(true);
    for (const { status, stderr } of runs)
      if (status !== 0) expect(stderr).toMatch(/changed by something else|at work here at this moment/);
    expect(readFileSync(repository.path('.git/hooks/pre-commit'), 'utf8')).toBe('#!/bin/sh\nnode_modules/.bin/jwtlint --staged\n');
    expect(readFileSync(repository.path('.gitignore'), 'utf8').match(/^\.env$/gm)).toHaveLength(1);
    parseBaseline('jwtlint.baseline.jsonl', readFileSync(repository.path('jwtlint.baseline.jsonl'), 'utf8'));
    expect(await run(repository, 'init', '--undo', '--yes')).toMatchObject({ status: 0 });
    expect(everything(repository.root)).toEqual(before);
  });

  test('of the history and of a baseline do not hurt each other', async () => {
    const repository = project();
    const runs = await Promise.all(
      ['history', 'history', 'baseline', 'baseline'].map((command) =>
        run(repository, command, ...(command === 'baseline' ? ['create'] : [])),
      ),
    );
    expect(runs.slice(0, 2).map(({ status }) => status)).toEqual([1, 1]);
    expect(runs.slice(2).some(({ status }) => status === 0)).toBe(true);
    parseBaseline('jwtlint.baseline.jsonl', readFileSync(repository.path('jwtlint.baseline.jsonl'), 'utf8'));
    expect(await run(repository)).toMatchObject({ status: 0 });
    repository.git('add', '--all');
    repository.commit();
    expect(await run(repository, 'history')).toMatchObject({ status: 0, stderr: '' });
  });
});

test('more tokens and secrets than can be tried with each other: so many are, and that is said', () => {
  const repository = project();
  const token = (id: string): string =>
    ['{"alg":"HS256","typ":"JWT"}', `{"sub":"made-up-${id}","iat":1700000000}`, randomBytes(32)]
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
  for (let file = 0; file < 22; file++)
    repository.write(
      `notes/${String(file)}.txt`,
      Array.from({ length: 50 }, (_, index) => token(`${String(file)}-${String(index)}`)).join('\n'),
    );
  repository.write(
    '.env',
    Array.from({ length: 100 }, (_, index) => `JWT_SECRET_${String(index)}=${randomBytes(24).toString('hex')}`).join('\n'),
  );
  const started = performance.now();
  const { stdout } = spawnSync(process.execPath, [BIN, '-f', 'json'], {
    cwd: repository.root,
    env: { ...repository.env, NO_COLOR: '1' },
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const { notes } = JSON.parse(stdout) as { notes: string[] };
  expect(notes).toEqual([expect.stringMatching(/^1100 tokens and 10[01] secrets: .* 100000 times, not for all$/)]);
  expect(performance.now() - started).toBeLessThan(30_000);
});
