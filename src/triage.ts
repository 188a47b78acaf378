/** Which files of a scan are worth a subject. Knows no rule: a commit that has nothing to do with JWTs loads none. */
import type { FileFacts, RuleId, Span, Vocabulary } from '../rules/contract.js';
import type { RuleFinding } from './analyse.js';
import { contentOf } from './readers/decode.js';
import type { ParsedScript } from './readers/script.js';
import type { Notice } from './report.js';
import type { SourceFile } from './sources/source.js';
import { createTrigger, type Interest } from './trigger.js';

/** Generated code in long lines, and what its name says is text but its bytes are not (one NUL is enough for that). */
export type SearchedOnly = 'minified' | 'binary';

/** A file on its way through the analysis. */
export interface Job {
  readonly file: SourceFile;
  readonly text: string;
  readonly binary: boolean;
  readonly interest: Interest;
  /** Of settings: variables that code uses as keys. */
  readonly keyVariables: ReadonlySet<string> | undefined;
  /** Its scripts: one, or those of a single-file component. */
  scripts: readonly ParsedScript[];
  /** Of a component, its text with everything but the scripts blanked. */
  code?: string;
  comments: readonly Span[];
  searchedOnly?: SearchedOnly;
  kind: 'script' | 'settings' | 'text';
  findings: RuleFinding[];
  secrets?: FileFacts['secrets'];
  variables?: FileFacts['variables'];
  tokens?: FileFacts['tokens'];
  keyReads?: FileFacts['keyReads'];
  pair?: FileFacts['pair'];
  keys?: FileFacts['keys'];
  usedVariables?: FileFacts['keyVariables'];
  checks?: FileFacts['checks'];
  signing?: FileFacts['signing'];
  /** Of a file that git ignores. */
  holdsKey?: boolean;
  notices: Notice[];
}

/**
 * Decodes a file and decides whether it is worth a subject; undefined when it is not.
 *
 * @param keyVariables variables that code uses as keys, for settings that may give them
 */
export type Triage = (file: SourceFile, keyVariables?: ReadonlySet<string>) => Job | undefined;

/**
 * Makes the triage of one scan.
 *
 * @param useTrigger off for the test that proves the trigger
 * @param isOn whether the user switched a rule on that is off by default
 */
export function createTriage(vocabulary: Vocabulary, useTrigger: boolean, isOn?: (rule: RuleId) => boolean): Triage {
  const trigger = createTrigger(vocabulary, isOn);
  return (file, keyVariables) => {
    const content = contentOf(file.bytes);
    const { binary } = content;
    let interest: Interest = useTrigger && !binary ? trigger.interest(file.path, content) : { script: true, settings: true, text: true };
    if (keyVariables && !interest.settings && [...keyVariables].some((name) => content.text.includes(lastPart(name))))
      interest = { ...interest, settings: true };
    if (!interest.script && !interest.settings && !interest.text) return undefined;
    const text = binary ? Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength).toString('latin1') : content.text;
    return { file, text, binary, interest, keyVariables, scripts: [], comments: [], kind: 'text', findings: [], notices: [] };
  };
}

/** Of a key path the name that stands in the file. */
function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
