/**
 * JUnit's XML as Jenkins, GitLab and CircleCI read it: a suite for each file, a case for each finding. Errors are failed cases;
 * warnings, which fail no run, are skipped ones. A run without findings is one case that passes.
 */
import type { Format, Report, ReportedFinding } from '../report.js';
import { byFile } from './by-file.js';
import { pastLine } from './sentences.js';
import { escapeXml } from './xml.js';

export const format: Format = function* (report) {
  const files = byFile(report.findings);
  const failures = report.findings.filter(({ level }) => level === 'error').length;
  const time = (report.summary.milliseconds / 1000).toFixed(3);
  const tests = Math.max(report.findings.length, 1);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="jwtlint" tests="${String(tests)}" failures="${String(failures)}" errors="0" time="${time}">\n`;
  for (const [path, findings] of files) {
    const failed = findings.filter(({ level }) => level === 'error').length;
    const counts = `tests="${String(findings.length)}" failures="${String(failed)}" errors="0" skipped="${String(findings.length - failed)}"`;
    yield `  <testsuite name="${escapeXml(path)}" ${counts} time="0">\n`;
    for (const finding of findings) yield caseOf(finding);
    yield '  </testsuite>\n';
  }
  if (files.size === 0) {
    yield '  <testsuite name="jwtlint" tests="1" failures="0" errors="0" skipped="0" time="0">\n';
    yield '    <testcase name="no findings" classname="jwtlint" time="0"/>\n  </testsuite>\n';
  }
  yield* noticesOf(report);
  yield '</testsuites>\n';
};

function caseOf({ ruleId, level, message, fix, location, past }: ReportedFinding): string {
  const { path, startLine, startColumn } = location;
  const place = `${path}:${String(startLine)}:${String(startColumn)}`;
  const attributes = `name="${escapeXml(`${ruleId} ${place}`)}" classname="${escapeXml(`jwtlint.${ruleId}`)}" file="${escapeXml(path)}" line="${String(startLine)}" time="0"`;
  const details = [place, ...(past ? [`Found ${pastLine(past)}.`] : []), fix]
    .filter((sentence) => sentence !== '')
    .map((sentence) => escapeXml(sentence));
  const outcome = level === 'error' ? 'failure' : 'skipped';
  const said = level === 'error' ? message : `${level}: ${message}`;
  const body = `<${outcome} type="${escapeXml(ruleId)}" message="${escapeXml(said)}">${details.join('\n')}</${outcome}>`;
  return `    <testcase ${attributes}>\n      ${body}\n    </testcase>\n`;
}

function* noticesOf({ notices }: Report): Generator<string> {
  if (notices.length === 0) return;
  const texts = notices.map(({ path, text }) => escapeXml(path === undefined ? text : `${path}: ${text}`));
  yield '  <testsuite name="jwtlint notices" tests="0" failures="0" errors="0" skipped="0" time="0">\n';
  yield `    <system-out>${texts.join('\n')}</system-out>\n  </testsuite>\n`;
}
