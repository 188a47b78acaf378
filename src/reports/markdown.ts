/** Markdown for people, as the summary of a job on GitHub (`-f markdown=$GITHUB_STEP_SUMMARY`) or a comment. */
import type { Level } from '../../rules/contract.js';
import { inert } from '../redact.js';
import type { Format, ReportedFinding } from '../report.js';
import { count, countOf, pastLine, readingLine, unseen } from './sentences.js';

/** GitHub takes a summary of one megabyte: so much of it is for findings, in bytes, and never more than this number of them. */
const MOST_BYTES = 700_000;
const MOST_FINDINGS = 500;
/** Notices that are listed. */
const MOST_NOTICES = 100;

const LOUDNESS: Readonly<Record<Level, number>> = { error: 0, warning: 1, info: 2 };

export const format: Format = function* (report) {
  const worstFirst = report.findings.toSorted((a, b) => LOUDNESS[a.level] - LOUDNESS[b.level]);
  const urls = new Map(report.rules.map(({ id, url }) => [id, url]));
  yield `## jwtlint\n\n${countOf(report.findings) ?? 'No findings'}.\n\n`;
  let shown = 0;
  if (worstFirst.length > 0) {
    yield '| level | rule | where | what | what to do |\n| --- | --- | --- | --- | --- |\n';
    let bytes = 0;
    for (const finding of worstFirst.slice(0, MOST_FINDINGS)) {
      const line = row(finding, urls.get(finding.ruleId));
      bytes += Buffer.byteLength(line);
      if (bytes > MOST_BYTES) break;
      yield line;
      shown += 1;
    }
    yield '\n';
  }
  if (shown < worstFirst.length) yield `The worst ${String(shown)} are listed; \`--format json\` or \`sarif\` has them all.\n\n`;
  for (const { path, text } of report.notices.slice(0, MOST_NOTICES))
    yield `- notice: ${markdownText(path === undefined ? text : `${path}: ${text}`)}\n`;
  if (report.notices.length > MOST_NOTICES) yield `- and ${count(report.notices.length - MOST_NOTICES, 'further notice')}\n`;
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
