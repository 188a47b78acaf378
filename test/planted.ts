/** What every hostile input stands beside: files with one secret each, which are found whatever else there is. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { findingsIn, type Outcome } from './run-program.js';
import { PEM } from './sentinels.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';

export const SECRET = randomBytes(24).toString('hex');
export const SIGN = `import jwt from 'jsonwebtoken';\njwt.sign({ id: 1 }, '${SECRET}', { expiresIn: 60 });\n`;

/** Files with one planted secret each, scanned after and before whatever is hostile; and their findings. */
const PLANTED: Readonly<Record<string, string>> = { 'a/sign.js': SIGN, 'z/key.txt': PEM, 'z/sign.ts': SIGN };
const FOUND = ['a/sign.js:2 no-hardcoded-secret', 'z/key.txt:1 no-private-key', 'z/sign.ts:2 no-hardcoded-secret'];

/** A directory in no repository, with what is planted and these files. */
export function directoryOf(files: Readonly<Record<string, string | Uint8Array>>): { cwd: string; env: NodeJS.ProcessEnv } {
  const cwd = temporaryDirectory();
  for (const [path, content] of Object.entries({ ...PLANTED, ...files })) {
    mkdirSync(join(cwd, path, '..'), { recursive: true });
    writeFileSync(join(cwd, path), content);
  }
  return { cwd, env: { PATH: process.env['PATH'], GIT_CEILING_DIRECTORIES: join(cwd, '..') } };
}

/** A repository in which what is planted and these files are staged. */
export function repositoryOf(files: Readonly<Record<string, string | Uint8Array>>): TemporaryRepository {
  const repository = new TemporaryRepository();
  for (const [path, content] of Object.entries({ ...PLANTED, ...files })) repository.write(path, content);
  repository.git('add', '--all');
  return repository;
}

/** The findings besides the planted ones, all of which must be there. */
export function further({ status, stdout, stderr }: Outcome): string[] {
  expect(stderr).toBe('');
  const found = findingsIn(stdout);
  for (const planted of FOUND) expect(found).toContain(planted);
  expect(status).toBe(1);
  return found.filter((finding) => !FOUND.includes(finding));
}
