/** Values that were drawn by lot, by the hundred thousand: what is said of them may not depend on luck. */
import { describe, expect, test } from 'vitest';
import { placeholderOf } from '../../rules/facts/placeholders.js';
import { strengthOf } from '../../rules/facts/strength.js';
import { createCrypto } from '../../src/crypto.js';
import { seededRandom } from '../seeded-random.js';

function randomBytes(random: () => number, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
}

/** None in three hundred thousand: less than one in a hundred thousand, with a certainty of 95 in a hundred. */
describe('random values are never called weak', () => {
  const next = seededRandom(20260101);
  const crypto = createCrypto();
  const uuid = (): string => {
    const hex = randomBytes(next, 16).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
  test.each<[string, () => string, number]>([
    ['32 hex characters', () => randomBytes(next, 16).toString('hex'), 300_000],
    ['64 hex characters', () => randomBytes(next, 32).toString('hex'), 10_000],
    ['16 bytes in base64url', () => randomBytes(next, 16).toString('base64url'), 50_000],
    ['32 bytes in base64', () => randomBytes(next, 32).toString('base64'), 10_000],
    ['48 bytes in base64', () => randomBytes(next, 48).toString('base64'), 5_000],
    ['UUIDs', uuid, 10_000],
  ])('%s', (_, make, count) => {
    let weak = 0;
    for (let index = 0; index < count; index++) {
      const { verdict } = strengthOf(make(), { crypto });
      if (verdict === 'known' || verdict === 'guessable') weak++;
    }
    expect(weak).toBe(0);
  });
});

test('no random value is a placeholder', () => {
  const random = seededRandom(50);
  for (let round = 0; round < 30_000; round++) {
    const bytes = Buffer.from(Array.from({ length: 16 + (round % 48) }, () => Math.floor(random() * 256)));
    for (const encoding of ['base64', 'base64url', 'hex'] as const) expect(placeholderOf(bytes.toString(encoding))).toBeUndefined();
  }
});
