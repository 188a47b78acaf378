/** Which Node.js a hook is run by: the first one in PATH, which is another one for a program that was started from the desktop. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** Milliseconds for a program to say its version. */
const VERSION_LIMIT = 10_000;

/**
 * The Node.js that a program finds in its PATH, with the version that it says of itself, such as `20.19.0`; undefined where
 * there is none. It is run, as a hook would run it.
 *
 * @param directories of PATH, in order; those that are not absolute are of the working directory and are passed over
 */
export function nodeIn(directories: readonly string[]): { readonly path: string; readonly version: string | undefined } | undefined {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = directories
    .filter(isAbsolute)
    .map((directory) => join(directory, name))
    .find((each) => existsSync(each));
  if (path === undefined) return undefined;
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: VERSION_LIMIT, windowsHide: true });
  return { path, version: /^v(\d{1,3}\.\d{1,3}\.\d{1,3})/.exec(stdout)?.[1] };
}

/** Directories that a program started from a desktop has in its PATH, by default. */
const DESKTOP_PATHS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['/usr/bin', '/bin', '/usr/sbin', '/sbin'],
  linux: ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/games', '/snap/bin'],
};

/** The directories that a git client has in its PATH when it is started from the desktop; undefined where that is not known. */
export function desktopPath(): readonly string[] | undefined {
  return DESKTOP_PATHS[process.platform];
}
