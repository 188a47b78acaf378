/** Suggested changes of many findings -> the changes of each file. Pure. */
import type { Edit, Suggestion } from '../../rules/contract.js';

/** A suggestion for a file. */
export interface Suggested {
  readonly path: string;
  readonly suggestion: Suggestion;
}

/** What can be done to one file at once. */
export interface Mending<T extends Suggested> {
  /** In the order of their offsets, without overlap. */
  readonly edits: readonly Edit[];
  readonly done: readonly T[];
  /** Those whose edits overlap with what is done: they are worked out again afterwards. */
  readonly later: readonly T[];
}

/** Joins suggestions for one file: edits that several of them make are made once. */
export function joined<T extends Suggested>(suggested: readonly T[]): Mending<T> {
  const edits: Edit[] = [];
  const done: T[] = [];
  const later: T[] = [];
  for (const each of suggested) {
    const more = each.suggestion.edits.filter((edit) => !edits.some((known) => isSame(edit, known)));
    if (more.some((edit) => edits.some((known) => overlap(edit, known)))) later.push(each);
    else {
      edits.push(...more);
      done.push(each);
    }
  }
  const inOrder = edits
    .map((edit, index) => ({ edit, index }))
    .sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.index - b.index);
  return { edits: inOrder.map(({ edit }) => edit), done, later };
}

function isSame(one: Edit, other: Edit): boolean {
  return one.start === other.start && one.end === other.end && one.text === other.text;
}

/** Insertions at one place stand side by side. */
function overlap(one: Edit, other: Edit): boolean {
  return one.start < other.end && other.start < one.end;
}

/** A text after edits in the order of their offsets. */
export function withEdits(text: string, edits: readonly Edit[]): string {
  let after = '';
  let at = 0;
  for (const edit of edits) {
    after += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return after + text.slice(at);
}
