/**
 * Specifiers that name files of the repository without saying so: `paths` and `baseUrl` of a tsconfig.json or
 * jsconfig.json (https://www.typescriptlang.org/tsconfig/#paths), and packages of the same workspace.
 */
import { posix } from 'node:path';
import { readJson } from './readers/settings/json.js';

/** Names of the files that map paths, the nearest and most specific first. */
export const MAPPING_FILES = ['tsconfig.json', 'jsconfig.json', 'tsconfig.base.json'] as const;

/** Files that one `extends` chain is followed through. */
export const MAX_EXTENDS = 4;

/** One entry of `paths`: what stands before and after the `*`, and where that leads. */
interface Pattern {
  readonly prefix: string;
  /** Undefined for an entry without `*`, which is meant whole. */
  readonly suffix: string | undefined;
  readonly targets: readonly string[];
}

/** What one file says about specifiers; all paths are relative to the scanned root. */
export interface PathMapping {
  readonly baseUrl: string | undefined;
  readonly patterns: readonly Pattern[];
}

/** What was read from one file. */
export interface MappingFile {
  readonly mapping: PathMapping;
  /** Paths of the files it extends, as far as they are relative; the last one that maps anything counts. */
  readonly extended: readonly string[];
}

/**
 * Reads a tsconfig.json.
 *
 * @param path of the file, relative to the scanned root
 * @returns undefined when it maps and extends nothing
 */
export function readMapping(path: string, text: string): MappingFile | undefined {
  if (!/"(?:paths|baseUrl|extends)"/.test(text)) return undefined;
  const directory = posix.dirname(path);
  const at = (relative: string): string => posix.normalize(posix.join(directory, relative));
  let baseUrl: string | undefined;
  const extended: string[] = [];
  const targets = new Map<string, string[]>();
  for (const { key, value } of readJson(text).entries) {
    const [first, second, third] = key;
    if (first === 'extends') {
      if (value.startsWith('.')) extended.push(at(value.endsWith('.json') ? value : `${value}.json`));
    } else if (first !== 'compilerOptions') continue;
    else if (second === 'baseUrl') baseUrl = at(value);
    else if (second === 'paths' && third !== undefined) targets.set(third, [...(targets.get(third) ?? []), value]);
  }
  const patterns = [...targets].map(([name, list]): Pattern => {
    const star = name.indexOf('*');
    return {
      prefix: star < 0 ? name : name.slice(0, star),
      suffix: star < 0 ? undefined : name.slice(star + 1),
      targets: list.map((target) => posix.normalize(posix.join(baseUrl ?? directory, target))),
    };
  });
  if (baseUrl === undefined && patterns.length === 0 && extended.length === 0) return undefined;
  return { mapping: { baseUrl, patterns }, extended };
}

/** Joins what a file says with what the files that it extends say: its own words count. */
export function inherit(own: PathMapping, inherited: PathMapping): PathMapping {
  return {
    baseUrl: own.baseUrl ?? inherited.baseUrl,
    patterns: own.patterns.length > 0 ? own.patterns : inherited.patterns,
  };
}

/** Paths without extension that a mapping gives for a specifier, best first; empty when it does not map it. */
export function mappedPaths(mapping: PathMapping, specifier: string): string[] {
  const matching = mapping.patterns
    .filter(({ prefix, suffix }) =>
      suffix === undefined
        ? specifier === prefix
        : specifier.length >= prefix.length + suffix.length && specifier.startsWith(prefix) && specifier.endsWith(suffix),
    )
    .sort((one, other) => other.prefix.length - one.prefix.length);
  const found = matching.flatMap(({ prefix, suffix, targets }) => {
    const rest = suffix === undefined ? '' : specifier.slice(prefix.length, specifier.length - suffix.length);
    return targets.map((target) => target.replace('*', () => rest));
  });
  if (found.length === 0 && mapping.baseUrl !== undefined) found.push(posix.join(mapping.baseUrl, specifier));
  return found.map((path) => posix.normalize(path)).filter((path) => !path.startsWith('../'));
}

/** Ranges by which a manifest takes a package from the repository itself. */
const WORKSPACE_RANGE = /^(?:workspace|file|link|portal):|^\*$/;

/** True for a dependency that stands in the same repository. */
export function isWorkspaceRange(range: string): boolean {
  return WORKSPACE_RANGE.test(range);
}

/** The package that a bare specifier names, and what it names below it: `@scope/name/sub/path`. */
export function packageOf(specifier: string): { readonly name: string; readonly subpath: string } {
  const parts = specifier.split('/');
  const length = specifier.startsWith('@') ? 2 : 1;
  return { name: parts.slice(0, length).join('/'), subpath: parts.slice(length).join('/') };
}

/** Fields of a manifest that name an entry, sources before what is built of them. */
const ENTRY_FIELDS = ['source', 'module', 'main', 'types'] as const;

/**
 * Paths that a package of the workspace may mean by one of its specifiers, best first. Built files are rarely part of a
 * repository, so the usual places of sources are tried too.
 */
export function workspacePaths(directory: string, manifest: Readonly<Record<string, unknown>>, subpath: string): string[] {
  const found: string[] = [];
  const exported = manifest['exports'];
  const own = typeof exported === 'object' && exported !== null ? (exported as Record<string, unknown>) : undefined;
  found.push(...entriesOf(subpath === '' ? (own?.['.'] ?? exported) : own?.[`./${subpath}`]));
  if (subpath === '') {
    for (const field of ENTRY_FIELDS) found.push(...entriesOf(manifest[field]));
    found.push('src/index', 'index', 'lib/index');
  } else found.push(subpath, `src/${subpath}`, `lib/${subpath}`);
  return found.map((path) => posix.normalize(posix.join(directory, path))).filter((path) => !path.startsWith('../'));
}

/** What stands below the name of a package in the specifiers that lead to one of its files; '' for the name alone. */
export function subpathsOf(
  directory: string,
  manifest: Readonly<Record<string, unknown>>,
  leadsToFile: (entry: string) => boolean,
): readonly string[] {
  const exported = manifest['exports'];
  const keys = typeof exported === 'object' && exported !== null ? Object.keys(exported) : [];
  const subpaths = ['', ...keys.filter((key) => key.startsWith('./')).map((key) => key.slice(2))];
  return subpaths.filter((subpath) => workspacePaths(directory, manifest, subpath).some(leadsToFile));
}

/** Paths in a value of `exports`, whatever conditions stand above them. */
function entriesOf(value: unknown): string[] {
  const found: string[] = [];
  const open: unknown[] = [value];
  for (let count = 0; open.length > 0 && count < 100; count++) {
    const next = open.pop();
    if (typeof next === 'string') found.push(next.replace(/\.d\.[cm]?ts$/, ''));
    else if (typeof next === 'object' && next !== null) open.push(...Object.values(next).reverse());
  }
  return found;
}
