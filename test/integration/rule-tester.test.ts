/**
 * The packed plugin in RuleTester of three ESLint versions, on every script of the fixtures: each finding of the command line
 * in that file, at its place and with the change that mends it, and no other.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve, sep } from 'node:path';
import * as typescriptParser from '@typescript-eslint/parser';
import { RuleTester, type Linter, type Rule } from 'eslint';
import { afterAll, describe, expect, inject, test, vi } from 'vitest';
import { RULES } from '../../rules/index.js';
import { distinct } from '../../src/commands/collect.js';
import { withEdits } from '../../src/setup/mending.js';
import { scanDirectory } from '../scan-directory.js';
import { EmptyProject } from './empty-project.js';

type TesterClass = typeof RuleTester;

const project = new EmptyProject();
project.install(inject('tarball'), 'eslint-9-15@npm:eslint@9.15.0', 'eslint-9-39@npm:eslint@9.39.4');
afterAll(() => project.remove());

const require = createRequire(project.path('a.js'));
const { rules } = require('jwtlint/eslint') as { rules: Record<string, Rule.RuleModule> };
const testers: readonly (readonly [string, TesterClass])[] = [
  ...['eslint-9-15', 'eslint-9-39'].map((name) => {
    const { Linter, RuleTester } = require(name) as { Linter: { version: string }; RuleTester: TesterClass };
    return [Linter.version, RuleTester] as const;
  }),
  [(await import('eslint')).Linter.version, RuleTester],
];

const SCRIPT = /\.([cm]?[jt]s)x?$/;

type Case = Omit<RuleTester.InvalidTestCase, 'errors'> & { readonly name: string };

function caseOf(root: string, path: string): Case {
  const extension = SCRIPT.exec(path)![1]!;
  return {
    name: path,
    filename: resolve(root, path),
    // A linter takes the mark of the encoding off, and RuleTester does not put it back.
    code: readFileSync(join(root, path), 'utf8').replace(/^\uFEFF/, ''),
    languageOptions: {
      // What needs no other parser is read by ESLint's own.
      ...(extension.endsWith('ts') ? { parser: typescriptParser as unknown as Linter.Parser } : {}),
      sourceType: extension === 'cjs' ? 'commonjs' : 'module',
      parserOptions: { ecmaFeatures: { jsx: !/\.[cm]?ts$/.test(path) } },
    },
    settings: { jwtlint: { preset: 'all' } },
  };
}

/** A linter finds a package of the workspace where the package manager has linked it, which nobody has done here. */
const UNLINKED = /^bad\/aliases\/packages\//;

interface Expected extends RuleTester.TestCaseError {
  /** Where the value stands. */
  readonly anchor: string;
}

/** What the command line finds by one rule in each script, as ESLint is to tell it. */
async function expectedIn(rule: string, root: string): Promise<ReadonlyMap<string, readonly Expected[]>> {
  const results = (await scanDirectory(root, { suggestions: true })).filter(({ path }) => SCRIPT.test(path));
  const expected = results.map(({ path, findings }) => {
    const { code } = caseOf(root, path);
    const errors = distinct(findings).flatMap(({ reported, suggestion }): Expected[] => {
      const { ruleId, level, location, steps, use, message, fix } = reported;
      // A value in another file is told at the first step of its way in this one.
      const places = [location, ...steps.map((step) => step.location), ...(use ? [use.location] : [])];
      const place = places.find((each) => each.path === path);
      const isHere = location.path === path;
      if (ruleId !== rule || level === 'info' || !place || (!isHere && UNLINKED.test(location.path))) return [];
      const edits = isHere ? [...(suggestion?.edits ?? [])].sort((one, other) => one.start - other.start || one.end - other.end) : [];
      return [
        {
          anchor: `${location.path}:${String(location.startLine)}:${String(location.startColumn)}`,
          message: `${message}${isHere ? '' : ` It stands in ${location.path}.`} ${fix}`,
          line: place.startLine,
          column: place.startColumn,
          ...(edits.length > 0 ? { suggestions: [{ desc: `${suggestion!.title}.`, output: withEdits(code!, edits) }] } : {}),
        },
      ];
    });
    return [path, errors.sort((one, other) => one.line! - other.line! || one.column! - other.column!)] as const;
  });
  return new Map(expected.filter(([, errors]) => errors.length > 0));
}

const suites = await Promise.all(
  RULES.filter(({ script, text }) => script ?? text).map(async ({ id, suggests = false }) => {
    const root = join('fixtures', id);
    const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => path.split(sep).join('/'));
    const cases = paths.filter((path) => SCRIPT.test(path)).map((path) => caseOf(root, path));
    return { id, suggests, root, cases, expected: await expectedIn(id, root) };
  }),
);

test.each(suites)('$id: what is expected is what expected.txt lists', ({ root, expected, suggests }) => {
  const errors = [...expected.values()].flat();
  const listed = readFileSync(join(root, 'expected.txt'), 'utf8').match(/^\S+(?=:\d+:\d+)\S+/gm)!;
  const inScripts = listed.filter((line) => SCRIPT.test(line.slice(0, line.indexOf(':'))) && !UNLINKED.test(line));
  expect(
    [...new Set(errors.map(({ anchor }) => anchor))].filter((anchor) => SCRIPT.test(anchor.slice(0, anchor.indexOf(':')))).sort(),
  ).toEqual(inScripts.sort());
  expect(errors.some(({ suggestions }) => suggestions)).toBe(suggests);
});

for (const [version, Tester] of testers) {
  describe(`ESLint ${version}`, () => {
    Tester.describe = describe;
    Tester.it = test;
    for (const { id, root, cases, expected } of suites) {
      // The directory that paths count from is taken when the tester is made.
      const cwd = vi.spyOn(process, 'cwd').mockReturnValue(resolve(root));
      const tester = new Tester({ linterOptions: { reportUnusedDisableDirectives: 'off' } });
      cwd.mockRestore();
      const errorsOf = ({ name }: Case): RuleTester.TestCaseError[] =>
        (expected.get(name) ?? []).map(({ anchor: _anchor, ...error }) => error);
      tester.run(id, rules[id]!, {
        valid: cases.filter(({ name }) => !expected.has(name)),
        invalid: cases.filter(({ name }) => expected.has(name)).map((each) => ({ ...each, errors: errorsOf(each) })),
      });
    }
  });
}
