/** Writes a file that people asked for: whole or not at all. */
import { rmSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { JwtlintError } from './errors.js';
import { beforeInterruption } from './interruption.js';

/**
 * Writes text, in pieces as they come or at once, to `file` (relative to `cwd`), making its directory; an existing file is replaced in one step.
 * A device or a named pipe is written to as it is.
 *
 * @param what what is written, for a complaint
 * @param adds what the file holds stays before the text
 * @throws JwtlintError `output` when the place cannot be written
 */
export async function writeWhole(cwd: string, file: string, text: string | Iterable<string>, what: string, adds = false): Promise<void> {
  const target = resolve(cwd, file);
  const temporary = `${target}.${String(process.pid)}.tmp`;
  let endOfInterruption: (() => void) | undefined;
  try {
    if (await isDevice(target)) {
      await writeFile(target, text, { flag: 'a' });
      return;
    }
    await mkdir(dirname(target), { recursive: true });
    endOfInterruption = beforeInterruption(() => rmSync(temporary, { force: true }));
    await writeFile(temporary, adds ? withFormer(target, text) : text);
    await rename(temporary, target);
  } catch (cause) {
    // What is not there to be removed may fail in many ways; the cause is what people are told.
    await rm(temporary, { force: true }).catch(() => undefined);
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new JwtlintError(
      'output',
      `${what} could not be written to ${file} (${code}).`,
      'Name a file in a directory that can be written.',
      { cause },
    );
  } finally {
    endOfInterruption?.();
  }
}

async function* withFormer(target: string, text: string | Iterable<string>): AsyncGenerator<string> {
  if (await stat(target).catch(() => undefined)) yield await readFile(target, 'utf8');
  yield* typeof text === 'string' ? [text] : text;
}

/** `/dev/stdout`, `/proc/self/fd/3`, a named pipe: what is written into and never replaced. */
async function isDevice(target: string): Promise<boolean> {
  if (/^\/(?:dev|proc)\//.test(target)) return true;
  const there = await stat(target).catch(() => undefined);
  return there !== undefined && !there.isFile() && !there.isDirectory();
}
