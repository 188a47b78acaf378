/**
 * Writes what pages share with something else (`npm run docs`): the tables of rules in README.md and docs/rules/README.md, from
 * what the rules say of themselves; the reference of the configuration, from its schema; what docs/precision.md adds up; and how each library takes its key,
 * which is written once and stands on the page of every rule about keys.
 */
import { readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { rolldown } from 'rolldown';

const START = '<!-- rules: written by npm run docs -->';
const END = '<!-- /rules -->';

/** Where the tables stand, and how a rule's page is reached from there. */
export const PAGES = { 'README.md': 'docs/rules/', 'docs/rules/README.md': '' };

const SUBJECTS = { script: 'scripts', settings: 'settings', text: 'any text', repository: 'the repository' };

/**
 * The page with its table of rules brought up to date.
 *
 * @param {string} page the text of a page that has both marks
 * @param {string} directory of the rules' pages, relative to the page
 * @param {readonly import('../rules/contract.ts').Rule[]} rules
 */
export async function withTable(page, directory, rules) {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) throw new Error(`a page of rules needs the marks ${START} and ${END}`);
  const rows = rules.map((rule) => {
    const subjects = Object.keys(SUBJECTS).flatMap((method) => (rule[method] ? [SUBJECTS[method]] : []));
    return `| [${rule.id}](${directory}${rule.id}.md) | ${rule.severity} | ${subjects.join(', ')} | ${rule.title} |`;
  });
  const table = ['| rule | default | looks at | what it does |', '| --- | --- | --- | --- |', ...rows].join('\n');
  const text = `${page.slice(0, start)}${START}\n\n${table}\n\n${page.slice(end)}`;
  return prettier.format(text, { ...(await prettier.resolveConfig('README.md')), parser: 'markdown' });
}

const REFERENCE_START = '<!-- reference: written by npm run docs -->';
const REFERENCE_END = '<!-- /reference -->';

/** The page on the configuration. */
export const CONFIGURATION_PAGE = 'docs/configuration.md';

/**
 * The page with its reference brought up to date.
 *
 * @param {string} page the text of a page that has both marks
 * @param {object} schema schema.json
 * @param {readonly import('../rules/contract.ts').Rule[]} rules
 */
export async function withReference(page, schema, rules) {
  const start = page.indexOf(REFERENCE_START);
  const end = page.indexOf(REFERENCE_END);
  if (start < 0 || end < start) throw new Error(`the page needs the marks ${REFERENCE_START} and ${REFERENCE_END}`);
  const rows = [];
  const describe = (name, property) => {
    if (property.description) rows.push(`| \`${name}\` | ${typeOf(property)} | ${property.description} |`);
    for (const [key, inner] of Object.entries(property.items?.properties ?? {})) describe(`${name}[].${key}`, inner);
  };
  for (const [name, property] of Object.entries(schema.properties)) describe(name, property);
  const options = rules.flatMap(({ id, options }) =>
    Object.entries(options?.schema.properties ?? {}).map(([name, option]) => {
      const standard = options.defaults[name];
      const shown = standard === undefined ? '' : `\`${JSON.stringify(standard)}\``;
      return `| [${id}](rules/${id}.md) | \`${name}\` | ${typeOf(option)} | ${shown} | ${option.description ?? ''} |`;
    }),
  );
  const text = `${page.slice(0, start)}${REFERENCE_START}

## Every key

| key | type | |
| --- | --- | --- |
${rows.join('\n')}

## Options of rules

| rule | option | type | default | |
| --- | --- | --- | --- | --- |
${options.join('\n')}

${page.slice(end)}`;
  return prettier.format(text, { ...(await prettier.resolveConfig(CONFIGURATION_PAGE)), parser: 'markdown' });
}

const SUMS_START = '<!-- sums: written by npm run docs -->';
const SUMS_END = '<!-- /sums -->';

/** The page on what was judged. */
export const PRECISION_PAGE = 'docs/precision.md';

/**
 * The page with its sums brought up to date: by rule, everything that its other tables say was judged.
 *
 * @param {string} page the text of a page that has both marks
 * @param {readonly import('../rules/contract.ts').Rule[]} rules
 */
export async function withSums(page, rules) {
  const start = page.indexOf(SUMS_START);
  const end = page.indexOf(SUMS_END);
  if (start < 0 || end < start) throw new Error(`the page needs the marks ${SUMS_START} and ${SUMS_END}`);
  const sums = new Map(rules.map(({ id }) => [id, [0, 0, 0, 0]]));
  let columns = [];
  for (const line of (page.slice(0, start) + page.slice(end)).split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    if (cells[1] === 'rule') columns = ['true', 'false', 'unclear', 'mended'].map((name) => cells.indexOf(name));
    const sum = sums.get(/^\[([\w-]+)\]\(/.exec(cells[1] ?? '')?.[1]);
    // A table without false findings need not say how many of them are gone.
    if (sum && columns.slice(0, 3).every((column) => column > 0))
      columns.forEach((column, index) => (sum[index] += Number(cells[column]) || 0));
  }
  const row = (name, level, [right, wrong, unclear, gone]) => {
    const share = (still) => (right + still === 0 ? '–' : (right / (right + still)).toFixed(3));
    const counts = [right + wrong + unclear, right, wrong, unclear, share(wrong), gone, share(wrong - gone)];
    return `| ${[name, level, ...counts].join(' | ')} |`;
  };
  const total = (chosen) => chosen.reduce((all, { id }) => all.map((count, index) => count + sums.get(id)[index]), [0, 0, 0, 0]);
  const rows = [
    ...rules.map(({ id, severity }) => row(`[${id}](rules/${id}.md)`, severity, sums.get(id))),
    row('all whose default is error', '', total(rules.filter(({ severity }) => severity === 'error'))),
    row('all', '', total(rules)),
  ];
  const names = ['rule', 'default', 'judged', 'true', 'false', 'unclear', 'right where clear', 'false ones gone', 'right without them'];
  const head = `| ${names.join(' | ')} |\n|${' --- |'.repeat(names.length)}`;
  const text = `${page.slice(0, start)}${SUMS_START}\n\n${head}\n${rows.join('\n')}\n\n${page.slice(end)}`;
  return prettier.format(text, { ...(await prettier.resolveConfig(PRECISION_PAGE)), parser: 'markdown' });
}

function typeOf({ type, enum: values, items, minimum }) {
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  if (type === 'array') return items?.type === 'object' ? 'list of objects' : 'list of texts';
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'number') return minimum === undefined ? 'number' : `number from ${minimum}`;
  return type === 'boolean' ? '`true`, `false`' : 'object';
}

const KEYS_START = '<!-- keys: of no-hardcoded-secret.md, by npm run docs -->';
const KEYS_END = '<!-- /keys -->';

/** The page on which it is written how each library takes its key. */
const KEYS_PAGE = 'docs/rules/no-hardcoded-secret.md';

/** The pages of rules about keys: those that have the marks. */
export function keyPages() {
  const pages = readdirSync('docs/rules').map((name) => `docs/rules/${name}`);
  return pages.filter((path) => readFileSync(path, 'utf8').includes(KEYS_START));
}

/**
 * The page with what it says of libraries and their keys brought up to date.
 *
 * @param {string} page the text of a page that has both marks
 */
export function withKeys(page) {
  const source = readFileSync(KEYS_PAGE, 'utf8');
  const written = source.slice(source.indexOf(KEYS_START), source.indexOf(KEYS_END));
  const start = page.indexOf(KEYS_START);
  const end = page.indexOf(KEYS_END);
  if (start < 0 || end < start) throw new Error(`the page needs the marks ${KEYS_START} and ${KEYS_END}`);
  return `${page.slice(0, start)}${written}${page.slice(end)}`;
}

async function loadRules() {
  const bundle = await rolldown({ input: 'rules/index.ts', resolve: { extensionAlias: { '.js': ['.ts', '.js'] } } });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  const { RULES } = await import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`);
  return RULES;
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const rules = await loadRules();
  for (const [path, directory] of Object.entries(PAGES)) writeFileSync(path, await withTable(readFileSync(path, 'utf8'), directory, rules));
  const schema = JSON.parse(readFileSync('schema.json', 'utf8'));
  writeFileSync(CONFIGURATION_PAGE, await withReference(readFileSync(CONFIGURATION_PAGE, 'utf8'), schema, rules));
  writeFileSync(PRECISION_PAGE, await withSums(readFileSync(PRECISION_PAGE, 'utf8'), rules));
  for (const path of keyPages()) writeFileSync(path, withKeys(readFileSync(path, 'utf8')));
}
