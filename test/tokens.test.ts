import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Text } from '../rules/contract.js';
import { classifyToken, tokensIn, TOKEN_MARKS, type Token } from '../rules/facts/tokens.js';
import rule from '../rules/no-committed-token.js';
import { growth, LINEAR } from './growth.js';
import { seededRandom } from './seeded-random.js';

const NOW = 2_000_000_000;
const DAY = 86_400;
const random = seededRandom(11);
/** Bytes that are the same in every run: where a token ends may depend on its last characters. */
const randomBytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));

const KEY = randomBytes(64);

function encoded(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

function hmacToken(claims: unknown, header: unknown = { alg: 'HS256', typ: 'JWT' }, hash = 'sha256'): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${createHmac(hash, KEY).update(input).digest('base64url')}`;
}

/** A JWS whose signature is so many random bytes: as good as a real one where only the length is known. */
function sized(alg: string, bytes: number): string {
  return `${encoded({ alg })}.${encoded({ sub: 'alice' })}.${randomBytes(bytes).toString('base64url')}`;
}

function jwe(enc: string, iv: number, tag: number, wrappedKey = 40): string {
  const header = encoded({ alg: wrappedKey > 0 ? 'A256KW' : 'dir', enc });
  return [header, ...[wrappedKey, iv, 77, tag].map((bytes) => randomBytes(bytes).toString('base64url'))].join('.');
}

function only(text: string): Token {
  const tokens = [...tokensIn(text)];
  expect(tokens).toHaveLength(1);
  return tokens[0]!;
}

const LIVE = hmacToken({ sub: 'alice' });

describe('tokensIn', () => {
  test.each([
    ['alone', '', ''],
    ['in quotation marks', 'const t = "', '";'],
    ['after Bearer', 'Authorization: Bearer ', '\r\n'],
    ['in a sentence', 'The token is ', '. It works.'],
    ['before an ellipsis', 'now ', '... and so on'],
    ['in a query', 'https://example.com/?a=1&token=', '&b=2'],
    ['after a percent escape', 'auth=Bearer%20', '%22'],
    ['after an escaped line break', String.raw`"token:\n`, String.raw`\n"`],
    ['after a word', 'jwt_', ' '],
    ['in emphasis', '_', '_ and more'],
    ['in a comment of HTML', '<!--', '-->'],
    ['in a signed cookie', 's:', '.c2lnbmVkLWFnYWlu'],
    ['among other characters', '日本語 😀 ', ' ñ'],
  ])('%s', (_, before, after) => {
    const token = only(before + LIVE + after);
    expect([token.start, token.end]).toEqual([before.length, before.length + LIVE.length]);
    expect(token).toMatchObject({ kind: 'JWS', algorithm: 'HS256', claims: { sub: 'alice' } });
    expect(token.compact === LIVE).toBe(true);
  });

  test.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
    ['ES256', 64],
    ['ES256K', 64],
    ['ES384', 96],
    ['ES512', 132],
    ['EdDSA', 64],
    ['EdDSA', 114],
    ['RS256', 128],
    ['PS256', 256],
    ['RS512', 512],
  ])('%s with a signature of %i bytes, and no other', (alg, bytes) => {
    expect(only(` ${sized(alg, bytes)} `).algorithm).toBe(alg);
    for (const wrong of [bytes - 1, bytes + 3, 16]) expect([...tokensIn(sized(alg, wrong))]).toEqual([]);
  });

  test('signatures of node:crypto', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const input = `${encoded({ alg: 'ES256' })}.${encoded({ sub: 'alice' })}`;
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    expect(only(`${input}.${signature.toString('base64url')}`).algorithm).toBe('ES256');
  });

  test('an algorithm that is not registered is not named', () => {
    for (const alg of ['made-up', 'constructor', '__proto__']) expect(only(sized(alg, 40)).algorithm).toBe('other');
    expect([...tokensIn(sized('made-up', 20))]).toEqual([]);
  });

  test.each([
    ['A128GCM', 12, 16],
    ['A256GCM', 12, 16],
    ['A128CBC-HS256', 16, 16],
    ['A256CBC-HS512', 16, 32],
  ])('JWE, %s', (enc, iv, tag) => {
    for (const wrappedKey of [40, 0]) {
      const text = jwe(enc, iv, tag, wrappedKey);
      const token = only(`"${text}"`);
      expect(token).toMatchObject({ kind: 'JWE', start: 1, end: 1 + text.length, claims: undefined });
      expect([...tokensIn(text.slice(0, text.lastIndexOf('.')))]).toEqual([]);
    }
    expect([...tokensIn(jwe(enc, iv + 1, tag))]).toEqual([]);
    expect([...tokensIn(jwe(enc, iv, tag + 1))]).toEqual([]);
  });

  test.each([
    '{"alg":"HS256"}',
    '{ "alg": "HS256" }',
    '{\n  "alg": "HS256"\n}',
    '{\n\t"alg": "HS256"}',
    '{\n"alg":"HS256"}',
    '{\r\n "alg":"HS256"}',
  ])('a header written as %j', (header) => {
    const text = hmacToken({ sub: 'alice' }, header);
    expect(TOKEN_MARKS.some((mark) => text.includes(mark))).toBe(true);
    expect(only(text).algorithm).toBe('HS256');
  });

  test('wrapped in base64, in both alphabets, with what stands after it', () => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const wrapped = Buffer.from(`${LIVE}\n`).toString(encoding);
      const token = only(`token: ${wrapped}\n`);
      expect([token.start, token.end]).toEqual([7, 7 + wrapped.length]);
      expect(token.compact === LIVE).toBe(true);
    }
  });

  test.each([
    ['JSON', (token: string) => `{"token":"${token}","x":1}`],
    ['JSON, a byte further', (token: string) => `{"token2":"${token}","x":1}`],
    ['JSON, two bytes further', (token: string) => `{"token23":"${token}","x":1}`],
    ['a page', (token: string) => `<p>Grüße</p>\n<script>window.token = '${token}'</script>`],
    ['a form', (token: string) => `token=${token}&grant=refresh`],
  ])('in base64 of %s that holds two', (_, hold) => {
    const other = hmacToken({ sub: 'bob' }, { typ: 'JWT', alg: 'HS384' }, 'sha384');
    const third = hmacToken({ sub: 'carol' }, { kid: 'a', alg: 'HS256' });
    for (const tokens of [
      [LIVE, other],
      [third, LIVE],
      [other, third],
    ]) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const body = Buffer.from(`${hold(tokens[0]!)}${hold(tokens[1]!)}`);
        const text = `{"text":"${body.toString(encoding)}","encoding":"base64"}`;
        expect(TOKEN_MARKS.some((mark) => text.includes(mark))).toBe(true);
        const found = [...tokensIn(text)];
        expect(found.map(({ compact }) => tokens.indexOf(compact))).toEqual([0, 1]);
        for (const [index, { start, end }] of found.entries()) {
          // Whole groups around it, and nothing of the other one.
          const from = body.indexOf(tokens[index]!);
          expect([start, end]).toEqual([9 + Math.floor((from * 4) / 3), 9 + Math.ceil(((from + tokens[index]!.length) * 4) / 3)]);
        }
      }
    }
  });

  test('a mark by chance in what is no base64 of text hides no token', () => {
    const body = Buffer.from(`{"token":"${LIVE}"}`).toString('base64');
    for (const before of ['ZXlK', 'aZXlK', 'abZXlK', 'abcZXlK', '/ZXlKabcd'])
      expect([...tokensIn(`${before}${body}`)].map(({ compact }) => compact === LIVE)).toEqual([true]);
  });

  test('several, and one whose payload holds another', () => {
    const outer = hmacToken({ inner: LIVE });
    expect([...tokensIn(`${LIVE} ${outer},${LIVE}`)].map(({ start }) => start)).toEqual([
      0,
      LIVE.length + 1,
      LIVE.length + outer.length + 2,
    ]);
  });

  const [header, payload, signature] = LIVE.split('.') as [string, string, string];
  test.each([
    ['a header', header],
    ['a header and a payload', `${header}.${payload}`],
    ['no signature', `${header}.${payload}.`],
    ['a shortened signature', `${header}.${payload}.${signature.slice(0, 20)}...`],
    ['an elided payload', `${header}...${signature}`],
    ['a placeholder', `${header}.${payload}.<signature>`],
    ['an unsigned token', `${encoded({ alg: 'none' })}.${encoded({ sub: 'alice' })}.`],
    ['a payload that is no JSON', `${header}.${encoded('alice')}.${signature}`],
    ['a payload that is an array', `${header}.${encoded(['alice'])}.${signature}`],
    ['a header without alg', hmacToken({ sub: 'alice' }, { typ: 'JWT' })],
    ['a header whose alg is no string', hmacToken({ sub: 'alice' }, { alg: 1 })],
    ['a header with an impossible length', `${header}A.${payload}.${signature}`],
    ['a wrapped fragment', Buffer.from(`${header}.${payload}`).toString('base64')],
    ['words', 'keyJar.framework.json ZXlK.ZXlK eyJ.eyJ.eyJ ewog'],
  ])('none: %s', (_, text) => {
    expect([...tokensIn(text)]).toEqual([]);
  });

  test('random base64 is never a token', () => {
    let state = 7;
    const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const part = (length: number): string => Array.from({ length }, () => letters[Math.floor(random() * 64)]).join('');
    for (let round = 0; round < 3000; round++) {
      const mark = TOKEN_MARKS[round % TOKEN_MARKS.length]!;
      expect([...tokensIn(`${mark}${part(20 + (round % 50))}.${part(60)}.${part(43)}.${part(22)}.${part(22)}`)]).toEqual([]);
    }
  });

  test.each([
    ['tokens', (size: number) => `${LIVE} `.repeat(size / 100)],
    ['marks in one run', (size: number) => 'eyJ'.repeat(size / 3)],
    ['wrapped marks in one run', (size: number) => 'ZXlK'.repeat(size / 4)],
    ['marks of usual headers in one run', (size: number) => TOKEN_MARKS.at(-1)!.repeat(size / 13)],
    ['bodies with tokens', (size: number) => `${Buffer.from(`{"token":"${LIVE}"}`).toString('base64')} `.repeat(size / 200)],
    ['one body of many tokens', (size: number) => Buffer.from(`{"token":"${LIVE}"}`.repeat(size / 150)).toString('base64')],
    ['marks with dots', (size: number) => 'eyJ.'.repeat(size / 4)],
    ['headers with dots', (size: number) => `${header}.`.repeat(size / header.length)],
    ['a long run after many dots', (size: number) => `${header}.`.repeat(3) + 'a'.repeat(size)],
    ['one deep header', (size: number) => `${encoded('{"alg":'.repeat(size / 8))}.a.b`],
    ['broken wrapped headers', (size: number) => `${Buffer.from(`${header}.`).toString('base64url')}/`.repeat(size / 50)],
  ])('linear: %s', (_, make) => {
    expect(growth(40_000, make, (text) => [...tokensIn(text)].length)).toBeLessThan(LINEAR);
  });
});

describe('classifyToken', () => {
  const soon = { iat: NOW - 60, exp: NOW + DAY };
  test.each<[string, Record<string, unknown>, string, boolean]>([
    ['no expiry', { sub: 'a', iat: NOW }, 'error', true],
    ['no expiry, but an id', { jti: 'a' }, 'error', true],
    ['neither expiry nor stamp, as made by hand', { sub: 'a' }, 'error', false],
    ['an expiry that is no date', { sub: 'a', iat: NOW, exp: 'never' }, 'error', true],
    ['31 days', { iat: NOW, exp: NOW + 31 * DAY }, 'error', true],
    ['no expiry, and nobody named', { iat: NOW, iss: 'https://made-up.example', aud: 'made-up' }, 'error', false],
    ['a credential', { iat: NOW, sub: 'made-up', vc: { type: ['VerifiableCredential'] } }, 'info', false],
    ['a proof of the holder of an SD-JWT', { iat: NOW, nonce: 'made-up', sd_hash: 'made-up' }, 'info', false],
    ['a security event', { iat: NOW, jti: 'made-up', events: {} }, 'info', false],
    ['of a user of NATS', { iat: NOW, jti: 'made-up', sub: 'made-up', nats: { type: 'user' } }, 'info', false],
    ["a bearer's of NATS", { iat: NOW, jti: 'made-up', sub: 'made-up', nats: { bearer_token: true } }, 'error', true],
    ['signed by a DID', { iat: NOW, sub: 'made-up', iss: 'did:key:zMadeUp' }, 'info', false],
    ['31 days, most of them gone', { iat: NOW - 30 * DAY, exp: NOW + DAY }, 'error', true],
    ['31 days from now, without iat', { exp: NOW + 31 * DAY }, 'error', true],
    ['milliseconds instead of seconds', { exp: (NOW + 60) * 1000 }, 'error', true],
    ['30 days', { iat: NOW, exp: NOW + 30 * DAY }, 'warning', true],
    ['a day', soon, 'warning', true],
    ['an expiry as text', { iat: NOW, exp: String(NOW + 60) }, 'warning', true],
    ['expired now', { exp: NOW }, 'info', false],
    ['expired admin', { exp: NOW - 1, role: 'admin' }, 'info', false],
    ['service_role', { ...soon, role: 'service_role' }, 'error', true],
    ['role', { ...soon, role: 'Admin' }, 'error', true],
    ['roles', { ...soon, roles: ['user', 'ROLE_ADMIN'] }, 'error', true],
    ['isAdmin', { ...soon, isAdmin: true }, 'error', true],
    ['is_admin, not', { ...soon, is_admin: false }, 'warning', true],
    ['scope', { ...soon, scope: 'read admin' }, 'error', true],
    ['scope of a kind', { ...soon, scope: 'admin:org' }, 'error', true],
    ['another scope', { ...soon, scope: 'read administration-manual' }, 'warning', true],
    ['nested role', { ...soon, user: { role: 'superadmin' } }, 'error', true],
    ['nested roles', { ...soon, realm_access: { roles: ['admin'] } }, 'error', true],
    ['a name is no role', { ...soon, name: 'admin' }, 'warning', true],
    ['anon', { ...soon, role: 'anon' }, 'info', true],
    ['anon without expiry', { role: 'anon' }, 'info', true],
    ["jwt.io's subject", { sub: '1234567890', name: 'John Doe', admin: true }, 'info', false],
    ['Supabase demo', { iss: 'supabase-demo', role: 'service_role' }, 'info', false],
  ])('%s', (_, claims, grade, live) => {
    expect(classifyToken(only(hmacToken(claims)), NOW)).toMatchObject({ grade, live });
  });

  test('JWE', () => {
    expect(classifyToken(only(jwe('A256GCM', 12, 16)), NOW)).toMatchObject({ grade: 'warning', live: true });
  });

  test('a sample by its signature', () => {
    const text = `${encoded({ alg: 'HS256' })}.${encoded({ sub: 'a' })}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c`;
    expect(classifyToken(only(text), NOW)).toMatchObject({ grade: 'info', live: false });
  });

  test('a reason holds nothing of the claims', () => {
    const claims = { sub: 'sentinel', role: 'admin-sentinel', roles: ['sentinel', 'admin'], exp: NOW + 5 };
    expect(classifyToken(only(hmacToken(claims)), NOW).reason).toBe('gives admin rights');
  });
});

describe('no-committed-token', () => {
  function findingsOf(text: string): ReturnType<NonNullable<typeof rule.text>> {
    const subject: Text = {
      path: 'a.txt',
      text,
      bytes: Buffer.from(text),
      binary: false,
      tracking: 'tracked',
      project: { name: undefined, uses: () => false, versionOf: () => undefined, isBelow: () => false, owns: () => false },
      crypto: {
        mark: (_, guesses) => `mark-${guesses}`,
        identity: (value) => value,
        signed: () => false,
        digest: () => undefined,
        inspectKey: () => undefined,
        now: () => NOW,
      },
      vocabulary: { sinks: [], secretNames: [], secretSources: [] },
    };
    return rule.text!(subject, {});
  }

  test('a finding says what the token is and holds nothing of it', () => {
    const [finding, ...others] = findingsOf(`x ${hmacToken({ sub: 'sentinel', iat: NOW })}`);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      message: 'live',
      level: 'error',
      confidence: 'certain',
      symbol: 'token:HS256',
      mark: 'mark-128',
      real: true,
    });
    expect(finding!.anchor).toMatchObject({ path: 'a.txt', start: 2 });
    expect(JSON.stringify(finding)).not.toMatch(/eyJ|sentinel/);
  });

  test('the algorithm of a header is never repeated unless it is registered', () => {
    expect(JSON.stringify([...findingsOf(sized('sentinel', 40))])).not.toContain('sentinel');
  });

  test('harmless tokens', () => {
    const [finding] = findingsOf(hmacToken({ exp: NOW - 1 }));
    expect(finding).toMatchObject({ message: 'harmless', level: 'info', real: false });
  });

  const page = readFileSync('docs/rules/no-committed-token.md', 'utf8');
  const blocks = (heading: string): string[] =>
    [
      ...page
        .split(`\n## ${heading}\n`)[1]!
        .split('\n## ')[0]!
        .matchAll(/```\w+\n([^`]*)```/g),
    ].map((block) => block[1]!);
  test('every bad example of the page has a finding, the others none', () => {
    expect(blocks('Bad').map((block) => [...findingsOf(block)].length)).toEqual([1, 1, 1, 1, 1]);
    expect([...findingsOf(page.split('\n## Instead\n')[1]!)]).toEqual([]);
  });
});
