/** What git would run now: the installed hooks, what they lead to, and whether one of them can be run for a proof. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { managerOf } from './hooks.js';
import { runsJwtlint } from './shell-hook.js';
import { LEFTHOOK_FILES, PRE_COMMIT_FILE, type HookManager, type Surroundings } from './surroundings.js';
import { readEditable } from './write.js';
import { YamlFile } from './yaml-insertion.js';

/** One of git's hooks. */
export interface InstalledHook {
  readonly name: string;
  /** The file that git runs. */
  readonly path: string;
  readonly state: 'absent' | 'not executable' | 'there';
  /** Where jwtlint would have to be named, for people. */
  readonly place: string;
  /** What is written there; undefined when nothing is, or it cannot be read. */
  readonly text: string | undefined;
  readonly runsJwtlint: boolean;
}

/** Looks at a hook in the way of the manager that has it. */
export function installedHook(around: Surroundings, name: string): InstalledHook {
  const path = join(around.hooks.path, name);
  const stat = statSync(path, { throwIfNoEntry: false });
  const executable = process.platform === 'win32' || ((stat?.mode ?? 0) & 0o111) !== 0;
  const state = !stat?.isFile() ? 'absent' : executable ? 'there' : 'not executable';
  const [place, text] = sourceOf(around, managerOf(around), name);
  return { name, path, state, place, text, runsJwtlint: text !== undefined && runsJwtlint(text) };
}

/** The file in which people write what a hook does, and the part of it that is about this hook. */
function sourceOf(around: Surroundings, manager: HookManager, name: string): readonly [place: string, text: string | undefined] {
  const { root, hooks, first } = around;
  const textAt = (path: string, within: string): string | undefined => {
    const read = readEditable(path, within);
    return read.kind === 'text' ? read.text : undefined;
  };
  switch (manager) {
    case 'husky': {
      const directory = hooks.path.replace(/[\\/]_$/, '');
      return [join(directory, name), textAt(join(directory, name), root)];
    }
    case 'lefthook': {
      const file = first(...LEFTHOOK_FILES);
      const text = file === undefined ? undefined : textAt(join(root, file), root);
      const part = text === undefined ? undefined : YamlFile.read(text)?.value[name];
      return [file ?? 'lefthook.yml', part === undefined ? undefined : JSON.stringify(part)];
    }
    case 'pre-commit':
      return [PRE_COMMIT_FILE, textAt(join(root, PRE_COMMIT_FILE), root)];
    default: {
      const path = join(hooks.path, name);
      return [path, textAt(path, hooks.path)];
    }
  }
}

/** What rewrites the index or the files when a hook gets that far. */
const REWRITES =
  /\b(?:lint-staged|nano-staged|pretty-quick|lefthook|pre-commit\s+run|git\s+(?:add|stash|checkout|commit|reset|restore|rm|mv|clean|update-index))\b/;

/** The environment in which a hook can be run for a proof without touching anything, or why there is none. */
export type Provable = { readonly env: NodeJS.ProcessEnv } | { readonly why: string; readonly hint: string };

/**
 * Decides whether the pre-commit hook can be run on a canary.
 * @param changed whether tracked files of the work tree differ from HEAD
 */
export function provable(around: Surroundings, { text = '' }: InstalledHook, changed: boolean): Provable {
  switch (managerOf(around)) {
    case 'lefthook': {
      const part = JSON.parse(text === '' ? '{}' : text) as { commands?: object; jobs?: { name?: string }[] };
      const names = [...Object.keys(part.commands ?? {}), ...(part.jobs ?? []).map((job) => job.name)].filter((name) => name !== 'jwtlint');
      if (names.includes(undefined)) return { why: 'lefthook has a job without a name, which cannot be left out', hint: 'Give it a name.' };
      return { env: { LEFTHOOK_EXCLUDE: names.join(',') } };
    }
    case 'pre-commit': {
      if (changed)
        return {
          why: 'pre-commit puts changes aside while it runs, and there are some',
          hint: 'Commit or stash them, then run jwtlint doctor again.',
        };
      return { env: { SKIP: otherIds(text).join(',') } };
    }
    default:
      return isStoppedFirst(around, text)
        ? { env: {} }
        : {
            why: 'something that rewrites what is staged runs before jwtlint, or goes on after it',
            hint: 'Put the line of jwtlint first, and where the shell does not stop at a failure by itself, "|| exit" behind it.',
          };
  }
}

/** Ids of all hooks of the pre-commit framework but ours. */
function otherIds(text: string): string[] {
  const { repos } = (YamlFile.read(text)?.value ?? {}) as { repos?: { hooks?: { id?: unknown }[] }[] };
  const ids = (repos ?? []).flatMap(({ hooks }) => (hooks ?? []).map(({ id }) => id));
  return ids.filter((id) => typeof id === 'string').filter((id) => !id.startsWith('jwtlint'));
}

/** Programs of which nobody knows here what they run. */
const OPAQUE = /^\s*(?:\.{0,2}\/|make\b|just\b|task\b|sh\b|bash\b|eval\b)/;

/** True when nothing that rewrites the index is reached: it does not come before jwtlint, and after it only where the shell stops. */
function isStoppedFirst(around: Surroundings, text: string): boolean {
  const lines = text.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line));
  const at = lines.findIndex((line) => /\bjwtlint\b/.test(line));
  if (at < 0) return false;
  const [before = ''] = lines[at]!.split(/(?:\S*\/)?\bjwtlint\b/);
  const after = lines[at]!.slice(before.length);
  const rewrites = (line: string): boolean => REWRITES.test(withScripts(line, around));
  if ([...lines.slice(0, at), before].some((line) => rewrites(line) || OPAQUE.test(line))) return false;
  if (managerOf(around) === 'husky' || /^set -\w*e/m.test(text) || /\|\| *exit\b|&&/.test(after)) return true;
  return ![after, ...lines.slice(at + 1)].some((line) => rewrites(line) || OPAQUE.test(line));
}

/** A line of a hook with the text of the package's scripts that it runs, and of those that they run. */
function withScripts(line: string, { manifest }: Surroundings): string {
  let text = line;
  let last = line;
  for (let depth = 0; depth < 3; depth++) {
    const names = [...last.matchAll(/\b(?:npm|pnpm|yarn|bun)\s+(?:-\S+\s+)*(?:run(?:-script)?\s+)?(?:-\S+\s+)*([\w:.-]+)/g)].map(
      ([, name]) => name!,
    );
    last = names
      .flatMap((name) => [`pre${name}`, name, `post${name}`].map((script) => manifest?.scripts[script]))
      .filter((script) => typeof script === 'string')
      .join('\n');
    text += `\n${last}`;
  }
  return text;
}

/** The jwtlint that a hook starts: undefined when it is not installed; its version is undefined when it does not say. */
export function installedProgram({ root, home }: Surroundings): { readonly version: string | undefined } | undefined {
  if (!existsSync(join(root, home, 'node_modules/.bin/jwtlint'))) return undefined;
  const manifest = join(root, home, 'node_modules/jwtlint/package.json');
  if (!existsSync(manifest)) return { version: undefined };
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version?: unknown };
  return { version: typeof version === 'string' ? version : undefined };
}

/** The file with which husky prepares the shell of its hooks. */
export function huskyPreparation(env: NodeJS.ProcessEnv): { readonly path: string; readonly exists: boolean } {
  const path = join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'husky', 'init.sh');
  return { path, exists: existsSync(path) };
}

/** Whether husky has written the files that git is pointed at. */
export function huskyIsThere({ hooks }: Surroundings): boolean {
  return existsSync(hooks.path.endsWith('_') ? join(hooks.path, 'h') : join(hooks.path, '_', 'husky.sh'));
}
