/** The baseline in real ESLint: what the command line has accepted is not told in an editor either, and nothing else. */
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import jwtlint from '../src/eslint/plugin.js';
import { runProgram } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

const FILE = 'jwtlint.baseline.jsonl';
const STRONG = 'made-up-q8Zr1vXn5LwK3tYb7HsD2fGj9PcM4aEu';
const OTHER = 'made-up-W6yTk2Bd8RvN4xHq1ZpJ7sLg5FcM9eUa';

const signs = (...values: string[]): string =>
  `const jwt = require('jsonwebtoken');\n${values.map((value, index) => `exports.f${String(index)} = (id) => jwt.sign({ sub: id }, '${value}', { expiresIn: '1h' });\n`).join('')}`;

async function created(files: Readonly<Record<string, string>>, ...args: string[]): Promise<TemporaryRepository> {
  const repository = new TemporaryRepository();
  repository.stage('package.json', '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }');
  for (const [path, text] of Object.entries(files)) repository.stage(path, text);
  repository.commit();
  expect(await runProgram(repository.context, 'baseline', 'create', ...args)).toMatchObject({ status: 0, stderr: '' });
  return repository;
}

/** What ESLint says in a directory of the repository, with paths from its top. */
async function linted(repository: TemporaryRepository, directory = '.', preset: 'recommended' | 'all' = 'recommended'): Promise<string[]> {
  const eslint = new ESLint({
    cwd: repository.path(directory),
    overrideConfigFile: true,
    ignore: false,
    overrideConfig: [
      { ...jwtlint.configs[preset], files: ['**/*.{js,mjs,jsx}'] },
      { files: ['**/*.js'], languageOptions: { sourceType: 'commonjs' } },
      jwtlint.configs.env,
      { linterOptions: { reportUnusedDisableDirectives: 'off' } },
    ],
  });
  const results = await eslint.lintFiles(['.']);
  return results.flatMap(({ filePath, messages }) =>
    messages
      .filter(({ ruleId }) => ruleId !== null)
      .map(({ line, ruleId }) => `${relative(repository.root, filePath).split(sep).join('/')}:${String(line)} ${ruleId!}`),
  );
}

describe('what is accepted', () => {
  test('in all bad fixtures of JavaScript is silent', async () => {
    const repository = new TemporaryRepository();
    for (const rule of readdirSync('fixtures')) cpSync(`fixtures/${rule}/bad`, repository.path(`${rule}/bad`), { recursive: true });
    repository.stage('jwtlint.config.json', '{ "preset": "all" }');
    repository.git('add', '-A', '-f');
    repository.commit();
    await runProgram(repository.context, 'baseline', 'create');
    // ESLint reads the header too, so that it is the entries that silence.
    const [header, ...entries] = readFileSync(repository.path(FILE), 'utf8').trimEnd().split('\n');
    const [left] = entries.splice(
      entries.findIndex((line) => line.includes('"no-hardcoded-secret/bad/jsonwebtoken/')),
      1,
    );
    repository.write(FILE, `${[header, ...entries].join('\n')}\n`);
    expect(entries.length).toBeGreaterThan(600);
    const { rule, path } = JSON.parse(left!) as { rule: string; path: string };
    expect(await linted(repository, '.', 'all')).toEqual([expect.stringMatching(`^${path}:\\d+ jwtlint/${rule}$`)]);
  }, 120_000);

  test('stays silent when code moves within its file, and when a file does', async () => {
    const repository = await created({ 'a.js': signs(STRONG, 'made-up-weak'), 'b.js': signs(OTHER) });
    repository.write('a.js', `// moved down\n\n${readFileSync(repository.path('a.js'), 'utf8')}`);
    mkdirSync(repository.path('lib'));
    renameSync(repository.path('b.js'), repository.path('lib/c.js'));
    expect(await linted(repository)).toEqual([]);
  });

  test('is found from a package of the repository, where ESLint runs', async () => {
    const repository = await created({
      'packages/api/package.json': '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }',
      'packages/api/src/a.js': signs(STRONG),
      'packages/web/a.js': signs(STRONG),
      'packages/api/.env': 'JWT_SECRET=made-up-weak\n',
    });
    expect(await linted(repository, 'packages/api')).toEqual([]);
    repository.write('packages/api/src/b.js', signs(STRONG));
    expect(await linted(repository, 'packages/api')).toEqual(['packages/api/src/b.js:2 jwtlint/no-hardcoded-secret']);
  });
});

describe('what is not accepted', () => {
  test('another value in an accepted place, and a second equal one', async () => {
    const repository = await created({ 'a.js': signs(STRONG), 'b.js': signs('made-up-weak') });
    repository.write('a.js', signs(OTHER));
    repository.write('b.js', signs('made-up-weak', 'made-up-weak'));
    expect(await linted(repository)).toEqual(['a.js:2 jwtlint/no-hardcoded-secret', 'b.js:3 jwtlint/no-hardcoded-secret']);
  });

  test('what has expired', async () => {
    const repository = await created({ 'a.js': signs(STRONG) });
    const text = readFileSync(repository.path(FILE), 'utf8').replace('"reason":', '"expires":"2020-01-31","reason":');
    writeFileSync(repository.path(FILE), text);
    expect(await linted(repository)).toEqual(['a.js:2 jwtlint/no-hardcoded-secret']);
  });
});

test('a broken baseline is said, with its line', async () => {
  const repository = await created({ 'a.js': signs(STRONG) });
  expect(dirname(repository.path(FILE))).toBe(repository.root);
  writeFileSync(repository.path(FILE), `${readFileSync(repository.path(FILE), 'utf8')}<<<<<<< HEAD\n`);
  await expect(linted(repository)).rejects.toThrow(`${FILE}:3: a conflict of a merge is not resolved`);
});
