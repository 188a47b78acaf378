/** `jwtlint baseline create|prune|review`: keeps the list of accepted findings. */
import { formatBaseline, identities, isDay, type AppliedBaseline, type Baseline, type BaselineEntry, type Identity } from '../baseline.js';
import { BASELINE_FILE } from '../config.js';
import { randomSalt } from '../crypto.js';
import { EXIT, JwtlintError } from '../errors.js';
import { workTreeAbove } from '../git.js';
import type { SettledFinding } from '../inspect.js';
import { wantsColor, type Io } from '../io.js';
import { nearest } from '../nearest.js';
import type { Options } from '../options.js';
import { inert } from '../redact.js';
import { formatFinding } from '../reports/stylish.js';
import { count } from '../reports/sentences.js';
import { openWorkTree } from '../sources/files.js';
import { writeWhole } from '../whole-file.js';
import { collect, configurationFor, type Collected } from './collect.js';

const ACTIONS = ['create', 'prune', 'review'] as const;

const DEFAULT_REASON = 'was there before jwtlint';

/**
 * Runs the command on the whole repository, from wherever in it.
 *
 * @returns 0; 130 when a review is broken off, after what was decided has been written
 * @throws JwtlintError `usage`, `baseline`, `output`, or what a scan can fail at
 */
export async function baseline(options: Options, io: Io): Promise<number> {
  const [word, ...more] = options.words;
  const action = ACTIONS.find((name) => name === word);
  if (action === undefined) {
    const meant = nearest(word ?? '', ACTIONS);
    throw new JwtlintError(
      'usage',
      `jwtlint baseline takes one of ${ACTIONS.join(', ')}`,
      meant === undefined ? 'jwtlint baseline --help says what they do.' : `Did you mean ${meant}?`,
    );
  }
  if (more.length > 0) throw new JwtlintError('usage', `jwtlint baseline ${action} takes no paths: it looks at the whole repository`);
  if (action !== 'create' && (options.reason ?? options.expires) !== undefined)
    throw new JwtlintError('usage', '--reason and --expires go with jwtlint baseline create');
  if (options.expires !== undefined && !isDay(options.expires))
    throw new JwtlintError('usage', `--expires takes a day, not "${options.expires}"`, 'For example: --expires 2027-01-31');
  if (action === 'review' && (io.columns() === undefined || !io.stdinIsTerminal()))
    throw new JwtlintError('usage', 'jwtlint baseline review asks questions, and there is no terminal to answer at');
  const root = workTreeAbove(io.cwd) ?? io.cwd;
  const source = await openWorkTree({ cwd: root, env: io.env }, { cwd: root, paths: [], warnIgnored: true });
  try {
    const exists = (await source.read([BASELINE_FILE])).has(BASELINE_FILE);
    if (action === 'create' && exists)
      throw new JwtlintError('baseline', `${BASELINE_FILE} is there already`, 'Add to it by jwtlint baseline review, or remove it first.');
    if (action === 'prune' && !exists)
      throw new JwtlintError('baseline', `there is no ${BASELINE_FILE} in ${root}`, 'Make it by jwtlint baseline create.');
    const collected = await collect(source, await configurationFor(source, options, io.cwd), options, io);
    for (const { path, text } of collected.notices) io.stderr.write(`notice: ${inert(path === undefined ? text : `${path}: ${text}`)}\n`);
    const keep = async (salt: string, entries: readonly BaselineEntry[]): Promise<void> =>
      writeWhole(root, BASELINE_FILE, formatBaseline({ salt, entries }), 'The baseline');
    if (action === 'create') return await create(collected, options, io, keep);
    if (action === 'prune') return await prune(collected.baseline!, io, keep);
    return await review(collected, options, io, keep);
  } finally {
    await source.close();
  }
}

type Keep = (salt: string, entries: readonly BaselineEntry[]) => Promise<void>;

async function create(collected: Collected, options: Options, io: Io, keep: Keep): Promise<number> {
  const { salt, entries } = await acceptedOf(collected, options);
  if (entries.length === 0) {
    io.stdout.write('No findings: no baseline is needed.\n');
    return EXIT.clean;
  }
  await keep(salt, entries);
  io.stdout.write(
    `${count(entries.length, 'finding')} accepted in ${BASELINE_FILE}. Commit it; jwtlint baseline review goes through them.\n`,
  );
  return EXIT.clean;
}

/** A new baseline that accepts what was found, as far as the options ask for it to be reported. */
export async function acceptedOf(
  collected: Collected,
  options: Pick<Options, 'info' | 'reason' | 'expires'>,
  accepts: (finding: SettledFinding) => boolean = () => true,
): Promise<Baseline> {
  const salt = randomSalt();
  const named = await nameAll(collected, salt);
  const added = {
    reason: options.reason ?? DEFAULT_REASON,
    ...(options.expires === undefined ? {} : { expires: options.expires }),
  };
  const chosen = named.filter(({ finding }) => isShown(finding, options) && accepts(finding));
  return { salt, entries: chosen.map(({ identity }) => ({ ...identity, ...added })) };
}

interface Named {
  readonly finding: SettledFinding;
  readonly identity: Identity;
}

async function nameAll({ findings, marks }: Collected, salt: string): Promise<Named[]> {
  const found = identities(findings, await marks(), salt);
  return found.flatMap((identity, index) => (identity ? [{ finding: findings[index]!, identity }] : []));
}

function isShown({ reported }: SettledFinding, options: Pick<Options, 'info'>): boolean {
  return options.info || reported.level !== 'info';
}

async function prune(applied: AppliedBaseline<SettledFinding>, io: Io, keep: Keep): Promise<number> {
  const { baseline: before, stale, entryOf } = applied;
  const moved = new Map([...entryOf].map(([finding, entry]) => [entry, finding.reported.location.path]));
  const gone = new Set(stale);
  const left = before.entries.filter((entry) => !gone.has(entry)).map((entry) => ({ ...entry, path: moved.get(entry) ?? entry.path }));
  await keep(before.salt, left);
  for (const { path, rule } of stale) io.stdout.write(`taken out: ${inert(path)} ${inert(rule)}\n`);
  io.stdout.write(`${count(stale.length, 'stale entry').replace(/entrys$/, 'entries')}, ${String(left.length)} left.\n`);
  return EXIT.clean;
}

async function review(collected: Collected, options: Options, io: Io, keep: Keep): Promise<number> {
  const applied = collected.baseline;
  const salt = applied?.baseline.salt ?? randomSalt();
  const entries = new Set(applied?.baseline.entries);
  const columns = io.columns();
  const look = { color: wantsColor(options, io), quiet: false, hook: false, ...(columns === undefined ? {} : { columns }) };
  const named = (await nameAll(collected, salt)).filter(({ finding }) => isShown(finding, options));
  const asked = [
    ...named.map(({ finding, identity }) => ({ finding, identity, entry: applied?.entryOf.get(finding) })),
    ...(applied?.stale ?? []).map((entry) => ({ finding: undefined, identity: entry, entry })),
  ];
  let changes = 0;
  let broken = false;
  for (const [index, { finding, identity, entry }] of asked.entries()) {
    io.stdout.write(`\n${String(index + 1)} of ${String(asked.length)}\n`);
    io.stdout.write(
      finding ? formatFinding(finding.reported, look) : `${inert(identity.path)}: ${inert(identity.rule)} fits nothing any more.\n`,
    );
    const said = entry && ` Accepted: ${inert(entry.reason)}${entry.expires === undefined ? '' : `, until ${entry.expires}`}.`;
    const question = entry
      ? `${said ?? ''} [k]eep, [t]ake out${finding ? ', new [r]eason' : ''}, [q]uit? `
      : ' Not accepted. [a]ccept, [s]kip, [q]uit? ';
    const choice = await choose(io, question, entry ? (finding ? 'ktrq' : 'ktq') : 'asq');
    if (choice === undefined) broken = true;
    if (choice === undefined || choice === 'q') break;
    if (choice === 'k' || choice === 's') continue;
    if (choice === 't') {
      entries.delete(entry!);
      changes += 1;
      continue;
    }
    const reason = await io.ask('Why is it accepted? ');
    if (reason === undefined) {
      broken = true;
      break;
    }
    if (reason.trim() === '') {
      io.stdout.write('Without a reason it stays as it was.\n');
      continue;
    }
    if (entry) entries.delete(entry);
    const { expires: _, ...rest } = entry ?? { ...identity, expires: undefined };
    entries.add({ ...rest, ...identity, reason: reason.trim() });
    changes += 1;
  }
  if (changes > 0) await keep(salt, [...entries]);
  io.stdout.write(
    changes > 0
      ? `\n${count(changes, 'change')} written to ${BASELINE_FILE}.\n`
      : `\nNothing was changed${asked.length === 0 ? ': no findings' : ''}.\n`,
  );
  return broken ? EXIT.interrupted : EXIT.clean;
}

/** One of the letters; asks again until it is one. Undefined at the end of input. */
async function choose(io: Io, question: string, letters: string): Promise<string | undefined> {
  for (;;) {
    const answer = await io.ask(question);
    if (answer === undefined) return undefined;
    const letter = answer.trim().toLowerCase().slice(0, 1);
    if (letter !== '' && letters.includes(letter)) return letter;
  }
}
