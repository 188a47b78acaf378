/** A source in which some files have another content: what a change would make of it, before anything is written. */
import { posix } from 'node:path';
import type { Source } from './source.js';

/**
 * @param contents texts by path, read anew at each look-up; those of files that are not there are added
 * @param ignored texts of files that are added to those that git ignores, where they are not there yet
 */
export function overlaid(source: Source, contents: ReadonlyMap<string, string>, ignored: ReadonlyMap<string, string> = new Map()): Source {
  return {
    ...source,
    ignored: (paths) => source.ignored(paths),
    async names(matches) {
      const names = await source.names(matches);
      const there = new Set(names.map(({ path }) => path));
      const more = [...contents.keys(), ...ignored.keys()].filter((path) => matches(posix.basename(path)) && !there.has(path));
      return [...names, ...more.map((path) => ({ path, tracking: ignored.has(path) ? ('ignored' as const) : ('untracked' as const) }))];
    },
    close: () => source.close(),
    async *files(wanted) {
      const more = new Map([...contents, ...ignored]);
      for await (const file of source.files(wanted)) {
        const text = more.get(file.path);
        more.delete(file.path);
        yield text === undefined || 'leftOut' in file ? file : { ...file, bytes: Buffer.from(text) };
      }
      for (const [path, text] of more)
        if (wanted?.(path) !== false) yield { path, bytes: Buffer.from(text), tracking: ignored.has(path) ? 'ignored' : 'untracked' };
    },
    async read(paths) {
      const found = new Map(await source.read(paths));
      for (const path of paths) {
        const text = contents.get(path);
        if (text !== undefined) found.set(path, Buffer.from(text));
      }
      return found;
    },
  };
}
