/**
 * Terraform and other HCL: attributes of blocks and of objects that are written as text. No expression is computed: a text with an
 * interpolation in it, or that a function or an operator goes on with, is no entry. (HCL native syntax specification.)
 */
import type { SettingsEntry, Span } from '../../../rules/contract.js';
import { Entries, faultAt, TOO_MANY_VALUES, type SettingsContent } from './content.js';

type Kind = 'name' | 'text' | 'computed' | 'open' | 'close' | 'assign' | 'end' | 'other';

interface Token extends Span {
  readonly kind: Kind;
  /** Of a text, its value. */
  readonly value: string;
}

/** What a block or an object is, and what was said in it that names its value. */
interface Frame {
  readonly path: readonly string[];
  name?: SettingsEntry;
  values: number[];
}

const MAX_DEPTH = 100;

/** Attributes that hold the value of what their block names: variables, parameters, secrets. */
const VALUES: ReadonlySet<string> = new Set([
  'default',
  'value',
  'secret_string',
  'secret_data',
  'plaintext_value',
  'value_wo',
  'secret_string_wo',
]);

/** Reads a file. */
export function readHcl(text: string): SettingsContent {
  const entries: SettingsEntry[] = [];
  const all = new Entries();
  const comments: Span[] = [];
  const tokens = tokensOf(text, comments);
  const frames: Frame[] = [{ path: [], values: [] }];
  /** Names and labels since the last line began. */
  let header: Token[] = [];
  let key: Token | undefined;
  let failed: string | undefined;
  for (const [index, token] of tokens.entries()) {
    const frame = frames.at(-1)!;
    if (token.kind === 'assign') {
      key = header.at(-1);
      header = [];
    } else if (token.kind === 'open') {
      if (frames.length > MAX_DEPTH) {
        failed = faultAt(text, token.start);
        break;
      }
      frames.push({ path: [...frame.path, ...(key ? [key.value] : header.map(({ value }) => value))], values: [] });
      header = [];
      key = undefined;
    } else if (token.kind === 'close') {
      if (frames.length > 1) named(frames.pop()!, entries);
      header = [];
      key = undefined;
    } else if (token.kind === 'end') {
      header = [];
      key = undefined;
    } else if (key && token.kind === 'text' && tokens[index - 1]?.kind === 'assign' && ends(tokens[index + 1])) {
      const entry: SettingsEntry = {
        key: [...frame.path, key.value],
        value: token.value,
        type: 'string',
        span: inside(text, token),
        keySpan: { start: key.start, end: key.end },
      };
      if (VALUES.has(key.value)) frame.values.push(entries.length);
      if (key.value === 'name' || key.value === 'key') frame.name = entry;
      entries.push(entry);
      key = undefined;
    } else if (!key && (token.kind === 'name' || token.kind === 'text')) header.push(token);
  }
  for (const frame of frames) named(frame, entries);
  for (const entry of entries) all.add(entry);
  return { entries: all.all, comments, failed: all.overflowed ? `has ${TOO_MANY_VALUES}` : failed };
}

/** Gives the values of a block the name that the block has: `variable "jwt_secret" { default = … }`, `env { name = "JWT_SECRET" … }`. */
function named({ path, name, values }: Frame, entries: SettingsEntry[]): void {
  const own = name?.value ?? path.at(-1);
  if (own === undefined) return;
  for (const index of values) entries[index] = { ...entries[index]!, key: [...path.slice(0, -1), own] };
}

function ends(token: Token | undefined): boolean {
  return token === undefined || token.kind === 'end' || token.kind === 'close';
}

function inside(text: string, { start, end }: Token): Span {
  return text[start] === '"' ? { start: start + 1, end: end - 1 } : { start, end };
}

/** Those with an equals sign that assigns nothing. */
const OPERATORS: ReadonlySet<string> = new Set(['==', '!=', '<=', '>=', '=>']);

function tokensOf(text: string, comments: Span[]): Token[] {
  const tokens: Token[] = [];
  const add = (kind: Kind, start: number, end: number, value = text.slice(start, end)): number => {
    tokens.push({ kind, start, end, value });
    return end;
  };
  for (let at = 0; at < text.length;) {
    const character = text[at]!;
    const two = text.slice(at, at + 2);
    if (character === '\n' || character === ',') at = add('end', at, at + 1);
    else if (/\s/.test(character)) at += 1;
    else if (character === '#' || two === '//') {
      const end = lineEnd(text, at);
      comments.push({ start: at, end });
      at = end;
    } else if (two === '/*') {
      const closing = text.indexOf('*/', at + 2);
      const end = closing < 0 ? text.length : closing + 2;
      comments.push({ start: at, end });
      at = end;
    } else if (two === '<<') at = hereDocument(text, at, add);
    else if (character === '"') at = quoted(text, at, add);
    else if (character === '{' || character === '[') at = add('open', at, at + 1);
    else if (character === '}' || character === ']') at = add('close', at, at + 1);
    else if (OPERATORS.has(two)) at = add('other', at, at + 2);
    else if (character === '=' || character === ':') at = add('assign', at, at + 1);
    else {
      const [name] = /^[\p{ID_Start}_][\p{ID_Continue}-]{0,200}/u.exec(text.slice(at, at + 210)) ?? [];
      at = name === undefined ? add('other', at, at + 1) : add('name', at, at + name.length);
    }
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** A text in quotes; one with an interpolation is computed. Quotes inside of an interpolation do not end it. */
function quoted(text: string, start: number, add: (kind: Kind, start: number, end: number, value?: string) => number): number {
  let value = '';
  let computed = false;
  let depth = 0;
  let inner = false;
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at]!;
    if (depth > 0) {
      if (character === '\\' && inner) at += 1;
      else if (character === '"') inner = !inner;
      else if (!inner && character === '{') depth += 1;
      else if (!inner && character === '}') depth -= 1;
      else if (character === '\n' && !inner) break;
    } else if (character === '"') return add(computed ? 'computed' : 'text', start, at + 1, value);
    else if (character === '\n') break;
    else if (character === '\\') {
      value += ESCAPES[text[at + 1] ?? ''] ?? text.slice(at, at + 2);
      at += 1;
    } else if ((character === '$' || character === '%') && text[at + 1] === '{') {
      if (text[at - 1] === character) value += '{';
      else {
        computed = true;
        depth = 1;
      }
      at += 1;
    } else value += character;
  }
  return add('other', start, lineEnd(text, start));
}

function hereDocument(text: string, start: number, add: (kind: Kind, start: number, end: number, value?: string) => number): number {
  const [head, name] = /^<<-?([A-Za-z_][\w-]{0,100})[ \t]*\r?\n/.exec(text.slice(start, start + 150)) ?? [];
  if (head === undefined || name === undefined) return add('other', start, start + 2);
  const from = start + head.length;
  for (let at = from; at < text.length; at = lineEnd(text, at) + 1) {
    if (text.slice(at, lineEnd(text, at)).trim() !== name) continue;
    const value = text.slice(from, Math.max(from, at - 1));
    return (
      add(/[$%]\{/.test(value) ? 'computed' : 'text', from, Math.max(from, at - 1), value) &&
      at + text.slice(at, lineEnd(text, at)).trimEnd().length
    );
  }
  return add('other', start, text.length);
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
