/** Names of options that people give to a verification although the library calls the thing otherwise. */

/** Names for the same thing in the libraries of this field: of each group a library knows at most a few. */
const GROUPS: readonly { readonly checks: boolean; readonly names: readonly string[] }[] = [
  { checks: true, names: ['algorithms', 'alg', 'algorithm', 'algs', 'algo', 'algos', 'allowedAlgorithms', 'allowedAlgs'] },
  { checks: true, names: ['issuer', 'allowedIss', 'iss', 'issuers', 'allowedIssuers'] },
  { checks: true, names: ['audience', 'allowedAud', 'aud', 'audiences', 'allowedAudiences'] },
  { checks: true, names: ['subject', 'allowedSub', 'sub'] },
  { checks: true, names: ['jwtid', 'allowedJti', 'jti'] },
  { checks: false, names: ['maxAge', 'maxTokenAge', 'expiresIn', 'expiration', 'exp', 'ttl'] },
];

export interface Meant {
  /** The name that the library reads. */
  readonly name: string;
  /** True when the verification leaves a check out that its author asked for. */
  readonly checks: boolean;
}

/** What an option that a library does not know was meant to be; undefined when nothing is like it. */
export function meantOption(name: string, known: readonly string[]): Meant | undefined {
  if (known.includes(name)) return undefined;
  const group = GROUPS.find(({ names }) => names.includes(name));
  if (group) {
    const right = group.names.find((each) => known.includes(each));
    return right === undefined ? undefined : { name: right, checks: group.checks };
  }
  if (name.length < 5) return undefined;
  const near = known.find((each) => each.length >= 5 && isNear(name, each));
  if (near === undefined) return undefined;
  return { name: near, checks: GROUPS.some(({ names, checks }) => checks && names.includes(near)) };
}

/** True when the names differ in case only, or by one letter that is missing, too much, wrong or in its neighbour's place. */
function isNear(one: string, other: string): boolean {
  const [left, right] = [one.toLowerCase(), other.toLowerCase()];
  if (left === right) return true;
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  const a = left.slice(start);
  const b = right.slice(start);
  if (a.slice(1) === b.slice(1) || a === b.slice(1) || a.slice(1) === b) return true;
  return a.length > 1 && a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2);
}
