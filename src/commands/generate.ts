/** `jwtlint generate`: makes keys, and puts them where git does not see them. */
import { basename, dirname, join, resolve } from 'node:path';
import { ENV_TEMPLATES, isEnvTemplate } from '../../rules/facts/env-files.js';
import { EXIT, JwtlintError } from '../errors.js';
import { workTreeAbove } from '../git.js';
import type { Io } from '../io.js';
import { ALGORITHMS, generateKey, KEY_FORMATS, type KeyFormat, type KeyRequest } from '../key-generation.js';
import { nearest } from '../nearest.js';
import type { Options } from '../options.js';
import { inert } from '../redact.js';
import { withNames, withVariables } from '../setup/env-file.js';
import { readEditable, writeTogether, type FileChange } from '../setup/write.js';
import { openWorkTree } from '../sources/files.js';
import { ignoring, type Repository } from './ignoring.js';

const ENV_FILE = '.env';
/** Only their owner reads files with secrets. */
const PRIVATE = 0o600;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Runs the command in the working directory.
 *
 * @returns 0
 * @throws JwtlintError `usage`, or `output` when a file may not or cannot be written; nothing is written then
 */
export async function generate(options: Options, io: Io): Promise<number> {
  const request = requestOf(options);
  const { env, out, toStdout, words } = options;
  const places = [env || options.for !== undefined, out !== undefined, toStdout].filter(Boolean).length;
  if (places !== 1) {
    throw new JwtlintError(
      'usage',
      places === 0 ? 'jwtlint generate needs to know where the key goes' : 'a key goes to one place: --env, --out or --stdout',
      'For example: jwtlint generate --env JWT_SECRET; jwtlint generate --stdout | your-secret-manager',
    );
  }
  if (!env && options.for === undefined && words.length > 0)
    throw new JwtlintError('usage', `${words[0]!} is left over`, 'Names of variables go with --env.');
  if (toStdout) {
    // For a pipe the key alone; a person gets a line.
    io.stdout.write(generateKey(request).text + (io.columns() === undefined ? '' : '\n'));
    return EXIT.clean;
  }
  const root = workTreeAbove(io.cwd);
  const source =
    root === undefined ? undefined : await openWorkTree({ cwd: io.cwd, env: io.env }, { cwd: io.cwd, paths: [], warnIgnored: true });
  try {
    const repository = source && root !== undefined ? { source, root } : undefined;
    if (out !== undefined) return await toFile(out, request, options, io, repository);
    return await toEnvFiles(request, options, io, repository);
  } finally {
    await source?.close();
  }
}

function requestOf({ algorithm = 'HS256', keyFormat, bytes, modulusLength }: Options): KeyRequest {
  if (!(ALGORITHMS as readonly string[]).includes(algorithm)) throw unknown('algorithm', algorithm, ALGORITHMS);
  if (keyFormat !== undefined && !(KEY_FORMATS as readonly string[]).includes(keyFormat)) throw unknown('format', keyFormat, KEY_FORMATS);
  return { algorithm, format: keyFormat as KeyFormat | undefined, bytes, modulusLength };
}

function unknown(what: string, typed: string, known: readonly string[]): JwtlintError {
  const meant = nearest(typed, known);
  return new JwtlintError(
    'usage',
    `there is no ${what} "${typed}" to make a key in`,
    meant === undefined ? `There is ${known.join(', ')}.` : `Did you mean ${meant}?`,
  );
}

async function toFile(out: string, request: KeyRequest, options: Options, io: Io, repository: Repository | undefined): Promise<number> {
  const path = resolve(io.cwd, out);
  const before = existing(path, out, options.replace);
  const key = generateKey(request);
  const changes: FileChange[] = [
    ...(await ignoring(repository, [path])),
    { path, name: out, before, after: `${key.text}\n`, mode: PRIVATE },
  ];
  const jwks = `${path.replace(/\.(?:pem|key|jwk|json)$/, '')}.jwks.json`;
  const jwksName = join(dirname(out), basename(jwks));
  if (key.publicJwks !== undefined)
    changes.push({ path: jwks, name: jwksName, before: existing(jwks, jwksName, options.replace), after: key.publicJwks });
  writeTogether(changes);
  io.stdout.write(`${inert(out)}: ${key.description}. Only you can read it.\n`);
  if (key.publicJwks !== undefined) io.stdout.write(`${inert(jwksName)}: the public key, for everybody who verifies.\n`);
  said(changes, io);
  return EXIT.clean;
}

/** What a file holds that may be written. */
function existing(path: string, name: string, replace: boolean): string | undefined {
  const read = readEditable(path, dirname(path));
  if (read.kind === 'foreign') throw new JwtlintError('output', `${name} ${read.why}.`, 'Name another place.');
  if (read.kind === 'absent') return undefined;
  if (!replace) throw new JwtlintError('output', `${name} is there already.`, 'With --replace it gets a new key, and the old one is gone.');
  return read.text;
}

async function toEnvFiles(request: KeyRequest, options: Options, io: Io, repository: Repository | undefined): Promise<number> {
  const names = options.words;
  if (names.length === 0)
    throw new JwtlintError('usage', '--env needs names of variables', 'For example: jwtlint generate --env JWT_SECRET');
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong !== undefined)
    throw new JwtlintError('usage', `${wrong} is no name of a variable`, 'Letters, digits and _, with no digit first.');
  if (new Set(names).size < names.length) throw new JwtlintError('usage', 'a name is given twice');
  const files = filesFor(options.for);
  const changes: FileChange[] = await ignoring(
    repository,
    files.map((file) => join(io.cwd, file)),
  );
  const told: string[] = [];
  for (const file of files) {
    const path = join(io.cwd, file);
    const read = readEditable(path, io.cwd);
    if (read.kind === 'foreign')
      throw new JwtlintError('output', `${file} ${read.why}.`, 'A secret goes into a file of this directory only.');
    const before = read.kind === 'text' ? read.text : undefined;
    const keys = names.map((name) => [name, generateKey(request)] as const);
    const after = withVariables(before, new Map(keys.map(([name, { text }]) => [name, text])), options.replace, file);
    changes.push({ path, name: file, before, after, mode: PRIVATE });
    told.push(...keys.map(([name, { description }]) => `${file}: ${name} is ${description}.\n`));
  }
  const template = ENV_TEMPLATES.find((name) => readEditable(join(io.cwd, name), io.cwd).kind !== 'absent') ?? ENV_TEMPLATES[0];
  const read = readEditable(join(io.cwd, template), io.cwd);
  if (read.kind === 'foreign') throw new JwtlintError('output', `${template} ${read.why}.`, 'Remove it, or let it be a file.');
  const before = read.kind === 'text' ? read.text : undefined;
  const after = withNames(before, names);
  if (after !== before) changes.push({ path: join(io.cwd, template), name: template, before, after });
  writeTogether(changes);
  io.stdout.write(told.join(''));
  said(changes, io);
  return EXIT.clean;
}

function filesFor(environments: string | undefined): readonly string[] {
  if (environments === undefined) return [ENV_FILE];
  const names = environments.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !/^[A-Za-z0-9][A-Za-z0-9_-]*(?:\.local)?$/.test(name) || isEnvTemplate(`${ENV_FILE}.${name}`));
  if (wrong !== undefined)
    throw new JwtlintError('usage', `--for takes names of environments, not "${wrong}"`, 'For example: --for development,production');
  return [...new Set(names)].map((name) => `${ENV_FILE}.${name}`);
}

/** What was written besides the key. */
function said(changes: readonly FileChange[], io: Io): void {
  for (const { name } of changes) if (basename(name) === '.gitignore') io.stdout.write(`${inert(name)}: git ignores what was written.\n`);
  const template = changes.find(({ name }) => isEnvTemplate(name));
  if (template) io.stdout.write(`${template.name}: has the names, without values. Commit it.\n`);
}
