/** A file that a linter was given, as the subject of rules. What it is made of is made when it is asked for: most files need nothing. */
import { relative, sep } from 'node:path';
import type { Rule as EslintRule, SourceCode } from 'eslint';
import type { TSESTree } from '@typescript-eslint/types';
import type { Level, Preset, Rule, Script, Settings, Subject, Vocabulary } from '../../rules/contract.js';
import { importsTestRunner } from '../../rules/facts/test-runners.js';
import { analyse, type RuleFinding } from '../analyse.js';
import { acceptedAtOnce } from '../baseline.js';
import { createCrypto } from '../crypto.js';
import { contextOf, type Context } from '../policy.js';
import { componentFormat, scriptLanguage } from '../readers/script.js';
import { readSettingsAtOnce } from '../readers/settings/at-once.js';
import { settingsFormat } from '../readers/settings/index.js';
import { createTrigger, type Interest, type Trigger } from '../trigger.js';
import { DiskWorld } from './disk.js';
import { withRanges } from './ranges.js';

/** `settings.jwtlint` of an ESLint configuration. */
export interface PluginSettings {
  /** Read imported files to follow their constants; by default on in ESLint, and off in oxlint. */
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

/** A linter gives text, and rules look at the bytes of binary files only. */
const NO_BYTES = new Uint8Array();

/** What the files of one directory and one vocabulary have in common. */
interface Surroundings {
  readonly vocabulary: Vocabulary;
  readonly disk: DiskWorld;
  readonly trigger: Trigger;
  /** For rules that are off by default: whoever asks for one wants it. */
  readonly triggerOnDemand: Trigger;
}

const surroundings = new Map<string, { readonly key: string; readonly made: Surroundings }>();

function surroundingsOf(cwd: string, settings: PluginSettings): Surroundings {
  const { sinks = [], secretNames = [], secretSources = [] } = settings;
  const vocabulary: Vocabulary = { sinks, secretNames, secretSources };
  const key = JSON.stringify(vocabulary);
  const present = surroundings.get(cwd);
  if (present?.key === key) return present.made;
  const made = {
    vocabulary,
    disk: new DiskWorld(cwd, { crypto, vocabulary }),
    trigger: createTrigger(vocabulary),
    triggerOnDemand: createTrigger(vocabulary, () => true),
  };
  surroundings.set(cwd, { key, made });
  return made;
}

/** A finding, and how loud it is. */
export interface ToldFinding {
  readonly finding: RuleFinding;
  readonly level: Level;
}

const LOUDNESS: Readonly<Record<Level, number>> = { info: 0, warning: 1, error: 2 };

/** One finding of a rule for each place, as the command line tells them: of several uses of one value the most certain one. */
export function onePerPlace(all: readonly ToldFinding[]): ToldFinding[] {
  const places = new Map<string, ToldFinding>();
  for (const told of all) {
    const { path, start, end } = told.finding.anchor;
    const place = [path, start, end].join('\0');
    const present = places.get(place);
    const surer = present?.finding.confidence !== 'certain' && told.finding.confidence === 'certain';
    const { finding, level } = !present || surer || LOUDNESS[told.level] > LOUDNESS[present.level] ? told : present;
    // What mends one of them mends all.
    const former = present?.finding;
    places.set(place, { level, finding: { ...finding, suggest: () => told.finding.suggest?.() ?? former?.suggest?.() } });
  }
  return [...places.values()];
}

/** By the tree of a file: oxlint has one SourceCode for all files. */
const files = new WeakMap<object, LintedFile>();

/** The file that a rule is to check, made once for all rules. */
export function lintedFile(context: EslintRule.RuleContext): LintedFile {
  const { ast } = context.sourceCode;
  let file = files.get(ast);
  if (!file) files.set(ast, (file = new LintedFile(context)));
  return file;
}

export class LintedFile {
  readonly settings: PluginSettings;
  /** From the directory in which the linter runs. Of a virtual file, that of the file that holds it. */
  readonly path: string;
  readonly #sourceCode: SourceCode;
  readonly #around: Surroundings;
  readonly #followsImports: boolean;
  readonly #interests = new Map<Trigger, Interest>();
  #common: Subject | undefined;
  #script: Script | undefined;
  #entries: Settings | undefined;

  constructor({ sourceCode, cwd, physicalFilename, settings, languageOptions }: EslintRule.RuleContext) {
    this.#sourceCode = sourceCode;
    this.settings = (settings['jwtlint'] as PluginSettings | undefined) ?? {};
    this.path = relative(cwd, physicalFilename).split(sep).join('/');
    this.#around = surroundingsOf(cwd, this.settings);
    const parser = languageOptions['parser'] as { name?: unknown } | undefined;
    this.#followsImports = this.settings.followImports ?? parser?.name !== 'oxlint';
  }

  /** Whether there is anything for a rule to look at, by a search over the text. */
  concerns(rule: Rule): boolean {
    const { script, settings, text } = this.#interestOf(rule);
    return (rule.script !== undefined && script) || (rule.settings !== undefined && settings) || (rule.text !== undefined && text);
  }

  /** What one rule finds in it. */
  findingsOf(rule: Rule, options: object = {}): readonly RuleFinding[] {
    const interest = this.#interestOf(rule);
    const enabled = [{ rule, options: { ...rule.options?.defaults, ...options } }];
    const found: RuleFinding[] = [];
    if (rule.script && interest.script && this.#isScript) found.push(...analyse('script', this.#asScript(), enabled));
    if (rule.settings && interest.settings) {
      const settings = this.#asSettings();
      if (settings) found.push(...analyse('settings', settings, enabled));
    }
    if (rule.text && interest.text) found.push(...analyse('text', { ...this.#subject(), bytes: NO_BYTES, binary: false }, enabled));
    return found;
  }

  /** The context of a file in which a value stands: of this one, or of one that it imports. */
  contextAt(path: string): Context | undefined {
    if (path !== this.path) return contextOf(path, this.#around.disk.isTest(path));
    return contextOf(path, this.#isScript && importsTestRunner({ ast: this.#program }));
  }

  /** Which of its findings the baseline of the repository accepts. */
  accepted<Told extends ToldFinding>(all: readonly Told[]): ReadonlySet<Told> {
    const known = all.length > 0 ? this.#around.disk.baseline() : undefined;
    if (!known) return new Set();
    const acceptable = [...all]
      .sort((one, other) => one.finding.anchor.start - other.finding.anchor.start)
      .map((told) => {
        const { ruleId, message, symbol, mark, anchor } = told.finding;
        const reported = { ruleId, isNew: false, location: { path: known.inTree(anchor.path) } };
        return { told, symbol: `${message} ${symbol}`, mark, reported };
      });
    return new Set([...acceptedAtOnce(known.baseline, acceptable, crypto, known.exists)].map(({ told }) => told));
  }

  get #program(): TSESTree.Program {
    return this.#sourceCode.ast as unknown as TSESTree.Program;
  }

  /** Code: not settings, whatever parser has read them, and not a tree of another language. */
  get #isScript(): boolean {
    const { type, body } = this.#program as { type: string; body: unknown };
    return type === 'Program' && Array.isArray(body) && settingsFormat(this.path) === undefined;
  }

  #interestOf(rule: Rule): Interest {
    const { trigger, triggerOnDemand } = this.#around;
    if (rule.severity === 'off') return this.#interest(triggerOnDemand);
    // Which looks for more: where it has found nothing there is nothing.
    const known = this.#interests.get(triggerOnDemand);
    return known && !known.script && !known.settings && !known.text ? known : this.#interest(trigger);
  }

  #interest(trigger: Trigger): Interest {
    let interest = this.#interests.get(trigger);
    if (!interest) {
      const { text } = this.#sourceCode;
      // What a linter parses as code is code, whatever its name: a block of a document, say.
      const isNamedSo = !this.#isScript || (scriptLanguage(this.path) ?? componentFormat(this.path)) !== undefined;
      const content = { text, bytes: Buffer.from(text), binary: false, encoding: 'utf-8' } as const;
      interest = trigger.interest(isNamedSo ? this.path : `${this.path}.js`, content);
      this.#interests.set(trigger, interest);
    }
    return interest;
  }

  #subject(): Subject {
    const { disk, vocabulary } = this.#around;
    return (this.#common ??= {
      path: this.path,
      text: this.#sourceCode.text,
      tracking: 'unknown',
      project: disk.projectOf(this.path),
      crypto,
      vocabulary,
    });
  }

  #asScript(): Script {
    return (this.#script ??= {
      ...this.#subject(),
      ast: scriptsOf(withRanges(this.#sourceCode)),
      visitorKeys: this.#sourceCode.visitorKeys,
      ...(this.#followsImports ? { imports: this.#around.disk.imports } : { imports: () => undefined, followsImports: false }),
    });
  }

  #asSettings(): Settings | undefined {
    if (this.#entries) return this.#entries;
    const read = readSettingsAtOnce(this.path, this.#sourceCode.text);
    if (!read) return undefined;
    const { format, role, entries, comments } = read;
    // Whether git has the file decides only of env files what stands in them.
    const tracking = role === 'env' || role === 'env-example' ? this.#around.disk.trackingOf(this.path) : 'tracked';
    return (this.#entries = { ...this.#subject(), tracking, format, role, entries, comments });
  }
}

/**
 * The scripts of a file. svelte-eslint-parser and astro-eslint-parser put them among the nodes of the markup, which the
 * command line does not read either; vue-eslint-parser gives the scripts alone.
 */
function scriptsOf(ast: TSESTree.Program): TSESTree.Program {
  const body: readonly { readonly type: string }[] = ast.body;
  if (!body.some(isMarkup)) return ast;
  const statements = body.flatMap((node) =>
    node.type === 'SvelteScriptElement' ? (node as unknown as TSESTree.Program).body : isMarkup(node) ? [] : [node],
  );
  return { ...ast, body: statements as TSESTree.ProgramStatement[] };
}

function isMarkup(node: { readonly type: string }): boolean {
  return node.type.startsWith('Svelte') || node.type.startsWith('Astro');
}
