/** A state of the repository that git keeps: the index, or a commit. */
import { fieldsOf, git, runGit, UNASKABLE, type GitContext, type ObjectReader } from '../git.js';
import { isLfsPointer } from './git-lfs.js';
import { MAX_FILE_BYTES } from './source.js';

/** A file as git lists it. */
export interface Entry {
  /** `100644` and `100755` are files, `120000` is a symbolic link, `160000` a submodule. */
  readonly mode: string;
  readonly oid: string;
}

/** True for the modes of regular files. */
export const isFile = (mode: string): boolean => mode === '100644' || mode === '100755';

/** A link's target is shorter than this and rarely has a line feed; files that look so are looked up once more, by mode. */
const LINK_TARGET = 4096;

/** Look-ups in one state. */
export class Revision {
  #entries: Promise<ReadonlyMap<string, Entry>> | undefined;

  /** @param tree A commit or tree; undefined for the index. */
  constructor(
    private readonly context: GitContext,
    private readonly objects: ObjectReader,
    readonly tree: string | undefined,
  ) {}

  /**
   * The contents of those paths that are files. git does not say whether `revision:path` is a symbolic link, and cannot be
   * asked for some names at all: those few are found in the list of all entries.
   * @param known What is known of a path already, so that it need not be looked up.
   */
  async read(paths: readonly string[], known: (path: string) => Entry | undefined): Promise<ReadonlyMap<string, Uint8Array>> {
    const contents = new Map<string, Uint8Array>();
    const unsure: string[] = [];
    await Promise.all(
      [...new Set(paths)].map(async (path) => {
        const entry = known(path);
        if (entry && !isFile(entry.mode)) return;
        const name = entry?.oid ?? `${this.tree ?? ':0'}:${path}`;
        if (UNASKABLE.test(name)) return void unsure.push(path);
        const answer = await this.objects.ask(name, MAX_FILE_BYTES);
        if (answer.kind !== 'blob' || isLfsPointer(answer.bytes)) return;
        if (!entry && answer.bytes.length < LINK_TARGET && !answer.bytes.includes('\n')) unsure.push(path);
        else contents.set(path, answer.bytes);
      }),
    );
    if (unsure.length === 0) return contents;
    const listed = await this.entries();
    for (const path of unsure) {
      const entry = listed.get(path);
      const answer = entry && isFile(entry.mode) ? await this.objects.ask(entry.oid, MAX_FILE_BYTES) : undefined;
      if (answer?.kind === 'blob' && !isLfsPointer(answer.bytes)) contents.set(path, answer.bytes);
    }
    return contents;
  }

  /** Everything in it: of the index at stage 0, of a commit that does not exist yet nothing. */
  entries(): Promise<ReadonlyMap<string, Entry>> {
    return (this.#entries ??= this.tree === undefined ? this.#indexed() : this.#committed(this.tree));
  }

  async #indexed(): Promise<ReadonlyMap<string, Entry>> {
    const entries = new Map<string, Entry>();
    const output = await git(this.context, ['ls-files', '--stage', '-z', '--full-name', '--', ':/']);
    for (const [[mode = '', oid = '', stage], path] of parseEntries(output)) if (stage === '0') entries.set(path, { mode, oid });
    return entries;
  }

  async #committed(tree: string): Promise<ReadonlyMap<string, Entry>> {
    const { stdout } = await runGit(this.context, ['ls-tree', '-r', '-z', '--full-tree', tree]);
    return new Map(parseEntries(stdout).map(([[mode = '', , oid = ''], path]) => [path, { mode, oid }]));
  }
}

/** Lines of `ls-files --stage` and `ls-tree`: words, a tab, the path. */
function parseEntries(output: Buffer): [words: string[], path: string][] {
  return fieldsOf(output).map((line) => {
    const tab = line.indexOf('\t');
    return [line.slice(0, tab).split(' '), line.slice(tab + 1)];
  });
}
