/**
 * What a change to one script may need of others in its package: the scripts that read the environment for it, the modules of
 * Nest. Looked for once, by one reading of all scripts; read anew when their contents have changed.
 */
import { posix } from 'node:path';
import type { CryptoPort, ImportableScript, Neighbours, Script, Vocabulary } from '../rules/contract.js';
import { givesEnvironment } from '../rules/facts/checked-reads.js';
import { loadingOf, type Loading } from '../rules/facts/environment-loading.js';
import { nameOfSource, type KeyUse } from '../rules/facts/key-uses.js';
import { specifiersIn } from '../rules/facts/modules.js';
import { Projects, readRecord, type Read } from './project.js';
import { contentOf } from './readers/decode.js';
import { parseGuarded } from './readers/guarded-parse.js';
import { scriptLanguage } from './readers/script.js';
import { sharedReaders, type SharedReader } from './reader-modules.js';
import { candidatePaths } from './resolve.js';
import type { Source } from './sources/source.js';

/** Scripts above this many characters are no settings. */
const MAX_LENGTH = 200_000;

/** Files that are followed from a module to see whom it imports. */
const MAX_REACHED = 200;

const SPEAKS_OF_ENVIRONMENT = /\bprocess\.env\b|\bimport\.meta\.env\b/;
const SPEAKS_OF_LOADING = /\bdotenv|\bConfigModule\b/;
const SPEAKS_OF_NEST = /@Module\s*\(/;
const SPEAKS_OF_TYPES = /\bConfigService\s*</;
const DECLARES_ENVIRONMENT = /\binterface\s+ProcessEnv\b/;
/** A file that a specifier may name, as the last part of it in quotes. */
const LAST_PART = /(?<=['"`/])([\w.@-]+)['"`]/g;

/** One import of a module by another file. */
interface Importer {
  readonly path: string;
  readonly specifier: string;
}

interface Candidate {
  readonly path: string;
  readonly importers: readonly Importer[];
  /** Files that it imports, by whatever way; undefined when there are too many to tell. */
  readonly reaches: ReadonlySet<string> | undefined;
}

/** What scripts of one source are to each other. */
export class Neighbourhood {
  readonly #projects: Projects;
  readonly #read: Read;
  #names: ReadonlySet<string> = new Set();
  #candidates: readonly Candidate[] | undefined;
  #nest: readonly string[] = [];
  /** Scripts that ask for settings of a type. */
  #typed: readonly string[] = [];
  #declaring: readonly string[] = [];
  #loadings: readonly { readonly path: string; readonly loading: Loading }[] = [];
  #signatures: readonly KeyUse[] = [];
  #shared: readonly SharedReader[] = [];
  /** Of {@link #shared}: the paths of those that are there. */
  #written: ReadonlySet<string> = new Set();
  readonly #scripts = new Map<string, Script | undefined>();

  constructor(
    private readonly source: Source,
    private readonly wanted: (path: string) => boolean,
    private readonly world: { readonly crypto: CryptoPort; readonly vocabulary: Vocabulary },
  ) {
    this.#read = (paths) => source.read(paths);
    this.#projects = new Projects(this.#read);
  }

  /**
   * Looks at the source as it is now.
   * @param uses what its scripts do with keys
   */
  async refresh(uses: readonly KeyUse[]): Promise<void> {
    this.#signatures = uses.filter(({ kind }) => kind === 'sign');
    this.#scripts.clear();
    this.#candidates ??= await this.#survey();
    this.#written = new Set((await this.source.read(this.#shared.map(({ path }) => path))).keys());
    const typed = [...this.#typed, ...this.#candidates.map(({ path }) => path)];
    await this.#load([
      ...this.#nest,
      ...this.#declaring,
      ...typed,
      ...this.#candidates.flatMap(({ importers }) => importers.map((each) => each.path)),
    ]);
    // Their types may stand in what they import.
    await this.#load(
      typed.flatMap((path) => {
        const script = this.#scripts.get(path);
        return script ? specifiersIn(script).flatMap((specifier) => this.#resolve(specifier, path) ?? []) : [];
      }),
    );
  }

  async #load(paths: readonly string[]): Promise<void> {
    const missing = new Set(paths.filter((path) => !this.#scripts.has(path)));
    for (const [path, bytes] of await this.source.read([...missing])) this.#scripts.set(path, await this.#script(path, bytes));
  }

  /** The neighbours of a script. */
  around(path: string): Neighbours {
    const directory = this.#projects.directoryOf(path);
    const near = (other: string): boolean => other !== path && this.#projects.directoryOf(other) === directory;
    return {
      environmentScripts: () =>
        (this.#candidates ?? [])
          .filter((candidate) => near(candidate.path) && candidate.reaches?.has(path) === false)
          .flatMap((candidate) => this.#importable(candidate, path, directory))
          .sort((one, other) => other.examples.length - one.examples.length),
      nestModules: () => this.#nest.filter((other) => other === path || near(other)).flatMap((other) => this.#scripts.get(other) ?? []),
      loadsLate: () => {
        const loadings = this.#loadings.filter((each) => each.path === path || near(each.path));
        const isFound = loadings.some((each) => each.loading === 'early' || (each.loading === 'own' && each.path === path));
        return loadings.length > 0 && !isFound;
      },
      signatures: () =>
        this.#signatures
          .filter(({ place }) => place.path === path || near(place.path))
          .map(({ sources, signsWith }) => ({ keys: sources.flatMap((source) => nameOfSource(source) ?? []), algorithm: signsWith })),
      sharedReader: () => {
        const shared = this.#shared.find(({ specifiers }) => specifiers.has(path));
        return (
          shared && {
            path: shared.path,
            specifier: shared.specifiers.get(path)!,
            text: this.#written.has(shared.path) ? undefined : shared.text,
          }
        );
      },
      environmentTypes: () =>
        this.#declaring.filter((other) => other === path || near(other)).flatMap((other) => this.#scripts.get(other) ?? []),
      script: (other) => this.#scripts.get(other),
      resolve: (specifier, from) => this.#resolve(specifier, from),
    };
  }

  /**
   * Has scripts share what each of them would declare for itself.
   * @param paths scripts that need a function which reads the environment
   * @returns false when none of them can
   */
  async share(paths: readonly string[]): Promise<boolean> {
    const needing = [];
    const modules = new Map<string, boolean>();
    await this.#projects.load(paths);
    for (const [path, bytes] of await this.source.read([...new Set(paths)])) {
      const script = await this.#script(path, bytes);
      const directory = this.#projects.directoryOf(path);
      if (!script) continue;
      const specifiers = specifiersIn(script).filter((each) => each.startsWith('.') && this.#resolve(each, path) !== undefined);
      needing.push({ script, directory, specifiers });
      if (modules.has(directory)) continue;
      const manifest = posix.join(directory, 'package.json');
      const bytesOfManifest = (await this.source.read([manifest])).get(manifest);
      modules.set(directory, bytesOfManifest !== undefined && readRecord(contentOf(bytesOfManifest).text)?.['type'] === 'module');
    }
    const found = sharedReaders(needing, modules, this.#names);
    this.#shared = [...this.#shared, ...found];
    return found.length > 0;
  }

  /** A module as a script can import it. */
  #importable({ path, importers }: Candidate, from: string, directory: string): readonly ImportableScript[] {
    const script = this.#scripts.get(path);
    const examples = importers
      .filter((importer) => importer.path !== from && isAlike(importer.path, from, directory))
      .sort((one, other) => inCommon(other.path, from) - inCommon(one.path, from))
      .flatMap(({ path: other, specifier }) => {
        const example = this.#scripts.get(other);
        return example ? [{ script: example, theirs: specifier, ours: specifierFrom(from, other, specifier) }] : [];
      });
    return script ? [{ script, examples }] : [];
  }

  async #survey(): Promise<readonly Candidate[]> {
    const all: string[] = [];
    const candidates: string[] = [];
    const nest: string[] = [];
    const typed: string[] = [];
    const declaring: string[] = [];
    const loadings: { readonly path: string; readonly loading: Loading }[] = [];
    for await (const file of this.source.files((path) => scriptLanguage(path) !== undefined && this.wanted(path))) {
      if ('leftOut' in file || file.bytes.length > MAX_LENGTH) continue;
      all.push(file.path);
      const { text, binary } = contentOf(file.bytes);
      if (binary) continue;
      if (SPEAKS_OF_NEST.test(text)) nest.push(file.path);
      if (SPEAKS_OF_TYPES.test(text)) typed.push(file.path);
      if (DECLARES_ENVIRONMENT.test(text)) declaring.push(file.path);
      const mayGive = SPEAKS_OF_ENVIRONMENT.test(text) && /\bexports?\b/.test(text);
      if (!mayGive && !SPEAKS_OF_LOADING.test(text)) continue;
      await this.#projects.load([file.path]);
      const script = await this.#script(file.path, file.bytes);
      const loading = script && loadingOf(script);
      if (loading) loadings.push({ path: file.path, loading });
      if (mayGive && script && givesEnvironment(script)) candidates.push(file.path);
    }
    this.#loadings = loadings;
    this.#names = new Set(all);
    this.#nest = nest;
    this.#typed = typed;
    this.#declaring = declaring;
    await this.#projects.load(all);
    return candidates.length === 0 ? [] : this.#withImporters(candidates);
  }

  async #withImporters(candidates: readonly string[]): Promise<readonly Candidate[]> {
    const lastParts = new Set(candidates.flatMap(lastPartsOf));
    const importers = new Map<string, Importer[]>(candidates.map((path) => [path, []]));
    for await (const file of this.source.files((path) => this.#names.has(path))) {
      if ('leftOut' in file) continue;
      const { text } = contentOf(file.bytes);
      if (!Array.from(text.matchAll(LAST_PART)).some(([, last]) => lastParts.has(last!.replace(/\.[cm]?[jt]sx?$/, '')))) continue;
      await this.#projects.load([file.path]);
      const script = await this.#script(file.path, file.bytes);
      for (const specifier of script ? specifiersIn(script) : []) {
        const path = this.#resolve(specifier, file.path);
        if (path !== undefined && path !== file.path) importers.get(path)?.push({ path: file.path, specifier });
      }
    }
    const found: Candidate[] = [];
    for (const [path, list] of importers)
      if (list.length > 0) found.push({ path, importers: list, reaches: await this.#reachedFrom(path) });
    return found;
  }

  async #reachedFrom(start: string): Promise<ReadonlySet<string> | undefined> {
    const reached = new Set<string>();
    for (let level = [start]; level.length > 0;) {
      const further = new Set<string>();
      await this.#projects.load(level);
      for (const [path, bytes] of await this.source.read(level)) {
        const script = await this.#script(path, bytes);
        for (const specifier of script ? specifiersIn(script) : []) {
          const target = this.#resolve(specifier, path);
          if (target !== undefined && !reached.has(target)) further.add(target);
        }
      }
      for (const path of further) reached.add(path);
      if (reached.size > MAX_REACHED) return undefined;
      level = [...further];
    }
    return reached;
  }

  #resolve(specifier: string, from: string): string | undefined {
    return candidatePaths(specifier, from, this.#projects.directoryOf(from), this.#projects.mappingOf(from)).find((path) =>
      this.#names.has(path),
    );
  }

  async #script(path: string, bytes: Uint8Array): Promise<Script | undefined> {
    const { text, binary } = contentOf(bytes);
    const parsed = binary ? undefined : await parseGuarded(path, text);
    if (!parsed || 'failed' in parsed) return undefined;
    const { ast, visitorKeys } = parsed;
    return {
      ...this.world,
      path,
      text,
      ast,
      visitorKeys,
      tracking: 'unknown',
      project: this.#projects.of(path),
      imports: () => undefined,
      neighbours: this.around(path),
    };
  }
}

/** What may stand last in a specifier of a file. */
function lastPartsOf(path: string): readonly string[] {
  const base = posix.basename(path).replace(/\.[^.]+$/, '');
  return base === 'index' ? ['index', '.', '..', posix.basename(posix.dirname(path))] : [base];
}

/** A part of a package: a directory, or one of several programs or libraries that share a manifest. */
const PART = /^(?:(?:apps|packages|libs|services|projects|functions|examples)\/[^/]{1,200}|[^/]{1,200})(?=\/)/;

/** Whether one script can be expected to import what another one does: in the same part of the package, in the same language. */
function isAlike(path: string, other: string, directory: string): boolean {
  const partOf = (each: string): string => {
    const inner = directory === '' ? each : each.slice(directory.length + 1);
    return PART.exec(inner)?.[0] ?? '';
  };
  const isTyped = (each: string): boolean => /\.[cm]?tsx?$/.test(each);
  return partOf(path) === partOf(other) && isTyped(path) === isTyped(other);
}

function inCommon(path: string, other: string): number {
  let length = 0;
  const parts = other.split('/');
  for (const part of path.split('/')) {
    if (part !== parts[length]) break;
    length += 1;
  }
  return length;
}

/** A specifier as another file would write it: one that starts from the file itself leads to the same place. */
function specifierFrom(from: string, importer: string, specifier: string): string {
  if (!/^\.{1,2}(?:\/|$)/.test(specifier)) return specifier;
  const target = posix.join(posix.dirname(importer), specifier);
  const relative = posix.relative(posix.dirname(from), target);
  if (relative === '') return '.';
  return relative.startsWith('.') ? relative : `./${relative}`;
}
