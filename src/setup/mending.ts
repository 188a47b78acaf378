/** Suggested changes of many findings -> the changes of each file. Pure. */
import { MagicString } from 'magic-string';
import type { Edit, FileEdits, Suggestion } from '../../rules/contract.js';

/** A suggestion for a file. */
export interface Suggested {
  readonly path: string;
  readonly suggestion: Suggestion;
}

/** What can be done at once. */
export interface Mending<T extends Suggested> {
  /** By path, in the order of their offsets, without overlap. */
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
  readonly done: readonly T[];
  /** Those whose edits overlap with what is done: they are worked out again afterwards. */
  readonly later: readonly T[];
}

/** Joins suggestions: edits that several of them make are made once. */
export function joined<T extends Suggested>(suggested: readonly T[]): Mending<T> {
  const edits = new Map<string, Edit[]>();
  const done: T[] = [];
  const later: T[] = [];
  for (const each of suggested) {
    const more = filesOf(each).map(({ path, edits: wanted }) => {
      const known = edits.get(path) ?? [];
      return { path, known, fresh: wanted.filter((edit) => !known.some((other) => isSame(edit, other))) };
    });
    if (more.some(({ known, fresh }) => fresh.some((edit) => known.some((other) => overlap(edit, other))))) later.push(each);
    else {
      for (const { path, known, fresh } of more) edits.set(path, [...known, ...fresh]);
      done.push(each);
    }
  }
  return { edits: new Map([...edits].map(([path, list]) => [path, inOrder(list)])), done, later };
}

/** All that a suggestion changes, each file once. */
export function filesOf({ path, suggestion }: Suggested): readonly FileEdits[] {
  const files = new Map<string, FileEdits>();
  for (const file of [{ path, edits: suggestion.edits }, ...(suggestion.elsewhere ?? [])])
    files.set(file.path, { ...file, edits: [...(files.get(file.path)?.edits ?? []), ...file.edits] });
  return [...files.values()];
}

function inOrder(edits: readonly Edit[]): readonly Edit[] {
  return edits
    .map((edit, index) => ({ edit, index }))
    .sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.index - b.index)
    .map(({ edit }) => edit);
}

function isSame(one: Edit, other: Edit): boolean {
  return one.start === other.start && one.end === other.end && one.text === other.text;
}

/** Insertions at one place stand side by side. */
function overlap(one: Edit, other: Edit): boolean {
  return one.start < other.end && other.start < one.end;
}

/**
 * A text after edits in the order of their offsets.
 * @throws MagicStringError when they overlap
 */
export function withEdits(text: string, edits: readonly Edit[]): string {
  const after = new MagicString(text);
  for (const { start, end, text: put } of edits) {
    if (start === end) after.appendLeft(start, put);
    else if (put === '') after.remove(start, end);
    else after.update(start, end, put);
  }
  return after.toString();
}
