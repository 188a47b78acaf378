/**
 * Every code block of every page is checked: here, or in a test that is named beside what it checks. A new block of a kind that
 * nobody checks fails.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateWorkflow } from '@action-validator/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { RULES } from '../rules/index.js';
import { loadConfiguration } from '../src/config.js';
import { parseOptions } from '../src/options.js';
import { codeBlocks, isLinterConfiguration, isOutput, isTranscript, pages, type CodeBlock } from './pages.js';
import { runProgram } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

const { version, scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string; scripts: Record<string, string> };
const { inputs } = parse(readFileSync('action.yml', 'utf8')) as { inputs: Record<string, unknown> };

/** Commands that the pages show beside those of a shell. All are played by a stand-in that writes down its arguments. */
const COMMANDS = 'aws az gcloud gh git glab head jwtlint kubectl node npm npx op reviewdog vault'.split(' ');
/** What CI sets. */
const VARIABLES = { BASE: 'main', GITHUB_BASE_REF: 'main', GITHUB_STEP_SUMMARY: 'summary.md' };

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'jwtlint-pages-'));
  mkdirSync(join(directory, 'bin'));
  for (const command of COMMANDS) {
    const path = join(directory, 'bin', command);
    writeFileSync(
      path,
      // A file for each call: the commands of a pipe run at once.
      `#!/bin/sh\nfor argument in ${command} "$@"; do printf '%s\\0' "$argument"; done > "$CALLS/$$"\n`,
    );
    chmodSync(path, 0o755);
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Runs lines of a shell with the stand-ins alone, and gives the commands that were called, each with its arguments. */
function callsIn(lines: string): string[][] {
  const work = mkdtempSync(join(directory, 'work-'));
  mkdirSync(join(work, '.husky'));
  const calls = join(work, 'calls');
  mkdirSync(calls);
  const run = (script: string): void => {
    execFileSync('/bin/sh', ['-eu', '-c', script], {
      cwd: work,
      env: { ...VARIABLES, PATH: join(directory, 'bin'), CALLS: calls },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  };
  run(lines);
  // Hooks that the lines write are lines too.
  for (const hook of readdirSync(join(work, '.husky'))) run(readFileSync(join(work, '.husky', hook), 'utf8'));
  return readdirSync(calls).map((call) => readFileSync(join(calls, call), 'utf8').split('\0').slice(0, -1));
}

/** Lines of a shell are right when a shell runs them, jwtlint understands what it is given, and npm has the script. */
function checkShell(lines: string): void {
  for (const [command, ...args] of callsIn(lines)) {
    const own = command === 'npx' ? args.slice(args.indexOf('jwtlint') + 1) : args;
    if (command === 'npx') expect(args, lines).toContain('jwtlint');
    if (command === 'npm' && args[0] === 'run') expect(Object.keys(scripts)).toContain(args[1]);
    if (command === 'npx' || command === 'jwtlint') expect(() => parseOptions(own, '/work'), lines).not.toThrow();
  }
}

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
}

/** A workflow of GitHub, or the steps of one. */
function checkWorkflow(text: string): void {
  const workflow = text.startsWith('jobs:')
    ? `on: push\n${text}`
    : `on: push\njobs:\n  scan:\n    runs-on: ubuntu-latest\n    steps:\n${text.replace(/^/gm, '      ')}`;
  expect(validateWorkflow(workflow), text).toMatchObject({ errors: [] });
  const { jobs } = parse(workflow) as { jobs: Record<string, { steps: Step[] }> };
  for (const step of Object.values(jobs).flatMap(({ steps }) => steps)) {
    if (step.run !== undefined) checkShell(step.run.replaceAll(/\$\{\{.*?\}\}/g, '1'));
    if (!step.uses?.startsWith('jwtlint/')) continue;
    expect(step.uses).toBe(`jwtlint/jwtlint@v${version}`);
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
  }
}

function checkPreCommit(text: string): void {
  const [repository] = parse(text) as [{ rev: string; hooks: { id: string }[] }];
  const offered = (parse(readFileSync('.pre-commit-hooks.yaml', 'utf8')) as { id: string }[]).map(({ id }) => id);
  expect(repository.rev).toBe(`v${version}`);
  expect(offered).toEqual(expect.arrayContaining(repository.hooks.map(({ id }) => id)));
}

/** A job of GitLab CI. */
function checkGitlab(text: string): void {
  for (const job of Object.values(parse(text) as Record<string, { script: string[]; artifacts: { reports: Record<string, string> } }>)) {
    checkShell(job.script.join('\n'));
    expect(Object.keys(job.artifacts.reports)).toEqual(['secret_detection', 'codequality']);
    for (const report of Object.values(job.artifacts.reports)) expect(job.script.join('\n')).toContain(`=${report}`);
  }
}

async function checkConfiguration(text: string): Promise<void> {
  const name = 'jwtlint.config.json';
  const read = (paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> =>
    Promise.resolve(new Map(paths.flatMap((path) => (path === name ? [[path, Buffer.from(text)] as const] : []))));
  const { files } = await loadConfiguration({ read, places: [name], rules: () => Promise.resolve(RULES) });
  expect(files).toEqual([name]);
}

/** A configuration of oxlint: the rules are there. What it finds is shown by test/integration/eslint-configurations.test.ts. */
function checkOxlint(text: string): void {
  const { jsPlugins, rules } = JSON.parse(text) as { jsPlugins: string[]; rules: Record<string, string> };
  expect(jsPlugins).toEqual(['jwtlint/eslint']);
  expect(RULES.map((rule) => `jwtlint/${rule.id}`)).toEqual(expect.arrayContaining(Object.keys(rules)));
}

/** A directive silences what stands below it, and nothing complains of it. */
async function checkDirective(text: string): Promise<void> {
  const repository = new TemporaryRepository();
  const code = text.trimEnd().includes('\n') ? text : `${text}const key = 'made-up-key-of-a-page';\n`;
  const used = `import jwt from 'jsonwebtoken';\n${code}export const issue = (sub) => jwt.sign({ sub }, key, { expiresIn: '15m' });\n`;
  repository.stage('page.js', used.replace('<rule>', 'no-hardcoded-secret'));
  expect(await runProgram(repository.context)).toMatchObject({ status: 0, stdout: expect.stringContaining('No findings') as string });
}

interface Check {
  readonly of: (page: string, block: CodeBlock) => boolean;
  /** The test that checks such blocks, where this one does not, or does not do all. */
  readonly in?: string;
  readonly by?: (text: string) => void | Promise<void>;
}

const inLanguage =
  (language: string, pattern = /(?:)/): Check['of'] =>
  (_page, block) =>
    block.language === language && pattern.test(block.text);

/** The first one that a block belongs to counts. */
const CHECKS: Readonly<Record<string, Check>> = {
  'the code of a rule': {
    of: (page, { section, language }) => page.startsWith('docs/rules/') && /^(?:Bad|Instead)$/.test(section) && language !== 'sh',
    in: 'test/rule-pages.test.ts',
  },
  'a transcript': { of: (_page, block) => isTranscript(block), in: 'test/integration/readme.test.ts' },
  'an output': { of: isOutput, in: 'test/integration/readme.test.ts' },
  'a configuration of ESLint': { of: (_page, block) => isLinterConfiguration(block), in: 'test/integration/eslint-configurations.test.ts' },
  'a configuration of oxlint': { of: inLanguage('json', /"jsPlugins"/), by: checkOxlint },
  'a configuration': { of: inLanguage('json'), by: checkConfiguration },
  'a directive': { of: inLanguage('js', /^\/\/ jwtlint-disable/), by: checkDirective },
  'hooks of pre-commit': { of: inLanguage('yaml', /^- repo:/), by: checkPreCommit },
  'a job of GitLab': { of: inLanguage('yaml', /^\w+:\n {2}image:/), by: checkGitlab },
  'a workflow': { of: inLanguage('yaml', /^(?:- uses:|- run:|jobs:)/), by: checkWorkflow },
  'lines of a shell': { of: inLanguage('sh'), by: checkShell, in: 'test/integration/shell-blocks.test.ts' },
};

const BLOCKS = pages().flatMap((page) =>
  codeBlocks(readFileSync(page, 'utf8')).map((block, index) => ({ page, block, title: `${page} ${String(index + 1)}` })),
);

test('every block belongs to a check, and every check has its blocks', () => {
  const nameOf = (page: string, block: CodeBlock): string | undefined => Object.keys(CHECKS).find((name) => CHECKS[name]!.of(page, block));
  expect(BLOCKS.filter(({ page, block }) => nameOf(page, block) === undefined).map(({ title }) => title)).toEqual([]);
  const used = new Set(BLOCKS.map(({ page, block }) => nameOf(page, block)));
  expect(Object.keys(CHECKS).filter((name) => !used.has(name))).toEqual([]);
  for (const check of Object.values(CHECKS)) expect(check.in === undefined ? check.by !== undefined : existsSync(check.in)).toBe(true);
});

describe('blocks', () => {
  const own = BLOCKS.flatMap(({ page, block, title }) => {
    const check = Object.values(CHECKS).find(({ of }) => of(page, block));
    return check?.by ? [[title, block.text, check.by] as const] : [];
  });
  test.each(own)('%s', async (_title, text, check) => {
    await check(text);
  });
});

describe('commands within the text', () => {
  const shown = pages().flatMap((page) => {
    const prose = readFileSync(page, 'utf8').replace(/^(`{3,})[\s\S]*?^\1$/gm, '');
    return [...prose.matchAll(/`((?:npx )?jwtlint (?!\.)[^`]*)`/g)].map(([, command]) => [page, command!.replaceAll('\\|', '|')] as const);
  });

  test('there are many', () => {
    expect(shown.length).toBeGreaterThan(30);
  });

  test.each(shown)('%s: %s', (_page, command) => {
    checkShell(command);
  });
});
