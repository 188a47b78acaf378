/** Objects that nothing says anything of but the code beside them: they hold a token, since it takes one out of them. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { tokenName } from './names.js';
import { endOf, keyName, memberName, startOf, unwrap, type Node } from './syntax.js';

/**
 * The name of the token that is taken out of a variable (`tokens.accessToken`) where another use of it stands: in the same
 * function, and in the same branch of it, since in another one the object may be an error.
 */
export function tokenTakenFrom(script: Script, use: TSESTree.Identifier): string | undefined {
  const bindings = bindingsOf(script);
  const region = regionOf(use);
  let found: string | undefined;
  for (const reference of bindings.variableOf(use)?.references ?? []) {
    const above = bindings.parentOf(reference);
    const taken = above && namesTaken(above, reference).find((name) => tokenName(name) === 'strong');
    if (taken === undefined) continue;
    const next = bindings.parentOf(above!);
    // What is taken away is not shown.
    if (next?.type === 'UnaryExpression' && next.operator === 'delete') return undefined;
    if (next?.type === 'AssignmentExpression' && next.left === above) return undefined;
    if (startOf(region) <= startOf(reference) && endOf(reference) <= endOf(region)) found ??= taken;
  }
  return found;

  /** The nearest branch or function around a node. */
  function regionOf(node: Node): Node {
    let below = node;
    for (let above = bindings.parentOf(node); above; below = above, above = bindings.parentOf(above)) {
      const isBranch =
        ((above.type === 'IfStatement' || above.type === 'ConditionalExpression') && above.test !== below) ||
        (above.type === 'LogicalExpression' && above.right === below) ||
        above.type === 'SwitchCase' ||
        above.type === 'CatchClause' ||
        /Function/.test(above.type);
      if (isBranch) return below;
    }
    return below;
  }
}

/** Names of members that an expression takes out of an object. */
function namesTaken(above: Node, object: Node): readonly string[] {
  if (above.type === 'MemberExpression' && unwrap(above.object) === object) return [memberName(above) ?? []].flat();
  if (above.type !== 'VariableDeclarator' || above.init !== object || above.id.type !== 'ObjectPattern') return [];
  return above.id.properties.flatMap((property) => (property.type === 'Property' ? (keyName(property.key, property.computed) ?? []) : []));
}
