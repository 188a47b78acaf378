/** What the readers of settings have in common: the shape of their answer and the bound on its size. */
import type { SettingsEntry, Span } from '../../../rules/contract.js';

/** What a reader found in a file of one document. */
export interface SettingsContent {
  /** Keys and values in the order of the file. */
  readonly entries: readonly SettingsEntry[];
  readonly comments: readonly Span[];
  /**
   * Why the file was not read to its end, as the rest of a sentence about the file (`does not parse at line 3`).
   * Holds nothing of the file; what stands before the fault was read.
   */
  readonly failed: string | undefined;
}

const MAX_VALUES = 100_000;

/** Bound on all key paths of a file together, so that a hundred thousand values a thousand levels deep fit into memory. */
const MAX_KEY_PARTS = 2_000_000;

export const TOO_MANY_VALUES = 'more than 100,000 values';

/** Entries of one file up to a fixed number; a settings file that has more is data. */
export class Entries {
  readonly all: SettingsEntry[] = [];
  /** True once an entry found no room. */
  overflowed = false;
  #keyParts = 0;

  add(entry: SettingsEntry): void {
    this.#keyParts += entry.key.length;
    if (this.all.length < MAX_VALUES && this.#keyParts <= MAX_KEY_PARTS) this.all.push(entry);
    else this.overflowed = true;
  }
}

/** `does not parse at line N`, for a fault at an offset. */
export function faultAt(text: string, offset: number): string {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return `does not parse at line ${line}`;
}
