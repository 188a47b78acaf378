/** What jsonwebtoken takes, and the libraries that hand their options on to it or bundle it (LIBRARIES.md, 1.2). */
import type { Api, Expiry, Position, Waiver } from './libraries.js';

/** Sub-paths of jsonwebtoken, one for each function. */
export const jsonwebtokenModules = (name: string): Readonly<Record<string, string>> => ({
  [`${name}/sign`]: 'sign',
  [`${name}/verify`]: 'verify',
  [`${name}/decode`]: 'decode',
});

/** The options that jsonwebtoken's verify reads. */
export const JSONWEBTOKEN_VERIFY = [
  'algorithms',
  'allowInvalidAsymmetricKeyTypes',
  'audience',
  'clockTimestamp',
  'clockTolerance',
  'complete',
  'ignoreExpiration',
  'ignoreNotBefore',
  'issuer',
  'jwtid',
  'maxAge',
  'nonce',
  'subject',
];

/** The switches that turn its checks of time off. */
export function ignoring(...at: Position): readonly Waiver[] {
  return [
    { at: [...at, 'ignoreExpiration'], is: true, of: 'expiration' },
    { at: [...at, 'ignoreNotBefore'], is: true, of: 'not-before' },
  ];
}

/** The options of verifications that hand them on to jsonwebtoken. */
export function jsonwebtokenChecks(...at: Position): Pick<Api, 'waivers' | 'tolerance' | 'claims'> {
  return {
    waivers: ignoring(...at),
    tolerance: [{ at: [...at, 'clockTolerance'], unit: 'seconds' }],
    claims: [
      [...at, 'issuer'],
      [...at, 'audience'],
    ],
  };
}

/** `expiresIn` as jsonwebtoken reads it. */
export function expiresIn(...at: Position): readonly Expiry[] {
  return [{ at: [...at, 'expiresIn'], unit: 'seconds', digitsAreMilliseconds: true }];
}

/** Its calls. Version 9 checks sizes and kinds of keys, and has switches against it; version 8 checks neither. */
export function jsonwebtoken(checksKeys: boolean): readonly Api[] {
  const insecure = (...names: readonly string[]): Pick<Api, 'insecure'> =>
    checksKeys ? { insecure: names.map((name) => [2, name] as const) } : {};
  return [
    {
      name: 'sign',
      form: 'call',
      kind: 'sign',
      key: [[1], [1, 'key']],
      algorithm: [
        [2, 'header', 'alg'],
        [2, 'algorithm'],
      ],
      ...insecure('allowInsecureKeySizes', 'allowInvalidAsymmetricKeyTypes'),
      payload: [0],
      expiry: expiresIn(2),
    },
    {
      name: 'verify',
      form: 'call',
      kind: 'verify',
      settles: 'callback',
      key: [[1], [1, '(cb)']],
      algorithms: [[2, 'algorithms']],
      omitted: checksKeys ? 'by-key-type' : 'unsafe',
      falsyKeyAcceptsNone: !checksKeys,
      ...insecure('allowInvalidAsymmetricKeyTypes'),
      ...jsonwebtokenChecks(2),
      known: [{ at: [2], names: JSONWEBTOKEN_VERIFY }],
    },
    { name: 'decode', form: 'call', kind: 'decode' },
  ];
}
