/** Which paths the ignore rules of the repository itself cover, as git sees them. */
import { devNull } from 'node:os';
import { posix } from 'node:path';
import { fieldsOf, gitError, runGit, type GitContext } from '../git.js';

/**
 * Asks `git check-ignore` about patterns (tracked or not, existing or not). What only this machine ignores does not count:
 * core.excludesFile is switched off, and a match that comes from `.git/info/exclude` is none.
 * @param prefix The working directory relative to the top of the work tree.
 * @param paths Relative to the top of the work tree; none may lie behind a symbolic link.
 * @param workTree Another work tree to take the `.gitignore` files from; paths are then asked for from its top.
 * @throws {JwtlintError}
 */
export async function checkIgnored(
  context: GitContext,
  prefix: string,
  paths: readonly string[],
  workTree?: string,
): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  const args = ['-c', `core.excludesFile=${devNull}`, ...(workTree === undefined ? [] : [`--work-tree=${workTree}`])];
  const from = workTree === undefined ? prefix : '';
  // A leading `./` keeps a name that starts with a colon from being read as pathspec magic.
  const input = paths.map((path) => `./${posix.relative(from, path)}\0`).join('');
  const { status, stdout, stderr } = await runGit(context, [...args, 'check-ignore', '--no-index', '-z', '-v', '-n', '--stdin'], input);
  // 1 says that none is ignored.
  if (status > 1) throw gitError(context, 'check-ignore', stderr);
  const fields = fieldsOf(stdout);
  return new Set(
    paths.filter((_, index) => {
      const [source = '', , pattern = ''] = fields.slice(index * 4, index * 4 + 3);
      return posix.basename(source) === '.gitignore' && !pattern.startsWith('!');
    }),
  );
}
