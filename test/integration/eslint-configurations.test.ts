/** The packed plugin in ESLint, with the flat configurations that pages show. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { codeBlocks, isLinterConfiguration, pages } from '../pages.js';
import { EmptyProject } from './empty-project.js';

let project: EmptyProject;

beforeAll(() => {
  project = new EmptyProject({ dependencies: {} });
  const [thin] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', project.root], {
      cwd: resolve('packages/eslint-plugin-jwtlint'),
      encoding: 'utf8',
    }),
  ) as { filename: string }[];
  project.install(inject('tarball'), `./${thin!.filename}`, 'eslint', '@typescript-eslint/parser', 'typescript');
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

describe('the configurations that are shown', () => {
  const blocks = pages().flatMap((page) =>
    codeBlocks(readFileSync(page, 'utf8'))
      .filter(isLinterConfiguration)
      .map(({ text }, index) => [`${page} ${String(index + 1)}`, text] as const),
  );

  test('are those of several pages, and the three of the page on ESLint are in README.md too', () => {
    expect(blocks.length).toBeGreaterThan(8);
    const of = (page: string): string[] =>
      blocks.filter(([title]) => title.startsWith(page)).map(([, code]) => code.replace(/^\/\/.*\n/, ''));
    expect(of('README.md')).toEqual(of('docs/eslint.md'));
  });

  test.each(blocks)('%s', (_, code) => {
    project.write('eslint.config.js', code);
    project.write('.env', 'JWT_SECRET=secret123\n');
    const bad =
      "import jwt from 'jsonwebtoken';\nexport const sign = (sub) => jwt.sign({ sub }, 'made-up-of-a-page', { expiresIn: '15m' });\n";
    for (const path of ['apps/api/src/a.js', 'src/a.js', 'src/b.ts'])
      project.write(path, path.endsWith('.ts') ? bad.replace('(sub)', '(sub: string)') : bad);
    const typed = code.includes('typescript-eslint');
    const { stdout, stderr } = project.run('eslint', [
      '--format',
      'json',
      'apps',
      '.env',
      ...(code.includes('apps/') ? [] : ['src/a.js']),
      ...(typed ? ['src/b.ts'] : []),
    ]);
    const results = JSON.parse(stdout === '' ? '[]' : stdout) as { filePath: string; messages: { ruleId: string }[] }[];
    const found = results.flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId }) => `${filePath.slice(project.root.length + 1)} ${ruleId}`),
    );
    expect([found.sort(), stderr]).toEqual([
      [
        '.env jwtlint/no-weak-secret',
        'apps/api/src/a.js jwtlint/no-hardcoded-secret',
        ...(code.includes('apps/') ? [] : ['src/a.js jwtlint/no-hardcoded-secret']),
        ...(typed ? ['src/b.ts jwtlint/no-hardcoded-secret'] : []),
      ],
      '',
    ]);
  });

  test('the plugin under its other name is the same, for require too', () => {
    project.write(
      'same.cjs',
      "console.log(require('eslint-plugin-jwtlint') === require('jwtlint/eslint'), Object.keys(require('eslint-plugin-jwtlint').rules).length);\n",
    );
    expect(execFileSync(process.execPath, ['same.cjs'], { cwd: project.root, encoding: 'utf8' })).toMatch(/^true \d\d\n$/);
  });
});
