/** How the time of a function grows with its input, told by ratios of one run so that no machine's speed matters. */

function fastest(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/**
 * How many times longer a function takes on an input of eight times the size: about 8 when it is linear, 64 when it is
 * quadratic. `size` should make the smaller run last a few milliseconds.
 */
export function growth<T>(size: number, make: (size: number) => T, run: (input: T) => unknown): number {
  const small = make(size);
  const large = make(size * 8);
  run(small);
  return fastest(() => run(large)) / fastest(() => run(small));
}

/** Between linear and quadratic, with room for caches and the garbage collector. */
export const LINEAR = 30;

/** Numbers in [0, 1) that are the same in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
