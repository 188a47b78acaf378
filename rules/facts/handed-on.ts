/** What a function hands on of its parameters, to a library's call or to another function that does. */
import type { Place } from '../contract.js';
import type { Position } from './libraries.js';
import type { Origins } from './origins.js';
import { samePlace } from './value-sets.js';
import type { HandedOn, ParameterValue, Value } from './values.js';

/** Nesting in which parameters stand in arguments: an option in a list in an object. */
const MAX_NESTING = 3;

/** The function's parameter, or member of one, that values are; undefined where they are none. */
export function positionIn(values: readonly Value[], owner: Place): Position | undefined {
  const own = parametersAmong(values).find((value) => samePlace(value.owner, owner));
  return own && [own.index, ...own.path];
}

/** The function's parameters that are members of objects among the values, or spread into them. */
export function partsIn(values: readonly Value[], owner: Place): readonly Position[] {
  return values.flatMap((value) => {
    if (value.kind !== 'object') return [];
    return insideOf(value).flatMap((inner) => {
      const position = positionIn(inner, owner);
      return position ? [position] : partsIn(inner, owner);
    });
  });
}

/** Every parameter among values and in what they hold. */
export function parametersIn(values: readonly Value[], nesting = 0): readonly ParameterValue[] {
  const own = parametersAmong(values);
  if (nesting === MAX_NESTING) return own;
  return [...own, ...values.flatMap((value) => insideOf(value).flatMap((inner) => parametersIn(inner, nesting + 1)))];
}

/**
 * Arguments as far as they are the callers' of one function: what it has of its own, and what it is given otherwise, is said
 * where it stands.
 */
export function ofCallers(values: readonly Value[], owner: Place, nesting = 0): readonly Value[] {
  const inside = (inner: readonly Value[]): readonly Value[] =>
    nesting < MAX_NESTING ? ofCallers(inner, owner, nesting + 1) : inner.map(untold);
  return values.map((value): Value => {
    switch (value.kind) {
      case 'parameter':
        return samePlace(value.owner, owner) ? value : untold(value);
      case 'object': {
        const members = new Map([...value.members].map(([name, inner]) => [name, inside(inner)]));
        return { ...value, members, ...(value.spread ? { spread: inside(value.spread) } : {}) };
      }
      case 'array':
        return { ...value, elements: value.elements.map(inside), ...(value.spread ? { spread: inside(value.spread) } : {}) };
      case 'call':
        return { ...value, args: value.args.map(inside) };
      default:
        return value.kind === 'nullish' ? value : untold(value);
    }
  });
}

function untold({ at, standsFor }: Value): Value {
  return { kind: 'unknown', at, steps: [], ...(standsFor ? { standsFor } : {}) };
}

/** Arguments with those of a call in place of the parameters of the function that it runs. */
export function given(
  { owner, args }: Pick<HandedOn, 'owner' | 'args'>,
  origins: Origins,
  by: readonly (readonly Value[])[],
): readonly (readonly Value[])[] {
  return args.map((values) => origins.substituted(values, owner, by));
}

function parametersAmong(values: readonly Value[]): readonly ParameterValue[] {
  return values.filter((value): value is ParameterValue => value.kind === 'parameter');
}

/** What values hold. */
function insideOf(value: Value): readonly (readonly Value[])[] {
  if (value.kind === 'object') return [...value.members.values(), value.spread ?? []];
  if (value.kind === 'array') return [...value.elements, value.spread ?? []];
  return value.kind === 'call' ? value.args : [];
}
