/** Writes a file that people asked for: whole or not at all. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { JwtlintError } from './errors.js';

/**
 * Writes text to `file` (relative to `cwd`), making its directory; an existing file is replaced in one step.
 *
 * @param what what is written, for a complaint
 * @throws JwtlintError `output` when the place cannot be written
 */
export async function writeWhole(cwd: string, file: string, text: string, what: string): Promise<void> {
  const target = resolve(cwd, file);
  const temporary = `${target}.${String(process.pid)}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(temporary, text);
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
  }
}
