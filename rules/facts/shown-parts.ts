/** What of an expression ends up, whole and readable, in the text that is made of it. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { importName } from './import-names.js';
import { originsOf } from './origins.js';
import { memberName, unwrap, type Node } from './syntax.js';

/** Parts of one expression that are looked at: far more than anybody writes into one message. */
const MAX_PARTS = 500;

/** Functions that give their first argument back as text, and packages that only colour it. */
const AS_TEXT = new Set(['global:String', 'global:JSON.stringify', 'util:inspect', 'global:encodeURIComponent', 'global:encodeURI']);
const COLOURS = /^(?:chalk|kleur|picocolors|colors|ansi-colors|colorette|yoctocolors)[:/]/;

/**
 * The parts that an expression shows: operands of concatenations, expressions of templates, values of objects and lists,
 * either branch of a choice, what is turned into text. Anything else that is done to a value (a slice, a hash, a length, a
 * comparison, a mask) makes another value of it, and the part is then that.
 */
export function shownParts(script: Script, node: Node): readonly Node[] {
  const origins = originsOf(script);
  const found: Node[] = [];
  const stack: Node[] = [node];
  for (let seen = 0, next = stack.pop(); next && seen < MAX_PARTS; seen++, next = stack.pop()) {
    const inner = unwrap(next);
    switch (inner.type) {
      case 'TemplateLiteral':
        stack.push(...inner.expressions.toReversed());
        break;
      case 'BinaryExpression':
        if (inner.operator === '+') stack.push(inner.right, inner.left);
        break;
      case 'LogicalExpression':
        if (inner.operator !== '&&') stack.push(inner.right, inner.left);
        else stack.push(inner.right);
        break;
      case 'ConditionalExpression':
        stack.push(inner.alternate, inner.consequent);
        break;
      case 'AssignmentExpression':
        stack.push(inner.right);
        break;
      case 'ObjectExpression':
        for (const property of inner.properties.toReversed())
          if (property.type === 'Property' && property.kind === 'init') stack.push(property.value);
        break;
      case 'ArrayExpression':
        for (const element of inner.elements.toReversed()) if (element && element.type !== 'SpreadElement') stack.push(element);
        break;
      case 'CallExpression': {
        const text = asText(inner);
        if (text) stack.push(text);
        else found.push(inner);
        break;
      }
      default:
        found.push(inner);
    }
  }
  return found;

  /** What a call only turns into text. */
  function asText(call: TSESTree.CallExpression): Node | undefined {
    const callee = unwrap(call.callee);
    if (callee.type === 'MemberExpression' && memberName(callee) === 'toString') return callee.object;
    const first = call.arguments[0];
    if (!first || first.type === 'SpreadElement') return undefined;
    const knows = origins.evaluate(callee).some((value) => {
      if (value.kind !== 'import') return false;
      const name = importName(value);
      // A replacer may take out what should not be seen.
      if (name === 'global:JSON.stringify')
        return call.arguments[1] === undefined || origins.evaluate(call.arguments[1])[0]?.kind === 'nullish';
      return AS_TEXT.has(name) || COLOURS.test(name);
    });
    return knows ? first : undefined;
  }
}
