/** Reports of several runs -> one. Pure: takes parsed JSON, of which nothing is believed. */
import { JwtlintError } from '../errors.js';
import type { Location, Past, ReportedFinding, ReportedStep, Summary } from '../report.js';
import { MOST_RESULTS } from './sarif.js';

/** A report as it was read. */
export interface ReadReport {
  /** As people are told it. */
  readonly name: string;
  readonly json: unknown;
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `json` or `sarif` for what jwtlint wrote; undefined for anything else. */
export function kindOf(json: unknown): 'json' | 'sarif' | undefined {
  if (!isObject(json)) return undefined;
  if (json['version'] === 1 && isObject(json['tool']) && json['tool']['name'] === 'jwtlint' && Array.isArray(json['findings']))
    return 'json';
  const [run] = listOf(json['runs']);
  const driver = isObject(run) && isObject(run['tool']) && isObject(run['tool']['driver']) ? run['tool']['driver'] : {};
  return json['version'] === '2.1.0' && driver['name'] === 'jwtlint' ? 'sarif' : undefined;
}

function broken(name: string, what: string): JwtlintError {
  return new JwtlintError(
    'usage',
    `${name} is no report that jwtlint wrote: ${what}.`,
    'Write it anew with --format json or --format sarif.',
  );
}

// --- JSON ----------------------------------------------------------------------------------------------------------

/** What several JSON reports say together. */
export interface MergedJson {
  readonly scope: string;
  readonly findings: readonly ReportedFinding[];
  readonly notices: readonly { readonly path?: string; readonly text: string }[];
  readonly notes: readonly string[];
  readonly summary: Summary;
}

/**
 * Joins JSON reports: a finding that several have counts once.
 * @throws JwtlintError `usage` for one that is not as docs/json-report.schema.json says
 */
export function mergeJson(reports: readonly ReadReport[]): MergedJson {
  const findings = new Map<string, ReportedFinding>();
  const notices: { path?: string; text: string }[] = [];
  const notes = new Set<string>();
  const scopes = new Set<string>();
  const sum = { files: 0, bytes: 0, milliseconds: 0, old: 0, suppressed: 0, accepted: 0, lowered: 0 };
  const leftOut = new Map<string, { count: number; examples: string[] }>();
  for (const { name, json } of reports) {
    const report = json as Json;
    for (const [index, each] of listOf(report['findings']).entries()) {
      const finding = findingOf(each, (what) => broken(name, `finding ${String(index + 1)} has ${what}`));
      const { path, startLine, startColumn, endLine, endColumn } = finding.location;
      findings.set([finding.ruleId, path, startLine, startColumn, endLine, endColumn, finding.past?.commit].join('\0'), finding);
    }
    for (const each of listOf(report['notices'])) {
      if (!isObject(each) || typeof each['text'] !== 'string') throw broken(name, 'a notice has no text');
      notices.push(typeof each['path'] === 'string' ? { path: each['path'], text: each['text'] } : { text: each['text'] });
    }
    for (const note of listOf(report['notes'])) if (typeof note === 'string') notes.add(note);
    if (typeof report['scope'] === 'string') scopes.add(report['scope']);
    const summary = isObject(report['summary']) ? report['summary'] : {};
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) {
      const number = summary[key];
      if (typeof number !== 'number' || !Number.isFinite(number)) throw broken(name, `its summary has no number "${key}"`);
      sum[key] = key === 'milliseconds' ? Math.max(sum[key], number) : sum[key] + number;
    }
    for (const each of listOf(summary['leftOut'])) {
      if (!isObject(each) || typeof each['reason'] !== 'string' || typeof each['count'] !== 'number') continue;
      const known = leftOut.get(each['reason']) ?? { count: 0, examples: [] };
      const examples = listOf(each['examples']).filter((example) => typeof example === 'string');
      leftOut.set(each['reason'], { count: known.count + each['count'], examples: [...known.examples, ...examples].slice(0, 3) });
    }
  }
  return {
    scope: scopes.size === 1 ? [...scopes][0]! : 'merged',
    findings: [...findings.values()].sort(inOrder),
    notices,
    notes: [...notes],
    summary: { ...sum, leftOut: [...leftOut].map(([reason, { count, examples }]) => ({ reason, count, examples })) },
  };
}

function inOrder({ location: one, ruleId }: ReportedFinding, { location: other, ruleId: otherRule }: ReportedFinding): number {
  if (one.path !== other.path) return one.path < other.path ? -1 : 1;
  return one.startLine - other.startLine || one.startColumn - other.startColumn || (ruleId < otherRule ? -1 : ruleId > otherRule ? 1 : 0);
}

function findingOf(json: unknown, fault: (what: string) => JwtlintError): ReportedFinding {
  if (!isObject(json)) throw fault('no members');
  const text = (key: string): string => {
    const value = json[key];
    if (typeof value !== 'string') throw fault(`no text "${key}"`);
    return value;
  };
  const one = <T extends string>(key: string, of: readonly T[]): T => {
    const found = of.find((each) => each === json[key]);
    if (found === undefined) throw fault(`no "${key}" that is ${of.join(', ')}`);
    return found;
  };
  const use = json['use'] === undefined ? undefined : stepOf(json['use'], fault);
  const past = isObject(json['past']) ? pastOf(json['past'], fault) : undefined;
  return {
    ruleId: text('ruleId'),
    level: one('level', ['error', 'warning', 'info']),
    confidence: one('confidence', ['certain', 'likely', 'possible']),
    message: text('message'),
    fix: text('fix'),
    location: locationOf(json['location'], fault),
    steps: listOf(json['steps']).map((step) => stepOf(step, fault)),
    ...(use ? { use } : {}),
    also: listOf(json['also']).filter((also) => typeof also === 'string'),
    fingerprint: text('fingerprint'),
    ...(typeof json['context'] === 'string' ? { context: json['context'] } : {}),
    isNew: json['isNew'] !== false,
    ...(past ? { past } : {}),
  };
}

function stepOf(json: unknown, fault: (what: string) => JwtlintError): ReportedStep {
  if (!isObject(json) || typeof json['label'] !== 'string') throw fault('a step without a label');
  return { label: json['label'], location: locationOf(json['location'], fault) };
}

function locationOf(json: unknown, fault: (what: string) => JwtlintError): Location {
  if (!isObject(json) || typeof json['path'] !== 'string') throw fault('no location');
  const number = (key: string): number => {
    const value = json[key];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw fault(`no "${key}" from 1`);
    return value;
  };
  return {
    path: json['path'],
    startLine: number('startLine'),
    startColumn: number('startColumn'),
    endLine: number('endLine'),
    endColumn: number('endColumn'),
  };
}

function pastOf(json: Json, fault: (what: string) => JwtlintError): Past {
  if (typeof json['commit'] !== 'string') throw fault('a past without a commit');
  const texts = (key: string): readonly string[] => listOf(json[key]).filter((each) => typeof each === 'string');
  return {
    commit: json['commit'],
    ...(typeof json['date'] === 'string' ? { date: json['date'] } : {}),
    inHead: json['inHead'] === true,
    branches: texts('branches'),
    alsoIn: texts('alsoIn'),
  };
}

// --- SARIF ---------------------------------------------------------------------------------------------------------

/**
 * Joins SARIF reports into one run: a result that several have counts once.
 * @throws JwtlintError `usage` when the worst of their results are too many for GitHub to be told
 */
export function mergeSarif(reports: readonly ReadReport[]): object {
  const runs = reports.map(({ json }) => listOf((json as Json)['runs'])[0] as Json);
  const driverOf = (run: Json): Json => (run['tool'] as Json)['driver'] as Json;
  const rules = new Map<unknown, unknown>();
  for (const run of runs)
    for (const rule of listOf(driverOf(run)['rules'])) if (isObject(rule) && !rules.has(rule['id'])) rules.set(rule['id'], rule);
  const indexes = new Map([...rules.keys()].map((id, index) => [id, index]));
  const results = new Map<string, unknown>();
  for (const result of runs.flatMap((run) => listOf(run['results']))) {
    if (!isObject(result)) continue;
    const key = JSON.stringify([result['ruleId'], result['locations'], (result['properties'] as Json | undefined)?.['past'] ?? null]);
    const index = indexes.get(result['ruleId']);
    if (!results.has(key)) results.set(key, { ...result, ...(index === undefined ? {} : { ruleIndex: index }) });
  }
  if (results.size > MOST_RESULTS)
    throw new JwtlintError(
      'usage',
      `These reports have ${String(results.size)} results; GitHub takes ${String(MOST_RESULTS)} in a run.`,
      'Merge JSON reports instead: the worst are kept then.',
    );
  const notifications = runs.flatMap((run) =>
    listOf(run['invocations']).flatMap((each) => (isObject(each) ? listOf(each['toolExecutionNotifications']) : [])),
  );
  const distinct = [...new Map(notifications.map((each) => [JSON.stringify(each), each])).values()];
  const [first] = runs;
  return {
    $schema: (reports[0]!.json as Json)['$schema'],
    version: '2.1.0',
    runs: [
      {
        ...first,
        tool: { driver: { ...driverOf(first!), rules: [...rules.values()] } },
        ...taxonomyOf(runs),
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: distinct }],
        results: [...results.values()],
      },
    ],
  };
}

/** The weaknesses that the rules of any of the runs name, in the order of their numbers. */
function taxonomyOf(runs: readonly Json[]): { readonly taxonomies?: readonly object[] } {
  const all = runs.flatMap((run) => listOf(run['taxonomies']).filter(isObject));
  const taxa = new Map(all.flatMap((taxonomy) => listOf(taxonomy['taxa']).filter(isObject)).map((taxon) => [Number(taxon['id']), taxon]));
  const sorted = [...taxa].sort(([one], [other]) => one - other).map(([, taxon]) => taxon);
  return all.length === 0 ? {} : { taxonomies: [{ ...all[0], taxa: sorted }] };
}

/** Levels of the results of merged SARIF, for the exit status. */
export function levelsOf(sarif: object): readonly ('error' | 'warning' | 'info')[] {
  const [run] = listOf((sarif as Json)['runs']) as readonly Json[];
  return listOf(run?.['results']).map((result) => {
    const level = isObject(result) ? result['level'] : undefined;
    return level === 'error' ? 'error' : level === 'note' ? 'info' : 'warning';
  });
}
