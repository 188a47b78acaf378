/** Changes to the text of a script that keep all that they do not mean. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Edit, Place, Script } from '../contract.js';
import { endOf, keyName, startOf, type Node } from './syntax.js';

/** The outermost node that stands exactly there; undefined when none does, or when the place is in another file. */
export function nodeAt(script: Script, place: Place): Node | undefined {
  if (place.path !== script.path) return undefined;
  let node: Node | undefined = script.ast;
  while (node) {
    if (startOf(node) === place.start && endOf(node) === place.end && node.type !== 'Program') return node;
    node = childAround(script, node, place);
  }
  return undefined;
}

function childAround(script: Script, node: Node, { start, end }: Place): Node | undefined {
  for (const key of script.visitorKeys[node.type] ?? []) {
    const value = (node as unknown as Record<string, unknown>)[key];
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof child !== 'object' || child === null || typeof (child as { type?: unknown }).type !== 'string') continue;
      if (covers(child as Node, start, end)) return child as Node;
    }
  }
  return undefined;
}

/** Some parsers do not count decorators to what they stand before, nor that to an export. */
function covers(node: Node, start: number, end: number): boolean {
  if (startOf(node) <= start && endOf(node) >= end) return true;
  const { decorators, declaration } = node as { readonly decorators?: readonly Node[]; readonly declaration?: Node | null };
  if (decorators?.some((decorator) => covers(decorator, start, end))) return true;
  return /^Export/.test(node.type) && !!declaration && covers(declaration, start, end);
}

/** What puts a text in the place of a node. */
export function replacing(node: Node, text: string): Edit {
  return { start: startOf(node), end: endOf(node), text };
}

/** What puts a text at an offset. */
export function inserting(at: number, text: string): Edit {
  return { start: at, end: at, text };
}

/** What takes one of several elements or properties out of a list, with its comma and the line that it leaves empty. */
export function removing({ text }: Script, list: readonly (Node | null)[], node: Node): Edit {
  const index = list.indexOf(node);
  if (list.length === 1) {
    const around = /\s*$/.exec(text.slice(0, startOf(node)))![0].length;
    return { start: startOf(node) - around, end: endOf(node) + /^\s*,?\s*/.exec(text.slice(endOf(node)))![0].length, text: '' };
  }
  const after = text.slice(endOf(node));
  const comma = /^\s*,/.exec(after)?.[0];
  const before = index > 0 ? list[index - 1] : undefined;
  if (comma === undefined && before) return { start: endOf(before), end: endOf(node), text: '' };
  const end = endOf(node) + (comma?.length ?? 0);
  const blank = /^[ \t]*\r?\n/.exec(text.slice(end))?.[0];
  const lineStart = text.lastIndexOf('\n', startOf(node) - 1) + 1;
  // Alone on its line, so that the line goes too.
  if (blank !== undefined && text.slice(lineStart, startOf(node)).trim() === '')
    return { start: lineStart, end: end + blank.length, text: '' };
  const space = /^[ \t]+/.exec(text.slice(end))?.[0].length ?? 0;
  return { start: startOf(node), end: end + (index === 0 ? space : 0), text: '' };
}

/** The property of an object expression; undefined when it is not written there. */
export function propertyNamed(object: TSESTree.ObjectExpression, name: string): TSESTree.Property | undefined {
  return object.properties.find(
    (property): property is TSESTree.Property => property.type === 'Property' && keyName(property.key, property.computed) === name,
  );
}

/** What adds a property to the end of an object expression, on a line of its own where the others have one. */
export function appendingProperty({ text }: Script, object: TSESTree.ObjectExpression, property: string): Edit {
  const last = object.properties.at(-1);
  if (!last) return replacing(object, `{ ${property} }`);
  const end = endOf(last);
  const behind = text.slice(end, endOf(object));
  const lineEnd = /^[^\n]*?(\r?\n)/.exec(behind)?.[1];
  if (lineEnd === undefined) return inserting(end, `, ${property}`);
  const lineStart = text.lastIndexOf('\n', startOf(last) - 1) + 1;
  const margin = /^\s*/.exec(text.slice(lineStart, startOf(last)))![0];
  // Behind what else stands in the line of the last one: its comma, and a comment.
  const comma = /^\s*,[^\n]*\n/.exec(behind)?.[0];
  if (comma !== undefined) return inserting(end + comma.length, `${margin}${property},${lineEnd}`);
  const rest = behind.slice(0, behind.indexOf(lineEnd));
  // As one change with what stands before it, so that of two additions each gets its comma.
  return { start: startOf(last), end: end + rest.length, text: `${text.slice(startOf(last), end)},${rest}${lineEnd}${margin}${property}` };
}

/** What adds an element to the end of a list, on a line of its own where the others have one. */
export function appendingElement({ text }: Script, list: TSESTree.ArrayExpression, element: string): Edit {
  const last = list.elements.findLast((each) => each !== null);
  if (!last) return replacing(list, `[${element}]`);
  const lineStart = text.lastIndexOf('\n', startOf(last) - 1) + 1;
  const margin = text.slice(lineStart, startOf(last));
  if (lineStart <= startOf(list) || margin.trim() !== '') return inserting(endOf(last), `, ${element}`);
  return inserting(endOf(last), `,${text.charAt(lineStart - 2) === '\r' ? '\r' : ''}\n${margin}${element}`);
}

/** What adds a property to the front of an object expression. */
export function addingProperty({ text }: Script, object: TSESTree.ObjectExpression, property: string): Edit {
  const open = startOf(object) + 1;
  const [first] = object.properties;
  if (!first) return { start: startOf(object), end: endOf(object), text: `{ ${property} }` };
  const gap = text.slice(open, startOf(first));
  const lineBreak = gap.lastIndexOf('\n');
  return lineBreak < 0
    ? inserting(startOf(first), `${property}, `)
    : inserting(
        startOf(first),
        `${property},${gap.slice(gap.lastIndexOf('\n', lineBreak) - (gap.charAt(lineBreak - 1) === '\r' ? 1 : 0))}`,
      );
}
