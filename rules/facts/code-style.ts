/** How a file is written, so that what is added to it looks like the rest: quotes, semicolons, indentation, where imports end. */
import type { Script } from '../contract.js';
import { endOf, startOf, type Node } from './syntax.js';

export interface CodeStyle {
  readonly quote: "'" | '"';
  /** `;`, or nothing in files that do without. */
  readonly semicolon: ';' | '';
  /** One level of indentation. */
  readonly indent: string;
  readonly lineEnd: '\n' | '\r\n';
  /** The file may hold type annotations. */
  readonly typed: boolean;
}

/** Statements that are looked at: a file is written alike from its beginning. */
const EXAMINED = 200;

/** The style of a script. */
export function styleOf({ text, ast, path }: Script): CodeStyle {
  let single = 0;
  let double = 0;
  let ended = 0;
  let open = 0;
  for (const statement of ast.body.slice(0, EXAMINED)) {
    const source = 'source' in statement ? (statement.source as Node | null) : null;
    const quote = source ? text.charAt(startOf(source)) : undefined;
    if (quote === "'") single += 10;
    else if (quote === '"') double += 10;
    if (/^(?:Import|ExpressionStatement|VariableDeclaration|ExportAll)/.test(statement.type)) {
      if (text.charAt(endOf(statement) - 1) === ';') ended += 1;
      else open += 1;
    }
  }
  if (single + double === 0) {
    single = (text.match(/'/g) ?? []).length;
    double = (text.match(/"/g) ?? []).length;
  }
  return {
    quote: double > single ? '"' : "'",
    semicolon: open > ended ? '' : ';',
    indent: /^(\t| {2,8})\S/m.exec(text)?.[1] ?? '  ',
    lineEnd: text.includes('\r\n') ? '\r\n' : '\n',
    typed: /\.[cm]?tsx?$/.test(path),
  };
}

/** The offset behind the last of the imports that a file begins with; undefined when it begins with something else. */
export function endOfImports({ ast }: Script): number | undefined {
  let end: number | undefined;
  for (const statement of ast.body) {
    if (!isLoading(statement) && !isDirective(statement)) break;
    end = endOf(statement);
  }
  return end;
}

function isDirective(statement: Node): boolean {
  return (
    statement.type === 'ExpressionStatement' && statement.expression.type === 'Literal' && typeof statement.expression.value === 'string'
  );
}

/** An import in any form, or what loads the environment before everything else. */
function isLoading(statement: Node): boolean {
  switch (statement.type) {
    case 'ImportDeclaration':
    case 'TSImportEqualsDeclaration':
      return true;
    case 'VariableDeclaration':
      return statement.declarations.length > 0 && statement.declarations.every(({ init }) => init !== null && callsLoader(init));
    case 'ExpressionStatement':
      return callsLoader(statement.expression);
    default:
      return false;
  }
}

/** `require('x')`, `require('x').y`, `require('dotenv').config()`, `dotenv.config()` */
function callsLoader(expression: Node): boolean {
  let next: Node = expression;
  for (;;) {
    if (next.type === 'MemberExpression') next = next.object;
    else if (next.type === 'CallExpression') {
      if (next.callee.type === 'Identifier') return next.callee.name === 'require';
      if (next.callee.type !== 'MemberExpression') return false;
      next = next.callee;
    } else return next.type === 'Identifier' && /^dotenv\w*$/i.test(next.name);
  }
}

/** Where the first statement begins, with the comments that belong to it. */
export function startOfCode({ ast, text }: Script): number {
  const [first] = ast.body;
  if (!first) return text.length;
  const before = text.slice(0, startOf(first));
  if (!/(?:\*\/|\/\/[^\n]*)\s*$/.test(before)) return startOf(first);
  const gap = Math.max(before.trimEnd().lastIndexOf('\n\n'), before.trimEnd().lastIndexOf('\n\r\n'));
  if (gap >= 0) return gap + before.slice(gap).search(/\S/);
  return before.startsWith('#!') ? before.indexOf('\n') + 1 : 0;
}
