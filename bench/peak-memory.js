/**
 * Loaded with `--import` into a process whose memory is measured: at its end it writes the peak of its resident set, in
 * bytes, to the file named by BENCH_PEAK_MEMORY. Linux counts the peak of the starting process into `maxRSS` of the started
 * one, so there the high-water mark of its own address space is read.
 */
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const kibibytes =
    process.platform === 'linux'
      ? Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1])
      : process.resourceUsage().maxRSS;
  writeFileSync(process.env.BENCH_PEAK_MEMORY, String(kibibytes * 1024));
});
