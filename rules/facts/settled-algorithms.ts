/** Algorithms that the settings of a library name for all its verifications. */
import type { Script } from '../contract.js';
import { callsOf, type JwtCall } from './calls.js';
import { importsTestRunner } from './test-runners.js';

/** What names them for verifications of other files: @nestjs/jwt, by the `verifyOptions` of its module. */
export const SETTLED = '@nestjs/jwt verifyOptions.algorithms';

/** {@link SETTLED} where one of the scripts does. */
export function settledAlgorithmsOf(scripts: readonly Script[]): readonly string[] {
  return scripts.some((script) => !importsTestRunner(script) && callsOf(script).some(settles)) ? [SETTLED] : [];
}

/** What may settle the algorithms of a verification that names none itself. */
export function settledElsewhere(call: JwtCall): string | undefined {
  return call.package === '@nestjs/jwt' && call.api.kind === 'verify' ? SETTLED : undefined;
}

function settles(call: JwtCall): boolean {
  if (call.package !== '@nestjs/jwt' || call.api.kind !== 'config') return false;
  // Beside the claims that the same options demand.
  const [claim] = call.api.claims ?? [];
  return claim !== undefined && call.at([claim[0], ...(claim.slice(1, -1) as string[]), 'algorithms']).some(({ kind }) => kind === 'array');
}
