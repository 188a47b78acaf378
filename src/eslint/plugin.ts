/**
 * The ESLint plugin: the script rules of jwtlint under the same names, on ESLint's own AST. Also runs in oxlint
 * (`jsPlugins`). The only place that knows ESLint.
 */
import { relative, sep } from 'node:path';
import type { ESLint, Linter, Rule as EslintRule, SourceCode } from 'eslint';
import type { TSESTree } from '@typescript-eslint/types';
import type { Place, Preset, Rule, Script, Settings, Subject, Text, Vocabulary } from '../../rules/contract.js';
import { importsTestRunner } from '../../rules/facts/test-runners.js';
import { RULES } from '../../rules/index.js';
import { analyse, type RuleFinding } from '../analyse.js';
import { acceptedAtOnce } from '../baseline.js';
import { createCrypto } from '../crypto.js';
import { contextOf, decide, severityOf, type Context } from '../policy.js';
import { readSettingsAtOnce } from '../readers/settings/at-once.js';
import { VERSION } from '../version.js';
import { DiskWorld } from './disk.js';
import { dotenvLanguage, textLanguage } from './text-language.js';

/** `settings.jwtlint` of an ESLint configuration. */
export interface PluginSettings {
  /** Read imported files to follow their constants; on by default. */
  readonly followImports?: boolean;
  /** How sure a finding must be; `recommended` by default: certain or likely. */
  readonly preset?: Preset;
  /** Report findings of level info too. */
  readonly info?: boolean;
  readonly sinks?: Vocabulary['sinks'];
  readonly secretNames?: Vocabulary['secretNames'];
  readonly secretSources?: Vocabulary['secretSources'];
}

const crypto = createCrypto();
const worlds = new Map<string, { readonly settings: string; readonly world: DiskWorld }>();
/** By the tree of a file: oxlint has one SourceCode for all files. */
const analysed = new WeakMap<object, ReadonlyMap<string, readonly RuleFinding[]>>();

/** Rules that say something about code that a linter is given, or about keys and tokens in its text. */
const scriptRules = RULES.filter((rule) => rule.script ?? rule.text);

/** Rules that say something about settings: env files, JSON, YAML, TOML. */
const settingsRules = RULES.filter((rule) => rule.settings ?? rule.text);

const linterRules = RULES.filter((rule) => rule.script ?? rule.settings ?? rule.text);

/** All rules run once per file; each ESLint rule then reports its own findings. */
function findingsOf(context: EslintRule.RuleContext): ReadonlyMap<string, readonly RuleFinding[]> {
  const { ast } = context.sourceCode;
  let found = analysed.get(ast);
  if (!found) {
    const subject = linted(context);
    found = new Map(linterRules.map((rule) => [rule.id, analyseFile(subject, rule, {})] as const));
    analysed.set(ast, found);
  }
  return found;
}

/** The context of the file that a value stands in. */
function contextAt(path: string, context: EslintRule.RuleContext): Context | undefined {
  const { script } = linted(context);
  if (path !== pathOf(context)) return contextOf(path, worlds.get(context.cwd)?.world.isTest(path));
  return contextOf(path, script && importsTestRunner(script));
}

/** What a linter was given: code, or settings. */
type Linted = { readonly script: Script; readonly settings?: undefined } | { readonly settings: Settings; readonly script?: undefined };

/** What one rule finds in a file, and in its text. */
function analyseFile({ script, settings }: Linted, rule: Rule, options: object): readonly RuleFinding[] {
  const enabled = [{ rule, options: { ...rule.options?.defaults, ...options } }];
  const text: Text = { ...(script ?? settings), bytes: NO_BYTES, binary: false };
  return [...(script ? analyse('script', script, enabled) : analyse('settings', settings, enabled)), ...analyse('text', text, enabled)];
}

/** A linter gives text, and rules look at the bytes of binary files only. */
const NO_BYTES = new Uint8Array();

function settingsOf(context: EslintRule.RuleContext): PluginSettings {
  return (context.settings['jwtlint'] as PluginSettings | undefined) ?? {};
}

const subjects = new WeakMap<object, Linted>();

/** The subject that a file is, made once for all rules. */
function linted(context: EslintRule.RuleContext): Linted {
  const { ast } = context.sourceCode;
  let subject = subjects.get(ast);
  if (!subject) subjects.set(ast, (subject = subjectOf(context)));
  return subject;
}

function subjectOf(context: EslintRule.RuleContext): Linted {
  const { sourceCode } = context;
  const settings = settingsOf(context);
  const vocabulary: Vocabulary = {
    sinks: settings.sinks ?? [],
    secretNames: settings.secretNames ?? [],
    secretSources: settings.secretSources ?? [],
  };
  const path = pathOf(context);
  const key = JSON.stringify(vocabulary);
  let world = worlds.get(context.cwd);
  if (world?.settings !== key)
    worlds.set(context.cwd, (world = { settings: key, world: new DiskWorld(context.cwd, { crypto, vocabulary }) }));
  const subject: Subject = {
    path,
    text: sourceCode.text,
    tracking: 'unknown',
    project: world.world.projectOf(path),
    crypto,
    vocabulary,
  };
  const read = readSettingsAtOnce(path, sourceCode.text);
  if (read) {
    const { format, role, entries, comments } = read;
    // Whether git has the file decides only of env files what stands in them.
    const tracking = role === 'env' || role === 'env-example' ? world.world.trackingOf(path) : 'tracked';
    return { settings: { ...subject, tracking, format, role, entries, comments } };
  }
  return {
    script: {
      ...subject,
      ast: scriptsOf(sourceCode),
      visitorKeys: sourceCode.visitorKeys,
      imports: settings.followImports === false ? () => undefined : world.world.imports,
    },
  };
}

const components = new WeakMap<TSESTree.Program, TSESTree.Program>();

/**
 * The scripts of a file. svelte-eslint-parser and astro-eslint-parser put them among the nodes of the markup, which the
 * command line does not read either; vue-eslint-parser gives the scripts alone.
 */
function scriptsOf(sourceCode: SourceCode): TSESTree.Program {
  const ast = sourceCode.ast as unknown as TSESTree.Program;
  const body: readonly { readonly type: string }[] = ast.body;
  if (!body.some(isMarkup)) return ast;
  let scripts = components.get(ast);
  if (!scripts) {
    const statements = body.flatMap((node) =>
      node.type === 'SvelteScriptElement' ? (node as unknown as TSESTree.Program).body : isMarkup(node) ? [] : [node],
    );
    components.set(ast, (scripts = { ...ast, body: statements as TSESTree.ProgramStatement[] }));
  }
  return scripts;
}

function isMarkup(node: { readonly type: string }): boolean {
  return node.type.startsWith('Svelte') || node.type.startsWith('Astro');
}

function pathOf(context: EslintRule.RuleContext): string {
  return relative(context.cwd, context.physicalFilename).split(sep).join('/');
}

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

/** The findings that the baseline of the repository accepts. */
function acceptedOf(findings: readonly RuleFinding[], context: EslintRule.RuleContext): ReadonlySet<RuleFinding> {
  const known = findings.length > 0 ? worlds.get(context.cwd)?.world.baseline() : undefined;
  if (!known) return new Set();
  // As the command line counts them: one for each place, in the order of the places.
  const places = new Map<string, RuleFinding[]>();
  for (const finding of findings) {
    const { path, start, end } = finding.anchor;
    const place = [path, start, end].join('\0');
    places.set(place, [...(places.get(place) ?? []), finding]);
  }
  const all = [...places.values()].sort(([one], [other]) => one!.anchor.start - other!.anchor.start);
  const acceptable = all.map((same) => {
    // Of several uses of one value the most certain one is told.
    const { ruleId, message, symbol, mark, anchor } = same.find(({ confidence }) => confidence === 'certain') ?? same[0]!;
    const reported = { ruleId, isNew: false, location: { path: known.inTree(anchor.path) } };
    return { same, symbol: `${message} ${symbol}`, mark, reported };
  });
  return new Set([...acceptedAtOnce(known.baseline, acceptable, crypto, known.exists)].flatMap(({ same }) => same));
}

function toEslint(rule: Rule): EslintRule.RuleModule {
  const messages = Object.fromEntries(
    Object.entries(rule.messages).map(([id, message]) => [id, `${message.what}{{elsewhere}} ${message.fix}`]),
  );
  return {
    meta: {
      type: 'problem',
      docs: { description: rule.title, url: `https://github.com/jwtlint/jwtlint/blob/main/docs/rules/${rule.id}.md`, recommended: true },
      schema: rule.options ? [rule.options.schema] : [],
      ...(rule.options ? { defaultOptions: [rule.options.defaults] } : {}),
      ...(rule.suggests ? { hasSuggestions: true } : {}),
      messages,
    },
    create(context) {
      const check = (): void => {
        const path = pathOf(context);
        const options = context.options[0] as object | undefined;
        // Who names a rule that is off by default wants it.
        const configured = rule.severity === 'off' ? 'warning' : undefined;
        const found = options ? analyseFile(linted(context), rule, options) : (findingsOf(context).get(rule.id) ?? []);
        const decided = found.flatMap((finding) => {
          const { preset = 'recommended' } = settingsOf(context);
          const decision = decide(rule, finding, configured, contextAt(finding.anchor.path, context), preset);
          return decision ? [{ finding, level: decision.level }] : [];
        });
        const accepted = acceptedOf(
          decided.map(({ finding }) => finding),
          context,
        );
        for (const { finding, level } of decided) {
          if ((level === 'info' && settingsOf(context).info !== true) || accepted.has(finding)) continue;
          const place = placeHere(finding, path);
          if (!place) continue;
          context.report({
            loc: { start: context.sourceCode.getLocFromIndex(place.start), end: context.sourceCode.getLocFromIndex(place.end) },
            messageId: finding.message,
            data: { ...finding.data, elsewhere: finding.anchor.path === path ? '' : ` It stands in ${finding.anchor.path}.` } as Record<
              string,
              string
            >,
            suggest: finding.anchor.path === path ? suggestionsOf(finding) : [],
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
  env: ['**/.env', '**/.env.*', '**/*.env'],
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
