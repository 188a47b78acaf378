/**
 * Single-file components: their scripts, and nothing else of them, are read as such, at the offsets of the whole file. On
 * the command line and, with the parsers that the formats have for it, in ESLint.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tsParser from '@typescript-eslint/parser';
import * as astroParser from 'astro-eslint-parser';
import { ESLint, type Linter } from 'eslint';
import * as svelteParser from 'svelte-eslint-parser';
import { describe, expect, test } from 'vitest';
import * as vueParser from 'vue-eslint-parser';
import { RULES } from '../rules/index.js';
import jwtlint from '../src/eslint/plugin.js';
import type { FileResult } from '../src/inspect.js';
import { scanFiles } from './scan-directory.js';

const MANIFEST = JSON.stringify({ dependencies: { jsonwebtoken: '9.0.2', jose: '6.1.0', 'jwt-decode': '4.0.0' } });
const KEY = 'made-up-component-key-Wv83';
const IMPORT = "import jwt from 'jsonwebtoken';";
const SIGN = `jwt.sign({ sub: 1 }, '${KEY}', { expiresIn: 60 })`;

async function scan(path: string, text: string | Uint8Array): Promise<FileResult> {
  const results = await scanFiles(
    new Map<string, string | Uint8Array>([
      ['package.json', MANIFEST],
      [path, text],
    ]),
  );
  return results.find((result) => result.path === path)!;
}

/** Where findings of no-hardcoded-secret begin, as offsets. */
function offsets({ findings }: FileResult, text: string): number[] {
  const lines = text.split(/(?<=\n)|(?<=\r)(?!\n)/);
  return findings
    .filter(({ reported }) => reported.ruleId === 'no-hardcoded-secret')
    .map(({ reported: { location } }) => lines.slice(0, location.startLine - 1).join('').length + location.startColumn - 1)
    .sort((one, other) => one - other);
}

/** `«` stands before each text that is a key, and nowhere else. */
const FORMS: readonly (readonly [name: string, path: string, text: string])[] = [
  ['Vue: a plain script', 'a.vue', `<script>\n${IMPORT}\n${SIGN.replace("'", "«'")};\n</script>`],
  [
    'Vue: unusual quotes and blanks',
    'a.vue',
    `<script\n  setup\n  lang = ts\n>\n${IMPORT}\nconst t: string = ${SIGN.replace("'", "«'")};\n</script >`,
  ],
  ['Vue: JSX', 'a.vue', `<script lang="tsx">\n${IMPORT}\nexport default () => <p title={${SIGN.replace("'", "«'")}}>it's</p>;\n</script>`],
  ['Vue: upper case', 'A.VUE', `<script lang="TS">\n${IMPORT}\nconst t: string = ${SIGN.replace("'", "«'")};\n</script>`],
  [
    'Vue: two scripts, the same import in both',
    'a.vue',
    `<script setup>\n${IMPORT}\nconst t = ${SIGN.replace("'", "«'")};\n</script>\n<script>\n${IMPORT}\nexport const u = ${SIGN.replace("'", "«'")};\n</script>`,
  ],
  ['Vue: a script of another file', 'a.vue', `<script src="./b.js">${IMPORT} ${SIGN}</script>`],
  ['Vue: in a comment', 'a.vue', `<!-- <script>${IMPORT} ${SIGN}</script> -->\n<template><p /></template>`],
  [
    'Vue: in a template',
    'a.vue',
    `<template><div v-html="\`<script>${IMPORT.replace(/'/g, '')} ${SIGN}\`" /></template>\n<script>const jwt = 1;</script>`,
  ],
  [
    'Vue: a template in another language',
    'a.vue',
    `<template lang="pug">\np <script> ${SIGN}\n</template>\n<script>\n${IMPORT}\n${SIGN.replace("'", "«'")}\n</script>`,
  ],
  [
    'Vue: a closing tag in a text ends the script, as in HTML',
    'a.vue',
    `<script>\n${IMPORT}\n${SIGN.replace("'", "«'")};\nconst a = 1;</script>'; ${SIGN}`,
  ],
  [
    'Svelte: module and instance',
    'a.svelte',
    `<script module>\n${IMPORT}\n</script>\n<script>\nlet { a } = $props(); const t = ${SIGN.replace("'", "«'")};\n</script>{@html a}`,
  ],
  [
    'Svelte: TypeScript without quotes',
    'a.svelte',
    `<script lang=ts>\n${IMPORT}\nexport let a: string;\n$: t = ${SIGN.replace("'", "«'")} as string;\n</script>`,
  ],
  [
    'Svelte: a script in the markup is no script of the component',
    'a.svelte',
    `<svelte:head><script>${SIGN}</script></svelte:head><script>${IMPORT} ${SIGN.replace("'", "«'")}</script>`,
  ],
  [
    'Svelte: in texts, attributes and comments',
    'a.svelte',
    `<!-- <script>${IMPORT} ${SIGN}</script> --><p title="<script>">{\`<script>${SIGN}\`}</p><script>${IMPORT}</script>`,
  ],
  [
    'Svelte: markup of an older version',
    'a.svelte',
    `<script>\n${IMPORT}\n${SIGN.replace("'", "«'")}\n</script>\n<p {...$$props} on:click|preventDefault={() => 1}>{#each [1] as a}{a}{/each}</p>`,
  ],
  [
    'Svelte: styles in another language',
    'a.svelte',
    `<script>\n${IMPORT}\n${SIGN.replace("'", "«'")}\n</script>\n<p>a</p>\n<style lang="scss">\n$c: red; // a\n.x { &:hover { color: darken($c, 10%) } @include y; }\n</style>`,
  ],
  ['Svelte: unfinished markup', 'a.svelte', `<script>\n${IMPORT}\n${SIGN.replace("'", "«'")}\n</script>\n<p>{#each [1] as a}<b>{/each}<i>`],
  [
    'Astro: frontmatter with fences in a text',
    'a.astro',
    `---\n${IMPORT}\nconst fence = '---';\nconst t = ${SIGN.replace("'", "«'")};\n---\n<p>---</p>`,
  ],
  ['Astro: blanks and a comment before the frontmatter', 'a.astro', `\n<!-- page -->\n---\n${IMPORT}\n${SIGN.replace("'", "«'")};\n---\n`],
  ['Astro: an early return', 'a.astro', `---\n${IMPORT}\nif (Astro.url) return ${SIGN.replace("'", "«'")};\n---\n`],
  [
    'Astro: client scripts, in an expression too',
    'a.astro',
    `<html><p>é</p><script>${IMPORT} ${SIGN.replace("'", "«'")}</script>{on && <script is:inline>${IMPORT} ${SIGN.replace("'", "«'")}</script>}</html>`,
  ],
  ['Astro: a client script does not see the frontmatter', 'a.astro', `---\n${IMPORT}\n---\n<script>${SIGN}</script>`],
  [
    'Astro: data',
    'a.astro',
    `<script type="application/json">{"a":"${KEY}"}</script><script type='module'>${IMPORT} ${SIGN.replace("'", "«'")}</script>`,
  ],
  [
    'Astro: in comments and expressions',
    'a.astro',
    `<!-- <script>${IMPORT} ${SIGN}</script> -->{/* <script>${IMPORT} ${SIGN}</script> */}{'<script>' + \`${SIGN}\`}`,
  ],
];

const WAYS: [name: string, change: (text: string) => string, mark: string][] = [
  ['as it is', (text) => text, ''],
  ['with CRLF', (text) => text.replaceAll('\n', '\r\n'), ''],
  ['with a byte order mark', (text) => text, '\ufeff'],
];

describe.each(WAYS)('%s', (_way, change, mark) => {
  test.each(FORMS)('%s', async (_name, path, form) => {
    const marked = change(form);
    const text = marked.replaceAll('«', '');
    const expected = [...marked.matchAll(/«/g)].map(({ index }, ordinal) => index - ordinal);
    const result = await scan(path, mark + text);
    expect(result.notices).toEqual([]);
    expect(offsets(result, text)).toEqual(expected);
    for (const { reported } of result.findings) expect(JSON.stringify(reported)).not.toContain(KEY);
  });
});

test('characters of several bytes and units before a script move nothing', async () => {
  for (const [, path, form] of FORMS) {
    if (!form.includes('«') || form.startsWith('---') || form.startsWith('\n')) continue;
    const marked = `<!-- Grüße 🙂 „ – -->\n${form}`;
    const text = marked.replaceAll('«', '');
    const expected = [...marked.matchAll(/«/g)].map(({ index }, ordinal) => index - ordinal);
    expect(offsets(await scan(path, text), text), form).toEqual(expected);
  }
});

describe('a file whose scripts cannot be told says so', () => {
  test.each([
    ['a.vue', `<script>${IMPORT} ${SIGN}`],
    ['a.vue', `<script lang="coffee">jwt.sign {}, '${KEY}' # jsonwebtoken 'jsonwebtoken'</script>`],
    ['a.vue', `<script>${IMPORT} ${SIGN}; const = 1;</script>`],
    ['a.svelte', `<script>${IMPORT} ${SIGN}`],
    ['a.astro', `---\n${IMPORT} ${SIGN}\n`],
  ])('%s %s', async (path, text) => {
    const result = await scan(path, text);
    expect(result.notices.length + result.findings.length).toBeGreaterThan(0);
  });
});

describe('directives', () => {
  const silenced = (path: string, text: string): Promise<number> =>
    scan(path, text).then((result) => {
      expect(result.findings.filter(({ reported }) => reported.ruleId === 'no-hardcoded-secret')).toEqual([]);
      return result.suppressed;
    });
  const REASON = 'no-hardcoded-secret -- made up';

  test.each(['vue', 'svelte'])('%s', async (format) => {
    expect(await silenced(`a.${format}`, `<script>\n${IMPORT}\n// jwtlint-disable-next-line ${REASON}\n${SIGN};\n</script>`)).toBe(1);
    expect(await silenced(`a.${format}`, `<!-- jwtlint-disable-next-line ${REASON} -->\n<script>${IMPORT} ${SIGN};</script>`)).toBe(1);
  });

  test('astro', async () => {
    expect(await silenced('a.astro', `---\n${IMPORT}\n${SIGN}; // jwtlint-disable-line ${REASON}\n---\n`)).toBe(1);
    expect(await silenced('a.astro', `<!-- jwtlint-disable-next-line ${REASON} -->\n<script>${IMPORT} ${SIGN};</script>`)).toBe(1);
  });

  test('text of the markup is no comment', async () => {
    const text = `<template>\n# jwtlint-disable-next-line ${REASON}\n</template><script>${IMPORT} ${SIGN};</script>`;
    expect(offsets(await scan('a.vue', text), text)).toHaveLength(1);
  });
});

describe('hostile components end neither the run nor its patience', () => {
  const deep = (open: string, close: string): string => open.repeat(20_000) + close.repeat(20_000);
  test.each([
    ['elements, Vue', 'a.vue', `<template>${deep('<b>', '</b>')}</template><script>${IMPORT} ${SIGN}</script>`],
    ['elements, Svelte', 'a.svelte', `${deep('<b>', '</b>')}<script>${IMPORT} ${SIGN}</script>`],
    ['elements, Astro', 'a.astro', `---\n${IMPORT} ${SIGN}\n---\n${deep('<b>', '</b>')}`],
    ['brackets, Vue', 'a.vue', `<script>${IMPORT} ${SIGN}; ${deep('[', ']')}</script>`],
    ['brackets, Svelte', 'a.svelte', `<script>${IMPORT} ${SIGN}; ${deep('[', ']')}</script>`],
    ['brackets, Astro', 'a.astro', `---\n${IMPORT} ${SIGN}; ${deep('[', ']')}\n---\n`],
    ['expressions, Svelte', 'a.svelte', `<script>${IMPORT} ${SIGN}</script>${deep('{#if a}', '{/if}')}`],
    ['expressions, Astro', 'a.astro', `---\n${IMPORT} ${SIGN}\n---\n${deep('{a && <b>', '</b>}')}`],
    ['an attribute without an end, Svelte', 'a.svelte', `<script>${IMPORT} ${SIGN}</script>${'<script a'.repeat(50_000)}`],
    ['braces, Vue', 'a.vue', `<template>${'{{'.repeat(500_000)}</template><script>${IMPORT} ${SIGN}</script>`],
  ])('%s', async (_name, path, text) => {
    const results = await scanFiles(
      new Map([
        ['package.json', MANIFEST],
        [path, text],
        ['z.vue', `<script>\n${IMPORT}\n${SIGN}\n</script>`],
        ['z.svelte', `<script>\n${IMPORT}\n${SIGN}\n</script>`],
        ['z.astro', `---\n${IMPORT}\n${SIGN}\n---\n`],
      ]),
    );
    const of = (name: string): FileResult => results.find((result) => result.path === name)!;
    const { findings, notices, searchedOnly } = of(path);
    expect(findings.length + notices.length + (searchedOnly ? 1 : 0)).toBeGreaterThan(0);
    for (const name of ['z.vue', 'z.svelte', 'z.astro']) expect(of(name).findings.length, name).toBeGreaterThan(0);
  });
});

describe('ESLint reports the same at the same places', () => {
  const scriptRules = RULES.filter((rule) => rule.script ?? rule.text).map((rule) => rule.id);
  const parsers: Readonly<Record<string, Linter.Parser>> = { vue: vueParser, svelte: svelteParser, astro: astroParser } as never;
  const eslint = new ESLint({
    cwd: process.cwd(),
    overrideConfigFile: true,
    ignore: false,
    overrideConfig: Object.entries(parsers).map(([extension, parser]) => ({
      files: [`**/*.${extension}`],
      plugins: { jwtlint },
      settings: { jwtlint: { preset: 'all' } },
      rules: Object.fromEntries(scriptRules.map((id) => [`jwtlint/${id}`, 'error' as const])),
      languageOptions: { parser, parserOptions: { parser: tsParser, ecmaFeatures: { jsx: true } } },
      linterOptions: { reportUnusedDisableDirectives: 'off' },
    })),
  });

  async function agree(path: string, text: string): Promise<number> {
    const [linted] = await eslint.lintText(text, { filePath: path });
    // A client script of Astro is a file of its own to ESLint, given by a processor.
    const last = path.endsWith('.astro')
      ? text.slice(0, Math.max(0, text.lastIndexOf('\n---'))).split('\n').length
      : Number.POSITIVE_INFINITY;
    const own = (await scan(path, text)).findings
      .filter(({ reported }) => reported.level !== 'info' && scriptRules.includes(reported.ruleId) && reported.location.startLine <= last)
      .map(({ reported: { ruleId, location } }) => `${String(location.startLine)}:${String(location.startColumn)} jwtlint/${ruleId}`);
    const theirs = linted!.messages.map(({ line, column, ruleId, message }) => `${String(line)}:${String(column)} ${ruleId ?? message}`);
    expect(theirs.sort(), path).toEqual([...new Set(own)].sort());
    return own.length;
  }

  const fixtures = readdirSync('fixtures', { recursive: true, encoding: 'utf8' }).filter((path) => /\.(?:vue|svelte|astro)$/.test(path));

  test.each(fixtures)('%s', async (path) => {
    await agree(path, readFileSync(join('fixtures', path), 'utf8'));
  });

  // A pattern for names in upper case is the user's; ESLint's parsers read what Vue does not (a script with `src`), and do not read what Svelte's own does.
  const otherwise = /another file|upper case|in the markup|unfinished|Astro: data|Astro: client scripts, in/;

  test.each(FORMS.filter(([name]) => !otherwise.test(name)))('%s', async (_name, path, form) => {
    await agree(path, form.replaceAll('«', ''));
  });

  test('there are such', async () => {
    expect(fixtures.length).toBeGreaterThan(15);
    expect(await agree('a.vue', `<script>\n${IMPORT}\n${SIGN}\n</script>`)).toBe(1);
  });
});
