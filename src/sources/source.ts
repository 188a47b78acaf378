/**
 * Where bytes come from. A source lists the files of one scan and answers look-ups in the same state of the
 * repository (index, commit or disk), so that an imported file is never read from another state than its importer.
 */
import type { Tracking } from '../../rules/contract.js';
import type { PastFile } from './blobs.js';

/** A file to scan. `bytes` are the whole content, never a patch. */
export interface SourceFile {
  /** Relative to {@link Source.root}, forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly tracking: Tracking;
}

/** Why a file was left out of a scan. Every reason is counted in the closing line. */
export type LeftOutReason =
  | 'too large'
  | 'symbolic link'
  | 'submodule'
  | 'LFS pointer'
  | 'unreadable'
  | 'vanished'
  | 'minified'
  | 'ignored by configuration'
  | 'ignored by git'
  | 'of no interest'
  | 'deleted'
  | 'unmerged'
  | 'not a file';

export interface LeftOut {
  readonly path: string;
  readonly leftOut: LeftOutReason;
  /** What the system said, e.g. `EACCES`. */
  readonly detail?: string;
}

/** Files above this many bytes are left out as `too large` (the closing line says so). */
export const MAX_FILE_BYTES = 5 * 1024 * 1024;

export interface Source {
  readonly scope: 'staged' | 'changed' | 'commits' | 'tree' | 'directory' | 'stdin';
  /** Absolute path of the repository's top level, or of the walked directory. */
  readonly root: string;
  /** The working directory relative to {@link root}, '' at the top; paths are shown to people relative to it. */
  readonly prefix: string;
  /** Sentences that a reader of the report should know, e.g. that this is not a git repository. */
  readonly notes: readonly string[];
  /** The files of the scan in a stable order, each read once. `wanted` is asked before a file is read; what it refuses is not yielded. */
  files(wanted: (path: string) => boolean): AsyncIterable<SourceFile | LeftOut>;
  /** Look-ups in the same state, in one batch; what does not exist (or is a link, or too large) is absent from the answer. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /**
   * Which of the paths git's own ignore rules cover (`check-ignore --no-index`, personal excludes switched off).
   * Undefined where there is no git work tree to ask.
   */
  ignored(paths: readonly string[]): Promise<ReadonlySet<string> | undefined>;
  /** As {@link ignored}, by the rules of the work tree, whether they are staged or not. Absent where these are no others. */
  readonly ignoredByWorkTree?: (paths: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Names of tracked files (without contents) whose base name matches; cheap, asked only by repository rules. */
  names(matches: (baseName: string) => boolean): Promise<readonly { readonly path: string; readonly tracking: Tracking }[]>;
  /**
   * Scripts of the same state, other than those of the change itself, that name one of these modules in an import: base
   * names without extension. May name too many, since only a parser knows an import; undefined when it cannot be told.
   * Absent for sources that give every file anyway.
   */
  readonly naming?: (moduleNames: readonly string[]) => Promise<readonly string[] | undefined>;
  /**
   * What stood in place of a scanned file before the change: its old version, or for a new path the files that the
   * same change deletes (a rename with edits arrives as one). Absent for sources that are no change.
   */
  readonly before?: (path: string) => Promise<readonly SourceFile[]>;
  /** The state before the change, for look-ups by the analysis of old versions. */
  readonly beforeRead?: (paths: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;
  /** Contents that came and went within the change, so that they are in neither state. Absent where nothing did. */
  readonly passing?: () => AsyncIterable<PastFile | LeftOut>;
  /** Ends child processes. */
  close(): Promise<void>;
}
