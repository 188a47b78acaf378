/**
 * What becomes of a value: a walk forward from an expression through variables, patterns, objects, functions of the file
 * and their callers, to every place that does something with it. The rules judge the places.
 */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { bindingsOf, type FunctionNode } from './bindings.js';
import { callsOfFunction, functionCalledBy } from './called-functions.js';
import { dottedName, keyName, memberName, startOf, unwrap, type Node } from './syntax.js';

/** Stations of one value's way that are looked at: far above what written code needs. */
const MAX_STATIONS = 2000;

interface UseBase {
  /** The expression that stands for the value there. */
  readonly node: Node;
  /** Members read from the value on the way, e.g. `['payload', 'role']`; `*` for one that reading cannot tell. */
  readonly path: readonly string[];
  /** Keys of the objects that the value was put into since, innermost first. */
  readonly under: readonly string[];
  /** True when only the truth of the value, or of a comparison with it, got here. */
  readonly truthOnly: boolean;
  /** True when it is what remains where something else has no value: `key.alg ?? header.alg`. */
  readonly standsIn: boolean;
}

/** One place that does something with the value. */
export type Use = UseBase &
  (
    | { readonly kind: 'compared'; readonly other: Node; readonly by: string }
    /** It is counted with, or compared by size. */
    | { readonly kind: 'counted' }
    /** Whether it is true decides which way is taken. */
    | { readonly kind: 'tested' }
    | { readonly kind: 'member'; readonly method: string; readonly call: TSESTree.CallExpression }
    | { readonly kind: 'assigned'; readonly target: TSESTree.MemberExpression }
    | { readonly kind: 'given'; readonly call: TSESTree.CallExpression | TSESTree.NewExpression; readonly index: number }
    | { readonly kind: 'returned'; readonly from: FunctionNode }
    | { readonly kind: 'option'; readonly key: string; readonly property: TSESTree.Property }
    | { readonly kind: 'text'; readonly template: TSESTree.TemplateLiteral | TSESTree.BinaryExpression }
  );

/** A place on the way, which hands the value on. */
type Station = UseBase;

const COMPARISONS = new Set(['===', '==', '!==', '!=']);
const COUNTS = new Set(['<', '<=', '>', '>=', '-', '*', '/']);
/** Methods that give the value itself, only written differently. */
const SAME_VALUE = new Set([
  'toString',
  'valueOf',
  'trim',
  'toLowerCase',
  'toUpperCase',
  'at',
  'slice',
  'concat',
  'replace',
  'map',
  'filter',
]);
/** Methods that ask whether something is among the value's members, or like the value. */
const MEMBERSHIP = new Set([
  'includes',
  'has',
  'indexOf',
  'some',
  'every',
  'find',
  'startsWith',
  'endsWith',
  'match',
  'equals',
  'localeCompare',
]);
/** Functions of the platform that hand on what they are given. */
const HANDS_ON = new Set([
  'String',
  'Number',
  'parseInt',
  'BigInt',
  'JSON.parse',
  'JSON.stringify',
  'Object.freeze',
  'structuredClone',
  'Promise.resolve',
]);

/** What databases make of an id that is text: `ObjectId(id)`, `new mongoose.Types.ObjectId(id)`. */
const DATABASE_ID = /(?:^|\.)ObjectI[dD]$/;

/** Follows the value of an expression to its uses; `path` is what the expression already is of something larger. */
export function usesOf(script: Script, start: Node, path: readonly string[] = []): readonly Use[] {
  const bindings = bindingsOf(script);
  const uses: Use[] = [];
  const seen = new Map<Node, Set<string>>();
  const stack: Station[] = [{ node: start, path, under: [], truthOnly: false, standsIn: false }];
  let count = 0;

  function push(node: Node, from: Station, change: Partial<Station> = {}): void {
    const next = { ...from, ...change, node };
    const key = `${next.path.join('.')} ${next.under.join('.')} ${String(next.truthOnly)} ${String(next.standsIn)}`;
    let keys = seen.get(node);
    if (!keys) seen.set(node, (keys = new Set()));
    if (keys.has(key) || next.path.length > 12 || next.under.length > 6) return;
    keys.add(key);
    stack.push(next);
  }

  for (let station = stack.pop(); station && ++count <= MAX_STATIONS; station = stack.pop()) step(station);
  return uses;

  function step(station: Station): void {
    const { node, under } = station;
    const above = bindings.parentOf(node);
    if (!above) return;
    switch (above.type as string) {
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
      case 'ChainExpression':
      case 'ParenthesizedExpression':
      case 'AwaitExpression':
        push(above, station);
        return;
    }
    switch (above.type) {
      case 'MemberExpression':
        if (above.object === node) member(above, station);
        return;
      case 'VariableDeclarator':
        if (above.init === node) bind(above.id, station);
        return;
      case 'AssignmentExpression':
        if (above.right !== node) return;
        assign(above.left, station);
        push(above, station);
        return;
      case 'AssignmentPattern':
        return;
      case 'LogicalExpression':
        if (above.operator === '&&') push(above, above.left === node ? { ...station, truthOnly: true } : station);
        else push(above, above.left === node ? station : { ...station, standsIn: true });
        return;
      case 'ConditionalExpression':
        if (above.test === node) uses.push({ ...station, kind: 'tested' });
        else push(above, station);
        return;
      case 'IfStatement':
        if (above.test === node) uses.push({ ...station, kind: 'tested' });
        return;
      case 'SequenceExpression':
        if (above.expressions[above.expressions.length - 1] === node) push(above, station);
        return;
      case 'UnaryExpression':
        if (above.operator === '!') push(above, station, { truthOnly: true });
        return;
      case 'BinaryExpression':
        if (COMPARISONS.has(above.operator)) {
          const other = (above.left === node ? above.right : above.left) as Node;
          uses.push({ ...station, kind: 'compared', other, by: above.operator });
          push(above, station, { truthOnly: true });
        } else if (COUNTS.has(above.operator)) uses.push({ ...station, kind: 'counted' });
        else if (above.operator === '+') uses.push({ ...station, kind: 'text', template: above });
        return;
      case 'SwitchStatement':
        if (above.discriminant === node && above.cases[0]?.test)
          uses.push({ ...station, kind: 'compared', other: above.cases[0].test, by: 'switch' });
        return;
      case 'TemplateLiteral':
        uses.push({ ...station, kind: 'text', template: above });
        return;
      case 'Property': {
        if (above.value !== node) return;
        const object = bindings.parentOf(above);
        if (object?.type !== 'ObjectExpression') return;
        const key = keyName(above.key, above.computed) ?? '*';
        uses.push({ ...station, kind: 'option', key, property: above });
        push(object, station, { under: [...under, key] });
        return;
      }
      case 'SpreadElement': {
        const around = bindings.parentOf(above);
        if (around?.type === 'ObjectExpression') push(around, station);
        return;
      }
      case 'ArrayExpression':
        push(above, station, { under: [...under, '[]'] });
        return;
      case 'ReturnStatement': {
        const from = functionAround(above);
        if (from) returned(from, station);
        return;
      }
      case 'ArrowFunctionExpression':
        if (above.body === node) returned(above, station);
        return;
      case 'CallExpression':
      case 'NewExpression':
        if (above.callee !== node) given(above, station);
        return;
    }
  }

  function member(above: TSESTree.MemberExpression, station: Station): void {
    const name = memberName(above) ?? '*';
    const { outer, call } = calledBy(above);
    if (call) {
      if (name === 'then') {
        const callback = call.arguments[0];
        if (callback && (callback.type === 'ArrowFunctionExpression' || callback.type === 'FunctionExpression') && callback.params[0])
          bind(callback.params[0], station);
        return;
      }
      if (name === 'catch' || name === 'finally') push(call, station);
      else if (MEMBERSHIP.has(name)) {
        uses.push({ ...station, kind: 'member', method: name, call });
        push(call, station, { truthOnly: true });
      } else if (SAME_VALUE.has(name)) push(call, station);
      return;
    }
    if (station.under.length > 0) {
      // Out of the object again that it was put into.
      if (station.under[station.under.length - 1] === name || station.under[station.under.length - 1] === '*')
        push(outer, station, { under: station.under.slice(0, -1) });
      return;
    }
    push(outer, station, { path: [...station.path, name] });
  }

  /** The call whose callee a member expression is, optional or not. */
  function calledBy(node: TSESTree.MemberExpression): { readonly outer: Node; readonly call: TSESTree.CallExpression | undefined } {
    let outer: Node = node;
    let above = bindings.parentOf(outer);
    while (above && (above.type === 'TSNonNullExpression' || above.type === 'ChainExpression')) {
      outer = above;
      above = bindings.parentOf(outer);
    }
    return { outer: node, call: above?.type === 'CallExpression' && above.callee === outer ? above : undefined };
  }

  /** Gives the value to the names of a pattern, each with the part that it takes. */
  function bind(pattern: Node, from: Station): void {
    const targets: { readonly pattern: Node; readonly station: Station }[] = [{ pattern, station: from }];
    for (let next = targets.pop(); next; next = targets.pop()) {
      const { pattern: target, station } = next;
      switch (target.type) {
        case 'Identifier':
          for (const reference of bindings.variableOf(target)?.references ?? []) if (!isWritten(reference)) push(reference, station);
          break;
        case 'MemberExpression':
          assign(target, station);
          break;
        case 'AssignmentPattern':
          targets.push({ pattern: target.left, station });
          break;
        case 'TSParameterProperty':
          targets.push({ pattern: target.parameter, station });
          break;
        case 'ObjectPattern':
          for (const property of target.properties) {
            if (property.type === 'RestElement') targets.push({ pattern: property.argument, station });
            else {
              const name = keyName(property.key, property.computed) ?? '*';
              const top = station.under[station.under.length - 1];
              if (top === undefined) targets.push({ pattern: property.value, station: { ...station, path: [...station.path, name] } });
              else if (top === name) targets.push({ pattern: property.value, station: { ...station, under: station.under.slice(0, -1) } });
            }
          }
          break;
        case 'ArrayPattern':
          target.elements.forEach((element) => {
            if (element && station.under[station.under.length - 1] === '[]')
              targets.push({ pattern: element, station: { ...station, under: station.under.slice(0, -1) } });
          });
          break;
      }
    }
  }

  function isWritten(reference: Node): boolean {
    const above = bindings.parentOf(reference);
    return above?.type === 'AssignmentExpression' && above.left === reference;
  }

  function assign(left: Node, station: Station): void {
    const target = unwrap(left);
    if (target.type === 'MemberExpression') {
      uses.push({ ...station, kind: 'assigned', target });
    } else bind(target, station);
  }

  function given(call: TSESTree.CallExpression | TSESTree.NewExpression, station: Station): void {
    const index = call.arguments.indexOf(station.node as TSESTree.CallExpressionArgument);
    if (index < 0) return;
    const name = dottedName(call.callee);
    if (name === 'Boolean') push(call, station, { truthOnly: true });
    else if (name !== undefined && (HANDS_ON.has(name) || DATABASE_ID.test(name))) push(call, station);
    else if (name === 'Object.assign') {
      const target = call.arguments[0];
      if (index > 0 && target?.type === 'MemberExpression') assign(target, station);
      else uses.push({ ...station, kind: 'given', call, index });
      push(call, station);
    } else {
      uses.push({ ...station, kind: 'given', call, index });
      const parameter = functionCalledBy(bindings, call)?.params[index];
      if (parameter) bind(parameter, station);
    }
  }

  function returned(from: FunctionNode, station: Station): void {
    uses.push({ ...station, kind: 'returned', from });
    for (const call of callsOfFunction(bindings, startOf(from))) push(call, station);
  }

  function functionAround(node: Node): FunctionNode | undefined {
    return functionsAround(script, node)[0];
  }
}

/** The functions that a node stands in, innermost first. */
export function functionsAround(script: Script, node: Node): readonly FunctionNode[] {
  const bindings = bindingsOf(script);
  const found: FunctionNode[] = [];
  for (let above = bindings.parentOf(node); above; above = bindings.parentOf(above)) {
    if (above.type === 'FunctionDeclaration' || above.type === 'FunctionExpression' || above.type === 'ArrowFunctionExpression')
      found.push(above);
  }
  return found;
}

/** The function of the script that an identifier names. */
export function functionNamed(script: Script, identifier: Node): FunctionNode | undefined {
  const definitions = bindingsOf(script).variableOf(identifier)?.definitions;
  const definition = definitions?.length === 1 ? definitions[0] : undefined;
  if (definition?.kind === 'function' && definition.node.type === 'FunctionDeclaration') return definition.node;
  if (definition?.node.type !== 'VariableDeclarator' || !definition.node.init || definition.node.id.type !== 'Identifier') return undefined;
  const init = unwrap(definition.node.init);
  return init.type === 'ArrowFunctionExpression' || init.type === 'FunctionExpression' ? init : undefined;
}

/** What a function is called: its own name, or that of the variable, property or member that holds it. */
export function functionName(script: Script, node: FunctionNode): string | undefined {
  if (node.type !== 'ArrowFunctionExpression' && node.id) return node.id.name;
  const above = bindingsOf(script).parentOf(node);
  switch (above?.type) {
    case 'VariableDeclarator':
      return above.id.type === 'Identifier' ? above.id.name : undefined;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return keyName(above.key, above.computed);
    case 'AssignmentExpression':
      return above.left.type === 'MemberExpression' ? memberName(above.left) : undefined;
    default:
      return undefined;
  }
}
