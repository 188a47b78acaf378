/** The files of a git work tree: what git tracks, what it does not ignore, and ignored env files and keys. */
import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import type { Tracking } from '../../rules/contract.js';
import { ENV_FILE_GLOBS, isEnvFile, isKeyDirectory, isKeyFile, KEY_FILE_GLOBS } from '../../rules/facts/env-files.js';
import { brokenIndex, decodeName, rawFieldsOf, showTopLevel, succeed, type GitContext } from '../git.js';
import { belowRoot, Disk, isBelow } from './disk.js';
import { checkIgnored } from './ignored.js';
import { byPath, literalDirectory, resolveArguments, select, type Argument, type ArgumentOptions, type Listed } from './selection.js';
import type { LeftOut, Source, SourceFile } from './source.js';

/** More arguments than this cost git more than listing everything. */
const MOST_PATHSPECS = 32;

/**
 * Opens the work tree that contains the working directory.
 * @param context The user's own working directory and environment.
 * @throws {JwtlintError} `not-a-repository` (then openDirectory scans), `git-missing`, `git-failed`, `usage` for a path outside
 * the work tree, `path-not-found`
 */
export async function openTree(context: GitContext, options: ArgumentOptions): Promise<Source> {
  const root = await showTopLevel(context);
  const disk = new Disk(root);
  const wanted = resolveArguments(root, options);
  const pathspecs = specify(wanted);
  const { listing, warnings } = await listWorkTree(context, pathspecs);
  const files = await select(root, disk, listing, wanted, options);
  return new TreeSource(context, root, disk, files, warnings, pathspecs === EVERYTHING ? listing : undefined);
}

/** What to list. An empty path stands for everything. */
interface Pathspecs {
  readonly paths: readonly string[];
  /** Directories in which ignored env files and keys are looked for. */
  readonly directories: readonly string[];
}

const EVERYTHING: Pathspecs = { paths: [''], directories: [''] };

function specify(wanted: readonly Argument[]): Pathspecs {
  if (wanted.length > MOST_PATHSPECS) return EVERYTHING;
  const places = wanted.map((argument) => ({
    path: argument.kind === 'absent' ? literalDirectory(argument) : argument.path,
    isDirectory: argument.kind === 'directory' || argument.kind === 'absent',
  }));
  if (places.some(({ path }) => path === '')) return EVERYTHING;
  return {
    // A path that is gone may still be tracked.
    paths: [...places, ...wanted].map(({ path }) => path),
    directories: places.filter(({ isDirectory }) => isDirectory).map(({ path }) => path),
  };
}

interface WorkTree {
  readonly listing: ReadonlyMap<string, Listed>;
  /** What git could not look into: it says so and goes on. */
  readonly warnings: readonly string[];
}

async function listWorkTree(context: GitContext, { paths, directories }: Pathspecs): Promise<WorkTree> {
  const standard = ['ls-files', '-z', '--full-name', '--exclude-standard'];
  const [tagged, ignored] = await Promise.all([
    succeed(context, [...standard, '-t', '--cached', '--others', '--', ...paths.map((path) => `:(top,literal)${path}`)]),
    directories.length === 0 ? undefined : listIgnored(context, standard, directories),
  ]);
  const listing = new Map<string, Listed>();
  for (const line of rawFieldsOf(tagged.stdout)) {
    const file = listedOf(line.subarray(2), line[0] === QUESTION_MARK ? 'untracked' : 'tracked');
    listing.set(file.path, file);
  }
  for (const { path, raw } of ignored?.files ?? []) listing.set(path, { path, tracking: 'ignored', ...(raw && { raw }) });
  const said = `${tagged.stderr}\n${ignored?.stderr ?? ''}`.split('\n').filter((line) => line.startsWith('warning: '));
  return { listing, warnings: [...new Set(said)].map((line) => `git: ${line}`) };
}

/** Env files and keys that git ignores. Of directories that are ignored as a whole only those are looked into that are for keys. */
async function listIgnored(
  context: GitContext,
  standard: readonly string[],
  directories: readonly string[],
): Promise<{ files: GitPath[]; stderr: string }> {
  const list = async (options: readonly string[], within: readonly string[]): Promise<{ files: GitPath[]; stderr: string }> => {
    const { stdout, stderr } = await succeed(context, [
      ...[...standard, '--others', '--ignored', ...options, '--'],
      ...within.flatMap(secretsIn),
    ]);
    return { files: [...rawFieldsOf(stdout)].map(pathOf), stderr };
  };
  // --directory keeps git from walking what is ignored as a whole, such as node_modules.
  const first = await list(['--directory'], directories);
  const closed = first.files.filter(({ path, raw }) => raw === undefined && path.endsWith('/') && isKeyDirectory(posix.basename(path)));
  const second =
    closed.length > 0
      ? await list(
          [],
          closed.map(({ path }) => path.slice(0, -1)),
        )
      : { files: [], stderr: '' };
  const isSecret = ({ path }: GitPath): boolean =>
    !path.endsWith('/') && (isEnvFile(posix.basename(path)) || isKeyFile(posix.basename(path)));
  return { files: [...first.files, ...second.files].filter(isSecret), stderr: `${first.stderr}\n${second.stderr}` };
}

const QUESTION_MARK = 0x3f;

/** Pathspecs for the env files and keys below a directory. */
function secretsIn(directory: string): string[] {
  const escaped = directory.replace(/[\\*?[]/g, '\\$&');
  return [...ENV_FILE_GLOBS, ...KEY_FILE_GLOBS].map((glob) => `:(top,glob,icase)${escaped === '' ? '' : `${escaped}/`}**/${glob}`);
}

/** A path as git writes it; `raw` where it is not UTF-8. */
interface GitPath {
  readonly path: string;
  readonly raw?: Buffer;
}

function pathOf(bytes: Buffer): GitPath {
  return isUtf8(bytes) ? { path: bytes.toString() } : { path: decodeName(bytes), raw: bytes };
}

/**
 * A file as `ls-files` names it.
 * @throws {JwtlintError} `git-failed` for the name of no file
 */
export function listedOf(name: Buffer, tracking: Tracking): Listed {
  const { path, raw } = pathOf(name);
  // The top itself, for an entry without a name.
  if (path === './') throw brokenIndex();
  // git lists a repository inside this one as a directory and does not enter it.
  if (path.endsWith('/')) return { path: path.slice(0, -1), tracking, leftOut: 'submodule' };
  return { path, tracking, ...(raw && { raw }) };
}

/** Files of a work tree. */
export class TreeSource implements Source {
  readonly scope = 'tree';
  readonly notes: readonly string[];
  readonly root: string;
  readonly prefix: string;
  readonly #context: GitContext;
  readonly #disk: Disk;
  readonly #files: readonly Listed[];
  #everything: ReadonlyMap<string, Listed> | undefined;

  constructor(
    context: GitContext,
    root: string,
    disk: Disk,
    files: readonly Listed[],
    warnings: readonly string[],
    everything: ReadonlyMap<string, Listed> | undefined,
  ) {
    this.notes = warnings;
    this.root = root;
    this.prefix = belowRoot(root, context.cwd) ?? '';
    this.#context = context;
    this.#disk = disk;
    this.#files = files;
    this.#everything = everything;
  }

  files(wanted: (path: string) => boolean): AsyncGenerator<SourceFile | LeftOut> {
    return this.#disk.files(this.#files, wanted);
  }

  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return Promise.resolve(this.#disk.readAll(paths));
  }

  ignored(paths: readonly string[]): Promise<ReadonlySet<string>> {
    const reachable = paths.filter((path) => isBelow(path) && !this.#disk.isBehindLink(path));
    return checkIgnored(this.#context, this.prefix, reachable);
  }

  /** All names of the work tree, whatever paths the scan was limited to. */
  async names(matches: (baseName: string) => boolean): Promise<readonly Listed[]> {
    this.#everything ??= (await listWorkTree(this.#context, EVERYTHING)).listing;
    return [...this.#everything.values()].filter(({ path }) => matches(posix.basename(path))).sort(byPath);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
