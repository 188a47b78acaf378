/** Where set-up adds its lines: in hooks, YAML, JSON, ESLint's configuration and .gitignore, and how the change is shown. */
import { execFileSync } from 'node:child_process';
import { Linter } from 'eslint';
import { parse as parseYaml } from 'yaml';
import { describe, expect, test } from 'vitest';
import { edited, renderEdit, withoutInsertions, type FileEdit, type Insertion } from '../src/setup/edit.js';
import { insertIntoEslintConfig } from '../src/setup/eslint-config.js';
import { missingIgnoreLines } from '../src/setup/ignore-lines.js';
import { JsonFile } from '../src/setup/json-insertion.js';
import { insertCheck, insertPushCheck, isShellScript, runsJwtlint } from '../src/setup/shell-hook.js';
import { YamlFile } from '../src/setup/yaml-insertion.js';

const applied = (before: string, ...insertions: readonly (Insertion | undefined)[]): string | undefined =>
  insertions.includes(undefined) ? undefined : edited({ before, insertions: insertions as Insertion[] });

describe('a hook', () => {
  const checked = (text: string): string | undefined => applied(text, insertCheck(text, 'CHECK'));

  test.each([
    ['at the end', '#!/bin/sh\nnpm test\n', '#!/bin/sh\nnpm test\nCHECK\n'],
    ['at the end of a file without a last line break', 'npm test', 'npm test\nCHECK\n'],
    ['in an empty file', '', 'CHECK\n'],
    ['before lint-staged, which rewrites what is staged', 'npm test\nnpx lint-staged\n', 'npm test\nCHECK\nnpx lint-staged\n'],
    ['before what ends the script', '#!/bin/sh\nnpm test\nexec other\n', '#!/bin/sh\nnpm test\nCHECK\nexec other\n'],
    ['before what leaves the directory', 'cd web\nnpm test\n', 'CHECK\ncd web\nnpm test\n'],
    ['not before a comment about it', '# lint-staged was here\nnpm test\n', '# lint-staged was here\nnpm test\nCHECK\n'],
    [
      'after the preparation where branches hide what is reached',
      '#!/bin/sh\n. "$(dirname "$0")/_/husky.sh"\nexport PATH=$PATH:x\nif true; then\n  exit 0\nfi\n',
      '#!/bin/sh\n. "$(dirname "$0")/_/husky.sh"\nexport PATH=$PATH:x\nCHECK\nif true; then\n  exit 0\nfi\n',
    ],
  ])('gets its line %s', (_, before, after) => {
    expect(checked(before)).toBe(after);
  });

  test('with a here-document is left to people', () => {
    expect(checked('cat <<END\nexit\nEND\n')).toBeUndefined();
    expect(insertPushCheck('cat <<END\nEND\n', 'x')).toBeUndefined();
  });

  test('is known by its first line, and jwtlint in it by a line that is no comment', () => {
    expect(
      ['#!/bin/sh\n', '#!/usr/bin/env bash\n', 'npm test\n', '#!/usr/bin/env node\n', '#!/usr/bin/python3\n'].map(isShellScript),
    ).toEqual([true, true, true, false, false]);
    expect(['jwtlint --staged', 'npx jwtlint', '# jwtlint', 'my-jwtlinter', ''].map(runsJwtlint)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test.each(['sh', 'bash'])('hands on what git said to it, whatever comes first (%s)', (shell) => {
    const before = '#!/bin/sh\nset -e\nwhile read -r line; do echo "seen: $line"; done\n';
    const script = applied(before, insertPushCheck(before, 'sed s/^/ours:/;:'))!;
    const lines = 'refs/heads/a $(id) refs/heads/a 0\nrefs/heads/b `id` refs/heads/b 0\n';
    const output = execFileSync(shell, ['-c', script.replace('sed s/^/ours:/;: --pre-push "$@"', "sed 's/^/ours: /'")], {
      input: lines,
      encoding: 'utf8',
    });
    expect(output).toBe(
      lines.replace(/^/gm, 'ours: ').replace(/ours: $/, '') +
        lines
          .trimEnd()
          .split('\n')
          .map((line) => `seen: ${line}\n`)
          .join(''),
    );
    expect(() => execFileSync(shell, ['-c', script.replace(/sed [^|]*\|\|/, 'false ||')], { input: lines, stdio: 'pipe' })).toThrow();
  });
});

describe('YAML', () => {
  const TEXT =
    '# top\npre-commit:\n  parallel: true\n  commands:\n    # about lint\n    lint:\n      run: x\n\nother: &a [1, 2]\nmore: *a\n';

  test('gets lines before the first member of a mapping, above its comment, and keeps all others', () => {
    const file = YamlFile.read(TEXT)!;
    const after = applied(TEXT, file.prepend(['pre-commit', 'commands'], ['ours:', '  run: y']), file.append(['pre-push:', '  a: 1']))!;
    expect(
      after
        .split('\n')
        .filter((line) => TEXT.split('\n').includes(line))
        .join('\n'),
    ).toContain(TEXT.trimEnd());
    expect(after).toContain('  commands:\n    ours:\n      run: y\n    # about lint\n    lint:');
    expect(parseYaml(after)).toEqual({
      ...(parseYaml(TEXT) as object),
      'pre-commit': { parallel: true, commands: { ours: { run: 'y' }, lint: { run: 'x' } } },
      'pre-push': { a: 1 },
    });
  });

  test.each([
    ['indented', 'repos:\n  - repo: a\n    hooks: []\n'],
    ['not indented', 'repos:\n- repo: a\n  hooks: []\n'],
    ['after a comment', 'repos:\n  # first\n  - repo: a\n    hooks: []\n'],
  ])('gets items at the start of a list that is %s', (_, text) => {
    const after = applied(text, YamlFile.read(text)!.prepend(['repos'], ['- repo: local', '  hooks: [b]']))!;
    expect(parseYaml(after)).toEqual({
      repos: [
        { repo: 'local', hooks: ['b'] },
        { repo: 'a', hooks: [] },
      ],
    });
  });

  test.each([
    ['a flow collection', 'repos: [{ repo: a }]\n'],
    ['an empty one', 'repos:\n'],
    ['a member with a property', 'repos:\n  - &x\n    repo: a\n'],
    ['another kind of collection', 'repos:\n  a: 1\n'],
  ])('that is %s is left to people', (_, text) => {
    expect(YamlFile.read(text)!.prepend(['repos'], ['- repo: local'])).toBeUndefined();
  });

  test.each([
    ['two documents', 'a: 1\n---\nb: 2\n'],
    ['a fault', 'a: [1\n'],
    ['no mapping', '- a\n'],
    [
      'aliases without end',
      `a: &a [x, x]\n${'bcdefghijk'
        .split('')
        .map((name, index) => `${name}: &${name} [${`*${'abcdefghij'.charAt(index)}, `.repeat(9)}x]\n`)
        .join('')}`,
    ],
  ])('with %s is not read', (_, text) => {
    expect(YamlFile.read(text)).toBeUndefined();
  });
});

describe('JSON', () => {
  test.each([
    ['on lines', '{\n  "hooks": {\n    "a": "x"\n  }\n}\n', '{\n  "hooks": {\n    "b": "y",\n    "c": "z",\n    "a": "o\\"x"\n  }\n}\n'],
    ['on one line', '{ "hooks": { "a": "x" } }', '{ "hooks": { "b": "y", "c": "z", "a": "o\\"x" } }'],
  ])('gets members and text in the layout that it has: %s', (_, before, after) => {
    const file = JsonFile.read(before)!;
    const members = file.prependMembers(
      ['hooks'],
      [
        ['b', 'y'],
        ['c', 'z'],
      ],
    );
    expect(applied(before, members, file.prependToString(['hooks', 'a'], 'o"'))).toBe(after);
  });

  test('an empty object becomes one with members', () => {
    const before = '{ "hooks": {} }';
    expect(JSON.parse(applied(before, JsonFile.read(before)!.prependMembers(['hooks'], [['b', 'y']]))!)).toEqual({ hooks: { b: 'y' } });
  });

  test('that is none is not read', () => {
    expect(['{', '[]', '// x\n{}', '{"a":1,}'].map((text) => JsonFile.read(text))).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe("ESLint's configuration", () => {
  const IMPORT = "import jwtlint from 'jwtlint/eslint';\n";

  test.each([
    [
      'an array on lines',
      "import js from '@eslint/js';\n\nexport default [\n  js.configs.recommended, // all\n];\n",
      "import js from '@eslint/js';\n" +
        IMPORT +
        '\nexport default [\n  js.configs.recommended, // all\n  jwtlint.configs.recommended,\n];\n',
    ],
    [
      'an array without a last comma',
      'export default [\n  { rules: {} }\n]\n',
      IMPORT + '\nexport default [\n  { rules: {} },\n  jwtlint.configs.recommended\n]\n',
    ],
    [
      'an array on one line',
      'export default [{ rules: {} }];\n',
      IMPORT + '\nexport default [{ rules: {} }, jwtlint.configs.recommended];\n',
    ],
    ['an empty array', 'export default [];\n', IMPORT + '\nexport default [jwtlint.configs.recommended];\n'],
    [
      'the arguments of tseslint.config',
      "import tseslint from 'typescript-eslint';\nexport default tseslint.config(\n  tseslint.configs.strict,\n  {\n    rules: {},\n  },\n);\n",
      "import tseslint from 'typescript-eslint';\n" +
        IMPORT +
        'export default tseslint.config(\n  tseslint.configs.strict,\n  {\n    rules: {},\n  },\n  jwtlint.configs.recommended,\n);\n',
    ],
    [
      'an array in defineConfig, as a constant',
      "import { defineConfig } from 'eslint/config';\nconst config = defineConfig([\n  { rules: {} },\n]);\nexport default config;\n",
      "import { defineConfig } from 'eslint/config';\n" +
        IMPORT +
        'const config = defineConfig([\n  { rules: {} },\n  jwtlint.configs.recommended,\n]);\nexport default config;\n',
    ],
    [
      'no semicolons',
      "import js from '@eslint/js'\nexport default [js.configs.recommended]\n",
      "import js from '@eslint/js'\nimport jwtlint from 'jwtlint/eslint'\nexport default [js.configs.recommended, jwtlint.configs.recommended]\n",
    ],
    [
      'CommonJS',
      'const js = require("@eslint/js");\n\nmodule.exports = [\n  js.configs.recommended,\n];\n',
      'const js = require("@eslint/js");\nconst jwtlint = require("jwtlint/eslint");\n\nmodule.exports = [\n  js.configs.recommended,\n  jwtlint.configs.recommended,\n];\n',
    ],
  ])('gets an entry: %s', async (_, before, after) => {
    const insertions = await insertIntoEslintConfig('eslint.config.js', before);
    expect(insertions && applied(before, ...insertions)).toBe(after);
    expect(new Linter().verify(after, [{ languageOptions: { sourceType: before.includes('require') ? 'commonjs' : 'module' } }])).toEqual(
      [],
    );
  });

  test.each([
    ['a function makes it', 'export default antfu({ vue: true });\n'],
    ['a spread of another module', "import base from './base.js';\nexport default base;\n"],
    ['the name is taken', "import jwtlint from './own.js';\nexport default [jwtlint];\n"],
    ['it does not parse', 'export default [;\n'],
    ['there are holes', 'export default [, {}];\n'],
    ['nothing is exported', 'const a = [];\n'],
  ])('is left to people when %s', async (_, text) => {
    expect(await insertIntoEslintConfig('eslint.config.js', text)).toBeUndefined();
  });
});

describe('.gitignore', () => {
  const missing = (ignored: readonly string[], tracked: readonly string[]): string[] => missingIgnoreLines(new Set(ignored), tracked);

  test('gets what is missing, and keeps what is committed on purpose', () => {
    expect(missing([], [])).toEqual(['.env', '.env.*', '!.env.example', '*.pem', '*.key']);
    expect(missing([], ['.env.sample', 'ca.pem'])).toEqual(['.env', '.env.*', '!.env.sample', '*.key']);
    expect(missing(['.env', 'private.key'], ['.env.development'])).toEqual(['.env*.local', '*.pem']);
    expect(missing([], ['.env'])).not.toContain('.env');
    expect(missing(['.env', '.env.production', '.env.local', 'private.pem', 'private.key'], [])).toEqual([]);
  });
});

describe('an edit', () => {
  const edit = (before: string, kind: FileEdit['kind'], ...insertions: readonly Insertion[]): FileEdit => ({
    path: '/r/f',
    name: 'f',
    before,
    insertions,
    kind,
  });

  test('is shown as a diff in which nothing of the file is a secret', () => {
    const text = "export default [{ settings: { secret: 'made-up-Q7xR2vLm9TzK' } }];\n";
    const shown = renderEdit(edit(text, 'script', { at: 0, text: 'first\n' }, { at: text.indexOf(']'), text: ', ours' }), false);
    expect(shown).toBe(
      "--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n-export default [{ settings: { secret: '••••••' } }];\n+first\n+export default [{ settings: { secret: '••••••' } }, ours];\n",
    );
    const yaml = 'a:\n  key: made-up-Q7xR2vLm9TzK\n';
    expect(renderEdit(edit(yaml, 'settings', { at: 3, text: '  b: 1\n' }), false)).toBe('--- a/f\n+++ b/f\n@@ -1,0 +2,1 @@\n+  b: 1\n');
  });

  test('has names and texts that no terminal acts on', () => {
    const shown = renderEdit({ ...edit('a\u001b[31m\n', 'text', { at: 1, text: 'x' }), name: 'f\n::error::' }, false);
    expect(shown).not.toContain('\u001b');
    expect(shown).not.toMatch(/^::/m);
  });

  test('can be applied by git as it is shown', () => {
    const before = 'one\ntwo\nthree\n';
    const shown = renderEdit(edit(before, 'text', { at: 4, text: 'new\nlines\n' }, { at: before.length, text: 'end\n' }), false);
    expect(shown).toBe('--- a/f\n+++ b/f\n@@ -1,0 +2,2 @@\n+new\n+lines\n@@ -3,0 +6,1 @@\n+end\n');
  });

  test('shows no line that is not there where the last line had no end', () => {
    const before = 'node_modules\ndist';
    const shown = renderEdit(edit(before, 'text', { at: before.length, text: '\n\n*.pem\n' }), false);
    expect(shown).toBe('--- a/f\n+++ b/f\n@@ -2,0 +3,2 @@\n+\n+*.pem\n');
  });

  test('is taken out again, also when other things have changed', () => {
    const insertions = [
      { at: 0, text: 'head\n' },
      { at: 4, text: 'mid\n' },
    ];
    const after = edited({ before: 'one\ntwo\n', insertions });
    expect(after).toBe('head\none\nmid\ntwo\n');
    expect(withoutInsertions(after, insertions)).toBe('one\ntwo\n');
    expect(withoutInsertions(`zero\n${after.replace('two', 'three\nfour')}`, insertions)).toBe('zero\none\nthree\nfour\n');
    expect(withoutInsertions(after.replace('mid', 'other'), insertions)).toBeUndefined();
    expect(withoutInsertions('zero\nhead\nhead\none\nmid\n', insertions)).toBeUndefined();
  });
});
