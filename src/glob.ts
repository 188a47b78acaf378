/**
 * Globs of the configuration. Own code, because the configuration of a scanned repository is not trusted: matchers that
 * compile to regular expressions take exponential time on patterns such as `*a*a*a*a*b`, this one the product of both
 * lengths at most.
 *
 * `*` is anything but a slash, `**` any number of directories, `?` one character, `[a-z]` and `[!a-z]` one of a set,
 * `{a,b}` either; a backslash takes the meaning off. A glob without a slash matches names at any depth, one that
 * matches a directory matches all below it, and `!` at the start takes back what earlier globs of the list matched.
 */

/** Length of a glob, in UTF-16 code units. */
export const LONGEST_GLOB = 500;
/** What the braces of one glob may expand to. */
const MOST_ALTERNATIVES = 200;

const STAR = Symbol('star');
const ONE = Symbol('one');

interface CharacterSet {
  readonly negated: boolean;
  readonly ranges: readonly (readonly [low: string, high: string])[];
}

type Character = string | typeof STAR | typeof ONE | CharacterSet;
type Segment = readonly Character[] | typeof STAR;

/** What is wrong with a glob; undefined when it can be used. */
export function globProblem(glob: string): string | undefined {
  if (glob.replace(/^!/, '').replace(/^\.?\//, '') === '') return 'it is empty';
  if (glob.length > LONGEST_GLOB) return `it is longer than ${LONGEST_GLOB} characters`;
  if (alternatives(glob) === undefined) return `its braces stand for more than ${MOST_ALTERNATIVES} globs`;
  if (glob.split('/').includes('..')) return 'it leaves the directory of its configuration';
  return undefined;
}

/** Compiles a list of globs (each without {@link globProblem}) for paths relative to their directory; the last match decides. */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  const compiled = globs.map((glob) => {
    const negated = glob.startsWith('!');
    const patterns = alternatives(negated ? glob.slice(1) : glob) ?? [];
    return { negated, patterns: patterns.map(segmentsOf) };
  });
  return (path) => {
    const segments = path.split('/').map((name) => [...name]);
    const decisive = compiled.findLast(({ patterns }) => patterns.some((pattern) => matchesPath(pattern, segments)));
    return decisive !== undefined && !decisive.negated;
  };
}

/** Writes out the braces of a glob; undefined when there are too many. Braces without a comma or a partner are literal. */
function alternatives(glob: string): string[] | undefined {
  const done: string[] = [];
  const open = [glob];
  while (open.length > 0) {
    const next = open.pop()!;
    const group = firstGroup(next);
    if (!group) done.push(next);
    // Backwards, so that the results keep their order.
    else for (const choice of group.choices.toReversed()) open.push(next.slice(0, group.start) + choice + next.slice(group.end));
    if (done.length + open.length > MOST_ALTERNATIVES) return undefined;
  }
  return done;
}

/** The first braces that close and hold a comma at their own level. */
function firstGroup(glob: string): { start: number; end: number; choices: string[] } | undefined {
  for (let start = 0; start < glob.length; start++) {
    if (glob[start] === '\\') start++;
    else if (glob[start] === '{') {
      const choices: string[] = [];
      let depth = 0;
      let from = start + 1;
      for (let at = start; at < glob.length; at++) {
        const character = glob[at];
        if (character === '\\') at++;
        else if (character === '{') depth++;
        else if (character === ',' && depth === 1) {
          choices.push(glob.slice(from, at));
          from = at + 1;
        } else if (character === '}' && --depth === 0) {
          choices.push(glob.slice(from, at));
          if (choices.length > 1) return { start, end: at + 1, choices };
          break;
        }
      }
    }
  }
  return undefined;
}

function segmentsOf(glob: string): Segment[] {
  const anchored = glob.replace(/^\.?\//, '');
  const names = anchored.split('/');
  const directory = names.length > 1 && names.at(-1) === '';
  if (directory) names.pop();
  const pattern: Segment[] = names.map((name) => (name === '**' ? STAR : charactersOf(name)));
  // `*.pem` means any `*.pem`; `/*.pem` and `./*.pem` those at the top.
  if (names.length === 1 && anchored === glob) pattern.unshift(STAR);
  // Whatever lies below a directory that matches; behind a trailing slash something must.
  if (directory) pattern.push([STAR]);
  pattern.push(STAR);
  return pattern;
}

function charactersOf(name: string): Character[] {
  const source = [...name];
  const characters: Character[] = [];
  for (let at = 0; at < source.length; at++) {
    const character = source[at]!;
    if (character === '*') {
      if (characters.at(-1) !== STAR) characters.push(STAR);
    } else if (character === '?') characters.push(ONE);
    else if (character === '\\' && at + 1 < source.length) characters.push(source[++at]!);
    else if (character === '[') {
      // A bracket right behind the opening one is a member, as in `[]]`.
      const first = at + (source[at + 1] === '!' || source[at + 1] === '^' ? 2 : 1);
      const close = source.indexOf(']', first + 1);
      if (close < 0) characters.push(character);
      else {
        characters.push({ negated: first > at + 1, ranges: rangesOf(source.slice(first, close)) });
        at = close;
      }
    } else characters.push(character);
  }
  return characters;
}

function rangesOf(members: readonly string[]): [string, string][] {
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at++) {
    if (members[at + 1] === '-' && at + 2 < members.length) {
      ranges.push([members[at]!, members[at + 2]!]);
      at += 2;
    } else ranges.push([members[at]!, members[at]!]);
  }
  return ranges;
}

function matchesPath(pattern: readonly Segment[], path: readonly (readonly string[])[]): boolean {
  return matches<Segment, readonly string[]>(pattern, path, (segment, name) => matches(segment as readonly Character[], name, isCharacter));
}

function isCharacter(expected: Character, character: string): boolean {
  if (expected === ONE) return true;
  if (typeof expected === 'object')
    return expected.ranges.some(([low, high]) => character >= low && character <= high) !== expected.negated;
  return expected === character;
}

/**
 * Whether a pattern matches all of a text. Only the last star is ever widened, since an earlier one could not do better:
 * that makes the time the product of the lengths.
 */
function matches<P, T>(pattern: readonly (P | typeof STAR)[], text: readonly T[], fits: (expected: P, item: T) => boolean): boolean {
  let at = 0;
  let position = 0;
  let star = -1;
  let resume = 0;
  while (position < text.length) {
    const expected = pattern[at];
    if (expected === STAR) {
      star = at++;
      resume = position;
    } else if (at < pattern.length && fits(expected as P, text[position]!)) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++resume;
    } else return false;
  }
  while (pattern[at] === STAR) at++;
  return at === pattern.length;
}
