/**
 * A user's own TypeScript, in any version or absent, with npm and with pnpm: the packed jwtlint is installed beside it, and command
 * line and ESLint find the same. Nothing of ours loads it.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { EmptyProject } from './empty-project.js';

/** The last one that says it runs on every Node that we do. */
const PNPM = 'pnpm@10.34.9';

const VERSIONS = {
  'TypeScript 7': 'typescript@7.0.2',
  'TypeScript 6': 'typescript@6.0.3',
  'TypeScript 5.9': 'typescript@5.9.3',
  'no TypeScript': undefined,
} as const;

const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { devDependencies: Record<string, string> };

const CODE =
  "import jwt from 'jsonwebtoken';\nexport const sign = (sub) => jwt.sign({ sub }, 'made-up-beside-a-compiler', { expiresIn: '15m' });\n";

let project: EmptyProject | undefined;
afterEach(() => project?.remove());

const INSTALL = {
  npm: ['npm', 'install', '--save-dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'],
  pnpm: ['npx', '--yes', PNPM, 'add', '--save-dev', '--ignore-scripts', '--prefer-offline', '--reporter=silent', '--store-dir=.store'],
} as const;

describe.each(Object.keys(INSTALL) as (keyof typeof INSTALL)[])('%s', (manager) => {
  test.each(Object.entries(VERSIONS))('%s', (_, typescript) => {
    project = new EmptyProject();
    const [command, ...args] = INSTALL[manager];
    const packages = [inject('tarball'), `eslint@${devDependencies['eslint']!}`, ...(typescript === undefined ? [] : [typescript])];
    execFileSync(command, [...args, ...packages], { cwd: project.root, stdio: ['ignore', 'pipe', 'inherit'] });
    if (typescript !== undefined)
      expect((project.json('node_modules/typescript/package.json') as { version: string }).version).toBe(typescript.split('@')[1]);

    project.write('sign.js', CODE);
    project.write('sign.ts', CODE.replace('(sub)', '(sub: string)'));
    project.write(
      'eslint.config.js',
      "import jwtlint from 'jwtlint/eslint';\nexport default [jwtlint.configs.recommended, jwtlint.configs.env];\n",
    );
    project.write('.env', 'JWT_SECRET=secret123\n');

    const scan = project.run('jwtlint', ['--format', 'json=found.json', '.']);
    expect(scan.status, scan.stderr).toBe(1);
    const { findings } = project.json('found.json') as { findings: { ruleId: string; location: { path: string } }[] };
    expect(findings.map(({ ruleId, location }) => `${location.path} ${ruleId}`).sort()).toEqual([
      '.env no-weak-secret',
      'sign.js no-hardcoded-secret',
      'sign.ts no-hardcoded-secret',
    ]);
    const lint = project.run('eslint', ['--format', 'json', 'sign.js', '.env']);
    expect(lint.status, lint.stderr).toBe(1);
    const results = JSON.parse(lint.stdout) as { messages: { ruleId: string }[] }[];
    expect(results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId)).sort()).toEqual([
      'jwtlint/no-hardcoded-secret',
      'jwtlint/no-weak-secret',
    ]);
  });
});
