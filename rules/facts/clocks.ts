/** Expressions that read the clock, and the unit in which they give the time. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { originsOf } from './origins.js';
import { memberName, unwrap, type Node } from './syntax.js';

/** Libraries whose moments have `unix()`. */
const DATE_LIBRARIES: ReadonlySet<string> = new Set(['moment', 'moment-timezone', 'dayjs']);

/** Nodes of one expression that are looked at. */
const MAX_NODES = 200;

/** What an expression says of time: a moment in milliseconds, a moment in something else (most often seconds), or nothing. */
export function momentOf(script: Script, expression: Node): 'milliseconds' | 'other' | undefined {
  const bindings = bindingsOf(script);
  const stack: { readonly node: Node; readonly divided: boolean }[] = [{ node: expression, divided: false }];
  const seen = new Set<Node>();
  let moment: 'other' | undefined;
  for (let next = stack.pop(); next && seen.size < MAX_NODES; next = stack.pop()) {
    const node = unwrap(next.node);
    if (seen.has(node)) continue;
    seen.add(node);
    const { divided } = next;
    if (readsSeconds(script, node)) moment = 'other';
    else if (readsMilliseconds(node)) {
      if (!divided) return 'milliseconds';
      moment = 'other';
    } else if (node.type === 'BinaryExpression') {
      const right = unwrap(node.right);
      // What lies between two moments is a span.
      if (node.operator === '-' && (readsSeconds(script, right) || readsMilliseconds(right))) continue;
      if (node.operator === '+' || node.operator === '-') stack.push({ node: node.left, divided }, { node: node.right, divided });
      else if (node.operator === '/' || node.operator === '*') stack.push({ node: node.left, divided: true });
    } else if (node.type === 'UnaryExpression' && node.operator === '+') stack.push({ node: node.argument, divided });
    else if (node.type === 'CallExpression') {
      const first = node.arguments[0];
      if (first && first.type !== 'SpreadElement' && isRounding(node)) stack.push({ node: first, divided });
    } else if (node.type === 'Identifier') {
      const variable = bindings.variableOf(node);
      const definition = variable?.definitions.length === 1 ? variable.definitions[0]!.node : undefined;
      if (definition?.type === 'VariableDeclarator' && definition.id.type === 'Identifier' && definition.init)
        stack.push({ node: definition.init, divided });
    }
  }
  return moment;
}

/** `Date.now()`, `new Date().getTime()`, `x.valueOf()`, `+new Date()`. */
function readsMilliseconds(node: Node): boolean {
  if (node.type === 'NewExpression') return node.callee.type === 'Identifier' && node.callee.name === 'Date';
  if (node.type !== 'CallExpression') return false;
  const callee = unwrap(node.callee);
  if (callee.type !== 'MemberExpression') return false;
  const name = memberName(callee);
  if (name === 'now') return callee.object.type === 'Identifier' && callee.object.name === 'Date';
  return name === 'getTime' || (name === 'valueOf' && unwrap(callee.object).type !== 'Identifier');
}

/** `moment().unix()`, `dayjs().add(1, 'day').unix()`. */
function readsSeconds(script: Script, node: Node): boolean {
  if (node.type !== 'CallExpression') return false;
  const callee = unwrap(node.callee);
  return (
    callee.type === 'MemberExpression' &&
    memberName(callee) === 'unix' &&
    originsOf(script)
      .evaluate(callee.object)
      .some((value) => value.kind === 'import' && DATE_LIBRARIES.has(value.specifier))
  );
}

/** `Math.floor(x)`, `parseInt(x)`, `Number(x)`: the same time, whole. */
function isRounding(node: TSESTree.CallExpression): boolean {
  const callee = unwrap(node.callee);
  if (callee.type === 'Identifier') return callee.name === 'parseInt' || callee.name === 'Number';
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return false;
  const name = memberName(callee);
  return callee.object.name === 'Math'
    ? /^(?:floor|round|ceil|trunc)$/.test(name ?? '')
    : callee.object.name === 'Number' && name === 'parseInt';
}
