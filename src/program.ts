/** The program with the streams of its process. */
import { main } from './cli.js';

export { main };

let lost = false;

/** Writes, and notes what gets lost. A reader that has gone (`jwtlint | head`) loses what it did not want to see. */
function write(stream: NodeJS.WriteStream, name: string, text: string): void {
  if (stream.listenerCount('error') === 0) {
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EPIPE') return;
      lost = true;
      process.exitCode = 2;
      if (stream !== process.stderr) {
        write(process.stderr, 'standard error', `jwtlint: the report could not be written to ${name} (${code ?? 'unknown reason'})\n`);
      }
    });
  }
  stream.write(text);
}

async function ask(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await new Promise<string | undefined>((resolve, reject) => {
      terminal.once('close', () => resolve(undefined));
      terminal.once('SIGINT', () => resolve(undefined));
      terminal.question(question).then(resolve, reject);
    });
  } finally {
    terminal.close();
  }
}

/** Runs the program on this process: its arguments, streams and exit status. */
export function runProcess(): void {
  void main({
    argv: process.argv.slice(2),
    stdin: () => process.stdin,
    stdinIsTerminal: () => process.stdin.isTTY,
    ask,
    // Touching a stream opens it: left for when there is something to say.
    stdout: { write: (text) => write(process.stdout, 'standard output', text) },
    stderr: { write: (text) => write(process.stderr, 'standard error', text) },
    stderrIsTerminal: () => process.stderr.isTTY,
    cwd: process.cwd(),
    env: process.env,
    hasColors: () => process.stdout.isTTY && process.stdout.hasColors(),
    columns: () => (process.stdout.isTTY ? process.stdout.columns : undefined),
  }).then((status) => {
    // A loss may be told of before or after this.
    process.exitCode = lost ? 2 : status;
  });
}
