/**
 * The index: what is about to be committed, whole files, never the working tree and never a patch. Two processes are
 * started at once and wait for each other instead of for this one: the list of changes against HEAD, and one reader of
 * objects that answers everything else. The environment of the hook decides which index that is (GIT_INDEX_FILE).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, posix } from 'node:path';
import {
  brokenIndex,
  fieldsOf,
  git,
  gitError,
  ObjectReader,
  runGit,
  showTopLevel,
  startGit,
  UNASKABLE,
  workTreeAbove,
  type GitContext,
  type GitResult,
  type ObjectAnswer,
  type RunningGit,
} from '../git.js';
import { belowRoot, isBelow } from './disk.js';
import { isLfsPointer } from './git-lfs.js';
import { checkIgnored } from './ignored.js';
import { MAX_FILE_BYTES, type LeftOut, type LeftOutReason, type Source, type SourceFile } from './source.js';

/** One line of `git diff-index --raw` (https://git-scm.com/docs/diff-format). */
interface Change {
  readonly path: string;
  /** `M` modified, `A` added, `D` deleted, `T` another type, `U` unmerged. */
  readonly status: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldOid: string;
  readonly newOid: string;
}

/** A file of the index or of HEAD. */
interface Entry {
  readonly mode: string;
  readonly oid: string;
}

/** Questions put ahead of the answer that is waited for. At most this many files are in memory that nobody has taken. */
const ASKED_AHEAD = 16;

/** Deleted files that are compared with a new one. A change that deletes more gives those with the most similar names. */
const RENAME_SOURCES = 50;

/** A link's target is shorter than this and rarely has a line feed; files that look so are looked up once more, by mode. */
const LINK_TARGET = 4096;

/** What a script may be called, anywhere below the top level. */
const SCRIPTS = ['js', 'cjs', 'mjs', 'jsx', 'ts', 'cts', 'mts', 'tsx', 'vue', 'svelte', 'astro'].map(
  (extension) => `:(top,glob)**/*.${extension}`,
);

const DIFF_INDEX = [
  ...['diff-index', '--cached', '--raw', '-z', '--no-abbrev', '--no-renames', '--no-ext-diff', '--no-textconv'],
  // `git add -N` only announces a file.
  '--ita-invisible-in-index',
];

/**
 * Opens the index. Call it before anything else is loaded, and await it afterwards: git works meanwhile. A failure that
 * nobody has awaited yet is no unhandled rejection.
 * @param context The hook's own working directory and environment.
 * @throws {JwtlintError} `not-a-repository`, `git-missing` or `git-failed`
 */
export function openStaged(context: GitContext): Promise<Source> {
  const opened = open(context);
  opened.catch(() => undefined);
  return opened;
}

async function open(context: GitContext): Promise<Source> {
  const listing = diffIndex(context, 'HEAD');
  const objects = new ObjectReader(context);
  try {
    const place = findWorkTree(context);
    place.catch(() => undefined);
    let { ended } = listing;
    let printed = await listing.printed;
    // Whatever fails has printed nothing; a status that comes after a list is looked at when the files have been read.
    if (printed.length === 0 && (await isUnborn(objects, await ended))) {
      const emptyTree = await git(context, ['hash-object', '-t', 'tree', '--stdin'], '');
      ({ ended } = diffIndex(context, emptyTree.toString().trim()));
      printed = (await ended).stdout;
    }
    const checked = ended.then(({ status, stderr }) => {
      if (status !== 0) throw gitError(context, 'diff-index', stderr);
    });
    checked.catch(() => undefined);
    if (printed.length === 0) await checked;
    return new StagedSource(context, objects, parseChanges(fieldsOf(printed)), checked, await place);
  } catch (error) {
    objects.close();
    throw error;
  }
}

function diffIndex(context: GitContext, tree: string): RunningGit {
  return startGit(context, [...DIFF_INDEX, tree, '--']);
}

/** True before the first commit. git's own reason tells a missing repository apart, for which there is no use in asking. */
async function isUnborn(objects: ObjectReader, { status, stderr }: GitResult): Promise<boolean> {
  return status !== 0 && stderr.includes("'HEAD'") && (await objects.ask('HEAD', 0)).kind === 'absent';
}

const RAW = /^:([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([A-Z])$/;

/** @throws {JwtlintError} `git-failed` when the index holds what cannot be. */
function parseChanges(fields: readonly string[]): Change[] {
  const changes: Change[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const [, oldMode = '', newMode = '', oldOid = '', newOid = '', status = ''] = RAW.exec(fields[index] ?? '') ?? [];
    const path = fields[index + 1] ?? '';
    if (status === '' || path === '') throw brokenIndex();
    changes.push({ path, status, oldMode, newMode, oldOid, newOid });
  }
  return changes;
}

/**
 * The top of the work tree and where in it we stand. Looking for `.git` saves a process of the hook's few milliseconds;
 * git itself is asked only where the environment says that the answer may be another.
 */
async function findWorkTree(context: GitContext): Promise<{ root: string; prefix: string }> {
  const { cwd, env } = context;
  const isTold = env['GIT_DIR'] !== undefined || env['GIT_WORK_TREE'] !== undefined;
  const root = isTold ? await showTopLevel(context) : (workTreeAbove(cwd) ?? cwd);
  return { root, prefix: belowRoot(root, cwd) ?? '' };
}

const isFile = (mode: string) => mode === '100644' || mode === '100755';

class StagedSource implements Source {
  readonly scope = 'staged';
  readonly notes: readonly string[] = [];
  readonly root: string;
  readonly prefix: string;
  readonly #context: GitContext;
  readonly #objects: ObjectReader;
  readonly #changes: ReadonlyMap<string, Change>;
  readonly #checked: Promise<void>;
  /** Contents asked for before anybody knows whether they are wanted: git answers while the configuration is looked for. */
  readonly #ahead = new Map<Change, Promise<ObjectAnswer>>();
  #index: Promise<ReadonlyMap<string, Entry>> | undefined;
  #head: Promise<ReadonlyMap<string, Entry>> | undefined;

  /**
   * @param checked Rejects when the list of changes turns out to be incomplete.
   */
  constructor(
    context: GitContext,
    objects: ObjectReader,
    changes: readonly Change[],
    checked: Promise<void>,
    place: { root: string; prefix: string },
  ) {
    this.#context = context;
    this.#objects = objects;
    this.#checked = checked;
    this.#changes = new Map(changes.map((change) => [change.path, change]));
    this.root = place.root;
    this.prefix = place.prefix;
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

  async read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#readAt(
      paths,
      (path) => {
        const change = this.#changes.get(path);
        return change === undefined ? `:0:${path}` : isFile(change.newMode) ? change.newOid : undefined;
      },
      () => this.#indexEntries(),
    );
  }

  async beforeRead(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#readAt(
      paths,
      (path) => {
        const change = this.#changes.get(path);
        return change === undefined ? `HEAD:${path}` : isFile(change.oldMode) ? change.oldOid : undefined;
      },
      () => this.#headEntries(),
    );
  }

  async before(path: string): Promise<readonly SourceFile[]> {
    const change = this.#changes.get(path);
    if (change === undefined) {
      const bytes = (await this.beforeRead([path])).get(path);
      return bytes ? [{ path, bytes, tracking: 'tracked' }] : [];
    }
    const sources = isFile(change.oldMode) ? [change] : this.#renameSources(change);
    const answers = await Promise.all(sources.map(({ oldOid }) => this.#objects.ask(oldOid, MAX_FILE_BYTES)));
    return sources.flatMap((source, index) => {
      const answer = answers[index];
      return answer?.kind === 'blob' ? [{ path: source.path, bytes: answer.bytes, tracking: 'tracked' as const }] : [];
    });
  }

  /**
   * The ignore rules of the index, not those of the working tree: its `.gitignore` files are laid out in a temporary
   * directory, since git reads them from nowhere else. They are asked for only when a staged name calls for it.
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

  async names(matches: (baseName: string) => boolean): Promise<readonly { path: string; tracking: 'tracked' }[]> {
    const names = [...(await this.#indexEntries()).keys()].filter((path) => matches(posix.basename(path)));
    return names.map((path) => ({ path, tracking: 'tracked' }));
  }

  async naming(moduleNames: readonly string[]): Promise<readonly string[] | undefined> {
    const patterns = moduleNames.flatMap((name) => [
      '-e',
      `['"\`/]${name.replace(/[.[\]{}()*+?^$|\\]/g, '\\$&')}(\\.[cm]?[jt]sx?|\\.json)?['"\`]`,
    ]);
    const { status, stdout } = await runGit(this.#context, [
      'grep',
      '--cached',
      '-l',
      '-z',
      '-I',
      '-E',
      '--full-name',
      ...patterns,
      '--',
      ...SCRIPTS,
    ]);
    if (status > 1) return undefined;
    return fieldsOf(stdout).filter((path) => !this.#changes.has(path));
  }

  close(): Promise<void> {
    this.#objects.close();
    return Promise.resolve();
  }

  /** Deleted files that a new file may have been: the one with the same content, else those with similar names first. */
  #renameSources({ path, newOid }: Change): Change[] {
    const deleted = [...this.#changes.values()].filter(({ status, oldMode }) => status === 'D' && isFile(oldMode));
    const same = deleted.find(({ oldOid }) => oldOid === newOid);
    if (same) return [same];
    const rank = (other: string) => (posix.basename(other) === posix.basename(path) ? 0 : extname(other) === extname(path) ? 1 : 2);
    return deleted.sort((a, b) => rank(a.path) - rank(b.path)).slice(0, RENAME_SOURCES);
  }

  /**
   * Look-ups by object id or `revision:path`. git does not say whether the latter is a symbolic link, and cannot be asked
   * for some names at all: those few are found in the list of all entries.
   */
  async #readAt(
    paths: readonly string[],
    nameOf: (path: string) => string | undefined,
    entries: () => Promise<ReadonlyMap<string, Entry>>,
  ): Promise<ReadonlyMap<string, Uint8Array>> {
    const contents = new Map<string, Uint8Array>();
    const unsure: string[] = [];
    await Promise.all(
      [...new Set(paths)].map(async (path) => {
        const name = nameOf(path);
        if (name === undefined) return;
        if (UNASKABLE.test(name)) return void unsure.push(path);
        const answer = await this.#objects.ask(name, MAX_FILE_BYTES);
        if (answer.kind !== 'blob' || isLfsPointer(answer.bytes)) return;
        if (name.endsWith(`:${path}`) && answer.bytes.length < LINK_TARGET && !answer.bytes.includes('\n')) unsure.push(path);
        else contents.set(path, answer.bytes);
      }),
    );
    if (unsure.length === 0) return contents;
    const listed = await entries();
    for (const path of unsure) {
      const entry = listed.get(path);
      const answer = entry && isFile(entry.mode) ? await this.#objects.ask(entry.oid, MAX_FILE_BYTES) : undefined;
      if (answer?.kind === 'blob' && !isLfsPointer(answer.bytes)) contents.set(path, answer.bytes);
    }
    return contents;
  }

  /** Everything in the index at stage 0. */
  #indexEntries(): Promise<ReadonlyMap<string, Entry>> {
    return (this.#index ??= git(this.#context, ['ls-files', '--stage', '-z', '--full-name', '--', ':/']).then((output) => {
      const entries = new Map<string, Entry>();
      for (const [[mode = '', oid = '', stage], path] of parseEntries(output)) if (stage === '0') entries.set(path, { mode, oid });
      return entries;
    }));
  }

  /** Everything in the commit that the change starts from; nothing before the first one. */
  #headEntries(): Promise<ReadonlyMap<string, Entry>> {
    return (this.#head ??= runGit(this.#context, ['ls-tree', '-r', '-z', '--full-tree', 'HEAD']).then(({ stdout }) => {
      return new Map(parseEntries(stdout).map(([[mode = '', , oid = ''], path]) => [path, { mode, oid }]));
    }));
  }
}

/** Lines of `ls-files --stage` and `ls-tree`: words, a tab, the path. */
function parseEntries(output: Buffer): [words: string[], path: string][] {
  return fieldsOf(output).map((line) => {
    const tab = line.indexOf('\t');
    return [line.slice(0, tab).split(' '), line.slice(tab + 1)];
  });
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
