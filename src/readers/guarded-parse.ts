/**
 * Parses scripts without risking the process. The native parser ends it (SIGSEGV) on deep nesting, in a worker thread too,
 * and fills memory with copies of a long line, one for each error that it recovers from. What could do so by its text is
 * parsed in a process of its own, with a time limit.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isTooShortToNest, nestingBound, UNCLEAR } from './depth.js';
import { parserOptions, parseScript, scriptFrom, scriptLanguage, type ParseAnswer, type ParsedScript, type Unparsed } from './script.js';

/** Milliseconds for a parse in a process of its own. */
const TIME_LIMIT = 10_000;

/** Characters of a tree as JSON that an engine can still hold as a string. */
const LARGEST_TREE = 2 ** 29 - 24;

/**
 * The sum of the squares of all lines' lengths above which a script is not parsed in this process. A recovered error takes
 * four characters at least and holds its line, so a quarter of the sum is what they can fill.
 */
const LINES_LIMIT = 1_000_000_000;

/** Parses a script, in a process of its own where needed. Never throws for what the file holds. */
export async function parseGuarded(path: string, text: string): Promise<ParsedScript | Unparsed> {
  return isSafeToParse(path, text) ? parseScript(path, text) : parseApart(path, text);
}

/** Whether the text rules out that parsing it in this process ends the process or fills its memory. */
export function isSafeToParse(path: string, text: string): boolean {
  if (squaresOfLines(text) > LINES_LIMIT) return false;
  if (isTooShortToNest(text)) return true;
  const language = scriptLanguage(path) ?? 'ts';
  return nestingBound(text, { jsx: language !== 'ts', types: language !== 'jsx' }) !== UNCLEAR;
}

function squaresOfLines(text: string): number {
  let sum = 0;
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    const next = end === -1 ? text.length : end + 1;
    sum += (next - start) ** 2;
    start = next;
  }
  return sum;
}

/** The child answers nothing when the parser ended it, or when the tree is too deep to be written. */
function parseApart(path: string, text: string): Promise<ParsedScript | Unparsed> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [fileURLToPath(new URL('./parse-child.js', import.meta.url))],
      { timeout: TIME_LIMIT, killSignal: 'SIGKILL', maxBuffer: LARGEST_TREE, windowsHide: true },
      (error, answers) => {
        if (!error) resolve(scriptFrom(JSON.parse(answers) as ParseAnswer[]));
        else resolve({ failed: error.killed ? 'takes too long to parse' : 'too deeply nested to parse' });
      },
    );
    // A process that ends before it has read everything; its end tells why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(JSON.stringify({ path, text, attempts: parserOptions(path) }));
  });
}
