/**
 * One page for people who would rather look. Nothing is loaded and nothing is run: the filters are CSS, so that no text of a
 * repository can ever become a program.
 */
import type { Level } from '../../rules/contract.js';
import { inert } from '../redact.js';
import type { Format, Frame, Location, Report, ReportedFinding, ReportedRule } from '../report.js';
import { count, countOf, pastLine, readingLine, unseen } from './sentences.js';

const LEVELS = ['error', 'warning', 'info'] as const satisfies readonly Level[];

const LONGEST = 4096;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text in HTML, in attributes as in content. */
export function escapeHtml(text: string): string {
  return inert(text, LONGEST)
    .replace(/[\p{Cs}\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

export const format: Format = (report) => {
  const found = countOf(report.findings) ?? 'No findings';
  const used = [...new Set(report.findings.map(({ ruleId }) => ruleId))].sort();
  return page(`jwtlint: ${found}`, `${STYLE}${filterRules(used)}`, bodyOf(report, found, used));
};

function* bodyOf(report: Report, found: string, used: readonly string[]): Generator<string> {
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  yield `<header><h1>jwtlint</h1><p class="sum">${escapeHtml(found)}.</p><p>${escapeHtml(readingLine(report))}.</p></header>\n`;
  if (report.findings.length > 0) yield `${filters(report, used)}\n`;
  yield '<main>';
  let index = 0;
  for (const level of LEVELS)
    for (const finding of report.findings)
      if (finding.level === level) yield `${index > 0 ? '\n' : ''}${card(finding, index++, rules.get(finding.ruleId), used)}`;
  yield '</main>\n';
  yield* timelineOf(report.findings);
  yield notes(report);
  yield `<footer><p>jwtlint ${escapeHtml(report.version)}. Values are masked; no option shows them.</p></footer>\n`;
}

/** A whole page, without anything from elsewhere. */
export function* page(title: string, style: string, body: Iterable<string>): Generator<string> {
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
`;
  yield* body;
  yield '</body>\n</html>\n';
}

// --- filters -------------------------------------------------------------------------------------------------------

function filters(report: Report, used: readonly string[]): string {
  const box = (id: string, label: string, number: number): string =>
    `<label><input type="checkbox" id="${id}" checked> ${escapeHtml(label)} <span class="n">${String(number)}</span></label>`;
  const levels = LEVELS.flatMap((level) => {
    const number = report.findings.filter((finding) => finding.level === level).length;
    return number > 0 ? [box(`l-${level}`, level, number)] : [];
  });
  const rules = used.map((id, index) => box(`r-${String(index)}`, id, report.findings.filter(({ ruleId }) => ruleId === id).length));
  return `<form class="filters" aria-label="Filters">
<fieldset><legend>Levels</legend>${levels.join('')}</fieldset>
<fieldset><legend>Rules</legend>${rules.join('')}</fieldset>
</form>`;
}

/** A box that is not checked hides its findings. */
function filterRules(used: readonly string[]): string {
  const selectors = [
    ...LEVELS.map((level) => `body:has(#l-${level}:not(:checked)) .l-${level}`),
    ...used.map((_, index) => `body:has(#r-${String(index)}:not(:checked)) .r-${String(index)}`),
  ];
  return `${selectors.join(',')}{display:none}`;
}

// --- findings ------------------------------------------------------------------------------------------------------

function card(finding: ReportedFinding, index: number, rule: ReportedRule | undefined, used: readonly string[]): string {
  const id = `f${String(index + 1)}`;
  const name = escapeHtml(finding.ruleId);
  const title = rule ? `<a href="${escapeHtml(rule.url)}" rel="noreferrer">${name}</a>` : name;
  const marks = [
    finding.confidence,
    ...(finding.context === undefined ? [] : [finding.context]),
    ...(finding.isNew ? [] : ['was there before']),
  ];
  return `<article class="f l-${finding.level} r-${String(used.indexOf(finding.ruleId))}" aria-labelledby="${id}">
<h2 id="${id}"><span class="level">${finding.level}</span> ${title} <span class="where">${placeOf(finding.location)}</span></h2>
<p>${escapeHtml(finding.message)}</p>
${way(finding)}
${rule ? `<p class="why"><b>Why</b> ${escapeHtml(rule.why)}</p>` : ''}
${finding.fix === '' ? '' : `<p class="fix"><b>Do</b> ${escapeHtml(finding.fix)}</p>`}
<p class="marks">${[...marks, ...finding.also.map((also) => `also ${also}`)].map((mark) => `<span>${escapeHtml(mark)}</span>`).join(' ')}</p>
${finding.past ? `<p class="past">Found ${escapeHtml(pastLine(finding.past))}.</p>` : ''}
</article>`;
}

/** The way of a value, from where it stands to the call that uses it. */
function way(finding: ReportedFinding): string {
  const stations = [
    { label: 'stands here', location: finding.location, frame: finding.frame },
    ...finding.steps,
    ...(finding.use ? [{ ...finding.use, label: finding.use.label === '' ? 'used here' : finding.use.label }] : []),
  ];
  const items = stations.map(
    ({ label, location, frame }) =>
      `<li><span class="label">${escapeHtml(label)}</span> <span class="where">${placeOf(location)}</span>${frame ? code(frame) : ''}</li>`,
  );
  return `<ol class="way" aria-label="The way of the value, ${count(items.length, 'station')}">${items.join('')}</ol>`;
}

function code({ line, text, start, end }: Frame): string {
  const [before, marked, after] = [text.slice(0, start), text.slice(start, end), text.slice(end)];
  return `<pre><span class="line" aria-hidden="true">${String(line)}</span> ${escapeHtml(before)}<mark>${escapeHtml(marked)}</mark>${escapeHtml(after)}</pre>`;
}

function placeOf({ path, startLine, startColumn }: Location): string {
  return `${escapeHtml(path)}:${String(startLine)}:${String(startColumn)}`;
}

// --- the rest ------------------------------------------------------------------------------------------------------

/** When secrets of the past came in, the oldest first. */
function* timelineOf(findings: readonly ReportedFinding[]): Generator<string> {
  const past = findings.flatMap((finding) => (finding.past ? [{ finding, past: finding.past }] : []));
  if (past.length === 0) return;
  past.sort((one, other) => ((one.past.date ?? '') < (other.past.date ?? '') ? -1 : 1));
  yield '<section aria-labelledby="timeline"><h2 id="timeline">When they came in</h2><ol class="timeline">';
  for (const {
    finding,
    past: { commit, date, inHead },
  } of past)
    yield `<li class="l-${finding.level}"><time${date === undefined ? '' : ` datetime="${escapeHtml(date)}"`}>${escapeHtml(date ?? 'no date')}</time> <code>${escapeHtml(commit.slice(0, 10))}</code> ${escapeHtml(finding.ruleId)} in ${escapeHtml(finding.location.path)} <span class="marks"><span>${inHead ? 'still there' : 'gone from HEAD'}</span></span></li>`;
  yield '</ol></section>\n';
}

function notes(report: Report): string {
  const lines = [
    ...report.notices.map(({ path, text }) => (path === undefined ? text : `${path}: ${text}`)),
    ...report.notes,
    ...unseen(report).map((sentence) => `${sentence}.`),
  ];
  return lines.length === 0
    ? ''
    : `<section aria-labelledby="notes"><h2 id="notes">Notes</h2><ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul></section>\n`;
}

/** Shared with the page of an audit. */
export const STYLE = `
:root{color-scheme:light dark;--back:light-dark(#fff,#14171c);--card:light-dark(#f6f7f9,#1d2229);--text:light-dark(#1b1f24,#e3e7ec);--dim:light-dark(#57606a,#9aa5b1);--line:light-dark(#d0d7de,#3a424c);--error:light-dark(#b3261e,#ff8a80);--warning:light-dark(#8a5300,#ffcc66);--info:light-dark(#0b5cad,#8ab8ff);--yes:light-dark(#1a6d33,#7ddf98)}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1.5rem 1rem 3rem;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.3rem;margin:0}h2{font-size:1rem;margin:0 0 .5rem}p{margin:.4rem 0}
a{color:inherit}a:focus-visible,input:focus-visible{outline:3px solid var(--info);outline-offset:2px}
.sum{font-size:1.5rem;font-weight:600}
header p:last-child,.where,footer,.why{color:var(--dim)}
.where,pre,code{font-family:ui-monospace,monospace;font-size:.86rem}
.filters{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}
fieldset{border:1px solid var(--line);border-radius:.4rem;padding:.3rem .8rem;display:flex;flex-wrap:wrap;gap:.2rem 1rem;margin:0}
legend{color:var(--dim);font-size:.85rem}label{white-space:nowrap}.n{color:var(--dim)}
.f,section{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;margin:.8rem 0}
.f{border-left:.35rem solid var(--info)}.f.l-error{border-left-color:var(--error)}.f.l-warning{border-left-color:var(--warning)}
.level{text-transform:uppercase;font-size:.75rem;letter-spacing:.04em}.l-error .level{color:var(--error)}.l-warning .level{color:var(--warning)}.l-info .level{color:var(--info)}
.f h2 .where{display:block;font-weight:400}
.way{list-style:none;margin:.6rem 0;padding:0 0 0 .4rem}
.way li{position:relative;padding:0 0 .5rem 1.3rem;border-left:2px solid var(--line)}
.way li:last-child{border-left-color:transparent}
.way li::before{content:"";position:absolute;left:-.46rem;top:.4rem;width:.75rem;height:.75rem;border-radius:50%;background:var(--card);border:2px solid var(--dim)}
.way li:first-child::before{background:var(--error);border-color:var(--error)}.way li:last-child::before{border-radius:2px}
.label{font-weight:600}
pre{margin:.2rem 0;padding:.4rem .6rem;background:var(--back);border:1px solid var(--line);border-radius:.3rem;overflow-x:auto;white-space:pre-wrap}
.line{color:var(--dim);user-select:none}mark{background:transparent;color:var(--error);font-weight:600;text-decoration:underline}
.marks span{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .6rem;font-size:.8rem;color:var(--dim)}
.timeline{padding-left:1.2rem}
@media (prefers-reduced-motion:no-preference){.f{transition:opacity .1s}}
@media print{.filters{display:none}.f,section{break-inside:avoid}}
`;
