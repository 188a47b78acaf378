/** Code that compares the end of a token with the time itself, where the library is told not to. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { bindingsOf, type FunctionNode } from './bindings.js';
import type { JwtCall } from './calls.js';
import { functionNamed, usesOf } from './decoded-use.js';
import { dottedName, keyName, memberName, nodesIn, type Node } from './syntax.js';

const LEAVES = new Set(['ReturnStatement', 'ThrowStatement', 'ContinueStatement', 'BreakStatement']);
/** Steps of one reckoning that are followed: far above what written code needs. */
const MAX_STEPS = 100;

/** True when what a call verifies is refused by a comparison of its `exp` that the code makes. */
export function refusesExpired(script: Script, call: JwtCall): boolean {
  for (const claims of claimsOf(script, call))
    for (const use of usesOf(script, claims))
      if ((use.kind === 'counted' || use.kind === 'given' || use.kind === 'text') && use.path.at(-1) === 'exp')
        if (orderings(script, use.node).some(({ comparison, isGreater }) => decides(script, comparison, isGreater))) return true;
  return false;
}

/** Comparisons by size that an expression goes into, alone or reckoned with; `isGreater`: they hold when it is great. */
function orderings(script: Script, from: Node): readonly { readonly comparison: TSESTree.BinaryExpression; readonly isGreater: boolean }[] {
  const bindings = bindingsOf(script);
  const found: { readonly comparison: TSESTree.BinaryExpression; readonly isGreater: boolean }[] = [];
  const stack = [{ node: from, negative: false }];
  for (let steps = 0, next = stack.pop(); next && steps < MAX_STEPS; steps++, next = stack.pop()) {
    const { node, negative } = next;
    const above = bindings.parentOf(node);
    switch (above?.type) {
      case 'BinaryExpression':
        if (/^[<>]=?$/.test(above.operator))
          found.push({ comparison: above, isGreater: above.operator.startsWith('>') === ((above.left === node) !== negative) });
        else if (/^[-+*/]$/.test(above.operator))
          stack.push({ node: above, negative: above.operator === '-' && above.right === node ? !negative : negative });
        break;
      case 'VariableDeclarator':
        if (above.init === node && above.id.type === 'Identifier')
          for (const reference of bindings.variableOf(above.id)?.references ?? []) stack.push({ node: reference, negative });
        break;
      case 'CallExpression':
      case 'NewExpression':
        // `new Date(exp * 1000)`, `Math.floor(exp)`, `Number(exp)`
        if (above.arguments[0] === node && /^(?:Date|Number|Math\.\w+)$/.test(dottedName(above.callee) ?? ''))
          stack.push({ node: above, negative });
        break;
      case 'MemberExpression': {
        // `new Date(exp * 1000).getTime()`
        const outer = bindings.parentOf(above);
        if (above.object === node && memberName(above) === 'getTime' && outer?.type === 'CallExpression')
          stack.push({ node: outer, negative });
        break;
      }
      case 'TSAsExpression':
      case 'TSNonNullExpression':
      case 'ChainExpression':
        stack.push({ node: above, negative });
        break;
    }
  }
  return found;
}

/** Where the claims come out of a call: itself, what its callback is given, what the strategy's `validate` is given. */
function claimsOf(script: Script, { node }: JwtCall): readonly Node[] {
  const bindings = bindingsOf(script);
  const found: Node[] = [node];
  const take = (parameters: readonly Node[]): void => {
    for (const parameter of parameters)
      if (parameter.type === 'Identifier') found.push(...(bindings.variableOf(parameter)?.references ?? []));
  };
  if (node.type === 'CallExpression' || node.type === 'NewExpression')
    for (const argument of node.arguments) {
      const given = argument.type === 'Identifier' ? functionNamed(script, argument) : argument;
      if (given && /Function/.test(given.type)) take((given as FunctionNode).params);
    }
  if (node.type === 'CallExpression' && node.callee.type === 'Super') {
    let above: Node | undefined = node;
    while (above && above.type !== 'ClassBody') above = bindings.parentOf(above);
    for (const method of above?.body ?? [])
      if (method.type === 'MethodDefinition' && keyName(method.key, method.computed) === 'validate') take(method.value.params);
  }
  return found;
}

/** True when the outcome of a comparison is kept or returned, or when the branch for what is over leaves. */
function decides(script: Script, comparison: TSESTree.BinaryExpression, isGood: boolean): boolean {
  const bindings = bindingsOf(script);
  let good = isGood;
  let below: Node = comparison;
  for (let above = bindings.parentOf(below); above; below = above, above = bindings.parentOf(above)) {
    switch (above.type) {
      case 'LogicalExpression':
        break;
      case 'UnaryExpression':
        if (above.operator === '!') good = !good;
        break;
      case 'VariableDeclarator':
      case 'ReturnStatement':
      case 'ArrowFunctionExpression':
      case 'ConditionalExpression':
        return true;
      case 'IfStatement':
        if (above.test !== below) return false;
        return above.alternate !== null || (!good && nodesIn(script.visitorKeys, above.consequent).some(({ type }) => LEAVES.has(type)));
      default:
        return false;
    }
  }
  return false;
}
