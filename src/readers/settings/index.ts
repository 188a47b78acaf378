/** Settings files: which paths are settings, and their values with exact positions, whatever the format. */
import type { Settings, SettingsEntry, SettingsFormat, Span } from '../../../rules/contract.js';
import type { SettingsContent } from './content.js';
import { deploymentRole, withVariables } from './deployment.js';

/** What the name of a file says about it. */
export interface SettingsKind {
  readonly format: SettingsFormat;
  readonly role: Settings['role'];
}

/** A settings file as rules see it. */
export interface SettingsFile extends SettingsKind {
  readonly entries: readonly SettingsEntry[];
  readonly comments: readonly Span[];
  /**
   * Why the file was not read to its end, as the rest of a sentence about it (`does not parse at line 3`); the entries
   * before the fault are there. Never holds anything of the file.
   */
  readonly failed: string | undefined;
}

/** Words in the name of an env file that is there to be copied. */
const TEMPLATE_WORDS: ReadonlySet<string> = new Set(['example', 'sample', 'template', 'tmpl', 'dist', 'defaults', 'default', 'schema']);

/** Words after `env` that make a name without a leading dot an env file: `env.local`. */
const STAGE_WORDS: ReadonlySet<string> = new Set(['local', 'development', 'dev', 'production', 'prod', 'staging', 'test', 'ci']);

/** Extensions after `.env.` of files that are something else: code that reads the environment, prose, ciphertext. */
const NOT_DOTENV = /\.(?:[cm]?[jt]sx?|vue|svelte|mdx?|html?|css|py|rb|php|go|rs|java|sh|bash|ps1|toml|ini|xml|gpg|age|asc)$/;

/** Manifests and lockfiles: they configure tools, and hold hashes that look like secrets. */
const NOT_SETTINGS =
  /^(?:package|composer|bower|jsr|deno|(?:ts|js)config(?:[.-].{1,60})?|.{0,60}package-lock|packages\.lock|npm-shrinkwrap)\.jsonc?$|^pnpm-lock\.yaml$/;

const COMPOSE_NAME = /^(?:docker-)?compose[^/]{0,100}\.ya?ml$/;

const CI_PATH =
  /(?:^|\/)(?:\.(?:github|gitea|forgejo)\/workflows\/[^/]{1,200}|\.gitlab-ci|\.travis|\.drone|\.woodpecker|\.circleci\/config|appveyor|azure-pipelines|bitbucket-pipelines)\.ya?ml$/;

/** Tells from a path alone whether it is a settings file that jwtlint reads; undefined when it is not. */
export function settingsFormat(path: string): SettingsKind | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const extension = name.slice(name.lastIndexOf('.') + 1);
  switch (extension) {
    case 'json':
    case 'jsonc':
    case 'json5':
      return NOT_SETTINGS.test(name) ? undefined : { format: 'json', role: 'config' };
    case 'yml':
    case 'yaml':
      if (NOT_SETTINGS.test(name)) return undefined;
      return { format: 'yaml', role: COMPOSE_NAME.test(name) ? 'compose' : CI_PATH.test(path) ? 'ci' : 'config' };
    default:
      return name.includes('env') ? envFile(name) : undefined;
  }
}

function envFile(name: string): SettingsKind | undefined {
  const words = name.split(/[.\-_]/);
  const isTemplate = words.some((word) => TEMPLATE_WORDS.has(word));
  return isDotenvName(name, words) ? { format: 'dotenv', role: isTemplate ? 'env-example' : 'env' } : undefined;
}

function isDotenvName(name: string, words: readonly string[]): boolean {
  if (/^\.env(?:$|[.\-_])/.test(name)) return !NOT_DOTENV.test(name);
  if (name.endsWith('.env')) return true;
  // env.example, app.env.sample, .dev.env-template: nothing but stages and words for templates after `env`.
  const after = words.slice(words.lastIndexOf('env') + 1);
  const env = words.includes('env') && after.length > 0;
  return env && /(?:^|\.)env[.\-_]/.test(name) && after.every((word) => TEMPLATE_WORDS.has(word) || STAGE_WORDS.has(word));
}

/** Reads a settings file. Parsers are loaded when the first file of their format comes. The path must have a {@link settingsFormat}. */
export async function readSettings(path: string, text: string): Promise<SettingsFile> {
  const kind = settingsFormat(path);
  if (kind === undefined) throw new TypeError(`not a settings file: ${path}`);
  const { documents, comments, failed } = await content(kind.format, text);
  if (kind.format === 'dotenv') return { ...kind, entries: documents.flat(), comments, failed };
  const role = kind.role === 'config' ? documents.map(deploymentRole).find((found) => found !== undefined) : undefined;
  return {
    format: kind.format,
    role: role ?? kind.role,
    entries: documents.flatMap((document) => withVariables(document, text)),
    comments,
    failed,
  };
}

async function content(format: SettingsFormat, text: string): Promise<SettingsContent> {
  switch (format) {
    case 'dotenv':
      return (await import('./dotenv.js')).readDotenv(text);
    case 'json':
      return (await import('./json.js')).readJson(text);
    case 'yaml':
      return (await import('./yaml.js')).readYaml(text);
  }
}
