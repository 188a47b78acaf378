/** Which entries of a settings file are secrets that sign tokens or sessions. */
import type { FileFacts, Project, Settings, SettingsEntry, Span } from '../contract.js';
import { environmentOf, isConfiguration } from './env-files.js';
import { isKeyMaterial } from './keys.js';
import { secretKeyPath, secretName, type SecretName } from './names.js';
import { interpolation, placeholderOf, type Interpolation, type Placeholder } from './placeholders.js';
import { isVendorCredential } from './vendor-credentials.js';

/** A signing secret in a settings file. */
export interface SigningSecret {
  /** The entry, or what of it is the secret: the key inside of a value that is JSON. */
  readonly entry: SettingsEntry;
  /** The variable, or the key path as far as it says what the value is, e.g. `jwt.secret`. */
  readonly name: string;
  readonly strength: SecretName['strength'];
  readonly purpose: SecretName['purpose'];
  /** The name makes build tools copy the value into the browser's code. */
  readonly public: boolean;
  /** What the value, or the fallback of its interpolation, asks for instead of being a secret. */
  readonly placeholder: Placeholder | undefined;
  /** Its `fallbackSpan` counts from the start of the entry's span, and is all of it where the file writes the value with escapes. */
  readonly interpolation: Interpolation | undefined;
  /** The algorithm that stands beside the key, e.g. `HS256`. */
  readonly algorithm: string | undefined;
}

/** Packages whose presence makes a name like `SECRET_KEY` that of a signing secret. */
export const SIGNING_PACKAGES: readonly string[] = [
  ...['jsonwebtoken', 'jose', 'fast-jwt', 'jwt-simple', 'njwt', 'jws', 'jsrsasign', 'node-jose', 'jwt-encode', 'json-web-token'],
  ...['@tsndr/cloudflare-worker-jwt', 'jsonwebtoken-esm', 'jwt-promisify', '@hapi/jwt', 'hapi-auth-jwt2', 'expo-jwt', 'node-webtokens'],
  ...['express-jwt', 'koa-jwt', 'koa-jwt2', 'egg-jwt', 'passport-jwt', '@nestjs/jwt', '@fastify/jwt', 'fastify-jwt', '@elysiajs/jwt'],
  ...['socketio-jwt', '@thream/socketio-jwt', 'restify-jwt-community', '@midwayjs/jwt', '@foal/jwt', '@loopback/authentication-jwt'],
  ...['next-auth', '@auth/core', 'better-auth', '@feathersjs/authentication', '@graphql-yoga/plugin-jwt', '@strapi/strapi', 'payload'],
  ...[
    'express-session',
    'cookie-session',
    'cookie-parser',
    'koa-session',
    '@fastify/session',
    '@fastify/cookie',
    '@fastify/secure-session',
  ],
  ...['iron-session', 'nuxt-auth-utils', '@hapi/cookie', '@hapi/yar', 'csrf-csrf', 'lusca'],
];

/** The signing secrets of a file, in order. Empty values and tokens are none, nor is key material: other rules know those. */
export function signingSecrets(settings: Settings): readonly SigningSecret[] {
  if (settings.role === 'manifest' || NAMES_ONLY.test(settings.path) || TRANSLATIONS.test(settings.path)) return [];
  let speaksOfSigning: boolean | undefined;
  let siblings: ReadonlyMap<string, number> | undefined;
  const found: SigningSecret[] = [];
  for (const whole of settings.entries) {
    if (!hasSecretType(whole, settings)) continue;
    const meant = meaningOf(whole, settings);
    if (meant === undefined) continue;
    if (meant.strength === 'medium') {
      speaksOfSigning ??= usesSigning(settings.project) || saysJwt(settings);
      if (!speaksOfSigning) continue;
      if (settings.role === 'config' && (siblings ??= memberCounts(settings)).get(parentOf(whole))! > MOST_SETTINGS) continue;
    }
    for (const { entry, algorithm } of keysIn(whole, settings.text)) {
      if (!isSecretText(entry.value) || (settings.role === 'config' && isLabel(entry))) continue;
      const filledIn = filledInBy(entry, settings.text);
      if (meant.strength === 'medium' && isVendorCredential(filledIn?.fallback ?? entry.value)) continue;
      found.push({
        entry,
        name: nameOf(entry, settings),
        strength: meant.strength,
        purpose: meant.purpose,
        public: meant.public === true,
        placeholder: placeholderOf(filledIn?.fallback || entry.value),
        interpolation: filledIn,
        algorithm,
      });
    }
  }
  return found;
}

/** An object with more members is a table: what its keys are called, currencies or words of a language, says nothing of the values. */
const MOST_SETTINGS = 200;

function parentOf({ key }: SettingsEntry): string {
  return key.slice(0, -1).join('\0');
}

/** How many values each object has. */
function memberCounts({ entries }: Settings): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const entry of entries) counts.set(parentOf(entry), (counts.get(parentOf(entry)) ?? 0) + 1);
  return counts;
}

/** The secrets of an env file that is for one environment, for comparing them with those of others; undefined for other files. */
export function environmentSecrets(settings: Settings): FileFacts['secrets'] {
  if (environmentOf(settings.path) === undefined) return undefined;
  return signingSecrets(settings).flatMap(({ entry, name, placeholder, interpolation }) =>
    placeholder !== undefined || interpolation
      ? []
      : [{ name, identity: settings.crypto.identity(entry.value), place: { path: settings.path, ...entry.keySpan } }],
  );
}

/** Files of node-config and feathers whose values are the names of variables. */
const NAMES_ONLY = /(?:^|\/)custom-environment-variables\.[a-z0-9]+$/;

/** Directories whose files say what a program shows its users. */
export const TRANSLATIONS = /(?:^|\/)(?:locales?|i18n|l10n|intl|langs?|languages?|translations?|messages|nls)\//i;

/** Environment variables are text whatever a file's format takes them for; elsewhere only text is a secret. */
function hasSecretType(entry: SettingsEntry, settings: Settings): boolean {
  return entry.type === 'string' || (entry.type === 'number' && settings.role !== 'config');
}

/** Keys below which the members are variables of a program. */
const VARIABLE_MAPS: ReadonlySet<string> = new Set(['environment', 'env', 'envs', 'envVars', 'variables', 'args', 'data', 'stringData']);

const CAPITALS = /^[A-Z][A-Z0-9_]*$/;

function meaningOf(entry: SettingsEntry, settings: Settings): SecretName | undefined {
  const last = entry.key.at(-1);
  if (last === undefined) return undefined;
  if (isConfiguredName(entry.key, settings)) return { strength: 'strong', purpose: 'generic' };
  if (settings.role === 'config' || settings.role === 'manifest') {
    const isAskedFor = settings.keyVariables?.has(entry.key.join('.')) === true && isConfiguration(settings.path);
    return isAskedFor ? { strength: 'strong', purpose: 'generic' } : secretKeyPath(entry.key);
  }
  if (!isVariable(entry, settings.role)) return undefined;
  return settings.keyVariables?.has(last) ? { strength: 'strong', purpose: 'generic' } : secretName(last);
}

/** Whether an entry is a variable: other keys are those of the platform, which has secrets of its own, or of a script for itself. */
function isVariable({ key }: SettingsEntry, role: Settings['role']): boolean {
  return (
    role === 'env' || role === 'env-example' || CAPITALS.test(key.at(-1)!) || (role !== 'commands' && VARIABLE_MAPS.has(key.at(-2) ?? ''))
  );
}

/** Names that the user's configuration adds, compared without case and separators. */
function isConfiguredName(key: readonly string[], settings: Settings): boolean {
  if (settings.vocabulary.secretNames.length === 0) return false;
  const forms = [plain(namesOf(key).at(-1) ?? ''), plain(namesOf(key).join(''))];
  return settings.vocabulary.secretNames.some((name) => forms.includes(plain(name)));
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** A key path without the indices of lists. */
function namesOf(key: readonly string[]): readonly string[] {
  return key.filter((part) => !/^\d+$/.test(part));
}

export function usesSigning(project: Project): boolean {
  return SIGNING_PACKAGES.some((name) => project.uses(name));
}

function saysJwt(settings: Settings): boolean {
  const jwt = /jwt/i;
  return jwt.test(settings.path) || settings.entries.some(({ key }) => key.some((part) => jwt.test(part)));
}

/** The shortest end of the key path that says by itself what the value is. */
function nameOf(entry: SettingsEntry, settings: Settings): string {
  const names = namesOf(entry.key);
  if (settings.role !== 'config') return names.at(-1)!;
  const enough = names.findLastIndex((_, index) => secretKeyPath(names.slice(index))?.strength === 'strong');
  return names.slice(enough === -1 ? -2 : enough).join('.');
}

/** The keys that a value holds: itself, or those of JSON as Hasura and Postgrest take it, `{"type":"HS256","key":"..."}`. */
function keysIn(entry: SettingsEntry, text: string): readonly { readonly entry: SettingsEntry; readonly algorithm: string | undefined }[] {
  const held = parsedJson(entry.value);
  if (held === undefined) return [{ entry, algorithm: undefined }];
  return held.flatMap(({ type, key }) => {
    if (typeof key !== 'string') return [];
    const inner = { ...entry, value: key, span: spanOfPart(entry, key, text) };
    return [{ entry: inner, algorithm: typeof type === 'string' ? type : undefined }];
  });
}

/** The objects of a value that is a JSON object or a list of them; undefined when it is neither. */
function parsedJson(value: string): readonly Readonly<Record<string, unknown>>[] | undefined {
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    const list: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    return list.every((each) => typeof each === 'object' && each !== null) ? (list as readonly Record<string, unknown>[]) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Where a part of a value stands, if it stands there once and as it is; else the whole value. */
function spanOfPart(entry: SettingsEntry, part: string, text: string): Span {
  const written = text.slice(entry.span.start, entry.span.end);
  const at = written.indexOf(part);
  if (part === '' || at === -1 || written.includes(part, at + 1)) return entry.span;
  return { start: entry.span.start + at, end: entry.span.start + at + part.length };
}

/** What the value takes from elsewhere, with offsets that hold in the file. */
function filledInBy(entry: SettingsEntry, text: string): Interpolation | undefined {
  const found = interpolation(entry.value);
  if (found?.fallbackSpan === undefined || text.slice(entry.span.start, entry.span.end) === entry.value) return found;
  return { ...found, fallbackSpan: { start: 0, end: entry.span.end - entry.span.start } };
}

/** A signed token; what it is worth says its content. */
const TOKEN = /^ey[\w-]{10,}\.[\w-]{2,}\.[\w-]*$/;

/** Where a key is kept. An absolute path needs a directory that keys are in: base64 may begin with a slash. */
const LOCATION = /^(?:\.{1,2}\/|~\/|\/(?:run|etc|var|usr|opt|home|root|app|srv|mnt|secrets?|keys?|certs?)\/|(?:file|https?):)/;
const KEY_FILE = /^[\w./\\-]{1,200}\.(?:pem|key|crt|cer|pub|der|p8|p12|pfx|jwks?|json|txt)$/;

function isSecretText(value: string): boolean {
  const text = value.trim();
  return text !== '' && !isKeyMaterial(text) && !TOKEN.test(text) && !LOCATION.test(text) && !KEY_FILE.test(text);
}

/** The name of a variable where configuration says which, and the name of a setting where a form shows it. */
function isLabel(entry: SettingsEntry): boolean {
  const { value } = entry;
  if (CAPITALS.test(value) && value.includes('_') && secretName(value) !== undefined) return true;
  return /\s/.test(value) && plain(value) === plain(namesOf(entry.key).at(-1) ?? '');
}
