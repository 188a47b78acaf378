/** The search for importers in a large index: what the work tree has as it is in the index is searched there, unpacked already. */
import { fieldsOf, runGit, type GitContext } from '../git.js';
import { grepFor, SCRIPTS, scriptsNaming } from './change.js';
import { withoutFilters } from './work-tree-change.js';

/** Files that are not on disk as they are in the index; with more, the index is searched as a whole. */
const MOST_UNLIKE = 500;

/**
 * Scripts of the index that name one of these modules in quotes.
 * @returns undefined when git could not search
 */
export async function scriptsInIndexNaming(context: GitContext, moduleNames: readonly string[]): Promise<readonly string[] | undefined> {
  const [unlike, found] = await Promise.all([unlikeOnDisk(context), grepFor(context, moduleNames, [], SCRIPTS)]);
  if (!unlike || !found || unlike.size > MOST_UNLIKE) return scriptsNaming(context, '--cached', moduleNames);
  const alike = found.filter((path) => !unlike.has(path));
  if (unlike.size === 0) return alike;
  const pathspecs = [...unlike].filter(isScript).map((path) => `:(top,literal)${path}`);
  if (pathspecs.length === 0) return alike;
  const others = await grepFor(context, moduleNames, ['--cached'], pathspecs);
  return others && [...alike, ...others];
}

function isScript(path: string): boolean {
  return SCRIPTS.some((pathspec) => path.endsWith(pathspec.slice(pathspec.lastIndexOf('.'))));
}

/**
 * Files whose content on disk may be another than that of the index: by their times and sizes, or because git was told not to
 * look (`skip-worktree`, `assume-unchanged`). Undefined when git cannot tell.
 */
async function unlikeOnDisk(context: GitContext): Promise<ReadonlySet<string> | undefined> {
  const [changed, listed] = await Promise.all([
    runGit(await withoutFilters(context), ['diff-files', '-z', '--name-only', '--ignore-submodules=all']),
    runGit(context, ['ls-files', '-z', '-v', '--full-name', '--', ':/']),
  ]);
  if (changed.status !== 0 || listed.status !== 0) return undefined;
  const unlooked = fieldsOf(listed.stdout).filter((line) => !line.startsWith('H '));
  return new Set([...fieldsOf(changed.stdout), ...unlooked.map((line) => line.slice(2))]);
}
