/** Times processes against each other. The machine may be busy, so contenders take turns and only ratios within a turn count. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';

const PEAK_MEMORY = fileURLToPath(new URL('./peak-memory.js', import.meta.url));

/** The process that is being measured. */
let running;

/** Ends what is being measured, for a benchmark that is given up. */
export function stopRunning() {
  running?.kill('SIGKILL');
}

/**
 * Runs a command to its end: of node, or of another program. The own process stays free to react to signals.
 *
 * @returns its milliseconds from start to end and what it printed; `limit` milliseconds and `ended: false` when it was still
 *   at work then and was stopped
 * @throws {Error} when it ends with another status than the command names: what fails early is no measurement
 */
export async function run({ program = process.execPath, args, cwd, env, statuses = [0], limit }) {
  const started = process.hrtime.bigint();
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running = child;
  let stopped = false;
  const stop =
    limit &&
    setTimeout(() => {
      stopped = true;
      child.kill('SIGKILL');
    }, limit);
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
    const chunks = [];
    stream.on('data', (chunk) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString();
  });
  const [status, signal] = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (...end) => resolve(end));
  });
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  clearTimeout(stop);
  if (stopped) return { milliseconds: limit, stdout: stdout(), ended: false };
  if (!statuses.includes(status))
    throw new Error(`${program} ${args.join(' ')} ended with ${status ?? signal}\n${stdout().slice(-2000)}${stderr().slice(-2000)}`);
  return { milliseconds, stdout: stdout(), ended: true };
}

/** The middle value, or the mean of the two middle ones. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs all commands in turn, `rounds` times after a round that warms the caches. A command with `rounds` of its own takes
 * part in that many only; one with a `limit` is not asked again once it took longer.
 *
 * @param commands by name; the first is the one that the others are compared with
 * @returns by name: the median of its milliseconds, the median of its ratios to the first command of the same round, the
 *   quartiles of those ratios, the number of rounds, and whether all of them ended within the limit
 */
export async function alternate(commands, rounds) {
  const [first] = Object.keys(commands);
  const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  const late = new Set();
  for (let round = -1; round < rounds; round++) {
    for (const [name, command] of Object.entries(commands)) {
      if (round >= (command.rounds ?? rounds) || late.has(name)) continue;
      // What runs once takes long, and its caches are warm from those before it.
      if (round < 0 && command.rounds === 1) continue;
      const { milliseconds, ended } = await run(command);
      if (!ended) late.add(name);
      if (round >= 0) times[name].push(milliseconds);
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, own]) => {
      const ratios = own.map((milliseconds, round) => milliseconds / times[first][round]).sort((a, b) => a - b);
      const quartile = (share) => ratios[Math.round((ratios.length - 1) * share)];
      return [
        name,
        {
          milliseconds: median(own),
          ratio: median(ratios),
          quartiles: [quartile(0.25), quartile(0.75)],
          rounds: own.length,
          ended: !late.has(name),
        },
      ];
    }),
  );
}

/**
 * The most memory that a node process has held at once, in bytes: the largest of three runs. Its child processes do not count.
 *
 * @param file where the process may leave the number
 */
export async function peakMemory(command, file) {
  const peaks = [];
  for (let round = 0; round < 3; round++) {
    await run({ ...command, args: ['--import', PEAK_MEMORY, ...command.args], env: { ...command.env, BENCH_PEAK_MEMORY: file } });
    peaks.push(Number(readFileSync(file, 'utf8')));
  }
  return Math.max(...peaks);
}
