/**
 * Writes what users of linters find in the documentation, by the plugin itself (`npm run docs`): the head of each rule's page and
 * the table of the ESLint package, by eslint-doc-generator, and the configuration of oxlint. With `--check` it writes nothing, and
 * fails where something would change.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as prettier from 'prettier';
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

const PAGE = 'docs/eslint.md';
const MARKS = ['<!-- oxlint: written by npm run docs -->', '<!-- /oxlint -->'];
const { default: plugin } = await import(pathToFileURL(`${DIRECTORY}/index.js`).href);
const page = readFileSync(PAGE, 'utf8');
const [start, end] = MARKS.map((mark) => page.indexOf(mark));
if (start < 0 || end < start) throw new Error(`${PAGE} needs the marks ${MARKS.join(' and ')}`);
const configuration = JSON.stringify({ jsPlugins: ['jwtlint/eslint'], rules: plugin.configs.recommended.rules }, null, 2);
const written = await prettier.format(`${page.slice(0, start)}${MARKS[0]}\n\n\`\`\`json\n${configuration}\n\`\`\`\n\n${page.slice(end)}`, {
  ...(await prettier.resolveConfig(PAGE)),
  parser: 'markdown',
});
if (!process.argv.includes('--check')) writeFileSync(PAGE, written);
else if (written !== page) {
  console.error(`The configuration of oxlint in ${PAGE} is out of date: npm run docs writes it.`);
  process.exitCode = 1;
}
