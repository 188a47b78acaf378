/** The packed plugin in ESLint, with the flat configurations that pages show. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
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

describe('eslint --cache', () => {
  const PHRASE = "'made-up-phrase-behind-a-cache'";
  const files = ['cached/sign.js', 'cached/phrase.js'];
  const lint = (...options: string[]): string[] => {
    const { stdout, stderr } = project.run('eslint', [...options, '--format', 'json', ...files]);
    expect(stderr).toBe('');
    return (JSON.parse(stdout) as { filePath: string; messages: { ruleId: string }[] }[]).flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId }) => `${filePath.slice(project.root.length + 1)} ${ruleId}`),
    );
  };
  const cached = (): string[] => lint('--cache', '--cache-location', 'cached/.eslintcache');
  const phrase = (value: string): void => project.write('cached/phrase.js', `export const phrase = ${value};\n`);
  const configure = (settings: string): void =>
    project.write(
      'eslint.config.js',
      `import jwtlint from 'jwtlint/eslint';\nexport default [jwtlint.configs.recommended, { settings: { jwtlint: ${settings} } }];\n`,
    );
  const FOUND = ['cached/sign.js jwtlint/no-hardcoded-secret'];

  beforeAll(() => {
    project.write(
      'cached/sign.js',
      "import jwt from 'jsonwebtoken';\nimport { phrase } from './phrase.js';\nexport const sign = (sub) => jwt.sign({ sub }, phrase, { expiresIn: '15m' });\n",
    );
  });

  test('does not see that an import has changed, which a run without it does', () => {
    configure('{}');
    phrase('process.env.JWT_SECRET');
    expect([cached(), lint()]).toEqual([[], []]);
    phrase(PHRASE);
    expect([cached(), lint()]).toEqual([[], FOUND]);
  });

  test('with `followImports: false` says what a run without it says', () => {
    configure('{ followImports: false }');
    for (const value of ['process.env.JWT_SECRET', PHRASE, 'process.env.OTHER']) {
      phrase(value);
      expect([cached(), lint()]).toEqual([[], []]);
    }
  });

  test('does not see that the baseline has changed until it is removed', () => {
    configure('{}');
    phrase(PHRASE);
    rmSync(project.path('cached/.eslintcache'), { force: true });
    const { status, stderr } = project.run('jwtlint', ['baseline', 'create', '--reason', 'made up']);
    expect(status, stderr).toBe(0);
    expect([cached(), lint()]).toEqual([[], []]);
    rmSync(project.path('jwtlint.baseline.jsonl'));
    expect([cached(), lint()]).toEqual([[], FOUND]);
    rmSync(project.path('cached/.eslintcache'));
    expect(cached()).toEqual(FOUND);
  });
});

describe('the configurations that are shown', () => {
  const blocks = pages().flatMap((page) =>
    codeBlocks(readFileSync(page, 'utf8'))
      .filter(isLinterConfiguration)
      .map(({ text }, index) => [`${page} ${String(index + 1)}`, text] as const),
  );

  test('are those of several pages, and the three of the page on ESLint are in README.md too', () => {
    expect(blocks.length).toBe(8);
    const of = (page: string): string[] =>
      blocks.filter(([title]) => title.startsWith(page)).map(([, code]) => code.replace(/^\/\/.*\n/, ''));
    expect(of('README.md')).toEqual(of('docs/eslint.md'));
  });

  const SIGNS =
    "import jwt from 'jsonwebtoken';\nexport const sign = (sub) => jwt.sign({ sub }, 'made-up-of-a-page', { expiresIn: '15m' });\n";
  const READS =
    "import jwt from 'jsonwebtoken';\nexport const read = (token) => jwt.verify(token, process.env.JWT_PUBLIC_KEY, { algorithms: ['RS256'] });\n";
  const FILES: Readonly<Record<string, string>> = {
    '.env': 'JWT_SECRET=secret123\n',
    'apps/api/src/a.js': SIGNS,
    'apps/api/src/b.ts': SIGNS.replace('(sub)', '(sub: string)'),
    'apps/api/src/config.js': "export const config = { tokenPepper: 'made-up-of-a-pepper' };\n",
    'apps/api/src/read.js': READS,
    'apps/legacy/src/read.js': READS,
    'src/a.js': SIGNS,
    'src/b.ts': SIGNS.replace('(sub)', '(sub: string)'),
  };

  test.each(blocks)('%s', (_, code) => {
    project.write('eslint.config.js', code);
    for (const [path, text] of Object.entries(FILES)) project.write(path, text);
    const { stdout, stderr } = project.run('eslint', ['--format', 'json', 'apps', 'src', '.env']);
    const results = JSON.parse(stdout === '' ? '[]' : stdout) as { filePath: string; messages: { ruleId: string }[] }[];
    const found = results.flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId }) => `${filePath.slice(project.root.length + 1)} ${ruleId}`),
    );
    const isMonorepo = code.includes('apps');
    const isTyped = code.includes('typescript-eslint');
    expect([found.sort(), stderr]).toEqual([
      [
        '.env jwtlint/no-weak-secret',
        'apps/api/src/a.js jwtlint/no-hardcoded-secret',
        ...(isTyped ? ['apps/api/src/b.ts jwtlint/no-hardcoded-secret'] : []),
        // A name of the project's own, a folder with rules of its own, and folders that are none of the packages.
        ...(isMonorepo ? ['apps/api/src/config.js jwtlint/no-hardcoded-secret'] : []),
        'apps/api/src/read.js jwtlint/require-claims',
        ...(isMonorepo ? [] : ['apps/legacy/src/read.js jwtlint/require-claims', 'src/a.js jwtlint/no-hardcoded-secret']),
        ...(isTyped && !isMonorepo ? ['src/b.ts jwtlint/no-hardcoded-secret'] : []),
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
