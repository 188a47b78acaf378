/** The default command: scans one source, reports, and decides the exit status. */
import type { Rule } from '../../rules/contract.js';
import type { Configuration } from '../config.js';
import { EXIT } from '../errors.js';
import { wantsColor, type Io } from '../io.js';
import type { Options } from '../options.js';
import { isExpected, type Report, type ReportedRule } from '../report.js';
import { loadFormat } from '../reports/index.js';
import type { Source } from '../sources/source.js';
import { VERSION } from '../version.js';
import { collect, configurationFor, distinct, loadRules, type Collected } from './collect.js';

/** Where jwtlint lives. */
export const HOMEPAGE = 'https://github.com/jwtlint/jwtlint';
/** Where a rule's page stands. */
export function pageOf(rule: string): string {
  return `${HOMEPAGE}/blob/main/docs/rules/${rule}.md`;
}

/**
 * Runs a scan.
 *
 * @param sources one, or those of a push, which are reported as one; none when there is nothing to scan
 * @returns the exit status: 0 clean, 1 findings that decide
 * @throws JwtlintError when the job could not be done (exit status 2)
 */
export async function scan(sources: readonly Source[], options: Options, io: Io): Promise<number> {
  const started = process.hrtime.bigint();
  const parts: Collected[] = [];
  let first: Configuration | undefined;
  let configured = started;
  for (const source of sources) {
    const configuration = await configurationFor(source, options, io.cwd);
    if (!first) configured = process.hrtime.bigint();
    first ??= configuration;
    parts.push(await collect(source, configuration, options, io));
  }
  // A push that brings no commits.
  if (!first) return EXIT.clean;
  const scanned = process.hrtime.bigint();
  const report = summarise(parts, options, Number(scanned - started) / 1e6);
  await print(report, first, options, io);
  if (options.debug) {
    const { inert } = await import('../redact.js');
    for (const { path, done } of parts.flatMap(({ trace }) => trace)) io.stderr.write(`debug: ${inert(path)}: ${inert(done)}\n`);
    const milliseconds = (from: bigint, to: bigint): string => `${(Number(to - from) / 1e6).toFixed(1)} ms`;
    io.stderr.write(`debug: configuration ${milliseconds(started, configured)}, scan ${milliseconds(configured, scanned)}, `);
    io.stderr.write(
      `report ${milliseconds(scanned, process.hrtime.bigint())}; ${(process.uptime() * 1000).toFixed(1)} ms since the program was started\n`,
    );
  }
  return exitStatus(report, options);
}

// --- the report ---

/** A report without its list of rules, which is needed only to print one. */
export type Summarised = Omit<Report, 'rules'>;

/** The report on what one or several sources hold. */
export function summarise(parts: readonly Collected[], options: Options, milliseconds: number): Summarised {
  const { source } = parts[0]!;
  const leftOut = new Map<string, string[]>();
  for (const part of parts) for (const [reason, paths] of part.leftOut) leftOut.set(reason, [...(leftOut.get(reason) ?? []), ...paths]);
  const sum = (count: (part: Collected) => number): number => parts.reduce((total, part) => total + count(part), 0);
  const left = parts.flatMap(({ findings, baseline }) => findings.filter((finding) => !baseline?.accepted.has(finding)));
  const open = parts.length > 1 ? distinct(left) : left;
  const everything = open.map(({ reported }) => reported);
  const all = everything.filter((finding) => options.info || finding.level !== 'info');
  return {
    version: VERSION,
    homepage: HOMEPAGE,
    scope: source.scope,
    prefix: source.prefix,
    notes: [...new Set(parts.flatMap((part) => [...part.source.notes, ...part.notes]))],
    findings: options.includeOld ? all : all.filter((finding) => finding.isNew),
    notices: parts.flatMap((part) => part.notices),
    finishedAt: Date.now(),
    summary: {
      files: sum(({ files }) => files),
      bytes: sum(({ bytes }) => bytes),
      milliseconds: Math.round(milliseconds),
      leftOut: [...leftOut]
        .map(([reason, paths]) => ({ reason, count: paths.length, examples: paths.slice(0, 3) }))
        .sort((one, other) => other.count - one.count),
      old: options.includeOld ? 0 : all.filter((finding) => !finding.isNew).length,
      suppressed: sum(({ suppressed }) => suppressed),
      accepted: sum(({ baseline }) => baseline?.accepted.size ?? 0),
      lowered: everything.filter((finding) => finding.context !== undefined).length,
    },
  };
}

function ruleOf(rule: Rule, configuration: Configuration): ReportedRule {
  const configured = configuration.forPath('').severity(rule.id) ?? rule.severity;
  return {
    id: rule.id,
    title: rule.title,
    why: rule.docs.why,
    level: configured === 'off' ? 'warning' : configured,
    cwe: rule.docs.cwe,
    references: rule.docs.references,
    securitySeverity: rule.docs.securitySeverity,
    url: pageOf(rule.id),
    ...(rule.values ? { values: true } : {}),
  };
}

/** Writes every report that can be written, and then fails for the first that could not. */
export async function print(summarised: Summarised, configuration: Configuration, options: Options, io: Io): Promise<void> {
  const hook = isHook(options);
  const failures: unknown[] = [];
  for (const { format: name, file } of options.outputs) {
    // A hook with nothing to say loads no format at all.
    if (name === 'stylish' && hook && file === undefined && isSilent(summarised, options)) continue;
    const rules = (await loadRules()).map((rule) => ruleOf(rule, configuration)).sort((one, other) => (one.id < other.id ? -1 : 1));
    const report: Report = { ...summarised, rules };
    const format = await loadFormat(name);
    const color = file === undefined && wantsColor(options, io);
    const pieces = format(report, {
      color,
      quiet: options.quiet,
      hook,
      links: color && io.hasColors(),
      ...(file === undefined && io.columns() !== undefined ? { columns: io.columns()! } : {}),
    });
    await deliver(pieces, file, io).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * Writes a report as it is made, to a file or else to standard output.
 * @throws JwtlintError `output` when the file cannot be written
 */
export async function deliver(pieces: Iterable<string>, file: string | undefined, io: Io): Promise<void> {
  if (file !== undefined) {
    const { writeWhole } = await import('../whole-file.js');
    // The summary of a step on GitHub is one file for all that the step runs.
    const adds = file === io.env['GITHUB_STEP_SUMMARY'];
    return writeWhole(io.cwd, file, pieces, 'The report', adds);
  }
  for (const piece of pieces) if ((await io.stdout.write(piece)) === false) return;
}

/** Whether git runs this, so that silence is the answer to nothing. */
function isHook({ change }: Options): boolean {
  return change !== undefined && change.kind !== 'changed' && change.kind !== 'range';
}

function isSilent(report: Summarised, options: Options): boolean {
  return (
    report.summary.leftOut.every(({ reason }) => isExpected(reason)) &&
    report.notices.length === 0 &&
    report.notes.length === 0 &&
    report.summary.old === 0 &&
    report.findings.every((finding) => options.quiet && finding.level !== 'error')
  );
}

/** 1 when findings decide, else 0. */
export function exitStatus(report: Summarised, options: Options): number {
  if (options.exitZero) return EXIT.clean;
  const errors = report.findings.filter((finding) => finding.level === 'error').length;
  const warnings = report.findings.filter((finding) => finding.level === 'warning').length;
  if (errors > 0 || (options.maxWarnings !== undefined && warnings > options.maxWarnings)) return EXIT.findings;
  return EXIT.clean;
}
