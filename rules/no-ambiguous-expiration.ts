import { defineRule, type Finding, type Place, type Script } from './contract.js';
import { unitSuggestion } from './facts/call-suggestions.js';
import { callsOf, type JwtCall } from './facts/calls.js';
import { momentOf } from './facts/clocks.js';
import type { Expiry } from './facts/libraries.js';
import { propertyOf } from './facts/object-properties.js';
import { originsOf } from './facts/origins.js';
import { builderOf, callsNamed, payloadsOf } from './facts/payloads.js';
import { HOUR, isBareNumber } from './facts/spans.js';
import { placeOf } from './facts/syntax.js';
import type { Value } from './facts/values.js';

/** Seconds under which no token is of use: a number of milliseconds as small as this was meant to be seconds. */
const SHORTEST = 10;
/** 2001-09-09 and 5138-11-16 in seconds since 1970: moments outside are spans, or milliseconds. */
const EARLIEST = 1_000_000_000;
const LATEST = 100_000_000_000;

export default defineRule({
  id: 'no-ambiguous-expiration',
  title: 'Disallow an expiry that the library reads in another unit than its author',
  severity: 'error',
  suggests: true,
  messages: {
    digits: {
      what: '{{call}} reads `{{option}}` as milliseconds: it is text of digits without a unit.',
      fix: "Give text with a unit (`'1h'`) or a number, which counts {{unit}}.",
    },
    environment: {
      what: '{{call}} reads `{{option}}` as milliseconds: `{{name}}` comes from the environment as text.',
      fix: 'Make it a number where it is read (`Number(process.env.{{name}})`), or put the unit behind it.',
    },
    short: {
      what: '{{call}} counts `{{option}}` in milliseconds: these tokens live {{seconds}} s.',
      fix: "Give text with a unit (`'1h'`) or multiply by 1000.",
    },
    long: {
      what: '{{call}} counts `{{option}}` in seconds: these tokens live {{days}} days.',
      fix: "Give text with a unit (`'1h'`) or leave the factor 1000 out.",
    },
    moment: {
      what: '{{call}} takes `{{option}}` for a span and is given a moment: these tokens live for decades.',
      fix: "Give the span (`'1h'`), or put the moment in the payload as `exp`.",
    },
    span: {
      what: '`{{option}}` is a moment in seconds since 1970, and this one is long past.',
      fix: 'Add the span to the present: `Math.floor(Date.now() / 1000) + 3600`.',
    },
    milliseconds: {
      what: '`{{option}}` counts seconds and is given milliseconds: the end of these tokens is ten thousands of years away.',
      fix: 'Divide by 1000: `Math.floor(Date.now() / 1000)`.',
    },
  },
  docs: {
    why: 'The tokens end seconds after they are made, which gets "fixed" by switching the check off, or they do not end in anybody\'s lifetime.',
    cwe: [682, 613],
    securitySeverity: 5.9,
    references: [
      { title: 'RFC 7519, 2: NumericDate', url: 'https://www.rfc-editor.org/rfc/rfc7519#section-2' },
      { title: 'jsonwebtoken: expiresIn', url: 'https://github.com/auth0/node-jsonwebtoken#usage' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    const reported = new Set<string>();
    for (const call of callsOf(script)) {
      for (const finding of [...optionFindings(script, call), ...claimFindings(script, call)]) {
        const key = `${finding.anchor.path}\0${String(finding.anchor.start)}`;
        if (reported.has(key)) continue;
        reported.add(key);
        yield finding;
      }
    }
  },
});

function* optionFindings(script: Script, call: JwtCall): Iterable<Finding> {
  for (const expiry of call.api.expiry ?? []) {
    if (expiry.method !== undefined) {
      yield* methodFindings(script, call, expiry.method);
      continue;
    }
    const option = expiry.at
      .slice(1)
      .filter((part) => part !== '()' && part !== 'useFactory')
      .join('.');
    for (const value of call.at(expiry.at)) {
      const problem = spanProblem(value, expiry);
      if (!problem) continue;
      const finding = findingAt(call, option, value.at, problem, value);
      yield problem.message === 'digits' ? { ...finding, suggest: () => unitSuggestion(script, value.at) } : finding;
    }
    for (const holder of call.at(expiry.at.slice(0, -1) as unknown as Expiry['at'])) {
      const name = expiry.at[expiry.at.length - 1];
      const property = holder.kind === 'object' && typeof name === 'string' ? propertyOf(script, holder.at, name) : undefined;
      if (property && momentOf(script, property.value) !== undefined)
        yield findingAt(call, option, placeOf(script.path, property.value), { message: 'moment', confidence: 'certain' });
    }
  }
}

interface Problem {
  readonly message: string;
  readonly confidence: 'certain' | 'likely';
  readonly data?: Readonly<Record<string, string | number>>;
}

/** What is wrong with a span of time, as the library reads it. */
function spanProblem(value: Value, expiry: Expiry): Problem | undefined {
  const unit = expiry.unit === 'milliseconds' ? 'milliseconds' : 'seconds';
  if (value.kind === 'text' && expiry.digitsAreMilliseconds && isBareNumber(value.text))
    return { message: 'digits', confidence: 'certain', data: { unit } };
  if (value.kind === 'environment' && value.source === 'environment' && expiry.digitsAreMilliseconds && countsUnits(value.name))
    return { message: 'environment', confidence: 'likely', data: { name: value.name ?? '' } };
  if (value.kind !== 'number' || value.value <= 0) return undefined;
  if (unit === 'milliseconds' && value.value < SHORTEST * 1000)
    return { message: 'short', confidence: 'likely', data: { seconds: value.value / 1000 } };
  // Whole hours in milliseconds; as seconds they would be multiples of 41 days and 16 hours, which nobody means.
  if (unit === 'seconds' && value.value % (HOUR * 1000) === 0 && value.value < 3_000_000_000)
    return { message: 'long', confidence: 'likely', data: { days: Math.round(value.value / (24 * HOUR)) } };
  return undefined;
}

/** A variable whose name says that it holds a number of something longer than milliseconds. */
function countsUnits(name: string | undefined): boolean {
  return name !== undefined && /(?:^|_)(?:SECONDS?|SECS?|MINUTES?|MINS?|HOURS?|DAYS?)$/i.test(name);
}

function* methodFindings(script: Script, call: JwtCall, method: string): Iterable<Finding> {
  for (const each of callsNamed(builderOf(script, call.node), method)) {
    const argument = each.arguments[0];
    if (!argument || argument.type === 'SpreadElement') continue;
    const place = placeOf(script.path, argument);
    // A date is taken as it is; only numbers lose their unit.
    if (argument.type !== 'NewExpression' && momentOf(script, argument) === 'milliseconds')
      yield findingAt(call, method, place, { message: 'milliseconds', confidence: 'certain' });
    for (const value of originsOf(script).valuesOf(argument)) {
      const problem = momentProblem(value);
      if (problem) yield findingAt(call, method, value.at, problem, value);
    }
  }
}

function* claimFindings(script: Script, call: JwtCall): Iterable<Finding> {
  if (call.api.kind !== 'sign' || !call.api.payload) return;
  for (const payload of payloadsOf(script, call).each) {
    for (const value of payload.values) {
      if (value.kind !== 'object') continue;
      for (const claim of ['exp', 'iat', 'nbf']) {
        const property = propertyOf(script, value.at, claim);
        if (property && momentOf(script, property.value) === 'milliseconds')
          yield findingAt(call, claim, placeOf(script.path, property.value), { message: 'milliseconds', confidence: 'certain' });
        if (claim !== 'exp') continue;
        for (const each of value.members.get(claim) ?? []) {
          const problem = momentProblem(each);
          if (problem) yield findingAt(call, claim, each.at, problem, each);
        }
      }
    }
  }
}

/** What is wrong with a moment in seconds since 1970. */
function momentProblem(value: Value): Problem | undefined {
  if (value.kind !== 'number' || value.value <= 0) return undefined;
  if (value.value < EARLIEST) return { message: 'span', confidence: 'certain' };
  return value.value > LATEST ? { message: 'milliseconds', confidence: 'certain' } : undefined;
}

function findingAt(call: JwtCall, option: string, anchor: Place, problem: Problem, value?: Value): Finding {
  return {
    message: problem.message,
    data: { call: `${call.package} ${call.api.name || 'plugin'}`, option, ...problem.data },
    anchor,
    use: call.place,
    ...(value && value.steps.length > 0 ? { steps: value.steps } : {}),
    confidence: problem.confidence,
    symbol: `${call.package}.${call.api.name}.${option}`,
  };
}
