/** Nothing that people wrote is changed before somebody agrees. */
import { JwtlintError } from '../errors.js';
import type { Io } from '../io.js';
import type { Options } from '../options.js';

/**
 * Asks whether to do what was shown, unless `--yes` says so.
 *
 * @returns undefined when the question is broken off
 * @throws JwtlintError `usage` when there is nobody to ask
 */
export async function agree(question: string, options: Options, io: Io): Promise<boolean | undefined> {
  if (options.yes) return true;
  if (!io.stdinIsTerminal() || io.columns() === undefined)
    throw new JwtlintError('usage', 'Nothing was changed: there is no terminal to ask at.', 'With --yes it is done without asking.');
  const answer = await io.ask(question);
  return answer === undefined ? undefined : /^\s*y(?:es)?\s*$/i.test(answer);
}
