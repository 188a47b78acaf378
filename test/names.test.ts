import { describe, expect, test } from 'vitest';
import { NAME_STEMS, secretKeyPath, secretName } from '../rules/facts/names.js';
import { growth, LINEAR } from './growth.js';

function meaning(found: ReturnType<typeof secretName>): string | undefined {
  return found && `${found.strength} ${found.purpose}${found.public ? ' public' : ''}`;
}

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'strong jwt': [
    ...['JWT_SECRET', 'JWT_SECRET_KEY', 'JWT_KEY', 'JWT_PRIVATE_KEY', 'JWT_SIGNING_KEY', 'JWT_SIGNING_SECRET', 'JWT_SECRETS'],
    ...['JWT_ACCESS_SECRET', 'JWT_REFRESH_SECRET', 'JWT_SECRET_REFRESH', 'JWT_REFRESH_SECRET_KEY', 'JWT_ACCESS_TOKEN_SECRET'],
    ...['JWT_RESET_SECRET', 'JWT_VERIFY_SECRET', 'JWT_EMAIL_SECRET', 'JWT_PASSWORD', 'JWT_PASS', 'JWT_SALT', 'JWT_PASSPHRASE'],
    ...['JWT_PRIVATE_KEY_PASSPHRASE', 'JWT_SECRET_OLD', 'JWT_SECRET_PREVIOUS', 'JWT_SECRET_BASE64', 'JWT_SECRET_2', 'JWT_SECRET_HS512'],
    ...['ADMIN_JWT_SECRET', 'SERVICE_JWT_SECRET', 'AUTH_JWT_SECRET', 'API_JWT_SECRET', 'WS_JWT_SECRET', 'LEGACY_JWT_SECRET'],
    ...['GOTRUE_JWT_SECRET', 'SUPABASE_JWT_SECRET', 'PGRST_JWT_SECRET', 'HASURA_GRAPHQL_JWT_SECRET', 'N8N_USER_MANAGEMENT_JWT_SECRET'],
    ...['AUTH_JWT_ACCESS_TOKEN_PRIVATE_KEY', 'ACME_SHOP_JWT_SECRET', 'SECRETJWT', 'SECRET_JWT', 'JOSE_SECRET', 'JWS_SIGNING_KEY'],
    ...['ACCESS_TOKEN_SECRET', 'REFRESH_TOKEN_SECRET', 'TOKEN_SECRET', 'API_TOKEN_SECRET', 'ID_TOKEN_SECRET', 'RESET_TOKEN_SECRET'],
    ...['UNSUBSCRIBE_TOKEN_SECRET', 'TOKEN_HASH_SECRET', 'TOKEN_SIGNING_KEY', 'ACCESS_TOKEN_PRIVATE_KEY', 'AUTH_TOKEN_SECRET'],
    ...['ACCESS_SECRET', 'REFRESH_SECRET', 'ACCESS_SECRET_KEY', 'REFRESH_SECRET_KEY', 'AT_SECRET', 'RT_SECRET'],
    ...['AUTH_SECRET', 'AUTH_SECRET_1', 'AUTH_SECRET_KEY', 'NEXTAUTH_SECRET', 'NUXT_AUTH_SECRET', 'AUTH_REFRESH_SECRET'],
    ...['AUTH_FORGOT_SECRET', 'AUTH_CONFIRM_EMAIL_SECRET', 'BETTER_AUTH_SECRET', 'PAYLOAD_SECRET', 'FEATHERS_SECRET', 'CUBEJS_API_SECRET'],
    // the same in other styles
    ...['jwtSecret', 'jwt_secret', 'jwt-secret', 'jwt.secret', 'jwt:secret', 'Jwt__Secret', 'JWTSecret', 'jwtsecret', 'jwtSecretKey'],
    ...[
      'JWT__SECRET',
      'jwtSecret1',
      'accessTokenSecret',
      'accesstokensecret',
      'tokenSecret',
      'authSecret',
      'refreshSecret',
      'jwtPrivateKey',
    ],
  ],
  'strong session': [
    ...['SESSION_SECRET', 'COOKIE_SECRET', 'COOKIESECRET', 'EXPRESS_SESSION_SECRET', 'SESSION_COOKIE_SECRET', 'SESSION_SIGNING_KEY'],
    ...['SECRET_COOKIE_PASSWORD', 'AUTH0_SECRET', 'sessionSecret', 'cookieSecret', 'session-secret'],
  ],
  'medium jwt': [
    ...[
      'ACCESS_TOKEN_KEY',
      'TOKEN_KEY',
      'tokenKey',
      'TOKEN_SALT',
      'API_TOKEN_SALT',
      'JWT_ACCESS_KEY',
      'JWT_TOKEN',
      'jwt',
      'LIVEKIT_API_SECRET',
    ],
  ],
  'medium session': [
    'SESSION_KEY',
    'SESSION_PASSWORD',
    'IRON_SESSION_PASSWORD',
    'NUXT_SESSION_PASSWORD',
    'cookiePassword',
    'UNLEASH_SECRET',
  ],
  'medium generic': [
    ...['SECRET', 'SECRET_KEY', 'secretKey', 'APP_SECRET', 'APP_SECRET_KEY', 'SERVER_SECRET', 'SECRET_KEY_BASE', 'SECRET_TOKEN'],
    ...['SIGNING_KEY', 'SIGNING_SECRET', 'HMAC_SECRET', 'HMAC_KEY', 'ENCRYPTION_KEY', 'CRYPTO_KEY', 'MASTER_KEY', 'APP_KEY', 'APP_KEYS'],
    ...['CSRF_SECRET', 'PASSPORT_SECRET', 'SOCKET_SECRET', 'RESET_PASSWORD_SECRET', 'EMAIL_VERIFICATION_SECRET', 'MAGIC_LINK_SECRET'],
    ...['secretOrKey', 'secretOrPrivateKey', 'SECRET_OR_KEY', 'superSecret', 'sharedSecret', 'AUTH_KEY', 'AUTH_PRIVATE_KEY'],
  ],
  'strong jwt public': [
    ...['NEXT_PUBLIC_JWT_SECRET', 'VITE_JWT_SECRET', 'REACT_APP_JWT_SECRET', 'EXPO_PUBLIC_JWT_SECRET', 'PUBLIC_JWT_SECRET'],
    ...['NUXT_PUBLIC_AUTH_SECRET', 'GATSBY_ACCESS_TOKEN_SECRET', 'VUE_APP_JWT_PRIVATE_KEY', 'STORYBOOK_JWT_SECRET'],
  ],
  'medium generic public': ['VITE_SECRET_KEY', 'REACT_APP_SECRET'],
};

describe('names of signing secrets', () => {
  test.each(Object.entries(NAMES).flatMap(([expected, names]) => names.map((name) => [name, expected] as const)))(
    '%s: %s',
    (name, expected) => {
      expect(meaning(secretName(name))).toBe(expected);
    },
  );

  test('each holds a stem that a search can look for', () => {
    for (const name of Object.values(NAMES).flat())
      expect(
        NAME_STEMS.some((stem) => name.toLowerCase().includes(stem)),
        name,
      ).toBe(true);
  });
});

describe('names of other things', () => {
  test.each([
    // settings of tokens
    ...['JWT_EXPIRES_IN', 'JWT_EXPIRATION', 'JWT_ACCESS_EXPIRATION_MINUTES', 'JWT_RESET_PASSWORD_EXPIRATION_MINUTES', 'JWT_TTL'],
    ...['JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_ALGORITHM', 'JWT_ALGO', 'JWT_COOKIE_NAME', 'JWT_HEADER', 'JWT_KEY_ID', 'JWT_KID', 'JWT_ROLE'],
    ...['TOKEN_EXPIRY', 'SESSION_NAME', 'COOKIE_NAME', 'COOKIE_DOMAIN', 'SESSION_TTL', 'SALT_ROUNDS', 'ENCRYPTION_KEY_LENGTH'],
    // public halves, places, names and faults of secrets
    ...['JWT_PUBLIC_KEY', 'JWT_SECRET_PATH', 'JWT_SECRET_FILE', 'JWT_SECRET_URL', 'JWT_SECRET_NAME', 'JWT_SECRET_ARN', 'JWT_SECRET_ID'],
    ...['JWT_JWKS_URI', 'jwtSecretLength', 'jwtSecretRef', 'secretKeyRef', 'existingSecret', 'JWT_SECRET_REQUIRED', 'NO_JWT_SECRET'],
    ...[
      'INVALID_JWT_SECRET',
      'MISSING_JWT_SECRET',
      'WEAK_JWT_SECRETS',
      'KNOWN_SECRETS',
      'NEXT_PUBLIC_JWT_KEY',
      'PUBLIC_KEY',
      'VITE_APP_KEY',
    ],
    // others' credentials
    ...[
      'CLIENT_SECRET',
      'GOOGLE_CLIENT_SECRET',
      'OAUTH_SECRET',
      'oAuth2Secret',
      'AUTH_GITHUB_SECRET',
      'AUTH_KEYCLOAK_SECRET',
      'AUTH_ACME_SECRET',
    ],
    ...['AWS_SECRET_ACCESS_KEY', 'SECRET_ACCESS_KEY', 'secretAccessKey', 'accessKeySecret', 'S3_SECRET', 'TWITTER_ACCESS_TOKEN_SECRET'],
    ...['ACME_ACCESS_TOKEN_SECRET', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'SLACK_SIGNING_SECRET', 'RECAPTCHA_SECRET_KEY'],
    ...['CLERK_SECRET_KEY', 'CLERK_JWT_KEY', 'SUPABASE_SERVICE_ROLE_KEY', 'ANON_KEY', 'API_KEY', 'apiKey', 'FCM_SERVER_KEY', 'LICENSE_KEY'],
    ...[
      'DB_PASSWORD',
      'PASSWORD',
      'ADMIN_PASSWORD',
      'PRIVATE_KEY',
      'DEPLOYER_PRIVATE_KEY',
      'PREVIEW_SECRET',
      'CRON_SECRET',
      'STORE_ENCRYPTION_KEY',
    ],
    // words that have some of the letters
    ...[
      'monkey',
      'passkey',
      'primaryKey',
      'keys',
      'key',
      'salt',
      'token',
      'session',
      'password',
      'jwtService',
      'verifyJwt',
      'tokenStorageKey',
    ],
    ...['secretary', 'secretsManager', 'keyboard', 'assault', '', '_', '123', 'x'.repeat(500)],
  ])('%s', (name) => {
    expect(secretName(name)).toBeUndefined();
  });
});

describe('key paths', () => {
  test.each([
    ['jwt.secret', 'strong jwt'],
    ['jwt.refresh.secret', 'strong jwt'],
    ['jwt.privateKey', 'strong jwt'],
    ['jwt.key', 'strong jwt'],
    ['jwt.secrets.0', 'strong jwt'],
    ['secrets.jwt', 'strong jwt'],
    ['auth.jwt.access.secret', 'strong jwt'],
    ['jwt.secret.default', 'strong jwt'],
    ['authentication.secret', 'strong jwt'],
    ['auth.secret', 'strong jwt'],
    ['tokens.refresh.secret', 'strong jwt'],
    ['session.secret', 'strong session'],
    ['cookie.secret', 'strong session'],
    ['anything.at.all.jwtSecret', 'strong jwt'],
    ['services.api.environment.JWT_SECRET', 'strong jwt'],
    ['services.api.environment.SECRET_KEY', 'medium generic'],
    ['secret', 'medium generic'],
    ['app.secret', 'medium generic'],
    ['production.server.secretKey', 'medium generic'],
  ])('%s: %s', (path, expected) => {
    expect(meaning(secretKeyPath(path.split('.')))).toBe(expected);
  });

  test.each([
    ...[
      'stripe.secret',
      'aws.secretAccessKey',
      'mail.secret',
      'auth.google.secret',
      'github.clientSecret',
      'acme.secret',
      'database.password',
    ],
    ...['jwt.expiresIn', 'jwt.cookie.name', 'jwt.secret.env', 'jwt.secret.length', 'jwt.existingSecret', 'jwtSecret.secretKeyRef.key'],
    ...['jwt.public.key', 'session.name', 'session.keys.0', '0', '', 'i18n.keys.save'],
  ])('%s is none', (path) => {
    expect(secretKeyPath(path.split('.'))).toBeUndefined();
  });

  test('a path that is recognised has a name that is by itself', () => {
    for (const path of ['jwt.secret', 'secrets.jwt', 'jwt.key', 'session.secret', 'authentication.secret'])
      expect(path.split('.').some((name) => secretName(name) !== undefined)).toBe(true);
    expect(secretKeyPath(['jwtOptions', 'key'])).toBeUndefined();
  });
});

test.each(['A', 'a', '_', 'secret', 'Secret_', 'jwt', '1', 'aB'])('names and paths of %j over and over take linear time', (unit) => {
  const run = (names: readonly string[]): void => names.forEach((name) => secretKeyPath(['jwt', name, name]));
  expect(growth(8, (size) => Array.from({ length: 300 }, () => unit.repeat(size).slice(0, size)), run)).toBeLessThan(LINEAR);
});
