/** How loud a finding is: the rule's judgement, the user's configuration and where the file stands. Pure: both hosts call it. */
import type { Level, Preset, Rule, Severity } from '../rules/contract.js';
import { isEnvTemplate } from '../rules/facts/env-files.js';
import type { RuleFinding } from './analyse.js';

/**
 * Kinds of places where only what looks real counts (RULES.md, law 6). What stands in the installed packages of others counts
 * in no case: whoever publishes a package has published it.
 */
export type Context = 'test' | 'example' | 'docs' | 'dependencies';

/** The level of a finding, and the context that lowered it. */
export interface Decision {
  readonly level: Level;
  readonly loweredBy?: string;
}

const SEGMENTS: ReadonlyMap<string, Context> = new Map<string, Context>(
  (
    [
      [
        'test',
        [
          'test',
          'tests',
          '__tests__',
          'testing',
          'spec',
          'specs',
          'e2e',
          'cypress',
          'playwright',
          'fixture',
          'fixtures',
          '__fixtures__',
          'mock',
          'mocks',
          '__mocks__',
          'jest',
          'vitest',
        ],
      ],
      ['example', ['example', 'examples', 'sample', 'samples']],
      ['docs', ['doc', 'docs', 'documentation']],
    ] as const
  ).flatMap(([context, names]) => names.map((name) => [name, context] as const)),
);

/** Where package managers put packages. */
const INSTALLED: ReadonlySet<string> = new Set(['node_modules', 'bower_components']);

/** Words that name a context inside a longer name too: `integration-tests`, `testHelpers`, `nest-example`. */
const WORDS: ReadonlySet<string> = new Set([
  ...['test', 'tests', 'e2e', 'fixture', 'fixtures', 'mock', 'mocks', 'example', 'examples', 'sample', 'samples'],
]);

/** Parts of a file's name between dots that say that it is a test. */
const TEST_PARTS: ReadonlySet<string> = new Set(['test', 'spec', 'e2e-spec', 'e2e', 'stories', 'cy', 'tst', 'test-d']);

/** Names of files that set a test runner up, or help tests: `jest.setup.js`, `vitest.config.ts`, `setupTests.ts`, `test-utils.ts`. */
const TEST_SETUP =
  /^(?:(?:jest|vitest|cypress|playwright|mocha|karma)[.-](?:\w+[.-])?(?:setup|config|env|global)|setup-?(?:tests?|jest|vitest)|tests?[-_]?(?:setup|util(?:itie)?s?|helpers?))\b/;

/** Names of tests of Go, Python, Ruby and Elixir. */
const OTHER_LANGUAGES = /_test\.(?:go|py|exs)$|_spec\.rb$|^test_.*\.py$/;

/** Names of files to copy and fill in: `settings.example.json`, `sample.secrets.json`, `docker-compose-example.yml`. */
const EXAMPLE_NAME = /(?:^|[.-])(?:example|sample)(?:\.|$)(?!(?:.*\.)?[cm]?[jt]sx?$)|\.(?:example|sample)\.[cm]?[jt]sx?$/;

/**
 * The context of a file: the first segment of its path, or part of its name between dots, that names one.
 *
 * @param isTest whether it imports a test runner, wherever it stands
 */
export function contextOf(path: string, isTest = false): Context | undefined {
  return contextOfPath(path) ?? (isTest ? 'test' : undefined);
}

function contextOfPath(path: string): Context | undefined {
  const segments = path.split('/');
  const base = (segments.pop() ?? '').toLowerCase();
  if (segments.some((segment) => INSTALLED.has(segment.toLowerCase()))) return 'dependencies';
  for (const segment of segments) {
    const words = segment.split(/[-_.]|(?<=[a-z])(?=[A-Z])/).map((word) => word.toLowerCase());
    const context = SEGMENTS.get(segment.toLowerCase()) ?? SEGMENTS.get(words.find((word) => WORDS.has(word)) ?? '');
    if (context) return context;
  }
  const parts = base.split('.').slice(1);
  if (OTHER_LANGUAGES.test(base)) return 'test';
  if (TEST_SETUP.test(base) || parts.some((part) => TEST_PARTS.has(part))) return 'test';
  // Rules know templates of env files by themselves.
  if (EXAMPLE_NAME.test(base) && !isEnvTemplate(base)) return 'example';
  if (/^readme(?:\.|$)|\.mdx?$/.test(base)) return 'docs';
  return undefined;
}

/**
 * The context that counts for a file: the configured one, else the usual one unless the configuration gave it other patterns.
 *
 * @param isTest whether the file imports a test runner
 */
export function contextFor(
  path: string,
  settings: { readonly context: string | undefined; redefines(context: string): boolean },
  isTest = false,
): string | undefined {
  if (settings.context !== undefined) return settings.context;
  const usual = contextOf(path, isTest);
  return usual !== undefined && settings.redefines(usual) ? undefined : usual;
}

/** The severity of a rule by its preset, unless the user set one. */
export function severityOf(rule: Pick<Rule, 'severity'>, configured: Severity | undefined, preset: Preset): Severity {
  return configured ?? (rule.severity === 'off' && preset === 'all' ? 'warning' : rule.severity);
}

/**
 * Decides the level of a finding; undefined when the rule is switched off for the path.
 *
 * @param configured what the user set for this rule and path, undefined when nothing
 * @param context name of the context the path stands in, undefined for ordinary files
 * @param preset what the user wants to be told
 */
export function decide(
  rule: Rule,
  finding: RuleFinding,
  configured: Severity | undefined,
  context: string | undefined,
  preset: Preset,
): Decision | undefined {
  const severity =
    severityOf(rule, configured, preset) === 'off' ? 'off' : (configured ?? finding.level ?? severityOf(rule, undefined, preset));
  if (severity === 'off') return undefined;
  const counts = finding.real === true && context !== 'dependencies';
  if (severity !== 'info' && context !== undefined && !counts) return { level: 'info', loweredBy: context };
  return { level: finding.confidence === 'possible' && preset === 'recommended' ? 'info' : severity };
}
