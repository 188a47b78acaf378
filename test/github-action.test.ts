/** action.yml by its validator, and its step run as a runner does, with events of every kind. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { validateAction } from '@action-validator/core';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { TemporaryRepository } from './temporary-repository.js';

const text = readFileSync('action.yml', 'utf8');

interface Action {
  readonly inputs: Record<string, { description: string; default: string }>;
  readonly runs: { steps: { run: string; env: Record<string, string> }[] };
}
const action = parse(text) as Action;

test('action.yml is valid', () => {
  expect(validateAction(text)).toMatchObject({ errors: [] });
  expect(validateAction(text.replace('using: composite', 'using: nothing')).errors).not.toEqual([]);
});

test('inputs reach the shell as variables only, and the version is this one', () => {
  for (const { run } of action.runs.steps) expect(run).not.toContain('${{');
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(action.inputs['version']!.default).toBe(version);
  const given = Object.values(action.runs.steps[0]!.env).join(' ');
  for (const name of Object.keys(action.inputs).filter((each) => each !== 'working-directory')) expect(given).toContain(`inputs.${name} `);
});

const BAD = "const jwt = require('jsonwebtoken');\njwt.sign({}, 'made-up-of-an-action', { expiresIn: '1h' });\n";

/** Two commits: an old finding, and a new file. */
function repository(second: string): { readonly made: TemporaryRepository; readonly before: string } {
  const made = new TemporaryRepository();
  made.stage('old.js', BAD);
  // What npx would run: it says what it was asked for.
  made.script('.git/bin/npx', '#!/bin/sh\nfor argument; do printf "[%s]" "$argument"; done\necho\nexit ${CODE:-0}\n');
  made.commit();
  const before = made.git('rev-parse', 'HEAD').toString().trim();
  made.stage('new.js', second);
  made.commit();
  return { made, before };
}

function run(made: TemporaryRepository, env: Record<string, string>): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('bash', [resolve('scripts/github-action.sh')], {
    cwd: made.root,
    encoding: 'utf8',
    env: { ...made.env, PATH: `${made.path('.git/bin')}:${process.env['PATH'] ?? ''}`, JWTLINT_VERSION: '1.2.3', ...env },
  });
}

describe('the step', () => {
  test('of a pull request looks at what it brings, and of a push at the commits since', () => {
    const { made, before } = repository('1;\n');
    const range = `[--yes][jwtlint@1.2.3][--range][${before}...HEAD][-f][github]\n`;
    expect(run(made, { JWTLINT_EVENT: 'pull_request', JWTLINT_PULL_REQUEST_BASE: before }).stdout).toBe(range);
    expect(run(made, { JWTLINT_EVENT: 'push', JWTLINT_PUSH_BEFORE: before }).stdout).toBe(range);
  });

  test.each([
    ['a new branch', { JWTLINT_EVENT: 'push', JWTLINT_PUSH_BEFORE: '0'.repeat(40) }, ''],
    ['a schedule', { JWTLINT_EVENT: 'schedule' }, ''],
    ['a shallow clone', { JWTLINT_EVENT: 'push', JWTLINT_PUSH_BEFORE: 'a'.repeat(40) }, 'is not in this clone'],
    ['scope: tree', { JWTLINT_EVENT: 'push', JWTLINT_PUSH_BEFORE: 'HEAD', JWTLINT_SCOPE: 'tree' }, ''],
    ['a base that is no commit', { JWTLINT_EVENT: 'push', JWTLINT_PUSH_BEFORE: '--output=x' }, ''],
  ])('of %s looks at the whole tree', (_, env, said) => {
    const { stdout } = run(repository('1;\n').made, env);
    expect(stdout).toContain(said);
    expect(stdout).toMatch(/^\[--yes\]\[jwtlint@1\.2\.3\]\[-f\]\[github\]$/m);
  });

  test('hands on arguments without expanding them, the summary, SARIF, and the exit status', () => {
    const { made } = repository('1;\n');
    const { stdout, status } = run(made, {
      JWTLINT_ARGUMENTS: '--max-warnings 0 $(touch x) `touch y` *',
      JWTLINT_SARIF: 'out dir/a.sarif',
      GITHUB_STEP_SUMMARY: made.path('summary.md'),
      CODE: '1',
    });
    expect(status).toBe(1);
    expect(stdout).toContain(
      `[-f][markdown=${made.path('summary.md')}][-f][sarif=out dir/a.sarif][--max-warnings][0][$(touch][x)][\`touch][y\`][*]`,
    );
    expect([existsSync(made.path('x')), existsSync(made.path('y'))]).toEqual([false, false]);
  });

  test('refuses a scope that is none', () => {
    const { status, stderr } = run(repository('1;\n').made, { JWTLINT_SCOPE: 'everything' });
    expect([status, stderr]).toEqual([2, 'jwtlint: scope is change or tree, not "everything"\n']);
  });
});
