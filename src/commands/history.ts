/** `jwtlint history`: every secret that was ever committed, the most dangerous first. */
import { posix } from 'node:path';
import { BASELINE_FILE, CONFIG_NAMES, type Configuration } from '../config.js';
import { JwtlintError } from '../errors.js';
import type { SettledFinding } from '../inspect.js';
import type { Io } from '../io.js';
import type { Options } from '../options.js';
import { inspectPast, type PastResult } from '../past.js';
import { Progress } from '../progress.js';
import { lockfilePaths, Projects, type Read } from '../project.js';
import type { Level, Rule } from '../../rules/contract.js';
import type { ReportedFinding } from '../report.js';
import { count } from '../reports/sentences.js';
import { digest } from '../settle.js';
import { CleanCache } from '../sources/clean-contents.js';
import { openHistory, type History } from '../sources/history.js';
import { createTriage } from '../triage.js';
import { VERSION } from '../version.js';
import { Analysis, applyBaselineIn, configurationIn, loadRules, uninteresting, type Collected } from './collect.js';
import { exitStatus, print, summarise } from './scan.js';

/** Commits whose branches are asked for, those of the most dangerous findings. */
const MOST_BRANCH_QUERIES = 100;

const FIX =
  'Make a new secret first: whoever has a clone has this one, and so has every backup and fork. After that, rewriting the history (git filter-repo) is optional.';

/**
 * Runs the command.
 *
 * @returns the exit status of a scan
 * @throws JwtlintError when the job could not be done
 */
export async function history(options: Options, io: Io): Promise<number> {
  const started = process.hrtime.bigint();
  const [range, ...more] = options.words;
  if (more.length > 0) throw new JwtlintError('usage', 'jwtlint history takes one range', 'For example: jwtlint history v1.0..main');
  const source = await openHistory({ cwd: io.cwd, env: io.env }, { range, all: options.all });
  try {
    const configuration = await configurationOf(source, options, io.cwd);
    const collected = await collectPast(source, configuration, options, io);
    const report = summarise([collected], options, Number(process.hrtime.bigint() - started) / 1e6);
    await print(report, configuration, options, io);
    return exitStatus(report, options);
  } finally {
    source.close();
  }
}

/** The secrets that were ever committed, for other commands; info is left out unless it is asked for. */
export async function secretsOfPast(options: Options, io: Io): Promise<readonly ReportedFinding[]> {
  const source = await openHistory({ cwd: io.cwd, env: io.env }, { range: undefined, all: true });
  try {
    const configuration = await configurationOf(source, options, io.cwd);
    return summarise([await collectPast(source, configuration, options, io)], options, 0).findings;
  } finally {
    source.close();
  }
}

async function configurationOf(source: History, options: Options, cwd: string): Promise<Configuration> {
  const paths = [...((await source.head?.entries()) ?? new Map<string, unknown>()).keys()];
  const places = paths.filter((path) => CONFIG_NAMES.includes(posix.basename(path)));
  return configurationIn({ root: source.root, read: (asked) => source.read(asked) }, options, cwd, () => Promise.resolve(places));
}

/** One value that some rule found, wherever in the history it stood. */
interface Group {
  finding: SettledFinding;
  commit: string;
  inHead: boolean;
  readonly paths: Set<string>;
}

const LOUDNESS: Readonly<Record<Level, number>> = { error: 0, warning: 1, info: 2 };

async function collectPast(source: History, configuration: Configuration, options: Options, io: Io): Promise<Collected> {
  const read: Read = (paths) => source.read(paths);
  const analysis = new Analysis(configuration, () => Promise.resolve([]), false);
  const projects = new Projects(read);
  const triage = createTriage(configuration.vocabulary, options.trigger, configuration.isOn);
  const cache = options.cache ? CleanCache.in(await source.commonDirectory(), VERSION, await keyOf(source)) : CleanCache.ofThisRun();
  const progress = new Progress(io);
  const leftOut = new Map<string, string[]>();
  const leave = (path: string, reason: string): void => void leftOut.set(reason, [...(leftOut.get(reason) ?? []), path]);
  const groups = new Map<string, Group>();
  let files = 0;
  let bytes = 0;
  let suppressed = 0;
  const wanted = (path: string): boolean => !configuration.ignored(path) && uninteresting(path) === undefined;
  async function* counted(): ReturnType<History['files']> {
    for await (const file of source.files(wanted, cache)) {
      if (!('leftOut' in file)) {
        files += 1;
        bytes += file.bytes.length;
      }
      progress.tell(() => `${count(files, 'content')} read, ${count(groups.size, 'secret')} found`);
      yield file;
    }
  }
  const past = inspectPast(counted(), {
    triage,
    wanted: () => true,
    leave,
    ofNoInterest: ({ oid, path }) => cache.add(oid, posix.basename(path)),
    inspection: () => analysis.inspectionOfPast(projects),
  });
  for await (const each of past) {
    suppressed += each.result.suppressed;
    const valued = each.result.findings.filter(({ mark }) => mark !== undefined);
    for (const { path } of each.result.notices) leave(path ?? each.file.path, 'not understood as a whole');
    if (valued.length === 0 && each.result.notices.length === 0) cache.add(each.file.oid, posix.basename(each.file.path));
    for (const finding of valued) await addTo(groups, finding, each, source);
  }
  cache.save();
  progress.end();
  const findings = await describe(source, [...groups.values()]);
  const marks = async (): ReturnType<Collected['marks']> => (await analysis.scan()).crypto;
  const baseline = await applyBaselineIn({ read: async () => read([BASELINE_FILE]), exist: read }, findings, { marks, whole: false });
  const notes = [...source.notes, ...(baseline?.notes ?? [])];
  if (source.known > 0)
    notes.push(`${count(source.known, 'content')} known to be clean from an earlier run: not read again (--no-cache reads everything)`);
  if (cache.failure !== undefined) notes.push(`what is clean could not be noted for the next run (${cache.failure})`);
  return {
    source: { scope: 'history', prefix: source.prefix, notes: [] },
    findings,
    baseline,
    notices: [],
    suppressed,
    files,
    bytes,
    leftOut,
    notes,
    marks,
    trace: [],
  };
}

/** Of all places of a value the first one of the highest level is told. */
async function addTo(groups: Map<string, Group>, finding: SettledFinding, { file }: PastResult, source: History): Promise<void> {
  const key = `${finding.reported.ruleId} ${finding.mark ?? ''}`;
  const inHead = await source.isInHead(file.path, file.oid);
  const group = groups.get(key);
  if (!group) {
    groups.set(key, { finding, commit: file.commit, inHead, paths: new Set([file.path]) });
    return;
  }
  group.paths.add(file.path);
  group.inHead ||= inHead;
  if (LOUDNESS[finding.reported.level] < LOUDNESS[group.finding.reported.level]) Object.assign(group, { finding, commit: file.commit });
}

/** Findings as they are reported, in order of danger. */
async function describe(source: History, groups: readonly Group[]): Promise<SettledFinding[]> {
  if (groups.length === 0) return [];
  const rules = new Map((await loadRules()).map((rule) => [rule.id, rule]));
  const days = await source.days(groups.map(({ commit }) => commit));
  const sorted = groups.toSorted((one, other) => byDanger(one, other, rules, days));
  const branches = new Map<string, readonly string[]>();
  for (const { commit } of sorted) {
    if (branches.size === MOST_BRANCH_QUERIES) break;
    if (!branches.has(commit)) branches.set(commit, await source.branches(commit));
  }
  return sorted.map(({ finding, commit, inHead, paths }) => {
    const alsoIn = [...paths].filter((path) => path !== finding.reported.location.path);
    const date = days.get(commit);
    const found = branches.get(commit);
    const past = {
      commit,
      ...(date === undefined ? {} : { date }),
      inHead,
      ...(found === undefined ? {} : { branches: found }),
      ...(alsoIn.length === 0 ? {} : { alsoIn }),
    };
    return { ...finding, reported: { ...finding.reported, past, fix: FIX } };
  });
}

const CONFIDENCES = ['certain', 'likely', 'possible'];

/** Levels first, then how bad it is if it is true, whether it is still there, how sure it is, and the newer first. */
function byDanger(one: Group, other: Group, rules: ReadonlyMap<string, Rule>, days: ReadonlyMap<string, string>): number {
  const [a, b] = [one.finding.reported, other.finding.reported];
  const severity = (id: string): number => rules.get(id)?.docs.securitySeverity ?? 0;
  return (
    LOUDNESS[a.level] - LOUDNESS[b.level] ||
    severity(b.ruleId) - severity(a.ruleId) ||
    Number(other.inHead) - Number(one.inHead) ||
    CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence) ||
    (days.get(other.commit) ?? '').localeCompare(days.get(one.commit) ?? '') ||
    (a.location.path < b.location.path ? -1 : 1)
  );
}

/** Of all in HEAD that decides what is found: configuration, and the packages and versions of its projects. */
async function keyOf(source: History): Promise<string> {
  const entries = (await source.head?.entries()) ?? new Map<string, { oid: string }>();
  const names = new Set([...CONFIG_NAMES, ...lockfilePaths('')]);
  return digest([...entries].flatMap(([path, { oid }]) => (names.has(posix.basename(path)) ? [`${path} ${oid}`] : [])).join('\n'));
}
