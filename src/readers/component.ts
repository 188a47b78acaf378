/** Single-file components of Vue, Svelte and Astro -> their scripts, parsed with the positions of the whole file. */
import { Worker } from 'node:worker_threads';
import type { Span } from '../../rules/contract.js';
import { parseGuarded } from './guarded-parse.js';
import type { ComponentFormat, ParsedScript, Unparsed } from './script.js';

/** Milliseconds for finding the scripts of one component. */
const TIME_LIMIT = 10_000;
/** Megabytes that the formats' parsers may fill. */
const MEMORY_LIMIT = 1024;

/** A component's scripts. */
export interface ParsedComponent {
  /** One for each module: the blocks of one Vue or Svelte component are one, Astro's frontmatter and client scripts each their own. */
  readonly scripts: readonly ParsedScript[];
  /** The file's text with everything but the scripts blanked, so that offsets and lines stay. */
  readonly code: string;
  /** The file's text with the scripts blanked. */
  readonly markup: string;
}

/** What the thread tells of a script. */
interface FoundScript extends Span {
  readonly language: string;
  readonly module: number;
}

const LANGUAGES: Readonly<Record<string, 'js' | 'ts' | 'tsx'>> = {
  '': 'js',
  js: 'js',
  javascript: 'js',
  jsx: 'js',
  babel: 'js',
  ts: 'ts',
  typescript: 'ts',
  tsx: 'tsx',
};

/** Parses a component's scripts. Never throws for what the file holds. */
export async function parseComponent(path: string, format: ComponentFormat, text: string): Promise<ParsedComponent | Unparsed> {
  const found = await findScripts(format, text);
  if ('failed' in found) return found;
  found.sort((one, other) => one.start - other.start);
  const scripts: ParsedScript[] = [];
  for (const module of new Set(found.map((each) => each.module))) {
    const parts = found.filter((each) => each.module === module);
    const languages = parts.map(({ language }) => LANGUAGES[language.trim().toLowerCase()]);
    if (languages.includes(undefined)) return { failed: 'holds a script in a language that is not read' };
    const language = languages.find((each) => each !== 'js') ?? 'js';
    const parsed = await parseGuarded(`${path}.${language}`, split(text, parts).inside);
    if ('failed' in parsed) return parsed;
    scripts.push(parsed);
  }
  const { inside, outside } = split(text, found);
  return { scripts, code: inside, markup: outside };
}

/** Two texts as long as the given one, with the same lines: in one everything but the spans is blank, in the other the spans are. */
function split(text: string, spans: readonly Span[]): { readonly inside: string; readonly outside: string } {
  let inside = '';
  let outside = '';
  let at = 0;
  for (const { start, end } of [...spans, { start: text.length, end: text.length }]) {
    const between = text.slice(at, start);
    const part = text.slice(start, end);
    inside += blank(between) + part;
    outside += between + blank(part);
    at = end;
  }
  return { inside, outside };
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}

let worker: Worker | undefined;
/** The thread answers one question after the other. */
let last: Promise<unknown> = Promise.resolve();

function findScripts(format: ComponentFormat, text: string): Promise<FoundScript[] | Unparsed> {
  const answer = last.then(() => ask(format, text));
  last = answer;
  return answer;
}

/** A thread that takes too long or that the parser ends is replaced for the next question. */
function ask(format: ComponentFormat, text: string): Promise<FoundScript[] | Unparsed> {
  const thread = (worker ??= new Worker(new URL('./component-worker.js', import.meta.url), {
    // What a parser writes is nobody's business.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT },
  }));
  thread.ref();
  return new Promise((resolve) => {
    const finish = (answer: FoundScript[] | Unparsed): void => {
      clearTimeout(timer);
      thread.off('message', answered).off('error', ended).off('exit', ended);
      thread.unref();
      resolve(answer);
    };
    const giveUp = (failed: string): void => {
      worker = undefined;
      finish({ failed });
      thread.on('error', () => undefined);
      void thread.terminate();
    };
    const answered = (found: FoundScript[] | undefined): void => finish(found ?? { failed: 'does not parse' });
    const ended = (): void => giveUp('cannot be parsed');
    const timer = setTimeout(() => giveUp('takes too long to parse'), TIME_LIMIT);
    thread.on('message', answered).on('error', ended).on('exit', ended);
    thread.postMessage({ format, text });
  });
}
