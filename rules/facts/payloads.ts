/** What a signature is told: its claims, and the chained calls of a builder. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import type { JwtCall } from './calls.js';
import { originsOf } from './origins.js';
import { memberName, unwrap, type Node } from './syntax.js';
import type { Value } from './values.js';

/** The claims of one token that a call signs. */
export interface Payload {
  /** The expression that gives them, when it stands in this script. */
  readonly node: Node | undefined;
  readonly values: readonly Value[];
}

export interface Payloads {
  readonly each: readonly Payload[];
  /** False when tokens are signed where reading cannot see: the builder or the signing function is handed on. */
  readonly complete: boolean;
}

/** The claims that a signing call puts its name to. */
export function payloadsOf(script: Script, call: JwtCall): Payloads {
  const { payload, payloadOf } = call.api;
  if (!payload) return { each: [], complete: false };
  if (payloadOf === undefined) {
    return { each: [{ node: payload.length === 1 ? call.args[payload[0]] : undefined, values: call.at(payload) }], complete: true };
  }
  const { each, complete } = payloadOf === 'constructor' ? constructed(script, call.node) : returned(script, call.node);
  const origins = originsOf(script);
  return {
    each: each.flatMap((made) => {
      const node = made.arguments[payload[0]];
      return node && node.type !== 'SpreadElement' ? [{ node, values: origins.valuesOf(node) }] : [];
    }),
    complete: complete && each.every((made) => made.arguments.every((argument) => argument.type !== 'SpreadElement')),
  };
}

interface Makers {
  readonly each: readonly (TSESTree.CallExpression | TSESTree.NewExpression)[];
  readonly complete: boolean;
}

function constructed(script: Script, node: Node): Makers {
  const builder = builderOf(script, node);
  return { each: builder.made ? [builder.made] : [], complete: builder.complete };
}

/** Calls of the function that a call returns: at once, or through the variable that holds it. */
function returned(script: Script, node: Node): Makers {
  const bindings = bindingsOf(script);
  let above = bindings.parentOf(node);
  let below = node;
  while (above && unwrap(above) === unwrap(below)) {
    below = above;
    above = bindings.parentOf(above);
  }
  if (above?.type === 'CallExpression' && above.callee === below) return { each: [above], complete: true };
  if (above?.type !== 'VariableDeclarator' || above.id.type !== 'Identifier') return { each: [], complete: false };
  const each: TSESTree.CallExpression[] = [];
  let complete = true;
  for (const reference of bindings.variableOf(above.id)?.references ?? []) {
    const use = bindings.parentOf(reference);
    if (use?.type === 'CallExpression' && use.callee === reference) each.push(use);
    else complete = false;
  }
  const declaration = bindings.parentOf(above);
  if (declaration && bindings.parentOf(declaration)?.type === 'ExportNamedDeclaration') complete = false;
  return { each, complete };
}

/** An object that is built by chained calls. */
export interface Builder {
  readonly made: TSESTree.NewExpression | undefined;
  /** Calls of its methods, in the chain and through the variable that holds it. */
  readonly calls: readonly TSESTree.CallExpression[];
  /** False when its making is not seen, or when it is given to somebody who may call further methods. */
  readonly complete: boolean;
}

/** The builder on which a call stands: `new SignJWT(...).setProtectedHeader(...).sign(key)`. */
export function builderOf(script: Script, node: Node): Builder {
  const bindings = bindingsOf(script);
  const calls: TSESTree.CallExpression[] = [];
  const seen = new Set<Node>();
  let complete = true;
  let next: Node = unwrap(node);
  for (;;) {
    if (seen.has(next)) return { made: undefined, calls, complete: false };
    seen.add(next);
    if (next.type === 'NewExpression') return { made: next, calls, complete };
    if (next.type === 'CallExpression') {
      const callee = unwrap(next.callee);
      if (callee.type !== 'MemberExpression') return { made: undefined, calls, complete: false };
      calls.push(next);
      next = unwrap(callee.object);
      continue;
    }
    if (next.type !== 'Identifier') return { made: undefined, calls, complete: false };
    const variable = bindings.variableOf(next);
    const definition = variable?.definitions[0]?.node;
    if (!variable || variable.definitions.length !== 1 || definition?.type !== 'VariableDeclarator' || definition.id.type !== 'Identifier')
      return { made: undefined, calls, complete: false };
    let init: Node | undefined = definition.init ?? undefined;
    for (const reference of variable.references) {
      const above = bindings.parentOf(reference);
      if (above?.type === 'MemberExpression' && above.object === reference) {
        let link: Node | undefined = bindings.parentOf(above);
        let below: Node = above;
        while (
          link &&
          ((link.type === 'CallExpression' && link.callee === below) || (link.type === 'MemberExpression' && link.object === below))
        ) {
          if (link.type === 'CallExpression') calls.push(link);
          below = link;
          link = bindings.parentOf(link);
        }
      } else if (above?.type === 'AssignmentExpression' && above.left === reference) {
        // `token = token.setExpirationTime('1h')`, or the first making of a variable that is declared before.
        if (init === undefined) init = above.right;
      } else complete = false;
    }
    if (!init) return { made: undefined, calls, complete: false };
    next = unwrap(init);
  }
}

/** Calls of a builder's method of this name. */
export function callsNamed(builder: Builder, name: string): readonly TSESTree.CallExpression[] {
  return builder.calls.filter((each) => {
    const callee = unwrap(each.callee);
    return callee.type === 'MemberExpression' && memberName(callee) === name;
  });
}

/** Whether claims have a member: `unknown` where reading cannot see all of them. */
export function hasClaim(values: readonly Value[], name: string): 'given' | 'absent' | 'unknown' {
  let unknown = values.length === 0;
  for (const value of values) {
    if (value.kind === 'object') {
      if (value.members.has(name)) return 'given';
      if (value.open) unknown = true;
    } else if (value.kind === 'text') {
      // Claims as JSON text.
      if (value.text.trimStart().startsWith('{')) {
        if (value.text.includes(`"${name}"`)) return 'given';
        unknown = true;
      }
    } else if (value.kind !== 'number' && value.kind !== 'boolean') unknown = true;
  }
  return unknown ? 'unknown' : 'absent';
}
