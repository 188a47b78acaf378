/** Declarations of types that list the variables or settings of a package, and what adds one more to them. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Edit, Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { styleOf } from './code-style.js';
import { inserting, replacing } from './edits.js';
import { endOf, keyName, startOf, type Node } from './syntax.js';

/** Names that stand for a type, from one to the next. */
const MAX_HOPS = 4;

/** An interface, a type literal or a class whose members stand there. */
export interface TypeDeclaration {
  readonly script: Script;
  readonly body: TSESTree.TSInterfaceBody | TSESTree.TSTypeLiteral | TSESTree.ClassBody;
}

/** A member of it. */
interface TypeMember {
  readonly node: Node;
  readonly name: string;
  readonly optional: boolean;
  readonly type: Node | undefined;
}

/** The only declaration that a type means, in the script or in one that it imports from; undefined where it is not understood. */
export function declarationOf(script: Script, type: Node, hops = 0): TypeDeclaration | undefined {
  if (type.type === 'TSTypeLiteral') return { script, body: type };
  if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier' || type.typeArguments || hops > MAX_HOPS) return undefined;
  const { name } = type.typeName;
  const declared = script.ast.body.flatMap((statement) => {
    const inner =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration' ? statement.declaration : statement;
    const isNamed = inner && 'id' in inner && inner.id?.type === 'Identifier' && inner.id.name === name;
    return isNamed ? [{ inner, isDefault: statement.type === 'ExportDefaultDeclaration' }] : [];
  });
  if (declared.length > 1) return undefined;
  const [one] = declared;
  if (!one) return importedAs(script, name, hops);
  switch (one.inner.type) {
    case 'TSInterfaceDeclaration':
    case 'ClassDeclaration':
      return { script, body: one.inner.body };
    case 'TSTypeAliasDeclaration':
      return declarationOf(script, one.inner.typeAnnotation, hops + 1);
    default:
      return undefined;
  }
}

function importedAs(script: Script, name: string, hops: number): TypeDeclaration | undefined {
  for (const statement of script.ast.body) {
    if (statement.type !== 'ImportDeclaration') continue;
    const specifier = statement.specifiers.find(({ local }) => local.name === name);
    if (specifier?.type !== 'ImportSpecifier' || specifier.imported.type !== 'Identifier') continue;
    const path = script.neighbours?.resolve(statement.source.value, script.path);
    const other = path === undefined ? undefined : script.neighbours?.script(path);
    const { imported } = specifier;
    return other && declarationOf(other, { type: 'TSTypeReference', typeName: imported } as TSESTree.TSTypeReference, hops + 1);
  }
  return undefined;
}

/** `interface ProcessEnv` of the namespace `NodeJS`, to which a script adds members; undefined where it has none of its own. */
export function environmentTypeIn(script: Script): TypeDeclaration | undefined {
  const open: Node[] = [...script.ast.body];
  for (let next = open.shift(); next; next = open.shift()) {
    const inner = next.type === 'ExportNamedDeclaration' ? next.declaration : next;
    const { body, id } = (inner ?? {}) as { readonly body?: Node; readonly id?: Node };
    if (body?.type !== 'TSModuleBlock') continue;
    if (id?.type !== 'Identifier' || id.name !== 'NodeJS') {
      open.push(...body.body);
      continue;
    }
    for (const each of body.body) {
      const declared = each.type === 'ExportNamedDeclaration' ? each.declaration : each;
      if (declared?.type !== 'TSInterfaceDeclaration' || declared.id.name !== 'ProcessEnv') continue;
      // What it extends may have the members.
      if (declared.body.body.length > 0 || declared.extends.length === 0) return { script, body: declared.body };
    }
  }
  return undefined;
}

/** A member by its name. */
export function memberOf({ body }: TypeDeclaration, name: string): TypeMember | undefined {
  return membersOf(body).find((each) => each.name === name);
}

function membersOf(body: TypeDeclaration['body']): readonly TypeMember[] {
  const nodes: readonly Node[] = body.type === 'TSTypeLiteral' ? body.members : body.body;
  return nodes.flatMap((node) => {
    if (node.type !== 'TSPropertySignature' && node.type !== 'PropertyDefinition') return [];
    const name = keyName(node.key, node.computed);
    return name === undefined ? [] : [{ node, name, optional: node.optional, type: node.typeAnnotation?.typeAnnotation }];
  });
}

/** True for what lists variables by their names. */
export function listsVariables({ body }: TypeDeclaration): boolean {
  return membersOf(body).some(({ name }) => /^[A-Z][A-Z0-9_]*$/.test(name));
}

/** What adds a member that is a text, as the last one is written; undefined for a class, or a type, without any. */
export function addingMember({ script, body }: TypeDeclaration, name: string): Edit | undefined {
  const members = membersOf(body);
  const { text } = script;
  const { lineEnd, semicolon, indent } = styleOf(script);
  const last = members.at(-1)?.node;
  if (!last) {
    const around = /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', startOf(body) - 1) + 1))![0];
    const only = `${lineEnd}${around}${indent}${name}: string${semicolon}${lineEnd}${around}`;
    return body.type === 'ClassBody' ? undefined : replacing(body, `{${only}}`);
  }
  const endingOf = ({ node }: TypeMember): string => /[;,]$/.exec(text.slice(startOf(node), endOf(node)))?.[0] ?? '';
  const optional = members.every((each) => each.optional) ? '?' : '';
  const isReadonly = 'readonly' in last && last.readonly ? 'readonly ' : '';
  const isDefinite = 'definite' in last && last.definite ? '!' : '';
  const ending = endingOf(members.at(-1)!);
  const member = `${isReadonly}${name}${optional}${isDefinite}: string${ending}`;
  const lineStart = text.lastIndexOf('\n', startOf(last) - 1) + 1;
  const margin = text.slice(lineStart, startOf(last));
  if (margin.trim() !== '' || lineStart <= startOf(body)) {
    const between = ending === '' ? endingOf(members[0]!) || ';' : '';
    return inserting(endOf(last), `${between} ${member}`);
  }
  const validated = 'decorators' in last && last.decorators.length > 0;
  if (validated && !bindingsOf(script).lookup('IsString', script.ast)) return undefined;
  const decorator = validated ? `@IsString()${lineEnd}${margin}` : '';
  const gap = validated && /\n[ \t]*\r?\n[ \t]*$/.test(text.slice(0, lineStart) + margin) ? lineEnd : '';
  // Behind what else stands in the line of the last one: a comment.
  const rest = /^[^\n\r]*/.exec(text.slice(endOf(last)))![0];
  return inserting(endOf(last) + rest.length, `${lineEnd}${gap}${margin}${decorator}${member}`);
}
