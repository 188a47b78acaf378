/** The comparison with other tools is true today as far as jwtlint is concerned: its cells are what it finds in the cases. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
// @ts-expect-error -- a script, without types
import { expectations, layOut, reports } from '../../bench/comparison/run.js';
// @ts-expect-error -- a script, without types
import { jwtlint } from '../../bench/comparison/tools.js';

interface Case {
  readonly group: string;
  readonly name: string;
  readonly file: string;
  readonly report: boolean;
}
type Findings = readonly { path: string; line: number }[];

const cases = expectations() as readonly Case[];
const directory = mkdtempSync(join(tmpdir(), 'jwtlint-comparison-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let findings: Findings;
beforeAll(() => {
  layOut(directory);
  findings = (jwtlint(resolve('dist/bin.cjs')) as { findings: (directory: string) => Findings }).findings(directory);
});

test('every case has its folder, and every folder its case', () => {
  expect(cases.map(({ name }) => name).sort()).toEqual(readdirSync('bench/comparison/fixtures').sort());
});

test('the cells of jwtlint are what it finds', () => {
  const page = readFileSync('docs/comparison.md', 'utf8');
  const shown = cases.map((each) => {
    const row = new RegExp(`^\\|.*\\(\\[${each.name}\\]\\([^|]*\\| +([^ |]*) *\\|`, 'm').exec(page);
    return [each.name, row?.[1]];
  });
  const found = cases.map((each) => [each.name, reports(findings, each) ? (each.report ? 'yes' : '**false**') : each.report ? '–' : '']);
  expect(shown).toEqual(found);
});
