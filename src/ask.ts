/** A question at a terminal. A module of its own: few runs ask anything, and what is loaded on demand can only be a module of ours. */
import { createInterface } from 'node:readline/promises';

/** @returns the answer; undefined when there is none, only the end of input or Ctrl-C */
export async function ask(question: string, input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<string | undefined> {
  const terminal = createInterface({ input, output });
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
