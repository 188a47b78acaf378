/** The order of versions of packages. */

/** Compares `major.minor.patch` versions; pre-release tags count as the release. */
export function compareVersions(one: string, other: string): number {
  // Not split at an expression, which would be compiled at each call.
  const numbers = (version: string): number[] => {
    const ends = [version.indexOf('-'), version.indexOf('+')].filter((at) => at >= 0);
    return version
      .slice(0, Math.min(version.length, ...ends))
      .split('.')
      .map((part) => Number.parseInt(part, 10) || 0);
  };
  const left = numbers(one);
  const right = numbers(other);
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
