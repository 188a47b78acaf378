/** Which of the listed files the user's arguments name. */
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { basename, isAbsolute, join, posix, resolve, sep } from 'node:path';
import type { Tracking } from '../../rules/contract.js';
import { isEnvFile } from '../../rules/facts/env-files.js';
import { JwtlintError } from '../errors.js';
import { belowRoot, type Disk } from './disk.js';
import type { LeftOutReason } from './source.js';

/** A file that git, or the walk of a directory, told of. */
export interface Listed {
  /** Relative to the root, forward slashes. */
  readonly path: string;
  readonly tracking: Tracking;
  /** The path's bytes when they are not UTF-8. */
  readonly raw?: Buffer;
  /** Why it cannot be scanned, when the listing itself says so. */
  readonly leftOut?: LeftOutReason;
}

/** The order of a scan. */
export function byPath(a: Listed, b: Listed): number {
  return a.path < b.path ? -1 : 1;
}

/** What the user named, and what to do about a name for nothing. */
export interface ArgumentOptions {
  /** Absolute path of the working directory. */
  readonly cwd: string;
  /** Files, directories and globs; relative to the working directory; none means the working directory itself. */
  readonly paths: readonly string[];
  /** A named path that is gone is an error; hook managers want it passed over. */
  readonly warnIgnored: boolean;
}

/** One argument. What does not exist may be a glob. */
export interface Argument {
  readonly text: string;
  /** Relative to the root, '' for the root itself. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other' | 'absent';
  /** The directory that the text starts from, relative to the root, and the text relative to it: a glob escapes neither. */
  readonly base: string;
  readonly glob: string;
}

/**
 * Resolves the arguments. A path that exists means itself, whatever characters it has: `[id]` and `(group)` are names.
 * @param root Absolute path of the scanned root, without links.
 * @throws {JwtlintError} `usage` for a path outside the root.
 */
export function resolveArguments(root: string, { cwd, paths }: ArgumentOptions): Argument[] {
  return (paths.length === 0 ? ['.'] : paths).map((text) => {
    const path = belowRoot(root, resolve(cwd, text));
    if (path === undefined) {
      throw new JwtlintError('usage', `${text} is outside of ${root}`, 'Run jwtlint in the repository that the path belongs to.');
    }
    const kind = text === '' ? 'absent' : kindOf(statOf(join(root, path)));
    return { text, path, kind, ...globOf(text, path, belowRoot(root, cwd) ?? '') };
  });
}

function globOf(text: string, path: string, prefix: string): { base: string; glob: string } {
  if (isAbsolute(text)) return { base: '', glob: path };
  let base = prefix;
  let glob = posix.normalize(sep === '/' ? text : text.split(sep).join('/'));
  for (; glob.startsWith('../'); glob = glob.slice(3)) base = posix.dirname(base).replace(/^\.$/, '');
  return { base, glob };
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function isEmpty(directory: string): boolean {
  try {
    return readdirSync(directory).length === 0;
  } catch {
    return false;
  }
}

function kindOf(stat: Stats | undefined): Argument['kind'] {
  if (stat === undefined) return 'absent';
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  return stat.isSymbolicLink() ? 'link' : 'other';
}

/** The longest leading part of a path that has none of a glob's special characters; the last part never belongs to it. */
export function literalDirectory({ base, glob }: Argument): string {
  const parts = glob.split('/').slice(0, -1);
  const first = parts.findIndex((part) => /[*?[\](){}!+@|\\]/.test(part));
  return posix.join(base, ...parts.slice(0, first === -1 ? parts.length : first)).replace(/^\.$/, '');
}

/**
 * The listed files that the arguments name, sorted by path, each once, and what was named but cannot be scanned.
 * @throws {JwtlintError} `path-not-found` for an argument that names nothing, when {@link ArgumentOptions.warnIgnored}.
 */
export async function select(
  root: string,
  disk: Disk,
  listing: ReadonlyMap<string, Listed>,
  wanted: readonly Argument[],
  { warnIgnored }: ArgumentOptions,
): Promise<readonly Listed[]> {
  const chosen = new Map<string, Listed>();
  const choose = (file: Listed) => chosen.set(file.path, file);
  for (const argument of wanted) {
    const { text, path, kind } = argument;
    const listed = listing.get(path);
    if (kind === 'absent') {
      const matches = await matcherOf(argument);
      const matched = [...listing.values()].filter((file) => matches?.(file.path));
      matched.forEach(choose);
      if (matched.length > 0) continue;
      if (warnIgnored) throw pathNotFound(text, matches !== undefined);
      choose({ path, tracking: 'unknown', leftOut: 'deleted' });
    } else if (listed) choose(listed);
    else if (kind === 'directory') {
      const inside = path === '' ? [...listing.values()] : [...listing.values()].filter((file) => file.path.startsWith(`${path}/`));
      inside.forEach(choose);
      const reason = inside.length === 0 && !isEmpty(join(root, path)) ? unlisted(root, path, disk) : undefined;
      if (reason) choose({ path, tracking: 'unknown', leftOut: reason });
    } else {
      const reason = kind === 'link' ? 'symbolic link' : kind === 'other' ? 'not a file' : unlisted(root, path, disk);
      if (reason === 'ignored by git' && isEnvFile(basename(path))) choose({ path, tracking: 'ignored' });
      else choose({ path, tracking: 'unknown', leftOut: reason });
    }
  }
  return [...chosen.values()].sort(byPath);
}

/** Why a path that exists is not in the listing. */
function unlisted(root: string, path: string, disk: Disk): LeftOutReason {
  if (disk.isBehindLink(path)) return 'symbolic link';
  for (let above = posix.dirname(path); above !== '.'; above = posix.dirname(above)) {
    if (statOf(join(root, above, '.git'))) return 'submodule';
  }
  return 'ignored by git';
}

/** Whether a path of the listing matches the glob; undefined when the argument is none. */
async function matcherOf({ base, glob }: Argument): Promise<((path: string) => boolean) | undefined> {
  const { default: picomatch } = await import('picomatch');
  if (!picomatch.scan(glob).isGlob) return undefined;
  const matches = picomatch(glob, { dot: true, nonegate: true });
  const before = base === '' ? '' : `${base}/`;
  return (path) => path.startsWith(before) && matches(path.slice(before.length));
}

function pathNotFound(text: string, isGlob: boolean): JwtlintError {
  if (isGlob) return new JwtlintError('path-not-found', `no file matches ${text}`, 'Files that git ignores are not looked at.');
  const hint = 'Check the spelling. With --no-warn-ignored, paths that are gone are passed over.';
  return new JwtlintError('path-not-found', `no such file or directory: ${text}`, hint);
}
