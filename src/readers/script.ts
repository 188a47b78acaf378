/** Text of a script -> AST. The only file that knows this parser; it is loaded only for scripts that the trigger selects. */
import { createRequire } from 'node:module';
import type { TSESTree } from '@typescript-eslint/types';
import type { Span } from '../../rules/contract.js';

export interface ParsedScript {
  readonly ast: TSESTree.Program;
  readonly visitorKeys: Readonly<Record<string, readonly string[]>>;
  readonly comments: readonly Span[];
}

/** Why a script has no AST. */
export interface Unparsed {
  readonly failed: string;
  readonly offset?: number;
}

type Oxc = Pick<typeof import('oxc-parser'), 'parseSync' | 'visitorKeys'>;
type ParserOptions = import('oxc-parser').ParserOptions;

/** What oxc-parser answers for one set of options. */
export type ParseAnswer = Pick<import('oxc-parser').ParseResult, 'program' | 'comments' | 'errors'>;

/** Set in the bundle, where the parser is a chunk of its own; in the sources it is the package. */
declare const OXC_PARSER_CHUNK: true | undefined;
declare const require: (specifier: string) => Oxc;
let oxc: Oxc | undefined;

const LANGUAGES: Readonly<Record<string, 'js' | 'jsx' | 'ts' | 'tsx'>> = {
  js: 'jsx',
  mjs: 'jsx',
  cjs: 'jsx',
  jsx: 'jsx',
  ts: 'ts',
  mts: 'ts',
  cts: 'ts',
  tsx: 'tsx',
};

/** The dialect of a script by its file name; undefined for files that are no scripts. */
export function scriptLanguage(path: string): 'jsx' | 'js' | 'ts' | 'tsx' | undefined {
  return LANGUAGES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
}

/** Formats of files that hold scripts between other things. */
export type ComponentFormat = 'vue' | 'svelte' | 'astro';

/** The format of a single-file component by its file name; undefined for other files. */
export function componentFormat(path: string): ComponentFormat | undefined {
  return /\.(vue|svelte|astro)$/i.exec(path)?.[1]?.toLowerCase() as ComponentFormat | undefined;
}

/**
 * Options for oxc-parser to try in turn: a `.js` file may be a script with `return` or `with` at the top; a `.cjs` one always is.
 * It may also have Flow's annotations, most of which TypeScript has too.
 */
export function parserOptions(path: string): readonly ParserOptions[] {
  const lang = scriptLanguage(path) ?? 'ts';
  const module: ParserOptions = { lang, astType: 'ts', preserveParens: false };
  return lang === 'jsx' ? [module, { ...module, sourceType: 'commonjs' }, { ...module, lang: 'tsx' }] : [module];
}

/** Parses a script in this process. Never throws for what the file holds, but may end the process: see guarded-parse.ts. */
export function parseScript(path: string, text: string): ParsedScript | Unparsed {
  const { parseSync } = parser();
  const results: ParseAnswer[] = [];
  for (const options of parserOptions(path)) {
    const result = parseSync(path, text, options);
    results.push(result);
    if (result.program.body.length > 0 || result.errors.length === 0) break;
  }
  return scriptFrom(results);
}

/** The script that the first successful answer holds, else why the first one failed. */
export function scriptFrom(answers: readonly ParseAnswer[]): ParsedScript | Unparsed {
  const parsed = answers.find(({ program, errors }) => program.body.length > 0 || errors.length === 0);
  if (parsed) return { ast: parsed.program as unknown as TSESTree.Program, visitorKeys: parser().visitorKeys, comments: parsed.comments };
  const label = answers[0]?.errors[0]?.labels[0];
  return { failed: 'does not parse', ...(label ? { offset: label.start } : {}) };
}

function parser(): Oxc {
  return (oxc ??=
    typeof OXC_PARSER_CHUNK === 'boolean' ? require('./oxc-parser.cjs') : (createRequire(import.meta.url)('oxc-parser') as Oxc));
}
