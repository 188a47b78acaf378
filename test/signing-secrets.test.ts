import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Settings } from '../rules/contract.js';
import { signingSecrets, type SigningSecret } from '../rules/facts/settings.js';
import { readSettings } from '../src/readers/settings/index.js';

async function settingsOf(path: string, text: string, packages: readonly string[], secretNames: readonly string[]): Promise<Settings> {
  const { format, role, entries, comments } = await readSettings(path, text);
  return {
    path,
    text,
    format,
    role,
    entries,
    comments,
    tracking: 'tracked',
    project: { name: 'shop', uses: (name) => packages.includes(name), versionOf: () => undefined, isBelow: () => false, owns: () => false },
    crypto: {
      mark: () => 'weak',
      identity: (value) => value,
      signed: () => false,
      digest: () => undefined,
      inspectKey: () => undefined,
      now: () => 0,
    },
    vocabulary: { sinks: [], secretNames, secretSources: [] },
  };
}

async function secretsIn(
  path: string,
  text: string,
  packages: readonly string[] = [],
  secretNames: readonly string[] = [],
): Promise<readonly SigningSecret[]> {
  return signingSecrets(await settingsOf(path, text, packages, secretNames));
}

/** Name, value, and the text at the span, of every signing secret. */
async function rows(path: string, text: string, packages?: readonly string[], secretNames?: readonly string[]): Promise<string[][]> {
  const found = await secretsIn(path, text, packages, secretNames);
  return found.map(({ name, entry }) => [name, entry.value, text.slice(entry.span.start, entry.span.end)]);
}

describe('env files', () => {
  const ENV = `JWT_SECRET="made-up"
SECRET_KEY=made-up
SESSION_SECRET=
JWT_EXPIRES_IN=1d
STRIPE_SECRET_KEY=made-up
JWT_REFRESH_SECRET=123456789
JWT_PUBLIC_KEY=made-up
`;

  test('strong names always, a numeric value too; empty values never', async () => {
    expect(await rows('.env', ENV.replace('SECRET_KEY=made-up\n', ''))).toEqual([
      ['JWT_SECRET', 'made-up', 'made-up'],
      ['JWT_REFRESH_SECRET', '123456789', '123456789'],
    ]);
  });

  test('medium names where the project signs, or the file speaks of JWTs', async () => {
    expect(await rows('.env', 'SECRET_KEY=made-up')).toEqual([]);
    expect(await rows('.env', 'SECRET_KEY=made-up', ['express'])).toEqual([]);
    for (const name of ['jsonwebtoken', 'express-session', 'next-auth'])
      expect(await rows('.env', 'SECRET_KEY=made-up', [name])).toEqual([['SECRET_KEY', 'made-up', 'made-up']]);
    expect(await rows('.env', 'SECRET_KEY=made-up\nJWT_EXPIRES_IN=1d')).toEqual([['SECRET_KEY', 'made-up', 'made-up']]);
    expect(await rows('jwt-service/.env', 'SECRET_KEY=made-up')).toEqual([['SECRET_KEY', 'made-up', 'made-up']]);
  });

  test('strength, purpose and publication', async () => {
    const found = await secretsIn('.env', 'NEXT_PUBLIC_JWT_SECRET=made-up\nCOOKIE_SECRET=made-up\nAPP_SECRET=made-up', ['jose']);
    expect(found.map(({ strength, purpose, public: published }) => [strength, purpose, published])).toEqual([
      ['strong', 'jwt', true],
      ['strong', 'session', false],
      ['medium', 'generic', false],
    ]);
  });

  test('placeholders and interpolations are told', async () => {
    const text =
      'JWT_SECRET=changeme\nAUTH_SECRET=${OTHER}\nTOKEN_SECRET=${X:-made-up}\nACCESS_SECRET=${X:-your-secret}\nREFRESH_SECRET=made-up';
    const found = await secretsIn('.env', text);
    expect(found.map(({ placeholder, interpolation }) => [placeholder, interpolation?.name, interpolation?.fallback])).toEqual([
      ['wordy', undefined, undefined],
      ['template', 'OTHER', undefined],
      [undefined, 'X', 'made-up'],
      ['wordy', 'X', 'your-secret'],
      [undefined, undefined, undefined],
    ]);
    const { entry, interpolation } = found[2]!;
    const start = entry.span.start + interpolation!.fallbackSpan!.start;
    expect(text.slice(start, entry.span.start + interpolation!.fallbackSpan!.end)).toBe('made-up');
  });

  test('tokens, keys and where they are kept are no secrets', async () => {
    const values = [
      'eyJhbGciOiJIUzI1NiJ9.eyJtYWRlIjoidXAifQ.c2lnbmF0dXJl',
      `"${Buffer.from('-----BEGIN PRIVATE KEY-----\nmade-up').toString('base64')}"`,
      `"${readFileSync('fixtures/no-private-key/bad/files/pkcs8.der').toString('base64')}"`,
      '"-----BEGIN PUBLIC KEY-----\nmade-up\n-----END PUBLIC KEY-----"',
      './keys/private.pem',
      '../secret',
      '~/jwt.key',
      '/run/secrets/jwt',
      'file:///etc/jwt',
      'https://example.com/jwks.json',
      'jwtRS256.key',
      'config/private.pem',
      '   ',
      '""',
    ];
    for (const value of values) expect(await rows('.env', `JWT_SECRET=${value}\nJWT_PRIVATE_KEY=${value}\n`), value).toEqual([]);
    for (const value of ['/Made+up/base64==', 'eyJ', 'a.b.c', '~made-up'])
      expect(await rows('.env', `JWT_SECRET=${value}\n`)).toEqual([['JWT_SECRET', value, value]]);
  });
});

describe('JSON inside of a value', () => {
  const key = 'made-up-key-of-some-length';

  test('the key is the secret, beside its algorithm', async () => {
    const text = `HASURA_GRAPHQL_JWT_SECRET='{"type":"HS512","key":"${key}"}'\n`;
    expect(await rows('.env', text)).toEqual([['HASURA_GRAPHQL_JWT_SECRET', key, key]]);
    expect((await secretsIn('.env', text))[0]!.algorithm).toBe('HS512');
  });

  test('in YAML and JSON, where it stands with escapes or not', async () => {
    const yaml = `services:\n  hasura:\n    environment:\n      HASURA_GRAPHQL_JWT_SECRET: '{"key": "${key}", "type": "HS256"}'\n`;
    expect(await rows('compose.yml', yaml)).toEqual([['HASURA_GRAPHQL_JWT_SECRET', key, key]]);
    const escaped = `services:\n  hasura:\n    environment:\n      HASURA_GRAPHQL_JWT_SECRET: "{\\"key\\":\\"made\\\\u002dup\\"}"\n`;
    expect(await rows('compose.yml', escaped)).toEqual([['HASURA_GRAPHQL_JWT_SECRET', 'made-up', '{\\"key\\":\\"made\\\\u002dup\\"}']]);
  });

  test('a key that stands there twice has the span of the value', async () => {
    const value = '{"type":"HS256","key":"HS256"}';
    expect(await rows('.env', `JWT_SECRET=${value}`)).toEqual([['JWT_SECRET', 'HS256', value]]);
  });

  test('several keys; addresses of keys are none', async () => {
    const list = `[{"type":"HS256","key":"${key}"},{"type":"RS256","jwk_url":"https://example.com"}]`;
    expect(await rows('.env', `HASURA_GRAPHQL_JWT_SECRETS=${list}`)).toEqual([['HASURA_GRAPHQL_JWT_SECRETS', key, key]]);
    expect(await rows('.env', 'JWT_SECRET={"jwk_url":"https://example.com"}')).toEqual([]);
  });

  test('what is no JSON object is the value itself', async () => {
    for (const value of ['{made-up', '[made-up', '["made-up"]', '[1]'])
      expect(await rows('.env', `JWT_SECRET=${value}`)).toEqual([['JWT_SECRET', value, value]]);
  });
});

describe('configuration', () => {
  test('names that are strong where they stand', async () => {
    const text = `{
      "host": "made-up", "authentication": {"secret": "made-up one", "strategies": ["jwt"]},
      "jwt": {"secret": "made-up two", "refresh": {"secret": "made-up three"}, "expiresIn": "1d", "enabled": true, "keys": [1]},
      "stripe": {"secret": "made-up"}, "oauth": {"github": {"secret": "made-up"}}
    }`;
    expect(await rows('config/default.json', text)).toEqual([
      ['authentication.secret', 'made-up one', 'made-up one'],
      ['jwt.secret', 'made-up two', 'made-up two'],
      ['refresh.secret', 'made-up three', 'made-up three'],
    ]);
  });

  test('numbers, booleans and nothing are no secrets', async () => {
    expect(await rows('config.yml', 'jwt:\n  secret: 12345\nauth: {secret: true}\nsession: {secret: ~}\n')).toEqual([]);
    expect(await rows('config.yml', 'jwt:\n  secret: "12345"\n')).toEqual([['jwt.secret', '12345', '12345']]);
  });

  test('a secret of the whole application, where the project signs', async () => {
    expect(await rows('config.json', '{"secret": "made-up", "connectionString": "x"}')).toEqual([]);
    expect(await rows('config.json', '{"secret": "made-up words", "connectionString": "x"}', ['express-jwt'])).toEqual([
      ['secret', 'made-up words', 'made-up words'],
    ]);
  });

  test('names of variables, labels and translations are none', async () => {
    expect(await rows('config.json', '{"jwt": {"secret": "JWT_SECRET"}}')).toEqual([]);
    expect(await rows('config/custom-environment-variables.json', '{"jwt": {"secret": "MADE_UP"}}')).toEqual([]);
    expect(await rows('form.json', '{"jwtSecret": "JWT Secret"}')).toEqual([]);
    expect(await rows('src/locales/de.json', '{"jwtSecret": "Geheimnis"}')).toEqual([]);
    expect(await rows('package.json', '{"jwt": {"secret": "made-up"}}')).toEqual([]);
    expect(await rows('config.json', '{"jwtSecret": "secret"}')).toEqual([['jwtSecret', 'secret', 'secret']]);
  });
});

describe('deployment', () => {
  test('Compose: variables, numeric ones too, nothing of the platform', async () => {
    const text = `services:
  api:
    image: jwt-secret
    build: {args: [AUTH_SECRET=made-up]}
    environment:
      JWT_SECRET: 123456
      jwt_secret: made-up
    secrets: [jwt_secret]
    labels: {jwt.secret: made-up}
x-env: {TOKEN_SECRET: made-up}
secrets:
  jwt_secret: {file: made-up}
`;
    expect(await rows('compose.yaml', text)).toEqual([
      ['AUTH_SECRET', 'made-up', 'made-up'],
      ['JWT_SECRET', '123456', '123456'],
      ['jwt_secret', 'made-up', 'made-up'],
      ['TOKEN_SECRET', 'made-up', 'made-up'],
    ]);
  });

  test('Kubernetes: Secrets decoded', async () => {
    const encoded = Buffer.from('made-up').toString('base64');
    const text = `apiVersion: v1\nkind: Secret\nmetadata: {name: jwt-secret}\ndata:\n  jwt-secret: ${encoded}\n`;
    expect(await rows('secret.yaml', text)).toEqual([['jwt-secret', 'made-up', encoded]]);
  });

  test('an interpolation that does not stand in the file as it reads has the whole span', async () => {
    const encoded = Buffer.from('${X:-made-up}').toString('base64');
    const text = `apiVersion: v1\nkind: Secret\ndata:\n  JWT_SECRET: ${encoded}\n`;
    const [found] = await secretsIn('secret.yaml', text);
    expect(found!.interpolation).toMatchObject({ fallback: 'made-up', fallbackSpan: { start: 0, end: encoded.length } });
  });

  test('workflows: variables, not inputs of actions', async () => {
    const text = `on: push
env: {JWT_SECRET: made-up}
jobs:
  test:
    secrets: inherit
    steps:
      - uses: x
        with: {jwt-secret: made-up}
        env: {SESSION_SECRET: "\${{ secrets.S }}"}
`;
    const found = await secretsIn('.github/workflows/ci.yml', text, ['jose']);
    expect(found.map(({ name, placeholder }) => [name, placeholder])).toEqual([
      ['JWT_SECRET', undefined],
      ['SESSION_SECRET', 'template'],
    ]);
  });
});

test('names that the user adds, without regard to case and separators', async () => {
  const names = ['Crown_Jewel', 'shop.crown'];
  expect(await rows('.env', 'CROWN_JEWEL=made-up\nOTHER_JEWEL=x', [], names)).toEqual([['CROWN_JEWEL', 'made-up', 'made-up']]);
  expect(await rows('config.json', '{"crownJewel": "made-up", "shop": {"crown": "made-up"}, "crown": "x"}', [], names)).toEqual([
    ['crownJewel', 'made-up', 'made-up'],
    ['shop.crown', 'made-up', 'made-up'],
  ]);
});
