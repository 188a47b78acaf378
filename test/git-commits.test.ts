/** Ranges of commits, pushes and changes of the work tree, by the program on real git. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { findingsIn, leftOutIn, runProgram, type Outcome } from './run-program.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';

const MANIFEST = JSON.stringify({ name: 'shop', dependencies: { jsonwebtoken: '^9.0.2' } });

/** A script that signs with a literal. */
const signs = (word: string): string =>
  `const jwt = require('jsonwebtoken');\nmodule.exports = (id) => jwt.sign({ sub: id }, 'made-up-${word}', { expiresIn: '1h' });\n`;
const MENDED = signs('x').replace("'made-up-x'", 'process.env.JWT_SECRET');
const HARMLESS = 'module.exports = 1;\n';

interface Seen {
  readonly status: number;
  readonly findings: readonly string[];
  readonly old: number;
  readonly scope: string;
  readonly notes: readonly string[];
  readonly past: readonly (string | undefined)[];
}

function seenIn({ status, stdout, stderr }: Outcome): Seen {
  if (!stdout.startsWith('{')) throw new Error(`no report: ${stderr}`);
  const report = JSON.parse(stdout) as {
    scope: string;
    notes: string[];
    summary: { old: number };
    findings: { past?: { commit: string } }[];
  };
  const { scope, notes, summary, findings } = report;
  return { status, findings: findingsIn(stdout), old: summary.old, scope, notes, past: findings.map(({ past }) => past?.commit) };
}

async function scanned(repository: TemporaryRepository, ...argv: readonly string[]): Promise<Seen> {
  return seenIn(await runProgram(repository.context, ...argv, '-f', 'json'));
}

/** What the hook of a push sees for lines on its standard input. */
async function pushed(repository: TemporaryRepository, lines: readonly string[], ...argv: readonly string[]): Promise<Outcome> {
  const input = lines.map((line) => `${line}\n`).join('');
  return runProgram({ ...repository.context, stdin: Readable.from([Buffer.from(input)]) }, ...argv);
}

function commit(repository: TemporaryRepository, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) repository.stage(path, text);
  repository.commit();
  return head(repository);
}

function head(repository: TemporaryRepository, name = 'HEAD'): string {
  return repository.git('rev-parse', name).trim();
}

function project(files: Readonly<Record<string, string>> = {}): TemporaryRepository {
  const repository = new TemporaryRepository();
  commit(repository, { 'package.json': MANIFEST, 'README.md': 'a project\n', ...files });
  return repository;
}

const NONE = '0'.repeat(40);

describe('--range', () => {
  test('decides by what the commits brought, and counts what was there', async () => {
    const repository = project({ 'old.js': signs('old') });
    const base = head(repository);
    commit(repository, { 'new.js': signs('new'), 'old.js': `${signs('old')}// touched\n` });
    expect(await scanned(repository, '--range', `${base}..HEAD`)).toEqual({
      status: 1,
      findings: ['new.js:2 no-hardcoded-secret'],
      old: 1,
      scope: 'commits',
      notes: [],
      past: [undefined],
    });
    expect(await scanned(repository, '--range', `${base}..HEAD`, '--include-old')).toMatchObject({
      findings: ['new.js:2 no-hardcoded-secret', 'old.js:2 no-hardcoded-secret'],
    });
  });

  test('sees the commits and never the work tree', async () => {
    const repository = project();
    commit(repository, { 'a.js': signs('a') });
    repository.stage('a.js', MENDED);
    repository.stage('b.js', signs('b'));
    expect(await scanned(repository, '--range', 'HEAD~..')).toMatchObject({ findings: ['a.js:2 no-hardcoded-secret'] });
    expect(await scanned(repository, '--range', '..HEAD~')).toMatchObject({ status: 0, findings: [] });
  });

  test('tells of a secret that a later commit takes out again, with its commit', async () => {
    const repository = project({ 'a.js': MENDED });
    const base = head(repository);
    const leak = commit(repository, { 'a.js': signs('gone'), 'left.js': signs('left') });
    commit(repository, { 'a.js': MENDED });
    const seen = await scanned(repository, '--range', `${base}..HEAD`);
    expect(seen).toMatchObject({ status: 1, findings: ['a.js:2 no-hardcoded-secret', 'left.js:2 no-hardcoded-secret'] });
    expect(seen.past).toEqual([leak, undefined]);
    const { stdout } = await runProgram(repository.context, '--range', `${base}..HEAD`);
    expect(stdout).toContain(`in commit ${leak.slice(0, 12)}, not in HEAD any more`);
    expect(stdout).toContain('whoever gets the commits gets the secret');
    expect(stdout).not.toContain('made-up-gone');
  });

  test('does not tell twice of what stays, whatever happens on the way', async () => {
    const repository = project({ 'old.js': signs('old') });
    const base = head(repository);
    commit(repository, { 'a.js': signs('a'), 'old.js': `// first\n${signs('old')}` });
    commit(repository, { 'a.js': `// moved down\n\n${signs('a')}`, 'old.js': `// second\n${signs('old')}` });
    repository.git('mv', 'a.js', 'b.js');
    repository.commit();
    expect(await scanned(repository, '--range', `${base}..HEAD`)).toMatchObject({
      findings: ['b.js:4 no-hardcoded-secret'],
      old: 1,
      past: [undefined],
    });
  });

  test('does not blame a merged main branch on the branch', async () => {
    const repository = project();
    repository.git('checkout', '--quiet', '-b', 'work');
    commit(repository, { 'mine.js': HARMLESS });
    const base = head(repository);
    repository.git('checkout', '--quiet', 'main');
    commit(repository, { 'theirs.js': signs('theirs') });
    repository.git('checkout', '--quiet', 'work');
    repository.git('merge', '--quiet', '-m', 'merge', 'main');
    commit(repository, { 'mine.js': signs('mine') });
    expect(await scanned(repository, '--range', 'main..work')).toMatchObject({ findings: ['mine.js:2 no-hardcoded-secret'] });
    // Of two ends that are named, all between them counts.
    expect((await scanned(repository, '--range', `${base}..work`)).findings).toHaveLength(2);
  });

  test('sees what a merge itself brought in', async () => {
    const repository = project({ 'a.js': HARMLESS });
    repository.git('checkout', '--quiet', '-b', 'work');
    commit(repository, { 'b.js': HARMLESS });
    repository.git('checkout', '--quiet', 'main');
    const base = commit(repository, { 'c.js': HARMLESS });
    repository.git('merge', '--quiet', '--no-commit', '--no-ff', 'work');
    repository.stage('a.js', signs('evil'));
    repository.commit();
    expect(await scanned(repository, '--range', `${base}..HEAD`)).toMatchObject({ findings: ['a.js:2 no-hardcoded-secret'] });
  });

  test('with three dots compares with where the two parted', async () => {
    const repository = project({ 'a.js': signs('a') });
    repository.git('checkout', '--quiet', '-b', 'work');
    commit(repository, { 'a.js': `// touched\n${signs('a')}` });
    repository.git('checkout', '--quiet', 'main');
    commit(repository, { 'a.js': MENDED });
    expect(await scanned(repository, '--range', 'main...work')).toMatchObject({ status: 0, findings: [], old: 1 });
    expect(await scanned(repository, '--range', 'main..work')).toMatchObject({ status: 1, old: 0 });
  });

  test('of histories without a common commit counts everything', async () => {
    const repository = project();
    repository.git('checkout', '--quiet', '--orphan', 'other');
    commit(repository, { 'a.js': signs('a') });
    expect(await scanned(repository, '--range', 'main...other')).toMatchObject({ findings: ['a.js:2 no-hardcoded-secret'] });
  });

  test('takes configuration, manifests and imported files from the newer end', async () => {
    const repository = project();
    const base = head(repository);
    commit(repository, {
      'words.js': "exports.phrase = 'made-up-phrase';\n",
      'sign.js':
        "const jwt = require('jsonwebtoken');\nconst { phrase } = require('./words');\nmodule.exports = () => jwt.sign({}, phrase, { expiresIn: 60 });\n",
    });
    repository.write('words.js', HARMLESS);
    expect(await scanned(repository, '--range', `${base}..HEAD`)).toMatchObject({ findings: ['words.js:1 no-hardcoded-secret'] });
    commit(repository, {
      'jwtlint.config.json': JSON.stringify({ ignore: ['words.js'] }),
      'words.js': "exports.phrase = 'made-up-other';\n",
    });
    expect(await scanned(repository, '--range', 'HEAD~..HEAD')).toMatchObject({ status: 0 });
  });

  test('finds the use of a changed constant in a file that did not change', async () => {
    const repository = project({
      'words.js': 'exports.phrase = process.env.PHRASE;\n',
      'sign.js':
        "const jwt = require('jsonwebtoken');\nconst { phrase } = require('./words');\nmodule.exports = () => jwt.sign({}, phrase, { expiresIn: 60 });\n",
    });
    commit(repository, { 'words.js': "exports.phrase = 'made-up-and-long-enough-to-be-a-key-0001';\n" });
    repository.stage('sign.js', HARMLESS);
    expect(await scanned(repository, '--range', 'HEAD~..HEAD')).toMatchObject({ findings: ['words.js:1 no-hardcoded-secret'] });
  });

  test('asks the ignore rules of the newer end', async () => {
    const repository = project();
    commit(repository, { '.env': 'JWT_SECRET=made-up-secret\n' });
    commit(repository, { '.gitignore': '.env\n' });
    repository.write('.gitignore', '');
    const { findings } = await scanned(repository, '--range', 'HEAD~2..HEAD');
    expect(findings.some((finding) => finding.startsWith('.env:1 '))).toBe(true);
    expect(findings.filter((finding) => finding.endsWith('require-gitignore'))).toEqual([]);
  });

  test('works in a subdirectory, in a bare repository and with odd names', async () => {
    const repository = project();
    mkdirSync(repository.path('deep'));
    commit(repository, { 'deep/[id] "ü"\n.js': signs('a') });
    const { stdout } = await runProgram({ cwd: repository.path('deep'), env: repository.env }, '--range', 'HEAD~..HEAD');
    expect(stdout).toContain('1 error in 1 file');
    const bare = temporaryDirectory();
    repository.git('clone', '--quiet', '--bare', repository.root, bare);
    const inBare = seenIn(await runProgram({ cwd: bare, env: repository.env }, '--range', 'HEAD~..HEAD', '-f', 'json'));
    expect(inBare.findings).toEqual(['deep/[id] "ü"\n.js:2 no-hardcoded-secret']);
  });

  test('leaves out links and submodules by name', async () => {
    const repository = project();
    symlinkSync('/etc/passwd', repository.path('link.js'));
    repository.git('add', 'link.js');
    repository.git('update-index', '--add', '--cacheinfo', `160000,${head(repository)},vendor/inner`);
    repository.commit();
    const { stdout } = await runProgram(repository.context, '--range', 'HEAD~..HEAD', '-f', 'json');
    expect(leftOutIn(stdout)).toEqual(['link.js: symbolic link', 'vendor/inner: submodule']);
  });

  test('starts nothing that the repository configures', async () => {
    const repository = project();
    commit(repository, { 'a.js': signs('a') });
    const trap = repository.script('.git/trap', `#!/bin/sh\ntouch '${repository.path('sprung')}'\nexit 1\n`);
    repository.write('.git/info/attributes', '*.js diff=trap filter=trap\n');
    for (const [name, value] of [
      ['log.showSignature', 'true'],
      ['gpg.program', trap],
      ['diff.external', trap],
      ['diff.trap.textconv', trap],
      ['filter.trap.clean', trap],
      ['core.fsmonitor', trap],
      ['core.pager', trap],
    ] as const)
      repository.git('config', name, value);
    expect(await scanned(repository, '--range', 'HEAD~..HEAD')).toMatchObject({ findings: ['a.js:2 no-hardcoded-secret'] });
    expect(await scanned(repository, '--changed')).toMatchObject({ findings: [] });
    expect(existsSync(repository.path('sprung'))).toBe(false);
  });

  test.each<[range: string, message: RegExp]>([
    ['main', /takes A\.\.B or A\.\.\.B, not main/],
    ['a..b..c', /takes A\.\.B/],
    ['nowhere..HEAD', /there is no commit nowhere here/],
    ['HEAD..--output=x', /there is no commit --output=x here/],
    [`HEAD..${'1'.repeat(40)}`, /there is no commit 1{40} here/],
  ])('refuses %s', async (range, message) => {
    const { status, stderr } = await runProgram(project().context, `--range=${range}`);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('says what a shallow clone lacks', async () => {
    const repository = project();
    const base = head(repository);
    commit(repository, { 'a.js': signs('a') });
    commit(repository, { 'b.js': signs('b') });
    const clone = new TemporaryRepository();
    clone.git('fetch', '--quiet', '--depth=2', `file://${repository.root}`, 'main');
    clone.git('checkout', '--quiet', 'FETCH_HEAD');
    const refused = await runProgram(clone.context, '--range', `${base}..HEAD`);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/This clone is shallow.*fetch-depth: 0/);
    clone.git('branch', 'empty', clone.gitWith('', 'commit-tree', '-m', 'x', clone.gitWith('', 'mktree').trim()).trim());
    const cut = await scanned(clone, '--range', 'empty..HEAD');
    expect(cut.notes).toEqual([expect.stringContaining('its history ends within the range')]);
    expect(cut.findings).toHaveLength(2);
    expect(await scanned(clone, '--range', 'HEAD~..HEAD')).toMatchObject({ findings: ['b.js:2 no-hardcoded-secret'], notes: [] });
  });
});

describe('what passes no pre-commit hook is seen in the range', () => {
  test('cherry-pick', async () => {
    const repository = project();
    repository.git('checkout', '--quiet', '-b', 'work');
    commit(repository, { 'a.js': signs('a') });
    repository.git('checkout', '--quiet', 'main');
    commit(repository, { 'b.js': HARMLESS });
    const base = head(repository);
    repository.git('cherry-pick', 'work');
    expect(await scanned(repository, '--range', `${base}..`)).toMatchObject({ findings: ['a.js:2 no-hardcoded-secret'] });
  });

  test('rebase', async () => {
    const repository = project();
    repository.git('checkout', '--quiet', '-b', 'work');
    commit(repository, { 'a.js': signs('a') });
    repository.git('checkout', '--quiet', 'main');
    commit(repository, { 'b.js': signs('b') });
    repository.git('checkout', '--quiet', 'work');
    repository.git('rebase', '--quiet', 'main');
    expect(await scanned(repository, '--range', 'main..')).toMatchObject({ findings: ['a.js:2 no-hardcoded-secret'] });
  });

  test('a revert that brings a secret back', async () => {
    const repository = project({ 'a.js': signs('a') });
    commit(repository, { 'a.js': MENDED });
    const base = head(repository);
    repository.git('revert', '--no-edit', 'HEAD');
    expect(await scanned(repository, '--range', `${base}..`)).toMatchObject({ findings: ['a.js:2 no-hardcoded-secret'] });
  });

  test('an amended commit, against its own parent', async () => {
    const repository = project();
    commit(repository, { 'a.js': signs('a') });
    repository.git('commit', '--quiet', '--amend', '--no-edit');
    // The hook of an amendment that changes nothing has nothing to look at.
    expect((await runProgram(repository.context, '--staged')).stdout).toBe('');
    expect(await scanned(repository, '--range', 'HEAD~..')).toMatchObject({ findings: ['a.js:2 no-hardcoded-secret'] });
  });
});

describe('--pre-push', () => {
  /** A repository with a remote that has its main branch. */
  function cloned(): TemporaryRepository {
    const repository = project({ 'old.js': signs('old') });
    const remote = temporaryDirectory();
    repository.git('init', '--quiet', '--bare', remote);
    repository.git('remote', 'add', 'origin', remote);
    repository.git('push', '--quiet', 'origin', 'main');
    return repository;
  }

  test('of a branch compares with what the remote has of it', async () => {
    const repository = cloned();
    const there = head(repository);
    const here = commit(repository, { 'old.js': `// touched\n${signs('old')}`, 'new.js': signs('new') });
    const line = `refs/heads/main ${here} refs/heads/main ${there}`;
    const seen = seenIn(await pushed(repository, [line], '--pre-push', 'origin', 'ssh://example.invalid/x', '-f', 'json'));
    expect(seen).toMatchObject({ status: 1, findings: ['new.js:2 no-hardcoded-secret'], old: 1, scope: 'commits' });
    const { stdout } = await pushed(repository, [line], '--pre-push', 'origin', 'ssh://example.invalid/x');
    expect(stdout).toContain('1 error in what is about to be pushed');
  });

  test('of a new branch looks at what no branch of the remote has', async () => {
    const repository = cloned();
    repository.git('checkout', '--quiet', '-b', 'work');
    const here = commit(repository, { 'old.js': `// touched\n${signs('old')}`, 'new.js': signs('new') });
    const seen = seenIn(
      await pushed(repository, [`refs/heads/work ${here} refs/heads/work ${NONE}`], '--pre-push', 'origin', '-f', 'json'),
    );
    expect(seen).toMatchObject({ status: 1, findings: ['new.js:2 no-hardcoded-secret'], old: 1 });
  });

  test('of a first push looks at everything', async () => {
    const repository = project({ 'old.js': signs('old') });
    repository.git('remote', 'add', 'origin', temporaryDirectory());
    const seen = seenIn(
      await pushed(repository, [`refs/heads/main ${head(repository)} refs/heads/main ${NONE}`], '--pre-push', 'origin', '-f', 'json'),
    );
    expect(seen).toMatchObject({ status: 1, findings: ['old.js:2 no-hardcoded-secret'], old: 0 });
  });

  test('of a rewritten branch looks at its new commits, against what is there', async () => {
    const repository = cloned();
    const there = commit(repository, { 'a.js': signs('a') });
    repository.git('push', '--quiet', 'origin', 'main');
    repository.git('reset', '--quiet', '--hard', 'HEAD~');
    const here = commit(repository, { 'b.js': signs('b') });
    const line = (old: string) => `refs/heads/main ${here} refs/heads/main ${old}`;
    expect(seenIn(await pushed(repository, [line(there)], '--pre-push', 'origin', '-f', 'json')).findings).toEqual([
      'b.js:2 no-hardcoded-secret',
    ]);
    // What somebody else pushed meanwhile is not known here.
    expect(seenIn(await pushed(repository, [line('1'.repeat(40))], '--pre-push', 'origin', '-f', 'json')).findings).toEqual([
      'b.js:2 no-hardcoded-secret',
    ]);
  });

  test('of tags looks at the commits behind them, and at each commit once', async () => {
    const repository = cloned();
    const here = commit(repository, { 'a.js': signs('a') });
    repository.git('tag', '-a', '-m', 'a tag', 'v1');
    const lines = [
      `refs/tags/v1 ${head(repository, 'v1')} refs/tags/v1 ${NONE}`,
      `refs/heads/main ${here} refs/heads/main ${head(repository, 'HEAD~')}`,
    ];
    expect(seenIn(await pushed(repository, lines, '--pre-push', 'origin', '-f', 'json')).findings).toEqual(['a.js:2 no-hardcoded-secret']);
    repository.git('tag', 'blob', head(repository, 'HEAD:a.js'));
    const refused = await pushed(repository, [`refs/tags/blob ${head(repository, 'blob')} refs/tags/blob ${NONE}`], '--pre-push', 'origin');
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('refs/tags/blob names no commit') as string });
  });

  test('of several branches reports what each brings', async () => {
    const repository = cloned();
    const lines = ['one', 'two'].map((name) => {
      repository.git('checkout', '--quiet', '-b', name, 'main');
      return `refs/heads/${name} ${commit(repository, { [`${name}.js`]: signs(name) })} refs/heads/${name} ${NONE}`;
    });
    expect(seenIn(await pushed(repository, lines, '--pre-push', 'origin', '-f', 'json')).findings).toEqual([
      'one.js:2 no-hardcoded-secret',
      'two.js:2 no-hardcoded-secret',
    ]);
  });

  test('sees a secret that only passes through', async () => {
    const repository = cloned();
    const there = head(repository);
    commit(repository, { '.env': 'JWT_SECRET=made-up-secret\n' });
    repository.git('rm', '--quiet', '.env');
    repository.commit();
    const line = `refs/heads/main ${head(repository)} refs/heads/main ${there}`;
    const { status, stdout } = await pushed(repository, [line], '--pre-push', 'origin');
    expect(status).toBe(1);
    expect(stdout).toContain('before it is pushed');
  });

  test('is silent when nothing is pushed: a deletion, commits that the remote has, no lines', async () => {
    const repository = cloned();
    const silent = { status: 0, stdout: '', stderr: '' };
    expect(await pushed(repository, [`(delete) ${NONE} refs/heads/x ${head(repository)}`], '--pre-push', 'origin')).toEqual(silent);
    expect(await pushed(repository, [`refs/heads/x ${head(repository)} refs/heads/x ${NONE}`], '--pre-push', 'origin')).toEqual(silent);
    expect(await pushed(repository, [], '--pre-push', 'origin')).toEqual(silent);
  });

  test('takes an address for a remote without a name', async () => {
    const repository = cloned();
    const here = commit(repository, { 'new.js': signs('new') });
    const line = `refs/heads/main ${here} refs/heads/main ${NONE}`;
    const seen = seenIn(await pushed(repository, [line], '--pre-push', '/nowhere*[x', '/nowhere*[x', '-f', 'json'));
    expect(seen.findings).toEqual(['new.js:2 no-hardcoded-secret']);
  });

  test.each(['refs/heads/main', `a b c ${NONE}`, `a ${NONE} b ${NONE} c`])('refuses the line %s', async (line) => {
    const { status, stderr } = await pushed(project(), [line], '--pre-push', 'origin');
    expect(status).toBe(2);
    expect(stderr).toContain('<local ref> <local object name> <remote ref> <remote object name>');
  });

  test('at a terminal says what it is for', async () => {
    const { status, stderr } = await runProgram(project().context, '--pre-push');
    expect(status).toBe(2);
    expect(stderr).toContain('--range A..B');
  });
});

describe('--pre-receive', () => {
  test('in a bare repository looks at what no ref there has', async () => {
    const repository = project({ 'old.js': signs('old') });
    const bare = temporaryDirectory();
    repository.git('clone', '--quiet', '--bare', repository.root, bare);
    const old = head(repository);
    const here = commit(repository, { 'old.js': `// touched\n${signs('old')}`, 'new.js': signs('new') });
    // The objects arrive before any ref does.
    repository.git('--git-dir', bare, 'fetch', '--quiet', '--no-write-fetch-head', repository.root, 'main');
    const env = { ...repository.env, GIT_DIR: '.' };
    for (const line of [`${old} ${here} refs/heads/main`, `${NONE} ${here} refs/heads/work`]) {
      const stdin = Readable.from([Buffer.from(`${line}\n`)]);
      const seen = seenIn(await runProgram({ cwd: bare, env, stdin }, '--pre-receive', '-f', 'json'));
      expect(seen).toMatchObject({ status: 1, findings: ['new.js:2 no-hardcoded-secret'], old: 1 });
    }
    const stdin = Readable.from([Buffer.from(`${old} ${NONE} refs/heads/main\n`)]);
    expect(await runProgram({ cwd: bare, env, stdin }, '--pre-receive')).toMatchObject({ status: 0, stdout: '' });
  });
});

describe('--changed', () => {
  test('sees what is staged, what is not and what is untracked, as it is on disk', async () => {
    const repository = project({ 'old.js': signs('old'), 'same.js': signs('same'), 'mended.js': signs('m') });
    repository.write('old.js', `// touched\n${signs('old')}`);
    repository.stage('staged.js', signs('staged'));
    repository.write('untracked.js', signs('untracked'));
    repository.stage('mended.js', signs('worse'));
    repository.write('mended.js', MENDED);
    repository.write('ignored.js', signs('ignored'));
    repository.write('.git/info/exclude', 'ignored.js\n');
    expect(await scanned(repository, '--changed')).toMatchObject({
      status: 1,
      findings: ['staged.js:2 no-hardcoded-secret', 'untracked.js:2 no-hardcoded-secret'],
      old: 1,
      scope: 'changed',
    });
  });

  test('before the first commit sees everything', async () => {
    const repository = new TemporaryRepository();
    repository.write('package.json', MANIFEST);
    repository.stage('a.js', signs('a'));
    repository.write('b.js', signs('b'));
    expect((await scanned(repository, '--changed')).findings).toHaveLength(2);
  });

  test('knows a renamed file, an announced one, and none that is gone', async () => {
    const repository = project({ 'a.js': signs('a'), 'gone.js': signs('gone') });
    repository.git('mv', 'a.js', 'b.js');
    unlinkSync(repository.path('gone.js'));
    repository.write('announced.js', signs('announced'));
    repository.git('add', '--intent-to-add', 'announced.js');
    expect(await scanned(repository, '--changed')).toMatchObject({ findings: ['announced.js:2 no-hardcoded-secret'], old: 1 });
  });

  test('follows a changed constant to a file that did not change', async () => {
    const repository = project({
      'words.js': 'exports.phrase = process.env.PHRASE;\n',
      'sign.js':
        "const jwt = require('jsonwebtoken');\nconst { phrase } = require('./words');\nmodule.exports = () => jwt.sign({}, phrase, { expiresIn: 60 });\n",
    });
    repository.write('words.js', "exports.phrase = 'made-up-and-long-enough-to-be-a-key-0001';\n");
    expect(await scanned(repository, '--changed')).toMatchObject({ findings: ['words.js:1 no-hardcoded-secret'] });
  });

  test('sees no change in line ends that git converts, and baselines accept either kind', async () => {
    const repository = project({ 'old.js': signs('old'), 'same.js': signs('same') });
    const before = head(repository);
    repository.git('config', 'core.autocrlf', 'true');
    for (const path of ['old.js', 'same.js']) unlinkSync(repository.path(path));
    repository.git('checkout', '--quiet', '--', '.');
    const crlf = signs('old').replaceAll('\n', '\r\n');
    expect(readFileSync(repository.path('old.js'), 'latin1')).toBe(crlf);
    expect(await scanned(repository, '--changed')).toMatchObject({ status: 0, findings: [], old: 0 });
    repository.write('old.js', `// touched\r\n${crlf}`);
    for (const scope of [['--changed'], ['--since', before]])
      expect(await scanned(repository, ...scope)).toMatchObject({ status: 0, findings: [], old: 1 });
    await runProgram(repository.context, 'baseline', 'create', '--reason', 'made up');
    repository.git('add', '--all');
    repository.commit();
    for (const path of ['old.js', 'same.js']) repository.write(path, repository.git('show', `HEAD:${path}`));
    expect(await scanned(repository)).toMatchObject({ status: 0, findings: [] });
    expect(await scanned(repository, '--range', `${before}..HEAD`)).toMatchObject({ status: 0, findings: [] });
  });

  test('passes over sparse directories and submodules', async () => {
    const repository = project({ 'in/a.js': HARMLESS, 'out/b.js': signs('b') });
    repository.git('update-index', '--add', '--cacheinfo', `160000,${head(repository)},vendor/inner`);
    repository.commit();
    repository.git('sparse-checkout', 'set', 'in');
    expect(await scanned(repository, '--changed')).toMatchObject({ status: 0, findings: [] });
  });
});

describe('--since', () => {
  test('compares with where the branch left, and sees the work tree', async () => {
    const repository = project({ 'old.js': signs('old') });
    repository.git('checkout', '--quiet', '-b', 'work');
    commit(repository, { 'committed.js': signs('committed'), 'old.js': `// touched\n${signs('old')}` });
    repository.write('untracked.js', signs('untracked'));
    repository.git('checkout', '--quiet', 'main');
    commit(repository, { 'theirs.js': signs('theirs') });
    repository.git('checkout', '--quiet', 'work');
    expect(await scanned(repository, '--since', 'main')).toMatchObject({
      findings: ['committed.js:2 no-hardcoded-secret', 'untracked.js:2 no-hardcoded-secret'],
      old: 1,
      scope: 'changed',
    });
    expect(await scanned(repository, '--changed')).toMatchObject({ findings: ['untracked.js:2 no-hardcoded-secret'] });
  });

  test('refuses what is no commit', async () => {
    const { status, stderr } = await runProgram(project().context, '--since', 'nowhere');
    expect(status).toBe(2);
    expect(stderr).toContain('there is no commit nowhere here');
  });
});
