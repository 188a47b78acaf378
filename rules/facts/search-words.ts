/**
 * What a search over a text looks for, taken from the tables of facts. The build puts the words themselves in place of this
 * module, so that a commit that has nothing to do with JWTs loads no table (scripts/build.js).
 */
import { ADVISORIES } from './advisories.js';
import { BROWSER_STORAGES } from './browser-storage.js';
import { KEY_MATERIAL_MARKS } from './keys.js';
import { callNames, commonSpecifiers, DECORATED, LIBRARIES, librarySpecifiers, OPTION_NAMES, TOKEN_PACKAGES } from './libraries.js';
import { TOKEN_MARKS } from './tokens.js';

/** Plain data, as JSON can hold it. */
export interface SearchWords {
  /** Text that keys and tokens begin with or hold. */
  readonly material: readonly string[];
  /** Specifiers that alone make a script worth reading. */
  readonly specifiers: readonly string[];
  /** Specifiers that most files import, with the words that must stand beside them. */
  readonly common: readonly { readonly specifier: string; readonly words: readonly string[] }[];
  /** Names of library functions that another file may pass on, and of options that it may hand on to one. */
  readonly calls: readonly string[];
  /** Calls of objects that a plugin decorates, which need no import. */
  readonly decorated: readonly string[];
  /** Packages whose use says that a project handles JSON Web Tokens or signed sessions. */
  readonly tokenPackages: readonly string[];
  /** Words of files that concern one rule only, which is off by default. */
  readonly onDemand: Readonly<Record<string, readonly string[]>>;
  /** Packages with published faults: what makes a manifest worth reading. */
  readonly faulty: readonly string[];
  /** The versions at which facts of the table change, or faults are mended, by package. */
  readonly boundaries: Readonly<Record<string, readonly string[]>>;
}

export const SEARCH_WORDS: SearchWords = {
  material: [...new Set([...KEY_MATERIAL_MARKS, ...TOKEN_MARKS])],
  specifiers: [...librarySpecifiers()],
  common: commonSpecifiers(),
  calls: [...callNames(), ...OPTION_NAMES],
  decorated: [...new Set(DECORATED.map(({ path }) => path).filter((path) => /jwt/i.test(path) && !path.includes('*')))],
  tokenPackages: TOKEN_PACKAGES,
  onDemand: { 'no-token-in-storage': BROWSER_STORAGES },
  faulty: [...new Set(ADVISORIES.map((advisory) => advisory.package))],
  boundaries: boundaries(),
};

function boundaries(): Record<string, readonly string[]> {
  const versions: Record<string, string[]> = {};
  for (const { package: name, from, below } of [...LIBRARIES, ...ADVISORIES]) {
    for (const version of [from, below]) if (version) (versions[name] ??= []).push(version);
  }
  return Object.fromEntries(Object.entries(versions).map(([name, list]) => [name, [...new Set(list)]]));
}
