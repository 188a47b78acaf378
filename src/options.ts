/** The command line: what was asked for, or a clear sentence on what is wrong with it. */
import { normalize, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { JwtlintError } from './errors.js';
import { nearest } from './nearest.js';
import { FORMAT_NAMES, type FormatName } from './reports/index.js';

/** Where a report goes: to a file, or to standard output. */
export interface Output {
  readonly format: FormatName;
  readonly file: string | undefined;
}

/** Which change is scanned. */
export type ChangeScope =
  /** What is about to be committed. */
  | { readonly kind: 'staged' }
  /** What the work tree has changed since HEAD, or since it parted from a revision. */
  | { readonly kind: 'changed'; readonly since: string | undefined }
  /** `A..B` or `A...B`. */
  | { readonly kind: 'range'; readonly range: string }
  /** What git's hook of that name says on standard input. */
  | { readonly kind: 'pre-push' | 'pre-receive'; readonly remote: string | undefined };

/** One of several parts of the work. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** What jwtlint can be asked to do; without a word it scans. A path of such a name is written `./history`. */
const COMMANDS = [
  'scan',
  'history',
  'baseline',
  'init',
  'doctor',
  'generate',
  'rotate',
  'fix',
  'audit',
  'merge',
  'explain',
  'rules',
] as const;

export type Command = (typeof COMMANDS)[number];

export interface Options {
  readonly command: Command;
  /** The words after the name of a command other than scan. */
  readonly words: readonly string[];
  /** Literal paths or globs, as given; empty for everything below the working directory. */
  readonly paths: readonly string[];
  /** Undefined to scan files as they are. */
  readonly change: ChangeScope | undefined;
  /** The name of what comes from standard input; undefined when nothing is read from there. */
  readonly stdin: string | undefined;
  /** No two go to the same place; without `--format`, stylish on standard output. */
  readonly outputs: readonly Output[];
  readonly quiet: boolean;
  /** More warnings than this fail the run; undefined for any number. */
  readonly maxWarnings: number | undefined;
  readonly exitZero: boolean;
  /** Report findings of level info. */
  readonly info: boolean;
  /** Old findings are reported and decide too. */
  readonly includeOld: boolean;
  /** False under `--no-warn-ignored`: named paths that are not scanned are passed over. */
  readonly warnIgnored: boolean;
  /** A file named by `--config`; `false` under `--no-config`; undefined to look for one. */
  readonly config: string | false | undefined;
  /** What `--color` or `--no-color` says; undefined to ask the environment. */
  readonly color: boolean | undefined;
  /** False under `--no-trigger`: every file is parsed. */
  readonly trigger: boolean;
  /** Of the history: that of every ref. */
  readonly all: boolean;
  /** False under `--no-cache`: what is known to be clean is read again. */
  readonly cache: boolean;
  /** Why findings are accepted, and until when (a day). */
  readonly reason: string | undefined;
  readonly expires: string | undefined;
  /** Of set-up: nobody is asked. */
  readonly yes: boolean;
  /** Of set-up: take it back. */
  readonly undo: boolean;
  /** Of changes to code: although there are some that are not committed. */
  readonly allowDirty: boolean;
  /** Of a rotation: the old key is not accepted any more; or is not kept in the first place. */
  readonly finish: boolean;
  readonly emergency: boolean;
  /** Of an audit: the history is looked at too; and how it is written. */
  readonly lookBack: boolean;
  readonly auditFormat: string | undefined;
  /** Of a new key: a JWS algorithm, how it is written, its size in bytes or the bits of its modulus. */
  readonly algorithm: string | undefined;
  readonly keyFormat: string | undefined;
  readonly bytes: number | undefined;
  readonly modulusLength: number | undefined;
  /** Where it goes: variables of the env file, or of one for each of these environments; a file; standard output. */
  readonly env: boolean;
  readonly for: string | undefined;
  readonly out: string | undefined;
  readonly toStdout: boolean;
  /** What is there may be replaced. */
  readonly replace: boolean;
  /** Of a list: for programs. */
  readonly json: boolean;
  /** The part of the files that is scanned, from 1, and how many parts there are; undefined for all. */
  readonly shard: Shard | undefined;
  /** Nothing is scanned: the settings of this file are printed. */
  readonly printConfig: string | undefined;
  readonly debug: boolean;
  readonly version: boolean;
  readonly help: boolean;
}

const FLAGS = {
  staged: { type: 'boolean' },
  changed: { type: 'boolean' },
  since: { type: 'string' },
  range: { type: 'string' },
  'pre-push': { type: 'boolean' },
  'pre-receive': { type: 'boolean' },
  stdin: { type: 'boolean' },
  'stdin-filename': { type: 'string' },
  format: { type: 'string', short: 'f', multiple: true },
  quiet: { type: 'boolean' },
  'max-warnings': { type: 'string' },
  'exit-zero': { type: 'boolean' },
  info: { type: 'boolean' },
  'include-old': { type: 'boolean' },
  'no-warn-ignored': { type: 'boolean' },
  config: { type: 'string' },
  'no-config': { type: 'boolean' },
  color: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  'no-trigger': { type: 'boolean' },
  all: { type: 'boolean' },
  'no-cache': { type: 'boolean' },
  reason: { type: 'string' },
  expires: { type: 'string' },
  yes: { type: 'boolean', short: 'y' },
  undo: { type: 'boolean' },
  'allow-dirty': { type: 'boolean' },
  finish: { type: 'boolean' },
  emergency: { type: 'boolean' },
  history: { type: 'boolean' },
  algorithm: { type: 'string' },
  bytes: { type: 'string' },
  'modulus-length': { type: 'string' },
  env: { type: 'boolean' },
  for: { type: 'string' },
  out: { type: 'string' },
  stdout: { type: 'boolean' },
  replace: { type: 'boolean' },
  json: { type: 'boolean' },
  shard: { type: 'string' },
  'print-config': { type: 'string' },
  debug: { type: 'boolean' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies Record<string, { type: 'boolean' | 'string'; short?: string; multiple?: boolean }>;

type Flag = keyof typeof FLAGS;

/** The names of all options, for the tests of what the help says. */
export const FLAG_NAMES: readonly string[] = Object.keys(FLAGS);

/** Options of every command. */
const GENERAL: readonly Flag[] = ['config', 'no-config', 'color', 'no-color', 'debug', 'version', 'help'];

/** Further options of a command; those of a scan are all that no other command has for itself. */
const OPTIONS_OF: Readonly<Record<Exclude<Command, 'scan'>, readonly Flag[]>> = {
  history: ['all', 'no-cache', 'format', 'quiet', 'info', 'max-warnings', 'exit-zero', 'no-trigger'],
  baseline: ['reason', 'expires', 'info'],
  init: ['yes', 'undo'],
  doctor: [],
  generate: ['algorithm', 'bytes', 'modulus-length', 'format', 'env', 'for', 'out', 'stdout', 'replace'],
  rotate: ['yes', 'for', 'finish', 'emergency'],
  fix: ['yes', 'allow-dirty', 'info'],
  audit: ['format', 'history', 'info'],
  merge: ['format', 'quiet', 'info', 'max-warnings', 'exit-zero'],
  explain: [],
  rules: ['json'],
};

const NOT_OF_SCAN: readonly Flag[] = [
  ...(['all', 'no-cache', 'reason', 'expires', 'yes', 'undo', 'allow-dirty', 'finish', 'emergency', 'history'] as const),
  ...(['algorithm', 'bytes', 'modulus-length', 'env', 'for', 'out', 'stdout', 'replace', 'json'] as const),
];

function isOptionOf(command: Command, flag: Flag): boolean {
  if (GENERAL.includes(flag)) return true;
  return command === 'scan' ? !NOT_OF_SCAN.includes(flag) : OPTIONS_OF[command].includes(flag);
}

/** What somebody may have meant who typed a word that is no path, e.g. `jwtlint histroy`; undefined when there is no such thing. */
export function commandMeant(word: string): string | undefined {
  const meant = nearest(word, [...COMMANDS, 'help']);
  return meant === 'help' ? 'jwtlint --help' : meant && `jwtlint ${meant}`;
}

function usage(message: string, hint = 'jwtlint --help lists what there is.'): JwtlintError {
  return new JwtlintError('usage', message, hint);
}

/**
 * Reads the arguments after the program's name.
 *
 * @param cwd where relative paths begin
 * @throws JwtlintError `usage` for what is unknown, incomplete or contradicts itself; `--help` and `--version` win over that.
 */
export function parseOptions(argv: readonly string[], cwd: string): Options {
  // Not strict, because of its sentences: ours name the nearest option and never a Node error.
  const { tokens } = parseArgs({ args: [...argv], options: FLAGS, strict: false, allowPositionals: true, tokens: true });
  const flags = new Set<Flag>();
  const values = new Map<Flag, string[]>();
  const words: string[] = [];
  let color: boolean | undefined;
  let command: Command | undefined;
  let problem: JwtlintError | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      const named = command === undefined ? COMMANDS.find((name) => name === token.value) : undefined;
      if (named === undefined) words.push(token.value);
      command ??= named ?? 'scan';
    } else if (token.kind === 'option-terminator') command ??= 'scan';
    else {
      const name = token.name as Flag;
      problem ??= problemOf(token);
      flags.add(name);
      if (name === 'color' || name === 'no-color') color = name === 'color';
      if (token.value !== undefined) values.set(name, [...(values.get(name) ?? []), token.value]);
    }
  }
  const last = (flag: Flag): string | undefined => values.get(flag)?.at(-1);
  const options: Options = {
    command: command ?? 'scan',
    words: command === undefined || command === 'scan' ? [] : words,
    paths: command === undefined || command === 'scan' ? words : [],
    change: undefined,
    stdin: flags.has('stdin') ? last('stdin-filename') : undefined,
    outputs: [],
    quiet: flags.has('quiet'),
    maxWarnings: undefined,
    exitZero: flags.has('exit-zero'),
    info: flags.has('info'),
    includeOld: flags.has('include-old'),
    warnIgnored: !flags.has('no-warn-ignored'),
    config: flags.has('no-config') ? false : last('config'),
    color,
    trigger: !flags.has('no-trigger'),
    all: flags.has('all'),
    cache: !flags.has('no-cache'),
    reason: last('reason'),
    expires: last('expires'),
    yes: flags.has('yes'),
    undo: flags.has('undo'),
    allowDirty: flags.has('allow-dirty'),
    finish: flags.has('finish'),
    emergency: flags.has('emergency'),
    lookBack: flags.has('history'),
    auditFormat: undefined,
    algorithm: last('algorithm'),
    keyFormat: undefined,
    bytes: undefined,
    modulusLength: undefined,
    env: flags.has('env'),
    for: last('for'),
    out: last('out'),
    toStdout: flags.has('stdout'),
    replace: flags.has('replace'),
    json: flags.has('json'),
    shard: undefined,
    printConfig: last('print-config'),
    debug: flags.has('debug'),
    version: flags.has('version'),
    help: flags.has('help'),
  };
  if (options.help || options.version) return options;
  if (problem) throw problem;
  const foreign = [...flags].find((flag) => !isOptionOf(options.command, flag));
  if (foreign !== undefined)
    throw usage(`--${foreign} is no option of jwtlint ${options.command}`, `jwtlint ${options.command} --help lists what there is.`);
  if (flags.has('config') && flags.has('no-config')) throw usage('--config and --no-config exclude each other');
  if (options.command === 'generate') {
    const [bytes, modulusLength] = [wholeNumber('bytes', last('bytes')), wholeNumber('modulus-length', last('modulus-length'))];
    return { ...options, keyFormat: last('format'), bytes, modulusLength };
  }
  if (options.command === 'audit') return { ...options, auditFormat: last('format') };
  const reported = { outputs: outputsOf(values.get('format') ?? [], cwd), maxWarnings: wholeNumber('max-warnings', last('max-warnings')) };
  if (options.command !== 'scan') return { ...options, ...reported };
  if (options.printConfig !== undefined && words.length > 0) throw usage('--print-config takes one file and scans nothing');
  const change = changeOf(flags, last, words);
  const shard = shardOf(last('shard'));
  if (shard && (change !== undefined || flags.has('stdin')))
    throw usage('--shard goes with a scan of files', 'A change is small enough for one machine.');
  if (flags.has('stdin') && words.length > 0) throw usage('--stdin takes no paths');
  if (flags.has('stdin') && !options.stdin) {
    throw usage('--stdin needs --stdin-filename NAME', 'The name says how to read the text, e.g. src/auth.ts or .env.');
  }
  if (!flags.has('stdin') && flags.has('stdin-filename')) throw usage('--stdin-filename goes with --stdin');
  if (words.includes('')) throw usage('a path is empty', 'Is a variable unset?');
  // A hook is given the remote's name and address; they are no paths.
  const paths = change?.kind === 'pre-push' || words.every((word) => HERE.test(word)) ? [] : words;
  return { ...options, change, paths, shard, ...reported };
}

/** The working directory, which is what a scan is of when it names nothing. */
const HERE = /^\.[/\\]*$/;

/** `2/5` */
function shardOf(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (index === undefined || shard.index < 1 || shard.index > shard.of)
    throw usage(`--shard takes which of how many, not "${text}"`, 'For example: --shard 2/5');
  return shard;
}

/** Options that say what is scanned; one at most. */
const SCOPES = ['staged', 'changed', 'since', 'range', 'pre-push', 'pre-receive', 'stdin'] as const satisfies readonly Flag[];

function changeOf(flags: ReadonlySet<Flag>, last: (flag: Flag) => string | undefined, words: readonly string[]): ChangeScope | undefined {
  const [scope, other] = SCOPES.filter((flag) => flags.has(flag));
  if (scope === undefined || scope === 'stdin') return undefined;
  if (other !== undefined) throw usage(`--${scope} and --${other} exclude each other`);
  if (words.length > (scope === 'pre-push' ? 2 : 0)) {
    throw usage(
      scope === 'pre-push'
        ? '--pre-push takes a remote and its address, nothing more'
        : `--${scope} takes no paths: it checks all that ${scope === 'staged' ? 'is staged' : 'changed'}`,
      `Leave --${scope} out to scan the named files as they are on disk.`,
    );
  }
  switch (scope) {
    case 'staged':
      return { kind: 'staged' };
    case 'changed':
    case 'since':
      return { kind: 'changed', since: last('since') };
    case 'range':
      return { kind: 'range', range: last('range') ?? '' };
    case 'pre-push':
    case 'pre-receive':
      return { kind: scope, remote: words[0] };
  }
}

/** What is wrong with one option by itself. */
function problemOf(token: {
  name: string;
  rawName: string;
  value?: string | undefined;
  inlineValue?: boolean | undefined;
}): JwtlintError | undefined {
  const { name, rawName, value } = token;
  if (!Object.hasOwn(FLAGS, name)) {
    const meant = nearest(name, Object.keys(FLAGS));
    return usage(`there is no option ${rawName}`, meant === undefined ? undefined : `Did you mean --${meant}?`);
  }
  if (FLAGS[name as Flag].type === 'boolean') return value === undefined ? undefined : usage(`${rawName} takes no value`);
  if (value === undefined || value === '') return usage(`${rawName} needs a value`);
  if (!token.inlineValue && value.startsWith('-'))
    return usage(`${rawName} needs a value, not the option ${value}`, `A value that begins with a dash is written --${name}=${value}.`);
  return undefined;
}

function outputsOf(formats: readonly string[], cwd: string): Output[] {
  if (formats.length === 0) return [{ format: 'stylish', file: undefined }];
  const places = new Set<string>();
  return formats.map((text) => {
    const equals = text.indexOf('=');
    const typed = equals < 0 ? text : text.slice(0, equals);
    const format = FORMAT_NAMES.find((known) => known === typed);
    if (format === undefined) {
      const meant = nearest(typed, FORMAT_NAMES);
      throw usage(
        `there is no format "${typed}"`,
        meant === undefined ? `Formats are ${FORMAT_NAMES.join(', ')}.` : `Did you mean ${meant}?`,
      );
    }
    const file = equals < 0 ? undefined : normalize(text.slice(equals + 1));
    if (equals === text.length - 1) throw usage(`--format ${text} names no file`, `For example: --format ${format}=report.txt`);
    const place = file === undefined ? '' : resolve(cwd, file);
    if (places.has(place)) {
      throw usage(`two formats would be written to ${file ?? 'standard output'}`, `Give each a file of its own: --format ${format}=FILE`);
    }
    places.add(place);
    return { format, file };
  });
}

function wholeNumber(flag: Flag, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,9}$/.test(text)) throw usage(`--${flag} takes a whole number, not "${text}"`);
  return Number(text);
}
