/** Which elliptic curve an algorithm needs (RFC 7518, 3.4; RFC 8812, 3.2). */
import type { KeyMaterial } from '../contract.js';

/** A curve by its name in JWKs, and by the one that OpenSSL and so node:crypto has for it. */
export interface Curve {
  readonly name: string;
  readonly openssl: string;
}

const P256: Curve = { name: 'P-256', openssl: 'prime256v1' };
const P384: Curve = { name: 'P-384', openssl: 'secp384r1' };
const P521: Curve = { name: 'P-521', openssl: 'secp521r1' };
const SECP256K1: Curve = { name: 'secp256k1', openssl: 'secp256k1' };

const CURVES: Readonly<Record<string, Curve>> = { ES256: P256, ES384: P384, ES512: P521, ES256K: SECP256K1 };

/** The curve of an algorithm; undefined of those that need none. */
export function curveOf(algorithm: string): Curve | undefined {
  return Object.hasOwn(CURVES, algorithm) ? CURVES[algorithm] : undefined;
}

/** Bits of the smallest curve of an algorithm. */
export const SMALLEST_CURVE = 256;

/**
 * The name of the curve that a key should be on and is not: that of its algorithm, or where none is known the smallest when
 * its own is smaller.
 */
export function curveNeeded({ type, curve }: KeyMaterial, algorithm: string | undefined): string | undefined {
  if (type !== 'ec' || curve === undefined) return undefined;
  const needed = CURVES[algorithm ?? ''];
  if (needed) return needed.openssl === curve ? undefined : needed.name;
  // Names of curves tell the size of their field.
  return Number(/\d{3}/.exec(curve)?.[0] ?? SMALLEST_CURVE) < SMALLEST_CURVE ? P256.name : undefined;
}

/** The name of a curve in JWKs, or else that of OpenSSL. */
export function curveName(openssl: string): string {
  return Object.values(CURVES).find((curve) => curve.openssl === openssl)?.name ?? openssl;
}
