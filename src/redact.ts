/**
 * The one redactor: everything of a user's files, file names and errors that reaches a report or a terminal goes
 * through here. A line of source is shown with everything masked that could be a secret, other text is made harmless.
 */
import { JwtlintError } from './errors.js';
import type { Frame } from './report.js';
import type { Span } from '../rules/contract.js';
import { hiddenParts, maskOf, merged, type Hidden, type TextKind } from './hidden.js';

/** What is printed in place of a hidden part, whatever its length. */
export const MASK = '••••••';

/** Columns of a frame's text, at most. */
export const FRAME_WIDTH = 120;
/** Columns shown before the marked part of a line that is longer. */
const FRAME_LEAD = 40;

// --- text that is shown as it is ---------------------------------------------------------------------------------

/** Control, format (bidi, zero width, tags), line and paragraph separators, halves of surrogate pairs. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** How logs of CI systems recognise commands: `::error::` at the start, `##[error]` and `##vso[` anywhere. */
const CI_COMMAND = /(?<![^\s])::|##(?=[[a-z])/g;

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

/**
 * Makes any text (a path, a name, a message) harmless for terminals and CI logs: what is invisible or moves the cursor
 * becomes a visible escape such as `\u{1b}`, and the text ends with `…` after `max` UTF-16 code units.
 */
export function inert(text: string, max = 1000): string {
  const short = text.length > max ? `${text.slice(0, max).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return short.replace(INVISIBLE, escaped).replace(CI_COMMAND, (command) => escaped(command) + command.slice(1));
}

/**
 * JSON whose strings keep every character, but none as itself that a terminal would act on: JSON.stringify escapes the
 * C0 controls and halves of surrogate pairs only, this the other invisible ones too. `indent` in blanks, 0 for one line.
 */
export function inertJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, undefined, indent).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    let escapes = '';
    for (let at = 0; at < character.length; at++) escapes += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
    return escapes;
  });
}

// --- lines of source ---------------------------------------------------------------------------------------------

/**
 * Prepares the frames of one text, in linear time; each frame then costs only its line's window.
 * @param secrets Spans that are masked whatever they look like: the anchors of all findings in this text.
 */
export function frameMaker(text: string, secrets: readonly Span[], kind: TextKind): (span: Span, plain?: boolean) => Frame {
  const hidden = hiddenParts(text, kind, secrets);
  const starts = [0];
  const stops: number[] = [];
  for (const { 0: ending, index } of text.matchAll(/\r\n?|\n/g)) {
    stops.push(index);
    starts.push(index + ending.length);
  }
  stops.push(text.length);

  return (span, plain = false) => {
    const line = firstAfter(starts.length, (index) => starts[index]! > span.start);
    const whole = { start: starts[line - 1]!, end: stops[line - 1]! };
    return { line, ...render(text, whole, span, hidden, !plain && isValue(text, span, kind, hidden)) };
  };
}

/**
 * The line on which a span begins, with everything masked that could be a secret.
 *
 * The span itself is masked too where it is a value: a literal in a script, anything but a key in settings, anything
 * in other text. A call in a script is only marked. `plain` says that the span is known to be no secret (the finding
 * has no value); even then only what the kind of text shows anyway is shown.
 * @param others Further spans of the same text that are masked whatever they look like: other findings' values.
 */
export function maskedFrame(text: string, span: Span, others: readonly Span[], kind: TextKind, plain = false): Frame {
  return frameMaker(text, others, kind)(span, plain);
}

/** The first index below `length` for which `is` holds, for an order in which it keeps holding; else `length`. */
function firstAfter(length: number, is: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (is(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function isValue(text: string, span: Span, kind: TextKind, hidden: readonly Hidden[]): boolean {
  if (kind === 'text') return true;
  if (kind === 'script') {
    const before = text.charAt(span.start - 1);
    const literal = /["'`0-9]/.test(text.charAt(span.start));
    return literal || (/["'`]/.test(before) && text.charAt(span.end) === before);
  }
  const inside = hidden[firstAfter(hidden.length, (index) => hidden[index]!.end > span.start)];
  const shown = !inside || inside.start >= span.end;
  return !(shown && /^["']?\s{0,20}[=:]/.test(text.slice(span.end, span.end + 24)));
}

/** Code units looked at on each side of the mark: enough to fill a frame, so that the length of a line costs nothing. */
const WINDOW = 2 * FRAME_WIDTH;

function render(
  text: string,
  line: { readonly start: number; readonly end: number },
  span: Span,
  hidden: readonly Hidden[],
  masked: boolean,
): Omit<Frame, 'line'> {
  const markStart = Math.min(Math.max(span.start, line.start), line.end);
  const lastMarked = Math.max(markStart, Math.min(span.end, line.end));
  const markEnd = masked ? lastMarked : Math.min(lastMarked, markStart + WINDOW);
  const parts = around(hidden, markStart - WINDOW, masked ? markStart : markEnd + WINDOW);
  if (masked) {
    parts.push(...around(hidden, markEnd, markEnd + WINDOW));
    parts.push(maskOf(text, markStart, markEnd));
  }
  const masks = merged(parts);
  const from = Math.max(line.start, Math.min(markStart - WINDOW, masks[0]?.start ?? markStart));
  const to = Math.min(line.end, Math.max(markEnd + WINDOW, masks.at(-1)?.end ?? markEnd));

  let shown = '';
  let start = 0;
  let end = 0;
  const show = (stop: number, at: number): void => {
    for (const cut of [markStart, markEnd, stop]) {
      if (cut < at || cut > stop) continue;
      shown += visible(text.slice(at, cut));
      at = cut;
      if (cut === markStart) start = shown.length;
      if (cut === markEnd) end = shown.length;
    }
  };
  let at = from;
  for (const mask of masks) {
    if (mask.end <= at || mask.start >= to) continue;
    if (mask.start >= at) show(mask.start, at);
    const holdsMark = markStart >= mask.start && markStart < mask.end;
    if (holdsMark) start = shown.length;
    if (!mask.comment || holdsMark) shown += MASK;
    if (markEnd > mask.start && markEnd <= mask.end) end = shown.length;
    at = mask.end;
  }
  if (at < to) show(to, at);

  const indentation = from > line.start ? 0 : Math.min(start, shown.length - shown.trimStart().length);
  const whole = `${from > line.start ? '…' : ''}${shown.slice(indentation).trimEnd()}${to < line.end ? '…' : ''}`;
  const shift = (from > line.start ? 1 : 0) - indentation;
  return clipped(whole, start + shift, Math.max(start, end) + shift);
}

/** The hidden parts that overlap a range. */
function around(hidden: readonly Hidden[], start: number, end: number): Hidden[] {
  const first = firstAfter(hidden.length, (index) => hidden[index]!.end > start);
  const last = firstAfter(hidden.length, (index) => hidden[index]!.start >= end);
  return hidden.slice(first, Math.max(first, last));
}

/** A part of a text, with what is hidden of it masked; comments are left out. */
export function maskedText(text: string, start: number, end: number, hidden: readonly Hidden[]): string {
  let shown = '';
  let at = start;
  for (const part of around(hidden, start, end)) {
    shown += visible(text.slice(at, Math.max(at, part.start))) + (part.comment ? '' : MASK);
    at = Math.min(end, part.end);
  }
  return shown + visible(text.slice(at, end));
}

function visible(source: string): string {
  return source
    .replaceAll('\t', ' ')
    .replace(INVISIBLE, escaped)
    .replace(CI_COMMAND, (command) => escaped(command) + command.slice(1));
}

/** Cuts a line to {@link FRAME_WIDTH} columns around its marked part. */
function clipped(text: string, start: number, end: number): Omit<Frame, 'line'> {
  if (text.length <= FRAME_WIDTH) return { text, start, end: Math.min(end, text.length) };
  const left = end <= FRAME_WIDTH - 1 ? 0 : Math.max(0, Math.min(start - FRAME_LEAD, text.length - FRAME_WIDTH));
  const right = left + FRAME_WIDTH;
  const cut = `${left > 0 ? '…' : text.charAt(0)}${text.slice(left + 1, right - 1)}${right < text.length ? '…' : text.charAt(right - 1)}`;
  // A surrogate pair may have lost its other half.
  return { text: cut.replace(/\p{Cs}/gu, '…'), start: start - left, end: Math.min(end - left, FRAME_WIDTH) };
}

// --- errors --------------------------------------------------------------------------------------------------------

/** A frame of a V8 stack. */
const STACK_FRAME = /^ {4}at [^\n]{1,500}$/;

/**
 * What people are told of an error that ended the run.
 *
 * A {@link JwtlintError} says its sentence and hint. Anything else is a fault of jwtlint or of a parser, whose message
 * may quote the file it read: only its name and system code are shown, and its stack, without messages, under `debug`.
 */
export function describeError(error: unknown, debug: boolean): string {
  const lines: string[] = [];
  if (error instanceof JwtlintError) {
    lines.push(`jwtlint: ${inert(error.message)}`);
    if (error.hint !== undefined) lines.push(`  ${inert(error.hint)}`);
  } else {
    lines.push(`jwtlint: unexpected ${kindOf(error)}: this is a fault of jwtlint, not of your files.`);
    if (!debug) lines.push('  Run again with --debug for the place in the code, and report it.');
  }
  if (debug) {
    for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
      if (depth > 0) lines.push(`  caused by ${kindOf(cause)}`);
      lines.push(...stackFrames(cause));
    }
  }
  return lines.join('\n');
}

/** Name and code of an error; both are identifiers, so that they cannot quote anything. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  const name = /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : 'Error';
  const code = 'code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(error.code) ? ` ${error.code}` : '';
  return name + code;
}

/** The frames of a stack. A message can hold lines that look like frames, so a stack that does not begin with it is dropped. */
function stackFrames(error: Error): string[] {
  const stack = error.stack ?? '';
  const header = stack.indexOf(error.message);
  if (header < 0 || header > 100) return [];
  const frames = stack.slice(header + error.message.length).split('\n');
  return frames.filter((line) => STACK_FRAME.test(line)).map((line) => inert(line));
}
