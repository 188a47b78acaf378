/** Where the work tree of a scan stands. */
import { showTopLevel, workTreeAbove, type GitContext } from '../git.js';
import { belowRoot } from './disk.js';

/**
 * The top of the work tree and where in it we stand. Looking for `.git` saves a process of the hook's few milliseconds;
 * git itself is asked only where the environment says that the answer may be another.
 */
export async function workTreeOf(context: GitContext): Promise<{ root: string; prefix: string }> {
  const { cwd, env } = context;
  const isTold = env['GIT_DIR'] !== undefined || env['GIT_WORK_TREE'] !== undefined;
  const root = isTold ? await showTopLevel(context) : (workTreeAbove(cwd) ?? cwd);
  return { root, prefix: belowRoot(root, cwd) ?? '' };
}
