/** `jwtlint fix`: makes the changes that rules suggest, and gives the new variables their values. */
import { basename, dirname, join } from 'node:path';
import type { Suggestion } from '../../rules/contract.js';
import { ENV_TEMPLATES, environmentIn, isKeyFile } from '../../rules/facts/env-files.js';
import type { KeySurvey } from '../../rules/facts/key-uses.js';
import type { Configuration } from '../config.js';
import { createCrypto, type Marks } from '../crypto.js';
import { EXIT, JwtlintError } from '../errors.js';
import { git, workTreeAbove } from '../git.js';
import type { SettledFinding } from '../inspect.js';
import { wantsColor, type Io } from '../io.js';
import { generateKey, type KeyFormat, type NewKey } from '../key-generation.js';
import { nearest } from '../nearest.js';
import { Neighbourhood } from '../neighbours.js';
import type { Options } from '../options.js';
import { parseGuarded } from '../readers/guarded-parse.js';
import { componentFormat, scriptLanguage } from '../readers/script.js';
import { readManifest } from '../project.js';
import { readDotenv } from '../readers/settings/dotenv.js';
import { readSettings, settingsFormat } from '../readers/settings/index.js';
import { inert } from '../redact.js';
import { count } from '../reports/sentences.js';
import { renderChange, type TextChange } from '../setup/edit.js';
import { withNames, withVariables } from '../setup/env-file.js';
import { filesOf, joined, withEdits, type Mending } from '../setup/mending.js';
import { readEditable, writeTogether, type FileChange } from '../setup/write.js';
import { openWorkTree } from '../sources/files.js';
import { overlaid } from '../sources/overlay.js';
import type { Source } from '../sources/source.js';
import { collect, configurationFor, loadRules, type SuggestionsWanted } from './collect.js';
import { agree } from './consent.js';
import { ignoring } from './ignoring.js';
import { surveyKeys } from './key-survey.js';

/** Times that the changed files are looked at again: a change may lay bare what overlapped with it. */
const ROUNDS = 8;

const PRIVATE = 0o600;

/** Packages that load an env file by themselves. */
const LOADERS = ['dotenv', 'dotenv-cli', 'dotenv-flow', '@dotenvx/dotenvx', '@nestjs/config', 'env-cmd', 'next', 'vite', 'nuxt'];

/**
 * Runs the command on what stands below the working directory.
 *
 * @returns 0 when all that can be mended is, or when nobody wanted it; 130 when the question is broken off
 * @throws JwtlintError `usage` for an unknown rule, changes that are not committed, or without anybody to ask; `output`
 */
export async function fix(options: Options, io: Io): Promise<number> {
  const rules = await rulesOf(options.words);
  const context = { cwd: io.cwd, env: io.env };
  if (!options.allowDirty) await refuseDirty(io);
  const source = await openWorkTree(context, { cwd: io.cwd, paths: [], warnIgnored: true });
  try {
    const configuration = await configurationFor(source, options, io.cwd);
    const plan = await planFor(source, configuration, options, rules, io);
    const variables = await placeVariables(plan, source);
    return await carryOut(plan, variables, source, options, io);
  } finally {
    await source.close();
  }
}

/** The rules that are meant; undefined for all. */
async function rulesOf(words: readonly string[]): Promise<ReadonlySet<string> | undefined> {
  if (words.length === 0) return undefined;
  const ids = (await loadRules()).map(({ id }) => id);
  for (const word of words) {
    if (ids.includes(word)) continue;
    const meant = nearest(word, ids);
    throw new JwtlintError(
      'usage',
      `there is no rule ${word}`,
      meant === undefined ? 'jwtlint rules lists them; fix takes rules, not paths.' : `Did you mean ${meant}?`,
    );
  }
  return new Set(words);
}

/** What was not committed could not be told from what is changed now, nor be taken back alone. */
async function refuseDirty(io: Io): Promise<void> {
  const root = workTreeAbove(io.cwd);
  if (root === undefined) {
    throw new JwtlintError(
      'usage',
      'Nothing was changed: this is no git repository, so nothing could take the changes back.',
      'With --allow-dirty they are made all the same.',
    );
  }
  const changed = await git({ cwd: io.cwd, env: io.env }, ['status', '--porcelain', '--untracked-files=no', '--ignore-submodules']);
  if (changed.length > 0) {
    throw new JwtlintError(
      'usage',
      'Nothing was changed: there are changes that are not committed.',
      'Commit or stash them, so that git can tell them from what is changed now; or give --allow-dirty.',
    );
  }
}

// --- the plan ------------------------------------------------------------------------------------------------------

/** A finding with the change that mends it. */
interface Mended {
  readonly path: string;
  readonly finding: SettledFinding;
  readonly suggestion: Suggestion;
}

interface Plan {
  /** The changes of each round, for people. */
  readonly shown: readonly TextChange[];
  /** Texts after the last round, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** Texts before the first one; undefined of a file that was not there. */
  readonly before: ReadonlyMap<string, string | undefined>;
  readonly mended: readonly Mended[];
  /** Lines for ignore files, by path. */
  readonly lines: ReadonlyMap<string, readonly string[]>;
  readonly draws: readonly Mended[];
  /** Code that gets a variable, and whose package loads no env file. */
  readonly loadless: readonly string[];
  /** What no change is known for, or none that works. */
  readonly byHand: readonly { readonly finding: SettledFinding; readonly why: string }[];
}

/** Directories of what a build makes: its source is what is to be mended. */
const BUILT = /(?:^|\/)(?:dist|build|out|\.next|\.nuxt|\.output|\.svelte-kit|coverage|vendor|node_modules)\//;
const MADE = 'It is made by a build: mend its source, and build again.';

const UNHELPED = 'The change that is known does not mend it all.';

async function planFor(
  source: Source,
  configuration: Configuration,
  options: Options,
  rules: ReadonlySet<string> | undefined,
  io: Io,
): Promise<Plan> {
  const texts = new Map<string, string>();
  const before = new Map<string, string | undefined>();
  const view = overlaid(source, texts);
  const shown: TextChange[] = [];
  const mended: Mended[] = [];
  const lines = new Map<string, readonly string[]>();
  const draws: Mended[] = [];
  const packages = await packagesOf(source);
  const taken = new Map<string, Taken>();
  /** Findings whose change turned out to be none. */
  const refused = new Map<string, string>();
  const crypto = createCrypto();
  const { vocabulary } = configuration;
  const neighbours = new Neighbourhood(view, (path) => !configuration.ignored(path) && !BUILT.test(path), { crypto, vocabulary });
  const wanted = { crypto, neighbours };
  const helped = new Set<string>();
  let byHand: Plan['byHand'] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { scripts } = await surveyKeys(view, configuration);
    await neighbours.refresh(scripts.flatMap(({ uses }) => uses));
    if (round === 0) takeRead(taken, scripts, packages, source, crypto);
    const findings = await findingsIn(view, configuration, options, rules, io, wanted);
    let suggested: Mended[] = [];
    byHand = [];
    const left = (finding: SettledFinding, why: string): void => {
      byHand = [...byHand, { finding, why }];
    };
    for (const finding of findings) {
      const { suggestion, reported } = finding;
      const { path } = reported.location;
      if (!suggestion) {
        left(finding, BUILT.test(path) ? MADE : reported.fix);
        continue;
      }
      const one: Mended = { path, finding, suggestion };
      if (suggestion.lines) lines.set(path, suggestion.lines);
      else if (suggestion.draw) {
        if (!draws.some((draw) => draw.path === path && draw.suggestion.variable!.name === suggestion.variable!.name)) draws.push(one);
      } else {
        const key = keyOf(finding);
        const clash = refused.get(key) ?? (helped.has(key) ? UNHELPED : BUILT.test(path) ? MADE : clashOf(one, packages, taken));
        if (clash === undefined) suggested.push(one);
        else {
          refused.set(key, clash);
          left(finding, clash);
        }
      }
    }
    if (suggested.length === 0) break;
    // What several scripts would declare, each for itself, they import from one.
    if (await neighbours.share(suggested.flatMap(({ suggestion }) => suggestion.declaresIn ?? []))) continue;
    // What would break a file is left out with all that it changes elsewhere, and the rest is tried without it.
    let mending = joined(suggested);
    let attempt = await attempted(mending, view, source.root);
    for (; attempt.broken.size > 0; attempt = await attempted(mending, view, source.root)) {
      const { broken } = attempt;
      const whyNot = (one: Mended): string | undefined => filesOf(one).flatMap(({ path }) => broken.get(path) ?? [])[0];
      for (const one of suggested) {
        const why = whyNot(one);
        if (why !== undefined) refused.set(keyOf(one.finding), why);
      }
      suggested = suggested.filter((one) => whyNot(one) === undefined);
      mending = joined(suggested);
    }
    for (const { path, text, mark, body, after } of attempt.changed) {
      if (!before.has(path)) before.set(path, text);
      texts.set(path, mark + after);
      shown.push({
        name: path,
        before: text === undefined ? undefined : body,
        edits: mending.edits.get(path)!,
        kind: scriptLanguage(path) === undefined ? 'settings' : 'script',
      });
    }
    mended.push(...mending.done);
    for (const { finding } of mending.done) helped.add(keyOf(finding));
  }
  // What lets an env file go, which is there only afterwards; git ignores it before it is written.
  const filled = filledIn(mended, packages, source);
  if (filled.size > 0) {
    for (const { suggestion, reported } of await findingsIn(overlaid(view, texts, filled), configuration, options, rules, io, wanted))
      if (suggestion?.lines && basename(reported.location.path) !== '.gitignore') lines.set(reported.location.path, suggestion.lines);
  }
  return { shown, texts, before, mended, lines, draws, byHand, loadless: await loadlessOf(mended, source, packages) };
}

/** Env files as they will be, by path: with values for the variables that code reads then. */
function filledIn(mended: readonly Mended[], packages: readonly string[], source: Source): ReadonlyMap<string, string> {
  const filled = new Map<string, string>();
  for (const { path, suggestion } of mended) {
    if (!suggestion.variable) continue;
    const file = envFileFor(packageOf(path, packages), source);
    const there = readEditable(join(source.root, file), source.root);
    if (there.kind === 'foreign') continue;
    const before = filled.get(file) ?? (there.kind === 'text' ? there.text : '');
    filled.set(file, `${before}\n${suggestion.variable.name}=${generateKey({ ...SIZES, algorithm: 'HS256', format: undefined }).text}\n`);
  }
  return filled;
}

interface Attempt {
  readonly changed: readonly {
    readonly path: string;
    /** Undefined where there is none. */
    readonly text: string | undefined;
    /** A byte order mark, behind which offsets count. */
    readonly mark: string;
    readonly body: string;
    readonly after: string;
  }[];
  /** Why a file cannot be changed so. */
  readonly broken: ReadonlyMap<string, string>;
}

/** What edits would make of files. */
async function attempted({ edits, done }: Mending<Mended>, view: Source, root: string): Promise<Attempt> {
  const created = new Set(done.flatMap((each) => filesOf(each).flatMap(({ path, creates }) => (creates ? [path] : []))));
  const changed: Attempt['changed'][number][] = [];
  const broken = new Map<string, string>();
  const contents = await view.read([...edits.keys()]);
  for (const [path, list] of edits) {
    const bytes = contents.get(path);
    const there = readEditable(join(root, path), root);
    const creates = created.has(path);
    if (creates ? there.kind !== 'absent' : !bytes || there.kind !== 'text') {
      const why = creates ? 'is there already' : there.kind === 'foreign' ? there.why : 'is gone';
      broken.set(path, `${path} ${why}.`);
      continue;
    }
    const text = creates ? undefined : Buffer.from(bytes!).toString();
    const mark = text?.startsWith('\ufeff') ? '\ufeff' : '';
    const body = text?.slice(mark.length) ?? '';
    const after = withEdits(body, list);
    const fault = await faultOf(path, after);
    if (fault === undefined) changed.push({ path, text, mark, body, after });
    else broken.set(path, `The change that is known would not do: ${path} ${fault}.`);
  }
  return { changed, broken };
}

function keyOf({ internal, reported }: SettledFinding): string {
  return `${reported.location.path}\0${internal}`;
}

async function findingsIn(
  source: Source,
  configuration: Configuration,
  options: Options,
  rules: ReadonlySet<string> | undefined,
  io: Io,
  wanted: SuggestionsWanted,
): Promise<readonly SettledFinding[]> {
  const { findings, baseline } = await collect(source, configuration, options, io, wanted);
  return findings.filter(
    (finding) =>
      !baseline?.accepted.has(finding) &&
      (options.info || finding.reported.level !== 'info') &&
      (rules === undefined || rules.has(finding.reported.ruleId)),
  );
}

/** Directories with a manifest, the innermost first, and the root. */
async function packagesOf(source: Source): Promise<readonly string[]> {
  const manifests = await source.names((name) => name === 'package.json');
  const directories = manifests.map(({ path }) => path.slice(0, Math.max(path.lastIndexOf('/'), 0))).filter((path) => path !== '');
  return [...directories.sort((one, other) => other.length - one.length), ''];
}

function packageOf(path: string, packages: readonly string[]): string {
  return packages.find((directory) => directory === '' || path.startsWith(`${directory}/`))!;
}

/** Directories of the packages that get variables, while neither they nor one above load env files. */
async function loadlessOf(mended: readonly Mended[], source: Source, packages: readonly string[]): Promise<readonly string[]> {
  const getting = new Set(mended.flatMap(({ path, suggestion }) => (suggestion.variable ? [packageOf(path, packages)] : [])));
  const manifests = await source.read(packages.map((directory) => (directory === '' ? 'package.json' : `${directory}/package.json`)));
  const loading = [...manifests].flatMap(([path, bytes]) => {
    const text = Buffer.from(bytes).toString();
    const manifest = readManifest(text);
    const loads = text.includes('--env-file') || LOADERS.some((name) => manifest?.dependencies.has(name));
    return loads ? [path.slice(0, Math.max(path.lastIndexOf('/'), 0))] : [];
  });
  return [...getting].filter(
    (directory) => !loading.some((other) => other === '' || other === directory || directory.startsWith(`${other}/`)),
  );
}

/** What a variable of a package is worth already. */
interface Taken {
  readonly mark: string;
  /** Files whose value it was; none where an env file gives it, and code reads it. */
  readonly paths: readonly string[];
  /** Whether all of them call it so themselves. */
  readonly isCalledSo: boolean;
}

/** Takes the variables that code reads, with the values that env files give them. */
function takeRead(
  taken: Map<string, Taken>,
  scripts: readonly Pick<KeySurvey, 'path' | 'reads'>[],
  packages: readonly string[],
  source: Source,
  crypto: Marks,
): void {
  for (const { path, reads } of scripts) {
    const directory = packageOf(path, packages);
    if (reads.length === 0) continue;
    const there = readEditable(join(source.root, envFileFor(directory, source)), source.root);
    if (there.kind !== 'text') continue;
    for (const { key, value } of readDotenv(there.text).entries)
      if (value !== '' && reads.includes(key[0]!))
        taken.set(`${directory}\0${key[0]!}`, { mark: crypto.identity(value), paths: [], isCalledSo: true });
  }
}

/** Why a value cannot become the variable that is suggested: the package has another value for that already. */
function clashOf({ path, finding, suggestion }: Mended, packages: readonly string[], taken: Map<string, Taken>): string | undefined {
  const { variable } = suggestion;
  // A variable that the code reads anyway has one value, whatever stood in for it.
  if (!variable || finding.mark === undefined || finding.reported.ruleId !== 'no-hardcoded-secret') return undefined;
  const key = `${packageOf(path, packages)}\0${variable.name}`;
  const other = taken.get(key);
  if (other?.paths.length === 0 && other.mark !== finding.mark)
    return `${variable.name} is read elsewhere, and has another value. Read it here, too, if it is the same key; else give this one a name of its own.`;
  const isCalledSo = isSetting(path) || finding.symbol.endsWith(` ${variable.name}`);
  // A setting of that very name is what a constant of that name is to be given.
  const isGiven = isCalledSo && other?.isCalledSo === true && [path, ...other.paths].some(isSetting);
  if (other && other.mark !== finding.mark && !isGiven && !other.paths.every((each) => areAlternatives(each, path)))
    return `Another value has become ${variable.name} already. Give this one a name of its own, and read it from the environment.`;
  taken.set(key, {
    mark: other?.mark ?? finding.mark,
    paths: [...(other?.paths ?? []), path],
    isCalledSo: isCalledSo && (other?.isCalledSo ?? true),
  });
  return undefined;
}

function isSetting(path: string): boolean {
  return scriptLanguage(path) === undefined && componentFormat(path) === undefined;
}

/** Settings for different environments, of which one is in force: what differs between them is one variable. */
function areAlternatives(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => environmentIn(path));
  return first !== undefined && second !== undefined && first.rest === second.rest && first.name !== second.name;
}

/** What is wrong with a changed file, as the rest of a sentence about it. */
async function faultOf(path: string, text: string): Promise<string | undefined> {
  if (scriptLanguage(path) !== undefined) {
    const parsed = await parseGuarded(path, text);
    return 'failed' in parsed ? parsed.failed : undefined;
  }
  return settingsFormat(path) ? (await readSettings(path, text)).failed : undefined;
}

// --- the variables -------------------------------------------------------------------------------------------------

/** New values for env files, and what is said of them. */
interface Variables {
  readonly changes: readonly FileChange[];
  readonly told: readonly string[];
  readonly byHand: readonly string[];
}

interface Wanted {
  readonly name: string;
  readonly algorithm: string;
  readonly format: KeyFormat;
  /** What stood in its place: packages that shared a value go on sharing one. */
  readonly mark: string | undefined;
}

async function placeVariables(plan: Plan, source: Source): Promise<Variables> {
  const packages = await packagesOf(source);
  const byFile = new Map<string, Map<string, Wanted>>();
  for (const { path, suggestion, finding } of plan.mended) {
    const { variable } = suggestion;
    if (!variable) continue;
    const file = envFileFor(packageOf(path, packages), source);
    const wanted = byFile.get(file) ?? new Map<string, Wanted>();
    byFile.set(file, wanted);
    const algorithm = /^HS(?:256|384|512)$/.test(variable.algorithm ?? '') ? variable.algorithm! : 'HS256';
    const known = wanted.get(variable.name);
    const format = variable.encoding === 'hex' || variable.encoding === 'base64' ? variable.encoding : 'base64url';
    if (!known || known.algorithm < algorithm)
      wanted.set(variable.name, {
        name: variable.name,
        algorithm,
        format: known?.format ?? format,
        mark: known ? known.mark : finding.mark,
      });
  }
  const changes: FileChange[] = [];
  const told: string[] = [];
  const byHand: string[] = [];
  const made = new Map<string, { readonly key: NewKey; readonly file: string }>();
  const drawn = new Map<string, string[]>();
  for (const { path, suggestion } of plan.draws) drawn.set(path, [...(drawn.get(path) ?? []), suggestion.variable!.name]);
  for (const file of new Set([...byFile.keys(), ...drawn.keys()])) {
    const path = join(source.root, file);
    const there = readEditable(path, source.root);
    const wanted = [...(byFile.get(file)?.values() ?? [])];
    const names = wanted.map(({ name }) => name).join(', ');
    if (there.kind === 'foreign') {
      byHand.push(`${file} ${there.why}: give ${names} values where the program runs, e.g. by jwtlint generate.`);
      continue;
    }
    const before = there.kind === 'text' ? there.text : undefined;
    const values = new Map(readDotenv(before ?? '').entries.map(({ key, value }) => [key[0]!, value]));
    const missing = wanted.filter(({ name }) => (values.get(name) ?? '') === '' && !(drawn.get(file) ?? []).includes(name));
    try {
      const ignored = await ignoring({ source, root: source.root }, [path]);
      let after = before;
      const fresh = missing.map(({ name, algorithm, format, mark }) => {
        const shared = mark === undefined ? undefined : made.get(`${name}\0${mark}`);
        const key = shared?.key ?? generateKey({ ...SIZES, algorithm, format });
        if (shared) told.push(`${file}: ${name} gets the same value as in ${shared.file}, since they had one in common`);
        else if (mark !== undefined) made.set(`${name}\0${mark}`, { key, file });
        return { name, key, shared: shared !== undefined };
      });
      after = withVariables(after, new Map(fresh.map(({ name, key }) => [name, key.text])), false, file);
      const again = (drawn.get(file) ?? []).map((name) => ({
        name,
        key: generateKey({ ...SIZES, algorithm: 'HS256', format: undefined }),
        shared: false,
      }));
      after = withVariables(after, new Map(again.map(({ name, key }) => [name, key.text])), true, file);
      if (after === before || (before === undefined && after === '')) continue;
      changes.push(...ignored, { path, name: file, before, after, mode: before === undefined ? PRIVATE : undefined });
      for (const { name, key, shared } of [...fresh, ...again]) if (!shared) told.push(`${file}: ${name} gets ${key.description}`);
    } catch (error) {
      if (!(error instanceof JwtlintError)) throw error;
      const hint = error.hint === undefined ? '' : ` ${error.hint.replace(/\.?$/, '.')}`;
      const command = `jwtlint generate --env ${wanted.map(({ name }) => name).join(' ')}`;
      byHand.push(`${error.message}${hint}${wanted.length > 0 ? ` Then give ${names} values: ${command}` : ''}`);
    }
  }
  for (const [file, wanted] of byFile) {
    const directory = dirname(file);
    const inDirectory = (name: string): string => (directory === '.' ? name : `${directory}/${name}`);
    const template =
      ENV_TEMPLATES.map(inDirectory).find((name) => readEditable(join(source.root, name), source.root).kind !== 'absent') ??
      inDirectory(ENV_TEMPLATES[0]);
    const there = readEditable(join(source.root, template), source.root);
    if (there.kind === 'foreign') continue;
    const before = plan.texts.get(template) ?? (there.kind === 'text' ? there.text : undefined);
    const after = withNames(before, [...wanted.keys()]);
    if (after === before) continue;
    changes.push({ path: join(source.root, template), name: template, before: there.kind === 'text' ? there.text : undefined, after });
    told.push(`${template}: gets the names, without values`);
  }
  return { changes, told, byHand };
}

const SIZES = { bytes: undefined, modulusLength: undefined };

/** The env file of a package: its own or that of the next directory above which has one or a template of one; else its own. */
function envFileFor(directory: string, source: Source): string {
  const at = (place: string, name: string): string => (place === '' ? name : `${place}/${name}`);
  const has = (place: string): boolean =>
    ['.env', ...ENV_TEMPLATES].some((name) => readEditable(join(source.root, at(place, name)), source.root).kind !== 'absent');
  for (let place = directory; ; place = place.slice(0, Math.max(place.lastIndexOf('/'), 0))) {
    if (has(place)) return at(place, '.env');
    if (place === '') return at(directory, '.env');
  }
}

// --- carrying out --------------------------------------------------------------------------------------------------

async function carryOut(plan: Plan, variables: Variables, source: Source, options: Options, io: Io): Promise<number> {
  const changes = allChanges(plan, variables, source);
  const color = wantsColor(options, io);
  if (changes.length === 0) {
    io.stdout.write(
      plan.byHand.length + variables.byHand.length === 0 ? 'Nothing to mend.\n' : 'Nothing that can be mended without you.\n',
    );
    remaining(plan, variables, source, io);
    return EXIT.clean;
  }
  for (const change of plan.shown) io.stdout.write(`\n${renderChange(change, color)}`);
  for (const [path, lines] of ignoreLines(plan, variables))
    io.stdout.write(`\n${inert(path)}: + ${lines.map((line) => inert(line)).join(', ')}\n`);
  if (variables.told.length > 0) io.stdout.write(`\n${variables.told.map((line) => `${inert(line)}.\n`).join('')}`);
  const agreed = await agree(`\nMend ${findings(plan)} in ${count(changes.length, 'file')}? [y/N] `, options, io);
  if (agreed !== true) {
    io.stdout.write('Nothing was changed.\n');
    return agreed === undefined ? EXIT.interrupted : EXIT.clean;
  }
  writeTogether(changes);
  io.stdout.write(`\n${findings(plan)} mended in ${count(changes.length, 'file')}.\n`);
  remaining(plan, variables, source, io);
  return EXIT.clean;
}

function findings(plan: Plan): string {
  return count(plan.mended.length + plan.draws.length + plan.lines.size, 'finding');
}

/** Every file once, with all that is changed in it. */
function allChanges(plan: Plan, variables: Variables, source: Source): readonly FileChange[] {
  const changes = new Map<string, FileChange>();
  for (const [path, after] of plan.texts) {
    const before = plan.before.get(path)!;
    if (after !== before) changes.set(path, { path: join(source.root, path), name: path, before, after });
  }
  // Those of the env files stand upon the others.
  for (const change of variables.changes) if (basename(change.name) !== '.gitignore') changes.set(change.name, change);
  for (const [path, lines] of ignoreLines(plan, variables)) {
    const there = readEditable(join(source.root, path), source.root);
    if (there.kind === 'foreign') continue;
    const before = there.kind === 'text' ? there.text : undefined;
    const gap = before === undefined || before === '' || before.endsWith('\n') ? '' : '\n';
    changes.set(path, { path: join(source.root, path), name: path, before, after: `${before ?? ''}${gap}${lines.join('\n')}\n` });
  }
  return [...changes.values()].sort((one, other) => rank(one) - rank(other));
}

/** git ignores a file before a secret is written into it, and that before code that reads it. */
function rank({ name }: FileChange): number {
  return basename(name) === '.gitignore' ? 0 : basename(name).startsWith('.env') ? 1 : 2;
}

function ignoreLines(plan: Plan, variables: Variables): ReadonlyMap<string, readonly string[]> {
  const all = new Map(plan.lines);
  for (const { name, before = '', after } of variables.changes) {
    if (basename(name) !== '.gitignore') continue;
    const added = after
      .slice(before.length)
      .split('\n')
      .filter((line) => line !== '');
    all.set(name, [...new Set([...(all.get(name) ?? []), ...added])]);
  }
  return all;
}

function quoted(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

/** At most this many findings are listed. */
const LISTED = 20;

function remaining(plan: Plan, variables: Variables, source: Source, io: Io): void {
  const { byHand, mended, draws } = plan;
  const say = (line: string): void => void io.stdout.write(`${inert(line)}\n`);
  if (byHand.length + variables.byHand.length > 0) io.stdout.write('\nBy hand:\n');
  for (const line of variables.byHand) say(`  - ${line}`);
  for (const { finding, why } of byHand.slice(0, LISTED)) {
    const { location, ruleId } = finding.reported;
    say(`  - ${location.path}:${String(location.startLine)} ${ruleId}: ${why}`);
  }
  if (byHand.length > LISTED) say(`  … and ${String(byHand.length - LISTED)} more: jwtlint shows them`);
  const leaked = mended.some(({ finding }) => finding.mark !== undefined && finding.reported.ruleId !== 'no-weak-secret');
  const given = [...new Set(mended.flatMap(({ suggestion }) => suggestion.variable?.name ?? []))];
  const next: string[] = [];
  const committed = new Set(
    byHand.flatMap(({ finding: { reported } }) => {
      const { path } = reported.location;
      return reported.ruleId === 'no-committed-env' || (reported.ruleId === 'no-private-key' && isKeyFile(basename(path))) ? [path] : [];
    }),
  );
  if (committed.size > 0) next.push(`git rm --cached ${[...committed].map(quoted).join(' ')}   # they stay on disk, and in the history`);
  if (given.length > 0 && source.scope !== 'stdin')
    next.push(
      `Set ${given.join(', ')} wherever the program runs, before it is deployed: it stops without ${given.length === 1 ? 'it' : 'them'} now.`,
    );
  for (const { demands } of new Map(mended.map(({ suggestion }) => [suggestion.demands?.variable, suggestion])).values())
    if (demands) next.push(`${demands.variable} has ${String(demands.characters)} characters at least now: the program stops with less.`);
  for (const { undeclared, variable } of new Map(mended.map(({ suggestion }) => [suggestion.variable?.name, suggestion])).values())
    if (undeclared) next.push(`Declare ${variable!.name} where it belongs: in ${undeclared.join(' or ')}, among the other variables.`);
  if (given.length > 0 && plan.loadless.length > 0) {
    const where = plan.loadless.includes('') ? '' : ` ${plan.loadless.join(', ')}`;
    next.push(`Load .env where you run${where === '' ? ' it' : where}: node --env-file=.env, or the package dotenv.`);
  }
  const early = [...new Set(mended.flatMap(({ path, suggestion }) => (suggestion.tooEarly ? [path] : [])))];
  if (early.length > 0)
    next.push(
      `${early.join(', ')} ${early.length === 1 ? 'reads its variable' : 'read their variables'} when loaded, before the program loads .env: start it with node --env-file=.env, or import dotenv/config before all else.`,
    );
  if (leaked) next.push('What stood in the code counts as leaked, and stays in the history: use none of it again.');
  if (draws.length > 0) next.push('Restart what reads the env file; tokens signed with the old value are no longer accepted.');
  if (next.length > 0) io.stdout.write('\nThen:\n');
  for (const line of next) say(`  ${line}`);
}
