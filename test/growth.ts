/** How the time of a function grows with its input, told by ratios of one run so that no machine's speed matters. */

/** The time that this process was at work, not the time that passed: a machine that is busy with others stops it now and then. */
function fastest(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round++) {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, user + system);
  }
  return best;
}

/** Caches that others empty may slow one of two runs; they do not do so time and again. */
const ATTEMPTS = 3;

/**
 * How many times longer a function takes on an input of sixteen times the size: about 16 when it is linear, 256 when
 * it is quadratic. `size` should make the smaller run last about a millisecond.
 */
export function growth<T>(size: number, make: (size: number) => T, run: (input: T) => unknown): number {
  const small = make(size);
  const large = make(size * 16);
  run(small);
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && least >= LINEAR; attempt++) {
    least = Math.min(least, fastest(() => run(large)) / fastest(() => run(small)));
  }
  return least;
}

/** Between linear and quadratic, with room for caches, the garbage collector and a busy machine. */
export const LINEAR = 150;
