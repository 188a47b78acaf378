/** The program as a function of its surroundings: arguments and streams in, exit status out. */
import { EXIT, JwtlintError } from './errors.js';
import type { Io } from './io.js';
import { commandMeant, parseOptions, type ChangeScope, type Command, type Options } from './options.js';
import type { Source } from './sources/source.js';
import { openStaged } from './sources/staged.js';

/** The commands besides scan, each loaded when it is asked for. */
const COMMANDS: Readonly<Record<Exclude<Command, 'scan'>, () => Promise<(options: Options, io: Io) => Promise<number>>>> = {
  baseline: async () => (await import('./commands/baseline.js')).baseline,
  history: async () => (await import('./commands/history.js')).history,
  init: async () => (await import('./commands/init.js')).init,
  doctor: async () => (await import('./commands/doctor.js')).doctor,
  generate: async () => (await import('./commands/generate.js')).generate,
  rotate: async () => (await import('./commands/rotate.js')).rotate,
  fix: async () => (await import('./commands/fix.js')).fix,
  audit: async () => (await import('./commands/audit.js')).audit,
  merge: async () => (await import('./commands/merge.js')).merge,
  explain: async () => (await import('./commands/explain.js')).explain,
  rules: async () => (await import('./commands/explain.js')).listRules,
};

/**
 * Runs jwtlint.
 *
 * @returns 0 clean, 1 findings, 2 the job could not be done
 */
export async function main(io: Io): Promise<number> {
  let options: Options | undefined;
  let sources: readonly Source[] = [];
  try {
    options = parseOptions(io.argv, io.cwd);
    if (options.help) {
      const { HELP_OF } = await import('./help.js');
      io.stdout.write(HELP_OF[options.command]);
      return EXIT.clean;
    }
    if (options.version) {
      const { VERSION } = await import('./version.js');
      io.stdout.write(`${VERSION}\n`);
      return EXIT.clean;
    }
    if (options.command === 'scan' && io.env['JWTLINT_SKIP'] === '1') {
      io.stderr.write('jwtlint: skipped, nothing was checked (JWTLINT_SKIP=1)\n');
      return EXIT.clean;
    }
    if (options.command !== 'scan') {
      const run = await COMMANDS[options.command]();
      return await run(options, io);
    }
    if (options.printConfig !== undefined) {
      const { printConfig } = await import('./commands/print-config.js');
      return await printConfig(options.printConfig, options, io);
    }
    // git works while the rest of the program is loaded.
    const opening = options.change ? openChange(options.change, io) : openFiles(options, io);
    opening.catch(() => undefined);
    const { scan } = await import('./commands/scan.js');
    sources = await opening;
    return await scan(sources, options, io);
  } catch (error) {
    const { describeError } = await import('./redact.js');
    io.stderr.write(`${describeError(error, options?.debug ?? io.argv.includes('--debug'))}\n`);
    return EXIT.failed;
  } finally {
    for (const source of sources) await source.close();
  }
}

async function openFiles(options: Options, { cwd, env, stdin }: Io): Promise<readonly Source[]> {
  if (options.stdin !== undefined) {
    const { openStdin } = await import('./sources/stdin.js');
    return [openStdin({ cwd, filename: options.stdin, input: stdin() })];
  }
  const { openWorkTree } = await import('./sources/files.js');
  const [word, ...others] = options.paths;
  try {
    return [await openWorkTree({ cwd, env }, { cwd, paths: options.paths, warnIgnored: options.warnIgnored })];
  } catch (error) {
    const meant = word === undefined || others.length > 0 ? undefined : commandMeant(word);
    if (meant === undefined || !(error instanceof JwtlintError) || error.code !== 'path-not-found') throw error;
    throw new JwtlintError(error.code, error.message, `Did you mean ${meant}?`, { cause: error });
  }
}

/** Of a push there is a source for each ref that gets new commits. */
async function openChange(change: ChangeScope, { cwd, env, stdin, stdinIsTerminal }: Io): Promise<readonly Source[]> {
  const context = { cwd, env };
  switch (change.kind) {
    case 'staged':
      return [await openStaged(context)];
    case 'changed': {
      const { openChanged } = await import('./sources/work-tree-change.js');
      return [await openChanged(context, change.since)];
    }
    case 'range': {
      const { openRange } = await import('./sources/commits.js');
      return [await openRange(context, change.range)];
    }
    default: {
      const { kind: hook, remote } = change;
      const { openPush, pushOfFramework } = await import('./sources/commits.js');
      const handed = hook === 'pre-push' ? await pushOfFramework(context) : undefined;
      if (handed !== undefined) return openPush(context, { hook, input: handed, remote: env['PRE_COMMIT_REMOTE_NAME'] });
      if (stdinIsTerminal()) {
        throw new JwtlintError(
          'usage',
          `--${hook} reads what git tells its ${hook} hook on standard input`,
          'For commits by name: --range A..B',
        );
      }
      let input = '';
      for await (const chunk of stdin()) input += Buffer.from(chunk).toString();
      return openPush(context, { hook, input, remote });
    }
  }
}
