/** Reports longer than what should be in memory, to files and to readers of every kind, and runs that are broken off. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FORMAT_NAMES } from '../../src/reports/index.js';
import { temporaryDirectory } from '../temporary-repository.js';

const BIN = resolve('dist/bin.cjs');
const FINDINGS = 100_000;
const IN_A_FILE = 100;
const MB = 1024 * 1024;

let place: string;
/** A tree in which so many secrets stand; a tenth of it is in each of ten directories. */
let tree: string;
/** A script that has a process write its peak of memory, in bytes, to standard error. */
let telling: string;

beforeAll(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'jwtlint-long-')));
  tree = join(place, 'tree');
  for (let file = 0; file < FINDINGS / IN_A_FILE; file++) {
    const directory = join(tree, String(file % 10));
    mkdirSync(directory, { recursive: true });
    const calls = Array.from(
      { length: IN_A_FILE },
      (_, index) => `jwt.sign({}, 'made-up-${String(file)}-${String(index)}', { expiresIn: 60 });\n`,
    );
    writeFileSync(join(directory, `${String(file)}.js`), `import jwt from 'jsonwebtoken';\n${calls.join('')}`);
  }
  telling = join(place, 'telling.cjs');
  writeFileSync(
    telling,
    "process.on('exit', () => require('node:fs').writeSync(2, `peak ${process.resourceUsage().maxRSS * 1024}\\n`));\n",
  );
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  /** The most memory that the process had, in bytes. */
  readonly peak: number;
}

/** Runs the program with little memory for what lives long; `during` is given what reads its standard output. */
function run(
  cwd: string,
  args: readonly string[],
  during: (child: ChildProcess) => void = (child) => child.stdout!.resume(),
): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, ['--max-old-space-size=512', '--require', telling, BIN, '--no-config', ...args], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', failed);
    child.on('close', (status, signal) => done({ status, signal, stderr, peak: Number(/^peak (\d+)$/m.exec(stderr)?.[1]) }));
    during(child);
  });
}

test(
  'a hundred thousand findings take no more memory in all formats, or to a slow reader, than in the shortest format',
  { timeout: 900_000 },
  async () => {
    const out = temporaryDirectory();
    let read = 0;
    const [shortest, all, slow] = await Promise.all([
      run(tree, ['-f', 'github']),
      run(
        tree,
        FORMAT_NAMES.flatMap((name) => ['-f', `${name}=${join(out, name)}`]),
      ),
      run(tree, ['-f', 'gitlab-secret-detection'], ({ stdout }) => {
        void (async () => {
          for await (const chunk of stdout!) {
            read += (chunk as Buffer).length;
            await wait(1);
          }
        })();
      }),
    ]);
    for (const { status, signal, peak } of [shortest, all, slow]) {
      expect([status, signal]).toEqual([1, null]);
      expect(peak).toBeGreaterThan(0);
    }
    const sizes = FORMAT_NAMES.map((name) => statSync(join(out, name)).size);
    // The longest alone would be seen, were it ever in memory.
    expect(Math.max(...sizes)).toBeGreaterThan(0.3 * shortest.peak);
    expect(read).toBeGreaterThan(0.3 * shortest.peak);
    expect(all.peak).toBeLessThan(1.2 * shortest.peak);
    expect(slow.peak).toBeLessThan(1.2 * shortest.peak);
  },
);

describe('ten thousand findings', () => {
  const LEFT = 'jwtlint: not everything could be written to standard output (its reader has gone)\n';

  test('to a reader that goes away in the middle: a job not done, which is said', async () => {
    const part = join(tree, '0');
    let read = 0;
    const { status, signal, stderr } = await run(part, ['-f', 'json'], ({ stdout }) => {
      stdout!.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read > MB) stdout!.destroy();
      });
    });
    expect([status, signal, stderr.replace(/^peak.*\n/m, '')]).toEqual([2, null, LEFT]);
  });

  test('and a reader that has gone does not cost the file beside it', async () => {
    const out = join(temporaryDirectory(), 'all.json');
    const { status } = await run(join(tree, '0'), ['-f', 'stylish', '-f', `json=${out}`], ({ stdout }) => stdout!.destroy());
    expect(status).toBe(2);
    expect((JSON.parse(readFileSync(out, 'utf8')) as { findings: unknown[] }).findings).toHaveLength(FINDINGS / 10);
  });
});

describe.skipIf(process.platform === 'win32')('broken off', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s while a report is written: nothing of it stays, and the signal is the cause of death',
    async (signal) => {
      const out = temporaryDirectory();
      const ended = await run(join(tree, '0'), ['-f', `html=${join(out, 'report.html')}`], (child) => {
        const watching = setInterval(() => {
          if (readdirSync(out).length === 0) return;
          clearInterval(watching);
          child.kill(signal);
        }, 1);
      });
      expect([ended.status, ended.signal, ended.stderr]).toEqual([null, signal, '']);
      expect(readdirSync(out)).toEqual([]);
    },
  );

  /** Runs a command at a terminal of its own, as util-linux' `script` gives one, which most systems have. */
  function atTerminal(
    command: string,
    env: NodeJS.ProcessEnv,
    during: (said: string, type: (keys: string) => void) => void,
  ): Promise<{ status: number | null; said: string }> {
    return new Promise((done, failed) => {
      const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
        cwd: tree,
        env: { PATH: process.env['PATH'], TERM: 'xterm', ...env },
      });
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        during(said, (keys) => void child.stdin.write(keys));
      });
      child.on('error', failed);
      child.on('close', (status) => done({ status, said }));
    });
  }

  const SCAN = `'${process.execPath}' '${BIN}' --no-config -f github`;

  test('by Ctrl-C at a terminal, while it works: at once, and the shell sees 130', async () => {
    let typed = false;
    const { status, said } = await atTerminal(SCAN, {}, (text, type) => {
      if (typed || !text.includes('files read: ')) return;
      typed = true;
      type('\u0003');
    });
    expect(status).toBe(130);
    expect(said).not.toContain('::error');
  });

  test('or not: progress is shown while it lasts, and never in CI', async () => {
    const watched = await atTerminal(`${SCAN} 0`, {}, () => undefined);
    expect(watched.status).toBe(1);
    expect(watched.said).toMatch(/files read: \d+/);
    expect(watched.said).toContain('\r\u001b[2K::error ');
    const inCi = await atTerminal(`${SCAN} 0`, { CI: 'true' }, () => undefined);
    expect([inCi.status, inCi.said.includes('files read')]).toEqual([1, false]);
  });
});
