import { evaluate, parse } from '@humanwhocodes/momoa';
import { describe, expect, test } from 'vitest';
import type { SettingsEntry } from '../rules/contract.js';
import { readSettings, settingsFormat } from '../src/readers/settings/index.js';
import { readJson } from '../src/readers/settings/json.js';
import { growth, LINEAR } from './growth.js';
import { seededRandom } from './seeded-random.js';

/** Key path, value, type, text at the value's span, text at the key's span. */
function rows(text: string): string[][] {
  const { entries, failed } = readJson(text);
  expect(failed).toBeUndefined();
  return entries.map(({ key, value, type, span, keySpan }) => [
    key.join('.'),
    value,
    type,
    text.slice(span.start, span.end),
    text.slice(keySpan.start, keySpan.end),
  ]);
}

const FILE = `{
  // how long
  "jwt": {
    "secret": "made-up \\"quoted\\" \\u00e9", /* rotate
      often */
    "expiresIn": 3600,
    "algorithms": ["HS256", "HS512",],
    "nested": { "deep": [ { "k": null }, true ] },
  },
  "a.b": "", "": "empty name",
}
`;

describe('positions', () => {
  test('of every value of a file with comments and trailing commas', () => {
    expect(rows(FILE)).toEqual([
      ['jwt.secret', 'made-up "quoted" é', 'string', 'made-up \\"quoted\\" \\u00e9', 'secret'],
      ['jwt.expiresIn', '3600', 'number', '3600', 'expiresIn'],
      ['jwt.algorithms.0', 'HS256', 'string', 'HS256', 'algorithms'],
      ['jwt.algorithms.1', 'HS512', 'string', 'HS512', 'algorithms'],
      ['jwt.nested.deep.0.k', 'null', 'null', 'null', 'k'],
      ['jwt.nested.deep.1', 'true', 'boolean', 'true', 'deep'],
      ['a.b', '', 'string', '', 'a.b'],
      ['', 'empty name', 'string', 'empty name', ''],
    ]);
    expect(readJson(FILE).comments.map(({ start, end }) => FILE.slice(start, end))).toEqual(['// how long', '/* rotate\n      often */']);
  });

  test('with CRLF', () => {
    const text = FILE.replaceAll('\n', '\r\n');
    expect(rows(text)).toEqual(rows(FILE));
  });

  test('of JSON5', () => {
    expect(rows(`{unquoted: 'it\\'s', $x_1: +.5, "hex": -0xFF, n: NaN, i: -Infinity, s: 'a\\\nb\\x41\\v', // end\n}`)).toEqual([
      ['unquoted', "it's", 'string', "it\\'s", 'unquoted'],
      ['$x_1', '+.5', 'number', '+.5', '$x_1'],
      ['hex', '-0xFF', 'number', '-0xFF', 'hex'],
      ['n', 'NaN', 'number', 'NaN', 'n'],
      ['i', '-Infinity', 'number', '-Infinity', 'i'],
      ['s', 'abA\v', 'string', 'a\\\nb\\x41\\v', 's'],
    ]);
  });

  test('of a scalar alone, and of nothing', () => {
    expect(rows(' "made-up" ')).toEqual([['', 'made-up', 'string', 'made-up', '']]);
    expect(rows('')).toEqual([]);
    expect(rows(' \n// only a comment\n')).toEqual([]);
    expect(rows('{}')).toEqual([]);
    expect(rows('[[], {}]')).toEqual([]);
  });
});

describe('faults', () => {
  test.each([
    ['{"a": 1,\n "b" 2}', 2, ['a']],
    ['{"a": 1\n "b": 2}', 2, ['a']],
    ['{"a": 1,\n\n "b": "open\n}', 3, ['a']],
    ['{"a": 1, "b": word}', 1, ['a']],
    ['{"a": 1}\n{"b": 2}', 2, ['a']],
    ['{"a": 1, /* open', 1, ['a']],
    ['{"a": 1, "b": [1, 2}', 1, ['a', 'b.0', 'b.1']],
    ['{"a": 1', 1, ['a']],
    ['[1,,2]', 1, ['0']],
    ['{"a": 1 / 2}', 1, ['a']],
    ['{{ template }}', 1, []],
  ])('%j: what stands before is read', (text, line, keys) => {
    const { entries, failed } = readJson(text);
    expect(failed).toBe(`does not parse at line ${line}`);
    expect(entries.map(({ key }) => key.join('.'))).toEqual(keys);
  });

  test('their sentence holds nothing of the file', () => {
    expect(readJson('{"a": madeupvalue}').failed).toBe('does not parse at line 1');
  });
});

/** The leaves of a parsed value, as `readJson` gives them. */
function leaves(value: unknown, key: readonly string[] = []): [readonly string[], unknown][] {
  if (typeof value !== 'object' || value === null) return [[key, value]];
  const members = Array.isArray(value) ? value.map((each, index): [string, unknown] => [String(index), each]) : Object.entries(value);
  return members.flatMap(([name, each]) => leaves(each, [...key, name]));
}

function valueOf({ type, value }: SettingsEntry): unknown {
  return { string: value, number: Number(value.replace(/^\+/, '')), boolean: value === 'true', null: null }[type];
}

/** Keys and values in the order of their keys; the last of equal keys counts. */
function sorted(pairs: readonly (readonly [readonly string[], unknown])[]): string[] {
  return [...new Map(pairs.map(([key, value]) => [JSON.stringify(key), JSON.stringify(value)]))].map(String).sort();
}

/** JSON text with every liberty that JSONC allows, or none. */
function generate(random: () => number, liberties: boolean): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const space = (): string =>
    pick(liberties ? ['', ' ', '\n', '/* c */', '// "x": 1\n', '\t', '/**/ //\r\n'] : ['', ' ', '\n', '\t', '\r\n']);
  const text = (): string => JSON.stringify(pick(['', 'a', 'é\n"', '\\', '// no comment', '{', '\u2028', '\u0001', 'x'.repeat(20)]));
  const value = (depth: number): string => {
    const kind = depth > 4 ? 0 : random();
    if (kind < 0.5) return pick([text(), text(), '0', '-1.5e3', 'true', 'false', 'null', '12345678901234567890']);
    const items = Array.from({ length: Math.floor(random() * 4) }, (_, index) =>
      kind < 0.75
        ? `${space()}${value(depth + 1)}${space()}`
        : `${space()}"k${index}${pick(['', '\\n', '\\u0041'])}"${space()}:${space()}${value(depth + 1)}${space()}`,
    );
    const inside = items.join(',') + (liberties && items.length > 0 && random() < 0.3 ? ',' : '') + space();
    return kind < 0.75 ? `[${inside}]` : `{${inside}}`;
  };
  return space() + value(0) + space();
}

describe('other readers', () => {
  test('JSON.parse finds the same in 5,000 generated files', () => {
    const random = seededRandom(30);
    for (let file = 0; file < 5000; file++) {
      const text = generate(random, false);
      const { entries, failed } = readJson(text);
      expect(failed, text).toBeUndefined();
      expect(sorted(entries.map((entry) => [entry.key, valueOf(entry)])), text).toEqual(sorted(leaves(JSON.parse(text))));
    }
  });

  test('momoa finds the same in 5,000 generated files with comments and trailing commas', () => {
    const random = seededRandom(31);
    for (let file = 0; file < 5000; file++) {
      const text = generate(random, true);
      const { entries, failed } = readJson(text);
      expect(failed, text).toBeUndefined();
      const value: unknown = evaluate(parse(text, { mode: 'jsonc', allowTrailingCommas: true }));
      expect(sorted(entries.map((entry) => [entry.key, valueOf(entry)])), text).toEqual(sorted(leaves(value)));
    }
  });

  /** A generated file with one character replaced. */
  function damage(random: () => number, whole: string): string {
    const at = Math.floor(random() * whole.length);
    return whole.slice(0, at) + ['', ',', '"', '}', ':', '1', '/'][Math.floor(random() * 7)]! + whole.slice(at + 1);
  }

  test('JSON.parse refuses what is refused, of 20,000 damaged files', () => {
    const random = seededRandom(32);
    let refused = 0;
    for (let file = 0; file < 20_000; file++) {
      const text = damage(random, generate(random, false));
      if (readJson(text).failed === undefined) continue;
      refused++;
      expect(() => JSON.parse(text) as unknown, text).toThrow(SyntaxError);
    }
    expect(refused).toBeGreaterThan(5000);
  });
});

describe('hostile files', () => {
  test.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('100,000 nested %s', (_, open, close) => {
    for (const end of [close.repeat(100_000), ''])
      expect(readJson(`${open.repeat(100_000)}1${end}`)).toMatchObject({ entries: [], failed: 'is nested deeper than 1000' });
  });

  test('values before the depth that is too much are read', () => {
    const { entries } = readJson(`{"a": "made-up", "b": ${'['.repeat(2000)}`);
    expect(entries.map(({ key, value }) => [...key, value])).toEqual([['a', 'made-up']]);
  });

  test('a thousand levels are read', () => {
    const { entries, failed } = readJson(`${'['.repeat(1000)}"made-up"${']'.repeat(1000)}`);
    expect(failed).toBeUndefined();
    expect(entries[0]!.key).toHaveLength(1000);
  });

  test('more values than a settings file has', () => {
    expect(readJson(`[${'1,'.repeat(200_000)}1]`).failed).toBe('has more than 100,000 values');
    const deep = readJson(`${'['.repeat(999)}${'1,'.repeat(200_000)}1${']'.repeat(999)}`);
    expect(deep.failed).toBe('has more than 100,000 values');
    expect(deep.entries.length).toBeLessThan(3000);
  });

  test('NUL bytes', () => {
    expect(rows('{"a": "made\0up"}')).toEqual([['a', 'made\0up', 'string', 'made\0up', 'a']]);
    expect(readJson('{"a": \0}').failed).toBe('does not parse at line 1');
  });

  test.each([
    ['comments', '//\n'],
    ['empty objects', '{},'],
    ['strings', '"a\\n",'],
    ['slashes', '/'],
    ['backslashes', '"\\\\'],
    ['space', ' '],
    ['open strings', '"'],
  ])('%s take linear time', (_, unit) => {
    expect(growth(20_000, (size) => `[${unit.repeat(Math.floor(size / unit.length))}`, readJson)).toBeLessThan(LINEAR);
  });
});

describe('which files are settings', () => {
  test.each(['config/default.json', '.vscode/settings.json', 'app.jsonc', 'x.json5', 'tsconfigs.json', 'my-package.json'])(
    '%s',
    async (path) => {
      expect(settingsFormat(path)).toEqual({ format: 'json', role: 'config' });
      expect(await readSettings(path, '{"a": 1}')).toMatchObject({ format: 'json', role: 'config', entries: [{ key: ['a'] }] });
    },
  );

  test.each([
    'a/package-lock.json',
    'npm-shrinkwrap.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'composer.lock',
    'dist/a.js.map',
    'jsconfig.json',
    '.package-lock.json',
  ])('%s is none', (path) => {
    expect(settingsFormat(path)).toBeUndefined();
  });

  test('a manifest that is asked for is read all the same', async () => {
    expect(await readSettings('package.json', '{"name": "x"}')).toMatchObject({
      role: 'manifest',
      entries: [{ key: ['name'], value: 'x' }],
    });
  });

  test.each([
    [
      'environment',
      { values: [{ key: 'JWT_SECRET', value: 'made-up' }], _postman_variable_scope: 'environment' },
      ['values', 'JWT_SECRET'],
    ],
    [
      'collection',
      {
        info: { schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
        variable: [{ key: 'JWT_SECRET', value: 'made-up' }],
      },
      ['variable', 'JWT_SECRET'],
    ],
    [
      'request',
      {
        info: { schema: 'https://schema.getpostman.com/json/collection/v2.0.0/collection.json' },
        item: [{ request: { auth: { jwt: [{ key: 'secret', value: 'made-up' }] } } }],
      },
      ['item', '0', 'request', 'auth', 'jwt', 'secret'],
    ],
    ['file of something else', { values: [{ key: 'JWT_SECRET', value: 'made-up' }] }, ['values', '0', 'value']],
  ])('Postman: %s', async (_, content, key) => {
    const { entries } = await readSettings('x.json', JSON.stringify(content));
    expect(entries.find(({ value }) => value === 'made-up')?.key).toEqual(key);
  });

  test('variables in pairs of name and value are entries of their own', async () => {
    const text = '{"containerDefinitions": [{"environment": [{"name": "JWT_SECRET", "value": "made-up"}]}]}';
    const { entries } = await readSettings('task.json', text);
    expect(entries.at(-1)).toEqual({
      key: ['containerDefinitions', '0', 'environment', 'JWT_SECRET'],
      value: 'made-up',
      type: 'string',
      span: { start: text.indexOf('made-up'), end: text.indexOf('made-up') + 7 },
      keySpan: { start: text.indexOf('JWT_SECRET'), end: text.indexOf('JWT_SECRET') + 10 },
    });
  });
});
