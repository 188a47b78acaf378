/** The plugin in real ESLint: the same findings as the command line, on our fixtures, with two parsers. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import * as tsParser from '@typescript-eslint/parser';
import { ESLint, type Linter } from 'eslint';
import { describe, expect, test } from 'vitest';
import { RULES } from '../rules/index.js';
import jwtlint from '../src/eslint/plugin.js';
import { scanDirectory } from './scan-directory.js';
import { temporaryDirectory } from './temporary-repository.js';

const scriptRules = RULES.filter((rule) => rule.script ?? rule.text).map((rule) => rule.id);

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

async function eslintFindings(root: string, files: readonly string[], parser?: Linter.Parser): Promise<string[]> {
  const eslint = new ESLint({
    cwd: resolve(root),
    overrideConfigFile: true,
    ignore: false,
    overrideConfig: [
      {
        files: ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'],
        plugins: { jwtlint },
        settings: { jwtlint: { preset: 'all' } },
        rules: Object.fromEntries(scriptRules.map((id) => [`jwtlint/${id}`, 'error'])),
        languageOptions: {
          ...(parser ? { parser } : {}),
          sourceType: 'module',
          parserOptions: { ecmaFeatures: { jsx: true } },
        },
        linterOptions: { reportUnusedDisableDirectives: 'off' },
      },
      { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
    ],
  });
  const results = await eslint.lintFiles([...files]);
  return results
    .flatMap((result) =>
      result.messages.map((message) => {
        const path = relative(resolve(root), result.filePath).split(sep).join('/');
        return `${path}:${String(message.line)}:${String(message.column)} ${message.ruleId ?? `parse error: ${message.message}`}`;
      }),
    )
    .sort();
}

/** Findings of the command line that stand in the linted file itself. */
async function ownFindings(root: string, extensions: RegExp): Promise<Set<string>> {
  const found = new Set<string>();
  for (const result of await scanDirectory(root)) {
    if (!extensions.test(result.path)) continue;
    for (const { reported } of result.findings) {
      if (reported.level === 'info' || !scriptRules.includes(reported.ruleId) || reported.location.path !== result.path) continue;
      found.add(
        `${result.path}:${String(reported.location.startLine)}:${String(reported.location.startColumn)} jwtlint/${reported.ruleId}`,
      );
    }
  }
  return found;
}

describe('ESLint reports what the command line reports', () => {
  test.each(scriptRules)('%s, on the fixtures, with @typescript-eslint/parser', async (rule) => {
    const root = join('fixtures', rule);
    const files = filesBelow(root).filter((path) => /\.[cm]?[jt]sx?$/.test(path));
    const reported = await eslintFindings(
      root,
      files.map((path) => relative(root, path)),
      tsParser as unknown as Linter.Parser,
    );
    const own = await ownFindings(root, /\.[cm]?[jt]sx?$/);
    // A value in another file is told at the first step of its way in the linted one, so ESLint may report more places.
    const missing = [...own].filter((line) => !reported.includes(line));
    expect(missing).toEqual([]);
    expect(reported.filter((line) => line.includes('parse error'))).toEqual([]);
    expect(reported.filter((line) => line.startsWith('good/') && line.endsWith(`/${rule}`))).toEqual([]);
  });

  test('with espree, on JavaScript', async () => {
    const root = join('fixtures', 'no-hardcoded-secret');
    const files = filesBelow(root).filter((path) => /\.[cm]?js$/.test(path));
    const reported = await eslintFindings(
      root,
      files.map((path) => relative(root, path)),
    );
    const missing = [...(await ownFindings(root, /\.[cm]?js$/))].filter((line) => !reported.includes(line));
    expect(missing).toEqual([]);
    expect(reported.length).toBeGreaterThan(5);
  });
});

test.each([
  ['recommended', []],
  ['strict', ['jwtlint/require-secret-check']],
  ['all', ['jwtlint/no-token-in-storage', 'jwtlint/require-secret-check']],
] as const)('the configuration %s', async (preset, expected) => {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, 'package.json'), '{ "dependencies": { "zod": "^4.0.0", "jsonwebtoken": "^9.0.2" } }');
  const eslint = new ESLint({
    cwd,
    overrideConfigFile: true,
    overrideConfig: [{ files: ['**/*.ts'], ...jwtlint.configs[preset], languageOptions: { parser: tsParser as unknown as Linter.Parser } }],
  });
  const code = [
    "import jwt from 'jsonwebtoken';",
    "export const issue = (id: string) => jwt.sign({ sub: id }, process.env.JWT_SECRET!, { expiresIn: '1h' });",
    "export const keep = (token: string) => localStorage.setItem('token', token);",
  ].join('\n');
  const [result] = await eslint.lintText(code, { filePath: join(cwd, 'a.ts') });
  expect(result?.messages.map(({ ruleId, severity }) => [ruleId, severity]).sort()).toEqual(expected.map((id) => [id, 1]));
});

test('what the command line calls information is told by `info: true` alone', async () => {
  const cwd = temporaryDirectory();
  const code = "import jwt from 'jsonwebtoken';\njwt.sign({ sub: 'a' }, 'made-up', { expiresIn: '1h' });\n";
  const told = async (settings: object): Promise<string[]> => {
    const config: Linter.Config[] = [jwtlint.configs.recommended, { settings: { jwtlint: settings } }];
    const eslint = new ESLint({ cwd, overrideConfigFile: true, overrideConfig: config });
    const [result] = await eslint.lintText(code, { filePath: join(cwd, 'test/a.js') });
    return result!.messages.map(({ ruleId }) => ruleId!);
  };
  expect([await told({}), await told({ info: false }), await told({ info: true })]).toEqual([[], [], ['jwtlint/no-hardcoded-secret']]);
});

test('the plugin has what ESLint and its users expect', () => {
  expect(jwtlint.meta.name).toBe('jwtlint');
  const linterRules = RULES.filter((rule) => rule.script ?? rule.settings ?? rule.text).map(({ id }) => id);
  expect(Object.keys(jwtlint.rules).sort()).toEqual(linterRules.sort());
  for (const rule of Object.values(jwtlint.rules)) {
    expect(rule.meta?.docs?.url).toMatch(/^https:\/\//);
    expect(rule.meta?.type).toBe('problem');
    expect(rule.meta?.schema).toBeDefined();
  }
});
