/** How loud a finding is: the rule's judgement, the user's configuration and where the file stands. Pure: both hosts call it. */
import type { Level, Rule, Severity } from '../rules/contract.js';
import type { RuleFinding } from './analyse.js';

/** Kinds of places where only what looks real counts (RULES.md, law 6). */
export type Context = 'test' | 'example' | 'docs';

/** The level of a finding, and the context that lowered it. */
export interface Decision {
  readonly level: Level;
  readonly loweredBy?: string;
}

const SEGMENTS: Readonly<Record<string, Context>> = {
  test: 'test',
  tests: 'test',
  __tests__: 'test',
  testing: 'test',
  spec: 'test',
  specs: 'test',
  e2e: 'test',
  cypress: 'test',
  playwright: 'test',
  fixture: 'test',
  fixtures: 'test',
  __fixtures__: 'test',
  mock: 'test',
  mocks: 'test',
  __mocks__: 'test',
  example: 'example',
  examples: 'example',
  sample: 'example',
  samples: 'example',
  doc: 'docs',
  docs: 'docs',
  documentation: 'docs',
};

/** The context of a path: the first segment, or part of the file's name between dots, that names one. */
export function contextOf(path: string): Context | undefined {
  const segments = path.toLowerCase().split('/');
  const base = segments.pop() ?? '';
  for (const segment of segments) {
    const context = SEGMENTS[segment];
    if (context) return context;
  }
  for (const part of base.split('.').slice(1)) {
    if (part === 'test' || part === 'spec' || part === 'e2e-spec' || part === 'e2e' || part === 'stories' || part === 'cy') return 'test';
  }
  if (/^readme(?:\.|$)|\.mdx?$/.test(base)) return 'docs';
  return undefined;
}

/** The context that counts for a path: the configured one, else the usual one unless the configuration gave it other patterns. */
export function contextFor(
  path: string,
  settings: { readonly context: string | undefined; redefines(context: string): boolean },
): string | undefined {
  if (settings.context !== undefined) return settings.context;
  const usual = contextOf(path);
  return usual !== undefined && settings.redefines(usual) ? undefined : usual;
}

/**
 * Decides the level of a finding; undefined when the rule is switched off for the path.
 *
 * @param configured what the user set for this rule and path, undefined when nothing
 * @param context name of the context the path stands in, undefined for ordinary files
 */
export function decide(
  rule: Rule,
  finding: RuleFinding,
  configured: Severity | undefined,
  context: string | undefined,
): Decision | undefined {
  const severity = configured ?? (rule.severity === 'off' ? 'off' : (finding.level ?? rule.severity));
  if (severity === 'off') return undefined;
  if (severity !== 'info' && context !== undefined && finding.real !== true) return { level: 'info', loweredBy: context };
  return { level: severity };
}
