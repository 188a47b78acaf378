/** `jwtlint doctor`: says whether the hooks of a repository really run jwtlint, and proves it for the one that counts most. */
import { delimiter } from 'node:path';
import { styleText } from 'node:util';
import { NO_CONFIGURATION } from '../config.js';
import { randomSalt } from '../crypto.js';
import { EXIT, JwtlintError } from '../errors.js';
import { runGit, type GitContext } from '../git.js';
import { wantsColor, type Io } from '../io.js';
import type { Options } from '../options.js';
import { inert } from '../redact.js';
import { count } from '../reports/sentences.js';
import { runOnCanary, withCanary } from '../setup/hook-proof.js';
import { hookCommand, managerOf } from '../setup/hooks.js';
import { huskyIsThere, huskyPreparation, installedHook, installedProgram, provable, type InstalledHook } from '../setup/installed-hooks.js';
import { desktopPath, nodeIn } from '../setup/node-in-path.js';
import { lookAround, type Surroundings } from '../setup/surroundings.js';
import { openStaged } from '../sources/staged.js';
import { VERSION } from '../version.js';
import { collect, configurationFor } from './collect.js';

/** One thing that was looked at. `problem`: the hook does not work; `warning`: it does not always, or not for everybody. */
interface Check {
  readonly is: 'ok' | 'warning' | 'problem' | 'not proven';
  readonly says: string;
  /** What to do about it. */
  readonly hint?: string;
}

/**
 * Runs the command.
 *
 * @returns 0 when the pre-commit hook was seen to refuse a secret, 1 when something is wrong, 2 when nothing is but it could not be proved
 * @throws JwtlintError `not-a-repository`, also in a bare one
 */
export async function doctor(options: Options, io: Io): Promise<number> {
  if (options.words.length > 0)
    throw new JwtlintError('usage', 'jwtlint doctor takes no paths', 'It looks at the repository around the working directory.');
  const around = await lookAround({ cwd: io.cwd, env: io.env });
  const paint = wantsColor(options, io) ? painted : undefined;
  const checks: Check[] = [];
  const say = (check: Check): void => {
    checks.push(check);
    const label = check.is.padEnd(10);
    io.stdout.write(`${paint ? paint(check.is, label) : label}  ${inert(check.says)}\n`);
    if (check.hint !== undefined) io.stdout.write(`            ${inert(check.hint)}\n`);
  };
  for (const check of [...ofPrograms(around, io), ...ofManagers(around), ...ofHooks(around)]) say(check);
  const broken = checks.some(({ is }) => is === 'problem');
  const proof = broken ? undefined : await prove(around, options, io);
  if (proof === 'interrupted') return EXIT.interrupted;
  if (proof) say(proof);
  const problems = checks.filter(({ is }) => is === 'problem').length;
  if (problems > 0) {
    io.stdout.write(`\n${count(problems, 'problem')}: a secret could be committed here.\n`);
    return EXIT.findings;
  }
  if (proof?.is !== 'ok') {
    io.stdout.write('\nNothing is wrong that could be seen, but that the hook works is not proven.\n');
    return EXIT.failed;
  }
  io.stdout.write('\nThe pre-commit hook works.\n');
  return EXIT.clean;
}

const STYLES = { ok: 'green', warning: 'yellow', problem: 'red', 'not proven': 'yellow' } as const;

function painted(is: Check['is'], text: string): string {
  return styleText(STYLES[is], text, { validateStream: false });
}

// --- programs ------------------------------------------------------------------------------------------------------

/** As in package.json: `^20.19.0 || >=22.12.0`. */
function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
}

const NEEDED = 'jwtlint needs Node.js 20.19 or later, or 22.12 or later.';

function unfit(version: string | undefined): string {
  return version === undefined ? 'no Node.js that works' : `Node.js ${version}: too old`;
}

function* ofPrograms(around: Surroundings, io: Io): Generator<Check> {
  const node = process.versions.node;
  if (isSupported(node)) yield { is: 'ok', says: `Node.js ${node}` };
  else yield { is: 'problem', says: `Node.js ${node} is too old for jwtlint`, hint: NEEDED };
  const found = nodeIn((io.env['PATH'] ?? '').split(delimiter));
  if (found?.version !== node) {
    if (found === undefined)
      yield { is: 'problem', says: 'hooks find no node in PATH', hint: `Put the directory of ${process.execPath} there.` };
    else if (found.version === undefined || !isSupported(found.version))
      yield { is: 'problem', says: `hooks find ${found.path} in PATH, which is ${unfit(found.version)}`, hint: NEEDED };
    else yield { is: 'ok', says: `hooks find Node.js ${found.version} in PATH` };
  }
  if (around.manifest && !around.plugAndPlay) {
    const program = installedProgram(around);
    if (!program)
      yield {
        is: 'problem',
        says: 'jwtlint is not installed here',
        hint: 'Install the packages of this work tree, with jwtlint among the devDependencies.',
      };
    else if (program.version !== undefined && program.version !== VERSION)
      yield { is: 'warning', says: `the hook runs jwtlint ${program.version}, and this is ${VERSION}` };
    else yield { is: 'ok', says: `jwtlint ${program.version ?? 'of unknown version'} is installed` };
  }
  for (const [name, means] of [
    ['JWTLINT_SKIP', 'jwtlint'],
    ['HUSKY', 'husky'],
    ['LEFTHOOK', 'lefthook'],
    ['SKIP_SIMPLE_GIT_HOOKS', 'simple-git-hooks'],
  ] as const) {
    if (means !== 'jwtlint' && means !== managerOf(around)) continue;
    const value = io.env[name];
    const off = name === 'HUSKY' || name === 'LEFTHOOK' ? value === '0' || value === 'false' : value === '1';
    if (off) yield { is: 'problem', says: `${name}=${value!} switches ${means} off`, hint: `Unset ${name}.` };
  }
  const desktop = desktopPath();
  const fromDesktop = desktop && nodeIn(desktop);
  if (desktop && (fromDesktop?.version === undefined || !isSupported(fromDesktop.version))) {
    const husky = managerOf(around) === 'husky';
    const preparation = huskyPreparation(io.env);
    if (husky && preparation.exists)
      yield { is: 'ok', says: `${preparation.path} prepares the hooks of git clients that start from the desktop` };
    else
      yield {
        is: 'warning',
        says: `a git client that is started from the desktop ${fromDesktop ? `finds ${fromDesktop.path}, which is ${unfit(fromDesktop.version)}` : 'does not find node in its PATH'}`,
        hint: husky ? `Set PATH in ${preparation.path}.` : 'Start it from a terminal, or put node where all programs find it.',
      };
  }
}

// --- hooks ---------------------------------------------------------------------------------------------------------

function* ofManagers(around: Surroundings): Generator<Check> {
  const { hooks, managers, active, manifest } = around;
  const manager = managerOf(around);
  const from = hooks.scope === 'default' ? '' : ` (core.hooksPath, ${hooks.scope})`;
  if (manager === 'husky' && active === 'husky' && !huskyIsThere(around)) {
    yield {
      is: 'problem',
      says: `git looks for hooks in ${hooks.path}${from}, and husky has not written them: git runs nothing, and says nothing`,
      hint: 'A work tree of its own needs its own: install the packages there, or run npx husky.',
    };
  } else yield { is: 'ok', says: `git looks for hooks in ${hooks.path}${from}` };
  if (manager !== 'plain' && active !== manager) {
    const install = {
      husky: 'npx husky',
      lefthook: 'npx lefthook install',
      'simple-git-hooks': 'npx simple-git-hooks',
      'pre-commit': 'pre-commit install -t pre-commit -t pre-merge-commit -t pre-push',
    };
    yield { is: 'problem', says: `${manager} is configured, but git's hooks are not its own`, hint: `Run ${install[manager]}` };
  }
  const others = managers.filter((name) => name !== manager);
  if (others.length > 0)
    yield {
      is: 'warning',
      says: `${[manager, ...others].join(' and ')} compete for git's hooks; ${manager} has them`,
      hint: `What ${others.join(' and ')} would run is never run. Keep one of them.`,
    };
  if (manager === 'plain' && manifest && hooks.scope === 'default')
    yield {
      is: 'warning',
      says: 'the hooks are of this clone only',
      hint: 'A hook manager gives them to everybody; CI checks what comes without them.',
    };
}

/** What each hook is for, and how bad it is without. */
const HOOKS = [
  ['pre-commit', 'problem', '--staged'],
  ['pre-merge-commit', 'warning', '--staged'],
  ['pre-push', 'warning', '--pre-push "$@"'],
] as const;

function* ofHooks(around: Surroundings): Generator<Check> {
  for (const [name, without, argument] of HOOKS) {
    const hook = installedHook(around, name);
    if (hook.runsJwtlint && hook.state === 'there') yield { is: 'ok', says: `${name} runs jwtlint (${hook.place})` };
    else yield { is: without, ...faultOf(around, hook, `${hookCommand(around)} ${argument}`) };
  }
}

function faultOf(
  around: Surroundings,
  { name, place, path, runsJwtlint, state }: InstalledHook,
  line: string,
): { says: string; hint: string } {
  if (!runsJwtlint) return { says: `${name} does not run jwtlint`, hint: `jwtlint init adds it, or write in ${place}: ${line}` };
  if (state === 'not executable') return { says: `${path} is not executable, so that git passes over it`, hint: `chmod +x ${path}` };
  const again = managerOf(around) === 'plain' ? 'jwtlint init writes it.' : `Let ${managerOf(around)} install its hooks again.`;
  return { says: `${name} is configured in ${place}, but git has no such hook`, hint: again };
}

// --- the proof -----------------------------------------------------------------------------------------------------

async function prove(around: Surroundings, options: Options, io: Io): Promise<Check | 'interrupted'> {
  const here: GitContext = { cwd: around.root, env: io.env };
  const hook = installedHook(around, 'pre-commit');
  const changed = (await runGit(here, ['status', '--porcelain', '--untracked-files=no'])).stdout.length > 0;
  const way = provable(around, hook, changed);
  if ('why' in way) return { is: 'not proven', says: `the hook was not tried: ${way.why}`, hint: way.hint };
  if ((await runGit(here, ['hook', '-h'])).stderr.includes('is not a git command'))
    return { is: 'not proven', says: 'the hook was not tried: this git cannot run one by itself', hint: 'git 2.36 and later can.' };
  const mark = randomSalt().slice(0, 12);
  return await withCanary(around.root, io.env, mark, async (canary): Promise<Check | 'interrupted'> => {
    const source = await openStaged(canary.context);
    try {
      const configuration = options.config === false ? NO_CONFIGURATION : await configurationFor(source, options, around.root);
      const { findings } = await collect(source, configuration, options, io);
      if (!findings.some(({ reported }) => reported.level === 'error' && reported.location.path === canary.file))
        return {
          is: 'not proven',
          says: 'the hook was not tried: the configuration lets even a secret pass that is written at the top of the repository',
        };
    } finally {
      await source.close();
    }
    const { status, output } = await runOnCanary(canary, way.env);
    if (status === 'interrupted') return 'interrupted';
    if (status === 'late')
      return {
        is: 'problem',
        says: 'the pre-commit hook took longer than two minutes and was ended',
        hint: 'Is it waiting for an answer?',
      };
    if (status === 0)
      return { is: 'problem', says: 'the pre-commit hook accepted a secret', hint: 'Does it reach jwtlint, and stop when it fails?' };
    if (output.includes(canary.file)) return { is: 'ok', says: 'the pre-commit hook refused a made-up secret' };
    return {
      is: 'problem',
      says: `the pre-commit hook failed (${String(status)}), but not because of the secret`,
      hint: 'What it says: git hook run pre-commit',
    };
  });
}
