/**
 * Import specifiers against the files of the same scanned state. Rules ask synchronously; what is not loaded yet is noted,
 * and {@link Modules.load} brings it in one batch, a level at a time, after which the script is analysed again.
 */
import { posix } from 'node:path';
import type { CryptoPort, ModuleSummary, Script, Span, Vocabulary } from '../rules/contract.js';
import { summarise, summariseSettings } from '../rules/facts/modules.js';
import { isLocalSpecifier } from '../rules/facts/import-names.js';
import { mappedPaths, packageOf, workspacePaths, type PathMapping } from './path-mapping.js';
import { readRecord, type Projects, type Read } from './project.js';
import { decode } from './readers/decode.js';
import { parseGuarded } from './readers/guarded-parse.js';
import { scriptLanguage } from './readers/script.js';
import { directiveComments } from './settle.js';

/** Levels of imports that are followed from a scanned script. */
export const IMPORT_DEPTH = 5;

const EXTENSIONS = ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.mts', '.cts', '.json'] as const;

/** A module that was read: its summary, and its text for frames and directives. */
export interface LoadedModule {
  readonly summary: ModuleSummary;
  readonly text: string;
  /** Comments that hold a directive. */
  readonly comments: readonly Span[];
}

/** A package that stands in the scanned repository. */
interface WorkspacePackage {
  readonly directory: string;
  readonly manifest: Readonly<Record<string, unknown>>;
}

/** Manifests that are read to find a package of the workspace. */
const MAX_WORKSPACE_PACKAGES = 1000;

export class Modules {
  readonly #byImport = new Map<string, string | undefined>();
  readonly #loaded = new Map<string, LoadedModule | undefined>();
  #packages: Promise<ReadonlyMap<string, WorkspacePackage>> | undefined;
  #asked: string[] = [];
  readonly #wanted = new Map<string, { readonly specifier: string; readonly from: string }>();

  constructor(
    private readonly read: Read,
    private readonly projects: Projects,
    private readonly world: { readonly crypto: CryptoPort; readonly vocabulary: Vocabulary },
    /** Paths of all manifests of the scanned state; asked only for a package of the workspace. */
    private readonly manifests: () => Promise<readonly string[]>,
  ) {}

  /** For {@link Script.imports}. */
  readonly imports: Script['imports'] = (specifier, from) => {
    const key = `${from}\0${specifier}`;
    if (!this.#byImport.has(key)) {
      this.#wanted.set(key, { specifier, from });
      this.#asked.push(key);
      return undefined;
    }
    const path = this.#byImport.get(key);
    return path === undefined ? undefined : this.#loaded.get(path)?.summary;
  };

  /** A module that was loaded, by its path. */
  loaded(path: string): LoadedModule | undefined {
    return this.#loaded.get(path);
  }

  /** Takes the imports that rules asked for since the last time, and that were not loaded yet. */
  takeAsked(): readonly string[] {
    const asked = this.#asked;
    this.#asked = [];
    return asked;
  }

  /** Whether one of such imports is there, now that they are loaded: only then an analysis would find something else. */
  hasAny(asked: readonly string[]): boolean {
    return asked.some((key) => {
      const path = this.#byImport.get(key);
      return path !== undefined && this.#loaded.get(path) !== undefined;
    });
  }

  /** Loads what was asked for since the last call. */
  async load(): Promise<void> {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    const candidates = wanted.map(([key, { specifier, from }]) => ({
      key,
      paths: [] as string[],
      specifier,
      from,
    }));
    for (const candidate of candidates) {
      const { specifier, from } = candidate;
      const mapping = this.projects.mappingOf(from);
      candidate.paths.push(...candidatePaths(specifier, from, this.projects.directoryOf(from), mapping));
      if (!isLocalSpecifier(specifier)) candidate.paths.push(...(await this.#workspacePaths(specifier)));
    }
    const unread = (paths: readonly string[]): string[] => [...new Set(paths.filter((path) => !this.#loaded.has(path)))];
    const found = new Map(await this.read(unread(candidates.flatMap(({ paths }) => paths))));
    const there = (path: string): boolean => found.has(path) || this.#loaded.get(path) !== undefined;
    const further = await this.#entries(candidates.filter(({ paths }) => !paths.some(there)));
    for (const [path, bytes] of await this.read(unread(further))) found.set(path, bytes);
    for (const { key, paths } of candidates) {
      const path = paths.find(there);
      this.#byImport.set(key, path);
      if (path !== undefined && !this.#loaded.has(path)) this.#loaded.set(path, await this.#summary(path, found.get(path)!));
    }
  }

  /** The files that directories name as their entries, where nothing else answers to a specifier; they are noted with it. */
  async #entries(
    candidates: readonly { readonly paths: string[]; readonly specifier: string; readonly from: string }[],
  ): Promise<string[]> {
    const meant = candidates.flatMap((candidate) => {
      const directory = directoryMeant(candidate.specifier, candidate.from);
      return directory === undefined ? [] : [{ ...candidate, directory, manifest: posix.join(directory, 'package.json') }];
    });
    const manifests = await this.read([...new Set(meant.map(({ manifest }) => manifest))]);
    return meant.flatMap(({ paths, directory, manifest }) => {
      const bytes = manifests.get(manifest);
      const entries = bytes ? entryPaths(directory, decode(bytes).text) : [];
      paths.push(...entries);
      return entries;
    });
  }

  async #workspacePaths(specifier: string): Promise<string[]> {
    this.#packages ??= this.#workspacePackages();
    const { name, subpath } = packageOf(specifier);
    const found = (await this.#packages).get(name);
    return found ? workspacePaths(found.directory, found.manifest, subpath).flatMap(withExtensions) : [];
  }

  async #workspacePackages(): Promise<ReadonlyMap<string, WorkspacePackage>> {
    const packages = new Map<string, WorkspacePackage>();
    for (const [path, bytes] of await this.read((await this.manifests()).slice(0, MAX_WORKSPACE_PACKAGES))) {
      const manifest = readRecord(decode(bytes).text);
      const name = manifest?.['name'];
      if (manifest && typeof name === 'string' && !packages.has(name)) packages.set(name, { directory: posix.dirname(path), manifest });
    }
    return packages;
  }

  async #summary(path: string, bytes: Uint8Array): Promise<LoadedModule | undefined> {
    const { text, binary } = decode(bytes);
    if (binary) return undefined;
    if (path.endsWith('.json')) {
      const { readSettings } = await import('./readers/settings/index.js');
      const settings = await readSettings(path, text);
      return { summary: summariseSettings(path, settings.entries), text, comments: directiveComments(text, settings.comments) };
    }
    const parsed = await parseGuarded(path, text);
    if ('failed' in parsed) return undefined; // the scan of the file itself says so
    const summary = summarise({
      path,
      text,
      tracking: 'unknown',
      project: this.projects.of(path),
      ast: parsed.ast,
      visitorKeys: parsed.visitorKeys,
      imports: () => undefined,
      ...this.world,
    });
    const library = this.projects.libraryAt(path);
    return { summary: library === undefined ? summary : { ...summary, library }, text, comments: directiveComments(text, parsed.comments) };
  }
}

/**
 * Paths that a specifier may mean, best first, as Node, bundlers and TypeScript resolve them.
 *
 * @param directory the project's directory, which aliases such as `@/` and `~/` start from
 * @param mapping what the nearest tsconfig.json maps
 */
export function candidatePaths(specifier: string, from: string, directory: string, mapping: PathMapping | undefined): string[] {
  if (specifier.startsWith('.')) return withExtensions(posix.join(posix.dirname(from), specifier));
  const bases = mapping ? mappedPaths(mapping, specifier) : [];
  if (/^[~@#]\//.test(specifier)) {
    for (const root of ['src', '']) bases.push(posix.join(directory, root, specifier.slice(2)));
  }
  return bases.flatMap(withExtensions);
}

/** The directory that a relative specifier may mean, '' for the root; undefined for all others. */
export function directoryMeant(specifier: string, from: string): string | undefined {
  if (!/^\.{1,2}(?:\/|$)/.test(specifier)) return undefined;
  const directory = posix.join(posix.dirname(from), specifier).replace(/\/$/, '');
  return directory.startsWith('..') ? undefined : directory === '.' ? '' : directory;
}

/** Files that a directory's manifest names as its entry. */
export function entryPaths(directory: string, manifest: string): string[] {
  const record = readRecord(manifest);
  return record ? workspacePaths(directory, record, '').flatMap(withExtensions) : [];
}

/** Files that a path without an extension may mean, or one with the extension of a built file. */
export function withExtensions(path: string): string[] {
  const base = posix.normalize(path).replace(/\/$/, '');
  if (base === '' || base.startsWith('..') || base.startsWith('/')) return [];
  if (base === '.') return EXTENSIONS.map((each) => `index${each}`);
  const found: string[] = [];
  const extension = /\.(?:[cm]?[jt]sx?|json)$/.exec(base)?.[0];
  if (extension) {
    found.push(base);
    // TypeScript sources import each other by the names of their outputs.
    if (extension.includes('j') && extension !== '.json') found.push(base.replace(/js(x?)$/, 'ts$1'), base.replace(/jsx?$/, 'tsx'));
  }
  for (const each of EXTENSIONS) found.push(base + each);
  for (const each of EXTENSIONS) found.push(`${base}/index${each}`);
  return found.filter((each) => scriptLanguage(each) !== undefined || each.endsWith('.json'));
}
