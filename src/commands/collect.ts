/** Runs the rules over the files of a source, and settles what they find: new or old, directives, the baseline, one per place. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { BroughtPackage, FileFacts, Project, Publication, Repository, Rule } from '../../rules/contract.js';
import { MOST_TRIES } from '../../rules/facts/proof-bound.js';
import { concernsIgnoring, concernsRepository, isApart, isEnvFile, isKeyFile } from '../../rules/facts/env-files.js';
import { SEARCH_WORDS } from '../../rules/facts/search-words.js';
import { analyse } from '../analyse.js';
import type { AppliedBaseline, Baseline, BaselineEntry } from '../baseline.js';
import { BASELINE_FILE, CONFIG_NAMES, configPlaces, loadConfiguration, NO_CONFIGURATION, type Configuration } from '../config.js';
import type { Marks } from '../crypto.js';
import { JwtlintError } from '../errors.js';
import { importersOf, mayExportKey, searchImporters } from '../importers.js';
import { givesVariables, KeyVariables } from '../key-variables.js';
import type { FileResult, Inspection, Scan, SettledFinding } from '../inspect.js';
import type { Io } from '../io.js';
import type { Neighbourhood } from '../neighbours.js';
import type { Options, Shard } from '../options.js';
import type { PastResult } from '../past.js';
import { contextFor, decide, severityOf } from '../policy.js';
import { Lines } from '../positions.js';
import { Progress } from '../progress.js';
import { LOCKFILES, Projects, readManifest, type Read } from '../project.js';
import { decode } from '../readers/decode.js';
import { settingsFormat } from '../readers/settings/index.js';
import type { Notice, Past, ReportedFinding } from '../report.js';
import { digest, directiveKey, fingerprints } from '../settle.js';
import type { Source, SourceFile } from '../sources/source.js';
import { createTriage, type Job, type Triage } from '../triage.js';

/** Files analysed together: enough to share look-ups, few enough to keep memory flat. */
const BATCH_FILES = 64;
const BATCH_BYTES = 8 * 1024 * 1024;

/** Bytes of settings that wait for the scripts; those beyond are analysed by their names alone. */
const MOST_WAITING = 16 * 1024 * 1024;

/** All rules, loaded when something needs them. */
export async function loadRules(): Promise<readonly Rule[]> {
  return (await import('../analysis.js')).RULES;
}

/** Rules and all that runs them, loaded by the first file that calls for it: most commits have nothing to do with JWTs. */
export class Analysis {
  #scan: (Scan & { readonly crypto: Marks }) | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly manifests: () => Promise<readonly string[]>,
    private readonly whole: boolean,
    private readonly suggestions?: SuggestionsWanted,
  ) {}

  /** What all inspections of this run share: marks are comparable between them only. */
  async scan(): Promise<Scan & { readonly crypto: Marks }> {
    const { RULES, createCrypto } = await import('../analysis.js');
    const neighbours = this.suggestions?.neighbours;
    return (this.#scan ??= {
      rules: RULES,
      crypto: this.suggestions?.crypto ?? createCrypto(),
      vocabulary: this.configuration.vocabulary,
      settingsOf: (path) => this.configuration.forPath(path),
      whole: this.whole,
      facts: true,
      suggestions: this.suggestions !== undefined,
      ...(neighbours ? { neighboursOf: (path: string) => neighbours.around(path) } : {}),
    });
  }

  /** The inspection of one state of the repository. */
  async inspection(read: Read, projects: Projects): Promise<Inspection> {
    const [scan, { Inspection }] = await Promise.all([this.scan(), import('../analysis.js')]);
    return new Inspection(scan, read, this.manifests, projects);
  }

  /** The inspection of contents that no state holds any more, for the values that they leaked. It follows no imports. */
  async inspectionOfPast(projects: Projects): Promise<Inspection> {
    const [scan, { Inspection }] = await Promise.all([this.scan(), import('../analysis.js')]);
    return new Inspection(
      { ...scan, rules: scan.rules.filter((rule) => rule.values), facts: false },
      () => Promise.resolve(new Map()),
      () => Promise.resolve([]),
      projects,
    );
  }
}

/**
 * The configuration of a source, read in its own state.
 * @throws JwtlintError `config`
 */
export function configurationFor(source: Source, options: Options, cwd: string): Promise<Configuration> {
  return configurationIn(source, options, cwd, async () => {
    const paths: string[] = [];
    // Nothing is wanted yet: this only lists.
    for await (const _ of source.files((path) => !paths.push(path)));
    const everything = source.scope === 'tree' && options.paths.length === 0;
    return everything ? paths.filter((path) => CONFIG_NAMES.includes(path.slice(path.lastIndexOf('/') + 1))) : configPlaces(paths);
  });
}

/**
 * The configuration of a state.
 * @param places Where configurations may be.
 * @throws JwtlintError `config`
 */
export async function configurationIn(
  state: Pick<Source, 'root' | 'read'>,
  options: Options,
  cwd: string,
  places: () => Promise<readonly string[]>,
): Promise<Configuration> {
  if (options.config === false) return NO_CONFIGURATION;
  const read = (paths: readonly string[]): ReturnType<Source['read']> => state.read(paths);
  if (options.config === undefined) return loadConfiguration({ read, places: await places(), rules: loadRules });
  const file = relative(state.root, resolve(cwd, options.config)).split(sep).join('/');
  if (file.startsWith('../') || isAbsolute(file)) {
    throw new JwtlintError(
      'config',
      `The configuration ${options.config} stands outside of what is scanned.`,
      `Name a file below ${state.root}.`,
    );
  }
  return loadConfiguration({ read, places: [], file, rules: loadRules });
}

/** What a source was found to hold. */
export interface Collected {
  readonly source: Pick<Source, 'prefix' | 'notes'> & { readonly scope: Source['scope'] | 'history' };
  /** One for each place and rule in the order of the report, those that a baseline accepts included. */
  readonly findings: readonly SettledFinding[];
  /** What the source's baseline says of them; undefined when it has none. */
  readonly baseline: AppliedBaseline<SettledFinding> | undefined;
  readonly notices: readonly Notice[];
  /** Findings that directives silenced. */
  readonly suppressed: number;
  readonly files: number;
  readonly bytes: number;
  readonly leftOut: ReadonlyMap<string, string[]>;
  /** What a reader of the report should know of this run. */
  readonly notes: readonly string[];
  /** What tells of a value whether a baseline means it. */
  marks(): Promise<Marks>;
  /** Under `--debug`, what was done with each file, in the order of the scan. */
  readonly trace: readonly { readonly path: string; readonly done: string }[];
}

/** The findings come with the changes that mend them. */
export interface SuggestionsWanted {
  /** What tells the values of several scans apart. */
  readonly crypto: Marks;
  /** Changes may concern several files. */
  readonly neighbours: Neighbourhood;
}

/** Scans a source. */
export async function collect(
  source: Source,
  configuration: Configuration,
  options: Options,
  io: Io,
  suggestions?: SuggestionsWanted,
): Promise<Collected> {
  const progress = new Progress(io);
  try {
    return await collectTelling(source, configuration, options, progress, suggestions);
  } finally {
    progress.end();
  }
}

async function collectTelling(
  source: Source,
  configuration: Configuration,
  options: Options,
  progress: Progress,
  suggestions: SuggestionsWanted | undefined,
): Promise<Collected> {
  const read: Read = (paths) => source.read(paths);
  const whole = isWhole(source, options);
  const analysis = new Analysis(configuration, () => manifestsOf(source), whole, suggestions);
  const projects = new Projects(read);
  const triage = createTriage(configuration.vocabulary, options.trigger, configuration.isOn);
  let inspection: Inspection | undefined;
  const inspect = async (): Promise<Inspection> => (inspection ??= await analysis.inspection(read, projects));
  const results: FileResult[] = [];
  const leftOut = new Map<string, string[]>();
  let files = 0;
  let bytes = 0;
  let batch: Job[] = [];
  let batchBytes = 0;
  const trace: { path: string; done: string }[] = [];
  const tell = (path: string, done: string): void => void (options.debug && trace.push({ path, done }));
  const leave = (path: string, reason: string): void => {
    tell(path, `left out: ${reason}`);
    const list = leftOut.get(reason);
    if (list) list.push(path);
    else leftOut.set(reason, [path]);
  };
  const flush = async (): Promise<void> => {
    for (const result of await (await inspect()).run(batch)) {
      results.push(result);
      if (result.searchedOnly) leave(result.path, `${result.searchedOnly}, searched for keys and tokens only`);
    }
    batch = [];
    batchBytes = 0;
  };
  const isChange = source.before !== undefined;
  // Ignore rules are asked about in a scan of everything, and of a change that touches what they are about.
  let concerned = (whole || (source.scope === 'tree' && options.paths.length === 0)) && (options.shard?.index ?? 1) === 1;
  let elsewhere = 0;
  const wanted = (path: string): boolean => {
    if (options.shard && !isOfShard(path, options.shard)) {
      elsewhere += 1;
      return false;
    }
    concerned ||= isChange && concernsIgnoring(path.slice(path.lastIndexOf('/') + 1));
    if (configuration.ignored(path)) {
      leave(path, 'ignored by configuration');
      return false;
    }
    const reason = uninteresting(path);
    if (reason) leave(path, reason);
    else if (isChange) named.push(path);
    return reason === undefined;
  };
  /** The files of a change: all are named before the first one is read. */
  const named: string[] = [];
  let projectsAsked = false;
  const exporters: SourceFile[] = [];
  const take = async (file: SourceFile, variables?: ReadonlySet<string>): Promise<void> => {
    const job = triage(file, variables);
    if (source.naming && mayExportKey(file.path, job?.text ?? Buffer.from(file.bytes).toString())) exporters.push(file);
    tell(file.path, job ? `analysed: ${kindsOf(job)}` : 'read: nothing in it that a rule looks for');
    if (!job) return;
    if (!projectsAsked) {
      // git answers while the rules are loaded.
      projectsAsked = true;
      projects.load(named).catch(() => undefined);
    }
    batch.push(job);
    batchBytes += file.bytes.length;
    if (batch.length >= BATCH_FILES || batchBytes >= BATCH_BYTES) await flush();
  };
  const keyVariables = new KeyVariables();
  /** Settings that give variables, until the scripts have told what these are for. */
  const later: SourceFile[] = [];
  let laterBytes = 0;
  for await (const file of source.files(wanted)) {
    if ('leftOut' in file) {
      leave(file.path, file.leftOut);
      continue;
    }
    files++;
    bytes += file.bytes.length;
    progress.tell(() => `files read: ${String(files)}`);
    laterBytes += givesVariables(file.path) ? file.bytes.length : 0;
    if (givesVariables(file.path) && laterBytes <= MOST_WAITING) later.push(file);
    else await take(file);
  }
  const starting = searchImporters(source, exporters, projects);
  starting.catch(() => undefined);
  // The rules are loaded while git answers what the search needs to know; then the search runs beside the analysis.
  if (batch.length > 0) await inspect();
  const search = await starting;
  if (batch.length > 0) await flush();
  keyVariables.learn(results, projects);
  for (const file of later) await take(file, keyVariables.givenBy(file.path));
  if (batch.length > 0) await flush();
  // Files that import what was changed are no part of the change.
  const ofScan = results.map(({ facts }) => facts);
  await withoutChecked(results, projects, whole ? undefined : { source, triage, inspect });
  const notes: string[] = [];
  if (laterBytes > MOST_WAITING)
    notes.push('too many settings to wait for the scripts: some were judged by the names of their variables alone');
  if (options.shard)
    notes.push(
      `part ${String(options.shard.index)} of ${String(options.shard.of)}: ${String(elsewhere)} files are for the other parts; no-env-drift, and variables that only code tells to be keys, need all of them`,
    );
  if (exporters.length > 0) {
    const importers = await importersOf(source, search, { triage, inspect });
    results.push(...importers.results);
    if (importers.incomplete !== undefined) notes.push(importers.incomplete);
  }
  const former = source.before && new Former(source, analysis, triage, keyVariables);
  if (former) {
    await compareWithBefore(former, results);
    if (source.passing) {
      const { inspectPast } = await import('../past.js');
      const past = inspectPast(source.passing(), {
        triage,
        wanted: (path) => !configuration.ignored(path) && uninteresting(path) === undefined,
        leave,
        ofNoInterest: () => undefined,
        inspection: () => analysis.inspectionOfPast(projects),
      });
      results.push(...(await passingFindings(former, results, past)));
    }
  }
  const repository: SettledFinding[] = [];
  const has = (...facts: readonly ('tokens' | 'keys' | 'keyReads' | 'pair')[]): boolean =>
    facts.every((fact) => ofScan.some((file) => file[fact]));
  if (concerned || has('tokens', 'keys') || has('keyReads', 'pair')) {
    const facts = concerned ? await factsOf(source, ofScan) : ofScan;
    const of = { source, configuration, world: await analysis.scan(), projects, results, notes };
    repository.push(...(await repositoryFindings(of, facts, concerned, former)));
    const count = (fact: 'tokens' | 'keys'): number => facts.reduce((sum, file) => sum + (file[fact]?.length ?? 0), 0);
    if (count('tokens') * count('keys') > MOST_TRIES)
      notes.push(
        `${String(count('tokens'))} tokens and ${String(count('keys'))} secrets: which signed which was tried ${String(MOST_TRIES)} times, not for all`,
      );
  }
  const findings = settled(results, repository, whole);
  const marks = async (): Promise<Marks> => (await analysis.scan()).crypto;
  const baseline = await baselineOf(source, findings, whole, marks);
  if (baseline) notes.push(...baseline.notes);
  return {
    source,
    findings,
    baseline,
    notices: results.flatMap((result) => result.notices),
    suppressed: results.reduce((sum, result) => sum + result.suppressed, 0),
    files,
    bytes,
    leftOut,
    notes,
    marks,
    trace,
  };
}

/** Where a program checks its environment as it starts, or sets its libraries up, by the names of the files. */
const STARTS =
  /^(?:index|main|server|app|(?:[\w-]{0,40}\.)?module|start|bootstrap|www|[\w.-]{0,40}(?:env|config|schema)[\w.-]{0,40}|settings|(?:check|validate)\w{0,40})\.[cm]?[jt]s$/i;

/** Such files that are read for one scan of a change, those of the packages that it is about first. */
const MAX_STARTS = 200;

/**
 * Takes out the findings about what another script of the package makes sure of.
 *
 * @param others where those scripts are found when not all files were scanned
 */
async function withoutChecked(
  results: FileResult[],
  projects: Projects,
  others: { readonly source: Source; readonly triage: Triage; inspect(): Promise<Inspection> } | undefined,
): Promise<void> {
  const open = results.filter(({ findings }) => findings.some(({ unlessChecked }) => unlessChecked !== undefined));
  if (open.length === 0) return;
  const facts = results.map((result) => result.facts);
  if (others) {
    const scanned = new Set(facts.map(({ path }) => path));
    const named = await others.source.names((name) => STARTS.test(name));
    const packages = new Set(open.map(({ path }) => projects.directoryOf(path)));
    const isNear = (path: string): boolean => [...packages].some((directory) => path.startsWith(`${directory}/`));
    const unread = named.map(({ path }) => path).filter((path) => !scanned.has(path));
    const starts = [...unread.filter(isNear), ...unread.filter((path) => !isNear(path))].slice(0, MAX_STARTS);
    await projects.load(starts);
    const jobs: Job[] = [];
    for (const [path, bytes] of await others.source.read(starts)) {
      const job = others.triage({ path, bytes, tracking: 'tracked' });
      if (job?.interest.script) jobs.push(job);
    }
    facts.push(...(await (await others.inspect()).run(jobs)).map((result) => result.facts));
  }
  const checked = new Set(
    facts
      .filter(({ path }) => !isApart(path.slice(0, Math.max(path.lastIndexOf('/'), 0))))
      .flatMap(({ path, checks = [] }) => checks.map((name) => `${projects.directoryOf(path)}\0${name}`)),
  );
  for (const result of open) {
    // What is checked at the top of a repository holds for its packages.
    const directories = [projects.directoryOf(result.path), ''];
    const findings = result.findings.filter(
      ({ unlessChecked }) => unlessChecked === undefined || !directories.some((directory) => checked.has(`${directory}\0${unlessChecked}`)),
    );
    results[results.indexOf(result)] = { ...result, findings };
  }
}

/** What a file is looked at as. */
function kindsOf({ interest, binary }: Job): string {
  if (binary) return 'keys and tokens in a binary file';
  const kinds = [interest.script ? 'code' : '', interest.settings ? 'settings' : '', interest.text ? 'keys and tokens in the text' : ''];
  return kinds.filter((kind) => kind !== '').join(', ');
}

/**
 * Whether a file is of a part of the work: the first one has what the rules about the repository ask about, which are settings
 * and keys; of all others each path goes to one part, on every machine the same.
 */
function isOfShard(path: string, { index, of }: Shard): boolean {
  const first = settingsFormat(path) !== undefined || concernsIgnoring(path.slice(path.lastIndexOf('/') + 1));
  return first ? index === 1 : Number.parseInt(digest(path).slice(0, 7), 36) % of === index - 1;
}

/** Where packages of the same workspace stand. */
async function manifestsOf(source: Source): Promise<readonly string[]> {
  return (await source.names((name) => name === 'package.json')).map(({ path }) => path);
}

const MEDIA =
  /\.(?:png|jpe?g|gif|webp|avif|ico|bmp|tiff?|woff2?|ttf|otf|eot|mp[34]|m4[av]|webm|mov|ogg|wav|flac|zip|gz|tgz|bz2|xz|7z|rar|pdf|wasm|node|so|dll|dylib|exe|class|jar|psd|ai|sketch|fig)$/i;

/** Files that cannot hold what we look for, by their names: media and archives, source maps, minified code. */
export function uninteresting(path: string): string | undefined {
  if (MEDIA.test(path)) return 'media and archives';
  if (/\.min\.(?:[cm]?js|css)$/i.test(path) || /\.map$/i.test(path)) return 'minified';
  return undefined;
}

/** What the old side of a change had already. */
class Former {
  readonly #known = new Map<string, Promise<ReadonlySet<string>>>();
  readonly #facts: FileFacts[] = [];
  #inspection: Promise<Inspection> | undefined;

  constructor(
    private readonly source: Source,
    private readonly analysis: Analysis,
    private readonly triage: Triage,
    private readonly keyVariables: KeyVariables,
  ) {}

  /** Rule, symbol and value of all that the old version of a file was found to hold. */
  of(path: string): Promise<ReadonlySet<string>> {
    let known = this.#known.get(path);
    if (!known) this.#known.set(path, (known = this.#find(path)));
    return known;
  }

  /** What a rule about values said of the old versions of the files. */
  async ofRule(rule: Rule, options: object, subject: Repository): Promise<ReadonlySet<string>> {
    await Promise.all(
      subject.facts
        .filter(({ tokens, keys, secrets, keyReads, pair }) => tokens ?? keys ?? secrets ?? keyReads ?? pair)
        .map(({ path }) => this.of(path)),
    );
    const findings = analyse('repository', { ...subject, facts: this.#facts }, [{ rule, options }]);
    return new Set(fingerprints(findings).map(({ internal }) => internal));
  }

  async #find(path: string): Promise<ReadonlySet<string>> {
    const jobs = (await this.source.before!(path))
      .map((file) => this.triage(file, this.keyVariables.givenBy(file.path)))
      .filter((job) => job !== undefined);
    if (jobs.length === 0) return new Set();
    const read: Read = (paths) => this.source.beforeRead!(paths);
    this.#inspection ??= this.analysis.inspection(read, new Projects(read));
    const before = await (await this.#inspection).run(jobs);
    this.#facts.push(...before.map(({ facts }) => facts));
    const findings = before.flatMap(({ findings, directives }) => [...findings, ...directives.map(({ finding }) => finding)]);
    return new Set(findings.map(({ internal }) => internal));
  }
}

/** Marks findings that the old side of the change had already: same rule, symbol and value in the file's old version. */
async function compareWithBefore(former: Former, results: FileResult[]): Promise<void> {
  for (const [index, result] of results.entries()) {
    if (result.findings.length === 0 && result.directives.length === 0) continue;
    const known = await former.of(result.path);
    if (known.size === 0) continue;
    const compared = (finding: SettledFinding): SettledFinding =>
      known.has(finding.internal) ? { ...finding, reported: { ...finding.reported, isNew: false } } : finding;
    results[index] = {
      ...result,
      findings: result.findings.map(compared),
      directives: result.directives.map((directive) => ({ ...directive, finding: compared(directive.finding) })),
    };
  }
}

const FIX_OF_PASSING =
  'A later commit takes it out again, but whoever gets the commits gets the secret. Take it out of the commit that brought it in (git rebase -i) before it is pushed; if it has been, make a new secret.';

/**
 * Values that came and went within the change: gone from the files, but not from what is pushed. What the files still
 * hold, or held before, is told there.
 */
async function passingFindings(former: Former, results: readonly FileResult[], past: AsyncIterable<PastResult>): Promise<FileResult[]> {
  const present = new Set(results.flatMap(({ findings }) => findings.map(({ internal }) => internal)));
  const found: FileResult[] = [];
  for await (const { file, result } of past) {
    const known = await former.of(file.path);
    const findings = result.findings.filter(({ internal, mark }) => {
      if (mark === undefined || present.has(internal) || known.has(internal)) return false;
      present.add(internal);
      return true;
    });
    const past = { commit: file.commit, inHead: false };
    const told = findings.map((finding) => ({ ...finding, reported: { ...finding.reported, past, fix: FIX_OF_PASSING } }));
    if (told.length > 0) found.push({ ...result, findings: told, notices: [], directives: [] });
  }
  return found;
}

/** What rules about the whole repository are asked with. */
interface RepositoryWorld {
  readonly source: Source;
  readonly configuration: Configuration;
  readonly world: Scan;
  readonly projects: Projects;
  /** Directives of these silence findings, and are marked as used. */
  readonly results: FileResult[];
  readonly notes: string[];
}

/**
 * Findings of the rules about the repository.
 *
 * @param everything false when only those are asked that look at the values of the facts
 * @param former the old side of a change
 */
async function repositoryFindings(
  { source, configuration, world, projects, results, notes }: RepositoryWorld,
  facts: readonly FileFacts[],
  everything: boolean,
  former: Former | undefined,
): Promise<SettledFinding[]> {
  const top = configuration.forPath('');
  const rules = world.rules.filter(
    (rule) => rule.repository && (everything || rule.values) && severityOf(rule, top.severity(rule.id), top.preset) !== 'off',
  );
  const found: SettledFinding[] = [];
  await projects.load(['package.json', ...facts.map((fact) => fact.path)]);
  const publications = world.whole ? await publishedOf(source, facts, notes) : [];
  const { brought, manifests } = world.whole ? await broughtOf(source, notes) : NOTHING_BROUGHT;
  for (const rule of rules) {
    const asking = {
      whole: world.whole,
      facts,
      projects: projects.known as ReadonlyMap<string, Project>,
      publications,
      brought,
      crypto: world.crypto,
      vocabulary: world.vocabulary,
    };
    const ruleOptions = { ...rule.options?.defaults, ...top.options(rule.id) };
    const probes = [...(rule.probes?.(asking, ruleOptions) ?? [])];
    const ignored = probes.length > 0 ? await source.ignored(probes) : new Set<string>();
    if (!ignored) continue;
    const asked = new Set(probes);
    const open = probes.filter((path) => !ignored.has(path));
    const unstaged = source.scope === 'staged' && open.length > 0 ? await source.ignoredByWorkTree?.(open) : undefined;
    const subject: Repository = {
      ...asking,
      ignored: (path) => (asked.has(path) ? ignored.has(path) : undefined),
      ...(unstaged ? { ignoredByWorkTree: (path: string) => unstaged.has(path) } : {}),
    };
    const findings = analyse('repository', subject, [{ rule, options: ruleOptions }]);
    const marks = fingerprints(findings);
    const known = former && rule.values && findings.length > 0 ? await former.ofRule(rule, ruleOptions, subject) : new Set<string>();
    for (const [index, finding] of findings.entries()) {
      const settings = configuration.forPath(finding.anchor.path);
      const decision = decide(rule, finding, settings.severity(rule.id), contextFor(finding.anchor.path, settings), settings.preset);
      if (!decision) continue;
      const { internal, public: fingerprint } = marks[index]!;
      const at = results.findIndex((result) => result.pointed && result.path === finding.anchor.path);
      const directives = results[at]?.pointed?.directives ?? [];
      const linesOf = (path: string): Lines =>
        results.find((result) => result.pointed && result.path === path)?.pointed?.lines ?? new Lines(manifests.get(path) ?? '');
      const reported = { ...reportedOf(rule, finding, decision.level, fingerprint, linesOf), isNew: !known.has(internal) };
      const silencing = directives.find(
        ({ line, rules, reason }) => line === reported.location.startLine && rules.includes(rule.id) && reason !== '',
      );
      if (!silencing) {
        const symbol = `${finding.message} ${finding.symbol}`;
        const suggestion = world.suggestions ? finding.suggest?.() : undefined;
        found.push({ internal, symbol, mark: finding.mark, reported, ...(suggestion ? { suggestion } : {}) });
      } else {
        const { usedDirectives, suppressed } = results[at]!;
        const key = directiveKey(finding.anchor.path, silencing);
        results[at] = { ...results[at]!, usedDirectives: [...usedDirectives, key], suppressed: suppressed + 1 };
      }
    }
  }
  return found;
}

/** Where env files and keys that git does not track go all the same, when they hold something. */
async function publishedOf(source: Source, facts: readonly FileFacts[], notes: string[]): Promise<readonly Publication[]> {
  const secret = facts.filter(({ path, tracking, holds, keys = [] }) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return (tracking === 'ignored' || tracking === 'untracked') && (isEnvFile(name) || isKeyFile(name)) && holds.length + keys.length > 0;
  });
  if (secret.length === 0) return [];
  const { publicationsOf } = await import('../publishing.js');
  const { found, complete } = await publicationsOf(
    secret.map(({ path }) => path),
    source,
  );
  if (!complete) notes.push('too many patterns of Dockerfiles and packages to compare: not every way out of the repository was looked at');
  return found;
}

interface AllBrought {
  readonly brought: readonly BroughtPackage[];
  /** Texts of the manifests that they are told at. */
  readonly manifests: ReadonlyMap<string, string>;
}

const NOTHING_BROUGHT: AllBrought = { brought: [], manifests: new Map() };

/** What of the packages with published faults comes with others, by the lockfiles that git does not ignore. */
async function broughtOf(source: Source, notes: string[]): Promise<AllBrought> {
  const names = new Set(SEARCH_WORDS.faulty);
  const manifests = new Map<string, string>();
  const brought: BroughtPackage[] = [];
  const taken = new Set<string>();
  const listed = (await source.names((name) => LOCKFILES.includes(name))).filter(({ tracking }) => tracking !== 'ignored');
  for (const name of LOCKFILES) {
    for (const { path } of listed.filter((each) => each.path === name || each.path.endsWith(`/${name}`))) {
      const directory = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
      if (isApart(directory) || taken.has(directory)) continue;
      taken.add(directory);
      const manifestPath = directory === '' ? 'package.json' : `${directory}/package.json`;
      const contents = await source.read([path, manifestPath]);
      const [lock, manifest] = [contents.get(path), contents.get(manifestPath)];
      if (!lock || !manifest) continue;
      const text = decode(lock).text;
      if (![...names].some((each) => text.includes(each))) continue;
      const { broughtIn } = await import('../lockfile-graph.js');
      const written = decode(manifest).text;
      const read = readManifest(written);
      if (!read) continue;
      manifests.set(manifestPath, written);
      const known = broughtIn(path, text, read, names);
      if (!known.complete) notes.push(`${path} has too many packages to follow: not everything that comes with others was looked at`);
      for (const each of known.brought) {
        const at = each.by.map(({ name: by }) => written.indexOf(`"${by}"`)).find((offset) => offset >= 0) ?? 0;
        brought.push({ ...each, place: { path: manifestPath, start: at, end: at } });
      }
    }
  }
  return { brought, manifests };
}

/** What the analysed files left behind, and the names of all files that repository rules are about. */
async function factsOf(source: Source, analysed: readonly FileFacts[]): Promise<FileFacts[]> {
  const facts = new Map(analysed.map((each) => [each.path, each]));
  for (const { path, tracking } of await source.names(concernsRepository))
    if (!facts.has(path)) facts.set(path, { path, tracking, holds: [] });
  return [...facts.values()];
}

function reportedOf(
  rule: Rule,
  finding: ReturnType<typeof analyse>[number],
  level: ReportedFinding['level'],
  fingerprint: string,
  linesOf: (path: string) => Lines,
): ReportedFinding {
  const message = rule.messages[finding.message]!;
  const fill = (sentence: string): string =>
    sentence.replace(/\{\{(\w{1,30})\}\}/g, (_, name: string) => String(finding.data?.[name] ?? ''));
  return {
    ruleId: rule.id,
    level,
    confidence: finding.confidence,
    message: fill(message.what),
    fix: fill(message.fix),
    location: linesOf(finding.anchor.path).location(finding.anchor),
    steps: (finding.steps ?? []).map(({ place, label }) => ({ label, location: linesOf(place.path).location(place) })),
    also: finding.also ?? [],
    fingerprint,
    isNew: true,
  };
}

// --- from results to findings ---

/** Who looks at some files only cannot know what directives in a shared file, and entries of a baseline, are for. */
function isWhole(source: Source, options: Options): boolean {
  if (options.shard !== undefined) return false;
  return (source.scope === 'tree' || source.scope === 'directory') && options.paths.length === 0 && source.prefix === '';
}

function settled(results: readonly FileResult[], repository: readonly SettledFinding[], whole: boolean): SettledFinding[] {
  const silencing = new Set(results.flatMap((result) => result.usedDirectives));
  const directives = results.flatMap((result) =>
    result.directives.filter(({ faulty, key }) => faulty || ((whole || !result.shared) && !silencing.has(key))),
  );
  return distinct([...results.flatMap((result) => result.findings), ...directives.map(({ finding }) => finding), ...repository]);
}

const LOUDNESS: Readonly<Record<ReportedFinding['level'], number>> = { info: 0, warning: 1, error: 2 };

/** One finding for each place and rule, and one of the two that tell where a literal stands, sorted by place. */
export function distinct(findings: Iterable<SettledFinding>): SettledFinding[] {
  const unique = new Map<string, SettledFinding>();
  for (const finding of findings) {
    const { ruleId, location, past, confidence, isNew } = finding.reported;
    const key = keyOf(ruleId, location, past);
    const present = unique.get(key)?.reported;
    // Of several uses of one value the most certain one is told.
    const suggestion = finding.suggestion ?? unique.get(key)?.suggestion;
    const louder = present !== undefined && LOUDNESS[finding.reported.level] > LOUDNESS[present.level];
    if (!present || (present.confidence !== 'certain' && confidence === 'certain') || (!present.isNew && isNew)) unique.set(key, finding);
    // A proof that the whole repository gives is told in place of the file's own word, with its line.
    else if (louder) unique.set(key, { ...finding, reported: { ...finding.reported, ...(present.frame ? { frame: present.frame } : {}) } });
    // What mends one of them mends all.
    if (suggestion) unique.set(key, { ...unique.get(key)!, suggestion });
  }
  // One file takes a literal as it is, another where the environment gives none: it is told once, as what stands in.
  for (const { reported: standIn } of [...unique.values()]) {
    if (standIn.ruleId !== 'no-secret-fallback') continue;
    const key = keyOf('no-hardcoded-secret', standIn.location, standIn.past);
    const plain = unique.get(key)?.reported;
    if (plain && LOUDNESS[standIn.level] >= LOUDNESS[plain.level] && (standIn.isNew || !plain.isNew)) unique.delete(key);
  }
  return [...unique.values()].sort((one, other) => inOrder(one.reported, other.reported));
}

function keyOf(
  ruleId: string,
  { path, startLine, startColumn, endLine, endColumn }: ReportedFinding['location'],
  past: Past | undefined,
): string {
  return [ruleId, path, startLine, startColumn, endLine, endColumn, past?.commit].join('\0');
}

function inOrder(one: ReportedFinding, other: ReportedFinding): number {
  const [a, b] = [one.location, other.location];
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.startLine - b.startLine || a.startColumn - b.startColumn || (one.ruleId < other.ruleId ? -1 : one.ruleId > other.ruleId ? 1 : 0);
}

/** What the baseline of a source says. It is looked for only when there is something that it could be about. */
async function baselineOf(
  source: Source,
  findings: readonly SettledFinding[],
  whole: boolean,
  marks: () => Promise<Marks>,
): Promise<AppliedBaseline<SettledFinding> | undefined> {
  if (findings.length === 0 && !whole) return undefined;
  const state = {
    read: () => source.read([BASELINE_FILE]),
    exist: (paths: readonly string[]) => source.read(paths),
    ...(source.beforeRead ? { readBefore: () => source.beforeRead!([BASELINE_FILE]) } : {}),
  };
  return applyBaselineIn(state, findings, { marks, whole });
}

type Contents = Promise<ReadonlyMap<string, Uint8Array>>;

/**
 * What the baseline of a state says; undefined when it has none.
 * @throws JwtlintError `baseline`
 */
export async function applyBaselineIn(
  state: { read(): Contents; exist(paths: readonly string[]): Contents; readBefore?(): Contents },
  findings: readonly SettledFinding[],
  { marks, whole }: { marks(): Promise<Marks>; readonly whole: boolean },
): Promise<AppliedBaseline<SettledFinding> | undefined> {
  const bytes = (await state.read()).get(BASELINE_FILE);
  if (!bytes) return undefined;
  const { applyBaseline, parseBaseline } = await import('../baseline.js');
  const parse = (content: Uint8Array): Baseline => parseBaseline(BASELINE_FILE, Buffer.from(content).toString());
  const baseline = parse(bytes);
  const former = (await state.readBefore?.())?.get(BASELINE_FILE);
  let before: readonly BaselineEntry[] = [];
  try {
    if (former) before = parse(former).entries;
  } catch (error) {
    // A change may be what mends it.
    if (!(error instanceof JwtlintError)) throw error;
  }
  const exist = async (paths: readonly string[]): Promise<ReadonlySet<string>> => new Set((await state.exist(paths)).keys());
  return applyBaseline(baseline, findings, { marks: await marks(), exist, whole, before });
}
