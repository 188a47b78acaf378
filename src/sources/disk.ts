/**
 * Files on disk. They are read one after the other with synchronous calls: for thousands of small files that takes less
 * than half the time of any pool of asynchronous reads, since each of those crosses threads several times per file.
 */
import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, posix, relative, sep } from 'node:path';
import { isLfsPointer } from './git-lfs.js';
import type { Listed } from './selection.js';
import { MAX_FILE_BYTES, type LeftOut, type LeftOutReason, type SourceFile } from './source.js';

/** Links are refused by the system itself; opening a pipe does not wait for its writer. Windows knows neither flag. */
const NOFOLLOW: number | undefined = constants.O_NOFOLLOW;
const FLAGS = constants.O_RDONLY | (NOFOLLOW ?? 0) | ((constants.O_NONBLOCK as number | undefined) ?? 0);

const REASONS: Readonly<Record<string, LeftOutReason>> = {
  ENOENT: 'vanished',
  ENOTDIR: 'vanished',
  ELOOP: 'symbolic link',
  EMLINK: 'symbolic link',
  ENXIO: 'not a file',
};

/** Reads the files under one directory and never leaves it. */
export class Disk {
  readonly #root: string;
  /** Directories by whether they, or one above them, are links. */
  readonly #linked = new Map<string, boolean>([['.', false]]);

  /** @param root Absolute path. */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * The content of a file, or why there is none.
   * @param path Relative to the root.
   * @param raw The path's bytes when they are not UTF-8.
   */
  read(path: string, raw?: Buffer): Uint8Array | LeftOut {
    const absolute = `${this.#root}/${path}`;
    let descriptor: number | undefined;
    try {
      if (this.isBehindLink(path)) return { path, leftOut: 'symbolic link' };
      if (NOFOLLOW === undefined && lstatSync(absolute).isSymbolicLink()) return { path, leftOut: 'symbolic link' };
      descriptor = openSync(raw ? Buffer.concat([Buffer.from(`${this.#root}/`), raw]) : absolute, FLAGS);
      const stat = fstatSync(descriptor);
      // A listed path that is a directory on disk is the work tree of a submodule.
      if (stat.isDirectory()) return { path, leftOut: 'submodule' };
      if (!stat.isFile()) return { path, leftOut: 'not a file' };
      if (stat.size > MAX_FILE_BYTES) return { path, leftOut: 'too large' };
      const bytes = readWhole(descriptor, stat.size);
      return isLfsPointer(bytes) ? { path, leftOut: 'LFS pointer' } : bytes;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === undefined) throw error;
      return { path, leftOut: REASONS[code] ?? 'unreadable', detail: code };
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }

  /** The files of a scan, each read when it is asked for. */
  async *files(files: readonly Listed[], wanted: (path: string) => boolean): AsyncGenerator<SourceFile | LeftOut> {
    for (const { path, tracking, raw, leftOut } of files) {
      if (!wanted(path)) continue;
      const read = leftOut ? { path, leftOut } : this.read(path, raw);
      yield read instanceof Uint8Array ? { path, bytes: read, tracking } : read;
    }
  }

  /** The contents of those paths that are files below the root. */
  readAll(paths: readonly string[]): Map<string, Uint8Array> {
    const contents = new Map<string, Uint8Array>();
    for (const path of paths) {
      if (!isBelow(path)) continue;
      const read = this.read(path);
      if (read instanceof Uint8Array) contents.set(path, read);
    }
    return contents;
  }

  /**
   * True when a directory on the way to the path is a symbolic link: its files are those of another place.
   * @throws {NodeJS.ErrnoException} when the system will not tell.
   */
  isBehindLink(path: string): boolean {
    const directory = posix.dirname(path);
    const known = this.#linked.get(directory);
    if (known !== undefined) return known;
    let linked = false;
    for (let end = 0; !linked && end < directory.length;) {
      const slash = directory.indexOf('/', end + 1);
      end = slash === -1 ? directory.length : slash;
      const above = directory.slice(0, end);
      linked = this.#linked.get(above) ?? this.#isLink(above);
      this.#linked.set(above, linked);
    }
    this.#linked.set(directory, linked);
    return linked;
  }

  #isLink(path: string): boolean {
    return lstatSync(`${this.#root}/${path}`, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  }
}

/** The path relative to the root, or undefined when it is not in it; a way through links to the root is found. */
export function belowRoot(root: string, absolute: string): string | undefined {
  for (const candidate of [absolute, withoutLinks(absolute)]) {
    const path = relative(root, candidate).split(sep).join('/');
    if (path !== '..' && !path.startsWith('../') && !isAbsolute(path)) return path;
  }
  return undefined;
}

/** The path with the links on the way to it resolved, but not the last part, which may be a link or may not exist. */
function withoutLinks(absolute: string): string {
  let directory = dirname(absolute);
  while (!existsSync(directory) && directory !== dirname(directory)) directory = dirname(directory);
  try {
    return join(realpathSync(directory), relative(directory, absolute));
  } catch {
    return absolute;
  }
}

/** True for a path relative to the root that does not lead out of it. */
export function isBelow(path: string): boolean {
  const normal = posix.normalize(path);
  return !posix.isAbsolute(normal) && normal !== '..' && !normal.startsWith('../');
}

function readWhole(descriptor: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const count = readSync(descriptor, bytes, length, size - length, null);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}
