/**
 * How deeply a script may nest, from its text alone. A native parser ends the whole process on input that nests too
 * deeply, so this must never say less than is there; saying more costs only a child process. It reads tokens, not
 * grammar: strings, comments, templates, JSX text and regular expressions are skipped where the tokens before them leave
 * no doubt, and where they do not the answer is {@link UNCLEAR}.
 */

/** Levels of nesting from which a script is not parsed in this process. The costliest level takes 2.4 kB of oxc-parser's stack. */
export const DEPTH_LIMIT = 1000;

/** The bound when the text does not tell, or when it is larger than {@link DEPTH_LIMIT}. */
export const UNCLEAR = Number.POSITIVE_INFINITY;

/**
 * Steps that parsers may take twice: at every `(` and `<` they may read ahead to its end to know what it is, so work grows
 * with the square of the depth. Larger sums count as {@link UNCLEAR}; ordinary bundles of 5 MB stay far below.
 */
const READ_AHEAD_LIMIT = 5_000_000;

/** What stands before a token, as far as it decides what the token is. */
const enum Before {
  /** The beginning of something, with no label or operand before it: after `{`, `;`, `:` or nothing. */
  Start,
  /** An operator or opening bracket: an operand must follow. */
  Operator,
  /** A keyword that an operand or statement must follow. */
  Keyword,
  /** `.`, `?.` or `#`: a name follows, whatever it spells. */
  Dot,
  /** An identifier or literal. */
  Operand,
  /** A word that may be a name or a modifier of what follows; `/` after it divides. */
  Modifier,
  /** `)` of `if (…)` and its like: a statement follows. */
  Header,
  CloseBrace,
  /** Something that may end an operand or not. */
  Doubtful,
}

/** What is open. */
const enum Open {
  Round,
  /** The parentheses after `if`, `for`, `while` and `with`. */
  Header,
  Square,
  Curly,
  /** `<` that may open type arguments; nothing but `>` or an outer bracket closes it. */
  Angle,
  /** `${` in a template. */
  Substitution,
  /** Between `<a` and `>`. */
  Tag,
  /** Between `<a>` and `</a>`. */
  Children,
  /** `{` in a tag or between children. */
  Container,
}

/** Words after which an operand or statement must follow when they are no property names. */
const KEYWORDS = new Set('return case throw typeof void delete in instanceof new do else default extends if for while with'.split(' '));

/** Words that are operators or names, depending on what is around them. */
const DOUBTFUL = new Set('await yield of'.split(' '));

/** Words after which a name at the start of the next line may still belong to the same expression or type. */
const MODIFIERS = new Set(
  (
    'as satisfies is keyof infer readonly unique asserts abstract class function async const let var using enum interface namespace ' +
    'module type declare static get set accessor public private protected override import export implements from out global'
  ).split(' '),
);

/** Words that count as a level, because a further expression or type may be below each. */
const NESTING = new Set(
  'typeof void delete await yield new in instanceof of extends as satisfies is keyof infer readonly unique asserts abstract'.split(' '),
);

/** Words that count as a level which only the end of the statement ends. */
const NESTING_STATEMENTS = new Set('if for while with do'.split(' '));

/** Statements that have parentheses and then another statement. */
const HEADED = new Set('if for while with'.split(' '));

/** Words that go on with what stands before them, even on a new line. */
const CONTINUING = new Set('in instanceof of as satisfies is extends implements class else while catch finally'.split(' '));

/** Words that start a statement or member, whatever stands before them when they are no property names. */
const STARTING = new Set('case return throw break continue switch try var debugger export if for while do with'.split(' '));

/** What a word is, as bits: one look-up for each word of a file. */
const enum Word {
  Keyword = 1,
  Doubtful = 2,
  Modifier = 4,
  Nesting = 8,
  NestingStatement = 16,
  Headed = 32,
  Continuing = 64,
  Starting = 128,
  /** `else` and `while`, which go on with a statement that has ended. */
  AfterStatement = 256,
  Case = 512,
}

const WORDS: ReadonlyMap<string, number> = (() => {
  const words = new Map<string, number>();
  const add = (names: Iterable<string>, bit: Word): void => {
    for (const name of names) words.set(name, (words.get(name) ?? 0) | bit);
  };
  add(KEYWORDS, Word.Keyword);
  add(DOUBTFUL, Word.Doubtful);
  add(MODIFIERS, Word.Modifier);
  add(NESTING, Word.Nesting);
  add(NESTING_STATEMENTS, Word.NestingStatement);
  add(HEADED, Word.Headed);
  add(CONTINUING, Word.Continuing);
  add(STARTING, Word.Starting);
  add(['else', 'while'], Word.AfterStatement);
  add(['case'], Word.Case);
  return words;
})();
const LONGEST_WORD = Math.max(...[...WORDS.keys()].map((word) => word.length));

/** Names and strings as they mostly are; what is left of a name or string is read character by character. */
const PLAIN_NAME = /[A-Za-z_$][\w$]*/y;
const PLAIN_STRINGS: Readonly<Record<number, RegExp>> = { 34: /"[^"\\\n\r]*"/y, 39: /'[^'\\\n\r]*'/y };
const BLANKS = / +/y;
const LINE_END = /[\n\r\u2028\u2029]/g;

/** Characters and words of which every level takes one at least; strings and comments hold some as well. */
const MAY_NEST = new RegExp(`[^\\w\\s"';,]|\\b(?:${[...NESTING, ...NESTING_STATEMENTS, 'else'].join('|')})\\b`, 'g');

/** True for most files up to some kilobytes: they hold too little of what nests, however it is read. Linear, and fast. */
export function isTooShortToNest(text: string): boolean {
  MAY_NEST.lastIndex = 0;
  for (let count = 0; MAY_NEST.test(text); count++) if (count === DEPTH_LIMIT) return false;
  return true;
}

/**
 * An upper bound of how deeply a parser nests while it reads a script; {@link UNCLEAR} above {@link DEPTH_LIMIT}. Linear in
 * the text.
 *
 * @param jsx whether `<a>` may be an element
 * @param types whether `<a>` may be type parameters
 */
export function nestingBound(text: string, { jsx, types }: { readonly jsx: boolean; readonly types: boolean }): number {
  /** What is open, outermost first; the first entry is the file itself. */
  const open: Open[] = [Open.Curly];
  /** Levels that tokens since the last separator may add, per entry of `open`. */
  const chain: number[] = [0];
  /** Levels that end with the statement, per entry of `open`. */
  const statements: number[] = [0];
  let readers = 0;
  let readAhead = 0;
  let total = 0;
  let bound = 0;

  let before: Before = Before.Start;
  let newline = true;
  /** A statement has ended, unless `else` or `while` follows. */
  let ended = false;
  /** The last word could be a label. */
  let label = false;
  /** Before the last word, for `for await (` and the like. */
  let header = false;
  let at = 0;

  const top = (): Open => open[open.length - 1]!;
  const count = (levels: number[]): void => {
    levels[levels.length - 1]!++;
    total++;
  };
  const clear = (levels: number[]): void => {
    total -= levels[levels.length - 1]!;
    levels[levels.length - 1] = 0;
  };
  const push = (kind: Open): void => {
    open.push(kind);
    chain.push(0);
    statements.push(0);
    total++;
    if (kind === Open.Round || kind === Open.Angle) {
      readers++;
      readAhead += readers;
    }
  };
  const pop = (): Open => {
    total -= 1 + chain.pop()! + statements.pop()!;
    const kind = open.pop()!;
    if (kind === Open.Round || kind === Open.Angle) readers--;
    return kind;
  };
  const endsOperand = (): boolean => before === Before.Operand || before === Before.Modifier;
  const needsOperand = (): boolean =>
    before === Before.Start || before === Before.Operator || before === Before.Keyword || before === Before.Header;
  const operator = (): void => {
    count(chain);
    before = Before.Operator;
  };
  /** After `!`, `++` and `--`, which stand on either side of their operand. */
  const eitherSide = (): void => {
    count(chain);
    if (needsOperand() || newline) before = Before.Operator;
    else if (!endsOperand()) before = Before.Doubtful;
  };

  /** Skips a template from after its backtick or a substitution; false when it does not end. */
  const template = (): boolean => {
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH) at++;
      else if (code === BACKTICK) {
        at++;
        before = Before.Operand;
        return true;
      } else if (code === DOLLAR && text.charCodeAt(at + 1) === OPEN_CURLY) {
        at += 2;
        push(Open.Substitution);
        before = Before.Operator;
        return true;
      }
    }
    return false;
  };

  /** Skips a string with escapes; false when it does not end on its line. */
  const string = (quote: number): boolean => {
    const plain = PLAIN_STRINGS[quote]!;
    plain.lastIndex = at;
    if (plain.test(text)) {
      at = plain.lastIndex;
      return true;
    }
    for (at++; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH) {
        // A backslash before CR LF continues over both.
        if (text.charCodeAt(at + 1) === CR && text.charCodeAt(at + 2) === LF) at++;
        at++;
      } else if (code === quote) {
        at++;
        return true;
      } else if (code === LF || code === CR) return false;
    }
    return false;
  };

  /** Skips a regular expression; false when it does not end on its line. */
  const regularExpression = (): boolean => {
    let inClass = false;
    for (at++; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (isLineEnd(code)) return false;
      if (code === BACKSLASH) {
        at++;
        if (isLineEnd(text.charCodeAt(at))) return false;
      } else if (code === OPEN_SQUARE) inClass = true;
      else if (code === CLOSE_SQUARE) inClass = false;
      else if (code === SLASH && !inClass) {
        at++;
        while (isWordPart(text.charCodeAt(at))) at++;
        before = Before.Operand;
        return true;
      }
    }
    return false;
  };

  /** Skips a comment at `at`, if one is there; false when it does not end. */
  const comment = (): boolean => {
    if (text.charCodeAt(at + 1) === SLASH) {
      LINE_END.lastIndex = at;
      at = LINE_END.exec(text)?.index ?? text.length;
      return true;
    }
    const end = text.indexOf('*/', at + 2);
    if (end === -1) return false;
    for (let inside = at; inside < end && !newline; inside++) newline = isLineEnd(text.charCodeAt(inside));
    at = end + 2;
    return true;
  };
  const commentHere = (): boolean => {
    const next = text.charCodeAt(at + 1);
    return next === SLASH || next === ASTERISK;
  };

  /** Reads children up to the next element or container; false when it cannot. */
  const children = (): boolean => {
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === OPEN_CURLY) {
        at++;
        push(Open.Container);
        before = Before.Operator;
        return true;
      }
      if (code === LESS) {
        at++;
        skipSpace();
        if (text.charCodeAt(at) !== SLASH || commentHere()) {
          push(Open.Tag);
          return true;
        }
        at++;
        for (; at < text.length && text.charCodeAt(at) !== GREATER; at++) if (text.charCodeAt(at) === SLASH) return false;
        at++;
        pop();
        before = Before.Operand;
        return true;
      }
      at++;
    }
    return false;
  };

  /** Reads a tag up to its end, a container or an element that is an attribute's value; false when it is none for sure. */
  const tag = (): boolean => {
    for (let valued = false; at < text.length;) {
      const code = text.charCodeAt(at);
      const value: boolean = valued;
      valued = false;
      if (code === OPEN_CURLY) {
        at++;
        push(Open.Container);
        before = Before.Operator;
        return true;
      }
      if (code === QUOTE || code === DOUBLE_QUOTE) {
        const end = text.indexOf(text[at]!, at + 1);
        if (end === -1 || !value) return false;
        at = end + 1;
      } else if (code === LESS) {
        if (!value) return false;
        at++;
        push(Open.Tag);
        return true;
      } else if (isSpace(code)) {
        at++;
        valued = value;
      } else if (code === SLASH && commentHere()) {
        if (!comment()) return false;
        valued = value;
      } else if (value) return false;
      else if (code === GREATER) {
        at++;
        open[open.length - 1] = Open.Children;
        return !types || isElement();
      } else if (code === SLASH) {
        at++;
        skipSpace();
        if (text.charCodeAt(at) !== GREATER) return false;
        at++;
        pop();
        before = Before.Operand;
        return true;
      } else if (code === EQUALS) {
        at++;
        valued = true;
      } else if (code === DOT) {
        at++;
        count(chain);
      } else if (isWordPart(code) || code === MINUS || code === COLON) at++;
      else return false;
    }
    return false;
  };
  const skipSpace = (): void => {
    while (isSpace(text.charCodeAt(at))) at++;
  };
  /** After `<a>`: type parameters are always followed by `(`, so an element is what is not. */
  const isElement = (): boolean => {
    if (open.length >= 2 && open[open.length - 2] === Open.Children) return true;
    let next = at;
    while (isSpace(text.charCodeAt(next))) next++;
    const code = text.charCodeAt(next);
    return code !== OPEN_ROUND && code !== SLASH;
  };

  /** `\u0061` in a name; with braces it is too rare to be read here. */
  const isEscape = (from: number): boolean =>
    text.charCodeAt(from) === BACKSLASH && text[from + 1] === 'u' && text.charCodeAt(from + 2) !== OPEN_CURLY;

  /** Reads a word: a name, a keyword or a number. */
  const word = (): void => {
    const start = at;
    const digit = isDigit(text.charCodeAt(at));
    PLAIN_NAME.lastIndex = at;
    if (PLAIN_NAME.test(text)) at = PLAIN_NAME.lastIndex;
    while (isWordPart(text.charCodeAt(at)) || isEscape(at)) at++;
    if (digit && text.charCodeAt(at) === DOT) for (at++; isWordPart(text.charCodeAt(at));) at++;
    const property = before === Before.Dot;
    const length = at - start;
    const kind = digit || property || length > LONGEST_WORD ? 0 : (WORDS.get(text.slice(start, at)) ?? 0);
    const boundary = (before === Before.CloseBrace || (newline && before === Before.Operand)) && !(kind & Word.Continuing);
    if (kind & Word.Starting) {
      while (top() === Open.Angle) pop();
      clear(chain);
    }
    if (boundary) clear(chain);
    if (boundary || kind & Word.Case || (ended && !(kind & Word.AfterStatement))) clear(statements);
    label = boundary || (needsOperand() && before !== Before.Operator) || before === Before.CloseBrace;
    header = (kind & Word.Headed) !== 0 || (header && length === 5 && text.startsWith('await', start));
    if (kind & Word.Nesting) count(chain);
    if (kind & Word.NestingStatement) count(statements);
    if (kind & Word.Keyword) before = Before.Keyword;
    else if (kind & Word.Doubtful) before = Before.Doubtful;
    else before = kind & Word.Modifier ? Before.Modifier : Before.Operand;
  };

  /** Closes a bracket; false when another one is open. */
  const close = (...kinds: readonly Open[]): boolean => {
    while (top() === Open.Angle) pop();
    return open.length > 1 && kinds.includes(top());
  };

  /** Reads one token. Gives the answer when nothing that follows can change it. A function of its own is compiled after some calls. */
  const token = (): number | undefined => {
    if (total > bound) {
      bound = total;
      if (bound > DEPTH_LIMIT) return UNCLEAR;
    }
    if (readAhead > READ_AHEAD_LIMIT) return UNCLEAR;
    if (top() === Open.Children) {
      if (!children()) return UNCLEAR;
      newline = false;
      return undefined;
    }
    if (top() === Open.Tag) {
      if (!tag()) return UNCLEAR;
      newline = false;
      return undefined;
    }
    const code = text.charCodeAt(at);
    if (isLineEnd(code)) {
      newline = true;
      at++;
      return undefined;
    }
    if (code === SPACE) {
      BLANKS.lastIndex = at;
      BLANKS.test(text);
      at = BLANKS.lastIndex;
      return undefined;
    }
    if (isSpace(code)) {
      at++;
      return undefined;
    }
    if (code === SLASH && commentHere()) {
      if (!comment()) return bound;
      return undefined;
    }
    const afterHeader = header;
    if (isWordPart(code) || isEscape(at)) {
      word();
      newline = false;
      ended = false;
      return undefined;
    }
    header = false;
    if (ended) {
      clear(statements);
      ended = false;
    }
    switch (code) {
      case OPEN_ROUND:
        if (!needsOperand() && !afterHeader) count(chain);
        push(afterHeader ? Open.Header : Open.Round);
        before = Before.Operator;
        at++;
        break;
      case OPEN_SQUARE:
        if (!needsOperand()) count(chain);
        push(Open.Square);
        before = Before.Operator;
        at++;
        break;
      case OPEN_CURLY:
        push(Open.Curly);
        before = Before.Start;
        at++;
        break;
      case CLOSE_ROUND:
        if (!close(Open.Round, Open.Header)) return UNCLEAR;
        before = pop() === Open.Header ? Before.Header : Before.Operand;
        at++;
        break;
      case CLOSE_SQUARE:
        if (!close(Open.Square)) return UNCLEAR;
        pop();
        before = Before.Operand;
        at++;
        break;
      case CLOSE_CURLY: {
        if (!close(Open.Curly, Open.Substitution, Open.Container)) return UNCLEAR;
        at++;
        const kind = pop();
        before = Before.CloseBrace;
        if (kind === Open.Substitution && !template()) return UNCLEAR;
        break;
      }
      case LESS:
        if (text.startsWith('<!--', at)) return UNCLEAR;
        if (text.charCodeAt(at + 1) === LESS && !needsOperand()) {
          // A shift, or type arguments that begin with type parameters.
          operator();
          if (types) {
            push(Open.Angle);
            push(Open.Angle);
          }
          at += 2;
          break;
        }
        if (jsx) {
          if (needsOperand()) {
            at++;
            push(Open.Tag);
            break;
          }
          if (!endsOperand() || newline) return UNCLEAR;
        }
        operator();
        if (types) push(Open.Angle);
        at++;
        break;
      case GREATER:
        if (top() === Open.Angle) pop();
        else count(chain);
        before = types ? Before.Doubtful : Before.Operator;
        at++;
        break;
      case SLASH:
        if (needsOperand()) {
          if (!regularExpression()) return UNCLEAR;
          break;
        }
        if (!endsOperand() || newline) return UNCLEAR;
        operator();
        at++;
        break;
      case QUOTE:
      case DOUBLE_QUOTE:
        if (!string(code)) return UNCLEAR;
        before = Before.Operand;
        break;
      case BACKTICK:
        if (!needsOperand()) count(chain);
        at++;
        if (!template()) return UNCLEAR;
        break;
      case SEMICOLON:
        while (top() === Open.Angle) pop();
        clear(chain);
        ended = true;
        before = Before.Start;
        at++;
        break;
      case COMMA:
        clear(chain);
        before = Before.Operator;
        at++;
        break;
      case COLON:
        count(label ? statements : chain);
        before = Before.Start;
        at++;
        break;
      case DOT:
        if (text.startsWith('...', at)) {
          operator();
          at += 3;
        } else {
          count(chain);
          before = Before.Dot;
          at++;
        }
        break;
      case HASH:
        before = Before.Dot;
        at++;
        break;
      case QUESTION:
        if (text.charCodeAt(at + 1) === DOT && !isDigit(text.charCodeAt(at + 2))) {
          count(chain);
          before = Before.Dot;
          at += 2;
        } else {
          operator();
          at++;
        }
        break;
      case EXCLAMATION:
        if (text.charCodeAt(at + 1) === EQUALS) {
          operator();
          at += 2;
        } else {
          eitherSide();
          at++;
        }
        break;
      case PLUS:
      case MINUS:
        if (text.charCodeAt(at + 1) === code) {
          if (newline && text.startsWith('-->', at)) return UNCLEAR;
          eitherSide();
          at += 2;
        } else {
          operator();
          at++;
        }
        break;
      case EQUALS:
        operator();
        at++;
        if (text.charCodeAt(at) === GREATER) at++;
        else while (text.charCodeAt(at) === EQUALS) at++;
        break;
      case AMPERSAND:
      case BAR:
        operator();
        at += text.charCodeAt(at + 1) === code ? 2 : 1;
        break;
      case ASTERISK:
      case PERCENT:
      case CARET:
      case TILDE:
      case AT:
        operator();
        at++;
        break;
      default:
        return UNCLEAR;
    }
    label = false;
    newline = false;
    return undefined;
  };

  if (text.startsWith('#!')) while (at < text.length && !isLineEnd(text.charCodeAt(at))) at++;
  while (at < text.length) {
    const answer = token();
    if (answer !== undefined) return answer;
  }
  return bound;
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const EXCLAMATION = 33;
const DOUBLE_QUOTE = 34;
const HASH = 35;
const DOLLAR = 36;
const PERCENT = 37;
const AMPERSAND = 38;
const QUOTE = 39;
const OPEN_ROUND = 40;
const CLOSE_ROUND = 41;
const ASTERISK = 42;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const SEMICOLON = 59;
const LESS = 60;
const EQUALS = 61;
const GREATER = 62;
const QUESTION = 63;
const AT = 64;
const OPEN_SQUARE = 91;
const BACKSLASH = 92;
const CLOSE_SQUARE = 93;
const CARET = 94;
const BACKTICK = 96;
const OPEN_CURLY = 123;
const BAR = 124;
const CLOSE_CURLY = 125;
const TILDE = 126;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLineEnd(code: number): boolean {
  return code === LF || code === CR || code === 0x2028 || code === 0x2029;
}

function isSpace(code: number): boolean {
  if (code < 0x80) return code === 32 || (code >= 9 && code <= 13);
  return (
    code === 0xa0 ||
    code === 0xfeff ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** Part of a name or number. Everything beyond ASCII that is no space counts; a parser knows better, and stops at what it refuses. */
function isWordPart(code: number): boolean {
  if (code < 0x80) {
    return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code === DOLLAR;
  }
  return code >= 0x80 && !isSpace(code);
}
