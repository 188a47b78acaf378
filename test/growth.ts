/** How the time of a function grows with its input, told by ratios of one run so that no machine's speed matters. */

/** Microseconds of work that are measured at least: a processor's time is counted in steps of some milliseconds. */
const MEASURED = 16_000;

/** Microseconds that this process is at work for one run, not those that pass: a busy machine stops it now and then. */
function workOf(run: () => unknown): number {
  const start = process.cpuUsage();
  for (let runs = 1; ; runs++) {
    run();
    const { user, system } = process.cpuUsage(start);
    if (user + system >= MEASURED) return (user + system) / runs;
  }
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
    least = Math.min(least, workOf(() => run(large)) / workOf(() => run(small)));
  }
  return least;
}

/** Between linear and quadratic, with room for caches, the garbage collector and a busy machine. */
export const LINEAR = 150;
