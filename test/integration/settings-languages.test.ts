/**
 * A project that lints its settings already, by @eslint/json, eslint-plugin-yml and eslint-plugin-toml: with jwtlint's rules beside
 * theirs, in the same files, both answer.
 */
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { EmptyProject } from './empty-project.js';

let project: EmptyProject;

beforeAll(() => {
  project = new EmptyProject({ dependencies: { jsonwebtoken: '^9.0.2' } });
  project.install(inject('tarball'), 'eslint', '@eslint/json', 'eslint-plugin-yml@3.10.0', 'eslint-plugin-toml@1.5.0');
  project.write('config/default.json', '{\n  "jwt": { "secret": "made-up-of-json" },\n  "jwt": {}\n}\n');
  project.write('config/local.yaml', 'jwt:\n  secret: made-up-of-yaml\nempty:\n');
  project.write('config/local.toml', '[jwt]\nsecret = "made-up-of-toml"\n[ other ]\na=1\n');
  project.write('.env', 'JWT_SECRET=secret123\n');
});
afterAll(() => project.remove());

const IMPORTS = `import json from '@eslint/json';
import toml from 'eslint-plugin-toml';
import yml from 'eslint-plugin-yml';
import jwtlint from 'jwtlint/eslint';
`;

const THEIRS = `  { files: ['**/*.json'], plugins: { json }, language: 'json/json', rules: { 'json/no-duplicate-keys': 'error' } },
  ...yml.configs.recommended,
  ...toml.configs.recommended,
  { files: ['**/*.yaml'], rules: { 'yml/no-empty-mapping-value': 'error' } },
  { files: ['**/*.toml'], rules: { 'toml/table-bracket-spacing': 'error' } },
`;

const OURS = [
  '.env jwtlint/no-weak-secret',
  'config/default.json:2 jwtlint/no-hardcoded-secret',
  'config/local.toml:2 jwtlint/no-hardcoded-secret',
  'config/local.yaml:2 jwtlint/no-hardcoded-secret',
];

/** What ESLint says, and on which line. */
function lint(configurations: string): string[] {
  project.write('eslint.config.js', `${IMPORTS}export default [\n${configurations}];\n`);
  const { stdout, stderr } = project.run('eslint', ['--format', 'json', 'config', '.env']);
  expect(stderr).toBe('');
  const results = JSON.parse(stdout) as { filePath: string; messages: { ruleId: string | null; line: number; message: string }[] }[];
  return results
    .flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId, line, message }) => {
        const path = filePath.slice(project.root.length + 1);
        return `${path}${path === '.env' ? '' : `:${String(line)}`} ${ruleId ?? message}`;
      }),
    )
    .sort();
}

test('our own languages, one configuration each', () => {
  expect(lint('  jwtlint.configs.env, jwtlint.configs.json, jwtlint.configs.yaml, jwtlint.configs.toml,\n')).toEqual(OURS);
});

/** What is ours is found as everywhere, and what is theirs as well. */
function expectBoth(found: readonly string[]): void {
  expect(found.filter((line) => line.includes('jwtlint/'))).toEqual(OURS);
  for (const rule of ['json/no-duplicate-keys', 'yml/no-empty-mapping-value', 'toml/table-bracket-spacing'])
    expect(
      found.some((line) => line.endsWith(` ${rule}`)),
      rule,
    ).toBe(true);
}

test('beside theirs, by the rules', () => {
  const beside = ['json', 'yaml', 'toml'].map(
    (name) => `  { files: jwtlint.configs.${name}.files, plugins: { jwtlint }, rules: jwtlint.configs.${name}.rules },\n`,
  );
  const found = lint(`${THEIRS}${beside.join('')}  jwtlint.configs.env,\n`);
  expectBoth(found);
});

test('before theirs, as whole configurations: their languages stay', () => {
  const found = lint(`  jwtlint.configs.env, jwtlint.configs.json, jwtlint.configs.yaml, jwtlint.configs.toml,\n${THEIRS}`);
  expectBoth(found);
});
