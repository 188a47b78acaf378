/** Runs the program in memory, as program.ts does with the real streams. */
import { main } from '../src/cli.js';

export interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** What is piped in; reading it when nothing is given is an error. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** What the person at the terminal answers, in turn. */
  readonly answers?: readonly string[];
  /** Columns of a terminal with colours on standard output; no terminal when left out. */
  readonly terminal?: number;
  /** Standard error is a terminal. */
  readonly watched?: boolean;
}

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs jwtlint to its end. Fails when a line of a V8 stack is printed without `--debug`. */
export async function runProgram(
  { cwd, env, stdin, terminal, watched = false, answers = [] }: Surroundings,
  ...argv: readonly string[]
): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const waiting = [...answers];
  const status = await main({
    argv,
    stdin: () => {
      if (!stdin) throw new Error('nothing is piped in');
      return stdin;
    },
    stdinIsTerminal: () => !stdin,
    ask: (question) => {
      stdout += `${question}\n`;
      return Promise.resolve(waiting.shift());
    },
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    stderrIsTerminal: () => watched,
    cwd,
    env,
    hasColors: () => terminal !== undefined,
    columns: () => terminal,
  });
  const stack = argv.includes('--debug') ? undefined : /^ {2,}at .*:\d+:\d+\)?$/m.exec(`${stdout}\n${stderr}`);
  if (stack) throw new Error(`a stack was printed: ${stack[0]}`);
  return { status, stdout, stderr };
}

/** `path:line rule-id` of each finding of a JSON report, in its order. */
export function findingsIn(report: string): string[] {
  const { findings } = JSON.parse(report) as { findings: { ruleId: string; location: { path: string; startLine: number } }[] };
  return findings.map(({ ruleId, location }) => `${location.path}:${String(location.startLine)} ${ruleId}`);
}

/** `path: text` of each notice of a JSON report. */
export function noticesIn(report: string): string[] {
  const { notices } = JSON.parse(report) as { notices: { path?: string; text: string }[] };
  return notices.map(({ path, text }) => `${path ?? ''}: ${text}`);
}

/** `path: reason` of what a JSON report says was left out, as far as it gives examples. */
export function leftOutIn(report: string): string[] {
  const { summary } = JSON.parse(report) as { summary: { leftOut: { reason: string; examples: string[] }[] } };
  return summary.leftOut.flatMap(({ reason, examples }) => examples.map((path) => `${path}: ${reason}`));
}
