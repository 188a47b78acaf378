/** `jwtlint history` on real git. */
import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Progress } from '../src/progress.js';
import { findingsIn, leftOutIn, runProgram } from './run-program.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';

const MANIFEST = JSON.stringify({ name: 'shop', dependencies: { jsonwebtoken: '^9.0.2' } });

const signs = (word: string): string =>
  `const jwt = require('jsonwebtoken');\nmodule.exports = (id) => jwt.sign({ sub: id }, 'made-up-${word}', { expiresIn: '1h' });\n`;
const MENDED = signs('x').replace("'made-up-x'", 'process.env.JWT_SECRET');

interface Past {
  readonly commit: string;
  readonly date: string;
  readonly inHead: boolean;
  readonly branches: readonly string[];
  readonly alsoIn?: readonly string[];
}

interface Seen {
  readonly status: number;
  readonly findings: readonly string[];
  readonly past: readonly Past[];
  readonly notes: readonly string[];
  readonly files: number;
  readonly accepted: number;
}

async function history(repository: TemporaryRepository, ...argv: readonly string[]): Promise<Seen> {
  const { status, stdout, stderr } = await runProgram(repository.context, 'history', ...argv, '-f', 'json');
  if (!stdout.startsWith('{')) throw new Error(`no report: ${stderr}`);
  expect(stdout).not.toContain('made-up');
  const { notes, summary, findings, scope } = JSON.parse(stdout) as {
    scope: string;
    notes: string[];
    summary: { files: number; accepted: number };
    findings: { past: Past }[];
  };
  expect(scope).toBe('history');
  return {
    status,
    findings: findingsIn(stdout),
    past: findings.map(({ past }) => past),
    notes,
    files: summary.files,
    accepted: summary.accepted,
  };
}

function commit(repository: TemporaryRepository, files: Readonly<Record<string, string>>, day = '2024-01-01'): string {
  for (const [path, text] of Object.entries(files)) repository.stage(path, text);
  repository.env['GIT_COMMITTER_DATE'] = `${day}T12:00:00Z`;
  repository.commit();
  return repository.git('rev-parse', 'HEAD').trim();
}

function project(files: Readonly<Record<string, string>> = {}): TemporaryRepository {
  const repository = new TemporaryRepository();
  commit(repository, { 'package.json': MANIFEST, ...files });
  return repository;
}

describe('finds', () => {
  test('what was committed once and is gone, with the commit, the day and the branches', async () => {
    const repository = project();
    const leak = commit(repository, { 'a.js': signs('gone') }, '2024-02-03');
    repository.git('branch', 'stale');
    commit(repository, { 'a.js': MENDED });
    expect(await history(repository, '--no-cache')).toMatchObject({
      status: 1,
      findings: ['a.js:2 no-hardcoded-secret'],
      past: [{ commit: leak, date: '2024-02-03', inHead: false, branches: ['main', 'stale'] }],
    });
    const { stdout } = await runProgram(repository.context, 'history');
    expect(stdout).toContain(`in commit ${leak.slice(0, 12)} of 2024-02-03, not in HEAD any more; on main, stale`);
    expect(stdout).toContain('Make a new secret first');
    expect(stdout).toContain("jwt.sign({ sub: id }, '••••••'");
  });

  test('each value once, where it came in, however often the file changed', async () => {
    const repository = project();
    const leak = commit(repository, { 'a.js': signs('one') });
    for (const text of ['// a', '// b', '// c']) commit(repository, { 'a.js': `${text}\n${signs('one')}` });
    repository.git('mv', 'a.js', 'b.js');
    commit(repository, { 'c.js': signs('two') });
    const { findings, past } = await history(repository);
    expect(findings).toEqual(['a.js:2 no-hardcoded-secret', 'c.js:2 no-hardcoded-secret'].sort());
    expect(past.find((each) => each.commit === leak)).toMatchObject({ inHead: true, alsoIn: ['b.js'] });
  });

  test('guessable values that stood in the same place, each of them', async () => {
    const repository = project({ '.env': 'JWT_SECRET=made-up-one\n' });
    commit(repository, { '.env': 'JWT_SECRET=made-up-two\n' });
    repository.git('rm', '-q', '.env');
    repository.commit();
    const { findings } = await history(repository);
    expect(findings.filter((each) => each.startsWith('.env:1 '))).toHaveLength(2);
  });

  test('what only a merge, another branch or a tag has', async () => {
    const repository = project();
    repository.git('checkout', '-qb', 'work');
    commit(repository, { 'work.js': signs('work') });
    repository.git('checkout', '-q', 'main');
    repository.git('merge', '-q', '--no-ff', '--no-commit', 'work');
    commit(repository, { 'evil.js': signs('evil') });
    repository.git('checkout', '-q', '--orphan', 'lost');
    commit(repository, { 'lost.js': signs('lost') });
    repository.git('tag', 'v0');
    repository.git('checkout', '-q', 'main');
    repository.git('branch', '-qD', 'lost');
    expect(new Set((await history(repository)).findings)).toEqual(
      new Set(['evil.js:2 no-hardcoded-secret', 'work.js:2 no-hardcoded-secret']),
    );
    expect((await history(repository, '--all')).findings).toHaveLength(3);
    expect((await history(repository, 'v0')).findings).toHaveLength(3);
  });

  test('the most dangerous first: what is real before what stands in tests, what is still there before what is gone', async () => {
    const repository = project({ 'test/a.test.js': signs('test') });
    commit(repository, { 'gone.js': signs('gone') }, '2024-05-05');
    commit(repository, { 'there.js': signs('there') }, '2024-04-04');
    repository.git('rm', '-q', 'gone.js');
    repository.commit();
    expect((await history(repository, '--info')).findings).toEqual([
      'there.js:2 no-hardcoded-secret',
      'gone.js:2 no-hardcoded-secret',
      'test/a.test.js:2 no-hardcoded-secret',
    ]);
  });

  test('a value in a test that went on to stand in the program, there', async () => {
    const repository = project({ 'test/a.test.js': signs('shared') });
    const real = commit(repository, { 'a.js': signs('shared') });
    expect(await history(repository)).toMatchObject({
      findings: ['a.js:2 no-hardcoded-secret'],
      past: [{ commit: real, alsoIn: ['test/a.test.js'] }],
    });
  });

  test('key files and tokens', async () => {
    const repository = project();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    commit(repository, { 'certs/server.key': pem });
    repository.git('rm', '-q', 'certs/server.key');
    repository.commit();
    expect((await history(repository)).findings).toEqual(['certs/server.key:1 no-private-key']);
  });

  test('nothing in calls without a value: they can be mended, not leaked', async () => {
    const repository = project({
      'a.js':
        "const jwt = require('jsonwebtoken');\nmodule.exports = (token) => jwt.verify(token, process.env.K, { ignoreExpiration: true });\n",
    });
    expect(await history(repository)).toMatchObject({ status: 0, findings: [] });
  });
});

describe('a range', () => {
  test('limits the commits', async () => {
    const repository = project();
    const first = commit(repository, { 'a.js': signs('a') });
    commit(repository, { 'b.js': signs('b') });
    expect((await history(repository, `${first}..`)).findings).toEqual(['b.js:2 no-hardcoded-secret']);
    expect((await history(repository, first)).findings).toEqual(['a.js:2 no-hardcoded-secret']);
  });

  test.each([
    [['nowhere'], /there is no commit nowhere here/],
    [['--all', 'a', 'b'], /takes one range/],
    [['--staged'], /--staged is no option of jwtlint history/],
  ])('%j is refused', async (argv, message) => {
    const { status, stderr } = await runProgram(project().context, 'history', ...argv);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

describe('honours', () => {
  test('configuration, baseline and directives', async () => {
    const repository = project({ 'legacy.js': signs('legacy') });
    await runProgram(repository.context, 'baseline', 'create');
    repository.git('add', '--all');
    commit(repository, {
      'jwtlint.config.json': JSON.stringify({ ignore: ['vendor/**'] }),
      'vendor/a.js': signs('vendor'),
      'silenced.js': signs('silenced').replace(
        'module.exports',
        '// jwtlint-disable-next-line no-hardcoded-secret -- a demo\nmodule.exports',
      ),
    });
    expect(await history(repository)).toMatchObject({ status: 0, findings: [], accepted: 1 });
    expect((await history(repository, '--no-config')).findings).toEqual(['vendor/a.js:2 no-hardcoded-secret']);
  });

  test('what a hostile or broken repository has: links, submodules, large and missing contents, odd names', async () => {
    const repository = project({ 'deep/[id] "ü"\n.js': signs('odd') });
    repository.git('update-index', '--add', '--cacheinfo', `160000,${repository.git('rev-parse', 'HEAD').trim()},vendor/inner`);
    repository.git(
      'update-index',
      '--add',
      '--cacheinfo',
      `120000,${repository.gitWith('/etc/passwd', 'hash-object', '-w', '--stdin').trim()},link.js`,
    );
    repository.commit();
    commit(repository, { 'big.js': 'x'.repeat(6 * 1024 * 1024), 'missing.js': signs('missing') });
    const oid = repository.git('rev-parse', 'HEAD:missing.js').trim();
    rmSync(join(repository.root, '.git/objects', oid.slice(0, 2), oid.slice(2)));
    const { stdout } = await runProgram(repository.context, 'history', '-f', 'json');
    expect(findingsIn(stdout)).toEqual(['deep/[id] "ü"\n.js:2 no-hardcoded-secret']);
    expect(leftOutIn(stdout).sort()).toEqual(['big.js: too large', 'missing.js: unreadable']);
  });

  test('more bytes than are kept waiting, while questions about projects are asked', async () => {
    const repository = new TemporaryRepository();
    const padding = '# so many lines\n'.repeat(64 * 1024);
    for (let index = 0; index < 24; index++) {
      repository.stage(`packages/p${String(index)}/package.json`, MANIFEST);
      repository.stage(`packages/p${String(index)}/.env`, `JWT_SECRET=made-up-Q7xR2vLm9TzK-${String(index)}\n${padding}`);
    }
    repository.commit();
    expect((await history(repository)).findings).toHaveLength(24);
  });

  test('nothing before the first commit, and says so; a bare and a shallow clone', async () => {
    expect(await history(new TemporaryRepository())).toMatchObject({ status: 0, notes: ['there are no commits yet'] });
    const repository = project({ 'a.js': signs('a') });
    commit(repository, { 'a.js': MENDED });
    const bare = temporaryDirectory();
    repository.git('clone', '-q', '--bare', repository.root, bare);
    const inBare = await runProgram({ cwd: bare, env: repository.env }, 'history', '-f', 'json');
    expect(findingsIn(inBare.stdout)).toEqual(['a.js:2 no-hardcoded-secret']);
    const shallow = new TemporaryRepository();
    shallow.git('fetch', '-q', '--depth=1', `file://${repository.root}`, 'main');
    shallow.git('checkout', '-q', 'FETCH_HEAD');
    expect((await history(shallow)).notes).toEqual([expect.stringContaining('this clone is shallow')]);
  });
});

describe('the cache', () => {
  const cacheOf = (repository: TemporaryRepository): string[] => readdirSync(repository.path('.git/jwtlint'));

  test('spares what is known to be clean, and never what is not', async () => {
    const repository = project({ 'clean.js': 'module.exports = 1;\n', 'mended.js': MENDED });
    commit(repository, { 'a.js': signs('a') });
    const first = await history(repository);
    expect(first.files).toBe(4);
    commit(repository, { 'b.js': signs('b'), 'other.js': 'module.exports = 2;\n' });
    const second = await history(repository);
    // Both leaks, and what is new.
    expect(second.files).toBe(3);
    expect(second.findings).toHaveLength(2);
    expect(second.notes).toEqual([expect.stringMatching(/^3 contents known to be clean/)]);
    expect((await history(repository, '--no-cache')).files).toBe(6);
  });

  test('is another one when packages or configuration are others', async () => {
    const repository = new TemporaryRepository();
    commit(repository, { 'package.json': '{}', '.env': 'APP_PHRASE=made-up-phrase\n' });
    await history(repository);
    commit(repository, { 'jwtlint.config.json': JSON.stringify({ secretNames: ['APP_PHRASE'] }) });
    const { findings, notes } = await history(repository);
    expect(findings.some((each) => each.startsWith('.env:1 '))).toBe(true);
    expect(notes).toEqual([]);
  });

  test('survives what a run that was killed left behind, and removes what another version wrote', async () => {
    const repository = project({ 'clean.js': 'module.exports = 1;\n' });
    await history(repository);
    const [name = ''] = cacheOf(repository);
    const file = repository.path(`.git/jwtlint/${name}`);
    appendFileSync(file, `${'1'.repeat(40)} cut-of`);
    writeFileSync(repository.path('.git/jwtlint/clean-0.0.0-x'), '');
    expect((await history(repository)).files).toBe(0);
    expect(cacheOf(repository)).toEqual([name]);
    expect(readFileSync(file, 'utf8')).not.toContain('made-up');
  });

  test('that cannot be written is a note', async () => {
    const repository = project();
    writeFileSync(repository.path('.git/jwtlint'), 'a file in the way');
    expect((await history(repository)).notes).toEqual([expect.stringMatching(/could not be noted for the next run \(E/)]);
  });
});

test('a person at the terminal sees how far it is, after a while, and nobody else does', async () => {
  const written: string[] = [];
  const progressOf = (isTerminal: boolean, env: NodeJS.ProcessEnv): Progress =>
    new Progress({ stderrIsTerminal: () => isTerminal, env, stderr: { write: (text) => written.push(text) } });
  const [watched, piped, inCi] = [progressOf(true, {}), progressOf(false, {}), progressOf(true, { CI: 'true' })];
  for (const progress of [watched, piped, inCi]) progress.tell(() => 'too early');
  await new Promise((resolve) => setTimeout(resolve, 550));
  for (const progress of [watched, piped, inCi]) {
    progress.tell(() => 'half of it');
    progress.tell(() => 'too soon after');
    progress.end();
  }
  expect(written).toEqual(['\r\u001b[2Khalf of it', '\r\u001b[2K']);
});
