/** `jwtlint init`: sets jwtlint up in a repository, as far as people let it. */
import { join } from 'node:path';
import { isEnvFile, isKeyFile } from '../../rules/facts/env-files.js';
import { formatBaseline } from '../baseline.js';
import { BASELINE_FILE, CONFIG_NAMES } from '../config.js';
import { EXIT, JwtlintError } from '../errors.js';
import { wantsColor, type Io } from '../io.js';
import type { Options } from '../options.js';
import { inert } from '../redact.js';
import { count } from '../reports/sentences.js';
import { creation, renderEdit, type FileEdit } from '../setup/edit.js';
import { ESLINT_CONFIGS, insertIntoEslintConfig } from '../setup/eslint-config.js';
import { managerOf, proposeHooks, type Proposal } from '../setup/hooks.js';
import { missingIgnoreLines, PROBES } from '../setup/ignore-lines.js';
import { lookAround, type Surroundings } from '../setup/surroundings.js';
import { proposeWorkflows } from '../setup/workflows.js';
import { applyEdits, planUndoing, readEditable, recordIn, undoEdits } from '../setup/write.js';
import type { Source } from '../sources/source.js';
import { openWorkTree } from '../sources/files.js';
import { VERSION } from '../version.js';
import { acceptedOf } from './baseline.js';
import { collect, configurationFor } from './collect.js';
import { agree } from './consent.js';

/**
 * Runs the command on the whole repository, from wherever in it.
 *
 * @returns 0 when it is set up, or when nobody wanted it; 130 when the question is broken off
 * @throws JwtlintError `usage` without anybody to ask, `not-a-repository`, `output`, or what a scan can fail at
 */
export async function init(options: Options, io: Io): Promise<number> {
  if (options.words.length > 0)
    throw new JwtlintError('usage', 'jwtlint init takes no paths', 'It sets up the repository around the working directory.');
  const around = await lookAround({ cwd: io.cwd, env: io.env });
  const record = recordIn(around.gitDirectory);
  if (options.undo) return await undo(around, record, options, io);
  const proposals = [proposeHooks(around), proposeWorkflows(around), await proposeEslint(around), proposeConfiguration(around)];
  const source = await openWorkTree({ cwd: around.root, env: io.env }, { cwd: around.root, paths: [], warnIgnored: true });
  try {
    const ignoring = await proposeIgnoring(around, source);
    proposals.push(ignoring, await proposeBaseline(around, source, ignoring.edits.length > 0, options, io));
  } finally {
    await source.close();
  }
  const edits = proposals.flatMap((proposal) => proposal.edits);
  const byHand = proposals.flatMap((proposal) => proposal.byHand);
  const next = [...installing(around), ...proposals.flatMap((proposal) => proposal.next)];
  io.stdout.write(found(around));
  const color = wantsColor(options, io);
  for (const edit of edits) io.stdout.write(`\n${renderEdit(edit, color)}`);
  if (edits.length === 0) {
    io.stdout.write('Everything is set up; nothing to change.\n');
    remaining(byHand, next, [], io);
    return EXIT.clean;
  }
  const agreed = await agree(`\nChange ${count(edits.length, 'file')}? [y/N] `, options, io);
  if (agreed !== true) {
    io.stdout.write('Nothing was changed.\n');
    return agreed === undefined ? EXIT.interrupted : EXIT.clean;
  }
  applyEdits(edits, record);
  io.stdout.write(`\n${count(edits.length, 'file')} changed. jwtlint init --undo takes it back.\n`);
  const inTree = edits.filter(({ path }) => !path.startsWith(`${around.gitDirectory}/`)).map(({ name }) => name);
  remaining(byHand, next, inTree, io);
  return EXIT.clean;
}

function found(around: Surroundings): string {
  const manager = managerOf(around);
  const hooks = manager === 'plain' ? 'git itself' : manager;
  const lines = [
    `Hooks by ${hooks}; packages by ${around.packageManager ?? (around.manifest ? 'npm (no lockfile)' : 'nobody: there is no package.json')}.`,
  ];
  const others = around.managers.filter((name) => name !== manager);
  if (others.length > 0) lines.push(`Configured besides: ${others.join(', ')}. git runs the hooks of one of them only.`);
  return `${lines.join('\n')}\n`;
}

function remaining(byHand: readonly string[], next: readonly string[], changed: readonly string[], io: Io): void {
  if (byHand.length > 0) io.stdout.write(`\nBy hand:\n${byHand.map((text) => `  - ${inertLines(text)}\n`).join('')}`);
  const steps = [...next, ...(changed.length > 0 ? [`git add ${changed.map(quoted).join(' ')}`] : []), 'npx jwtlint doctor'];
  io.stdout.write(`\nThen:\n${steps.map((text) => `  ${inertLines(text)}\n`).join('')}`);
}

function inertLines(text: string): string {
  return text
    .split('\n')
    .map((line) => inert(line))
    .join('\n    ');
}

function quoted(name: string): string {
  return /^[\w./@+-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}

/** How jwtlint gets into the package, when it is not there. */
function installing({ manifest, packageManager, home, first }: Surroundings): readonly string[] {
  if (!manifest || Object.hasOwn(manifest.dependencies, 'jwtlint')) return [];
  const command = {
    npm: 'npm install --save-dev --save-exact',
    pnpm: `pnpm add --save-dev --save-exact${first('pnpm-workspace.yaml') === undefined ? '' : ' --workspace-root'}`,
    yarn: `yarn add --dev --exact${manifest.workspaces && first('.yarnrc.yml') === undefined ? ' --ignore-workspace-root-check' : ''}`,
    bun: 'bun add --dev --exact',
  }[packageManager ?? 'npm'];
  return [`${home === '' ? '' : `cd ${quoted(home)} && `}${command} jwtlint@${VERSION}`];
}

async function proposeEslint(around: Surroundings): Promise<Proposal> {
  const name = around.first(...ESLINT_CONFIGS);
  if (name === undefined) return { edits: [], byHand: [], next: [] };
  const path = join(around.root, name);
  const there = readEditable(path, around.root);
  if (there.kind === 'text' && /\bjwtlint\b/.test(there.text)) return { edits: [], byHand: [], next: [] };
  const insertions = there.kind === 'text' ? await insertIntoEslintConfig(name, there.text) : undefined;
  if (there.kind !== 'text' || !insertions) {
    const text = `${name} cannot be added to. Write: import jwtlint from 'jwtlint/eslint'; and among its entries: jwtlint.configs.recommended`;
    return { edits: [], byHand: [text], next: [] };
  }
  return { edits: [{ path, name, before: there.text, insertions, kind: 'script' }], byHand: [], next: [] };
}

/** What holds without it, and its schema for editors. */
function proposeConfiguration({ root, home, manifest, first }: Surroundings): Proposal {
  const name = CONFIG_NAMES[0]!;
  if (first(name) !== undefined || manifest?.keys.has('jwtlint')) return { edits: [], byHand: [], next: [] };
  const schema = manifest && { $schema: `./${home === '' ? '' : `${home}/`}node_modules/jwtlint/schema.json` };
  return {
    edits: [creation(join(root, name), name, `${JSON.stringify({ ...schema, preset: 'recommended' }, undefined, 2)}\n`)],
    byHand: [],
    next: [],
  };
}

async function proposeIgnoring({ root }: Surroundings, source: Source): Promise<Proposal> {
  const ignored = (await source.ignored(PROBES)) ?? new Set<string>();
  const tracked = (await source.names((name) => isEnvFile(name) || isKeyFile(name) || name.startsWith('.env'))).filter(
    ({ tracking }) => tracking === 'tracked',
  );
  const lines = missingIgnoreLines(
    ignored,
    tracked.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)),
  );
  if (lines.length === 0) return { edits: [], byHand: [], next: [] };
  const name = '.gitignore';
  const path = join(root, name);
  const there = readEditable(path, root);
  if (there.kind === 'foreign') return { edits: [], byHand: [`${name} ${there.why}. Add to it: ${lines.join(', ')}`], next: [] };
  const text = `# Signing secrets and keys stay out of git.\n${lines.join('\n')}\n`;
  if (there.kind === 'absent') return { edits: [creation(path, name, text)], byHand: [], next: [] };
  const gap = there.text === '' ? '' : there.text.endsWith('\n') ? '\n' : '\n\n';
  const edit: FileEdit = { path, name, before: there.text, insertions: [{ at: there.text.length, text: `${gap}${text}` }], kind: 'text' };
  return { edits: [edit], byHand: [], next: [] };
}

async function proposeBaseline(around: Surroundings, source: Source, ignoring: boolean, options: Options, io: Io): Promise<Proposal> {
  if (around.first(BASELINE_FILE) !== undefined) return { edits: [], byHand: [], next: [] };
  const collected = await collect(source, await configurationFor(source, options, around.root), options, io);
  for (const { path, text } of collected.notices) io.stderr.write(`notice: ${inert(path === undefined ? text : `${path}: ${text}`)}\n`);
  // What the same set-up mends is no part of what is accepted.
  const accepted = await acceptedOf(collected, options, ({ reported }) => !(ignoring && reported.ruleId === 'require-gitignore'));
  if (accepted.entries.length === 0) return { edits: [], byHand: [], next: [] };
  const edit = creation(join(around.root, BASELINE_FILE), BASELINE_FILE, formatBaseline(accepted));
  return {
    edits: [edit],
    byHand: [],
    next: [`npx jwtlint baseline review   # ${count(accepted.entries.length, 'finding')} accepted for now`],
  };
}

async function undo(around: Surroundings, record: string, options: Options, io: Io): Promise<number> {
  const plan = planUndoing(record, [around.gitDirectory, around.root]);
  if (!plan) {
    io.stdout.write('jwtlint init has changed nothing here that could be taken back.\n');
    return EXIT.clean;
  }
  for (const { name, after } of plan.files) io.stdout.write(`${after === undefined ? 'remove' : 'take out of'} ${inert(name)}\n`);
  for (const name of plan.changed) io.stdout.write(`leave    ${inert(name)}: what was added there has been changed since\n`);
  const agreed = await agree(`Change ${count(plan.files.length, 'file')}? [y/N] `, options, io);
  if (agreed !== true) {
    io.stdout.write('Nothing was changed.\n');
    return agreed === undefined ? EXIT.interrupted : EXIT.clean;
  }
  undoEdits(plan, record);
  io.stdout.write(`${count(plan.files.length, 'file')} changed.\n`);
  return EXIT.clean;
}
