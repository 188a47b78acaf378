import { defineRule, type FileFacts, type Finding, type Publication, type Repository } from './contract.js';
import { ANDROID_DEBUG_STORE, filledInName, isApart, isEnvFile, isEnvTemplate, isKeyFile, packageOf } from './facts/env-files.js';

interface Options {
  /** Further paths, relative to the root, that git must ignore. */
  readonly files: readonly string[];
}

/** Packages that read an env file, and the file that secrets go to by their documentation. */
const LOADERS: readonly (readonly [packageName: string, file: string])[] = [
  ['dotenv', '.env'],
  ['dotenv-cli', '.env'],
  ['dotenv-expand', '.env'],
  ['dotenv-extended', '.env'],
  ['dotenv-safe', '.env'],
  ['@dotenvx/dotenvx', '.env'],
  ['@nestjs/config', '.env'],
  ['env-cmd', '.env'],
  ['dotenv-flow', '.env.local'],
];

/** Where secrets go when `.env` itself is committed without any: the overrides of one machine, the keys of dotenvx. */
const BESIDE_COMMITTED_ENV = ['.env.local', '.env.keys'];

/** A path that git should ignore. */
interface Need {
  readonly path: string;
  /** A file that holds a secret, that git does not track yet and would take with the next `git add`. */
  readonly exposed: boolean;
  /** When one of these is ignored, this one is not needed. */
  readonly unless: readonly string[];
}

function split(path: string): [directory: string, baseName: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
}

function within(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

function* needsOf({ facts, projects }: Pick<Repository, 'facts' | 'projects'>, options: Options): Generator<Need> {
  // A committed .env without secrets is somebody's design (Next, Vite, dotenv-flow and dotenvx describe it).
  const committedEnv = new Set(facts.filter((file) => isHarmless(file) && split(file.path)[1] === '.env').map((file) => file.path));
  const needOf = (path: string, exposed = false): Need => {
    const unless = committedEnv.has(path) ? BESIDE_COMMITTED_ENV.map((name) => within(split(path)[0], name)) : [];
    return { path, exposed, unless };
  };
  for (const path of options.files) yield { path, exposed: false, unless: [] };
  for (const file of facts) {
    const [directory, name] = split(file.path);
    const exposed = file.tracking === 'untracked' && file.holds.length > 0;
    if (isApart(directory) && !exposed) continue;
    if (isEnvTemplate(name)) yield needOf(within(directory, filledInName(name)));
    else if (isEnvFile(name)) {
      // Settings of one stage are committed on purpose; only what they hold makes them secret.
      if (!isHarmless(file) || committedEnv.has(file.path)) yield needOf(file.path, exposed);
    } else if (isKeyFile(name) && name !== ANDROID_DEBUG_STORE && file.holds.includes('private-key')) yield needOf(file.path, exposed);
  }
  for (const [directory, project] of projects) {
    if (isApart(directory)) continue;
    for (const [packageName, file] of LOADERS) if (project.uses(packageName)) yield needOf(within(directory, file));
  }
}

/** Tracked, and no rule found anything secret in it. */
function isHarmless(file: FileFacts): boolean {
  return file.tracking === 'tracked' && file.holds.length === 0;
}

/** A line of a .gitignore that matches this name or path and no other. */
function literalLine(path: string): string {
  return path.replace(/[\\*?[]|^[#!]| $/g, '\\$&');
}

/** Keys are ignored by their ending, so that the next one is too. */
function lineFor(baseName: string): string {
  const hasEnding = isKeyFile(baseName) && baseName.includes('.') && !baseName.endsWith('.json');
  return hasEnding ? `*${literalLine(baseName.slice(baseName.lastIndexOf('.')))}` : literalLine(baseName);
}

/** The lines that make git ignore the paths, in the order of github/gitignore. */
function linesFor(needs: readonly Need[], facts: readonly FileFacts[], options: Options): string[] {
  let env = false;
  let stages = false;
  const others = new Set<string>();
  for (const { path } of needs) {
    const [, name] = split(path);
    if (options.files.includes(path)) others.add(literalLine(path));
    else if (name === '.env') env = true;
    else if (name.startsWith('.env.')) stages = true;
    else others.add(lineFor(name));
  }
  const lines = env ? ['.env'] : [];
  if (env || stages) {
    const templates = facts.map(({ path }) => split(path)[1]).filter((name) => name.startsWith('.env.') && isEnvTemplate(name));
    const kept = templates.length > 0 ? [...new Set(templates)].sort() : ['.env.example'];
    lines.push('.env.*', ...kept.map((name) => `!${literalLine(name)}`));
  }
  return [...lines, ...[...others].sort()];
}

/** At most this many paths are named; the lines cover the others. */
const NAMED = 3;

function enumerate(paths: readonly string[]): string {
  const named = paths.slice(0, NAMED).map((path) => `\`${path}\``);
  return paths.length > NAMED ? `${named.join(', ')} and ${paths.length - NAMED} more` : named.join(', ');
}

/** What one file lets go, as one finding. */
function* publishedFindings(publications: readonly Publication[]): Generator<Finding> {
  const groups = new Map<string, Publication[]>();
  for (const publication of publications) {
    const file = publication.ignoreFile ?? publication.by;
    groups.set(file, [...(groups.get(file) ?? []), publication]);
  }
  for (const [file, group] of groups) {
    const { to, by, ignoreFile } = group[0]!;
    const paths = [...new Set(group.map(({ path }) => path))].sort();
    const [directory] = split(file);
    const lines = [...new Set(paths.map((path) => (to === 'image' ? `**/${lineFor(split(path)[1])}` : lineFor(split(path)[1]))))];
    const left = paths.map((path) => (ignoreFile === undefined ? `"!${literalLine(path.slice(within(directory, '').length))}"` : ''));
    const list = (ignoreFile === undefined ? left : lines).map((line) => `\`${line}\``).join(', ');
    yield {
      message: ignoreFile === undefined ? 'listed' : to,
      data: { files: enumerate(paths), by, file, list },
      anchor: { path: file, start: 0, end: 0 },
      confidence: 'likely',
      ...(to === 'package' ? { level: 'error' as const } : {}),
      symbol: `${to} ${paths.join(' ')}`,
      ...(ignoreFile === undefined ? {} : { suggest: () => ({ title: `Add to \`${file}\`: ${lines.join(', ')}`, edits: [], lines }) }),
    };
  }
}

/**
 * Asks about files that exist or that the project's dependencies imply, so the host tells it of all names for which
 * `concernsRepository` (facts/env-files.ts) holds, tracked, untracked and ignored alike, with what the other rules found in
 * them, and of the projects of all manifests among them. In a scan of a change it is worth asking only when one of the
 * changed names satisfies `concernsIgnoring`: the host then needs no look at the rest of the repository otherwise.
 */
export default defineRule<Options>({
  id: 'require-gitignore',
  title: 'Require that git, images and packages leave out env files and private keys',
  severity: 'warning',
  suggests: true,
  messages: {
    missing: {
      what: 'git does not ignore {{files}}.',
      fix: 'Add to `{{file}}`: {{list}}.',
    },
    unstaged: {
      what: 'git ignores {{files}} by a rule that is not staged: with this commit nobody else has it.',
      fix: 'Stage the `.gitignore` with it, too.',
    },
    exposed: {
      what: 'git does not ignore {{files}}, where secrets stand that are not committed yet: the next `git add` takes them along.',
      fix: 'Add to `{{file}}`: {{list}}.',
    },
    image: {
      what: '`{{by}}` copies {{files}} into the image, with the secrets in it: `{{file}}` does not leave it out.',
      fix: 'Add to `{{file}}`: {{list}}. Give the secrets to the container when it starts.',
    },
    package: {
      what: 'npm would publish {{files}} with the package, with the secrets in it: `{{file}}` does not leave it out, and with it `.gitignore` does not count.',
      fix: 'Add to `{{file}}`: {{list}}, or name in `files` of `{{by}}` what is to be published. `npm pack --dry-run` shows it.',
    },
    listed: {
      what: '`files` of `{{file}}` names {{files}}: npm would publish it with the package, with the secrets in it, whatever `.gitignore` says.',
      fix: 'Add to `files`: {{list}}, or name less. `npm pack --dry-run` shows what is published.',
    },
  },
  docs: {
    why: 'One `git add .`, one image or one package hands the keys out, and whoever has them signs tokens as any user. Removing the file later leaves it in the history.',
    cwe: [538, 200],
    securitySeverity: 5.3,
    references: [
      { title: 'gitignore: patterns and their order', url: 'https://git-scm.com/docs/gitignore' },
      { title: 'Docker: .dockerignore files', url: 'https://docs.docker.com/build/concepts/context/#dockerignore-files' },
      { title: 'npm: files of package.json', url: 'https://docs.npmjs.com/cli/v11/configuring-npm/package-json#files' },
      { title: "GitHub's .gitignore for Node", url: 'https://github.com/github/gitignore/blob/main/Node.gitignore' },
      { title: 'The Twelve-Factor App: Config', url: 'https://12factor.net/config' },
    ],
  },
  options: {
    schema: {
      type: 'object',
      properties: {
        files: {
          type: 'array',
          items: { type: 'string', minLength: 1 },
          uniqueItems: true,
          description: 'Further paths, relative to the root, that git must ignore.',
        },
      },
      additionalProperties: false,
    },
    defaults: { files: [] },
  },
  *probes(subject, options): Iterable<string> {
    for (const { path, unless } of needsOf(subject, options)) yield* [path, ...unless];
  },
  *repository(subject: Repository, options): Iterable<Finding> {
    yield* publishedFindings(subject.publications);
    const isMissing = ({ path, unless }: Need) => subject.ignored(path) === false && !unless.some((other) => subject.ignored(other));
    const byPath = new Map<string, Need>();
    for (const need of needsOf(subject, options)) {
      if (isMissing(need)) byPath.set(need.path, { ...need, exposed: need.exposed || byPath.get(need.path)?.exposed === true });
    }
    if (byPath.size === 0) return;
    const missing = [...byPath.values()].sort((a, b) => Number(b.exposed) - Number(a.exposed) || (a.path < b.path ? -1 : 1));
    const packages = new Set(missing.map(({ path }) => (options.files.includes(path) ? '' : packageOf(path, subject.projects))));
    const [only = ''] = packages;
    const file = within(packages.size === 1 ? only : '', '.gitignore');
    const exposed = missing.filter((need) => need.exposed);
    const lines = linesFor(missing, subject.facts, options);
    const isUnstaged = missing.every(({ path }) => subject.ignoredByWorkTree?.(path) === true);
    yield {
      message: isUnstaged ? 'unstaged' : exposed.length > 0 ? 'exposed' : 'missing',
      data: {
        files: enumerate((exposed.length > 0 ? exposed : missing).map(({ path }) => path)),
        file,
        list: lines.map((line) => `\`${line}\``).join(', '),
        lines: lines.join('\n'),
      },
      anchor: { path: file, start: 0, end: 0 },
      ...(exposed.length > 0 ? { level: 'error' as const, real: true } : {}),
      confidence: exposed.length > 0 ? 'certain' : 'likely',
      symbol: lines.join(' '),
      ...(isUnstaged ? {} : { suggest: () => ({ title: `Add to \`${file}\`: ${lines.join(', ')}`, edits: [], lines }) }),
    };
  },
});
