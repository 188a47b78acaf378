/**
 * GitLab's secret detection report, schema 15.2.1: what the security dashboard and merge requests show. It is about secrets, so
 * findings about code that verifies badly are counted in a message and stand in the report of Code Quality.
 */
import { inert } from '../redact.js';
import type { Format, Report, ReportedFinding, ReportedRule } from '../report.js';
import { jsonText } from './json-text.js';
import { count, leftOut, pastLine } from './sentences.js';

const SCHEMA_VERSION = '15.2.1';
const VENDOR = { name: 'jwtlint' };
/** The commit of what is not committed yet, as GitLab's own analyzer writes it. */
const NO_COMMIT = '0000000';

/** Lengths that the schema allows. */
const LONGEST_NAME = 255;
const LONGEST_SOLUTION = 7000;

export const format: Format = function* (report) {
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  const secrets = report.findings.filter(({ ruleId }) => rules.get(ruleId)?.values === true);
  const tool = {
    id: 'jwtlint',
    name: 'jwtlint',
    version: report.version,
    vendor: VENDOR,
    ...(report.homepage === undefined ? {} : { url: report.homepage }),
  };
  const json = {
    version: SCHEMA_VERSION,
    scan: {
      analyzer: tool,
      scanner: tool,
      type: 'secret_detection',
      start_time: timeOf(report.finishedAt - report.summary.milliseconds),
      end_time: timeOf(report.finishedAt),
      status: 'success',
      messages: messagesOf(report, report.findings.length - secrets.length),
    },
    vulnerabilities: vulnerabilitiesOf(secrets, rules),
  };
  yield* jsonText(json, 2);
};

function* vulnerabilitiesOf(secrets: readonly ReportedFinding[], rules: ReadonlyMap<string, ReportedRule>): Generator<object> {
  const seen = new Map<string, number>();
  for (const finding of secrets) yield vulnerabilityOf(finding, rules.get(finding.ruleId)!, seen);
}

/** `2024-01-31T23:59:59`, in UTC; the schema has no fraction and no zone. */
function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19);
}

function messagesOf(report: Report, others: number): object[] {
  const left = leftOut(report);
  const messages = report.notices.map(({ path, text }) => ({
    level: 'warn',
    value: inert(path === undefined ? text : `${path}: ${text}`),
  }));
  for (const note of report.notes) messages.push({ level: 'info', value: inert(note) });
  if (others > 0)
    messages.push({
      level: 'info',
      value: `${count(others, 'finding')} about code, not about secrets: --format gitlab-codequality has them`,
    });
  if (left !== undefined) messages.push({ level: 'info', value: `Left out: ${left}.` });
  return messages;
}

function vulnerabilityOf(finding: ReportedFinding, rule: ReportedRule, seen: Map<string, number>): object {
  const { path, startLine, endLine } = finding.location;
  const base = `${finding.fingerprint === '' ? finding.ruleId : finding.fingerprint}:${finding.past?.commit ?? ''}:${path}`;
  const ordinal = (seen.get(base) ?? 0) + 1;
  seen.set(base, ordinal);
  return {
    id: inert(`${base}:${String(ordinal)}`, 4096),
    name: inert(`${rule.title}.`, LONGEST_NAME),
    description: inert(`${finding.message} ${rule.why}${finding.past ? ` Found ${pastLine(finding.past)}.` : ''}`),
    severity: severityOf(finding, rule),
    solution: inert(finding.fix, LONGEST_SOLUTION),
    identifiers: [
      { type: 'jwtlint_rule_id', name: `jwtlint ${rule.id}`, value: rule.id, url: rule.url },
      ...rule.cwe.map((number) => ({
        type: 'cwe',
        name: `CWE-${String(number)}`,
        value: String(number),
        url: `https://cwe.mitre.org/data/definitions/${String(number)}.html`,
      })),
    ],
    links: rule.references.map(({ title, url }) => ({ name: title, url })),
    location: {
      file: inert(path, 4096),
      start_line: startLine,
      end_line: Math.max(startLine, endLine),
      commit: { sha: finding.past?.commit ?? NO_COMMIT, ...(finding.past?.date === undefined ? {} : { date: finding.past.date }) },
    },
  };
}

/** Above this CVSS-like number an error is critical. */
const CRITICAL = 8.5;

function severityOf({ level }: ReportedFinding, { securitySeverity }: ReportedRule): string {
  if (level === 'error') return securitySeverity >= CRITICAL ? 'Critical' : 'High';
  return level === 'warning' ? 'Medium' : 'Info';
}
