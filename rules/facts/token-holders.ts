/** Objects that nothing says anything of but the code beside them: they hold a token, since it takes one out of them. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { bindingsOf, type Bindings, type Variable } from './bindings.js';
import { tokenName } from './names.js';
import { endOf, keyName, memberName, startOf, unwrap, type Node } from './syntax.js';

interface Taking {
  readonly name: string;
  readonly reference: Node;
}

const takingsByVariable = new WeakMap<Variable, readonly Taking[]>();

/**
 * The name of the token that is taken out of a variable (`tokens.accessToken`) where another use of it stands: in the same
 * function, and in the same branch of it, since in another one the object may be an error.
 */
export function tokenTakenFrom(script: Script, use: TSESTree.Identifier): string | undefined {
  const bindings = bindingsOf(script);
  const variable = bindings.variableOf(use);
  if (!variable) return undefined;
  let takings = takingsByVariable.get(variable);
  if (!takings) takingsByVariable.set(variable, (takings = takingsOf(bindings, variable)));
  if (takings.length === 0) return undefined;
  const region = regionOf(use);
  return takings.find(({ reference }) => startOf(region) <= startOf(reference) && endOf(reference) <= endOf(region))?.name;

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

/** Where tokens are taken out of a variable; none where one is taken away or put in, since what is shown then is not told. */
function takingsOf(bindings: Bindings, variable: Variable): readonly Taking[] {
  const takings: Taking[] = [];
  for (const reference of variable.references) {
    const above = bindings.parentOf(reference);
    const name = above && namesTaken(above, reference).find((each) => tokenName(each) === 'strong');
    if (name === undefined) continue;
    const next = bindings.parentOf(above!);
    if (next?.type === 'UnaryExpression' && next.operator === 'delete') return [];
    if (next?.type === 'AssignmentExpression' && next.left === above) return [];
    takings.push({ name, reference });
  }
  return takings;
}

/** Names of members that an expression takes out of an object. */
function namesTaken(above: Node, object: Node): readonly string[] {
  if (above.type === 'MemberExpression' && unwrap(above.object) === object) return [memberName(above) ?? []].flat();
  if (above.type !== 'VariableDeclarator' || above.init !== object || above.id.type !== 'ObjectPattern') return [];
  return above.id.properties.flatMap((property) => (property.type === 'Property' ? (keyName(property.key, property.computed) ?? []) : []));
}
