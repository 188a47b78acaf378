import { defineRule, type Finding, type Place, type Repository, type Script, type Text } from './contract.js';
import { sizeSuggestion } from './facts/call-suggestions.js';
import { callsOf } from './facts/calls.js';
import { curveName, curveNeeded, SMALLEST_CURVE } from './facts/curves.js';
import { generatedKeysOf, type GeneratedKey } from './facts/key-generation.js';
import { misfitOf, misfitsIn, type Misfit } from './facts/key-misfits.js';
import { publicKeysIn } from './facts/keys.js';
import { hmacBytesRequired } from './facts/strength.js';

export interface MinKeySizeOptions {
  /** Bytes that every HMAC key must have, when more than its algorithm asks for. */
  readonly hmacBytes?: number;
  readonly rsaBits: 2048 | 3072 | 4096;
}

const DEFAULTS: MinKeySizeOptions = { rsaBits: 2048 };

export default defineRule<MinKeySizeOptions>({
  id: 'min-key-size',
  title: 'Require keys that are as long as their algorithm needs',
  severity: 'error',
  suggests: true,
  messages: {
    random: {
      what: 'A key of {{bits}} random bits is shorter than {{algorithm}} needs: {{needed}} bits.',
      fix: 'Draw {{neededBytes}} bytes or more.',
    },
    generated: {
      what: 'This makes {{kind}} key of {{bits}} bits; less than {{needed}} are too few.',
      fix: 'Make it with {{needed}} bits or more.',
    },
    public: {
      what: 'This {{label}} holds an RSA key of {{bits}} bits; less than {{needed}} are too few.',
      fix: 'Make a new pair with {{needed}} bits or more; verifiers must take the new public key.',
    },
    curve: {
      what: 'This {{label}} is on the curve {{curve}}; {{algorithm}} needs {{needed}}.',
      fix: 'Make a new pair on {{needed}}; verifiers must take the new public key.',
    },
    misfit: {
      what: 'The key of this call is {{kind}}; {{algorithm}} needs {{needed}}.',
      fix: 'Name the algorithm that goes with the key, or make a new pair for this one. Some libraries refuse the two together, others sign what verifiers refuse.',
    },
    allowed: {
      what: '{{call}} is told to accept keys that are too small or of the wrong kind: `{{option}}`.',
      fix: 'Remove the option and replace the key that made it necessary.',
    },
  },
  docs: {
    why: 'A key that is too short can be found by trying (HMAC) or by factoring (RSA); whoever has it signs tokens as any user.',
    cwe: [326],
    securitySeverity: 7.5,
    references: [
      { title: 'RFC 7518, 3.2: HMAC with SHA-2 Functions', url: 'https://www.rfc-editor.org/rfc/rfc7518#section-3.2' },
      { title: 'RFC 7518, 3.3: Digital Signature with RSASSA-PKCS1-v1_5', url: 'https://www.rfc-editor.org/rfc/rfc7518#section-3.3' },
      { title: 'RFC 7518, 3.4: Digital Signature with ECDSA', url: 'https://www.rfc-editor.org/rfc/rfc7518#section-3.4' },
    ],
  },
  options: {
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        hmacBytes: { type: 'integer', minimum: 32, description: 'Bytes that every HMAC key must have.' },
        rsaBits: { enum: [2048, 3072, 4096], description: 'Bits that every RSA key must have.' },
      },
    },
    defaults: DEFAULTS,
  },
  *text(subject: Text, options: MinKeySizeOptions): Iterable<Finding> {
    for (const { span, label, input } of publicKeysIn(subject.text)) {
      const material = subject.crypto.inspectKey(input);
      if (!material) continue;
      const isJwk = 'jwk' in input;
      const found = { label: isJwk ? 'public JWK' : label.toLowerCase() };
      const base = {
        anchor: { path: subject.path, ...span },
        level: 'warning',
        confidence: 'certain',
        symbol: isJwk ? label.replace('JWK ', 'jwk:') : `pem:${label}`,
      } as const;
      const algorithm = isJwk && typeof input.jwk['alg'] === 'string' ? input.jwk['alg'] : undefined;
      const needed = curveNeeded(material, algorithm);
      if (needed !== undefined)
        yield {
          ...base,
          message: 'curve',
          data: { ...found, curve: curveName(material.curve!), algorithm: algorithm ?? 'every algorithm', needed },
        };
      else if (material.bits !== undefined && material.type?.startsWith('rsa') && material.bits < options.rsaBits)
        yield { ...base, message: 'public', data: { ...found, bits: material.bits, needed: options.rsaBits } };
    }
  },
  *script(script: Script, options: MinKeySizeOptions): Iterable<Finding> {
    for (const key of generatedKeysOf(script)) {
      const finding = generatedFinding(script, key, options);
      if (finding) yield finding;
    }
    for (const { call, misfit } of misfitsIn(script)) yield misfitFinding(misfit, call.place);
    const reported = new Set<string>();
    for (const call of callsOf(script)) {
      // With an HMAC secret these options change nothing: copied, most likely.
      const isSymmetric = (call.algorithm ?? '').startsWith('HS');
      for (const position of call.api.insecure ?? []) {
        for (const value of call.at(position)) {
          const place = `${value.at.path}\0${String(value.at.start)}`;
          if (value.kind !== 'boolean' || !value.value || reported.has(place)) continue;
          reported.add(place);
          const option = String(position.at(-1));
          yield {
            message: 'allowed',
            data: { call: `${call.package} ${call.api.name}`, option },
            anchor: value.at,
            use: call.place,
            level: 'warning',
            confidence: isSymmetric ? 'possible' : 'certain',
            symbol: `${call.package}.${call.api.name}.${option}`,
          };
        }
      }
    }
  },
  // Of a change both the key file and the call must be part, or nothing is known of one of them.
  *repository({ facts }: Repository): Iterable<Finding> {
    const files = facts.filter(({ pair }) => pair);
    for (const { file, algorithms, place } of facts.flatMap(({ keyReads }) => keyReads ?? [])) {
      const meant = files.filter(({ path }) => path === file || path.endsWith(`/${file}`));
      const misfits = meant.map(({ pair }) => misfitOf(pair!, algorithms));
      // Where several files have the name, one that fits may be the one.
      const [misfit] = misfits;
      if (misfit && misfits.every(Boolean)) {
        const step = { place: { path: meant[0]!.path, start: 0, end: 0 }, label: 'the key' };
        yield { ...misfitFinding(misfit, place), confidence: 'likely', steps: [step] };
      }
    }
  },
});

function misfitFinding({ kind, algorithm, needed }: Misfit, anchor: Place): Finding {
  return {
    message: 'misfit',
    data: { kind, algorithm, needed },
    anchor,
    level: 'warning',
    confidence: 'certain',
    symbol: `misfit:${algorithm}`,
  };
}

const KIND_NAMES = { hmac: 'an HMAC', rsa: 'an RSA', ec: 'an EC' } as const;

function generatedFinding(script: Script, key: GeneratedKey, options: MinKeySizeOptions): Finding | undefined {
  const { kind, bits, place, use, algorithm } = key;
  const hmacBits = 8 * Math.max(hmacBytesRequired(algorithm), options.hmacBytes ?? 0);
  const needed = kind === 'rsa' ? options.rsaBits : kind === 'ec' ? SMALLEST_CURVE : hmacBits;
  if (bits >= needed) return undefined;
  const base = {
    anchor: place,
    ...(use ? { use } : {}),
    confidence: 'certain',
    symbol: `generate:${kind}`,
    ...(kind === 'ec' ? {} : { suggest: () => sizeSuggestion(script, place, { bits: needed, was: bits }) }),
  } as const;
  if (kind === 'random bytes') {
    const data = { bits, algorithm: algorithm ?? 'HS256', needed, neededBytes: needed / 8 };
    return { ...base, message: 'random', data, level: 'warning' };
  }
  return { ...base, message: 'generated', data: { kind: KIND_NAMES[kind], bits, needed } };
}
