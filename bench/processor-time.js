/** Loaded into a process that is measured (`--import`): leaves its processor time, in milliseconds, in the file that the environment names. */
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeFileSync(process.env.BENCH_PROCESSOR_TIME, String((user + system) / 1000));
});
