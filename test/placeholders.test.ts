import { describe, expect, test } from 'vitest';
import { interpolation, placeholderOf } from '../rules/facts/placeholders.js';
import { growth, LINEAR } from './growth.js';

describe('templates', () => {
  test.each([
    '${JWT_SECRET}',
    '${JWT_SECRET:?must be set}',
    '${JWT_SECRET:-}',
    '${JWT_SECRET:-${OTHER}}',
    '${A}-${B}',
    '$JWT_SECRET',
    '$(cat /run/secrets/jwt)',
    '$(JWT_SECRET)',
    '{{ .Values.jwt.secret }}',
    '{{ vault_jwt_secret | default(omit) }}',
    '${{ secrets.JWT_SECRET }}',
    '<%= jwt_secret %>',
    '<your-secret>',
    '{SECRET}',
    '<JWT SECRET>',
    '[your secret]',
    '[[secret]]',
    '#{JwtSecret}',
    '#{JwtSecret}#',
    '%JWT_SECRET%',
    '%env(JWT_SECRET)%',
    '@jwt.secret@',
    '__JWT_SECRET__',
    '!Ref JwtSecret',
    'op://vault/item/field',
    'vault:secret/data/app#jwt',
    'ref+awsssm://app/jwt',
    'ref+vault://secret/app#/jwt',
    'ssm:/app/jwt',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt',
    'arn:aws-cn:ssm:cn-north-1:123456789012:parameter/jwt',
    'projects/made-up/secrets/jwt/versions/1',
    `encrypted:${'A'.repeat(100)}=`,
    'ENC[AES256_GCM,data:abc,iv:abc,tag:abc,type:str]',
    '{cipher}abcdef',
    '$ANSIBLE_VAULT;1.1;AES256',
    'process.env.JWT_SECRET',
    '${ssm:/app/jwt}',
    '${self:custom.secret}',
    '  ${JWT_SECRET}\n',
  ])('%s', (value) => {
    expect(placeholderOf(value)).toBe('template');
  });
});

describe('words', () => {
  test.each([
    'changeme',
    'CHANGE_ME',
    'change-this-in-production',
    'please change it',
    'pleasechange',
    'toBeModified',
    'tobemodified',
    'replace_me_with_a_long_value',
    'your-secret-key',
    'your_jwt_secret',
    'your_production_access_token_secret',
    'YOUR_SECRET_HERE',
    'yourSuperSecretKey',
    'YourSecretKey123',
    'my-secret-here',
    'put_your_secret_here',
    'enter your secret',
    'ENTER-STRING-HERE',
    'insert-key-in-here',
    'secret-goes-here',
    'placeholder',
    'example-secret',
    'thisisasamplesecret',
    'dummy',
    'todo',
    'fake-secret',
    'REDACTED',
    'do-not-use',
    'DO NOT USE THIS VALUE. INSTEAD, CREATE A COMPLEX SECRET AND KEEP IT SAFE OUTSIDE OF THE SOURCE CODE.',
    'not-for-production',
    'dev-only',
    'LOCAL_ONLY_CHANGE_ME',
    'insecure-secret',
    'generate one with openssl rand -base64 32',
    'a random string',
    'undefined',
    'null',
    'n/a',
    'value',
    'xxxxx',
    'aaaaaaaa',
    '********',
    'sk_...',
    'abc…',
    'tu-secreto-jwt-secret',
    'votre-secret',
  ])('%s', (value) => {
    expect(placeholderOf(value)).toBe('wordy');
  });
});

describe('values that only look like it', () => {
  test.each([
    '',
    ' ',
    'secret',
    'mysecretkey123',
    'supersecret',
    'test-secret',
    'keyboard cat',
    'hard!to-guess_secret',
    'shhhhh',
    'NeverShareYourSecret',
    'dev-secret',
    'made-up value of several words',
    '$ecretWord',
    '$2b$10$abcdefghijklmnopqrstuv',
    'somewhere',
    'atmosphere',
    'stockexchange',
    'output_access_layer',
    'asset_in_stock',
    'mockingbird',
    'texttodoit',
    'p@ss{w}ord',
    'a${b',
    'operation',
    'vaulting',
    '["one","two"]',
    'prefix-${X}-suffix',
    '${JWT_SECRET:-made-up}',
    '${env:JWT_SECRET, "made-up"}',
    'changeme-8fK2mQz7Rt4Wx9Lp3Vn6',
    'example/4a7b9c1d2e3f4a5b6c7d8e9f',
    'x'.repeat(5000),
  ])('%j', (value) => {
    expect(placeholderOf(value)).toBeUndefined();
  });
});

describe('interpolation', () => {
  /** Name, operator, fallback, and the text at the fallback's span. */
  function parts(value: string): unknown[] | undefined {
    const found = interpolation(value);
    if (found === undefined) return undefined;
    const { name, operator, fallback, fallbackSpan } = found;
    return fallbackSpan ? [name, operator, fallback, value.slice(fallbackSpan.start, fallbackSpan.end)] : [name, operator];
  }

  test.each([
    ['${JWT_SECRET}', ['JWT_SECRET', undefined]],
    ['$JWT_SECRET', ['JWT_SECRET', undefined]],
    ['${JWT_SECRET:-made-up}', ['JWT_SECRET', ':-', 'made-up', 'made-up']],
    ['${JWT_SECRET-made-up}', ['JWT_SECRET', '-', 'made-up', 'made-up']],
    ['${JWT_SECRET:-}', ['JWT_SECRET', ':-', '', '']],
    ['${JWT_SECRET:?must be set}', ['JWT_SECRET', ':?']],
    ['${JWT_SECRET?must be set}', ['JWT_SECRET', '?']],
    ['${JWT_SECRET:+made-up}', ['JWT_SECRET', ':+']],
    ['${JWT_SECRET+made-up}', ['JWT_SECRET', '+']],
    ['pre-${A}-${B:-made-up}-post', ['B', ':-', 'made-up', 'made-up']],
    ['${A:-x}${B:-y}', ['A', ':-', 'x', 'x']],
    ['${A}${B}', ['A', undefined]],
    ['${A:-${B:-made-up}}', ['A', ':-', 'made-up', 'made-up']],
    ['${A:-${B-${C:-made-up}}}', ['A', ':-', 'made-up', 'made-up']],
    ['${A:-${B}}', ['A', ':-']],
    ['${A:-${B:?no}}', ['A', ':-']],
    ['${A:-made-${B}-up}', ['A', ':-']],
    ["${env:JWT_SECRET, 'made-up'}", ['JWT_SECRET', ',', 'made-up', 'made-up']],
    ['${A:-{"k":1}', ['A', ':-', '{"k":1', '{"k":1']],
  ] as const)('%s', (value, expected) => {
    expect(parts(value)).toEqual(expected);
  });

  test.each([
    '',
    'made-up',
    '$${A:-x}',
    '\\${A:-x}',
    '${A',
    '${}',
    '${1:-x}',
    '${a b}',
    '{{ A }}',
    '${{ secrets.A }}',
    'pa$Sword',
    '$lower',
  ])('none in %j', (value) => {
    expect(parts(value)).toBeUndefined();
  });
});

describe('hostile values', () => {
  const units = [
    '${',
    '${A:-',
    '${A:-${',
    '}',
    '$',
    '{',
    '<',
    '[',
    'change',
    'change_',
    'put_',
    'your-',
    'x',
    '*',
    '.',
    'to be ',
    '${env:A,',
    'ref+',
    'a1B',
    'here',
    '%',
    '@a.',
  ];

  test.each(units)('of %j over and over take linear time', (unit) => {
    for (const tail of ['', '}', '>', ']', '$']) {
      const make = (size: number): string => unit.repeat(size).slice(0, size - 1) + tail;
      const run = (value: string): void => {
        for (let round = 0; round < 200; round++) placeholderOf(value);
      };
      expect(growth(60, make, run)).toBeLessThan(LINEAR);
    }
  });

  test.each(units)('of %j are taken apart', (unit) => {
    for (const tail of ['', '}', '}'.repeat(170)]) {
      const value = unit.repeat(1024).slice(0, 1024 - tail.length) + tail;
      const found = interpolation(value);
      if (found?.fallbackSpan) expect(value.slice(found.fallbackSpan.start, found.fallbackSpan.end)).toBe(found.fallback);
      else expect(found?.fallback).toBeUndefined();
    }
  });

  test('of any greater length are not looked at', () => {
    expect(interpolation(`\${A:-${'x'.repeat(2000)}}`)).toBeUndefined();
    expect(placeholderOf(`<${'x'.repeat(5_000_000)}>`)).toBeUndefined();
  });
});
