/** What must not stay behind when a signal ends the process, Ctrl-C before all. */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Has something done before a signal ends the process, which then ends as if nobody had listened (130 to a shell after Ctrl-C).
 *
 * Node hears a signal between two turns of its event loop: while something is listened for, work must leave it turns.
 *
 * @param clean takes no time and does not throw
 * @returns ends that
 */
export function beforeInterruption(clean: () => void): () => void {
  const end = (): void => {
    for (const signal of SIGNALS) process.off(signal, interrupted);
  };
  const interrupted = (signal: NodeJS.Signals): void => {
    end();
    clean();
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.on(signal, interrupted);
  return end;
}
