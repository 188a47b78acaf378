/** What commits brought in: contents by path, the oldest first. */
import { decodeName, pipeGit, type GitContext } from '../git.js';
import { RAW_OUTPUT } from './change.js';

/** A content that a commit brought to a path where no parent had it. */
export interface Introduced {
  readonly path: string;
  readonly mode: string;
  readonly oid: string;
  /** The commit's own name. */
  readonly commit: string;
}

/** One line of raw output; of a merge with n parents there are n colons, n + 1 modes and ids, n letters. */
const RAW = /^:+(?:[0-7]{6} ){1,64}([0-7]{6}) (?:[0-9a-f]{40,64} ){1,64}([0-9a-f]{40,64}) ([A-Z]{1,64})$/;

/**
 * Goes through commits, parents first, and gives all that each brought in. A merge brings in what none of its parents has.
 * Plumbing only: `git log` would run what a repository configures (log.showSignature starts gpg.program).
 *
 * @param revisions as `git rev-list` takes them; names must be resolved already
 */
export async function* introducedBy(context: GitContext, revisions: readonly string[]): AsyncGenerator<Introduced> {
  const output = pipeGit(
    context,
    ['rev-list', '--topo-order', '--reverse', ...revisions, '--'],
    ['diff-tree', '--stdin', '--root', '-r', '-c', ...RAW_OUTPUT],
  );
  let commit = '';
  let raw: RegExpExecArray | undefined;
  for await (const field of fieldsIn(output)) {
    if (raw) {
      const [, mode = '', oid = '', status = ''] = raw;
      raw = undefined;
      if (!status.endsWith('D')) yield { path: decodeName(field), mode, oid, commit };
    } else {
      const text = field.toString('latin1');
      if (text.startsWith(':')) raw = RAW.exec(text) ?? undefined;
      else commit = text;
    }
  }
}

/** The fields of `-z` output that comes in pieces. */
async function* fieldsIn(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = whole.indexOf(0); end >= 0; end = whole.indexOf(0, start)) {
      yield whole.subarray(start, end);
      start = end + 1;
    }
    rest = whole.subarray(start);
  }
}
