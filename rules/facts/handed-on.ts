/** What a function hands on of its parameters, to a library's call or to another function that does. */
import type { Place } from '../contract.js';
import type { Position } from './libraries.js';
import type { HandedOn, ParameterValue, PassedOn, Value } from './values.js';

/** The function's parameter, or member of one, that values are; undefined where they are none. */
export function positionIn(values: readonly Value[], owner: Place): Position | undefined {
  const own = parametersIn(values).find((value) => value.owner.start === owner.start && value.owner.path === owner.path);
  return own && [own.index, ...own.path];
}

/** The function's parameters that are members of objects among the values, or spread into them. */
export function partsIn(values: readonly Value[], owner: Place): readonly Position[] {
  return values.flatMap((value) => {
    if (value.kind !== 'object') return [];
    return [...value.members.values(), value.spread ?? []].flatMap((inner) => {
      const position = positionIn(inner, owner);
      return position ? [position] : [];
    });
  });
}

/** Every parameter among values and in the members of objects among them. */
export function parametersIn(values: readonly Value[], nesting = 0): readonly ParameterValue[] {
  return values.flatMap((value) => {
    if (value.kind === 'parameter') return [value];
    if (value.kind !== 'object' || nesting > 1) return [];
    return [...value.members.values(), value.spread ?? []].flatMap((inner) => parametersIn(inner, nesting + 1));
  });
}

/** What values have under names, as far as they are objects or parameters. */
export function membersOf(values: readonly Value[], names: readonly string[]): readonly Value[] {
  let found = values;
  for (const name of names) {
    found = found.flatMap((value): readonly Value[] => {
      if (value.kind === 'object') return value.members.get(name) ?? [];
      return value.kind === 'parameter' ? [{ ...value, path: [...value.path, name] }] : [];
    });
  }
  return found;
}

/** What the outer function does by passing its parameters to one that hands on its own; undefined where nothing arrives. */
export function through(passed: PassedOn, inner: HandedOn): HandedOn | undefined {
  const given = ([index, ...way]: Position): readonly Value[] => membersOf(passed.args[index] ?? [], way);
  const key = inner.key && positionIn(given(inner.key), passed.owner);
  const claims = inner.payload ? given(inner.payload) : [];
  const payload = positionIn(claims, passed.owner);
  const parts = [
    ...partsIn(claims, passed.owner),
    ...(inner.parts ?? []).flatMap((position) => {
      const own = positionIn(given(position), passed.owner);
      return own ? [own] : [];
    }),
  ];
  if (!key && !payload && parts.length === 0) return undefined;
  const { package: name, name: path, kind, algorithm } = inner;
  return handing({ package: name, name: path, kind, algorithm }, key, payload, parts);
}

/** With what is handed on of the parameters. */
export function handing(
  call: Pick<HandedOn, 'package' | 'name' | 'kind' | 'algorithm'>,
  key: Position | undefined,
  payload: Position | undefined,
  parts: readonly Position[],
): HandedOn {
  return { ...call, ...(key ? { key } : {}), ...(payload ? { payload } : {}), ...(parts.length > 0 ? { parts } : {}) };
}
