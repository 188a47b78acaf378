/**
 * Env files. There is no standard; the reading is that of the package `dotenv` (16 to 18), which nearly every
 * JavaScript project runs on: `export`, `K: v`, three kinds of quotes, values over several lines, comments that begin
 * at any `#` of an unquoted value. Where other readers differ, the tests say so.
 */
import type { Span } from '../../../rules/contract.js';
import { Entries, TOO_MANY_VALUES, type SettingsContent } from './content.js';

const HASH = 0x23;
const EQUALS = 0x3d;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const BACKTICK = 0x60;

/** Reads an env file. Every assignment is an entry, also of a name that was assigned before; lines that are none are skipped. */
export function readDotenv(text: string): SettingsContent {
  const entries = new Entries();
  const comments: Span[] = [];
  let at = afterSpace(text, 0);
  while (at < text.length && !entries.overflowed) {
    if (text.charCodeAt(at) === HASH) {
      const end = endOfLine(text, at);
      comments.push({ start: at, end });
      at = end;
    } else {
      at = readAssignment(text, at, entries, comments);
    }
    at = afterSpace(text, at);
  }
  return { entries: entries.all, comments, failed: entries.overflowed ? `has ${TOO_MANY_VALUES}` : undefined };
}

/** Reads the assignment that begins at an offset, if there is one; returns where to go on. */
function readAssignment(text: string, start: number, entries: Entries, comments: Span[]): number {
  const keyStart = afterExport(text, start);
  const keyEnd = afterName(text, keyStart);
  const separator = afterSpace(text, keyEnd);
  let valueStart: number;
  if (keyEnd > keyStart && text.charCodeAt(separator) === EQUALS) {
    valueStart = separator + 1;
  } else if (keyEnd > keyStart && text.charCodeAt(keyEnd) === COLON && isSpace(text.charCodeAt(keyEnd + 1))) {
    valueStart = keyEnd + (text.startsWith('\r\n', keyEnd + 1) ? 3 : 2);
  } else {
    // `export` alone on a line, followed by an assignment on the next, is skipped as that line only.
    return endOfLine(text, keyStart > start ? start + 'export'.length : keyEnd);
  }
  const quoteAt = afterSpace(text, valueStart);
  const quote = text.charCodeAt(quoteAt);
  const closing = isQuote(quote) ? closingQuote(text, quoteAt) : undefined;
  const lineEnd = closing === undefined ? endOfLine(text, valueStart) : endOfLine(text, closing);
  const hash = text.slice(closing ?? valueStart, lineEnd).indexOf('#');
  const end = hash === -1 ? lineEnd : (closing ?? valueStart) + hash;
  if (end < lineEnd) comments.push({ start: end, end: lineEnd });

  const span = closing === undefined ? unquoted(text, valueStart, end) : { start: quoteAt + 1, end: closing };
  const raw = text.slice(span.start, span.end).replace(/\r\n?/g, '\n');
  const escapes = quote === DOUBLE_QUOTE && quoteAt < lineEnd;
  entries.add({
    key: [text.slice(keyStart, keyEnd)],
    value: escapes ? raw.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : raw,
    type: 'string',
    span,
    keySpan: { start: keyStart, end: keyEnd },
  });
  return lineEnd;
}

/**
 * Where the quote that opens at an offset closes: at the first quote without a backslash before it, or else at the
 * last one with a backslash, provided that nothing but a comment follows on its line. Undefined when it closes nowhere.
 */
function closingQuote(text: string, open: number): number | undefined {
  const quote = text[open]!;
  let closing: number | undefined;
  for (let at = text.indexOf(quote, open + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
    if (onlyCommentFollows(text, at + 1)) closing = at;
    if (text.charCodeAt(at - 1) !== BACKSLASH) break;
  }
  return closing;
}

function onlyCommentFollows(text: string, start: number): boolean {
  let at = start;
  while (isSpace(text.charCodeAt(at)) && !isLineEnd(text.charCodeAt(at))) at++;
  return at >= text.length || isLineEnd(text.charCodeAt(at)) || text.charCodeAt(at) === HASH;
}

/** The value between two offsets without surrounding space, and without quotes that surround it by chance (`'it's'`). */
function unquoted(text: string, from: number, to: number): Span {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  if (start === end) return { start: from, end: from };
  const first = text.charCodeAt(start);
  if (end - start >= 2 && isQuote(first) && first === text.charCodeAt(end - 1)) return { start: start + 1, end: end - 1 };
  return { start, end };
}

/** After `export` and the space that follows it, if a name comes then; else the offset itself. */
function afterExport(text: string, start: number): number {
  const end = start + 'export'.length;
  if (!text.startsWith('export', start) || !isSpace(text.charCodeAt(end))) return start;
  const name = afterSpace(text, end);
  return isNamePart(text.charCodeAt(name)) ? name : start;
}

function afterName(text: string, start: number): number {
  let at = start;
  while (isNamePart(text.charCodeAt(at))) at++;
  return at;
}

function afterSpace(text: string, start: number): number {
  let at = start;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

function endOfLine(text: string, start: number): number {
  let at = start;
  while (at < text.length && !isLineEnd(text.charCodeAt(at))) at++;
  return at;
}

/** Letters, digits, `_`, `.` and `-` of ASCII. False for NaN, the code after the end. */
function isNamePart(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2e ||
    code === 0x2d
  );
}

function isQuote(code: number): boolean {
  return code === DOUBLE_QUOTE || code === SINGLE_QUOTE || code === BACKTICK;
}

function isLineEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

/** What `\s` means: ASCII space, tab to carriage return, and the spaces of Unicode. */
function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0xa0 && /\s/.test(String.fromCharCode(code)));
}
