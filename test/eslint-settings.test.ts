/** Settings in real ESLint: by our languages and by those of other plugins, the same findings as the command line. */
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import json from '@eslint/json';
import { ESLint, type Linter } from 'eslint';
import * as tomlParser from 'toml-eslint-parser';
import { describe, expect, test } from 'vitest';
import { RULES } from '../rules/index.js';
import { settingsFormat } from '../src/readers/settings/index.js';
import jwtlint from '../src/eslint/plugin.js';
import { scanDirectory } from './scan-directory.js';
import { TemporaryRepository } from './temporary-repository.js';

const CONFIGS = ['env', 'json', 'yaml', 'toml'] as const;
const ENDINGS = /(?:\.(?:json|jsonc|ya?ml|toml)|(?:^|\/)\.env(?:\.[^/]+)?|\.env)$/;

const settingsRules = RULES.filter((rule) => rule.settings).map(({ id }) => id);

interface Reported {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly rule: string | null;
  readonly message: string;
  readonly severity: number;
}

async function lint(cwd: string, config: Linter.Config[], patterns: readonly string[]): Promise<Reported[]> {
  const eslint = new ESLint({ cwd, overrideConfigFile: true, ignore: false, overrideConfig: config });
  return (await eslint.lintFiles([...patterns])).flatMap(({ filePath, messages }) =>
    messages.map(({ line, column, ruleId, message, severity }) => ({
      path: relative(cwd, filePath).split(sep).join('/'),
      line,
      column,
      rule: ruleId,
      message,
      severity,
    })),
  );
}

const lineOf = ({ path, line, column, rule, message }: Reported): string => `${path}:${String(line)}:${String(column)} ${rule ?? message}`;

describe('the fixtures', () => {
  const preset = { settings: { jwtlint: { preset: 'all' } } };
  test.each(settingsRules)('%s', async (rule) => {
    const root = join('fixtures', rule);
    const files = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((path) => ENDINGS.test(path) && settingsFormat(path) !== undefined);
    const config = [...CONFIGS.map((name) => jwtlint.configs[name]), preset];
    const reported = (await lint(resolve(root), config, files)).filter((each) => each.rule === `jwtlint/${rule}`).map(lineOf);
    const own = (await scanDirectory(root))
      // What only the script tells that imports it is told there.
      .flatMap(({ path, findings }) => findings.map((finding) => finding.reported).filter(({ location }) => location.path === path))
      .filter(({ ruleId, level, location }) => ruleId === rule && level !== 'info' && files.includes(location.path))
      .map(({ location, ruleId }) => `${location.path}:${String(location.startLine)}:${String(location.startColumn)} jwtlint/${ruleId}`);
    expect(reported.sort()).toEqual([...new Set(own)].sort());
  });
});

const WEAK = 'JWT_SECRET=secret123\n';

function repositoryWith(files: Readonly<Record<string, string>>): TemporaryRepository {
  const repository = new TemporaryRepository();
  repository.stage('package.json', '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(repository.path(path)), { recursive: true });
    writeFileSync(repository.path(path), text);
  }
  return repository;
}

describe('env files', () => {
  test('are found by `eslint .`, tracked or not, and what git has is told as committed', async () => {
    const repository = repositoryWith({
      '.env': WEAK,
      'apps/api/.env.production': WEAK,
      'prod.env': WEAK,
      '.env.example': 'JWT_SECRET=\n',
    });
    repository.git('add', '-f', 'apps/api/.env.production');
    const found = (await lint(repository.root, [jwtlint.configs.env], ['.'])).map(lineOf);
    expect(found.sort()).toEqual([
      '.env:1:12 jwtlint/no-weak-secret',
      'apps/api/.env.production:1:12 jwtlint/no-committed-env',
      'prod.env:1:12 jwtlint/no-weak-secret',
    ]);
  });

  test('follow what changes while an editor stays open', async () => {
    const repository = repositoryWith({ '.env': WEAK });
    const eslint = new ESLint({ cwd: repository.root, overrideConfigFile: true, overrideConfig: [jwtlint.configs.env] });
    const rules = async (): Promise<unknown> => (await eslint.lintFiles(['.env']))[0]!.messages.map(({ ruleId }) => ruleId);
    expect(await rules()).toEqual(['jwtlint/no-weak-secret']);
    repository.git('add', '-f', '.env');
    expect(await rules()).toEqual(['jwtlint/no-committed-env']);
    appendFileSync(repository.path('.env'), 'SESSION_SECRET=session\n');
    expect(await rules()).toEqual(['jwtlint/no-committed-env', 'jwtlint/no-committed-env']);
  });

  test("ESLint's own directives hold, and one without effect is told", async () => {
    const repository = repositoryWith({
      '.env': `# eslint-disable-next-line jwtlint/no-weak-secret -- a demo\n${WEAK}PORT=80 # eslint-disable-line jwtlint/no-weak-secret\n# eslint-disable-next-line jwtlint/no-weak-secret\nPORT=80\n`,
    });
    const config: Linter.Config[] = [jwtlint.configs.env, { linterOptions: { reportUnusedDisableDirectives: 'warn' } }];
    const found = await lint(repository.root, config, ['.env']);
    expect(found.map(({ line, rule }) => [line, rule])).toEqual([[4, null]]);
  });

  test.each([
    ['an empty one', ''],
    ['a byte order mark and the lines of Windows', `\ufeff# x\r\n${WEAK.replace('\n', '\r\n')}`],
    ['broken quotes', 'A="\nJWT_SECRET=secret123\n'],
  ])('%s', async (_, text) => {
    const found = await lint(repositoryWith({ '.env': text }).root, [jwtlint.configs.env], ['.env']);
    expect(found.every(({ rule }) => rule !== null)).toBe(true);
    expect(found.length).toBe(text.includes('secret123') ? 1 : 0);
  });

  test('show no value', async () => {
    const secret = 'made-up-Zq8Lw3Rt5Yx7';
    const repository = repositoryWith({ '.env': `JWT_SECRET=${secret}\n` });
    repository.git('add', '-f', '.env');
    const [found] = await lint(repository.root, [jwtlint.configs.env], ['.env']);
    expect(JSON.stringify(found)).not.toContain(secret.slice(8, 16));
  });
});

describe('beside the languages of other plugins', () => {
  const rules = jwtlint.configs.json.rules!;
  const plugins = { jwtlint: jwtlint as unknown as ESLint.Plugin };

  test('@eslint/json', async () => {
    const repository = repositoryWith({ 'config/default.json': '{\n  "jwt": { "secret": "made-up-of-json" }\n}\n' });
    const config = [
      { files: ['**/*.json'], plugins: { ...plugins, json: json as unknown as ESLint.Plugin }, language: 'json/json', rules },
    ];
    expect((await lint(repository.root, config, ['config'])).map(lineOf)).toEqual(['config/default.json:2:23 jwtlint/no-hardcoded-secret']);
  });

  test('a parser of TOML, as eslint-plugin-toml has it', async () => {
    const repository = repositoryWith({ 'app.toml': '[jwt]\nsecret = "made-up-of-toml"\n' });
    const config = [{ files: ['**/*.toml'], plugins, languageOptions: { parser: tomlParser as unknown as Linter.Parser }, rules }];
    expect((await lint(repository.root, config, ['app.toml'])).map(lineOf)).toEqual(['app.toml:2:11 jwtlint/no-hardcoded-secret']);
  });

  test('old libraries in package.json', async () => {
    const repository = repositoryWith({});
    repository.write('package.json', '{ "dependencies": { "jsonwebtoken": "8.5.1" } }');
    const found = await lint(repository.root, [jwtlint.configs.json], ['package.json']);
    expect(found.map(({ rule }) => rule)).toEqual(['jwtlint/no-outdated-library']);
  });
});
