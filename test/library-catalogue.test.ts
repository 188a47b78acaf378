/** Every library of the catalogue is in the table of facts, or known in another way that works; and the table has no others. */
import { describe, expect, test } from 'vitest';
import { DECORATED, LIBRARIES } from '../rules/facts/libraries.js';
import { CATALOGUE, type Known } from './library-catalogue.js';
import { scanFiles } from './scan-directory.js';

/** Rows that the table has for a package, in any version. */
function rowsOf(name: string): ReadonlySet<string> {
  return new Set([
    ...LIBRARIES.filter((library) => library.package === name).flatMap(({ apis }) => apis.map((api) => `${api.form} ${api.name}`)),
    ...DECORATED.filter((each) => each.package === name).map((each) => `decorated ${each.path}`),
  ]);
}

function lacking(name: string, known: Known): readonly string[] {
  if ('path' in known || 'nothing' in known) return [];
  const rows = 'of' in known ? known.rows : known;
  const there = rowsOf('of' in known ? known.of : name);
  return rows.filter((row) => !there.has(row));
}

const sinks = CATALOGUE.flatMap((entry) =>
  Object.entries(entry.sinks).map(([sink, known]) => [`${entry.package} ${entry.versions}: ${sink}`, entry, known] as const),
);

test('the catalogue is whole', () => {
  expect(CATALOGUE).toHaveLength(96);
  expect(sinks).toHaveLength(219);
});

test('the table lacks none of its calls', () => {
  expect(sinks.flatMap(([title, entry, known]) => lacking(entry.package, known).map((row) => `${title} -> ${row}`))).toEqual([]);
});

test('what has no row says where else it is known', () => {
  for (const [title, , known] of sinks) {
    if ('nothing' in known) expect(known.nothing, title).toMatch(/\w{3,} \w+/);
    else if (!('path' in known)) expect('of' in known ? known.rows.length : known.length, title).toBeGreaterThan(0);
  }
});

describe('what is known without a call of its own is found', () => {
  test.each(sinks.filter(([, , known]) => 'path' in known))('%s', async (_title, entry, known) => {
    if (!('path' in known)) throw new Error('no file');
    const manifest = JSON.stringify({ dependencies: { [entry.package]: '*', jsonwebtoken: '^9.0.0' } });
    const results = await scanFiles(
      new Map([
        ['package.json', manifest],
        [known.path, known.text],
      ]),
    );
    const found = results.flatMap(({ findings }) => findings.map(({ reported }) => `${reported.location.path} ${reported.ruleId}`));
    expect(found).toContain(`${known.path} ${known.finds}`);
  });
});
