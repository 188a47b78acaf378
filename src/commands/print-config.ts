/** `--print-config FILE`: what holds for one file, and which configuration says so. */
import { relative, resolve, sep } from 'node:path';
import { importsTestRunner } from '../../rules/facts/test-runners.js';
import { EXIT, JwtlintError } from '../errors.js';
import type { Io } from '../io.js';
import type { Options } from '../options.js';
import { contextFor, severityOf } from '../policy.js';
import { decode } from '../readers/decode.js';
import { parseGuarded } from '../readers/guarded-parse.js';
import { scriptLanguage } from '../readers/script.js';
import { inertJson } from '../redact.js';
import { openWorkTree } from '../sources/files.js';
import type { Source } from '../sources/source.js';
import { configurationFor, loadRules, uninteresting } from './collect.js';

/**
 * Prints the settings of a file, which need not be there, as JSON.
 *
 * @returns 0
 * @throws JwtlintError `usage` for a file outside of what is scanned, `config`
 */
export async function printConfig(file: string, options: Options, io: Io): Promise<number> {
  const source = await openWorkTree({ cwd: io.cwd, env: io.env }, { cwd: io.cwd, paths: [], warnIgnored: true });
  try {
    const path = relative(source.root, resolve(io.cwd, file)).split(sep).join('/');
    if (path === '' || path.startsWith('../'))
      throw new JwtlintError('usage', `${file} is not below ${source.root}`, 'Name a file of the repository.');
    const configuration = await configurationFor(source, options, io.cwd);
    const settings = configuration.forPath(path);
    const rules = (await loadRules()).map((rule) => {
      const severity = severityOf(rule, settings.severity(rule.id), settings.preset);
      const ruleOptions = { ...rule.options?.defaults, ...settings.options(rule.id) };
      return [rule.id, Object.keys(ruleOptions).length > 0 ? [severity, ruleOptions] : [severity]] as const;
    });
    const printed = {
      path,
      configuredBy: configuration.files,
      leftOut: configuration.ignored(path) ? 'ignored by configuration' : (uninteresting(path) ?? false),
      preset: settings.preset,
      context: contextFor(path, settings, await isTest(path, source)) ?? null,
      rules: Object.fromEntries(rules),
      ...configuration.vocabulary,
    };
    io.stdout.write(`${inertJson(printed, 2)}\n`);
    return EXIT.clean;
  } finally {
    await source.close();
  }
}

/** Whether a file, if it is there, imports a test runner. */
async function isTest(path: string, source: Source): Promise<boolean> {
  const bytes = scriptLanguage(path) === undefined ? undefined : (await source.read([path])).get(path);
  if (!bytes) return false;
  const parsed = await parseGuarded(path, decode(bytes).text);
  return !('failed' in parsed) && importsTestRunner(parsed);
}
