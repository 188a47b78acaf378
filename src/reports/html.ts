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

/** Text for people: what stands in backticks is code. */
export function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

/** So many a browser shows without a pause, when it draws only those that are in sight. */
const MOST_CARDS = 5000;
/** So many it may draw at once. */
const MOST_DRAWN = 200;

export const format: Format = (report) => {
  const found = countOf(report.findings) ?? 'No findings';
  const shown: ReportedFinding[] = [];
  for (const level of LEVELS)
    for (const finding of report.findings) if (finding.level === level && shown.length < MOST_CARDS) shown.push(finding);
  const used = [...new Set(shown.map(({ ruleId }) => ruleId))].sort();
  return page(`jwtlint: ${found}`, `${STYLE}${OWN_STYLE}${filterRules(used)}`, bodyOf(report, found, shown, used));
};

function* bodyOf(report: Report, found: string, shown: readonly ReportedFinding[], used: readonly string[]): Generator<string> {
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  yield `<header><h1>jwtlint</h1><p class="sum">${escapeHtml(found)}.</p><p>${escapeHtml(readingLine(report))}.</p>`;
  if (shown.length < report.findings.length)
    yield `<p>The worst ${count(shown.length, 'finding')} are shown; <code>--format json</code> has them all.</p>`;
  yield '</header>\n';
  yield* timelineOf(shown);
  if (shown.length > 0) yield `${filters(shown, used)}\n`;
  yield `<main aria-label="Findings"${shown.length > MOST_DRAWN ? ' class="long"' : ''}>`;
  for (const [index, finding] of shown.entries()) yield card(finding, index, rules.get(finding.ruleId), used);
  yield '</main>\n';
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

function filters(shown: readonly ReportedFinding[], used: readonly string[]): string {
  const numbers = new Map<string, number>();
  for (const { level, ruleId } of shown) for (const key of [level, ruleId]) numbers.set(key, (numbers.get(key) ?? 0) + 1);
  const box = (id: string, name: string, mark = ''): string =>
    `<label${mark}><input type="checkbox" id="${id}" checked> ${escapeHtml(name)} <span class="n">${String(numbers.get(name))}</span></label>`;
  const levels = LEVELS.filter((level) => numbers.has(level)).map((level) => box(`l-${level}`, level, ` class="l-${level}"`));
  return `<form class="filters" aria-label="Filters">
<fieldset><legend>Levels</legend>${levels.join('')}</fieldset>
<fieldset><legend>Rules</legend>${used.map((id, index) => box(`r-${String(index)}`, id)).join('')}</fieldset>
</form>`;
}

/** A box that is not checked hides its findings. */
function filterRules(used: readonly string[]): string {
  const selectors = [
    ...LEVELS.map((level) => `body:has(#l-${level}:not(:checked)) .f.l-${level}`),
    ...used.map((_, index) => `body:has(#r-${String(index)}:not(:checked)) .f.r-${String(index)}`),
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
<p>${prose(finding.message)}</p>
${finding.past ? `<p class="past">Found ${escapeHtml(pastLine(finding.past))}.</p>` : ''}
${way(finding)}
${rule ? `<p class="why"><b>Why</b> ${prose(rule.why)}</p>` : ''}
${finding.fix === '' ? '' : `<p><b>Do</b> ${prose(finding.fix)}</p>`}
<p class="marks">${[...marks, ...finding.also.map((also) => `also ${also}`)].map((mark) => `<span>${escapeHtml(mark)}</span>`).join(' ')}</p>
</article>
`;
}

/** The way of a value, from where it stands to the call that uses it. */
function way(finding: ReportedFinding): string {
  const stations = [
    { label: 'stands here', location: finding.location, frame: finding.frame },
    ...finding.steps,
    ...(finding.use ? [{ ...finding.use, label: finding.use.label === '' ? 'used here' : finding.use.label }] : []),
  ];
  // The heading has said where.
  if (stations.length === 1) return finding.frame ? code(finding.frame) : '';
  const items = stations.map(({ label, location, frame }, index) => {
    const before = stations[index - 1]?.location;
    const isSameLine = before?.path === location.path && before.startLine === location.startLine;
    const line = frame && !isSameLine ? code(frame) : '';
    return `<li><span class="label">${escapeHtml(label)}</span> <span class="where">${placeOf(location)}</span>${line}</li>`;
  });
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

/** When secrets of the past came in, the oldest first, a point for each commit. */
function* timelineOf(shown: readonly ReportedFinding[]): Generator<string> {
  const commits = new Map<string, { readonly date: string | undefined; readonly links: string[] }>();
  for (const [index, { past, ruleId, level, location }] of shown.entries()) {
    if (!past) continue;
    const commit = commits.get(past.commit) ?? { date: past.date, links: [] };
    commits.set(past.commit, commit);
    commit.links.push(
      `<li class="l-${level}"><a href="#f${String(index + 1)}">${escapeHtml(ruleId)}</a> <span class="where">${escapeHtml(location.path)}</span> <span class="${past.inHead ? 'there' : 'gone'}">${past.inHead ? 'still in HEAD' : 'gone from HEAD'}</span></li>`,
    );
  }
  if (commits.size === 0) return;
  const sorted = [...commits].sort(([, one], [, other]) => ((one.date ?? '') < (other.date ?? '') ? -1 : 1));
  yield '<section aria-labelledby="timeline"><h2 id="timeline">When they came in</h2><ol class="timeline">';
  for (const [commit, { date, links }] of sorted) {
    const day = date === undefined ? 'no date' : `<time datetime="${escapeHtml(date)}">${escapeHtml(date)}</time>`;
    yield `<li>${day} <code>${escapeHtml(commit.slice(0, 10))}</code><ul>${links.join('')}</ul></li>`;
  }
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
h1{font-size:1.1rem;margin:0;color:var(--dim)}h2{font-size:1rem;margin:0 0 .5rem}p{margin:.4rem 0}
a{color:inherit}a:focus-visible,input:focus-visible{outline:3px solid var(--info);outline-offset:2px}
.sum{font-size:1.6rem;line-height:1.25;font-weight:600;margin:.1rem 0 .3rem}
header p:last-child,.where,footer,.why{color:var(--dim)}
.where,pre,code{font-family:ui-monospace,monospace;font-size:.86rem}
p code{background:var(--back);border:1px solid var(--line);border-radius:.25rem;padding:0 .25rem}
.f,section{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;margin:.8rem 0}
.f{border-left:.35rem solid var(--info)}
.level{text-transform:uppercase;font-size:.75rem;letter-spacing:.04em}
section ul{margin:.3rem 0;padding-left:1.2rem}
.marks span{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .6rem;font-size:.8rem;color:var(--dim)}
@media print{.filters{display:none}.f,section{break-inside:avoid}}
`;

const OWN_STYLE = `
.long .f{content-visibility:auto;contain-intrinsic-size:auto 18rem}
.filters{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}
fieldset{border:1px solid var(--line);border-radius:.4rem;padding:.3rem .8rem;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:0;min-width:0}
legend{color:var(--dim);font-size:.85rem}label{padding:.15rem 0}label input{margin:0 .2rem 0 0;width:1rem;height:1rem;vertical-align:-.1rem}.n{color:var(--dim)}
.f.l-error{border-left-color:var(--error)}.f.l-warning{border-left-color:var(--warning)}
.l-error>.level,.l-error h2 .level,label.l-error{color:var(--error)}.l-warning h2 .level,label.l-warning{color:var(--warning)}.l-info h2 .level,label.l-info{color:var(--info)}
.f h2 .where{display:block;font-weight:400}
.f:has(h2:target){outline:3px solid var(--info)}
.way{list-style:none;margin:.6rem 0;padding:0 0 0 .4rem}
.way li{position:relative;padding:0 0 .6rem 1.3rem;border-left:2px solid var(--line)}
.way li:last-child{border-left-color:transparent;padding-bottom:0}
.way li::before{content:"";position:absolute;left:-.46rem;top:.4rem;width:.75rem;height:.75rem;border-radius:50%;background:var(--card);border:2px solid var(--dim)}
.way li:first-child::before{background:var(--error);border-color:var(--error)}
.way li:last-child::before{border-radius:2px;background:var(--dim)}
.way li:not(:first-child) mark{color:inherit;text-decoration-color:var(--dim)}
.label{font-weight:600}
pre{margin:.3rem 0;padding:.4rem .6rem;background:var(--back);border:1px solid var(--line);border-radius:.3rem;white-space:pre-wrap}
.line{color:var(--dim);user-select:none}mark{background:transparent;color:var(--error);font-weight:600;text-decoration:underline;text-underline-offset:.2em}
.timeline{list-style:none;margin:0;padding:0 0 0 .4rem}.timeline ul{list-style:none;margin:0;padding:0 0 .3rem}
.timeline>li{position:relative;padding:0 0 .6rem 1.3rem;border-left:2px solid var(--line)}.timeline>li:last-child{border-left-color:transparent;padding-bottom:0}
.timeline>li::before{content:"";position:absolute;left:-.4rem;top:.45rem;width:.65rem;height:.65rem;border-radius:50%;background:var(--dim)}
time{font-weight:600}.there{color:var(--error)}.gone{color:var(--dim)}.there,.gone{font-size:.85rem}
`;
