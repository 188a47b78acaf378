/** The surroundings of a run, as main() is given them. */

/** Where text goes. */
export interface Sink {
  /**
   * Takes text. Whoever has much of it awaits what this gives before the next piece: `false` says that nobody reads any more.
   */
  write(text: string): unknown;
}

/** What the program needs of its surroundings. */
export interface Io {
  /** Arguments after the program's name. */
  readonly argv: readonly string[];
  /** Asked only where something is to be read from there. */
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** True when nothing is piped in. */
  readonly stdinIsTerminal: () => boolean;
  /** Asks the person at the terminal; undefined when there is no answer, only the end of input or Ctrl-C. */
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** True when what is written to standard error is seen by a person, so that it may be overwritten. */
  readonly stderrIsTerminal: () => boolean;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** True when standard output is a terminal that shows colours. */
  readonly hasColors: () => boolean;
  /** Width of that terminal; undefined when standard output is none. */
  readonly columns: () => number | undefined;
}

/** Whether a report on standard output has colours: the options first, then NO_COLOR and FORCE_COLOR, then the terminal. */
export function wantsColor(options: { readonly color: boolean | undefined }, io: Pick<Io, 'env' | 'hasColors'>): boolean {
  if (options.color !== undefined) return options.color;
  if (io.env['NO_COLOR']) return false;
  const forced = io.env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return io.hasColors();
}
