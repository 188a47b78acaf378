/** `jwtlint merge`: the reports of several runs as one, where a CI matrix scans what one machine should not. */
import { relative, resolve } from 'node:path';
import { NO_CONFIGURATION } from '../config.js';
import { EXIT, JwtlintError } from '../errors.js';
import type { Io } from '../io.js';
import type { Options } from '../options.js';
import { jsonText } from '../reports/json-text.js';
import { kindOf, levelsOf, mergeJson, mergeSarif, type ReadReport } from '../reports/merged.js';
import { readEditable } from '../setup/write.js';
import { VERSION } from '../version.js';
import { deliver, exitStatus, HOMEPAGE, print, type Summarised } from './scan.js';

/**
 * Runs the command.
 *
 * @returns the exit status of a scan that found all of it
 * @throws JwtlintError `usage` for what is no report of jwtlint, or of two kinds; `output`
 */
export async function merge(options: Options, io: Io): Promise<number> {
  if (options.words.length === 0)
    throw new JwtlintError('usage', 'jwtlint merge needs reports', 'For example: jwtlint merge -f sarif=all.sarif shard-*.sarif');
  const reports = options.words.map((name) => readReport(name, io));
  const kinds = new Set(reports.map(({ json }) => kindOf(json)!));
  if (kinds.size > 1)
    throw new JwtlintError('usage', 'these reports are of two kinds', 'Merge those in JSON, and those in SARIF, each by themselves.');
  return kinds.has('sarif') ? await asSarif(reports, options, io) : await asFindings(reports, options, io);
}

function readReport(name: string, io: Io): ReadReport {
  const path = resolve(io.cwd, name);
  const there = readEditable(path, resolve(path, '..'));
  if (there.kind !== 'text')
    throw new JwtlintError(
      'usage',
      there.kind === 'absent' ? `there is no ${name}` : `${name} ${there.why}`,
      'Name the files that --format json=FILE or sarif=FILE wrote.',
    );
  let json: unknown;
  try {
    json = JSON.parse(there.text.replace(/^\ufeff/, ''));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (kindOf(json) === undefined)
    throw new JwtlintError('usage', `${name} is no report that jwtlint wrote`, 'merge takes what --format json and --format sarif write.');
  return { name: relative(io.cwd, path), json };
}

async function asFindings(reports: readonly ReadReport[], options: Options, io: Io): Promise<number> {
  const merged = mergeJson(reports);
  const summarised: Summarised = {
    ...merged,
    version: VERSION,
    homepage: HOMEPAGE,
    prefix: '',
    findings: merged.findings.filter(({ level }) => options.info || level !== 'info'),
    finishedAt: Date.now(),
  };
  await print(summarised, NO_CONFIGURATION, options, io);
  return exitStatus(summarised, options);
}

async function asSarif(reports: readonly ReadReport[], options: Options, io: Io): Promise<number> {
  const asked = options.outputs.filter(({ format }) => format !== 'sarif');
  // Without --format a scan prints for people; what comes as SARIF goes as SARIF.
  if (asked.some(({ format, file }) => format !== 'stylish' || file !== undefined || options.outputs.length > 1))
    throw new JwtlintError('usage', 'SARIF reports are merged into SARIF only', 'Merge JSON reports for the other formats.');
  const sarif = mergeSarif(reports);
  for (const { file } of options.outputs) await deliver(jsonText(sarif), file, io);
  const levels = levelsOf(sarif);
  const warnings = levels.filter((level) => level === 'warning').length;
  if (options.exitZero) return EXIT.clean;
  return levels.includes('error') || (options.maxWarnings !== undefined && warnings > options.maxWarnings) ? EXIT.findings : EXIT.clean;
}
