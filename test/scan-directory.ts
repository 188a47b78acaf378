/** Scans a folder as if it were a repository in which every file is tracked; the tests' short way to findings. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Tracking, Vocabulary } from '../rules/contract.js';
import { RULES } from '../rules/index.js';
import { createCrypto } from '../src/crypto.js';
import { Inspection, type FileResult } from '../src/inspect.js';
import { createTriage } from '../src/triage.js';

export interface ScanSettings {
  readonly useTrigger?: boolean;
  readonly suggestions?: boolean;
  /** The one file that is scanned; the others are there to be looked up. */
  readonly only?: string;
  readonly tracking?: Tracking;
  readonly vocabulary?: Partial<Vocabulary>;
}

/** Findings of every file below `root`, by all rules and however sure, through the same inspection as the command line. */
export async function scanDirectory(root: string, settings: ScanSettings = {}): Promise<FileResult[]> {
  const files = new Map<string, Uint8Array>();
  const walk = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (statSync(path).isFile()) files.set(relative(root, path).split(sep).join('/'), readFileSync(path));
    }
  };
  walk(root);
  return scanFiles(files, settings);
}

/** Findings of files that are given as bytes or text. */
export async function scanFiles(files: ReadonlyMap<string, Uint8Array | string>, settings: ScanSettings = {}): Promise<FileResult[]> {
  const bytesOf = (content: Uint8Array | string): Uint8Array => (typeof content === 'string' ? Buffer.from(content) : content);
  const vocabulary: Vocabulary = { sinks: [], secretNames: [], secretSources: [], ...settings.vocabulary };
  const triage = createTriage(vocabulary, settings.useTrigger ?? true, () => true);
  const inspection = new Inspection(
    {
      rules: RULES,
      crypto: createCrypto(),
      vocabulary,
      whole: false,
      facts: true,
      suggestions: settings.suggestions ?? false,
      settingsOf: () => ({
        preset: 'all',
        severity: () => undefined,
        options: () => undefined,
        context: undefined,
        redefines: () => false,
      }),
    },
    (paths) => Promise.resolve(new Map(paths.flatMap((path) => (files.has(path) ? [[path, bytesOf(files.get(path)!)] as const] : [])))),
    () => Promise.resolve([...files.keys()].filter((path) => path.split('/').at(-1) === 'package.json')),
  );
  const jobs = [...files]
    .filter(([path]) => settings.only === undefined || path === settings.only)
    .map(([path, content]) => triage({ path, bytes: bytesOf(content), tracking: settings.tracking ?? 'tracked' }))
    .filter((job) => job !== undefined);
  return inspection.run(jobs);
}
