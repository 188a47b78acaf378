/**
 * Where several scripts of a package need a function that reads the environment, and the package has none: the module that one
 * of them stands in for all, placed, named and imported as their other modules are. Pure.
 */
import { posix } from 'node:path';
import type { Script } from '../rules/contract.js';
import { isEcmaScriptModule, readerModule } from '../rules/facts/checked-reads.js';
import { specifiersIn } from '../rules/facts/modules.js';

/** A script that needs the function. */
export interface Needing {
  readonly script: Script;
  /** The directory of its package. */
  readonly directory: string;
  /** Its specifiers that name a script of the package. */
  readonly specifiers: readonly string[];
}

/** A module that scripts share. */
export interface SharedReader {
  readonly path: string;
  readonly text: string;
  /** How each of them imports it, by path. */
  readonly specifiers: ReadonlyMap<string, string>;
}

/** What may be built or deployed without the rest of its package. */
const APART =
  /^(?:(?:apps|packages|libs|services|projects|functions|examples)\/[^/]{1,200}|src|server|backend|api|client|frontend|web|mobile|scripts)(?=\/)/;

/** Directories in which a framework takes each file for something: a page, a route, a model, settings. */
const TAKEN =
  /^(?:pages|app|api|routes?|routers?|controllers?|models?|entities|middlewares?|plugins|config|policies|services|hooks|functions|lambdas?|handlers|events|commands|jobs|tasks|migrations|seeds|seeders|public|static|views|test|tests|__tests__)$/;

/** Where packages keep what several of their scripts need. */
const KEPT = ['lib', 'utils', 'util'];

/**
 * The modules that scripts of a package can share.
 * @param modules whether each script's package is of ECMAScript modules, by its directory
 * @param paths all scripts of the source
 */
export function sharedReaders(
  needing: readonly Needing[],
  modules: ReadonlyMap<string, boolean>,
  paths: ReadonlySet<string>,
): readonly SharedReader[] {
  const groups = new Map<string, Needing[]>();
  for (const each of needing) {
    const { script, directory } = each;
    const isModule = isEcmaScriptModule(script);
    // A script that imports nothing may be no module at all.
    if (!isModule && (endingOf(script.path).endsWith('ts') || specifiersIn(script).length === 0)) continue;
    const key = [directory, APART.exec(posix.relative(directory, script.path))?.[0], endingOf(script.path), isModule].join('\0');
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((group) => (group.length > 1 ? (shared(group, modules, paths) ?? []) : []));
}

function shared(group: readonly Needing[], modules: ReadonlyMap<string, boolean>, paths: ReadonlySet<string>): SharedReader | undefined {
  const [{ script, directory }] = group as [Needing];
  const ending = endingOf(script.path);
  const home = homeOf(
    group.map((each) => each.script.path),
    directory,
    ending,
    paths,
  );
  const path = posix.join(home, `${nameIn(directory, paths)}.${ending}`);
  if (paths.has(path)) return undefined;
  const examples = group.flatMap(({ specifiers }) => specifiers);
  const specifiers = new Map(
    group.map((each) => {
      const from = posix.relative(posix.dirname(each.script.path), path).replace(/\.\w+$/, '');
      const own = each.specifiers.length > 0 ? each.specifiers : examples;
      return [each.script.path, `${from.startsWith('.') ? '' : './'}${from}${writtenEnding(each.script, own, modules.get(directory)!)}`];
    }),
  );
  return { path, text: readerModule(script), specifiers };
}

/** What its path ends with, where the syntax of elements makes no difference. */
function endingOf(path: string): string {
  return posix.extname(path).slice(1).replace(/x$/, '');
}

/** The directory for a module that these scripts share. */
function homeOf(scripts: readonly string[], directory: string, ending: string, paths: ReadonlySet<string>): string {
  const [first, ...others] = scripts.map((path) => posix.dirname(posix.relative(directory, path)).split('/'));
  const common = first!.filter(
    (part, index) => part !== '.' && others.every((parts) => first!.slice(0, index + 1).every((each, at) => each === parts[at])),
  );
  const taken = common.findIndex((part) => TAKEN.test(part));
  const home = posix.join(directory, ...(taken < 0 ? common : common.slice(0, taken)));
  const holds = (place: string): boolean => [...paths].some((path) => posix.dirname(path) === place && endingOf(path) === ending);
  return KEPT.map((name) => posix.join(home, name)).find(holds) ?? home;
}

/** The module's name, as the names of others in the package are written. */
function nameIn(directory: string, paths: ReadonlySet<string>): string {
  const names = [...paths]
    .filter((path) => directory === '' || path.startsWith(`${directory}/`))
    .map((path) => posix.basename(path).replace(/\..*$/, ''));
  const count = (form: RegExp): number => names.filter((name) => form.test(name)).length;
  const dashes = count(/^[a-z0-9]+(?:-[a-z0-9]+)+$/);
  const underscores = count(/^[a-z0-9]+(?:_[a-z0-9]+)+$/);
  if (dashes >= Math.max(underscores, 1) && dashes >= count(/^[a-z0-9]+[A-Z]/)) return 'require-env';
  return underscores > count(/^[a-z0-9]+[A-Z]/) ? 'require_env' : 'requireEnv';
}

/** How the specifier of a script ends. */
function writtenEnding({ path }: Script, examples: readonly string[], inModules: boolean): string {
  const ending = endingOf(path);
  if (/^[mc]/.test(ending)) return `.${ending.charAt(0)}js`;
  const [example] = examples;
  if (example !== undefined) return /\.[jt]s$/.exec(example)?.[0] ?? '';
  return inModules ? '.js' : '';
}
