/** Text of a script -> AST. The only file that knows a parser; it is loaded only for scripts that the trigger selects. */
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

type Oxc = typeof import('oxc-parser');
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

/** Parses a script. Never throws for what the file holds; see src/readers/depth.ts for files that must not be parsed in this process. */
export function parseScript(path: string, text: string): ParsedScript | Unparsed {
  oxc ??= createRequire(import.meta.url)('oxc-parser') as Oxc;
  const lang = scriptLanguage(path) ?? 'ts';
  let result = oxc.parseSync(path, text, { lang, astType: 'ts', preserveParens: false });
  // A `.js` file may be a script with `return` or `with` at the top; a `.cjs` one always is.
  if (fatal(result) && lang === 'jsx') {
    const sloppy = oxc.parseSync(path, text, { lang, astType: 'ts', preserveParens: false, sourceType: 'commonjs' });
    if (!fatal(sloppy)) result = sloppy;
  }
  const error = fatal(result);
  if (error) return { failed: 'does not parse', ...(error.labels[0] ? { offset: error.labels[0].start } : {}) };
  return { ast: result.program as unknown as TSESTree.Program, visitorKeys: oxc.visitorKeys, comments: result.comments };
}

function fatal(result: import('oxc-parser').ParseResult): import('oxc-parser').OxcError | undefined {
  return result.program.body.length === 0 && result.errors.length > 0 ? result.errors[0] : undefined;
}
