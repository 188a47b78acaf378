/**
 * Lockfiles -> which package needs which, from what a manifest names to what comes with it: npm (lockfileVersion 1 to 3),
 * yarn (classic, and Berry), pnpm (lockfileVersion 5 to 9). Those of yarn and pnpm are read by their lines, since machines write
 * them: a YAML parser takes seconds for their megabytes.
 */
import type { Manifest } from './project.js';

/** A package in one of its versions. */
interface Locked {
  readonly name: string;
  readonly version: string;
  readonly needs: readonly Locked[];
}

/** What a manifest names itself. */
interface Direct {
  readonly name: string;
  readonly locked: Locked;
  /** Only builds and tests use it. */
  readonly development: boolean;
}

/** A package that nobody named, and what was named that needs it. */
export interface Brought {
  readonly name: string;
  readonly version: string;
  /** Direct dependencies in the order of the lockfile, those for builds and tests only where there are no others. */
  readonly by: readonly { readonly name: string; readonly version: string }[];
  readonly development: boolean;
}

/** Packages that are looked at from all direct dependencies together, at most: a second's work. */
const MOST_STEPS = 5_000_000;

/**
 * What of these packages comes with others; `complete` is false when there were too many to follow.
 *
 * @param manifest the one beside the lockfile, which older lockfiles do not repeat
 */
export function broughtIn(
  path: string,
  text: string,
  manifest: Manifest,
  names: ReadonlySet<string>,
): { readonly brought: readonly Brought[]; readonly complete: boolean } {
  const directs = path.endsWith('.json')
    ? npmDirects(text, manifest)
    : path.endsWith('.lock')
      ? yarnDirects(text, manifest)
      : pnpmDirects(text);
  const named = new Set(directs.map(({ locked }) => locked));
  const found = new Map<Locked, { name: string; version: string; by: Map<string, string>; development: boolean }>();
  let steps = 0;
  // Those that run come first.
  for (const { name, locked, development } of [...directs].sort((one, other) => Number(one.development) - Number(other.development))) {
    const seen = new Set([locked]);
    for (const each of seen) {
      if ((steps += 1 + each.needs.length) > MOST_STEPS) return { brought: listed(), complete: false };
      for (const needed of each.needs) seen.add(needed);
      if (!names.has(each.name) || named.has(each)) continue;
      let brought = found.get(each);
      if (!brought) found.set(each, (brought = { name: each.name, version: each.version, by: new Map(), development }));
      if (brought.development === development) brought.by.set(name, locked.version);
    }
  }
  return { brought: listed(), complete: true };

  function listed(): Brought[] {
    return [...found.values()].map((brought) => ({ ...brought, by: [...brought.by].map(([name, version]) => ({ name, version })) }));
  }
}

/** Nodes whose needs are known by a key until all are there. */
class Graph {
  readonly #packages = new Map<
    string,
    { readonly name: string; readonly version: string; readonly needs: Locked[]; readonly keys: string[][] }
  >();

  /** @param needs for each need the keys that it may have, the first that is there counts */
  add(keys: readonly string[], name: string, version: string, needs: string[][]): void {
    const node = { name, version, needs: [] as Locked[], keys: needs };
    for (const key of keys) this.#packages.set(key, node);
  }

  connect(): void {
    for (const node of new Set(this.#packages.values())) {
      if (node.needs.length > 0) continue;
      for (const keys of node.keys) {
        const needed = this.at(keys);
        if (needed) node.needs.push(needed);
      }
    }
  }

  at(keys: readonly string[]): Locked | undefined {
    const key = keys.find((each) => this.#packages.has(each));
    return key === undefined ? undefined : this.#packages.get(key);
  }
}

// --- npm ---

interface NpmEntry {
  readonly version?: unknown;
  readonly link?: unknown;
  readonly resolved?: unknown;
  readonly dependencies?: unknown;
  readonly devDependencies?: unknown;
  readonly optionalDependencies?: unknown;
  readonly requires?: unknown;
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function npmDirects(text: string, manifest: Manifest): Direct[] {
  let lock: { packages?: Record<string, NpmEntry>; dependencies?: Record<string, NpmEntry> } | null;
  try {
    lock = JSON.parse(text) as typeof lock;
  } catch {
    return [];
  }
  const packages = lock?.packages ?? (lock?.dependencies ? nested(lock.dependencies) : undefined);
  if (!packages) return [];
  const graph = new Graph();
  const isManifest = (path: string): boolean => !/(?:^|\/)node_modules\//.test(path);
  for (const [path, entry] of Object.entries(packages)) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const needs = [...keysOf(entry.requires ?? entry.dependencies), ...keysOf(entry.optionalDependencies)];
    if (typeof entry.version === 'string' && !isManifest(path))
      graph.add(
        [path],
        name,
        entry.version,
        needs.map((need) => npmPlaces(path, need)),
      );
  }
  graph.connect();
  const directs: Direct[] = [];
  for (const [path, entry] of lock?.packages ? Object.entries(packages).filter(([path]) => isManifest(path)) : [['', undefined] as const]) {
    const running = new Set(entry ? [entry.dependencies, entry.optionalDependencies].flatMap(keysOf) : runningOf(manifest));
    for (const name of entry ? [...running, ...keysOf(entry.devDependencies)] : manifest.dependencies.keys()) {
      const locked = graph.at(npmPlaces(path, name));
      if (locked) directs.push({ name, locked, development: !running.has(name) });
    }
  }
  return directs;
}

function runningOf(manifest: Manifest): string[] {
  return [...manifest.dependencies.keys()].filter((name) => !manifest.development.has(name));
}

/** Where Node looks for a package that a directory needs. */
function npmPlaces(path: string, name: string): string[] {
  const places: string[] = [];
  for (let directory = path; ; directory = directory.slice(0, Math.max(directory.lastIndexOf('/'), 0))) {
    if (!directory.endsWith('node_modules')) places.push(directory === '' ? `node_modules/${name}` : `${directory}/node_modules/${name}`);
    if (directory === '') return places;
  }
}

/** The tree of lockfileVersion 1 by the paths of later ones. */
function nested(top: Record<string, NpmEntry>): Record<string, NpmEntry> {
  const packages: Record<string, NpmEntry> = {};
  const open = [{ at: '', entries: top }];
  for (const { at, entries } of open) {
    for (const [name, entry] of Object.entries(entries)) {
      const path = `${at}node_modules/${name}`;
      packages[path] = { ...entry, requires: entry.requires ?? {} };
      if (typeof entry.dependencies === 'object' && entry.dependencies !== null)
        open.push({ at: `${path}/`, entries: entry.dependencies as Record<string, NpmEntry> });
    }
  }
  return packages;
}

// --- yarn ---

function yarnDirects(text: string, manifest: Manifest): Direct[] {
  const blocks: { specs: string[]; version: string; needs: [name: string, range: string][] }[] = [];
  let section = '';
  for (const line of linesOf(text)) {
    const block = blocks.at(-1);
    if (/^[^\s#]/.test(line)) {
      blocks.push({ specs: line.replace(/:$/, '').replaceAll('"', '').split(', '), version: '', needs: [] });
      section = '';
      continue;
    }
    const [, indent, key, value] = /^( {2}| {4})"?([^"\s:]+|@[^"\s:]+)"?:?(?: "?([^"]*)"?)?$/.exec(line) ?? [];
    if (!block || indent === undefined || key === undefined) continue;
    if (indent.length === 2) {
      section = key;
      if (key === 'version' && value !== undefined) block.version = value;
    } else if (/^(?:d|optionalD)ependencies$/.test(section) && value !== undefined) block.needs.push([key, value]);
  }
  const graph = new Graph();
  const specsOf = ([name, range]: readonly [string, string]): string[] => [`${name}@${range}`, `${name}@npm:${range}`, `${name}@only`];
  const byName = new Map<string, number>();
  for (const { specs } of blocks) for (const name of new Set(specs.map(nameOf))) byName.set(name, (byName.get(name) ?? 0) + 1);
  for (const { specs, version, needs } of blocks) {
    const name = nameOf(specs[0]!);
    graph.add(byName.get(name) === 1 ? [...specs, `${name}@only`] : specs, name, version, needs.map(specsOf));
  }
  graph.connect();
  // Berry lists what each package of the workspace names; of others the manifest does.
  const workspaces = blocks.filter(({ specs }) => specs.some((spec) => spec.includes('@workspace:')));
  const named = workspaces.length > 0 ? workspaces.flatMap(({ needs }) => needs) : [...manifest.dependencies];
  return named.flatMap((need) => {
    const locked = graph.at(specsOf(need));
    return locked && !specsOf(need).some((spec) => spec.includes('@workspace:'))
      ? [{ name: need[0], locked, development: manifest.development.has(need[0]) }]
      : [];
  });
}

/** The name of `name@range`. */
function nameOf(spec: string): string {
  return spec.slice(0, Math.max(spec.indexOf('@', 1), 0));
}

// --- pnpm ---

const PNPM_KEY = /^(@?[^@/]+(?:\/[^@/]+)?)[@/](\d[^(_]*)/;
const NEEDS = /^(?:dependencies|devDependencies|optionalDependencies)$/;

function pnpmDirects(text: string): Direct[] {
  const graph = new Graph();
  const named: { readonly need: [name: string, version: string]; readonly development: boolean }[] = [];
  const packages = new Map<string, [name: string, version: string][]>();
  /** The keys above a line, by level. */
  const above: string[] = [];
  for (const line of linesOf(text)) {
    const [, indent, quoted, plain, rest = ''] = /^( *)(?:'([^']+)'|([^\s:'#][^:]*)):(?: (.*))?$/.exec(line) ?? [];
    const key = quoted ?? plain;
    if (indent === undefined || key === undefined) continue;
    const level = indent.length / 2;
    above.length = level;
    above[level] = key;
    const value = rest.replace(/^'|'$/g, '');
    const [top, second, third] = above;
    if (top === 'packages' || top === 'snapshots') {
      if (level === 1 && !packages.has(key)) packages.set(key, []);
      if (level === 3 && NEEDS.test(third ?? '') && value !== '') packages.get(second!)?.push([key, value]);
      continue;
    }
    // A workspace has its packages below `importers`; one alone has its dependencies at the top.
    const own = top === 'importers' ? above.slice(2) : above;
    if (!NEEDS.test(own[0] ?? '')) continue;
    const development = own[0] === 'devDependencies';
    if (own.length === 2 && value !== '') named.push({ need: [key, value], development });
    if (own.length === 3 && key === 'version') named.push({ need: [own[1]!, value], development });
  }
  const idsOf = ([name, version]: readonly [string, string]): string[] => [
    `${name}@${version}`,
    `${name}/${version}`,
    version.replace(/^\//, ''),
  ];
  for (const [key, needs] of packages) {
    const id = key.replace(/^\//, '');
    const [, name, version] = PNPM_KEY.exec(id) ?? [];
    if (name !== undefined && version !== undefined) graph.add([id], name, version, needs.map(idsOf));
  }
  graph.connect();
  return named.flatMap(({ need, development }) => {
    const locked = graph.at(idsOf(need));
    return locked ? [{ name: need[0], locked, development }] : [];
  });
}

function* linesOf(text: string): Iterable<string> {
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    // Longer ones hold hashes and addresses.
    if (end - at < 1000) yield text.slice(at, text[end - 1] === '\r' ? end - 1 : end);
    at = end + 1;
  }
}
