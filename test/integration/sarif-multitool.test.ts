/**
 * SARIF of every kind by Microsoft's own validator, with its rules for GitHub code scanning. It is a program of 100 MB that npm
 * brings, so it is installed here and not with what everybody needs who works on jwtlint.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TemporaryRepository } from '../temporary-repository.js';

const VERSION = '5.7.0';
const PACKAGE = `@microsoft/sarif-multitool-${process.platform}`;
const BIN = resolve('dist/bin.cjs');

let place: string;

beforeAll(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'jwtlint-sarif-')));
  writeFileSync(join(place, 'package.json'), '{ "private": true }');
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  execFileSync('npm', ['install', ...options, `${PACKAGE}@${VERSION}`], { cwd: place, stdio: ['ignore', 'pipe', 'inherit'] });
  // Its install script does no more.
  if (process.platform !== 'win32') chmodSync(program(), 0o755);
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

function program(): string {
  return join(place, 'node_modules', PACKAGE, process.platform === 'win32' ? 'Sarif.Multitool.exe' : 'Sarif.Multitool');
}

interface Result {
  readonly ruleId: string;
  readonly level?: string;
  readonly message: unknown;
}

/** What the validator finds wrong with these files, errors and warnings. */
function validated(names: readonly string[]): readonly Result[] {
  const { status, stdout, stderr } = spawnSync(
    program(),
    [
      'validate',
      ...names,
      '--rule-kind',
      'Sarif;Ghas',
      '--output',
      'found.sarif',
      '--log',
      'ForceOverwrite',
      '--max-file-size-in-kb',
      '1000000',
    ],
    {
      cwd: place,
      encoding: 'utf8',
      // Without what a bare system does not have (ICU), and without a trace outside of this directory.
      env: {
        PATH: process.env['PATH'],
        HOME: place,
        TMPDIR: place,
        DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1',
        DOTNET_BUNDLE_EXTRACT_BASE_DIR: join(place, 'extracted'),
        DOTNET_EnableDiagnostics: '0',
      },
    },
  );
  expect([status, stdout, stderr]).toEqual([0, expect.stringContaining(`Done. ${String(names.length)} files scanned.`), '']);
  const { runs } = JSON.parse(readFileSync(join(place, 'found.sarif'), 'utf8')) as {
    runs: { results: Result[]; invocations: { executionSuccessful: boolean }[] }[];
  };
  expect(runs.flatMap(({ invocations }) => invocations.map(({ executionSuccessful }) => executionSuccessful))).toEqual([true]);
  return runs.flatMap(({ results }) => results);
}

interface Sarif {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: { help?: unknown }[] } };
      readonly invocations: readonly { readonly toolExecutionNotifications: readonly unknown[] }[];
      readonly results: readonly {
        readonly ruleId: string;
        readonly codeFlows?: unknown;
        readonly baselineState?: string;
        readonly properties: { readonly past?: unknown };
        readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } } }[];
      }[];
    },
  ];
}

/** Runs the program in a directory and gives the report that it wrote to a file of that name. */
function reported(name: string, cwd: string, env: NodeJS.ProcessEnv, ...args: readonly string[]): Sarif {
  const { status, stderr } = spawnSync(process.execPath, [BIN, ...args, '-f', `sarif=${join(place, name)}`], {
    cwd,
    env,
    encoding: 'utf8',
  });
  expect([status === 0 || status === 1, stderr]).toEqual([true, '']);
  return JSON.parse(readFileSync(join(place, name), 'utf8')) as Sarif;
}

const sign = (name: string): string =>
  `const jwt = require('jsonwebtoken');\nconst KEY = 'made-up-${name}';\nmodule.exports = () => jwt.sign({}, KEY, { expiresIn: '1h' });\n`;

test('reports of every kind have no error, and a broken one has', { timeout: 900_000 }, () => {
  const all = reported('every-rule.sarif', resolve('fixtures'), process.env, '--no-config', '--info');
  const rules = new Set(all.runs[0].results.map(({ ruleId }) => ruleId));
  expect(rules.size).toBeGreaterThan(25);
  expect(all.runs[0].results.some(({ codeFlows }) => codeFlows !== undefined)).toBe(true);

  const repository = new TemporaryRepository();
  repository.stage('gone.js', sign('gone'));
  repository.stage('old.js', sign('old'));
  repository.commit();
  repository.git('rm', '--quiet', 'gone.js');
  repository.commit();
  const past = reported('history.sarif', repository.root, repository.env, 'history');
  expect(past.runs[0].results.filter(({ properties }) => properties.past !== undefined)).toHaveLength(2);

  repository.stage('old.js', sign('old') + sign('new').replaceAll('KEY', 'OTHER'));
  const change = reported('change.sarif', repository.root, repository.env, '--staged', '--include-old');
  expect(new Set(change.runs[0].results.map(({ baselineState }) => baselineState))).toEqual(new Set(['new', 'unchanged']));

  const odd = new TemporaryRepository();
  const names = ['a b%20c#d?e.js', 'ünï 日本/🔑/[id]/(group).js', 'line\nfeed "q".js', '-dash.js', '::error::x.js'];
  for (const name of names) odd.stage(name, sign('odd'));
  odd.stage('broken.js', "const jwt = require('jsonwebtoken'; jwt.sign(");
  const hostile = reported('hostile.sarif', odd.root, odd.env);
  const uris = hostile.runs[0].results.flatMap(({ locations }) =>
    locations.map(({ physicalLocation }) => physicalLocation.artifactLocation.uri),
  );
  expect(new Set(uris.map((uri) => decodeURIComponent(uri)))).toEqual(new Set(names));
  expect(hostile.runs[0].invocations[0]!.toolExecutionNotifications).not.toEqual([]);

  for (const part of ['1/2', '2/2']) reported(`part-${part[0]!}.sarif`, odd.root, odd.env, '--shard', part);
  const merged = reported('merged.sarif', place, process.env, 'merge', 'part-1.sarif', 'part-2.sarif');
  expect(merged.runs[0].results.length).toBe(hostile.runs[0].results.length);

  const many = join(place, 'many');
  mkdirSync(many);
  const calls = Array.from({ length: 10_001 }, (_, index) => `jwt.sign({}, 'made-up-${String(index)}', { expiresIn: '1h' });\n`);
  for (let at = 0; at < calls.length; at += 100)
    writeFileSync(join(many, `${String(at)}.js`), `import jwt from 'jsonwebtoken';\n${calls.slice(at, at + 100).join('')}`);
  expect(reported('many.sarif', many, process.env, '--no-config').runs[0].results).toHaveLength(10_001);
  // What GitHub takes at most, compressed.
  expect(gzipSync(readFileSync(join(place, 'many.sarif'))).length).toBeLessThan(10 * 1024 * 1024);

  const files = ['every-rule', 'history', 'change', 'hostile', 'merged', 'many'].map((name) => `${name}.sarif`);
  expect(validated(files)).toEqual([]);

  for (const rule of all.runs[0].tool.driver.rules) delete rule.help;
  writeFileSync(join(place, 'broken.sarif'), JSON.stringify(all));
  const wrong = validated(['broken.sarif']);
  expect(new Set(wrong.filter(({ level }) => level === 'error').map(({ ruleId }) => ruleId))).toEqual(new Set(['GH2012']));
});
