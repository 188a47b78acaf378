/** Ranges of commits: a pull request's, those of a push (git's hook protocols), or any that the user names. */
import { JwtlintError } from '../errors.js';
import { fieldsOf, git, gitError, ObjectReader, runGit, type GitContext } from '../git.js';
import { ChangeSource, parseChanges, RAW_OUTPUT } from './change.js';
import { introducedBy, type Introduced } from './commit-log.js';
import { belowRoot } from './disk.js';
import { isFile, Revision } from './revision.js';
import type { Source } from './source.js';

/** Boundary commits that are compared to find the newest of them. */
const MOST_BOUNDARIES = 50;

/** A range, resolved. All are names of objects. */
export interface Range {
  /** The commit or tree that the new state is compared with. */
  readonly old: string;
  readonly now: string;
  /** What `git rev-list` leaves out. */
  readonly without: readonly string[];
}

/**
 * Opens the commits of `A..B` (those of B that A does not have, compared with A) or `A...B` (compared with the commit where
 * the two parted). A side left out is HEAD.
 * @throws {JwtlintError} `usage`, `unknown-revision`, or what git failed at
 */
export async function openRange(context: GitContext, range: string): Promise<Source> {
  return openCommits(context, await resolveRange(context, range));
}

/**
 * The ends of a range, as {@link openRange} takes it.
 * @throws {JwtlintError} `usage`, `unknown-revision`
 */
export async function resolveRange(context: GitContext, range: string): Promise<Range> {
  const [, from, dots, to] = /^(.*?)(\.{2,3})(.*)$/s.exec(range) ?? [];
  if (from === undefined || to === undefined || to.includes('..'))
    throw new JwtlintError('usage', `--range takes A..B or A...B, not ${range}`, `The commits since ${range}: --range ${range}..HEAD`);
  const a = await resolveCommit(context, from || 'HEAD');
  const now = await resolveCommit(context, to || 'HEAD');
  const old = dots === '..' ? a : await mergeBase(context, a, now);
  return { old, now, without: [`^${a}`] };
}

const UPDATES = {
  'pre-push': { line: '<local ref> <local object name> <remote ref> <remote object name>', words: 4 },
  'pre-receive': { line: '<old object name> <new object name> <ref>', words: 3 },
} as const;

/** A ref that is about to change somewhere. Zeros stand for none. */
interface RefUpdate {
  readonly ref: string;
  readonly old: string;
  readonly now: string;
}

/**
 * Opens what a push brings, a source for each ref that gets new commits.
 * @param hook What git runs (githooks(5)): `pre-push` here, `pre-receive` there, where the new objects lie in quarantine.
 * @param input What git writes to the hook's standard input.
 * @param remote The remote's name or address, the first argument of `pre-push`.
 */
export async function openPush(
  context: GitContext,
  { hook, input, remote }: { readonly hook: keyof typeof UPDATES; readonly input: string; readonly remote?: string | undefined },
): Promise<Source[]> {
  const known = hook === 'pre-receive' ? ['--all'] : await remoteRefs(context, remote);
  const sources: Source[] = [];
  const seen = new Set<string>();
  try {
    for (const { ref, old, now } of parseUpdates(hook, input)) {
      if (isNone(now)) continue;
      const commit = await peel(context, now);
      if (commit === undefined) throw new JwtlintError('unknown-revision', `${ref} names no commit that could be checked`);
      if (seen.has(commit)) continue;
      seen.add(commit);
      const there = isNone(old) ? undefined : await peel(context, old);
      const without = [...(there === undefined ? [] : [`^${there}`]), '--not', ...known];
      const base = there ?? (await boundary(context, commit, without));
      sources.push(await openCommits(context, { old: base, now: commit, without }));
    }
    return sources;
  } catch (error) {
    for (const source of sources) await source.close();
    throw error;
  }
}

/**
 * What git said to its `pre-push` hook, as the pre-commit framework (4.7) hands it on: it keeps standard input to itself and
 * sets variables instead, about the first ref with new commits only. Undefined when it is not the framework that runs us.
 */
export async function pushOfFramework(context: GitContext): Promise<string | undefined> {
  const { PRE_COMMIT, PRE_COMMIT_LOCAL_BRANCH, PRE_COMMIT_REMOTE_BRANCH, PRE_COMMIT_FROM_REF, PRE_COMMIT_TO_REF } = context.env;
  if (PRE_COMMIT !== '1' || !PRE_COMMIT_LOCAL_BRANCH || !PRE_COMMIT_REMOTE_BRANCH) return undefined;
  const now = await resolveCommit(context, PRE_COMMIT_TO_REF ?? PRE_COMMIT_LOCAL_BRANCH);
  const old = PRE_COMMIT_FROM_REF ? await resolveCommit(context, PRE_COMMIT_FROM_REF) : '0'.repeat(now.length);
  return `${PRE_COMMIT_LOCAL_BRANCH} ${now} ${PRE_COMMIT_REMOTE_BRANCH} ${old}\n`;
}

function parseUpdates(hook: keyof typeof UPDATES, input: string): RefUpdate[] {
  const { line: form, words: count } = UPDATES[hook];
  return input
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const words = line.split(' ');
      const [ref, now, old] = hook === 'pre-push' ? [words[0], words[1], words[3]] : [words[2], words[1], words[0]];
      const isName = (word: string | undefined): word is string => word !== undefined && /^[0-9a-f]{40,64}$/.test(word);
      if (words.length !== count || ref === undefined || !isName(old) || !isName(now))
        throw new JwtlintError('usage', `--${hook} reads lines of the form "${form}" and got another`, `It is for git's ${hook} hook.`);
      return { ref, old, now };
    });
}

const isNone = (oid: string): boolean => /^0+$/.test(oid);

/** What the remote is known to have. A remote without a name may have anything that some remote has. */
async function remoteRefs(context: GitContext, remote: string | undefined): Promise<string[]> {
  if (remote === undefined) return ['--remotes'];
  const names = (await git(context, ['remote'])).toString().split('\n');
  return [names.includes(remote) ? `--remotes=${remote.replace(/[*?[\\]/g, '\\$&')}` : '--remotes'];
}

/** The commit that a name leads to, through tags; undefined when there is none here. */
async function peel(context: GitContext, name: string): Promise<string | undefined> {
  const { status, stdout } = await runGit(context, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  return status === 0 ? stdout.toString().trim() : undefined;
}

/**
 * The commit that a name leads to.
 * @throws {JwtlintError} `unknown-revision`, with the reason that is the usual one in CI
 */
export async function resolveCommit(context: GitContext, name: string): Promise<string> {
  const commit = await peel(context, name);
  if (commit !== undefined) return commit;
  const { status, stdout, stderr } = await runGit(context, ['rev-parse', '--is-shallow-repository']);
  if (status !== 0) throw gitError(context, 'rev-parse', stderr);
  throw new JwtlintError(
    'unknown-revision',
    `there is no commit ${name} here`,
    stdout.toString().trim() === 'true'
      ? 'This clone is shallow. Fetch the rest: git fetch --unshallow; in GitHub Actions fetch-depth: 0, in GitLab CI GIT_DEPTH: 0.'
      : 'Is it spelled right, and has it been fetched?',
  );
}

/** The commit where two parted; the empty tree when they have none in common. */
export async function mergeBase(context: GitContext, one: string, other: string): Promise<string> {
  const { status, stdout, stderr } = await runGit(context, ['merge-base', one, other]);
  if (status > 1) throw gitError(context, 'merge-base', stderr);
  return status === 0 ? stdout.toString().trim() : emptyTree(context);
}

/** The name of the tree without files, which the repository need not hold. */
export async function emptyTree(context: GitContext): Promise<string> {
  return (await git(context, ['hash-object', '-t', 'tree', '--stdin'], '')).toString().trim();
}

/** The newest commit that new ones stand on; the empty tree when they stand on none. */
async function boundary(context: GitContext, commit: string, without: readonly string[]): Promise<string> {
  const listed = (await git(context, ['rev-list', '--boundary', commit, ...without])).toString().split('\n');
  const boundaries = listed.filter((line) => line.startsWith('-')).map((line) => line.slice(1));
  // Nothing is new: the state compares with itself.
  if (listed.every((line) => line === '')) return commit;
  if (boundaries.length < 2) return boundaries[0] ?? emptyTree(context);
  const independent = await git(context, ['merge-base', '--independent', ...boundaries.slice(0, MOST_BOUNDARIES)]);
  return independent.toString().split('\n')[0] ?? emptyTree(context);
}

/** The top of the work tree, or of a bare repository its own directory. */
export async function placeOf(context: GitContext): Promise<{ root: string; prefix: string }> {
  const { status, stdout, stderr } = await runGit(context, ['rev-parse', '--show-toplevel']);
  if (status === 0) {
    const root = stdout.toString().replace(/\n$/, '');
    return { root, prefix: belowRoot(root, context.cwd) ?? '' };
  }
  if (!stderr.includes('work tree')) throw gitError(context, 'rev-parse', stderr);
  return { root: context.cwd, prefix: '' };
}

async function openCommits(context: GitContext, { old, now, without }: Range): Promise<Source> {
  const objects = new ObjectReader(context);
  try {
    const place = await placeOf(context);
    const introduced: Introduced[] = [];
    for await (const each of introducedBy(context, [now, ...without])) introduced.push(each);
    const names = new Set(introduced.map(nameOf));
    const raw = await git(context, ['diff-tree', '-r', ...RAW_OUTPUT, old, now, '--']);
    // What only the other side brought, e.g. a merged main branch, is none of these commits' business.
    const changes = parseChanges(fieldsOf(raw)).filter(({ status, path, newOid }) => status === 'D' || names.has(`${newOid} ${path}`));
    const left = new Set(changes.map(({ path, newOid }) => `${newOid} ${path}`));
    const source = new ChangeSource(context, objects, {
      scope: 'commits',
      place,
      changes,
      now: new Revision(context, objects, now),
      old: new Revision(context, objects, old),
      passing: introduced.filter((each) => isFile(each.mode) && !left.has(nameOf(each))),
      notes: await cutOff(context, now, without),
    });
    return source;
  } catch (error) {
    objects.close();
    throw error;
  }
}

const nameOf = ({ oid, path }: Introduced): string => `${oid} ${path}`;

/** A sentence for a shallow clone whose history ends inside of the range. */
async function cutOff(context: GitContext, now: string, without: readonly string[]): Promise<string[]> {
  if ((await git(context, ['rev-parse', '--is-shallow-repository'])).toString().trim() !== 'true') return [];
  const roots = await git(context, ['rev-list', '--max-parents=0', now, ...without]);
  if (roots.length === 0) return [];
  return [
    'this clone is shallow and its history ends within the range, so all that its oldest commit holds counts as new; fetch more of it',
  ];
}
