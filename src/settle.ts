/** Findings of one file or one run -> what is reported: fingerprints, new or old, directives, duplicates, order. Pure. */
import type { RuleId, Span } from '../rules/contract.js';
import type { RuleFinding } from './analyse.js';

/** Names a finding without its line: rule, symbol, ordinal among equals, and the mark of its value. */
export interface Fingerprint {
  /** For comparing two states of a file in one run; holds the opaque mark. */
  readonly internal: string;
  /** For reports: valueless, with the path. */
  readonly public: string;
}

/** Fingerprints of one file's findings, in the order given. Equal ones are told apart by their order in the file. */
export function fingerprints(findings: readonly RuleFinding[]): Fingerprint[] {
  const counts = new Map<string, number>();
  const count = (key: string): number => {
    const ordinal = (counts.get(key) ?? 0) + 1;
    counts.set(key, ordinal);
    return ordinal;
  };
  const order = findings.map((_, index) => index).sort((one, other) => findings[one]!.anchor.start - findings[other]!.anchor.start);
  const result = new Array<Fingerprint>(findings.length);
  for (const index of order) {
    const finding = findings[index]!;
    const symbol = `${finding.ruleId}\0${finding.message}\0${finding.symbol}`;
    const valued = `${symbol}\0${finding.mark ?? ''}`;
    const valueless = `${finding.anchor.path}\0${symbol}`;
    result[index] = {
      internal: `${valued}\0${String(count(`i${valued}`))}`,
      public: digest(`${valueless}\0${String(count(`p${valueless}`))}`),
    };
  }
  return result;
}

/** 64 bits of FNV-1a as two halves, in base 36: an id, not a secret. */
export function digest(text: string): string {
  let low = 0x811c9dc5;
  let high = 0xc9dc5118;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + index), 0x01000193);
  }
  return (low >>> 0).toString(36).padStart(7, '0') + (high >>> 0).toString(36).padStart(7, '0');
}

/** The id under which faulty directives are reported; not a rule, so that no directive can silence it. */
export const DIRECTIVE_RULE = 'directive';

/** An inline directive: `jwtlint-disable-line RULE -- reason` or `jwtlint-disable-next-line RULE -- reason`. */
export interface Directive {
  /** The comment's place. */
  readonly span: Span;
  /** Line (from 1) whose findings it silences. */
  readonly line: number;
  /** Rules it names; empty is an error. */
  readonly rules: readonly RuleId[];
  readonly reason: string;
}

/** Names a directive of a run. */
export function directiveKey(path: string, directive: Directive): string {
  return `${path}:${String(directive.span.start)}`;
}

const DIRECTIVE_START = 'jwtlint-disable';

/** What may stand before a directive in its line of a comment. */
const LEAD = /^[\s/*#<!;-]{0,100}$/;

const DIRECTIVE = /jwtlint-disable(-next)?-line\b([^\n\r]{0,500})/g;

/**
 * Finds directives in a text.
 *
 * @param comments where comments stand; a directive anywhere else is only text
 * @param lineOf line (from 1) of an offset
 */
export function directivesIn(text: string, comments: readonly Span[], lineOf: (offset: number) => number): Directive[] {
  if (!text.includes(DIRECTIVE_START)) return [];
  const found: Directive[] = [];
  const inOrder = comments.toSorted((one, other) => one.start - other.start);
  let next = 0;
  for (const match of text.matchAll(DIRECTIVE)) {
    const start = match.index;
    while (next < inOrder.length && inOrder[next]!.end <= start) next++;
    const comment = inOrder[next];
    if (!comment || comment.start > start) continue;
    // Comments that speak of directives are not meant.
    const lead = text.slice(Math.max(comment.start, start - 101), start);
    if (!LEAD.test(lead.slice(lead.lastIndexOf('\n') + 1))) continue;
    const rest = text.slice(start, Math.min(comment.end, start + match[0].length));
    const body = rest.replace(/^jwtlint-disable(?:-next)?-line/, '').replace(/(?:\*\/|-->)\s*$/, '');
    const cut = body.indexOf('--');
    const names = (cut < 0 ? body : body.slice(0, cut)).split(/[\s,]+/).filter((name) => name !== '');
    found.push({
      span: comment,
      line: lineOf(comment.start) + (match[1] ? lineOf(Math.max(comment.start, comment.end - 1)) - lineOf(comment.start) + 1 : 0),
      rules: names,
      reason: cut < 0 ? '' : body.slice(cut + 2).trim(),
    });
  }
  return found;
}

/** Those comments of a text that hold a directive. */
export function directiveComments(text: string, comments: readonly Span[]): Span[] {
  if (!text.includes(DIRECTIVE_START)) return [];
  return comments.filter(({ start, end }) => text.slice(start, end).includes(DIRECTIVE_START)).map(({ start, end }) => ({ start, end }));
}

/** Comment spans of formats without a reader that knows them: `#`, `//`, `<!-- -->` and block comments that hold a directive. */
export function plainComments(text: string): Span[] {
  const found: Span[] = [];
  let newline = -1;
  for (let at = text.indexOf(DIRECTIVE_START); at >= 0; at = text.indexOf(DIRECTIVE_START, at + 1)) {
    const start = text.slice(Math.max(0, at - 200), at).lastIndexOf('\n') + Math.max(0, at - 200) + 1;
    if (newline < at) newline = text.indexOf('\n', at);
    if (newline < 0) newline = text.length;
    const before = text.slice(Math.max(start, at - 200), at);
    const opener = /(?:#|\/\/|\/\*|<!--|;|--)\s*$/.exec(before);
    if (!opener) continue;
    let end = newline;
    const closing = opener[0].startsWith('/*') ? '*/' : opener[0].startsWith('<!--') ? '-->' : undefined;
    const closed = closing === undefined ? -1 : text.slice(at, Math.min(end, at + 1000)).indexOf(closing);
    if (closing !== undefined && closed >= 0) end = at + closed + closing.length;
    found.push({ start: at - (before.length - opener.index), end });
  }
  return found;
}
