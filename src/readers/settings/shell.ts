/**
 * Variables that shell scripts and Dockerfiles set: `export NAME=value`, `NAME=value command`, `docker run -e NAME=value`, lines of
 * here-documents, `ENV` and `ARG`. Words are read as a POSIX shell reads them (XCU 2.2 and 2.3); nothing is expanded, and a value
 * that the shell would compute is none of ours.
 */
import type { Span } from '../../../rules/contract.js';
import { Entries, TOO_MANY_VALUES, type SettingsContent } from './content.js';

/** Commands whose arguments are patterns to look for, not values that anything gets. */
const SEARCHES: ReadonlySet<string> = new Set([
  'grep',
  'egrep',
  'fgrep',
  'rg',
  'ag',
  'sed',
  'awk',
  'gawk',
  'test',
  '[',
  '[[',
  'case',
  'unset',
  'perl',
]);

const ASSIGNED = /^[A-Za-z_][A-Za-z0-9_]*=/;

/** Options of docker and its kin that take `NAME=value`. */
const OPTION = /^--(?:env|build-arg)=/;

/** Levels of `$(` and `${` within each other. */
const MAX_DEPTH = 100;

/** A word of a command. */
interface Word extends Span {
  /** Without quotes; undefined when the shell computes a part of it. */
  readonly value: string | undefined;
}

/** Reads a shell script. */
export function readShell(text: string): SettingsContent {
  const file = new Reading(text);
  file.commands(0, text.length);
  return file.content();
}

const INSTRUCTION = /[ \t]*([A-Za-z]+)[ \t]+/y;

/** Reads a Dockerfile: `ENV`, `ARG` and what `RUN` runs. */
export function readDockerfile(text: string): SettingsContent {
  const file = new Reading(text);
  readInstructions(file, text, () => undefined);
  return file.content();
}

/** What a `COPY` or `ADD` of a Dockerfile takes from the build context. */
export interface DockerfileCopy {
  /** Patterns as they are written; those with a variable are left out. */
  readonly sources: readonly string[];
  /** As `--exclude` leaves out again. */
  readonly excluded: readonly string[];
}

/** What the instructions of a Dockerfile copy from the build context, in order (Dockerfile reference, COPY and ADD). */
export function copiesOf(text: string): DockerfileCopy[] {
  const copies: DockerfileCopy[] = [];
  const file = new Reading(text);
  readInstructions(file, text, (start, end) => {
    const options = /^(?:--\S+[ \t]+)*/.exec(text.slice(start, end))![0];
    if (/(?:^|\s)--from=/.test(options)) return;
    const operands = listOf(text.slice(start + options.length, end)) ?? file.words(start + options.length, end);
    copies.push({
      sources: operands.slice(0, -1).filter((word) => word !== undefined),
      excluded: [...options.matchAll(/(?:^|\s)--exclude=(\S+)/g)].map(([, pattern]) => pattern!),
    });
  });
  return copies;
}

/** The JSON form of an instruction's operands; undefined when it is no such list. */
function listOf(operands: string): string[] | undefined {
  if (!operands.startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(operands);
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

function readInstructions(file: Reading, text: string, copy: (start: number, end: number) => void): void {
  for (let at = 0; at < text.length;) {
    let end = lineEnd(text, at);
    if (isCommentLine(text, at)) {
      file.comments.push({ start: text.indexOf('#', at), end });
      at = end + 1;
      continue;
    }
    while (end < text.length && /\\[ \t]*\r?$/.test(text.slice(Math.max(at, end - 50), end))) {
      // A comment between continued lines does not end the instruction.
      let next = end + 1;
      for (; isCommentLine(text, next); next = lineEnd(text, next) + 1)
        file.comments.push({ start: text.indexOf('#', next), end: lineEnd(text, next) });
      end = lineEnd(text, next);
    }
    INSTRUCTION.lastIndex = at;
    const found = INSTRUCTION.exec(text);
    const name = found?.[1]?.toUpperCase();
    const start = INSTRUCTION.lastIndex;
    if (found && start <= end) {
      if (name === 'ENV' || name === 'ARG') file.variables(start, end);
      else if (name === 'COPY' || name === 'ADD') copy(start, end);
      else if (name === 'RUN' || name === 'CMD' || name === 'ENTRYPOINT') {
        // With the line break, behind which a here-document begins.
        at = Math.max(end + 1, file.commands(start, Math.min(end + 1, text.length)));
        continue;
      }
    }
    at = end + 1;
  }
}

function isCommentLine(text: string, at: number): boolean {
  return /^[ \t]*#/.test(text.slice(at, at + 200));
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

class Reading {
  readonly comments: Span[] = [];
  readonly #text: string;
  readonly #entries = new Entries();
  #failed: string | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  content(): SettingsContent {
    return {
      entries: this.#entries.all,
      comments: this.comments,
      failed: this.#entries.overflowed ? `has ${TOO_MANY_VALUES}` : this.#failed,
    };
  }

  /** The words of an instruction, undefined for those that a variable is a part of. */
  words(start: number, end: number): (string | undefined)[] {
    return this.#wordsIn(start, end).map(({ value }) => value);
  }

  #wordsIn(start: number, end: number): Word[] {
    const words: Word[] = [];
    for (let at = this.#afterBlanks(start, end); at < end; at = this.#afterBlanks(at, end)) {
      const word = this.#word(at, end, false);
      words.push(word);
      at = Math.max(word.end, at + 1);
    }
    return words;
  }

  /** `NAME=value …`, or the old form of ENV: `NAME value`. */
  variables(start: number, end: number): void {
    const words = this.#wordsIn(start, end);
    const [first, second] = words;
    if (first && second && !this.#text.slice(first.start, first.end).includes('=')) {
      const stop = this.#trimmed(second.start, end);
      const raw = this.#text.slice(second.start, stop);
      if (!raw.includes('$') || /^\$\{[^{}]*\}$/.test(raw)) this.#add(first, { start: second.start, end: stop }, raw);
      return;
    }
    for (const word of words) this.#assignment(word);
  }

  /**
   * Commands up to `end`, or to the end of the here-documents that begin before it.
   * @returns where it stopped
   */
  commands(from: number, end: number): number {
    const text = this.#text;
    let command: string | undefined;
    let here: { delimiter: string; tabs: boolean }[] = [];
    let at = from;
    while (at < end && !this.#entries.overflowed) {
      const character = text[at]!;
      if (character === '\n') {
        at += 1;
        for (const { delimiter, tabs } of here) {
          const stop = this.#hereDocument(at, delimiter, tabs);
          end = Math.max(end, stop);
          at = stop;
        }
        here = [];
        command = undefined;
      } else if (character === ' ' || character === '\t' || character === '\r') at += 1;
      else if (character === '\\' && /^\\\r?\n/.test(text.slice(at, at + 3))) at = text.indexOf('\n', at) + 1;
      else if (character === '#') {
        const stop = Math.min(lineEnd(text, at), Math.max(end, at));
        this.comments.push({ start: at, end: stop });
        at = stop;
      } else if (text.startsWith('<<', at) && text[at + 2] !== '<') {
        const [whole, dash, , word] = /^<<(-?)[ \t]*(['"]?)([\w.-]{1,100})\2/.exec(text.slice(at, at + 120)) ?? ['<<', '', '', undefined];
        if (word !== undefined) here.push({ delimiter: word, tabs: dash === '-' });
        at += whole.length;
      } else if (';&|(){}'.includes(character)) {
        command = undefined;
        at += 1;
      } else if (character === '<' || character === '>') at += 1;
      else {
        const word = this.#word(at, end, true);
        if (command === undefined && !ASSIGNED.test(text.slice(word.start, word.end)))
          command = word.value?.slice(word.value.lastIndexOf('/') + 1) ?? '';
        if (command === undefined || !SEARCHES.has(command)) this.#assignment(word);
        at = Math.max(word.end, at + 1);
      }
    }
    return at;
  }

  /** Lines of a here-document that assign something, as when it is written to an env file. */
  #hereDocument(from: number, delimiter: string, tabs: boolean): number {
    const text = this.#text;
    let at = from;
    while (at < text.length) {
      const end = lineEnd(text, at);
      const line = text.slice(at, end).replace(/\r$/, '');
      if ((tabs ? line.replace(/^\t+/, '') : line) === delimiter) return Math.min(end + 1, text.length);
      const found = /^[ \t]*(?:export[ \t]+)?(?=[A-Za-z_]\w*=)/.exec(line);
      if (found) this.#assignment(this.#word(at + found[0].length, at + line.length, true));
      at = end + 1;
    }
    return text.length;
  }

  /** A word that is `NAME=value`, as a whole or in quotes. */
  #assignment(word: Word): void {
    const text = this.#text;
    if (word.value?.includes('=') !== true) return;
    const option = OPTION.exec(text.slice(word.start, word.start + 20))?.[0];
    if (option !== undefined && word.value.startsWith(option)) {
      this.#assignment({ ...word, start: word.start + option.length, value: word.value.slice(option.length) });
      return;
    }
    const name = ASSIGNED.exec(word.value)?.[0].slice(0, -1);
    if (name === undefined) return;
    const quoted = /["']/.test(text[word.start]!) ? 1 : 0;
    const start = word.start + quoted;
    if (!text.startsWith(`${name}=`, start)) return;
    let span = { start: start + name.length + 1, end: word.end - quoted };
    const quote = text[span.start];
    if (quoted === 0 && (quote === '"' || quote === "'") && text[span.end - 1] === quote && span.end - span.start >= 2)
      span = { start: span.start + 1, end: span.end - 1 };
    this.#add({ start, end: start + name.length }, span, word.value.slice(name.length + 1));
  }

  #add(keySpan: Span, span: Span, value: string): void {
    const key = this.#text.slice(keySpan.start, keySpan.end);
    this.#entries.add({ key: [key], value, type: 'string', span, keySpan: { start: keySpan.start, end: keySpan.end } });
  }

  /** The word at an offset. `${NAME:-text}` stays in it as it is written, since what it falls back on is a value. */
  #word(start: number, end: number, inCommand: boolean): Word {
    const text = this.#text;
    let value: string | undefined = '';
    const characters = inCommand ? PLAIN_IN_COMMAND : PLAIN_WORD;
    const plain = (more: string): void => void (value = value === undefined ? undefined : value + more);
    const computed = (): void => void (value = undefined);
    let at = start;
    while (at < end) {
      const run = endOfRun(characters, text, at, end);
      if (run > at) {
        plain(text.slice(at, run));
        at = run;
        continue;
      }
      const character = text[at]!;
      if (/\s/.test(character) || (inCommand && ';&|()<>'.includes(character))) break;
      if (character === '\\') {
        if (/^\\\r?\n/.test(text.slice(at, at + 3))) {
          at = text.indexOf('\n', at) + 1;
          continue;
        }
        plain(text[at + 1] ?? '');
        at += 2;
      } else if (character === "'") {
        const closing = text.indexOf("'", at + 1);
        if (closing < 0 || closing >= end) return this.#broken(start, end);
        plain(text.slice(at + 1, closing));
        at = closing + 1;
      } else if (character === '"') {
        at += 1;
        while (at < end && text[at] !== '"') {
          const quoted = endOfRun(PLAIN_IN_QUOTES, text, at, end);
          if (quoted > at) {
            plain(text.slice(at, quoted));
            at = quoted;
          } else if (text[at] === '\\' && /["\\$`\n]/.test(text[at + 1] ?? '')) {
            plain(text[at + 1]!);
            at += 2;
          } else if (text[at] === '$' || text[at] === '`') at = this.#expansion(at, end, true, plain, computed);
          else plain(text[at++]!);
        }
        if (at >= end) return this.#broken(start, end);
        at += 1;
      } else if (character === '$' || character === '`') at = this.#expansion(at, end, false, plain, computed);
      else {
        plain(character);
        at += 1;
      }
    }
    return { start, end: Math.min(at, end), value };
  }

  /** Quotes that nothing closes: everything behind them is unclear. */
  #broken(start: number, end: number): Word {
    return { start, end: Math.min(lineEnd(this.#text, start), end), value: undefined };
  }

  #expansion(at: number, end: number, isQuoted: boolean, plain: (text: string) => void, computed: () => void): number {
    const text = this.#text;
    if (text[at] === '`') {
      computed();
      const closing = text.indexOf('`', at + 1);
      return closing < 0 || closing >= end ? end : closing + 1;
    }
    const next = text[at + 1] ?? '';
    if (next === '{' || next === '(') {
      const closing = closingOf(text, at + 1, end);
      const raw = text.slice(at, closing);
      if (/^\$\{[A-Za-z_]\w*:?-[^${}`]*\}$/.test(raw)) plain(raw);
      else computed();
      return closing;
    }
    if (/[\w?@*#!-]/.test(next)) {
      computed();
      return at + 2;
    }
    // `$'…'` and `$"…"` are texts of bash with escapes and translations of their own.
    if (!isQuoted && (next === '"' || next === "'")) {
      computed();
      return at + 1;
    }
    plain('$');
    return at + 1;
  }

  #afterBlanks(from: number, end: number): number {
    let at = from;
    while (at < end && (/\s/.test(this.#text[at]!) || (this.#text[at] === '\\' && /^\\[ \t]*\r?\n/.test(this.#text.slice(at, at + 50)))))
      at++;
    return at;
  }

  #trimmed(start: number, end: number): number {
    let at = end;
    while (at > start && /\s/.test(this.#text[at - 1]!)) at--;
    return at;
  }
}

/** Characters that stand for themselves: in a word, in one of a command, and between double quotes. */
const PLAIN_WORD = /[^\s\\'"$`]+/y;
const PLAIN_IN_COMMAND = /[^\s\\'"$`;&|()<>]+/y;
const PLAIN_IN_QUOTES = /[^"\\$`]+/y;

/** Where a run of characters that begins at an offset ends, at most at `end`; the offset itself where none stands there. */
function endOfRun(characters: RegExp, text: string, at: number, end: number): number {
  characters.lastIndex = at;
  return characters.test(text) ? Math.min(characters.lastIndex, end) : at;
}

/** Behind the bracket that closes the one at an offset; quotes inside hide brackets. */
function closingOf(text: string, open: number, end: number): number {
  const closings: string[] = [];
  for (let at = open; at < end; at++) {
    const character = text[at]!;
    if (character === '\\') at++;
    else if (character === "'" && closings.at(-1) !== '}') {
      const closing = text.indexOf("'", at + 1);
      if (closing < 0 || closing >= end) return end;
      at = closing;
    } else if (character === '(' || character === '{') {
      closings.push(character === '(' ? ')' : '}');
      if (closings.length > MAX_DEPTH) return end;
    } else if (character === closings.at(-1)) {
      closings.pop();
      if (closings.length === 0) return at + 1;
    }
  }
  return end;
}
