/** A commit that changes only the file of an exported constant, while the call that uses it as a key stands elsewhere. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scriptsNaming } from '../src/sources/change.js';
import { scriptsInIndexNaming } from '../src/sources/large-index.js';
import { main } from '../src/cli.js';
import { TemporaryRepository } from './temporary-repository.js';

const MANIFEST = JSON.stringify({ name: 'shop', dependencies: { jsonwebtoken: '^9.0.2' } });
const USING_WORDS = JSON.stringify({ dependencies: { jsonwebtoken: '^9.0.2', '@shop/words': 'workspace:*' } });
const SIGNS = (specifier: string, name = 'phrase'): string =>
  `const jwt = require('jsonwebtoken');\nconst { ${name} } = require('${specifier}');\nmodule.exports = (user) => jwt.sign({ sub: user.id }, ${name}, { expiresIn: '1h' });\n`;

async function staged(
  repository: TemporaryRepository,
  env: NodeJS.ProcessEnv = {},
): Promise<{ status: number; findings: string[]; notes: string[] }> {
  let output = '';
  let errors = '';
  const status = await main({
    argv: ['--staged', '-f', 'json'],
    stdin: () => process.stdin,
    stdinIsTerminal: () => false,
    stderrIsTerminal: () => false,
    ask: () => Promise.resolve(undefined),
    stdout: { write: (text: string) => (output += text) },
    stderr: { write: (text: string) => (errors += text) },
    ...repository.context,
    env: { ...repository.context.env, ...env },
    hasColors: () => false,
    columns: () => undefined,
  });
  if (output === '') throw new Error(`no report: ${errors}`);
  const report = JSON.parse(output) as {
    notes: string[];
    findings: { ruleId: string; location: { path: string; startLine: number } }[];
  };
  const findings = report.findings.map(({ ruleId, location }) => `${location.path}:${String(location.startLine)} ${ruleId}`);
  return { status, findings, notes: report.notes };
}

function repositoryWith(files: Readonly<Record<string, string>>): TemporaryRepository {
  const repository = new TemporaryRepository();
  repository.stage('package.json', MANIFEST);
  for (const [path, text] of Object.entries(files)) repository.stage(path, text);
  repository.commit();
  return repository;
}

describe('a commit of the constant alone', () => {
  test('is refused when a file of the index uses it as a key', async () => {
    const repository = repositoryWith({ 'src/words.js': 'exports.phrase = process.env.PHRASE;\n', 'src/sign.js': SIGNS('./words') });
    repository.stage('src/words.js', "exports.phrase = 'made-up-and-long-enough-to-be-a-key-0001';\n");
    expect(await staged(repository)).toMatchObject({ status: 1, findings: ['src/words.js:1 no-hardcoded-secret'] });
  });

  test('with the user in another directory, through an index file and a TypeScript re-export', async () => {
    const repository = repositoryWith({
      'lib/words/index.ts': 'export const phrase = process.env.PHRASE;\n',
      'lib/all.ts': "export * from './words';\n",
      'app/sign.ts':
        "import jwt from 'jsonwebtoken';\nimport { phrase } from '../lib/all';\nexport const token = (id: string) => jwt.sign({ sub: id }, phrase, { expiresIn: '1h' });\n",
    });
    repository.stage('lib/words/index.ts', "export const phrase = 'made-up-and-long-enough-to-be-a-key-0002';\n");
    expect(await staged(repository)).toMatchObject({ status: 1, findings: ['lib/words/index.ts:1 no-hardcoded-secret'] });
  });

  test('by the name of a directory whose manifest says which file is meant', async () => {
    const repository = repositoryWith({
      'words/package.json': '{ "main": "source/main.js" }',
      'words/source/main.js': 'exports.phrase = process.env.PHRASE;\n',
      'sign.js': SIGNS('./words'),
    });
    repository.stage('words/source/main.js', "exports.phrase = 'made-up-and-long-enough-to-be-a-key-0002';\n");
    expect(await staged(repository)).toMatchObject({ status: 1, findings: ['words/source/main.js:1 no-hardcoded-secret'] });
  });

  test('by the name of a package of the workspace, through its entry', async () => {
    const repository = repositoryWith({
      'package.json': '{ "workspaces": ["apps/*", "packages/*"] }',
      'packages/wording/package.json': '{ "name": "@shop/words", "main": "dist/index.js" }',
      'packages/wording/src/index.ts': "export * from './phrases';\n",
      'packages/wording/src/phrases.ts': 'export const phrase = process.env.PHRASE;\n',
      'apps/api/package.json': USING_WORDS,
      'apps/api/sign.js': SIGNS('@shop/words'),
    });
    repository.stage('packages/wording/src/phrases.ts', "export const phrase = 'made-up-and-long-enough-to-be-a-key-0003';\n");
    expect(await staged(repository)).toMatchObject({ status: 1, findings: ['packages/wording/src/phrases.ts:1 no-hardcoded-secret'] });
  });

  test('by another name that the package exports the file under', async () => {
    const repository = repositoryWith({
      'packages/wording/package.json': '{ "name": "@shop/words", "exports": { ".": "./index.js", "./keys": "./source/phrases.js" } }',
      'packages/wording/index.js': '',
      'packages/wording/source/phrases.js': 'exports.phrase = process.env.PHRASE;\n',
      'apps/api/package.json': USING_WORDS,
      'apps/api/sign.js': SIGNS('@shop/words/keys'),
    });
    repository.stage('packages/wording/source/phrases.js', "exports.phrase = 'made-up-and-long-enough-to-be-a-key-0004';\n");
    expect(await staged(repository)).toMatchObject({ status: 1, findings: ['packages/wording/source/phrases.js:1 no-hardcoded-secret'] });
  });

  test('is judged by the index, not by the working tree', async () => {
    const repository = repositoryWith({ 'words.js': 'exports.phrase = process.env.PHRASE;\n', 'sign.js': SIGNS('./words') });
    repository.stage('words.js', "exports.phrase = 'made-up-and-long-enough-to-be-a-key-0003';\n");
    repository.write('sign.js', '// nothing here any more\n');
    expect((await staged(repository)).findings).toEqual(['words.js:1 no-hardcoded-secret']);
  });

  test('an old constant beside a new line is old', async () => {
    const repository = repositoryWith({
      'words.js': "exports.phrase = 'made-up-and-long-enough-to-be-a-key-0004';\n",
      'sign.js': SIGNS('./words'),
    });
    repository.stage('words.js', "exports.phrase = 'made-up-and-long-enough-to-be-a-key-0004';\nexports.greeting = 'hello';\n");
    expect(await staged(repository)).toMatchObject({ status: 0, findings: [] });
  });

  test('the index is searched for a new text only', async () => {
    const text = "exports.phrase = 'made-up-and-long-enough-to-be-a-key-0005';\n";
    const repository = repositoryWith({ 'words.js': text, 'sign.js': SIGNS('./words') });
    const searches = async (contents: string): Promise<boolean> => {
      const trace = repository.path('.git/trace');
      repository.stage('words.js', contents);
      await staged(repository, { GIT_TRACE: trace });
      const ran = readFileSync(trace, 'utf8');
      rmSync(trace);
      return ran.includes(' grep ');
    };
    expect(await searches(`${text}exports.limit = 5;\n`)).toBe(false);
    expect(await searches(`${text}exports.greeting = 'hello';\n`)).toBe(true);
  });

  test('a constant that nobody uses as a key, and a module of the same name elsewhere, are nothing', async () => {
    const repository = repositoryWith({
      'a/words.js': 'exports.phrase = process.env.PHRASE;\n',
      'b/words.js': 'exports.phrase = process.env.PHRASE;\n',
      'a/sign.js': SIGNS('./words'),
      'b/greet.js': "const { phrase } = require('./words');\nconsole.log(phrase);\n",
    });
    repository.stage('b/words.js', "exports.phrase = 'made-up-and-long-enough-to-be-a-key-0005';\n");
    expect(await staged(repository)).toMatchObject({ status: 0, findings: [], notes: [] });
  });

  test('more importers than are looked at are said', async () => {
    const repository = repositoryWith({ 'words.js': 'exports.phrase = process.env.PHRASE;\n' });
    for (let index = 0; index < 205; index++) repository.write(`use/${String(index).padStart(3, '0')}.js`, "require('../words');\n");
    repository.git('add', '--', 'use');
    repository.commit();
    repository.stage('words.js', "exports.phrase = 'made-up-and-long-enough-to-be-a-key-0006';\n");
    expect((await staged(repository)).notes.join()).toContain('more than 200 scripts');
  });
});

describe('a large index, whose files are searched on disk where that has them as they are', () => {
  const USER = "import { KEY } from './keys.js';\n";
  const OTHER = "import { KEY } from './others.js';\n";

  test('is searched as the index itself', async () => {
    const repository = new TemporaryRepository();
    const names = ['same.js', 'edited-away.js', 'edited-in.js', 'deleted.js', 'skipped.js', 'assumed.ts', 'sub dir/[id].vue', 'text.md'];
    for (const name of names) repository.stage(name, name === 'edited-in.js' ? OTHER : USER);
    repository.commit();
    repository.write('edited-away.js', OTHER);
    repository.write('edited-in.js', USER);
    repository.write('untracked.js', USER);
    rmSync(repository.path('deleted.js'));
    repository.git('update-index', '--skip-worktree', 'skipped.js');
    rmSync(repository.path('skipped.js'));
    repository.git('update-index', '--assume-unchanged', 'assumed.ts');
    repository.write('assumed.ts', OTHER);
    for (const cwd of [repository.root, repository.path('sub dir')]) {
      const context = { ...repository.context, cwd };
      const found = await scriptsInIndexNaming(context, ['keys', 'other']);
      expect([...found!].sort()).toEqual(['assumed.ts', 'deleted.js', 'edited-away.js', 'same.js', 'skipped.js', 'sub dir/[id].vue']);
      expect([...(await scriptsNaming(context, '--cached', ['keys', 'other']))!].sort()).toEqual([...found!].sort());
    }
  });

  test('and no program that the repository configures is run', async () => {
    const repository = new TemporaryRepository();
    repository.stage('.gitattributes', '*.js filter=evil\n');
    repository.stage('a.js', USER);
    repository.commit();
    repository.git('config', 'filter.evil.clean', `touch '${repository.path('ran')}'; cat`);
    repository.write('a.js', USER);
    expect(await scriptsInIndexNaming(repository.context, ['keys'])).toEqual(['a.js']);
    expect(existsSync(repository.path('ran'))).toBe(false);
  });

  test('more files that differ than are worth it: the index as a whole', async () => {
    const repository = new TemporaryRepository();
    for (let index = 0; index < 510; index++) repository.write(`m/${String(index)}.js`, USER);
    repository.git('add', '--all');
    repository.commit();
    rmSync(repository.path('m'), { recursive: true });
    expect(await scriptsInIndexNaming(repository.context, ['keys'])).toHaveLength(510);
  });
});
