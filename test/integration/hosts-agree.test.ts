/**
 * The packed command line and the packed plugin on all fixtures: scripts, components and settings, each by the parser or language
 * that its users have. The same rules at the same places, with each rule about secrets switched off too, and in older versions of ESLint.
 */
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { RULES } from '../../rules/index.js';
import { EmptyProject } from './empty-project.js';

const CONFIGURATION = `import * as typescript from '@typescript-eslint/parser';
import astro from 'eslint-plugin-astro';
import jwtlint from 'jwtlint/eslint';
import * as svelte from 'svelte-eslint-parser';
import vue from 'vue-eslint-parser';

const { all, env, json, yaml, toml } = jwtlint.configs;
const jsx = { ecmaFeatures: { jsx: true } };
const component = (extension, parser) => ({
  ...all, files: ['**/*.' + extension], languageOptions: { parser, parserOptions: { parser: typescript, ...jsx } },
});

export default [
  { ...all, files: ['**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}'], languageOptions: { parser: typescript, parserOptions: jsx } },
  component('vue', vue),
  component('svelte', svelte),
  // The scripts that a browser runs are files of their own, which its processor makes.
  ...astro.configs['flat/base'],
  { ...all, files: ['**/*.astro'], languageOptions: { parserOptions: { parser: typescript, ...jsx } } },
  env, json, yaml, toml,
  {
    settings: { jwtlint: { preset: 'all', info: true } },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' },
  },
];
`;

/** Lints in one process, which loads the parsers once; what to lint, and with what configuration besides, stands in its input. */
const LINT = `import { text } from 'node:stream/consumers';
const { ESLint } = await import(process.argv[2]);
const answers = [];
for (const [files, overrideConfig] of JSON.parse(await text(process.stdin))) {
  const results = await new ESLint({ overrideConfig }).lintFiles(files);
  answers.push(results.map(({ filePath, messages }) => ({ path: filePath.slice(process.cwd().length + 1), messages })));
}
process.stdout.write(JSON.stringify([ESLint.version, answers]));
`;

interface Place {
  readonly path: string;
  readonly startLine: number;
  readonly startColumn: number;
}

interface Finding {
  readonly ruleId: string;
  readonly level: 'error' | 'warning' | 'info';
  readonly location: Place;
  readonly use?: { readonly location: Place };
  readonly also: readonly string[];
}

interface Linted {
  readonly path: string;
  readonly messages: readonly { ruleId: string | null; line: number; column: number; severity: number; message: string }[];
}

let project: EmptyProject;
beforeAll(() => {
  project = new EmptyProject();
  const parsers = ['@typescript-eslint/parser', 'typescript', 'vue-eslint-parser', 'svelte-eslint-parser', 'svelte', 'astro-eslint-parser'];
  project.install(
    inject('tarball'),
    ...['eslint', 'eslint-9-15@npm:eslint@9.15.0', 'eslint-9-39@npm:eslint@9.39.4', 'eslint-plugin-astro@1.7.0', ...parsers],
  );
  cpSync('fixtures', project.path('suite'), { recursive: true });
  project.write('eslint.config.js', CONFIGURATION);
  project.write('lint.js', LINT);
});
afterAll(() => project.remove());

const told = ({ ruleId, location: { path, startLine, startColumn } }: Pick<Finding, 'ruleId' | 'location'>): string =>
  `${path}:${String(startLine)}:${String(startColumn)} ${ruleId}`;

/** What the command line finds with some rules off. */
function scan(off: readonly string[]): readonly Finding[] {
  project.write('jwtlint.config.json', JSON.stringify({ preset: 'all', rules: Object.fromEntries(off.map((id) => [id, 'off'])) }));
  const { status, stderr } = project.run('jwtlint', ['--info', '--format', 'json=found.json', 'suite']);
  expect([status, stderr]).toEqual([1, '']);
  return (project.json('found.json') as { findings: Finding[] }).findings;
}

/** What an ESLint finds, and its version. */
function lint(eslint: string, runs: readonly (readonly [files: readonly string[], configuration: object])[]): [string, Linted[][]] {
  const printed = execFileSync(process.execPath, ['lint.js', eslint], {
    cwd: project.root,
    input: JSON.stringify(runs),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(printed) as [string, Linted[][]];
}

/** Rules about which the command line asks other files of the package, too: what is checked where the program starts. */
const ASKS_OTHERS = /^(?:require-secret-check|no-stringified-secret)$/;

/** What one host finds in these files and the other does not. */
function differences(found: readonly Finding[], linted: readonly Linted[]): { readonly missing: string[]; readonly added: string[] } {
  const files = new Set(linted.map(({ path }) => path));
  const elsewhere = linted.flatMap(({ messages }) => messages.filter(({ message }) => message.includes(' It stands in ')));
  const own = found
    .filter(({ location: { path }, use }) => files.has(path) && (use?.location.path ?? path) === path)
    .filter(
      ({ ruleId, location: { path } }) =>
        !elsewhere.some((each) => each.ruleId === `jwtlint/${ruleId}` && each.message.includes(` It stands in ${path}.`)),
    )
    .map((finding) => told(finding));
  const all = new Set(found.map((finding) => told(finding)));
  // A value in another file is told in the linted one, where it is used.
  const here = linted.flatMap(({ path, messages }) =>
    messages
      .filter(({ message }) => !message.includes(' It stands in '))
      .map(({ ruleId, line, column, message }) =>
        told({ ruleId: ruleId?.replace('jwtlint/', '') ?? message, location: { path, startLine: line, startColumn: column } }),
      ),
  );
  return {
    missing: own.filter((line) => !here.includes(line)),
    added: here.filter((line) => !all.has(line) && !ASKS_OTHERS.test(line.slice(line.lastIndexOf(' ') + 1))),
  };
}

const SCRIPT = /\.[cm]?[jt]sx?$/;

describe('the fixtures', { timeout: 600_000 }, () => {
  let found: readonly Finding[];
  let linted: readonly Linted[];
  let version: string;
  beforeAll(() => {
    found = scan([]);
    let runs: Linted[][];
    [version, runs] = lint('eslint', [[['suite'], {}]]);
    linted = runs[0]!;
  });

  test('rules, lines and columns are the same', () => {
    expect(linted.length).toBeGreaterThan(1200);
    expect(differences(found, linted)).toEqual({ missing: [], added: [] });
    expect(linted.flatMap(({ messages }) => messages).length).toBeGreaterThan(1000);
  });

  test('the severity is that of the rule, and what the command line calls information is told when it is asked for', () => {
    const severities = new Map(RULES.map(({ id, severity }) => [`jwtlint/${id}`, severity === 'error' ? 2 : 1]));
    const wrong = linted.flatMap(({ messages }) => messages).filter(({ ruleId, severity }) => severities.get(ruleId!) !== severity);
    expect(wrong).toEqual([]);

    const information = found.filter(({ level }) => level === 'info');
    const names = new Set(linted.map(({ path }) => path));
    const files = [...new Set(information.map(({ location }) => location.path))].filter((path) => names.has(path));
    expect([new Set(information.map(({ ruleId }) => ruleId)).size, files.length].map((count) => count > 3)).toEqual([true, true]);
    const [, [without]] = lint('eslint', [[files, { settings: { jwtlint: { info: false } } }]]);
    expect(
      differences(
        found.filter(({ level }) => level !== 'info'),
        without!,
      ),
    ).toEqual({ missing: [], added: [] });
  });

  test('without one of the rules about secrets: neither host finds it, and both find the same others', () => {
    // Those that say where a value stands, and those that are only named beside one of them.
    const beside = new Set(found.flatMap(({ also }) => also));
    const rules = RULES.filter(({ id, values }) => values === true || beside.has(id)).map(({ id }) => id);
    expect(rules.length).toBeGreaterThan(5);
    const names = new Set(linted.map(({ path }) => path));
    const filesOf = (id: string): string[] => {
      const about = found.filter(({ ruleId, also }) => ruleId === id || also.includes(id));
      return [...new Set(about.flatMap(({ location, use }) => [location.path, use?.location.path ?? location.path]))].filter((path) =>
        names.has(path),
      );
    };
    const [, without] = lint(
      'eslint',
      rules.map((id) => [filesOf(id), { rules: { [`jwtlint/${id}`]: 'off' } }]),
    );
    for (const [index, id] of rules.entries()) {
      const left = scan([id]);
      const lintedWithout = without[index]!;
      expect(left.filter(({ ruleId }) => ruleId === id)).toEqual([]);
      expect(lintedWithout.length, id).toBeGreaterThan(2);
      expect(lintedWithout.flatMap(({ messages }) => messages).filter(({ ruleId }) => ruleId === `jwtlint/${id}`)).toEqual([]);
      expect(differences(left, lintedWithout), id).toEqual({ missing: [], added: [] });
      // It silences itself and no other.
      expect(left.map(told).sort(), id).toEqual(
        found
          .filter(({ ruleId }) => ruleId !== id)
          .map(told)
          .sort(),
      );
    }
  });

  test('components and settings in older versions of ESLint', () => {
    expect(version).toMatch(/^10\./);
    // RuleTester has all scripts in each version (rule-tester.test.ts).
    const others = linted.map(({ path }) => path).filter((path) => !SCRIPT.test(path));
    const counts = ['vue', 'svelte', 'astro', 'env', 'json', 'yaml', 'toml'].map(
      (ending) => others.filter((path) => path.endsWith(ending)).length,
    );
    expect(Math.min(...counts), counts.join()).toBeGreaterThan(4);
    for (const [name, expected] of [
      ['eslint-9-15', '9.15.0'],
      ['eslint-9-39', '9.39.4'],
    ] as const) {
      const [older, [results]] = lint(name, [[others, {}]]);
      expect([older, results!.length]).toEqual([expected, others.length]);
      expect(differences(found, results!), older).toEqual({ missing: [], added: [] });
    }
  });
});
