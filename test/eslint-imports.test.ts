/** What ESLint knows of other files: read from disk when a linted file imports them, and again when they have changed. */
import { mkdirSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { ESLint, type Linter } from 'eslint';
import { expect, test } from 'vitest';
import * as tsParser from '@typescript-eslint/parser';
import jwtlint, { type PluginSettings } from '../src/eslint/plugin.js';
import { TemporaryRepository } from './temporary-repository.js';

const PHRASE = 'made-up-phrase-of-an-import';
const SIGNS =
  "import jwt from 'jsonwebtoken';\nimport { phrase } from './phrase.js';\nexport const issue = (id) => jwt.sign({ sub: id }, phrase, { expiresIn: '1h' });\n";

function repositoryWith(files: Readonly<Record<string, string>>): TemporaryRepository {
  const repository = new TemporaryRepository();
  repository.write('package.json', '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }');
  for (const [path, text] of Object.entries(files)) repository.write(path, text);
  return repository;
}

/** One ESLint, as an editor keeps it: what it says of a file, each time it is asked. */
function editor(repository: TemporaryRepository, settings: PluginSettings = {}): (file: string) => Promise<string[]> {
  const parser = tsParser as unknown as Linter.Parser;
  const { preset = 'recommended' } = settings;
  const eslint = new ESLint({
    cwd: repository.root,
    overrideConfigFile: true,
    overrideConfig: [
      { ...jwtlint.configs[preset], files: ['**/*.{js,ts}'], languageOptions: { parser } },
      { settings: { jwtlint: { ...settings } } },
    ],
  });
  return async (file) =>
    (await eslint.lintFiles([file])).flatMap(({ messages }) =>
      messages.map(
        ({ line, column, ruleId, message }) =>
          `${String(line)}:${String(column)} ${ruleId!}${/ It stands in (\S+)\./.exec(message)?.[0] ?? ''}`,
      ),
    );
}

const IN_PHRASE = ['2:10 jwtlint/no-hardcoded-secret It stands in phrase.js.'];

test('an imported constant is told where it is imported, and is read anew when its file has changed', async () => {
  const repository = repositoryWith({ 'sign.js': SIGNS, 'phrase.js': 'export const phrase = process.env.JWT_SECRET;\n' });
  const lint = editor(repository);
  expect(await lint('sign.js')).toEqual([]);
  repository.write('phrase.js', `export const phrase = '${PHRASE}';\n`);
  expect(await lint('sign.js')).toEqual(IN_PHRASE);
  // The same size, so that only the time tells.
  repository.write('phrase.js', `export const phras3 = '${PHRASE}';\n`);
  const { atime, mtimeMs } = statSync(repository.path('phrase.js'));
  utimesSync(repository.path('phrase.js'), atime, new Date(mtimeMs + 2000));
  expect(await lint('sign.js')).toEqual([]);
});

test('a link is what it leads to, also when it leads somewhere else', async () => {
  const repository = repositoryWith({
    'sign.js': SIGNS,
    'words/one.js': `export const phrase = '${PHRASE}';\n`,
    'words/two.js': `export const phras2 = '${PHRASE}';\n`,
  });
  // As large and as old as each other.
  for (const name of ['one', 'two']) utimesSync(repository.path(`words/${name}.js`), 1_700_000_000, 1_700_000_000);
  const lint = editor(repository);
  const link = (target: string): void => {
    rmSync(repository.path('phrase.js'), { force: true });
    symlinkSync(repository.path(target), repository.path('phrase.js'));
  };
  link('words/one.js');
  expect(await lint('sign.js')).toEqual(['2:10 jwtlint/no-hardcoded-secret It stands in words/one.js.']);
  link('words/two.js');
  expect(await lint('sign.js')).toEqual([]);
});

test('a file that appears, and one that goes', async () => {
  const repository = repositoryWith({ 'sign.js': SIGNS });
  const lint = editor(repository);
  expect(await lint('sign.js')).toEqual([]);
  repository.write('phrase.js', `export const phrase = '${PHRASE}';\n`);
  expect(await lint('sign.js')).toEqual(IN_PHRASE);
  rmSync(repository.path('phrase.js'));
  expect(await lint('sign.js')).toEqual([]);
});

test('through barrels, and from a config module', async () => {
  const repository = repositoryWith({
    'sign.js': SIGNS.replace('./phrase.js', './config/index.js'),
    'config/index.js': "export { words as phrase } from './words.js';\n",
    'config/words.js': `export const words = '${PHRASE}';\n`,
  });
  expect(await editor(repository)('sign.js')).toEqual(['2:10 jwtlint/no-hardcoded-secret It stands in config/words.js.']);
});

test('from a package of the workspace, where the package manager has linked it', async () => {
  const repository = repositoryWith({
    'apps/api/package.json': '{ "dependencies": { "jsonwebtoken": "^9.0.2", "@shop/keys": "workspace:*" } }',
    'apps/api/sign.js': SIGNS.replace('./phrase.js', '@shop/keys'),
    'packages/keys/package.json': '{ "name": "@shop/keys", "exports": "./index.js" }',
    'packages/keys/index.js': `export const phrase = '${PHRASE}';\n`,
  });
  const lint = editor(repository);
  mkdirSync(repository.path('node_modules/@shop'), { recursive: true });
  symlinkSync(repository.path('packages/keys'), repository.path('node_modules/@shop/keys'));
  expect(await lint('apps/api/sign.js')).toEqual(['2:10 jwtlint/no-hardcoded-secret It stands in packages/keys/index.js.']);
});

test('with `followImports: false` no other file is read, and what it may hold is no finding', async () => {
  const repository = repositoryWith({
    'sign.js': SIGNS,
    'phrase.js': `export const phrase = '${PHRASE}';\n`,
    'checked.ts':
      "import './environment.js';\nimport jwt from 'jsonwebtoken';\nexport const issue = (id: string) => jwt.sign({ sub: id }, process.env.JWT_SECRET!, { expiresIn: '1h' });\n",
    'environment.js': "if (!process.env.JWT_SECRET) throw new Error('JWT_SECRET is not set');\n",
    'unchecked.ts':
      "import jwt from 'jsonwebtoken';\nexport const issue = (id: string) => jwt.sign({ sub: id }, process.env.JWT_SECRET!, { expiresIn: '1h' });\n",
  });
  const [lint, blind, strict] = [
    editor(repository),
    editor(repository, { followImports: false }),
    editor(repository, { followImports: false, preset: 'strict' }),
  ];
  expect([await lint('sign.js'), await blind('sign.js')]).toEqual([IN_PHRASE, []]);
  expect([await lint('checked.ts'), await blind('checked.ts')]).toEqual([[], []]);
  expect(await strict('checked.ts')).toEqual(['3:60 jwtlint/require-secret-check']);
  expect(await blind('unchecked.ts')).toEqual(['2:60 jwtlint/require-secret-check']);
});
