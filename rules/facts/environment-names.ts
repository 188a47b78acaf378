/** Names of environment variables for signing secrets: which files read them, which give them a value, how close two of them are. */
import type { FileFacts, Script, Settings } from '../contract.js';
import { environmentReadsOf } from './environment-reads.js';
import { isKnownWord, mayMeanSecret, secretName, wordsOf } from './names.js';

const NAMES_IN_TEXT = /(?<![A-Za-z0-9_$])[A-Z][A-Z0-9_]{2,79}(?![A-Za-z0-9_$])/g;

/** True for the name of an environment variable that can hold nothing but a signing secret. */
function isSecretVariable(name: string): boolean {
  return secretName(name)?.strength === 'strong';
}

/** Every name of that kind that stands anywhere in a text, in code, comments or values. */
function secretVariablesIn(text: string): readonly string[] {
  return [...new Set(text.match(NAMES_IN_TEXT) ?? [])].filter(mayMeanSecret);
}

/** What the scripts of one file leave behind of their environment. */
export function variablesOfScripts(scripts: readonly Script[]): FileFacts['variables'] {
  const mentioned = scripts.length > 0 ? secretVariablesIn(scripts[0]!.text) : [];
  if (mentioned.length === 0) return undefined;
  const read = [...new Set(scripts.flatMap((script) => environmentReadsOf(script, mayMeanSecret).map(({ name }) => name)))];
  return { by: 'script', read, given: [], mentioned };
}

/** What a settings file leaves behind of the environment that it gives, or asks to be given. */
export function variablesOfSettings(settings: Settings): FileFacts['variables'] {
  const mentioned = secretVariablesIn(settings.text);
  if (mentioned.length === 0) return undefined;
  // What other files call so need not be a variable.
  const entries = settings.role === 'config' || settings.role === 'manifest' ? [] : settings.entries;
  const given = entries.flatMap(({ key, keySpan }) => {
    const name = key.at(-1) ?? '';
    return mayMeanSecret(name) ? [{ name, place: { path: settings.path, ...keySpan } }] : [];
  });
  return { by: 'settings', read: [], given, mentioned };
}

/** Words of which one more or less changes nothing about what is meant. */
const FILLERS: ReadonlySet<string> = new Set(['jwt', 'token', 'tokens', 'key', 'keys', 'secret', 'secrets', 'signing', 'sign']);

/**
 * How one name may have become the other: `typo` for a slip of the fingers, `words` for the same words in another order or with
 * one more that says nothing, `guess` for what only means the same; undefined when they are names of two things.
 */
export function driftBetween(one: string, other: string): 'typo' | 'words' | 'guess' | undefined {
  const sure = [one, other].filter(isSecretVariable).length;
  if (sure > 0 && isSlip(one, other)) return 'typo';
  if (sure < 2) return undefined;
  const [left, right] = [wordsOf(one), wordsOf(other)];
  if (left.join('') === right.join('') && one.length !== other.length) return 'words';
  if (numbersOf(one) !== numbersOf(other)) return undefined;
  if (sorted(left) === sorted(right)) return 'words';
  const core = (words: readonly string[]): string => sorted(words.filter((word) => !FILLERS.has(word)));
  if (core(left) !== core(right)) return undefined;
  const has = (words: readonly string[], word: string): boolean => words.includes(word);
  if (has(left, 'jwt') && has(right, 'jwt')) return 'words';
  return (has(left, 'jwt') || has(left, 'token')) && (has(right, 'jwt') || has(right, 'token')) ? 'guess' : undefined;
}

function sorted(words: readonly string[]): string {
  return [...words].sort().join(' ');
}

function numbersOf(name: string): string {
  return (name.match(/\d+/g) ?? []).join(' ');
}

/** Letters of a name that two slips may be in; in shorter ones there is one at most. */
const LONG_NAME = 12;

/** One or two letters left out, added, changed or swapped, in a word that is then none of those that such names are made of. */
function isSlip(one: string, other: string): boolean {
  const [left, right] = [one.split('_'), other.split('_')];
  if (left.length !== right.length || numbersOf(one) !== numbersOf(other)) return false;
  const changed = left.flatMap((word, index) => (word === right[index] ? [] : [[word, right[index]!] as const]));
  const [pair] = changed;
  if (changed.length !== 1 || !pair) return false;
  if (pair.every((word) => isKnownWord(word.toLowerCase()))) return false;
  return editDistance(pair[0], pair[1]) <= (Math.min(one.length, other.length) >= LONG_NAME ? 2 : 1);
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours. */
function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1];
      let least = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1])
        least = Math.min(least, before[column - 2]! + 1);
      current.push(least);
    }
    before = last;
    last = current;
  }
  return last[other.length]!;
}
