/** The packed plugin in the real oxlint, with the configuration that docs/eslint.md shows, on all fixtures: what the command line finds. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { EmptyProject } from './empty-project.js';

interface Location {
  readonly path: string;
  readonly startLine: number;
  readonly startColumn: number;
}

interface Finding {
  readonly ruleId: string;
  readonly location: Location;
  readonly use?: { readonly location: Location };
}

const COMPONENT = /\.(?:vue|svelte|astro)$/;
const SCRIPT = /\.[cm]?[jt]sx?$/;

let project: EmptyProject;
let files: readonly string[];
let found: readonly Finding[];

beforeAll(() => {
  project = new EmptyProject();
  project.install(inject('tarball'), 'oxlint');
  cpSync('fixtures', project.path('suite'), { recursive: true });
  files = readdirSync(project.path('suite'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'expected.txt')
    .map((entry) => `${entry.parentPath}${sep}${entry.name}`.slice(project.root.length + 1).replaceAll(sep, '/'));
  const { status, stderr } = project.run('jwtlint', ['--format', 'json=found.json', 'suite']);
  expect(status, stderr).toBe(1);
  found = (project.json('found.json') as { findings: Finding[] }).findings;
});
afterAll(() => project.remove());

const told = (ruleId: string, { path, startLine, startColumn }: Location): string =>
  `${path}:${String(startLine)}:${String(startColumn)} ${ruleId}`;

/** What oxlint reports with the configuration of the page, and how many files it read. */
function oxlint(settings?: object): { readonly reported: readonly string[]; readonly read: number } {
  const shown = /<!-- oxlint:[^>]*-->\s+```json\n([\s\S]*?)^```$/m.exec(readFileSync('docs/eslint.md', 'utf8'))![1]!;
  // Its own rules have something to say about fixtures too.
  const rest = { categories: { correctness: 'off' }, ...(settings ? { settings: { jwtlint: settings } } : {}) };
  project.write('.oxlintrc.json', JSON.stringify({ ...(JSON.parse(shown) as object), ...rest }));
  const { status, stdout, stderr } = project.run('oxlint', ['--format', 'json', 'suite']);
  expect(status, stderr).toBe(1);
  const { diagnostics, number_of_files } = JSON.parse(stdout) as {
    diagnostics: { code?: string; message: string; filename: string; labels: { span: { line: number; column: number } }[] }[];
    number_of_files: number;
  };
  const reported = diagnostics.map(({ code, message, filename, labels }) => {
    const rule = /^jwtlint\((.+)\)$/.exec(code ?? '')?.[1];
    const { line, column } = labels[0]!.span;
    const elsewhere = / It stands in \S+\./.exec(message)?.[0] ?? '';
    return told(rule ?? message, { path: filename, startLine: line, startColumn: column }) + elsewhere;
  });
  return { reported, read: number_of_files };
}

const unlike = (one: readonly string[], other: readonly string[]): string[] => one.filter((line) => !other.includes(line)).sort();

test('reads scripts and components, and nothing else', () => {
  const { reported, read } = oxlint();
  const scripts = files.filter((path) => SCRIPT.test(path) || COMPONENT.test(path));
  expect(read).toBe(scripts.length);
  // Env files, JSON, YAML, TOML, Dockerfiles, shell, HCL, keys: oxlint has no languages but JavaScript, and gives plugins no other file.
  const elsewhere = new Set(found.map(({ location }) => location.path).filter((path) => !scripts.includes(path)));
  expect([scripts.length > 900, elsewhere.size > 100]).toEqual([true, true]);
  expect(reported.filter((line) => elsewhere.has(line.split(':')[0]!))).toEqual([]);
});

test('finds what the command line finds in them, imports followed', () => {
  const { reported } = oxlint({ followImports: true });
  const here = reported.filter((line) => !line.includes(' It stands in '));
  const all = found.map(({ ruleId, location }) => told(ruleId, location));
  const own = found
    .filter(
      ({ location, use }) =>
        (SCRIPT.test(location.path) || COMPONENT.test(location.path)) && (use?.location.path ?? location.path) === location.path,
    )
    .filter(({ ruleId, location: { path } }) => !reported.some((line) => line.includes(`${ruleId} It stands in ${path}.`)))
    .map(({ ruleId, location }) => told(ruleId, location));
  expect(own.length).toBeGreaterThan(700);
  // Of a component it gives each script for itself, so that a constant of the other one is unknown.
  expect(unlike(own, here)).toEqual([
    'suite/no-hardcoded-secret/bad/components/module.svelte:18:28 no-hardcoded-secret',
    'suite/no-hardcoded-secret/bad/components/two-blocks.vue:9:31 no-hardcoded-secret',
    'suite/no-secret-fallback/bad/components/embed.svelte:9:62 no-secret-fallback',
  ]);
  // And it takes for scripts what stands in a comment or an attribute.
  const markup = /^suite\/no-hardcoded-secret\/good\/components\/markup\.vue:/;
  // Of the checks where a program starts it sees one file only.
  const added = unlike(here, all).filter((line) => !/ (?:require-secret-check|no-stringified-secret)$/.test(line));
  expect(added.filter((line) => !markup.test(line))).toEqual([]);
  expect(added.length).toBe(4);
});

test('without imports it loses what they tell, and adds nothing that is not so', () => {
  const { reported } = oxlint();
  expect(reported.filter((line) => line.includes(' It stands in '))).toEqual([]);
  const { reported: followed } = oxlint({ followImports: true });
  const lost = unlike(followed, reported);
  expect(lost.length).toBeGreaterThan(20);
  for (const line of lost)
    expect(readFileSync(project.path(line.split(':')[0]!), 'utf8'), line).toMatch(/(?:from|require\(|import) ?['"](?:\.|@|~|#)/);
  // What this one stands in for is known in another file: a literal it is all the same.
  expect(unlike(reported, followed)).toEqual(['suite/no-secret-fallback/bad/defaults/overwritten.ts:4:57 no-hardcoded-secret']);
});
