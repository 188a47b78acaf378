/**
 * Which functions of a file its own calls run, by what is written there: called by name, or as members of the classes and
 * objects that the file makes. No value is followed for it, and no other file is read.
 */
import type { TSESTree } from '@typescript-eslint/types';
import { initialValue, type Bindings, type ClassNode, type Definition, type FunctionNode } from './bindings.js';
import { dottedName, keyName, memberName, startOf, unwrap, type Node } from './syntax.js';

export type CallSite = TSESTree.CallExpression | TSESTree.NewExpression;

/** Objects, fields and classes on the way from a call to a function. */
const MAX_HOPS = 6;

interface OwnCalls {
  /** Calls by the offset of the function that they run, in source order. */
  readonly byFunction: ReadonlyMap<number, readonly CallSite[]>;
  readonly functions: ReadonlyMap<Node, FunctionNode>;
}

const cache = new WeakMap<Bindings, OwnCalls>();

function ownCallsOf(bindings: Bindings): OwnCalls {
  let found = cache.get(bindings);
  if (!found) cache.set(bindings, (found = findCalls(bindings)));
  return found;
}

/**
 * The calls of this file that run one of its functions, or make an object of a class by its constructor.
 *
 * @param start offset of the function
 */
export function callsOfFunction(bindings: Bindings, start: number): readonly CallSite[] {
  return ownCallsOf(bindings).byFunction.get(start) ?? [];
}

/** The function of this file that a call runs. */
export function functionCalledBy(bindings: Bindings, call: CallSite): FunctionNode | undefined {
  return ownCallsOf(bindings).functions.get(call);
}

/**
 * What calls of this file give for a parameter: an argument, or a member of one where the parameter is taken apart.
 *
 * @param name the parameter's own name
 */
export function argumentsFor(bindings: Bindings, owner: FunctionNode, name: Node): readonly Node[] {
  for (const [index, parameter] of owner.params.entries()) {
    const pattern = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
    const member = pattern.type === 'ObjectPattern' ? memberTaken(pattern, name) : undefined;
    if (pattern !== name && member === undefined) continue;
    return callsOfFunction(bindings, startOf(owner)).flatMap((site) => {
      const given = site.arguments[index];
      if (!given || given.type === 'SpreadElement') return [];
      if (member === undefined) return [given];
      const object = initialValue(bindings, given);
      return list(object.type === 'ObjectExpression' ? propertyOf(object, member) : undefined);
    });
  }
  return [];
}

/** `secret` of `{ secret: name }` and of `{ secret: name = 'x' }`. */
function memberTaken(pattern: TSESTree.ObjectPattern, name: Node): string | undefined {
  for (const property of pattern.properties) {
    if (property.type !== 'Property') continue;
    const { value } = property;
    if (value === name || (value.type === 'AssignmentPattern' && value.left === name)) return keyName(property.key, property.computed);
  }
  return undefined;
}

/** The class whose `this` an expression stands below; undefined where a function has a `this` of its own. */
export function classAround(bindings: Bindings, node: Node): ClassNode | undefined {
  for (let above = bindings.parentOf(node); above; above = bindings.parentOf(above)) {
    if (above.type === 'ClassDeclaration' || above.type === 'ClassExpression') return above;
    if (above.type === 'FunctionDeclaration') return undefined;
    if (above.type === 'FunctionExpression' && bindings.parentOf(above)?.type !== 'MethodDefinition') return undefined;
  }
  return undefined;
}

function findCalls(bindings: Bindings): OwnCalls {
  const byFunction = new Map<number, CallSite[]>();
  const functions = new Map<Node, FunctionNode>();
  const { members, exported } = memberFunctions();
  for (const site of bindings.calls) {
    for (const called of calledBy(site)) {
      functions.set(site, called);
      const list = byFunction.get(startOf(called));
      if (list) list.push(site);
      else byFunction.set(startOf(called), [site]);
    }
  }
  return { byFunction, functions };

  function calledBy(site: CallSite): readonly FunctionNode[] {
    const callee = unwrap(site.callee);
    if (callee.type === 'MemberExpression') return list(methodOf(callee));
    if (callee.type !== 'Identifier') return [];
    return (bindings.variableOf(callee)?.definitions ?? []).flatMap((definition) => list(definedFunction(definition)));
  }

  function definedFunction({ kind, node }: Definition): FunctionNode | undefined {
    if (kind === 'function') return node.type === 'FunctionDeclaration' ? node : undefined;
    if (kind === 'class') {
      const constructor = (node as ClassNode).body.body.find((each) => each.type === 'MethodDefinition' && each.kind === 'constructor');
      return constructor?.type === 'MethodDefinition' ? functionOf(constructor.value) : undefined;
    }
    const init = kind === 'variable' && node.type === 'VariableDeclarator' && node.init ? unwrap(node.init) : undefined;
    return init?.type === 'MemberExpression' ? methodOf(init) : isFunction(init) ? init : undefined;
  }

  /** `this.sign()`, `tokens.sign()`, `Tokens.sign()`, `new Tokens().sign()`, `exports.sign()` */
  function methodOf(callee: TSESTree.MemberExpression): FunctionNode | undefined {
    const name = memberName(callee);
    if (name === undefined || !members.has(name)) return undefined;
    return memberOf(callee.object, name, 0) ?? exported.get(dottedName(callee) ?? '');
  }

  /** The function that is a member of what an expression makes or names. */
  function memberOf(object: Node, name: string, hops: number): FunctionNode | undefined {
    if (hops > MAX_HOPS) return undefined;
    const expression = unwrap(object);
    switch (expression.type) {
      case 'ThisExpression':
        return memberOfThis(expression, name);
      case 'NewExpression':
        return expression.callee.type === 'Identifier' ? methodOfClass(classNamed(expression.callee), name, hops) : undefined;
      case 'ObjectExpression':
        return functionOf(propertyOf(expression, name));
      case 'Identifier': {
        const [definition, another] = bindings.variableOf(expression)?.definitions ?? [];
        return definition && !another ? memberOfVariable(definition, name, hops) : undefined;
      }
      case 'MemberExpression':
        return memberOfMember(expression, name, hops);
      default:
        return undefined;
    }
  }

  function memberOfVariable({ kind, name: variable, node }: Definition, name: string, hops: number): FunctionNode | undefined {
    if (kind === 'class') return methodOfClass(node as ClassNode, name, hops);
    const annotation = variable.type === 'Identifier' ? variable.typeAnnotation : undefined;
    const typed = annotation && methodOfClass(classTyped(annotation), name, hops);
    if (typed) return typed;
    const isWhole = node.type === 'VariableDeclarator' && node.id === variable;
    return isWhole && node.init ? memberOf(node.init, name, hops + 1) : undefined;
  }

  function memberOfMember(expression: TSESTree.MemberExpression, name: string, hops: number): FunctionNode | undefined {
    const field = memberName(expression);
    if (field === undefined) return undefined;
    if (expression.object.type === 'ThisExpression') {
      const owner = classAround(bindings, expression);
      return owner && memberOfField(owner, field, name, hops + 1);
    }
    const holder = initialValue(bindings, expression.object);
    const value = holder.type === 'ObjectExpression' ? propertyOf(holder, field) : undefined;
    return value && memberOf(value, name, hops + 1);
  }

  function memberOfThis(node: Node, name: string): FunctionNode | undefined {
    const owner = classAround(bindings, node);
    if (owner) return methodOfClass(owner, name, 0);
    let above = bindings.parentOf(node);
    while (above && above.type !== 'FunctionExpression' && above.type !== 'FunctionDeclaration') above = bindings.parentOf(above);
    const property = above && bindings.parentOf(above);
    const object = property?.type === 'Property' ? bindings.parentOf(property) : undefined;
    return object?.type === 'ObjectExpression' ? functionOf(propertyOf(object, name)) : undefined;
  }

  /** `this.tokens.sign()` in a class that makes its tokens, or is given them by type. */
  function memberOfField(owner: ClassNode, field: string, name: string, hops: number): FunctionNode | undefined {
    for (const member of owner.body.body) {
      if (member.type === 'PropertyDefinition' && keyName(member.key, member.computed) === field) {
        if (member.value) return memberOf(member.value, name, hops);
        if (member.typeAnnotation) return methodOfClass(classTyped(member.typeAnnotation), name, hops);
      }
      if (member.type !== 'MethodDefinition' || member.kind !== 'constructor') continue;
      for (const each of member.value.params) {
        const parameter = each.type === 'TSParameterProperty' ? each.parameter : undefined;
        if (parameter?.type !== 'Identifier' || parameter.name !== field || !parameter.typeAnnotation) continue;
        return methodOfClass(classTyped(parameter.typeAnnotation), name, hops);
      }
    }
    const [write, another] = bindings.thisWritesOf(owner).get(field) ?? [];
    return write?.type === 'AssignmentExpression' && !another ? memberOf(write.right, name, hops) : undefined;
  }

  function methodOfClass(owner: ClassNode | undefined, name: string, hops: number): FunctionNode | undefined {
    for (const member of owner?.body.body ?? []) {
      if (member.type !== 'MethodDefinition' && member.type !== 'PropertyDefinition') continue;
      if (keyName(member.key, member.computed) === name) return functionOf(member.value);
    }
    const heritage = owner?.superClass;
    return heritage?.type === 'Identifier' && hops < MAX_HOPS ? methodOfClass(classNamed(heritage), name, hops + 1) : undefined;
  }

  function classNamed(name: TSESTree.Identifier): ClassNode | undefined {
    return classAmong(bindings.variableOf(name)?.definitions);
  }

  function classTyped({ typeAnnotation: type }: TSESTree.TSTypeAnnotation): ClassNode | undefined {
    if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return undefined;
    return classAmong(bindings.lookup(type.typeName.name, type)?.definitions);
  }

  /** The function that an expression is or names. */
  function functionOf(node: Node | null | undefined): FunctionNode | undefined {
    const value = node && initialValue(bindings, node);
    if (isFunction(value)) return value;
    const definition = value?.type === 'Identifier' ? bindings.variableOf(value)?.definitions[0]?.node : undefined;
    return definition?.type === 'FunctionDeclaration' ? definition : undefined;
  }

  /** Names under which functions are members of something, and those that are exported one by one, by the whole name. */
  function memberFunctions(): { readonly members: ReadonlySet<string>; readonly exported: ReadonlyMap<string, FunctionNode> } {
    const members = new Set<string>();
    const exported = new Map<string, FunctionNode>();
    const add = (key: Node, computed: boolean): void => void members.add(keyName(key, computed) ?? '');
    for (const node of bindings.named) {
      if (node.type === 'Property' || node.type === 'PropertyDefinition') {
        if (functionOf(node.value)) add(node.key, node.computed);
      } else if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression') {
        const method = functionOf(node.right);
        const whole = method && dottedName(node.left);
        if (!whole) continue;
        add(node.left.property, node.left.computed);
        if (/^(?:module\.)?exports\./.test(whole)) exported.set(whole, method);
      }
    }
    for (const { body } of bindings.classes) {
      for (const member of body.body) if (member.type === 'MethodDefinition') add(member.key, member.computed);
    }
    return { members, exported };
  }
}

function list<T>(item: T | undefined): readonly T[] {
  return item === undefined ? [] : [item];
}

function isFunction(node: Node | null | undefined): node is TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression {
  return node?.type === 'FunctionExpression' || node?.type === 'ArrowFunctionExpression';
}

function classAmong(definitions: readonly Definition[] | undefined): ClassNode | undefined {
  return definitions?.find((each) => each.kind === 'class')?.node as ClassNode | undefined;
}

function propertyOf(object: TSESTree.ObjectExpression, name: string): Node | undefined {
  const property = object.properties.find((each) => each.type === 'Property' && keyName(each.key, each.computed) === name);
  return property?.type === 'Property' ? property.value : undefined;
}
