/** What ESLint and its tools are told about each rule: complete, judged by eslint-plugin-eslint-plugin, and held to by ESLint itself. */
import { existsSync } from 'node:fs';
import { ESLint, Linter, type Rule } from 'eslint';
import eslintPlugin from 'eslint-plugin-eslint-plugin';
import { describe, expect, test } from 'vitest';
import jwtlint from '../src/eslint/plugin.js';

const rules = Object.entries(jwtlint.rules);
const pageOf = (id: string): string => `docs/rules/${id}.md`;

interface OptionsSchema {
  readonly type: string;
  readonly additionalProperties: boolean;
  readonly properties: Readonly<Record<string, { readonly description?: string }>>;
}

test.each(rules)('%s says everything', (id, { meta }) => {
  expect(Object.keys(meta!).filter((key) => !['hasSuggestions', 'defaultOptions'].includes(key))).toEqual([
    'type',
    'docs',
    'schema',
    'messages',
    'languages',
  ]);
  expect(meta!.type).toBe('problem');
  expect(meta!.docs).toEqual({
    description: expect.stringMatching(/^(?:Disallow|Require) .*[^.]$/) as string,
    url: `https://github.com/jwtlint/jwtlint/blob/main/${pageOf(id)}`,
    recommended: jwtlint.configs.recommended.rules![`jwtlint/${id}`] !== undefined,
  });
  expect(existsSync(pageOf(id))).toBe(true);
  expect(Object.keys(meta!.messages!).length).toBeGreaterThan(0);
  const [schema, ...more] = meta!.schema as OptionsSchema[];
  expect(more).toEqual([]);
  if (!schema) {
    expect(meta!.defaultOptions).toBeUndefined();
    return;
  }
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
  for (const { description } of Object.values(schema.properties)) expect(description).toMatch(/\.$/);
  const [defaults, ...others] = meta!.defaultOptions as object[];
  expect(others).toEqual([]);
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(defaults!)));
});

test('rules with options are among them', () => {
  const withOptions = rules.filter(([, { meta }]) => (meta!.schema as unknown[]).length > 0).map(([id]) => id);
  expect(withOptions).toEqual(['max-token-lifetime', 'min-key-size', 'no-ignored-expiration', 'no-sensitive-payload']);
});

/**
 * A rule as eslint-plugin-eslint-plugin reads one: it looks for an object with `meta` and `create` that is exported, which ours
 * are made of others. Its own objects are written out, and the function that it has.
 */
function asSource({ meta, create }: Rule.RuleModule): string {
  return `export default {\n  meta: ${JSON.stringify(meta, null, 2)},\n  ${create.toString()},\n};\n`;
}

describe('eslint-plugin-eslint-plugin has nothing to say', () => {
  const judged: Linter.Config[] = [
    eslintPlugin.configs.all,
    { rules: { 'eslint-plugin/require-meta-docs-description': ['error', { pattern: '^(?:Disallow|Require) ' }] } },
  ];
  // All rules have one `create`, which takes options and suggestions where there are any. Of these two it can say nothing, and
  // the tests above and test/eslint-rule-tester.test.ts do.
  const unclear = ['eslint-plugin/require-meta-has-suggestions', 'eslint-plugin/require-meta-schema'];
  const said = (rule: Rule.RuleModule): string[] =>
    new Linter()
      .verify(asSource(rule), judged)
      .filter(({ ruleId }) => ruleId === null || !unclear.includes(ruleId))
      .map(({ ruleId, message }) => `${ruleId ?? 'parser'}: ${message}`);

  test.each(rules)('about %s', (_, rule) => {
    expect(said(rule)).toEqual([]);
  });

  test('and reads the rules: it would', () => {
    const { meta, create } = jwtlint.rules['min-key-size']!;
    const [schema] = meta!.schema as OptionsSchema[];
    const bare = { ...schema!, properties: { rsaBits: { enum: [2048] } } };
    const spoilt = { ...meta, type: undefined, languages: [], schema: [bare], defaultOptions: undefined, docs: { description: 'Keys' } };
    expect(
      [
        ...new Set(said({ meta: spoilt as unknown as NonNullable<Rule.RuleModule['meta']>, create }).map((line) => line.split(':')[0])),
      ].sort(),
    ).toEqual([
      'eslint-plugin/require-meta-default-options',
      'eslint-plugin/require-meta-docs-description',
      'eslint-plugin/require-meta-docs-recommended',
      'eslint-plugin/require-meta-docs-url',
      'eslint-plugin/require-meta-languages',
      'eslint-plugin/require-meta-schema-description',
      'eslint-plugin/require-meta-type',
    ]);
  });
});

describe('wrong options are refused', () => {
  const refusal = async (id: string, options: unknown): Promise<string> => {
    const eslint = new ESLint({
      overrideConfigFile: true,
      overrideConfig: [{ plugins: { jwtlint }, rules: { [`jwtlint/${id}`]: ['error', options] } }],
    });
    return eslint.lintText('').then(
      () => 'taken',
      (error: unknown) => (error as Error).message,
    );
  };

  test.each(rules)('of %s, when it has none by that name', async (id, { meta }) => {
    const said = await refusal(id, { nonsense: true });
    expect(said).toContain(`Key "jwtlint/${id}":`);
    expect(said).toContain(
      (meta!.schema as unknown[]).length > 0 ? 'Unexpected property "nonsense". Expected properties:' : 'should NOT have more than 0 items',
    );
  });

  test.each([
    ['min-key-size', { rsaBits: 1024 }, 'Value 1024 should be equal to one of the allowed values'],
    ['min-key-size', { hmacBytes: 16 }, 'Value 16 should be >= 32'],
    ['max-token-lifetime', { access: 'a day' }, 'Value "a day" should match pattern'],
    ['max-token-lifetime', { refresh: 3600 }, 'Value 3600 should be string'],
    ['no-ignored-expiration', { maxTolerance: -1 }, 'Value -1 should be >= 0'],
    ['no-sensitive-payload', { contacts: 'yes' }, 'Value "yes" should be boolean'],
    ['no-sensitive-payload', 'contacts', 'Value "contacts" should be object'],
  ])('of %s: %o', async (id, options, text) => {
    expect(await refusal(id, options)).toContain(text);
  });
});
