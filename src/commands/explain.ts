/** `jwtlint explain RULE` and `jwtlint rules`: what the rules look for, and why. */
import type { Rule } from '../../rules/contract.js';
import { EXIT, JwtlintError } from '../errors.js';
import type { Io } from '../io.js';
import { nearest } from '../nearest.js';
import type { Options } from '../options.js';
import { inertJson } from '../redact.js';
import { wrapped } from '../reports/stylish.js';
import { loadRules } from './collect.js';
import { pageOf } from './scan.js';

const SUBJECTS = { script: 'scripts', settings: 'settings', text: 'any text', repository: 'the repository' } as const;

function subjectsOf(rule: Rule): string[] {
  return (Object.keys(SUBJECTS) as (keyof typeof SUBJECTS)[]).flatMap((subject) => (rule[subject] ? [SUBJECTS[subject]] : []));
}

/**
 * Explains one rule.
 *
 * @throws JwtlintError `usage` for a rule that there is not
 */
export async function explain(options: Options, io: Io): Promise<number> {
  const rules = await loadRules();
  const ids = rules.map(({ id }) => id);
  const [name, ...more] = options.words;
  if (name === undefined || more.length > 0) throw new JwtlintError('usage', 'jwtlint explain takes one rule', 'jwtlint rules lists them.');
  const rule = rules.find(({ id }) => id === name.replace(/^jwtlint\//, ''));
  if (!rule) {
    const meant = nearest(name, ids);
    throw new JwtlintError(
      'usage',
      `there is no rule ${name}`,
      meant === undefined ? 'jwtlint rules lists them.' : `Did you mean ${meant}?`,
    );
  }
  const width = Math.min(Math.max(io.columns() ?? 80, 40), 100);
  const paragraph = (text: string, first = '', rest = first): string =>
    wrapped(text, width - rest.length)
      .map((line, index) => `${index === 0 ? first : rest}${line}\n`)
      .join('');
  const state = rule.severity === 'off' ? 'off by default' : `${rule.severity} by default`;
  io.stdout.write(`${rule.id}\n\n${paragraph(`${rule.title}.`)}${paragraph(rule.docs.why)}\n`);
  io.stdout.write(
    `Looks at ${subjectsOf(rule).join(', ')}; ${state}; ${rule.docs.cwe.map((number) => `CWE-${String(number)}`).join(', ')}.\n`,
  );
  io.stdout.write('\nWhat it says, and what to do:\n');
  for (const { what, fix } of Object.values(rule.messages)) {
    io.stdout.write(paragraph(blank(what), '  - ', '    '));
    io.stdout.write(paragraph(blank(fix), '    '));
  }
  const settings = Object.entries((rule.options?.schema['properties'] ?? {}) as Record<string, { description?: string }>);
  if (settings.length > 0) io.stdout.write('\nOptions:\n');
  for (const [key, { description }] of settings) {
    const standard = JSON.stringify((rule.options?.defaults as Record<string, unknown>)[key]);
    io.stdout.write(paragraph(`${key}: ${description ?? ''}${standard === undefined ? '' : ` Default: ${standard}`}`, '  ', '    '));
  }
  io.stdout.write('\nTo let one finding pass, with a reason:\n');
  io.stdout.write(`  // jwtlint-disable-next-line ${rule.id} -- why\n`);
  io.stdout.write(`To switch it off, in jwtlint.config.json:\n  { "rules": { "${rule.id}": "off" } }\n`);
  io.stdout.write(`\nMore: ${pageOf(rule.id)}\n`);
  for (const { title, url } of rule.docs.references) io.stdout.write(`  ${title}\n    ${url}\n`);
  return EXIT.clean;
}

/** A sentence of a finding without what each finding puts into it. */
function blank(sentence: string): string {
  return sentence.replace(/\{\{(\w+)\}\}/g, '<$1>');
}

/** Lists all rules: a line each, or with `--json` all that they say of themselves. */
export async function listRules(options: Options, io: Io): Promise<number> {
  if (options.words.length > 0)
    throw new JwtlintError('usage', 'jwtlint rules takes no names', `For one rule: jwtlint explain ${options.words[0]!}`);
  const rules = await loadRules();
  if (options.json) {
    const list = rules.map((rule) => ({
      id: rule.id,
      title: rule.title,
      severity: rule.severity,
      subjects: (Object.keys(SUBJECTS) as (keyof typeof SUBJECTS)[]).filter((subject) => rule[subject]),
      why: rule.docs.why,
      cwe: rule.docs.cwe,
      securitySeverity: rule.docs.securitySeverity,
      messages: rule.messages,
      options: rule.options === undefined ? null : { schema: rule.options.schema, defaults: rule.options.defaults },
      references: rule.docs.references,
      url: pageOf(rule.id),
    }));
    io.stdout.write(`${inertJson(list, 2)}\n`);
    return EXIT.clean;
  }
  const longest = Math.max(...rules.map(({ id }) => id.length));
  for (const { id, severity, title } of rules) io.stdout.write(`${id.padEnd(longest)}  ${severity.padEnd(7)}  ${title}\n`);
  io.stdout.write('\njwtlint explain RULE says more.\n');
  return EXIT.clean;
}
