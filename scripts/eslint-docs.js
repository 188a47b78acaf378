/**
 * Writes what ESLint's users expect on the pages of rules, by eslint-doc-generator and the plugin itself: the head of each page
 * and the table of the ESLint package (`npm run docs`). With `--check` it writes nothing, and fails where something would change.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';

/** The generator loads a plugin by its directory. This one stands where packages are found from, and where nothing is kept. */
const DIRECTORY = resolve('node_modules/.cache/jwtlint-docs');

mkdirSync(DIRECTORY, { recursive: true });
writeFileSync(`${DIRECTORY}/package.json`, JSON.stringify({ name: 'eslint-plugin-jwtlint', type: 'module', exports: './index.js' }));
const bundle = await rolldown({
  input: 'src/eslint/plugin.ts',
  external: ['oxc-parser', './oxc-parser.cjs', /^node:/],
  platform: 'node',
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  checks: { ineffectiveDynamicImport: false },
});
await bundle.write({ format: 'esm', file: `${DIRECTORY}/index.js`, codeSplitting: false });
await bundle.close();

const from = (path) => relative(DIRECTORY, path);
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/eslint-doc-generator/dist/bin/eslint-doc-generator.js',
    relative('.', DIRECTORY),
    ...['--path-rule-doc', from('docs/rules/{name}.md'), '--path-rule-list', from('packages/eslint-plugin-jwtlint/README.md')],
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
