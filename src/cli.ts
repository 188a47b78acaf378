/** The program as a function of its surroundings: arguments and streams in, exit status out. */
import { EXIT, JwtlintError } from './errors.js';
import type { Io } from './io.js';
import { parseOptions, type Options } from './options.js';
import type { Source } from './sources/source.js';
import { openStaged } from './sources/staged.js';

/**
 * Runs jwtlint.
 *
 * @returns 0 clean, 1 findings, 2 the job could not be done
 */
export async function main(io: Io): Promise<number> {
  let options: Options | undefined;
  let source: Source | undefined;
  try {
    options = parseOptions(io.argv);
    if (options.help) {
      const { HELP } = await import('./help.js');
      io.stdout.write(HELP);
      return EXIT.clean;
    }
    if (options.version) {
      const { VERSION } = await import('./version.js');
      io.stdout.write(`${VERSION}\n`);
      return EXIT.clean;
    }
    if (io.env['JWTLINT_SKIP'] === '1') {
      io.stderr.write('jwtlint: skipped, nothing was checked (JWTLINT_SKIP=1)\n');
      return EXIT.clean;
    }
    // git works while the rest of the program is loaded.
    const opening = openSource(options, io);
    opening.catch(() => undefined);
    const { scan } = await import('./commands/scan.js');
    source = await opening;
    return await scan(source, options, io);
  } catch (error) {
    const { describeError } = await import('./redact.js');
    io.stderr.write(`${describeError(error, options?.debug ?? io.argv.includes('--debug'))}\n`);
    return EXIT.failed;
  } finally {
    await source?.close();
  }
}

async function openSource(options: Options, { cwd, env, stdin }: Io): Promise<Source> {
  if (options.staged) {
    return openStaged({ cwd, env });
  }
  if (options.stdin !== undefined) {
    const { openStdin } = await import('./sources/stdin.js');
    return openStdin({ cwd, filename: options.stdin, input: stdin() });
  }
  const { openTree } = await import('./sources/tree.js');
  const wanted = { cwd, paths: options.paths, warnIgnored: options.warnIgnored };
  try {
    return await openTree({ cwd, env }, wanted);
  } catch (error) {
    if (!(error instanceof JwtlintError) || error.code !== 'not-a-repository') throw error;
    const { openDirectory } = await import('./sources/directory.js');
    return openDirectory(wanted);
  }
}
