/**
 * Complete tokens in any text: JWS and JWE in compact serialization (RFC 7515, 3.1; RFC 7516, 3.1), decoded rather than
 * only matched, as they are or wrapped once more in base64; and what such a token is worth to whoever finds it.
 */
import type { Level, Span } from '../contract.js';
import { bytesIn, latin1Of } from './base64.js';

/** A JSON object, as headers and claims are. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One complete token. The span is that of the whole token, or of the base64 around it. */
export interface Token extends Span {
  readonly kind: 'JWS' | 'JWE';
  /** The compact serialization itself, without base64 around it. A secret. */
  readonly compact: string;
  readonly header: JsonObject;
  /** `alg` of the header where it is a registered name, else `other`: a header may hold any text. */
  readonly algorithm: string;
  /** The claims; undefined for a JWE, where they are encrypted. */
  readonly claims: JsonObject | undefined;
  /** Last part: the signature of a JWS, the authentication tag of a JWE. */
  readonly signature: string;
}

/** How a header begins in base64url: `{"`, `{ "`, `{` and a line break followed by a blank, a tab or a quotation mark. */
const HEADER_MARKS: readonly string[] = ['eyJ', 'eyAi', 'ewog', 'ewoJ', 'ewoi', 'ew0K'];

/** How the headers begin in base64url that name their algorithm, type or key first, as issuers write them. */
const USUAL_HEADERS: readonly string[] = ['eyJhbGciOi', 'eyJ0eXAiOi', 'eyJraWQiOi'];

/**
 * How a token begins in base64, with the place of that mark in a group of four: `eyJ` where the group begins with it, and the
 * usual headers where one or two bytes stand before them.
 */
const WRAPPED_MARKS: ReadonlyMap<string, number> = new Map([
  ['ZXlK', 0],
  ...[1, 2].flatMap((before) =>
    USUAL_HEADERS.map((header): [string, number] => {
      const characters = Math.floor(((before + header.length) * 4) / 3);
      return [btoa('-'.repeat(before) + header).slice(before + 1, characters), before + 1];
    }),
  ),
]);

/** Every text that holds a token holds one of these, so a search for them decides whether to look closer. */
export const TOKEN_MARKS: readonly string[] = [...HEADER_MARKS, ...WRAPPED_MARKS.keys()];

/** Longest header or payload that is decoded, in characters; servers refuse request headers far below it. */
const MAX_PART = 64 * 1024;

/** Characters of the shortest header that names an algorithm: `{"alg":"dir"}` has 13 bytes. */
const MIN_HEADER = 18;

/** Starts that are tried within one run of base64url characters: a header may follow other text, as in `jwt_eyJ…`. */
const MAX_STARTS = 4;

/** Bytes of a signature (RFC 7518, 3; RFC 8037, 3.1; RFC 8812, 3.2). */
const SIGNATURE_BYTES: Readonly<Record<string, readonly number[]>> = {
  HS256: [32],
  HS384: [48],
  HS512: [64],
  ES256: [64],
  ES256K: [64],
  ES384: [96],
  ES512: [132],
  EdDSA: [64, 114],
  Ed25519: [64],
  Ed448: [114],
};

const RSA_ALGORITHMS: ReadonlySet<string> = new Set(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']);

/** RSA signatures are as long as the modulus: 1024 to 8192 bits, in steps of 512, so that a shortened one is told. */
const RSA_BYTES = { least: 128, most: 1024, step: 64 } as const;

/** Bytes of a signature by an algorithm we do not know, at least. */
const UNKNOWN_SIGNATURE_BYTES = 32;

/** Key management algorithms of JWE (RFC 7518, 4.1). */
const JWE_ALGORITHMS: ReadonlySet<string> = new Set([
  ...['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512', 'A128KW', 'A192KW', 'A256KW', 'dir'],
  ...['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW', 'A128GCMKW', 'A192GCMKW', 'A256GCMKW'],
  ...['PBES2-HS256+A128KW', 'PBES2-HS384+A192KW', 'PBES2-HS512+A256KW'],
]);

/** Bytes of the initialization vector and of the tag by `enc` (RFC 7518, 5.1). */
const ENCRYPTIONS: Readonly<Record<string, { readonly iv: number; readonly tag: number }>> = {
  'A128CBC-HS256': { iv: 16, tag: 16 },
  'A192CBC-HS384': { iv: 16, tag: 24 },
  'A256CBC-HS512': { iv: 16, tag: 32 },
  A128GCM: { iv: 12, tag: 16 },
  A192GCM: { iv: 12, tag: 16 },
  A256GCM: { iv: 12, tag: 16 },
};

/**
 * All complete tokens of a text, without overlap, also those in base64: of the token itself, or of what holds it, such as the
 * body of a recorded answer. Elided, shortened and unsigned ones are none.
 */
export function* tokensIn(text: string): Iterable<Token> {
  if (TOKEN_MARKS.some((mark) => text.includes(mark))) yield* tokensFrom(text, TOKEN_MARKS);
}

function* tokensFrom(text: string, marks: readonly string[]): Iterable<Token> {
  const start = new RegExp(marks.join('|'), 'g');
  let runEnd = 0;
  let tries = 0;
  /** The base64 around a wrapped mark, and where its groups began as far as it was looked into. */
  let wrap: Span = { start: 0, end: 0 };
  const decoded = new Set<number>();
  for (let match = start.exec(text); match; match = start.exec(text)) {
    const at = match.index;
    const inGroup = WRAPPED_MARKS.get(match[0]);
    if (inGroup !== undefined) {
      if (at >= wrap.end) {
        wrap = wrapAround(text, at, wrap.end);
        decoded.clear();
      }
      const groups = at - inGroup - wrap.start;
      if (groups < 0 || decoded.has(groups % 4)) continue;
      decoded.add(groups % 4);
      for (const token of tokensInside(text, { start: wrap.start + (groups % 4), end: wrap.end })) {
        yield token;
        start.lastIndex = Math.max(start.lastIndex, token.end);
      }
      continue;
    }
    if (at >= runEnd) {
      runEnd = endOfRun(text, at);
      tries = 0;
    }
    const token = tries++ < MAX_STARTS ? tokenAt(text, at, runEnd) : undefined;
    if (token) {
      yield token;
      start.lastIndex = token.end;
    }
  }
}

function endOfRun(text: string, at: number): number {
  const run = /[\w-]*/y;
  run.lastIndex = at;
  run.test(text);
  return run.lastIndex;
}

/** The run of base64 characters around a place, from `least` on, with its padding. */
function wrapAround(text: string, at: number, least: number): Span {
  let start = at;
  while (start > least && BASE64_CHARACTER.test(text[start - 1]!)) start--;
  const run = /[\w+/-]+={0,2}/y;
  run.lastIndex = at;
  run.test(text);
  return { start, end: run.lastIndex };
}

const BASE64_CHARACTER = /[\w+/-]/;

/** The tokens inside base64 (either alphabet). */
function* tokensInside(text: string, { start, end }: Span): Iterable<Token> {
  const encoded = text.slice(start, end).replace(/=+$/, '');
  const inner = latin1Of(encoded.length % 4 === 1 ? encoded.slice(0, -1) : encoded);
  if (inner === undefined) return;
  for (const token of tokensFrom(inner, HEADER_MARKS)) {
    const isLast = inner.slice(token.end).trim() === '';
    yield { ...token, start: start + Math.floor((token.start * 4) / 3), end: isLast ? end : start + Math.ceil((token.end * 4) / 3) };
  }
}

/** The token whose header stands from `start` to `headerEnd`. */
function tokenAt(text: string, start: number, headerEnd: number): Token | undefined {
  if (text[headerEnd] !== '.' || headerEnd - start < MIN_HEADER) return undefined;
  const header = objectOf(text.slice(start, Math.min(headerEnd, start + MAX_PART + 1)));
  if (typeof header?.['alg'] !== 'string') return undefined;
  const parts: Span[] = [];
  for (let at = headerEnd; text[at] === '.' && parts.length < 4; at = parts.at(-1)!.end) {
    parts.push({ start: at + 1, end: endOfRun(text, at + 1) });
  }
  const partOf = (index: number): string => text.slice(parts[index]!.start, parts[index]!.end);
  if (header['enc'] !== undefined) {
    if (typeof header['enc'] !== 'string' || parts.length < 4) return undefined;
    const { iv, tag } = ownValue(ENCRYPTIONS, header['enc']) ?? {};
    const tagLength =
      iv !== undefined && bytesIn(partOf(1).length) === iv && parts[2]!.end > parts[2]!.start && lengthOfPart(partOf(3), [tag!]);
    if (!tagLength) return undefined;
    const end = parts[3]!.start + tagLength;
    const algorithm = JWE_ALGORITHMS.has(header['alg']) ? header['alg'] : 'other';
    const span = { start, end, compact: text.slice(start, end) };
    return { kind: 'JWE', ...span, header, algorithm, claims: undefined, signature: text.slice(parts[3]!.start, end) };
  }
  if (parts.length < 2) return undefined;
  const length = signatureLength(header['alg'], partOf(1));
  const claims =
    length === undefined ? undefined : objectOf(text.slice(parts[0]!.start, Math.min(parts[0]!.end, parts[0]!.start + MAX_PART + 1)));
  if (length === undefined || claims === undefined) return undefined;
  const end = parts[1]!.start + length;
  const known = ownValue(SIGNATURE_BYTES, header['alg']) !== undefined || RSA_ALGORITHMS.has(header['alg']);
  return {
    kind: 'JWS',
    start,
    end,
    compact: text.slice(start, end),
    header,
    algorithm: known ? header['alg'] : 'other',
    claims,
    signature: text.slice(parts[1]!.start, end),
  };
}

/** How many characters of a run are the signature; undefined when it cannot be one of this algorithm. */
function signatureLength(algorithm: string, run: string): number | undefined {
  const exact = ownValue(SIGNATURE_BYTES, algorithm);
  if (exact) return lengthOfPart(run, exact);
  const bytes = bytesIn(run.length);
  if (bytes === undefined || algorithm.toLowerCase() === 'none') return undefined;
  if (!RSA_ALGORITHMS.has(algorithm)) return bytes >= UNKNOWN_SIGNATURE_BYTES ? run.length : undefined;
  return bytes >= RSA_BYTES.least && bytes <= RSA_BYTES.most && bytes % RSA_BYTES.step === 0 ? run.length : undefined;
}

/** The length in characters that a part of one of these sizes has at the start of a run; only `_` and `-` may follow (`-->`). */
function lengthOfPart(run: string, sizes: readonly number[]): number | undefined {
  return sizes.map((bytes) => Math.ceil((bytes * 4) / 3)).find((length) => run.length >= length && /^[-_]{0,4}$/.test(run.slice(length)));
}

/** A JSON object in base64url; undefined for anything else and beyond {@link MAX_PART}. */
function objectOf(encoded: string): JsonObject | undefined {
  if (encoded.length > MAX_PART) return undefined;
  const bytes = latin1Of(encoded);
  if (bytes === undefined) return undefined;
  // A thrown SyntaxError costs as much as parsing kilobytes: what cannot be an object is told before.
  if (!bytes.trimStart().startsWith('{') || !bytes.trimEnd().endsWith('}')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return isObject(value) ? value : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownValue<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

// --- what a token is worth -----------------------------------------------------------------------------------------

/** What a token means to whoever finds it. */
export interface TokenGrade {
  readonly grade: Level;
  /** A clause that completes "this token ...", without any part of the token but words known beforehand. */
  readonly reason: string;
  /** False for samples, for tokens that no server accepts any more and for those that no server seems to have issued. */
  readonly live: boolean;
}

/** Seconds after which a lifetime is long: 30 days. */
const LONG_LIFETIME = 30 * 24 * 60 * 60;

/** Signatures of tokens that documentation prints: jwt.io's over the years, Supabase's for local use. */
const SAMPLE_SIGNATURES: ReadonlySet<string> = new Set([
  'SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c',
  'XbPfbIHMI6arZ3Y922BhjWgQzWXcXNrz0ogtVhfEd2o',
  'KMUFsIDTnFmyG3nMiGM6H9FNFUROf3wh7SmqJp-QV30',
  'TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ',
  '39jkN-bckg4fbZQEb0xHIxzYL9qI_g4c4WyzEYNHZok',
  'xTauSR2dlM1bJuIiwlRHy0Sj-66g5_7qL2RKWT2u5J4',
  'CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0',
  'EGIM96RAZx35lJzdJsyH-qQwv8Hdp7fsn3W0YpN81IU',
  'dc_X5iR_VP_qT0zsiyj_I_OZ2T9FtRU2BBNWN8Bu4GE',
  'DaYlNEoUrrEn2Ig7tqibS-PHK5vgusbcbo7X36XVt4Q',
]);

/** Subject of jwt.io's sample, whatever it is signed with. */
const SAMPLE_SUBJECT = '1234567890';
/** Issuer of Supabase's sample keys. */
const SAMPLE_ISSUER = 'supabase-demo';

/**
 * Grades a token: `error` where it gives much (a service or admin role) or for long, `info` where it gives nothing
 * (expired, a sample, a public role), `warning` otherwise.
 *
 * @param now seconds since the epoch
 */
export function classifyToken(token: Token, now: number): TokenGrade {
  const { claims } = token;
  const of = (grade: Level, live: boolean, reason: string): TokenGrade => ({ grade, live, reason });
  if (SAMPLE_SIGNATURES.has(token.signature)) return of('info', false, 'is a sample that documentation prints');
  if (!claims) return of('warning', true, 'is encrypted, so that nothing tells what it grants and for how long');
  if (claims['iss'] === SAMPLE_ISSUER || String(claims['sub']) === SAMPLE_SUBJECT)
    return of('info', false, 'is a sample that documentation prints');
  const expiry = secondsOf(claims['exp']);
  if (expiry !== undefined && expiry <= now) return of('info', false, 'has expired');
  if (provesOnly(token.header, claims)) return of('info', false, 'proves or states something, and lets nobody in by itself');
  if (claims['role'] === 'anon') return of('info', true, 'has the role `anon`, which is made to be public');
  const power = powerOf(claims);
  if (power)
    return of(
      'error',
      true,
      power === 'service_role' ? 'has the role `service_role`, which passes all access rules' : 'gives admin rights',
    );
  // Whatever issues tokens stamps them; one without a stamp was put together by hand, as tests do.
  const stamped = ['iat', 'nbf', 'jti'].some((claim) => claims[claim] !== undefined);
  if (expiry === undefined) return of('error', stamped && namesSomething(claims), 'never expires');
  const since = secondsOf(claims['iat']) ?? secondsOf(claims['nbf']) ?? now;
  if (expiry - since > LONG_LIFETIME) return of('error', true, 'is valid for more than 30 days');
  return of('warning', true, 'has not expired yet');
}

/**
 * Types of tokens that are no bearer's (RFC 6750): who shows one needs a key besides, or only learns what it says. W3C's
 * credentials and presentations, SD-JWT (RFC 9901) with its key binding, proofs of possession (RFC 9449, OpenID4VCI), security
 * events (RFC 8417), signed requests (RFC 9101), statements of OpenID Federation, lists of states, calls (RFC 8225).
 */
const NO_BEARER =
  /^(?:application\/)?(?:(?:(?:vc|dc)\+)?sd-jwt|sd\+jwt|(?:vc|vp)(?:\+ld)?(?:\+json)?\+jwt|(?:kb|dpop|openid4vci-proof|secevent|logout|oauth-authz-req|entity-statement|trust-mark|statuslist)\+jwt|passport)$/i;

/** True for a token that only states or proves something: a credential, a proof of a key, an event, or one that a DID signs for itself. */
function provesOnly(header: JsonObject, claims: JsonObject): boolean {
  if (typeof header['typ'] === 'string' && NO_BEARER.test(header['typ'])) return true;
  if (isObject(claims['vc']) || isObject(claims['vp']) || isObject(claims['events'])) return true;
  if (claims['_sd_alg'] !== undefined || claims['sd_hash'] !== undefined) return true;
  // Who connects to NATS signs a nonce besides, unless the token says that it is a bearer's.
  if (isObject(claims['nats'])) return claims['nats']['bearer_token'] !== true;
  return [claims['iss'], header['kid']].some((name) => typeof name === 'string' && name.startsWith('did:'));
}

/** Claims of a token's life and way, which name nobody and grant nothing; by its `jti` a server may know it. */
const LIFE_CLAIMS: ReadonlySet<string> = new Set(['iat', 'nbf', 'exp', 'iss', 'aud']);

/** True when a token says more than when, by whom and for whom it was issued. */
function namesSomething(claims: JsonObject): boolean {
  return Object.keys(claims).some((claim) => !LIFE_CLAIMS.has(claim));
}

/** A NumericDate (RFC 7519, 2); some issuers write it as text. */
function secondsOf(claim: unknown): number | undefined {
  if (typeof claim === 'number') return claim;
  return typeof claim === 'string' && /^\d{1,15}$/.test(claim) ? Number(claim) : undefined;
}

/** Claims that name roles or rights, and flags of administrators; in lower case, without separators. */
const ROLE_CLAIMS: ReadonlySet<string> = new Set([
  ...['role', 'roles', 'userrole', 'userroles', 'authorities', 'scope', 'scopes', 'scp', 'permissions', 'groups', 'xhasuradefaultrole'],
]);
const ADMIN_FLAGS: ReadonlySet<string> = new Set(['admin', 'isadmin', 'superuser', 'issuperuser', 'superadmin', 'issuperadmin']);
const ADMIN_ROLES: ReadonlySet<string> = new Set([
  'admin',
  'administrator',
  'superadmin',
  'superuser',
  'roleadmin',
  'supabaseadmin',
  'root',
]);

/** Claims that are looked at, nested ones included. */
const MAX_CLAIMS = 500;

/** The most powerful role that the claims name. */
function powerOf(claims: JsonObject): 'service_role' | 'admin' | undefined {
  let admin = false;
  let budget = MAX_CLAIMS;
  const open = [claims];
  for (let object = open.pop(); object; object = open.pop()) {
    for (const [name, value] of Object.entries(object)) {
      if (budget-- === 0) return admin ? 'admin' : undefined;
      const claim = plain(name);
      if (isObject(value)) open.push(value);
      else if (ROLE_CLAIMS.has(claim)) {
        const words = (Array.isArray(value) ? value : [value]).slice(0, MAX_CLAIMS).flatMap((role) => rolesOf(role));
        if (words.includes('service_role')) return 'service_role';
        admin ||= words.some((word) => ADMIN_ROLES.has(plain(word)) || /^admin:|:admin$/.test(word));
      } else if (ADMIN_FLAGS.has(claim)) admin ||= value === true || value === 1 || value === 'true';
    }
  }
  return admin ? 'admin' : undefined;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[-_]/g, '');
}

/** The words of a role or scope claim: one role, or several with blanks or commas between. */
function rolesOf(role: unknown): string[] {
  return typeof role === 'string' ? role.slice(0, MAX_PART).toLowerCase().split(/[\s,]/) : [];
}
