/**
 * Whether an HMAC is the signature of a JWS that a script puts together by hand (RFC 7515, 5.1: the input is the encoded
 * header, a dot and the encoded payload). Other HMACs have inputs of that form too (`timestamp.body` of a webhook), so the
 * script has to show one of two things beside it: a JOSE header, or a token that it takes apart at its dots.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { bindingsOf, initialValue, type Bindings } from './bindings.js';
import type { Api } from './libraries.js';
import { originsOf } from './origins.js';
import { keyName, memberName, placeOf, unwrap, type Node } from './syntax.js';

type Call = TSESTree.CallExpression | TSESTree.NewExpression;

/** `{"alg":"HS256","typ":"JWT"}` and what base64url makes of its usual beginnings. */
const HEADER_TEXT = /"alg" ?: ?"HS(?:256|384|512)"|"typ" ?: ?"JWT"|^eyJ(?:hbGciOi|0eXAiOi)/;

/** @param input where the table says that the signed text stands */
export function signsJws(script: Script, call: Call, input: Api['input']): boolean {
  if (input === 'later') return writesHeader(script) && makesHmacKey(script, call);
  const bindings = bindingsOf(script);
  const signed = typeof input === 'number' ? [call.arguments[input]] : updatesOf(bindings, call);
  return signed.some((each) => {
    const parts = each && each.type !== 'SpreadElement' ? joinedByDot(bindings, each) : undefined;
    return parts !== undefined && (writesHeader(script) || parts.every((part) => isPartOfToken(bindings, part)));
  });
}

/** `importKey(format, key, { name: 'HMAC', hash }, ...)` */
function makesHmacKey(script: Script, call: Call): boolean {
  const algorithm = call.arguments[2];
  if (!algorithm || algorithm.type === 'SpreadElement') return false;
  const origins = originsOf(script);
  const at = placeOf(script.path, algorithm);
  return origins.member(origins.valuesOf(algorithm), 'name', at).some((value) => value.kind === 'text' && value.text === 'HMAC');
}

/** What is handed to `update`, in the chain of a call or on the variable that holds its result. */
function updatesOf(bindings: Bindings, call: Call): readonly (Node | undefined)[] {
  const found: Node[] = [];
  const chain = (from: Node): void => {
    for (let node: Node = from, above = bindings.parentOf(node); above; node = above, above = bindings.parentOf(above)) {
      if (above.type === 'MemberExpression' && above.object === node) continue;
      if (above.type !== 'CallExpression' || above.callee !== node || node.type !== 'MemberExpression') return;
      if (memberName(node) === 'update' && above.arguments[0]) found.push(above.arguments[0]);
    }
  };
  chain(call);
  const declarator = bindings.parentOf(call);
  if (declarator?.type === 'VariableDeclarator' && declarator.id.type === 'Identifier')
    for (const reference of bindings.variableOf(declarator.id)?.references ?? []) chain(reference);
  return found;
}

/** The two parts of `` `${a}.${b}` ``, `a + '.' + b` or `[a, b].join('.')`, written out or kept in a variable. */
function joinedByDot(bindings: Bindings, node: Node): readonly [Node, Node] | undefined {
  const inner = initialValue(bindings, node);
  if (inner.type === 'TemplateLiteral') {
    const [first, second, more] = inner.expressions;
    const texts = inner.quasis.map((quasi) => quasi.value.cooked);
    return first && second && !more && texts.join('|') === '|.|' ? [first, second] : undefined;
  }
  if (inner.type === 'BinaryExpression' && inner.operator === '+') {
    const left = unwrap(inner.left);
    if (left.type !== 'BinaryExpression' || left.operator !== '+' || !isDot(left.right)) return undefined;
    return [left.left, inner.right];
  }
  if (inner.type === 'CallExpression' && inner.callee.type === 'MemberExpression' && memberName(inner.callee) === 'join') {
    const list = unwrap(inner.callee.object);
    const [first, second, more] = list.type === 'ArrayExpression' ? list.elements : [];
    if (first && second && more === undefined && inner.arguments[0] && isDot(inner.arguments[0])) return [first, second];
  }
  return undefined;
}

function isDot(node: Node): boolean {
  const inner = unwrap(node);
  return inner.type === 'Literal' && inner.value === '.';
}

/** `parts[0]`, or a name out of `const [header, payload, signature] = token.split('.')`. */
function isPartOfToken(bindings: Bindings, node: Node): boolean {
  const inner = unwrap(node);
  if (inner.type === 'MemberExpression') return inner.computed && splitsAtDots(initialValue(bindings, inner.object));
  if (inner.type !== 'Identifier') return false;
  const [definition] = bindings.variableOf(inner)?.definitions ?? [];
  if (definition?.node.type !== 'VariableDeclarator' || !definition.node.init) return false;
  const { id, init } = definition.node;
  if (id.type === 'ArrayPattern') return id.elements.length === 3 && splitsAtDots(initialValue(bindings, init));
  return id === definition.name && unwrap(init).type === 'MemberExpression' && isPartOfToken(bindings, init);
}

function splitsAtDots(node: Node): boolean {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || memberName(node.callee) !== 'split') return false;
  const [separator] = node.arguments;
  return separator !== undefined && isDot(separator);
}

const headers = new WeakMap<Script, boolean>();

/** Whether a script writes a JOSE header: `{ alg: 'HS256' }`, `{ typ: 'JWT' }`, or one of them as text. */
export function writesHeader(script: Script): boolean {
  let known = headers.get(script);
  if (known === undefined) headers.set(script, (known = findHeader(script)));
  return known;
}

function findHeader(script: Script): boolean {
  if (!/HS(?:256|384|512)|JWT|eyJ/.test(script.text)) return false;
  const { calls, named } = bindingsOf(script);
  if (calls.some((call) => call.arguments.some((argument) => HEADER_TEXT.test(textOf(argument))))) return true;
  return named.some((node) => {
    const value = node.type === 'VariableDeclarator' ? node.init : node.type === 'Property' ? node.value : undefined;
    const text = value ? textOf(value) : '';
    if (HEADER_TEXT.test(text)) return true;
    if (node.type !== 'Property') return false;
    const name = keyName(node.key, node.computed);
    return (name === 'alg' && /^HS(?:256|384|512)$/.test(text)) || (name === 'typ' && text.toUpperCase() === 'JWT');
  });
}

/** The text that a literal is. */
function textOf(node: Node): string {
  const inner = unwrap(node);
  return inner.type === 'Literal' && typeof inner.value === 'string' ? inner.value : '';
}
