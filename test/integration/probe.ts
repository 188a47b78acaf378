/**
 * How a fact of the table is put to a real library: arguments built from the table's own positions, keys and tokens made
 * with node:crypto alone, and the questions that a probe answers.
 */
import { createHmac, createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import { expect } from 'vitest';
import type { Api, Omitted, Position } from '../../rules/facts/libraries.js';

/** 32 bytes: fits HS256, `dir` with A256GCM and every library's minimum. */
export const KEY = 'probe-key-of-thirty-two-bytes-01';
export const OTHER = 'other-key-of-thirty-two-bytes-02';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const PRIVATE_PEM = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const PUBLIC_PEM = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
/** The public key as a JSON Web Key. */
export const PUBLIC_JWK = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'probe' };
/** A private key that has nothing to do with the pair. */
const STRANGER_PEM = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const ENCRYPTED_PEM = rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'probe' }).toString();
export const SMALL_PEM = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const P384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
/** A self-signed certificate that nobody has the key of any more: only its text is needed. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIDBzCCAe+gAwIBAgIUHSbwNwkxma1mrFR9deT1qFbN2GYwDQYJKoZIhvcNAQEL
BQAwEjEQMA4GA1UEAwwHand0bGludDAgFw0yNjExMjUwNDIwNTBaGA8yMTI2MTEw
MTA0MjA1MFowEjEQMA4GA1UEAwwHand0bGludDCCASIwDQYJKoZIhvcNAQEBBQAD
ggEPADCCAQoCggEBAKDqhdnrChu1xjCZMENlmQFnVRLiQP3VtAjJa9Huxx8Syk2q
BfFvEgOy/+S+PvFoSVZlb2m2mgGfgu8KjThm3MvMSGPKDiZ1vPJNdcN7xiviayto
552var71tq5HnbI3hxBgWeAmixjCXTwxbfstwO6bMZSNhB+29X9UuMLX6hq0/2a7
crLCZRGmxrQsNsrOMjxC/qGUXqI+i3ZXrOxzuV9Txel0MJgoGYWJPvV3z2PV+X4x
Etb0EeQBJ0YgrC/Yg7BrAZVxYRKUnvZbOQGRLLQ1C24OezfJkcMojn67kNH5ki6K
pL9PpAeMSDCazsUoT+0lG+5+V/PikkSfcR4v6p8CAwEAAaNTMFEwHQYDVR0OBBYE
FD7GzBuIqIHlGx1qSXATb7keglkyMB8GA1UdIwQYMBaAFD7GzBuIqIHlGx1qSXAT
b7keglkyMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBAAvdnG8X
5IprgQhzGvNgqAjIsVt/4K32SrkZgWNywFXcgLPrqWwl/p3U5UNvG2q6CKDaT6Y/
Iev6BOjgtA1jzZZlZgWtacDP3iI4BhCOUgi+ci5PwUuYe+DQQ8q9ARBZR63xTxwE
bAafbYMA7CeR8LNiA4rXPo7iu4FVJsFnb1tgCYJnrHJ5w36MUV4VZx/SSjI3Gi5i
wy2wy93xzjUz1PDqEyv01xgm1FahAACUOXVLpK/FKY1wjnUO/s7DN6eBUuui9ViC
Fzn8mQyb3buw5+f9P8qB/YSWc26jC+SMa4kSChVzaJTQkzMqe1vwMZ6bmOkOaaXa
cqYSKDUaqJ1ld4U=
-----END CERTIFICATE-----
`;

const SECONDS = 1000;
export const PAYLOAD = { sub: 'probe', exp: Math.floor(Date.now() / SECONDS) + 3600 };

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** An HMAC token made by hand. */
export function hmacToken(key: string | Uint8Array, algorithm: 'HS256' | 'HS384' | 'HS512' = 'HS256', payload: object = PAYLOAD): string {
  const input = `${encoded({ alg: algorithm, typ: 'JWT' })}.${encoded(payload)}`;
  return `${input}.${createHmac(`sha${algorithm.slice(2)}`, key)
    .update(input)
    .digest('base64url')}`;
}

/** A token of the RSA pair made by hand. */
export function rsaToken(algorithm: 'RS256' | 'RS512' = 'RS256', key = PRIVATE_PEM, payload: object = PAYLOAD): string {
  const input = `${encoded({ alg: algorithm, typ: 'JWT', kid: 'probe' })}.${encoded(payload)}`;
  return `${input}.${createSign(`sha${algorithm.slice(2)}`)
    .update(input)
    .sign(key, 'base64url')}`;
}

const UNSIGNED = `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(PAYLOAD)}.`;

/** The header of a compact token. */
export function headerOf(token: string): { alg?: string } {
  return JSON.parse(Buffer.from(token.split('.', 1)[0]!, 'base64url').toString()) as { alg?: string };
}

/** True when this key signed the token: an HMAC key as text, or the RSA pair above for `private`. */
function isSignedBy(token: string, key: string): boolean {
  const [header, payload, signature] = token.split('.');
  const input = `${header!}.${payload!}`;
  if (headerOf(token).alg === 'RS256') return createVerify('sha256').update(input).verify(PUBLIC_PEM, signature!, 'base64url');
  const hash = `sha${(headerOf(token).alg ?? '').slice(2)}`;
  return createHmac(hash, key).update(input).digest('base64url') === signature;
}

/** A copy of the arguments with a value at a position of the table. */
export function put(args: readonly unknown[], position: Position, value: unknown): unknown[] {
  const [index, ...way] = position;
  const copy = [...args];
  while (copy.length <= index) copy.push(undefined);
  copy[index] = inside(copy[index], way, value);
  return copy;
}

function inside(around: unknown, way: readonly string[], value: unknown): unknown {
  const [step, ...rest] = way;
  if (step === undefined) return value;
  if (step === '()') return () => inside(typeof around === 'function' ? (around as () => unknown)() : around, rest, value);
  if (step === '(cb)')
    return (...given: unknown[]): void => {
      (given.at(-1) as (error: null, key: unknown) => void)(null, inside(undefined, rest, value));
    };
  if (step === '[]') return [inside(Array.isArray(around) ? around[0] : undefined, rest, value)];
  const object = typeof around === 'object' && around !== null ? (around as Record<string, unknown>) : {};
  const name = step === '{}' ? '1' : step;
  return { ...object, [name]: inside(object[name], rest, value) };
}

/** A question that is never answered is a refusal. */
const PATIENCE = 3000;

async function answered(run: () => unknown): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error('no answer'));
    }, PATIENCE);
  });
  try {
    return await Promise.race([Promise.resolve().then(run), late]);
  } finally {
    clearTimeout(timer);
  }
}

interface Common {
  /** Functions that give a key give a promise of it. */
  readonly promises?: boolean;
  /** Arguments without a key. */
  readonly args?: (token: string) => readonly unknown[];
  /** What stands at a key position for a key of this text; by default the text itself, or bytes of it. */
  readonly key?: (text: string, position: Position) => unknown;
}

/** Something made with the key: a token, a cookie. */
export interface Makes extends Common {
  readonly makes: (args: readonly unknown[]) => unknown;
  /** True when this key made it; a JWS by default. */
  readonly opens?: (made: string, key: string) => unknown;
  /** An algorithm that it can be told to use instead of its own; HS512 by default. */
  readonly other?: string;
  /** Of what signs and verifies later on: it resolves when this token is accepted. */
  readonly verifies?: (args: readonly unknown[], token: string) => unknown;
}

/** Something that accepts what the key made: resolves when it does. */
export interface Accepts extends Common {
  readonly accepts: (args: readonly unknown[], token: string) => unknown;
  /** Makes what is accepted; an HS256 token by default. */
  readonly token?: (key: string) => Promise<string> | string;
  /** The algorithm option takes one name, not a list. */
  readonly single?: boolean;
  /** It takes a public key, and the tokens of the RSA pair. */
  readonly pair?: boolean;
  /** Claims that it demands whatever it is told. */
  readonly demands?: object;
}

/** Something that reads a token and checks nothing. */
export interface Decodes {
  readonly decodes: (token: string) => unknown;
}

/**
 * What only types say, or too much would have to be installed to call: the declaration that must be there, and in the same
 * file the options that hold the key.
 */
export interface Declares {
  readonly declares: { readonly text: string; readonly name: string; readonly options?: boolean };
}

/** A question of its own, for calls that fit none of the others. */
export interface Asks {
  readonly asks: (api: Api) => Promise<void>;
}

/** A constructor or method that takes nothing that the table knows; `true` when it makes unsigned tokens. */
export interface Unsigned {
  readonly unsigned: () => unknown;
}

export type Probe = Makes | Accepts | Decodes | Declares | Unsigned | Asks;

const INSECURE: Readonly<Record<string, { readonly key: unknown; readonly publicKey: unknown; readonly algorithm: string }>> = {
  allowInsecureKeySizes: { key: SMALL_PEM, publicKey: undefined, algorithm: 'RS256' },
  allowInvalidAsymmetricKeyTypes: {
    key: P384.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey: P384.publicKey.export({ type: 'spki', format: 'pem' }),
    algorithm: 'ES256',
  },
};

async function outcome(run: () => unknown): Promise<'accepted' | 'refused'> {
  try {
    await answered(run);
    return 'accepted';
  } catch {
    return 'refused';
  }
}

/** How jsonwebtoken 9 refuses small keys and keys of the wrong kind. */
const REFUSALS = /minimum key size|requires curve/;

async function complaint(run: () => unknown): Promise<string | undefined> {
  try {
    await answered(run);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Puts every fact of a table row to the library. */
export async function check(api: Api, probe: Probe): Promise<void> {
  if ('declares' in probe) {
    const { text, name, options } = probe.declares;
    expect(text).toMatch(new RegExp(`(?:interface|type|class|function|const) ${name}\\b|\\b${name}\\b,?`));
    const members = options ? (api.key ?? []).flatMap((position) => position.slice(1)).filter((step) => /^\w+$/.test(String(step))) : [];
    for (const member of members) expect(text, `option ${String(member)}`).toMatch(new RegExp(`\\b${String(member)}\\??:`));
    return;
  }
  if ('asks' in probe) {
    await probe.asks(api);
    return;
  }
  if ('unsigned' in probe) {
    expect(headerOf((await probe.unsigned()) as string).alg).toBe('none');
    return;
  }
  if ('decodes' in probe) {
    expect(api.kind).toBe('decode');
    expect(JSON.stringify(await probe.decodes(`${hmacToken(KEY).slice(0, -6)}AAAAAA`))).toMatch(/probe|HS256/);
    return;
  }
  expect(api.kind).not.toBe('decode');
  expect(api.key, 'a call that takes a key says where').toBeDefined();
  if ('makes' in probe) await checkMaker(api, probe);
  else await checkVerifier(api, probe);
}

function keyFor(api: Api, probe: Common, text: string, position: Position): unknown {
  const given = keyOf(api, probe, text, position);
  return probe.promises && position.at(-1) === '()' ? Promise.resolve(given) : given;
}

function keyOf(api: Api, probe: Common, text: string, position: Position): unknown {
  return probe.key ? probe.key(text, position) : api.noStringKeys ? new TextEncoder().encode(text) : text;
}

/** The position that stands beside another, where a call takes its options in several forms; never one that it would replace. */
function besides(positions: readonly Position[], at: Position): Position {
  const free = positions.filter((position) => !position.every((step, index) => step === at[index]));
  const isBeside = (position: Position): boolean => JSON.stringify(position.slice(0, -1)) === JSON.stringify(at.slice(0, -1));
  return free.find(isBeside) ?? free[0] ?? positions[0]!;
}

async function checkMaker(api: Api, probe: Makes): Promise<void> {
  const base = probe.args?.('') ?? [];
  const opens = probe.opens ?? isSignedBy;
  for (const position of api.key ?? []) {
    const given = keyFor(api, probe, KEY, position);
    const made = (await answered(() => probe.makes(put(base, position, given)))) as string;
    expect(await opens(made, KEY), `key at ${JSON.stringify(position)}`).toBe(true);
    if (given !== PRIVATE_PEM && !String(JSON.stringify(given)).includes('PRIVATE'))
      expect(await opens(made, OTHER), `key at ${JSON.stringify(position)}`).toBe(false);
  }
  const first = api.key![0]!;
  const plain = put(base, first, keyFor(api, probe, KEY, first));
  for (const position of api.algorithm ?? []) {
    const other = probe.other ?? 'HS512';
    const made = (await probe.makes(put(plain, position, other))) as string;
    expect(headerOf(made).alg, `algorithm at ${JSON.stringify(position)}`).toBe(other);
  }
  const withRoom = (at: Position): readonly unknown[] => {
    const position = besides(api.key!, at);
    return put(base, position, keyFor(api, probe, KEY, position));
  };
  await checkExpiry(api, probe, withRoom);
  if (probe.verifies) {
    const { verifies } = probe;
    const accepts = (args: (token: string) => readonly unknown[], token: string): Promise<'accepted' | 'refused'> =>
      outcome(() => verifies(args(token), token));
    await checkChecks(
      api,
      accepts,
      (at) => () => withRoom(at),
      (claims) => hmacToken(KEY, 'HS256', claims),
    );
  } else expect([api.waivers, api.tolerance, api.claims], 'switches that nothing asks about').toEqual([undefined, undefined, undefined]);
  if (api.noStringKeys) expect(await outcome(() => probe.makes(put(base, first, KEY)))).toBe('refused');
  for (const position of api.insecure ?? []) {
    const { key, algorithm } = INSECURE[String(position.at(-1))]!;
    const weak = put(put(base, first, key), api.algorithm![1]!, algorithm);
    expect(await complaint(() => probe.makes(weak))).toMatch(REFUSALS);
    expect((await complaint(() => probe.makes(put(weak, position, true)))) ?? '').not.toMatch(REFUSALS);
  }
}

const now = (): number => Math.floor(Date.now() / SECONDS);

/** Claims of a compact token. */
function claimsOf(token: string): { exp?: number } {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { exp?: number };
}

/** Every option that gives a token its end, in the units that the table says. */
async function checkExpiry(api: Api, probe: Makes, args: (at: Position) => readonly unknown[]): Promise<void> {
  for (const { at, method, unit, digitsAreMilliseconds } of api.expiry ?? []) {
    // Chained methods are asked where the chain is made.
    if (method !== undefined || unit === 'epoch') continue;
    const plain = api.payload && !api.payloadOf ? put(args(at), api.payload, { sub: 'probe' }) : args(at);
    const ends = async (value: unknown): Promise<number> =>
      (claimsOf((await probe.makes(put(plain, at, value))) as string).exp ?? 0) - now();
    const minute = unit === 'text' ? '60s' : unit === 'seconds' ? 60 : 60 * SECONDS;
    if (unit === 'text') expect(await outcome(() => ends(60))).toBe('refused');
    const slack = 5;
    expect(Math.abs((await ends(minute)) - 60), `expiry at ${JSON.stringify(at)}`).toBeLessThan(slack);
    if (digitsAreMilliseconds)
      expect(Math.abs((await ends(String(60 * SECONDS))) - 60), `digits at ${JSON.stringify(at)}`).toBeLessThan(slack);
  }
}

/** Every switch, leeway and demand of a verification that the table knows. */
async function checkChecks(
  api: Api,
  accepts: (args: (token: string) => readonly unknown[], token: string) => Promise<'accepted' | 'refused'>,
  /** Arguments that leave room for something at a position. */
  args: (at: Position) => (token: string) => readonly unknown[],
  token: (claims: object) => string,
): Promise<void> {
  const expired = token({ sub: 'probe', exp: now() - 30 });
  const early = token({ sub: 'probe', exp: now() + 3600, nbf: now() + 600 });
  for (const { at, is, of } of api.waivers ?? []) {
    // Whose key is taken is asked where the token brings one.
    if (of === 'key') continue;
    const refused = of === 'expiration' ? expired : of === 'not-before' ? early : `${token(PAYLOAD).slice(0, -6)}AAAAAA`;
    expect(await accepts((given) => put(args(at)(given), at, !is), refused), `${of} without ${JSON.stringify(at)}`).toBe('refused');
    expect(await accepts((given) => put(args(at)(given), at, is), refused), `${of} with ${JSON.stringify(at)}`).toBe('accepted');
  }
  for (const { at, unit } of api.tolerance ?? []) {
    expect(await accepts(args(at), expired), 'an expired token').toBe('refused');
    const leeway = (value: number) => (given: string) => put(args(at)(given), at, value);
    expect(await accepts(leeway(unit === 'seconds' ? 60 : 60 * SECONDS), expired), `tolerance at ${JSON.stringify(at)}`).toBe('accepted');
    if (unit === 'milliseconds') expect(await accepts(leeway(60), expired)).toBe('refused');
  }
  for (const at of api.claims ?? []) {
    const another = token({ ...PAYLOAD, iss: 'another', aud: 'another' });
    expect(await accepts(args(at), another), 'a token of another').toBe('accepted');
    expect(await accepts((given) => put(args(at)(given), at, 'someone'), another), `demanded at ${JSON.stringify(at)}`).toBe('refused');
  }
}

async function checkVerifier(api: Api, probe: Accepts): Promise<void> {
  const payload = { ...PAYLOAD, ...probe.demands };
  const make = probe.token ?? ((key: string) => (probe.pair ? rsaToken('RS256', key, payload) : hmacToken(key, 'HS256', payload)));
  const [one, other] = probe.pair ? (['RS256', 'RS512'] as const) : (['HS256', 'HS512'] as const);
  const ownKey = probe.pair ? PUBLIC_PEM : KEY;
  const otherToken = (): string => (probe.pair ? rsaToken('RS512', PRIVATE_PEM, payload) : hmacToken(KEY, 'HS512', payload));
  const accepts = (args: (token: string) => readonly unknown[], token: string): Promise<'accepted' | 'refused'> =>
    outcome(() => probe.accepts(args(token), token));
  const base = probe.args ?? ((): readonly unknown[] => []);
  const listed = (args: readonly unknown[], names: readonly string[], position = api.algorithms?.[0]): readonly unknown[] =>
    position ? put(args, position, probe.single ? names[0] : names) : args;
  const withKey = (token: string, key: unknown, position = api.key![0]!): readonly unknown[] => put(base(token), position, key);

  const [right, wrong] = probe.pair ? [await make(PRIVATE_PEM), await make(STRANGER_PEM)] : [await make(KEY), await make(OTHER)];
  for (const position of api.key ?? []) {
    const given = keyFor(api, probe, ownKey, position);
    // A key that stands for the whole options leaves no room for algorithms beside it.
    const isWhole = position.every((step, index) => api.algorithms?.[0]?.[index] === step);
    const args = (token: string): readonly unknown[] =>
      isWhole ? withKey(token, given, position) : listed(withKey(token, given, position), [one]);
    expect(await accepts(args, right), `key at ${JSON.stringify(position)}`).toBe('accepted');
    expect(await accepts(args, wrong), `another key at ${JSON.stringify(position)}`).toBe('refused');
  }
  const key = keyFor(api, probe, ownKey, api.key![0]!);
  for (const position of api.algorithms ?? []) {
    const args =
      (names: readonly string[]) =>
      (token: string): readonly unknown[] =>
        listed(withKey(token, key), names, position);
    expect(await accepts(args([other]), otherToken()), `${other} listed at ${JSON.stringify(position)}`).toBe('accepted');
    expect(await accepts(args([one]), otherToken()), `${one} listed at ${JSON.stringify(position)}`).toBe('refused');
  }
  await checkChecks(
    api,
    accepts,
    (at) => (token) => {
      const position = besides(api.key!, at);
      return listed(withKey(token, keyFor(api, probe, ownKey, position), position), [one], besides(api.algorithms ?? [], at));
    },
    (claims) => (probe.pair ? rsaToken('RS256', PRIVATE_PEM, claims) : hmacToken(KEY, 'HS256', claims)),
  );
  if (api.noStringKeys) {
    const args = (token: string): readonly unknown[] => listed(withKey(token, KEY), ['HS256']);
    expect(await accepts(args, right), 'a plain string is no key').toBe('refused');
  }
  if (api.kind === 'verify' || api.algorithms) {
    expect(api.omitted, 'a verification says what happens without algorithms').toBeDefined();
    expect(await omitted()).toBe(api.omitted);
  }
  if (api.kind === 'verify') {
    const accepted = await accepts((token) => withKey(token, ''), UNSIGNED);
    expect(accepted === 'accepted', 'an unsigned token with an empty key').toBe(api.falsyKeyAcceptsNone ?? false);
  }
  for (const position of api.insecure ?? []) {
    const { publicKey, algorithm } = INSECURE[String(position.at(-1))]!;
    const input = `${encoded({ alg: algorithm, typ: 'JWT' })}.${encoded(PAYLOAD)}`;
    const token = `${input}.${createSign('sha256').update(input).sign({ key: P384.privateKey, dsaEncoding: 'ieee-p1363' }, 'base64url')}`;
    const plain = listed(withKey(token, publicKey), [algorithm]);
    expect(await complaint(() => probe.accepts(plain, token))).toMatch(REFUSALS);
    expect((await complaint(() => probe.accepts(put(plain, position, true), token))) ?? '').not.toMatch(REFUSALS);
  }

  /** What this verification really does without an algorithm list. */
  async function omitted(): Promise<Omitted> {
    const first = api.key![0]!;
    const given = (text: string) => (token: string) => withKey(token, keyFor(api, probe, text, first));
    const plain = (value: unknown) => (token: string) => withKey(token, value);
    if ((await accepts(given(ownKey), right)) === 'refused') return 'required';
    if ((await accepts(given(ownKey), otherToken())) === 'refused') return 'fixed';
    if (probe.pair) return (await accepts(given(PUBLIC_PEM), hmacToken(PUBLIC_PEM))) === 'accepted' ? 'unsafe' : 'by-key-type';
    const isPublic = api.noStringKeys ? rsa.publicKey : PUBLIC_PEM;
    const nothing = await Promise.all(api.key!.map((position) => accepts((token) => withKey(token, undefined, position), UNSIGNED)));
    const attacks = [
      ...nothing,
      await accepts(plain(''), UNSIGNED),
      await accepts(plain(CERTIFICATE), hmacToken(CERTIFICATE)),
      await accepts(plain(isPublic), hmacToken(PUBLIC_PEM)),
    ];
    if (attacks.includes('accepted')) return 'unsafe';
    return (await accepts(plain(isPublic), rsaToken())) === 'accepted' ? 'by-key-type' : 'hmac-any';
  }
}
