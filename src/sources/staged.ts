/**
 * The index: what is about to be committed. Two processes are started at once and wait for each other instead of for this
 * one: the list of changes against HEAD, and one reader of objects that answers everything else. The environment of the
 * hook decides which index that is (GIT_INDEX_FILE).
 */
import { fieldsOf, git, gitError, ObjectReader, startGit, type GitContext, type GitResult, type RunningGit } from '../git.js';
import { ChangeSource, parseChanges, RAW_OUTPUT } from './change.js';
import { Revision } from './revision.js';
import type { Source } from './source.js';
import { workTreeOf } from './work-tree.js';

// `git add -N` only announces a file.
const DIFF_INDEX = ['diff-index', '--cached', ...RAW_OUTPUT, '--ita-invisible-in-index'];

/**
 * Opens the index. Call it before anything else is loaded, and await it afterwards: git works meanwhile. A failure that
 * nobody has awaited yet is no unhandled rejection.
 * @param context The hook's own working directory and environment.
 * @throws {JwtlintError} `not-a-repository`, `git-missing` or `git-failed`
 */
export function openStaged(context: GitContext): Promise<Source> {
  const opened = open(context);
  opened.catch(() => undefined);
  return opened;
}

async function open(context: GitContext): Promise<Source> {
  const listing = diffIndex(context, 'HEAD');
  const objects = new ObjectReader(context);
  try {
    const place = workTreeOf(context);
    place.catch(() => undefined);
    let { ended } = listing;
    let printed = await listing.printed;
    // Whatever fails has printed nothing; a status that comes after a list is looked at when the files have been read.
    if (printed.length === 0 && (await isUnborn(objects, await ended))) {
      const emptyTree = await git(context, ['hash-object', '-t', 'tree', '--stdin'], '');
      ({ ended } = diffIndex(context, emptyTree.toString().trim()));
      printed = (await ended).stdout;
    }
    const checked = ended.then(({ status, stderr }) => {
      if (status !== 0) throw gitError(context, 'diff-index', stderr);
    });
    checked.catch(() => undefined);
    if (printed.length === 0) await checked;
    const parts = {
      scope: 'staged',
      place: await place,
      changes: parseChanges(fieldsOf(printed)),
      now: new Revision(context, objects, undefined),
      old: new Revision(context, objects, 'HEAD'),
    } as const;
    return new ChangeSource(context, objects, parts, checked);
  } catch (error) {
    objects.close();
    throw error;
  }
}

function diffIndex(context: GitContext, tree: string): RunningGit {
  return startGit(context, [...DIFF_INDEX, tree, '--']);
}

/** True before the first commit. git's own reason tells a missing repository apart, for which there is no use in asking. */
async function isUnborn(objects: ObjectReader, { status, stderr }: GitResult): Promise<boolean> {
  return status !== 0 && stderr.includes("'HEAD'") && (await objects.ask('HEAD', 0)).kind === 'absent';
}
