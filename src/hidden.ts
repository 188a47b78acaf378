/**
 * Which parts of a text nobody may see in a report: by default everything that could be a secret. Three readers, one
 * for each kind of text, all in one pass over the whole text, so that a line in the middle of a template literal, a
 * block scalar or a PEM is known as such. They are no parsers: where they are wrong they hide too much.
 */
import type { Span } from '../rules/contract.js';

/** How a text is read: as JavaScript or TypeScript, as keys and values, or as prose and anything else. */
export type TextKind = 'script' | 'settings' | 'text';

/** A part that is not shown; comments are cut off, everything else is masked. */
export interface Hidden extends Span {
  readonly comment: boolean;
}

/** The hidden parts of a text, sorted and apart from each other. `secrets` are hidden whatever they look like. */
export function hiddenParts(text: string, kind: TextKind, secrets: readonly Span[]): Hidden[] {
  const read = { script: inScript, settings: inSettings, text: inText }[kind];
  const parts = read(text).concat(inPem(text));
  for (const secret of secrets) parts.push(maskOf(text, secret.start, secret.end));
  return merged(parts);
}

/** The mask over a value: quotes around it and the header of a PEM stay. */
export function maskOf(text: string, start: number, end: number): Hidden {
  const quote = text.charAt(start);
  const quoted = end - start >= 2 && (quote === '"' || quote === "'" || quote === '`') && text.charAt(end - 1) === quote;
  return { start: afterPemHeader(text, quoted ? start + 1 : start), end: quoted ? end - 1 : end, comment: false };
}

/** Labels of RFC 7468, OpenSSH and PKCS#1 headers: a header says what kind of key follows, and nothing of the key. */
const PEM_LABELS = new Set(
  ['PRIVATE', 'ENCRYPTED PRIVATE', 'RSA PRIVATE', 'EC PRIVATE', 'DSA PRIVATE', 'OPENSSH PRIVATE', 'PUBLIC', 'RSA PUBLIC'].map(
    (label) => `-----BEGIN ${label} KEY-----`,
  ),
);
const LONGEST_PEM_HEADER = Math.max(...[...PEM_LABELS].map((header) => header.length));

/** The offset after a PEM header at `start`; `start` itself when there is none. */
function afterPemHeader(text: string, start: number): number {
  if (!text.startsWith('-----BEGIN ', start)) return start;
  const end = text.slice(start + 11, start + LONGEST_PEM_HEADER).indexOf('-----');
  return end >= 0 && PEM_LABELS.has(text.slice(start, start + 16 + end)) ? start + 16 + end : start;
}

/** Sorts parts and joins those that overlap; what is part of a comment and of something else is no comment. */
export function merged(parts: readonly Hidden[]): Hidden[] {
  const sorted = parts.filter((part) => part.end > part.start).sort((a, b) => a.start - b.start || b.end - a.end);
  const result: Hidden[] = [];
  for (const part of sorted) {
    const last = result.at(-1);
    if (last && part.start < last.end) {
      if (part.end > last.end) result[result.length - 1] = { start: last.start, end: part.end, comment: last.comment && part.comment };
    } else result.push(part);
  }
  return result;
}

// --- words ---------------------------------------------------------------------------------------------------------

/** Unbroken text of this length or more is shown only when it reads as words. */
const LONG_RUN = 16;
const LONGEST_SHOWN_RUN = 120;
/** Digits in a row that are shown: a port or a lifetime, no PIN. */
const LONGEST_NUMBER = 5;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLower(code: number): boolean {
  return code >= 97 && code <= 122;
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0xfeff;
}

/** Letters, digits, `_` and `$`, and the letters of other scripts. */
function isWordPart(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 128) return isLower(code) || isUpper(code) || isDigit(code) || code === 95 || code === 36;
  return /\p{ID_Continue}/u.test(text.charAt(at));
}

const ASCII_WORD = /[\w$]*/y;
/** What base64 and its kin are made of: such a run is looked at as a whole, up to a comment. */
const ASCII_RUN = /(?:[\w$+.=-]|\/(?![/*]))*/y;

/** Where the characters of a word or run that stand at `at` end. The expression reads nearly all of them, which is fast. */
function endOf(ascii: RegExp, text: string, at: number): number {
  for (let end = at; ;) {
    ascii.lastIndex = end;
    ascii.test(text);
    end = ascii.lastIndex;
    if (!(text.charCodeAt(end) > 127) || !isWordPart(text, end)) return end;
    end++;
  }
}

const VOWELS: ReadonlySet<number> = new Set(Array.from('aeiouyAEIOUY', (letter) => letter.charCodeAt(0)));

/**
 * Whether a run looks like names that a person wrote (`process.env.JWT_SECRET`) rather than like a random value: few
 * digits, three letters or more to a word on average, and a vowel to five of them, which can be spoken. Random base64
 * changes case or kind every second character.
 */
function readsAsWords(run: string): boolean {
  if (run.length > LONGEST_SHOWN_RUN) return false;
  let letters = 0;
  let vowels = 0;
  let words = 0;
  let numbers = 0;
  let before = 0;
  for (let at = 0; at < run.length; at++) {
    const code = run.charCodeAt(at);
    if (isDigit(code)) {
      if (!isDigit(before)) numbers++;
    } else if (isLower(code)) {
      letters++;
      if (!isLower(before) && !isUpper(before)) words++;
    } else if (isUpper(code)) {
      letters++;
      if (!isUpper(before)) words++;
    } else if (code > 127) {
      letters++;
      vowels++;
    }
    if (VOWELS.has(code)) vowels++;
    before = code;
  }
  return letters >= 3 * words && 5 * vowels >= letters && numbers <= 1 + run.length / 40;
}

/** A name may be shown when it is short or reads as words. */
export function isName(name: string): boolean {
  return name.length < LONG_RUN || readsAsWords(name);
}

// --- scripts -------------------------------------------------------------------------------------------------------

/** Contents of string literals that say nothing about any key. */
const SAFE_STRINGS = new Set([
  ...['jsonwebtoken', 'jose', 'fast-jwt', 'jwt-simple', 'njwt', 'jsrsasign', 'jwt-decode', 'jwt-encode', 'jwks-rsa', 'express-jwt'],
  ...['koa-jwt', 'passport', 'passport-jwt', '@nestjs/jwt', '@nestjs/passport', '@nestjs/config', '@nestjs/common', '@fastify/jwt'],
  ...['fastify-jwt', 'hono', 'hono/jwt', 'next-auth', 'next-auth/jwt', 'express-session', 'cookie-session', 'iron-session', 'express'],
  ...['koa', 'fastify', 'dotenv', 'dotenv/config', 'crypto', 'node:crypto', 'fs', 'node:fs', 'node:fs/promises', 'path', 'node:path'],
  ...['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'ES256K', 'EdDSA'],
  ...['Ed25519', 'none', 'None', 'NONE', 'sha1', 'sha256', 'sha384', 'sha512', 'SHA-256', 'SHA-384', 'SHA-512'],
  ...['utf8', 'utf-8', 'hex', 'base64', 'base64url', 'latin1', 'binary', 'ascii', 'pem', 'der', 'jwk', 'spki', 'pkcs1', 'pkcs8'],
]);

/** What stands before the name of an environment variable. */
const ENVIRONMENT_READS = ['process.env[', 'import.meta.env[', 'Bun.env[', 'Deno.env.get('];

/** Strings that say what they are by what stands before them, and what such a string is made of. */
const TOLD_BY_PLACE: readonly { readonly before: RegExp; readonly content: RegExp; readonly isShort?: true }[] = [
  // requireEnv('JWT_SECRET')
  { before: /\b\w{0,20}env(?:var(?:iable)?)?(?:OrThrow)?\($/i, content: /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/ },
  // this.configService.getOrThrow<string>('jwt.secret')
  { before: /\bconfig(?:Service|uration)?\.(?:get|getOrThrow)(?:<\w{1,20}>)?\($/i, content: /^[A-Za-z]+(?:[._][A-Za-z]+)+$/ },
  // import { sign } from './tokens/sign.js', require('../config')
  { before: /(?:^|[\s;}])(?:from|import)\s$|\brequire\($/, content: /^(?:\.{1,2}\/)+[\w./-]+$/ },
  { before: /\bexpiresIn:\s$/, content: /^\d{1,3}\s?[smhdwy]$/, isShort: true },
];

/** Longer than what {@link TOLD_BY_PLACE} looks for before a string. */
const LOOKED_BACK = 60;

function isSafeString(text: string, start: number, end: number): boolean {
  if (end - start > 64) return false;
  const content = text.slice(start, end);
  if (SAFE_STRINGS.has(content)) return true;
  if (/^[A-Z][A-Z0-9_]*$/.test(content) && readsAsWords(content) && ENVIRONMENT_READS.some((read) => text.endsWith(read, start - 1)))
    return true;
  if (!TOLD_BY_PLACE.some(({ content: form }) => form.test(content))) return false;
  const before = text.slice(Math.max(start - 1 - LOOKED_BACK, 0), start - 1);
  return TOLD_BY_PLACE.some((each) => each.content.test(content) && each.before.test(before) && (each.isShort || readsAsWords(content)));
}

/** Words after which a slash begins a regular expression. */
const BEFORE_REGEX = new Set(['return', 'typeof', 'case', 'in', 'of', 'delete', 'void', 'throw', 'else', 'do', 'yield', 'await']);

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}

/** Where a string ends: the offset of its closing quote or of the end of the line that it fails to close on. */
function stringEnd(text: string, from: number, quote: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at += text.startsWith('\r\n', at + 1) ? 2 : 1;
    else if (code === quote || isLineEnd(code)) return at;
  }
  return text.length;
}

/** Where the text part of a template literal ends: at its closing backtick or at the dollar sign of a substitution. */
function quasiEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 96 || (code === 36 && text.charCodeAt(at + 1) === 123)) return at;
  }
  return text.length;
}

/** The offset of the slash that ends a regular expression; undefined when the line ends first. */
function regexEnd(text: string, from: number): number | undefined {
  let inClass = false;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isLineEnd(code)) return undefined;
    if (code === 92) at++;
    else if (code === 91) inClass = true;
    else if (code === 93) inClass = false;
    else if (code === 47 && !inClass) return at;
  }
  return undefined;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** Strings, templates, regular expressions, long numbers, comments and runs that are no names. */
function inScript(text: string): Hidden[] {
  const parts: Hidden[] = [];
  const hide = (start: number, end: number, comment = false): void => {
    parts.push({ start, end, comment });
  };
  /** For each template literal whose substitution we are in: the braces open inside of it. */
  const substitutions: number[] = [];
  let regexMayFollow = true;
  let runChecked = 0;
  let regexRefused = -1;
  let at = 0;

  const quasi = (from: number): void => {
    const end = quasiEnd(text, from);
    const whole = text.charCodeAt(from - 1) === 96 && text.charCodeAt(end) === 96;
    if (!whole || !isSafeString(text, from, end)) hide(afterPemHeader(text, from), end);
    if (text.charCodeAt(end) === 36) {
      substitutions.push(0);
      at = end + 2;
      regexMayFollow = true;
    } else {
      at = end + 1;
      regexMayFollow = false;
    }
  };

  if (text.startsWith('#!')) {
    at = lineEnd(text, 0);
    hide(0, at, true);
  }
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) at++;
    else if (code === 47 && text.charCodeAt(at + 1) === 47) {
      const end = lineEnd(text, at);
      hide(at, end, true);
      at = end;
    } else if (code === 47 && text.charCodeAt(at + 1) === 42) {
      const close = text.indexOf('*/', at + 2);
      const end = close < 0 ? text.length : close + 2;
      hide(at, end, true);
      at = end;
    } else if (code === 47 && regexMayFollow && at >= regexRefused) {
      const end = regexEnd(text, at + 1);
      if (end === undefined) {
        // None ends on this line, so later slashes on it need not be tried: keeps this linear.
        regexRefused = lineEnd(text, at);
        at++;
      } else {
        hide(at + 1, end);
        at = end + 1;
        regexMayFollow = false;
      }
    } else if (code === 34 || code === 39) {
      const end = stringEnd(text, at + 1, code);
      if (!isSafeString(text, at + 1, end)) hide(afterPemHeader(text, at + 1), end);
      at = text.charCodeAt(end) === code ? end + 1 : end;
      regexMayFollow = false;
    } else if (code === 96) quasi(at + 1);
    else if (code === 125 && substitutions.at(-1) === 0) {
      substitutions.pop();
      quasi(at + 1);
    } else if (isWordPart(text, at)) {
      if (at >= runChecked) {
        const end = endOf(ASCII_RUN, text, at);
        runChecked = end;
        if (end - at >= LONG_RUN && !readsAsWords(text.slice(at, Math.min(end, at + LONGEST_SHOWN_RUN + 1)))) {
          hide(at, end);
          at = end;
          regexMayFollow = false;
          continue;
        }
      }
      const start = at;
      at = endOf(ASCII_WORD, text, at);
      if (isDigit(code) && at - start > LONGEST_NUMBER) hide(start, at);
      regexMayFollow = BEFORE_REGEX.has(text.slice(start, Math.min(at, start + 8)));
    } else {
      const open = substitutions.length - 1;
      if (open >= 0 && code === 123) substitutions[open]!++;
      if (open >= 0 && code === 125) substitutions[open]!--;
      // A slash after `<` closes a JSX element; after a closing bracket it divides.
      regexMayFollow = code !== 41 && code !== 93 && code !== 125 && code !== 60;
      if (code > 126) hide(at, at + 1);
      at++;
    }
  }
  return parts;
}

// --- settings ------------------------------------------------------------------------------------------------------

/** Structure that may stand before a key: braces, commas, list dashes, `export`. */
const BEFORE_KEY = /(?:[\s{}[\],]|-(?=\s)|export(?=\s)){0,200}/y;
const BARE_KEY = /([A-Za-z_$@.][\w.$@/-]{0,99})\s{0,20}([=:])/y;
const QUOTED_KEY = /(["'])([\w.$@/ -]{1,100})\1\s{0,20}(:)/y;
const BLOCK_SCALAR = /[|>][-+0-9]{0,2}\s{0,20}(?:#|$)/y;
const DEFAULT_OF = /\$\{([A-Z][A-Z0-9_]{0,63})(?::?[-?=+])/y;
const PLAIN_LITERAL = /(?:true|false|null|-?[0-9.]{1,20})\s{0,20}(?=[,}\]])/y;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Everything but the names of keys and the punctuation around them. */
function inSettings(text: string): Hidden[] {
  const parts: Hidden[] = [];
  /** Indentation of the key whose YAML block scalar we are in. */
  let block: number | undefined;
  /** Quote of a value that goes on over several lines. */
  let openQuote: string | undefined;
  for (let start = 0; start < text.length; start = lineEnd(text, start) + 1) {
    const line = text.slice(start, lineEnd(text, start)).trimEnd();
    const indent = line.length - line.trimStart().length;
    const hide = (from: number, to: number, comment = false): void => {
      parts.push({ start: start + from, end: start + to, comment });
    };
    if (line.length === indent) continue;
    if (openQuote !== undefined) {
      hide(indent, line.length);
      if (line.includes(openQuote)) openQuote = undefined;
      continue;
    }
    if (block !== undefined) {
      if (indent > block) {
        hide(indent, line.length);
        continue;
      }
      block = undefined;
    }
    if (line.startsWith('#', indent) || line.startsWith('//', indent) || line.startsWith(';', indent)) {
      hide(indent, line.length, true);
      continue;
    }
    let at = indent;
    let first = true;
    for (;;) {
      at += matchAt(BEFORE_KEY, line, at)?.[0].length ?? 0;
      if (at >= line.length) break;
      if (matchAt(BLOCK_SCALAR, line, at)) {
        block = indent;
        break;
      }
      const quoted = matchAt(QUOTED_KEY, line, at);
      // Within braces only quoted keys are shown: a value without quotes may begin with a brace too.
      const key = quoted ?? (first && !/[{[]/.test(line.slice(indent, at)) ? matchAt(BARE_KEY, line, at) : null);
      first = false;
      if (!key) {
        const value = valueOf(line, at, hide);
        openQuote = value.openQuote;
        if (value.next === undefined) break;
        at = value.next;
        continue;
      }
      const name = quoted ? key[2]! : key[1]!;
      const nameStart = at + (quoted ? 1 : 0);
      if (!isName(name)) hide(nameStart, nameStart + name.length);
      at += key[0].length;
      while (isSpace(line.charCodeAt(at))) at++;
      if (at >= line.length) break;
      const separator = key[0].at(-1);
      if (separator === ':' && (line[at] === '{' || line[at] === '[')) continue;
      if (separator === ':' && matchAt(BLOCK_SCALAR, line, at)) {
        block = indent;
        break;
      }
      const fallback = matchAt(DEFAULT_OF, line, at);
      if (fallback && isName(fallback[1]!)) {
        hide(at + fallback[0].length, line.length - (line.endsWith('}') ? 1 : 0));
        break;
      }
      const value = valueOf(line, at, hide);
      openQuote = value.openQuote;
      if (value.next === undefined) break;
      at = value.next;
    }
  }
  return parts;
}

/**
 * Hides the value at `at`. `next` is where a further key may stand: only after a quoted or plain value that a comma or
 * bracket closes. Anything else is hidden to the end of the line.
 */
function valueOf(
  line: string,
  at: number,
  hide: (from: number, to: number, comment?: boolean) => void,
): { next: number | undefined; openQuote: string | undefined } {
  const rest = (from: number): { next: undefined; openQuote: undefined } => {
    hide(from, line.length);
    return { next: undefined, openQuote: undefined };
  };
  const quote = line[at]!;
  if (quote !== '"' && quote !== "'" && quote !== '`') {
    const literal = matchAt(PLAIN_LITERAL, line, at);
    if (!literal) return rest(afterPemHeader(line, at));
    hide(at, at + literal[0].trimEnd().length);
    return { next: at + literal[0].length, openQuote: undefined };
  }
  const end = stringEnd(line, at + 1, quote.charCodeAt(0));
  hide(afterPemHeader(line, at + 1), end);
  if (end >= line.length) return { next: undefined, openQuote: quote };
  let next = end + 1;
  while (isSpace(line.charCodeAt(next))) next++;
  if (next >= line.length) return { next: undefined, openQuote: undefined };
  if (line[next] === ',' || line[next] === '}' || line[next] === ']') return { next, openQuote: undefined };
  if (line[next] !== '#' && !line.startsWith('//', next)) return rest(next);
  hide(next, line.length, true);
  return { next: undefined, openQuote: undefined };
}

// --- any other text ------------------------------------------------------------------------------------------------

const PLAIN_WORD = /^[([{*_]{0,3}(?:[A-Z]?[a-z]{1,15}|[A-Z]{1,15})(?:'[a-z]{1,2})?[)\]}*_.,;!?]{0,4}$/;
const PUNCTUATION = /^(?:[-#*>|+.,;!?(){}[\]&/<]{1,6}|[0-9]{1,4}[.)]?)$/;
const WORD_BEFORE_VALUE = /^[A-Za-z][A-Za-z_-]{0,39}[=:]/;

/** Everything but plain words, and of those everything behind the first `=` or `:`. A line of one word is no prose. */
function inText(text: string): Hidden[] {
  const parts: Hidden[] = [];
  for (let start = 0; start < text.length; start = lineEnd(text, start) + 1) {
    const end = lineEnd(text, start);
    let at = start;
    let words = 0;
    // Words that follow each other unseen become one mask: their number is nobody's business either.
    let hiddenFrom: number | undefined;
    let hiddenTo = start;
    const show = (): void => {
      if (hiddenFrom !== undefined) parts.push({ start: hiddenFrom, end: hiddenTo, comment: false });
      hiddenFrom = undefined;
    };
    while (at < end) {
      if (isSpace(text.charCodeAt(at))) {
        at++;
        continue;
      }
      const from = at;
      words++;
      at = afterPemHeader(text, from);
      if (at > from) {
        show();
        words++;
        continue;
      }
      at = wordEnd(text, from, end);
      const word = at - from <= 64 ? text.slice(from, at) : '';
      if (PLAIN_WORD.test(word) || PUNCTUATION.test(word)) {
        show();
        continue;
      }
      const key = WORD_BEFORE_VALUE.exec(text.slice(from, from + 48))?.[0];
      if (key !== undefined && isName(key)) {
        show();
        hiddenFrom = from + key.length;
        while (hiddenFrom < end && isSpace(text.charCodeAt(hiddenFrom))) hiddenFrom++;
        hiddenTo = end;
        words++;
        break;
      }
      hiddenFrom ??= from;
      hiddenTo = at;
    }
    show();
    if (words === 1) parts.push({ start, end, comment: false });
  }
  return parts;
}

/** Where a word of prose ends: at white space that is in no quotes. */
function wordEnd(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && !isSpace(text.charCodeAt(at))) {
    const code = text.charCodeAt(at);
    const quote = code === 34 || code === 96 || (code === 39 && (at === from || !isWordPart(text, at - 1)));
    const close = quote ? text.indexOf(text.charAt(at), at + 1) : -1;
    at = close >= 0 && close < end ? close + 1 : at + 1;
  }
  return at;
}

/** The bodies of PEM blocks over several lines. A block that does not end goes on while its lines are single words. */
function inPem(text: string): Hidden[] {
  const parts: Hidden[] = [];
  /** Where the body of the open block starts. */
  let open: number | undefined;
  const endless = (start: number, limit: number): void => {
    let end = start;
    while (end < limit) {
      const to = Math.min(lineEnd(text, end + 1), limit);
      if (!/^\S{1,200}$/.test(text.slice(end + 1, to).trim())) break;
      end = to;
    }
    parts.push({ start, end, comment: false });
  };
  for (const { 0: marker, index } of text.matchAll(/-----(?:BEGIN|END) /g)) {
    if (open !== undefined && index < open) continue;
    if (marker === '-----END ') {
      if (open !== undefined) parts.push({ start: open, end: index, comment: false });
      open = undefined;
    } else {
      if (open !== undefined) endless(open, index);
      open = lineEnd(text, index);
    }
  }
  if (open !== undefined) endless(open, text.length);
  return parts;
}
