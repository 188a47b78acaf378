/**
 * Input that would bring a scanner down: what cannot be read or parsed is named, everything else of the same run is
 * still searched, and no run ends in a stack, a crash or a silence.
 */
import fs, { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { leftOutIn, noticesIn, runProgram } from './run-program.js';
import { directoryOf, further, repositoryOf, SECRET, SIGN } from './planted.js';
import { PEM } from './sentinels.js';
import { temporaryDirectory, TemporaryRepository } from './temporary-repository.js';

describe('large code', () => {
  const many = (count: number, make: (index: number) => string, separator: string): string =>
    Array.from({ length: count }, (_, index) => make(index)).join(separator);
  const sign = (key: string): string => `\njwt.sign({ id: 1 }, ${key}, { expiresIn: 60 });\n`;
  const JWT = "import jwt from 'jsonwebtoken';\n";

  test.each([
    ['an array of 10,000 elements', `const list = [\n${many(10_000, (index) => `'word${String(index)}'`, ',\n')}];${sign('list[3]')}`, 6],
    [
      'an object of 10,000 members',
      `const o = {\n${many(10_000, (index) => `k${String(index)}: 'word${String(index)}'`, ',\n')}};${sign('o.k7')}`,
      10,
    ],
    ['10,000 declarations', `${many(10_000, (index) => `const k${String(index)} = 'word${String(index)}';`, '\n')}${sign('k9')}`, 11],
    ['10,000 unused calls', `${many(10_000, (index) => `use(k${String(index)});`, '\n')}${sign(`'${SECRET}'`)}`, 10_002],
  ])('%s', async (_, code, line) => {
    const outcome = await runProgram(directoryOf({ 'm/large.js': JWT + code }), '-f', 'json');
    expect(further(outcome)).toEqual([`m/large.js:${String(line)} no-hardcoded-secret`]);
    expect(noticesIn(outcome.stdout)).toEqual([]);
  });

  test('a function that 2,000 calls hand its own parameter', async () => {
    const call = '  guard(token, response);';
    const guard = `function guard(token, response) {\n  response.locals.user = jwt.decode(token);\n${many(2000, () => call, '\n')}\n}\n`;
    const outcome = await runProgram(directoryOf({ 'm/large.js': JWT + guard }), '-f', 'json');
    expect(further(outcome)).toEqual(['m/large.js:3 no-unverified-decode']);
    expect(noticesIn(outcome.stdout)).toEqual(['m/large.js: too much to follow: values were traced only as far as the step budget goes']);
  });

  test.each([
    ['a concatenation of 5,000 parts', `const s = ${many(5000, (index) => `'w${String(index)}'`, ' +\n')};${sign('s')}`],
    ['a chain of 5,000 calls', `const s = x\n${many(5000, (index) => `.m${String(index)}('w')`, '\n')};${sign('s')}`],
  ])('%s is parsed apart, and says so where that fails', async (_, code) => {
    const outcome = await runProgram(directoryOf({ 'm/large.js': JWT + code }), '-f', 'json');
    further(outcome);
    expect(noticesIn(outcome.stdout)).toEqual(['m/large.js: too deeply nested to parse']);
  });

  test.each([
    [
      'initialisers in a circle',
      `const a = b;\nvar b = c;\nvar c = a;\nlet d = d + 'x';\nfunction f() {\n  return f();\n}${sign('a || d || f()')}`,
    ],
    ['5,000 additions to one variable', `let s = '';\n${many(5000, (index) => `s += x${String(index)};`, '\n')}${sign('s')}`],
    ['a template of 5,000 parts', `const s = \`${many(5000, (index) => `w\${x${String(index)}}\n`, '')}\`;${sign('s')}`],
  ])('%s: nobody knows the key', async (_, code) => {
    const outcome = await runProgram(directoryOf({ 'm/large.js': JWT + code }), '-f', 'json');
    expect(further(outcome)).toEqual([]);
    expect(noticesIn(outcome.stdout)).toEqual([]);
  });

  test('files that import each other in a circle of thirty', async () => {
    const ring = Array.from({ length: 30 }, (_, index) => {
      const next = (index + 1) % 30;
      return [
        `m/m${String(index)}.js`,
        `import { a${String(next)} } from './m${String(next)}.js';\nexport const a${String(index)} = a${String(next)};\n`,
      ] as const;
    });
    const outcome = await runProgram(
      directoryOf({ ...Object.fromEntries(ring), 'm/s.js': `${JWT}import { a0 } from './m0.js';${sign('a0')}` }),
      '-f',
      'json',
    );
    expect(further(outcome)).toEqual([]);
    expect(noticesIn(outcome.stdout)).toEqual([]);
  });
});

describe('settings', () => {
  const anchors = `a0: &a0 [x]\n${Array.from({ length: 1000 }, (_, index) => `a${index + 1}: [${'*a0, '.repeat(9)}*a0]`).join('\n')}\n`;
  const laughs = `a0: &a0 x\n${Array.from({ length: 9 }, (_, index) => `a${index + 1}: &a${index + 1} [${Array(9).fill(`*a${index}`).join(', ')}]`).join('\n')}\n`;

  test.each([
    ['YAML with ten thousand aliases', 'config.yaml', anchors, []],
    ['YAML whose aliases multiply', 'config.yaml', laughs, []],
    ['YAML of an alias to itself', 'config.yaml', 'a: &a [*a]\n', []],
    ['YAML nested in brackets', 'config.yaml', `a: ${'['.repeat(100_000)}\n`, [/^m\/config.yaml: /]],
    ['YAML nested by lists', 'config.yaml', `${'- '.repeat(100_000)}x\n`, [/^m\/config.yaml: /]],
    ['JSON nested in lists', 'config.json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, [/^m\/config.json: /]],
    ['JSON nested in objects', 'config.json', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, [/^m\/config.json: /]],
    ['JSON that ends in the middle', 'config.json', '{"jwt": {"secret": "', [/^m\/config.json: /]],
    ['an .env of one endless line', '.env', `A="${'x'.repeat(3_000_000)}`, []],
  ])('%s', async (_, name, content, notices) => {
    // The key stands below what is hostile, in a comment where the format has one.
    const key = name.endsWith('.json') ? `/*\n${PEM}*/` : PEM.replace(/^/gm, '# ');
    const outcome = await runProgram(directoryOf({ [`m/${name}`]: `${content}\n${key}` }), '-f', 'json');
    expect(further(outcome)).toContainEqual(expect.stringMatching(/^m\/.*:\d+ no-private-key$/));
    expect(noticesIn(outcome.stdout)).toEqual(notices.map((notice) => expect.stringMatching(notice)));
  });
});

describe('files', () => {
  test('a script that does not parse: a notice, and its text is searched', async () => {
    const broken = `import jwt from 'jsonwebtoken';\nfunction ( {\njwt.sign({}, '${SECRET}', { expiresIn: 60 });\n/*\n${PEM}*/\n`;
    const outcome = await runProgram(directoryOf({ 'm/broken.ts': broken }), '-f', 'json');
    expect(noticesIn(outcome.stdout)).toEqual(['m/broken.ts: does not parse']);
    expect(further(outcome)).toEqual(['m/broken.ts:5 no-private-key']);
  });

  test.each([
    ['app.json', `{\n"jwtSecret": "${SECRET}",\n]`],
    ['app.yaml', `jwt:\n  secret: ${SECRET}\n  other: [\n`],
  ])('settings that do not parse: a notice, and what stands before the fault is judged (%s)', async (name, broken) => {
    const outcome = await runProgram(directoryOf({ [`m/${name}`]: broken }), '-f', 'json');
    expect(noticesIn(outcome.stdout)).toEqual([expect.stringMatching(`^m/${name}: does not parse`)]);
    expect(further(outcome)).toEqual([`m/${name}:2 no-hardcoded-secret`]);
  });

  test('a line of 50 MB is too large, and named', async () => {
    const outcome = await runProgram(directoryOf({ 'm/line.js': Buffer.alloc(50_000_000, 'x') }), '-f', 'json');
    expect(further(outcome)).toEqual([]);
    expect(leftOutIn(outcome.stdout)).toEqual(['m/line.js: too large']);
  });

  test.each([
    ['a script', 'm/line.js', `x = [${'1,'.repeat(2_000_000)}1];`],
    ['an open string', 'm/line.ts', `x = '${'a'.repeat(4_000_000)}`],
    ['faults', 'm/line.js', '@'.repeat(4_000_000)],
    ['JSON', 'm/line.json', `[${'1,'.repeat(2_000_000)}1]`],
    ['YAML', 'm/line.yaml', `a: [${'1, '.repeat(1_300_000)}1]`],
    ['text', 'm/line.txt', 'eyJ'.repeat(1_300_000)],
    ['base64', 'm/line.txt', `MII${'A'.repeat(4_000_000)}`],
    ['PEM heads', 'm/line.txt', '-----BEGIN PRIVATE KEY-----'.repeat(150_000)],
    ['blanks', 'm/line.env', `JWT_SECRET=${' '.repeat(4_000_000)}`],
  ])('a line as long as a file may be: %s', async (_, name, content) => {
    const outcome = await runProgram(directoryOf({ [name]: content }), '-f', 'json');
    expect(further(outcome)).toEqual([]);
  });

  test('NUL bytes make a file binary, and hide no key in it', async () => {
    const nul = (text: string): Buffer => Buffer.concat([Buffer.from([0, 0]), Buffer.from(text), Buffer.from([0])]);
    const files = { 'm/nul.js': nul(SIGN), 'm/nul.bin': nul(PEM), 'm/late.js': `${SIGN}${'//\n'.repeat(5_000)}// \0\n` };
    const outcome = await runProgram(directoryOf(files), '-f', 'json');
    expect(further(outcome)).toEqual(['m/late.js:2 no-hardcoded-secret', 'm/nul.bin:1 no-private-key']);
    expect(leftOutIn(outcome.stdout)).toEqual(['m/nul.js: binary, searched for keys and tokens only']);
  });
});

describe('a file that cannot be read is named, and the others are searched', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  /** Does something, or throws, before the program opens a file. */
  function beforeOpening(path: string, act: () => void): void {
    const { openSync } = fs;
    vi.spyOn(fs, 'openSync').mockImplementation((...args) => {
      if (String(args[0]).endsWith(path)) act();
      return openSync(...args);
    });
    syncBuiltinESMExports();
  }

  const denied = (): never => {
    throw Object.assign(new Error(`EACCES: permission denied, open '${SECRET}'`), { code: 'EACCES' });
  };

  test('permission denied', async () => {
    beforeOpening('m/denied.js', denied);
    const outcome = await runProgram(directoryOf({ 'm/denied.js': SIGN }), '-f', 'json');
    expect(further(outcome)).toEqual([]);
    expect(leftOutIn(outcome.stdout)).toEqual(['m/denied.js: unreadable']);
  });

  test('it vanishes after it was listed, or becomes a directory', async () => {
    const place = directoryOf({ 'm/gone.js': SIGN, 'm/became.js': SIGN });
    beforeOpening('a/sign.js', () => {
      rmSync(join(place.cwd, 'm/gone.js'));
      rmSync(join(place.cwd, 'm/became.js'));
      mkdirSync(join(place.cwd, 'm/became.js'));
    });
    const outcome = await runProgram(place, '-f', 'json');
    expect(further(outcome)).toEqual([]);
    expect(leftOutIn(outcome.stdout).toSorted()).toEqual(['m/became.js: submodule', 'm/gone.js: vanished']);
  });

  test('its directory vanishes', async () => {
    const place = directoryOf({ 'm/gone.js': SIGN });
    beforeOpening('a/sign.js', () => rmSync(join(place.cwd, 'm'), { recursive: true }));
    const outcome = await runProgram(place, '-f', 'json');
    expect(further(outcome)).toEqual([]);
    expect(leftOutIn(outcome.stdout)).toEqual(['m/gone.js: vanished']);
  });

  test('links in a circle, and to nowhere', async () => {
    const place = directoryOf({});
    symlinkSync('one', join(place.cwd, 'two'));
    symlinkSync('two', join(place.cwd, 'one'));
    symlinkSync('nowhere', join(place.cwd, 'dangling'));
    const outcome = await runProgram(place, '-f', 'json');
    expect(further(outcome)).toEqual([]);
    expect(leftOutIn(outcome.stdout)).toEqual(['dangling: symbolic link', 'one: symbolic link', 'two: symbolic link']);
  });

  test('a configuration that was found is named like any other file, and one that was asked for ends the run', async () => {
    beforeOpening('jwtlint.config.json', denied);
    const place = directoryOf({ 'jwtlint.config.json': '{ "rules": { "no-private-key": "off" } }' });
    const found = await runProgram(place, '-f', 'json');
    expect(further(found)).toEqual([]);
    expect(leftOutIn(found.stdout)).toEqual(['jwtlint.config.json: unreadable']);
    const { status, stdout, stderr } = await runProgram(place, '--config', 'jwtlint.config.json');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^jwtlint: [^\n]*jwtlint\.config\.json/);
  });

  test('in a hook: an object that git lost', async () => {
    const repository = repositoryOf({ 'm/lost.js': `${SIGN}// lost` });
    const oid = repository.git('rev-parse', ':m/lost.js').trim();
    rmSync(repository.path(`.git/objects/${oid.slice(0, 2)}/${oid.slice(2)}`));
    const { status, stdout, stderr } = await runProgram(repository.context, '--staged');
    expect(stdout).toContain('left out 1 unreadable (m/lost.js)');
    expect([status, stdout.match(/^error\[.*?\]: \S+/gm), stderr]).toEqual([
      1,
      ['error[no-hardcoded-secret]: a/sign.js:2:21', 'error[no-private-key]: z/key.txt:1:1', 'error[no-hardcoded-secret]: z/sign.ts:2:21'],
      '',
    ]);
  });

  test('in a hook: an unmerged file is named, though nothing else is wrong', async () => {
    const repository = new TemporaryRepository();
    repository.stage('a.js', 'a');
    repository.commit();
    const oid = repository.git('rev-parse', ':a.js').trim();
    const line = (stage: number): string => `100644 ${oid} ${String(stage)}\ta.js\n`;
    repository.gitWith(`0 ${'0'.repeat(40)}\ta.js\n${line(1)}${line(2)}${line(3)}`, 'update-index', '--index-info');
    const outcome = await runProgram(repository.context, '--staged');
    expect(outcome).toEqual({ status: 0, stdout: expect.stringContaining('left out 1 unmerged (a.js)'), stderr: '' });
  });
});

describe('a repository that git cannot read ends the run with one clear sentence', () => {
  const broken: readonly (readonly [string, (repository: TemporaryRepository) => void, RegExp])[] = [
    ['an index that is none', (repository) => writeFileSync(repository.path('.git/index'), 'no index'), /index/],
    ['an empty index file', (repository) => writeFileSync(repository.path('.git/index'), Buffer.alloc(64)), /index/],
    ['no HEAD', (repository) => rmSync(repository.path('.git/HEAD')), /not in a git repository/],
    ['a HEAD that is none', (repository) => writeFileSync(repository.path('.git/HEAD'), 'nonsense\n'), /not in a git repository/],
    ['a configuration that git refuses', (repository) => writeFileSync(repository.path('.git/config'), '[core\n'), /config/],
  ];

  test.each(broken)('--staged: %s', async (_, harm, words) => {
    const repository = repositoryOf({});
    harm(repository);
    const { status, stdout, stderr } = await runProgram(repository.context, '--staged');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^jwtlint: [^\n]+\n(?: {2}[^\n]+\n){0,3}$/);
    expect(stderr).toMatch(words);
  });

  test('--staged: a HEAD whose commit is not there', async () => {
    const repository = repositoryOf({});
    writeFileSync(repository.path('.git/refs/heads/main'), `${'1'.repeat(40)}\n`);
    const { status, stdout, stderr } = await runProgram(repository.context, '--staged');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^jwtlint: git diff-index failed: /);
  });

  test.each([['--staged'], ['.']])('%s: git is not installed', async (argument) => {
    const repository = repositoryOf({});
    const env = { ...repository.env, PATH: temporaryDirectory() };
    expect(await runProgram({ cwd: repository.root, env }, argument)).toEqual({
      status: 2,
      stdout: '',
      stderr: 'jwtlint: git was not found\n  Install git, or add its directory to PATH.\n',
    });
  });

  test('--staged outside of a repository', async () => {
    const { status, stdout, stderr } = await runProgram(directoryOf({}), '--staged');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^jwtlint: not in a git repository: [^\n]+\n/);
  });

  test('a whole tree with a broken HEAD is walked, and says so', async () => {
    const repository = repositoryOf({});
    writeFileSync(repository.path('.git/HEAD'), 'nonsense\n');
    const outcome = await runProgram(repository.context, '-f', 'json');
    expect(further(outcome)).toEqual([]);
    expect((JSON.parse(outcome.stdout) as { notes: string[] }).notes).toEqual([expect.stringContaining('not a git repository')]);
  });
});

test('a rule that throws ends the run, and names itself and the file', async () => {
  const { RULES } = await import('../rules/index.js');
  const rule = RULES.find(({ id }) => id === 'no-hardcoded-secret')!;
  const thrower = vi.spyOn(rule, 'script').mockImplementation(() => {
    throw new Error(`cannot do with ${SECRET}`);
  });
  try {
    const { status, stdout, stderr } = await runProgram(directoryOf({}));
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^jwtlint: [^\n]*no-hardcoded-secret[^\n]*a\/sign\.js/);
    expect(stderr).not.toContain(SECRET);
  } finally {
    thrower.mockRestore();
  }
});
