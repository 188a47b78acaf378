import { defineRule, type Finding, type Script } from './contract.js';
import { callsOf, type JwtCall } from './facts/calls.js';
import type { Expiry } from './facts/libraries.js';
import { originsOf } from './facts/origins.js';
import { builderOf, callsNamed } from './facts/payloads.js';
import { secondsIn } from './facts/spans-of-time.js';
import { purposeOf } from './facts/token-purposes.js';
import type { Value } from './facts/values.js';

/** What an option may say. */
const SPAN = '^\\d{1,6}(?:s|m|h|d|w|y)$';

interface Options {
  /** The longest life of a token, as a span such as `24h`. */
  readonly access: string;
  /** The longest life of a refresh token. */
  readonly refresh: string;
}

export default defineRule<Options>({
  id: 'max-token-lifetime',
  title: 'Disallow tokens that live longer than a limit',
  severity: 'off',
  messages: {
    long: {
      what: 'Tokens of {{call}} live {{length}}; the limit for {{kind}} is {{limit}}.',
      fix: 'Shorten it, and let a refresh token that can be revoked renew the session.',
    },
  },
  docs: {
    why: 'A stolen token is good until it ends, since nothing can take it back. The shorter it lives, the less it is worth.',
    cwe: [613],
    securitySeverity: 4.2,
    references: [
      { title: 'RFC 7519, 4.1.4: "exp" (Expiration Time) Claim', url: 'https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4' },
      {
        title: 'OWASP: JSON Web Token Cheat Sheet',
        url: 'https://cheatsheetseries.owasp.org/cheatsheets/JSON_Web_Token_for_Java_Cheat_Sheet.html',
      },
    ],
  },
  options: {
    schema: {
      type: 'object',
      properties: {
        access: { type: 'string', pattern: SPAN, description: 'The longest life of a token, e.g. `24h`.' },
        refresh: { type: 'string', pattern: SPAN, description: 'The longest life of a refresh token, e.g. `90d`.' },
      },
      additionalProperties: false,
    },
    defaults: { access: '24h', refresh: '90d' },
  },
  *script(script: Script, options: Options): Iterable<Finding> {
    const reported = new Set<string>();
    for (const call of callsOf(script)) {
      const isRefresh = call.api.kind === 'sign' && purposeOf(script, call.node) === 'refresh';
      const limit = isRefresh ? options.refresh : options.access;
      const most = secondsIn(limit) ?? Number.POSITIVE_INFINITY;
      for (const expiry of call.api.expiry ?? []) {
        for (const value of valuesOf(script, call, expiry)) {
          const seconds = lifeOf(value, expiry);
          const key = `${value.at.path}\0${String(value.at.start)}`;
          if (seconds === undefined || seconds <= most || reported.has(key)) continue;
          reported.add(key);
          yield {
            message: 'long',
            data: {
              call: `${call.package} ${call.api.name || 'plugin'}`,
              length: inWords(seconds),
              kind: isRefresh ? 'refresh tokens' : 'tokens',
              limit,
            },
            anchor: value.at,
            use: call.place,
            ...(value.steps.length > 0 ? { steps: value.steps } : {}),
            confidence: 'certain',
            symbol: `${call.package}.${call.api.name}`,
          };
        }
      }
    }
  },
});

function valuesOf(script: Script, call: JwtCall, expiry: Expiry): readonly Value[] {
  if (expiry.method === undefined) return call.at(expiry.at);
  const origins = originsOf(script);
  return callsNamed(builderOf(script, call.node), expiry.method).flatMap(({ arguments: [first] }) =>
    first && first.type !== 'SpreadElement' ? origins.valuesOf(first) : [],
  );
}

/** Seconds of a written span; undefined for moments and for what is only known when the program runs. */
function lifeOf(value: Value, expiry: Expiry): number | undefined {
  if (value.kind === 'text') return /^\s*\d+\s*$/.test(value.text) ? undefined : secondsIn(value.text);
  // A number that a builder's method or a claim is given is a moment.
  if (value.kind !== 'number' || expiry.method !== undefined || expiry.unit === 'epoch') return undefined;
  return expiry.unit === 'milliseconds' ? value.value / 1000 : value.value;
}

function inWords(seconds: number): string {
  const days = seconds / 86_400;
  return days >= 2 ? `${String(Math.round(days))} days` : `${String(Math.round(seconds / 3600))} hours`;
}
