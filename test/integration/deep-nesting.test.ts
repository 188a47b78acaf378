/** Code that is nested deeper than any parser's stack: it is parsed or named, its text is searched, and the run goes on. */
import { describe, expect, test } from 'vitest';
import { directoryOf, further, SECRET } from '../planted.js';
import { leftOutIn, noticesIn, runProgram } from '../run-program.js';
import { PEM } from '../sentinels.js';

describe('nesting', () => {
  /** A key in the text and a call below the nested code: the first is always found, the second when the code is parsed. */
  const around = (code: string): string =>
    `import jwt from 'jsonwebtoken';\n${code}\njwt.sign({}, '${SECRET}', { expiresIn: 60 });\n/*\n${PEM}*/\n`;

  const SHAPES: readonly (readonly [shape: string, extension: string, make: (repeat: (unit: string) => string) => string])[] = [
    ['[', 'js', (repeat) => `x = ${repeat('[')}${repeat(']')};`],
    ['(', 'js', (repeat) => `x = ${repeat('(')}1${repeat(')')};`],
    ['{', 'js', (repeat) => `${repeat('{')}${repeat('}')}`],
    ['{a:', 'js', (repeat) => `x = ${repeat('{a:')}1${repeat('}')};`],
    ['!', 'js', (repeat) => `x = ${repeat('!')}1;`],
    ['a=>', 'js', (repeat) => `x = ${repeat('a=>')}1;`],
    ['a?b:', 'js', (repeat) => `x = ${repeat('a?b:')}1;`],
    ['+', 'js', (repeat) => `x = 1${repeat('+1')};`],
    ['**', 'js', (repeat) => `x = 1${repeat('**1')};`],
    ['?.', 'js', (repeat) => `x = a${repeat('?.b')};`],
    ['()', 'js', (repeat) => `x = a${repeat('()')};`],
    ['f(', 'js', (repeat) => `x = ${repeat('f(')}${repeat(')')};`],
    ['else if', 'js', (repeat) => `${repeat('if(a);else ')};`],
    ['`${', 'js', (repeat) => `x = ${repeat('`${')}1${repeat('}`')};`],
    ['<a>', 'jsx', (repeat) => `x = ${repeat('<a>')}${repeat('</a>')};`],
    ['A<', 'ts', (repeat) => `let x: ${repeat('A<')}1${repeat('>')};`],
    ['[ in a type', 'ts', (repeat) => `let x: ${repeat('[')}${repeat(']')};`],
    ['unclosed [', 'js', (repeat) => `x = ${repeat('[')}`],
    ['unclosed <a>', 'tsx', (repeat) => `x = ${repeat('<a>')}`],
    ['unclosed `${', 'ts', (repeat) => `x = ${repeat('`${')}`],
  ];

  test.each([
    [1_000, / no-hardcoded-secret$/],
    [100_000, /: too deeply nested to parse$/],
  ])('%i levels of anything are parsed or named, the text is searched, and the run goes on', async (depth, expected) => {
    // On lines, since generated code on a single one is not parsed anyway.
    const code = (make: (repeat: (unit: string) => string) => string): string => around(make((unit) => `${unit}\n`.repeat(depth)));
    const files = SHAPES.map(([shape, extension, make], index) => ({ shape, name: `m/${index}.${extension}`, text: code(make) }));
    const outcome = await runProgram(directoryOf(Object.fromEntries(files.map(({ name, text }) => [name, text]))), '-f', 'json');
    const said = [...further(outcome), ...noticesIn(outcome.stdout)];
    const answers = files.map(({ shape, name }) => {
      const lines = said.filter((line) => line.startsWith(`${name}:`));
      return [
        shape,
        ...lines.filter((line) => line.endsWith(' no-private-key')),
        ...lines.filter((line) => !line.endsWith(' no-private-key')),
      ];
    });
    // An unclosed bracket may be seen before it is deep.
    const parsed = (shape: string): RegExp =>
      shape.startsWith('unclosed') ? /: (?:does not parse|too deeply nested to parse)$/ : expected;
    const key = expect.stringMatching(/ no-private-key$/);
    expect(answers).toEqual(SHAPES.map(([shape]) => [shape, key, expect.stringMatching(parsed(shape))]));
  });

  test('on one line it is generated code: searched as text, and the closing line says so', async () => {
    const files = { 'm/deep.js': around(`x = ${'['.repeat(100_000)}`) };
    const outcome = await runProgram(directoryOf(files), '-f', 'json');
    expect(further(outcome)).toEqual(['m/deep.js:5 no-private-key']);
    expect(leftOutIn(outcome.stdout)).toEqual(['m/deep.js: minified, searched for keys and tokens only']);
  });
});
