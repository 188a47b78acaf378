/**
 * Looks for many words at once in bytes that nobody has decoded. Each word is represented by three of its characters, of
 * which two stand at an even place and the next wherever they are: so every other pair of bytes is looked up in a table, and
 * only a pair that such three hold is looked at closer. The time is linear in the bytes and hardly depends on the words.
 */

/** A word to look for. */
export interface Pattern {
  /** ASCII, at least {@link WINDOW} characters. */
  readonly text: string;
  readonly anyCase?: boolean;
  /** What an occurrence that begins at `at` says, as bits; 0 when it says nothing. */
  readonly found: (bytes: Buffer, at: number) => number;
}

/** Characters that represent a pattern. */
const WINDOW = 3;

/** Letters from the most to the least frequent in English and in code. */
const BY_FREQUENCY = 'etaoinsrlcdpumfhgbyvwkxjqz';

/** How rare a character is by its code. Punctuation stands in rows of its own kind (`-----`), capitals in few words. */
const RARITY = Uint8Array.from({ length: 128 }, (_, code) => {
  const frequency = BY_FREQUENCY.indexOf(String.fromCharCode(code).toLowerCase());
  return frequency === -1 ? 0 : code < 97 ? frequency + 10 : frequency;
});

/** A pattern as it is compared. */
interface Placed {
  readonly pattern: Pattern;
  readonly codes: Buffer;
  /** Where in the pattern its window begins. */
  readonly offset: number;
}

// What a pair of bytes may be in a window.
const BEGINS = 1;
const ENDS = 2;

/** Windows are few: what shares a slot with one is told apart by comparing. */
const SLOTS = 2 ** 13;

function slot(first: number, second: number, third: number): number {
  return (first ^ (second << 3) ^ (third << 6)) & (SLOTS - 1);
}

/** Makes a search that answers with the bits of all that it found, and stops as soon as it has those that are `enough`. */
export function createByteSearch(patterns: readonly Pattern[], enough: number): (bytes: Buffer) => number {
  const pairs = new Uint8Array(2 ** 16);
  const windows = new Set<number>();
  /** By {@link slot}, the place in `lists`. */
  const slots = new Uint16Array(SLOTS);
  const lists: Placed[][] = [[]];
  const place = (placed: Placed, first: number, second: number, third: number): void => {
    pairs[(first << 8) | second]! |= BEGINS;
    pairs[(second << 8) | third]! |= ENDS;
    windows.add((first << 16) | (second << 8) | third);
    const own = slot(first, second, third);
    if (slots[own] === 0) slots[own] = lists.push([]) - 1;
    lists[slots[own]!]!.push(placed);
  };
  for (const pattern of patterns) {
    const codes = Buffer.from(pattern.anyCase ? pattern.text.toLowerCase() : pattern.text, 'latin1');
    const offset = windowOf(codes, windows);
    const placed: Placed = { pattern, codes, offset };
    for (const first of writings(pattern, codes[offset]!))
      for (const second of writings(pattern, codes[offset + 1]!))
        for (const third of writings(pattern, codes[offset + 2]!)) place(placed, first, second, third);
  }

  const standing = (bytes: Buffer, start: number): number => {
    const list = slots[slot(bytes[start]!, bytes[start + 1]!, bytes[start + 2]!)]!;
    if (list === 0) return 0;
    let found = 0;
    for (const placed of lists[list]!) {
      const begin = start - placed.offset;
      if (standsAt(placed, bytes, begin)) found |= placed.pattern.found(bytes, begin);
    }
    return found;
  };
  return (bytes) => {
    const last = bytes.length - WINDOW;
    let found = 0;
    for (let start = 0; start <= last + 1; start += 2) {
      const kinds = pairs[(bytes[start]! << 8) | bytes[start + 1]!]!;
      if (kinds === 0) continue;
      if ((kinds & ENDS) !== 0 && start > 0) found |= standing(bytes, start - 1);
      if ((kinds & BEGINS) !== 0 && start <= last) found |= standing(bytes, start);
      if ((found & enough) === enough) break;
    }
    return found;
  };
}

/** Where the window of a word begins: one that another word has already, else the rarest. */
function windowOf(codes: Buffer, taken: ReadonlySet<number>): number {
  if (codes.length < WINDOW) throw new RangeError(`too short to search for: ${codes.toString()}`);
  let best = 0;
  let rarest = -1;
  for (let offset = 0; offset + WINDOW <= codes.length; offset++) {
    const [first, second, third] = [codes[offset]!, codes[offset + 1]!, codes[offset + 2]!];
    if (taken.has((first << 16) | (second << 8) | third)) return offset;
    const rarity = RARITY[first]! + RARITY[second]! + RARITY[third]!;
    if (rarity <= rarest) continue;
    best = offset;
    rarest = rarity;
  }
  return best;
}

/** The ways to write a character of a pattern. */
function writings({ anyCase }: Pattern, code: number): readonly number[] {
  return anyCase && isLower(code) ? [code, code - 32] : [code];
}

function standsAt({ pattern, codes }: Placed, bytes: Buffer, start: number): boolean {
  if (start < 0 || start + codes.length > bytes.length) return false;
  for (let index = 0; index < codes.length; index++) {
    const byte = bytes[start + index]!;
    const code = codes[index]!;
    if (byte !== code && !(pattern.anyCase && isLower(code) && byte === code - 32)) return false;
  }
  return true;
}

function isLower(code: number): boolean {
  return code >= 97 && code <= 122;
}
