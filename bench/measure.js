/** Times processes against each other. The machine may be busy, so contenders take turns and only ratios within a turn count. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PEAK_MEMORY = fileURLToPath(new URL('./peak-memory.js', import.meta.url));

/**
 * Runs a command to its end.
 *
 * @returns its milliseconds from start to end and what it printed
 * @throws {Error} when it ends with another status than the command names: what fails early is no measurement
 */
export function run({ args, cwd, env, statuses = [0] }) {
  const started = process.hrtime.bigint();
  const { status, signal, stdout, stderr, error } = spawnSync(process.execPath, args, { cwd, env, maxBuffer: 2 ** 28, encoding: 'utf8' });
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  if (error) throw error;
  if (!statuses.includes(status))
    throw new Error(`node ${args.join(' ')} ended with ${status ?? signal}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`);
  return { milliseconds, stdout };
}

/** The middle value, or the mean of the two middle ones. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs all commands in turn, `rounds` times after a round that warms the caches. A command with `rounds` of its own takes
 * part in that many only.
 *
 * @param commands by name; the first is the one that the others are compared with
 * @returns by name: the median of its milliseconds, the median of its ratios to the first command of the same round, the
 *   quartiles of those ratios, and the number of rounds
 */
export function alternate(commands, rounds) {
  const [first] = Object.keys(commands);
  const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, command] of Object.entries(commands)) {
      if (round >= (command.rounds ?? rounds)) continue;
      // What runs once takes long, and its caches are warm from those before it.
      if (round < 0 && command.rounds === 1) continue;
      const { milliseconds } = run(command);
      if (round >= 0) times[name].push(milliseconds);
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, own]) => {
      const ratios = own.map((milliseconds, round) => milliseconds / times[first][round]).sort((a, b) => a - b);
      const quartile = (share) => ratios[Math.round((ratios.length - 1) * share)];
      return [name, { milliseconds: median(own), ratio: median(ratios), quartiles: [quartile(0.25), quartile(0.75)], rounds: own.length }];
    }),
  );
}

/**
 * The most memory that a node process has held at once, in bytes: the largest of three runs. Its child processes do not count.
 *
 * @param file where the process may leave the number
 */
export function peakMemory(command, file) {
  const peaks = [1, 2, 3].map(() => {
    run({ ...command, args: ['--import', PEAK_MEMORY, ...command.args], env: { ...command.env, BENCH_PEAK_MEMORY: file } });
    return Number(readFileSync(file, 'utf8'));
  });
  return Math.max(...peaks);
}
