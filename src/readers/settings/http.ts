/**
 * Request files (`.http`, `.rest`) of the HTTP clients in VS Code and JetBrains: of their lines only `@name = value` sets
 * anything. Requests themselves hold tokens, which are found in any text.
 */
import type { Span } from '../../../rules/contract.js';
import { Entries, TOO_MANY_VALUES, type SettingsContent } from './content.js';

const VARIABLE = /^[ \t]*@([\w.-]{1,128})[ \t]*=[ \t]*(.*?)[ \t]*\r?$/gm;
const COMMENT = /^[ \t]*(?:#|\/\/).*$/gm;

/** Reads the variables of a request file. */
export function readHttp(text: string): SettingsContent {
  const entries = new Entries();
  for (const match of text.matchAll(VARIABLE)) {
    const [line, name = '', value = ''] = match;
    const keyStart = match.index + line.indexOf('@') + 1;
    const start = line.indexOf('=') + 1;
    const valueStart = match.index + start + (value === '' ? 0 : line.slice(start).search(/[^ \t]/));
    entries.add({
      key: [name],
      value,
      type: 'string',
      span: { start: valueStart, end: valueStart + value.length },
      keySpan: { start: keyStart, end: keyStart + name.length },
    });
    if (entries.overflowed) break;
  }
  const comments = [...text.matchAll(COMMENT)].map(({ 0: { length }, index }): Span => ({ start: index, end: index + length }));
  return { entries: entries.all, comments, failed: entries.overflowed ? `has ${TOO_MANY_VALUES}` : undefined };
}
