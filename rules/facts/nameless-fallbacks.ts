/**
 * Literals that stand in for a variable where nothing gives them a name: `return process.env.JWT_SECRET || 'x'`, an argument,
 * a default of a parameter, an element of a list.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { logCall } from './log-calls.js';
import { originsOf } from './origins.js';
import { memberName, unwrap, type Node } from './syntax.js';
import type { Fallback, TextValue, Value } from './values.js';

/** Methods and functions that only ask something about what they are given. */
const ASKING = /^(?:includes|startsWith|endsWith|indexOf|match|test|has|equals?|is\w{0,40}|Boolean|expect|assert\w{0,40})$/;

/** A literal, and the name of what it stands in for. */
export interface NamelessFallback {
  readonly value: TextValue & { readonly fallback: Fallback };
  readonly asked: string;
}

/** Text that stands in for something with a name: a variable, a setting, or a member of an object that is handed in. */
export function* namelessFallbacks(script: Script): Iterable<NamelessFallback> {
  const { nodes } = bindingsOf(script);
  const origins = originsOf(script);
  for (const node of nodes) {
    if (!(node.type === 'LogicalExpression' && node.operator !== '&&') && node.type !== 'ConditionalExpression') continue;
    if (!isGivenOn(script, node)) continue;
    for (const value of withImportedStandIns(script, origins.evaluate(node))) {
      if (value.kind !== 'text' || !value.fallback) continue;
      if (value.at.path !== script.path && !standsInForVariable(value)) continue;
      const asked = askedBy(value.fallback, node);
      if (asked !== undefined) yield { value: { ...value, fallback: value.fallback }, asked };
    }
  }
}

/** True for what takes the place of a variable or setting that is missing. */
export function standsInForVariable({ fallback }: Value): boolean {
  return fallback?.of === 'environment' || fallback?.of === 'config';
}

/** The values, with what other files have to stand in for a variable: nothing else is followed there. */
export function withImportedStandIns(script: Script, values: readonly Value[]): readonly Value[] {
  const isImported = (value: Value): boolean => (value.kind === 'import' || value.kind === 'call') && standsInForVariable(value);
  return values.some(isImported) ? values.flatMap((value) => (isImported(value) ? originsOf(script).resolve([value]) : [value])) : values;
}

/** The name of what is asked first; of what is handed in, `env.JWT_SECRET || 'x'`, as it is written in the choice. */
export function askedBy(fallback: Fallback, choice: Node): string | undefined {
  if (fallback.of === 'environment' || fallback.of === 'config') return fallback.name;
  let first = unwrap(choice);
  while (first.type === 'LogicalExpression') first = unwrap(first.left);
  return first.type === 'MemberExpression' ? memberName(first) : undefined;
}

/** Whether the value of an expression is handed to somebody, who may use it: not where it is only compared, counted or shown. */
function isGivenOn(script: Script, expression: Node): boolean {
  const { parentOf } = bindingsOf(script);
  let child = expression;
  for (let above = parentOf(child); above; child = above, above = parentOf(above)) {
    switch (above.type) {
      case 'ReturnStatement':
      case 'ArrayExpression':
        return true;
      case 'ArrowFunctionExpression':
        return above.body === child;
      case 'AssignmentPattern':
        return above.right === child;
      case 'CallExpression':
      case 'NewExpression':
        return above.callee !== child && !isAsked(script, above);
      case 'MemberExpression': {
        // `(a || b).trim()`
        const call = parentOf(above);
        if (memberName(above) !== 'trim' || call?.type !== 'CallExpression') return false;
        above = call;
        break;
      }
      case 'LogicalExpression':
        // The whole chain is looked at.
        if (above.operator !== '&&') return false;
        break;
      case 'ConditionalExpression':
        if (above.test === child) return false;
        break;
      case 'AwaitExpression':
      case 'ChainExpression':
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
        break;
      default:
        return false;
    }
  }
  return false;
}

function isAsked(script: Script, call: TSESTree.CallExpression | TSESTree.NewExpression): boolean {
  const callee = unwrap(call.callee);
  const name = callee.type === 'Identifier' ? callee.name : callee.type === 'MemberExpression' ? memberName(callee) : undefined;
  return (name !== undefined && ASKING.test(name)) || logCall(script, call) !== undefined;
}
