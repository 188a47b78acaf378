/** Manifests and lockfiles of the scanned source -> which packages a file's project uses, and in which version. */
import type { Project } from '../rules/contract.js';
import { compareVersions, LIBRARIES } from '../rules/facts/libraries.js';
import { decode } from './readers/decode.js';

/** A batch look-up in the scanned state; see Source.read. */
export type Read = (paths: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;

const DEPENDENCY_FIELDS = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'] as const;
const LOCKFILES = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml'] as const;

/** The versions at which facts of the table change, by package. */
const BOUNDARIES = new Map<string, string[]>();
for (const library of LIBRARIES) {
  for (const version of [library.from, library.below]) {
    if (version) BOUNDARIES.set(library.package, [...(BOUNDARIES.get(library.package) ?? []), version]);
  }
}

/** The project of files that no manifest stands above. */
export const NO_PROJECT: Project = { name: undefined, uses: () => false, versionOf: () => undefined };

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

  constructor(private readonly read: Read) {}

  /** Directories with a manifest that were met so far. */
  get known(): ReadonlyMap<string, Project> {
    return new Map([...this.#own].filter((entry): entry is [string, Project] => entry[1] !== undefined));
  }

  /** Reads the manifests above these files; afterwards {@link of} answers for them. */
  async load(paths: Iterable<string>): Promise<void> {
    const directories = new Set<string>();
    for (const path of paths) {
      for (const directory of directoriesAbove(path)) if (!this.#own.has(directory)) directories.add(directory);
    }
    if (directories.size === 0) return;
    const manifests = await this.read([...directories].map((directory) => join(directory, 'package.json')));
    const unclear: { readonly directory: string; readonly manifest: Manifest; readonly packages: readonly string[] }[] = [];
    for (const directory of directories) {
      const bytes = manifests.get(join(directory, 'package.json'));
      const manifest = bytes && readManifest(decode(bytes).text);
      this.#own.set(directory, manifest && projectOf(manifest, new Map()));
      if (!manifest) continue;
      const packages = unclearPackages(manifest);
      if (packages.length > 0) unclear.push({ directory, manifest, packages });
    }
    if (unclear.length === 0) return;
    const lockfiles = new Set(unclear.flatMap(({ directory }) => lockfilePaths(directory)));
    const found = await this.read([...lockfiles]);
    for (const { directory, manifest, packages } of unclear) {
      const path = lockfilePaths(directory).find((name) => found.has(name));
      const locked = path === undefined ? new Map<string, string>() : lockedVersions(path, decode(found.get(path)!).text, packages);
      this.#own.set(directory, projectOf(manifest, locked));
    }
  }

  /** The project of a file whose manifests were loaded. */
  of(path: string): Project {
    for (const directory of directoriesAbove(path)) {
      const project = this.#own.get(directory);
      if (project) return project;
    }
    return NO_PROJECT;
  }

  /** The directory of the nearest manifest of a file, '' when there is none. */
  directoryOf(path: string): string {
    return directoriesAbove(path).find((directory) => this.#own.get(directory)) ?? '';
  }
}

/** What of a `package.json` matters here. */
export interface Manifest {
  readonly name: string | undefined;
  readonly dependencies: ReadonlyMap<string, string>;
}

/** Reads a `package.json`; undefined when it is none. */
export function readManifest(text: string): Manifest | undefined {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    return undefined; // the settings reader says so when the file itself is scanned
  }
  if (typeof manifest !== 'object' || manifest === null) return undefined;
  const record = manifest as Record<string, unknown>;
  const dependencies = new Map<string, string>();
  for (const field of DEPENDENCY_FIELDS) {
    const entries = record[field];
    if (typeof entries !== 'object' || entries === null) continue;
    for (const [name, range] of Object.entries(entries))
      if (typeof range === 'string' && !dependencies.has(name)) dependencies.set(name, range);
  }
  const name = typeof record['name'] === 'string' ? record['name'].replace(/^@[^/]{1,214}\//, '') : undefined;
  return { name, dependencies };
}

/** The project of a manifest, with the versions that a lockfile gave. */
export function projectOf(manifest: Manifest, locked: ReadonlyMap<string, string>): Project {
  return {
    name: manifest.name,
    uses: (name) => manifest.dependencies.has(name),
    versionOf: (name) => locked.get(name) ?? rangeOf(manifest.dependencies.get(name))?.from,
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
