/** Could this secret be guessed, and is it long enough for its algorithm? One answer for all rules. */
import type { CryptoPort } from '../contract.js';
import { encodedText } from './base64.js';
import { isHashedWord } from './hashed-words.js';
import { KNOWN_SECRETS } from './known-secrets.js';
import type { TextValue } from './values.js';
import { words } from './words.js';

export interface Strength {
  /** Bytes of key that a library makes of the value: its encoding decides, UTF-8 unless code says otherwise. */
  readonly bytes: number;
  /** Bytes of randomness that text in hex or padded base64 can hold at most; equal to {@link bytes} for any other text. */
  readonly decodedBytes: number;
  /** Binary logarithm of the guesses that a good guesser needs, estimated. */
  readonly guessesLog2: number;
  /**
   * `known`: a default or example value; `guessable`: words, dates, patterns, or too few characters; `random-looking`: as a
   * CSPRNG gives it; `unclear`: long enough, but made by a person.
   */
  readonly verdict: 'known' | 'guessable' | 'random-looking' | 'unclear';
  /** The verdict in words, never with a part of the value. */
  readonly reason: string;
}

export interface StrengthContext {
  readonly encoding?: TextValue['encoding'];
  /** Name of the project, which is the first word that people add. */
  readonly projectName?: string;
  /** Tells the digests of words, when given. */
  readonly crypto?: Pick<CryptoPort, 'digest'>;
}

/** Values that need fewer guesses than 2^64 are within reach of a cracker with one token. */
export const GUESSABLE_BELOW = 64;

/** Smallest RSA modulus of RFC 7518 3.3, in bits. */
export const RSA_MIN_BITS = 2048;

/** Characters that are looked at; longer values get the average of these for the rest. */
const EXAMINED = 128;

/** RFC 7518 3.2: an HMAC key has at least the size of the hash's output. Without an algorithm HS256 is meant. */
export function hmacBytesRequired(algorithm: string | undefined): number {
  switch (algorithm?.toUpperCase()) {
    case 'HS384':
      return 48;
    case 'HS512':
      return 64;
    default:
      return 32;
  }
}

const KNOWN: ReadonlySet<string> = new Set(KNOWN_SECRETS.map((value) => value.toLowerCase()));

const KEYBOARD_ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'azertyuiop', 'qwertzuiop', '1234567890', 'abcdefghijklmnopqrstuvwxyz'];

const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
  '8': 'b',
};

/** Judges a value. */
export function strengthOf(value: string, context: StrengthContext = {}): Strength {
  const encoding = context.encoding ?? 'utf8';
  const bytes = byteLength(value, encoding);
  const decodedBytes = Math.min(bytes, encoding === 'utf8' || encoding === 'latin1' ? randomBytesIn(value, bytes) : bytes);
  const plain = value.trim();
  const text = encodedText(plain);
  const behind = text === undefined ? undefined : guessesOf(text, context.projectName);
  if (behind?.verdict === 'known' || behind?.verdict === 'guessable')
    return { bytes, decodedBytes, ...behind, reason: `behind its encoding ${behind.reason}` };
  const found = guessesOf(plain, context.projectName);
  const isWeak = found.verdict === 'known' || found.verdict === 'guessable';
  if (!isWeak && context.crypto && isHashedWord(plain, context.crypto))
    return { bytes, decodedBytes, guessesLog2: 16, verdict: 'guessable', reason: 'it is the hash of a common word' };
  return { bytes, decodedBytes, ...found };
}

function guessesOf(plain: string, projectName: string | undefined): Pick<Strength, 'guessesLog2' | 'verdict' | 'reason'> {
  if (KNOWN.has(plain.toLowerCase())) return { guessesLog2: 8, verdict: 'known', reason: 'it is a well-known default or example value' };
  const cost = costOf(plain, projectName);
  const guessesLog2 = Math.round(cost.bits * 10) / 10;
  const wordy = cost.inWords / Math.max(1, Math.min(plain.length, EXAMINED));
  if (guessesLog2 < GUESSABLE_BELOW || (wordy >= 0.75 && cost.rareWords === 0 && guessesLog2 < 110)) {
    return { guessesLog2: Math.min(guessesLog2, GUESSABLE_BELOW - 1), verdict: 'guessable', reason: reasonOf(cost, wordy, plain.length) };
  }
  if (wordy < 0.45 && looksDrawn(plain)) return { guessesLog2, verdict: 'random-looking', reason: 'it looks drawn at random' };
  return { guessesLog2, verdict: 'unclear', reason: 'it is long, but looks made by a person' };
}

interface Cost {
  readonly bits: number;
  /** Characters that words cover. */
  readonly inWords: number;
  /** Characters that runs, repetitions, years and dates cover. */
  readonly inPatterns: number;
  /** Words beyond the most common ones. */
  readonly rareWords: number;
  readonly usesProject: boolean;
}

function reasonOf(cost: Cost, wordy: number, length: number): string {
  if (length === 0) return 'it is empty';
  if (cost.usesProject) return "it is made of the project's own name";
  if (wordy >= 0.5) return cost.inPatterns > 0 ? 'it is made of common words and digits' : 'it is made of common words';
  if (cost.inPatterns / length >= 0.5) return 'it repeats or counts up';
  return wordy > 0 ? 'it is a common word with a few characters more' : 'it is so short that all values of its length can be tried';
}

/** One way to put the value together, cheapest first: words, runs, digits, single characters. */
interface Piece {
  readonly bits: number;
  readonly from: number;
  readonly kind: 'word' | 'rare word' | 'project' | 'pattern' | 'character';
}

function costOf(value: string, projectName: string | undefined): Cost {
  const text = value.slice(0, EXAMINED);
  const lower = text.toLowerCase();
  const plain = [...lower].length === lower.length ? unleet(lower) : lower;
  const project =
    projectName
      ?.toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word.length > 2) ?? [];
  const { common, further, longest } = words();
  const best: Piece[] = [{ bits: 0, from: 0, kind: 'character' }];
  const offer = (end: number, piece: Piece): void => {
    const present = best[end];
    if (!present || piece.bits < present.bits) best[end] = piece;
  };
  for (let at = 0; at < text.length; at++) {
    const before = best[at]!.bits;
    // Between words one sign is chosen, and then it is known.
    const isKnownSign = /[\s._-]/.test(text[at]!) && text.indexOf(text[at]!) < at;
    offer(at + 1, { bits: before + (isKnownSign ? 1 : characterBits(text.charCodeAt(at))), from: at, kind: 'character' });
    for (const length of runLengths(lower, at)) offer(at + length, { bits: before + 6 + Math.log2(length), from: at, kind: 'pattern' });
    const digits = digitsAt(text, at);
    if (digits >= 4 && isYear(text, at)) offer(at + 4, { bits: before + 7, from: at, kind: 'pattern' });
    if (digits >= 8 && isDate(text, at)) offer(at + 8, { bits: before + 15, from: at, kind: 'pattern' });
    for (let length = 2; length <= longest && at + length <= text.length; length++) {
      const written = lower.slice(at, at + length);
      const meant = plain.slice(at, at + length);
      const disguise = written === meant || common.has(written) || further.has(written) ? 0 : 2;
      const word = disguise === 0 ? written : meant;
      const capitals = isPlainCase(text.slice(at, at + length)) ? 0 : 1;
      if (project.includes(word)) offer(at + length, { bits: before + 5 + disguise + capitals, from: at, kind: 'project' });
      else if (common.has(word) && (length > 2 || disguise === 0))
        offer(at + length, { bits: before + 6.5 + disguise + capitals, from: at, kind: 'word' });
      else if (length > 2 && further.has(word))
        offer(at + length, { bits: before + 10.5 + disguise + capitals, from: at, kind: 'rare word' });
    }
  }
  let inWords = 0;
  let inPatterns = 0;
  let rareWords = 0;
  let usesProject = false;
  for (let end = text.length; end > 0;) {
    const piece = best[end]!;
    const length = end - piece.from;
    if (piece.kind === 'pattern') inPatterns += length;
    else if (piece.kind !== 'character') inWords += length;
    else if (length === 1 && /[\s._\-/:,;!?@#*+=]/.test(text[piece.from]!)) inWords += 1;
    if (piece.kind === 'rare word') rareWords++;
    if (piece.kind === 'project') usesProject = true;
    end = piece.from;
  }
  let bits = best[text.length]?.bits ?? 0;
  // What repeats itself is guessed once.
  const period = periodOf(lower);
  if (period < lower.length) bits = Math.min(bits, (bits * period) / lower.length + 8);
  else if (value.length > EXAMINED) bits *= value.length / EXAMINED;
  return { bits, inWords, inPatterns, rareWords, usesProject };
}

/** Bits of one character by its class. */
function characterBits(code: number): number {
  if (code >= 0x30 && code <= 0x39) return 3.33;
  if (code >= 0x61 && code <= 0x7a) return 4.7;
  if (code >= 0x41 && code <= 0x5a) return 5.2;
  if (code < 0x80) return 4;
  return 6;
}

/** Lengths of repetitions, of counting, and of keyboard walks that begin here. */
function runLengths(lower: string, at: number): number[] {
  const found: number[] = [];
  let same = 1;
  while (at + same < lower.length && lower[at + same] === lower[at]) same++;
  if (same >= 3) found.push(same);
  for (const step of [1, -1]) {
    let length = 1;
    while (at + length < lower.length && lower.charCodeAt(at + length) - lower.charCodeAt(at + length - 1) === step) length++;
    if (length >= 4) found.push(length);
  }
  // `a1b2c3`: two that count in turn.
  let paired = 2;
  while (at + paired < lower.length && lower.charCodeAt(at + paired) - lower.charCodeAt(at + paired - 2) === 1) paired++;
  if (paired >= 6) found.push(paired);
  for (const row of KEYBOARD_ROWS) {
    const start = row.indexOf(lower[at]!);
    if (start < 0) continue;
    let length = 1;
    while (at + length < lower.length && start + length < row.length && row[start + length] === lower[at + length]) length++;
    if (length >= 4) found.push(length);
  }
  return found;
}

function digitsAt(text: string, at: number): number {
  let length = 0;
  while (length < 8 && isDigit(text.charCodeAt(at + length))) length++;
  return length;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isYear(text: string, at: number): boolean {
  const year = Number(text.slice(at, at + 4));
  return year >= 1950 && year <= 2035;
}

function isDate(text: string, at: number): boolean {
  const number = (from: number, length: number): number => Number(text.slice(at + from, at + from + length));
  const isDay = (day: number): boolean => day >= 1 && day <= 31;
  const isMonth = (month: number): boolean => month >= 1 && month <= 12;
  return (
    (isYear(text, at) && isMonth(number(4, 2)) && isDay(number(6, 2))) ||
    (isYear(text, at + 4) && ((isMonth(number(0, 2)) && isDay(number(2, 2))) || (isDay(number(0, 2)) && isMonth(number(2, 2)))))
  );
}

function unleet(lower: string): string {
  let plain = '';
  for (const character of lower) plain += LEET[character] ?? character;
  return plain;
}

/** `word`, `Word` and `WORD`, which cost a guesser next to nothing. */
function isPlainCase(text: string): boolean {
  const rest = text.slice(1);
  return text === text.toLowerCase() || text === text.toUpperCase() || rest === rest.toLowerCase();
}

/** The shortest length after which the text repeats itself to its end (Knuth, Morris, Pratt). */
function periodOf(text: string): number {
  const border = new Array<number>(text.length).fill(0);
  for (let at = 1, length = 0; at < text.length; at++) {
    while (length > 0 && text[at] !== text[length]) length = border[length - 1]!;
    if (text[at] === text[length]) length++;
    border[at] = length;
  }
  const period = text.length - (border[text.length - 1] ?? 0);
  return text.length > 0 && text.length % period === 0 ? period : text.length;
}

/** Hex, or characters of at least two classes without blanks: the shapes in which random bytes are written. */
function looksDrawn(value: string): boolean {
  if (/\s/.test(value)) return false;
  if (/^[0-9a-f-]+$|^[0-9A-F-]+$/.test(value)) return true;
  let classes = 0;
  for (const each of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/]) if (each.test(value)) classes++;
  return classes >= 2 && value.length >= 16;
}

function byteLength(value: string, encoding: TextValue['encoding']): number {
  switch (encoding) {
    case 'hex':
      return /^[0-9a-fA-F]*/.exec(value)![0].length >> 1;
    case 'base64':
    case 'base64url':
      return Math.floor((value.replace(/[^A-Za-z0-9+/_-]/g, '').length * 3) / 4);
    case 'latin1':
      return value.length;
    case 'utf8': {
      let bytes = 0;
      for (const character of value) {
        const code = character.codePointAt(0)!;
        bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      }
      return bytes;
    }
  }
}

/** Random bytes that text can stand for: half of hex, three quarters of padded base64. */
function randomBytesIn(value: string, bytes: number): number {
  if (
    value.length >= 16 &&
    value.length % 2 === 0 &&
    /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(value) &&
    /[a-fA-F]/.test(value) &&
    /[0-9]/.test(value)
  ) {
    return value.length / 2;
  }
  if (value.length >= 16 && value.length % 4 === 0 && /^[A-Za-z0-9+/]{1,4096}={1,2}$/.test(value)) {
    return Math.floor((value.replace(/=/g, '').length * 3) / 4);
  }
  return bytes;
}
