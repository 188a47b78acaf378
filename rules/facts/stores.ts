/** What a file keeps under names in an object with `get` and `set`: the settings of an express application, a Map. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Bindings, Variable } from './bindings.js';
import { dottedName, memberName, unwrap, type Node } from './syntax.js';

interface Stored {
  readonly store: Node;
  readonly value: Node;
}

const cache = new WeakMap<Bindings, ReadonlyMap<string, readonly Stored[]>>();

/** What `store.get('name')` may give: all that the same file puts there, in source order; empty where it puts nothing. */
export function storedFor(bindings: Bindings, get: TSESTree.CallExpression): readonly Node[] {
  const callee = unwrap(get.callee);
  const [asked] = get.arguments;
  if (callee.type !== 'MemberExpression' || get.arguments.length !== 1 || asked?.type !== 'Literal') return [];
  let stored = cache.get(bindings);
  if (!stored) cache.set(bindings, (stored = storedByName(bindings)));
  const same = stored.get(nameOf(callee.object, asked)) ?? [];
  return same.filter(({ store }) => rootOf(store, bindings) === rootOf(callee.object, bindings)).map(({ value }) => value);
}

function nameOf(store: Node, key: TSESTree.Literal): string {
  return `${dottedName(store) ?? ''}\0${String(key.value)}`;
}

function storedByName(bindings: Bindings): ReadonlyMap<string, readonly Stored[]> {
  const found = new Map<string, Stored[]>();
  const add = (store: Node, key: Node | null | undefined, value: Node | null | undefined): void => {
    if (dottedName(store) === undefined || key?.type !== 'Literal' || !value || value.type === 'SpreadElement') return;
    const name = nameOf(store, key);
    found.set(name, [...(found.get(name) ?? []), { store, value }]);
  };
  for (const call of bindings.calls) {
    const callee = unwrap(call.callee);
    if (call.type === 'CallExpression') {
      if (callee.type === 'MemberExpression' && memberName(callee) === 'set') add(callee.object, call.arguments[0], call.arguments[1]);
      continue;
    }
    const [entries] = call.arguments;
    if (callee.type !== 'Identifier' || callee.name !== 'Map' || entries?.type !== 'ArrayExpression') continue;
    const declarator = bindings.parentOf(call);
    if (declarator?.type !== 'VariableDeclarator') continue;
    for (const entry of entries.elements) if (entry?.type === 'ArrayExpression') add(declarator.id, entry.elements[0], entry.elements[1]);
  }
  return found;
}

/** The variable that a chain of members begins with: two of one name may be different ones. */
function rootOf(node: Node, bindings: Bindings): Variable | undefined {
  let inner = unwrap(node);
  while (inner.type === 'MemberExpression') inner = unwrap(inner.object);
  return inner.type === 'Identifier' ? bindings.variableOf(inner) : undefined;
}
