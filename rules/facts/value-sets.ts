/** Operations on the possible values of an expression. */
import type { Place } from '../contract.js';
import { secretName } from './names.js';
import type {
  CallValue,
  Encoding,
  EnvironmentValue,
  Fallback,
  ImportValue,
  Making,
  ParameterValue,
  UnknownValue,
  Value,
} from './values.js';

/** Possible values of one expression that are kept. */
const MAX_VALUES = 24;

/** The text when there is exactly one possible value and it is text. */
export function onlyText(values: readonly Value[]): string | undefined {
  return values.length === 1 && values[0]!.kind === 'text' ? values[0]!.text : undefined;
}

/** The number when there is exactly one possible value and it is a number. */
export function onlyNumber(values: readonly Value[]): number | undefined {
  return values.length === 1 && values[0]!.kind === 'number' ? values[0]!.value : undefined;
}

function knownEncoding(encoding: string | undefined): Encoding | undefined {
  switch (encoding?.toLowerCase()) {
    case 'hex':
    case 'base64':
    case 'base64url':
      return encoding.toLowerCase() as Encoding;
    case 'latin1':
    case 'binary':
    case 'ascii':
      return 'latin1';
    case 'utf8':
    case 'utf-8':
      return 'utf8';
    default:
      return undefined;
  }
}

/** What a stand-in stands in for: a variable for a secret, if one is asked for, or the first thing that is not written out. */
export function askedFirst(values: readonly Value[]): Fallback | undefined {
  const variables = values.filter((each): each is EnvironmentValue => each.kind === 'environment');
  const value = variables.find(({ name }) => name !== undefined && secretName(name)?.strength === 'strong') ?? variables[0];
  if (value) {
    return { of: value.source, name: value.name, ...(value.nameParameter === undefined ? {} : { nameParameter: value.nameParameter }) };
  }
  for (const value of values) {
    if (value.kind === 'parameter') return { of: 'argument', name: undefined };
    if (value.kind === 'unknown') return { of: 'unknown', name: undefined };
    if (value.kind === 'call' || value.kind === 'import') return { of: 'unknown', name: undefined, asked: values };
  }
  return undefined;
}

/** What a stand-in stands in for, now that it is known what is asked first; undefined when that is written out as well. */
export function settledFallback(fallback: Fallback, asked: readonly Value[]): Fallback | undefined {
  if (asked.length > 0 && asked.every((value) => value.kind === 'text' && value.text !== '' && !value.fallback)) return undefined;
  const { asked: _, ...settled } = askedFirst(asked) ?? fallback;
  return settled;
}

/** The values, marked as standing in for something unless they are already. */
export function withFallback(values: readonly Value[], fallback: Fallback | undefined): readonly Value[] {
  if (!fallback) return values;
  return values.map((value) => (value.fallback ? value : { ...value, fallback }));
}

/** Gives text its declared name. */
export function named(value: Value, name: string): Value {
  return value.kind === 'text' && value.name === undefined ? { ...value, name } : value;
}

/** Adds the declaration that a value passed through to its way. */
export function throughPlace(value: Value, place: Place, name: string): Value {
  const last = value.steps[value.steps.length - 1];
  if (last && samePlace(last.place, place)) return value;
  return { ...named(value, name), steps: [...value.steps, { place, label: name }] };
}

/** Drops what is there twice, and what is too much. */
export function few(values: readonly Value[]): readonly Value[] {
  if (values.length <= 1) return values;
  const seen = new Set<string>();
  const kept: Value[] = [];
  for (const value of values) {
    const key = `${value.kind} ${value.at.path} ${String(value.at.start)} ${String(value.at.end)} ${value.fallback ? 'f' : ''} ${
      value.kind === 'text'
        ? value.encoding
        : value.kind === 'parameter' || value.kind === 'import' || value.kind === 'call'
          ? value.path.join('.')
          : value.kind === 'environment'
            ? `${value.name ?? ''} ${String(value.nameParameter ?? '')}`
            : ''
    }`;
    if (seen.has(key)) continue;
    seen.add(key);
    kept.push(value);
    if (kept.length === MAX_VALUES) break;
  }
  return kept;
}

/** True for equal places. */
export function samePlace(one: Place, other: Place): boolean {
  return one.start === other.start && one.end === other.end && one.path === other.path;
}

/** Followed values keep the way, the standing-in and the assertion of what led to them, and become bytes where that did. */
export function carried(found: readonly Value[], via: CallValue | ImportValue | ParameterValue): readonly Value[] {
  const values = found.map((value) => carry(value, via));
  return via.kind === 'import' && via.asserted ? asserted(values, via.asserted) : values;
}

function carry(found: Value, via: CallValue | ImportValue | ParameterValue): Value {
  const fallback = found.fallback ?? via.fallback;
  const value = via.bytes ? asBytes(found, via.encoding) : found;
  return { ...value, steps: via.steps.length > 0 ? [...value.steps, ...via.steps] : value.steps, ...(fallback ? { fallback } : {}) };
}

/** Environment reads that become text even when they are missing; anything that stands in for them keeps them from it. */
export function stringified(values: readonly Value[], at: Place): readonly Value[] {
  if (!values.every((value) => value.kind === 'environment')) return values;
  return values.map((value) => (value.kind === 'environment' ? { ...value, stringified: value.stringified ?? at } : value));
}

/** Reads of the environment, here or in another file, that an assertion says are there; anything that stands in for them makes it true. */
export function asserted(values: readonly Value[], at: Place): readonly Value[] {
  const mayBeMissing = (value: Value): value is EnvironmentValue | ImportValue =>
    !value.fallback && (value.kind === 'import' || (value.kind === 'environment' && value.source === 'environment'));
  return values.every(mayBeMissing) ? values.map((value) => ({ ...value, asserted: value.asserted ?? at })) : values;
}

/** Text that became bytes, decoded as the call says. */
export function bytesOf(values: readonly Value[], encoding: string | undefined): readonly Value[] {
  const known = knownEncoding(encoding);
  return values.map((value) => asBytes(value, known));
}

function asBytes(value: Value, encoding: Encoding | undefined): Value {
  return { ...value, bytes: true, ...(encoding === undefined ? {} : { encoding }) };
}

/** Values that one computed value is remembered to be made of; more than a key ever is. */
const MAX_MADE_OF = 40;

/** A value that is computed from others; plainly unknown when it is made of too many. */
export function madeOf(at: Place, by: Making['by'], of: readonly (readonly Value[])[]): UnknownValue {
  let size = 0;
  for (const part of of) {
    for (const value of part) size += 1 + (value.kind === 'unknown' ? (value.made?.size ?? 0) : 0);
    if (part.length === 0) size = Infinity;
  }
  return { kind: 'unknown', at, steps: [], ...(size > 0 && size <= MAX_MADE_OF ? { made: { by, of, size } } : {}) };
}
