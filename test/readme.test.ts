/** What README.md says of scripts and rules is true. What it shows of output is held true by test/integration/readme.test.ts. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RULES } from '../rules/index.js';

const readme = readFileSync('README.md', 'utf8');

test('every npm script that is named exists', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/\bnpm (?:run ([\w:]+)|(test)\b)/g)].map((match) => match[1] ?? match[2]!);
  expect(named.length).toBeGreaterThan(2);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

/** Cells of the table rows that begin with a link to a rule's page. */
function rows(page: string): string[][] {
  return page
    .split('\n')
    .filter((line) => /^\| \[/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('tables of rules', () => {
  test('README.md says what the rules say of themselves', () => {
    expect(rows(readme)).toEqual(RULES.map(({ id, severity, title }) => [`[${id}](docs/rules/${id}.md)`, severity, title]));
  });

  test('docs/rules/README.md names each rule once', () => {
    const table = rows(readFileSync('docs/rules/README.md', 'utf8'));
    expect(table.map(([link, severity]) => [link, severity])).toEqual(RULES.map(({ id, severity }) => [`[${id}](${id}.md)`, severity]));
  });
});
