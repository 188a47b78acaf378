/**
 * A change to a file that set-up proposes. It only ever inserts: what a file held stays as it was, byte by byte, and taking
 * the insertions out again gives it back, also when other things were changed in between.
 */
import { styleText } from 'node:util';
import { hiddenParts, type TextKind } from '../hidden.js';
import { inert, maskedText } from '../redact.js';
import { withEdits } from './mending.js';

export interface Insertion {
  /** Offset in the text as it was, in UTF-16 code units. */
  readonly at: number;
  readonly text: string;
}

export interface FileEdit {
  /** Absolute path. */
  readonly path: string;
  /** The path as people are told it. */
  readonly name: string;
  /** The text that is there; undefined for a file that is created. */
  readonly before: string | undefined;
  /** In the order of their offsets. */
  readonly insertions: readonly Insertion[];
  /** Whether the system must be able to run the file. */
  readonly executable?: boolean;
  /** How the file's own text is read, so that nothing of it is shown that could be a secret. */
  readonly kind: TextKind;
}

/** An edit that creates a file. */
export function creation(path: string, name: string, text: string, executable = false): FileEdit {
  return { path, name, before: undefined, insertions: [{ at: 0, text }], executable, kind: 'text' };
}

/** The text after an edit. */
export function edited({ before = '', insertions }: Pick<FileEdit, 'before' | 'insertions'>): string {
  return withEdits(
    before,
    insertions.map(({ at, text }) => ({ start: at, end: at, text })),
  );
}

/**
 * A text without what was once inserted, wherever that stands now.
 * @returns undefined when a part of it is not there any more, or stands in several places
 */
export function withoutInsertions(text: string, insertions: readonly Insertion[]): string | undefined {
  let left = text;
  let moved = 0;
  for (const { at, text: inserted } of insertions) {
    const expected = at + moved;
    const first = left.startsWith(inserted, expected) ? expected : left.indexOf(inserted);
    if (first < 0 || (first !== expected && left.indexOf(inserted, first + 1) >= 0)) return undefined;
    left = left.slice(0, first) + left.slice(first + inserted.length);
    moved = first - at;
  }
  return left;
}

/** Lines of a changed file that are shown of a long creation, such as a baseline. */
const LONGEST_SHOWN = 40;

/** An edit as {@link renderChange} shows it. */
export function renderEdit({ before, insertions, ...edit }: FileEdit, color: boolean): string {
  const edits = insertions.map((insertion) => asLines(before ?? '', insertion)).map(({ at, text }) => ({ start: at, end: at, text }));
  return renderChange({ ...edit, before, edits }, color);
}

/** A change to a file, or a file that is created. */
export interface TextChange extends Pick<FileEdit, 'name' | 'before' | 'executable' | 'kind'> {
  /** In the order of their offsets, without overlap. */
  readonly edits: readonly { readonly start: number; readonly end: number; readonly text: string }[];
}

/** A change as a unified diff without context, for people: of the file's own text only what cannot be a secret. */
export function renderChange(change: TextChange, color: boolean): string {
  type Style = 'bold' | 'cyan' | 'red' | 'green';
  const paint = (style: Style, text: string): string => (color ? styleText(style, text, { validateStream: false }) : text);
  const lines = [
    paint('bold', `--- ${change.before === undefined ? '/dev/null' : `a/${inert(change.name)}`}`),
    paint('bold', `+++ b/${inert(change.name)}`),
  ];
  if (change.executable && change.before === undefined) lines.splice(0, 0, paint('bold', 'new file mode 100755'));
  const before = change.before ?? '';
  const hidden = hiddenParts(before, change.kind, []);
  /** Line by line: what ends a line is no part of a text that is shown. */
  const own = (start: number, end: number): string => {
    let shown = '';
    for (let from = start; ;) {
      const stop = before.indexOf('\n', from);
      const to = stop < 0 || stop > end ? end : stop;
      // What ends a line of Windows is not shown, either.
      const text = maskedText(before, from, before.charAt(to) === '\n' && before.charAt(to - 1) === '\r' ? to - 1 : to, hidden);
      if (to !== stop || stop === end) return shown + text;
      shown += `${text.trimEnd()}\n`;
      from = stop + 1;
    }
  };
  let shift = 0;
  const edits = touching(change.edits);
  for (let index = 0; index < edits.length;) {
    const first = edits[index]!;
    const start = before.lastIndexOf('\n', first.start - 1) + 1;
    let end = lineEnd(before, first.end);
    let next = index;
    let added = '';
    let after = '';
    let at = start;
    while (next < edits.length && edits[next]!.start <= end) {
      const edit = edits[next]!;
      added += own(at, edit.start) + edit.text.replaceAll('\t', ' ');
      after += before.slice(at, edit.start) + edit.text;
      at = edit.end;
      end = Math.max(end, lineEnd(before, edit.end));
      next += 1;
    }
    const wholeLines = next === index + 1 && first.start === start && areLines(before, first);
    const gone = wholeLines ? own(first.start, first.end) : own(start, end);
    // Whole lines come with what ends them, the others without, unless the last line of the file gets an end.
    const linesOf = (text: string): string[] => (wholeLines || end === before.length ? text.replace(/\n$/, '') : text).split('\n');
    const removed = wholeLines && first.start === first.end ? [] : linesOf(gone);
    if (!wholeLines) {
      added += own(at, end);
      after += before.slice(at, end);
    }
    const plus = wholeLines && first.text === '' ? [] : linesOf(added);
    // Of lines that stay, such as the one that lines are added behind, nothing is shown.
    const same = wholeLines ? 0 : alike(before.slice(start, end).split('\n'), after.split('\n'));
    removed.splice(0, same);
    plus.splice(0, same);
    const line = before.slice(0, start).split('\n').length + same;
    const from = removed.length === 0 ? line - 1 : line;
    const to = plus.length === 0 ? line + shift - 1 : line + shift;
    lines.push(paint('cyan', `@@ -${String(from)},${String(removed.length)} +${String(to)},${String(plus.length)} @@`));
    lines.push(...removed.map((text) => paint('red', `-${text.trimEnd()}`)));
    lines.push(...plus.slice(0, LONGEST_SHOWN).map((text) => paint('green', `+${inert(text.trimEnd())}`)));
    if (plus.length > LONGEST_SHOWN) lines.push(`  … and ${String(plus.length - LONGEST_SHOWN)} lines more`);
    shift += plus.length - removed.length;
    index = next;
  }
  return `${lines.join('\n')}\n`;
}

/** How many lines are alike at the beginning. */
function alike(one: readonly string[], other: readonly string[]): number {
  let count = 0;
  while (count < one.length && one[count] === other[count]) count += 1;
  return count;
}

/** Edits that touch are shown as one. */
function touching(edits: TextChange['edits']): TextChange['edits'] {
  const found: TextChange['edits'][number][] = [];
  for (const edit of edits) {
    const last = found.at(-1);
    if (last?.end === edit.start) found[found.length - 1] = { start: last.start, end: edit.end, text: last.text + edit.text };
    else found.push(edit);
  }
  return found;
}

/** Whether an edit that begins with a line is about whole lines, before and after. */
function areLines(text: string, edit: TextChange['edits'][number]): boolean {
  const endsLine = edit.end === edit.start || text.charAt(edit.end - 1) === '\n' || edit.end === text.length;
  return endsLine && (edit.text === '' ? edit.end > edit.start : edit.text.endsWith('\n') || edit.start === text.length);
}

/** Lines that are added behind a line are the same as those added before the next one. */
function asLines(text: string, { at, text: inserted }: Insertion): Insertion {
  return text.charAt(at) === '\n' && /^\n[^]*[^\n]$/.test(inserted)
    ? { at: at + 1, text: `${inserted.slice(1)}\n` }
    : { at, text: inserted };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
