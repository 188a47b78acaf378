/**
 * The one place that starts git. A repository is not trusted: nothing that it configures is run (file system monitors,
 * hooks, external diffs, pagers), nothing is fetched, no lock is taken. The caller's environment is kept, since a hook is
 * told by GIT_INDEX_FILE and its kin which index is about to be committed.
 */
import { isUtf8 } from 'node:buffer';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { devNull } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { JwtlintError } from './errors.js';

/** Where git is started and with what environment. */
export interface GitContext {
  /** Absolute path of a directory in the work tree. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface GitResult {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Milliseconds without any sign of life after which a git process is given up. */
const TIME_LIMIT = 120_000;

const SAFE = ['--no-pager', '-c', 'core.fsmonitor=false', '-c', `core.hooksPath=${devNull}`, '-c', 'core.quotePath=false'];

/**
 * The environment of every git process. GIT_NO_LAZY_FETCH keeps partial clones from downloading; git before 2.45 does not
 * know it and is stopped by an empty list of protocols. Replacement refs would show other bytes than those pushed.
 * Messages are asked for in English because {@link gitError} reads one of them.
 */
function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: undefined,
    GIT_GLOB_PATHSPECS: undefined,
    GIT_NOGLOB_PATHSPECS: undefined,
    GIT_ICASE_PATHSPECS: undefined,
    LC_ALL: 'C',
  };
}

/**
 * What to start: on Windows a bare name would be looked for in the scanned directory first, so PATH is searched here.
 * @throws {JwtlintError} `git-missing`
 */
export function gitProgram(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform !== 'win32') return 'git';
  const path = Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
  const directory = path.split(';').find((entry) => isAbsolute(entry) && existsSync(join(entry, 'git.exe')));
  if (directory === undefined) throw gitMissing();
  return join(directory, 'git.exe');
}

function gitMissing(cause?: unknown): JwtlintError {
  return new JwtlintError('git-missing', 'git was not found', 'Install git, or add its directory to PATH.', { cause });
}

function start(context: GitContext, args: readonly string[], stdin: 'pipe' | 'ignore'): ChildProcess {
  return spawn(gitProgram(context.env, process.platform), [...SAFE, ...args], {
    cwd: context.cwd,
    env: environment(context.env),
    stdio: [stdin, 'pipe', 'pipe'],
    windowsHide: true,
  });
}

/** The error for a git that could not be started. */
function startError(context: GitContext, cause: NodeJS.ErrnoException): JwtlintError {
  if (!existsSync(context.cwd)) return new JwtlintError('path-not-found', `no such directory: ${context.cwd}`, undefined, { cause });
  if (cause.code === 'ENOENT') return gitMissing(cause);
  return new JwtlintError('git-missing', `git could not be started (${cause.code ?? cause.message})`, undefined, { cause });
}

/** The error for a git that answered with a failure; git's own words are part of it. */
export function gitError(context: GitContext, command: string, stderr: string): JwtlintError {
  if (stderr.includes('not a git repository')) {
    const named = context.env['GIT_DIR'];
    return new JwtlintError('not-a-repository', `not in a git repository: ${context.cwd}`, named && `GIT_DIR is set to ${named}.`);
  }
  const said = stderr.trim() || 'it gave no reason';
  return new JwtlintError('git-failed', `git ${command} failed: ${said}`);
}

/** The error for an index that git reads without complaint although it holds nonsense: it checks no checksum. */
export function brokenIndex(): JwtlintError {
  return new JwtlintError('git-failed', 'the index of the repository is broken', 'Run `git fsck`; `git reset` builds the index anew.');
}

/** A git that was started. Neither promise is an unhandled rejection when nobody awaits it. */
export interface RunningGit {
  /** All that it printed, as soon as it has printed it; it may still turn out to have failed. */
  readonly printed: Promise<Buffer>;
  /** Its end, whatever the exit status. */
  readonly ended: Promise<GitResult>;
}

/**
 * Starts git at once.
 * @throws {JwtlintError} by both promises: `git-missing` when it cannot be started, `git-failed` when it hangs or is killed.
 */
export function startGit(context: GitContext, args: readonly string[], input?: string): RunningGit {
  const child = start(context, args, input === undefined ? 'ignore' : 'pipe');
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const limit = setTimeout(() => child.kill('SIGKILL'), TIME_LIMIT);
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout.push(chunk);
    limit.refresh();
  });
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  const ended = new Promise<GitResult>((resolve, reject) => {
    child.on('error', (cause) => reject(startError(context, cause)));
    child.on('close', (status, signal) => {
      if (status === null) reject(gitError(context, args[0] ?? '', `it was ended by ${signal ?? 'the system'}`));
      else resolve({ status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  }).finally(() => clearTimeout(limit));
  const printed = new Promise<Buffer>((resolve, reject) => {
    child.stdout?.on('end', () => resolve(Buffer.concat(stdout)));
    ended.catch(reject);
  });
  printed.catch(() => undefined);
  // A process that ends before it has read everything; its exit status tells why.
  child.stdin?.on('error', () => undefined).end(input);
  return { printed, ended };
}

/**
 * Runs git to its end, whatever its exit status.
 * @throws {JwtlintError} `git-missing` when it cannot be started, `git-failed` when it hangs or is killed.
 */
export async function runGit(context: GitContext, args: readonly string[], input?: string): Promise<GitResult> {
  return startGit(context, args, input).ended;
}

/**
 * Runs git to its end.
 * @throws {JwtlintError} also when the exit status is not 0.
 */
export async function succeed(context: GitContext, args: readonly string[], input?: string): Promise<GitResult> {
  const result = await runGit(context, args, input);
  if (result.status !== 0) throw gitError(context, args[0] ?? '', result.stderr);
  return result;
}

/** What a {@link succeed} printed. */
export async function git(context: GitContext, args: readonly string[], input?: string): Promise<Buffer> {
  return (await succeed(context, args, input)).stdout;
}

/** What a hook printed, on both of its streams, and how it ended: by itself, not in time, by Ctrl-C, or by somebody else. */
export interface HookRun {
  readonly status: number | 'late' | 'interrupted' | 'killed';
  readonly output: string;
}

/** Bytes of a hook's output that are kept. */
const HOOK_OUTPUT = 1024 * 1024;

/**
 * Has git run a hook as it would for a commit. This runs what the repository tells git to run, so it is for somebody who
 * asks for it, and nothing of the environment is made safe.
 * @param limit milliseconds
 * @throws {JwtlintError} `git-missing` when git cannot be started
 */
export async function runHook(context: GitContext, hook: string, limit: number): Promise<HookRun> {
  const child = spawn(gitProgram(context.env, process.platform), ['hook', 'run', hook], {
    cwd: context.cwd,
    env: context.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    // A group of its own, so that nothing that the hook started outlives it.
    detached: process.platform !== 'win32',
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    if (output.length < HOOK_OUTPUT) output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let broken: 'late' | 'interrupted' | undefined;
  const stop = (why: 'late' | 'interrupted'): void => {
    broken ??= why;
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  };
  const timer = setTimeout(stop, limit, 'late');
  const interrupt = (): void => stop('interrupted');
  process.once('SIGINT', interrupt);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on('error', (cause) => reject(startError(context, cause)));
      child.on('close', resolve);
    });
    return { status: broken ?? status ?? 'killed', output };
  } finally {
    clearTimeout(timer);
    process.off('SIGINT', interrupt);
  }
}

/**
 * The output of one git that reads what another prints, as it comes. Whoever stops early ends both.
 * @throws {JwtlintError} also when either exit status is not 0.
 */
export async function* pipeGit(context: GitContext, first: readonly string[], second: readonly string[]): AsyncGenerator<Buffer> {
  const children = [start(context, first, 'ignore'), start(context, second, 'pipe')] as const;
  const [from, to] = children;
  const kill = (): void => children.forEach((child) => child.kill('SIGKILL'));
  const ends = children.map((child, index) => succeeds(context, child, (index === 0 ? first : second)[0] ?? ''));
  for (const end of ends) end.catch(kill);
  to.stdin?.on('error', () => undefined);
  if (to.stdin) from.stdout?.pipe(to.stdin);
  let limit = setTimeout(kill, TIME_LIMIT);
  try {
    for await (const chunk of to.stdout ?? []) {
      // What the caller does with it is no waiting for git.
      clearTimeout(limit);
      yield chunk as Buffer;
      limit = setTimeout(kill, TIME_LIMIT);
    }
    await Promise.all(ends);
  } finally {
    clearTimeout(limit);
    kill();
  }
}

async function succeeds(context: GitContext, child: ChildProcess, command: string): Promise<void> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2000)));
  await new Promise<void>((resolve, reject) => {
    child.on('error', (cause) => reject(startError(context, cause)));
    child.on('close', (status) => (status === 0 ? resolve() : reject(gitError(context, command, stderr))));
  });
}

/**
 * Absolute path of the top of the work tree, as git says.
 * @throws {JwtlintError} also in a bare repository
 */
export async function showTopLevel(context: GitContext): Promise<string> {
  return (await git(context, ['rev-parse', '--show-toplevel'])).toString().replace(/\n$/, '');
}

/** The nearest directory with a `.git` in it: the top of a work tree, unless the environment or core.worktree says otherwise. */
export function workTreeAbove(directory: string): string | undefined {
  for (let above = directory; ; above = dirname(above)) {
    if (existsSync(join(above, '.git'))) return above;
    if (above === dirname(above)) return undefined;
  }
}

/**
 * Whether git tracks a file, for callers that cannot wait; undefined where git cannot tell.
 * @param path absolute
 */
export function isTracked(context: GitContext, path: string): boolean | undefined {
  const { status } = spawnSync(gitProgram(context.env, process.platform), [...SAFE, 'ls-files', '--error-unmatch', '--', path], {
    cwd: context.cwd,
    env: environment(context.env),
    stdio: 'ignore',
    timeout: TIME_LIMIT,
    windowsHide: true,
  });
  return status === 0 ? true : status === 1 ? false : undefined;
}

/** The fields of `-z` output, as bytes. */
export function* rawFieldsOf(output: Buffer): Generator<Buffer> {
  for (let start = 0; start < output.length;) {
    const end = output.indexOf(0, start);
    yield output.subarray(start, end);
    start = end + 1;
  }
}

/** The fields of `-z` output, as {@link decodeName} gives them. */
export function fieldsOf(output: Buffer): string[] {
  return isUtf8(output) ? output.toString().split('\0').slice(0, -1) : Array.from(rawFieldsOf(output), decodeName);
}

/** Names are bytes to git. Those that are no UTF-8 become a character per byte, so that different names stay different. */
export function decodeName(name: Buffer): string {
  return name.toString(isUtf8(name) ? 'utf8' : 'latin1');
}

/** What a repository holds under a name. `absent` is what does not exist or is no blob. */
export type ObjectAnswer =
  | { readonly kind: 'blob'; readonly bytes: Buffer }
  | { readonly kind: 'too large'; readonly size: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly detail: string };

interface Request {
  readonly name: string;
  readonly limit: number;
  readonly resolve: (answer: ObjectAnswer) => void;
  readonly reject: (error: JwtlintError) => void;
  /** The process ended once already when this was the next to answer. */
  suspect: boolean;
}

/** The content that is being received. `target` is undefined when it is to be dropped. */
interface Body {
  readonly target: Buffer | undefined;
  readonly answer: ObjectAnswer;
  readonly size: number;
  received: number;
}

/** Reading on past this many bytes that nobody wants takes longer than a new process. */
const SKIP_LIMIT = 16 * 1024 * 1024;

/** Objects that may end the process (a corrupt object does) before the repository is given up. */
const DEATH_LIMIT = 100;

const FOUND = /^[0-9a-f]{40,64} (blob|tree|commit|tag) (\d{1,20})$/;

/** Names that `cat-file --batch` cannot be asked for: it reads lines, and drops a carriage return before the line's end. */
export const UNASKABLE = /[\n\r]/;

/** Contents by name from one `git cat-file --batch`, which is started at once and kept until {@link close}. */
export class ObjectReader {
  readonly #context: GitContext;
  /** Undefined once it has ended by itself while nothing was asked. */
  #child: ChildProcess | undefined;
  #pending: Request[] = [];
  #header = '';
  #body: Body | undefined;
  #stderr = '';
  #deaths = 0;
  #closed = false;
  #failure: JwtlintError | undefined;
  #heard = false;
  #paused = false;
  readonly #limit: NodeJS.Timeout;

  constructor(context: GitContext) {
    this.#context = context;
    this.#child = this.#start();
    this.#limit = setTimeout(() => this.#stalled(), TIME_LIMIT).unref();
  }

  /**
   * Asks for an object by id, `HEAD:path` or `:0:path`. Answers come in the order of the questions.
   * @param limit Content of more bytes is not kept.
   * @throws {JwtlintError} when git cannot be started or fails for good.
   */
  ask(name: string, limit: number): Promise<ObjectAnswer> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#pending.length === 0) this.#limit.refresh();
    const answer = new Promise<ObjectAnswer>((resolve, reject) => {
      this.#pending.push({ name, limit, resolve, reject, suspect: false });
    });
    // Whoever awaits the answer still gets the error; a caller who asked ahead and stopped early need not.
    answer.catch(() => undefined);
    this.#child ??= this.#start();
    this.#write(this.#child, name);
    return answer;
  }

  /** Lets git wait until {@link resume}; what has been read already may still be answered. */
  pause(): void {
    this.#paused = true;
    this.#child?.stdout?.pause();
  }

  /** Undoes {@link pause}. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#limit.refresh();
    this.#child?.stdout?.resume();
  }

  /** Ends the process without waiting for it; open questions stay unanswered. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#limit);
    const child = this.#child;
    child?.kill();
    child?.unref();
    for (const stream of [child?.stdin, child?.stdout, child?.stderr]) stream?.destroy();
  }

  #start(): ChildProcess {
    const child = start(this.#context, ['cat-file', '--batch'], 'pipe');
    this.#header = '';
    this.#body = undefined;
    this.#stderr = '';
    // What it has not read when it ends is asked again.
    child.stdin?.on('error', () => undefined);
    child.stdout?.on('data', (chunk: Buffer) => {
      if (child === this.#child) this.#receive(child, chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      if (child === this.#child) this.#stderr = (this.#stderr + chunk.toString()).slice(-2000);
    });
    if (this.#paused) child.stdout?.pause();
    child.on('error', (cause) => this.#fail(startError(this.#context, cause)));
    child.on('close', () => {
      if (child === this.#child && !this.#closed) this.#died();
    });
    return child;
  }

  /** One write for all questions of the same turn. */
  #write({ stdin }: ChildProcess, name: string): void {
    if (stdin?.writableCorked === 0) {
      stdin.cork();
      queueMicrotask(() => stdin.uncork());
    }
    stdin?.write(`${name}\n`);
  }

  #receive(child: ChildProcess, chunk: Buffer): void {
    this.#heard = true;
    this.#limit.refresh();
    let at = 0;
    while (at < chunk.length) {
      const body = this.#body;
      if (body === undefined) {
        const newline = chunk.indexOf(0x0a, at);
        this.#header += chunk.toString('latin1', at, newline === -1 ? chunk.length : newline);
        if (newline === -1) return;
        at = newline + 1;
        this.#begin();
        if (this.#child !== child) return;
      } else if (body.received < body.size) {
        const end = Math.min(chunk.length, at + body.size - body.received);
        if (body.target) chunk.copy(body.target, body.received, at, end);
        body.received += end - at;
        at = end;
      } else {
        // The line feed after the content.
        at += 1;
        this.#body = undefined;
        this.#settle(body.answer);
      }
    }
  }

  /** Acts on a complete header line. Anything that announces no content says that there is none. */
  #begin(): void {
    const [, type, digits] = FOUND.exec(this.#header) ?? [];
    this.#header = '';
    if (type === undefined) return this.#settle({ kind: 'absent' });
    const size = Number(digits);
    const limit = this.#pending[0]?.limit ?? 0;
    if (type === 'blob' && size <= limit) {
      const target = Buffer.allocUnsafe(size);
      this.#body = { target, size, received: 0, answer: { kind: 'blob', bytes: target } };
      return;
    }
    const answer: ObjectAnswer = type === 'blob' ? { kind: 'too large', size } : { kind: 'absent' };
    if (size <= SKIP_LIMIT) {
      this.#body = { target: undefined, size, received: 0, answer };
      return;
    }
    this.#settle(answer);
    this.#child?.kill();
    this.#restart();
  }

  #settle(answer: ObjectAnswer): void {
    this.#pending.shift()?.resolve(answer);
  }

  #restart(): void {
    this.#child = undefined;
    for (const { name } of this.#pending) this.#write((this.#child ??= this.#start()), name);
  }

  /** The object that was being read is to blame, if it does so again; the others are asked for again. */
  #died(): void {
    const said = this.#stderr.trim();
    this.#deaths += 1;
    if (this.#deaths > DEATH_LIMIT) return this.#fail(gitError(this.#context, 'cat-file', said));
    const [next] = this.#pending;
    if (next?.suspect) this.#settle({ kind: 'unreadable', detail: said.split('\n').at(-1) || 'git ended' });
    else if (next) next.suspect = true;
    this.#restart();
  }

  /** After a long turn of this process's own, output may be waiting that has not been read yet: look once more. */
  #stalled(): void {
    if (this.#pending.length === 0 || this.#paused) return;
    this.#heard = false;
    setImmediate(() => {
      if (this.#heard || this.#closed) return;
      this.#fail(gitError(this.#context, 'cat-file', 'it did not answer'));
      this.#child?.kill('SIGKILL');
    });
  }

  #fail(error: JwtlintError): void {
    this.#failure ??= error;
    this.#closed = true;
    clearTimeout(this.#limit);
    for (const { reject } of this.#pending.splice(0)) reject(error);
  }
}
