/** Functions and classes that put a library's call behind parameters of their own, for those who call them from other files. */
import type { Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { callsOf, importedSpecifiers, type JwtCall } from './calls.js';
import { librarySpecifier, type Position } from './libraries.js';
import { originsOf } from './origins.js';
import { startOf } from './syntax.js';
import type { HandedOn, ParameterValue, Value } from './values.js';

/** What each function of a script hands on, by the offset at which the function or, for its constructor, the class begins. */
export function handedOnBy(script: Script): ReadonlyMap<number, readonly HandedOn[]> {
  const found = new Map<number, HandedOn[]>();
  if (!importedSpecifiers(bindingsOf(script)).some((specifier) => librarySpecifier(specifier) !== undefined)) return found;
  const classAt = constructorsOf(script);
  for (const call of callsOf(script)) {
    const { name, kind, payload, payloadOf } = call.api;
    if (kind === 'decode') continue;
    const keys = (call.api.key ?? []).flatMap((position) => parametersAt(script, call, position));
    const payloads = kind === 'sign' && payload && payloadOf === undefined ? parametersAt(script, call, payload) : [];
    const owners = new Set([...keys, ...payloads].map(({ owner }) => owner.start));
    for (const start of owners) {
      const key = positionOf(keys, start);
      const claims = positionOf(payloads, start);
      const handed = { package: call.package, name, kind, ...(key ? { key } : {}), ...(claims ? { payload: claims } : {}) };
      const at = classAt.get(start) ?? start;
      found.set(at, [...(found.get(at) ?? []), { ...handed, algorithm: call.algorithm }]);
    }
  }
  return found;
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

function positionOf(parameters: readonly ParameterValue[], start: number): Position | undefined {
  const own = parameters.find(({ owner }) => owner.start === start);
  return own && [own.index, ...own.path];
}

/** The parameters that a position of a call may hold, whoever calls their functions in this file. */
function parametersAt(script: Script, call: JwtCall, [index, ...way]: Position): readonly ParameterValue[] {
  if (call.node.type !== 'CallExpression' && call.node.type !== 'NewExpression') return [];
  const argument = call.node.arguments[index];
  if (!argument || argument.type === 'SpreadElement') return [];
  if (way.some((name) => !/^\w+$/.test(name))) return [];
  let values: readonly Value[] = originsOf(script).evaluate(argument);
  for (const name of way) {
    values = values.flatMap((value): readonly Value[] => {
      if (value.kind === 'object') return value.members.get(name) ?? [];
      return value.kind === 'parameter' ? [{ ...value, path: [...value.path, name] }] : [];
    });
  }
  return values.filter((value) => value.kind === 'parameter').filter(({ owner }) => owner.path === script.path);
}
