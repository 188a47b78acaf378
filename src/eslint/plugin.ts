/**
 * The ESLint plugin: the script rules of jwtlint under the same names, on ESLint's own AST. Also runs in oxlint
 * (`jsPlugins`). The only place that knows ESLint.
 */
import type { ESLint, Linter, Rule as EslintRule } from 'eslint';
import type { Place, Preset, Rule } from '../../rules/contract.js';
import { RULES } from '../../rules/index.js';
import type { RuleFinding } from '../analyse.js';
import { decide, severityOf } from '../policy.js';
import { VERSION } from '../version.js';
import { lintedFile, onePerPlace } from './linted-file.js';
import { dotenvLanguage, textLanguage } from './text-language.js';

export type { PluginSettings } from './linted-file.js';

/** Rules that say something about code that a linter is given, or about keys and tokens in its text. */
const scriptRules = RULES.filter((rule) => rule.script ?? rule.text);

/** Rules that say something about settings: env files, JSON, YAML, TOML. */
const settingsRules = RULES.filter((rule) => rule.settings ?? rule.text);

const linterRules = RULES.filter((rule) => rule.script ?? rule.settings ?? rule.text);

/** Where in the linted file a finding is reported: at the value, else at the first step of its way here, else at its use. */
function placeHere(finding: RuleFinding, path: string): Place | undefined {
  const places = [finding.anchor, ...(finding.steps ?? []).map((step) => step.place), ...(finding.use ? [finding.use] : [])];
  return places.find((place) => place.path === path);
}

/** A suggestion as ESLint offers it. Nothing is changed by `--fix`: these changes decide who can log in. */
function suggestionsOf(finding: RuleFinding): EslintRule.SuggestionReportDescriptor[] {
  const suggestion = finding.suggest?.();
  if (!suggestion || suggestion.edits.length === 0) return [];
  return [
    {
      desc: `${suggestion.title}.`,
      fix: (fixer) => suggestion.edits.map(({ start, end, text }) => fixer.replaceTextRange([start, end], text)),
    },
  ];
}

function toEslint(rule: Rule): EslintRule.RuleModule {
  // Who names a rule that is off by default wants it.
  const configured = rule.severity === 'off' ? 'warning' : undefined;
  const messages = Object.fromEntries(
    Object.entries(rule.messages).map(([id, message]) => [id, `${message.what}{{elsewhere}} ${message.fix}`]),
  );
  return {
    meta: {
      type: 'problem',
      docs: {
        description: rule.title,
        url: `https://github.com/jwtlint/jwtlint/blob/main/docs/rules/${rule.id}.md`,
        recommended: scriptRules.includes(rule) && rule.severity !== 'off',
      },
      ...(rule.suggests ? { hasSuggestions: true } : {}),
      schema: rule.options ? [rule.options.schema] : [],
      ...(rule.options ? { defaultOptions: [rule.options.defaults] } : {}),
      messages,
      // Whatever the language, there is text to look at.
      languages: ['*'],
    },
    create(context) {
      const file = lintedFile(context);
      // Most files concern no rule, and a linter that has nothing to call is quicker than one that calls in vain.
      if (!file.concerns(rule)) return {};
      const check = (): void => {
        const { preset = 'recommended', info = false } = file.settings;
        const decided = file.findingsOf(rule, context.options[0] as object | undefined).flatMap((finding) => {
          const decision = decide(rule, finding, configured, file.contextAt(finding.anchor.path), preset);
          return decision ? [{ finding, level: decision.level }] : [];
        });
        const distinct = onePerPlace(decided);
        const accepted = file.accepted(distinct);
        for (const told of distinct) {
          const { finding, level } = told;
          if ((level === 'info' && !info) || accepted.has(told)) continue;
          const place = placeHere(finding, file.path);
          if (!place) continue;
          const isHere = finding.anchor.path === file.path;
          context.report({
            loc: { start: context.sourceCode.getLocFromIndex(place.start), end: context.sourceCode.getLocFromIndex(place.end) },
            messageId: finding.message,
            data: { ...finding.data, elsewhere: isHere ? '' : ` It stands in ${finding.anchor.path}.` } as Record<string, string>,
            suggest: isHere ? suggestionsOf(finding) : [],
          });
        }
      };
      // The root is called so by parsers of code, YAML and TOML, and by those of JSON and our own.
      return { Program: check, Document: check };
    },
  };
}

const rules: Record<string, EslintRule.RuleModule> = Object.fromEntries(linterRules.map((rule) => [rule.id, toEslint(rule)]));

const plugin = {
  meta: { name: 'jwtlint', version: VERSION, namespace: 'jwtlint' },
  rules,
  languages: { dotenv: dotenvLanguage, text: textLanguage },
  configs: {} as Record<Preset | SettingsConfig, Linter.Config>,
};

/** Configurations for settings, each for the files of one format. */
type SettingsConfig = 'env' | 'json' | 'yaml' | 'toml';

const FILES: Readonly<Record<SettingsConfig, readonly string[]>> = {
  env: ['**/.env', '**/.env.*', '**/*.env', '**/.dev.vars', '**/.dev.vars.*'],
  json: ['**/*.json', '**/*.jsonc'],
  yaml: ['**/*.yaml', '**/*.yml'],
  toml: ['**/*.toml'],
};

/** The configuration that a preset is: which rules, and by the setting how sure a finding must be. */
function configOf(preset: Preset): Linter.Config {
  const severities = scriptRules.map((rule) => [`jwtlint/${rule.id}`, severityOf(rule, undefined, preset)] as const);
  return {
    name: `jwtlint/${preset}`,
    plugins: { jwtlint: plugin as unknown as ESLint.Plugin },
    settings: { jwtlint: { preset } },
    rules: Object.fromEntries(
      severities.flatMap(([id, severity]) => (severity === 'off' ? [] : [[id, severity === 'error' ? 'error' : 'warn']])),
    ),
  };
}

/**
 * Settings rules for the files of one format, which our own reader reads. Where another plugin parses these files already
 * (`@eslint/json`, `eslint-plugin-yml`, `eslint-plugin-toml`), its language stays, and the rules go beside its own.
 */
function configOfSettings(name: SettingsConfig): Linter.Config {
  const severities = settingsRules.flatMap((rule) => {
    const severity = severityOf(rule, undefined, 'recommended');
    return severity === 'off' ? [] : [[`jwtlint/${rule.id}`, severity === 'error' ? 'error' : 'warn'] as const];
  });
  return {
    name: `jwtlint/${name}`,
    files: [...FILES[name]],
    plugins: { jwtlint: plugin as unknown as ESLint.Plugin },
    language: name === 'env' ? 'jwtlint/dotenv' : 'jwtlint/text',
    rules: Object.fromEntries(severities),
  };
}

for (const name of Object.keys(FILES) as SettingsConfig[]) plugin.configs[name] = configOfSettings(name);
plugin.configs.recommended = configOf('recommended');
plugin.configs.strict = configOf('strict');
plugin.configs.all = configOf('all');

export default plugin;
export { plugin as 'module.exports' };
