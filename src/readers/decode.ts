/**
 * Bytes to text: the first thing that happens to every file. Encodings are told by a byte order mark, UTF-16 also by
 * its pattern of NUL bytes (PowerShell's `>` and some editors write it without a mark); all else is UTF-8.
 */
import { isAscii, isUtf8 } from 'node:buffer';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

export interface Decoded {
  /** Without a byte order mark; empty when {@link binary}. */
  readonly text: string;
  /** True when the bytes are not text in an encoding we know. */
  readonly binary: boolean;
  readonly encoding: Encoding;
}

/** A NUL among this many first bytes makes a file binary, as it does for git. */
const NUL_WINDOW = 8 * 1024;

/** Bytes that must show the pattern of UTF-16 when no byte order mark does. */
const UTF16_WINDOW = 1024;

/** Code units in a hundred that must be ASCII for bytes without a mark to pass as UTF-16. */
const UTF16_ASCII_PERCENT = 90;

/**
 * Characters in a hundred, among the first {@link NUL_WINDOW}, that may be undecodable. Legacy 8-bit encodings of
 * western and of east Asian comments stay below it, compressed or random bytes (about 45) do not.
 */
const INVALID_PERCENT = 30;

/** A file of which no text has been made yet. */
export interface Content {
  readonly binary: boolean;
  readonly encoding: Encoding;
  /** What holds the ASCII characters of the text as its bytes, in order: the file itself, unless that is in UTF-16. */
  readonly bytes: Buffer;
  /** The text, as {@link Decoded} has it; made when it is asked for first. */
  readonly text: string;
}

/** Decodes a whole file. Does not throw; undecodable sequences in mostly valid text become U+FFFD. */
export function decode(bytes: Uint8Array): Decoded {
  const { text, binary, encoding } = contentOf(bytes);
  return { text, binary, encoding };
}

/** Tells the encoding of a whole file. Does not throw. */
export function contentOf(bytes: Uint8Array): Content {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = buffer[0];
  const second = buffer[1];
  if (first === 0xff && second === 0xfe) return utf16(buffer.subarray(2), 'utf-16le');
  if (first === 0xfe && second === 0xff) return utf16(buffer.subarray(2), 'utf-16be');
  const start = first === 0xef && second === 0xbb && buffer[2] === 0xbf ? 3 : 0;
  if (buffer.subarray(0, NUL_WINDOW).includes(0)) {
    const encoding = start === 0 ? markless(buffer.subarray(0, UTF16_WINDOW)) : undefined;
    return encoding === undefined ? notText(buffer, 'utf-8') : utf16(buffer, encoding);
  }
  return utf8(start === 0 ? buffer : buffer.subarray(start));
}

function notText(bytes: Buffer, encoding: Encoding): Content {
  return { text: '', binary: true, encoding, bytes };
}

/** Most files are searched and never read: their text is not made. */
class Utf8 implements Content {
  readonly binary = false;
  readonly encoding = 'utf-8';
  #text: string | undefined;

  constructor(readonly bytes: Buffer) {}

  get text(): string {
    return (this.#text ??= this.bytes.toString(isAscii(this.bytes) ? 'latin1' : 'utf8'));
  }
}

function utf8(bytes: Buffer): Content {
  const content = new Utf8(bytes);
  if (isUtf8(bytes)) return content;
  const { text } = content;
  const window = Math.min(text.length, NUL_WINDOW);
  let invalid = 0;
  for (let at = text.indexOf('\uFFFD'); at !== -1 && at < window; at = text.indexOf('\uFFFD', at + 1)) invalid++;
  return invalid * 100 > window * INVALID_PERCENT ? notText(bytes, 'utf-8') : content;
}

/** An odd last byte is half a code unit and is dropped, as every decoder of UTF-16 does. */
function utf16(buffer: Buffer, encoding: 'utf-16le' | 'utf-16be'): Content {
  const whole = buffer.subarray(0, buffer.length & ~1);
  const text = (encoding === 'utf-16le' ? whole : Buffer.from(whole).swap16()).toString('utf16le');
  // U+0000 early on is no text in UTF-16 either; UTF-32, whose mark begins like that of UTF-16, shows it at once.
  return text.slice(0, NUL_WINDOW).includes('\0') ? notText(buffer, encoding) : { text, binary: false, encoding, bytes: Buffer.from(text) };
}

/** Which UTF-16 the window is in: nearly all units ASCII, NUL bytes on one parity only. */
function markless(window: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const units = window.length >> 1;
  if (units === 0) return undefined;
  const evenIsHigh = window[0] === 0;
  let ascii = 0;
  for (let at = 0; at < units * 2; at += 2) {
    const high = window[evenIsHigh ? at : at + 1];
    const low = window[evenIsHigh ? at + 1 : at];
    if (low === 0) return undefined;
    if (high === 0 && isTextByte(low!)) ascii++;
  }
  if (ascii * 100 < units * UTF16_ASCII_PERCENT) return undefined;
  return evenIsHigh ? 'utf-16be' : 'utf-16le';
}

function isTextByte(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d);
}
