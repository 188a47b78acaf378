/**
 * Files -> findings with positions. Makes the subjects of each file, runs the rules over them, follows imports level by
 * level, applies policy and directives, and keeps nothing of a file but what is reported.
 */
import type {
  CryptoPort,
  FileFacts,
  Neighbours,
  Place,
  Rule,
  Script,
  SettingsFormat,
  Span,
  Step,
  Suggestion,
  Tracking,
  Vocabulary,
} from '../rules/contract.js';
import { originsOf } from '../rules/facts/origins.js';
import { variablesOfScripts, variablesOfSettings } from '../rules/facts/environment-names.js';
import { variablesCheckedAtStart } from '../rules/facts/environment-checks.js';
import { settledAlgorithmsOf } from '../rules/facts/settled-algorithms.js';
import { keyVariablesOf } from '../rules/facts/key-variables.js';
import { keyReadsOf, pairOf } from '../rules/facts/key-misfits.js';
import { holdsPrivateKey } from '../rules/facts/keys.js';
import { environmentSecrets } from '../rules/facts/settings.js';
import { signingOf } from '../rules/facts/token-ends.js';
import { importsTestRunner } from '../rules/facts/test-runners.js';
import { keysOfScripts, keysOfSettings, tokensToProve } from '../rules/facts/token-proofs.js';
import { analyse, type EnabledRule, type RuleFinding } from './analyse.js';
import type { PathSettings } from './config.js';
import { contextFor, decide, severityOf } from './policy.js';
import { Lines } from './positions.js';
import { Projects, type Read } from './project.js';
import { parseGuarded } from './readers/guarded-parse.js';
import { componentFormat, parseScript, scriptLanguage, type ParsedScript } from './readers/script.js';
import { readSettings, settingsFormat } from './readers/settings/index.js';
import { frameMaker } from './redact.js';
import type { Frame, Notice, ReportedFinding, ReportedStep } from './report.js';
import { IMPORT_DEPTH, Modules } from './resolve.js';
import { DIRECTIVE_RULE, directiveKey, directivesIn, fingerprints, plainComments, type Directive } from './settle.js';
import type { Job, SearchedOnly } from './triage.js';

/** Everything that one scan has in common. */
export interface Scan {
  readonly rules: readonly Rule[];
  readonly crypto: CryptoPort;
  readonly vocabulary: Vocabulary;
  settingsOf(path: string): PathSettings;
  /** Whether all files of a repository are scanned, so that what they leave behind can be compared. */
  readonly whole: boolean;
  /** False where nobody compares what files leave behind, so that their facts need not be found. */
  readonly facts: boolean;
  /** Whether findings come with the change that mends them. */
  readonly suggestions: boolean;
  /** What such a change may need of other scripts; absent where only one file can be changed. */
  neighboursOf?(path: string): Neighbours;
}

/** What came out of one file. */
export interface FileResult {
  readonly path: string;
  readonly findings: readonly SettledFinding[];
  readonly notices: readonly Notice[];
  readonly facts: FileFacts;
  /** For findings of repository rules at places of the facts. */
  readonly pointed?: { readonly lines: Lines; readonly directives: readonly Directive[] };
  /** Why a script or settings file was searched as text only. */
  readonly searchedOnly?: SearchedOnly;
  /** Findings that a directive silenced. */
  readonly suppressed: number;
  /** The file's own directives. `faulty` ones can silence nothing; the others are reported when nobody used them. */
  readonly directives: readonly { readonly key: string; readonly faulty: boolean; readonly finding: SettledFinding }[];
  /** Another file may import what stands here, so that a directive here may be for a finding there. */
  readonly shared: boolean;
  /** Directives, of this or an imported file, that silenced one of this file's findings. */
  readonly usedDirectives: readonly string[];
}

/** A finding ready for reports, with what compares it to another state of the file. */
export interface SettledFinding {
  readonly reported: ReportedFinding;
  readonly internal: string;
  /** What the finding is about, without its place: message and symbol. Empty for what no baseline may accept. */
  readonly symbol: string;
  /** The mark of a value that stands in the text; undefined when it is about a call. */
  readonly mark: string | undefined;
  /** The change that mends it, when it was asked for and there is one. */
  readonly suggestion?: Suggestion;
  /** As of a finding of a rule. */
  readonly unlessChecked?: string;
}

/** Formats in which every line is a key and its value, so that the keys can be shown. Of the others little is. */
const KEYS_AND_VALUES: ReadonlySet<SettingsFormat> = new Set(['dotenv', 'json', 'yaml', 'toml', 'properties', 'ini']);

/** Analyses the files of one state of a repository. */
export class Inspection {
  readonly projects: Projects;
  readonly #modules: Modules;

  /**
   * @param read look-ups in that state
   * @param projects what is known of its projects already
   */
  constructor(
    private readonly scan: Scan,
    read: Read,
    manifests: () => Promise<readonly string[]>,
    projects = new Projects(read),
  ) {
    this.projects = projects;
    this.#modules = new Modules(read, this.projects, scan, manifests);
  }

  /** Analyses triaged files. Those of one call share round trips for their look-ups. */
  async run(jobs: readonly Job[]): Promise<FileResult[]> {
    await this.projects.load(jobs.map((job) => job.file.path));
    for (const job of jobs) await this.#read(job);
    let waiting = jobs.filter((job) => job.scripts.length > 0);
    for (let level = 0; waiting.length > 0; level++) {
      const open: {
        readonly job: Job;
        readonly scripts: readonly Script[];
        readonly found: RuleFinding[];
        readonly asked: readonly string[];
      }[] = [];
      for (const job of waiting) {
        const scripts = job.scripts.map((parsed) => this.#script(job, parsed));
        this.#modules.takeAsked();
        const found = scripts.flatMap((script) => analyse('script', script, this.#enabled(job.file.path)));
        const asked = level < IMPORT_DEPTH ? this.#modules.takeAsked() : [];
        if (asked.length === 0) this.#finish(job, scripts, found);
        else open.push({ job, scripts, found, asked });
      }
      if (open.length > 0) await this.#modules.load();
      waiting = [];
      for (const { job, scripts, found, asked } of open) {
        // What rules asked for and what is not there changes nothing.
        if (this.#modules.hasAny(asked)) waiting.push(job);
        else this.#finish(job, scripts, found);
      }
    }
    return jobs.map((job) => this.#settle(job));
  }

  #finish(job: Job, scripts: readonly Script[], found: readonly RuleFinding[]): void {
    job.findings.push(...found);
    if (this.scan.facts) this.#findFacts(job, scripts);
    if (scripts.some((script) => originsOf(script).exhausted)) {
      job.notices.push({ path: job.file.path, text: 'too much to follow: values were traced only as far as the step budget goes' });
    }
  }

  #findFacts(job: Job, scripts: readonly Script[]): void {
    job.usedVariables = keyVariablesOf(scripts);
    const variables = variablesOfScripts(scripts);
    const checks = [...((variables && variablesCheckedAtStart(scripts)) ?? []), ...settledAlgorithmsOf(scripts)];
    if (checks.length > 0) job.checks = checks;
    if (this.scan.whole) {
      job.variables = variables;
      job.signing = signingOf(scripts);
    }
    job.keys = keysOfScripts(scripts);
    job.keyReads = keyReadsOf(scripts);
  }

  #enabled(path: string): EnabledRule[] {
    const settings = this.scan.settingsOf(path);
    return this.scan.rules
      .filter((rule) => severityOf(rule, settings.severity(rule.id), settings.preset) !== 'off')
      .map((rule) => ({ rule, options: { ...rule.options?.defaults, ...settings.options(rule.id) } }));
  }

  #subject(job: Job): {
    path: string;
    text: string;
    tracking: Tracking;
    project: Script['project'];
    crypto: CryptoPort;
    vocabulary: Vocabulary;
  } {
    return {
      path: job.file.path,
      text: job.text,
      tracking: job.file.tracking,
      project: this.projects.of(job.file.path),
      crypto: this.scan.crypto,
      vocabulary: this.scan.vocabulary,
    };
  }

  #script(job: Job, { ast, visitorKeys }: ParsedScript): Script {
    return { ...this.#subject(job), ast, visitorKeys, ...this.#surroundings(job.file.path), comparesChecks: true };
  }

  /** Makes the subjects of a file that need no other file, and runs their rules. */
  async #read(job: Job): Promise<void> {
    const { path, bytes } = job.file;
    const rules = this.#enabled(path);
    if (job.interest.text) {
      const text = { ...this.#subject(job), bytes, binary: job.binary };
      job.findings.push(...analyse('text', text, rules));
      if (!job.binary && this.scan.facts) {
        job.tokens = tokensToProve(text);
        job.pair = pairOf(text);
      }
      job.holdsKey = job.file.tracking === 'ignored' && holdsPrivateKey(text);
    }
    if (job.binary) {
      if (settingsFormat(path) ?? scriptLanguage(path) ?? componentFormat(path)) job.searchedOnly = 'binary';
      return;
    }
    if (job.interest.settings) {
      if (settingsFormat(path)) {
        const content = await readSettings(path, job.text);
        if (content.failed !== undefined) job.notices.push({ path, text: content.failed });
        job.comments = content.comments;
        job.kind = KEYS_AND_VALUES.has(content.format) ? 'settings' : 'text';
        const { format, role, entries, comments } = content;
        const { keyVariables } = job;
        const settings = { ...this.#subject(job), format, role, entries, comments, ...(keyVariables ? { keyVariables } : {}) };
        job.findings.push(...analyse('settings', settings, rules));
        if (!this.scan.facts) return;
        job.secrets = environmentSecrets(settings);
        // What prose and requests name is given to no program.
        if (this.scan.whole && format !== 'markdown' && format !== 'http') job.variables = variablesOfSettings(settings);
        job.keys = keysOfSettings(settings);
        return;
      }
    }
    if (job.interest.script || this.#mayBeTest(job)) {
      const format = componentFormat(path);
      if (format ?? scriptLanguage(path)) {
        if (isMinified(job.text)) {
          job.searchedOnly = 'minified';
          job.comments = plainComments(job.text);
          return;
        }
        if (format) {
          const { parseComponent } = await import('./readers/component.js');
          const component = await parseComponent(path, format, job.text);
          if ('failed' in component) job.notices.push({ path, text: component.failed });
          else {
            job.scripts = component.scripts;
            job.code = component.code;
            job.comments = [...component.scripts.flatMap(({ comments }) => comments), ...htmlComments(component.markup)];
            return;
          }
        } else {
          const parsed = await parseGuarded(path, job.text);
          job.kind = 'script';
          if ('failed' in parsed) job.notices.push({ path, text: parsed.failed });
          else {
            job.scripts = [parsed];
            job.comments = parsed.comments;
            return;
          }
        }
      }
    }
    job.comments = plainComments(job.text);
  }

  /** Whether what was found in the text of a script depends on what the script imports. */
  #mayBeTest({ file: { path }, findings }: Job): boolean {
    return findings.some(({ real }) => real !== true) && contextFor(path, this.scan.settingsOf(path)) === undefined;
  }

  /** The change that mends a finding, in the file where it is anchored. */
  #suggestionFor(finding: RuleFinding, job: Job): Suggestion | undefined {
    const { path } = finding.anchor;
    if (!finding.suggest || path === job.file.path) return finding.suggest?.();
    const text = this.#modules.loaded(path)?.text;
    // What is loaded was parsed before.
    const parsed = text === undefined || scriptLanguage(path) === undefined ? undefined : parseScript(path, text);
    if (text === undefined || !parsed || 'failed' in parsed) return undefined;
    const { ast, visitorKeys } = parsed;
    const file = { ...this.#subject(job), path, text, project: this.projects.of(path) };
    return finding.suggest({ ...file, ast, visitorKeys, ...this.#surroundings(path) });
  }

  #surroundings(path: string): Pick<Script, 'imports' | 'neighbours'> {
    const neighbours = this.scan.neighboursOf?.(path);
    return { imports: this.#modules.imports, ...(neighbours ? { neighbours } : {}) };
  }

  // --- from rule findings to reported ones ---

  #settle(job: Job): FileResult {
    const lines = new Map<string, Lines>();
    const textOf = (path: string): string => (path === job.file.path ? job.text : (this.#modules.loaded(path)?.text ?? ''));
    const linesOf = (path: string): Lines => {
      let found = lines.get(path);
      if (!found) lines.set(path, (found = new Lines(textOf(path))));
      return found;
    };
    const frames = new Map<string, (span: Span, plain?: boolean) => Frame>();
    const frameOf = (place: Place, plain = false): Frame | undefined => {
      const own = place.path === job.file.path;
      // Of a component only the scripts are read as such.
      const code = own && job.code?.charAt(place.start).trim() ? job.code : undefined;
      const text = code ?? textOf(place.path);
      if (text === '') return undefined;
      const key = code === undefined ? place.path : `${place.path}\0code`;
      let make = frames.get(key);
      if (!make) {
        const secrets = job.findings
          .filter((finding) => finding.mark !== undefined && finding.anchor.path === place.path)
          .map((finding) => finding.anchor);
        frames.set(key, (make = frameMaker(text, secrets, own && code === undefined ? job.kind : 'script')));
      }
      return make(place, plain);
    };
    const step = (each: Step): ReportedStep => {
      const frame = frameOf(each.place);
      return { location: linesOf(each.place.path).location(each.place), label: each.label, ...(frame ? { frame } : {}) };
    };

    const directives = new Map<string, readonly Directive[]>();
    const directivesOf = (path: string): readonly Directive[] => {
      let found = directives.get(path);
      if (!found) {
        const text = textOf(path);
        const comments = path === job.file.path ? job.comments : (this.#modules.loaded(path)?.comments ?? []);
        directives.set(path, (found = directivesIn(text, comments, (offset) => linesOf(path).lineOf(offset))));
      }
      return found;
    };
    const used = new Set<string>();
    const silenced = (finding: RuleFinding): boolean => {
      for (const place of [finding.anchor, finding.use]) {
        if (!place) continue;
        const line = linesOf(place.path).lineOf(place.start);
        for (const directive of directivesOf(place.path)) {
          if (directive.line !== line || directive.reason === '' || !directive.rules.includes(finding.ruleId)) continue;
          used.add(directiveKey(place.path, directive));
          return true;
        }
      }
      return false;
    };

    const isTest = (path: string): boolean =>
      path === job.file.path ? job.scripts.some(importsTestRunner) : this.#modules.loaded(path)?.summary.isTest === true;
    const marks = fingerprints(job.findings);
    const settled: SettledFinding[] = [];
    let suppressed = 0;
    for (const [index, finding] of job.findings.entries()) {
      const rule = this.scan.rules.find((each) => each.id === finding.ruleId)!;
      const settings = this.scan.settingsOf(finding.anchor.path);
      const context = contextFor(finding.anchor.path, settings, isTest(finding.anchor.path));
      const decision = decide(rule, finding, settings.severity(rule.id), context, settings.preset);
      if (!decision) continue;
      if (silenced(finding)) {
        suppressed++;
        continue;
      }
      const message = rule.messages[finding.message]!;
      // What a rule gives no mark of is no value: a name of an algorithm, a call.
      const anchorFrame = frameOf(finding.anchor, finding.mark === undefined);
      const suggestion = this.scan.suggestions ? this.#suggestionFor(finding, job) : undefined;
      settled.push({
        ...(suggestion ? { suggestion } : {}),
        ...(finding.unlessChecked === undefined ? {} : { unlessChecked: finding.unlessChecked }),
        internal: marks[index]!.internal,
        symbol: `${finding.message} ${finding.symbol}`,
        mark: finding.mark,
        reported: {
          ruleId: finding.ruleId,
          level: decision.level,
          confidence: finding.confidence,
          message: fill(message.what, finding.data),
          fix: fill(message.fix, finding.data),
          location: linesOf(finding.anchor.path).location(finding.anchor),
          ...(anchorFrame ? { frame: anchorFrame } : {}),
          ...(finding.use ? { use: step({ place: finding.use, label: 'used here' }) } : {}),
          steps: (finding.steps ?? []).map(step),
          also: finding.also ?? [],
          fingerprint: marks[index]!.public,
          ...(decision.loweredBy === undefined ? {} : { context: decision.loweredBy }),
          isNew: true,
        },
      });
    }
    const holds = new Set<FileFacts['holds'][number]>(job.holdsKey ? ['private-key'] : []);
    for (const finding of job.findings) {
      if (finding.ruleId === 'no-private-key') {
        if (finding.confidence !== 'possible') holds.add('private-key');
      } else if (finding.mark !== undefined && job.kind === 'settings') holds.add('environment');
    }
    return {
      path: job.file.path,
      findings: settled,
      notices: job.notices,
      facts: {
        path: job.file.path,
        tracking: job.file.tracking,
        holds: [...holds],
        ...(job.secrets ? { secrets: job.secrets } : {}),
        ...(job.variables ? { variables: job.variables } : {}),
        ...(job.tokens ? { tokens: job.tokens } : {}),
        ...(job.keys ? { keys: job.keys } : {}),
        ...(job.keyReads ? { keyReads: job.keyReads } : {}),
        ...(job.pair ? { pair: job.pair } : {}),
        ...(job.usedVariables ? { keyVariables: job.usedVariables } : {}),
        ...(job.checks ? { checks: job.checks } : {}),
        ...(job.signing ? { signing: job.signing } : {}),
      },
      ...([job.secrets, job.variables?.given.length, job.tokens, job.keys, job.keyReads, job.signing].some(Boolean)
        ? { pointed: { lines: linesOf(job.file.path), directives: directivesOf(job.file.path) } }
        : {}),
      ...(job.searchedOnly ? { searchedOnly: job.searchedOnly } : {}),
      suppressed,
      // A page may show one as an example.
      directives:
        settingsFormat(job.file.path)?.format === 'markdown'
          ? []
          : directivesOf(job.file.path).map((directive) =>
              describeDirective(job.file.path, directive, linesOf(job.file.path), this.scan.rules),
            ),
      shared: scriptLanguage(job.file.path) === undefined ? job.file.path.endsWith('.json') : /\bexports?\b/.test(job.text),
      usedDirectives: [...used],
    };
  }
}

/** Comments of markup that hold a directive. */
function htmlComments(markup: string): Span[] {
  return plainComments(markup).filter(({ start }) => markup.startsWith('<!--', start));
}

/** Code on lines that nobody wrote by hand: long ones throughout a large file. */
function isMinified(text: string): boolean {
  if (text.length < 20_000) return false;
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return text.length / lines > 400;
}

function describeDirective(path: string, directive: Directive, lines: Lines, rules: readonly Rule[]): FileResult['directives'][number] {
  const unknown = directive.rules.filter((name) => !rules.some((rule) => rule.id === name));
  let faulty = true;
  let message: string;
  let fix: string;
  if (directive.rules.length === 0) {
    message = 'This directive names no rule.';
    fix = 'Write `jwtlint-disable-next-line RULE -- reason`.';
  } else if (unknown.length > 0) {
    message = `This directive names a rule that does not exist: ${unknown.join(', ').slice(0, 80)}.`;
    fix = 'Each finding shows the name of its rule.';
  } else if (directive.reason === '') {
    message = 'This directive gives no reason, so it silences nothing.';
    fix = 'Add ` -- ` and the reason, for whoever reads it next year.';
  } else {
    faulty = false;
    message = 'This directive silences nothing: the rule finds nothing on the line it names.';
    fix = 'Remove it.';
  }
  return {
    key: directiveKey(path, directive),
    faulty,
    finding: {
      internal: `${DIRECTIVE_RULE}\0${directive.rules.join()}\0${directive.reason}`,
      symbol: '',
      mark: undefined,
      reported: {
        ruleId: DIRECTIVE_RULE,
        level: 'warning',
        confidence: 'certain',
        message,
        fix,
        location: lines.location({ path, start: directive.span.start, end: directive.span.end }),
        steps: [],
        also: [],
        fingerprint: '',
        isNew: true,
      },
    },
  };
}

function fill(sentence: string, data: RuleFinding['data']): string {
  return sentence.replace(/\{\{(\w{1,30})\}\}/g, (_, name: string) => String(data?.[name] ?? ''));
}
