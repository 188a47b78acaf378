/**
 * Hundreds of files that nobody here wrote, namely what JWT libraries have published with their tests and examples: the packed
 * command line and the packed plugin in ESLint find the same in them, at the same places.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { EmptyProject } from './empty-project.js';

/** Versions whose packages hold tests, examples or many modules. */
const PACKAGES = [
  'jsonwebtoken@7.4.3',
  'express-jwt@5.3.1',
  'koa-jwt@3.6.0',
  'socketio-jwt@4.6.2',
  'hapi-auth-jwt2@10.7.0',
  'passport-jwt@4.0.1',
  'jwks-rsa@2.1.5',
  'express-openid-connect@2.17.1',
  'jose@4.15.9',
  '@nestjs/jwt@10.2.0',
  'fast-jwt@4.0.6',
  '@fastify/jwt@9.0.1',
  'jwt-simple@0.5.6',
];

let project: EmptyProject;
let files: string[];

beforeAll(() => {
  project = new EmptyProject();
  const libraries = new EmptyProject();
  try {
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps', '--loglevel=error', ...PACKAGES], {
      cwd: libraries.root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    project.install(inject('tarball'), 'eslint', '@typescript-eslint/parser', 'typescript');
    const names = PACKAGES.map((name) => name.slice(0, name.lastIndexOf('@')));
    for (const name of names) {
      cpSync(libraries.path(`node_modules/${name}`), project.path(`lib/${name}`), {
        recursive: true,
        filter: (path) =>
          !relative(libraries.path(`node_modules/${name}`), path)
            .split(sep)
            .includes('node_modules'),
      });
      // What a package calls itself does not tell that its code uses it.
      rmSync(project.path(`lib/${name}/package.json`));
    }
    const versions = PACKAGES.map((name) => [name.slice(0, name.lastIndexOf('@')), name.slice(name.lastIndexOf('@') + 1)]);
    project.write('lib/package.json', JSON.stringify({ name: 'libraries', dependencies: Object.fromEntries(versions) as object }));
  } finally {
    libraries.remove();
  }
  files = readdirSync(project.path('lib'), { recursive: true, encoding: 'utf8' })
    .map((path) => `lib/${path.split(sep).join('/')}`)
    .filter((path) => /(?<!\.min)\.(?:[cm]?js|[cm]?ts)$/.test(path));
  project.write(
    'eslint.config.js',
    `import parser from '@typescript-eslint/parser';
import jwtlint from 'jwtlint/eslint';
export default [
  {
    ...jwtlint.configs.all,
    files: ['lib/**/*.{js,mjs,cjs,ts,mts,cts}'],
    settings: { jwtlint: { preset: 'all', info: true } },
    languageOptions: { parser },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' },
  },
];
`,
  );
  project.write('jwtlint.config.json', '{ "preset": "all" }');
});
afterAll(() => project.remove());

interface Place {
  readonly path: string;
  readonly startLine: number;
  readonly startColumn: number;
}

test('both find the same', () => {
  expect(files.length).toBeGreaterThan(300);
  const scan = project.run('jwtlint', ['--info', '--format', 'json=scan.json', 'lib']);
  expect(scan.status, scan.stderr).toBe(1);
  const { findings } = project.json('scan.json') as {
    findings: { ruleId: string; message: string; location: Place; use?: { location: Place } }[];
  };
  const own = findings
    .filter(({ location, use }) => files.includes(location.path) && (use?.location.path ?? location.path) === location.path)
    .map(({ ruleId, message, location: { path, startLine, startColumn } }) => ({
      line: `${path}:${String(startLine)}:${String(startColumn)} ${ruleId}`,
      // Which secret of which file signed a token is known when all files are.
      isProof: message.includes(' has signed'),
    }));
  const lint = project.run('eslint', ['--format', 'json', '--output-file', 'lint.json', 'lib']);
  expect(lint.status, lint.stderr).toBe(1);
  const results = project.json('lint.json') as {
    filePath: string;
    messages: { ruleId: string | null; line: number; column: number; message: string; fatal?: true }[];
  }[];
  // An editor's history of one package holds files that no parser takes; nothing is found in them either.
  const broken = results.filter(({ messages }) => messages.some(({ fatal }) => fatal === true));
  expect(broken.length).toBeLessThan(15);
  const reported = results.flatMap(({ filePath, messages }) =>
    messages
      .filter(({ ruleId }) => ruleId !== null)
      .map(({ ruleId, line, column, message }) => ({
        line: `${relative(project.root, filePath).split(sep).join('/')}:${String(line)}:${String(column)} ${ruleId!.replace('jwtlint/', '')}`,
        isElsewhere: message.includes(' It stands in '),
      })),
  );
  expect(results.length).toBeGreaterThan(300);
  expect(own.length).toBeGreaterThan(100);
  expect(own.filter(({ line, isProof }) => !isProof && !reported.some((each) => each.line === line))).toEqual([]);
  // A value in another file is told in the linted one, where it is used.
  expect(reported.filter(({ line, isElsewhere }) => !isElsewhere && !own.some((each) => each.line === line))).toEqual([]);
});
