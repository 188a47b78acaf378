/** All that was ever committed: each content once for each path, in the order of the commits. */
import { posix } from 'node:path';
import { fieldsOf, git, ObjectReader, runGit, type GitContext } from '../git.js';
import { blobsOf, type PastFile } from './blobs.js';
import { introducedBy, type Introduced } from './commit-log.js';
import { placeOf, resolveCommit, resolveRange } from './commits.js';
import { isFile, Revision } from './revision.js';
import type { LeftOut } from './source.js';

/** Whether a content has been found to be clean under a base name; kinds of files are told by base names. */
export interface CleanContents {
  has(oid: string, baseName: string): boolean;
}

export interface HistoryOptions {
  /** `A..B`, `A...B` or a revision; undefined for HEAD. */
  readonly range: string | undefined;
  /** What every ref leads to. */
  readonly all: boolean;
}

export class History {
  readonly root: string;
  readonly prefix: string;
  readonly notes: readonly string[];
  /** HEAD; undefined before the first commit. */
  readonly head: Revision | undefined;
  /** Contents that were passed over because they are known to be clean. */
  known = 0;
  readonly #context: GitContext;
  readonly #objects: ObjectReader;
  readonly #revisions: readonly string[];

  constructor(
    context: GitContext,
    objects: ObjectReader,
    place: { readonly root: string; readonly prefix: string },
    {
      head,
      revisions,
      notes,
    }: { readonly head: string | undefined; readonly revisions: readonly string[]; readonly notes: readonly string[] },
  ) {
    this.#context = context;
    this.#objects = objects;
    this.root = place.root;
    this.prefix = place.prefix;
    this.notes = notes;
    this.head = head === undefined ? undefined : new Revision(context, objects, head);
    this.#revisions = revisions;
  }

  /** Absolute path of the directory that all work trees of the repository share. */
  async commonDirectory(): Promise<string> {
    const printed = await git(this.#context, ['rev-parse', '--git-common-dir']);
    return posix.resolve(this.#context.cwd, printed.toString().replace(/\n$/, ''));
  }

  /** Look-ups in HEAD. */
  async read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return (await this.head?.read(paths, () => undefined)) ?? new Map();
  }

  /**
   * The contents, the oldest first.
   * @param wanted whether a path is scanned at all
   */
  files(wanted: (path: string) => boolean, clean: CleanContents): AsyncGenerator<PastFile | LeftOut> {
    return blobsOf(this.#context, this.#introduced(wanted, clean));
  }

  async *#introduced(wanted: (path: string) => boolean, clean: CleanContents): AsyncGenerator<Introduced> {
    if (this.#revisions.length === 0) return;
    const seen = new Set<string>();
    for await (const introduced of introducedBy(this.#context, this.#revisions)) {
      const { oid, path, mode } = introduced;
      const name = `${oid} ${path}`;
      if (!isFile(mode) || seen.has(name)) continue;
      seen.add(name);
      if (!wanted(path)) continue;
      if (clean.has(oid, posix.basename(path))) this.known += 1;
      else yield introduced;
    }
  }

  /** Whether HEAD has this content at this path. */
  async isInHead(path: string, oid: string): Promise<boolean> {
    return (await this.head?.entries())?.get(path)?.oid === oid;
  }

  /** The days of commits, in UTC. */
  async days(commits: Iterable<string>): Promise<ReadonlyMap<string, string>> {
    const names = [...new Set(commits)];
    if (names.length === 0) return new Map();
    const printed = await git(this.#context, ['rev-list', '--no-walk=unsorted', '--timestamp', '--stdin'], `${names.join('\n')}\n`);
    const lines = printed.toString().trimEnd().split('\n');
    return new Map(
      lines.map((line) => {
        const [seconds = '', commit = ''] = line.split(' ');
        return [commit, new Date(Number(seconds) * 1000).toISOString().slice(0, 10)];
      }),
    );
  }

  /** Branches that have a commit, those of remotes too. */
  async branches(commit: string): Promise<string[]> {
    const args = ['for-each-ref', `--contains=${commit}`, '--format=%(refname)%00', 'refs/heads', 'refs/remotes'];
    const printed = await git(this.#context, args);
    return fieldsOf(printed)
      .map((name) => name.trim().replace(/^refs\/(?:heads|remotes)\//, ''))
      .filter((name) => !name.endsWith('/HEAD'));
  }

  close(): void {
    this.#objects.close();
  }
}

/**
 * Opens the history.
 * @throws {JwtlintError} `not-a-repository`, `unknown-revision`, `usage` for a range of another form
 */
export async function openHistory(context: GitContext, { range, all }: HistoryOptions): Promise<History> {
  const place = await placeOf(context);
  const { status, stdout } = await runGit(context, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  const head = status === 0 ? stdout.toString().trim() : undefined;
  const revisions = await revisionsOf(context, head, { range, all });
  const notes: string[] = [];
  if (revisions.length === 0) notes.push('there are no commits yet');
  if ((await git(context, ['rev-parse', '--is-shallow-repository'])).toString().trim() === 'true')
    notes.push('this clone is shallow: what was committed before its oldest commit cannot be seen; git fetch --unshallow brings it');
  return new History(context, new ObjectReader(context), place, { head, revisions, notes });
}

async function revisionsOf(context: GitContext, head: string | undefined, { range, all }: HistoryOptions): Promise<string[]> {
  if (range === undefined) {
    const refs = all ? (await git(context, ['for-each-ref', '--count=1'])).length > 0 : false;
    return [...(head === undefined ? [] : [head]), ...(refs ? ['--all'] : [])];
  }
  const limits = range.includes('..') ? await resolveRange(context, range) : { now: await resolveCommit(context, range), without: [] };
  return [limits.now, ...(all ? ['--all'] : []), ...limits.without];
}
