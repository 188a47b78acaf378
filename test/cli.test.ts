/** The program from its arguments to its exit status, in memory. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { findingsIn, leftOutIn, runProgram, type Outcome } from './run-program.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';

const SECRET = randomBytes(24).toString('hex');
const SIGN = `import jwt from 'jsonwebtoken';\njwt.sign({ id: 1 }, '${SECRET}', { expiresIn: '1h' });\n`;
const CLEAN = `import jwt from 'jsonwebtoken';\njwt.sign({ id: 1 }, process.env.JWT_SECRET, { expiresIn: '1h' });\n`;
/** A configuration that lowers the finding of {@link SIGN}. */
const WARNING = '{ "rules": { "no-hardcoded-secret": "warning" } }';

interface Place {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A directory in no repository. */
function directoryOf(files: Readonly<Record<string, string>>): Place {
  const cwd = temporaryDirectory();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), content);
  }
  return { cwd, env: { PATH: process.env['PATH'], GIT_CEILING_DIRECTORIES: dirname(cwd) } };
}

/** A repository in which these files are staged. */
function repositoryOf(files: Readonly<Record<string, string>>): TemporaryRepository {
  const repository = new TemporaryRepository();
  for (const [path, content] of Object.entries(files)) repository.write(path, content);
  repository.git('add', '--all');
  return repository;
}

async function statusOf(place: Place, ...argv: readonly string[]): Promise<number> {
  return (await runProgram(place, ...argv)).status;
}

const SILENCE: Outcome = { status: 0, stdout: '', stderr: '' };

describe('exit status', () => {
  test('0 for nothing found, 1 for an error, 2 for a job that could not be done', async () => {
    expect(await statusOf(directoryOf({ 'a.js': CLEAN }))).toBe(0);
    expect(await statusOf(directoryOf({}))).toBe(0);
    expect(await statusOf(directoryOf({ 'a.js': SIGN }))).toBe(1);
    expect(await statusOf(directoryOf({ 'a.js': SIGN }), 'b.js')).toBe(2);
  });

  test('a dot is the whole, as nothing is', async () => {
    const repository = repositoryOf({
      'package.json': '{ "dependencies": { "jsonwebtoken": "9.0.2" } }',
      'a.js': SIGN,
      '.env.example': 'A=\n',
    });
    const found = findingsIn((await runProgram(repository.context, '-f', 'json')).stdout);
    expect(found.join()).toContain('require-gitignore');
    for (const here of [['.'], ['./'], ['./', '.']])
      expect(findingsIn((await runProgram(repository.context, '-f', 'json', ...here)).stdout)).toEqual(found);
  });

  test('a literal that one file takes as it is and another as a stand-in is told once', async () => {
    const place = directoryOf({
      'config.js': "module.exports = { secret: 'keep-it-between-us' };\n",
      'sign.js': "const config = require('./config');\nrequire('jsonwebtoken').sign({}, config.secret, { expiresIn: '1h' });\n",
      'verify.js':
        "const { secret } = require('./config');\nrequire('jsonwebtoken').verify(t, process.env.JWT_SECRET || secret, { algorithms: ['HS256'] });\n",
    });
    expect(findingsIn((await runProgram(place, '-f', 'json')).stdout)).toEqual(['config.js:1 no-secret-fallback']);
  });

  test('warnings pass, up to --max-warnings', async () => {
    const place = directoryOf({ 'a.js': SIGN, 'b.js': SIGN, 'jwtlint.config.json': WARNING });
    const { status, stdout } = await runProgram(place);
    expect(status).toBe(0);
    expect(stdout).toContain('2 warnings in 2 files.');
    expect(await statusOf(place, '--max-warnings', '2')).toBe(0);
    expect(await statusOf(place, '--max-warnings', '1')).toBe(1);
    expect(await statusOf(place, '--max-warnings=0', '--exit-zero')).toBe(0);
  });

  test('--exit-zero shows what there is, and still tells a job that could not be done', async () => {
    const place = directoryOf({ 'a.js': SIGN });
    const { status, stdout } = await runProgram(place, '--exit-zero', '-f', 'json');
    expect([status, findingsIn(stdout)]).toEqual([0, ['a.js:2 no-hardcoded-secret']]);
    expect(await statusOf(place, '--exit-zero', 'nowhere.js')).toBe(2);
  });

  test('--quiet shows errors only; warnings that are not shown still count', async () => {
    const place = directoryOf({
      'a.js': SIGN,
      'b/b.js': SIGN,
      'jwtlint.config.json': `{ "overrides": [{ "files": ["b/**"], "rules": { "no-hardcoded-secret": "warning" } }] }`,
    });
    const { status, stdout } = await runProgram(place, '--quiet');
    expect([status, stdout.match(/^\w+\[/gm)]).toEqual([1, ['error[']]);
    expect((await runProgram(place)).stdout.match(/^\w+\[/gm)).toEqual(['error[', 'warning[']);
    expect(findingsIn((await runProgram(place, '--quiet', '-f', 'json')).stdout)).toEqual(['a.js:2 no-hardcoded-secret']);
    const lowered = directoryOf({ 'a.js': SIGN, 'jwtlint.config.json': WARNING });
    expect(await statusOf(lowered, '--quiet')).toBe(0);
    expect(await statusOf(lowered, '--quiet', '--max-warnings', '0')).toBe(1);
  });

  test('--info shows what its place lowered, which never decides', async () => {
    const place = directoryOf({ 'test/a.js': SIGN.replace(SECRET, 'secret') });
    const without = await runProgram(place);
    expect([without.status, without.stdout.match(/^\w+\[/gm)]).toEqual([0, null]);
    expect(without.stdout).toContain('in tests, examples, docs or dependencies');
    const shown = await runProgram(place, '--info', '--max-warnings', '0');
    expect([shown.status, shown.stdout.match(/^\w+\[/gm)]).toEqual([0, ['info[']]);
    expect(findingsIn((await runProgram(place, '-f', 'json')).stdout)).toEqual([]);
    expect(findingsIn((await runProgram(place, '-f', 'json', '--info')).stdout)).toHaveLength(1);
  });
});

describe('what is wrong with a command line is said in one sentence, with the nearest right one', () => {
  test.each<[string[], string]>([
    [['--stagd'], 'jwtlint: there is no option --stagd\n  Did you mean --staged?\n'],
    [['-f', 'sarfi'], 'jwtlint: there is no format "sarfi"\n  Did you mean sarif?\n'],
    [
      ['nowhere.js'],
      'jwtlint: no such file or directory: nowhere.js\n  Check the spelling. With --no-warn-ignored, paths that are gone are passed over.\n',
    ],
    [['histroy'], 'jwtlint: no such file or directory: histroy\n  Did you mean jwtlint history?\n'],
    [['help'], 'jwtlint: no such file or directory: help\n  Did you mean jwtlint --help?\n'],
    [['a.js', 'histroy'], 'jwtlint: no such file or directory: histroy\n  Check the spelling.'],
    [['src/**/*.nothing'], 'jwtlint: no file matches src/**/*.nothing\n  Files that git ignores are not looked at.\n'],
    [['--config', 'nowhere.json'], 'jwtlint: there is no configuration nowhere.json'],
    [['--config', '../elsewhere.json'], 'jwtlint: The configuration ../elsewhere.json stands outside'],
  ])('%j', async (argv, said) => {
    const { status, stdout, stderr } = await runProgram(directoryOf({ 'a.js': SIGN }), ...argv);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr.slice(0, said.length)).toBe(said);
    expect(stderr).toMatch(/^jwtlint: [^\n]+\n(?: {2}[^\n]+\n)?$/);
  });

  test('an unknown rule in the configuration: file, line, and the nearest one', async () => {
    const place = directoryOf({ 'a.js': SIGN, 'jwtlint.config.json': '{\n  "rules": {\n    "no-hardcode-secret": "off"\n  }\n}\n' });
    const { status, stdout, stderr } = await runProgram(place);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^jwtlint: jwtlint\.config\.json:3:5: [^\n]*no-hardcode-secret[^\n]*\n[^\n]*no-hardcoded-secret[^\n]*\n$/);
  });
});

describe('reports', () => {
  test('-f may be given several times: one to standard output, the others to files', async () => {
    const place = directoryOf({ 'a.js': SIGN });
    const { status, stdout, stderr } = await runProgram(place, '-f', 'json', '-f', 'sarif=out/deep/out.sarif', '-f', 'stylish=out.txt');
    expect([status, stderr, findingsIn(stdout)]).toEqual([1, '', ['a.js:2 no-hardcoded-secret']]);
    const sarif = JSON.parse(readFileSync(join(place.cwd, 'out/deep/out.sarif'), 'utf8')) as { runs: { results: { ruleId: string }[] }[] };
    expect(sarif.runs[0]!.results.map(({ ruleId }) => ruleId)).toEqual(['no-hardcoded-secret']);
    expect(readFileSync(join(place.cwd, 'out.txt'), 'utf8')).toContain('1 error in 1 file.');
    expect(readdirSync(join(place.cwd, 'out/deep'))).toEqual(['out.sarif']);
  });

  test('only to a file: nothing is printed, and the status is the same', async () => {
    const place = directoryOf({ 'a.js': SIGN });
    expect(await runProgram(place, '-f', 'sarif=out.sarif')).toEqual({ status: 1, stdout: '', stderr: '' });
    expect(existsSync(join(place.cwd, 'out.sarif'))).toBe(true);
  });

  test.each([
    ['a directory', 'taken'],
    ['below a file', 'a.js/out.sarif'],
  ])('a place that cannot be written ends with 2, though nothing was found (%s)', async (_, file) => {
    const place = directoryOf({ 'a.js': CLEAN, 'taken/x': '' });
    const { status, stderr } = await runProgram(place, '-f', `sarif=${file}`);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^jwtlint: The report could not be written to [^\n]+ \(E[A-Z]+\)\.\n {2}Name a file[^\n]+\n$/);
    expect(readdirSync(place.cwd).toSorted()).toEqual(['a.js', 'taken']);
  });

  test.skipIf(process.platform === 'win32')('a file is replaced; a pipe or an open file is written to as it is', async () => {
    const place = directoryOf({ 'a.js': SIGN });
    const out = temporaryDirectory();
    writeFileSync(join(out, 'file'), 'of an earlier run');
    execFileSync('mkfifo', [join(out, 'pipe')]);
    const open = openSync(join(out, 'open'), 'w');
    const piped = readFile(join(out, 'pipe'), 'utf8');
    const places = [join(out, 'file'), join(out, 'pipe'), `/dev/fd/${String(open)}`];
    const outcome = await runProgram(place, ...places.flatMap((file) => ['-f', `json=${file}`]));
    closeSync(open);
    expect(outcome).toEqual({ status: 1, stdout: '', stderr: '' });
    for (const text of [readFileSync(join(out, 'file'), 'utf8'), await piped, readFileSync(join(out, 'open'), 'utf8')])
      expect(findingsIn(text)).toEqual(['a.js:2 no-hardcoded-secret']);
    expect(readdirSync(out).toSorted()).toEqual(['file', 'open', 'pipe']);
  });

  test('the summary of a step on GitHub keeps what the step wrote before', async () => {
    const place = directoryOf({ 'a.js': SIGN });
    const file = join(temporaryDirectory(), 'summary.md');
    const env = { ...place.env, GITHUB_STEP_SUMMARY: file };
    expect((await runProgram({ ...place, env }, '-f', `markdown=${file}`)).status).toBe(1);
    writeFileSync(file, '# Tests\n');
    expect((await runProgram({ ...place, env }, '-f', `markdown=${file}`)).status).toBe(1);
    expect(readFileSync(file, 'utf8')).toMatch(/^# Tests\n## jwtlint\n\n1 error\.\n/);
  });

  test('a format that fails does not cost the others', async () => {
    const place = directoryOf({ 'a.js': SIGN });
    const { status, stdout } = await runProgram(place, '-f', 'sarif=a.js/out.sarif', '-f', 'json');
    expect([status, findingsIn(stdout)]).toEqual([2, ['a.js:2 no-hardcoded-secret']]);
  });

  test('ends with one line: files, bytes, time, and what was left out and why', async () => {
    const place = directoryOf({ 'a.js': CLEAN, 'b.min.js': SIGN, 'c.png': '', 'd.js': 'x'.repeat(6_000_000), 'e.map': '{}' });
    const { stdout } = await runProgram(place);
    const left = 'left out 2 minified (b.min.js, e.map), 1 media and archives (c.png), 1 too large (d.js).';
    expect(stdout.split('\n').at(-2)).toMatch(/^1 file, \d+ bytes in \d+(?:\.\d)? m?s: /);
    expect(stdout.endsWith(`${left}\n`)).toBe(true);
    expect((await runProgram(directoryOf({ 'a.js': CLEAN }))).stdout).toMatch(/ m?s: nothing was left out\.\n$/);
  });

  test('--help and --version, whatever else is there', async () => {
    const place = directoryOf({ 'a.js': SIGN });
    expect(await runProgram(place, '--help', '--bogus')).toEqual({ status: 0, stdout: expect.stringContaining('--staged'), stderr: '' });
    expect(await runProgram(place, '-v')).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/), stderr: '' });
  });
});

describe('colours', () => {
  const ESCAPE = '\u001b[';

  test.each<[string[], NodeJS.ProcessEnv, terminal: boolean, expected: boolean]>([
    [[], {}, true, true],
    [[], {}, false, false],
    [[], { NO_COLOR: '1' }, true, false],
    [[], { NO_COLOR: '' }, true, true],
    [[], { FORCE_COLOR: '1' }, false, true],
    [[], { FORCE_COLOR: '' }, false, true],
    [[], { FORCE_COLOR: '0' }, true, false],
    [[], { FORCE_COLOR: 'false' }, true, false],
    [[], { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [['--color'], { NO_COLOR: '1' }, false, true],
    [['--no-color'], { FORCE_COLOR: '1' }, true, false],
  ])('%j with %j, on a terminal: %s', async (argv, env, terminal, expected) => {
    const place = directoryOf({ 'a.js': SIGN });
    const surroundings = { ...place, env: { ...place.env, ...env }, ...(terminal ? { terminal: 80 } : {}) };
    const { stdout } = await runProgram(surroundings, ...argv);
    expect(stdout.includes(ESCAPE)).toBe(expected);
    // The words are the same.
    expect(stripVTControlCharacters(stdout)).toContain('error[no-hardcoded-secret]: ');
  });

  test('never in a file, nor in a format for programs', async () => {
    const place = directoryOf({ 'a.js': SIGN });
    const surroundings = { ...place, env: { ...place.env, FORCE_COLOR: '3' }, terminal: 80 };
    await runProgram(surroundings, '-f', 'stylish=out.txt');
    expect(readFileSync(join(place.cwd, 'out.txt'), 'utf8')).not.toContain('\u001b');
    for (const format of ['json', 'sarif', 'github']) expect((await runProgram(surroundings, '-f', format)).stdout).not.toContain('\u001b');
  });
});

describe('standard input', () => {
  async function* pipe(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk as string);
  }

  test('is read by the name it is given, which need not exist', async () => {
    const place = directoryOf({ 'key.js': `export const key = '${SECRET}';\n` });
    const half = SIGN.length / 2;
    const whole = await runProgram(
      { ...place, stdin: pipe(SIGN.slice(0, half), SIGN.slice(half)) },
      '--stdin',
      '--stdin-filename',
      'src/new.js',
      '-f',
      'json',
    );
    expect([whole.status, findingsIn(whole.stdout)]).toEqual([1, ['src/new.js:2 no-hardcoded-secret']]);
    const importing = `import jwt from 'jsonwebtoken';\nimport { key } from './key.js';\njwt.sign({}, key, { expiresIn: '1h' });\n`;
    const other = await runProgram({ ...place, stdin: pipe(importing) }, '--stdin', '--stdin-filename', 'a.js', '-f', 'json');
    expect(findingsIn(other.stdout)).toEqual(['key.js:1 no-hardcoded-secret']);
  });

  test('the same text under another name is something else', async () => {
    const place = directoryOf({});
    expect(await statusOf({ ...place, stdin: pipe(SIGN) } as Place, '--stdin', '--stdin-filename', 'notes.txt')).toBe(0);
    const tooMuch = await runProgram(
      { ...place, stdin: pipe(Buffer.alloc(4_000_000), Buffer.alloc(4_000_000)) },
      '--stdin',
      '--stdin-filename',
      'a.js',
      '-f',
      'json',
    );
    expect([tooMuch.status, leftOutIn(tooMuch.stdout)]).toEqual([0, ['a.js: too large']]);
  });

  test('that breaks off ends the run', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(SIGN);
      throw Object.assign(new Error(`read EIO ${SECRET}`), { code: 'EIO' });
    }
    const { status, stdout, stderr } = await runProgram({ ...directoryOf({}), stdin: broken() }, '--stdin', '--stdin-filename', 'a.js');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^jwtlint: [^\n]*EIO/);
    expect(stderr).not.toContain(SECRET);
  });
});

describe('hook managers', () => {
  test('JWTLINT_SKIP=1 skips everything, visibly; any other value nothing', async () => {
    const place = directoryOf({ 'a.js': SIGN });
    const skipped = await runProgram({ ...place, env: { ...place.env, JWTLINT_SKIP: '1' } }, 'nowhere.js');
    expect(skipped).toEqual({ status: 0, stdout: '', stderr: 'jwtlint: skipped, nothing was checked (JWTLINT_SKIP=1)\n' });
    for (const value of ['', '0', 'true']) expect(await statusOf({ ...place, env: { ...place.env, JWTLINT_SKIP: value } })).toBe(1);
  });

  test('--no-warn-ignored passes over named files that are gone, ignored, links, binary or of no interest', async () => {
    const repository = repositoryOf({
      '.gitignore': 'ignored.js\n',
      'a.js': CLEAN,
      'logo.png': '\0',
      'data.bin': '\0',
      'notes.txt': 'notes',
    });
    repository.write('ignored.js', SIGN);
    const named = ['a.js', 'gone.js', 'gone/*.js', 'ignored.js', 'logo.png', 'data.bin', 'notes.txt'];
    const { status, stdout, stderr } = await runProgram(repository.context, '--no-warn-ignored', '-f', 'json', ...named);
    expect([status, stderr, findingsIn(stdout)]).toEqual([0, '', []]);
    expect(leftOutIn(stdout).toSorted()).toEqual([
      'gone.js: deleted',
      'gone/*.js: deleted',
      'ignored.js: ignored by git',
      'logo.png: media and archives',
    ]);
    expect(await statusOf(repository.context, ...named)).toBe(2);
  });

  test('nothing staged, and nothing found in what is staged: silence', async () => {
    const repository = new TemporaryRepository();
    expect(await runProgram(repository.context, '--staged')).toEqual(SILENCE);
    repository.stage('a.js', CLEAN);
    repository.stage('logo.png', '\0');
    repository.stage('b.min.js', SIGN);
    expect(await runProgram(repository.context, '--staged')).toEqual(SILENCE);
    // Reports for programs are written all the same.
    expect(findingsIn((await runProgram(repository.context, '--staged', '-f', 'json')).stdout)).toEqual([]);
  });

  test('warnings are printed and pass, errors stop, and --quiet is silent about warnings', async () => {
    const repository = repositoryOf({ 'a.js': SIGN, 'jwtlint.config.json': WARNING });
    const warned = await runProgram(repository.context, '--staged');
    expect([warned.status, warned.stderr]).toEqual([0, '']);
    expect(warned.stdout).toMatch(/^warning\[no-hardcoded-secret\]: a\.js:2:21 /);
    expect(warned.stdout).toContain('jwtlint: 1 warning in what is about to be committed.');
    expect(await runProgram(repository.context, '--staged', '--quiet')).toEqual(SILENCE);
    repository.stage('jwtlint.config.json', '{}');
    const stopped = await runProgram(repository.context, '--staged');
    expect([stopped.status, stopped.stdout.match(/^\w+\[/gm)]).toEqual([1, ['error[']]);
  });

  test('older findings are one line and pass, and decide with --include-old', async () => {
    const repository = repositoryOf({ 'a.js': SIGN });
    repository.commit();
    repository.stage('a.js', `// moved\n${SIGN}`);
    expect(await runProgram(repository.context, '--staged')).toEqual({
      status: 0,
      stdout: 'jwtlint: 1 older finding in the same files (--include-old shows them).\n',
      stderr: '',
    });
    const all = await runProgram(repository.context, '--staged', '--include-old');
    expect([all.status, all.stdout.match(/^error\[.*?\]: \S+/gm)]).toEqual([1, ['error[no-hardcoded-secret]: a.js:3:21']]);
    expect(all.stdout).not.toContain('older finding');
    repository.stage('a.js', `${SIGN}jwt.verify('token', '${SECRET}x', { algorithms: ['HS256'] });\n`);
    const both = await runProgram(repository.context, '--staged');
    expect([both.status, both.stdout.match(/^error\[.*?\]: \S+/gm)]).toEqual([1, ['error[no-hardcoded-secret]: a.js:3:21']]);
    expect(both.stdout).toContain('1 older finding in the same files');
  });
});

describe('a fault of jwtlint', () => {
  test('shows its stack with --debug only, and nothing of what was read', async () => {
    const place = directoryOf({ 'a.js': SIGN });
    const surroundings = { ...place, terminal: 80 };
    const broken = { ...surroundings, cwd: undefined as unknown as string };
    const short = await runProgram(broken);
    expect([short.status, short.stdout]).toEqual([2, '']);
    expect(short.stderr).toMatch(/^jwtlint: unexpected TypeError[^\n]*\n {2}Run again with --debug[^\n]*\n$/);
    const long = await runProgram(broken, '--debug');
    expect(long.status).toBe(2);
    expect(long.stderr).toMatch(/\n {4}at /);
  });
});

describe('--print-config', () => {
  test('prints what holds for a file, and who says so', async () => {
    const repository = new TemporaryRepository();
    repository.stage(
      'jwtlint.config.json',
      JSON.stringify({
        rules: { 'require-claims': 'off', 'min-key-size': ['error', { rsaBits: 3072 }] },
        overrides: [{ files: ['legacy/**'], rules: { 'no-weak-secret': 'warning' } }],
        ignore: ['vendor/**'],
        secretNames: ['tokenPepper'],
      }),
    );
    const printed = async (file: string): Promise<Record<string, unknown>> =>
      JSON.parse((await runProgram(repository.context, '--print-config', file)).stdout) as Record<string, unknown>;
    expect(await printed('legacy/a.ts')).toMatchObject({
      path: 'legacy/a.ts',
      configuredBy: ['jwtlint.config.json'],
      leftOut: false,
      preset: 'recommended',
      context: null,
      rules: {
        'require-claims': ['off'],
        'no-weak-secret': ['warning'],
        'min-key-size': ['error', { rsaBits: 3072 }],
        'no-ignored-expiration': ['error', { maxTolerance: 600 }],
        'max-token-lifetime': ['off', expect.anything()],
      },
      secretNames: ['tokenPepper'],
    });
    expect(await printed('test/a.test.ts')).toMatchObject({ context: 'test', rules: { 'no-weak-secret': ['error'] } });
    repository.write('integration/setup.ts', "import { beforeAll } from 'vitest';\n");
    expect(await printed('integration/setup.ts')).toMatchObject({ context: 'test' });
    repository.write('integration/setup.ts', "import type { Mock } from 'vitest';\n");
    expect(await printed('integration/setup.ts')).toMatchObject({ context: null });
    expect(await printed('vendor/a.js')).toMatchObject({ leftOut: 'ignored by configuration' });
    expect(await printed('a.min.js')).toMatchObject({ leftOut: 'minified' });
  });

  test('refuses what is elsewhere', async () => {
    const { status, stderr } = await runProgram(new TemporaryRepository().context, '--print-config', '../x.ts');
    expect([status, stderr]).toEqual([2, expect.stringContaining('is not below')]);
  });
});

test('--debug says why each file was read or left out, and how long it took; nothing of it is in the report', async () => {
  const repository = new TemporaryRepository();
  repository.stage('a.js', "const jwt = require('jsonwebtoken');\njwt.verify(t, process.env.JWT_SECRET, { algorithms: ['HS256'] });\n");
  repository.stage('b.js', 'exports.one = 1;\n');
  repository.stage('logo.png', 'x');
  repository.stage('app.min.js', 'x');
  repository.stage('odd\u001b[2J.js', '1;\n');
  const { stderr, stdout } = await runProgram(repository.context, '--debug', '-f', 'json');
  expect(stderr).toContain('debug: a.js: analysed: code\n');
  expect(stderr).toContain('debug: b.js: read: nothing in it that a rule looks for\n');
  expect(stderr).toContain('debug: logo.png: left out: media and archives\n');
  expect(stderr).toContain('debug: app.min.js: left out: minified\n');
  expect(stderr).not.toContain('\u001b');
  expect(stderr).toMatch(/debug: configuration [\d.]+ ms, scan [\d.]+ ms, report [\d.]+ ms; [\d.]+ ms since/);
  expect(() => JSON.parse(stdout) as unknown).not.toThrow();
});
