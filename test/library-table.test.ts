/** What holds for every row of the table of facts, so that nobody has to remember it. */
import { describe, expect, test } from 'vitest';
import { DECORATED, LIBRARIES, commonSpecifiers, librariesOf, librarySpecifier, librarySpecifiers } from '../rules/facts/libraries.js';
import { compareVersions } from '../rules/facts/versions.js';
import type { Api, Library } from '../rules/facts/libraries.js';
import { contentOf } from '../src/readers/decode.js';
import { createTrigger } from '../src/trigger.js';
import { scanFiles } from './scan-directory.js';

const titled = LIBRARIES.map((library) => [`${library.package} ${library.from ?? ''}..${library.below ?? ''}`, library] as const);

function specifiersOf(library: Library): string[] {
  return [...(library.bare === false ? [] : [library.package]), ...Object.keys(library.modules ?? {})];
}

function checkRow(api: Api): void {
  for (const positions of [api.key, api.algorithms, api.algorithm, api.insecure]) {
    for (const [index] of positions ?? []) expect(index).toBeGreaterThanOrEqual(0);
    const written = (positions ?? []).map((position) => JSON.stringify(position));
    expect(new Set(written).size).toBe(written.length);
  }
  if (api.kind === 'verify') expect(api.omitted, 'a verification says what happens without algorithms').toBeDefined();
  if (api.algorithms) expect(api.omitted).toBeDefined();
  if (api.kind === 'decode') expect([api.key, api.algorithms, api.omitted]).toEqual([undefined, undefined, undefined]);
  if (api.kind === 'config') expect(api.key?.length, 'configuration is here for its key').toBeGreaterThan(0);
  if (api.falsyKeyAcceptsNone !== undefined) expect(api.kind).toBe('verify');
}

describe.each(titled)('%s', (_title, library) => {
  test('has specifiers that imports are recognised by', () => {
    expect(specifiersOf(library).length).toBeGreaterThan(0);
    for (const specifier of specifiersOf(library)) expect(librarySpecifier(specifier)?.package).toBe(library.package);
    for (const specifier of Object.keys(library.namespaces ?? {})) expect(Object.keys(library.modules ?? {})).toContain(specifier);
  });

  test('has calls, each once and whole', () => {
    const decorated = DECORATED.filter((each) => each.package === library.package);
    expect(library.apis.length + decorated.length).toBeGreaterThan(0);
    const names = library.apis.map((api) => `${api.form} ${api.name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { path } of decorated) expect(path).not.toMatch(/\*$/);
    for (const api of [...library.apis, ...decorated.map((each) => each.api)]) checkRow(api);
  });

  test('is chosen for versions in its range and for no other', () => {
    const { from, below } = library;
    if (from) expect(librariesOf(library.package, from)[0]).toBe(library);
    if (below) expect(librariesOf(library.package, below)[0]).not.toBe(library);
    if (from && below) expect(compareVersions(from, below)).toBeLessThan(0);
    expect(librariesOf(library.package, undefined)).toContain(library);
  });
});

test('rows of one package leave no gap and do not overlap', () => {
  for (const name of new Set(LIBRARIES.map((library) => library.package))) {
    const rows = librariesOf(name, undefined);
    expect(rows[0]!.below, `${name}: the newest comes first`).toBeUndefined();
    for (const [index, row] of rows.entries()) expect(row.from, name).toBe(rows[index + 1]?.below);
  }
});

describe('the trigger', () => {
  const trigger = createTrigger({ sinks: [], secretNames: [], secretSources: [] });
  const opens = (text: string): boolean => trigger.interest('src/a.ts', contentOf(Buffer.from(text))).script;

  test('opens scripts that import a library', () => {
    for (const specifier of librarySpecifiers()) expect(opens(`import x from '${specifier}';`), specifier).toBe(true);
  });

  test('opens scripts that import what everybody imports only beside a word of its own', () => {
    for (const { specifier, words } of commonSpecifiers()) {
      expect(opens(`import { x } from '${specifier}';`), specifier).toBe(false);
      for (const word of words) expect(opens(`import { ${word} } from '${specifier}';`), specifier).toBe(true);
    }
  });

  test('leaves ordinary files alone', () => {
    const ordinary = [
      `import { useState } from 'react';\nimport { Link } from 'react-router';\nexport const a = () => h('h3', { payload: 1 });`,
      `import express from 'express';\nimport { create } from './orders.js';\nexport default create(express());`,
      `const payload = { type: 'payload', auth: true };\nmodule.exports = require('./generate').generate(payload);`,
    ];
    for (const text of ordinary) expect(opens(text), text).toBe(false);
  });
});

/** A call of each row that gives a literal key, written from the row itself; and the same of functions that are not in the table. */
describe('a literal at each key position is found', () => {
  const KEY = 'pT4-table-row-Zk81';

  function inside(way: readonly string[]): string {
    const [step, ...rest] = way;
    if (step === undefined) return `'${KEY}'`;
    if (step === '()') return `() => (${inside(rest)})`;
    if (step === '(cb)') return `(a, done) => done(null, ${inside(rest)})`;
    if (step === '[]') return `[${inside(rest)}]`;
    return `{ ${step === '{}' ? 1 : step}: ${inside(rest)} }`;
  }

  const rows = LIBRARIES.flatMap((library) =>
    library.apis
      .filter((api) => api.key && !api.noStringKeys && ['call', 'new', 'register'].includes(api.form))
      .map((api) => [`${library.package} ${library.from ?? ''} ${api.form} ${api.name}`, library, api] as const),
  );
  test.each(rows)('%s', async (_title, library, api) => {
    const version = library.from ?? (library.below ? '0.1.0' : '1.0.0');
    for (const specifier of specifiersOf(library)) {
      if (library.modules?.[specifier]) continue; // a part of the package: test/import-forms.test.ts
      for (const [index, ...way] of api.key!) {
        const args = [...Array.from({ length: index }, () => 'undefined'), inside(way)].join(', ');
        const callee = api.name === '' ? 'all' : `all.${api.name}`;
        const use =
          api.form === 'register'
            ? `app.register(all, ${inside(way)});`
            : `export const made = ${api.form === 'new' ? 'new ' : ''}${callee}(${args});`;
        const results = await scanFiles(
          new Map([
            ['package.json', JSON.stringify({ dependencies: { [library.package]: version } })],
            ['src/made.ts', `import * as all from '${specifier}';\n${use}\n`],
          ]),
        );
        const found = results.flatMap((result) => result.findings.map(({ reported }) => reported.ruleId));
        expect(found, use).toContain('no-hardcoded-secret');
      }
    }
  });
});
