/** What the work tree has, staged or not and untracked files too, that an older commit has not. */
import { posix } from 'node:path';
import { fieldsOf, git, ObjectReader, rawFieldsOf, runGit, showTopLevel, type GitContext } from '../git.js';
import { Before, parseChanges, RAW_OUTPUT, scriptsNaming } from './change.js';
import { emptyTree, mergeBase, resolveCommit } from './commits.js';
import { Disk } from './disk.js';
import { Revision } from './revision.js';
import { byPath, type Listed } from './selection.js';
import type { Source } from './source.js';
import { listedOf, TreeSource } from './tree.js';

/**
 * Opens what was changed since HEAD, or since the work left another line of commits.
 * @param since A revision: the change is compared with the commit where HEAD's line parted from it.
 * @throws {JwtlintError} `unknown-revision`, or what git failed at
 */
export async function openChanged(context: GitContext, since: string | undefined): Promise<Source> {
  const root = await showTopLevel(context);
  const { status, stdout } = await runGit(context, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  // Before the first commit everything is new.
  const head = status === 0 ? stdout.toString().trim() : undefined;
  const old =
    since === undefined ? (head ?? (await emptyTree(context))) : await parting(context, await resolveCommit(context, since), head);
  const [changed, others] = await Promise.all([
    git(await withoutFilters(context), ['diff-index', ...RAW_OUTPUT, '--ignore-submodules=all', old, '--']),
    git(context, ['ls-files', '-z', '--others', '--exclude-standard', '--full-name', '--', ':/']),
  ]);
  const changes = new Map(parseChanges(fieldsOf(changed)).map((change) => [change.path, change]));
  const listed = new Map<string, Listed>();
  const names = [...rawFieldsOf(changed)].filter((_, index) => index % 2 === 1);
  for (const name of names) {
    const file = listedOf(name, 'tracked');
    if (changes.get(file.path)?.status !== 'D') listed.set(file.path, file);
  }
  for (const name of rawFieldsOf(others)) {
    const file = listedOf(name, 'untracked');
    listed.set(file.path, file);
  }
  const objects = new ObjectReader(context);
  const before = new Before(objects, changes, new Revision(context, objects, old));
  const tree = new TreeSource(context, root, new Disk(root), [...listed.values()].sort(byPath), [], undefined);
  return {
    scope: 'changed',
    root,
    prefix: tree.prefix,
    notes: [],
    files: (wanted) => tree.files(wanted),
    read: (paths) => tree.read(paths),
    ignored: (paths) => tree.ignored(paths),
    names: (matches) => tree.names(matches),
    naming: async (modules) => (await scriptsNaming(context, undefined, modules))?.filter((path) => !listed.has(posix.normalize(path))),
    before: (path) => before.filesFor(path),
    beforeRead: (paths) => before.read(paths),
    close: () => {
      objects.close();
      return Promise.resolve();
    },
  };
}

async function parting(context: GitContext, since: string, head: string | undefined): Promise<string> {
  return head === undefined ? since : mergeBase(context, since, head);
}

/**
 * Whoever compares the work tree with the index may have to compare contents, for which git starts the filters that
 * attributes name. All that are configured anywhere are switched off by name, since nothing else does it.
 */
export async function withoutFilters(context: GitContext): Promise<GitContext> {
  const { stdout } = await runGit(context, ['config', '-z', '--name-only', '--get-regexp', '^filter\\..*\\.(clean|process|required)$']);
  const env = { ...context.env };
  let count = Number(env['GIT_CONFIG_COUNT'] ?? 0);
  for (const key of new Set(fieldsOf(stdout))) {
    env[`GIT_CONFIG_KEY_${String(count)}`] = key;
    env[`GIT_CONFIG_VALUE_${String(count)}`] = key.endsWith('.required') ? 'false' : '';
    count += 1;
  }
  return { ...context, env: { ...env, GIT_CONFIG_COUNT: String(count) } };
}
