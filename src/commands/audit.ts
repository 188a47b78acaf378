/** `jwtlint audit`: how the repository around the working directory handles its keys, with evidence. */
import { isEnvTemplate } from '../../rules/facts/env-files.js';
import { auditOf, RATE_LIMITERS, type AuditMaterial } from '../audit.js';
import { EXIT, JwtlintError } from '../errors.js';
import { workTreeAbove } from '../git.js';
import { wantsColor, type Io } from '../io.js';
import { nearest } from '../nearest.js';
import type { Options } from '../options.js';
import { contextFor } from '../policy.js';
import { Lines } from '../positions.js';
import { readManifest } from '../project.js';
import { readDotenv } from '../readers/settings/dotenv.js';
import { inert } from '../redact.js';
import { AUDIT_FORMATS, renderAudit, type AuditFormat } from '../reports/audit.js';
import { installedHook } from '../setup/installed-hooks.js';
import { runsJwtlint } from '../setup/shell-hook.js';
import { lookAround } from '../setup/surroundings.js';
import { openWorkTree } from '../sources/files.js';
import type { Source } from '../sources/source.js';
import { VERSION } from '../version.js';
import { collect, configurationFor } from './collect.js';
import { secretsOfPast } from './history.js';
import { surveyKeys } from './key-survey.js';

/**
 * Runs the command on the whole repository, from wherever in it.
 *
 * @returns 0, whatever the answers are
 * @throws JwtlintError `usage`, or what a scan can fail at
 */
export async function audit(options: Options, io: Io): Promise<number> {
  if (options.words.length > 0)
    throw new JwtlintError('usage', 'jwtlint audit takes no paths', 'It looks at the repository around the working directory.');
  const format = formatOf(options.auditFormat);
  const root = workTreeAbove(io.cwd) ?? io.cwd;
  const source = await openWorkTree({ cwd: root, env: io.env }, { cwd: root, paths: [], warnIgnored: true });
  try {
    const configuration = await configurationFor(source, options, root);
    const collected = await collect(source, configuration, options, io);
    for (const { path, text } of collected.notices) io.stderr.write(`notice: ${inert(path === undefined ? text : `${path}: ${text}`)}\n`);
    const runs = ({ path, isTest }: { readonly path: string; readonly isTest?: boolean }): boolean =>
      contextFor(path, configuration.forPath(path), isTest) === undefined;
    const { scripts, mentions } = await surveyKeys(source, configuration, RATE_LIMITERS);
    const surveys = scripts.filter(runs);
    const result = auditOf({
      version: VERSION,
      surveys,
      lineOf: await linesOf(source, [...new Set(surveys.map(({ path }) => path))]),
      findings: collected.findings.map(({ reported }) => reported),
      ...(await manifestsOf(source)),
      rateLimiters: mentions.filter(runs),
      hooks: source.scope === 'tree' ? await hooksOf(io) : undefined,
      workflows: await workflowsOf(source),
      past: options.lookBack ? await secretsOfPast(options, io) : undefined,
    });
    io.stdout.write(renderAudit(result, format, { color: format === 'text' && wantsColor(options, io), columns: io.columns() }));
    return EXIT.clean;
  } finally {
    await source.close();
  }
}

function formatOf(name: string | undefined): AuditFormat {
  if (name === undefined) return 'text';
  const format = AUDIT_FORMATS.find((known) => known === name);
  if (format) return format;
  const meant = nearest(name, AUDIT_FORMATS);
  throw new JwtlintError(
    'usage',
    `there is no format "${name}" of an audit`,
    meant === undefined ? `There is ${AUDIT_FORMATS.join(', ')}.` : `Did you mean ${meant}?`,
  );
}

async function linesOf(source: Source, paths: readonly string[]): Promise<(path: string, offset: number) => number> {
  const contents = await source.read(paths);
  const lines = new Map<string, Lines>();
  return (path, offset) => {
    let known = lines.get(path);
    if (!known) lines.set(path, (known = new Lines(Buffer.from(contents.get(path) ?? []).toString())));
    return known.lineOf(offset);
  };
}

async function manifestsOf(source: Source): Promise<Pick<AuditMaterial, 'packages' | 'packageOf' | 'templateNames'>> {
  const paths = (await source.names((name) => name === 'package.json'))
    .map(({ path }) => path)
    .filter((path) => !path.includes('node_modules/'));
  const packages = new Map<string, ReadonlySet<string>>();
  for (const [path, bytes] of await source.read(paths))
    packages.set(directoryOf(path), new Set(readManifest(Buffer.from(bytes).toString())?.dependencies.keys() ?? []));
  const packageOf = (path: string): string => {
    let directory = directoryOf(path);
    while (directory !== '' && !packages.has(directory)) directory = directoryOf(directory);
    return directory;
  };
  const templates = (await source.names(isEnvTemplate))
    .map(({ path }) => path)
    .filter((path) => packages.get(packageOf(path))?.has('dotenv-safe') === true);
  const templateNames = [...(await source.read(templates))].flatMap(([path, bytes]) => {
    const text = Buffer.from(bytes).toString();
    const lines = new Lines(text);
    return readDotenv(text).entries.map(({ key, keySpan }) => ({ path, line: lines.lineOf(keySpan.start), name: key[0]! }));
  });
  return { packages: new Set([...packages.values()].flatMap((names) => [...names])), packageOf, templateNames };
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

async function hooksOf(io: Io): Promise<readonly { readonly name: string; readonly runs: boolean; readonly place: string }[]> {
  const around = await lookAround({ cwd: io.cwd, env: io.env });
  return ['pre-commit', 'pre-merge-commit', 'pre-push'].map((name) => {
    const hook = installedHook(around, name);
    const place = hook.place.startsWith(`${around.root}/`) ? hook.place.slice(around.root.length + 1) : hook.place;
    return { name, runs: hook.state === 'there' && hook.runsJwtlint, place };
  });
}

const WORKFLOW =
  /(?:^|\/)(?:\.(?:github|gitea|forgejo)\/workflows\/[^/]{1,200}\.ya?ml|\.gitlab-ci\.yml|azure-pipelines\.yml|bitbucket-pipelines\.yml|Jenkinsfile|\.circleci\/config\.yml)$/;

async function workflowsOf(source: Source): Promise<readonly string[]> {
  const paths = (await source.names((name) => /\.ya?ml$|^Jenkinsfile$/.test(name)))
    .map(({ path }) => path)
    .filter((path) => WORKFLOW.test(path));
  const contents = await source.read(paths);
  return [...contents].filter(([, bytes]) => runsJwtlint(Buffer.from(bytes).toString())).map(([path]) => path);
}
