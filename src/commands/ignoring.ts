/** Before a secret is written into a file, git must ignore that file. */
import { basename, join, relative, sep } from 'node:path';
import { isEnvFile, isKeyFile } from '../../rules/facts/env-files.js';
import { JwtlintError } from '../errors.js';
import { readEditable, type FileChange } from '../setup/write.js';
import type { Source } from '../sources/source.js';

/** A work tree that git must not take the new files from. */
export interface Repository {
  readonly source: Source;
  readonly root: string;
}

/**
 * The lines of a .gitignore that keep git from files that are about to hold secrets.
 * @throws JwtlintError `output` when git tracks one of them: ignoring it would not help
 */
export async function ignoring(repository: Repository | undefined, paths: readonly string[]): Promise<FileChange[]> {
  if (!repository) return [];
  const { source, root } = repository;
  const inTree = paths.map((path) => relative(root, path).split(sep).join('/')).filter((path) => !path.startsWith('../'));
  const names = new Set(inTree.map((path) => basename(path)));
  const tracked = (await source.names((name) => names.has(name))).find(
    ({ path, tracking }) => tracking === 'tracked' && inTree.includes(path),
  );
  if (tracked)
    throw new JwtlintError(
      'output',
      `git tracks ${tracked.path}: a secret in it would be committed.`,
      `Take it out first: git rm --cached ${tracked.path}`,
    );
  const ignored = (await source.ignored(inTree)) ?? new Set<string>();
  const missing = inTree.filter((path) => !ignored.has(path));
  if (missing.length === 0) return [];
  return [...new Map(missing.map((path) => [placeOfLines(root, path), path]))].map(([place]) => {
    const own = missing.filter((path) => placeOfLines(root, path) === place);
    const lines = [...new Set(own.map((path) => lineFor(path.slice(place.length))))];
    const name = `${place}.gitignore`;
    const path = join(root, name);
    const there = readEditable(path, root);
    if (there.kind === 'foreign')
      throw new JwtlintError(
        'output',
        `${name} ${there.why}, and git must ignore ${own.join(', ')} first.`,
        `Add to it: ${lines.join(', ')}`,
      );
    const before = there.kind === 'text' ? there.text : undefined;
    const gap = before === undefined || before === '' || before.endsWith('\n') ? '' : '\n';
    return { path, name, before, after: `${before ?? ''}${gap}${lines.join('\n')}\n` };
  });
}

/** The directory of the nearest .gitignore, whose last line no other file overrides; the root's when there is none. With its slash. */
function placeOfLines(root: string, path: string): string {
  for (let end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
    const place = path.slice(0, end + 1);
    if (readEditable(join(root, place, '.gitignore'), root).kind !== 'absent') return place;
    if (end === 0) break;
  }
  return '';
}

/** Env files are ignored by their name, and keys by their ending, so that the next one is too; other files by their path. */
function lineFor(path: string): string {
  const name = basename(path);
  if (isEnvFile(name)) return name;
  const dot = name.lastIndexOf('.');
  if (dot > 0 && isKeyFile(name) && !name.endsWith('.json')) return `*${name.slice(dot)}`;
  return `/${path.replace(/[\\*?[]/g, '\\$&')}`;
}
