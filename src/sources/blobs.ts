/** Contents that commits brought in, read in a stream. */
import { ObjectReader, type GitContext, type ObjectAnswer } from '../git.js';
import type { Introduced } from './commit-log.js';
import { isLfsPointer } from './git-lfs.js';
import { isFile } from './revision.js';
import { MAX_FILE_BYTES, type LeftOut, type SourceFile } from './source.js';

/** A file as a commit brought it in. */
export interface PastFile extends SourceFile {
  readonly oid: string;
  readonly commit: string;
}

/** Questions put ahead of the answer that is waited for. */
const ASKED_AHEAD = 256;
/** Bytes that have been read and not been taken before git is made to wait. */
const MOST_WAITING = 16 * 1024 * 1024;

/**
 * Reads contents in the order in which they are named. Memory stays flat however many there are and however slowly they
 * are taken: git is made to wait. It is a git of its own, since whoever takes them may have questions to another meanwhile.
 */
export async function* blobsOf(
  context: GitContext,
  introduced: AsyncIterable<Introduced> | Iterable<Introduced>,
): AsyncGenerator<PastFile | LeftOut> {
  const objects = new ObjectReader(context);
  try {
    yield* readAll(objects, introduced);
  } finally {
    objects.close();
  }
}

async function* readAll(
  objects: ObjectReader,
  introduced: AsyncIterable<Introduced> | Iterable<Introduced>,
): AsyncGenerator<PastFile | LeftOut> {
  const asked: { from: Introduced; answer: Promise<ObjectAnswer> }[] = [];
  let waiting = 0;
  const take = async (): Promise<PastFile | LeftOut> => {
    const { from, answer } = asked.shift()!;
    const read = await answer;
    const { path } = from;
    if (read.kind === 'too large') return { path, leftOut: 'too large' };
    if (read.kind === 'absent') return { path, leftOut: 'unreadable', detail: 'the object is missing' };
    if (read.kind === 'unreadable') return { path, leftOut: 'unreadable', detail: read.detail };
    waiting -= read.bytes.length;
    if (waiting <= MOST_WAITING) objects.resume();
    if (isLfsPointer(read.bytes)) return { path, leftOut: 'LFS pointer' };
    return { path, bytes: read.bytes, tracking: 'tracked', oid: from.oid, commit: from.commit };
  };
  for await (const from of introduced) {
    if (!isFile(from.mode)) continue;
    const answer = objects.ask(from.oid, MAX_FILE_BYTES).then((read) => {
      if (read.kind === 'blob') waiting += read.bytes.length;
      if (waiting > MOST_WAITING) objects.pause();
      return read;
    });
    answer.catch(() => undefined);
    asked.push({ from, answer });
    if (asked.length === ASKED_AHEAD) yield await take();
  }
  while (asked.length > 0) yield await take();
}
