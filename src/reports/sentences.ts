/** The sentences that several formats say alike: how much was found, read and left out. */
import type { Past, ReportedFinding, Report } from '../report.js';
import { inert } from '../redact.js';

/** `1,204`, without loading the tables that `toLocaleString` needs. */
function grouped(number: number): string {
  const digits = String(number);
  let text = '';
  for (let at = 0; at < digits.length; at++) {
    if (at > 0 && (digits.length - at) % 3 === 0) text += ',';
    text += digits[at];
  }
  return text;
}

/** `1 file`, `1,204 files`. */
export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** `2 errors and 1 warning`; undefined when there is nothing to count. */
export function countOf(findings: readonly ReportedFinding[]): string | undefined {
  const numbers = { error: 0, warning: 0, info: 0 };
  for (const finding of findings) numbers[finding.level]++;
  const parts: string[] = [];
  if (numbers.error > 0) parts.push(count(numbers.error, 'error'));
  if (numbers.warning > 0) parts.push(count(numbers.warning, 'warning'));
  if (numbers.info > 0) parts.push(`${grouped(numbers.info)} info`);
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : parts[0];
}

function size(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte');
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** `2 too large (a.js, b.js), 1 unreadable (c.ts)`; undefined when nothing was left out. */
export function leftOut(report: Report, reasons: (reason: string) => boolean = () => true): string | undefined {
  const parts = report.summary.leftOut
    .filter((entry) => entry.count > 0 && reasons(entry.reason))
    .map((entry) => {
      const examples = entry.examples.slice(0, 3).map((example) => inert(example, 80));
      if (examples.length > 0 && entry.count > examples.length) examples.push('…');
      return `${grouped(entry.count)} ${inert(entry.reason)}${examples.length > 0 ? ` (${examples.join(', ')})` : ''}`;
    });
  return parts.length > 0 ? parts.join(', ') : undefined;
}

/** The line that every run ends with: `1,204 files, 3.2 MB in 410 ms: left out 2 too large (a.js, b.js)`. */
export function readingLine(report: Report): string {
  const { files, bytes, milliseconds } = report.summary;
  const left = leftOut(report);
  return `${count(files, 'file')}, ${size(bytes)} in ${duration(milliseconds)}: ${left === undefined ? 'nothing was left out' : `left out ${left}`}`;
}

/** What was found but does not stand in the report, a sentence each. */
export function unseen(report: Report): string[] {
  const { lowered, suppressed, accepted, old } = report.summary;
  const sentences: string[] = [];
  if (lowered > 0 && !report.findings.some((finding) => finding.level === 'info')) {
    const are = lowered === 1 ? 'is' : 'are';
    sentences.push(`${count(lowered, 'finding')} in tests, examples, docs or dependencies ${are} information only (--info)`);
  }
  if (suppressed > 0) sentences.push(`${count(suppressed, 'finding')} silenced by jwtlint-disable comments`);
  if (accepted > 0) sentences.push(`${count(accepted, 'finding')} accepted by the baseline`);
  if (old > 0 && report.findings.every((finding) => finding.isNew)) {
    sentences.push(`${count(old, 'older finding')} in the same files (--include-old)`);
  }
  return sentences;
}

/** Names that are listed of branches or paths. */
const NAMES_SHOWN = 3;

/** `in commit 1a2b3c4d5e6f of 2024-01-01, not in HEAD any more; on main, dev; also in a.js`, as plain words. */
export function pastLine({ commit, date, inHead, branches = [], alsoIn = [] }: Past): string {
  const parts = [
    `in commit ${inert(commit.slice(0, 12))}${date === undefined ? '' : ` of ${inert(date)}`}, ${inHead ? 'still in HEAD' : 'not in HEAD any more'}`,
  ];
  if (branches.length > 0) parts.push(`on ${listed(branches)}`);
  if (alsoIn.length > 0) parts.push(`also in ${listed(alsoIn)}`);
  return parts.join('; ');
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => inert(name, 80));
  return `${shown.join(', ')}${names.length > shown.length ? ` and ${grouped(names.length - shown.length)} more` : ''}`;
}
