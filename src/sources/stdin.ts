/** One file that an editor pipes in; what it imports is read from disk, beside the place that its name gives. */
import { dirname, resolve } from 'node:path';
import { workTreeAbove } from '../git.js';
import { belowRoot, Disk } from './disk.js';
import { MAX_FILE_BYTES, type LeftOut, type Source, type SourceFile } from './source.js';

/** A buffer of an editor. */
export interface StdinOptions {
  /** Absolute path of the working directory. */
  readonly cwd: string;
  /** The path that the content is for, absolute or relative to {@link cwd}; it need not exist. */
  readonly filename: string;
  /** The content, to its end. */
  readonly input: AsyncIterable<Uint8Array>;
}

/** Opens standard input. Paths are relative to the top of the work tree that the named file belongs to, else to its directory. */
export function openStdin({ cwd, filename, input }: StdinOptions): Source {
  const absolute = resolve(cwd, filename);
  const root = workTreeAbove(dirname(absolute)) ?? (belowRoot(cwd, absolute) === undefined ? dirname(absolute) : cwd);
  const path = belowRoot(root, absolute) ?? filename;
  const disk = new Disk(root);
  return {
    scope: 'stdin',
    root,
    prefix: belowRoot(root, cwd) ?? '',
    notes: [],
    async *files(wanted): AsyncGenerator<SourceFile | LeftOut> {
      if (!wanted(path)) return;
      const bytes = await readBounded(input);
      yield bytes ? { path, bytes, tracking: 'unknown' } : { path, leftOut: 'too large' };
    },
    read: (paths) => Promise.resolve(disk.readAll(paths)),
    ignored: () => Promise.resolve(undefined),
    names: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

/** The whole input, or undefined as soon as it turns out to be larger than any file that is scanned. */
async function readBounded(input: AsyncIterable<Uint8Array>): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of input) {
    size += chunk.length;
    if (size > MAX_FILE_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
