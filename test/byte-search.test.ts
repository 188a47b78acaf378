import { describe, expect, test } from 'vitest';
import { createByteSearch } from '../src/byte-search.js';
import { seededRandom } from './seeded-random.js';

/** What a search for these words comes upon, in order of place and word. */
function occurrences(words: readonly (readonly [text: string, anyCase: boolean])[], text: string): string[] {
  const found: string[] = [];
  const patterns = words.map(([word, anyCase], index) => ({
    text: word,
    anyCase,
    found: (_: Buffer, at: number) => {
      found.push(`${String(at)} ${word}`);
      return 1 << index;
    },
  }));
  createByteSearch(patterns, -1)(Buffer.from(text));
  return found.sort();
}

describe('the search over bytes', () => {
  test('finds every occurrence, as a look at every place does', () => {
    const random = seededRandom(5);
    const drawn = (length: number, letters: string): string =>
      Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('');
    for (let round = 0; round < 200; round++) {
      const words = Array.from({ length: 6 }, () => [drawn(3 + Math.floor(random() * 4), 'abc-'), random() < 0.5] as const);
      const distinct = words.filter(([word], index) => words.findIndex(([other]) => other === word) === index);
      const text = drawn(120, 'abcABC-');
      const expected = distinct.flatMap(([word, anyCase]) =>
        Array.from(text, (_, at) => at)
          .filter((at) => (anyCase ? text.slice(at, at + word.length).toLowerCase() : text.slice(at, at + word.length)) === word)
          .map((at) => `${String(at)} ${word}`),
      );
      expect(occurrences(distinct, text)).toEqual(expected.sort());
    }
  });

  test('finds what stands at either end, whatever the length', () => {
    for (const padding of ['', '.', '..', '...']) {
      expect(occurrences([['key', false]], `key${padding}`)).toEqual(['0 key']);
      expect(occurrences([['key', false]], `${padding}key`)).toEqual([`${String(padding.length)} key`]);
    }
    for (const short of ['', 'k', 'ke']) expect(occurrences([['key', false]], short)).toEqual([]);
  });

  test('stops when it has found enough', () => {
    let asked = 0;
    const search = createByteSearch([{ text: 'key', found: () => ++asked && 1 }], 1);
    expect(search(Buffer.from('key '.repeat(100)))).toBe(1);
    expect(asked).toBe(1);
  });

  test('refuses words that are too short to be represented', () => {
    expect(() => createByteSearch([{ text: 'h3', found: () => 1 }], 1)).toThrow('h3');
  });
});
