/** Keys that a script makes, and how large they are: random bytes at a key position, generated secrets and key pairs. */
import type { TSESTree } from '@typescript-eslint/types';
import type { Place, Script } from '../contract.js';
import { bindingsOf } from './bindings.js';
import { callsOf } from './calls.js';
import { importName } from './import-names.js';
import { originsOf } from './origins.js';
import { hmacBytesRequired } from './strength.js';
import { placeOf } from './syntax.js';
import { onlyText } from './value-sets.js';

/** One key that is made, with its size in bits. */
export interface GeneratedKey {
  readonly kind: 'random bytes' | 'hmac' | 'rsa' | 'ec';
  readonly bits: number;
  readonly place: Place;
  /** The call that uses it, when it is known. */
  readonly use: Place | undefined;
  /** The algorithm of that call. */
  readonly algorithm: string | undefined;
}

const GENERATORS = new Set([
  'crypto:generateKeyPairSync',
  'crypto:generateKeyPair',
  'crypto:generateKeySync',
  'crypto:generateKey',
  'crypto:subtle.generateKey',
  'crypto:webcrypto.subtle.generateKey',
  'jose:generateKeyPair',
]);

/** Bits of named curves that are too small for any JWS algorithm (RFC 7518 3.4 starts at P-256). */
const SMALL_CURVES: Readonly<Record<string, number>> = {
  secp112r1: 112,
  secp128r1: 128,
  secp160k1: 160,
  secp160r1: 160,
  secp192k1: 192,
  prime192v1: 192,
  'P-192': 192,
  secp224k1: 224,
  secp224r1: 224,
  'P-224': 224,
};

/** Every key of known size that the script makes. */
export function* generatedKeysOf(script: Script): Iterable<GeneratedKey> {
  const seen = new Set<number>();
  for (const call of callsOf(script)) {
    const algorithm = call.algorithm ?? (call.algorithms.names.length === 1 ? call.algorithms.names[0]!.name : undefined);
    for (const value of call.keys) {
      if (value.kind !== 'random' || value.size === undefined || seen.has(value.at.start)) continue;
      if (value.size >= hmacBytesRequired(algorithm)) continue;
      seen.add(value.at.start);
      yield { kind: 'random bytes', bits: value.size * 8, place: value.at, use: call.place, algorithm };
    }
  }
  // Provenance costs more than a look at the text.
  if (!script.text.includes('generateKey')) return;
  const origins = originsOf(script);
  for (const node of bindingsOf(script).calls) {
    if (node.type !== 'CallExpression' || node.arguments.length < 1) continue;
    for (const callee of origins.valuesOf(node.callee)) {
      if (callee.kind !== 'import' || !GENERATORS.has(importName(callee))) continue;
      const made = sizeOf(script, node);
      if (made && !seen.has(made.place.start)) yield made;
      break;
    }
  }
}

function sizeOf(script: Script, node: TSESTree.CallExpression): GeneratedKey | undefined {
  const origins = originsOf(script);
  const place = placeOf(script.path, node);
  const member = (index: number, name: string) => {
    const argument = node.arguments[index];
    if (!argument || argument.type === 'SpreadElement') return [];
    return origins.member(
      origins.valuesOf(argument).filter((value) => value.kind === 'object'),
      name,
      place,
    );
  };
  for (const index of [0, 1]) {
    for (const value of member(index, 'modulusLength')) {
      if (value.kind === 'number') return { kind: 'rsa', bits: value.value, place, use: undefined, algorithm: undefined };
    }
    for (const value of [...member(index, 'namedCurve'), ...member(index, 'crv')]) {
      const bits = value.kind === 'text' ? SMALL_CURVES[value.text] : undefined;
      if (bits !== undefined) return { kind: 'ec', bits, place, use: undefined, algorithm: undefined };
    }
  }
  const first = node.arguments[0];
  if (!first || first.type === 'SpreadElement' || onlyText(origins.valuesOf(first)) !== 'hmac') return undefined;
  for (const value of member(1, 'length'))
    if (value.kind === 'number') return { kind: 'hmac', bits: value.value, place, use: undefined, algorithm: undefined };
  return undefined;
}
