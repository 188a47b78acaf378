/** A git repository of a test's own, in a temporary directory that goes away with the test. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory that is removed when the running test is over. */
export function temporaryDirectory(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'jwtlint-test-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The environment without a trace of the machine's, the user's or a surrounding hook's git. */
function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    XDG_CONFIG_HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig-of-the-test'),
    GIT_AUTHOR_DATE: '2024-01-01T00:00:00Z',
    GIT_COMMITTER_DATE: '2024-01-01T00:00:00Z',
  };
}

/** Contents by name. */
type Directory = ReadonlyMap<string, Buffer | Directory>;

function readDirectory(path: string): Directory {
  const entries = readdirSync(path, { withFileTypes: true });
  return new Map(
    entries.map((entry) => {
      const place = join(path, entry.name);
      return [entry.name, entry.isDirectory() ? readDirectory(place) : readFileSync(place)];
    }),
  );
}

function putDirectory(path: string, directory: Directory): void {
  mkdirSync(path);
  for (const [name, content] of directory) {
    if (content instanceof Map) putDirectory(join(path, name), content);
    else writeFileSync(join(path, name), content as Buffer);
  }
}

/** What git makes of an empty directory, known after the first time: starting git takes most of a test's time. */
let initialised: Directory | undefined;

export class TemporaryRepository {
  readonly #root: string;
  readonly #env: NodeJS.ProcessEnv;
  /** Files that the next process finds in the index: one for each takes longer than the rest of a test. */
  readonly #toAdd = new Set<string>();

  /** @param init Further arguments of `git init`. */
  constructor(...init: readonly string[]) {
    this.#root = temporaryDirectory();
    this.#env = cleanEnvironment(temporaryDirectory());
    // One file instead of a process for each line.
    writeFileSync(
      this.#env['GIT_CONFIG_GLOBAL']!,
      '[user]\n\tname = A Tester\n\temail = tester@example.invalid\n[core]\n\tautocrlf = false\n',
    );
    if (init.length > 0) this.#init(...init);
    else if (initialised) putDirectory(join(this.#root, '.git'), initialised);
    else {
      this.#init();
      initialised = readDirectory(join(this.#root, '.git'));
    }
  }

  #init(...args: readonly string[]): void {
    this.git('init', '--quiet', '--initial-branch=main', '--template=', ...args);
  }

  /** Absolute path of its top level, without links. */
  get root(): string {
    this.#add();
    return this.#root;
  }

  /** What the repository's commands are run with; it names no index and no git directory. */
  get env(): NodeJS.ProcessEnv {
    this.#add();
    return this.#env;
  }

  /** Working directory and environment, as the sources take them. */
  get context(): { cwd: string; env: NodeJS.ProcessEnv } {
    return { cwd: this.root, env: this.env };
  }

  /** Absolute path of a file. */
  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, content: string | Uint8Array): void {
    this.#add();
    this.#write(name, content);
  }

  #write(name: string, content: string | Uint8Array): void {
    const path = join(this.#root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  /** Writes a file and adds it to the index. */
  stage(name: string, content: string | Uint8Array): void {
    this.#write(name, content);
    this.#toAdd.add(name);
  }

  #add(): void {
    const names = [...this.#toAdd];
    this.#toAdd.clear();
    if (names.length > 0) this.git('--literal-pathspecs', 'add', '--force', '--', ...names);
  }

  /** Commits the index. */
  commit(message = 'a commit'): void {
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
  }

  /** Runs git at the top level and gives what it printed. */
  git(...args: readonly string[]): string {
    return this.gitIn('.', ...args);
  }

  /** Runs git in a directory relative to the top level. */
  gitIn(directory: string, ...args: readonly string[]): string {
    return execFileSync('git', args, {
      cwd: join(this.root, directory),
      env: this.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Runs git with something on its standard input. */
  gitWith(input: string | Uint8Array, ...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.root, env: this.env, encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /** Writes an executable file. */
  script(name: string, content: string): string {
    this.write(name, content);
    chmodSync(this.path(name), 0o755);
    return this.path(name);
  }
}
