/**
 * A change: files of one state of the repository (the index, a commit) that differ from an older one. Whole files, never
 * the working tree and never a patch.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, posix, resolve } from 'node:path';
import { brokenIndex, fieldsOf, runGit, type GitContext, type ObjectAnswer, type ObjectReader } from '../git.js';
import { blobsOf } from './blobs.js';
import type { Introduced } from './commit-log.js';
import { Disk, isBelow } from './disk.js';
import { isLfsPointer } from './git-lfs.js';
import { checkIgnored } from './ignored.js';
import { isFile, Revision } from './revision.js';
import { MAX_FILE_BYTES, type LeftOut, type LeftOutReason, type Source, type SourceFile } from './source.js';

/** One line of git's raw output (https://git-scm.com/docs/diff-format). */
export interface Change {
  readonly path: string;
  /** `M` modified, `A` added, `D` deleted, `T` another type, `U` unmerged. */
  readonly status: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldOid: string;
  readonly newOid: string;
}

/** What makes raw output say everything and run nothing that a repository configures. */
export const RAW_OUTPUT = ['--raw', '-z', '--no-abbrev', '--no-renames', '--no-ext-diff', '--no-textconv'];

/** Questions put ahead of the answer that is waited for. At most this many files are in memory that nobody has taken. */
const ASKED_AHEAD = 16;

/** Deleted files that are compared with a new one. A change that deletes more gives those with the most similar names. */
const RENAME_SOURCES = 50;

/** What a script may be called, anywhere below the top level. */
export const SCRIPTS = ['js', 'cjs', 'mjs', 'jsx', 'ts', 'cts', 'mts', 'tsx', 'vue', 'svelte', 'astro'].map(
  (extension) => `:(top,glob)**/*.${extension}`,
);

const RAW = /^:([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([A-Z])$/;

/**
 * Reads raw output.
 * @throws {JwtlintError} `git-failed` when it holds what cannot be.
 */
export function parseChanges(fields: readonly string[]): Change[] {
  const changes: Change[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const [, oldMode = '', newMode = '', oldOid = '', newOid = '', status = ''] = RAW.exec(fields[index] ?? '') ?? [];
    const path = fields[index + 1] ?? '';
    if (status === '' || path === '') throw brokenIndex();
    changes.push({ path, status, oldMode, newMode, oldOid, newOid });
  }
  return changes;
}

/** The state before a change. */
export class Before {
  readonly #objects: ObjectReader;
  readonly #changes: ReadonlyMap<string, Change>;
  readonly #revision: Revision;

  constructor(objects: ObjectReader, changes: ReadonlyMap<string, Change>, revision: Revision) {
    this.#objects = objects;
    this.#changes = changes;
    this.#revision = revision;
  }

  /** Look-ups in that state; see Source.beforeRead. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#revision.read(paths, (path) => {
      const change = this.#changes.get(path);
      return change && { mode: change.oldMode, oid: change.oldOid };
    });
  }

  /** What stood in place of a file; see Source.before. */
  async filesFor(path: string): Promise<readonly SourceFile[]> {
    const change = this.#changes.get(path);
    if (change === undefined) {
      const bytes = (await this.read([path])).get(path);
      return bytes ? [{ path, bytes, tracking: 'tracked' }] : [];
    }
    const sources = isFile(change.oldMode) ? [change] : this.#renameSources(change);
    const answers = await Promise.all(sources.map(({ oldOid }) => this.#objects.ask(oldOid, MAX_FILE_BYTES)));
    return sources.flatMap((source, index) => {
      const answer = answers[index];
      return answer?.kind === 'blob' ? [{ path: source.path, bytes: answer.bytes, tracking: 'tracked' as const }] : [];
    });
  }

  /** Deleted files that a new file may have been: the one with the same content, else those with similar names first. */
  #renameSources({ path, newOid }: Change): Change[] {
    const deleted = [...this.#changes.values()].filter(({ status, oldMode }) => status === 'D' && isFile(oldMode));
    const same = deleted.find(({ oldOid }) => oldOid === newOid);
    if (same) return [same];
    const rank = (other: string) => (posix.basename(other) === posix.basename(path) ? 0 : extname(other) === extname(path) ? 1 : 2);
    return deleted.sort((a, b) => rank(a.path) - rank(b.path)).slice(0, RENAME_SOURCES);
  }
}

/** What a change is made of. */
export interface ChangeParts {
  readonly scope: Source['scope'];
  readonly place: { readonly root: string; readonly prefix: string };
  readonly changes: readonly Change[];
  /** The newer state. */
  readonly now: Revision;
  /** The older state. */
  readonly old: Revision;
  readonly notes?: readonly string[];
  /** Contents that came and went between the two. */
  readonly passing?: readonly Introduced[];
}

/** A change between two states that git keeps. */
export class ChangeSource implements Source {
  readonly scope: Source['scope'];
  readonly notes: readonly string[];
  readonly root: string;
  readonly prefix: string;
  readonly passing?: NonNullable<Source['passing']>;
  readonly #context: GitContext;
  readonly #objects: ObjectReader;
  readonly #changes: ReadonlyMap<string, Change>;
  readonly #now: Revision;
  readonly #before: Before;
  readonly #checked: Promise<void>;
  /** Contents asked for before anybody knows whether they are wanted: git answers while the configuration is looked for. */
  readonly #ahead = new Map<Change, Promise<ObjectAnswer>>();

  /**
   * @param checked Rejects when the list of changes turns out to be incomplete.
   */
  constructor(context: GitContext, objects: ObjectReader, parts: ChangeParts, checked: Promise<void> = Promise.resolve()) {
    const { scope, place, changes, now, old, notes = [], passing = [] } = parts;
    this.scope = scope;
    this.notes = notes;
    this.root = place.root;
    this.prefix = place.prefix;
    this.#context = context;
    this.#objects = objects;
    this.#checked = checked;
    this.#changes = new Map(changes.map((change) => [change.path, change]));
    this.#now = now;
    if (passing.length > 0) this.passing = () => blobsOf(context, passing);
    this.#before = new Before(objects, this.#changes, old);
    for (const change of changes) {
      if (this.#ahead.size === ASKED_AHEAD) break;
      if (change.status !== 'D' && isFile(change.newMode)) this.#ahead.set(change, objects.ask(change.newOid, MAX_FILE_BYTES));
    }
  }

  async *files(wanted: (path: string) => boolean): AsyncGenerator<SourceFile | LeftOut> {
    const asked: { change: Change; answer: Promise<ObjectAnswer> | undefined }[] = [];
    const changes = [...this.#changes.values()].filter(({ status, path }) => status !== 'D' && wanted(path));
    for (let next = 0; ;) {
      for (; asked.length < ASKED_AHEAD && next < changes.length; next += 1) {
        const change = changes[next] as Change;
        const ahead = this.#ahead.get(change);
        this.#ahead.delete(change);
        asked.push({ change, answer: ahead ?? (isFile(change.newMode) ? this.#objects.ask(change.newOid, MAX_FILE_BYTES) : undefined) });
      }
      const first = asked.shift();
      if (first === undefined) break;
      yield fileOf(first.change, await first.answer);
    }
    await this.#checked;
  }

  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#now.read(paths, (path) => {
      const change = this.#changes.get(path);
      return change && { mode: change.newMode, oid: change.newOid };
    });
  }

  beforeRead(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#before.read(paths);
  }

  before(path: string): Promise<readonly SourceFile[]> {
    return this.#before.filesFor(path);
  }

  /**
   * The ignore rules of the newer state, not those of the working tree: its `.gitignore` files are laid out in a temporary
   * directory, since git reads them from nowhere else. They are asked for only when a changed name calls for it.
   */
  async ignored(asked: readonly string[]): Promise<ReadonlySet<string>> {
    const paths = asked.filter(isBelow);
    const directories = new Set(['.']);
    for (const path of paths) {
      for (let above = posix.dirname(path); !directories.has(above); above = posix.dirname(above)) directories.add(above);
    }
    const files = await this.read([...directories].map((directory) => posix.join(directory, '.gitignore')));
    const workTree = mkdtempSync(join(tmpdir(), 'jwtlint-ignore-'));
    try {
      for (const [path, bytes] of files) {
        mkdirSync(join(workTree, posix.dirname(path)), { recursive: true });
        writeFileSync(join(workTree, path), bytes);
      }
      return await checkIgnored(this.#context, '', paths, workTree);
    } finally {
      rmSync(workTree, { recursive: true, force: true });
    }
  }

  ignoredByWorkTree(paths: readonly string[]): Promise<ReadonlySet<string>> {
    const disk = new Disk(this.root);
    const reachable = paths.filter((path) => isBelow(path) && !disk.isBehindLink(path));
    return checkIgnored(this.#context, this.prefix, reachable);
  }

  async names(matches: (baseName: string) => boolean): Promise<readonly { path: string; tracking: 'tracked' }[]> {
    const names = [...(await this.#now.entries()).keys()].filter((path) => matches(posix.basename(path)));
    return names.map((path) => ({ path, tracking: 'tracked' }));
  }

  async naming(moduleNames: readonly string[]): Promise<readonly string[] | undefined> {
    const { tree } = this.#now;
    const isLarge = tree === undefined && indexSize(this.#context, this.root) >= LARGE_INDEX;
    const found = isLarge
      ? await (await import('./large-index.js')).scriptsInIndexNaming(this.#context, moduleNames)
      : await scriptsNaming(this.#context, tree ?? '--cached', moduleNames);
    return found?.filter((path) => !this.#changes.has(path));
  }

  close(): Promise<void> {
    this.#objects.close();
    return Promise.resolve();
  }
}

/** Bytes of an index, some ten thousand entries, from which on it takes longer to unpack their contents than to see which are on disk. */
const LARGE_INDEX = 1024 * 1024;

/** Bytes of the index that git reads; 0 where that is not told by its usual place. */
function indexSize({ env, cwd }: GitContext, root: string): number {
  const named = env['GIT_INDEX_FILE'];
  const path = named === undefined ? join(root, '.git', 'index') : resolve(cwd, named);
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * Scripts of a state that name one of these modules in quotes; undefined when git could not search.
 * @param where A commit or tree, `--cached` for the index, or undefined for the work tree with what is untracked.
 */
export async function scriptsNaming(
  context: GitContext,
  where: string | undefined,
  moduleNames: readonly string[],
): Promise<readonly string[] | undefined> {
  const isTree = where !== undefined && where !== '--cached';
  const args = where === undefined ? ['--untracked'] : [where];
  const found = await grepFor(context, moduleNames, args, SCRIPTS);
  // Of a tree, each name comes with the tree's in front.
  return found?.map((name) => (isTree ? name.slice(where.length + 1) : name));
}

/** Names of files in which one of the modules is named in quotes; undefined when git could not search. */
export async function grepFor(
  context: GitContext,
  moduleNames: readonly string[],
  where: readonly string[],
  pathspecs: readonly string[],
): Promise<string[] | undefined> {
  const patterns = moduleNames.flatMap((name) => [
    '-e',
    `['"\`/]${name.replace(/[.[\]{}()*+?^$|\\]/g, '\\$&')}(\\.[cm]?[jt]sx?|\\.json)?['"\`]`,
  ]);
  const args = ['grep', '-l', '-z', '-I', '-E', '--full-name', ...patterns, ...where, '--', ...pathspecs];
  const { status, stdout } = await runGit(context, args);
  return status > 1 ? undefined : fieldsOf(stdout);
}

const LEFT_OUT_MODES: Readonly<Record<string, LeftOutReason>> = { '120000': 'symbolic link', '160000': 'submodule' };

function fileOf({ path, status, newMode }: Change, answer: ObjectAnswer | undefined): SourceFile | LeftOut {
  if (status === 'U') return { path, leftOut: 'unmerged' };
  switch (answer?.kind) {
    case 'blob':
      return isLfsPointer(answer.bytes) ? { path, leftOut: 'LFS pointer' } : { path, bytes: answer.bytes, tracking: 'tracked' };
    case 'too large':
      return { path, leftOut: 'too large' };
    case 'absent':
      return { path, leftOut: 'unreadable', detail: 'the object is missing' };
    case 'unreadable':
      return { path, leftOut: 'unreadable', detail: answer.detail };
    default:
      return { path, leftOut: LEFT_OUT_MODES[newMode] ?? 'not a file' };
  }
}
