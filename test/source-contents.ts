/** What a source gives, in a form that tests compare. */
import type { Source } from '../src/sources/source.js';

export interface Contents {
  /** Text by path. */
  readonly files: Readonly<Record<string, string>>;
  /** Reason by path. */
  readonly leftOut: Readonly<Record<string, string>>;
  readonly tracking: Readonly<Record<string, string>>;
}

/** Reads a source to its end and closes it. */
export async function contentsOf(source: Source, wanted: (path: string) => boolean = () => true): Promise<Contents> {
  const files: Record<string, string> = {};
  const leftOut: Record<string, string> = {};
  const tracking: Record<string, string> = {};
  try {
    for await (const file of source.files(wanted)) {
      if ('leftOut' in file) {
        leftOut[file.path] = file.leftOut;
        continue;
      }
      if (file.path in files) throw new Error(`given twice: ${file.path}`);
      files[file.path] = Buffer.from(file.bytes).toString();
      tracking[file.path] = file.tracking;
    }
  } finally {
    await source.close();
  }
  return { files, leftOut, tracking };
}

/** Look-ups as text by path. */
export function textsOf(contents: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  return Object.fromEntries([...contents].sort().map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));
}
