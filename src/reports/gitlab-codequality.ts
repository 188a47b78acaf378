/** GitLab's Code Quality report, a part of the format of CodeClimate: shown in the diff of a merge request. */
import type { Level } from '../../rules/contract.js';
import { inert } from '../redact.js';
import type { Format, ReportedFinding } from '../report.js';
import { jsonText } from './json-text.js';
import { pastLine } from './sentences.js';

/** `critical` and `blocker` are for the worst: a secret that is in the code. */
function severityOf({ level, confidence }: ReportedFinding): string {
  const of: Readonly<Record<Level, string>> = { error: confidence === 'certain' ? 'critical' : 'major', warning: 'minor', info: 'info' };
  return of[level];
}

export const format: Format = function* (report) {
  yield* jsonText(issuesOf(report.findings), 2);
};

function* issuesOf(findings: readonly ReportedFinding[]): Generator<object> {
  const seen = new Map<string, number>();
  for (const finding of findings) {
    const { path, startLine, endLine } = finding.location;
    // GitLab takes equal fingerprints for one issue.
    const base =
      finding.fingerprint === '' ? `${finding.ruleId}:${path}:${String(startLine)}` : `${finding.fingerprint}${finding.past?.commit ?? ''}`;
    const ordinal = (seen.get(base) ?? 0) + 1;
    seen.set(base, ordinal);
    yield {
      type: 'issue',
      check_name: finding.ruleId,
      description: inert([finding.message, ...(finding.past ? [`Found ${pastLine(finding.past)}.`] : []), finding.fix].join(' ').trim()),
      categories: ['Security'],
      severity: severityOf(finding),
      fingerprint: ordinal === 1 ? base : `${base}-${String(ordinal)}`,
      location: { path: inert(path, 4096), lines: { begin: startLine, end: Math.max(startLine, endLine) } },
    };
  }
}
