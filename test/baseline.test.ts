/** The baseline: what it accepts, what it does not, and what is said of a broken one. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatBaseline, parseBaseline } from '../src/baseline.js';
import { JwtlintError } from '../src/errors.js';
import { findingsIn, runProgram, type Outcome } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

const FILE = 'jwtlint.baseline.jsonl';
const STRONG = 'made-up-q8Zr1vXn5LwK3tYb7HsD2fGj9PcM4aEu';
const OTHER = 'made-up-W6yTk2Bd8RvN4xHq1ZpJ7sLg5FcM9eUa';

const signs = (value: string): string =>
  `const jwt = require('jsonwebtoken');\nmodule.exports = (id) => jwt.sign({ sub: id }, '${value}', { expiresIn: '1h' });\n`;

function project(files: Readonly<Record<string, string>>): TemporaryRepository {
  const repository = new TemporaryRepository();
  repository.stage('package.json', JSON.stringify({ name: 'shop', dependencies: { jsonwebtoken: '^9.0.2' } }));
  for (const [path, text] of Object.entries(files)) repository.stage(path, text);
  repository.commit();
  return repository;
}

const run = (repository: TemporaryRepository, ...argv: readonly string[]): Promise<Outcome> => runProgram(repository.context, ...argv);

async function created(files: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<TemporaryRepository> {
  const repository = project(files);
  expect(await run(repository, 'baseline', 'create', ...argv)).toMatchObject({ status: 0, stderr: '' });
  repository.git('add', FILE);
  repository.commit();
  return repository;
}

interface Seen {
  readonly status: number;
  readonly findings: readonly string[];
  readonly accepted: number;
  readonly notes: readonly string[];
}

async function scanned(repository: TemporaryRepository, ...argv: readonly string[]): Promise<Seen> {
  const { status, stdout, stderr } = await run(repository, ...argv, '-f', 'json');
  if (!stdout.startsWith('{')) throw new Error(stderr);
  const { notes, summary } = JSON.parse(stdout) as { notes: string[]; summary: { accepted: number } };
  return { status, findings: findingsIn(stdout), accepted: summary.accepted, notes };
}

const textOf = (repository: TemporaryRepository): string => readFileSync(repository.path(FILE), 'utf8');
const linesOf = (repository: TemporaryRepository): Record<string, unknown>[] =>
  textOf(repository)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a value that a call in another file uses', () => {
  test.each([
    ['is accepted in a scan of its own file too', STRONG, 1],
    ['is not when it could be guessed, since it could be another one', 'made-up-weak', 0],
  ])('%s', async (_, value, accepted) => {
    const repository = await created({
      'config.js': `exports.jwtSecret = '${value}';\n`,
      'a.js':
        "const jwt = require('jsonwebtoken');\nconst { jwtSecret } = require('./config');\nexports.f = (id) => jwt.sign({ id }, jwtSecret, { expiresIn: '1h' });\n",
    });
    expect(linesOf(repository).at(-1)).toMatchObject({ path: 'config.js', symbol: expect.stringMatching(/^used /) as string });
    expect(await scanned(repository, 'config.js')).toMatchObject({ status: 1 - accepted, accepted });
    repository.write('config.js', `exports.jwtSecret = '${OTHER}';\n`);
    expect(await scanned(repository, 'config.js')).toMatchObject({ status: 1, accepted: 0 });
  });
});

describe('create', () => {
  test('accepts what is there, in every mode, and nothing that comes', async () => {
    const repository = await created({ 'a.js': signs(STRONG), 'b.js': signs('made-up-weak') });
    expect(await scanned(repository)).toEqual({ status: 0, findings: [], accepted: 2, notes: [] });
    const base = repository.git('rev-parse', 'HEAD').trim();
    repository.stage('a.js', `// moved down\n\n${signs(STRONG)}`);
    repository.stage('new.js', signs('made-up-new'));
    const expected = { status: 1, findings: ['new.js:2 no-hardcoded-secret'], accepted: 1, notes: [] };
    expect(await scanned(repository, '--staged')).toEqual(expected);
    expect(await scanned(repository, '--changed')).toEqual(expected);
    repository.commit();
    expect(await scanned(repository, '--range', `${base}..`)).toEqual(expected);
    expect(await scanned(repository, '--range', `${base}..`, '--include-old')).toEqual(expected);
    expect(await scanned(repository)).toEqual({ ...expected, accepted: 2 });
  });

  test('writes an entry a line, sorted, with a reason, and nothing that could be cracked', async () => {
    const repository = await created(
      { 'b.js': signs('made-up-weak'), 'a.js': signs(STRONG) },
      '--reason',
      'old “service”',
      '--expires',
      '2999-12-31',
    );
    const [header, ...entries] = linesOf(repository);
    expect(header).toEqual({ 'jwtlint-baseline': 1, salt: expect.stringMatching(/^[0-9a-v]{26}$/) as string });
    const common = { rule: 'no-hardcoded-secret', symbol: expect.any(String) as string, reason: 'old “service”', expires: '2999-12-31' };
    expect(entries).toEqual([
      { ...common, path: 'a.js', value: expect.stringMatching(/^[0-9a-v]{16}$/) as string },
      { ...common, path: 'b.js', value: 'weak' },
    ]);
    expect(textOf(repository)).not.toMatch(/made-up|weak-?\w+[^"]/);
    expect(await scanned(repository, FILE)).toMatchObject({ findings: [] });
  });

  test('gives another salt each time, and the same lines for the same salt', async () => {
    const repository = await created({ 'a.js': signs(STRONG) });
    const [{ salt } = {}] = linesOf(repository);
    expect(formatBaseline(parseBaseline(FILE, textOf(repository)))).toBe(textOf(repository));
    rmSync(repository.path(FILE));
    await run(repository, 'baseline', 'create');
    expect(linesOf(repository)[0]?.['salt']).not.toBe(salt);
  });

  test('covers the whole repository from wherever in it, and refuses to write over one', async () => {
    const repository = project({ 'a.js': signs(STRONG), 'deep/b.js': signs('made-up-weak') });
    const deep = { cwd: repository.path('deep'), env: repository.env };
    expect(await runProgram(deep, 'baseline', 'create')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('2 findings accepted') as string,
    });
    expect(await runProgram(deep, 'baseline', 'create')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is there already') as string,
    });
  });

  test('writes nothing when there is nothing to accept', async () => {
    const repository = project({ 'a.js': 'module.exports = 1;\n' });
    expect(await run(repository, 'baseline', 'create')).toMatchObject({ status: 0, stdout: 'No findings: no baseline is needed.\n' });
    expect(existsSync(repository.path(FILE))).toBe(false);
  });

  test('says when the place cannot be written, and leaves nothing behind', async () => {
    const repository = project({ 'a.js': signs(STRONG) });
    mkdirSync(repository.path(`${FILE}.${String(process.pid)}.tmp`));
    const { status, stderr } = await run(repository, 'baseline', 'create');
    expect([status, stderr]).toEqual([2, expect.stringContaining(`The baseline could not be written to ${FILE} (EISDIR)`)]);
    expect(existsSync(repository.path(FILE))).toBe(false);
  });
});

describe('an entry', () => {
  test('accepts no other value in the same place', async () => {
    const repository = await created({ 'a.js': signs(STRONG) });
    repository.stage('a.js', signs(OTHER));
    expect(await scanned(repository, '--staged')).toMatchObject({ status: 1, findings: ['a.js:2 no-hardcoded-secret'], accepted: 0 });
    expect(await scanned(repository)).toMatchObject({
      status: 1,
      notes: [expect.stringContaining('1 entry of the baseline (a.js) fits nothing')],
    });
  });

  test('accepts no other guessable value that a change brings, although it holds no digest of one', async () => {
    const repository = await created({ 'a.js': signs('made-up-weak') });
    repository.stage('a.js', signs('made-up-puny'));
    expect(await scanned(repository, '--staged')).toMatchObject({ status: 1, findings: ['a.js:2 no-hardcoded-secret'] });
    repository.stage('a.js', `//\n${signs('made-up-weak')}`);
    expect(await scanned(repository, '--staged')).toMatchObject({ status: 0, accepted: 1 });
  });

  test('of the same commit as its value accepts it', async () => {
    const repository = project({});
    repository.stage('a.js', signs('made-up-weak'));
    await run(repository, 'baseline', 'create');
    expect(await scanned(repository, '--staged')).toMatchObject({ status: 1 });
    repository.git('add', FILE);
    expect(await scanned(repository, '--staged')).toMatchObject({ status: 0, accepted: 1 });
  });

  test('follows a file that moves, once, and prune writes down where to', async () => {
    const repository = await created({ 'a.js': signs(STRONG) });
    repository.git('mv', 'a.js', 'b.js');
    expect(await scanned(repository)).toMatchObject({ status: 0, accepted: 1, notes: [] });
    repository.stage('c.js', signs(STRONG));
    expect(await scanned(repository)).toMatchObject({ status: 1, accepted: 1 });
    repository.git('rm', '-qf', 'c.js');
    expect(await run(repository, 'baseline', 'prune')).toMatchObject({ status: 0, stdout: '0 stale entries, 1 left.\n' });
    expect(linesOf(repository)[1]).toMatchObject({ path: 'b.js' });
  });

  test('is for one of several equal findings, from the top', async () => {
    const twice = `${signs('made-up-weak')}module.exports.other = (id) => jwt.sign({ sub: id }, 'made-up-weak', { expiresIn: '1h' });\n`;
    const repository = await created({ 'a.js': twice });
    expect(linesOf(repository).slice(1)).toMatchObject([{ path: 'a.js' }, { path: 'a.js', nth: 2 }]);
    repository.stage('a.js', `${twice}module.exports.third = (id) => jwt.sign({ sub: id }, 'made-up-weak', { expiresIn: '1h' });\n`);
    expect(await scanned(repository)).toMatchObject({ findings: ['a.js:4 no-hardcoded-secret'], accepted: 2 });
  });

  test('holds until its day, which is told when it is over', async () => {
    const repository = await created({ 'a.js': signs(STRONG) }, '--expires', '2001-01-01');
    expect(await scanned(repository)).toMatchObject({
      status: 1,
      findings: ['a.js:2 no-hardcoded-secret'],
      notes: ['1 entry of the baseline (a.js) has expired: mend it, or decide again by jwtlint baseline review'],
    });
  });

  test('accepts a call without a value as well', async () => {
    const repository = await created({
      'a.js':
        "const jwt = require('jsonwebtoken');\nmodule.exports = (token) => jwt.verify(token, process.env.K, { ignoreExpiration: true, algorithms: ['HS256'] });\n",
    });
    expect(
      linesOf(repository)
        .slice(1)
        .every((entry) => !('value' in entry)),
    ).toBe(true);
    expect(await scanned(repository)).toMatchObject({ status: 0, findings: [] });
  });
});

describe('prune', () => {
  test('takes out what fits nothing any more, and nothing else', async () => {
    const repository = await created({ 'a.js': signs(STRONG), 'b.js': signs(OTHER) });
    repository.stage('b.js', 'module.exports = 1;\n');
    expect(await run(repository, 'baseline', 'prune')).toMatchObject({
      status: 0,
      stdout: 'taken out: b.js no-hardcoded-secret\n1 stale entry, 1 left.\n',
    });
    expect(await scanned(repository)).toMatchObject({ status: 0, accepted: 1, notes: [] });
  });

  test('needs one', async () => {
    expect(await run(project({}), 'baseline', 'prune')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('baseline create') as string,
    });
  });
});

describe('review', () => {
  test('asks about each finding and each stale entry, with masked code, and writes what was decided', async () => {
    const repository = await created({ 'a.js': signs(STRONG), 'b.js': signs(OTHER), 'gone.js': signs('made-up-gone') });
    repository.git('rm', '-q', 'gone.js');
    repository.stage('new.js', signs('made-up-new'));
    const answers = ['t', 'r', 'the partner needs it', 'x', 'a', 'until the rewrite', 't'];
    const { status, stdout } = await runProgram({ ...repository.context, answers, terminal: 80 }, 'baseline', 'review', '--no-color');
    expect(status).toBe(0);
    expect(stdout).toContain('1 of 4');
    expect(stdout).toContain("jwt.sign({ sub: id }, '••••••'");
    expect(stdout).not.toContain('made-up');
    expect(stdout).toContain('4 changes written');
    expect(linesOf(repository).slice(1)).toMatchObject([
      { path: 'b.js', reason: 'the partner needs it' },
      { path: 'new.js', reason: 'until the rewrite' },
    ]);
    expect(await scanned(repository)).toMatchObject({ findings: ['a.js:2 no-hardcoded-secret'], accepted: 2 });
  });

  test('makes a baseline where there is none', async () => {
    const repository = project({ 'a.js': signs(STRONG) });
    const answers = ['a', ' ', 'q'];
    expect(await runProgram({ ...repository.context, answers, terminal: 80 }, 'baseline', 'review')).toMatchObject({ status: 0 });
    expect(existsSync(repository.path(FILE))).toBe(false);
    await runProgram({ ...repository.context, answers: ['a', 'for now'], terminal: 80 }, 'baseline', 'review');
    expect(await scanned(repository)).toMatchObject({ status: 0, accepted: 1 });
  });

  test('broken off, keeps what was decided so far', async () => {
    const repository = await created({ 'a.js': signs(STRONG), 'b.js': signs(OTHER) });
    expect(await runProgram({ ...repository.context, answers: ['t'], terminal: 80 }, 'baseline', 'review')).toMatchObject({ status: 130 });
    expect(linesOf(repository).slice(1)).toMatchObject([{ path: 'b.js' }]);
  });

  test('needs a terminal', async () => {
    expect(await run(project({}), 'baseline', 'review')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no terminal') as string,
    });
  });
});

describe('a broken baseline', () => {
  const HEADER = '{"jwtlint-baseline":1,"salt":"0123456789abcdefghij"}';
  const ENTRY = { rule: 'no-weak-secret', path: 'a.js', symbol: 's', value: 'weak', reason: 'old' };
  const line = (change: object): string => JSON.stringify({ ...ENTRY, ...change });

  test.each<[name: string, text: string, message: RegExp]>([
    ['a conflict', `${HEADER}\n<<<<<<< HEAD\n${line({})}\n=======\n>>>>>>> other\n`, /:2: a conflict of a merge is not resolved/],
    ['two salts', `${HEADER}\n{"jwtlint-baseline":1,"salt":"zzz"}\n`, /:2: the salt is broken/],
    ['two baselines', `${HEADER}\n${line({})}\n{"jwtlint-baseline":1,"salt":"aaaaaaaaaaaaaaaaaaaa"}\n`, /:3: there are two salts/],
    ['another form', '{"jwtlint-baseline":2,"salt":"0123456789abcdefghij"}\n', /does not know/],
    ['no header', `${line({})}\n`, /the first line with the salt is missing/],
    ['nothing', '', /the first line with the salt is missing/],
    ['a foreign key', `${HEADER}\n${line({ lines: 3 })}\n`, /:2: there is no key "lines"/],
    ['a misspelled key', `${HEADER}\n${line({ expire: '2027-01-01' })}\n`, /there is no key "expire"[^]*Did you mean "expires"\?/],
    ['no reason', `${HEADER}\n${line({ reason: '' })}\n`, /"reason" is missing/],
    ['no day', `${HEADER}\n${line({ expires: '2027-02-31' })}\n`, /"expires" is no day/],
    ['a value', `${HEADER}\n${line({ value: 'made-up-secret' })}\n`, /"value" is neither/],
    ['an ordinal', `${HEADER}\n${line({ nth: 1 })}\n`, /"nth" is no whole number/],
    ['no JSON', `${HEADER}\n- made-up-secret\n`, /:2: the line is no JSON object/],
    ['a list', `${HEADER}\n[]\n`, /:2: the line is no JSON object/],
  ])('%s', async (_, text, message) => {
    expect(() => parseBaseline(FILE, text)).toThrow(JwtlintError);
    const repository = project({ 'a.js': signs(STRONG) });
    repository.write(FILE, text);
    const { status, stdout, stderr } = await run(repository);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('made-up');
  });

  test('in any order and twice is a whole one', () => {
    const { salt, entries } = parseBaseline(FILE, `${line({})}\n\n${HEADER}\r\n${HEADER}\n${line({ path: 'b.js' })}\n${line({})}\n`);
    expect(salt).toBe('0123456789abcdefghij');
    expect(formatBaseline({ salt, entries }).split('\n')).toHaveLength(4);
  });

  test('does not stop the commit that mends it', async () => {
    const repository = await created({ 'a.js': signs(STRONG) });
    const whole = textOf(repository);
    repository.stage(FILE, '<<<<<<< ours\n');
    repository.commit();
    repository.stage(FILE, whole);
    repository.stage('a.js', `//\n${signs(STRONG)}`);
    expect(await scanned(repository, '--staged')).toMatchObject({ status: 0, accepted: 1 });
  });
});

test.each([
  [['baseline'], /takes one of create, prune, review/],
  [['baseline', 'creat'], /Did you mean create\?/],
  [['baseline', 'create', 'x'], /create takes no paths/],
  [['baseline', 'create', '--expires', 'soon'], /--expires takes a day, not "soon"/],
  [['baseline', 'prune', '--reason', 'x'], /go with jwtlint baseline create/],
])('%j is refused', async (argv, message) => {
  const { status, stderr } = await run(project({}), ...argv);
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});
