/**
 * What every report format is given: settled findings with positions, messages and masked frames. Plain data; no file
 * text, so no format can print a secret.
 */
import type { Confidence, Level, RuleId } from '../rules/contract.js';

/** A region of a file. Lines and columns count from 1, columns in UTF-16 code units; the end is exclusive. */
export interface Location {
  readonly path: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One line of source with everything that could be a secret masked (src/redact.ts). */
export interface Frame {
  readonly line: number;
  readonly text: string;
  /** Zero-based columns of the marked part in {@link text}. */
  readonly start: number;
  readonly end: number;
}

export interface ReportedStep {
  readonly location: Location;
  readonly label: string;
  readonly frame?: Frame;
}

export interface ReportedFinding {
  readonly ruleId: RuleId;
  readonly level: Level;
  readonly confidence: Confidence;
  /** The finding in one sentence, filled in. */
  readonly message: string;
  /** What to do, filled in. */
  readonly fix: string;
  readonly location: Location;
  readonly frame?: Frame;
  /** The call or setting that uses the value, when it is not the anchor itself. */
  readonly use?: ReportedStep;
  readonly steps: readonly ReportedStep[];
  readonly also: readonly RuleId[];
  /** Valueless and lineless id for reports; stable when code moves. */
  readonly fingerprint: string;
  /** `test`, `example`, `docs`, `dependencies`, ... when the policy lowered the level because of where the file stands. */
  readonly context?: string;
  /** False for findings that the old side of a change had already. */
  readonly isNew: boolean;
  /** Of what is found in the commits of the past: where it came in. The location is that of the file in that commit. */
  readonly past?: Past;
}

/** Where a value of the past came in and where it is now. */
export interface Past {
  /** The commit's object name. */
  readonly commit: string;
  /** Its day, `YYYY-MM-DD`, in UTC. */
  readonly date?: string;
  /** Whether the files of HEAD still hold the value. */
  readonly inHead: boolean;
  /** Branches that have the commit. */
  readonly branches?: readonly string[];
  /** Further paths that held the value. */
  readonly alsoIn?: readonly string[];
}

/** Something a reader must know that is no finding: a file that does not parse, a budget that ran out. */
export interface Notice {
  readonly path?: string;
  readonly text: string;
}

/** A rule as reports name it. */
export interface ReportedRule {
  readonly id: RuleId;
  readonly title: string;
  readonly why: string;
  readonly level: Level;
  readonly cwe: readonly number[];
  readonly references: readonly { readonly title: string; readonly url: string }[];
  readonly securitySeverity: number;
  /** Address of the rule's page. */
  readonly url: string;
  /** It is about values that stand in the text: secrets, rather than code that uses them badly. */
  readonly values?: true;
}

/** What is left out of every scan by design, by its path or kind: nothing that a hook need mention. */
const EXPECTED: ReadonlySet<string> = new Set([
  'ignored by configuration',
  'media and archives',
  'minified',
  'symbolic link',
  'submodule',
  'LFS pointer',
  'deleted',
]);

/** Whether a reason for leaving a file out is one that nobody needs to hear of on every commit. */
export function isExpected(reason: string): boolean {
  return EXPECTED.has(reason);
}

export interface Summary {
  readonly files: number;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly leftOut: readonly { readonly reason: string; readonly count: number; readonly examples: readonly string[] }[];
  /** Findings that stood there before the change and do not decide. */
  readonly old: number;
  /** Findings silenced by directives. */
  readonly suppressed: number;
  /** Findings that the baseline accepts. */
  readonly accepted: number;
  /** Findings lowered to info by the context policy. */
  readonly lowered: number;
}

export interface Report {
  readonly version: string;
  /** Address of jwtlint's home page, when it has one. */
  readonly homepage?: string;
  readonly scope: string;
  /** Directory that people stand in, relative to the root; stylish paths are relative to it. */
  readonly prefix: string;
  readonly notes: readonly string[];
  /** Sorted by path, line, column, rule. Old findings are included only when the caller asked for them. */
  readonly findings: readonly ReportedFinding[];
  readonly notices: readonly Notice[];
  /** All rules that this jwtlint knows, sorted by id. */
  readonly rules: readonly ReportedRule[];
  readonly summary: Summary;
  /** When the run ended, in milliseconds since 1970. */
  readonly finishedAt: number;
}

/** How a report is written. */
export interface FormatOptions {
  readonly color: boolean;
  /** Errors only. */
  readonly quiet: boolean;
  /** In a git hook: silent on success, short otherwise. */
  readonly hook: boolean;
  /** OSC 8 links; only for a terminal. */
  readonly links?: boolean;
  /** Columns of the terminal; text is wrapped at 100 where there is none. */
  readonly columns?: number;
}

/** Turns a report into text, a piece after the other, so that no report is ever in memory as a whole. */
export type Format = (report: Report, options: FormatOptions) => Iterable<string>;
