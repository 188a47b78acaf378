/**
 * The user's configuration: which file holds for a path, and what it says about it. The nearest one above a file counts
 * (jwtlint.config.json, or the key "jwtlint" of package.json), and only what it extends besides. Without any, nothing
 * but this file is loaded.
 */
import { posix } from 'node:path';
import type { Preset, RuleId, Severity, UserSink, Vocabulary } from '../rules/contract.js';
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
/** Findings that were accepted; at the top of what is scanned, and read in the same state. */
export const BASELINE_FILE = 'jwtlint.baseline.jsonl';

export const CONFIG_NAMES: readonly string[] = [CONFIG_FILE, MANIFEST];

/** What the configuration says about one path. */
export interface PathSettings {
  /** The severity that the user set for a rule here; undefined when none. */
  severity(rule: RuleId): Severity | undefined;
  /** The options that the user set for a rule here, checked, without the rule's defaults. */
  options(rule: RuleId): object | undefined;
  readonly preset: Preset;
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
  /** Whether a rule is switched on for some path. */
  readonly isOn: (rule: RuleId) => boolean;
  /** Whether a path is not to be scanned. */
  ignored(path: string): boolean;
  forPath(path: string): PathSettings;
}

const NO_SETTINGS: PathSettings = {
  severity: () => undefined,
  options: () => undefined,
  preset: 'recommended',
  context: undefined,
  redefines: () => false,
};

/** What holds without any configuration. */
export const NO_CONFIGURATION: Configuration = {
  files: [],
  vocabulary: { sinks: [], secretNames: [], secretSources: [] },
  isOn: () => false,
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
  /** Asked only when there is a configuration to check. */
  readonly rules: () => Promise<readonly ConfigurableRule[]>;
}

/**
 * Finds, reads and checks the configurations.
 * @throws JwtlintError `config` for what cannot be read or is wrong.
 */
export async function loadConfiguration(request: ConfigRequest): Promise<Configuration> {
  const { read, file } = request;
  const texts = textsOf(await read(file === undefined ? request.places : [file]));
  if (file !== undefined && !texts.has(file)) throw new JwtlintError('config', `there is no configuration ${file}`);
  const own = file === undefined ? [...texts.keys()].filter((path) => holdsConfiguration(path, texts)).sort() : [file];
  if (own.length === 0) return NO_CONFIGURATION;
  const [{ readConfig }, { configSchema }, { globMatcher }] = await Promise.all([
    import('./config-file.js'),
    import('./config-schema.js'),
    import('./glob.js'),
  ]);
  const schema = configSchema(await request.rules());
  const checked = new Map<string, ConfigFile>();
  const contentsOf = (path: string): ConfigFile => {
    let config = checked.get(path);
    if (!config) {
      config = readConfig(path, texts.get(path)!, schema, posix.basename(path) === MANIFEST ? MANIFEST_KEY : undefined);
      checked.set(path, config);
    }
    return config;
  };
  /** Reads what is not read yet. */
  const fetch = async (paths: readonly string[]): Promise<void> => {
    const missing = paths.filter((path) => !texts.has(path));
    if (missing.length > 0) for (const [path, text] of textsOf(await read(missing))) texts.set(path, text);
  };

  const nearest = new Map<string, CompiledConfig>();
  for (const path of own) {
    const layers: Layer[] = [];
    let current = path;
    let base = file === undefined ? directoryOf(path) : '';
    for (const seen = new Set<string>(); ;) {
      const config = contentsOf(current);
      layers.unshift({ base, contents: config.contents });
      const wish = config.contents.extends;
      if (wish === undefined) break;
      seen.add(current);
      let target = posix.join(directoryOf(current), wish);
      if (wish === 'root') {
        await fetch(CONFIG_NAMES);
        target = CONFIG_NAMES.find((name) => texts.has(name) && holdsConfiguration(name, texts)) ?? CONFIG_FILE;
      }
      if (wish.startsWith('/') || target.startsWith('../')) throw config.complain('"extends" leads out of the scanned tree');
      if (seen.has(target)) throw config.complain('"extends" comes back to this file');
      await fetch([target]);
      if (!texts.has(target))
        throw config.complain(`there is no ${target} to extend`, '"extends" is "root" or a path relative to this file.');
      // Globs count from the file that holds them, unless it stands beside: a shared file speaks for whoever extends it.
      const above = directoryOf(target);
      if (above === '' || base === above || base.startsWith(`${above}/`)) base = above;
      current = target;
    }
    // package.json comes after jwtlint.config.json, which wins where both hold a configuration.
    const directory = file === undefined ? directoryOf(path) : '';
    if (!nearest.has(directory)) nearest.set(directory, compiled(layers, globMatcher));
  }
  return configurationOf(
    nearest,
    [...checked].map(([path, config]) => [path, config.contents]),
  );
}

/** The texts of files that are text; a configuration that is none is an error, a manifest that is none is not ours to judge. */
function textsOf(files: ReadonlyMap<string, Uint8Array>): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [path, bytes] of files) {
    const { text, binary } = decode(bytes);
    if (!binary) texts.set(path, text);
    else if (posix.basename(path) !== MANIFEST) throw new JwtlintError('config', `${path} is no text`);
  }
  return texts;
}

/** Manifests mostly hold none. One that mentions jwtlint and does not parse may hold one, so that is for the check to say. */
function holdsConfiguration(path: string, texts: ReadonlyMap<string, string>): boolean {
  if (posix.basename(path) !== MANIFEST) return true;
  const text = texts.get(path)!;
  if (!text.includes(`"${MANIFEST_KEY}"`)) return false;
  try {
    const manifest: unknown = JSON.parse(text);
    return typeof manifest === 'object' && manifest !== null && Object.hasOwn(manifest, MANIFEST_KEY);
  } catch (error) {
    if (error instanceof SyntaxError) return true;
    throw error;
  }
}

/** One file of a chain of configurations, and the directory that its globs count from. */
interface Layer {
  readonly base: string;
  readonly contents: ConfigContents;
}

type Matcher = (path: string) => boolean;

/** A chain of configurations, ready to be asked; extended ones come first. */
interface CompiledConfig {
  readonly ignores: readonly Matcher[];
  readonly contexts: ReadonlyMap<string, Matcher>;
  readonly preset: Preset;
  readonly rules: readonly { readonly matches: Matcher; readonly rules: ConfiguredRules }[];
}

function compiled(layers: readonly Layer[], globMatcher: (globs: readonly string[]) => Matcher): CompiledConfig {
  const ignores: Matcher[] = [];
  const contexts = new Map<string, Matcher>();
  const rules: { matches: Matcher; rules: ConfiguredRules }[] = [];
  let preset: Preset = 'recommended';
  for (const { base, contents } of layers) {
    const below = (globs: readonly string[]): Matcher => {
      const matches = globMatcher(globs);
      if (base === '') return matches;
      return (path) => path.startsWith(`${base}/`) && matches(path.slice(base.length + 1));
    };
    preset = contents.preset ?? preset;
    if (contents.ignore) ignores.push(below(contents.ignore));
    for (const [name, globs] of Object.entries(contents.contexts ?? {})) contexts.set(name, below(globs));
    if (contents.rules) rules.push({ matches: () => true, rules: contents.rules });
    for (const override of contents.overrides ?? []) rules.push({ matches: below(override.files), rules: override.rules });
  }
  return { ignores, contexts, preset, rules };
}

function configurationOf(
  nearest: ReadonlyMap<string, CompiledConfig>,
  files: readonly (readonly [string, ConfigContents])[],
): Configuration {
  const of = (path: string): CompiledConfig | undefined => {
    for (let directory = directoryOf(path); ; directory = directoryOf(directory)) {
      const config = nearest.get(directory);
      if (config || directory === '') return config;
    }
  };
  const contents = files.map(([, each]) => each);
  return {
    files: files.map(([path]) => path).sort(),
    vocabulary: {
      sinks: contents.flatMap((each): readonly UserSink[] => each.sinks ?? []),
      secretNames: contents.flatMap((each) => each.secretNames ?? []),
      secretSources: contents.flatMap((each) => each.secretSources ?? []),
    },
    isOn: (rule) =>
      contents.some(
        (each) =>
          each.preset === 'all' ||
          [each.rules, ...(each.overrides ?? []).map((override) => override.rules)].some((rules) => severityIn(rules, rule) !== 'off'),
      ),
    ignored: (path) => of(path)?.ignores.some((matches) => matches(path)) ?? false,
    forPath: (path) => {
      const config = of(path);
      return config ? settingsOf(config, path) : NO_SETTINGS;
    },
  };
}

/** The severity that some rules are given for one of them; `off` when none. */
function severityIn(rules: ConfiguredRules | undefined, rule: RuleId): Severity {
  const setting = rules && Object.hasOwn(rules, rule) ? rules[rule] : undefined;
  return (typeof setting === 'string' ? setting : setting?.[0]) ?? 'off';
}

function settingsOf({ contexts, preset, rules }: CompiledConfig, path: string): PathSettings {
  const here = rules.filter(({ matches }) => matches(path)).map((entry) => entry.rules);
  const set = (rule: RuleId): (readonly [Severity, object?])[] =>
    here.flatMap((each) => {
      const setting = Object.hasOwn(each, rule) ? each[rule] : undefined;
      return setting === undefined ? [] : [typeof setting === 'string' ? ([setting] as const) : setting];
    });
  return {
    // A severity alone keeps the options that were set before it.
    severity: (rule) => set(rule).at(-1)?.[0],
    preset,
    options: (rule) => set(rule).findLast(([, options]) => options !== undefined)?.[1],
    context: [...contexts].find(([, matches]) => matches(path))?.[0],
    redefines: (context) => contexts.has(context),
  };
}
