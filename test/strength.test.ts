import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hmacBytesRequired, strengthOf } from '../rules/facts/strength.js';
import { createCrypto } from '../src/crypto.js';
import { HUMAN_SECRETS } from './human-secrets.js';
import { seededRandom } from './seeded-random.js';

function randomBytes(random: () => number, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
}

const HUMAN = `
secret Secret SECRET secretkey secretKey secret-key secret_key mysecret my-secret my_secret mySecretKey mysecretkey123 supersecret super-secret
superSecretKey super_secret_jwt_key my-super-secret-jwt-key-2024 S3cr3tK3y! s3cr3t jwtsecret jwt-secret jwt_secret_key jwtSecretKey123 MyJwtSecret!
thisismysecretkey thisismysecretkeydonotshare this-is-a-secret this_is_a_very_long_secret_key secret123 secret1234 secret12345 secret2023 Secret@123
password password123 P@ssw0rd Passw0rd! passw0rd123 Password1! admin admin123 admin@123 administrator root toor letmein changeme change-me please-change-me
changeit qwerty qwerty123 qwertyuiop 1q2w3e4r asdfghjkl zxcvbnm 12345678 123456789 1234567890 0987654321 abc123 abcd1234 abcdef123456 aaaaaaaa
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 11111111 00000000000000000000000000000000 test test123 testsecret test-secret-key testing123 foobar foo-bar-baz
dev-secret dev_secret_key devsecret123 development-secret local-dev-secret production-secret prod-secret-key staging_secret token tokensecret token-secret
access-token-secret accessTokenSecret refresh-token-secret refresh_secret_key ACCESS_SECRET_123 auth-secret authsecret123 session-secret sessionSecret!
cookie-secret cookie_secret_key keyboardcat keyboard-cat iloveyou iloveyou123 sunshine2020 welcome123 dragon123 monkey12 batman1989 superman! football99
john1990 michael1985 rahul123 priya@2001 amit2000 ravi12345 david123 alex2015 jessica1 sarah1992 ninja2021 hello-world helloworld123 hello_world_secret
nodejs-secret express-secret nestjs_jwt_secret react-app-secret myapp-secret-key my-app-jwt-secret shop-secret todo-app-secret blog_api_secret
ThisIsASecretKey YourSecretKey your-secret-key your_jwt_secret_here yoursecretkey123 my-256-bit-secret some-secret-value some_random_secret_string
randomsecret random_string_123 topsecret top-secret-key verysecret very-very-secret ultra_secret_key_2022 donttellanyone do-not-share-this keepitsafe
super-duper-secret 2024-secret-key 20240101 19900412 01011990 secret!@# jwt@2023 Jwt_Secret_2024 MYJWTSECRETKEY node_jwt_secret_key_1 simple-secret
`
  .trim()
  .split(/\s+/);

describe('what somebody made up and then encoded', () => {
  test.each(['my-super-secret-key', 'secret123secret123', 'changeme-please-now', 'hospital-management-secret'])('%s', (text) => {
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      const written = Buffer.from(text).toString(encoding);
      for (const value of [written, encoding === 'hex' ? written.toUpperCase() : written]) {
        const { verdict, reason } = strengthOf(value);
        expect([value, verdict]).toEqual([value, 'guessable']);
        expect(reason).toContain('behind its encoding');
      }
    }
  });

  test('bytes that were drawn are what they are, in any encoding', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 2000; round++) {
      const bytes = randomBytes(random, 16);
      for (const encoding of ['base64', 'base64url', 'hex'] as const)
        expect(strengthOf(bytes.toString(encoding)).reason).not.toContain('encoding');
    }
  });
});

describe('hashes of words', () => {
  const crypto = createCrypto();
  const HASHES = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;

  test.each([
    'secret',
    'Secret',
    'PASSWORD',
    'jwt_secret',
    'my-key',
    'hospital',
    'keyboard cat',
    'your-256-bit-secret',
    'secret\n',
    '123456',
  ])('of %j', (word) => {
    for (const hash of HASHES) {
      const digest = createHash(hash).update(word).digest();
      const written = [
        digest.toString('hex'),
        digest.toString('hex').toUpperCase(),
        digest.toString('base64'),
        digest.toString('base64url'),
      ];
      for (const value of written) {
        const { verdict, reason, guessesLog2 } = strengthOf(value, { crypto });
        expect([hash, verdict, reason]).toEqual([hash, 'guessable', 'it is the hash of a common word']);
        expect(guessesLog2).toBeLessThan(64);
      }
    }
  });

  test('of what was drawn, and digests that are cut, look drawn', () => {
    const random = seededRandom(12);
    for (const hash of HASHES) {
      for (let round = 0; round < 50; round++)
        expect(strengthOf(createHash(hash).update(randomBytes(random, 16)).digest('hex'), { crypto }).verdict).toBe('random-looking');
      expect(strengthOf(createHash(hash).update('secret').digest('hex').slice(2), { crypto }).verdict).toBe('random-looking');
    }
  });
});

describe('what people make up about what their program does', () => {
  test.each([
    'correcthorsebatterystaple',
    'hospital-management-secret',
    'lorem-ipsum-dolor',
    'RestaurantBooking2024',
    'student_portal_jwt_key',
    'e-commerce-secret',
  ])('%s is guessable', (value) => {
    expect(strengthOf(value).verdict).toBe('guessable');
  });
});

describe('what people make up is called weak', () => {
  test(`nearly all of ${String(HUMAN.length)} values`, () => {
    const passed = HUMAN.filter((value) => !['known', 'guessable'].includes(strengthOf(value).verdict));
    expect(HUMAN.length).toBeGreaterThan(150);
    expect(passed).toEqual([]);
  });

  test(`97 of a hundred in a list of ${String(HUMAN_SECRETS.length)} that was made before`, () => {
    const passed = HUMAN_SECRETS.filter((value) => !['known', 'guessable'].includes(strengthOf(value).verdict));
    expect(new Set(HUMAN_SECRETS).size).toBeGreaterThan(600);
    expect(passed.length / HUMAN_SECRETS.length).toBeLessThan(0.03);
  });

  test('whatever is put together of the words of the trade, with digits, signs and leet', () => {
    const random = seededRandom(4);
    const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    const words = 'jwt token access refresh auth secret key super my session app api user admin login very private dev prod test'.split(
      ' ',
    );
    const leet = (word: string): string => word.replaceAll('e', '3').replaceAll('s', '5').replaceAll('o', '0').replaceAll('a', '4');
    const capital = (word: string): string => word[0]!.toUpperCase() + word.slice(1);
    const forms = [(word: string) => word, (word: string) => word.toUpperCase(), capital, leet];
    const ends = ['', '1', '123', '2024', '!', '@2023', '_v2', '1990', '#1', '007', '12345', '20240131', '!!!'];
    const passed: string[] = [];
    for (let round = 0; round < 3000; round++) {
      const [form, sign] = [one(forms), one(['', '-', '_', '.', ' '])];
      const value = Array.from({ length: 1 + Math.floor(random() * 5) }, () => form(one(words))).join(sign) + one(ends);
      if (!['known', 'guessable'].includes(strengthOf(value).verdict)) passed.push(value);
    }
    // Five words in leet and a date are at the border.
    expect(passed.length / 3000).toBeLessThan(0.001);
  });

  test("the project's own name", () => {
    expect(strengthOf('Zyxomaprix-Quuxforth-2024!key', { projectName: 'zyxomaprix-quuxforth' })).toMatchObject({
      verdict: 'guessable',
      reason: "it is made of the project's own name",
    });
  });

  test('reasons never hold a part of the value', () => {
    for (const value of HUMAN) {
      const { reason } = strengthOf(value);
      for (const part of value.split(/[^A-Za-z]+/)) {
        if (part.length > 6 && !['default', 'example', 'characters'].includes(part.toLowerCase()))
          expect(reason.toLowerCase()).not.toContain(part.toLowerCase());
      }
    }
  });
});

describe('length', () => {
  test.each<[string, Parameters<typeof strengthOf>[1], number, number]>([
    ['made-up', undefined, 7, 7],
    ['añ€😀', undefined, 10, 10],
    ['00ff00ff00ff00ff', { encoding: 'hex' }, 8, 8],
    ['AAECAwQFBgc=', { encoding: 'base64' }, 8, 8],
    ['0f1e2d3c4b5a69788796a5b4c3d2e1f0', undefined, 32, 16],
    ['AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', undefined, 44, 32],
  ])('%s', (value, context, bytes, decodedBytes) => {
    expect(strengthOf(value, context)).toMatchObject({ bytes, decodedBytes });
  });

  test('RFC 7518 3.2', () => {
    expect([undefined, 'HS256', 'HS384', 'HS512', 'hs512'].map((algorithm) => hmacBytesRequired(algorithm))).toEqual([32, 32, 48, 64, 64]);
  });

  test('a value of a megabyte costs as much as one of its examined part', () => {
    expect(strengthOf('ab'.repeat(500_000)).verdict).toBe('guessable');
    expect(strengthOf(randomBytes(seededRandom(7), 500_000).toString('hex')).verdict).toBe('random-looking');
  });
});
