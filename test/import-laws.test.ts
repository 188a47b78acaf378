/** The laws of imports and surroundings, each broken once under the real ESLint configuration. */
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';

const eslint = new ESLint();

/** The same without types: the files of these tests do not exist. */
const untyped = new ESLint({
  overrideConfig: {
    languageOptions: { parserOptions: { projectService: false } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-misused-promises': 'off',
      '@typescript-eslint/await-thenable': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
      '@typescript-eslint/no-require-imports': 'off',
      'no-undef': 'off',
    },
  },
});

/** Ids of the rules that refuse a text at a path. */
async function refusals(path: string, text: string): Promise<string[]> {
  const [result] = await untyped.lintText(text, { filePath: path });
  const fatal = result!.messages.find((message) => message.fatal);
  if (fatal) throw new Error(fatal.message);
  return result!.messages.map((message) => message.ruleId ?? message.message);
}

const LAW = 'laws/one-way-imports';

/** A file, and what it may not say. */
const BROKEN: readonly (readonly [law: string, path: string, text: string, rule?: string])[] = [
  ['rules import nothing of src', 'rules/no-x.ts', "import { decode } from '../src/readers/decode.js';"],
  ['rules import no types of src', 'rules/no-x.ts', "import type { Report } from '../src/report.js';"],
  ['rules import no module of Node', 'rules/no-x.ts', "import { createHmac } from 'node:crypto';"],
  ['rules import no module of Node by its old name', 'rules/no-x.ts', "import { createHmac } from 'crypto';"],
  ['rules import no package', 'rules/no-x.ts', "import { AST_NODE_TYPES } from '@typescript-eslint/types';"],
  ['rules never import each other', 'rules/no-x.ts', "import other from './no-weak-secret.js';"],
  ['rules never re-export each other', 'rules/no-x.ts', "export { default } from './no-weak-secret.js';"],
  ['rules never re-export all of another', 'rules/no-x.ts', "export * from './no-weak-secret.js';"],
  ['rules do not know their list', 'rules/no-x.ts', "import { RULES } from './index.js';"],
  ['rules load nothing later', 'rules/no-x.ts', "export const later = () => import('node:fs');"],
  ['rules require nothing', 'rules/no-x.ts', "export const fs = require('node:fs');"],
  ['rules ask for no built-in module', 'rules/no-x.ts', "export const fs = process.getBuiltinModule('node:fs');"],
  ['rules do not know Node', 'rules/no-x.ts', 'export const bytes = (text: string) => Buffer.from(text);', 'no-restricted-globals'],
  ['facts do not know rules', 'rules/facts/x.ts', "import rule from '../no-weak-secret.js';"],
  ['facts import nothing of src', 'rules/facts/x.ts', "import { decode } from '../../src/readers/decode.js';"],
  ['facts import no module of Node', 'rules/facts/x.ts', "import { posix } from 'node:path';"],
  ['the contract stands on nothing', 'rules/contract.ts', "import { textOf } from './facts/syntax.js';"],
  ...['analyse', 'policy', 'settle'].flatMap((name) =>
    ["'node:fs'", "'node:fs/promises'", "'node:child_process'", "'./git.js'", "'./sources/staged.js'", "'./readers/script.js'"].map(
      (specifier) => [`${name} touches no disk, no git and no reader`, `src/${name}.ts`, `import * as x from ${specifier};`] as const,
    ),
  ),
  ...["'node:fs'", "'node:child_process'", "'../git.js'", "'../sources/disk.js'", "'../commands/scan.js'", "'../cli.js'"].map(
    (specifier) => ['reports touch no disk and no git', 'src/reports/x.ts', `import * as x from ${specifier};`] as const,
  ),
  ['reports write to no stream', 'src/reports/x.ts', "process.stdout.write('x');", 'no-restricted-properties'],
  ['reports use no console', 'src/reports/x.ts', "console.log('x');", 'no-console'],
  ['only src/eslint imports eslint', 'src/analyse.ts', "import type { Linter } from 'eslint';"],
  ['src/eslint imports types of eslint only', 'src/eslint/x.ts', "import { Linter } from 'eslint';"],
  ['src/eslint does not know git', 'src/eslint/x.ts', "import { Git } from '../git.js';"],
  ['src/eslint does not know sources', 'src/eslint/x.ts', "import { openTree } from '../sources/tree.js';"],
  ['one reader imports the parser', 'src/resolve.ts', "import { parseSync } from 'oxc-parser';"],
  ['one reader requires the parser', 'src/resolve.ts', "export const x = createRequire(import.meta.url)('oxc-parser');"],
  ['one reader resolves the parser', 'src/resolve.ts', "export const x = require.resolve('oxc-parser');"],
  ['no other parser', 'src/readers/script.ts', "import { parse } from '@typescript-eslint/parser';"],
  ['typescript is never loaded', 'src/readers/script.ts', "import ts = require('typescript');"],
  ['readers do not know sources', 'src/readers/x.ts', "import { openTree } from '../sources/tree.js';"],
  ['sources do not know readers', 'src/sources/x.ts', "import { parseScript } from '../readers/script.js';"],
  ['sources do not know commands', 'src/sources/x.ts', "import { scan } from '../commands/scan.js';"],
  ['commands do not know the command line', 'src/commands/x.ts', "import { main } from '../cli.js';"],
  ['the command line does not know the program', 'src/cli.ts', "import './program.js';"],
  ['the program does not know its launcher', 'src/program.ts', "import './launch/native-binding.js';"],
  ['the program knows the command line only', 'src/program.ts', "import { scan } from './commands/scan.js';"],
  ['only git and the guarded reader start processes', 'src/inspect.ts', "import { spawn } from 'node:child_process';"],
  ['no other file of src is exempt', 'src/brand-new.ts', "import { scan } from './commands/scan.js';"],
  ['no network module', 'src/sources/x.ts', "import { request } from 'node:https';"],
  ['no fetch', 'src/sources/x.ts', "export const x = fetch('https://example.com');", 'no-restricted-globals'],
  ['nothing computed is loaded', 'src/config.ts', 'export const load = (path: string) => import(path);'],
  ['nothing computed is required', 'src/config.ts', 'export const load = (path: string) => require(path);'],
  ['nothing is evaluated', 'src/config.ts', "export const x = eval('1');", 'no-eval'],
  ['nothing outside rules and src', 'src/config.ts', "import { sentinels } from '../test/sentinels.js';"],
];

describe('each law, broken', () => {
  test.each(BROKEN.map(([law, path, text, rule = LAW]) => [law, path, text, rule] as const))(
    '%s: %s: %s',
    async (_law, path, text, rule) => {
      expect(await refusals(path, text)).toContain(rule);
    },
  );
});

describe('what the laws allow', () => {
  test.each([
    ['rules/no-x.ts', "import type { TSESTree } from '@typescript-eslint/types';\nexport type X = TSESTree.Node;"],
    [
      'rules/no-x.ts',
      "import { defineRule } from './contract.js';\nimport { calls } from './facts/calls.js';\nexport default defineRule(calls);",
    ],
    ['rules/index.ts', "import rule from './no-weak-secret.js';\nexport const RULES = [rule];"],
    ['src/eslint/x.ts', "import type { Linter } from 'eslint';\nexport type X = Linter.Config;"],
    ['src/readers/script.ts', "export const oxc = createRequire(import.meta.url)('oxc-parser');"],
    ['src/cli.ts', "export const scan = () => import('./commands/scan.js');"],
  ])('%s: %s', async (path, text) => {
    expect(await refusals(path, text)).toEqual([]);
  });
});

test('a file without a layer is refused, not passed', async () => {
  await expect(refusals('src/new-folder/x.ts', 'export {};')).rejects.toThrow(/src\/new-folder\/x\.ts has no layer/);
});

test.each(['rules/no-weak-secret.ts', 'rules/facts/calls.ts', 'src/analyse.ts', 'src/readers/parse-child.js', 'src/program.ts'])(
  'the law is an error in %s',
  async (path) => {
    const config = (await eslint.calculateConfigForFile(path)) as { rules: Record<string, unknown> };
    expect(config.rules[LAW]).toEqual([2]);
  },
);
