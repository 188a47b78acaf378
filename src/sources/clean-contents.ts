/**
 * Contents that were found to be clean, so that the next run over the history need not read them again. A file of lines in
 * the git directory, which only grows: a run that is broken off loses nothing, and two at once do not hurt each other.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CleanContents } from './history.js';

/** Lines are written that many at a time. */
const LINES_AT_ONCE = 5000;

export class CleanCache implements CleanContents {
  readonly #file: string | undefined;
  readonly #known: Set<string>;
  #fresh: string[] = [];
  /** What the system said when the cache could not be written, e.g. `EROFS`. */
  failure: string | undefined;

  private constructor(file: string | undefined, known: Set<string>) {
    this.#file = file;
    this.#known = known;
  }

  /** One that forgets everything at the end of the run. */
  static ofThisRun(): CleanCache {
    return new CleanCache(undefined, new Set());
  }

  /**
   * Reads what is known.
   * @param directory the git directory
   * @param version what wrote it: lines of another version are worth nothing and are removed
   * @param key of all else that decides what is clean
   */
  static in(directory: string, version: string, key: string): CleanCache {
    const place = join(directory, 'jwtlint');
    const file = join(place, `clean-${version}-${key}`);
    const cache = new CleanCache(file, new Set());
    cache.#try(() => {
      mkdirSync(place, { recursive: true });
      for (const name of readdirSync(place))
        if (name.startsWith('clean-') && !name.startsWith(`clean-${version}-`)) rmSync(join(place, name));
    });
    for (const line of textOf(file).split('\n')) {
      // A line that was cut off when a run ended early is no line.
      if (/^[0-9a-f]{40,64} .+ \.$/.test(line)) cache.#known.add(line.slice(0, -2));
    }
    return cache;
  }

  has(oid: string, baseName: string): boolean {
    return this.#known.has(`${oid} ${baseName}`);
  }

  /** Notes that a content is clean. */
  add(oid: string, baseName: string): void {
    if (baseName.includes('\n')) return;
    this.#known.add(`${oid} ${baseName}`);
    this.#fresh.push(`${oid} ${baseName} .\n`);
    if (this.#fresh.length >= LINES_AT_ONCE) this.save();
  }

  /** Writes down what has been noted. */
  save(): void {
    const lines = this.#fresh.join('');
    this.#fresh = [];
    const file = this.#file;
    if (file !== undefined && lines !== '' && this.failure === undefined) this.#try(() => appendFileSync(file, lines));
  }

  /** A cache that cannot be written is no reason to fail. */
  #try(write: () => void): void {
    try {
      write();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === undefined) throw error;
      this.failure = code;
    }
  }
}

/** Nothing where there is no file yet. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return '';
  }
}
