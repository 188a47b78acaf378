/** A source in which some files have another content: what a change would make of it, before anything is written. */
import type { Source } from './source.js';

/** @param contents texts by path, read anew at each look-up */
export function overlaid(source: Source, contents: ReadonlyMap<string, string>): Source {
  return {
    ...source,
    ignored: (paths) => source.ignored(paths),
    names: (matches) => source.names(matches),
    close: () => source.close(),
    async *files(wanted) {
      for await (const file of source.files(wanted)) {
        const text = contents.get(file.path);
        yield text === undefined || 'leftOut' in file ? file : { ...file, bytes: Buffer.from(text) };
      }
    },
    async read(paths) {
      const found = new Map(await source.read(paths));
      for (const path of found.keys()) {
        const text = contents.get(path);
        if (text !== undefined) found.set(path, Buffer.from(text));
      }
      return found;
    },
  };
}
