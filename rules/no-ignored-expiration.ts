import { defineRule, type Finding, type Level, type Place, type Script } from './contract.js';
import { removalSuggestion } from './facts/call-suggestions.js';
import { callsOf, type JwtCall } from './facts/calls.js';
import { refusesExpired } from './facts/own-expiry-checks.js';
import { DAY, MINUTE, secondsOf } from './facts/spans.js';
import { commentsBeside, namesAround } from './facts/surroundings.js';

/** Options of the rule. */
export interface NoIgnoredExpirationOptions {
  /** Seconds of leeway that clocks may need. */
  readonly maxTolerance: number;
}

export default defineRule<NoIgnoredExpirationOptions>({
  id: 'no-ignored-expiration',
  title: 'Disallow verification that accepts tokens before or after their time',
  severity: 'error',
  suggests: true,
  messages: {
    expired: {
      what: '{{call}} accepts expired tokens: `{{option}}` switches the check off.',
      fix: 'Remove `{{option}}`. To renew a session, verify a refresh token that has not expired instead.',
    },
    expiredOnPurpose: {
      what: '{{call}} accepts expired tokens: `{{option}}` switches the check off, on purpose as it seems.',
      fix: 'Limit how old the token may be (`maxAge`, or compare `exp` yourself) and use the claims for nothing but the renewal or logout.',
    },
    early: {
      what: '{{call}} accepts tokens before they are valid: `{{option}}` switches the check off.',
      fix: 'Remove `{{option}}`; a `clockTolerance` of some seconds is enough for clocks that differ.',
    },
    tolerance: {
      what: '{{call}} accepts tokens long after they expire: `{{option}}` allows {{leeway}}.',
      fix: 'Clocks differ by seconds: a leeway of a minute is enough.',
    },
  },
  docs: {
    why: 'A stolen token stays good for ever: its end is the only thing that takes it out of use when nobody notices the theft.',
    cwe: [613],
    securitySeverity: 7.5,
    references: [
      { title: 'RFC 7519, 4.1.4: "exp" (Expiration Time) Claim', url: 'https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4' },
      { title: 'CWE-613: Insufficient Session Expiration', url: 'https://cwe.mitre.org/data/definitions/613.html' },
    ],
  },
  options: {
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        maxTolerance: { type: 'number', minimum: 0, description: 'Seconds of leeway that a verification may grant.' },
      },
    },
    defaults: { maxTolerance: 10 * MINUTE },
  },
  *script(script: Script, options: NoIgnoredExpirationOptions): Iterable<Finding> {
    const reported = new Set<string>();
    for (const call of callsOf(script)) {
      for (const finding of [...waived(script, call), ...tolerated(call, options)]) {
        const key = `${finding.anchor.path}\0${String(finding.anchor.start)}`;
        if (reported.has(key)) continue;
        reported.add(key);
        yield finding;
      }
    }
  },
});

function* waived(script: Script, call: JwtCall): Iterable<Finding> {
  for (const { at, is, of } of call.api.waivers ?? []) {
    if (of === 'signature' || of === 'key') continue;
    for (const value of call.at(at)) {
      if (value.kind !== 'boolean' || value.value !== is) continue;
      if (of === 'expiration' && refusesExpired(script, call)) continue;
      const purpose = of === 'expiration' && hasPurpose(script, call, value.at);
      yield {
        ...findingAt(call, at, value.at),
        message: of === 'not-before' ? 'early' : purpose ? 'expiredOnPurpose' : 'expired',
        ...(purpose ? { level: 'warning' as Level, confidence: 'likely' } : {}),
        ...(value.steps.length > 0 ? { steps: value.steps } : {}),
        ...(purpose ? {} : { suggest: () => removalSuggestion(script, value.at) }),
      };
    }
  }
}

function* tolerated(call: JwtCall, { maxTolerance }: NoIgnoredExpirationOptions): Iterable<Finding> {
  for (const { at, unit } of call.api.tolerance ?? []) {
    for (const value of call.at(at)) {
      const seconds = secondsOf(value, unit);
      if (seconds === undefined || seconds <= maxTolerance) continue;
      const finding = findingAt(call, at, value.at);
      yield {
        ...finding,
        message: 'tolerance',
        data: { ...finding.data, leeway: leewayOf(seconds) },
        ...(seconds < DAY ? { level: 'warning' as Level } : {}),
      };
    }
  }
}

function findingAt(call: JwtCall, position: readonly (string | number)[], anchor: Place): Finding {
  const option = position
    .slice(1)
    .join('.')
    .replace(/\(\)\./g, '')
    .replace(/^useFactory\./, '');
  return {
    message: 'expired',
    data: { call: `${call.package} ${call.api.name || 'middleware'}`, option },
    anchor,
    use: call.place,
    confidence: 'certain',
    symbol: `${call.package}.${call.api.name}.${option}`,
  };
}

function leewayOf(seconds: number): string {
  if (seconds === Number.POSITIVE_INFINITY) return 'any time';
  return seconds >= DAY ? `${String(Math.round(seconds / DAY))} day(s)` : `${String(Math.round(seconds / MINUTE))} minutes`;
}

/** True where the name of the function or a comment tells of what an expired token is still good for. */
function hasPurpose(script: Script, call: JwtCall, at: Place): boolean {
  const names = namesAround(script, call.node);
  if (names.some((name) => /refresh|renew|log-?_?out|sign-?_?out|revoke|expired|ignoreExp/i.test(name))) return true;
  return /refresh|renew|log ?out|logs out|sign ?out|revok/i.test(`${commentsBeside(script, at)}\n${commentsBeside(script, call.place)}`);
}
