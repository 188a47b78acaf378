/** From an object value back to the property of its literal. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Place, Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { keyName, startOf } from './syntax.js';

const cache = new WeakMap<object, ReadonlyMap<number, readonly TSESTree.Property[]>>();

/** The property of this name in the object literal that stands at a place; undefined when it stands in another file or a spread. */
export function propertyOf(script: Script, at: Place, name: string): TSESTree.Property | undefined {
  if (at.path !== script.path) return undefined;
  let objects = cache.get(script.ast);
  if (!objects) cache.set(script.ast, (objects = propertiesByObject(script)));
  return objects.get(at.start)?.find((property) => keyName(property.key, property.computed) === name);
}

/** Properties by the offset where their object literal starts. */
function propertiesByObject(script: Script): ReadonlyMap<number, readonly TSESTree.Property[]> {
  const bindings = bindingsOf(script);
  const found = new Map<number, TSESTree.Property[]>();
  for (const node of bindings.named) {
    if (node.type !== 'Property') continue;
    const object = bindings.parentOf(node);
    if (object?.type !== 'ObjectExpression') continue;
    const list = found.get(startOf(object));
    if (list) list.push(node);
    else found.set(startOf(object), [node]);
  }
  return found;
}
