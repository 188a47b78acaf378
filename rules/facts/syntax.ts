/** Small questions about AST nodes that all parsers answer alike. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Place, Script } from '../contract.js';

/** Any node; parsers differ in whether they give `range`, `start`/`end` or both. */
export type Node = TSESTree.Node;

/** Offset of the first code unit of a node. */
export function startOf(node: Node): number {
  return node.range ? node.range[0] : (node as unknown as { start: number }).start;
}

/** Offset after the last code unit of a node. */
export function endOf(node: Node): number {
  return node.range ? node.range[1] : (node as unknown as { end: number }).end;
}

/** The place of a node in a file. */
export function placeOf(path: string, node: Node): Place {
  return { path, start: startOf(node), end: endOf(node) };
}

/** The static name of a property key: `a`, `'a'`, `` `a` ``, `1` or `#a`; undefined when computed from anything else. */
export function keyName(key: Node, computed: boolean): string | undefined {
  if (!computed && key.type === 'Identifier') return key.name;
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  if (key.type === 'Literal' && (typeof key.value === 'string' || typeof key.value === 'number')) return String(key.value);
  if (key.type === 'TemplateLiteral' && key.expressions.length === 0) return key.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

/** The name of the property that a member expression reads; undefined when computed from anything but a literal. */
export function memberName(node: TSESTree.MemberExpression): string | undefined {
  return keyName(node.property, node.computed);
}

/** Takes off what does not change a value: `as`, `satisfies`, `!`, `<T>x`, parentheses, optional chains, `await`. */
export function unwrap(node: Node): Node {
  let inner = node;
  for (;;) {
    switch (inner.type as string) {
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
      case 'TSInstantiationExpression':
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        inner = (inner as unknown as { expression: Node }).expression;
        break;
      case 'AwaitExpression':
        inner = (inner as TSESTree.AwaitExpression).argument;
        break;
      default:
        return inner;
    }
  }
}

/** Types that a value has only when it is there. */
const PRESENT_TYPES = new Set(['TSStringKeyword', 'TSTypeReference']);

/** True when what stands around an expression says that it is there: `x!`, `x as string`, `<string>x`. */
export function assertsPresence(node: Node): boolean {
  for (let outer = node; ;) {
    switch (outer.type) {
      case 'TSNonNullExpression':
        return true;
      case 'TSAsExpression':
      case 'TSTypeAssertion': {
        const { typeAnnotation } = outer;
        const isConst = typeAnnotation.type === 'TSTypeReference' && dottedName(typeAnnotation.typeName) === 'const';
        if (PRESENT_TYPES.has(typeAnnotation.type) && !isConst) return true;
        outer = outer.expression;
        break;
      }
      case 'TSSatisfiesExpression':
      case 'ChainExpression':
        outer = outer.expression;
        break;
      default:
        return false;
    }
  }
}

/** The name that a callee ends in: `verify` of `jwt.verify`. */
export function lastName(callee: Node): string | undefined {
  const inner = unwrap(callee);
  return inner.type === 'MemberExpression' ? memberName(inner) : inner.type === 'Identifier' ? inner.name : undefined;
}

/** The dotted path of plain names that an expression is, e.g. `config.get`, `this.config.get`. */
export function dottedName(node: Node): string | undefined {
  const parts: string[] = [];
  let next = unwrap(node);
  while (next.type === 'MemberExpression') {
    const name = memberName(next);
    if (name === undefined) return undefined;
    parts.push(name);
    next = unwrap(next.object);
  }
  if (next.type === 'Identifier') parts.push(next.name);
  else if (next.type === 'ThisExpression') parts.push('this');
  else if (next.type === 'CallExpression') parts.push('()');
  else return undefined;
  return parts.reverse().join('.');
}

/** A node and all below it. */
export function nodesIn(visitorKeys: Script['visitorKeys'], from: Node): readonly Node[] {
  const found: Node[] = [];
  const open: Node[] = [from];
  for (let node = open.pop(); node; node = open.pop()) {
    found.push(node);
    for (const key of visitorKeys[node.type] ?? []) {
      const child = (node as unknown as Record<string, Node | readonly (Node | null)[] | null | undefined>)[key];
      if (Array.isArray(child)) for (const each of child as readonly (Node | null)[]) open.push(...(each ? [each] : []));
      else if (child) open.push(child as Node);
    }
  }
  return found;
}
