/** Files as they are on disk: those of a git work tree, or of a directory without git. */
import { JwtlintError } from '../errors.js';
import type { GitContext } from '../git.js';
import type { ArgumentOptions } from './selection.js';
import type { Source } from './source.js';
import { openTree } from './tree.js';

/**
 * Opens the work tree that contains the working directory, or else the directory itself.
 * @throws {JwtlintError} what {@link openTree} throws, but for `not-a-repository`
 */
export async function openWorkTree(context: GitContext, options: ArgumentOptions): Promise<Source> {
  try {
    return await openTree(context, options);
  } catch (error) {
    if (!(error instanceof JwtlintError) || error.code !== 'not-a-repository') throw error;
    const { openDirectory } = await import('./directory.js');
    return openDirectory(options);
  }
}
