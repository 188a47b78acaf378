/** The files of a directory that is in no git repository. */
import { readdir, type Dirent } from 'node:fs';
import { posix } from 'node:path';
import { Disk } from './disk.js';
import { literalDirectory, resolveArguments, select, type ArgumentOptions, type Listed } from './selection.js';
import type { LeftOut, Source, SourceFile } from './source.js';

/** Directories that nobody means when naming one above them. */
const NOT_WALKED = ['**/node_modules/**', '**/.git/**'];

/**
 * Opens the working directory by walking it.
 * @throws {JwtlintError} `usage` for a path outside the working directory, `path-not-found`
 */
export async function openDirectory(options: ArgumentOptions): Promise<Source> {
  const root = options.cwd;
  const wanted = resolveArguments(root, options);
  const listing = new Map<string, Listed>();
  for (const argument of wanted) {
    if (argument.kind === 'file') listing.set(argument.path, { path: argument.path, tracking: 'unknown' });
    if (argument.kind !== 'directory' && argument.kind !== 'absent') continue;
    const directory = argument.kind === 'directory' ? argument.path : literalDirectory(argument);
    for (const file of await walk(root, directory)) listing.set(file.path, file);
  }
  const disk = new Disk(root);
  return new DirectorySource(root, disk, await select(root, disk, listing, wanted, options));
}

/** Every file below a directory. Links are listed and not followed; a directory that may not be read is told of. */
async function walk(root: string, directory: string): Promise<Listed[]> {
  const { default: glob } = await import('fast-glob');
  const listed: Listed[] = [];
  const locate = (path: string) => posix.join(directory, path);
  const cwd = posix.join(root, directory);
  const paths = await glob('**', {
    cwd,
    dot: true,
    followSymbolicLinks: false,
    onlyFiles: false,
    markDirectories: true,
    ignore: NOT_WALKED,
    fs: {
      readdir: ((path: string, entryOptions: { withFileTypes: true }, done: (error: null, entries: Dirent[]) => void) => {
        readdir(path, entryOptions, (error, entries) => {
          if (error === null) return done(null, entries);
          const closed = locate(posix.relative(cwd, path));
          listed.push({ path: closed, tracking: 'unknown', leftOut: error.code === 'ENOENT' ? 'vanished' : 'unreadable' });
          done(null, []);
        });
      }) as typeof readdir,
    },
  });
  for (const path of paths) if (!path.endsWith('/')) listed.push({ path: locate(path), tracking: 'unknown' });
  return listed;
}

class DirectorySource implements Source {
  readonly scope = 'directory';
  readonly prefix = '';
  readonly notes = ['This is not a git repository: the directory was walked, without node_modules.'];
  readonly root: string;
  readonly #disk: Disk;
  readonly #files: readonly Listed[];

  constructor(root: string, disk: Disk, files: readonly Listed[]) {
    this.root = root;
    this.#disk = disk;
    this.#files = files;
  }

  files(wanted: (path: string) => boolean): AsyncGenerator<SourceFile | LeftOut> {
    return this.#disk.files(this.#files, wanted);
  }

  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return Promise.resolve(this.#disk.readAll(paths));
  }

  ignored(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  names(matches: (baseName: string) => boolean): Promise<readonly Listed[]> {
    return Promise.resolve(this.#files.filter(({ path }) => matches(posix.basename(path))));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
