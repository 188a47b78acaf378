/**
 * How files of a work tree leave it without git: copied into an image by a Dockerfile, or packed by npm. Of contexts, patterns
 * and ignore files that it cannot be sure about it says nothing.
 */
import type { Publication } from '../rules/contract.js';
import { globMatcher, globProblem } from './glob.js';
import { directoriesAbove, readRecord } from './project.js';
import { decode } from './readers/decode.js';
import { isDockerfile } from './readers/settings/index.js';
import { copiesOf } from './readers/settings/shell.js';
import type { Source } from './sources/source.js';

/** Characters of patterns times characters of paths that are compared at most: a second's work. */
const BUDGET = 500_000_000;

/** What comparing may still cost. */
class Effort {
  #left = BUDGET;

  /** True when a path may be compared with all these patterns. */
  allows(path: string, ...patterns: readonly (readonly string[])[]): boolean {
    const length = patterns.flat().reduce((sum, pattern) => sum + pattern.length + 1, 0);
    return (this.#left -= length * path.length) >= 0;
  }

  get isSpent(): boolean {
    return this.#left < 0;
  }
}

/** What leaves the work tree, once for each way; `complete` is false when there was too much to compare. */
export interface Publications {
  readonly found: readonly Publication[];
  readonly complete: boolean;
}

/** What of these paths leaves the work tree. Both readers of ignore files take the last line that matches. */
export async function publicationsOf(paths: readonly string[], source: Pick<Source, 'names' | 'read'>): Promise<Publications> {
  const dockerfiles = (await source.names(isDockerfile)).filter(({ tracking }) => tracking !== 'ignored').map(({ path }) => path);
  const read = async (wanted: readonly string[]): Promise<ReadonlyMap<string, string>> =>
    new Map([...(await source.read(wanted))].map(([path, bytes]) => [path, decode(bytes).text]));
  const effort = new Effort();
  const found = [...(await imagesOf(paths, dockerfiles, read, effort)), ...(await packagesOf(paths, read, effort))];
  return { found, complete: !effort.isSpent };
}

type ReadText = (paths: readonly string[]) => Promise<ReadonlyMap<string, string>>;

function within(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

/** A path relative to a directory; undefined when it is not in it. */
function relativeTo(directory: string, path: string): string | undefined {
  if (directory === '') return path;
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : undefined;
}

/** A glob of Docker (Go's `filepath.Match` with `**`) from the top of the build context, in our words: no braces. */
function fromTop(pattern: string): string {
  return `/${pattern.replace(/^(?:\.?\/)+|\/+$/g, '').replace(/[{}]/g, '\\$&')}`;
}

/** Like {@link globMatcher}, without the patterns that it cannot take. */
function matcherOf(globs: readonly string[]): (path: string) => boolean {
  return globMatcher(globs.filter((glob) => globProblem(glob) === undefined));
}

async function imagesOf(paths: readonly string[], dockerfiles: readonly string[], read: ReadText, effort: Effort): Promise<Publication[]> {
  const found: Publication[] = [];
  const texts = await read(
    dockerfiles.flatMap((path) => [
      path,
      `${path}.dockerignore`,
      ...directoriesAbove(path).map((directory) => within(directory, '.dockerignore')),
    ]),
  );
  for (const dockerfile of dockerfiles) {
    const text = texts.get(dockerfile);
    if (text === undefined) continue;
    // The context is where the Dockerfile stands, unless somebody says otherwise on a command line: in a repository of several
    // packages often a directory further up. What is left out of any of them counts as left out.
    const contexts = directoriesAbove(dockerfile);
    const context = contexts[0]!;
    const own = `${dockerfile}.dockerignore`;
    const ignoreFile = texts.has(own) ? own : within(context, '.dockerignore');
    const rules = contexts.map((directory) => {
      const lines = dockerignorePatterns(texts.get(texts.has(own) ? own : within(directory, '.dockerignore')) ?? '');
      return { directory, lines, matches: matcherOf(lines) };
    });
    const lines = rules.flatMap((rule) => rule.lines);
    const ignored = (path: string): boolean => rules.some(({ directory, matches }) => matches(relativeTo(directory, path)!));
    const instructions = copiesOf(text);
    const patterns = instructions.flatMap(({ sources, excluded }) => [...sources, ...excluded]);
    const copies = instructions.map(({ sources, excluded }) => {
      const taken = sources.filter((pattern) => !/^[a-z]+:\/\/|^<<|(?:^|\/)\.\.(?:\/|$)/.test(pattern));
      const isAll = taken.some((pattern) => fromTop(pattern) === '/' || fromTop(pattern) === '/.');
      const [matches, leavesOut] = [matcherOf(taken.map(fromTop)), matcherOf(excluded.map(fromTop))];
      return (path: string): boolean => (isAll || matches(path)) && !leavesOut(path);
    });
    for (const path of paths) {
      const inContext = relativeTo(context, path);
      if (inContext === undefined) continue;
      if (!effort.allows(path, lines, patterns)) return found;
      if (ignored(path) || !copies.some((takes) => takes(inContext))) continue;
      found.push({ path, to: 'image', by: dockerfile, ignoreFile });
    }
  }
  return found;
}

/** The lines of a .dockerignore as globs (Docker's build context reference). */
function dockerignorePatterns(text: string): string[] {
  return linesOf(text).map((line) => (line.startsWith('!') ? `!${fromTop(line.slice(1).trim())}` : fromTop(line)));
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const IGNORE_FILES = ['.npmignore', '.gitignore'];

/**
 * What `npm pack` takes (npm-packlist 7 to 11): with `files`, what that names, whatever the ignore files beside the manifest
 * say; else all that `.npmignore` leaves, or `.gitignore` where there is none.
 */
async function packagesOf(paths: readonly string[], read: ReadText, effort: Effort): Promise<Publication[]> {
  const found: Publication[] = [];
  const asked = new Set(paths.flatMap((path) => directoriesAbove(path)));
  const texts = await read([...asked].flatMap((directory) => ['package.json', ...IGNORE_FILES].map((name) => within(directory, name))));
  for (const path of paths) {
    const above = directoriesAbove(path);
    const at = above.findIndex((directory) => texts.has(within(directory, 'package.json')));
    if (at < 0) continue;
    const directory = above[at]!;
    const manifest = readRecord(texts.get(within(directory, 'package.json'))!) ?? {};
    // npm publishes nothing without a name and a version.
    if (manifest['private'] === true || typeof manifest['name'] !== 'string' || typeof manifest['version'] !== 'string') continue;
    // Ignore files further down hold too, with rules of their own.
    if (above.slice(0, at).some((below) => IGNORE_FILES.some((name) => texts.has(within(below, name))))) continue;
    const inPackage = relativeTo(directory, path)!;
    const files = manifest['files'];
    const manifestPath = within(directory, 'package.json');
    if (Array.isArray(files)) {
      const entries = files.filter((entry): entry is string => typeof entry === 'string');
      if (!effort.allows(inPackage, entries)) return found;
      if (isListed(inPackage, entries)) found.push({ path, to: 'package', by: manifestPath, ignoreFile: undefined });
      continue;
    }
    const ignoreFile = within(directory, '.npmignore');
    const text = texts.get(ignoreFile);
    // Where .gitignore decides, a line there keeps it from git and from npm alike.
    if (text === undefined) continue;
    const lines = linesOf(text);
    if (!effort.allows(inPackage, lines)) return found;
    if (!matcherOf(lines)(inPackage)) found.push({ path, to: 'package', by: manifestPath, ignoreFile });
  }
  return found;
}

/** Whether `files` of a manifest names a path. Entries start at the package; what begins with `!` is taken out again, at any depth. */
function isListed(path: string, entries: readonly string[]): boolean {
  const named = entries.filter((entry) => !entry.startsWith('!')).map((entry) => `/${entry.replace(/^(?:\.?\/)+|\/+$/g, '')}`);
  const takenOut = entries.filter((entry) => entry.startsWith('!')).map((entry) => entry.slice(1));
  return matcherOf(named)(path) && !matcherOf(takenOut)(path);
}
