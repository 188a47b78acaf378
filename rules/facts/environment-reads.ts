/** Reads of environment variables, wherever in a script they stand. */
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { originsOf } from './origins.js';
import { keyName, memberName, startOf, type Node } from './syntax.js';

export interface EnvironmentRead {
  readonly name: string;
  readonly node: Node;
}

/**
 * The reads of a script, in source order.
 *
 * @param wanted names that matter; the values of all others are not traced
 */
export function environmentReadsOf(script: Script, wanted: (name: string) => boolean): readonly EnvironmentRead[] {
  const origins = originsOf(script);
  const found: EnvironmentRead[] = [];
  for (const node of bindingsOf(script).nodes) {
    const named = nameAndValue(node);
    if (
      named &&
      wanted(named.name) &&
      origins.evaluate(named.value).some((value) => value.kind === 'environment' && value.name === named.name)
    )
      found.push({ name: named.name, node: named.at });
  }
  return found.sort((one, other) => startOf(one.node) - startOf(other.node));
}

/** What may read a variable by its name: a member, a name taken out by destructuring, an import from a module of variables, a getter. */
function nameAndValue(node: Node): { readonly name: string; readonly value: Node; readonly at: Node } | undefined {
  switch (node.type) {
    case 'MemberExpression': {
      const name = memberName(node);
      return name === undefined ? undefined : { name, value: node, at: node };
    }
    case 'Property': {
      const name = keyName(node.key, node.computed);
      const value = node.value.type === 'AssignmentPattern' ? node.value.left : node.value;
      return name === undefined || value.type !== 'Identifier' ? undefined : { name, value, at: node.key };
    }
    case 'ImportSpecifier':
      return node.imported.type === 'Identifier' ? { name: node.imported.name, value: node.local, at: node.imported } : undefined;
    case 'CallExpression': {
      const [first] = node.arguments;
      return first?.type === 'Literal' && typeof first.value === 'string' ? { name: first.value, value: node, at: node } : undefined;
    }
    default:
      return undefined;
  }
}
