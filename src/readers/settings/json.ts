/**
 * JSON with what people add to it: comments and trailing commas (JSONC), and the single quotes, bare keys and further
 * numbers and escapes of JSON5. One pass without recursion and without a tree, so that neither a million brackets nor
 * five megabytes of numbers cost more than reading them.
 */
import type { SettingsEntry, Span } from '../../../rules/contract.js';
import { Entries, faultAt, TOO_MANY_VALUES, type SettingsContent } from './content.js';

/** Objects and arrays within each other; a file that goes deeper is not read on. */
const MAX_DEPTH = 1000;

const NOWHERE: Span = { start: 0, end: 0 };

/** An object or array that is being read. */
interface Container {
  readonly kind: 'object' | 'array';
  /** Name of the member, or index of the element, that is being read. */
  part: string;
  /** Elements read so far, in arrays. */
  length: number;
  /** Where the name of the member stands; for elements, the name nearest above. */
  keySpan: Span;
}

/** Reads a JSON file into its scalar values. */
export function readJson(text: string): SettingsContent {
  return new JsonReader(text).read();
}

class JsonReader {
  readonly #text: string;
  readonly #entries = new Entries();
  readonly #comments: Span[] = [];
  readonly #open: Container[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): SettingsContent {
    const failed = this.#readDocument();
    return { entries: this.#entries.all, comments: this.#comments, failed };
  }

  /** Returns why it stopped before the end. */
  #readDocument(): string | undefined {
    if (this.#skipTrivia() && this.#at === this.#text.length) return undefined;
    for (;;) {
      if (!this.#skipTrivia() || !this.#readKey()) return faultAt(this.#text, this.#at);
      const code = this.#text.charCodeAt(this.#at);
      if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        if (this.#open.length === MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH}`;
        this.#at++;
        const keySpan = this.#open.at(-1)?.keySpan ?? NOWHERE;
        this.#open.push({ kind: code === OPEN_BRACE ? 'object' : 'array', part: '', length: 0, keySpan });
        if (!this.#skipTrivia()) return faultAt(this.#text, this.#at);
      } else {
        if (!this.#readScalar() || !this.#skipSeparator()) return faultAt(this.#text, this.#at);
        if (this.#entries.overflowed) return `has ${TOO_MANY_VALUES}`;
      }
      while (this.#atClosing()) {
        this.#at++;
        this.#open.pop();
        if (!this.#skipSeparator()) return faultAt(this.#text, this.#at);
      }
      if (this.#open.length === 0) return this.#at === this.#text.length ? undefined : faultAt(this.#text, this.#at);
    }
  }

  #atClosing(): boolean {
    const container = this.#open.at(-1);
    if (container === undefined) return false;
    return this.#text.charCodeAt(this.#at) === (container.kind === 'object' ? CLOSE_BRACE : CLOSE_BRACKET);
  }

  /** Passes what stands after a value: a comma, or the end of its container. False when it is neither. */
  #skipSeparator(): boolean {
    if (!this.#skipTrivia()) return false;
    if (this.#open.length === 0 || this.#atClosing()) return true;
    if (this.#text.charCodeAt(this.#at) !== COMMA) return false;
    this.#at++;
    return this.#skipTrivia();
  }

  /** Reads `name:` in objects and counts in arrays. False when there is no name. */
  #readKey(): boolean {
    const container = this.#open.at(-1);
    if (container === undefined) return true;
    if (container.kind === 'array') {
      container.part = String(container.length++);
      return true;
    }
    const start = this.#at;
    if (isQuote(this.#text.charCodeAt(start))) {
      const name = this.#readString();
      if (name === undefined) return false;
      container.part = name;
      container.keySpan = { start: start + 1, end: this.#at - 1 };
    } else {
      container.part = this.#readWord();
      if (container.part === '') return false;
      container.keySpan = { start, end: this.#at };
    }
    if (!this.#skipTrivia() || this.#text.charCodeAt(this.#at) !== COLON) return false;
    this.#at++;
    return this.#skipTrivia();
  }

  /** Reads a string, number, boolean or null into an entry. False when none stands here. */
  #readScalar(): boolean {
    const start = this.#at;
    if (isQuote(this.#text.charCodeAt(start))) {
      const value = this.#readString();
      if (value === undefined) return false;
      this.#add(value, 'string', { start: start + 1, end: this.#at - 1 });
      return true;
    }
    const word = this.#readWord();
    const type = typeOfWord(word);
    if (type === undefined) {
      this.#at = start;
      return false;
    }
    this.#add(word, type, { start, end: this.#at });
    return true;
  }

  #add(value: string, type: SettingsEntry['type'], span: Span): void {
    const keySpan = this.#open.at(-1)?.keySpan ?? NOWHERE;
    this.#entries.add({ key: this.#open.map((container) => container.part), value, type, span, keySpan });
  }

  /** Reads the string that opens here; undefined when its line or the text ends before it does. */
  #readString(): string | undefined {
    const text = this.#text;
    const quote = text.charCodeAt(this.#at);
    const start = ++this.#at;
    let escaped = false;
    for (; this.#at < text.length; this.#at++) {
      const code = text.charCodeAt(this.#at);
      if (code === quote) {
        const raw = text.slice(start, this.#at++);
        return escaped ? unescape(raw) : raw;
      }
      if (code === BACKSLASH) {
        escaped = true;
        this.#at += text.startsWith('\r\n', this.#at + 1) ? 2 : 1;
      } else if (code === LINE_FEED || code === CARRIAGE_RETURN) {
        return undefined;
      }
    }
    return undefined;
  }

  /** Reads up to the next space, quote or sign of JSON: a number, a keyword or a bare key. */
  #readWord(): string {
    const start = this.#at;
    while (this.#at < this.#text.length && isWordPart(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#text.slice(start, this.#at);
  }

  /** Passes space and comments. False at a comment that does not end, or a lone slash. */
  #skipTrivia(): boolean {
    const text = this.#text;
    for (;;) {
      while (isSpace(text.charCodeAt(this.#at))) this.#at++;
      if (text.charCodeAt(this.#at) !== SLASH) return true;
      const start = this.#at;
      if (text.startsWith('//', start)) {
        while (this.#at < text.length && !isLineEnd(text.charCodeAt(this.#at))) this.#at++;
      } else {
        const close = text.startsWith('/*', start) ? text.indexOf('*/', start + 2) : -1;
        if (close === -1) return false;
        this.#at = close + 2;
      }
      this.#comments.push({ start, end: this.#at });
    }
  }
}

function typeOfWord(word: string): SettingsEntry['type'] | undefined {
  if (word === 'true' || word === 'false') return 'boolean';
  if (word === 'null') return 'null';
  const magnitude = word.startsWith('-') || word.startsWith('+') ? word.slice(1) : word;
  if (magnitude === 'NaN') return 'number';
  return magnitude !== '' && !Number.isNaN(Number(magnitude)) ? 'number' : undefined;
}

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|\r\n|([^]))/g;

const ESCAPED: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  0: '\0',
  '\n': '',
  '\r': '',
  '\u2028': '',
  '\u2029': '',
};

/** Resolves the escapes of JSON and JSON5; a character without a meaning stands for itself, as in JSON5. */
function unescape(raw: string): string {
  return raw.replace(ESCAPE, (_, unicode?: string, hex?: string, character?: string) => {
    const code = unicode ?? hex;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return character === undefined ? '' : (ESCAPED[character] ?? character);
  });
}

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

function isQuote(code: number): boolean {
  return code === DOUBLE_QUOTE || code === SINGLE_QUOTE;
}

function isLineEnd(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN;
}

/** Space of JSON and JSON5. */
function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0xfeff || code === 0x2028 || code === 0x2029;
}

function isWordPart(code: number): boolean {
  if (isSpace(code) || isQuote(code)) return false;
  return (
    code !== OPEN_BRACE &&
    code !== CLOSE_BRACE &&
    code !== OPEN_BRACKET &&
    code !== CLOSE_BRACKET &&
    code !== COLON &&
    code !== COMMA &&
    code !== SLASH &&
    code !== BACKSLASH
  );
}
