/** How eslint-doc-generator writes the heads of the rules' pages and the table of the ESLint package (scripts/eslint-docs.js). */
import * as prettier from 'prettier';

/** @type {import('eslint-doc-generator').GenerateOptions} */
export default {
  ruleDocTitleFormat: 'name',
  ruleDocNotices: ['description', 'configs', 'hasSuggestions', 'options'],
  ruleDocSectionInclude: ['Why', 'Bad', 'Instead', 'References'],
  // They hold the rules of `recommended` and `env`, and are told apart on the page.
  ignoreConfig: ['strict', 'all', 'json', 'yaml', 'toml'],
  configEmoji: [['env', '🔐']],
  ruleListColumns: ['name', 'description', 'configsError', 'configsWarn', 'hasSuggestions', 'options'],
  urlRuleDoc: 'https://github.com/jwtlint/jwtlint/blob/main/docs/rules/{name}.md',
  urlConfigs: 'https://github.com/jwtlint/jwtlint/blob/main/docs/eslint.md#configurations',
  postprocess: async (content, path) => prettier.format(content, { ...(await prettier.resolveConfig(path)), parser: 'markdown' }),
};
