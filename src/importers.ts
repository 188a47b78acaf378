/**
 * What a change means for files that are not part of it: a script that exports a constant may be where the key of another
 * file's call comes from. Those files are looked at too, and what they show about the changed ones is reported there.
 */
import { posix } from 'node:path';
import type { FileResult, Inspection } from './inspect.js';
import { subpathsOf } from './path-mapping.js';
import { readManifest, readRecord, type Projects } from './project.js';
import { decode } from './readers/decode.js';
import { scriptLanguage } from './readers/script.js';
import { withExtensions } from './resolve.js';
import { SEARCH_WORDS } from '../rules/facts/search-words.js';
import type { Source, SourceFile } from './sources/source.js';
import type { Job, Triage } from './triage.js';

/** Files outside of the change that are read, all levels together. */
export const MAX_IMPORTERS = 200;
/** Packages of one repository that are asked for their dependencies. */
const MAX_MANIFESTS = 1000;
/** A constant may be passed on by so many files before it is used. */
const LEVELS = 3;

const EXPORTS = /\bexport\b|\bexports\b/;
/** A text that could be a key: anything in quotes without blanks but the specifier of an import. */
const TEXT = /(?<!\b(?:from|import|require)\s{0,4}\(?\s{0,4})['"`](?!use strict)[^'"`\s]{1,500}['"`]/;
/** A file that hands on what it imports. */
const HANDS_ON = /\bexport\s{0,4}(?:\*|\{[^}]{0,2000}\}\s{0,4}from\b)|\bexports\s{0,4}=\s{0,4}require\b/;

/** JSON that scripts import for other reasons than keys. */
const MANIFEST = /(?:^|\/)(?:package|package-lock|npm-shrinkwrap|tsconfig[\w.-]*)\.json$/;

/** True for a changed file that may give a key to others: it exports something and holds a text that could be one. */
export function mayExportKey(path: string, text: string): boolean {
  const exports = path.endsWith('.json') ? !MANIFEST.test(path) : scriptLanguage(path) !== undefined && EXPORTS.test(text);
  return exports && TEXT.test(text);
}

/** Whether a file holds a text that could be a key and that its old version did not hold: what it gave before is nothing new. */
function holdsNewText(bytes: Uint8Array, before: Uint8Array | undefined): boolean {
  if (!before) return true;
  const known = new Set(textsIn(before));
  return textsIn(bytes).some((text) => !known.has(text));
}

function textsIn(bytes: Uint8Array): string[] {
  return Array.from(decode(bytes).text.matchAll(new RegExp(TEXT, 'g')), ([text]) => text);
}

/** What looking at the importers gave. */
export interface ImportersResult {
  /** Findings of importers that stand in files of the change, as results of the importers. */
  readonly results: FileResult[];
  /** Why the look is not complete; undefined when it is. */
  readonly incomplete: string | undefined;
}

/** A search that git is busy with; see {@link searchImporters}. */
export interface ImporterSearch {
  readonly exporters: readonly SourceFile[];
  readonly projects: Projects;
  /** Scripts that name a changed one; undefined when git could not search. No unhandled rejection when nobody awaits it. */
  readonly found: Promise<readonly string[] | undefined>;
}

/**
 * Starts the search for the scripts that import changed ones, as soon as it is clear for which. git works while the change
 * itself is analysed, so this is awaited before, and its result after that.
 *
 * @param exporters changed files for which {@link mayExportKey} holds
 */
export async function searchImporters(source: Source, exporters: readonly SourceFile[], projects: Projects): Promise<ImporterSearch> {
  const nothing = { projects, found: Promise.resolve([]) };
  if (!source.naming || exporters.length === 0) return { exporters: [], ...nothing };
  const before = await source.beforeRead?.(exporters.map((file) => file.path));
  const relevant = exporters.filter(({ path, bytes }) => holdsNewText(bytes, before?.get(path))).map(({ path }) => path);
  if (relevant.length === 0) return { exporters, ...nothing };
  await projects.load(relevant);
  const isOfTokens = relevant.some((path) => usesTokens((name) => projects.of(path).uses(name))) || (await anyUsesTokens(source));
  if (!isOfTokens) return { exporters, ...nothing };
  const found = source.naming(await namesOf(source, projects, relevant));
  found.catch(() => undefined);
  return { exporters, projects, found };
}

function usesTokens(uses: (name: string) => boolean): boolean {
  return SEARCH_WORDS.tokenPackages.some(uses);
}

/** Whether a package of the repository uses a library: what another one exports may be the key of its calls. */
async function anyUsesTokens(source: Source): Promise<boolean> {
  const manifests = await source.names((name) => name === 'package.json');
  const contents = await source.read(manifests.slice(0, MAX_MANIFESTS).map(({ path }) => path));
  return [...contents.values()].some((bytes) => {
    const manifest = readManifest(decode(bytes).text);
    return manifest !== undefined && usesTokens((name) => manifest.dependencies.has(name));
  });
}

/**
 * Analyses the scripts that import changed ones.
 *
 * @param inspect gives the inspection of the change, which is not loaded when there is no importer to analyse
 */
export async function importersOf(
  source: Source,
  search: ImporterSearch,
  { triage, inspect }: { readonly triage: Triage; inspect(): Promise<Inspection> },
): Promise<ImportersResult> {
  const changed = new Set(search.exporters.map((file) => file.path));
  const seen = new Set<string>();
  const jobs: Job[] = [];
  let incomplete: string | undefined;
  let found = await search.found;
  for (let level = 1; ; level++) {
    if (!found) {
      incomplete = 'git could not search the index for scripts that import the changed ones';
      break;
    }
    const fresh = found.filter((path) => !seen.has(path));
    if (seen.size + fresh.length > MAX_IMPORTERS) {
      incomplete = `more than ${String(MAX_IMPORTERS)} scripts may import the changed ones; the rest of them was not looked at`;
      fresh.length = Math.max(0, MAX_IMPORTERS - seen.size);
    }
    const further: string[] = [];
    for (const [path, bytes] of await source.read(fresh)) {
      seen.add(path);
      const job = triage({ path, bytes, tracking: 'tracked' });
      if (job?.interest.script) jobs.push(job);
      const text = job?.text ?? decode(bytes).text;
      if (job?.interest.script ? HANDS_ON.test(text) : EXPORTS.test(text)) further.push(path);
    }
    for (const path of fresh) seen.add(path);
    if (further.length === 0 || level === LEVELS) break;
    found = await source.naming?.(await namesOf(source, search.projects, further));
  }
  if (jobs.length === 0) return { results: [], incomplete };
  const results = (await (await inspect()).run(jobs)).map((result) => ({
    ...result,
    findings: result.findings.filter(({ reported }) => changed.has(reported.location.path)),
    // What stands in a file that nobody touched is not this change's business.
    notices: [],
    directives: [],
  }));
  return { results: results.filter((result) => result.findings.length > 0), incomplete };
}

/**
 * The last part of the specifiers by which modules may be imported: their base name, for `index` the directory's, for what a
 * manifest names as an entry that of the package, of its directory, or what it is exported under.
 */
async function namesOf(source: Source, projects: Projects, paths: readonly string[]): Promise<string[]> {
  await projects.load(paths);
  const manifestOf = (path: string): string => posix.join(projects.directoryOf(path), 'package.json');
  const manifests = await source.read([...new Set(paths.map(manifestOf))]);
  const names = paths.flatMap((path) => {
    const base = posix.basename(path).replace(/\.[^.]+$/, '');
    const own = base === 'index' ? posix.basename(posix.dirname(path)) : base;
    const bytes = manifests.get(manifestOf(path));
    const manifest = bytes && readRecord(decode(bytes).text);
    if (!manifest) return [own];
    const directory = projects.directoryOf(path);
    const whole = [posix.basename(directory), ...(typeof manifest['name'] === 'string' ? [posix.basename(manifest['name'])] : [])];
    const subpaths = subpathsOf(directory, manifest, (entry) => withExtensions(entry).includes(path));
    return [own, ...subpaths.flatMap((subpath) => (subpath === '' ? whole : [posix.basename(subpath)]))];
  });
  return [...new Set(names)].map((name) => (name === '.' || name === '' ? 'index' : name));
}
