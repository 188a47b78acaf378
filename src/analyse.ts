/** One subject and the enabled rules -> findings. Pure: both hosts call it. */
import type { Finding, Repository, Rule, RuleId, Script, Settings, Text } from '../rules/contract.js';
import { JwtlintError } from './errors.js';

/** A rule with the options that apply to a subject. */
export interface EnabledRule {
  readonly rule: Rule;
  readonly options: object;
}

/** A finding with the rule that made it. */
export interface RuleFinding extends Finding {
  readonly ruleId: RuleId;
}

type Subjects = { script: Script; settings: Settings; text: Text; repository: Repository };

/**
 * Runs the rules that look at one kind of subject.
 *
 * @throws JwtlintError `rule-failed`, naming rule and file, when a rule throws: a fault of the rule, never swallowed.
 */
export function analyse<Kind extends keyof Subjects>(kind: Kind, subject: Subjects[Kind], rules: readonly EnabledRule[]): RuleFinding[] {
  const found: RuleFinding[] = [];
  for (const { rule, options } of rules) {
    const method = rule[kind] as ((subject: Subjects[Kind], options: object) => Iterable<Finding>) | undefined;
    if (!method) continue;
    try {
      for (const finding of method.call(rule, subject, options)) found.push({ ...finding, ruleId: rule.id });
    } catch (cause) {
      const path = 'path' in subject ? subject.path : 'the repository';
      throw new JwtlintError(
        'rule-failed',
        `The rule ${rule.id} failed on ${path}.`,
        'This is a fault of jwtlint; please report it. Run with --debug for the stack.',
        { cause },
      );
    }
  }
  return found;
}
