/** Projects and imported modules of a linted file, read from disk on demand: an editor has no other state to ask. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import type { CryptoPort, ModuleSummary, Project, Script, Tracking, Vocabulary } from '../../rules/contract.js';
import { summarise, summariseSettings } from '../../rules/facts/modules.js';
import { isLocalSpecifier } from '../../rules/facts/import-names.js';
import {
  inherit,
  MAPPING_FILES,
  MAX_EXTENDS,
  packageOf,
  readMapping,
  workspacePaths,
  type MappingFile,
  type PathMapping,
} from '../path-mapping.js';
import {
  directoriesAbove,
  lockedVersions,
  lockfilePaths,
  NO_PROJECT,
  projectOf,
  readManifest,
  readRecord,
  unclearPackages,
} from '../project.js';
import { parseBaseline, type Baseline } from '../baseline.js';
import { BASELINE_FILE } from '../config.js';
import { isTracked, workTreeAbove } from '../git.js';
import { decode } from '../readers/decode.js';
import { isSafeToParse } from '../readers/guarded-parse.js';
import { parseScript } from '../readers/script.js';
import { readJson } from '../readers/settings/json.js';
import { candidatePaths, directoryMeant, entryPaths, withExtensions } from '../resolve.js';

/** Imported files above this many bytes are not followed from an editor. */
const MAX_MODULE_BYTES = 512 * 1024;

interface Cached<T> {
  readonly modified: number;
  readonly size: number;
  readonly value: T;
}

/** Reads below one directory; answers are kept by the real path of a file, as long as its modification time and size stay the same. */
export class DiskWorld {
  readonly #manifests = new Map<string, Cached<Project | undefined>>();
  readonly #mappings = new Map<string, Cached<MappingFile | undefined>>();
  readonly #modules = new Map<string, Cached<ModuleSummary | undefined>>();
  readonly #baselines = new Map<string, Cached<Baseline>>();

  constructor(
    private readonly root: string,
    private readonly world: { readonly crypto: CryptoPort; readonly vocabulary: Vocabulary },
  ) {}

  /** The project of the nearest manifest above a file. */
  projectOf(path: string): Project {
    for (const directory of directoriesAbove(path)) {
      const project = this.#cached(this.#manifests, join(directory, 'package.json'), (bytes) => {
        const manifest = readManifest(decode(bytes).text);
        if (!manifest) return undefined;
        const unclear = unclearPackages(manifest);
        const lockfile = unclear.length > 0 ? lockfilePaths(directory).find((name) => this.#stat(name)) : undefined;
        return projectOf(
          manifest,
          lockfile === undefined ? new Map() : lockedVersions(lockfile, decode(readFileSync(join(this.root, lockfile))).text, unclear),
          this.#mappingOf(join(directory, 'x')),
        );
      });
      if (project) return project;
    }
    return NO_PROJECT;
  }

  /** For {@link Script.imports}. */
  readonly imports: Script['imports'] = (specifier, from) => {
    const directory = directoriesAbove(from).find((each) => this.#stat(join(each, 'package.json'))) ?? '';
    const paths = candidatePaths(specifier, from, directory, this.#mappingOf(from));
    if (!isLocalSpecifier(specifier)) paths.push(...this.#workspacePaths(specifier, directory));
    return this.#module(paths) ?? this.#module(this.#entriesOf(specifier, from));
  };

  /** The first of these files that is there. */
  #module(paths: readonly string[]): ModuleSummary | undefined {
    for (const named of paths) {
      const path = this.#realPath(named);
      const stat = path === undefined ? undefined : this.#stat(path);
      if (path === undefined || !stat || stat.size > MAX_MODULE_BYTES) continue;
      return this.#cached(this.#modules, path, (bytes) => this.#summary(path, bytes));
    }
    return undefined;
  }

  /** What the manifest of a directory names as its entry, where no file answers to a specifier. */
  #entriesOf(specifier: string, from: string): readonly string[] {
    const directory = directoryMeant(specifier, from);
    const manifest = directory === undefined ? undefined : this.#realPath(join(directory, 'package.json'));
    if (directory === undefined || manifest === undefined || !this.#stat(manifest)) return [];
    return entryPaths(directory, decode(readFileSync(join(this.root, manifest))).text);
  }

  /** Whether a module that was followed imports a test runner. */
  isTest(path: string): boolean {
    return this.#modules.get(path)?.value?.isTest === true;
  }

  /** What the nearest tsconfig.json above a file maps, with what it extends. */
  #mappingOf(from: string): PathMapping | undefined {
    for (const directory of directoriesAbove(from)) {
      for (const name of MAPPING_FILES) {
        const mapping = this.#mapping(posix.join(directory, name), 0);
        if (mapping) return mapping.mapping;
      }
    }
    return undefined;
  }

  #mapping(path: string, level: number): MappingFile | undefined {
    const file = this.#cached(this.#mappings, path, (bytes) => readMapping(path, decode(bytes).text));
    if (!file || level === MAX_EXTENDS) return file;
    return [...file.extended].reverse().reduce((whole, base) => {
      const above = this.#mapping(base, level + 1);
      return above ? { ...whole, mapping: inherit(whole.mapping, above.mapping) } : whole;
    }, file);
  }

  /** Package managers link the packages of a workspace from node_modules. */
  #workspacePaths(specifier: string, directory: string): string[] {
    const { name, subpath } = packageOf(specifier);
    for (const above of directoriesAbove(posix.join(directory, 'x'))) {
      const place = this.#realPath(join(above, 'node_modules', name));
      if (place === undefined) continue;
      if (place.startsWith('../') || place.includes('node_modules/')) return [];
      const manifest = readRecord(decode(readFileSync(join(this.root, place, 'package.json'))).text);
      return manifest ? workspacePaths(place, manifest, subpath).flatMap(withExtensions) : [];
    }
    return [];
  }

  #summary(path: string, bytes: Uint8Array): ModuleSummary | undefined {
    const { text } = decode(bytes);
    if (path.endsWith('.json')) return summariseSettings(path, readJson(text).entries);
    // A linter waits for nobody, so what only a process of its own could parse is not followed.
    if (!isSafeToParse(path, text)) return undefined;
    const parsed = parseScript(path, text);
    if ('failed' in parsed) return undefined;
    const { ast, visitorKeys } = parsed;
    return summarise({
      path,
      text,
      tracking: 'unknown',
      project: this.projectOf(path),
      ast,
      visitorKeys,
      imports: () => undefined,
      ...this.world,
    });
  }

  /** Whether git tracks a file, as it is now. */
  trackingOf(path: string): Tracking {
    if (workTreeAbove(this.root) === undefined) return 'unknown';
    const tracked = isTracked({ cwd: this.root, env: process.env }, join(this.root, path));
    return tracked === undefined ? 'unknown' : tracked ? 'tracked' : 'untracked';
  }

  /**
   * The findings that the repository has accepted; the file stands at the top of the work tree, and its paths start there.
   * @throws JwtlintError `baseline` for one that is broken
   */
  baseline(): { readonly baseline: Baseline; inTree(path: string): string; exists(path: string): boolean } | undefined {
    const top = relative(this.root, workTreeAbove(this.root) ?? this.root);
    const baseline = this.#cached(this.#baselines, join(top, BASELINE_FILE), (bytes) =>
      parseBaseline(BASELINE_FILE, Buffer.from(bytes).toString()),
    );
    if (!baseline) return undefined;
    return {
      baseline,
      inTree: (path) => relative(join(this.root, top), join(this.root, path)).split(sep).join('/'),
      exists: (path) => this.#stat(join(top, path)) !== undefined,
    };
  }

  /** The path by which a file or directory stands where links lead to; undefined where there is none. */
  #realPath(path: string): string | undefined {
    const place = join(this.root, path);
    if (!existsSync(place)) return undefined;
    return relative(realpathSync.native(this.root), realpathSync.native(place)).split(sep).join('/');
  }

  #stat(path: string): { readonly mtimeMs: number; readonly size: number } | undefined {
    const stat = statSync(join(this.root, path), { throwIfNoEntry: false });
    return stat?.isFile() ? stat : undefined;
  }

  #cached<T>(cache: Map<string, Cached<T>>, path: string, make: (bytes: Uint8Array) => T): T | undefined {
    const stat = this.#stat(path);
    if (!stat) return undefined;
    const present = cache.get(path);
    if (present && present.modified === stat.mtimeMs && present.size === stat.size) return present.value;
    const value = make(readFileSync(join(this.root, path)));
    cache.set(path, { modified: stat.mtimeMs, size: stat.size, value });
    return value;
  }
}
