/** What holds for every rule, so that nobody has to remember it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RULES } from '../rules/index.js';
import { scanFiles } from './scan-directory.js';

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

  test.each(ids)('%s has a page with the parts that every page has', (id) => {
    const page = readFileSync(`docs/rules/${id}.md`, 'utf8');
    expect(page.startsWith(`# ${id}\n`)).toBe(true);
    for (const heading of ['## Why', '## Bad', '## Instead', '## References']) expect(page).toContain(heading);
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

const FILE_NAMES: Readonly<Record<string, string>> = {
  js: 'page.js',
  ts: 'page.ts',
  json: 'config/page.json',
  yaml: 'compose.yaml',
  dotenv: '.env',
};

/** Fenced blocks below a heading, with their info strings. */
function blocksBelow(page: string, heading: string): { language: string; text: string }[] {
  const start = page.indexOf(`## ${heading}`);
  const end = page.indexOf('\n## ', start + 1);
  const part = page.slice(start, end < 0 ? undefined : end);
  return [...part.matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm)].map((match) => ({ language: match[1]!, text: match[2]! }));
}

const DEPENDENCIES = Object.fromEntries(
  Object.entries({
    jsonwebtoken: '^9.0.2',
    jose: '^6.0.0',
    'express-jwt': '^8.0.0',
    'passport-jwt': '^4.0.0',
    '@nestjs/jwt': '^11.0.0',
    '@nestjs/passport': '^11.0.0',
    '@fastify/jwt': '^9.0.0',
    'koa-jwt': '^4.0.0',
    hono: '^4.12.0',
    'fast-jwt': '^6.0.0',
    'jwt-simple': '^0.5.6',
    'next-auth': '^4.0.0',
    'express-session': '^1.18.0',
  }),
);

describe('the code on the pages is true', () => {
  const shown = RULES.filter((rule) => rule.script ?? rule.settings ?? rule.text).map((rule) => rule.id);
  test.each(shown)('%s', async (id) => {
    const page = readFileSync(`docs/rules/${id}.md`, 'utf8');
    const findings = async ({ language, text }: { language: string; text: string }): Promise<string[]> => {
      const name = FILE_NAMES[language];
      if (name === undefined) return [];
      const example = text.startsWith('# .env.example') ? '.env.example' : text.includes('"dependencies"') ? 'package.json' : name;
      const files = new Map([
        ['package.json', JSON.stringify({ name: 'page', dependencies: DEPENDENCIES })],
        [example, text],
      ]);
      return (await scanFiles(files)).flatMap((result) => [
        ...result.notices.map((notice) => notice.text),
        ...result.findings.map(({ reported }) => reported.ruleId),
      ]);
    };
    const bad = blocksBelow(page, 'Bad').filter((block) => FILE_NAMES[block.language] !== undefined);
    expect(bad.length).toBeGreaterThan(0);
    for (const block of bad) expect(await findings(block), block.text).toContain(id);
    const instead = blocksBelow(page, 'Instead').filter((block) => FILE_NAMES[block.language] !== undefined);
    for (const block of instead) expect(await findings(block), block.text).not.toContain(id);
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
