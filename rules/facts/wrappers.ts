/** Functions and classes that put a library's call behind parameters of their own, for those who call them from other files. */
import type { Place, Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { callsOf, importedSpecifiers, type JwtCall } from './calls.js';
import { handing, membersOf, parametersIn, partsIn, positionIn } from './handed-on.js';
import { isOwnModule } from './import-names.js';
import { callNames, librarySpecifier, type Position } from './libraries.js';
import { originsOf } from './origins.js';
import { dottedName, startOf, type Node } from './syntax.js';
import type { HandedOn, PassedOn, Value } from './values.js';
import { WRAPPER } from './wrapper-names.js';

/** What functions do with their parameters, by the offset at which each or, for its constructor, the class begins. */
export interface Wrappers {
  readonly handedOn: ReadonlyMap<number, readonly HandedOn[]>;
  readonly passedOn: ReadonlyMap<number, readonly PassedOn[]>;
}

/** What each function of a script does with its parameters. */
export function wrappersOf(script: Script): Wrappers {
  const classAt = constructorsOf(script);
  const handedOn = new Map<number, HandedOn[]>();
  const passedOn = new Map<number, PassedOn[]>();
  const imported = importedSpecifiers(bindingsOf(script));

  for (const call of imported.some((specifier) => librarySpecifier(specifier) !== undefined) ? callsOf(script) : []) {
    const { name, kind, payload, payloadOf } = call.api;
    if (kind === 'decode') continue;
    const keys = (call.api.key ?? []).flatMap((position) => given(call, position));
    const claims = kind === 'sign' && payload && payloadOf === undefined ? given(call, payload) : [];
    for (const owner of ownersIn([...keys, ...claims])) {
      const handed = { package: call.package, name, kind, algorithm: call.algorithm };
      add(handedOn, owner, handing(handed, positionIn(keys, owner), positionIn(claims, owner), partsIn(claims, owner)));
    }
  }

  for (const { callee, arguments: args } of imported.some((specifier) => isOwnModule(script.project, specifier))
    ? bindingsOf(script).calls
    : []) {
    if (args.length === 0 || !mayWrap(callee)) continue;
    const to = originsOf(script)
      .evaluate(callee)
      .find((value) => value.kind === 'import' && isOwnModule(script.project, value.specifier));
    if (to?.kind !== 'import') continue;
    const values = args.map((argument) => (argument.type === 'SpreadElement' ? [] : valuesOf(argument)));
    for (const owner of ownersIn(values.flat())) add(passedOn, owner, { to, owner, args: values });
  }
  return { handedOn, passedOn };

  function add<T>(to: Map<number, T[]>, { start }: Place, each: T): void {
    const at = classAt.get(start) ?? start;
    to.set(at, [...(to.get(at) ?? []), each]);
  }

  /** The functions of this script whose parameters stand among values. */
  function ownersIn(values: readonly Value[]): readonly Place[] {
    const owners = new Map<number, Place>();
    for (const { owner } of parametersIn(values)) if (owner.path === script.path) owners.set(owner.start, owner);
    return [...owners.values()];
  }

  /** What a position of a call may hold. */
  function given(call: JwtCall, [index, ...way]: Position): readonly Value[] {
    if (call.node.type !== 'CallExpression' && call.node.type !== 'NewExpression') return [];
    const argument = call.node.arguments[index];
    if (!argument || argument.type === 'SpreadElement') return [];
    return way.every((name) => /^\w+$/.test(name)) ? membersOf(valuesOf(argument), way) : [];
  }

  /** As the function has it, and as callers in this script give it. */
  function valuesOf(argument: Node): readonly Value[] {
    const origins = originsOf(script);
    const own = origins.evaluate(argument);
    return own.some((value) => value.kind === 'parameter') ? [...own, ...origins.resolve(own)] : own;
  }
}

/** By the names in a callee; those of the table may be passed on by the file that is called. */
function mayWrap(callee: Node): boolean {
  const parts = dottedName(callee)?.split('.') ?? [];
  return callNames().has(parts.at(-1) ?? '') || parts.some((part) => WRAPPER.test(part));
}

/** Where the classes of a script begin, by where their constructors do. */
function constructorsOf(script: Script): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const owner of bindingsOf(script).classes) {
    for (const member of owner.body.body)
      if (member.type === 'MethodDefinition' && member.kind === 'constructor') found.set(startOf(member.value), startOf(owner));
  }
  return found;
}
