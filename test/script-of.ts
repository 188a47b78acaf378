/** A script of a test's own text, by itself: it imports nothing, and its project may use any package. */
import type { Script } from '../rules/contract.js';
import { createCrypto } from '../src/crypto.js';
import { parseScript } from '../src/readers/script.js';

const crypto = createCrypto();

export function scriptOf(text: string, path = 'a.ts'): Script {
  const parsed = parseScript(path, text);
  if ('failed' in parsed) throw new Error(`the test's own code ${parsed.failed}`);
  return {
    path,
    text,
    tracking: 'tracked',
    project: { name: 'shop', uses: () => true, versionOf: () => undefined, isBelow: () => false, owns: () => false },
    crypto,
    vocabulary: { sinks: [], secretNames: [], secretSources: [] },
    ast: parsed.ast,
    visitorKeys: parsed.visitorKeys,
    imports: () => undefined,
  };
}
