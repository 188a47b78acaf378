/** Spans of time as people and libraries write them. */
import { importName } from './import-names.js';
import type { Value } from './values.js';

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Seconds of the units that `ms`, `@lukeed/ms` and jose read, by their first letters. */
const UNITS: readonly (readonly [name: RegExp, seconds: number])[] = [
  [/^(?:milliseconds?|msecs?|ms)$/, 0.001],
  [/^(?:seconds?|secs?|s)$/, 1],
  [/^(?:minutes?|mins?|m)$/, MINUTE],
  [/^(?:hours?|hrs?|h)$/, HOUR],
  [/^(?:days?|d)$/, DAY],
  [/^(?:weeks?|w)$/, 7 * DAY],
  [/^(?:months?|mo)$/, 30 * DAY],
  [/^(?:years?|yrs?|y)$/, 365.25 * DAY],
];

/** Seconds of a text with a unit such as `15m` or `2 days`; undefined for anything else, digits alone among it. */
export function secondsOfText(text: string): number | undefined {
  const match = /^\s*\+?(-?\d{0,15}\.?\d{1,15}) ?([A-Za-z]{1,12})(?: from now)?\s*$/.exec(text);
  if (!match) return undefined;
  const unit = UNITS.find(([name]) => name.test(match[2]!.toLowerCase()));
  return unit && Number(match[1]) * unit[1];
}

/** True for text of digits only: a number that lost its unit. */
export function isBareNumber(text: string): boolean {
  return /^\s*\d{1,15}(?:\.\d{1,15})?\s*$/.test(text);
}

const ENDLESS = new Set([
  'global:Infinity',
  'global:Number.POSITIVE_INFINITY',
  'global:Number.MAX_SAFE_INTEGER',
  'global:Number.MAX_VALUE',
]);

/** Seconds that a value means where a bare number counts `unit`. */
export function secondsOf(value: Value, unit: 'seconds' | 'milliseconds'): number | undefined {
  if (value.kind === 'number') return unit === 'milliseconds' ? value.value / 1000 : value.value;
  if (value.kind === 'text') return secondsOfText(value.text);
  if (value.kind === 'import' && ENDLESS.has(importName(value))) return Number.POSITIVE_INFINITY;
  return undefined;
}
