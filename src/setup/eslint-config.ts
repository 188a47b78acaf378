/** Where jwtlint goes in a flat configuration of ESLint, by its AST. The configuration is read and never run. */
import type { TSESTree } from '@typescript-eslint/types';
import { endOf, startOf } from '../../rules/facts/syntax.js';
import { parseGuarded } from '../readers/guarded-parse.js';
import type { Insertion } from './edit.js';

/** The names that ESLint looks for, in its order. */
export const ESLINT_CONFIGS = ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map((ending) => `eslint.config.${ending}`);

/**
 * Adds the import and, as the last entry, the recommended rules.
 *
 * @returns undefined when the file does not say its entries as a list that stands in it
 */
export async function insertIntoEslintConfig(path: string, text: string): Promise<readonly Insertion[] | undefined> {
  const parsed = await parseGuarded(path, text);
  if ('failed' in parsed) return undefined;
  const { body } = parsed.ast;
  const exported = exportOf(body);
  const list = exported && listOf(exported.value, body);
  if (!list) return undefined;
  if (declaresName(body, 'jwtlint')) return undefined;
  const entry = entryIn(text, list, 'jwtlint.configs.recommended');
  const imports = body.filter((node) => node.type === 'ImportDeclaration');
  const last = imports.at(-1) ?? (exported.commonjs ? body.filter(isRequire).at(-1) : undefined);
  const quote = /from\s+"|require\("/.test(text) ? '"' : "'";
  const line = exported.commonjs
    ? `const jwtlint = require(${quote}jwtlint/eslint${quote})`
    : `import jwtlint from ${quote}jwtlint/eslint${quote}`;
  const end = last && text.charAt(endOf(last) - 1) !== ';' ? '' : ';';
  const loading: Insertion = last
    ? { at: afterLine(text, endOf(last)), text: `${text.includes('\n', endOf(last)) ? '' : '\n'}${line}${end}\n` }
    : { at: startOfCode(text, body), text: `${line}${end}\n\n` };
  return loading.at <= entry.at ? [loading, entry] : undefined;
}

/** What the module gives, and in which kind of module. */
function exportOf(body: readonly TSESTree.ProgramStatement[]): { value: TSESTree.Node; commonjs: boolean } | undefined {
  for (const node of body) {
    if (node.type === 'ExportDefaultDeclaration') return { value: node.declaration, commonjs: false };
    const assigned = node.type === 'ExpressionStatement' && node.expression.type === 'AssignmentExpression' ? node.expression : undefined;
    const target = assigned?.left;
    if (
      assigned &&
      target?.type === 'MemberExpression' &&
      target.object.type === 'Identifier' &&
      target.object.name === 'module' &&
      target.property.type === 'Identifier' &&
      target.property.name === 'exports'
    )
      return { value: assigned.right, commonjs: true };
  }
  return undefined;
}

/** Entries in order, and where the list ends. */
interface EntryList {
  readonly entries: readonly TSESTree.Node[];
  readonly node: TSESTree.Node;
}

/** An array, the arguments of a call that makes one (`defineConfig(…)`, `tseslint.config(…)`), or a constant that is one of these. */
function listOf(value: TSESTree.Node, body: readonly TSESTree.ProgramStatement[], depth = 0): EntryList | undefined {
  if (depth > 4) return undefined;
  if (value.type === 'ArrayExpression')
    return value.elements.includes(null) ? undefined : { entries: value.elements as TSESTree.Node[], node: value };
  if (value.type === 'TSAsExpression' || value.type === 'TSSatisfiesExpression') return listOf(value.expression, body, depth + 1);
  if (value.type === 'CallExpression') {
    const { callee, arguments: given } = value;
    const name =
      callee.type === 'Identifier'
        ? callee.name
        : callee.type === 'MemberExpression' && callee.property.type === 'Identifier'
          ? callee.property.name
          : '';
    if (name !== 'defineConfig' && name !== 'config') return undefined;
    const [only] = given;
    if (given.length === 1 && only?.type === 'ArrayExpression') return listOf(only, body, depth + 1);
    return given.length > 0 ? { entries: given, node: value } : undefined;
  }
  if (value.type !== 'Identifier') return undefined;
  for (const node of body) {
    if (node.type !== 'VariableDeclaration' || node.kind !== 'const') continue;
    const declared = node.declarations.find(({ id }) => id.type === 'Identifier' && id.name === value.name);
    if (declared?.init) return listOf(declared.init, body, depth + 1);
  }
  return undefined;
}

function entryIn(text: string, { entries, node }: EntryList, entry: string): Insertion {
  const last = entries.at(-1);
  if (!last) return { at: endOf(node) - 1, text: entry };
  const rest = text.slice(endOf(last), endOf(node));
  const line = text.slice(text.lastIndexOf('\n', startOf(last) - 1) + 1, startOf(last));
  const ownLine = /^\s*$/.test(line);
  const comma = /^(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*,/.exec(rest);
  if (!ownLine) return comma ? { at: endOf(last) + comma[0].length, text: ` ${entry},` } : { at: endOf(last), text: `, ${entry}` };
  if (!comma) return { at: endOf(last), text: `,\n${line}${entry}` };
  // After the comma and a comment that may stand behind it.
  const behind = /^[^\n]*/.exec(rest.slice(comma[0].length))![0];
  const isComment = /^\s*(?:\/\/.*)?$/.test(behind);
  return { at: endOf(last) + comma[0].length + (isComment ? behind.length : 0), text: `\n${line}${entry},` };
}

function declaresName(body: readonly TSESTree.ProgramStatement[], name: string): boolean {
  return body.some((node) => {
    if (node.type === 'ImportDeclaration') return node.specifiers.some(({ local }) => local.name === name);
    return node.type === 'VariableDeclaration' && node.declarations.some(({ id }) => id.type === 'Identifier' && id.name === name);
  });
}

function isRequire(node: TSESTree.ProgramStatement): boolean {
  return (
    node.type === 'VariableDeclaration' &&
    node.declarations.some(
      ({ init }) => init?.type === 'CallExpression' && init.callee.type === 'Identifier' && init.callee.name === 'require',
    )
  );
}

function afterLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

/** Before the first statement, but after a hashbang and directives. */
function startOfCode(text: string, body: readonly TSESTree.ProgramStatement[]): number {
  const first = body.find((node) => !(node.type === 'ExpressionStatement' && 'directive' in node && node.directive));
  return first ? text.lastIndexOf('\n', startOf(first) - 1) + 1 : text.length;
}
