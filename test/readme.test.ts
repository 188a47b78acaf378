/** What README.md says of scripts and rules is true. What it shows of output is held true by test/integration/readme.test.ts. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RULES } from '../rules/index.js';
// @ts-expect-error -- a script, without types
import { PAGES, withTable } from '../scripts/rule-tables.js';

const readme = readFileSync('README.md', 'utf8');

test('every npm script that is named exists', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/\bnpm (?:run ([\w:]+)|(test)\b)/g)].map((match) => match[1] ?? match[2]!);
  expect(named.length).toBeGreaterThan(2);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test.each(Object.entries(PAGES))('the table of rules in %s is what npm run docs writes', async (path, directory) => {
  const page = readFileSync(path, 'utf8');
  expect(await withTable(page, directory, RULES)).toBe(page);
});
