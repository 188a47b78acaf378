/** Packs the built package once for all integration tests; `inject('tarball')` is its path. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    tarball: string;
  }
}

export default function setup(project: TestProject): () => void {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'jwtlint-pack-')));
  // Scripts stay off: `prepare` is for whoever works on this repository, and the build has just run.
  const printed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], { encoding: 'utf8' });
  const [packed] = Object.values(JSON.parse(printed) as Record<string, { filename: string }>);
  project.provide('tarball', join(directory, packed!.filename));
  return () => rmSync(directory, { recursive: true, force: true });
}
