/** What a repository has of its own that jwtlint fits into: hooks and who manages them, package manager, CI, ESLint. Only looks. */
import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { git, runGit, showTopLevel, type GitContext } from '../git.js';
import { readEditable } from './write.js';

/** What writes git's hooks. `plain`: nobody, they are files in git's directory. */
export type HookManager = 'husky' | 'lefthook' | 'simple-git-hooks' | 'pre-commit' | 'plain';

export type PackageManager = 'npm' | 'pnpm' | 'yarn' | 'bun';

/** What is needed of a package.json. */
export interface Manifest {
  readonly text: string;
  readonly scripts: Readonly<Record<string, unknown>>;
  /** Versions or ranges of all dependencies, by name. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly keys: ReadonlySet<string>;
  readonly packageManager: string | undefined;
  readonly workspaces: boolean;
}

/** Where git looks for hooks. */
export interface HookDirectory {
  /** Absolute path; it need not exist. */
  readonly path: string;
  /** Which configuration says so; `default` when none does. */
  readonly scope: 'default' | 'system' | 'global' | 'local' | 'worktree' | 'command' | 'unknown';
}

export interface Surroundings {
  /** Top level of the work tree, without links. */
  readonly root: string;
  /** The git directory that all work trees share, without links. */
  readonly gitDirectory: string;
  readonly hooks: HookDirectory;
  /** Directory of the package that jwtlint is installed in, relative to the root, `/`-separated, '' for the root itself. */
  readonly home: string;
  /** Undefined when there is no package.json. */
  readonly manifest: Manifest | undefined;
  /** Undefined without a lockfile or anything else that tells. */
  readonly packageManager: PackageManager | undefined;
  /** Yarn's way without node_modules. */
  readonly plugAndPlay: boolean;
  /** Those that the repository is configured for, in the order in which we prefer them. */
  readonly managers: readonly HookManager[];
  /** The one that git's hooks are of now; undefined when there are none. */
  readonly active: HookManager | undefined;
  /** A file of the root by the first of these names that exists. */
  readonly first: (...names: readonly string[]) => string | undefined;
  /** Names in a directory of the repository; none when it does not exist. */
  readonly list: (directory: string) => readonly string[];
  /** Addresses of the remotes. */
  readonly remotes: readonly string[];
  /** The branch that others start from, as far as git knows. */
  readonly defaultBranch: string | undefined;
}

export const LEFTHOOK_FILES = [
  'lefthook.yml',
  'lefthook.yaml',
  '.lefthook.yml',
  '.lefthook.yaml',
  '.config/lefthook.yml',
  '.config/lefthook.yaml',
];
const LEFTHOOK_OTHERS = ['lefthook.toml', '.lefthook.toml', 'lefthook.json', '.lefthook.json', 'lefthook.jsonc', '.lefthook.jsonc'];
export const SIMPLE_GIT_HOOKS_FILES = ['.simple-git-hooks.json', 'simple-git-hooks.json'];
const SIMPLE_GIT_HOOKS_OTHERS = ['.simple-git-hooks', 'simple-git-hooks'].flatMap((name) =>
  ['cjs', 'js', 'mjs'].map((ending) => `${name}.${ending}`),
);
export const PRE_COMMIT_FILE = '.pre-commit-config.yaml';

/**
 * Looks at the repository around a directory.
 * @throws JwtlintError `not-a-repository`, also in a bare one
 */
export async function lookAround(context: GitContext): Promise<Surroundings> {
  const root = realpathSync(await showTopLevel(context));
  const here = { cwd: root, env: context.env };
  const text = async (...args: readonly string[]): Promise<string | undefined> => {
    const { status, stdout } = await runGit(here, args);
    return status === 0 ? stdout.toString().replace(/\n$/, '') : undefined;
  };
  const gitDirectory = realpathSync(resolve(root, (await git(here, ['rev-parse', '--git-common-dir'])).toString().replace(/\n$/, '')));
  const hooks = await hookDirectory(here, root, gitDirectory);
  const home = homeOf(root, realpathSync(context.cwd));
  const manifest = readManifest(root, join(root, home, 'package.json'));
  const first = (...names: readonly string[]): string | undefined => names.find((name) => existsSync(join(root, name)));
  const near = (...names: readonly string[]): boolean =>
    names.some((name) => existsSync(join(root, home, name)) || existsSync(join(root, name)));
  const remotes = (await text('config', '--get-regexp', String.raw`^remote\..*\.url$`)) ?? '';
  return {
    root,
    gitDirectory,
    hooks,
    home,
    manifest,
    packageManager: packageManagerOf(manifest, near),
    plugAndPlay: near('.pnp.cjs', '.pnp.js'),
    managers: managersOf(root, home, hooks, manifest, first),
    active: activeManager(root, hooks),
    first,
    list: (directory) => namesIn(join(root, directory)),
    remotes: remotes.split('\n').map((line) => line.slice(line.indexOf(' ') + 1)),
    defaultBranch:
      ((await text('symbolic-ref', '--short', 'refs/remotes/origin/HEAD'))?.replace(/^origin\//, '') ??
        (await text('for-each-ref', '--format=%(refname:short)', 'refs/heads/main', 'refs/heads/master'))?.split('\n')[0]) ||
      undefined,
  };
}

/** The last setting counts; the very last one is the one with which we keep git from running any hook. */
async function hookDirectory(context: GitContext, root: string, gitDirectory: string): Promise<HookDirectory> {
  const { stdout } = await runGit(context, ['config', '--type=path', '--show-scope', '-z', '--get-all', 'core.hooksPath']);
  const fields = stdout.toString().split('\0').slice(0, -1);
  const [scope, path] = fields.slice(0, -2).slice(-2);
  if (path === undefined || path === '') return { path: join(gitDirectory, 'hooks'), scope: 'default' };
  const scopes = ['system', 'global', 'local', 'worktree', 'command'] as const;
  return { path: resolve(root, path), scope: scopes.find((name) => name === scope) ?? 'unknown' };
}

/** The nearest directory above with a manifest, down to the root; the root when there is none. */
function homeOf(root: string, cwd: string): string {
  for (let above = cwd; above !== root && above !== dirname(above); above = dirname(above)) {
    if (existsSync(join(above, 'package.json')) && !existsSync(join(root, 'package.json')))
      return relative(root, above).split(sep).join('/');
  }
  return '';
}

function readManifest(root: string, path: string): Manifest | undefined {
  const read = readEditable(path, root);
  if (read.kind !== 'text') return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(read.text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
  const manifest = objectOf(parsed);
  const dependencies = ['optionalDependencies', 'devDependencies', 'dependencies'].flatMap((kind) =>
    Object.entries(objectOf(manifest[kind])),
  );
  return {
    text: read.text,
    scripts: objectOf(manifest['scripts']),
    dependencies: Object.fromEntries(dependencies.map(([name, range]) => [name, typeof range === 'string' ? range : ''])),
    keys: new Set(Object.keys(manifest)),
    packageManager: typeof manifest['packageManager'] === 'string' ? manifest['packageManager'] : undefined,
    workspaces: manifest['workspaces'] !== undefined,
  };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function packageManagerOf(manifest: Manifest | undefined, near: (...names: readonly string[]) => boolean): PackageManager | undefined {
  const named = (['npm', 'pnpm', 'yarn', 'bun'] as const).find((name) => manifest?.packageManager?.startsWith(`${name}@`));
  if (named) return named;
  if (near('pnpm-lock.yaml')) return 'pnpm';
  if (near('yarn.lock')) return 'yarn';
  if (near('bun.lock', 'bun.lockb')) return 'bun';
  return near('package-lock.json', 'npm-shrinkwrap.json') ? 'npm' : undefined;
}

/** Husky 9 points git at `.husky/_`, earlier ones at `.husky`. */
const HUSKY_DIRECTORY = /(^|[\\/])\.husky([\\/]_)?$/;

function managersOf(
  root: string,
  home: string,
  hooks: HookDirectory,
  manifest: Manifest | undefined,
  first: Surroundings['first'],
): readonly HookManager[] {
  const uses = (name: string): boolean => Object.hasOwn(manifest?.dependencies ?? {}, name);
  const husky = uses('husky') || HUSKY_DIRECTORY.test(hooks.path) || existsSync(join(root, home, '.husky'));
  const lefthook = uses('lefthook') || first(...LEFTHOOK_FILES, ...LEFTHOOK_OTHERS) !== undefined;
  const simple =
    uses('simple-git-hooks') ||
    manifest?.keys.has('simple-git-hooks') ||
    first(...SIMPLE_GIT_HOOKS_FILES, ...SIMPLE_GIT_HOOKS_OTHERS) !== undefined;
  const framework = first(PRE_COMMIT_FILE) !== undefined;
  const found: [HookManager, boolean | undefined][] = [
    ['husky', husky],
    ['lefthook', lefthook],
    ['simple-git-hooks', simple],
    ['pre-commit', framework],
  ];
  return found.flatMap(([name, isThere]) => (isThere ? [name] : []));
}

/** Whose marks the installed hook carries. */
function activeManager(root: string, hooks: HookDirectory): HookManager | undefined {
  if (HUSKY_DIRECTORY.test(hooks.path)) return 'husky';
  for (const name of ['pre-commit', 'pre-push', 'commit-msg']) {
    const read = readEditable(join(hooks.path, name), realIfThere(hooks.path) ?? root);
    if (read.kind !== 'text') continue;
    if (/\blefthook\b/.test(read.text)) return 'lefthook';
    if (/^# (?:File generated by pre-commit|start templated)/m.test(read.text)) return 'pre-commit';
    if (read.text.includes('SKIP_SIMPLE_GIT_HOOKS')) return 'simple-git-hooks';
    return 'plain';
  }
  return undefined;
}

/** The path without links; undefined when there is nothing. */
export function realIfThere(path: string): string | undefined {
  return existsSync(path) ? realpathSync(path) : undefined;
}

/** Names in a directory; none for what is no directory. */
function namesIn(directory: string): readonly string[] {
  return lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(directory).sort() : [];
}

/** True when a path is in a directory or is it. */
export function isWithin(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
