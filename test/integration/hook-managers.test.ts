/**
 * `jwtlint init` and `jwtlint doctor` in projects of each hook manager, with the packed jwtlint: what init writes is committed,
 * a secret is refused at the commit and at the push, and what is clean goes through.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { EmptyProject, type Outcome } from './empty-project.js';

const LEAK =
  "const jwt = require('jsonwebtoken');\n\nmodule.exports = (sub) => jwt.sign({ sub }, 'made-up-Tr0ub4dor-and-3', { expiresIn: '15m' });\n";
const FIXED = LEAK.replace("'made-up-Tr0ub4dor-and-3'", 'process.env.JWT_SECRET');

/** None of these is installed with scripts: that is what their users' package managers do, too. */
const MANAGERS = ['lefthook@2.2.2', 'simple-git-hooks@2.14.0'];

let project: EmptyProject;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  project = new EmptyProject();
  project.install(inject('tarball'), 'husky', 'lint-staged', ...MANAGERS);
  env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:GIT_|HUSKY|LEFTHOOK|CI$|PRE_COMMIT)/.test(name)));
  Object.assign(env, {
    HOME: project.path('home'),
    XDG_CONFIG_HOME: project.path('home'),
    XDG_CACHE_HOME: project.path('home'),
    GIT_CONFIG_NOSYSTEM: '1',
    NO_COLOR: '1',
  });
});
afterAll(() => project.remove());

/** A clean repository around the installed packages. */
beforeEach(() => {
  for (const name of readdir()) if (name !== 'node_modules') rmSync(project.path(name), { recursive: true });
  git('init', '--quiet', '--initial-branch=main', '--template=');
  git('config', 'user.name', 'A Tester');
  git('config', 'user.email', 'tester@example.invalid');
  write('.gitignore', 'node_modules/\nhome/\nremote.git/\n');
  write('old.js', LEAK.replace('3', '4').replace('sub)', 'id)').replace('{ sub }', '{ sub: id }'));
  manifest({});
});

function readdir(): string[] {
  return execFileSync('ls', ['-A', project.root], { encoding: 'utf8' }).trim().split('\n');
}

function write(name: string, text: string): void {
  mkdirSync(dirname(project.path(name)), { recursive: true });
  writeFileSync(project.path(name), text);
}

const read = (name: string): string => readFileSync(project.path(name), 'utf8');

function manifest(more: object): void {
  const devDependencies = { jwtlint: '0.1.0', ...(more as { devDependencies?: object }).devDependencies };
  write(
    'package.json',
    `${JSON.stringify({ name: 'a-project', private: true, dependencies: { jsonwebtoken: '9.0.2' }, ...more, devDependencies }, undefined, 2)}\n`,
  );
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: project.root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function run(command: string, ...args: readonly string[]): Outcome {
  return spawnSync(command, args, { cwd: project.root, env, encoding: 'utf8' });
}

const jwtlint = (...args: readonly string[]): Outcome => run(project.path('node_modules/.bin/jwtlint'), ...args);

function succeeds(command: string, ...args: readonly string[]): void {
  const { status, stdout, stderr } = run(command, ...args);
  expect(status, `${command} ${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
}

/** The texts of all files but the installed ones. */
function snapshot(): Map<string, string> {
  const names = git('ls-files', '-co', '--exclude-standard', '-z').split('\0').slice(0, -1);
  const hooks = existsSync(project.path('.git/hooks'))
    ? execFileSync('ls', [project.path('.git/hooks')], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .filter(Boolean)
    : [];
  return new Map([...names, ...hooks.map((name) => `.git/hooks/${name}`)].map((name) => [name, read(name)]));
}

/** Sets up, sees that a second time changes nothing and that it can be undone, and sets up again. */
function initialised(): void {
  const before = snapshot();
  succeeds(project.path('node_modules/.bin/jwtlint'), 'init', '--yes');
  const after = snapshot();
  expect(after).not.toEqual(before);
  const again = jwtlint('init', '--yes');
  expect(again).toMatchObject({ status: 0, stderr: '' });
  expect(again.stdout).toContain('nothing to change');
  expect(snapshot()).toEqual(after);
  succeeds(project.path('node_modules/.bin/jwtlint'), 'init', '--undo', '--yes');
  expect(snapshot()).toEqual(before);
  succeeds(project.path('node_modules/.bin/jwtlint'), 'init', '--yes');
  // A new salt; else the same.
  expect([...snapshot()].filter(([name]) => !name.endsWith('.jsonl'))).toEqual([...after].filter(([name]) => !name.endsWith('.jsonl')));
}

/** What was there is accepted; what comes is refused, at the commit and at the push; what is clean goes through. */
function guarded(): void {
  git('add', '--all');
  succeeds('git', 'commit', '--message', 'set up');
  const proof = jwtlint('doctor');
  expect(proof.stdout + proof.stderr).toContain('the pre-commit hook refused a made-up secret');
  expect(proof.status, proof.stdout).toBe(0);
  expect(git('status', '--porcelain')).toBe('');
  expect(git('for-each-ref', 'refs/stash')).toBe('');

  git('init', '--quiet', '--bare', '--template=', project.path('remote.git'));
  git('remote', 'add', 'origin', project.path('remote.git'));
  succeeds('git', 'push', 'origin', 'main');

  write('new.js', LEAK);
  git('add', 'new.js');
  refused(run('git', 'commit', '--message', 'a leak'), 'new.js');
  write('new.js', FIXED);
  git('add', 'new.js');
  succeeds('git', 'commit', '--message', 'without it');

  write('other.js', LEAK);
  git('add', 'other.js');
  git('commit', '--no-verify', '--quiet', '--message', 'a leak past the hook');
  refused(run('git', 'push', 'origin', 'main'), 'other.js');
  git('reset', '--quiet', '--hard', 'HEAD~1');
  succeeds('git', 'push', 'origin', 'main');

  // A merge without conflicts runs a hook of its own.
  git('checkout', '--quiet', '-b', 'side', 'HEAD~1');
  write('side.js', LEAK);
  git('add', 'side.js');
  git('commit', '--no-verify', '--quiet', '--message', 'a leak on a branch');
  git('checkout', '--quiet', 'main');
  refused(run('git', 'merge', '--no-edit', 'side'), 'side.js');
  git('merge', '--abort');
}

function refused({ status, stdout, stderr }: Outcome, name: string): void {
  const output = stdout + stderr;
  expect(status, output).not.toBe(0);
  expect(output).toContain('no-hardcoded-secret');
  expect(output).toContain(name);
  expect(output).not.toContain('Tr0ub4dor');
}

describe('hooks by', () => {
  test('husky, with lint-staged behind it', () => {
    manifest({
      scripts: { prepare: 'husky' },
      devDependencies: { husky: '9.1.7', 'lint-staged': '16.4.0' },
      'lint-staged': { '*.js': 'node --check' },
    });
    write('.husky/pre-commit', '# formats\nlint-staged\n');
    succeeds(project.path('node_modules/.bin/husky'));
    initialised();
    expect(read('.husky/pre-commit')).toBe('# formats\njwtlint --staged\nlint-staged\n');
    guarded();
  });

  test('lefthook', () => {
    manifest({ devDependencies: { lefthook: '2.2.2' } });
    write(
      'lefthook.yml',
      '# ours\npre-commit:\n  commands:\n    # syntax\n    check:\n      glob: "*.js"\n      run: node --check {staged_files}\n',
    );
    initialised();
    expect(read('lefthook.yml')).toContain(
      '# ours\npre-commit:\n  commands:\n    jwtlint:\n      run: node_modules/.bin/jwtlint --staged\n    # syntax\n    check:\n',
    );
    succeeds(project.path('node_modules/.bin/lefthook'), 'install');
    guarded();
  });

  test('simple-git-hooks', () => {
    manifest({
      devDependencies: { 'simple-git-hooks': '2.14.0' },
      'simple-git-hooks': { 'pre-commit': 'node --check old.js', 'pre-push': 'cat > seen.txt' },
    });
    initialised();
    succeeds(project.path('node_modules/.bin/simple-git-hooks'));
    write('.gitignore', `${read('.gitignore')}seen.txt\n`);
    guarded();
    // What git says on standard input reaches those after us, too.
    expect(read('seen.txt')).toMatch(/^refs\/heads\/main [0-9a-f]{40} refs\/heads\/main [0-9a-f]{40}\n$/);
  });

  test('nobody: files in the git directory, those that are there are kept', () => {
    write('.git/hooks/pre-commit', '#!/bin/sh\n# ours\nnode --check old.js\nexit 0\n');
    write('.git/hooks/pre-push', '#!/bin/sh\ncat > seen.txt\n');
    for (const name of ['pre-commit', 'pre-push']) chmodSync(project.path(`.git/hooks/${name}`), 0o755);
    initialised();
    expect(read('.git/hooks/pre-commit')).toBe(
      '#!/bin/sh\n# ours\nnode --check old.js\nnode_modules/.bin/jwtlint --staged || exit\nexit 0\n',
    );
    write('.gitignore', `${read('.gitignore')}seen.txt\n`);
    guarded();
    expect(read('seen.txt')).toMatch(/^refs\/heads\/main [0-9a-f]{40} refs\/heads\/main [0-9a-f]{40}\n$/);
  });

  test('nobody, in a repository without a package', () => {
    rmSync(project.path('package.json'));
    const { status, stdout } = jwtlint('init', '--yes');
    expect(status).toBe(0);
    expect(stdout).toContain('there is no package.json');
    expect(read('.git/hooks/pre-commit')).toBe('#!/bin/sh\nnpx --yes jwtlint@0.1.0 --staged\n');
  });

  const hasFramework = spawnSync('pre-commit', ['--version']).status === 0;
  test.runIf(hasFramework)('the pre-commit framework (needs it on this machine)', () => {
    write(
      '.pre-commit-config.yaml',
      'repos:\n  - repo: local\n    hooks:\n      - id: check\n        name: check\n        entry: node --check\n        language: system\n        types: [javascript]\n',
    );
    initialised();
    succeeds('pre-commit', 'install', '-t', 'pre-commit', '-t', 'pre-merge-commit', '-t', 'pre-push');
    guarded();
  });

  test.runIf(hasFramework)('the pre-commit framework, from .pre-commit-hooks.yaml (needs it on this machine)', () => {
    // A repository of hooks, as ours is one.
    write('home/hooks/.pre-commit-hooks.yaml', readFileSync('.pre-commit-hooks.yaml', 'utf8'));
    const inHooks = (...args: readonly string[]): string =>
      execFileSync('git', ['-C', project.path('home/hooks'), ...args], { env, encoding: 'utf8' });
    inHooks('init', '--quiet', '--template=');
    inHooks('add', '--all');
    inHooks('-c', 'user.name=A Tester', '-c', 'user.email=tester@example.invalid', 'commit', '--quiet', '--message', 'hooks');
    const hooks = ['jwtlint', 'jwtlint-pre-push', 'jwtlint-files'].map((id) => `      - id: ${id}\n`).join('');
    write(
      '.pre-commit-config.yaml',
      `repos:\n  - repo: ${project.path('home/hooks')}\n    rev: ${inHooks('rev-parse', 'HEAD').trim()}\n    hooks:\n${hooks}`,
    );
    succeeds(project.path('node_modules/.bin/jwtlint'), 'init', '--yes');
    succeeds('pre-commit', 'install', '-t', 'pre-commit', '-t', 'pre-merge-commit', '-t', 'pre-push');
    guarded();
    write('new.js', LEAK);
    refused(run('pre-commit', 'run', '--hook-stage', 'manual', '--all-files'), 'new.js');
  });
});

describe('init that is interrupted', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('by %s has done all or nothing', (signal) => {
    const before = snapshot();
    let changed: number | undefined;
    for (let delay = 0; delay <= 900; delay += 60) {
      spawnSync(project.path('node_modules/.bin/jwtlint'), ['init', '--yes'], {
        cwd: project.root,
        env,
        timeout: delay + 1,
        killSignal: signal,
      });
      const after = snapshot();
      if (after.size === before.size) {
        expect(after).toEqual(before);
        continue;
      }
      changed ??= after.size;
      expect([...after.keys()].filter((name) => name.endsWith('.tmp'))).toEqual([]);
      expect(after.size).toBe(changed);
      succeeds(project.path('node_modules/.bin/jwtlint'), 'init', '--undo', '--yes');
      expect(snapshot()).toEqual(before);
    }
    expect(changed).toBeGreaterThan(before.size);
  });
});

describe('lint-staged alone, which gives paths', () => {
  beforeEach(() => {
    manifest({ scripts: { prepare: 'husky' }, 'lint-staged': { '*': 'jwtlint --no-warn-ignored --' } });
    write('.husky/pre-commit', 'lint-staged\n');
    succeeds(project.path('node_modules/.bin/husky'));
    git('add', '--all');
    git('commit', '--no-verify', '--quiet', '--message', 'set up');
  });

  test('of any spelling', () => {
    for (const name of ['pages/[id].js', '(group)/-y.js', 'with space.js', "quo'te.js", 'ü/.env.js', '{a,b}.js', '!not.js']) {
      write(name, LEAK);
      git('add', '--all');
      refused(run('git', 'commit', '--message', 'a leak'), name);
      write(name, FIXED);
      git('add', '--all');
      succeeds('git', 'commit', '--message', 'without it');
    }
  });

  test('of partially staged files, whose staged part counts', () => {
    write('part.js', LEAK);
    git('add', 'part.js');
    write('part.js', FIXED);
    refused(run('git', 'commit', '--message', 'a leak'), 'part.js');
    expect(read('part.js')).toBe(FIXED);
    git('add', 'part.js');
    write('part.js', LEAK);
    succeeds('git', 'commit', '--message', 'without it');
    expect(git('show', 'HEAD:part.js')).toBe(FIXED);
    expect(read('part.js')).toBe(LEAK);
  });

  test('in several batches', () => {
    const name = (index: number): string => `${'long-name-'.repeat(20)}${String(index).padStart(4, '0')}.js`;
    for (let index = 0; index < 400; index++) write(name(index), FIXED);
    write(name(398), LEAK);
    git('add', '--all');
    refused(run('git', 'commit', '--message', 'a leak'), name(398));
    write(name(398), FIXED);
    git('add', '--all');
    succeeds('git', 'commit', '--message', 'without it');
  });
});

describe('doctor says that', () => {
  const problem = (...lines: readonly string[]): void => {
    const { status, stdout, stderr } = jwtlint('doctor');
    expect(stderr).toBe('');
    for (const line of lines) expect(stdout).toContain(line);
    expect(status, stdout).toBe(1);
    expect(git('status', '--porcelain', '--untracked-files=no')).toBe('');
  };

  function husky(hook: string): void {
    manifest({ scripts: { prepare: 'husky' }, devDependencies: { husky: '9.1.7' } });
    write('.husky/pre-commit', hook);
    write('.husky/pre-merge-commit', hook);
    write('.husky/pre-push', 'jwtlint --pre-push "$@"\n');
    succeeds(project.path('node_modules/.bin/husky'));
    git('add', '--all');
    git('commit', '--no-verify', '--quiet', '--message', 'set up');
  }

  test('husky has written nothing in a fresh work tree, where git runs no hook at all', () => {
    husky('jwtlint --staged\n');
    const tree = `${project.root}-tree`;
    onTestFinished(() => rmSync(tree, { recursive: true, force: true }));
    git('worktree', 'add', '--quiet', tree);
    cpSync(project.path('node_modules'), join(tree, 'node_modules'), { recursive: true, verbatimSymlinks: true });
    const { status, stdout } = spawnSync(join(tree, 'node_modules/.bin/jwtlint'), ['doctor'], { cwd: tree, env, encoding: 'utf8' });
    expect(stdout).toContain('husky has not written them');
    expect(status).toBe(1);
    // Which is true: a secret goes through.
    writeFileSync(join(tree, 'new.js'), LEAK);
    execFileSync('git', ['add', 'new.js'], { cwd: tree, env });
    expect(spawnSync('git', ['commit', '--message', 'a leak'], { cwd: tree, env }).status).toBe(0);
  });

  test('a hook accepts what it should refuse', () => {
    husky('jwtlint --staged || true\n');
    problem('the pre-commit hook accepted a secret');
  });

  test('a hook fails for another reason', () => {
    husky('false\njwtlint --staged\n');
    problem('the pre-commit hook failed (1), but not because of the secret');
  });

  test.each(['lint-staged', 'npm run check', './format.sh'])(
    'it did not try a hook in which something may rewrite the index first: %s',
    (first) => {
      husky(`${first}\njwtlint --staged\n`);
      manifest({ scripts: { prepare: 'husky', check: 'npm run -s format', format: 'lint-staged' } });
      const { status, stdout } = jwtlint('doctor');
      expect(stdout).toContain('not proven  the hook was not tried: something that rewrites what is staged runs before jwtlint');
      expect(status).toBe(2);
    },
  );

  test('two managers compete, and the one that people wrote to is not in place', () => {
    husky('jwtlint --staged\n');
    write('.pre-commit-config.yaml', 'repos: []\n');
    const { stdout } = jwtlint('doctor');
    expect(stdout).toContain("husky and pre-commit compete for git's hooks; husky has them");
    git('config', '--unset', 'core.hooksPath');
    problem("husky is configured, but git's hooks are not its own");
  });

  test('hooks find another Node.js in PATH than the one that runs it', () => {
    write('.git/hooks/pre-commit', '#!/bin/sh\nnode_modules/.bin/jwtlint --staged\n');
    chmodSync(project.path('.git/hooks/pre-commit'), 0o755);
    const bin = realpathOf(project.path('node_modules/.bin/jwtlint'));
    const path = env['PATH']!;
    const said = (version: string): string => {
      write('home/bin/node', `#!/bin/sh\n${version}\n`);
      chmodSync(project.path('home/bin/node'), 0o755);
      env['PATH'] = `${project.path('home/bin')}:${path}`;
      try {
        const { status, stdout, stderr } = run(process.execPath, bin, 'doctor');
        expect(stderr).toBe('');
        expect(status).toBe(1);
        return stdout;
      } finally {
        env['PATH'] = path;
      }
    };
    expect(said('echo v18.20.4')).toContain(`hooks find ${project.path('home/bin/node')} in PATH, which is Node.js 18.20.4: too old`);
    expect(said('exit 127')).toContain(`hooks find ${project.path('home/bin/node')} in PATH, which is no Node.js that works`);
  });

  test('jwtlint is not installed, a variable switches hooks off, a hook is not executable', () => {
    write('.git/hooks/pre-commit', '#!/bin/sh\nnode_modules/.bin/jwtlint --staged\n');
    git('add', '--all');
    git('commit', '--no-verify', '--quiet', '--message', 'set up');
    problem('.git/hooks/pre-commit is not executable');
    chmodSync(project.path('.git/hooks/pre-commit'), 0o755);
    env['JWTLINT_SKIP'] = '1';
    try {
      problem('JWTLINT_SKIP=1 switches jwtlint off');
    } finally {
      delete env['JWTLINT_SKIP'];
    }
    const program = project.path('node_modules/.bin/jwtlint');
    const bin = realpathOf(program);
    rmSync(program);
    try {
      const { status, stdout } = run(process.execPath, bin, 'doctor');
      expect(stdout).toContain('jwtlint is not installed here');
      expect(status).toBe(1);
    } finally {
      execFileSync('ln', ['-s', '../jwtlint/dist/bin.cjs', program]);
    }
  });
});

function realpathOf(path: string): string {
  return execFileSync('realpath', [path], { encoding: 'utf8' }).trim();
}
