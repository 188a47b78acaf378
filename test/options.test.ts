import { describe, expect, test } from 'vitest';
import { JwtlintError } from '../src/errors.js';
import { HELP_OF } from '../src/help.js';
import { nearest } from '../src/nearest.js';
import { FLAG_NAMES, parseOptions } from '../src/options.js';
import { FORMAT_NAMES } from '../src/reports/index.js';

const DEFAULTS = {
  command: 'scan',
  words: [],
  paths: [],
  change: undefined,
  stdin: undefined,
  outputs: [{ format: 'stylish', file: undefined }],
  quiet: false,
  maxWarnings: undefined,
  exitZero: false,
  info: false,
  includeOld: false,
  warnIgnored: true,
  config: undefined,
  color: undefined,
  trigger: true,
  all: false,
  cache: true,
  reason: undefined,
  expires: undefined,
  yes: false,
  undo: false,
  allowDirty: false,
  finish: false,
  emergency: false,
  lookBack: false,
  auditFormat: undefined,
  shard: undefined,
  printConfig: undefined,
  algorithm: undefined,
  keyFormat: undefined,
  bytes: undefined,
  modulusLength: undefined,
  env: false,
  for: undefined,
  out: undefined,
  toStdout: false,
  replace: false,
  json: false,
  debug: false,
  version: false,
  help: false,
};

function errorOf(argv: readonly string[]): JwtlintError {
  try {
    parseOptions(argv, '/work');
  } catch (error) {
    if (error instanceof JwtlintError) return error;
    throw error;
  }
  throw new Error(`no error: ${argv.join(' ')}`);
}

describe('what is asked for', () => {
  test.each<[argv: string[], options: object]>([
    [[], {}],
    [['scan'], {}],
    [['scan', 'scan', 'a b'], { paths: ['scan', 'a b'] }],
    [['./scan'], { paths: ['./scan'] }],
    [['--', 'scan', '--staged'], { paths: ['scan', '--staged'] }],
    [['--quiet', 'scan', 'src'], { paths: ['src'], quiet: true }],
    [['-'], { paths: ['-'] }],
    [['[id]', '(group)/-y.js', '**/*.ts'], { paths: ['[id]', '(group)/-y.js', '**/*.ts'] }],
    [
      ['--staged', '--quiet', '--exit-zero', '--info', '--include-old'],
      { change: { kind: 'staged' }, quiet: true, exitZero: true, info: true, includeOld: true },
    ],
    [['--changed'], { change: { kind: 'changed', since: undefined } }],
    [['--since', 'main'], { change: { kind: 'changed', since: 'main' } }],
    [['--range', 'a..b'], { change: { kind: 'range', range: 'a..b' } }],
    [['--pre-push', 'origin', 'ssh://x'], { change: { kind: 'pre-push', remote: 'origin' } }],
    [['--pre-push'], { change: { kind: 'pre-push', remote: undefined } }],
    [['--pre-receive'], { change: { kind: 'pre-receive', remote: undefined } }],
    [['--stdin', '--stdin-filename', '.env'], { stdin: '.env' }],
    [['-f', 'json'], { outputs: [{ format: 'json', file: undefined }] }],
    [['-fjson'], { outputs: [{ format: 'json', file: undefined }] }],
    [['--format=sarif=a=b.sarif'], { outputs: [{ format: 'sarif', file: 'a=b.sarif' }] }],
    [
      ['-f', 'sarif=out/x.sarif', '--format', 'stylish', '-f', 'json=x.json'],
      {
        outputs: [
          { format: 'sarif', file: 'out/x.sarif' },
          { format: 'stylish', file: undefined },
          { format: 'json', file: 'x.json' },
        ],
      },
    ],
    [['--max-warnings', '0'], { maxWarnings: 0 }],
    [['--max-warnings=12', '--max-warnings=3'], { maxWarnings: 3 }],
    [['--no-warn-ignored', 'gone.ts'], { warnIgnored: false, paths: ['gone.ts'] }],
    [['--config', 'a.json'], { config: 'a.json' }],
    [['--config=-a.json'], { config: '-a.json' }],
    [['--no-config'], { config: false }],
    [['--color'], { color: true }],
    [['--no-color'], { color: false }],
    [['--no-color', '--color'], { color: true }],
    [['--no-trigger', '--debug'], { trigger: false, debug: true }],
    [
      ['baseline', 'create', '--reason', 'old', '--expires', '2027-01-31'],
      { command: 'baseline', words: ['create'], reason: 'old', expires: '2027-01-31' },
    ],
    [['history', 'v1..', '--all', '--no-cache'], { command: 'history', words: ['v1..'], all: true, cache: false }],
    [['./baseline'], { paths: ['./baseline'] }],
    [['--', 'baseline'], { paths: ['baseline'] }],
    [['-v'], { version: true, outputs: [] }],
    [['--help'], { help: true, outputs: [] }],
  ])('%j', (argv, options) => {
    expect(parseOptions(argv, '/work')).toEqual({ ...DEFAULTS, ...options });
  });

  test('help and version win over mistakes', () => {
    expect(parseOptions(['--bogus', '--help', '-f', 'nonsense'], '/work').help).toBe(true);
    expect(parseOptions(['--staged', 'x', '--version'], '/work').version).toBe(true);
  });
});

describe('what is wrong', () => {
  test.each<[argv: string[], message: string, hint: string | RegExp]>([
    [['--stagd'], 'there is no option --stagd', 'Did you mean --staged?'],
    [['--no-colour'], 'there is no option --no-colour', 'Did you mean --no-color?'],
    [['--max-warning', '3'], 'there is no option --max-warning', 'Did you mean --max-warnings?'],
    [['--no-quiet'], 'there is no option --no-quiet', /--help/],
    [['-x'], 'there is no option -x', /--help/],
    [['--rule', 'x:off'], 'there is no option --rule', /--help/],
    [['--__proto__'], 'there is no option --__proto__', /--help/],
    [['--constructor=1'], 'there is no option --constructor', /--help/],
    [['--quiet=yes'], '--quiet takes no value', /--help/],
    [['--config'], '--config needs a value', /--help/],
    [['--config='], '--config needs a value', /--help/],
    [['-f', '--quiet'], '-f needs a value, not the option --quiet', 'A value that begins with a dash is written --format=--quiet.'],
    [['-f', 'jsno'], 'there is no format "jsno"', 'Did you mean json?'],
    [
      ['-f', 'xml'],
      'there is no format "xml"',
      'Formats are stylish, json, sarif, github, gitlab-secret-detection, gitlab-codequality, junit, checkstyle, markdown, html.',
    ],
    [['-f', 'sarif='], '--format sarif= names no file', 'For example: --format sarif=report.txt'],
    [
      ['-f', 'json', '-f', 'stylish'],
      'two formats would be written to standard output',
      'Give each a file of its own: --format stylish=FILE',
    ],
    [['-f', 'json=a/x', '-f', 'sarif=./a//x'], 'two formats would be written to a/x', 'Give each a file of its own: --format sarif=FILE'],
    [
      ['-f', 'json=a/x', '-f', 'sarif=/work/b/../a/x'],
      'two formats would be written to /work/a/x',
      'Give each a file of its own: --format sarif=FILE',
    ],
    [['--staged', 'a.ts'], '--staged takes no paths: it checks all that is staged', /named files/],
    [['--staged', '--stdin', '--stdin-filename', 'x'], '--staged and --stdin exclude each other', /--help/],
    [['baseline', '--staged'], '--staged is no option of jwtlint baseline', 'jwtlint baseline --help lists what there is.'],
    [['--reason', 'x'], '--reason is no option of jwtlint scan', 'jwtlint scan --help lists what there is.'],
    [['--range', 'a..b', 'x'], '--range takes no paths: it checks all that changed', /named files/],
    [['--range'], '--range needs a value', /--help/],
    [['--changed', '--since', 'x'], '--changed and --since exclude each other', /--help/],
    [['--pre-push', 'a', 'b', 'c'], '--pre-push takes a remote and its address, nothing more', /Leave --pre-push out/],
    [['--stdin'], '--stdin needs --stdin-filename NAME', /\.env/],
    [['--stdin', '--stdin-filename='], '--stdin-filename needs a value', /--help/],
    [['--stdin', '--stdin-filename', 'x', 'y'], '--stdin takes no paths', /--help/],
    [['--stdin-filename', 'x'], '--stdin-filename goes with --stdin', /--help/],
    [['--config', 'x', '--no-config'], '--config and --no-config exclude each other', /--help/],
    [['--max-warnings', 'x'], '--max-warnings takes a whole number, not "x"', /--help/],
    [['--max-warnings=-1'], '--max-warnings takes a whole number, not "-1"', /--help/],
    [['--max-warnings=1e3'], '--max-warnings takes a whole number, not "1e3"', /--help/],
    [['--max-warnings', '9'.repeat(30)], `--max-warnings takes a whole number, not "${'9'.repeat(30)}"`, /--help/],
    [[''], 'a path is empty', 'Is a variable unset?'],
  ])('%j', (argv, message, hint) => {
    const error = errorOf(argv);
    expect([error.code, error.message]).toEqual(['usage', message]);
    expect(error.hint).toMatch(hint);
  });

  test('the first mistake is the one that is told', () => {
    expect(errorOf(['--bogus', '--quiet=1', '-f', 'x']).message).toBe('there is no option --bogus');
  });

  test('an endless option costs no time', () => {
    expect(errorOf([`--${'x'.repeat(1_000_000)}`]).message).toMatch(/^there is no option --x/);
  });
});

describe('help', () => {
  test.each(Object.entries(HELP_OF))('of %s fits on one screen', (_, text) => {
    const lines = text.split('\n');
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test.each(Object.entries(HELP_OF))('of %s names every option but the hidden one, and no other', (command, text) => {
    const named = new Set(text.match(/--[a-z][a-z-]+/g));
    const refused = (flag: string): boolean => {
      try {
        parseOptions([command, flag, 'x'], '/work');
        return false;
      } catch (error) {
        return /is no option|there is no option/.test(String(error));
      }
    };
    for (const flag of FLAG_NAMES.map((name) => `--${name}`)) {
      if (['--no-trigger', '--help', '--version', '--debug'].includes(flag)) continue;
      expect([flag, named.has(flag)]).toEqual([flag, !refused(flag)]);
    }
    for (const flag of named) expect(FLAG_NAMES).toContain(flag.slice(2));
  });

  test('names every format', () => {
    for (const format of FORMAT_NAMES) expect(HELP_OF.scan).toContain(format);
  });
});

describe('nearest', () => {
  test.each([
    ['no-hardcode-secret', 'no-hardcoded-secret'],
    ['NO-HARDCODED-SECRET', 'no-hardcoded-secret'],
    ['require-algoritms', 'require-algorithms'],
    ['no-none-algorihtm', 'no-none-algorithm'],
    ['quite', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ])('%s', (typed, expected) => {
    expect(nearest(typed, ['no-hardcoded-secret', 'require-algorithms', 'no-none-algorithm'])).toBe(expected);
  });

  test('neighbours that changed places are one mistake', () => {
    expect(nearest('ab', ['xy', 'ba'])).toBe('ba');
  });
});
