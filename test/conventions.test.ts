/** What holds for every rule, so that nobody has to remember it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RULES } from '../rules/index.js';

const ids = RULES.map((rule) => rule.id);

describe('rules', () => {
  test('the list names every file of rules/, sorted', () => {
    const files = readdirSync('rules')
      .filter((name) => name.endsWith('.ts') && name !== 'index.ts' && name !== 'contract.ts')
      .map((name) => name.slice(0, -3))
      .sort();
    expect(ids).toEqual(files);
  });

  test.each(RULES.map((rule) => [rule.id, rule] as const))('%s is complete', (id, rule) => {
    expect(id).toMatch(/^(?:no|require|min|max)-[a-z-]+$/);
    expect(rule.title).toMatch(/^(?:Disallow|Require) [^.]+$/);
    expect([rule.script, rule.settings, rule.text, rule.repository].some(Boolean)).toBe(true);
    expect(rule.docs.why.length).toBeGreaterThan(40);
    expect(rule.docs.why).toMatch(/\.$/);
    expect(rule.docs.cwe.length).toBeGreaterThan(0);
    expect(rule.docs.securitySeverity).toBeGreaterThan(0);
    expect(rule.docs.securitySeverity).toBeLessThanOrEqual(10);
    expect(rule.docs.references.length).toBeGreaterThan(0);
    for (const reference of rule.docs.references) expect(reference.url).toMatch(/^https:\/\//);
    for (const message of Object.values(rule.messages)) {
      expect(message.what).toMatch(/\.$/);
      expect(message.fix).toMatch(/[.:`}]$/);
      expect(message.what.length).toBeLessThan(220);
    }
    if (rule.options) {
      expect(rule.options.schema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(Object.keys(rule.options.defaults)).toBeDefined();
    }
  });

  test.each(ids)('%s has a page', (id) => {
    expect(readFileSync(`docs/rules/${id}.md`, 'utf8').startsWith(`# ${id}\n`)).toBe(true);
  });

  test('every page belongs to a rule', () => {
    expect(
      readdirSync('docs/rules')
        .filter((name) => name !== 'README.md')
        .map((name) => name.replace(/\.md$/, ''))
        .sort(),
    ).toEqual(ids);
  });
});

test('names of files say what lives there', () => {
  const names = ['rules', 'rules/facts', 'src', 'src/sources', 'src/readers', 'src/reports', 'src/commands', 'src/eslint', 'test'].flatMap(
    (directory) => (existsSync(directory) ? readdirSync(directory) : []),
  );
  expect(names.filter((name) => /^(?:utils?|helpers?|common|misc|shared|lib)\b/.test(name))).toEqual([]);
});

test('the thin ESLint package has this version, and depends on it', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const thin = JSON.parse(readFileSync('packages/eslint-plugin-jwtlint/package.json', 'utf8')) as { version: string; dependencies: object };
  expect(thin).toMatchObject({ version, dependencies: { jwtlint: version } });
});

test('.pre-commit-hooks.yaml names this version', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const named = readFileSync('.pre-commit-hooks.yaml', 'utf8').match(/jwtlint@\S+/g);
  expect(new Set(named)).toEqual(new Set([`jwtlint@${version}`]));
});
