/**
 * The baseline: findings that a team has accepted, a line of JSON each, so that a merge joins them as it joins code. An
 * entry names rule, path, symbol and value, never a line: it stays with its finding when code moves, and accepts no other
 * value that later stands in the same place. Of a value it holds a digest under the salt of the first line; of one that
 * could be guessed it says only that, since a digest would let guesses be tried.
 */
import type { Marks } from './crypto.js';
import { JwtlintError } from './errors.js';
import { isName } from './hidden.js';
import { nearest } from './nearest.js';
import { inertJson, MASK } from './redact.js';

/** The form of the file. */
const VERSION = 1;

/** One accepted finding. */
export interface BaselineEntry {
  readonly rule: string;
  /** Relative to the top of what is scanned. */
  readonly path: string;
  /** What the finding is about: message and symbol. */
  readonly symbol: string;
  /** `weak` or a digest; absent when the finding is about no value. */
  readonly value?: string;
  /** Which of several that are equal otherwise, from 1, in the order of the file; absent for the first. */
  readonly nth?: number;
  /** Why it is accepted. */
  readonly reason: string;
  /** The last day on which it is, `YYYY-MM-DD`. */
  readonly expires?: string;
}

export interface Baseline {
  /** Of all digests. */
  readonly salt: string;
  readonly entries: readonly BaselineEntry[];
}

const HEADER_KEYS = ['jwtlint-baseline', 'salt'] as const;
const ENTRY_KEYS = ['rule', 'path', 'symbol', 'value', 'nth', 'reason', 'expires'] as const satisfies readonly (keyof BaselineEntry)[];
const SALT = /^[0-9a-v]{16,64}$/;
/** What stands for a value that could be guessed. */
const WEAK = 'weak';
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** True for a day that there is. */
export function isDay(text: string): boolean {
  return DAY.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
}

/**
 * Reads a baseline.
 * @param file Its name, for messages.
 * @throws JwtlintError `baseline`, with the line
 */
export function parseBaseline(file: string, text: string): Baseline {
  let salt: string | undefined;
  const entries: BaselineEntry[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const complain = (message: string, hint: string): JwtlintError =>
      new JwtlintError('baseline', `${file}:${String(index + 1)}: ${message}`, hint);
    if (/^(?:<{7}|={7}|>{7}|\|{7})/.test(line)) {
      throw complain(
        'a conflict of a merge is not resolved',
        'Keep the lines of both sides, and one first line. Their order does not matter.',
      );
    }
    const record = recordIn(line);
    if (!record) throw complain('the line is no JSON object', 'Every line is an entry of its own, without commas between them.');
    if (HEADER_KEYS[0] in record) {
      checkKeys(record, HEADER_KEYS, complain);
      if (record['jwtlint-baseline'] !== VERSION) {
        throw complain(
          'the baseline is of a form that this jwtlint does not know',
          'Use the version of jwtlint that wrote it, or a newer one.',
        );
      }
      const found = record['salt'];
      if (typeof found !== 'string' || !SALT.test(found))
        throw complain('the salt is broken', 'Take it from the history, or make a new baseline.');
      if (salt !== undefined && salt !== found) {
        throw complain('there are two salts', 'Two baselines were joined. Keep the first line of one, and run: jwtlint baseline review');
      }
      salt = found;
    } else entries.push(entryOf(record, complain));
  }
  if (salt === undefined) {
    throw new JwtlintError('baseline', `${file}: the first line with the salt is missing`, 'Make the file with: jwtlint baseline create');
  }
  return { salt, entries };
}

type Complain = (message: string, hint: string) => JwtlintError;

function recordIn(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // the caller says where
  }
}

function checkKeys(record: Record<string, unknown>, known: readonly string[], complain: Complain): void {
  for (const key of Object.keys(record)) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    throw complain(
      `there is no key ${JSON.stringify(key)}`,
      meant === undefined ? `Keys are ${known.join(', ')}.` : `Did you mean "${meant}"?`,
    );
  }
}

function entryOf(record: Record<string, unknown>, complain: Complain): BaselineEntry {
  checkKeys(record, ENTRY_KEYS, complain);
  for (const key of ['rule', 'path', 'symbol', 'reason'] as const) {
    if (typeof record[key] !== 'string' || record[key] === '')
      throw complain(`"${key}" is missing`, 'Each entry has rule, path, symbol and reason.');
  }
  const { value, nth, expires } = record;
  if (value !== undefined && (typeof value !== 'string' || !/^(?:weak|[0-9a-v]{16})$/.test(value)))
    throw complain('"value" is neither "weak" nor a digest', 'Values are written by jwtlint baseline only.');
  if (nth !== undefined && !(Number.isSafeInteger(nth) && (nth as number) > 1))
    throw complain('"nth" is no whole number above 1', 'Take it out.');
  if (expires !== undefined && (typeof expires !== 'string' || !isDay(expires)))
    throw complain('"expires" is no day', 'Write it as 2027-01-31.');
  return record as unknown as BaselineEntry;
}

/** The text of a baseline: sorted, so that the same findings give the same file. */
export function formatBaseline({ salt, entries }: Baseline): string {
  const lines = [...entries].sort(inOrder).map((entry) => inertJson(Object.fromEntries(ENTRY_KEYS.map((key) => [key, entry[key]]))));
  return `${[inertJson({ 'jwtlint-baseline': VERSION, salt }), ...new Set(lines)].join('\n')}\n`;
}

function inOrder(one: BaselineEntry, other: BaselineEntry): number {
  for (const key of ['path', 'rule', 'symbol', 'value', 'nth'] as const) {
    const [a, b] = [one[key] ?? '', other[key] ?? ''];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

/** What names a finding in a baseline; undefined for what no baseline may accept: directives with a mistake. */
export type Identity = Pick<BaselineEntry, 'rule' | 'path' | 'symbol' | 'value' | 'nth'>;

/** What a baseline needs to know of a finding. */
export interface Acceptable {
  /** Message and symbol; empty for what no baseline may accept. */
  readonly symbol: string;
  readonly mark: string | undefined;
  readonly reported: { readonly ruleId: string; readonly isNew: boolean; readonly location: { readonly path: string } };
}

/** The identities of findings in the order of their places. */
export function identities(findings: readonly Acceptable[], marks: Marks, salt: string): (Identity | undefined)[] {
  const counts = new Map<string, number>();
  return findings.map(({ reported, symbol, mark }) => {
    if (symbol === '') return undefined;
    const identity = {
      rule: reported.ruleId,
      path: reported.location.path,
      symbol: named(symbol),
      ...(mark === undefined ? {} : { value: marks.stored(mark, salt) }),
    };
    const key = keyOf(identity);
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    return nth === 1 ? identity : { ...identity, nth };
  });
}

/** A file of secrets may have them as its keys, too: what reads as no name is not kept. */
function named(symbol: string): string {
  return symbol.replace(/[^\s.]+/g, (part) => (isName(part) ? part : MASK));
}

const keyOf = ({ rule, path, symbol, value, nth }: Identity): string => [path, rule, symbol, value, nth].join('\0');
const pathlessKeyOf = ({ rule, symbol, value, nth }: Identity): string => [rule, symbol, value, nth].join('\0');

/** What a baseline says of the findings of a scan. */
export interface AppliedBaseline<Finding extends Acceptable> {
  readonly baseline: Baseline;
  readonly accepted: ReadonlySet<Finding>;
  /** The entry that each finding of {@link accepted} has, and those that have expired. */
  readonly entryOf: ReadonlyMap<Finding, BaselineEntry>;
  /** Entries that no finding has any more; only a scan of everything can tell. */
  readonly stale: readonly BaselineEntry[];
  /** Sentences on what is stale or has expired. */
  readonly notes: readonly string[];
}

/** What tells of findings whether entries are about them. */
export interface BaselineContext {
  readonly marks: Marks;
  /** Which of these paths are files of the scanned state. */
  exist(paths: readonly string[]): Promise<ReadonlySet<string>>;
  /** Everything was scanned. */
  readonly whole: boolean;
  /** Of a change, the entries before it. */
  readonly before?: readonly BaselineEntry[];
}

/**
 * The entries of findings. An entry whose file is gone may have moved with it: it accepts the same rule, symbol and value
 * elsewhere, once. A guessable value has no digest that could tell it from another one, so it moves nowhere, and of a change
 * that brings one its entry must be part too.
 */
class Matching<Finding extends Acceptable> {
  readonly entryOf = new Map<Finding, BaselineEntry>();
  readonly #unused: Map<string, BaselineEntry>;
  readonly #open: { readonly finding: Finding; readonly identity: Identity }[] = [];
  readonly #movable: readonly BaselineEntry[];

  constructor(baseline: Baseline, findings: readonly Finding[], marks: Marks, before: readonly BaselineEntry[]) {
    const settled = new Set(before.map(keyOf));
    this.#unused = new Map(baseline.entries.map((entry) => [keyOf(entry), entry]));
    for (const [index, identity] of identities(findings, marks, baseline.salt).entries()) {
      const finding = findings[index]!;
      if (!identity) continue;
      const entry = this.#unused.get(keyOf(identity));
      const isOther = identity.value === WEAK && finding.reported.isNew && settled.has(keyOf(identity));
      if (entry && !isOther) this.#accept(finding, entry);
      else this.#open.push({ finding, identity });
    }
    this.#reword();
    const wanted = new Set(this.#open.map(({ identity }) => pathlessKeyOf(identity)));
    this.#movable = this.unused.filter((entry) => entry.value !== WEAK && wanted.has(pathlessKeyOf(entry)));
  }

  /**
   * A value in its own file may be told by the call that uses it, in another file: that one has the last word. A scan of the
   * one file alone, and a linter, do not see the call, and have other words for the same value. Of a guessable value nothing
   * says that it is the same.
   */
  #reword(): void {
    for (const { finding, identity } of this.#open.splice(0)) {
      const { rule, path, value } = identity;
      const isSame = (entry: BaselineEntry): boolean => entry.rule === rule && entry.path === path && entry.value === value;
      const entry = value === undefined || value === WEAK ? undefined : this.unused.find(isSame);
      if (entry) this.#accept(finding, entry);
      else this.#open.push({ finding, identity });
    }
  }

  /** Entries that no finding has. */
  get unused(): readonly BaselineEntry[] {
    return [...this.#unused.values()];
  }

  /** Files that entries may have moved away from. */
  get origins(): readonly string[] {
    return [...new Set(this.#movable.map(({ path }) => path))];
  }

  /** @param there Which of {@link origins} are still there. */
  move(there: ReadonlySet<string>): void {
    const moved = this.#movable.filter(({ path }) => !there.has(path));
    for (const { finding, identity } of this.#open) {
      const at = moved.findIndex((entry) => pathlessKeyOf(entry) === pathlessKeyOf(identity));
      if (at < 0) continue;
      const [entry] = moved.splice(at, 1);
      this.#accept(finding, entry!);
    }
  }

  #accept(finding: Finding, entry: BaselineEntry): void {
    this.entryOf.set(finding, entry);
    this.#unused.delete(keyOf(entry));
  }
}

/** Whether an entry counts no more. */
function expiry(marks: Marks): (entry: BaselineEntry) => boolean {
  const today = new Date(marks.now() * 1000).toISOString().slice(0, 10);
  return ({ expires }) => expires !== undefined && expires < today;
}

/** Which findings of one file a baseline accepts, for hosts that cannot wait and know of no state before. */
export function acceptedAtOnce<Finding extends Acceptable>(
  baseline: Baseline,
  findings: readonly Finding[],
  marks: Marks,
  exists: (path: string) => boolean,
): ReadonlySet<Finding> {
  const matching = new Matching(baseline, findings, marks, []);
  matching.move(new Set(matching.origins.filter(exists)));
  const isOver = expiry(marks);
  return new Set([...matching.entryOf].filter(([, entry]) => !isOver(entry)).map(([finding]) => finding));
}

/** What a baseline says of the findings of a scan. */
export async function applyBaseline<Finding extends Acceptable>(
  baseline: Baseline,
  findings: readonly Finding[],
  { marks, exist, whole, before = [] }: BaselineContext,
): Promise<AppliedBaseline<Finding>> {
  const matching = new Matching(baseline, findings, marks, before);
  const { origins, entryOf } = matching;
  if (origins.length > 0) matching.move(await exist(origins));
  const isOver = expiry(marks);
  const stale = whole ? matching.unused : [];
  const expired = [...entryOf.values()].filter(isOver);
  const notes: string[] = [];
  if (stale.length > 0) notes.push(`${told(stale, 'fits', 'fit')} nothing any more: jwtlint baseline prune takes out what is stale`);
  if (expired.length > 0) notes.push(`${told(expired, 'has', 'have')} expired: mend it, or decide again by jwtlint baseline review`);
  return {
    baseline,
    accepted: new Set([...entryOf].filter(([, entry]) => !isOver(entry)).map(([finding]) => finding)),
    entryOf,
    stale,
    notes,
  };
}

/** `2 entries of the baseline (a.js, b.js) have`. */
function told(entries: readonly BaselineEntry[], one: string, several: string): string {
  const paths = [...new Set(entries.map(({ path }) => path))];
  const shown = paths.slice(0, 3).join(', ') + (paths.length > 3 ? ', …' : '');
  const [noun, verb] = entries.length === 1 ? ['entry', one] : ['entries', several];
  return `${String(entries.length)} ${noun} of the baseline (${shown}) ${verb}`;
}
