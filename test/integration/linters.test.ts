/** The packed plugin in the linters themselves: ESLint with a flat configuration, and oxlint with `jsPlugins`. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { EmptyProject } from './empty-project.js';

let project: EmptyProject;

beforeAll(() => {
  project = new EmptyProject({ dependencies: {} });
  project.install(inject('tarball'), 'eslint', 'oxlint');
  project.write(
    'sample.js',
    [
      "import jwt from 'jsonwebtoken';",
      "export const sign = (sub) => jwt.sign({ sub }, 'made-up-Tr0ub4dor-and-3', { expiresIn: '15m' });",
      "export const read = (token) => jwt.verify(token, process.env.JWT_PUBLIC_KEY, { issuer: 'made-up' });",
      '',
    ].join('\n'),
  );
  project.write('eslint.config.js', "import jwtlint from 'jwtlint/eslint';\nexport default [jwtlint.configs.recommended];\n");
  project.write(
    '.oxlintrc.json',
    JSON.stringify({
      jsPlugins: ['jwtlint/eslint'],
      rules: { 'jwtlint/no-hardcoded-secret': 'error', 'jwtlint/require-algorithms': 'error' },
    }),
  );
});
afterAll(() => project.remove());

test('ESLint', () => {
  const { status, stdout, stderr } = project.run('eslint', ['--format', 'json', 'sample.js']);
  expect(status, stderr).toBe(1);
  const results = JSON.parse(stdout) as { messages: { ruleId: string; line: number }[] }[];
  expect(results.flatMap(({ messages }) => messages.map(({ ruleId, line }) => [ruleId, line]))).toEqual([
    ['jwtlint/no-hardcoded-secret', 2],
    ['jwtlint/require-algorithms', 3],
  ]);
});

test('oxlint', () => {
  const { status, stdout, stderr } = project.run('oxlint', ['--format', 'json', 'sample.js']);
  expect(status, stdout + stderr).toBe(1);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; labels: { span: { line: number } }[] }[] };
  expect(diagnostics.map(({ code, labels }) => [code, labels[0]!.span.line]).sort()).toEqual([
    ['jwtlint(no-hardcoded-secret)', 2],
    ['jwtlint(require-algorithms)', 3],
  ]);
});
