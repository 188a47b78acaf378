/**
 * Walks fixtures/<rule-id>: every finding of that rule in bad/ stands in expected.txt and nothing in good/ is reported.
 * Each folder is scanned as a repository of its own in which every file is tracked, with and without the trigger, through
 * the same code as the command line.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RULES } from '../rules/index.js';
import { scanDirectory } from './scan-directory.js';

const FIXTURES = 'fixtures';

interface Expected {
  readonly line: string;
}

function expectedOf(rule: string): Expected[] {
  return readFileSync(join(FIXTURES, rule, 'expected.txt'), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ line: line.trim() }));
}

const folders = readdirSync(FIXTURES).filter((name) => !name.startsWith('_'));

describe('fixtures', () => {
  test('every rule has them', () => {
    expect(folders.sort()).toEqual(
      RULES.filter((rule) => rule.script ?? rule.settings ?? rule.text)
        .map((rule) => rule.id)
        .sort(),
    );
  });

  test.each(folders)('%s', async (folder) => {
    const root = join(FIXTURES, folder);
    const results = await scanDirectory(root);
    const found = new Set<string>();
    for (const result of results) {
      for (const { reported } of result.findings) {
        if (reported.ruleId !== folder || reported.level === 'info') continue;
        const { path, startLine, startColumn } = reported.location;
        found.add(`${path}:${String(startLine)}:${String(startColumn)} ${folder}${reported.level === 'warning' ? ' warning' : ''}`);
      }
    }
    // Findings of rules about values have a mark of the value, and no others.
    const marked = results.flatMap(({ findings }) =>
      findings.filter(({ reported }) => reported.ruleId === folder).map(({ mark }) => mark !== undefined),
    );
    if (RULES.find(({ id }) => id === folder)?.values) expect(marked).toContain(true);
    else expect(marked).not.toContain(true);
    const sorted = [...found].sort();
    expect(sorted).toEqual(
      expectedOf(folder)
        .map(({ line }) => line)
        .sort(),
    );
    // A fixture that names its rule in vain would be noise: every file of bad/ is there for a finding, its own or one that it imports for.
    expect(sorted.some((line) => line.startsWith('good/'))).toBe(false);
  });

  test.each(folders)('%s: the trigger leaves nothing out', async (folder) => {
    const root = join(FIXTURES, folder);
    const ids = async (useTrigger: boolean): Promise<string[]> =>
      (await scanDirectory(root, { useTrigger }))
        .flatMap((result) =>
          result.findings.map(({ reported }) => `${reported.location.path}:${String(reported.location.startLine)} ${reported.ruleId}`),
        )
        .sort();
    expect(await ids(true)).toEqual(await ids(false));
  });

  test('the first line of every script says which path it takes', () => {
    const scripts = readdirSync(FIXTURES, { recursive: true, withFileTypes: true }).filter(
      (entry) =>
        entry.isFile() &&
        /\.[cm]?[jt]sx?$/.test(entry.name) &&
        folders.some((folder) => entry.parentPath.startsWith(join(FIXTURES, folder))),
    );
    const silent = scripts
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/^(?:\/\/|\/\*|#!)/.test(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')));
    expect(silent).toEqual([]);
  });

  test('expected findings are in bad/ only, and every rule has at least twelve files of either kind', () => {
    for (const folder of folders) {
      for (const kind of ['bad', 'good']) {
        const files = readdirSync(join(FIXTURES, folder, kind), { recursive: true, withFileTypes: true });
        const count = files.filter((entry) => entry.isFile() && (entry.name !== 'package.json' || folder === 'no-outdated-library')).length;
        expect(count, `${folder}/${kind}`).toBeGreaterThanOrEqual(12);
      }
      for (const { line } of expectedOf(folder)) expect(line).toMatch(/^bad\/.+:\d+:\d+ [a-z-]+(?: warning)?$/);
    }
  });
});
