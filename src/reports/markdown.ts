/** Markdown for people, as the summary of a job on GitHub (`-f markdown=$GITHUB_STEP_SUMMARY`) or a comment. */
import type { Level } from '../../rules/contract.js';
import { inert } from '../redact.js';
import type { Format, ReportedFinding } from '../report.js';
import { countOf, pastLine, readingLine, unseen } from './sentences.js';

/** GitHub takes a summary of one megabyte; that many findings stay far below. */
const MOST_FINDINGS = 500;

const LOUDNESS: Readonly<Record<Level, number>> = { error: 0, warning: 1, info: 2 };

export const format: Format = function* (report) {
  const worstFirst = report.findings.toSorted((a, b) => LOUDNESS[a.level] - LOUDNESS[b.level]);
  const shown = worstFirst.slice(0, MOST_FINDINGS);
  const urls = new Map(report.rules.map(({ id, url }) => [id, url]));
  yield `## jwtlint\n\n${countOf(report.findings) ?? 'No findings'}.\n\n`;
  if (shown.length > 0) {
    yield '| level | rule | where | what | what to do |\n| --- | --- | --- | --- | --- |\n';
    for (const finding of shown) yield row(finding, urls.get(finding.ruleId));
    yield '\n';
  }
  if (shown.length < worstFirst.length)
    yield `The worst ${String(MOST_FINDINGS)} are listed; \`--format json\` or \`sarif\` has them all.\n\n`;
  for (const { path, text } of report.notices) yield `- notice: ${markdownText(path === undefined ? text : `${path}: ${text}`)}\n`;
  for (const note of report.notes) yield `- ${markdownText(note)}\n`;
  for (const sentence of unseen(report)) yield `- ${markdownText(sentence)}.\n`;
  if (report.notices.length + report.notes.length + unseen(report).length > 0) yield '\n';
  yield `${markdownText(readingLine(report))}.\n`;
};

function row({ ruleId, level, location, message, fix, past }: ReportedFinding, url: string | undefined): string {
  const rule = url === undefined ? markdownText(ruleId) : `[${markdownText(ruleId)}](${url})`;
  const where = `${location.path}:${String(location.startLine)}:${String(location.startColumn)}`;
  const what = past ? `${message} Found ${pastLine(past)}.` : message;
  return `| ${level} | ${rule} | ${markdownText(where)} | ${markdownText(what)} | ${markdownText(fix)} |\n`;
}

/** Text of a repository in Markdown: it forms no markup, no table cell, no link, no mention and no HTML. */
export function markdownText(text: string): string {
  return inert(text)
    .replace(/[\\`*_{}[\]()#+!|<>~&]/g, String.raw`\$&`)
    .replaceAll('@', '@&#8203;');
}
