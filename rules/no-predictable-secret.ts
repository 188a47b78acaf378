import { defineRule, type Finding, type Script } from './contract.js';
import { callsOf, keyArgumentOf } from './facts/calls.js';
import { namedValuesOf } from './facts/named-values.js';
import { predictableSource, type PredictableSource } from './facts/predictability.js';
import type { Value } from './facts/values.js';

/** What a source is called in a sentence. */
const SOURCE_NAMES: Readonly<Record<PredictableSource, string>> = {
  'math-random': 'Math.random, whose next numbers follow from a few it gave before',
  clock: 'the time, which is known to within seconds',
  uuid: 'a UUID of a kind that is not random',
  'random-uuid': 'a random UUID',
  counter: 'an identifier made of the time and a counter',
  process: 'what the process and its machine are called',
  request: 'what the sender of a request wrote',
  user: 'what others know of a user',
  constants: 'constants of the source alone',
};

export default defineRule({
  id: 'no-predictable-secret',
  title: 'Disallow signing secrets that can be guessed or computed',
  severity: 'error',
  messages: {
    used: {
      what: 'The key of {{call}} is made from {{source}}.',
      fix: 'Draw it once from a CSPRNG, e.g. `openssl rand -base64 48`, keep it in the environment or a secret manager, and read it there.',
    },
    named: {
      what: '`{{name}}` is made from {{source}}.',
      fix: 'Draw it once from a CSPRNG, e.g. `openssl rand -base64 48`, keep it in the environment or a secret manager, and read it there.',
    },
    uuid: {
      what: 'The key of {{call}} is a random UUID: 122 random bits at most, and nothing promises that they are hard to guess.',
      fix: 'Draw 32 bytes or more from a CSPRNG, e.g. `randomBytes(48)`, or read a key from the environment.',
    },
  },
  docs: {
    why: 'A key is as strong as what it was made from. Whoever can guess or compute that has the key, and signs tokens as any user.',
    cwe: [330, 338, 340],
    securitySeverity: 8.1,
    references: [
      {
        title: 'RFC 8725, 3.5: Ensure Cryptographic Keys Have Sufficient Entropy',
        url: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.5',
      },
      { title: 'RFC 4086: Randomness Requirements for Security', url: 'https://www.rfc-editor.org/rfc/rfc4086' },
      { title: 'RFC 9562, 8: UUIDs, Security Considerations', url: 'https://www.rfc-editor.org/rfc/rfc9562#section-8' },
    ],
  },
  *script(script: Script): Iterable<Finding> {
    const reported = new Set<string>();
    const isNew = (value: Value): boolean => {
      const place = `${value.at.path}\0${String(value.at.start)}`;
      if (reported.has(place)) return false;
      reported.add(place);
      return true;
    };
    for (const call of callsOf(script)) {
      for (const value of call.keys) {
        // `sign(payload, { key })`: a member that only might be there is nobody's key.
        if (value.at.start === call.place.start && value.at.path === call.place.path) continue;
        const source = predictableSource(script, value);
        if (source === undefined || !isNew(value)) continue;
        // A parameter is declared elsewhere; what is made of it stands in the call.
        const written = value.kind === 'parameter' ? keyArgumentOf(call) : undefined;
        const name = `${call.package} ${call.api.name || 'middleware'}`;
        yield {
          message: source === 'random-uuid' ? 'uuid' : 'used',
          data: { call: name, source: SOURCE_NAMES[source] },
          anchor: written ?? value.at,
          use: call.place,
          ...(value.steps.length > 0 ? { steps: value.steps } : {}),
          ...(source === 'random-uuid' ? { level: 'warning' as const } : {}),
          confidence: source === 'user' || source === 'request' ? 'likely' : 'certain',
          symbol: `${call.package}.${call.api.name}`,
        };
      }
    }
    for (const { name, secret, values } of namedValuesOf(script)) {
      if (secret?.strength !== 'strong') continue;
      for (const value of values) {
        if (value.at.path !== script.path) continue;
        const source = predictableSource(script, value);
        // By name alone only what a generator visibly gives, or what is made of nothing but literals, is a key in the making.
        const isGenerated = source === 'math-random' || source === 'clock' || source === 'counter' || source === 'uuid';
        if (!isGenerated && !(source === 'constants' && isHashOf(value))) continue;
        if (!isNew(value)) continue;
        yield { message: 'named', data: { name, source: SOURCE_NAMES[source] }, anchor: value.at, confidence: 'likely', symbol: name };
      }
    }
  },
});

/** A literal behind a hash, a key derived from one, or text made of either. Text that is put together is a literal still. */
function isHashOf(value: Value): boolean {
  const open = [value];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.kind !== 'unknown' || !next.made) continue;
    if (next.made.by === 'digest' || next.made.by === 'derivation') return true;
    open.push(...next.made.of.flat());
  }
  return false;
}
