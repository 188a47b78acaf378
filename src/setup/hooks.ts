/** Puts jwtlint into the hooks of a repository, in the way of the manager that writes them. */
import { isAbsolute, join, relative, sep } from 'node:path';
import { VERSION } from '../version.js';
import { creation, type FileEdit, type Insertion } from './edit.js';
import { JsonFile } from './json-insertion.js';
import { insertCheck, insertPushCheck, isShellScript, runsJwtlint } from './shell-hook.js';
import {
  isWithin,
  LEFTHOOK_FILES,
  PRE_COMMIT_FILE,
  realIfThere,
  SIMPLE_GIT_HOOKS_FILES,
  type HookManager,
  type Surroundings,
} from './surroundings.js';
import { readEditable } from './write.js';
import { YamlFile } from './yaml-insertion.js';

/** What set-up wants to do, and what it leaves to people. */
export interface Proposal {
  readonly edits: readonly FileEdit[];
  /** Sentences: what could not be written, and the line to write. */
  readonly byHand: readonly string[];
  /** Commands or sentences: what is to be done afterwards. */
  readonly next: readonly string[];
}

/** Hooks in which what is staged is checked; git runs the second one for a merge without conflicts. */
const CHECKING = ['pre-commit', 'pre-merge-commit'] as const;

/** The manager whose hooks get the lines: the one that is in place, else the one that is configured. */
export function managerOf({ active, managers }: Surroundings): HookManager {
  if (active !== undefined && (active !== 'plain' || managers.length === 0)) return active;
  return managers[0] ?? 'plain';
}

/** How a hook starts jwtlint; hooks run at the top of the work tree. */
export function hookCommand({ home, manifest, plugAndPlay }: Surroundings): string {
  if (!manifest) return `npx --yes jwtlint@${VERSION}`;
  if (plugAndPlay) return 'yarn jwtlint';
  return `${home === '' ? '' : `${shellWord(home)}/`}node_modules/.bin/jwtlint`;
}

function shellWord(text: string): string {
  return /^[\w./@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Proposes the hooks. */
export function proposeHooks(around: Surroundings): Proposal {
  switch (managerOf(around)) {
    case 'husky':
      return inHusky(around);
    case 'lefthook':
      return inLefthook(around);
    case 'simple-git-hooks':
      return inSimpleGitHooks(around);
    case 'pre-commit':
      return inPreCommit(around);
    case 'plain':
      return inGitDirectory(around);
  }
}

const nameIn = ({ root }: Surroundings, path: string): string => {
  const name = relative(root, path);
  return name.startsWith('..') || isAbsolute(name) ? path : name.split(sep).join('/');
};

interface ShellHooks {
  /** Absolute path of the directory that they are in. */
  readonly directory: string;
  readonly within: string;
  readonly command: string;
  /** What a new file begins with. */
  readonly head: string;
  /** Whether git itself runs the files, so that they must be executable. */
  readonly executable: boolean;
  /** Whether the shell stops at the first command that fails. */
  readonly stops: boolean;
}

function inShellHooks(around: Surroundings, { directory, within, command, head, executable, stops }: ShellHooks): Proposal {
  const edits: FileEdit[] = [];
  const byHand: string[] = [];
  const check = `${command} --staged`;
  const propose = (hook: string, fresh: string, insert: (text: string) => Insertion | undefined): void => {
    const path = join(directory, hook);
    const name = nameIn(around, path);
    const there = readEditable(path, within);
    if (there.kind === 'absent') {
      edits.push(creation(path, name, `${head}${fresh}\n`, executable));
      return;
    }
    if (there.kind === 'foreign') {
      byHand.push(`${name} ${there.why}. Let it run: ${fresh}`);
      return;
    }
    if (runsJwtlint(there.text)) return;
    if (!isShellScript(there.text)) {
      byHand.push(`${name} is no shell script. Let it run: ${fresh}`);
      return;
    }
    const insertion = insert(there.text);
    if (insertion) edits.push({ path, name, before: there.text, insertions: [insertion], kind: 'text' });
    else byHand.push(`${name} holds a here-document. Add before all else: ${fresh}`);
  };
  for (const hook of CHECKING) propose(hook, check, (text) => insertCheck(text, stops ? check : `${check} || exit`));
  propose('pre-push', `${command} --pre-push "$@"`, (text) => insertPushCheck(text, command));
  return { edits, byHand, next: [] };
}

const BEFORE_HUSKY_9 = /^[\^~>=v\s]*[5-8](?:\.|$)/;

function inHusky(around: Surroundings): Proposal {
  const { root, home, manifest, hooks, plugAndPlay } = around;
  const range = manifest?.dependencies['husky'] ?? '';
  // What an old husky was told may be left over beside the files of a new one.
  if (manifest?.keys.has('husky') && realIfThere(join(root, home, '.husky')) === undefined)
    return { edits: [], byHand: ['package.json configures a husky before version 5. Update it, then run jwtlint init again.'], next: [] };
  const older = BEFORE_HUSKY_9.test(range);
  const set = isWithin(root, hooks.path) && hooks.scope !== 'default';
  const directory = set ? hooks.path.replace(/[\\/]_$/, '') : join(root, home, '.husky');
  const proposal = inShellHooks(around, {
    directory,
    within: root,
    // Husky 9 has node_modules/.bin of the top in its PATH.
    command: older || plugAndPlay || home !== '' || !manifest ? hookCommand(around) : 'jwtlint',
    head: older ? '#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n\n' : '',
    executable: older,
    stops: true,
  });
  const next: string[] = [];
  if (!set) next.push(prepares(manifest?.scripts) ? 'npx husky' : 'npm pkg set scripts.prepare=husky && npx husky');
  return { ...proposal, next };
}

function prepares(scripts: Readonly<Record<string, unknown>> = {}): boolean {
  return ['prepare', 'postinstall', 'postprepare'].some((name) => typeof scripts[name] === 'string' && scripts[name].includes('husky'));
}

/** Files in git's own directory, or in one that the repository points git at. */
function inGitDirectory(around: Surroundings): Proposal {
  const { root, gitDirectory, hooks } = around;
  const inside = [gitDirectory, root].find((directory) => isWithin(directory, realIfThere(hooks.path) ?? hooks.path));
  if (inside === undefined) {
    const lines = [`${hookCommand(around)} --staged`, `${hookCommand(around)} --pre-push "$@"`];
    const text = `git's hooks are those of ${hooks.path}, for all repositories (core.hooksPath, ${hooks.scope}). Let its pre-commit and pre-merge-commit run: ${lines[0]!}; and its pre-push: ${lines[1]!}`;
    return { edits: [], byHand: [text], next: [] };
  }
  const proposal = inShellHooks(around, {
    directory: hooks.path,
    within: inside,
    command: hookCommand(around),
    head: '#!/bin/sh\n',
    executable: true,
    stops: false,
  });
  const shared = inside === root ? [] : ['These hooks are of this clone only. A manager such as husky gives them to everybody.'];
  return { ...proposal, next: proposal.edits.length > 0 ? shared : [] };
}

function inLefthook(around: Surroundings): Proposal {
  const { root, first } = around;
  const command = hookCommand(around);
  const lines = {
    staged: ['jwtlint:', `  run: ${command} --staged`],
    push: ['jwtlint:', `  run: ${command} --pre-push {0}`, '  use_stdin: true'],
  };
  const name = first(...LEFTHOOK_FILES);
  const path = join(root, name ?? 'lefthook.yml');
  const asked = (): string =>
    `${name ?? 'The configuration of lefthook'} cannot be added to. Write under pre-commit and pre-merge-commit, in commands: ${lines.staged.join(' ').trim()}; under pre-push: ${lines.push.join(' ')}`;
  const there = readEditable(path, root);
  const file = there.kind === 'text' ? YamlFile.read(there.text) : undefined;
  if (there.kind !== 'text' || !file) return { edits: [], byHand: [asked()], next: [] };
  if (runsJwtlint(there.text)) return { edits: [], byHand: [], next: [] };
  const insertions: Insertion[] = [];
  const appended: string[] = [];
  for (const hook of [...CHECKING, 'pre-push']) {
    const ours = hook === 'pre-push' ? lines.push : lines.staged;
    const known = file.value[hook] as { commands?: unknown; jobs?: unknown } | undefined;
    if (known === undefined) {
      appended.push('', `${hook}:`, '  commands:', ...ours.map((line) => `    ${line}`));
      continue;
    }
    const asJob = [`- name: jwtlint`, ...ours.slice(1)];
    const at =
      known.jobs === undefined
        ? (file.prepend([hook, 'commands'], ours) ?? file.prepend([hook], ['commands:', ...ours.map((line) => `  ${line}`)]))
        : file.prepend([hook, 'jobs'], asJob);
    // A mapping that has commands in another layout would get the key twice.
    if (!at || (known.commands !== undefined && at.text.includes('commands:'))) return { edits: [], byHand: [asked()], next: [] };
    insertions.push(at);
  }
  if (appended.length > 0) insertions.push(file.append(appended.slice(1)));
  const edit: FileEdit = { path, name: name!, before: there.text, insertions: insertions.sort((a, b) => a.at - b.at), kind: 'settings' };
  return { edits: [edit], byHand: [], next: around.active === 'lefthook' ? [] : ['npx lefthook install'] };
}

function inSimpleGitHooks(around: Surroundings): Proposal {
  const { root, home, first } = around;
  const command = hookCommand(around);
  const key = 'simple-git-hooks';
  const ownFile = first(...SIMPLE_GIT_HOOKS_FILES);
  const name = ownFile ?? (home === '' ? 'package.json' : `${home}/package.json`);
  const path = join(root, name);
  const there = readEditable(path, root);
  const file = there.kind === 'text' ? JsonFile.read(there.text) : undefined;
  const at = ownFile === undefined ? [key] : [];
  const next = ['npx simple-git-hooks'];
  const push = `${command} --pre-push "$@"`;
  if (there.kind !== 'text' || !file?.hasObject(at)) {
    const text = `The configuration of ${key} cannot be added to. Give its pre-commit and pre-merge-commit the command: ${command} --staged; and its pre-push: ${push}`;
    return { edits: [], byHand: [text], next };
  }
  const insertions: Insertion[] = [];
  const members: [string, string][] = [];
  for (const hook of CHECKING) {
    const known = file.string([...at, hook]);
    if (known === undefined) members.push([hook, `${command} --staged`]);
    else if (!runsJwtlint(known)) insertions.push(file.prependToString([...at, hook], `${command} --staged && `));
  }
  const pushing = file.string([...at, 'pre-push']);
  if (pushing === undefined) members.push(['pre-push', push]);
  else if (!runsJwtlint(pushing)) {
    const reading = `pushed=$(cat); printf '%s\\n' "$pushed" | ${push} || exit; printf '%s\\n' "$pushed" | `;
    insertions.push(file.prependToString([...at, 'pre-push'], `${reading}{ `), file.appendToString([...at, 'pre-push'], '; }'));
  }
  if (members.length > 0) insertions.push(file.prependMembers(at, members));
  if (insertions.length === 0) return { edits: [], byHand: [], next: [] };
  const edit: FileEdit = { path, name, before: there.text, insertions: insertions.sort((a, b) => a.at - b.at), kind: 'settings' };
  return { edits: [edit], byHand: [], next };
}

function inPreCommit(around: Surroundings): Proposal {
  const path = join(around.root, PRE_COMMIT_FILE);
  const command = hookCommand(around);
  const hook = (id: string, entry: string, stages: string): string[] => [
    `    - id: ${id}`,
    `      name: ${id}`,
    `      entry: ${entry}`,
    '      language: system',
    '      pass_filenames: false',
    '      always_run: true',
    `      stages: [${stages}]`,
  ];
  const lines = [
    '- repo: local',
    '  hooks:',
    ...hook('jwtlint', `${command} --staged`, 'pre-commit, pre-merge-commit'),
    ...hook('jwtlint-pre-push', `${command} --pre-push`, 'pre-push'),
  ];
  const there = readEditable(path, around.root);
  if (there.kind === 'text' && /\bjwtlint\b/.test(there.text)) return { edits: [], byHand: [], next: [] };
  const file = there.kind === 'text' ? YamlFile.read(there.text) : undefined;
  const insertion = file?.prepend(['repos'], lines);
  if (there.kind !== 'text' || !insertion)
    return { edits: [], byHand: [`${PRE_COMMIT_FILE} cannot be added to. Write under repos:\n${lines.join('\n')}`], next: [] };
  const edit: FileEdit = { path, name: PRE_COMMIT_FILE, before: there.text, insertions: [insertion], kind: 'settings' };
  return { edits: [edit], byHand: [], next: ['pre-commit install -t pre-commit -t pre-merge-commit -t pre-push'] };
}
