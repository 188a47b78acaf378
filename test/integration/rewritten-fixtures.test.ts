/**
 * A value is followed as far as it travels, however the code is written: every bad fixture is written differently, in ways
 * that change nothing of what it does, and what was found in it must be found again. Some rules judge by names or by how
 * something is written down, and some ways are longer than any that is followed: these are the shares that may be lost.
 * What is written differently in the good fixtures is not reported for it.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REWRITINGS, type Rewriting } from '../rewritings.js';
import { scanFiles } from '../scan-directory.js';

const SCRIPT = /\.[cm]?[jt]sx?$/;
const rules = readdirSync('fixtures').filter((name) => !name.startsWith('_'));

function filesBelow(root: string): ReadonlyMap<string, Buffer> {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => join(root, path));
  return new Map(
    paths.filter((path) => statSync(path).isFile()).map((path) => [relative(root, path).split(sep).join('/'), readFileSync(path)]),
  );
}

/** The files of a folder, with each script rewritten, and which file a new one belongs to. */
function rewritten(
  root: string,
  rewrite: Rewriting,
): { readonly files: ReadonlyMap<string, Uint8Array | string>; readonly owners: ReadonlyMap<string, string> } {
  const files = new Map<string, Uint8Array | string>();
  const owners = new Map<string, string>();
  for (const [path, content] of filesBelow(root)) {
    const slash = path.lastIndexOf('/') + 1;
    const result = SCRIPT.test(path) && !path.endsWith('.d.ts') ? rewrite(path.slice(slash), content.toString()) : undefined;
    files.set(path, result?.text ?? content);
    if (!result?.beside) continue;
    files.set(path.slice(0, slash) + result.beside.name, result.beside.text);
    owners.set(path.slice(0, slash) + result.beside.name, path);
  }
  return { files, owners };
}

/** How many findings of a rule stand in each script, and in the file that was put beside it. */
async function counted(
  rule: string,
  files: ReadonlyMap<string, Uint8Array | string>,
  owners: ReadonlyMap<string, string> = new Map(),
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { findings } of await scanFiles(files)) {
    for (const { reported } of findings) {
      const { path } = reported.location;
      const owner = owners.get(path) ?? path;
      if (reported.ruleId === rule && reported.level !== 'info' && SCRIPT.test(path)) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
  }
  return counts;
}

/**
 * Good fixtures that mean something else when they are written differently: what belongs to a test stands in a file that is
 * none, what a check is called has changed, a parameter no longer hides an import, the names that a check goes through stand in another file, or the check that makes it good, or the name that tells one
 * answer of a call from another, stands on the other side of a function.
 */
const MEAN_SOMETHING_ELSE =
  /^no-hardcoded-secret\/(?:runners|other-libraries\/shadowed|unsigned\/actor)|^no-none-algorithm\/claims-only|page\.spec\.ts$|\/checks\/(?:assert\.mjs|list-of-names\.js)$|^require-secret-check\/(?:checked\/(?:named-)?list|(?:imported|settings-object)\/issue)\.ts$|\/checked\/asserts\.ts$|\/other-libraries\/shadowed\.js$|^no-ignored-expiration\/jsonwebtoken\/own-check|^require-algorithms\/(?:compared-before|jose\/held-against)|^max-token-lifetime\/refresh|^no-unverified-decode\/express\/branches|^no-secret-logging\/(?:express\/masking|look-alikes\/header-reader)|^no-sensitive-payload\/express\/drawn|^no-token-in-url\/look-alikes\/digest/;

describe.each(Object.entries(REWRITINGS))('when %s', (_, { rewrite, least }) => {
  test('what is bad is found as before', { timeout: 120_000 }, async () => {
    let before = 0;
    let after = 0;
    const lost: string[] = [];
    for (const rule of rules) {
      const root = join('fixtures', rule, 'bad');
      const known = await counted(rule, filesBelow(root));
      const { files, owners } = rewritten(root, rewrite);
      const found = await counted(rule, files, owners);
      for (const [path, count] of known) {
        const kept = Math.min(count, found.get(path) ?? 0);
        before += count;
        after += kept;
        if (kept < count) lost.push(`${rule}/${path}`);
      }
    }
    expect(before).toBeGreaterThan(600);
    expect(after / before, lost.join('\n')).toBeGreaterThanOrEqual(least);
  });

  test('what is good is left alone as before', { timeout: 120_000 }, async () => {
    const gained: string[] = [];
    for (const rule of rules) {
      const root = join('fixtures', rule, 'good');
      const known = await counted(rule, filesBelow(root));
      const { files, owners } = rewritten(root, rewrite);
      for (const [path, count] of await counted(rule, files, owners)) if (count > (known.get(path) ?? 0)) gained.push(`${rule}/${path}`);
    }
    expect(gained.filter((path) => !MEAN_SOMETHING_ELSE.test(path))).toEqual([]);
  });
});
