/** What pages share with something else is brought up to date, and links between them lead somewhere. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { FURTHER_LIBRARIES } from '../rules/facts/further-libraries.js';
import { LIBRARIES } from '../rules/facts/libraries.js';
import { RULES } from '../rules/index.js';
import { pages } from './pages.js';
// @ts-expect-error -- a script, without types
import * as tables from '../scripts/rule-tables.js';

const { CONFIGURATION_PAGE, keyPages, PAGES, PRECISION_PAGE, withKeys, withReference, withSums, withTable } = tables;

test.each(Object.entries(PAGES))('the table of rules in %s is what npm run docs writes', async (path, directory) => {
  const page = readFileSync(path, 'utf8');
  expect(await withTable(page, directory, RULES)).toBe(page);
});

test('the reference of the configuration is what npm run docs writes', async () => {
  const page = readFileSync(CONFIGURATION_PAGE as string, 'utf8');
  expect(await withReference(page, JSON.parse(readFileSync('schema.json', 'utf8')), RULES)).toBe(page);
});

test('what was judged of each rule is added up as npm run docs does', async () => {
  const page = readFileSync(PRECISION_PAGE as string, 'utf8');
  expect(await withSums(page, RULES)).toBe(page);
});

test('how each library takes its key is the same on every page of a rule about keys', () => {
  const paths = keyPages() as string[];
  expect(paths.length).toBeGreaterThan(5);
  for (const path of paths) {
    const page = readFileSync(path, 'utf8');
    expect(withKeys(page), path).toBe(page);
  }
});

test('the libraries that README.md names are those of the table, and so many more', () => {
  const readme = readFileSync('README.md', 'utf8');
  const [, named] = /^In ([\w@/, -]+) and seventy more packages;/m.exec(readme)!;
  const further = new Set(FURTHER_LIBRARIES.map((library) => library.package));
  const own = new Set(LIBRARIES.filter((library) => !FURTHER_LIBRARIES.includes(library)).map((library) => library.package));
  expect([...own]).toEqual(expect.arrayContaining(named!.split(', ')));
  const others = [...further].filter((name) => !own.has(name));
  expect(others.length).toBeGreaterThan(65);
  expect(others.length).toBeLessThan(76);
});

test('every link between pages leads somewhere', () => {
  for (const page of pages()) {
    for (const [, link] of readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g))
      expect(existsSync(join(dirname(page), link!)), `${page}: ${link!}`).toBe(true);
  }
});
