/** A line for people who wait at a terminal, overwritten as the work goes on. */
import type { Io } from './io.js';

type Surroundings = Pick<Io, 'stderrIsTerminal' | 'env' | 'stderr'>;

/** Milliseconds of work before it is worth telling, and between two tellings. */
const PATIENCE = 500;
const PERIOD = 100;

export class Progress {
  readonly #io: Surroundings;
  readonly #isShown: boolean;
  #next = performance.now() + PATIENCE;
  #written = false;

  constructor(io: Surroundings) {
    this.#io = io;
    this.#isShown = io.stderrIsTerminal() && !io.env['CI'];
  }

  /** Tells how far the work is; most calls tell nothing. */
  tell(text: () => string): void {
    if (!this.#isShown || performance.now() < this.#next) return;
    this.#next = performance.now() + PERIOD;
    this.#written = true;
    this.#io.stderr.write(`\r\u001b[2K${text()}`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#written) this.#io.stderr.write('\r\u001b[2K');
    this.#written = false;
  }
}
