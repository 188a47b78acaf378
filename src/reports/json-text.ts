/** JSON as text in pieces, for reports that are longer than what should be in memory at once. */
import { inertJson } from '../redact.js';

/**
 * The text of a value, as `JSON.stringify` writes it and with no character that a terminal acts on, and a line feed.
 *
 * @param value In the place of any array may stand another iterable, such as a generator; its members are asked for one by one,
 *   when all before them has been handed on.
 * @param indent in blanks, 0 for one line
 */
export function* jsonText(value: object, indent = 0): Generator<string> {
  yield* textOf(value, indent, indent === 0 ? '' : '\n');
  yield '\n';
}

/** @param margin what a line of the value begins with */
function* textOf(value: unknown, indent: number, margin: string): Generator<string> {
  if (!holdsIterable(value)) {
    yield inertJson(value, indent).replaceAll('\n', margin);
    return;
  }
  const inner = margin === '' ? '' : margin + ' '.repeat(indent);
  const isList = Symbol.iterator in value;
  let before = isList ? '[' : '{';
  for (const [name, member] of isList ? unnamed(value as Iterable<unknown>) : Object.entries(value)) {
    if (member === undefined) continue;
    yield before + inner + (isList ? '' : `${inertJson(name)}:${indent === 0 ? '' : ' '}`);
    yield* textOf(member, indent, inner);
    before = ',';
  }
  const close = isList ? ']' : '}';
  yield before === ',' ? margin + close : before + close;
}

function* unnamed(members: Iterable<unknown>): Generator<readonly [string, unknown]> {
  for (const member of members) yield ['', member];
}

function holdsIterable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return (Symbol.iterator in value && !Array.isArray(value)) || Object.values(value).some(holdsIterable);
}
