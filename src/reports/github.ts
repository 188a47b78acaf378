/**
 * Annotations of GitHub Actions: workflow commands `::error file=...::message`, as the runner's ActionCommand reads
 * them. Everything else that is printed is plain text that cannot be taken for a command.
 */
import type { Level } from '../../rules/contract.js';
import { inert } from '../redact.js';
import type { Format, Report, ReportedFinding } from '../report.js';
import { countOf, pastLine, readingLine, unseen } from './sentences.js';

/** GitHub shows that many annotations of a step. */
const SHOWN = 10;

const COMMAND_OF: Readonly<Record<Level, string>> = { error: 'error', warning: 'warning', info: 'notice' };
const LOUDNESS: Readonly<Record<Level, number>> = { error: 0, warning: 1, info: 2 };

export const format: Format = function* (report) {
  const worstFirst = report.findings.toSorted((a, b) => LOUDNESS[a.level] - LOUDNESS[b.level]);
  const lines = worstFirst.slice(0, SHOWN).map((finding) => annotation(finding, report));
  for (const { path, text } of report.notices) lines.push(`jwtlint: ${path === undefined ? '' : `${inert(path)}: `}${inert(text)}`);
  for (const note of report.notes) lines.push(`jwtlint: ${inert(note)}`);
  const found = countOf(report.findings);
  if (worstFirst.length > SHOWN) {
    lines.push(`jwtlint: ${found}. The worst ${SHOWN} are annotated, as GitHub shows no more; --format stylish or sarif has them all.`);
  } else lines.push(`jwtlint: ${found ?? 'no findings'}.`);
  for (const sentence of unseen(report)) lines.push(`jwtlint: ${sentence}.`);
  lines.push(`jwtlint: ${readingLine(report)}.`);
  yield `${lines.join('\n')}\n`;
};

function annotation(finding: ReportedFinding, report: Report): string {
  const { path, startLine, startColumn, endLine, endColumn } = finding.location;
  const url = report.rules.find((rule) => rule.id === finding.ruleId)?.url;
  const properties: [string, string | number][] = [
    ['file', inert(path, 4096)],
    ['line', startLine],
    ['endLine', endLine],
  ];
  // Columns belong to annotations of one line only.
  if (startLine === endLine) properties.push(['col', startColumn], ['endColumn', endColumn]);
  properties.push(['title', inert(`jwtlint ${finding.ruleId}`)]);
  const past = finding.past ? [`Found ${pastLine(finding.past)}.`] : [];
  const message = [inert(finding.message), ...past, inert(finding.fix), ...(url === undefined ? [] : [inert(url)])].join('\n');
  const list = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
  return `::${COMMAND_OF[finding.level]} ${list}::${escapeData(message)}`;
}

/** What the runner's UnescapeData undoes. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** What the runner's UnescapeProperty undoes. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
