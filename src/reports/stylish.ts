/**
 * The report for people at a terminal: one block for each finding, with the masked line, the way of the value to its
 * use, why it matters and what to do; at the end what was read and left out.
 */
import { posix } from 'node:path';
import { styleText } from 'node:util';
import type { Level } from '../../rules/contract.js';
import { inert } from '../redact.js';
import { isExpected } from '../report.js';
import type { FormatOptions, Frame, Location, Report, ReportedFinding, ReportedRule, ReportedStep } from '../report.js';
import { count, countOf, leftOut, pastLine, readingLine, unseen } from './sentences.js';

type Style = 'red' | 'yellow' | 'cyan' | 'green' | 'bold' | 'dim';
type Paint = (style: Style, text: string) => string;

const STYLE_OF: Readonly<Record<Level, Style>> = { error: 'red', warning: 'yellow', info: 'cyan' };

/** Stations of a long way that are shown at its start and at its end. */
const STEPS_SHOWN = { first: 3, last: 2 };

// One style at a time: the array form of styleText ignores NO_COLOR. The caller has decided on colours already.
function painter({ color }: FormatOptions): Paint {
  return color ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

/** One finding as it stands in the whole report, with paths from the top. */
export function formatFinding(finding: ReportedFinding, options: FormatOptions): string {
  const paint = painter(options);
  return [...block(finding, undefined, { prefix: '' }, options, paint), ...paragraph('fix', finding.fix, options, paint), ''].join('\n');
}

export function* format(report: Report, options: FormatOptions): Generator<string> {
  const paint = painter(options);
  const lines = options.hook ? inHook(report, options, paint) : inFull(report, options, paint);
  for (const line of lines) yield `${line}\n`;
}

function* inFull(report: Report, options: FormatOptions, paint: Paint): Generator<string> {
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  const explained = new Set<string>();
  for (const finding of report.findings) {
    const rule = rules.get(finding.ruleId);
    yield* block(finding, rule, report, options, paint);
    // The reason is the same for all findings of a rule, so it is told once.
    const why = explained.has(finding.ruleId) ? [] : paragraph('why', rule?.why, options, paint);
    explained.add(finding.ruleId);
    yield* why;
    yield* paragraph('fix', finding.fix, options, paint);
    if (rule && !options.links) yield `  ${paint('dim', 'see:')} ${inert(rule.url)}`;
    yield '';
  }
  yield* remarks(report, paint);
  const found = countOf(report.findings);
  const files = new Set(report.findings.map((finding) => finding.location.path)).size;
  if (found === undefined) yield paint('green', 'No findings.');
  else yield paint('bold', `${found} in ${count(files, 'file')}.`);
  for (const sentence of unseen(report)) yield `${sentence}.`;
  yield paint('dim', `${readingLine(report)}.`);
}

function* inHook(report: Report, options: FormatOptions, paint: Paint): Generator<string> {
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  for (const finding of report.findings) {
    const head = `${label(finding, rules.get(finding.ruleId), options, paint)} ${shownPlace(finding.location, report)}`;
    yield `${head} ${paint('bold', inert(finding.message))}`;
    if (finding.past) yield `  ${pastLine(finding.past)}`;
    if (finding.frame) yield* framed(finding.frame, gutterOf([finding.frame]), STYLE_OF[finding.level], paint);
    yield* paragraph('fix', finding.fix, options, paint);
    yield '';
  }
  const left = leftOut(report, (reason) => !isExpected(reason));
  yield* remarks({ ...report, notes: [] }, paint);
  if (left !== undefined) yield `${paint('yellow', 'notice:')} left out ${left}`;
  const found = countOf(report.findings);
  if (found !== undefined)
    yield `jwtlint: ${paint('bold', found)} in what is about to be ${report.scope === 'commits' ? 'pushed' : 'committed'}.`;
  if (report.summary.old > 0 && report.findings.every((finding) => finding.isNew)) {
    yield `jwtlint: ${count(report.summary.old, 'older finding')} in the same files (--include-old shows them).`;
  }
  if (found !== undefined) {
    yield paint('dim', 'Is a finding wrong here? A comment "jwtlint-disable-next-line RULE -- reason" above the line lets it pass.');
  }
}

function remarks(report: Report, paint: Paint): string[] {
  const lines = report.notices.map((notice) => {
    const place = notice.path === undefined ? '' : `${shownPath(notice.path, report)}: `;
    return `${paint('yellow', 'notice:')} ${place}${inert(notice.text)}`;
  });
  for (const note of report.notes) lines.push(`${paint('cyan', 'note:')} ${inert(note)}`);
  return lines;
}

/** `error[no-hardcoded-secret]:`, the rule's name being a link where the terminal has links. */
function label(finding: ReportedFinding, rule: ReportedRule | undefined, options: FormatOptions, paint: Paint): string {
  const id = inert(finding.ruleId);
  const name = options.links && rule ? `\u001b]8;;${inert(rule.url)}\u001b\\${id}\u001b]8;;\u001b\\` : id;
  return `${paint('bold', paint(STYLE_OF[finding.level], `${finding.level}[${name}]`))}:`;
}

/** Heading, masked line and the way of the value. */
function block(
  finding: ReportedFinding,
  rule: ReportedRule | undefined,
  report: Pick<Report, 'prefix'>,
  options: FormatOptions,
  paint: Paint,
): string[] {
  const stations = [...finding.steps, ...(finding.use ? [finding.use] : [])];
  const frames = [finding.frame, ...stations.map((station) => station.frame)].filter((frame) => frame !== undefined);
  const gutter = gutterOf(frames);
  const style = STYLE_OF[finding.level];
  const lines = [`${label(finding, rule, options, paint)} ${paint('bold', inert(finding.message))}`];
  lines.push(`${gutter} ${paint('dim', '╭─')} ${shownPlace(finding.location, report)}${paint('dim', qualities(finding))}`);
  if (finding.past) lines.push(`${gutter} ${paint('dim', '│')}  ${pastLine(finding.past)}`);
  if (finding.frame) lines.push(...framed(finding.frame, gutter, style, paint));
  const labels = stations.map((station) => inert(station.label, 60));
  const widest = Math.max(0, ...labels.map((text) => text.length));
  let above = finding.location;
  for (const [index, station] of stations.entries()) {
    const skipped = stations.length - STEPS_SHOWN.first - STEPS_SHOWN.last;
    if (skipped > 1 && index >= STEPS_SHOWN.first && index < STEPS_SHOWN.first + skipped) {
      if (index === STEPS_SHOWN.first) lines.push(`${gutter} ${paint('dim', `┊  ${count(skipped, 'further step')}`)}`);
      continue;
    }
    lines.push(`${gutter} ${paint('dim', '├─')} ${labels[index]!.padEnd(widest)}  ${shownPlace(station.location, report)}`);
    if (station.frame && !sameLine(station, above)) lines.push(sourceLine(station.frame, gutter, paint));
    above = station.location;
  }
  lines.push(`${gutter} ${paint('dim', '╰─')}${finding.also.length > 0 ? ` also: ${finding.also.map((id) => inert(id)).join(', ')}` : ''}`);
  return lines;
}

function sameLine(station: ReportedStep, above: Location): boolean {
  return station.location.path === above.path && station.location.startLine === above.startLine;
}

function qualities(finding: ReportedFinding): string {
  const words: string[] = [];
  if (finding.confidence !== 'certain') words.push(finding.confidence);
  if (finding.context !== undefined) words.push(`in ${inert(finding.context)} files`);
  if (!finding.isNew) words.push('was there before');
  return words.length > 0 ? `  (${words.join(', ')})` : '';
}

/** Blanks as wide as the longest line number of the frames. */
function gutterOf(frames: readonly Frame[]): string {
  return ' '.repeat(Math.max(2, ...frames.map((frame) => String(frame.line).length)));
}

function sourceLine(frame: Frame, gutter: string, paint: Paint): string {
  return `${paint('dim', `${String(frame.line).padStart(gutter.length)} │`)} ${frame.text}`;
}

function framed(frame: Frame, gutter: string, style: Style, paint: Paint): string[] {
  const marker = '━'.repeat(Math.max(1, frame.end - frame.start));
  return [sourceLine(frame, gutter, paint), `${gutter} ${paint('dim', '│')} ${' '.repeat(frame.start)}${paint(style, marker)}`];
}

/** `why: ...`, wrapped with its following lines under the text. */
function paragraph(name: string, text: string | undefined, options: FormatOptions, paint: Paint): string[] {
  if (text === undefined || text === '') return [];
  const indent = ' '.repeat(name.length + 4);
  const width = Math.min(Math.max(options.columns ?? 100, 40), 120) - indent.length;
  const lines = wrapped(inert(text), width);
  return lines.map((line, index) => (index === 0 ? `  ${paint('dim', `${name}:`)} ${line}` : `${indent}${line}`));
}

/** `path:line:column`, which terminals and editors make a link of. */
function shownPlace(location: Location, report: Pick<Report, 'prefix'>): string {
  return `${shownPath(location.path, report)}:${location.startLine}:${location.startColumn}`;
}

/** The path as somebody in the working directory would type it. */
function shownPath(path: string, report: Pick<Report, 'prefix'>): string {
  return inert(report.prefix === '' ? path : posix.relative(`/${report.prefix}`, `/${path}`));
}

/** Text in lines of at most `width` columns, broken at blanks; what has none is not broken. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
