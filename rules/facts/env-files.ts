/**
 * What the path of a file says about environments and keys, and which package it belongs to. Questions about names are about
 * base names and ignore case.
 */
import type { Project } from '../contract.js';

/** Words that make an env file a form to fill in instead of somebody's settings. */
const TEMPLATE_WORDS: ReadonlySet<string> = new Set([
  ...['example', 'examples', 'sample', 'template', 'tmpl', 'tpl', 'dist', 'default', 'defaults', 'schema'],
  ...['exemple', 'exemplo', 'ejemplo', 'esempio', 'beispiel'],
]);

/** Words after `env` that make a name without a leading dot an env file: `env.local`. */
const STAGE_WORDS: ReadonlySet<string> = new Set(['local', 'development', 'dev', 'production', 'prod', 'staging', 'test', 'ci']);

/** Endings after `.env.` of files that are something else: code that reads the environment, prose, other formats, ciphertext. */
const OTHER_ENDINGS: ReadonlySet<string> = new Set([
  ...[
    'js',
    'cjs',
    'mjs',
    'jsx',
    'ts',
    'cts',
    'mts',
    'tsx',
    'vue',
    'svelte',
    'css',
    'py',
    'rb',
    'php',
    'go',
    'rs',
    'java',
    'sh',
    'bash',
    'ps1',
  ],
  ...['json', 'jsonc', 'json5', 'yaml', 'yml', 'toml', 'ini', 'xml', 'md', 'mdx', 'htm', 'html', 'lock', 'zip', 'gz'],
  ...['enc', 'encrypted', 'gpg', 'asc', 'age', 'vault'],
]);

const KEY_FILE_ENDINGS: ReadonlySet<string> = new Set([
  ...['pem', 'key', 'p12', 'pfx', 'pkcs12', 'p8', 'pk8', 'pkcs8', 'der', 'jks', 'jceks', 'keystore', 'ppk', 'jwk', 'kdbx'],
]);

const KEY_FILE_NAMES: ReadonlySet<string> = new Set(['id_rsa', 'id_dsa', 'id_ecdsa', 'id_ed25519', 'jwks.json', 'jwk.json']);

/** The names for which {@link isKeyFile} holds, as globs that ignore case. */
export const KEY_FILE_GLOBS: readonly string[] = [...[...KEY_FILE_ENDINGS].map((name) => `*.${name}`), ...KEY_FILE_NAMES];

/** Directories by whose name keys are kept in them. */
const KEY_DIRECTORY = /(?:^|[._-])(?:keys?|certs?|certificates?|secrets?|ssl|tls|pki|private|credentials?|jwt|auth)(?:[._-]|$)/i;

/** True for the base name of a directory that is for keys and the like. */
export function isKeyDirectory(baseName: string): boolean {
  return KEY_DIRECTORY.test(baseName);
}

/** The last part of a name after a dot, or the whole name. */
function ending(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}

/** `.envexample`: the names of templates that are written without a sign between their words. */
const GLUED_TEMPLATE = /^\.env(?=(?:examples?|exempl[eo]|ejemplo|sample|template|dist|defaults?)$)/;

function words(name: string): string[] {
  return name.toLowerCase().replace(GLUED_TEMPLATE, '.env.').split(/[._-]/);
}

/** Names that git is asked for when it lists what it ignores: globs that ignore case, for which {@link isEnvFile} mostly holds. */
export const ENV_FILE_GLOBS: readonly string[] = ['.env*', '*.env', '.dev.vars*'];

/** True for files in the format of dotenv: `.env`, `.env.*`, `prod.env`, `env.local`, `app.env.sample`, and `.dev.vars` of Wrangler. */
function isDotenv(baseName: string): boolean {
  const name = baseName.toLowerCase();
  if (/^\.(?:env(?:$|[._-])|dev\.vars(?:$|\.))/.test(name)) return !OTHER_ENDINGS.has(ending(name));
  if (GLUED_TEMPLATE.test(name)) return true;
  if (name.endsWith('.env')) return true;
  if (!/(?:^|\.)env[._-]/.test(name)) return false;
  const all = words(name);
  return all.slice(all.lastIndexOf('env') + 1).every((word) => TEMPLATE_WORDS.has(word) || STAGE_WORDS.has(word));
}

/** True for a file that holds an environment: `.env`, `.env.local`, `prod.env`; not for templates. */
export function isEnvFile(baseName: string): boolean {
  return isDotenv(baseName) && !words(baseName).some((word) => TEMPLATE_WORDS.has(word));
}

/** Usual names of such a template, the one to make first. */
export const ENV_TEMPLATES = ['.env.example', '.env.sample', '.env.template', '.env.dist'] as const;

/** True for an env file that is to be copied and filled in: `.env.example`, `example.env`, `.env.local.sample`. */
export function isEnvTemplate(baseName: string): boolean {
  return isDotenv(baseName) && words(baseName).some((word) => TEMPLATE_WORDS.has(word));
}

/** Words for the environments that a name may speak of, and what each means. */
const ENVIRONMENTS: ReadonlyMap<string, string> = new Map([
  ...['prod', 'production', 'live'].map((word) => [word, 'production'] as const),
  ...['stage', 'staging', 'preprod', 'uat', 'qa'].map((word) => [word, 'staging'] as const),
  // What developers and tests run with may be the same.
  ...['dev', 'development', 'test', 'testing', 'ci'].map((word) => [word, 'development'] as const),
]);

/** The environment that an env file is for, by its name, and its directory; undefined for all other files, and for templates. */
export function environmentOf(path: string): { readonly directory: string; readonly name: string } | undefined {
  const slash = path.lastIndexOf('/');
  const baseName = path.slice(slash + 1);
  if (!isEnvFile(baseName)) return undefined;
  const names = new Set(words(baseName).flatMap((word) => ENVIRONMENTS.get(word) ?? []));
  const [name] = names;
  return name === undefined || names.size > 1 ? undefined : { directory: path.slice(0, Math.max(slash, 0)), name };
}

/**
 * The environment that a file of settings is for, by a word in its path, and the path without that word: `config.prod.js`,
 * `config/production.js`, `environment.ts` (which is for the one that no other is for).
 */
export function environmentIn(path: string): { readonly name: string; readonly rest: string } | undefined {
  const parts = path.split(/([./_-])/);
  const at = parts.findLastIndex((part) => ENVIRONMENTS.has(part.toLowerCase()));
  const name = at < 0 ? undefined : ENVIRONMENTS.get(parts[at]!.toLowerCase());
  if (name !== undefined) return { name, rest: parts.filter((_, index) => index !== at && index !== at - 1).join('') };
  return /(?:^|[./_-])(?:env|environment|config|settings|default|keys?)\.[^./]+$/i.test(path) ? { name: '', rest: path } : undefined;
}

/** True for the files that `config.get('jwt.key')` reads: those of the package `config` and its kin stand in a directory of that name. */
export function isConfiguration(path: string): boolean {
  return /(?:^|\/)config\/[^/]+$/.test(path);
}

/** The file that people make of a template: `.env` of `.env.example` and `env.dist`, `.env.local` of `.env.local.example`. */
export function filledInName(template: string): string {
  if (GLUED_TEMPLATE.test(template.toLowerCase())) return '.env';
  const parts = template.split(/(?=[._-])/).filter((part) => !TEMPLATE_WORDS.has(part.replace(/^[._-]/, '').toLowerCase()));
  const name = parts.join('');
  return name.toLowerCase().startsWith('env') ? `.${name}` : name;
}

/**
 * What Android's build tools sign debug builds with, under a password that they document: a secret to nobody, and part of
 * many repositories on purpose (https://developer.android.com/studio/publish/app-signing#debug-mode).
 */
export const ANDROID_DEBUG_STORE = 'debug.keystore';

/** True for a name that key material usually has. Whether it is private says only the content. */
export function isKeyFile(baseName: string): boolean {
  const name = baseName.toLowerCase();
  return KEY_FILE_NAMES.has(name) || (name.includes('.') && KEY_FILE_ENDINGS.has(ending(name)));
}

/**
 * True for the names that ignore rules are about, and for `.gitignore` itself. A host that looks at a change asks its
 * repository rules only when one of the changed names is such a name.
 */
export function concernsIgnoring(baseName: string): boolean {
  return baseName === '.gitignore' || isEnvFile(baseName) || isEnvTemplate(baseName) || isKeyFile(baseName);
}

/** True for the names of files that repository rules must be told of: those above, and manifests, which say what is used. */
export function concernsRepository(baseName: string): boolean {
  return baseName === 'package.json' || concernsIgnoring(baseName);
}

/** Directories whose files are no part of what runs; a secret that nobody has committed yet counts there too. */
const APART: ReadonlySet<string> = new Set([
  ...['test', 'tests', '__tests__', 'testing', 'spec', 'specs', 'e2e', 'fixture', 'fixtures', '__fixtures__', 'mock', 'mocks', '__mocks__'],
  ...['example', 'examples', 'sample', 'samples', 'doc', 'docs', 'documentation', 'template', 'templates', 'node_modules', 'vendor'],
]);

/** True for a directory whose files are no part of what runs. */
export function isApart(directory: string): boolean {
  return directory.split('/').some((segment) => APART.has(segment.toLowerCase()));
}

/** The nearest directory with a manifest, '' when there is none. */
export function packageOf(path: string, projects: ReadonlyMap<string, Project>): string {
  let directory = path;
  do directory = directory.slice(0, Math.max(directory.lastIndexOf('/'), 0));
  while (directory !== '' && !projects.has(directory));
  return directory;
}
