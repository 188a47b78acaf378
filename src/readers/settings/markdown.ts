/** Code fences of Markdown (CommonMark, 4.5) that show settings: what is in them, people copy. */
import type { SettingsFormat, Span } from '../../../rules/contract.js';
import { NAME_STEMS } from '../../../rules/facts/names.js';
import { plainComments } from '../../settle.js';

/** The text of a fence, without its own lines. */
export interface Fence extends Span {
  readonly format: Exclude<SettingsFormat, 'markdown'>;
}

/** Names of languages as they are written behind the backticks; without a name what it is shows in the first line. */
const LANGUAGES: ReadonlyMap<string, Fence['format']> = new Map<string, Fence['format']>(
  (
    [
      ['dotenv', ['env', 'dotenv', '.env']],
      ['json', ['json', 'jsonc', 'json5']],
      ['yaml', ['yaml', 'yml', 'docker-compose', 'compose']],
      ['toml', ['toml']],
      ['properties', ['properties']],
      ['ini', ['ini', 'cfg']],
      ['hcl', ['hcl', 'terraform', 'tf']],
      ['shell', ['sh', 'bash', 'shell', 'zsh', 'console']],
      ['dockerfile', ['dockerfile', 'docker']],
      ['http', ['http', 'rest']],
    ] as const
  ).flatMap(([format, names]) => names.map((name) => [name, format] as const)),
);

const UNNAMED: ReadonlySet<string> = new Set(['', 'text', 'txt', 'plain', 'plaintext', 'none']);

/** The line that opens a fence; in a list it is indented. Longer lines open none. */
const OPENING = /^[ \t]{0,40}(`{3,20}|~{3,20})[ \t]{0,10}([^\s`{,:]{0,40})[^`\n]{0,200}$/;

/** The first line of an env file that says something. */
const ASSIGNMENT = /^(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*(?:export[ \t]+)?[A-Z][A-Z0-9_]*=/;

const NAMES_SECRET = new RegExp(NAME_STEMS.join('|'), 'i');

/** The fences that may show a secret, in order, and the comments with directives. A fence that nothing closes goes to the end. */
export function readFences(text: string): { readonly fences: readonly Fence[]; readonly comments: readonly Span[] } {
  const fences: Fence[] = [];
  let open: { readonly fence: string; readonly language: string; readonly start: number } | undefined;
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = end - at > 400 ? '' : text.slice(at, end).trimEnd();
    if (!open) {
      const [, fence, language] = OPENING.exec(line) ?? [];
      if (fence !== undefined) open = { fence, language: language!.toLowerCase(), start: Math.min(end + 1, text.length) };
    } else if (closes(line.trimStart(), open.fence)) {
      add(open.language, open.start, at);
      open = undefined;
    }
    at = end + 1;
  }
  if (open) add(open.language, open.start, text.length);
  return { fences, comments: plainComments(text) };

  function add(language: string, start: number, end: number): void {
    const shown = text.slice(start, end);
    const format = NAMES_SECRET.test(shown) ? formatOf(language, shown) : undefined;
    if (format) fences.push({ format, start, end });
  }
}

function formatOf(language: string, shown: string): Fence['format'] | undefined {
  if (UNNAMED.has(language)) return ASSIGNMENT.test(shown.slice(0, 2000)) ? 'dotenv' : undefined;
  return LANGUAGES.get(language);
}

/** A fence is closed by as many of its signs or more, and nothing behind them. */
function closes(line: string, fence: string): boolean {
  return line.length >= fence.length && line.split(fence[0]!).join('') === '';
}
