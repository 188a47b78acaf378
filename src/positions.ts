/** Offsets of a text -> lines and columns. */
import type { Place } from '../rules/contract.js';
import type { Location } from './report.js';

/** The lines of one text; `\n`, `\r\n` and a lone `\r` end one, as in every editor. */
export class Lines {
  #starts: number[] | undefined;

  constructor(private readonly text: string) {}

  get #all(): readonly number[] {
    if (!this.#starts) {
      this.#starts = [0];
      const ends = /\r\n?|\n/g;
      for (let match = ends.exec(this.text); match; match = ends.exec(this.text)) this.#starts.push(ends.lastIndex);
    }
    return this.#starts;
  }

  /** Line of an offset, from 1. */
  lineOf(offset: number): number {
    const starts = this.#all;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** The location of a place in this text. */
  location(place: Place): Location {
    const startLine = this.lineOf(place.start);
    const endLine = this.lineOf(place.end);
    return {
      path: place.path,
      startLine,
      startColumn: place.start - this.#all[startLine - 1]! + 1,
      endLine,
      endColumn: place.end - this.#all[endLine - 1]! + 1,
    };
  }
}
