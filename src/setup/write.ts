/**
 * Carries out what set-up proposed, all of it or nothing, and takes it back. New contents are first written beside the
 * files, then all are put in place without a pause; what was done is noted in the git directory before that.
 */
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { JwtlintError } from '../errors.js';
import { edited, withoutInsertions, type FileEdit, type Insertion } from './edit.js';

/** Permission bits of a file that the system can run, before the user's umask. */
const EXECUTABLE = 0o755;

/** What a path holds for an edit. */
export type Editable =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  /** Something that is no text file of this place, so that it is left alone; `why` continues a sentence. */
  | { readonly kind: 'foreign'; readonly why: string };

/**
 * Reads a file that may be edited: a regular file of UTF-8 text whose directory really lies in `within`.
 * @param within absolute path, without links
 */
export function readEditable(path: string, within: string): Editable {
  try {
    const directory = existingDirectory(dirname(path));
    const outside = relative(existingDirectory(within), directory);
    if (outside === '..' || outside.startsWith('../') || isAbsolute(outside))
      return { kind: 'foreign', why: 'is behind a link to another place' };
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) return { kind: 'absent' };
    if (stat.isSymbolicLink()) return { kind: 'foreign', why: 'is a symbolic link' };
    if (!stat.isFile()) return { kind: 'foreign', why: 'is no file' };
    const text = readFileSync(path).toString('utf8');
    return text.includes('\ufffd') || text.includes('\0') ? { kind: 'foreign', why: 'is no UTF-8 text' } : { kind: 'text', text };
  } catch (error) {
    return { kind: 'foreign', why: `cannot be read (${codeOf(error)})` };
  }
}

/** The nearest directory that exists, without links. */
function existingDirectory(directory: string): string {
  try {
    return realpathSync(directory);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(directory) === directory) throw error;
    return existingDirectory(dirname(directory));
  }
}

/** The system's code of an error; anything else is a fault of ours. */
function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return code;
}

// --- doing ---------------------------------------------------------------------------------------------------------

/** A file that gets another content, or a first one. */
export interface FileChange {
  readonly path: string;
  /** The path as people are told it. */
  readonly name: string;
  /** What it holds now; undefined when it is not there. */
  readonly before: string | undefined;
  readonly after: string;
  /** Permission bits; undefined to keep those that are there, or to leave them to the user's umask. */
  readonly mode?: number | undefined;
}

interface Prepared {
  readonly change: FileChange;
  readonly temporary: string;
  done: boolean;
}

/** What is to be done before the first file changes, and to be undone when one cannot be changed. */
interface Around {
  before(): void;
  undo(): void;
}

/**
 * Changes files together: new contents are written beside them and then put in place without a pause, in their order; a signal
 * waits until all is done. At a failure everything is as before.
 * @throws JwtlintError `output` when something cannot be written, or a file does not hold what it should
 */
export function writeTogether(changes: readonly FileChange[], around?: Around): void {
  const prepared: Prepared[] = [];
  const directories: string[] = [];
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  process.on('SIGTERM', ignore);
  try {
    for (const change of changes) {
      makeDirectory(dirname(change.path), directories);
      const temporary = `${change.path}.${String(process.pid)}.tmp`;
      prepared.push({ change, temporary, done: false });
      if (change.before !== undefined) accessSync(change.path, constants.W_OK);
      const mode = change.mode ?? (change.before === undefined ? undefined : lstatSync(change.path).mode & 0o777);
      writeFileSync(temporary, change.after, { flag: 'wx', ...(mode === undefined ? {} : { mode }) });
      if (mode !== undefined) chmodSync(temporary, mode);
    }
    around?.before();
    for (const one of prepared) {
      if (textAt(one.change.path) !== one.change.before) throw changedMeanwhile(one.change);
      renameSync(one.temporary, one.change.path);
      one.done = true;
    }
  } catch (error) {
    for (const { change, temporary, done } of prepared) {
      // One that could not be written is not there to be removed.
      if (lstatOrNothing(temporary)) rmSync(temporary);
      if (!done) continue;
      if (change.before === undefined) rmSync(change.path, { force: true });
      else writeFileSync(change.path, change.before);
    }
    around?.undo();
    for (const directory of directories.reverse()) removeIfEmpty(directory);
    if (error instanceof JwtlintError) throw error;
    const place = prepared.at(-1)?.change.name ?? changes[0]?.name ?? 'A file';
    throw new JwtlintError('output', `${place} could not be written (${codeOf(error)}).`, 'Nothing was changed.', { cause: error });
  } finally {
    process.off('SIGINT', ignore);
    process.off('SIGTERM', ignore);
  }
}

/**
 * Carries out edits, all or none.
 * @param record absolute path of the file that {@link undoEdits} reads
 * @throws JwtlintError `output`, as {@link writeTogether}; also when another process does the same at this moment
 */
export function applyEdits(edits: readonly FileEdit[], record: string): void {
  const made: string[] = [];
  const lock = `${record}.lock`;
  let recordBefore: readonly (readonly RecordedEdit[])[] = [];
  try {
    makeDirectory(dirname(record), made);
    takeLock(lock);
  } catch (error) {
    for (const directory of made.reverse()) removeIfEmpty(directory);
    if (error instanceof JwtlintError) throw error;
    throw new JwtlintError('output', `${record} could not be written (${codeOf(error)}).`, 'Nothing was changed.', { cause: error });
  }
  let failed = true;
  try {
    recordBefore = readRecord(record);
    const changes = edits.map((edit): FileChange => {
      const { path, name, before, executable } = edit;
      return { path, name, before, after: edited(edit), mode: executable && before === undefined ? EXECUTABLE : undefined };
    });
    writeTogether(changes, {
      before: () => writeRecord(record, [...recordBefore, edits]),
      undo: () => (recordBefore.length > 0 ? writeRecord(record, recordBefore) : rmSync(record, { force: true })),
    });
    failed = false;
  } finally {
    rmSync(lock);
    if (failed) for (const directory of made.reverse()) removeIfEmpty(directory);
  }
}

/** Nobody else may change the repository's set-up now, which takes no longer than a few writes. */
function takeLock(lock: string): void {
  try {
    writeFileSync(lock, '', { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw new JwtlintError(
      'output',
      'Another jwtlint init is at work here at this moment.',
      `If none is, remove ${lock}. Nothing was changed.`,
      { cause: error },
    );
  }
}

function changedMeanwhile({ name }: FileChange): JwtlintError {
  return new JwtlintError(
    'output',
    `${name} was changed by something else in the meantime.`,
    'Nothing was changed; run the command again.',
  );
}

/** Makes a directory, and notes those that were not there, from the outer to the inner one. */
function makeDirectory(directory: string, made: string[]): void {
  const missing: string[] = [];
  for (let above = directory; !lstatSync(above, { throwIfNoEntry: false }); above = dirname(above)) missing.unshift(above);
  made.push(...missing);
  mkdirSync(directory, { recursive: true });
}

function lstatOrNothing(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    codeOf(error);
    return undefined;
  }
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    codeOf(error);
  }
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

// --- the record ----------------------------------------------------------------------------------------------------

/** What one run did to one file. */
interface RecordedEdit {
  readonly path: string;
  readonly name: string;
  readonly created: boolean;
  readonly insertions: readonly Insertion[];
}

const RECORD_VERSION = 1;

/** Where the record of a repository is, given its git directory. */
export function recordIn(gitDirectory: string): string {
  return join(gitDirectory, 'jwtlint', 'init.json');
}

/** The edits of each run so far, the last one at the end. */
function readRecord(record: string): readonly (readonly RecordedEdit[])[] {
  const text = textAt(record);
  if (text === undefined) return [];
  const refused = (cause?: unknown): JwtlintError =>
    new JwtlintError(
      'output',
      `${record} is no record that this version of jwtlint reads.`,
      'Remove that file; what was set up is then undone by hand.',
      {
        cause,
      },
    );
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw refused(error);
  }
  const { version, runs } = (read ?? {}) as { version?: unknown; runs?: unknown };
  if (version !== RECORD_VERSION || !Array.isArray(runs) || !runs.flat().every(isRecorded)) throw refused();
  return runs as RecordedEdit[][];
}

function isRecorded(value: unknown): value is RecordedEdit {
  const { path, name, created, insertions } = (value ?? {}) as Record<string, unknown>;
  const isInsertion = (one: unknown): boolean => {
    const { at, text } = (one ?? {}) as Record<string, unknown>;
    return Number.isSafeInteger(at) && typeof text === 'string' && text !== '';
  };
  return (
    typeof path === 'string' &&
    isAbsolute(path) &&
    typeof name === 'string' &&
    typeof created === 'boolean' &&
    Array.isArray(insertions) &&
    insertions.every(isInsertion)
  );
}

function writeRecord(record: string, runs: readonly (readonly (RecordedEdit | FileEdit)[])[]): void {
  const recorded = runs.map((edits) =>
    edits.map((edit) => {
      const created = 'created' in edit ? edit.created : edit.before === undefined;
      return { path: edit.path, name: edit.name, created, insertions: edit.insertions } satisfies RecordedEdit;
    }),
  );
  const temporary = `${record}.${String(process.pid)}.tmp`;
  writeFileSync(temporary, `${JSON.stringify({ version: RECORD_VERSION, runs: recorded })}\n`);
  renameSync(temporary, record);
}

// --- undoing -------------------------------------------------------------------------------------------------------

/** What is to be done to undo what was set up. */
export interface Undoing {
  /** Files that get a text without what was inserted, or none at all. */
  readonly files: readonly { readonly path: string; readonly name: string; readonly before: string; readonly after: string | undefined }[];
  /** Files in which the insertions were changed since, so that they are left as they are. */
  readonly changed: readonly string[];
}

/** Plans to undo every run in the record; undefined when there is none. */
export function planUndoing(record: string, within: readonly string[]): Undoing | undefined {
  const runs = readRecord(record);
  if (runs.length === 0) return undefined;
  const texts = new Map<string, { name: string; before: string; after: string | undefined }>();
  const changed = new Set<string>();
  for (const { path, name, created, insertions } of runs.toReversed().flatMap((edits) => edits.toReversed())) {
    const root = within.find((directory) => !relative(directory, path).startsWith('..'));
    const now = root === undefined ? undefined : readEditable(path, root);
    // Gone is as good as undone.
    if (now?.kind === 'absent') continue;
    const known = texts.get(path);
    const text = known ? known.after : now?.kind === 'text' ? now.text : undefined;
    const left = text === undefined ? undefined : withoutInsertions(text, insertions);
    if (now?.kind !== 'text' || left === undefined) changed.add(name);
    else texts.set(path, { name, before: known?.before ?? now.text, after: created && left === '' ? undefined : left });
  }
  return { files: [...texts].map(([path, text]) => ({ path, ...text })), changed: [...changed] };
}

/**
 * Carries out {@link planUndoing} and forgets the record.
 * @throws JwtlintError `output` when a file cannot be written; those before it are undone then, and it can be run again
 */
export function undoEdits({ files }: Undoing, record: string): void {
  for (const { path, name, before, after } of files) {
    try {
      if (textAt(path) !== before)
        throw new JwtlintError('output', `${name} was changed by something else in the meantime.`, 'Run the command again.');
      if (after === undefined) {
        rmSync(path);
        removeIfEmpty(dirname(path));
        continue;
      }
      const temporary = `${path}.${String(process.pid)}.tmp`;
      writeFileSync(temporary, after, { mode: lstatSync(path).mode & 0o777 });
      renameSync(temporary, path);
    } catch (error) {
      if (error instanceof JwtlintError) throw error;
      throw new JwtlintError('output', `${name} could not be written (${codeOf(error)}).`, 'Make it writable and run the command again.', {
        cause: error,
      });
    }
  }
  rmSync(record, { force: true });
}
