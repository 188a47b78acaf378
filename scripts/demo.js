/** Scans a copy of examples/express-api with the built binary: in a git repository of its own, which goes away afterwards. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const FINDINGS = 1;

/** No git directory of a surrounding hook, no personal settings. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
Object.assign(env, { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull });

const repository = mkdtempSync(join(tmpdir(), 'jwtlint-demo-'));
try {
  cpSync('examples/express-api', repository, { recursive: true });
  const git = (...args) => execFileSync('git', args, { cwd: repository, env });
  git('init', '--quiet', '--template=');
  git('add', '--all');
  const { status, error } = spawnSync(process.execPath, [resolve('dist/bin.cjs')], { cwd: repository, env, stdio: 'inherit' });
  if (error) throw error;
  if (status !== FINDINGS) throw new Error(`The example is bad on purpose, and jwtlint ended with ${String(status)}.`);
} finally {
  rmSync(repository, { recursive: true, force: true });
}
