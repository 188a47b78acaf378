/**
 * JUnit's XML as Jenkins, GitLab and CircleCI read it: a suite for each file, a case for each finding. Errors are failed cases;
 * warnings, which fail no run, are skipped ones. A run without findings is one case that passes.
 */
import type { Format, Report, ReportedFinding } from '../report.js';
import { byFile } from './by-file.js';
import { pastLine } from './sentences.js';
import { escapeXml } from './xml.js';

export const format: Format = (report) => {
  const files = byFile(report.findings);
  const failures = report.findings.filter(({ level }) => level === 'error').length;
  const time = (report.summary.milliseconds / 1000).toFixed(3);
  const tests = Math.max(report.findings.length, 1);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="jwtlint" tests="${String(tests)}" failures="${String(failures)}" errors="0" time="${time}">`,
  ];
  for (const [path, findings] of files) {
    const failed = findings.filter(({ level }) => level === 'error').length;
    const counts = `tests="${String(findings.length)}" failures="${String(failed)}" errors="0" skipped="${String(findings.length - failed)}"`;
    lines.push(`  <testsuite name="${escapeXml(path)}" ${counts} time="0">`, ...findings.flatMap(caseOf), '  </testsuite>');
  }
  if (files.size === 0) {
    lines.push('  <testsuite name="jwtlint" tests="1" failures="0" errors="0" skipped="0" time="0">');
    lines.push('    <testcase name="no findings" classname="jwtlint" time="0"/>', '  </testsuite>');
  }
  lines.push(...noticesOf(report), '</testsuites>');
  return `${lines.join('\n')}\n`;
};

function caseOf({ ruleId, level, message, fix, location, past }: ReportedFinding): readonly string[] {
  const { path, startLine, startColumn } = location;
  const place = `${path}:${String(startLine)}:${String(startColumn)}`;
  const attributes = `name="${escapeXml(`${ruleId} ${place}`)}" classname="${escapeXml(`jwtlint.${ruleId}`)}" file="${escapeXml(path)}" line="${String(startLine)}" time="0"`;
  const details = [place, ...(past ? [`Found ${pastLine(past)}.`] : []), fix]
    .filter((sentence) => sentence !== '')
    .map((sentence) => escapeXml(sentence));
  const body =
    level === 'error'
      ? [`      <failure type="${escapeXml(ruleId)}" message="${escapeXml(message)}">${details.join('\n')}</failure>`]
      : [`      <skipped type="${escapeXml(ruleId)}" message="${escapeXml(`${level}: ${message}`)}">${details.join('\n')}</skipped>`];
  return [`    <testcase ${attributes}>`, ...body, '    </testcase>'];
}

function noticesOf({ notices }: Report): readonly string[] {
  if (notices.length === 0) return [];
  const texts = notices.map(({ path, text }) => escapeXml(path === undefined ? text : `${path}: ${text}`));
  return [
    '  <testsuite name="jwtlint notices" tests="0" failures="0" errors="0" skipped="0" time="0">',
    `    <system-out>${texts.join('\n')}</system-out>`,
    '  </testsuite>',
  ];
}
