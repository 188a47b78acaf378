/**
 * Import specifiers against the files of the same scanned state. Rules ask synchronously; what is not loaded yet is noted,
 * and {@link Modules.load} brings it in one batch, a level at a time, after which the script is analysed again.
 */
import type { CryptoPort, ModuleSummary, Script, Vocabulary } from '../rules/contract.js';
import { summarise, summariseSettings } from '../rules/facts/modules.js';
import type { Projects, Read } from './project.js';
import { decode } from './readers/decode.js';
import { parseScript, scriptLanguage } from './readers/script.js';

/** Levels of imports that are followed from a scanned script. */
export const IMPORT_DEPTH = 5;

const EXTENSIONS = ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.mts', '.cts', '.json'] as const;

/** A module that was read: its summary, and its text for frames and directives. */
export interface LoadedModule {
  readonly summary: ModuleSummary;
  readonly text: string;
}

export class Modules {
  readonly #byImport = new Map<string, string | undefined>();
  readonly #loaded = new Map<string, LoadedModule | undefined>();
  #asked = 0;
  readonly #wanted = new Map<string, { readonly specifier: string; readonly from: string }>();

  constructor(
    private readonly read: Read,
    private readonly projects: Projects,
    private readonly world: { readonly crypto: CryptoPort; readonly vocabulary: Vocabulary },
  ) {}

  /** For {@link Script.imports}. */
  readonly imports: Script['imports'] = (specifier, from) => {
    const key = `${from}\0${specifier}`;
    if (!this.#byImport.has(key)) {
      this.#wanted.set(key, { specifier, from });
      this.#asked++;
      return undefined;
    }
    const path = this.#byImport.get(key);
    return path === undefined ? undefined : this.#loaded.get(path)?.summary;
  };

  /** A module that was loaded, by its path. */
  loaded(path: string): LoadedModule | undefined {
    return this.#loaded.get(path);
  }

  /** How often rules asked for a module that was not loaded yet. */
  get asked(): number {
    return this.#asked;
  }

  /** Loads what was asked for since the last call. */
  async load(): Promise<void> {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    const candidates = wanted.map(([key, { specifier, from }]) => ({
      key,
      paths: candidatePaths(specifier, from, this.projects.directoryOf(from)),
    }));
    const unread = new Set(candidates.flatMap(({ paths }) => paths).filter((path) => !this.#loaded.has(path)));
    const found = await this.read([...unread]);
    for (const { key, paths } of candidates) {
      const path = paths.find((each) => found.has(each) || this.#loaded.get(each) !== undefined);
      this.#byImport.set(key, path);
      if (path !== undefined && !this.#loaded.has(path)) this.#loaded.set(path, await this.#summary(path, found.get(path)!));
    }
  }

  async #summary(path: string, bytes: Uint8Array): Promise<LoadedModule | undefined> {
    const { text, binary } = decode(bytes);
    if (binary) return undefined;
    if (path.endsWith('.json')) {
      const { readSettings } = await import('./readers/settings/index.js');
      const settings = await readSettings(path, text);
      return { summary: summariseSettings(path, settings.entries), text };
    }
    const parsed = parseScript(path, text);
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
    return { summary, text };
  }
}

/**
 * Paths that a specifier may mean, best first, as Node, bundlers and TypeScript resolve them.
 *
 * @param directory the project's directory, which aliases such as `@/` and `~/` start from
 */
export function candidatePaths(specifier: string, from: string, directory: string): string[] {
  const bases: string[] = [];
  if (specifier.startsWith('.'))
    bases.push(normalise(`${from.includes('/') ? from.slice(0, from.lastIndexOf('/')) : ''}/${specifier}`) ?? '');
  else if (/^[~@#]\//.test(specifier)) {
    for (const root of ['src', '']) bases.push(normalise(`${directory}/${root}/${specifier.slice(2)}`) ?? '');
  }
  const found: string[] = [];
  for (const base of bases) {
    if (base === '') continue;
    const extension = /\.(?:[cm]?[jt]sx?|json)$/.exec(base)?.[0];
    if (extension) {
      found.push(base);
      // TypeScript sources import each other by the names of their outputs.
      if (extension.includes('j') && extension !== '.json') found.push(base.replace(/js(x?)$/, 'ts$1'), base.replace(/jsx?$/, 'tsx'));
    }
    for (const each of EXTENSIONS) found.push(base + each);
    for (const each of EXTENSIONS) found.push(`${base}/index${each}`);
  }
  return found.filter((path) => scriptLanguage(path) !== undefined || path.endsWith('.json'));
}

/** Resolves `.` and `..`; undefined when the path leaves the root. */
function normalise(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else parts.push(part);
  }
  return parts.join('/');
}
