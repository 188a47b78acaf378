/**
 * YAML by the package `yaml`: its lexer and parser give tokens with offsets, its composer gives nodes with ranges.
 * Nothing is ever converted to plain values, so that aliases cost nothing. The library recurses with every level and
 * can take the process down with it, so nesting is counted between its lexer and its parser, and ends the reading.
 */
import { Composer, isCollection, isMap, isPair, isScalar, Lexer, Parser, type Document, type Scalar } from 'yaml';
import type { SettingsEntry, Span } from '../../../rules/contract.js';
import { Entries, faultAt, TOO_MANY_VALUES, type SettingsContent } from './content.js';

/** Levels within each other. The library gives up near 800 of them on Node's usual stack. */
const MAX_DEPTH = 100;

/** Lexemes of one file: each costs up to a kilobyte of tokens, nodes and errors while its document is read. */
const MAX_LEXEMES = 300_000;

/** What the lexer gives between slices of the text: a document begins, a flow collection breaks off, a scalar follows. */
const DOCUMENT_MARK = '\u0002';
const FLOW_END_MARK = '\u0018';
const SCALAR_MARK = '\u001f';

const NOWHERE: Span = { start: 0, end: 0 };

/** What a YAML file holds: entries for each of its documents. */
export interface YamlContent extends Omit<SettingsContent, 'entries'> {
  readonly documents: readonly (readonly SettingsEntry[])[];
}

/** Reads a YAML file into the scalar values of its documents. Aliases, and what a tag of the user's own computes, are left out. */
export function readYaml(text: string): YamlContent {
  const entries = new Entries();
  const documents: (readonly SettingsEntry[])[] = [];
  const lexemes = new BoundedLexer(text);
  // Duplicate keys would be looked for in quadratic time, and both of their values are of interest.
  const composer = new Composer({ uniqueKeys: false, strict: false });
  let failed: string | undefined;
  for (const document of composer.compose(tokens(lexemes))) {
    const first = entries.all.length;
    const fault = firstFault(document.errors);
    addDocument(document, text, fault ?? Number.POSITIVE_INFINITY, entries);
    documents.push(entries.all.slice(first));
    if (fault !== undefined) failed ??= faultAt(text, fault);
    if (entries.overflowed) failed = `has ${TOO_MANY_VALUES}`;
  }
  const fault = firstFault(composer.streamInfo().errors);
  if (fault !== undefined) failed ??= faultAt(text, fault);
  return { documents, comments: lexemes.comments, failed: lexemes.stopped ?? failed };
}

/** Tokens of the parser, without directives that mean nothing to it and would be a warning each. */
function* tokens(lexemes: BoundedLexer): ReturnType<Parser['parse']> {
  const parser = new Parser();
  for (const lexeme of lexemes.lex()) {
    for (const token of parser.next(lexeme)) {
      if (token.type !== 'directive' || /^%(?:YAML|TAG)[ \t]/.test(token.source)) yield token;
    }
  }
  yield* parser.end();
}

/** The library's lexer, up to the first fault that the parser or the composer would not survive. */
class BoundedLexer {
  readonly comments: Span[] = [];
  /** Why it stopped before the end of the text. */
  stopped: string | undefined;
  readonly #text: string;
  #offset = 0;
  /** Open flow collections. */
  #flow = 0;
  /** Columns of the open block collections, not falling. */
  readonly #columns: number[] = [];
  #indent = 0;
  /** Only space and indicators so far on this line. */
  #atLineStart = true;
  /** Colons after keys so far on this line: `a: b: c` is no YAML, yet the parser nests it. */
  #colons = 0;

  constructor(text: string) {
    this.#text = text;
  }

  *lex(): Generator<string, void> {
    let count = 0;
    let isContent = false;
    for (const lexeme of new Lexer().lex(this.#text)) {
      if (isContent) this.#place();
      else this.#track(lexeme);
      if (++count > MAX_LEXEMES) this.stopped = 'has more than 300,000 tokens';
      else if (this.#flow + this.#columns.length > MAX_DEPTH) this.stopped = `is nested deeper than ${MAX_DEPTH}`;
      else if (this.#flow < 0) this.stopped = faultAt(this.#text, this.#offset);
      if (this.stopped !== undefined) return;
      yield lexeme;
      isContent = !isContent && lexeme === SCALAR_MARK;
      if (isContent || lexeme === DOCUMENT_MARK || lexeme === FLOW_END_MARK) continue;
      this.#offset += lexeme.length;
    }
  }

  /** Follows a lexeme as the parser will, see its `next` and `indent`. */
  #track(lexeme: string): void {
    switch (lexeme[0]) {
      case '\n':
      case '\r':
        this.#indent = 0;
        this.#colons = 0;
        this.#atLineStart = true;
        return;
      case ' ':
        if (this.#atLineStart) this.#indent += lexeme.length;
        return;
      case '#':
        this.comments.push({ start: this.#offset, end: this.#offset + lexeme.length });
        return;
      case FLOW_END_MARK:
        this.#flow = 0;
        return;
      case '[':
      case '{':
        this.#place();
        this.#flow++;
        return;
      case ']':
      case '}':
        this.#flow--;
        return;
      case ':':
        if (this.#flow === 0 && ++this.#colons > 1) this.#columns.push(this.#indent);
        break;
    }
    if (lexeme === '---' || lexeme === '...') {
      this.#columns.length = 0;
      this.#flow = 0;
    } else if (lexeme === '-' || lexeme === '?' || lexeme === ':') {
      if (!this.#atLineStart) return;
      this.#place();
      this.#atLineStart = true;
      this.#indent += 1;
    } else if (lexeme !== '\t' && lexeme !== SCALAR_MARK && lexeme !== DOCUMENT_MARK) {
      this.#place();
    }
  }

  /** Something of a block collection stands at the indentation reached: closes what stands further right. */
  #place(): void {
    if (this.#atLineStart && this.#flow === 0) {
      while ((this.#columns.at(-1) ?? -1) > this.#indent) this.#columns.pop();
      if (this.#columns.at(-1) !== this.#indent) this.#columns.push(this.#indent);
    }
    this.#atLineStart = false;
  }
}

function firstFault(errors: Document.Parsed['errors']): number | undefined {
  return errors.reduce<number | undefined>((first, { pos }) => Math.min(first ?? pos[0], pos[0]), undefined);
}

/** A collection being walked. */
interface Frame {
  readonly items: readonly unknown[];
  next: number;
  readonly path: readonly string[];
  readonly keySpan: Span;
}

/** Adds the scalar values of a document that end before `limit`, the offset of its first fault. */
function addDocument(document: Document.Parsed, text: string, limit: number, entries: Entries): void {
  const open: Frame[] = [];
  const visit = (node: unknown, path: readonly string[], keySpan: Span): void => {
    if (isCollection(node)) {
      if (isMap(node) || !isComputed(node.tag)) open.push({ items: node.items, next: 0, path, keySpan });
    } else if (isScalar(node) && !isComputed(node.tag) && (node.range?.[1] ?? limit) < limit) {
      entries.add({ key: path, value: scalarText(node), type: scalarType(node), span: valueSpan(node, text), keySpan });
    }
  };
  visit(document.contents, [], NOWHERE);
  for (let frame = open.at(-1); frame !== undefined && !entries.overflowed; frame = open.at(-1)) {
    const index = frame.next++;
    if (index >= frame.items.length) {
      open.pop();
      continue;
    }
    const item = frame.items[index];
    if (!isPair(item)) visit(item, [...frame.path, String(index)], frame.keySpan);
    // A key that is no scalar is no name: an alias, or the braces of a template.
    else if (isScalar(item.key)) visit(item.value, pathOf(frame, item.key), valueSpan(item.key, text));
  }
}

/** The merge key adds the members of its value to the map it stands in. */
function pathOf(frame: Frame, key: Scalar): readonly string[] {
  return key.source === '<<' && key.type === 'PLAIN' ? frame.path : [...frame.path, scalarText(key)];
}

/**
 * True for `!Ref`, `!vault` and other tags of the user's own: what they stand before is not the value itself.
 * `!override` of Compose files is, and so is the lone `!`, which only forbids to read a string as a number.
 */
function isComputed(tag: string | undefined): boolean {
  return tag !== undefined && tag !== '!' && tag !== '!override' && !tag.startsWith('tag:yaml.org,2002:');
}

/** The value as text: strings as they read, everything else as it is written. */
function scalarText(node: Scalar): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}

function scalarType(node: Scalar): SettingsEntry['type'] {
  if (node.value === null) return 'null';
  const type = typeof node.value;
  if (type === 'boolean') return 'boolean';
  return type === 'number' || type === 'bigint' ? 'number' : 'string';
}

/** Where a scalar stands: inside its quotes, or from the first to the last character of a block. */
function valueSpan(node: Scalar, text: string): Span {
  const [start, end] = node.range ?? [0, 0];
  switch (node.type) {
    case 'QUOTE_DOUBLE':
    case 'QUOTE_SINGLE':
      return { start: start + 1, end: Math.max(start + 1, end - 1) };
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED': {
      const headerEnd = text.indexOf('\n', start) + 1;
      if (headerEnd === 0) return { start: end, end };
      const body = text.slice(headerEnd, end);
      const content = body.trim();
      if (content === '') return { start: end, end };
      const first = headerEnd + body.length - body.trimStart().length;
      return { start: first, end: first + content.length };
    }
    default:
      return { start, end };
  }
}
