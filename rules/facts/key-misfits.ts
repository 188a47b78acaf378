/**
 * Keys of another kind, or on another curve, than the algorithm needs that they are used with (RFC 7518, 3.3 to 3.5; RFC 8037,
 * 3.1). Some libraries refuse the two together, others sign what verifiers refuse.
 */
import type { CryptoPort, FileFacts, KeyMaterial, Script, Text } from '../contract.js';
import { callsOf, type JwtCall } from './calls.js';
import { curveName, curveOf } from './curves.js';
import { privateKeysIn, publicKeysIn } from './keys.js';

type Pair = Pick<KeyMaterial, 'type' | 'curve'>;

export interface Misfit {
  /** The key, e.g. `EC on P-256`. */
  readonly kind: string;
  readonly algorithm: string;
  readonly needed: string;
}

/** What each kind of key pair is called. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['rsa', 'RSA'],
  ['rsa-pss', 'RSA-PSS'],
  ['ec', 'EC'],
  ['ed25519', 'Ed25519'],
  ['ed448', 'Ed448'],
]);

/** The kinds that each algorithm takes, the usual one first. */
function kindsFor(algorithm: string): readonly string[] {
  if (/^RS(?:256|384|512)$/.test(algorithm)) return ['rsa'];
  if (/^PS(?:256|384|512)$/.test(algorithm)) return ['rsa', 'rsa-pss'];
  if (algorithm === 'EdDSA') return ['ed25519', 'ed448'];
  return curveOf(algorithm) ? ['ec'] : [];
}

/** Says what is wrong with a key that goes with none of the algorithms; undefined where one fits or cannot be told. */
export function misfitOf({ type, curve }: Pair, algorithms: readonly string[]): Misfit | undefined {
  const kind = KINDS.get(type ?? '');
  const [algorithm] = algorithms;
  if (kind === undefined || algorithm === undefined) return undefined;
  const fits = (each: string): boolean => {
    const kinds = kindsFor(each);
    const needed = curveOf(each);
    return kinds.length === 0 || (kinds.includes(type!) && (needed === undefined || curve === undefined || needed.openssl === curve));
  };
  if (algorithms.some(fits)) return undefined;
  const needed = curveOf(algorithm);
  return {
    kind: curve === undefined ? kind : `${kind} on ${curveName(curve)}`,
    algorithm,
    needed: needed
      ? `EC on ${needed.name}`
      : kindsFor(algorithm)
          .map((each) => KINDS.get(each))
          .join(' or '),
  };
}

/** The algorithms that a call signs with or accepts; none when they are not known. */
function algorithmsOf({ algorithm, algorithms }: JwtCall): readonly string[] {
  if (algorithm !== undefined) return [algorithm];
  return algorithms.state === 'given' ? algorithms.names.map(({ name }) => name) : [];
}

/** The calls of a script whose key stands in the code and goes with none of their algorithms. */
export function* misfitsIn(script: Script): Iterable<{ readonly call: JwtCall; readonly misfit: Misfit }> {
  for (const call of callsOf(script)) {
    const algorithms = algorithmsOf(call);
    for (const value of algorithms.length > 0 ? call.keys : []) {
      const pair = value.kind === 'text' ? pairIn(value.text, script.crypto) : undefined;
      const misfit = pair && misfitOf(pair, algorithms);
      if (!misfit) continue;
      yield { call, misfit };
      break;
    }
  }
}

/** Files that the calls of scripts take their keys from, with the algorithms of these. */
export function keyReadsOf(scripts: readonly Script[]): FileFacts['keyReads'] {
  const found = scripts.flatMap((script) =>
    callsOf(script).flatMap((call) => {
      const algorithms = algorithmsOf(call);
      return call.keys.flatMap((value) =>
        value.kind === 'unknown' && value.file && value.name !== undefined && algorithms.length > 0
          ? [{ file: value.name, algorithms, place: call.place }]
          : [],
      );
    }),
  );
  return found.length > 0 ? found : undefined;
}

/** The key pair, or half of one, that a file is. */
export function pairOf({ text, crypto }: Text): FileFacts['pair'] {
  return text.trimStart().startsWith('-----BEGIN') ? pairIn(text, crypto) : undefined;
}

function pairIn(text: string, crypto: CryptoPort): Pair | undefined {
  if (!text.includes('-----BEGIN')) return undefined;
  const [found] = [...privateKeysIn(text), ...publicKeysIn(text)];
  const material = found && crypto.inspectKey(found.input);
  return material?.type === undefined || material.kind === 'secret' ? undefined : { type: material.type, curve: material.curve };
}
