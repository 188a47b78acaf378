/** What the scripts of a source do with keys: one look at each, by a rule that reports nothing. */
import type { Rule, Script } from '../../rules/contract.js';
import { surveyOf, type KeySurvey } from '../../rules/facts/key-uses.js';
import { startOf } from '../../rules/facts/syntax.js';
import type { Configuration } from '../config.js';
import { Projects, type Read } from '../project.js';
import type { Source } from '../sources/source.js';
import { createTriage, type Job } from '../triage.js';
import { uninteresting } from './collect.js';

/** Files looked at together. */
const BATCH = 64;

/** Surveys every script of a source that has to do with tokens, sorted by path. */
export async function surveyKeys(source: Source, configuration: Configuration): Promise<readonly KeySurvey[]> {
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
      suggestions: false,
    },
    read,
    manifests,
    new Projects(read),
  );
  const triage = createTriage(configuration.vocabulary, true);
  let batch: Job[] = [];
  for await (const file of source.files((path) => !configuration.ignored(path) && uninteresting(path) === undefined)) {
    const job = 'leftOut' in file ? undefined : triage(file);
    if (!job?.interest.script) continue;
    batch.push(job);
    if (batch.length < BATCH) continue;
    await inspection.run(batch);
    batch = [];
  }
  await inspection.run(batch);
  return [...surveys.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}
