/** Projects and imported modules of a linted file, read from disk on demand: an editor has no other state to ask. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CryptoPort, ModuleSummary, Project, Script, Vocabulary } from '../../rules/contract.js';
import { summarise, summariseSettings } from '../../rules/facts/modules.js';
import { directoriesAbove, lockedVersions, lockfilePaths, NO_PROJECT, projectOf, readManifest, unclearPackages } from '../project.js';
import { decode } from '../readers/decode.js';
import { parseScript } from '../readers/script.js';
import { readJson } from '../readers/settings/json.js';
import { candidatePaths } from '../resolve.js';

/** Imported files above this many bytes are not followed from an editor. */
const MAX_MODULE_BYTES = 512 * 1024;

interface Cached<T> {
  readonly modified: number;
  readonly size: number;
  readonly value: T;
}

/** Reads below one directory; answers are kept as long as modification time and size of a file stay the same. */
export class DiskWorld {
  readonly #manifests = new Map<string, Cached<Project | undefined>>();
  readonly #modules = new Map<string, Cached<ModuleSummary | undefined>>();

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
        );
      });
      if (project) return project;
    }
    return NO_PROJECT;
  }

  /** For {@link Script.imports}. */
  readonly imports: Script['imports'] = (specifier, from) => {
    const directory = directoriesAbove(from).find((each) => this.#stat(join(each, 'package.json'))) ?? '';
    for (const path of candidatePaths(specifier, from, directory)) {
      const stat = this.#stat(path);
      if (!stat || stat.size > MAX_MODULE_BYTES) continue;
      return this.#cached(this.#modules, path, (bytes) => this.#summary(path, bytes));
    }
    return undefined;
  };

  #summary(path: string, bytes: Uint8Array): ModuleSummary | undefined {
    const { text } = decode(bytes);
    if (path.endsWith('.json')) return summariseSettings(path, readJson(text).entries);
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
