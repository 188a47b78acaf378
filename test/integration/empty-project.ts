/** A project of a user's: an empty package in a temporary directory, with the packed jwtlint installed by npm. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { devDependencies: Record<string, string> };

/** A package of our own devDependencies in the version that we test with; others are named with theirs. */
function pinned(name: string): string {
  if (name.startsWith('./')) return name;
  if (name.includes('@', 1)) return name;
  const version = devDependencies[name];
  if (version === undefined) throw new Error(`${name} is no devDependency`);
  return `${name}@${version}`;
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class EmptyProject {
  /** Absolute path, without links. */
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'jwtlint-project-')));

  /** @param manifest what package.json holds besides being private and ESM */
  constructor(manifest: object = {}) {
    this.write('package.json', JSON.stringify({ name: 'a-project', private: true, type: 'module', ...manifest }));
  }

  /** Installs the tarball, and packages of our devDependencies in the same versions. */
  install(tarball: string, ...packages: readonly string[]): void {
    const options = ['--save-dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    execFileSync('npm', ['install', ...options, tarball, ...packages.map(pinned)], {
      cwd: this.root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  write(name: string, content: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
  }

  path(name: string): string {
    return join(this.root, name);
  }

  json(name: string): unknown {
    return JSON.parse(readFileSync(this.path(name), 'utf8'));
  }

  /** Runs a binary of an installed package. */
  run(binary: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Outcome {
    return spawnSync(this.path(`node_modules/.bin/${binary}`), args, {
      cwd: this.root,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
