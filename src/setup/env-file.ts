/** Gives variables of an env file their values; comments, order, quotes and line ends stay. */
import { JwtlintError } from '../errors.js';
import { readDotenv } from '../readers/settings/dotenv.js';

/** What can stand in an env file without quotes, for every reader of one. */
const PLAIN = /^[\w+/=.-]*$/;

/**
 * The text with the variables set.
 *
 * @param text undefined for a file that is not there yet
 * @param values by name
 * @param replace whether a variable that has a value already gets the new one
 * @param file the file's name, for complaints
 * @throws JwtlintError `output` for a name that stands there twice, or has a value that may not be replaced
 */
export function withVariables(text: string | undefined, values: ReadonlyMap<string, string>, replace: boolean, file: string): string {
  const before = text ?? '';
  const { entries } = readDotenv(before);
  const changes: { start: number; end: number; value: string }[] = [];
  const added: string[] = [];
  for (const [name, value] of values) {
    const there = entries.filter(({ key }) => key[0] === name);
    if (there.length > 1) {
      const lines = there.map(({ keySpan }) => before.slice(0, keySpan.start).split('\n').length).join(', ');
      throw new JwtlintError('output', `${name} stands in ${file} ${String(there.length)} times (lines ${lines}).`, 'Keep one of them.');
    }
    const [entry] = there;
    if (!entry) {
      added.push(`${name}=${quoted(value)}`);
      continue;
    }
    if (entry.value !== '' && !replace)
      throw new JwtlintError(
        'output',
        `${name} has a value in ${file} already.`,
        'With --replace it gets a new one, and the old one is gone.',
      );
    const quote = before.charAt(entry.span.start - 1);
    const isQuoted = /["'`]/.test(quote) && before.charAt(entry.span.end) === quote;
    const span = isQuoted ? { start: entry.span.start - 1, end: entry.span.end + 1 } : entry.span;
    // Quotes that are there stay, unless the new value needs others.
    const written = isQuoted && PLAIN.test(value) ? `${quote}${value}${quote}` : quoted(value);
    changes.push({ ...span, value: written });
  }
  let after = before;
  for (const { start, end, value } of changes.sort((a, b) => b.start - a.start)) after = after.slice(0, start) + value + after.slice(end);
  if (added.length === 0) return after;
  const lineEnd = before.includes('\r\n') ? '\r\n' : '\n';
  const gap = after === '' || after.endsWith('\n') ? '' : lineEnd;
  return `${after}${gap}${added.join(lineEnd)}${lineEnd}`;
}

function quoted(value: string): string {
  if (PLAIN.test(value)) return value;
  // JSON and PEM hold neither of these quotes within.
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}

/** A template of an env file with names added that it does not have, without values. */
export function withNames(text: string | undefined, names: readonly string[]): string {
  const known = new Set(readDotenv(text ?? '').entries.map(({ key }) => key[0]));
  const missing = names.filter((name) => !known.has(name));
  return missing.length === 0 ? (text ?? '') : withVariables(text, new Map(missing.map((name) => [name, ''])), false, '');
}
