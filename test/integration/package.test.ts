/** The package as a user gets it: packed, and installed into an empty project. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { rolldown, type InputOptions } from 'rolldown';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
// @ts-expect-error -- a script of the build
import { COMPONENT_PARSERS } from '../../scripts/component-parsers.js';
import { EmptyProject } from './empty-project.js';

/** What the package may cost, in bytes. Raised only with a reason in the commit. */
const BUDGET = { tarball: 450_000, unpacked: 1_450_000 };
/** Files of ours that a run of the hook over nothing may load: each costs a look at the disk. */
const MODULES_OF_EMPTY_HOOK = 6;
const MAX_DEPENDENCIES = 8;

interface Manifest {
  readonly version: string;
  readonly type: string;
  readonly exports: Record<string, string | Record<string, string>>;
  readonly scripts?: Record<string, string>;
  readonly dependencies: Record<string, string>;
}

let project: EmptyProject;
let manifest: Manifest;

beforeAll(() => {
  project = new EmptyProject();
  project.install(inject('tarball'));
  manifest = project.json('node_modules/jwtlint/package.json') as Manifest;
});
afterAll(() => project.remove());

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('the binary', () => {
  test('runs', () => {
    expect(project.run('jwtlint', ['--version'])).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  test('finds', () => {
    project.write('sign.js', "import jwt from 'jsonwebtoken';\nexport const t = jwt.sign({}, 'made-up-Tr0ub4dor-and-3');\n");
    const { status, stdout } = project.run('jwtlint', ['sign.js']);
    expect(stdout).toContain('error[no-hardcoded-secret]');
    expect(status).toBe(1);
  });

  test.each([
    // With what only the bundled parsers do not have: character references.
    [
      'sign.vue',
      "<script setup>\nimport jwt from 'jsonwebtoken';\njwt.sign({}, 'made-up-Tr0ub4dor-and-5');\n</script>\n<template><p title=\"&lt;\">&amp;</p></template>\n",
    ],
    [
      'sign.svelte',
      "<p title=\"&lt;\">&amp; &nosuch; &copy{1}</p><script>\nimport jwt from 'jsonwebtoken';\njwt.sign({}, 'made-up-Tr0ub4dor-and-6');\n</script>\n",
    ],
    ['sign.astro', "---\nimport jwt from 'jsonwebtoken';\njwt.sign({}, 'made-up-Tr0ub4dor-and-7');\n---\n<p>&amp;</p>\n"],
  ])('reads the parser that %s needs', (path, text) => {
    project.write(path, text);
    const { status, stdout, stderr } = project.run('jwtlint', [path, '--format', 'github']);
    expect(stdout, stderr).toContain(`file=${path},line=3,endLine=3,col=14,`);
    expect(status).toBe(1);
  });
});

describe('what is installed', () => {
  test('is ESM only: whatever can be imported is a module', async () => {
    expect(manifest.type).toBe('module');
    const conditions = Object.values(manifest.exports).flatMap((target) => (typeof target === 'string' ? [] : Object.keys(target)));
    expect([...new Set(conditions)].sort()).toEqual(['default', 'types']);
    const entries = Object.values(manifest.exports).flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target)));
    expect(entries.filter((file) => /\.c[jt]s$/.test(file))).toEqual([]);
    const main = (await import(pathToFileURL(project.path('node_modules/jwtlint/dist/index.js')).href)) as { main?: unknown };
    expect(main.main).toBeTypeOf('function');
  });

  test('has types that a strict program compiles with', () => {
    project.write(
      'program.ts',
      [
        "import { main, type Io, type Report } from 'jwtlint';",
        'export const run = (io: Io): Promise<number> => main(io);',
        'export const files = (report: Report): number => report.findings.length;',
        '// @ts-expect-error -- no `any` has come through',
        'export const wrong = (report: Report): string => report.findings;',
      ].join('\n'),
    );
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    const roots = ['--typeRoots', resolve('node_modules/@types')];
    const tsc = [resolve('node_modules/typescript/bin/tsc'), ...options, ...roots, 'program.ts'];
    const { status, stdout } = spawnSync(process.execPath, tsc, { cwd: project.root, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  test('runs no script when it is installed', () => {
    expect(Object.keys(manifest.scripts ?? {}).filter((name) => /^(?:pre|post)?(?:un)?install$/.test(name))).toEqual([]);
    const { packages } = project.json('package-lock.json') as { packages: Record<string, { hasInstallScript?: boolean }> };
    expect(packages['node_modules/jwtlint']).toBeDefined();
    expect(Object.entries(packages).flatMap(([name, { hasInstallScript }]) => (hasInstallScript ? [name] : []))).toEqual([]);
  });

  test(`has at most ${String(MAX_DEPENDENCIES)} dependencies`, () => {
    expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(MAX_DEPENDENCIES);
  });

  test('stays within its budget of bytes', () => {
    const installed = filesBelow(project.path('node_modules/jwtlint')).filter((file) => !file.includes('code-cache'));
    const unpacked = installed.reduce((sum, file) => sum + statSync(file).size, 0);
    const sizes = { tarball: statSync(inject('tarball')).size, unpacked };
    expect(sizes.tarball, `tarball of ${String(sizes.tarball)} bytes`).toBeLessThanOrEqual(BUDGET.tarball);
    expect(sizes.unpacked, `${String(sizes.unpacked)} bytes unpacked`).toBeLessThanOrEqual(BUDGET.unpacked);
  });

  test('publint has nothing to say', async () => {
    const { messages, pkg } = await publint({ pkgDir: project.path('node_modules/jwtlint'), strict: true, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('attw has nothing to say', () => {
    const attw = resolve('node_modules/@arethetypeswrong/cli/dist/index.js');
    const args = [attw, inject('tarball'), '--profile', 'esm-only', '--no-color', '--no-emoji', '--exclude-entrypoints', './schema.json'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('OK (ESM)');
  });

  test('names the licence of every package that is bundled', async () => {
    const notices = readFileSync(project.path('node_modules/jwtlint/THIRD-PARTY-NOTICES.md'), 'utf8');
    const own: InputOptions = {
      input: ['src/program.ts', 'src/index.ts', 'src/eslint/plugin.ts'],
      platform: 'node',
      external: ['oxc-parser', './oxc-parser.cjs', /^node:/],
      resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
      checks: { ineffectiveDynamicImport: false },
    };
    const modules: string[] = [];
    for (const input of [own, COMPONENT_PARSERS as InputOptions]) {
      const bundle = await rolldown(input);
      const { output } = await bundle.generate({ format: 'esm' });
      await bundle.close();
      modules.push(...output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : [])));
    }
    const bundled = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
    expect(bundled.size).toBeGreaterThan(3);
    for (const directory of bundled) {
      const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Record<string, string>;
      expect(notices).toContain(`\n## ${name!} ${version!} (${license!})\n`);
    }
  });
});

describe('the compiled code that a run keeps', () => {
  const directory = (): string => project.path('node_modules/jwtlint/dist/code-cache');
  const keptFiles = (): Map<string, Buffer> => new Map(filesBelow(directory()).map((file) => [file, readFileSync(file)]));
  const scan = (): unknown => {
    project.write('cached.js', "import jwt from 'jsonwebtoken';\nexport const t = jwt.sign({}, 'made-up-Tr0ub4dor-and-4');\n");
    const { status, stdout, stderr } = project.run('jwtlint', ['cached.js', '-f', 'github']);
    return { status, stdout: stdout.replace(/ in \d+ ms/, ''), stderr: stderr.replace(/ in \d+ ms/, '') };
  };

  test('is made by the first run, used by the next, and answers the same', () => {
    rmSync(directory(), { recursive: true, force: true });
    const first = scan();
    const kept = keptFiles();
    expect(kept.size).toBeGreaterThan(3);
    expect(scan()).toEqual(first);
    expect(keptFiles()).toEqual(kept);
  });

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['empty', () => Buffer.alloc(0)],
    ['of another kind', () => Buffer.from('no code at all')],
    ['damaged', (bytes: Buffer) => Buffer.from(bytes).fill(0xa5, bytes.length >> 1, (bytes.length >> 1) + 64)],
  ])('is made again when it is %s', (_, spoil) => {
    const first = scan();
    for (const [file, bytes] of keptFiles()) writeFileSync(file, spoil(bytes));
    expect(scan()).toEqual(first);
    expect(scan()).toEqual(first);
  });

  test('is not needed: where nothing can be written, nothing is said', () => {
    rmSync(directory(), { recursive: true, force: true });
    writeFileSync(directory(), 'a file where the directory would be');
    expect(scan()).toMatchObject({ status: 1, stderr: '' });
    rmSync(directory());
  });

  test('is not packed', () => {
    scan();
    const listed = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: project.path('node_modules/jwtlint'),
      encoding: 'utf8',
    });
    expect(listed.stdout).toContain('dist/bin.cjs');
    expect(listed.stdout).not.toContain('code-cache');
  });
});

/** Files of the package that a run loads, by V8's own record. */
function loadedBy(args: readonly string[]): string[] {
  const coverage = project.path('coverage');
  expect(project.run('jwtlint', args, { NODE_V8_COVERAGE: coverage })).toMatchObject({ status: 0, stdout: '', stderr: '' });
  const own = pathToFileURL(project.path('node_modules')).href;
  return readdirSync(coverage).flatMap((name) => {
    const { result } = project.json(`coverage/${name}`) as { result: { url: string }[] };
    return result.map(({ url }) => url).filter((url) => url.startsWith(own));
  });
}

test(`the hook loads at most ${String(MODULES_OF_EMPTY_HOOK)} files when nothing is staged, and no parser`, () => {
  execFileSync('git', ['init', '--quiet', '--template='], { cwd: project.root });
  const loaded = loadedBy(['--staged']);
  expect(loaded.some((url) => url.endsWith('/dist/bin.cjs'))).toBe(true);
  expect(loaded.length, loaded.join('\n')).toBeLessThanOrEqual(MODULES_OF_EMPTY_HOOK);
  expect(loaded.filter((url) => !url.includes('/jwtlint/dist/'))).toEqual([]);
});
