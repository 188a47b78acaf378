/**
 * Key material in any text or file: PEM in its disguises, PuTTY and age keys, JSON Web Keys, and binary containers.
 * Sources: RFC 7468 (PEM), RFC 1421 (its headers), RFC 7517 and 7518 (JWK), RFC 8017, 5958 and 5915 (DER), RFC 7292
 * (PKCS#12). One pass each; text without one of the marks costs a search and nothing else.
 */
import type { KeyInput, Span, Text } from '../contract.js';
import { bytesOf, latin1Of } from './base64.js';
import { placeholderOf } from './placeholders.js';

/**
 * What the base64 of a binary key holds in its first characters: the version and what follows it, which are the same in all
 * keys of a kind. Where the bytes before it may be three or four, each has another base64.
 */
const ENCODED_DER_MARKS: readonly string[] = [
  // PKCS#1 and PKCS#8 with RSA.
  'IBAAKCA',
  'IBAAKBg',
  'IBADANBgkqhkiG9w0BAQ',
  'IBADALBgkqhkiG9w0BAQ',
  'IBAAJBA',
  // PKCS#8 with EC, in two and in three bytes of header.
  'CAQAwEwYHKoZIzj0C',
  'CAQAwEAYHKoZIzj0C',
  'AgEAMBMGByqGSM49Ag',
  'AgEAMBAGByqGSM49Ag',
  // SEC 1 on curves of 256, 384 and 521 bits.
  'CAQEEI',
  'AgEBBD',
  'AgEBBEI',
  // PKCS#8 with Ed25519, X25519, Ed448 and X448, without and with the public key.
  'CAQAwBQYDK2V',
  'CAQEwBQYDK2V',
  // PKCS#8 with ML-DSA or SLH-DSA.
  'IBADALBglghkgBZQM',
  'CAQAwCwYJYIZIAWUD',
  // PBES2: an encrypted PKCS#8.
  'BgkqhkiG9w0BBQ0w',
  'CSqGSIb3DQEFDTB',
  // PKCS#12, JKS and JCEKS.
  'IBAzCC',
  '/u3+7QAAAA',
  'zs7OzgAAAA',
];

/**
 * `-----BEGIN` in base64, which has another one for each number of bytes that stand before it, with the place of its first
 * character in a group of four.
 */
const WRAPPED_MARKS: ReadonlyMap<string, number> = new Map([
  ['LS0tLS1CRUdJTi', 0],
  ['0tLS0tQkVHSU4', 2],
  ['tLS0tLUJFR0lO', 3],
]);

/** Every text with private key material holds at least one of these. */
export const KEY_MATERIAL_MARKS: readonly string[] = [
  ...ENCODED_DER_MARKS,
  '-----BEGIN',
  '---- BEGIN',
  ...WRAPPED_MARKS.keys(),
  'PuTTY-User-Key-File',
  'AGE-SECRET-KEY-',
  'DOTENV_PRIVATE_KEY',
  'eyJ',
  '"kty"',
  'kty:',
  "'kty'",
  'kty\\',
];

/** Key material as it stands in a text. */
export interface FoundKey {
  /** The armoured block, or the private member of a JWK. */
  readonly span: Span;
  /** The label of the PEM block, `JWK` and its `kty`, `PuTTY`, `AGE-SECRET-KEY`, `dotenvx`, or what {@link binaryKeyOf} says. */
  readonly label: string;
  /** What {@link import('../contract.js').CryptoPort.inspectKey} takes; PEM is canonical, whatever the disguise. */
  readonly input: KeyInput;
}

/** Private keys in a text, in no particular order. Elided bodies and placeholders are none. */
export function* privateKeysIn(text: string): Iterable<FoundKey> {
  const armoured: Span[] = [];
  for (const found of pemIn(text, PRIVATE_LABEL)) {
    armoured.push(found.span);
    yield found;
  }
  armoured.sort((one, other) => one.start - other.start);
  let next = 0;
  for (const found of encodedDerIn(text)) {
    while (next < armoured.length && armoured[next]!.end <= found.span.start) next++;
    if (next === armoured.length || armoured[next]!.start > found.span.start) yield found;
  }
  yield* ssh2In(text);
  yield* puttyIn(text);
  yield* ageIn(text);
  yield* dotenvxIn(text);
  yield* jwkIn(text, privateJwkOf);
  yield* wrappedJwkIn(text);
}

/** True for a file with a private or symmetric key in it, in whatever form. */
export function holdsPrivateKey({ text, bytes, binary, crypto }: Text): boolean {
  const kind = binary ? binaryKeyOf(bytes) : undefined;
  if (kind !== undefined) return kind !== 'sealed-pkcs12';
  for (const { input, label } of privateKeysIn(text)) {
    if ('der' in input ? label !== 'sealed-pkcs12' : (crypto.inspectKey(input)?.kind ?? 'public') !== 'public') return true;
  }
  return false;
}

/** True for a value that is or holds key material: PEM, public or elided too, or what {@link privateKeysIn} finds in it. */
export function isKeyMaterial(value: string): boolean {
  if (value.includes(BEGIN) || value.search(WRAPPED) >= 0) return true;
  const [first] = privateKeysIn(value);
  return first !== undefined;
}

/** Public keys and certificates in PEM in a text, and public JSON Web Keys. */
export function* publicKeysIn(text: string): Iterable<FoundKey> {
  yield* pemIn(text, PUBLIC_LABEL);
  yield* jwkIn(text, publicJwkOf);
}

// --- PEM ---

const PRIVATE_LABEL = /-----BEGIN ((?:RSA |EC |DSA |OPENSSH |ENCRYPTED |ANY )?PRIVATE KEY|PGP PRIVATE KEY BLOCK)-----/y;
const PUBLIC_LABEL = /-----BEGIN ((?:RSA )?PUBLIC KEY|CERTIFICATE)-----/y;
const BEGIN = '-----BEGIN';
const END = '-----END ';

/** Fewer base64 characters than the smallest private key (Ed25519 has 64) and more than any stub. */
const SMALLEST_BODY = 40;
/** Different characters that 40 random base64 characters practically always have. */
const FEWEST_CHARACTERS = 12;
/** No key is larger; a missing end line must not make the rest of a file a body. */
const LARGEST_BLOCK = 64 * 1024;

function* pemIn(text: string, label: RegExp): Iterable<FoundKey> {
  yield* blocksIn(text, label);
  // The whole armour in base64, as Kubernetes and environment variables hold it, alone or in a file of a cloud's account.
  let from = 0;
  for (const { 0: mark, index } of text.matchAll(WRAPPED)) {
    if (index < from) continue;
    const group = index - WRAPPED_MARKS.get(mark)!;
    const { characters, end } = base64From(text, group);
    let start = index;
    while (start > Math.max(from, index - LARGEST_BLOCK) && isBase64Url(text.charCodeAt(start - 1))) start--;
    from = end;
    if (group < start) continue;
    const inner = atob(characters.slice(0, characters.length & ~3));
    for (const found of blocksIn(inner, label)) {
      yield { ...found, span: { start, end } };
      break;
    }
  }
}

function* blocksIn(text: string, label: RegExp): Iterable<FoundKey> {
  let end = -1;
  let next = text.indexOf(BEGIN);
  while (next >= 0) {
    const start = next;
    next = text.indexOf(BEGIN, start + BEGIN.length);
    label.lastIndex = start;
    const match = label.exec(text);
    if (!match) continue;
    const from = start + match[0].length;
    if (end < from && end !== Number.POSITIVE_INFINITY) {
      end = text.indexOf(END, from);
      if (end < 0) end = Number.POSITIVE_INFINITY;
    }
    const limit = Math.min(next < 0 ? text.length : next, from + LARGEST_BLOCK);
    const closed = end < limit;
    const name = match[1]!;
    const to = closed ? end : endOfBody(text, from, limit);
    const pem = canonicalPem(name, text.slice(from, to));
    if (pem === undefined) continue;
    const tail = `${END}${name}-----`;
    yield { span: { start, end: closed && text.startsWith(tail, end) ? end + tail.length : to }, label: name, input: { pem } };
  }
}

const WRAPPED = new RegExp([...WRAPPED_MARKS.keys()].join('|'), 'g');

const ENCODED_DER = new RegExp(ENCODED_DER_MARKS.map((mark) => mark.replace(/[+/]/g, '\\$&')).join('|'), 'g');
/** Characters before the mark: no header is longer. */
const LONGEST_HEAD = 16;
/** Base64 characters of the smallest key in DER, of Ed25519. */
const SMALLEST_DER = 64;

/** Binary keys in base64 without the armour of PEM, as environment variables hold them. */
function* encodedDerIn(text: string): Iterable<FoundKey> {
  let from = 0;
  for (const { index } of text.matchAll(ENCODED_DER)) {
    if (index < from) continue;
    let start = index;
    while (start > Math.max(from, index - LONGEST_HEAD) && isBase64(text.charCodeAt(start - 1))) start--;
    const encoded = base64From(text, start);
    from = encoded.end;
    if (encoded.characters.length < SMALLEST_DER) continue;
    const bytes = bytesOf(encoded.characters);
    const kind = bytes && binaryKeyOf(bytes);
    if (bytes && kind !== undefined) yield { span: { start, end: encoded.end }, label: kind, input: { der: bytes } };
  }
}

/** Characters to which tools wrap base64, at most: 64 for PEM, 76 for MIME. */
const WIDEST_LINE = 100;

/** The base64 that starts at an offset, over lines that are wrapped at a fixed width. */
function base64From(text: string, start: number): { characters: string; end: number } {
  let characters = '';
  let end = start;
  for (;;) {
    let at = end;
    while (isBase64Url(text.charCodeAt(at))) at++;
    const line = text.slice(end, at);
    characters += line.replaceAll('-', '+').replaceAll('_', '/');
    end = at;
    const newline = text.startsWith('\r\n', at) ? 2 : text[at] === '\n' ? 1 : 0;
    const isWrapped = line.length >= 60 && line.length <= WIDEST_LINE && newline > 0;
    if (!isWrapped || characters.length > LARGEST_BLOCK) return { characters, end };
    at += newline;
    while (text[at] === ' ' || text[at] === '\t') at++;
    let stop = at;
    while (isBase64Url(text.charCodeAt(stop))) stop++;
    // A line of something else, such as the next key of a YAML file, or of an env file.
    if (stop === at || !/^={0,2}(?:[\s"'`]|$)/.test(text.slice(stop, stop + 3))) return { characters, end };
    end = at;
  }
}

/** Where the body of a block without an end line stops: at the first character that no disguise has. */
function endOfBody(text: string, from: number, limit: number): number {
  let at = from;
  while (at < limit && (isBase64(text.charCodeAt(at)) || BETWEEN.has(text[at]!))) at++;
  return at;
}

const BETWEEN = new Set([' ', '\t', '\r', '\n', '"', "'", '`', '\\', ',', '=', '-', ':']);
const QUOTES = new Set(['"', "'", '`']);
const ESCAPED_CHARACTER = /u([0-9a-f]{4})|x([0-9a-f]{2})/iy;
const NEWLINE_ENTITY = /&#(?:10|13|xA|xD);/iy;
/** What stands for a part that was left out. */
const ELISION = /\.\.|…|[<[{*]|x{8}/i;
const FOREIGN = /[^A-Za-z0-9+/=\s]/;
const HEADER = /^[A-Za-z][A-Za-z-]{1,30}: /;

/**
 * Rebuilds a block: 64 columns, RFC 1421 encryption headers kept.
 *
 * @param raw what stands between the begin and the end line, in whatever disguise
 * @returns undefined when it is no key: elided, a placeholder, too short
 */
function canonicalPem(label: string, raw: string): string | undefined {
  const text = undisguised(raw);
  const headers = [/Proc-Type: ?4,ENCRYPTED/.exec(text)?.[0], DEK_INFO.exec(text)?.[0]].filter((header) => header !== undefined);
  let rest = text;
  for (const header of headers) rest = rest.replace(header, '');
  const lines = rest.split('\n').map((line) => line.trim());
  const kept = lines.filter((line) => !HEADER.test(line) && !(label.startsWith('PGP') && /^=[A-Za-z0-9+/]{4}$/.test(line)));
  let body = kept.join('');
  if (FOREIGN.test(body)) {
    if (ELISION.test(body)) return undefined;
    // Statements between the lines: `key += "…"`. Only what is as long as a line of a key belongs to it.
    const parts = body.match(/[A-Za-z0-9+/]+={0,2}/g) ?? [];
    body = parts.filter((part) => part.length >= SMALLEST_BODY).join('');
    if (body.length < 3 * SMALLEST_BODY) return undefined;
  }
  body = body.replace(/\s/g, '');
  if (body.length < SMALLEST_BODY || new Set(body).size < FEWEST_CHARACTERS) return undefined;
  const columns = body.match(/.{1,64}/g)!;
  return [`-----BEGIN ${label}-----`, ...(headers.length > 0 ? [...headers, ''] : []), ...columns, `-----END ${label}-----`, ''].join('\n');
}

/**
 * The cipher and its initialisation vector (RFC 1421, 4.6.1.3): one block, 16 bytes for AES, Camellia, ARIA and SEED, 8 for
 * DES and its kin. Whatever follows may be the body, where no line break is left between them.
 */
const DEK_INFO = /DEK-Info: ?(?:(?:AES|CAMELLIA|ARIA|SEED)-[A-Z0-9-]{1,30},[0-9A-Fa-f]{32}|[A-Za-z0-9-]{1,30},[0-9A-Fa-f]{16})/;

/** Takes off what source code, JSON, YAML, XML and comments put around the lines; every kind of line break becomes `\n`. */
function undisguised(raw: string): string {
  let out = '';
  let lineStart = true;
  for (let at = 0; at < raw.length;) {
    const character = raw[at]!;
    if (character === '\n' || character === '\r') {
      out += '\n';
      lineStart = true;
      at++;
      continue;
    }
    if (lineStart) {
      if (character === ' ' || character === '\t') {
        at++;
        continue;
      }
      lineStart = false;
      // Commented out, or quoted in prose. Base64 has slashes too, but no blank after them.
      const marker = /(?:\/\/|#|\*|>)[ \t]+/y;
      marker.lastIndex = at;
      const comment = marker.exec(raw);
      if (comment) {
        at += comment[0].length;
        continue;
      }
    }
    if (character === '\\') {
      while (raw[at] === '\\') at++;
      const escaped = raw[at];
      if (escaped === 'n' || escaped === 'r') {
        out += '\n';
        at++;
      } else if (escaped === 't') at++;
      else {
        ESCAPED_CHARACTER.lastIndex = at;
        const match = ESCAPED_CHARACTER.exec(raw);
        if (match) {
          out += String.fromCharCode(Number.parseInt(match[1] ?? match[2]!, 16));
          at += match[0].length;
        }
      }
      continue;
    }
    if (QUOTES.has(character)) {
      at = afterJoint(raw, at);
      continue;
    }
    if (character === '&') {
      NEWLINE_ENTITY.lastIndex = at;
      const match = NEWLINE_ENTITY.exec(raw);
      if (match) {
        out += '\n';
        at += match[0].length;
        continue;
      }
    }
    out += character;
    at++;
  }
  return out;
}

/** After a quote: when only a joint (`+`, `,`, blanks) lies between it and the next one, the string goes on there. */
function afterJoint(raw: string, quote: number): number {
  let at = quote + 1;
  while (at < raw.length && /[\s+,.]/.test(raw[at]!)) at++;
  return at === raw.length || QUOTES.has(raw[at]!) ? at + 1 : quote + 1;
}

function isBase64(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2f
  );
}

function isBase64Url(code: number): boolean {
  return isBase64(code) || code === 0x2d || code === 0x5f;
}

/** RFC 4716 has no such block, but SSH Communications' software writes it. */
const SSH2_BEGIN = '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----';
const SSH2_END = '---- END SSH2 ENCRYPTED PRIVATE KEY ----';

function* ssh2In(text: string): Iterable<FoundKey> {
  for (let start = text.indexOf(SSH2_BEGIN); start >= 0;) {
    const from = start + SSH2_BEGIN.length;
    const close = text.indexOf(SSH2_END, from);
    if (close < 0) return;
    const label = 'SSH2 ENCRYPTED PRIVATE KEY';
    const pem = close - from > LARGEST_BLOCK ? undefined : canonicalPem(label, text.slice(from, close));
    const end = close + SSH2_END.length;
    if (pem !== undefined) yield { span: { start, end }, label, input: { pem } };
    start = text.indexOf(SSH2_BEGIN, end);
  }
}

// --- PuTTY, age ---

const PUTTY = 'PuTTY-User-Key-File-';
const PUTTY_PRIVATE = /\nPrivate-Lines: \d{1,4}\r?\n([A-Za-z0-9+/=\r\n]{40,16384})/;

function* puttyIn(text: string): Iterable<FoundKey> {
  for (let start = text.indexOf(PUTTY); start >= 0;) {
    const next = text.indexOf(PUTTY, start + PUTTY.length);
    const part = text.slice(start, Math.min(next < 0 ? text.length : next, start + LARGEST_BLOCK));
    const lines = PUTTY_PRIVATE.exec(part);
    if (lines) {
      const end = start + lines.index + lines[0].length;
      yield { span: { start, end }, label: 'PuTTY', input: { pem: part.slice(0, end - start) } };
    }
    start = next;
  }
}

const AGE = 'AGE-SECRET-KEY-';
/** Bech32 without `b`, `i`, `o` and `1`, in capitals: 32 bytes and a checksum. */
const AGE_KEY = /AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}(?![A-Z0-9])/y;

function* ageIn(text: string): Iterable<FoundKey> {
  for (let start = text.indexOf(AGE); start >= 0; start = text.indexOf(AGE, start + AGE.length)) {
    AGE_KEY.lastIndex = start;
    const key = AGE_KEY.exec(text)?.[0];
    if (key !== undefined && new Set(key.slice(16)).size >= FEWEST_CHARACTERS)
      yield { span: { start, end: start + key.length }, label: 'AGE-SECRET-KEY', input: { pem: key } };
  }
}

const DOTENVX = 'DOTENV_PRIVATE_KEY';
/** The key of an encrypted env file, as dotenvx writes it to `.env.keys`: 32 bytes of secp256k1 in hex (LIBRARIES.md, 2g). */
const DOTENVX_KEY = /DOTENV_PRIVATE_KEY(?:_[A-Z0-9_]{1,60})?["']?[ \t]{0,8}[=:][ \t]{0,8}["']?([0-9a-f]{64})(?![0-9a-f])/y;

function* dotenvxIn(text: string): Iterable<FoundKey> {
  for (let start = text.indexOf(DOTENVX); start >= 0; start = text.indexOf(DOTENVX, start + DOTENVX.length)) {
    DOTENVX_KEY.lastIndex = start;
    const [whole, key] = DOTENVX_KEY.exec(text) ?? [];
    if (whole === undefined || key === undefined) continue;
    const end = start + whole.length;
    yield { span: { start: end - key.length, end }, label: 'dotenvx', input: { pem: `${DOTENVX}=${key}` } };
  }
}

// --- JSON Web Keys ---

/** The member that makes a key private, by `kty` (RFC 7518, 6; RFC 9964 adds `AKP`). */
const PRIVATE_MEMBER: Readonly<Record<string, string>> = { RSA: 'd', EC: 'd', OKP: 'd', oct: 'k', AKP: 'priv' };
/** Base64url characters of the smallest such member in use: 512 bits of RSA, P-256, Ed25519, one byte block of oct. */
const SHORTEST_MEMBER: Readonly<Record<string, number>> = { RSA: 80, EC: 40, OKP: 40, oct: 8, AKP: 40 };
const MEMBERS = new Set(['kty', 'crv', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'x', 'y', 'k', 'alg', 'use', 'pub', 'priv']);

interface Member {
  readonly value: string;
  readonly span: Span;
  /** Unquoted words are values in YAML only; elsewhere they are names of variables. */
  readonly quoted: boolean;
}

/** Members of one object; made at the first one that a JWK has. */
interface OpenObject {
  members?: Map<string, Member>;
}

/** Open objects to keep: the innermost of a text that nests without end. */
const DEEPEST = 1000;

/** How a JSON object begins in base64. */
const WRAPPED_OBJECT = 'eyJ';
/** Base64 characters of the smallest private JWK in use, of Ed25519. */
const SMALLEST_WRAPPED = 120;

/** A JWK or a set of them in base64 on one line, as environment variables hold it. Tokens are none: a dot follows their header. */
function* wrappedJwkIn(text: string): Iterable<FoundKey> {
  for (let start = text.indexOf(WRAPPED_OBJECT); start >= 0;) {
    let end = start + WRAPPED_OBJECT.length;
    while (isBase64Url(text.charCodeAt(end))) end++;
    const isPart = isBase64Url(text.charCodeAt(start - 1)) || text[start - 1] === '.' || text[end] === '.';
    if (!isPart && end - start >= SMALLEST_WRAPPED && end - start <= LARGEST_BLOCK) {
      for (const found of jwkIn(latin1Of(text.slice(start, end)) ?? '', privateJwkOf)) {
        yield { ...found, span: { start, end } };
        break;
      }
    }
    start = text.indexOf(WRAPPED_OBJECT, end);
  }
}

/** What the members of an object make it; undefined when it is no such key. */
type JwkOf = (members: ReadonlyMap<string, Member> | undefined, quoted: boolean) => FoundKey | undefined;

function* jwkIn(text: string, jwkOf: JwkOf): Iterable<FoundKey> {
  if (!KEY_TYPE_MARKS.some((mark) => text.includes(mark))) return;
  const seen = new Set<number>();
  const open: OpenObject[] = [];
  let blockEnd = 0;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === 0x7b) {
      if (open.length >= 2 * DEEPEST) open.splice(0, DEEPEST);
      open.push({});
      at++;
      continue;
    }
    if (code === 0x7d) {
      const found = jwkOf(open.pop()?.members, true);
      if (found && !seen.has(found.span.start)) {
        seen.add(found.span.start);
        yield found;
      }
      at++;
      continue;
    }
    if (!isWord(code)) {
      at++;
      continue;
    }
    const start = at;
    while (isWord(text.charCodeAt(at))) at++;
    if (at - start > 4) continue;
    const name = text.slice(start, at);
    if (!MEMBERS.has(name)) continue;
    const member = memberAfter(text, at);
    if (!member) continue;
    at = member.span.end;
    const object = open.at(-1);
    if (object) (object.members ??= new Map<string, Member>()).set(name, member);
    if (name === 'kty' && start >= blockEnd) {
      const block = yamlBlock(text, start);
      if (!block) continue;
      blockEnd = block.end;
      const found = jwkOf(block.members, false);
      if (found && !seen.has(found.span.start)) {
        seen.add(found.span.start);
        yield found;
      }
    }
  }
}

const KEY_TYPE_MARKS = KEY_MATERIAL_MARKS.filter((mark) => mark.includes('kty'));

function privateJwkOf(members: ReadonlyMap<string, Member> | undefined, quoted: boolean): FoundKey | undefined {
  const type = members?.get('kty')?.value;
  const name = type === undefined ? undefined : PRIVATE_MEMBER[type];
  if (members === undefined || type === undefined || name === undefined) return undefined;
  const secret = members.get(name);
  if (!secret || (quoted && !secret.quoted)) return undefined;
  const { value, span } = secret;
  if (value.length < SHORTEST_MEMBER[type]! || placeholderOf(value) !== undefined) return undefined;
  if (type !== 'oct' && new Set(value).size < FEWEST_CHARACTERS) return undefined;
  return { span, label: `JWK ${type}`, input: { jwk: valuesOf(members) } };
}

/** The member that holds most of a public key. */
const PUBLIC_MEMBER: Readonly<Record<string, string>> = { RSA: 'n', EC: 'x' };

function publicJwkOf(members: ReadonlyMap<string, Member> | undefined, quoted: boolean): FoundKey | undefined {
  const type = members?.get('kty')?.value;
  const member = type === undefined ? undefined : members?.get(PUBLIC_MEMBER[type] ?? '');
  if (!members || !member || members.has('d') || (quoted && !member.quoted)) return undefined;
  return { span: member.span, label: `JWK ${type!}`, input: { jwk: valuesOf(members) } };
}

function valuesOf(members: ReadonlyMap<string, Member>): Readonly<Record<string, string>> {
  return Object.fromEntries([...members].map(([key, member]) => [key, member.value]));
}

function isWord(code: number): boolean {
  return isBase64(code) || code === 0x2d || code === 0x5f || code === 0x24;
}

/** Blanks that JSON and source code put around a colon; more of them is no member. */
const WIDEST_GAP = 200;

/** The colon and value after a member's name, through any quotes and escapes. */
function memberAfter(text: string, from: number): Member | undefined {
  let at = from;
  while (at < from + WIDEST_GAP && NAME_END.has(text[at]!)) at++;
  if (text[at] !== ':') return undefined;
  const colon = at++;
  let quoted = false;
  while (at < colon + WIDEST_GAP && VALUE_START.has(text[at]!)) {
    if (QUOTES.has(text[at]!)) quoted = true;
    at++;
  }
  const start = at;
  while (isBase64Url(text.charCodeAt(at)) || text[at] === '=') at++;
  if (at === start) return undefined;
  // Words, dots and calls go on after an identifier; a quoted value ends at its quote.
  if (quoted && text[at] !== '\\' && !QUOTES.has(text[at] ?? '')) return undefined;
  return { value: text.slice(start, at), span: { start, end: at }, quoted };
}

const NAME_END = new Set(['"', "'", '`', '\\', ' ', '\t', '\r', '\n']);
const VALUE_START = NAME_END;

/** How far a YAML mapping is followed on each side of its `kty`. */
const BLOCK_REACH = 4 * 1024;
const YAML_LINE = /^( {0,200}(?:- {1,20}){0,4})["']?([A-Za-z_$][\w$]{0,60})["']? *:(?: +|$)["']?([\w+/=-]{0,4096})["']?\s*(?:#.*)?$/;

/** The members of the YAML block mapping that a `kty` stands in. */
function yamlBlock(text: string, at: number): { members: Map<string, Member>; end: number } | undefined {
  const from = text.lastIndexOf('\n', at) + 1;
  if (at - from > BLOCK_REACH) return undefined;
  const members = new Map<string, Member>();
  const lineAt = (start: number): { line: string; end: number } => {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    return { line: end - start > 2 * BLOCK_REACH ? '' : text.slice(start, end), end };
  };
  const own = YAML_LINE.exec(lineAt(from).line);
  if (!own) return undefined;
  const column = own[1]!.length;
  /** Adds a line; false when the mapping ends at it. */
  const add = (start: number, line: string): boolean => {
    if (line.trim() === '') return false;
    const indent = /^ */.exec(line)![0].length;
    if (indent > column) return true;
    const match = YAML_LINE.exec(line);
    if (!match || match[1]!.length !== column) return false;
    if (MEMBERS.has(match[2]!) && match[3] !== '') {
      const offset = start + line.indexOf(match[3]!, line.indexOf(':'));
      members.set(match[2]!, { value: match[3]!, span: { start: offset, end: offset + match[3]!.length }, quoted: true });
    }
    return true;
  };
  let end = from;
  for (let start = from; start < text.length && start - from < BLOCK_REACH; start = end + 1) {
    const line = lineAt(start);
    if (start > from && line.line.trimStart().startsWith('- ') && /^ */.exec(line.line)![0].length < column) break;
    if (!add(start, line.line)) break;
    end = line.end;
  }
  let upper = from;
  while (upper > 0 && from - upper < BLOCK_REACH && !text.slice(upper, upper + column).includes('- ')) {
    const start = upper < 2 ? 0 : text.lastIndexOf('\n', upper - 2) + 1;
    if (upper - start > 2 * BLOCK_REACH || !add(start, text.slice(start, upper - 1))) break;
    upper = start;
  }
  return { members, end };
}

// --- binary containers ---

/** What a binary file with a private key is; `sealed-pkcs12` shows only to who has the passphrase whether it holds one. */
export type BinaryKey = 'pkcs1' | 'pkcs8' | 'sec1' | 'encrypted-pkcs8' | 'pkcs12' | 'sealed-pkcs12' | 'jks' | 'jceks';

/** Tells a binary key by its structure; undefined for all else, public keys, certificates and trust stores included. */
export function binaryKeyOf(bytes: Uint8Array): BinaryKey | undefined {
  const magic = bytes.length < 16 ? 0 : uint32(bytes, 0);
  if (magic === 0xfeedfeed || magic === 0xcececece) return holdsKeyEntry(bytes) ? (magic === 0xfeedfeed ? 'jks' : 'jceks') : undefined;
  if (bytes[0] !== 0x30) return undefined;
  // PKCS#12 may be written with indefinite lengths.
  if (bytes[1] === 0x80) return isPkcs12(bytes, 2) ? pkcs12Of(bytes) : undefined;
  const outer = derElement(bytes, 0, bytes.length);
  if (!outer || bytes.length - outer.end > 2) return undefined;
  const parts = derParts(bytes, outer);
  const [first, second, third] = parts;
  if (!first || !second) return undefined;
  if (first.tag === INTEGER && first.end - first.start === 1) {
    const version = bytes[first.start]!;
    if (version === 3) return isPkcs12(bytes, outer.start) ? pkcs12Of(bytes) : undefined;
    if (version === 0 && parts.length === 9 && parts.every((part) => part.tag === INTEGER)) return 'pkcs1';
    if (version <= 1 && second.tag === SEQUENCE && third?.tag === OCTET_STRING && derElement(bytes, second.start, second.end)?.tag === OID)
      return 'pkcs8';
    if (version === 1 && second.tag === OCTET_STRING && second.end - second.start >= 20) return 'sec1';
    return undefined;
  }
  if (parts.length === 2 && first.tag === SEQUENCE && second.tag === OCTET_STRING) {
    const oid = derElement(bytes, first.start, first.end);
    if (oid?.tag === OID && PASSWORD_BASED.some((prefix) => startsWith(bytes, oid.start, prefix))) return 'encrypted-pkcs8';
  }
  return undefined;
}

const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const OID = 0x06;
const SEQUENCE = 0x30;

/** PKCS#5 (1.2.840.113549.1.5) and PKCS#12 (…1.12.1) encryption schemes. */
const PASSWORD_BASED: readonly (readonly number[])[] = [
  [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05],
  [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01],
];
/** PKCS#7 data and signed data (1.2.840.113549.1.7). */
const PKCS7 = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

interface DerElement extends Span {
  readonly tag: number;
}

/** The element at an offset; its span is the content. Undefined when it does not fit before `limit`. */
function derElement(bytes: Uint8Array, at: number, limit: number): DerElement | undefined {
  if (at + 2 > limit) return undefined;
  let length = bytes[at + 1]!;
  let start = at + 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count < 1 || count > 4 || start + count > limit) return undefined;
    length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + bytes[start + index]!;
    start += count;
  }
  return start + length > limit ? undefined : { tag: bytes[at]!, start, end: start + length };
}

/** The first elements inside another; more than any key has are not read. */
function derParts(bytes: Uint8Array, outer: Span): DerElement[] {
  const parts: DerElement[] = [];
  for (let at = outer.start; at < outer.end && parts.length < 10;) {
    const part = derElement(bytes, at, outer.end);
    if (!part) return [];
    parts.push(part);
    at = part.end;
  }
  return parts;
}

function isPkcs12(bytes: Uint8Array, at: number): boolean {
  if (!startsWith(bytes, at, [INTEGER, 1, 3, SEQUENCE])) return false;
  for (let offset = at + 5; offset <= at + 9; offset++) if (startsWith(bytes, offset, PKCS7)) return true;
  return false;
}

/** The bags that hold a key, a shrouded key or another secret (RFC 7292, 4.2: 1.2.840.113549.1.12.10.1.1, .2 and .5). */
const KEY_BAGS = [1, 2, 5].map((bag) => [OID, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, bag]);
/** PKCS#7 contents that are encrypted with a password or for somebody (1.2.840.113549.1.7.6 and .3). */
const ENCRYPTED_CONTENTS = [6, 3].map((type) => [...PKCS7, type]);

/**
 * Writers keep keys, shrouded by themselves, beside the encrypted certificates, where their object identifiers can be read.
 * Those are looked for as bytes: lengths may be indefinite and contents in pieces.
 */
function pkcs12Of(bytes: Uint8Array): BinaryKey | undefined {
  let isSealed = false;
  for (let at = bytes.indexOf(OID); at >= 0; at = bytes.indexOf(OID, at + 1)) {
    if (KEY_BAGS.some((bag) => startsWith(bytes, at, bag))) return 'pkcs12';
    isSealed ||= ENCRYPTED_CONTENTS.some((contents) => startsWith(bytes, at, contents));
  }
  return isSealed ? 'sealed-pkcs12' : undefined;
}

function startsWith(bytes: Uint8Array, at: number, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[at + index] === byte);
}

function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

const TRUSTED_CERTIFICATE = 2;

/** True when a Java key store has an entry other than trusted certificates: those before it are walked over. */
function holdsKeyEntry(bytes: Uint8Array): boolean {
  const count = uint32(bytes, 8);
  let at = 12;
  for (let index = 0; index < count && at + 6 <= bytes.length; index++) {
    if (uint32(bytes, at) !== TRUSTED_CERTIFICATE) return true;
    at += 4;
    at += 2 + ((bytes[at]! << 8) | bytes[at + 1]!) + 8;
    if (at + 2 > bytes.length) return false;
    at += 2 + ((bytes[at]! << 8) | bytes[at + 1]!);
    if (at + 4 > bytes.length) return false;
    at += 4 + uint32(bytes, at);
  }
  return false;
}
