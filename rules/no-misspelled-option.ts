import { defineRule, type Finding, type Place, type Script } from './contract.js';
import { renamingSuggestion } from './facts/call-suggestions.js';
import { callsOf, type JwtCall } from './facts/calls.js';
import { propertyOf } from './facts/object-properties.js';
import { meantOption } from './facts/option-names.js';
import { placeOf } from './facts/syntax.js';
import type { ObjectValue, Value } from './facts/values.js';

export default defineRule({
  id: 'no-misspelled-option',
  title: 'Disallow options of a verification that the library passes over in silence',
  severity: 'error',
  suggests: true,
  messages: {
    unchecked: {
      what: '{{call}} knows no option `{{name}}`: what it demands is not checked.',
      fix: 'Write `{{meant}}`.',
    },
    ignored: {
      what: '{{call}} knows no option `{{name}}` and passes over it.',
      fix: 'Write `{{meant}}` if that is what is meant, or remove it.',
    },
    overwritten: {
      what: '{{call}} overwrites `{{name}}` in `{{at}}`: what it demands is not checked.',
      fix: 'Move `{{name}}` out of `{{at}}` to the options of the strategy themselves.',
    },
  },
  docs: {
    why: 'The code reads as if tokens were limited to an algorithm, an issuer or an audience, and every token passes: the library never looks at the option.',
    cwe: [347, 1287],
    securitySeverity: 7.4,
    references: [
      { title: 'RFC 8725, 3.1: Perform Algorithm Verification', url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.1' },
      {
        title: 'jsonwebtoken: options of verify',
        url: 'https://github.com/auth0/node-jsonwebtoken#jwtverifytoken-secretorpublickey-options-callback',
      },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    const calls = callsOf(script);
    const signing = signingValues(calls);
    const reported = new Set<string>();
    for (const call of calls) {
      for (const { at, names } of call.api.known ?? []) {
        for (const value of call.at(at)) {
          if (value.kind !== 'object') continue;
          for (const finding of misspelled(script, call, at, names, value, signing)) {
            const key = placeKey(finding.anchor);
            if (reported.has(key)) continue;
            reported.add(key);
            yield finding;
          }
        }
      }
    }
  },
});

function* misspelled(
  script: Script,
  call: JwtCall,
  at: readonly (string | number)[],
  known: readonly string[],
  options: ObjectValue,
  signing: ReadonlySet<string>,
): Iterable<Finding> {
  const holder = at.slice(1).join('.');
  for (const [name, values] of options.members) {
    const overwritten = holder === 'jsonWebTokenOptions' && ['algorithms', 'issuer', 'audience'].includes(name);
    const meant = overwritten ? { name, checks: true } : meantOption(name, known);
    if (!meant || !values.some((value) => value.kind !== 'nullish')) continue;
    // Where the right name is given too, or may be among what is not seen, the wrong one does no harm.
    if (options.open || isGiven(overwritten ? call.at([0, name]) : options.members.get(meant.name))) continue;
    if (values.some((value) => signing.has(placeKey(value.at)))) continue;
    const property = propertyOf(script, options.at, name);
    yield {
      message: overwritten ? 'overwritten' : meant.checks ? 'unchecked' : 'ignored',
      data: { call: `${call.package} ${call.api.name || 'middleware'}`, name, meant: meant.name, at: holder },
      anchor: property ? placeOf(script.path, property) : values[0]!.at,
      use: call.place,
      ...(meant.checks ? {} : { level: 'warning' as const }),
      confidence: 'certain',
      symbol: `${call.package}.${call.api.name}.${name}`,
      ...(property && !overwritten ? { suggest: () => renamingSuggestion(script, placeOf(script.path, property), meant.name) } : {}),
    };
  }
}

function isGiven(values: readonly Value[] | undefined): boolean {
  return values?.some((value) => value.kind !== 'nullish') ?? false;
}

/** Places of what the options of signing calls hold: an object that serves both may have names that only signing reads. */
function signingValues(calls: readonly JwtCall[]): ReadonlySet<string> {
  const places = new Set<string>();
  for (const call of calls) {
    if (call.api.kind !== 'sign') continue;
    for (const position of call.api.algorithm ?? []) {
      if (position.length !== 2) continue;
      for (const value of call.at([position[0]])) {
        if (value.kind !== 'object') continue;
        for (const values of value.members.values()) for (const each of values) places.add(placeKey(each.at));
      }
    }
  }
  return places;
}

function placeKey(place: Place): string {
  return `${place.path}\0${String(place.start)}`;
}
