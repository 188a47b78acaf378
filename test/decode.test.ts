import { describe, expect, test } from 'vitest';
import { decode } from '../src/readers/decode.js';
import { seededRandom } from './seeded-random.js';

const TEXT = 'JWT_SECRET=made-up\n# naïve – ✓ 🔑\n';

function utf16(text: string, endian: 'le' | 'be'): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return endian === 'le' ? bytes : bytes.swap16();
}

describe('text', () => {
  test('UTF-8, with and without a byte order mark', () => {
    expect(decode(Buffer.from(TEXT))).toEqual({ text: TEXT, binary: false, encoding: 'utf-8' });
    expect(decode(Buffer.from(`\uFEFF${TEXT}`))).toEqual({ text: TEXT, binary: false, encoding: 'utf-8' });
    expect(decode(Buffer.from('\uFEFFplain')).text).toBe('plain');
  });

  test('nothing at all', () => {
    expect(decode(new Uint8Array())).toEqual({ text: '', binary: false, encoding: 'utf-8' });
    expect(decode(Buffer.from([0xef, 0xbb, 0xbf]))).toEqual({ text: '', binary: false, encoding: 'utf-8' });
    expect(decode(Buffer.from([0xff, 0xfe]))).toEqual({ text: '', binary: false, encoding: 'utf-16le' });
  });

  test('a view into a larger buffer', () => {
    const large = new Uint8Array(Buffer.from(`xx${TEXT}yy`));
    expect(decode(large.subarray(2, large.length - 2)).text).toBe(TEXT);
    const wide = new Uint8Array(Buffer.concat([Buffer.from('x'), utf16(`\uFEFF${TEXT}`, 'be')]));
    expect(decode(wide.subarray(1))).toEqual({ text: TEXT, binary: false, encoding: 'utf-16be' });
  });

  test.each(['le', 'be'] as const)('UTF-16 %s with a byte order mark', (endian) => {
    const bytes = utf16(`\uFEFF${TEXT}`, endian);
    const before = Buffer.from(bytes);
    expect(decode(bytes)).toEqual({ text: TEXT, binary: false, encoding: `utf-16${endian}` });
    expect(bytes).toEqual(before);
  });

  test.each(['le', 'be'] as const)('UTF-16 %s without one, when it is nearly all ASCII', (endian) => {
    const text = 'SECRET=made-up\r\n'.repeat(100) + 'straße';
    expect(decode(utf16(text, endian))).toEqual({ text, binary: false, encoding: `utf-16${endian}` });
    expect(decode(utf16('A=b', endian)).text).toBe('A=b');
  });

  test('an odd byte at the end of UTF-16 is dropped', () => {
    for (const endian of ['le', 'be'] as const)
      expect(decode(Buffer.concat([utf16('\uFEFFA=b', endian), Buffer.from([0x41])])).text).toBe('A=b');
  });

  test('some bytes that are not UTF-8 do not hide the rest', () => {
    const { text, binary } = decode(Buffer.from('// caf\xe9 cr\xe8me\nconst secret = read();\n', 'latin1'));
    expect(binary).toBe(false);
    expect(text).toBe('// caf\uFFFD cr\uFFFDme\nconst secret = read();\n');
  });

  test('U+FFFD that is written in the file counts for nothing', () => {
    expect(decode(Buffer.from('\uFFFD'.repeat(100)))).toEqual({ text: '\uFFFD'.repeat(100), binary: false, encoding: 'utf-8' });
  });

  test('a NUL far down does not make a file binary', () => {
    const text = `${'x'.repeat(8192)}\0`;
    expect(decode(Buffer.from(text))).toEqual({ text, binary: false, encoding: 'utf-8' });
  });
});

describe('binary', () => {
  const random = seededRandom(1);
  const noise = Buffer.from(Array.from({ length: 20_000 }, () => 1 + Math.floor(random() * 255)));

  test.each([
    ['a NUL in text', Buffer.from('A=b\0c\n')],
    ['a NUL at the end of the first 8 KB', Buffer.from(`${'x'.repeat(8191)}\0`)],
    ['NUL bytes on both parities', Buffer.from('a\0b\0\0c\0d')],
    ['only NUL bytes', Buffer.alloc(64)],
    ['the head of a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['noise without a NUL', noise],
    ['UTF-32', Buffer.from('fffe000041000000', 'hex')],
    ['NUL bytes after the mark of UTF-8', Buffer.from('efbbbf41004200', 'hex')],
  ])('%s', (_, bytes) => {
    expect(decode(bytes)).toMatchObject({ text: '', binary: true });
  });
});
