/** A git repository of a test's own, in a temporary directory that goes away with the test. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
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

export class TemporaryRepository {
  /** Absolute path of its top level, without links. */
  readonly root: string;
  /** What the repository's commands are run with; it names no index and no git directory. */
  readonly env: NodeJS.ProcessEnv;

  /** @param init Further arguments of `git init`. */
  constructor(...init: readonly string[]) {
    this.root = temporaryDirectory();
    this.env = cleanEnvironment(temporaryDirectory());
    // One file instead of a process for each line.
    writeFileSync(
      this.env['GIT_CONFIG_GLOBAL']!,
      '[user]\n\tname = A Tester\n\temail = tester@example.invalid\n[core]\n\tautocrlf = false\n',
    );
    this.git('init', '--quiet', '--initial-branch=main', '--template=', ...init);
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
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  /** Writes a file and adds it to the index. */
  stage(name: string, content: string | Uint8Array): void {
    this.write(name, content);
    this.git('--literal-pathspecs', 'add', '--force', '--', name);
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
