/**
 * Lines of names and values: `.properties` as java.util.Properties reads them, and INI with its sections. There is no
 * standard of INI: `;` and `#` begin a comment at the start of a line, or after space behind a value; quotes around a value go.
 */
import type { Span } from '../../../rules/contract.js';
import { Entries, TOO_MANY_VALUES, type SettingsContent } from './content.js';

/** The name of a property: up to the first sign or blank that no backslash takes its meaning from. */
const NAME = /(?:[^=:\s\\]|\\[^])*/y;

/** Reads `.properties`: no sections, `=`, `:` or space behind the name, escapes, lines that go on after a backslash. */
export function readProperties(text: string): SettingsContent {
  const entries = new Entries();
  const comments: Span[] = [];
  for (const line of linesOf(text, true)) {
    if (entries.overflowed) break;
    const start = afterBlanks(text, line.start, line.end);
    if (start === line.end) continue;
    if (text[start] === '#' || text[start] === '!') {
      comments.push({ start, end: line.end });
      continue;
    }
    NAME.lastIndex = start;
    NAME.test(text);
    const keyEnd = Math.min(NAME.lastIndex, line.end);
    let valueStart = afterBlanks(text, keyEnd, line.end);
    if (text[valueStart] === '=' || text[valueStart] === ':') valueStart = afterBlanks(text, valueStart + 1, line.end);
    add(
      entries,
      text,
      unescaped(text.slice(start, keyEnd)).split('.'),
      { start, end: keyEnd },
      { start: valueStart, end: line.end },
      unescaped,
    );
  }
  return { entries: entries.all, comments, failed: entries.overflowed ? `has ${TOO_MANY_VALUES}` : undefined };
}

/** Reads INI. */
export function readIni(text: string): SettingsContent {
  const entries = new Entries();
  const comments: Span[] = [];
  let section: readonly string[] = [];
  for (const line of linesOf(text, false)) {
    if (entries.overflowed) break;
    const start = afterBlanks(text, line.start, line.end);
    const first = text[start];
    if (start === line.end) continue;
    if (first === '#' || first === ';') {
      comments.push({ start, end: line.end });
      continue;
    }
    const header = first === '[' ? /^\[([^\]]{1,200})\]/.exec(text.slice(start, Math.min(line.end, start + 202))) : null;
    if (header) {
      section = header[1]!.trim().split('.');
      continue;
    }
    const separator = indexBefore(text, start, line.end);
    if (separator === undefined) continue;
    const keyEnd = beforeBlanks(text, start, separator);
    const valueStart = afterBlanks(text, separator + 1, line.end);
    const value = valueOf(text, valueStart, line.end);
    if (value.comment) comments.push(value.comment);
    add(entries, text, [...section, ...text.slice(start, keyEnd).split('.')], { start, end: keyEnd }, value.span, (raw) => raw);
  }
  return { entries: entries.all, comments, failed: entries.overflowed ? `has ${TOO_MANY_VALUES}` : undefined };
}

function add(entries: Entries, text: string, key: readonly string[], keySpan: Span, span: Span, read: (raw: string) => string): void {
  const end = beforeBlanks(text, span.start, span.end);
  if (keySpan.end > keySpan.start)
    entries.add({ key, value: read(text.slice(span.start, end)), type: 'string', span: { start: span.start, end }, keySpan });
}

/** Lines without their ends; with `joined`, a line that ends in an odd number of backslashes goes on in the next. */
function* linesOf(text: string, joined: boolean): Generator<Span> {
  for (let start = 0; start < text.length;) {
    let end = lineEnd(text, start);
    while (joined && end < text.length && endsInBackslash(text, start, end) && text[start] !== '#' && text[start] !== '!')
      end = lineEnd(text, afterLineEnd(text, end));
    yield { start, end };
    start = afterLineEnd(text, end);
  }
}

const LINE = /[^\n\r]*/y;

function lineEnd(text: string, from: number): number {
  LINE.lastIndex = from;
  LINE.test(text);
  return LINE.lastIndex;
}

function afterLineEnd(text: string, at: number): number {
  return text.startsWith('\r\n', at) ? at + 2 : at + 1;
}

function endsInBackslash(text: string, start: number, end: number): boolean {
  let count = 0;
  while (end - count > start && text[end - count - 1] === '\\') count++;
  return count % 2 === 1;
}

function afterBlanks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && /\s/.test(text[at]!)) at++;
  return at;
}

function beforeBlanks(text: string, start: number, from: number): number {
  let at = from;
  while (at > start && /\s/.test(text[at - 1]!)) at--;
  return at;
}

function indexBefore(text: string, from: number, end: number): number | undefined {
  for (let at = from; at < end; at++) if (text[at] === '=' || text[at] === ':') return at;
  return undefined;
}

/** A value in quotes, or up to a comment that space parts from it. */
function valueOf(text: string, start: number, end: number): { span: Span; comment?: Span } {
  const quote = text[start];
  if (quote === '"' || quote === "'") {
    const closing = text.indexOf(quote, start + 1);
    if (closing > 0 && closing < end) return { span: { start: start + 1, end: closing } };
  }
  for (let at = start; at < end; at++) {
    const isComment = (text[at] === ';' || text[at] === '#') && (at === start || /\s/.test(text[at - 1]!));
    if (isComment) return { span: { start, end: at }, comment: { start: at, end } };
  }
  return { span: { start, end } };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

/** Escapes of java.util.Properties. */
function unescaped(raw: string): string {
  if (!raw.includes('\\')) return raw;
  return raw.replace(
    /\\(?:u([0-9a-fA-F]{4})|(\r\n?|\n)[ \t\f]*|([^]))/g,
    (_, hex: string | undefined, lineBreak: string | undefined, other: string | undefined) => {
      if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
      return lineBreak === undefined ? (ESCAPES[other!] ?? other!) : '';
    },
  );
}
