/** The report for programs. docs/json-report.schema.json describes it; a change that breaks readers raises `version`. */
import type { Format, Location, ReportedFinding, ReportedStep } from '../report.js';
import { jsonText } from './json-text.js';

const VERSION = 1;

export const format: Format = function* (report) {
  const { summary } = report;
  const found = { error: 0, warning: 0, info: 0 };
  for (const { level } of report.findings) found[level]++;
  const json = {
    version: VERSION,
    tool: { name: 'jwtlint', version: report.version },
    scope: report.scope,
    findings: findingsOf(report.findings),
    notices: report.notices.map(({ path, text }) => ({ ...(path === undefined ? {} : { path }), text })),
    notes: report.notes,
    summary: {
      errors: found.error,
      warnings: found.warning,
      infos: found.info,
      files: summary.files,
      bytes: summary.bytes,
      milliseconds: Math.round(summary.milliseconds),
      leftOut: summary.leftOut.map(({ reason, count, examples }) => ({ reason, count, examples })),
      old: summary.old,
      suppressed: summary.suppressed,
      accepted: summary.accepted,
      lowered: summary.lowered,
    },
  };
  yield* jsonText(json, 2);
};

function* findingsOf(findings: readonly ReportedFinding[]): Generator<object> {
  for (const finding of findings) yield findingOf(finding);
}

function findingOf(finding: ReportedFinding): object {
  return {
    ruleId: finding.ruleId,
    level: finding.level,
    confidence: finding.confidence,
    message: finding.message,
    fix: finding.fix,
    location: locationOf(finding.location),
    steps: finding.steps.map(stepOf),
    ...(finding.use === undefined ? {} : { use: stepOf(finding.use) }),
    also: finding.also,
    fingerprint: finding.fingerprint,
    ...(finding.context === undefined ? {} : { context: finding.context }),
    isNew: finding.isNew,
    ...(finding.past === undefined ? {} : { past: finding.past }),
  };
}

function stepOf({ label, location }: ReportedStep): object {
  return { label, location: locationOf(location) };
}

function locationOf({ path, startLine, startColumn, endLine, endColumn }: Location): object {
  return { path, startLine, startColumn, endLine, endColumn };
}
