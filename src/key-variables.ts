/**
 * Variables that code uses as keys, whatever they are called. A settings file says `SEED=...`; that tokens are signed with it
 * says only the script. So the settings that give variables wait until the scripts have been read.
 */
import { posix } from 'node:path';
import { isConfiguration } from '../rules/facts/env-files.js';
import type { FileResult } from './inspect.js';
import { directoriesAbove, type Projects } from './project.js';
import { settingsFormat } from './readers/settings/index.js';

/** True for the names of files that give variables to programs, or settings that these ask for; of YAML only the content tells. */
export function givesVariables(path: string): boolean {
  const kind = settingsFormat(path);
  return kind !== undefined && (kind.format === 'yaml' || (kind.role !== 'config' && kind.role !== 'manifest') || isConfiguration(path));
}

/** What the scripts of one scan were seen to use. */
export class KeyVariables {
  /** By the directory of the project that the script belongs to. */
  readonly #names = new Map<string, Set<string>>();

  /** Notes what scripts use. Their projects have been loaded. */
  learn(results: Iterable<FileResult>, projects: Projects): void {
    const known = projects.known;
    for (const { path, facts } of results) {
      if (facts.keyVariables === undefined) continue;
      const directory = directoriesAbove(path).find((above) => known.has(above)) ?? '';
      let names = this.#names.get(directory);
      if (!names) this.#names.set(directory, (names = new Set()));
      for (const name of facts.keyVariables) names.add(name);
    }
  }

  /** What a settings file may give: to the projects that it stands in, and to those below it. */
  givenBy(path: string): ReadonlySet<string> {
    const own = posix.dirname(path) === '.' ? '' : posix.dirname(path);
    const found = new Set<string>();
    for (const [directory, names] of this.#names)
      if (isWithin(own, directory) || isWithin(directory, own)) for (const name of names) found.add(name);
    return found;
  }
}

function isWithin(directory: string, other: string): boolean {
  return other === '' || directory === other || directory.startsWith(`${other}/`);
}
