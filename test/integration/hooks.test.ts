/** Real commits through husky and lint-staged, with the packed jwtlint in front. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { EmptyProject, type Outcome } from './empty-project.js';

const LEAK =
  "import jwt from 'jsonwebtoken';\n\nexport const token = (sub) =>\n\tjwt.sign({ sub }, 'made-up-Tr0ub4dor-and-3', { expiresIn: '15m' });\n";
const FIXED = LEAK.replace("'made-up-Tr0ub4dor-and-3'", 'process.env.JWT_SECRET');

/** Writes two spaces for tabs: what lint-staged did is seen in the commit. */
const FORMATTER = `
import { readFileSync, writeFileSync } from 'node:fs';
for (const file of process.argv.slice(2)) writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\\t', '  '));
`;

let project: EmptyProject;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  project = new EmptyProject({ scripts: { prepare: 'husky' }, 'lint-staged': { '*.js': 'node format.mjs' } });
  project.install(inject('tarball'), 'husky', 'lint-staged');
  env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_') && name !== 'HUSKY'));
  Object.assign(env, { HOME: project.root, XDG_CONFIG_HOME: project.root, GIT_CONFIG_NOSYSTEM: '1', NO_COLOR: '1' });
  git('init', '--quiet', '--initial-branch=main', '--template=');
  git('config', 'user.name', 'A Tester');
  git('config', 'user.email', 'tester@example.invalid');
  project.write('.gitignore', 'node_modules/\ndist/\n.env\n.env.*\n');
  project.write('format.mjs', FORMATTER);
  // What npm runs after an install in a repository; here git came after npm.
  execFileSync(project.path('node_modules/.bin/husky'), { cwd: project.root, env });
  project.write('.husky/pre-commit', 'jwtlint --staged\nlint-staged\n');
  git('add', '--all');
  expect(commit('a project')).toMatchObject({ status: 0 });
});
afterAll(() => project.remove());

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: project.root, env, encoding: 'utf8' });
}

function commit(message: string): Outcome {
  return spawnSync('git', ['commit', '--message', message], { cwd: project.root, env, encoding: 'utf8' });
}

/** Commits a secret, which fails, then the same without it, which does not. */
function refusedThenAccepted(name: string): void {
  const before = git('rev-parse', 'HEAD');
  project.write(name, LEAK);
  git('add', name);
  const refused = commit('a leak');
  const output = refused.stdout + refused.stderr;
  expect(refused.status, output).toBe(1);
  expect(output).toContain('error[no-hardcoded-secret]');
  expect(output).toContain('A literal in the source is the key of jsonwebtoken sign.');
  expect(output).toContain(`${name}:4:20`);
  expect(output).not.toContain('made-up');
  expect(git('rev-parse', 'HEAD')).toBe(before);

  project.write(name, FIXED);
  git('add', name);
  const accepted = commit('without it');
  expect(accepted.status, accepted.stdout + accepted.stderr).toBe(0);
  expect(accepted.stdout + accepted.stderr).not.toContain('jwtlint');
  expect(git('show', `HEAD:${name}`)).toContain("\n  jwt.sign({ sub }, process.env.JWT_SECRET, { expiresIn: '15m' })");
  expect(git('status', '--porcelain')).toBe('');
}

test('a commit with a secret is refused with the finding, and accepted without the secret', () => {
  refusedThenAccepted('token.js');
});

test('the hook of this repository: says what to do without a build, then does the same', () => {
  project.write('.husky/pre-commit', readFileSync('.husky/pre-commit', 'utf8'));
  git('add', '--all');
  const unbuilt = commit('our hook');
  expect(unbuilt.status).toBe(1);
  expect(unbuilt.stderr).toContain('npm run build');
  // As in this repository: the build beside the packages that it needs.
  cpSync('dist', project.path('dist'), { recursive: true });
  rmSync(project.path('node_modules/jwtlint'), { recursive: true });
  expect(commit('our hook')).toMatchObject({ status: 0 });
  refusedThenAccepted('refresh-token.js');
});

describe('a push', () => {
  /** A bare repository that the project pushes to. */
  function remote(): string {
    const directory = project.path('remote.git');
    rmSync(directory, { recursive: true, force: true });
    git('init', '--quiet', '--bare', '--initial-branch=main', '--template=', directory);
    spawnSync('git', ['remote', 'remove', 'origin'], { cwd: project.root, env });
    git('remote', 'add', 'origin', directory);
    return directory;
  }

  function push(): Outcome {
    return spawnSync('git', ['push', 'origin', 'HEAD:main'], { cwd: project.root, env, encoding: 'utf8' });
  }

  /** A commit past all hooks, the push that it fails, and the push that goes through when it is gone. */
  function refusedThenPushed(name: string): void {
    project.write(name, LEAK);
    git('add', '--force', name);
    git('commit', '--no-verify', '--quiet', '--message', 'a leak');
    // Taking it out again is too late: the commit would be pushed as well.
    git('rm', '--quiet', '--cached', name);
    git('commit', '--no-verify', '--quiet', '--message', 'without it');
    const refused = push();
    const output = refused.stdout + refused.stderr;
    expect(refused.status, output).toBe(1);
    expect(output).toContain('error[no-hardcoded-secret]');
    expect(output).toContain('not in HEAD any more');
    expect(output).not.toContain('made-up');
    git('reset', '--quiet', '--hard', 'HEAD~2');
    const accepted = push();
    expect(accepted.status, accepted.stdout + accepted.stderr).toBe(0);
  }

  test('is refused by the pre-push hook of husky while a commit holds a secret', () => {
    remote();
    project.write('.husky/pre-push', 'node node_modules/jwtlint/dist/bin.cjs --pre-push "$@"\n');
    if (!existsSync(project.path('node_modules/jwtlint'))) cpSync('dist', project.path('node_modules/jwtlint/dist'), { recursive: true });
    git('add', '--all');
    git('commit', '--no-verify', '--quiet', '--message', 'a hook');
    expect(push().status).toBe(0);
    refusedThenPushed('pushed.js');
    rmSync(project.path('.husky/pre-push'));
  });

  test('is refused by the pre-receive hook of the server, where the objects lie in quarantine', () => {
    const directory = remote();
    expect(push().status).toBe(0);
    mkdirSync(`${directory}/hooks`, { recursive: true });
    const program = project.path('node_modules/jwtlint/dist/bin.cjs');
    writeFileSync(`${directory}/hooks/pre-receive`, `#!/bin/sh\nexec '${process.execPath}' '${program}' --pre-receive\n`, { mode: 0o755 });
    refusedThenPushed('received.js');
  });
});
