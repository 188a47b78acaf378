/**
 * Proves that a pre-commit hook refuses a secret: git runs it on an index of its own, in which a made-up one is staged.
 * The objects go to a directory that is removed afterwards, so that index, files, refs and objects stay as they are.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { git, runGit, runHook, succeed, type GitContext, type HookRun } from '../git.js';

/** Milliseconds for the whole hook. */
const TIME_LIMIT = 120_000;

/** What is staged: the plainest mistake there is. The secret says of itself that it is made up. */
function canary(mark: string): string {
  return [
    '// Staged by "jwtlint doctor" in an index of its own. It is in no commit.',
    "const jwt = require('jsonwebtoken');",
    `module.exports = (id) => jwt.sign({ sub: id }, 'made-up-canary-${mark}', { expiresIn: '5m' });`,
    '',
  ].join('\n');
}

/** An index with a secret in it. */
export interface Canary {
  /** Name of the staged file, at the top. */
  readonly file: string;
  /** Where hooks run, and the environment that shows git the index. */
  readonly context: GitContext;
}

/**
 * Makes the index, has it used, and removes it.
 *
 * @param mark letters and digits that make the file's name unique
 */
export async function withCanary<T>(root: string, env: NodeJS.ProcessEnv, mark: string, use: (canary: Canary) => Promise<T>): Promise<T> {
  const here = { cwd: root, env };
  const pathOf = async (name: string): Promise<string> =>
    resolve(root, (await git(here, ['rev-parse', '--git-path', name])).toString().replace(/\n$/, ''));
  const [index, objects] = [await pathOf('index'), await pathOf('objects')];
  const place = mkdtempSync(join(realpathSync(tmpdir()), 'jwtlint-doctor-'));
  try {
    const file = `jwtlint-canary-${mark}.cjs`;
    const own = join(place, 'index');
    mkdirSync(join(place, 'objects'));
    // With what git knows of the files' times, it need not look into them again.
    if (existsSync(index)) copyFileSync(index, own);
    const others = [objects, env['GIT_ALTERNATE_OBJECT_DIRECTORIES']].filter((path) => path !== undefined && path !== '');
    const context: GitContext = {
      cwd: root,
      env: {
        ...env,
        GIT_INDEX_FILE: own,
        GIT_OBJECT_DIRECTORY: join(place, 'objects'),
        GIT_ALTERNATE_OBJECT_DIRECTORIES: others.join(delimiter),
      },
    };
    const hasHead = (await runGit(context, ['rev-parse', '--verify', '--quiet', 'HEAD'])).status === 0;
    await succeed(context, ['read-tree', ...(hasHead ? ['--reset', 'HEAD'] : ['--empty'])]);
    await runGit(context, ['update-index', '-q', '--refresh']);
    const oid = (await git(context, ['hash-object', '-w', '--stdin'], canary(mark))).toString().trim();
    await succeed(context, ['update-index', '--add', '--cacheinfo', `100644,${oid},${file}`]);
    // It is not on disk, and for nobody shall that be a change.
    await succeed(context, ['update-index', '--skip-worktree', file]);
    return await use({ file, context });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Has git run the pre-commit hook on a canary. */
export function runOnCanary({ context }: Canary, env: NodeJS.ProcessEnv): Promise<HookRun> {
  return runHook({ cwd: context.cwd, env: { ...context.env, GIT_EDITOR: ':', ...env } }, 'pre-commit', TIME_LIMIT);
}
