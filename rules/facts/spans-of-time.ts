/** Spans of time as libraries write them. */

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_557_600 };

/** `2h`, `1.5 hrs`, `7 days`: what jsonwebtoken (by ms 2.1), fast-jwt and jose 6 read. */
const SPAN_OF_TIME =
  /^\s{0,4}\+?\s?(\d{1,10}(?:\.\d{1,10})?)\s{0,4}(ms|msecs?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|y|yrs?|years?)\s{0,4}$/i;

/** Seconds in a span; undefined for text that is none. */
export function secondsIn(text: string): number | undefined {
  const [, amount, unit = ''] = SPAN_OF_TIME.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const name = unit.toLowerCase();
  return Number(amount) * SECONDS[/^m(?:s|il)/.test(name) && name !== 'min' ? 'ms' : name[0]!]!;
}
