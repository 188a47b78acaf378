/** The program with the streams of its process. */
import { main } from './cli.js';

export { main };

let lost = false;

/** One of the process's streams. */
class ProcessSink {
  #stream: NodeJS.WriteStream | undefined;
  #closed = false;
  #drained: Promise<boolean> | undefined;

  /** @param open Touching a stream opens it: left for when there is something to say. */
  constructor(
    private readonly name: string,
    private readonly open: () => NodeJS.WriteStream,
  ) {}

  write(text: string): boolean | Promise<boolean> {
    if (this.#closed) return false;
    const stream = (this.#stream ??= this.#listened(this.open()));
    if (stream.write(text)) return true;
    return (this.#drained ??= new Promise((resolve) => {
      const goOn = (): void => {
        stream.off('drain', goOn).off('error', goOn);
        this.#drained = undefined;
        resolve(!this.#closed);
      };
      stream.on('drain', goOn).on('error', goOn);
    }));
  }

  #listened(stream: NodeJS.WriteStream): NodeJS.WriteStream {
    return stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      this.#closed = true;
      // No report goes to standard error: who reads it no more has missed a remark.
      if (code === 'EPIPE' && this === stderr) return;
      lost = true;
      process.exitCode = 2;
      const reason = code === 'EPIPE' ? 'its reader has gone' : (code ?? 'unknown reason');
      // Where standard error is what cannot be written, nobody is told.
      void stderr.write(`jwtlint: not everything could be written to ${this.name} (${reason})\n`);
    });
  }
}

const stdout = new ProcessSink('standard output', () => process.stdout);
const stderr = new ProcessSink('standard error', () => process.stderr);

/** Runs the program on this process: its arguments, streams and exit status. */
export function runProcess(): void {
  void main({
    argv: process.argv.slice(2),
    stdin: () => process.stdin,
    stdinIsTerminal: () => process.stdin.isTTY,
    ask: async (question) => (await import('./ask.js')).ask(question, process.stdin, process.stdout),
    stdout,
    stderr,
    stderrIsTerminal: () => process.stderr.isTTY,
    cwd: process.cwd(),
    env: process.env,
    hasColors: () => process.stdout.isTTY && process.stdout.hasColors(),
    // A terminal that knows no width says 0.
    columns: () => (process.stdout.isTTY ? process.stdout.columns || 80 : undefined),
  }).then((status) => {
    // A loss may be told of before or after this.
    process.exitCode = lost ? 2 : status;
  });
}
