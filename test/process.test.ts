/** The program as a process of its own, from the sources: what only real streams and a real parser can show. */
import { spawn } from 'node:child_process';
import { closeSync, copyFileSync, mkdtempSync, openSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryDirectory } from './temporary-repository.js';

let place: string;

beforeAll(async () => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'jwtlint-bin-')));
  symlinkSync(resolve('node_modules'), join(place, 'node_modules'));
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }');
  const bundle = await rolldown({
    input: 'src/program.ts',
    platform: 'node',
    external: ['oxc-parser', './oxc-parser.cjs', /^node:/],
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    transform: { define: { JWTLINT_VERSION: '"0.0.0"' } },
  });
  await bundle.write({ file: join(place, 'program.js'), format: 'esm', codeSplitting: false });
  await bundle.close();
  writeFileSync(join(place, 'bin.js'), "import { runProcess } from './program.js';\nrunProcess();\n");
  copyFileSync('src/readers/parse-child.js', join(place, 'parse-child.js'));
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program; its standard output is read to the end, goes to a file, or is left by its reader at once, as standard error is by one who is deaf. */
function run(cwd: string, argv: readonly string[], output: 'read' | 'left' | 'deaf' | number = 'read'): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [join(place, 'bin.js'), ...argv], {
      cwd,
      stdio: ['ignore', typeof output === 'number' ? output : 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    if (output === 'left') child.stdout?.destroy();
    else child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    if (output === 'deaf') child.stderr!.destroy();
    else child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', failed);
    child.on('close', (status, signal) => done({ status, signal, stdout, stderr }));
  });
}

/** More findings than a pipe holds as text. */
function manyFindings(): string {
  const cwd = temporaryDirectory();
  const calls = Array.from({ length: 400 }, (_, index) => `jwt.sign({}, 'made-up-${String(index)}', { expiresIn: 60 });`).join('\n');
  writeFileSync(join(cwd, 'a.js'), `import jwt from 'jsonwebtoken';\n${calls}\n`);
  return cwd;
}

test('a parser that would end the process is the notice of one file', async () => {
  const cwd = temporaryDirectory();
  writeFileSync(
    join(cwd, 'deep.js'),
    `import jwt from 'jsonwebtoken';\nexport const x = ${'[\n'.repeat(20_000)}${']\n'.repeat(20_000)};\n`,
  );
  // What is imported is parsed too.
  writeFileSync(
    join(cwd, 'sign.js'),
    `import jwt from 'jsonwebtoken';\nimport { x } from './deep.js';\njwt.sign({}, 'made-up', { expiresIn: 60 });\njwt.sign({}, x, { expiresIn: 60 });\n`,
  );
  const { status, signal, stdout, stderr } = await run(cwd, []);
  expect([status, signal, stderr]).toEqual([1, null, '']);
  expect(stdout).toContain('notice: deep.js: too deeply nested to parse\n');
  expect(stdout).toMatch(/^error\[no-\S+\]: [^\n]+\n +╭─ sign\.js:3:/m);
});

const LEFT = 'jwtlint: not everything could be written to standard output (its reader has gone)\n';

test('a report whose reader goes away before its end is a job not done', async () => {
  for (const args of [[], ['--exit-zero']])
    expect(await run(manyFindings(), args, 'left')).toEqual({ status: 2, signal: null, stdout: '', stderr: LEFT });
});

test('remarks that nobody reads are no part of the job', async () => {
  const { status, stdout } = await run(manyFindings(), ['--debug', '-f', 'github'], 'deaf');
  expect([status, stdout]).toEqual([1, expect.stringContaining('jwtlint: 400 errors')]);
});

test.runIf(process.platform === 'linux')('a report that does not fit on the disk is a job not done', async () => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = await run(manyFindings(), [], full).finally(() => closeSync(full));
  expect(status).toBe(2);
  expect(stderr).toBe('jwtlint: not everything could be written to standard output (ENOSPC)\n');
});

test('a report longer than a pipe holds arrives whole', async () => {
  const { status, stdout } = await run(manyFindings(), ['-f', 'json']);
  expect([status, (JSON.parse(stdout) as { findings: unknown[] }).findings.length]).toEqual([1, 400]);
  expect(stdout.length).toBeGreaterThan(65_536);
});
