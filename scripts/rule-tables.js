/** Writes the tables of rules into README.md and docs/rules/README.md, from what the rules say of themselves (`npm run docs`). */
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
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
}
