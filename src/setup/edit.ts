/**
 * A change to a file that set-up proposes. It only ever inserts: what a file held stays as it was, byte by byte, and taking
 * the insertions out again gives it back, also when other things were changed in between.
 */
import { styleText } from 'node:util';
import { hiddenParts, type TextKind } from '../hidden.js';
import { inert, maskedText } from '../redact.js';

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
  let text = '';
  let from = 0;
  for (const insertion of insertions) {
    text += before.slice(from, insertion.at) + insertion.text;
    from = insertion.at;
  }
  return text + before.slice(from);
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

/** An edit as a unified diff without context, for people: of the file's own text only what cannot be a secret. */
export function renderEdit(edit: FileEdit, color: boolean): string {
  type Style = 'bold' | 'cyan' | 'red' | 'green';
  const paint = (style: Style, text: string): string => (color ? styleText(style, text, { validateStream: false }) : text);
  const lines = [
    paint('bold', `--- ${edit.before === undefined ? '/dev/null' : `a/${inert(edit.name)}`}`),
    paint('bold', `+++ b/${inert(edit.name)}`),
  ];
  if (edit.executable && edit.before === undefined) lines.splice(0, 0, paint('bold', 'new file mode 100755'));
  const before = edit.before ?? '';
  const hidden = hiddenParts(before, edit.kind, []);
  const own = (start: number, end: number): string => maskedText(before, start, end, hidden);
  let shift = 0;
  const insertions = edit.insertions.map((insertion) => asLines(before, insertion));
  for (let index = 0; index < insertions.length;) {
    const first = insertions[index]!;
    const start = before.lastIndexOf('\n', first.at - 1) + 1;
    const end = lineEnd(before, first.at);
    let next = index;
    let added = '';
    let at = start;
    while (next < insertions.length && insertions[next]!.at <= end && insertions[next]!.at >= start) {
      const insertion = insertions[next]!;
      added += own(at, insertion.at) + insertion.text;
      at = insertion.at;
      next += 1;
    }
    const wholeLines = next === index + 1 && first.at === start && (first.text.endsWith('\n') || start === before.length);
    const removed = wholeLines ? [] : [own(start, end)];
    if (!wholeLines) added += own(at, end);
    const plus = added.replace(/\n$/, '').split('\n');
    const line = before.slice(0, start).split('\n').length;
    lines.push(
      paint(
        'cyan',
        `@@ -${String(wholeLines ? line - 1 : line)},${String(removed.length)} +${String(line + shift)},${String(plus.length)} @@`,
      ),
    );
    lines.push(...removed.map((text) => paint('red', `-${text.trimEnd()}`)));
    lines.push(...plus.slice(0, LONGEST_SHOWN).map((text) => paint('green', `+${inert(text.trimEnd())}`)));
    if (plus.length > LONGEST_SHOWN) lines.push(`  … and ${String(plus.length - LONGEST_SHOWN)} lines more`);
    shift += plus.length - removed.length;
    index = next;
  }
  return `${lines.join('\n')}\n`;
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
