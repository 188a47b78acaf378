/** Checkstyle's XML, which reviewdog, Bitbucket, Jenkins (warnings-ng) and many others read. */
import type { Level } from '../../rules/contract.js';
import type { Format, ReportedFinding } from '../report.js';
import { byFile } from './by-file.js';
import { pastLine } from './sentences.js';
import { escapeXml } from './xml.js';

/** The version of Checkstyle whose format this is; readers expect one. */
const VERSION = '10.0';

const SEVERITY_OF: Readonly<Record<Level, string>> = { error: 'error', warning: 'warning', info: 'info' };

export const format: Format = function* (report) {
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="${VERSION}">\n`;
  for (const [path, findings] of byFile(report.findings)) {
    yield `  <file name="${escapeXml(path)}">\n`;
    for (const finding of findings) yield errorOf(finding);
    yield '  </file>\n';
  }
  // What is no finding must not be lost: a file that does not parse, what was left out.
  for (const { path, text } of report.notices) {
    yield `  <file name="${escapeXml(path ?? '.')}">\n`;
    yield `    <error severity="info" message="${escapeXml(text)}" source="jwtlint.notice"/>\n`;
    yield '  </file>\n';
  }
  yield '</checkstyle>\n';
};

function errorOf({ ruleId, level, message, fix, location, past }: ReportedFinding): string {
  const said = [message, ...(past ? [`Found ${pastLine(past)}.`] : []), fix].filter((sentence) => sentence !== '').join(' ');
  return `    <error line="${String(location.startLine)}" column="${String(location.startColumn)}" severity="${SEVERITY_OF[level]}" message="${escapeXml(said)}" source="jwtlint.${escapeXml(ruleId)}"/>\n`;
}
