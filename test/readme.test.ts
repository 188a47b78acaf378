/** What README.md says of scripts and rules is true. What it shows of output is held true by test/integration/readme.test.ts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { RULES } from '../rules/index.js';
import { loadConfiguration } from '../src/config.js';
// @ts-expect-error -- a script, without types
import { CONFIGURATION_PAGE, keyPages, PAGES, withKeys, withReference, withTable } from '../scripts/rule-tables.js';

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

test('the reference of the configuration is what npm run docs writes', async () => {
  const page = readFileSync(CONFIGURATION_PAGE as string, 'utf8');
  expect(await withReference(page, JSON.parse(readFileSync('schema.json', 'utf8')))).toBe(page);
});

test('how each library takes its key is the same on every page of a rule about keys', () => {
  const paths = keyPages() as string[];
  expect(paths.length).toBeGreaterThan(5);
  for (const path of paths) {
    const page = readFileSync(path, 'utf8');
    expect(withKeys(page), path).toBe(page);
  }
});

test('the configurations that are shown are valid', async () => {
  const blocks = [...readFileSync('docs/configuration.md', 'utf8').matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);
  expect(blocks).toHaveLength(2);
  for (const text of blocks) {
    const read = (paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> =>
      Promise.resolve(new Map(paths.flatMap((path) => (path === 'jwtlint.config.json' ? [[path, Buffer.from(text)] as const] : []))));
    const { files } = await loadConfiguration({ read, places: ['jwtlint.config.json'], rules: () => Promise.resolve(RULES) });
    expect(files).toEqual(['jwtlint.config.json']);
  }
});

test('every link between pages leads somewhere', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
  ];
  for (const page of pages.filter((name) => name.endsWith('.md'))) {
    for (const [, link] of readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g))
      expect(existsSync(join(dirname(page), link!)), `${page}: ${link!}`).toBe(true);
  }
});
