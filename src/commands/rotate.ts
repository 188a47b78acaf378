/** `jwtlint rotate`: a new key takes the place of one in use, and the old one stays good for a while. */
import { basename, dirname, join, resolve } from 'node:path';
import { ENV_TEMPLATES } from '../../rules/facts/env-files.js';
import type { KeySurvey, KeyUse } from '../../rules/facts/key-uses.js';
import { secretName } from '../../rules/facts/names.js';
import { secondsIn } from '../../rules/facts/spans-of-time.js';
import { EXIT, JwtlintError } from '../errors.js';
import { workTreeAbove } from '../git.js';
import type { Io } from '../io.js';
import { algorithmOfKey, generateKey, publicJwkOf, type KeyFormat, type PublicJwk } from '../key-generation.js';
import type { Options } from '../options.js';
import { contextFor } from '../policy.js';
import { Lines } from '../positions.js';
import { readDotenv } from '../readers/settings/dotenv.js';
import { inert } from '../redact.js';
import { withNames, withVariables } from '../setup/env-file.js';
import { readEditable, writeTogether, type FileChange } from '../setup/write.js';
import { openWorkTree } from '../sources/files.js';
import type { Source } from '../sources/source.js';
import { configurationFor } from './collect.js';
import { agree } from './consent.js';
import { ignoring } from './ignoring.js';
import { surveyKeys } from './key-survey.js';

const PRIVATE = 0o600;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** How the old key is called beside the new one. */
function previousOf(name: string): string {
  return `${name}_PREVIOUS`;
}

/**
 * Runs the command in the working directory.
 *
 * @returns 0; 130 when the question is broken off
 * @throws JwtlintError `usage`, or `output` when a file may not or cannot be written; nothing is written then
 */
export async function rotate(options: Options, io: Io): Promise<number> {
  const [word, ...more] = options.words;
  if (word === undefined || more.length > 0)
    throw new JwtlintError(
      'usage',
      word === undefined ? 'jwtlint rotate needs to know which key' : `one key at a time: ${more[0]!} is left over`,
      'For example: jwtlint rotate JWT_SECRET, or jwtlint rotate jwt-private.pem',
    );
  if (options.finish && options.emergency)
    throw new JwtlintError('usage', '--finish and --emergency exclude each other', 'In an emergency there is no grace period to end.');
  const isName = NAME.test(word);
  if (!isName && options.for !== undefined) throw new JwtlintError('usage', '--for goes with the name of a variable');
  const root = workTreeAbove(io.cwd);
  const source = await openWorkTree({ cwd: root ?? io.cwd, env: io.env }, { cwd: root ?? io.cwd, paths: [], warnIgnored: true });
  try {
    return isName ? await rotateVariable(word, source, options, io) : await rotatePair(word, source, options, io);
  } finally {
    await source.close();
  }
}

// --- a secret ------------------------------------------------------------------------------------------------------

async function rotateVariable(name: string, source: Source, options: Options, io: Io): Promise<number> {
  if (name.endsWith('_PREVIOUS'))
    throw new JwtlintError(
      'usage',
      `${name} is what rotation calls an old key`,
      `Name the current one: ${name.slice(0, -'_PREVIOUS'.length)}`,
    );
  const previous = previousOf(name);
  const files = filesOf(options.for);
  const { uses, untold, verifies } = options.finish ? NOTHING_FOUND : await usesOf(name, source, options, io);
  const changes: FileChange[] = [];
  const told: string[] = [];
  const paths = files.map((file) => join(io.cwd, file));
  changes.push(...(await ignoring({ source, root: source.root }, paths)));
  for (const file of files) {
    const path = join(io.cwd, file);
    const there = readEditable(path, io.cwd);
    if (there.kind !== 'text')
      throw new JwtlintError(
        'output',
        there.kind === 'absent' ? `There is no ${file} here.` : `${file} ${there.why}.`,
        `Go to the directory with the env file that has ${name}.`,
      );
    const before = there.text;
    const values = new Map(readDotenv(before).entries.map(({ key, value }) => [key[0]!, value]));
    const current = values.get(name) ?? '';
    if (current === '')
      throw new JwtlintError('output', `${name} has no value in ${file}.`, `Make the first one: jwtlint generate --env ${name}`);
    if (isKeyText(current))
      throw new JwtlintError(
        'output',
        `${name} in ${file} holds a key in ${current.trimStart().startsWith('{') ? 'JWK' : 'PEM'}, no secret.`,
        'A key pair is rotated as a file, beside the set of its public keys: put the private key into one, and run jwtlint rotate FILE.',
      );
    if (secretName(name) === undefined && isNoSecret(current))
      throw new JwtlintError(
        'output',
        `${name} in ${file} holds a number, a span of time, a switch or an address, no secret.`,
        'Name the variable that holds the signing secret.',
      );
    const old = values.get(previous) ?? '';
    let after: string;
    if (options.finish) {
      if (old === '') throw new JwtlintError('output', `${previous} has no value in ${file}: no rotation is under way.`);
      after = withVariables(before, new Map([[previous, '']]), true, file);
      told.push(`${file}: ${previous} is empty. What was signed with the old key is no longer accepted.`);
    } else {
      if (old !== '' && !options.emergency)
        throw new JwtlintError(
          'output',
          `${previous} has a value in ${file}: a rotation is under way.`,
          `End it first: jwtlint rotate ${name} --finish`,
        );
      const key = generateKey({ algorithm: algorithmOf(uses), format: formatOf(current), bytes: undefined, modulusLength: undefined });
      const given: [string, string][] = [[name, key.text]];
      if (!options.emergency) given.push([previous, current]);
      else if (values.has(previous)) given.push([previous, '']);
      after = withVariables(before, new Map(given), true, file);
      told.push(`${file}: ${name} is ${key.description}.`);
      told.push(options.emergency ? `${file}: the old value is gone.` : `${file}: the old value is ${previous} now.`);
    }
    changes.push({ path, name: file, before, after });
  }
  if (!options.finish && !options.emergency) changes.push(...templateWith(previous, io));
  if (!options.finish && !options.emergency) {
    if (uses.length > 0) io.stdout.write(advice(name, previous, uses));
    if (untold.length > 0) io.stdout.write(doubts(name, untold));
    if (!verifies) io.stdout.write(`Nothing here verifies with ${name}. What does so elsewhere must take ${previous}, too.\n`);
  }
  if (uses.length + untold.length > 0 && !options.emergency) {
    const agreed = await agree(`\nRotate ${name} all the same? [y/N] `, options, io);
    if (agreed !== true) {
      io.stdout.write('Nothing was changed.\n');
      return agreed === undefined ? EXIT.interrupted : EXIT.clean;
    }
  }
  writeTogether(changes);
  for (const line of told) io.stdout.write(`${inert(line)}\n`);
  io.stdout.write(next(name, options));
  return EXIT.clean;
}

function filesOf(environments: string | undefined): readonly string[] {
  if (environments === undefined) return ['.env'];
  const names = environments.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !/^[A-Za-z0-9][A-Za-z0-9_-]*(?:\.local)?$/.test(name));
  if (wrong !== undefined)
    throw new JwtlintError('usage', `--for takes names of environments, not "${wrong}"`, 'For example: --for development,production');
  return [...new Set(names)].map((name) => `.env.${name}`);
}

function templateWith(name: string, io: Io): readonly FileChange[] {
  const template = ENV_TEMPLATES.find((file) => readEditable(join(io.cwd, file), io.cwd).kind === 'text');
  if (template === undefined) return [];
  const there = readEditable(join(io.cwd, template), io.cwd);
  if (there.kind !== 'text') return [];
  const after = withNames(there.text, [name]);
  return after === there.text ? [] : [{ path: join(io.cwd, template), name: template, before: there.text, after }];
}

/** What is written as the old value was: code may decode it. */
function formatOf(value: string): KeyFormat {
  if (/^(?:[0-9a-f]{2}){16,}$/i.test(value)) return 'hex';
  return /^[A-Za-z0-9+/]{22,}={1,2}$/.test(value) || /^(?=.*[+/])[A-Za-z0-9+/]{32,}$/.test(value) ? 'base64' : 'base64url';
}

/** PEM, with line breaks of whatever kind, or a JWK of a key pair. */
function isKeyText(value: string): boolean {
  return value.includes('-----BEGIN ') || /^\s*\{[^]*"kty"\s*:\s*"(?!oct")/.test(value);
}

/** What settings beside a secret hold, which must not become a key: `15m`, `3600`, `true`, an address. */
function isNoSecret(value: string): boolean {
  return secondsIn(value) !== undefined || /^(?:\d+|true|false|https?:\/\/.*)$/i.test(value);
}

/** The algorithm with the longest hash among those that the key is used with. */
function algorithmOf(uses: readonly Verification[]): string {
  const names = uses.flatMap(({ use }) => use.algorithmNames).filter((name) => /^HS(?:256|384|512)$/.test(name));
  return names.sort().at(-1) ?? 'HS256';
}

/** A verification that takes the current key, and no previous one. */
interface Verification {
  readonly use: KeyUse;
  readonly path: string;
  readonly line: number;
}

/** What verifications there are. */
interface Verifications {
  /** Those with the current key that do not know its predecessor. */
  readonly uses: readonly Verification[];
  /** Those whose key reading the code does not tell. */
  readonly untold: readonly Verification[];
  /** Something verifies with the key, or may do so. */
  readonly verifies: boolean;
}

const NOTHING_FOUND: Verifications = { uses: [], untold: [], verifies: true };

/** Where the code verifies with a key without knowing its predecessor. */
async function usesOf(name: string, source: Source, options: Options, io: Io): Promise<Verifications> {
  const configuration = await configurationFor(source, options, io.cwd);
  const { scripts } = await surveyKeys(source, configuration);
  const surveys = scripts.filter(({ path, isTest }) => contextFor(path, configuration.forPath(path), isTest) === undefined);
  const uses: Verification[] = [];
  const untold: Verification[] = [];
  let verifies = false;
  for (const survey of surveys) {
    for (const use of survey.uses) {
      if (use.kind === 'sign') continue;
      const takes = use.sources.some((each) => isNamed(each, name));
      // Whoever verifies with a set of keys, or with another variable, has nothing to do with this one.
      const isUntold = !takes && use.kind === 'verify' && use.key !== 'public' && use.sources.every(({ origin }) => origin === 'unknown');
      if (!takes && !isUntold) continue;
      verifies = true;
      if (knows(survey, name, surveys)) continue;
      const bytes = (await source.read([use.place.path])).get(use.place.path);
      const line = bytes === undefined ? 1 : new Lines(Buffer.from(bytes).toString()).lineOf(use.place.start);
      (takes ? uses : untold).push({ use, path: use.place.path, line });
    }
  }
  return { uses, untold, verifies };
}

/** True for a variable, and for what is called like it where nothing more is known: `this.config.jwtSecret`. */
function isNamed(source: KeyUse['sources'][number], name: string): boolean {
  if (source.origin === 'environment' || source.origin === 'configuration') return source.name === name;
  const words = (each: string): string => each.replaceAll('_', '').toLowerCase();
  return source.origin === 'unknown' && source.name !== undefined && words(source.name) === words(name);
}

/** Whether the file that reads the current key reads the previous one too: itself, or one that gives it its keys. */
function knows(survey: KeySurvey, name: string, all: readonly KeySurvey[]): boolean {
  const previous = previousOf(name);
  return survey.reads.includes(previous) || (!survey.reads.includes(name) && all.some(({ reads }) => reads.includes(previous)));
}

/** The change that makes a verification take the old key too, by library. */
const CHANGES: readonly (readonly [packages: RegExp, change: string])[] = [
  [/session|cookie|yar/, 'give both, the current one first: secret: [process.env.NAME, process.env.NAME_PREVIOUS].filter(Boolean)'],
  [
    /^(?:express-jwt|koa-jwt|passport-jwt|@nestjs\/jwt|@fastify\/jwt)$/,
    'give a function as the key (secret, secretOrKeyProvider): it returns process.env.NAME_PREVIOUS for tokens with iat before the rotation',
  ],
  [
    /./,
    'try both, and refuse what neither verifies: for (const key of [process.env.NAME, process.env.NAME_PREVIOUS].filter(Boolean)) { try { return VERIFY } catch {} }',
  ],
];

/** Packages whose verification is awaited. */
const ASYNC = /^(?:jose|@nestjs\/jwt|hono|@hono\/|@tsndr\/cloudflare-worker-jwt|djwt)/;

/** At most this many calls are listed of which nobody can tell. */
const LISTED = 8;

function doubts(name: string, untold: readonly Verification[]): string {
  const lines = [`Reading the code does not tell which key these verify with. Those that take ${name} need ${previousOf(name)}, too:`];
  for (const { use, path, line } of untold.slice(0, LISTED)) lines.push(`  ${inert(path)}:${String(line)} ${use.package} ${use.api}`);
  if (untold.length > LISTED) lines.push(`  … and ${String(untold.length - LISTED)} more`);
  return `${lines.join('\n')}\n`;
}

function advice(name: string, previous: string, uses: readonly Verification[]): string {
  const lines = [`These verify with ${name} and do not know ${previous}: they refuse what was signed before the rotation.`];
  for (const { use, path, line } of uses) {
    const change = CHANGES.find(([packages]) => packages.test(use.package))![1]
      .replaceAll('NAME_PREVIOUS', previous)
      .replaceAll(/\bNAME\b/g, name)
      .replace('VERIFY', `${ASYNC.test(use.package) ? 'await ' : ''}${use.api}(token, key, …)`);
    lines.push(`  ${inert(path)}:${String(line)} ${use.package} ${use.api || 'middleware'}`, `    ${change}`);
  }
  return `${lines.join('\n')}\n`;
}

function next(name: string, { finish, emergency }: Pick<Options, 'finish' | 'emergency'>): string {
  if (finish) return '\nThen: set it in every place where the service runs, and restart it.\n';
  if (!emergency)
    return `
Then:
  Give both values to every place where the service runs, and restart what verifies before what signs.
  When the longest-lived token is over, end the grace period: jwtlint rotate ${name} --finish
`;
  return `
Then, at once:
  1. Give the new value to every place where the service runs, and restart it: tokens of the old key are refused from then on.
  2. Everybody has to log in again. Delete refresh tokens and sessions that are stored: they were handed out to whoever had the key.
  3. Update what else has the key: other services that verify, CI, secret managers, backups.
  4. Look at what was done with tokens since the key may have leaked, and where it leaked: jwtlint history
`;
}

// --- a key pair ----------------------------------------------------------------------------------------------------

async function rotatePair(name: string, source: Source, options: Options, io: Io): Promise<number> {
  const path = resolve(io.cwd, name);
  const there = readEditable(path, dirname(path));
  if (there.kind !== 'text')
    throw new JwtlintError(
      'usage',
      there.kind === 'absent' ? `${name} is no name of a variable, and no file` : `${name} ${there.why}`,
      'Name a variable of .env, or a file with a private key.',
    );
  const pair = algorithmOfKey(there.text);
  if (!pair)
    throw new JwtlintError('usage', `${name} holds no private key that can be read`, 'A key with a passphrase is rotated by what made it.');
  const jwksPath = `${path.replace(/\.(?:pem|key|jwk|json)$/, '')}.jwks.json`;
  const jwksName = join(dirname(name), basename(jwksPath));
  const set = readSet(jwksPath, jwksName);
  const own = { ...publicJwkOf(there.text), alg: pair.algorithm, use: 'sig' };
  const known = set.keys.find(({ kid }) => kid === own.kid);
  const current = known ?? own;
  const write = (keys: readonly PublicJwk[]): FileChange => ({
    path: jwksPath,
    name: jwksName,
    before: set.text,
    after: `${JSON.stringify({ keys }, undefined, 2)}\n`,
  });
  if (options.finish) {
    if (set.keys.every(({ kid }) => kid === own.kid))
      throw new JwtlintError('output', `${jwksName} has no other key than the current one: no rotation is under way.`);
    writeTogether([write([current])]);
    io.stdout.write(
      `${inert(jwksName)}: has the current public key only, kid ${own.kid}.\n\nThen: publish it. What the old key signed is no longer accepted.\n`,
    );
    return EXIT.clean;
  }
  if (!options.emergency && set.keys.some(({ kid }) => kid !== own.kid))
    throw new JwtlintError(
      'output',
      `${jwksName} has further keys: a rotation is under way.`,
      `End it first: jwtlint rotate ${name} --finish`,
    );
  const key = generateKey({
    algorithm: current.alg ?? pair.algorithm,
    format: pair.format,
    bytes: undefined,
    modulusLength: pair.modulusLength,
  });
  const [fresh] = (JSON.parse(key.publicJwks!) as { keys: PublicJwk[] }).keys;
  const ignored = await ignoring({ source, root: source.root }, [path]);
  writeTogether([
    ...ignored,
    write(options.emergency ? [fresh!] : [fresh!, current]),
    { path, name, before: there.text, after: `${key.text}\n`, mode: PRIVATE },
  ]);
  io.stdout.write(`${inert(name)}: ${key.description}. The old private key is gone.\n`);
  io.stdout.write(
    options.emergency
      ? `${inert(jwksName)}: has the new public key only.\n`
      : `${inert(jwksName)}: has the new public key, and the old one (kid ${own.kid}), which verifies what is still out.\n`,
  );
  io.stdout.write(pairNext(name, options.emergency));
  return EXIT.clean;
}

function pairNext(name: string, emergency: boolean): string {
  if (emergency) return next(name, { emergency, finish: false });
  return `
Then:
  Publish the key set before the new key signs: who verifies must know the new kid first.
  Give the new private key to what signs, with its kid in the header of each token.
  When the longest-lived token is over, end the grace period: jwtlint rotate ${name} --finish
`;
}

function readSet(path: string, name: string): { readonly text: string | undefined; readonly keys: readonly PublicJwk[] } {
  const there = readEditable(path, dirname(path));
  if (there.kind === 'foreign') throw new JwtlintError('output', `${name} ${there.why}.`);
  if (there.kind === 'absent') return { text: undefined, keys: [] };
  let keys: unknown;
  try {
    keys = (JSON.parse(there.text) as { keys?: unknown } | null)?.keys;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'object' && key !== null && !('d' in key)))
    throw new JwtlintError('output', `${name} is no set of public keys (RFC 7517, 5).`, 'Put it right, or move it away.');
  return { text: there.text, keys: keys as PublicJwk[] };
}
