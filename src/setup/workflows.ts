/** The step in CI that scans the whole tree: a workflow of its own on GitHub, a job on GitLab. */
import { join } from 'node:path';
import { VERSION } from '../version.js';
import { creation, type FileEdit } from './edit.js';
import type { Proposal } from './hooks.js';
import type { Surroundings } from './surroundings.js';
import { readEditable } from './write.js';
import { YamlFile } from './yaml-insertion.js';

const WORKFLOWS = '.github/workflows';
const GITLAB_FILE = '.gitlab-ci.yml';

/** Commands that install what the lockfile says, without the packages' own scripts, and run jwtlint at the top of the repository. */
function commandsOf({ packageManager, manifest, home, plugAndPlay, first }: Surroundings): { install: readonly string[]; run: string } {
  if (!manifest || packageManager === undefined) return { install: [], run: `npx --yes jwtlint@${VERSION}` };
  const local = `${home === '' ? '' : `${home}/`}node_modules/.bin/jwtlint`;
  switch (packageManager) {
    case 'npm':
      return { install: ['npm ci --ignore-scripts'], run: local };
    case 'pnpm':
      return { install: ['corepack enable', 'pnpm install --frozen-lockfile --ignore-scripts'], run: local };
    case 'yarn': {
      const classic = first('.yarnrc.yml') === undefined && !/^yarn@[2-9]/.test(manifest.packageManager ?? '');
      const install = classic ? 'yarn install --frozen-lockfile --ignore-scripts' : 'yarn install --immutable --mode=skip-build';
      return { install: ['corepack enable', install], run: plugAndPlay ? 'yarn jwtlint' : local };
    }
    case 'bun':
      return { install: ['npx --yes bun install --frozen-lockfile --ignore-scripts'], run: local };
  }
}

/** A scalar of YAML for a command or a name. */
function scalar(text: string): string {
  return /^[\w./@=:~^ -]+$/.test(text) && !/: |^[-?:~^@ ]|[: ]$|^(?:true|false|null|yes|no|on|off|[\d.]+)$/i.test(text)
    ? text
    : `'${text.replaceAll("'", "''")}'`;
}

/** Proposes the steps for the services that the repository uses. */
export function proposeWorkflows(around: Surroundings): Proposal {
  const edits: FileEdit[] = [];
  const byHand: string[] = [];
  const github = around.first('.github') !== undefined || around.remotes.some((address) => /(?:^|[@/.])github\.com[:/]/.test(address));
  if (github && !namedInWorkflows(around)) {
    const path = `${WORKFLOWS}/jwtlint.yml`;
    edits.push(creation(join(around.root, path), path, githubWorkflow(around)));
  }
  const there = readEditable(join(around.root, GITLAB_FILE), around.root);
  if (there.kind === 'foreign') byHand.push(`${GITLAB_FILE} ${there.why}. Add a job that runs: ${commandsOf(around).run}`);
  if (there.kind === 'text' && !/\bjwtlint\b/.test(there.text)) {
    const file = YamlFile.read(there.text);
    if (file) {
      const insertion = file.append(gitlabJob(around, file.value['stages']));
      edits.push({
        path: join(around.root, GITLAB_FILE),
        name: GITLAB_FILE,
        before: there.text,
        insertions: [insertion],
        kind: 'settings',
      });
    } else byHand.push(`${GITLAB_FILE} cannot be added to. Add a job that runs: ${commandsOf(around).run}`);
  }
  return { edits, byHand, next: [] };
}

function namedInWorkflows({ root, list }: Surroundings): boolean {
  return list(WORKFLOWS).some((name) => {
    const read = readEditable(join(root, WORKFLOWS, name), root);
    return read.kind === 'text' && /\bjwtlint\b/.test(read.text);
  });
}

function githubWorkflow(around: Surroundings): string {
  const { install, run } = commandsOf(around);
  const { defaultBranch, home } = around;
  const lines = [
    'name: jwtlint',
    'on:',
    '  pull_request:',
    '  push:',
    ...(defaultBranch === undefined ? [] : [`    branches: [${scalar(defaultBranch)}]`]),
    'permissions:',
    '  contents: read',
    'jobs:',
    '  jwtlint:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    '      - uses: actions/checkout@v5',
    '        with:',
    '          persist-credentials: false',
    '      - uses: actions/setup-node@v5',
    '        with:',
    '          node-version: 24',
    ...install.flatMap((command) => [`      - run: ${command}`, ...(home === '' ? [] : [`        working-directory: ${scalar(home)}`])]),
    `      - run: ${scalar(`${run} --format github`)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** In a pipeline that names its stages, a job without one is of `test`, which must be among them. */
function gitlabJob(around: Surroundings, stages: unknown): readonly string[] {
  const { install, run } = commandsOf(around);
  const names = Array.isArray(stages) ? stages.filter((name) => typeof name === 'string') : ['test'];
  const stage = names.includes('test') ? undefined : names[0];
  const commands = around.home === '' ? install : install.map((command) => `(cd ${around.home} && ${command})`);
  return [
    'jwtlint:',
    ...(stage === undefined ? [] : [`  stage: ${scalar(stage)}`]),
    '  image: node:24',
    '  script:',
    ...[...commands, run].map((command) => `    - ${scalar(command)}`),
  ];
}
