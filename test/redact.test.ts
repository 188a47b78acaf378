import { describe, expect, test } from 'vitest';
import { JwtlintError } from '../src/errors.js';
import type { TextKind } from '../src/hidden.js';
import { describeError, FRAME_WIDTH, frameMaker, inert, inertJson, MASK, maskedFrame } from '../src/redact.js';
import { partsOf, PEM, SECRETS } from './sentinels.js';

/** The frame about the first occurrence of `marked`. */
function frame(text: string, marked: string, kind: TextKind, plain = false) {
  const start = text.indexOf(marked);
  expect(start).toBeGreaterThanOrEqual(0);
  return maskedFrame(text, { start, end: start + marked.length }, [], kind, plain);
}

/** The text of a frame with its mark in angle brackets. */
function shown(text: string, marked: string, kind: TextKind, plain = false): string {
  const { text: line, start, end } = frame(text, marked, kind, plain);
  return `${line.slice(0, start)}⟨${line.slice(start, end)}⟩${line.slice(end)}`;
}

function leaks(line: string, secret: string, around: string): string[] {
  return partsOf(secret).filter((part) => line.includes(part) && !around.includes(part));
}

describe('a line of a script', () => {
  test.each([
    ["const secret = 'made-up';", "'made-up'", "const secret = ⟨'••••••'⟩;"],
    ["const secret = 'made-up';", 'made-up', "const secret = '⟨••••••⟩';"],
    ['  key: process.env.JWT_SECRET ?? "made-up", // why', '"made-up"', 'key: process.env.JWT_SECRET ?? ⟨"••••••"⟩,'],
    ["env = process.env['JWT_SECRET'] || `made-up`", '`made-up`', "env = process.env['JWT_SECRET'] || ⟨`••••••`⟩"],
    ["import jwt from 'jsonwebtoken';", 'jwt', "import ⟨jwt⟩ from 'jsonwebtoken';"],
    ["import { key } from './made-up.js';", 'key', "import { ⟨key⟩ } from '••••••';"],
    ["jwt.sign(claims, key, { algorithm: 'HS512' })", 'jwt.sign(claims, key,', "⟨jwt.sign(claims, key,⟩ { algorithm: 'HS512' })"],
    ["jwt.sign(claims, 'HS256')", "'HS256'", "jwt.sign(claims, ⟨'••••••'⟩)"],
    ['sign(claims, `${a.b}-made-up-${`x`}`)', 'sign(', '⟨sign(⟩claims, `${a.b}••••••${`••••••`}`)'],
    ['sign(claims, 12345678, 900)', '12345678', 'sign(claims, ⟨••••••⟩, 900)'],
    ['const made = /made-up/.test(x) / 2 / 1;', 'x', 'const made = /••••••/.test(⟨x⟩) / 2 / 1;'],
    ['call(); /* made-up */ next(); // made-up', 'next()', 'call();  ⟨next()⟩;'],
    ['call(); // made-up', 'made-up', 'call(); ⟨••••••⟩'],
    ['x = <T a="made-up">{`made-up`}</T>;', 'x', '⟨x⟩ = <T a="••••••">{`••••••`}</T>;'],
    [
      "pem = '-----BEGIN PRIVATE KEY-----\\nmade-up'",
      "'-----BEGIN PRIVATE KEY-----\\nmade-up'",
      "pem = ⟨'-----BEGIN PRIVATE KEY-----••••••'⟩",
    ],
    ["pem = '-----BEGIN made-up-----\\nmade-up'", 'pem', "⟨pem⟩ = '••••••'"],
    ['#!/usr/bin/env made-up', '#!', '⟨••••••⟩'],
    ["a = 'made\\'-up'; b = 'made-up", 'b', "a = '••••••'; ⟨b⟩ = '••••••"],
    ['\tsecret\t= "made-up"', 'secret', '⟨secret⟩ = "••••••"'],
    ["a = '', b = key", 'b', "a = '', ⟨b⟩ = key"],
    ["k = requireEnv('JWT_SECRET')", 'k', "⟨k⟩ = requireEnv('JWT_SECRET')"],
    ["k = this.configService.getOrThrow<string>('JWT_SECRET')", 'k', "⟨k⟩ = this.configService.getOrThrow<string>('JWT_SECRET')"],
    ["k = config.get('jwt.secret', 'jwt.secret')", 'k', "⟨k⟩ = config.get('jwt.secret', '••••••')"],
    ["k = env('JWT_SECRET', 'MADE_UP')", 'k', "⟨k⟩ = env('JWT_SECRET', '••••••')"],
    [
      "k = env('made-up'); l = config.get('madeup'); m = cache.get('made.up')",
      'k',
      "⟨k⟩ = env('••••••'); l = config.get('••••••'); m = cache.get('••••••')",
    ],
    ["k = config.get('JWT_3fR9xQ2')", 'k', "⟨k⟩ = config.get('••••••')"],
    ["k = require('../config/tokens.js'); l = require('madeup')", 'k', "⟨k⟩ = require('../config/tokens.js'); l = require('••••••')"],
    ["k = { expiresIn: '15m', key: '15m', expiresIn: 'made-up' }", 'k', "⟨k⟩ = { expiresIn: '15m', key: '••••••', expiresIn: '••••••' }"],
    ["k = from './config/tokens'; k = '' + './config/tokens'", 'k', "⟨k⟩ = from './config/tokens'; k = '' + '••••••'"],
  ])('%s', (line, marked, expected) => {
    expect(shown(line, marked, 'script')).toBe(expected);
  });

  test('a word that is safe elsewhere is masked where it is the value, unless the finding has none', () => {
    const line = "jwt.verify(token, key, { algorithms: ['none'] })";
    expect(shown(line, "'none'", 'script')).toBe("jwt.verify(token, key, { algorithms: [⟨'••••••'⟩] })");
    expect(shown(line, "'none'", 'script', true)).toBe("jwt.verify(token, key, { algorithms: [⟨'none'⟩] })");
  });

  test('plain never shows more than what the text shows anyway', () => {
    expect(shown("const secret = 'made-up';", "'made-up'", 'script', true)).toBe("const secret = ⟨'••••••'⟩;");
  });

  test('a line in the middle of a template literal shows nothing but the mask', () => {
    const text = 'const key = `first made-up\n  second made-up word\nlast made-up`; use(key);\nuse(key);';
    expect(frame(text, 'second', 'script')).toEqual({ line: 2, text: MASK, start: 0, end: MASK.length });
    expect(shown(text, 'use(key)', 'script')).toBe('••••••`; ⟨use(key)⟩;');
    expect(frame(text, 'const', 'script').text).toBe('const key = `••••••');
  });

  test('the body of a PEM that stands in no string is masked all the same', () => {
    expect(frame(`${PEM}x`, PEM.split('\n')[3]!, 'script').text).toBe(MASK);
  });

  test('substitutions nest, and what follows them is template again', () => {
    const text = 'a = `made ${b(`up ${{ c: 1 }.c} made`)} up`; use(made)';
    expect(frame(text, 'use', 'script').text).toBe('a = `••••••${b(`••••••${{ c: 1 }.c}••••••`)}••••••`; use(made)');
  });

  test('an unbroken run that reads as no name is masked, a path of names is not', () => {
    const run = 'mAdE0uP1kEy2tHaT3iS4nO5wOrD6';
    expect(frame(`use(${run}); configuration.getOrThrow(key)`, 'configuration', 'script').text).toBe(
      `use(${MASK}); configuration.getOrThrow(key)`,
    );
  });

  test('other values on the line are masked by their spans', () => {
    const text = 'sign(a, HS256, b)';
    const maskedText = maskedFrame(text, { start: 0, end: 4 }, [{ start: 8, end: 13 }], 'script').text;
    expect(maskedText).toBe(`sign(a, ${MASK}, b)`);
  });
});

describe('a line of settings', () => {
  test.each([
    ['JWT_SECRET=made-up # why', 'made-up', 'JWT_SECRET=⟨••••••⟩'],
    ['export JWT_SECRET="made-up" # why', 'made-up', 'export JWT_SECRET="⟨••••••⟩"'],
    ['# JWT_SECRET=made-up', 'made-up', '⟨••••••⟩'],
    ['    jwtSecret: made-up', 'jwtSecret', '⟨jwtSecret⟩: ••••••'],
    ["  - JWT_SECRET='made-up'", 'made-up', "- JWT_SECRET='⟨••••••⟩'"],
    ['  - made-up', 'made-up', '- ⟨••••••⟩'],
    ['JWT_SECRET: ${JWT_SECRET:-made-up}', 'made-up', 'JWT_SECRET: ${JWT_SECRET:-⟨••••••⟩}'],
    ['{ "jwt": { "secret": "made-up", "ttl": 900 }, "b": [] }', 'made-up', '{ "jwt": { "secret": "⟨••••••⟩", "ttl": •••••• }, "b": [] }'],
    ['{ "a": "made-up", made-up }', '"a"', '{ ⟨"a"⟩: "••••••", ••••••'],
    ['KEY="made-up",OTHER=made-up', 'KEY', '⟨KEY⟩="••••••",••••••'],
    ['url: redis://made:up@host', 'url', '⟨url⟩: ••••••'],
    ['made-up', 'made-up', '⟨••••••⟩'],
    ['PORT=', 'PORT', '⟨PORT⟩='],
  ])('%s', (line, marked, expected) => {
    expect(shown(line, marked, 'settings')).toBe(expected);
  });

  test.each([
    ['a block scalar', 'key: |\n  made = up\n  more: made-up\nnext: x', 'made'],
    ['a quoted value over lines', 'KEY="first\nmade=up\nlast"\nNEXT=x', 'made'],
    ['a PEM in quotes', `KEY="${PEM}"\nNEXT=x`, PEM.split('\n')[2]!],
    ['a bare PEM', `${PEM}\nNEXT=x`, PEM.split('\n')[2]!],
    ['a PEM that does not end', `key: -----BEGIN PRIVATE KEY-----\n${PEM.split('\n').slice(1, 4).join('\n')}\n`, PEM.split('\n')[2]!],
  ])('a line in the middle of %s shows nothing but the mask', (_, text, marked) => {
    expect(frame(text, marked, 'settings')).toMatchObject({ text: MASK, start: 0, end: MASK.length });
  });

  test('after a block or a value over lines keys are shown again', () => {
    expect(frame('key: |\n  made-up\nnext: x', 'next', 'settings').text).toBe(`next: ${MASK}`);
    expect(frame('KEY="a\nb"\nNEXT=x', 'NEXT', 'settings').text).toBe(`NEXT=${MASK}`);
  });
});

describe('a line of any other text', () => {
  test.each([
    ['Authorization: Bearer made-up', 'made-up', 'Authorization: ⟨••••••⟩'],
    ['The key is made2up, do not tell.', 'made2up', 'The key is ⟨••••••⟩ do not tell.'],
    ['The "made up" key', 'key', 'The •••••• ⟨••••••⟩'],
    ['made', 'made', '⟨••••••⟩'],
    ['-----BEGIN RSA PRIVATE KEY-----', '-----BEGIN RSA PRIVATE KEY-----', '⟨-----BEGIN RSA PRIVATE KEY-----⟩'],
  ])('%s', (line, marked, expected) => {
    expect(shown(line, marked, 'text')).toBe(expected);
  });

  test('the body of a PEM shows nothing but the mask', () => {
    const body = PEM.split('\n')[3]!;
    expect(frame(`see\n${PEM}`, body, 'text').text).toBe(MASK);
  });
});

describe('a long line', () => {
  const before = 'call(argument, '.repeat(200);
  const line = `${before}'made-up', ${'more, '.repeat(300)})`;

  test('is cut around its mark', () => {
    const { text, start, end } = frame(line, "'made-up'", 'script');
    expect(text.length).toBe(FRAME_WIDTH);
    expect(text).toMatch(/^….*…$/);
    expect(text.slice(start, end)).toBe("'••••••'");
  });

  test('is cut behind its mark when that stands at the start', () => {
    const { text, start, end } = frame(line, 'call(', 'script');
    expect(text).toMatch(/^call\(.*[^…]…$/);
    expect([start, end]).toEqual([0, 5]);
  });

  test('a mark that does not fit ends with the frame', () => {
    const { text, start, end } = frame(line, line.slice(0, 4000), 'script');
    expect([text.length, start, end]).toEqual([FRAME_WIDTH, 0, FRAME_WIDTH]);
  });
});

describe('positions', () => {
  test('lines end with \\n, \\r\\n or \\r, which are not part of them', () => {
    const text = "a = 1;\r\nb = 2;\rc = 'made-up';\nx = 4;";
    expect(frame(text, 'b', 'script')).toEqual({ line: 2, text: 'b = 2;', start: 0, end: 1 });
    expect(frame(text, "'made-up'", 'script')).toEqual({ line: 3, text: "c = '••••••';", start: 4, end: 12 });
    expect(frame(text, 'x', 'script')).toMatchObject({ line: 4, text: 'x = 4;' });
  });

  test('a span over several lines is marked to the end of its first', () => {
    expect(shown('call(\n  x,\n);', 'call(\n  x,\n)', 'script')).toBe('⟨call(⟩');
  });

  test('an empty text has an empty frame', () => {
    expect(maskedFrame('', { start: 0, end: 0 }, [], 'text')).toEqual({ line: 1, text: '', start: 0, end: 0 });
  });

  test('what the line shows is harmless for a terminal', () => {
    // eslint-disable-next-line no-control-regex -- it must not be there
    expect(frame('a\u001b[31m\u202e = b; x()', 'x', 'script').text).not.toMatch(/[\u001b\u202e]/);
  });
});

/** Where a secret may stand, and something else on the same line that a frame may be about. */
const PLACES: Readonly<Record<TextKind, readonly (readonly [line: (secret: string) => string, other: string])[]>> = {
  script: [
    [(s) => `const key = '${s}'; use(key);`, 'use'],
    [(s) => `const key = "${s}"; use(key);`, 'const'],
    [(s) => `sign(claims, \`${s}\`);`, 'sign'],
    [(s) => `sign(claims, \`\${env.A}${s}\${env.B}\`);`, 'sign'],
    [(s) => `const key = 'a' + '${s}' + "b";`, 'const'],
    [(s) => `register({ secret: '${s}', ttl: 900 });`, 'register'],
    [(s) => `function f(key = '${s}') {}`, 'function'],
    [(s) => `use(); // ${s}`, 'use'],
    [(s) => `use(); /* ${s} */ more();`, 'more'],
    [(s) => `const key = \`\n${s}\n\`; use(key);`, 'const'],
    [(s) => `/*\n ${s}\n*/`, '/*'],
    [(s) => `const open = '${s}`, 'const'],
    [(s) => `const open = \`${s}`, 'const'],
    [(s) => `const x = <Login secret="${s}" />;`, 'const'],
  ],
  settings: [
    [(s) => `JWT_SECRET=${s}`, 'JWT_SECRET'],
    [(s) => `JWT_SECRET="${s}"`, 'JWT_SECRET'],
    [(s) => `# JWT_SECRET=${s}`, '#'],
    [(s) => `jwtSecret: ${s}`, 'jwtSecret'],
    [(s) => `- ${s}`, '-'],
    [(s) => `- JWT_SECRET=${s}`, 'JWT_SECRET'],
    [(s) => `SECRET: \${SECRET:-${s}}`, 'SECRET'],
    [(s) => `{ "a": { "secret": "${s}", "b": 1 } }`, '"a"'],
    [(s) => `key: |\n  ${s}\n`, 'key'],
    [(s) => `KEY="\n${s}\n"`, 'KEY'],
    [(s) => `command: sh -c "SECRET='${s}' node ."`, 'command'],
  ],
  text: [
    [(s) => `Authorization: Bearer ${s}`, 'Authorization'],
    [(s) => `curl -H "Authorization: Bearer ${s}" localhost`, 'curl'],
    [(s) => `SECRET=${s}`, 'SECRET'],
    [(s) => `SECRET = "${s}"`, 'SECRET'],
    [(s) => `the \`${s}\` is it`, 'the'],
  ],
};

describe('secrets of every shape', () => {
  for (const [kind, places] of Object.entries(PLACES) as [TextKind, (typeof PLACES)[TextKind]][]) {
    test.each(Object.keys(SECRETS))(`${kind}: %s`, (shape) => {
      const secret = SECRETS[shape]!;
      for (const [line, other] of places) {
        const text = line(secret);
        const start = text.indexOf(secret);
        const about = [
          maskedFrame(text, { start, end: start + secret.length }, [], kind),
          maskedFrame(text, { start: start + 2, end: start + 5 }, [], kind),
          maskedFrame(text, { start: text.indexOf(other), end: text.indexOf(other) + other.length }, [], kind),
          maskedFrame(text, { start: text.indexOf(other), end: text.indexOf(other) + other.length }, [], kind, true),
        ];
        for (const { text: shownText, start: from, end: to } of about) {
          expect(leaks(shownText, secret, line('')), `${kind} ${line('…')}`).toEqual([]);
          expect(from).toBeLessThanOrEqual(to);
          expect(to).toBeLessThanOrEqual(shownText.length);
        }
      }
    });
  }

  test.each(Object.keys(SECRETS))('a line of prose that is known to hold one: %s', (shape) => {
    const secret = SECRETS[shape]!;
    const text = `see ${secret} here`;
    const { text: line } = maskedFrame(text, { start: 0, end: 3 }, [{ start: 4, end: 4 + secret.length }], 'text');
    expect(leaks(line, secret, '')).toEqual([]);
  });

  test('a mask says nothing of the length', () => {
    const masks = ['x', 'made-up', SECRETS['token']!].map((secret) => frame(`const key = '${secret}';`, 'const', 'script').text);
    expect(new Set(masks).size).toBe(1);
  });
});

describe('hostile text', () => {
  const pieces = [
    "'a',",
    'a',
    '`${',
    '/',
    '/a',
    'x=1;',
    '"',
    '\\',
    ' ',
    '(',
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----\n',
    'a: "b", ',
    'a=b\n',
  ];
  const more = ['=/[', 'eyJ.', '中', '{', "a'b ", '\r', '{a:', '- ', '${', '#[', '|\n', 'a-b=', '\u202e'];

  /** Milliseconds for frames of 1,000 findings in a text of one repeated piece. */
  function cost(piece: string, length: number, kind: TextKind): number {
    const text = piece.repeat(Math.ceil(length / piece.length));
    const spans = Array.from({ length: 1000 }, (_, index) => ({
      start: Math.floor((index * length) / 1000),
      end: Math.floor((index * length) / 1000) + 4,
    }));
    const started = performance.now();
    const make = frameMaker(text, spans, kind);
    for (const span of spans) make(span);
    return performance.now() - started;
  }

  test.each(['script', 'settings', 'text'] as const)('takes linear time: %s', (kind) => {
    for (const piece of [...pieces, ...more]) {
      const small = cost(piece, 40_000, kind);
      const large = cost(piece, 400_000, kind);
      // Ten times the text; quadratic work would take a hundred times as long, many seconds.
      expect(large, JSON.stringify(piece)).toBeLessThan(40 * small + 200);
    }
    const seconds = cost("a: 'made-up', ", 5_000_000, kind) / 1000;
    expect(seconds).toBeLessThan(10);
  });

  test('one mark over 5 MB', () => {
    const secret = 'made-up '.repeat(640_000);
    expect(frame(`key = '${secret}'; x`, `'${secret}'`, 'script').text).toBe("key = '••••••'; x");
    expect(frame(`KEY=${secret}`, secret, 'settings').text).toBe('KEY=••••••');
  });
});

describe('inert', () => {
  test('shows what is invisible or moves the cursor', () => {
    expect(inert('a\u001b[31mb\nc\u202ed\u0085e\u200bf\u2028g\ud800h\u{e0041}')).toBe(
      'a\\u{1b}[31mb\\u{a}c\\u{202e}d\\u{85}e\\u{200b}f\\u{2028}g\\u{d800}h\\u{e0041}',
    );
  });

  test('leaves other text alone', () => {
    const text = 'src/ünïcode [id]/(group)/日本語 🔑 a::b #1 ##.ts';
    expect(inert(text)).toBe(text);
  });

  test('takes the meaning off the commands of CI logs', () => {
    expect(inert('::error::x ::set-output name=a::b ##[error]x ##vso[task]')).toBe(
      '\\u{3a}:error::x \\u{3a}:set-output name=a::b \\u{23}#[error]x \\u{23}#vso[task]',
    );
  });

  test('caps the length without halving a surrogate pair', () => {
    expect(inert('x'.repeat(2000))).toBe(`${'x'.repeat(1000)}…`);
    expect(inert('ab🔑cd', 3)).toBe('ab…');
    expect(inert('x'.repeat(5_000_000)).length).toBe(1001);
  });
});

test('inertJson keeps every character and shows none that a terminal acts on', () => {
  const value = { path: 'a\u001b\u009b\u202e\u{e0041}\ud800\u2028\n"\\b', list: ['🔑'] };
  const json = inertJson(value);
  expect(JSON.parse(json)).toEqual(value);
  expect(json).toContain('🔑');
  expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Cs}]/u);
});

describe('describeError', () => {
  const secret = SECRETS['base64']!;

  test('tells what an expected error says', () => {
    const error = new JwtlintError('usage', 'there is no option --\u001b[2J', 'Did you mean --help?', { cause: new Error(secret) });
    expect(describeError(error, false)).toBe('jwtlint: there is no option --\\u{1b}[2J\n  Did you mean --help?');
  });

  test.each([
    ['an error', new Error(`Unexpected token in ${secret}`)],
    ['an error over lines', new SyntaxError(`bad\n    at ${secret} (file:///x.ts:1:1)\n${secret}`)],
    ['a changed message', Object.assign(new Error(secret), { message: 'other' })],
    ['a changed stack', Object.assign(new Error('x'), { stack: `y\n    at ${secret}` })],
    ['a name', Object.assign(new Error('x'), { name: secret })],
    ['a code', Object.assign(new Error('x'), { code: secret })],
    ['a cause', new Error('x', { cause: new Error(secret, { cause: new TypeError(secret) }) })],
    ['a string', secret],
    ['an object', { message: secret }],
    ['no message', new Error('')],
  ])('shows nothing of a message: %s', (_, error) => {
    for (const debug of [false, true]) {
      const text = describeError(error, debug);
      expect(leaks(text, secret, '')).toEqual([]);
      expect(text).toMatch(/^jwtlint: unexpected [A-Za-z]+:/);
    }
  });

  test('shows the place only under --debug, with the causes', () => {
    const error = new TypeError('made-up', { cause: Object.assign(new Error('made-up'), { code: 'EACCES' }) });
    expect(describeError(error, false)).not.toContain('redact.test');
    const text = describeError(error, true);
    expect(text).toContain('unexpected TypeError');
    expect(text).toMatch(/\n {4}at .*redact\.test/);
    expect(text).toContain('caused by Error EACCES');
    expect(text).not.toContain('made-up');
  });

  test('ends when causes go in circles', () => {
    const error = new Error('made-up');
    error.cause = error;
    expect(describeError(error, true).split('caused by').length).toBe(8);
  });
});
