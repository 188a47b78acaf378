/**
 * Which names (of variables, settings, properties) mean a secret that signs tokens or sessions. A name is taken apart
 * into words, whatever its style, and then read from its end: a noun that means a key, after words that say whose.
 */

/** What a name promises about its value. */
export interface SecretName {
  /** `strong`: the name itself says that it signs; `medium`: it may, where the project signs anything. */
  readonly strength: 'strong' | 'medium';
  readonly purpose: 'jwt' | 'session' | 'generic';
  /** The name has a prefix that makes build tools copy the value into the browser's code. */
  readonly public?: true;
}

/**
 * Of these, in lower case, every recognised name holds at least one, and every recognised key path has a name by itself
 * that does and is recognised: what a search over a text has to look for, ignoring case.
 */
export const NAME_STEMS: readonly string[] = ['secret', 'jwt', 'jws', 'jose', 'key', 'salt', 'pass'];

const STEM = new RegExp(NAME_STEMS.join('|'), 'i');

const JWT_WORDS: ReadonlySet<string> = new Set(['jwt', 'jwts', 'jws', 'jose']);
const TOKEN_WORDS: ReadonlySet<string> = new Set(['token', 'tokens']);
const SESSION_WORDS: ReadonlySet<string> = new Set(['session', 'sessions', 'cookie', 'cookies']);
const AUTH_WORDS: ReadonlySet<string> = new Set(['auth', 'authentication', 'nextauth', 'authjs']);
/** What the two kinds of token are called when the word token is left out. */
const PAIR_WORDS: ReadonlySet<string> = new Set(['access', 'refresh', 'at', 'rt']);

/** Nouns that mean a secret by themselves. */
const SECRET_NOUNS: ReadonlySet<string> = new Set(['secret', 'secrets']);
/** Nouns that mean one after the right words. */
const KEY_NOUNS: ReadonlySet<string> = new Set(['key', 'keys']);
const PASSWORD_NOUNS: ReadonlySet<string> = new Set(['password', 'pass', 'passphrase', 'salt']);
/** What makes a key one that signs. */
const SIGNING_WORDS: ReadonlySet<string> = new Set(['signing', 'sign', 'private']);
/** What a key of the application itself is called. */
const OWN_KEY_WORDS: ReadonlySet<string> = new Set(['app', 'application', 'master', 'encryption', 'crypto', 'hmac', 'signing', 'sign']);

/** Words after the noun that say which of several it is, or how it is written; any other makes it a name of something else. */
const QUALIFIERS: ReadonlySet<string> = new Set([
  ...['old', 'new', 'prev', 'previous', 'current', 'next', 'primary', 'secondary', 'main', 'default', 'fallback', 'legacy'],
  ...['base64', 'b64', 'hex', 'base', 'string', 'str', 'value', 'text', 'plain', 'raw', 'hs256', 'hs384', 'hs512'],
  ...['dev', 'development', 'test', 'testing', 'staging', 'prod', 'production', 'local', 'ci', 'or'],
  ...['access', 'refresh', 'auth', 'token', 'session', 'cookie', 'admin', 'user', 'jwt'],
]);

/** Words that say what a secret is for without saying whose it is. */
const NEUTRAL_WORDS: ReadonlySet<string> = new Set([
  ...QUALIFIERS,
  ...['reset', 'forgot', 'verify', 'verification', 'confirm', 'confirmation', 'activate', 'activation', 'email', 'password', 'magic'],
  ...['link', 'invite', 'invitation', 'unsubscribe', 'login', 'signin', 'signup', 'register', 'registration', 'otp', 'passport', 'id'],
  ...['at', 'rt', 'users', 'account', 'member', 'customer', 'api', 'app', 'application', 'server', 'backend', 'web', 'ws', 'socket'],
  ...['websocket', 'service', 'internal', 'shared', 'private', 'super', 'my', 'global', 'sign', 'signing', 'signature', 'signed', 'hmac'],
  ...['hash', 'crypto', 'encryption', 'csrf', 'master', 'node', 'express', 'koa', 'fastify', 'hapi', 'nest', 'nuxt', 'iron', 'transfer'],
  ...['bearer', 'config', 'settings', 'security', 'options', 'env', 'rsa'],
]);

/** Words beside which no name is that of a signing secret: what they name is public, a setting, a fault or another's. */
const OTHER_WORDS: ReadonlySet<string> = new Set([
  ...['exp', 'expiry', 'expire', 'expires', 'expired', 'expiration', 'ttl', 'lifetime', 'duration', 'seconds', 'minutes', 'hours', 'days'],
  ...['issuer', 'audience', 'algorithm', 'algorithms', 'algo', 'alg', 'header', 'prefix', 'rounds', 'length', 'storage', 'cache'],
  ...['public', 'pub', 'publishable', 'url', 'uri', 'path', 'file', 'existing', 'ref', 'jwks', 'kid', 'group', 'role', 'license', 'site'],
  ...['error', 'err', 'no', 'missing', 'invalid', 'weak', 'bad', 'forbidden', 'disallowed', 'blocked', 'insecure', 'known', 'placeholder'],
  ...['client', 'consumer', 'oauth', 'oauth2', 'o', 'webhook', 'webhooks', 'hook', 'captcha'],
]);

/** Who hands out credentials of their own. Beside them only a secret that says JWT is ours to sign with (`SUPABASE_JWT_SECRET`). */
const VENDOR_WORDS: ReadonlySet<string> = new Set([
  ...['aws', 's3', 'r2', 'azure', 'gcp', 'google', 'firebase', 'cloudflare', 'cloudinary', 'heroku', 'vercel', 'netlify', 'github'],
  ...['gitlab', 'bitbucket', 'npm', 'docker', 'jira', 'atlassian', 'slack', 'discord', 'telegram', 'twitter', 'facebook', 'instagram'],
  ...['linkedin', 'apple', 'microsoft', 'spotify', 'twitch', 'reddit', 'tiktok', 'wechat', 'alipay', 'dropbox', 'notion', 'zoom'],
  ...['shopify', 'stripe', 'paypal', 'braintree', 'razorpay', 'paystack', 'square', 'plaid', 'coinbase', 'binance', 'twilio', 'vonage'],
  ...['sendgrid', 'mailgun', 'mailchimp', 'postmark', 'smtp', 'mail', 'pusher', 'ably', 'algolia', 'openai', 'anthropic', 'sentry'],
  ...['intercom', 'hubspot', 'salesforce', 'zendesk', 'mapbox', 'recaptcha', 'hcaptcha', 'turnstile', 'clerk', 'supabase', 'okta'],
  ...['auth0', 'keycloak', 'cognito', 'livekit', 'minio', 'redis', 'mongo', 'mongodb', 'mysql', 'postgres', 'db', 'database', 'ssh', 'ssl'],
]);

/** How a client of OAuth proves who it is (OpenID Connect Core, 9): the name of a method, not of a key. */
const CLIENT_AUTHENTICATION = 'private key jwt';

type Verdict = Pick<SecretName, 'strength' | 'purpose'>;

const STRONG_JWT: Verdict = { strength: 'strong', purpose: 'jwt' };
const STRONG_SESSION: Verdict = { strength: 'strong', purpose: 'session' };
const MEDIUM_JWT: Verdict = { strength: 'medium', purpose: 'jwt' };
const MEDIUM_SESSION: Verdict = { strength: 'medium', purpose: 'session' };
const MEDIUM: Verdict = { strength: 'medium', purpose: 'generic' };

/** Names that frameworks and courses sign with, where the words alone would not tell. */
const KNOWN_NAMES: ReadonlyMap<string, Verdict> = new Map([
  ['better auth secret', STRONG_JWT],
  ['better auth secrets', STRONG_JWT],
  ['payload secret', STRONG_JWT],
  ['feathers secret', STRONG_JWT],
  ['cubejs api secret', STRONG_JWT],
  ['auth0 secret', STRONG_SESSION],
  ['secret cookie password', STRONG_SESSION],
  ['unleash secret', MEDIUM_SESSION],
  ['livekit api secret', MEDIUM_JWT],
  ['jwt key', STRONG_JWT],
  ['jwt keys', STRONG_JWT],
]);

/** Prefixes by which Next, Vite, Create React App, Expo, Nuxt, Gatsby, Vue, Storybook, Svelte and Astro publish a variable. */
const PUBLIC_PREFIX = /^(?:NEXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC|NUXT_PUBLIC|GATSBY|VUE_APP|STORYBOOK|PUBLIC)_/;

/** The prefix by which a build tool publishes a variable of this name; undefined for all others. */
export function publicPrefixOf(name: string): string | undefined {
  return PUBLIC_PREFIX.exec(name)?.[0];
}

/** Longer names are none; it also bounds the work. */
const MAX_LENGTH = 128;

/** What a name of a variable, setting or property means; undefined when it is not that of a signing secret. */
export function secretName(name: string): SecretName | undefined {
  if (!STEM.test(name)) return undefined;
  const prefix = PUBLIC_PREFIX.exec(name);
  if (prefix === null) return verdictOf(wordsOf(name));
  const words = wordsOf(name.slice(prefix[0].length));
  // What is published under the name of a mere key is meant to be: a public one.
  if (!words.some((word) => SECRET_NOUNS.has(word) || PASSWORD_NOUNS.has(word) || SIGNING_WORDS.has(word))) return undefined;
  const verdict = verdictOf(words);
  return verdict && { ...verdict, public: true };
}

/** Words before the noun by which a token says who is in: no other token of a program is called so. */
const LOGIN_WORDS: ReadonlySet<string> = new Set(['access', 'refresh', 'auth', 'id', 'bearer', 'login', 'authorization']);

/**
 * What a name says of a token: `strong` for those that say who is in (`accessToken`, `jwt`, `id_token`), `medium` for a mere
 * `token`; undefined for tokens of another kind (`csrfToken`, `resetToken`) and for what is only about one (`tokenExpiry`).
 */
export function tokenName(name: string): 'strong' | 'medium' | undefined {
  const words = wordsOf(name);
  const last = words.at(-1);
  if (last === undefined) return undefined;
  if (JWT_WORDS.has(last) && !last.endsWith('s')) return words.slice(0, -1).every(isOwnWord) ? 'strong' : undefined;
  if (words.length === 1 && last === 'authorization') return 'strong';
  if (last !== 'token') return undefined;
  const before = words.slice(0, -1);
  if (before.length === 0) return 'medium';
  if (before.some((word) => VENDOR_WORDS.has(word))) return undefined;
  return JWT_WORDS.has(before.at(-1)!) || LOGIN_WORDS.has(before.at(-1)!) ? 'strong' : undefined;
}

/** True for the name of a key that signs and that nobody else may have: `privateKey`, `signingKeyPem`, `jwt_private.pem`. */
export function isPrivateKeyName(name: string): boolean {
  const words = wordsOf(name);
  if (words.some((word) => OTHER_WORDS.has(word))) return false;
  return words.some((word) => SIGNING_WORDS.has(word)) && words.some((word) => KEY_NOUNS.has(word) || word === 'pem');
}

/** What a list of values is called that a program refuses to work with. */
const REFUSED_WORDS: ReadonlySet<string> = new Set([
  ...['placeholder', 'placeholders', 'forbidden', 'insecure', 'unsafe', 'weak', 'known', 'bad', 'invalid', 'leaked', 'compromised'],
  ...['denied', 'denylist', 'blocked', 'blocklist', 'banned', 'disallowed', 'rejected', 'blacklist', 'blacklisted'],
]);

/** True for the name of an object that lists secrets to refuse, not to use: `PLACEHOLDER_SECRETS`, `knownWeakKeys`. */
export function namesRefusedValues(name: string): boolean {
  return wordsOf(name).some((word) => REFUSED_WORDS.has(word));
}

/** Names above the last one that give it its meaning. */
const CONTEXT_DEPTH = 3;

/** What nuxt-auth-utils seals its sessions with. */
const NUXT_SESSION = ['runtimeConfig', 'session', 'password'];

/** Names of environment variables, which mean the same wherever they stand. */
const ENVIRONMENT_NAME = /^[A-Z][A-Z0-9_]*$/;

/**
 * What the last name of a key path means where it stands: `secret` below `jwt` is as strong as `jwtSecret`, and below
 * `stripe` it is nothing of ours. Indices of lists are passed over.
 */
export function secretKeyPath(path: readonly string[]): SecretName | undefined {
  if (!path.some((part) => STEM.test(part))) return undefined;
  const names = path.filter((part) => !/^\d+$/.test(part)).slice(-CONTEXT_DEPTH - 1);
  if (names.slice(-NUXT_SESSION.length).join('.') === NUXT_SESSION.join('.')) return STRONG_SESSION;
  const last = names.at(-1);
  if (last === undefined) return undefined;
  const own = secretName(last);
  if (own?.strength === 'strong' || names.length === 1 || ENVIRONMENT_NAME.test(last)) return own;
  return names.some((name) => secretName(name) !== undefined) ? verdictOf(names.flatMap(wordsOf)) : undefined;
}

function verdictOf(words: readonly string[]): Verdict | undefined {
  const name = words.join(' ');
  const known = KNOWN_NAMES.get(name);
  if (known !== undefined) return known;
  if (name === CLIENT_AUTHENTICATION) return undefined;
  const at = words.findLastIndex((word) => SECRET_NOUNS.has(word) || KEY_NOUNS.has(word) || PASSWORD_NOUNS.has(word));
  if (at === -1) return isJwtAlone(words) ? MEDIUM_JWT : undefined;
  if (!words.slice(at + 1).every((word) => QUALIFIERS.has(word)) || words.some((word) => OTHER_WORDS.has(word))) return undefined;

  const noun = words[at]!;
  const before = words.slice(0, at);
  const isSecret = words.some((word) => SECRET_NOUNS.has(word));
  const isJwt = words.some((word) => JWT_WORDS.has(word));
  if (words.some((word) => VENDOR_WORDS.has(word)) && !(isJwt && isSecret)) return undefined;

  const signs = isSecret || (KEY_NOUNS.has(noun) && before.some((word) => SIGNING_WORDS.has(word)));
  const follows = JWT_WORDS.has(before.at(-1) ?? '') || KEY_NOUNS.has(before.at(-1) ?? '');
  if (isJwt && (signs || (PASSWORD_NOUNS.has(noun) && follows))) return STRONG_JWT;
  if (!before.every(isOwnWord)) return undefined;
  if (isJwt) return KEY_NOUNS.has(noun) ? MEDIUM_JWT : undefined;
  // An access key, and the secret to one, is how clouds call a password.
  if (words.some((word, index) => word === 'access' && KEY_NOUNS.has(words[index + 1] ?? ''))) return undefined;

  if (before.some((word) => TOKEN_WORDS.has(word)))
    return signs ? STRONG_JWT : noun === 'salt' || KEY_NOUNS.has(noun) ? MEDIUM_JWT : undefined;
  if (before.some((word) => SESSION_WORDS.has(word))) return signs ? STRONG_SESSION : MEDIUM_SESSION;
  if (isSecret) return before.some((word) => AUTH_WORDS.has(word) || PAIR_WORDS.has(word)) ? STRONG_JWT : MEDIUM;
  const isOwnKey = before.some((word) => AUTH_WORDS.has(word) || OWN_KEY_WORDS.has(word));
  return KEY_NOUNS.has(noun) && isOwnKey ? MEDIUM : undefined;
}

/** `jwt` and `jwtToken`: a token by its name, and often enough the secret for it. */
function isJwtAlone(words: readonly string[]): boolean {
  return JWT_WORDS.has(words[0] ?? '') && (words.length === 1 || (words.length === 2 && TOKEN_WORDS.has(words[1]!)));
}

const VARIABLE = /^[A-Z][A-Z0-9_]{2,79}$/;

/** True for names of environment variables that may be meant for a signing secret: a slip of the fingers leaves one of the words whole. */
export function mayMeanSecret(name: string): boolean {
  return /JWT|SECRET/.test(name) && VARIABLE.test(name);
}

/** True for words that names of secrets are made of, in lower case. */
export function isKnownWord(word: string): boolean {
  return isOwnWord(word) || OTHER_WORDS.has(word) || VENDOR_WORDS.has(word);
}

function isOwnWord(word: string): boolean {
  return (
    NEUTRAL_WORDS.has(word) ||
    JWT_WORDS.has(word) ||
    TOKEN_WORDS.has(word) ||
    SESSION_WORDS.has(word) ||
    AUTH_WORDS.has(word) ||
    SECRET_NOUNS.has(word) ||
    KEY_NOUNS.has(word)
  );
}

/** Capitals up to the one that begins a word, a word, or what else there is; each with digits after it. */
const WORD = /[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+/g;

/** The words of a name in any style, in lower case: `JWT_SECRET`, `jwtSecret`, `Jwt__Secret`, `jwt:secret`, `jwtsecret`. */
export function wordsOf(name: string): readonly string[] {
  if (name.length > MAX_LENGTH) return [];
  return (name.match(WORD) ?? []).map((word) => word.toLowerCase()).flatMap(partsOf);
}

/** Words that are found in a name without any mark between them, the longer ones first. */
const GLUED = ['authentication', 'secrets', 'secret', 'private', 'signing', 'session', 'refresh', 'nextauth', 'cookie', 'access'].concat([
  'token',
  'super',
  'auth',
  'salt',
  'keys',
  'key',
  'app',
  'jwt',
  'my',
]);

/** A word without the number at its end (`secret2`), and taken apart when it is several (`accesstokensecret`). */
function partsOf(word: string): readonly string[] {
  if (isOwnWord(word) || VENDOR_WORDS.has(word)) return [word];
  const stem = word.replace(/\d+$/, '');
  if (stem === '') return [];
  const parts: string[] = [];
  for (let rest = stem; rest !== '';) {
    const part = GLUED.find((each) => rest.startsWith(each));
    if (part === undefined) return isOwnWord(stem) ? [stem] : [word];
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return parts;
}
