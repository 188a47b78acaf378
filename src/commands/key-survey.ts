/** What the scripts of a source do with keys: one look at each, by a rule that reports nothing. */
import type { Rule, Script } from '../../rules/contract.js';
import { surveyOf, type KeySurvey } from '../../rules/facts/key-uses.js';
import { startOf } from '../../rules/facts/syntax.js';
import type { Configuration } from '../config.js';
import { Lines } from '../positions.js';
import { Projects, type Read } from '../project.js';
import { componentFormat, scriptLanguage } from '../readers/script.js';
import type { Source } from '../sources/source.js';
import { createTriage, type Job } from '../triage.js';
import { uninteresting } from './collect.js';

/** Files looked at together. */
const BATCH = 64;

/** A script that names a package of interest. */
export interface Mention {
  readonly path: string;
  readonly line: number;
  readonly name: string;
  /** The script speaks of logging in. */
  readonly aboutLogin: boolean;
}

export interface SourceSurvey {
  /** Of every script that has to do with tokens, sorted by path. */
  readonly scripts: readonly KeySurvey[];
  /** Scripts, of whatever kind, that name one of the packages that were asked about. */
  readonly mentions: readonly Mention[];
}

/** A route, a module or a function that logs somebody in. */
const LOGIN =
  /['"`]\/?(?:[\w:-]{1,40}\/){0,5}(?:log-?_?in|sign-?_?in|auth|oauth2?|tokens?|sessions?)(?:\/|['"`])|\bauth\w{0,40}(?:module|controller|router?s?)\b|\b(?:log|sign)_?in/i;
const LOGIN_PATH = /(?:^|[/._-])(?:log-?_?in|sign-?_?in|auth|oauth2?|tokens?|sessions?)(?=[/._-])/i;

/** What has to do with the environment, and with a variable that may hold a key. */
const MAY_DEMAND = /env|config|valid/i;
const KEY_VARIABLE = /\b[A-Z0-9_]*(?:SECRET|KEY|JWT)[A-Z0-9_]*\b/;

/**
 * Surveys the scripts of a source.
 *
 * @param packages for an audit: packages that are asked about; then scripts count, too, that demand variables of the environment
 */
export async function surveyKeys(source: Source, configuration: Configuration, packages: readonly string[] = []): Promise<SourceSurvey> {
  const { createCrypto, Inspection } = await import('../analysis.js');
  const surveys = new Map<string, KeySurvey>();
  const surveyor: Rule = {
    id: 'survey',
    title: 'Disallow nothing',
    severity: 'info',
    messages: {},
    docs: { why: '', cwe: [], references: [], securitySeverity: 0 },
    script(script: Script) {
      // A script is looked at again when a file that it imports has been read.
      surveys.set(`${script.path}\0${String(startOf(script.ast))}`, surveyOf(script));
      return [];
    },
  };
  const read: Read = (paths) => source.read(paths);
  const manifests = async (): Promise<readonly string[]> => (await source.names((name) => name === 'package.json')).map(({ path }) => path);
  const inspection = new Inspection(
    {
      rules: [surveyor],
      crypto: createCrypto(),
      vocabulary: configuration.vocabulary,
      settingsOf: (path) => configuration.forPath(path),
      whole: false,
      facts: false,
      suggestions: false,
    },
    read,
    manifests,
    new Projects(read),
  );
  const triage = createTriage(configuration.vocabulary, true);
  const take = createTriage(configuration.vocabulary, false);
  const isForAudit = packages.length > 0;
  const mentions: Mention[] = [];
  let batch: Job[] = [];
  for await (const file of source.files((path) => !configuration.ignored(path) && uninteresting(path) === undefined)) {
    if ('leftOut' in file || (scriptLanguage(file.path) ?? componentFormat(file.path)) === undefined) continue;
    const text = isForAudit ? Buffer.from(file.bytes).toString() : '';
    if (isForAudit) mentions.push(...mentionsIn(file.path, text, packages));
    let job = triage(file);
    if (job?.interest.script !== true && KEY_VARIABLE.test(text) && MAY_DEMAND.test(text)) job = take(file);
    if (job?.interest.script !== true) continue;
    batch.push(job);
    if (batch.length < BATCH) continue;
    await inspection.run(batch);
    batch = [];
  }
  await inspection.run(batch);
  return { scripts: [...surveys.values()].sort((one, other) => (one.path < other.path ? -1 : 1)), mentions };
}

function mentionsIn(path: string, text: string, packages: readonly string[]): readonly Mention[] {
  return packages.flatMap((name) => {
    const at = [`'${name}'`, `"${name}"`].map((quoted) => text.indexOf(quoted)).find((found) => found >= 0);
    return at === undefined
      ? []
      : [{ path, line: new Lines(text).lineOf(at), name, aboutLogin: LOGIN.test(text) || LOGIN_PATH.test(path) }];
  });
}
