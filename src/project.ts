/** Manifests and lockfiles of the scanned source -> which packages a file's project uses, and in which version. */
import type { Project } from '../rules/contract.js';
import { compareVersions } from '../rules/facts/versions.js';
import {
  inherit,
  isWorkspaceRange,
  MAPPING_FILES,
  MAX_EXTENDS,
  packageOf,
  readMapping,
  type MappingFile,
  workspacePaths,
  type PathMapping,
} from './path-mapping.js';
import { decode } from './readers/decode.js';
import { SEARCH_WORDS } from '../rules/facts/search-words.js';

/** A batch look-up in the scanned state; see Source.read. */
export type Read = (paths: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;

const DEPENDENCY_FIELDS = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const;
/** Names of lockfiles, in the order in which they count where several stand side by side. */
export const LOCKFILES: readonly string[] = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml'];

const SPECIFIERS: ReadonlySet<string> = new Set(SEARCH_WORDS.specifiers);
const BOUNDARIES: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(SEARCH_WORDS.boundaries));

/** The project of files that no manifest stands above. */
export const NO_PROJECT: Project = {
  name: undefined,
  uses: () => false,
  versionOf: () => undefined,
  isBelow: () => false,
  owns: () => false,
};

/** Directories from a file's own up to the root, '' last. */
export function directoriesAbove(path: string): string[] {
  const found: string[] = [];
  let directory = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  for (;;) {
    found.push(directory);
    if (directory === '') return found;
    directory = directory.includes('/') ? directory.slice(0, directory.lastIndexOf('/')) : '';
  }
}

function join(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

/** Knows the projects of one scanned state; each manifest is read once. */
export class Projects {
  /** By directory; undefined where no manifest stands. */
  readonly #own = new Map<string, Project | undefined>();

  /** What a tsconfig.json (or its kin) maps, by its directory. */
  readonly #mappings = new Map<string, PathMapping | undefined>();
  readonly #libraries = new Map<string, NonNullable<Manifest['library']>>();

  /** The end of the look-ups that were asked for so far. */
  #last = Promise.resolve();

  constructor(private readonly read: Read) {}

  /** Directories with a manifest that were met so far. */
  get known(): ReadonlyMap<string, Project> {
    return new Map([...this.#own].filter((entry): entry is [string, Project] => entry[1] !== undefined));
  }

  /** Reads the manifests above these files; afterwards {@link of} answers for them. Calls wait for each other. */
  load(paths: Iterable<string>): Promise<void> {
    const loading = this.#last.then(() => this.#load(paths));
    this.#last = loading.catch(() => undefined);
    return loading;
  }

  async #load(paths: Iterable<string>): Promise<void> {
    const directories = new Set<string>();
    for (const path of paths) {
      for (const directory of directoriesAbove(path)) if (!this.#own.has(directory)) directories.add(directory);
    }
    if (directories.size === 0) return;
    const manifests = await this.read(
      [...directories].flatMap((directory) => ['package.json', ...MAPPING_FILES].map((name) => join(directory, name))),
    );
    await this.#map(directories, manifests);
    const unclear: { readonly directory: string; readonly manifest: Manifest; readonly packages: readonly string[] }[] = [];
    for (const directory of directories) {
      const bytes = manifests.get(join(directory, 'package.json'));
      const manifest = bytes && readManifest(decode(bytes).text);
      this.#own.set(directory, manifest && projectOf(manifest, new Map(), this.mappingOf(join(directory, 'x'))));
      if (!manifest) continue;
      if (manifest.library) this.#libraries.set(directory, manifest.library);
      const packages = unclearPackages(manifest);
      if (packages.length > 0) unclear.push({ directory, manifest, packages });
    }
    if (unclear.length === 0) return;
    const lockfiles = new Set(unclear.flatMap(({ directory }) => lockfilePaths(directory)));
    const found = await this.read([...lockfiles]);
    for (const { directory, manifest, packages } of unclear) {
      const path = lockfilePaths(directory).find((name) => found.has(name));
      const locked = path === undefined ? new Map<string, string>() : lockedVersions(path, decode(found.get(path)!).text, packages);
      this.#own.set(directory, projectOf(manifest, locked, this.mappingOf(join(directory, 'x'))));
    }
  }

  /** Reads what the tsconfig files of some directories map, and what they extend, a level at a time. */
  async #map(directories: Iterable<string>, contents: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const found = new Map<string, MappingFile>();
    for (const directory of directories) {
      this.#mappings.set(directory, undefined);
      for (const name of MAPPING_FILES) {
        const bytes = contents.get(join(directory, name));
        if (!bytes) continue;
        const file = readMapping(join(directory, name), decode(bytes).text);
        if (!file) continue;
        found.set(directory, file);
        break;
      }
    }
    if (found.size === 0) return;
    let waiting = [...found].map(([directory, { mapping, extended }]) => ({ directory, mapping, extended }));
    for (let level = 0; waiting.length > 0; level++) {
      const wanted = new Set(level < MAX_EXTENDS ? waiting.flatMap(({ extended }) => extended) : []);
      const bases = wanted.size > 0 ? await this.read([...wanted]) : new Map<string, Uint8Array>();
      const further: typeof waiting = [];
      for (const { directory, mapping, extended } of waiting) {
        let whole = mapping;
        const above: string[] = [];
        for (const path of [...extended].reverse()) {
          const bytes = bases.get(path);
          const base = bytes && readMapping(path, decode(bytes).text);
          if (!base) continue;
          whole = inherit(whole, base.mapping);
          above.push(...base.extended);
        }
        this.#mappings.set(directory, whole);
        if (above.length > 0) further.push({ directory, mapping: whole, extended: above });
      }
      waiting = further;
    }
  }

  /** What the nearest tsconfig.json above a file maps. */
  mappingOf(path: string): PathMapping | undefined {
    for (const directory of directoriesAbove(path)) {
      const mapping = this.#mappings.get(directory);
      if (mapping) return mapping;
    }
    return undefined;
  }

  /** The project of a file whose manifests were loaded. */
  of(path: string): Project {
    for (const directory of directoriesAbove(path)) {
      const project = this.#own.get(directory);
      if (project) return project;
    }
    return NO_PROJECT;
  }

  /** The package of the table that a file is the entry of, in the repository where that is made. */
  libraryAt(path: string): string | undefined {
    const directory = this.directoryOf(path);
    const library = this.#libraries.get(directory);
    const own = path.slice(directory === '' ? 0 : directory.length + 1).replace(/\.[cm]?[jt]sx?$/, '');
    const isEntry = library?.entries.some((entry) =>
      [own, own.replace(/(?:^|\/)index$/, '')].includes(entry.replace(/\.[cm]?[jt]sx?$|\/$/g, '')),
    );
    return isEntry ? library?.name : undefined;
  }

  /** The directory of the nearest manifest of a file, '' when there is none. */
  directoryOf(path: string): string {
    return directoriesAbove(path).find((directory) => this.#own.get(directory)) ?? '';
  }
}

/** What of a `package.json` matters here. */
export interface Manifest {
  readonly name: string | undefined;
  /** `@scope` of the name. */
  readonly scope: string | undefined;
  readonly dependencies: ReadonlyMap<string, string>;
  /** Those of the dependencies that only builds and tests use. */
  readonly development: ReadonlySet<string>;
  /** Of a package that the table knows: its name, its version, and what others get when they import it, without extensions perhaps. */
  readonly library?: { readonly name: string; readonly version: string | undefined; readonly entries: readonly string[] };
}

/** The object that a JSON text holds; undefined when it holds none. */
export function readRecord(text: string): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // the settings reader says so when the file itself is scanned
  }
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

/** Reads a `package.json`; undefined when it is none. */
export function readManifest(text: string): Manifest | undefined {
  const record = readRecord(text);
  if (!record) return undefined;
  const dependencies = new Map<string, string>();
  const development = new Set<string>();
  for (const field of DEPENDENCY_FIELDS) {
    const entries = record[field];
    if (typeof entries !== 'object' || entries === null) continue;
    for (const [name, range] of Object.entries(entries)) {
      if (typeof range !== 'string') continue;
      if (field !== 'devDependencies') development.delete(name);
      else if (!dependencies.has(name)) development.add(name);
      if (!dependencies.has(name)) dependencies.set(name, range);
    }
  }
  const full = typeof record['name'] === 'string' ? record['name'] : undefined;
  return {
    name: full?.replace(/^@[^/]{1,214}\//, ''),
    scope: full === undefined ? undefined : /^(@[^/]{1,214})\//.exec(full)?.[1],
    dependencies,
    development,
    ...(full !== undefined && SPECIFIERS.has(full)
      ? {
          library: {
            name: full,
            version: typeof record['version'] === 'string' ? record['version'] : undefined,
            entries: workspacePaths('', record, ''),
          },
        }
      : {}),
  };
}

/** The project of a manifest, with the versions that a lockfile gave and what its tsconfig maps. */
export function projectOf(manifest: Manifest, locked: ReadonlyMap<string, string>, mapping: PathMapping | undefined): Project {
  return {
    owns: (specifier) => {
      if (specifier.startsWith('node:') || specifier === 'global') return false;
      const { name } = packageOf(specifier);
      const range = manifest.dependencies.get(name);
      if (range !== undefined && isWorkspaceRange(range)) return true;
      if (
        mapping?.patterns.some(({ prefix, suffix }) =>
          suffix === undefined ? specifier === prefix : specifier.startsWith(prefix) && prefix !== '',
        )
      )
        return true;
      if (range !== undefined) return false;
      return (
        (mapping?.baseUrl !== undefined && specifier.includes('/') && !specifier.startsWith('@')) ||
        (manifest.scope !== undefined && name.startsWith(`${manifest.scope}/`))
      );
    },
    name: manifest.name,
    uses: (name) => manifest.dependencies.has(name) || name === manifest.library?.name,
    versionOf: (name) =>
      locked.get(name) ??
      rangeOf(manifest.dependencies.get(name) ?? (name === manifest.library?.name ? manifest.library.version : undefined))?.from,
    isBelow: (name, version) => {
      const exact = locked.get(name);
      if (exact !== undefined) return compareVersions(exact, version) < 0;
      const range = rangeOf(manifest.dependencies.get(name));
      return range !== undefined && compareVersions(range.below, version) <= 0;
    },
  };
}

/** The half-open version range of a plain, caret or tilde range; undefined for any other form. */
export function rangeOf(range: string | undefined): { readonly from: string; readonly below: string } | undefined {
  const match =
    range === undefined
      ? null
      : /^\s{0,4}([\^~=v]?)\s{0,4}v?(\d{1,6})(?:\.(\d{1,6}|[xX*]))?(?:\.(\d{1,6}|[xX*]))?(?:[-+][\w.+-]{1,80})?\s{0,4}$/.exec(range);
  if (!match) return undefined;
  const [, operator, major, minor, patch] = match;
  const number = (part: string | undefined): number | undefined => (part === undefined || !/^\d/.test(part) ? undefined : Number(part));
  const [first, second, third] = [Number(major), number(minor), number(patch)];
  const from = `${String(first)}.${String(second ?? 0)}.${String(third ?? 0)}`;
  let below: string;
  if (second === undefined || (operator === '^' && first > 0)) below = `${String(first + 1)}.0.0`;
  else if (operator === '~' || third === undefined || (operator === '^' && second > 0)) below = `${String(first)}.${String(second + 1)}.0`;
  else below = `${String(first)}.${String(second)}.${String(third + 1)}`;
  return { from, below };
}

/** Packages of the table whose version only a lockfile tells. */
export function unclearPackages(manifest: Manifest): string[] {
  return [...BOUNDARIES.keys()].filter((name) => isUnclear(manifest.dependencies.get(name), BOUNDARIES.get(name)!));
}

/** Paths of lockfiles that may govern a directory, nearest first. */
export function lockfilePaths(directory: string): string[] {
  return directoriesAbove(join(directory, 'x')).flatMap((above) => LOCKFILES.map((name) => join(above, name)));
}

/** True when a range alone does not say which side of a boundary the installed version is on. */
function isUnclear(range: string | undefined, boundaries: readonly string[]): boolean {
  if (range === undefined) return false;
  const versions = rangeOf(range);
  if (!versions) return true;
  return boundaries.some((boundary) => compareVersions(boundary, versions.from) > 0 && compareVersions(boundary, versions.below) < 0);
}

/** Versions that a lockfile gives to some packages (the one that the root resolves to where there are several). */
export function lockedVersions(path: string, text: string, packages: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  if (path.endsWith('.json')) {
    let lock: unknown;
    try {
      lock = JSON.parse(text);
    } catch {
      return found;
    }
    const record = lock as {
      packages?: Record<string, { version?: unknown }>;
      dependencies?: Record<string, { version?: unknown }>;
    } | null;
    for (const name of packages) {
      const version = record?.packages?.[`node_modules/${name}`]?.version ?? record?.dependencies?.[name]?.version;
      if (typeof version === 'string') found.set(name, version);
    }
    return found;
  }
  // yarn.lock and pnpm-lock.yaml are read line by line: whole documents of megabytes for one version each.
  for (const name of packages) {
    const pattern = path.endsWith('pnpm-lock.yaml')
      ? new RegExp(`^ {2}['"]?/?${escape(name)}[@/](\\d[\\w.+-]{0,60})`, 'm')
      : new RegExp(`^"?${escape(name)}@[^\\n]{0,400}:\\r?\\n {2}"?version"?:? "?(\\d[\\w.+-]{0,60})"?`, 'm');
    const version = pattern.exec(text)?.[1];
    if (version !== undefined) found.set(name, version);
  }
  return found;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
