import { parseEnv } from 'node:util';
import dotenv from 'dotenv';
import { describe, expect, test } from 'vitest';
import { readDotenv } from '../src/readers/settings/dotenv.js';
import { readSettings, settingsFormat } from '../src/readers/settings/index.js';
import { growth, LINEAR } from './growth.js';
import { seededRandom } from './seeded-random.js';

/** Name, value, and the text at the value's span, of every entry. */
function rows(text: string): [string, string, string][] {
  return readDotenv(text).entries.map(({ key, value, span, keySpan }) => {
    expect(text.slice(keySpan.start, keySpan.end)).toBe(key[0]);
    return [key.join('.'), value, text.slice(span.start, span.end)];
  });
}

const FILE = `# Local settings
export NODE_ENV=development
PORT = 3000
JWT_SECRET="made-up \\n secret" # rotate
SESSION_SECRET='made-up $literal\\n'
COOKIE_SECRET=\`made-up "both" 'quotes'\`
EMPTY=
EMPTY_QUOTED=""
COMMENTED=#nothing
TRUNCATED=made-up#tail
YAML_STYLE: made-up value
KEY="-----BEGIN MADE-UP-----
abc # no comment
-----END MADE-UP-----"
  INDENTED=x=y==
# OLD_SECRET=made-up
UNTERMINATED="made-up
APOSTROPHE=it's
'not an assignment'
DUPLICATE=1
DUPLICATE=2
dotted.name-x=ok
LAST=end`;

describe('a file with everything', () => {
  test('values as a program reads them, and where they stand', () => {
    expect(rows(FILE)).toEqual([
      ['NODE_ENV', 'development', 'development'],
      ['PORT', '3000', '3000'],
      ['JWT_SECRET', 'made-up \n secret', 'made-up \\n secret'],
      ['SESSION_SECRET', 'made-up $literal\\n', 'made-up $literal\\n'],
      ['COOKIE_SECRET', `made-up "both" 'quotes'`, `made-up "both" 'quotes'`],
      ['EMPTY', '', ''],
      ['EMPTY_QUOTED', '', ''],
      ['COMMENTED', '', ''],
      ['TRUNCATED', 'made-up', 'made-up'],
      ['YAML_STYLE', 'made-up value', 'made-up value'],
      [
        'KEY',
        '-----BEGIN MADE-UP-----\nabc # no comment\n-----END MADE-UP-----',
        '-----BEGIN MADE-UP-----\nabc # no comment\n-----END MADE-UP-----',
      ],
      ['INDENTED', 'x=y==', 'x=y=='],
      ['UNTERMINATED', '"made-up', '"made-up'],
      ['APOSTROPHE', "it's", "it's"],
      ['DUPLICATE', '1', '1'],
      ['DUPLICATE', '2', '2'],
      ['dotted.name-x', 'ok', 'ok'],
      ['LAST', 'end', 'end'],
    ]);
  });

  test('with CRLF: the same values, line feeds inside of quotes', () => {
    const values = (text: string): string[] => readDotenv(text).entries.map(({ value }) => value);
    expect(values(FILE.replaceAll('\n', '\r\n'))).toEqual(values(FILE));
    expect(rows('KEY:\r\n made-up\r\n')).toEqual([['KEY', 'made-up', 'made-up']]);
  });

  test('comments, whole lines and after values', () => {
    expect(readDotenv(FILE).comments.map(({ start, end }) => FILE.slice(start, end))).toEqual([
      '# Local settings',
      '# rotate',
      '#nothing',
      '#tail',
      '# OLD_SECRET=made-up',
    ]);
  });
});

/** Lines of an env file; `node` is false where `util.parseEnv` of some Node version is known to read them otherwise. */
const LINES: readonly { readonly make: (name: string, word: string) => string; readonly node: boolean; readonly why?: string }[] = [
  { make: (name, word) => `${name}=${word}`, node: true },
  { make: (name, word) => `export ${name}=${word}`, node: true },
  { make: (name, word) => `${name} = ${word} `, node: true },
  { make: (name, word) => `  ${name}=${word}==`, node: true },
  { make: (name, word) => `${name}="${word} ${word}"`, node: true },
  { make: (name, word) => `${name}='${word} # ${word}' # comment`, node: true },
  { make: (name, word) => `${name}=\`${word}"'\``, node: true },
  { make: (name, word) => `${name}="${word}\\n${word}"`, node: true },
  { make: (name, word) => `${name}='${word}\\n'`, node: true },
  { make: (name, word) => `${name}="${word}\n${word}\n"`, node: true },
  { make: (name, word) => `${name}=${word}#${word}`, node: true },
  { make: (name, word) => `${name}=${word} # ${word}`, node: true },
  { make: (name) => `${name}=`, node: true },
  { make: (name) => `${name}=""`, node: true },
  { make: (name, word) => `# ${name}=${word}`, node: true },
  { make: () => '', node: true },
  { make: (name, word) => `${name}=\${${word}:-${word}}`, node: true },
  { make: (name, word) => `${name}: ${word}`, node: false, why: 'the colon is part of the name' },
  { make: (name, word) => `${name}="${word}\\r${word}"`, node: false, why: '\\r is not expanded' },
  { make: (name, word) => `${name}="${word}\\"${word}"`, node: false, why: 'a quote behind a backslash closes' },
  { make: (name, word) => `${name}="${word}" ${word}`, node: false, why: 'what follows a closing quote is dropped' },
  { make: (name, word) => `${name}="${word}`, node: false, why: 'an open quote goes on to the next quote, lines away' },
  { make: (name, word) => `${name}='${word}`, node: false, why: 'an open quote goes on to the next quote, lines away' },
  { make: (name) => `${name}`, node: false, why: 'a line without = becomes part of the next name' },
  { make: (name, word) => `${name}=\t${word}\t`, node: false, why: 'only spaces are trimmed' },
  { make: (name, word) => `export   ${name}=${word}`, node: false, why: 'one space after export only' },
  { make: (name, word) => `${name}=\u00a0${word}`, node: false, why: 'only spaces are trimmed' },
  { make: (name, word) => `${name} : ${word}`, node: false, why: 'no assignment to dotenv' },
  { make: (_, word) => `=${word}`, node: false, why: 'no name' },
];

const WORDS = ['x', 'made-up', '12', 'é', '$x', '{a:1}'];
/** Words that end a quoted value, or hide its end. */
const QUOTED_WORDS = ['{"a":1}', "it's", '`', '\\'];

function generate(random: () => number, lines: typeof LINES, words: readonly string[]): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const text = Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
    pick(lines).make(pick(['A', 'B_2', 'c.d', 'E-f', 'export', 'JWT_SECRET']), pick(words)),
  ).join(pick(['\n', '\r\n', '\n\n']));
  return random() < 0.5 ? text : `${text}\n`;
}

/** What a program has in the end: the last of equal names. */
function environment(text: string): Record<string, string> {
  return Object.fromEntries(readDotenv(text).entries.map(({ key, value }) => [key[0]!, value]));
}

describe('other readers', () => {
  test('dotenv reads 4,000 generated files alike', () => {
    const random = seededRandom(20);
    for (let file = 0; file < 4000; file++) {
      const text = generate(random, LINES, [...WORDS, ...QUOTED_WORDS]);
      expect(environment(text), JSON.stringify(text)).toEqual(dotenv.parse(text));
    }
  });

  test('dotenv reads 20,000 heaps of signs alike', () => {
    const random = seededRandom(21);
    const signs = [
      'A',
      'B',
      'export',
      ' ',
      '\t',
      '=',
      ':',
      ': ',
      '\n',
      '\r\n',
      '\r',
      '#',
      '"',
      "'",
      '`',
      '\\n',
      '\\"',
      '\\',
      'x',
      '.',
      '-',
      '$',
    ];
    for (let file = 0; file < 20_000; file++) {
      const text = Array.from({ length: 1 + Math.floor(random() * 14) }, () => signs[Math.floor(random() * signs.length)]).join('');
      expect(environment(text), JSON.stringify(text)).toEqual(dotenv.parse(text));
    }
  });

  test('Node reads 3,000 generated files alike, but for the lines listed above', () => {
    const random = seededRandom(22);
    const agreed = LINES.filter(({ node }) => node);
    for (let file = 0; file < 3000; file++) {
      // Without a line feed at its end, Node 20 takes a last line that is a comment for an assignment.
      const text = `${generate(random, agreed, WORDS)}\n`;
      expect(environment(text), JSON.stringify(text)).toEqual({ ...parseEnv(text) });
    }
  });
});

describe('hostile files', () => {
  test('one line of 50 MB', () => {
    const length = 50 * 1024 * 1024;
    for (const quote of ['', '"', "'"]) {
      const { entries, failed } = readDotenv(`JWT_SECRET=${quote}${'x'.repeat(length)}${quote}`);
      expect(failed).toBeUndefined();
      expect(entries).toHaveLength(1);
      expect(entries[0]!.span.end - entries[0]!.span.start).toBe(length);
    }
  });

  test('NUL bytes are characters like others', () => {
    expect(rows('A=made\0up\nB\0=x\nC=y\n')).toEqual([
      ['A', 'made\0up', 'made\0up'],
      ['C', 'y', 'y'],
    ]);
  });

  test('more values than any program has', () => {
    const { entries, failed } = readDotenv('A=b\n'.repeat(150_000));
    expect(failed).toBe('has more than 100,000 values');
    expect(entries).toHaveLength(100_000);
    expect(readDotenv('A=b\n'.repeat(100_000)).failed).toBeUndefined();
  });

  test.each([
    ['open quotes', 'A="\n'],
    ['open quotes of three kinds', 'A="x\nB=\'y\nC=`z\n'],
    ['escaped quotes', 'A="\\"   \\"   x\n'],
    ['one value of escaped quotes', '\\"  '],
    ['comments', '#\n'],
    ['export', 'export '],
    ['names alone', 'A\n'],
    ['space', ' \t'],
    ['carriage returns', 'A=b\r'],
  ])('%s take linear time', (_, unit) => {
    const make = (size: number): string => `A="${unit.repeat(Math.floor(size / unit.length))}`;
    expect(growth(20_000, make, readDotenv)).toBeLessThan(LINEAR);
  });
});

describe('which files are env files', () => {
  test.each([
    ['.env', 'env'],
    ['apps/api/.env', 'env'],
    ['.env.local', 'env'],
    ['.env.production', 'env'],
    ['prod.env', 'env'],
    ['.env.example', 'env-example'],
    ['.env-example', 'env-example'],
    ['example.env', 'env-example'],
    ['env.example', 'env-example'],
    ['.env.local.example', 'env-example'],
    ['.env.dist', 'env-example'],
    ['.env.template', 'env-example'],
    ['.env.defaults', 'env-example'],
    ['.envexample', 'env-example'],
    ['.env_example', 'env-example'],
    ['.dev.vars', 'env'],
    ['apps/worker/.dev.vars.staging', 'env'],
    ['.dev.vars.example', 'env-example'],
    ['docker/.env.sample', 'env-example'],
  ])('%s: %s', async (path, role) => {
    expect(settingsFormat(path)).toEqual({ format: 'dotenv', role });
    expect(await readSettings(path, 'A=b')).toMatchObject({ format: 'dotenv', role, failed: undefined, entries: [{ key: ['A'] }] });
  });

  test.each([
    'environment.ts',
    'env.ts',
    '.env.ts',
    'src/env.d.ts',
    'env',
    'README.rst',
    '.environment',
    '.envelope',
    'dev.vars',
    'venv/bin/activate',
  ])('%s is none', (path) => {
    expect(settingsFormat(path)).toBeUndefined();
  });
});
