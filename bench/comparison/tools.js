/**
 * The tools that are compared, as their users run them: with the configuration that each one's own page recommends, on a directory,
 * without network. What each reports comes as places; what it says of them is not looked at.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Packages of npm, installed for the comparison alone. */
const PACKAGES = {
  secretlint: '12.0.0',
  '@secretlint/secretlint-rule-preset-recommend': '12.0.0',
  eslint: '9.39.5',
  'eslint-plugin-no-secrets': '2.3.3',
  'eslint-plugin-jwt-security': '3.3.0',
  '@typescript-eslint/parser': '8.73.0',
  'jsonc-eslint-parser': '3.3.0',
  typescript: '5.9.3',
};

/**
 * A tool that was found on this machine.
 *
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} version
 * @property {(directory: string) => { path: string; line: number }[]} findings what it reports in a directory: paths relative to it, and lines
 */

/** What a program prints; its exit status says little, since findings have one too. */
function output(program, args, cwd) {
  const { stdout, stderr, status, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error) throw error;
  if (status !== 0 && stdout === '') throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

/** The version that a program on the path says of itself; undefined when there is no such program. */
function versionOf(program, ...args) {
  const { stdout, error } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  if (error) return undefined;
  const said = /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0];
  if (said !== undefined) return said;
  // A Go program that was built without a version knows that of its module.
  const built = spawnSync('sh', ['-c', `go version -m "$(command -v ${program})"`], { encoding: 'utf8' }).stdout ?? '';
  return /^\s+mod\s+\S+\s+v(\S+)/m.exec(built)?.[1] ?? 'of unknown version';
}

function placed(directory, path, line) {
  return {
    path: relative(directory, path.startsWith(sep) ? path : join(directory, path))
      .split(sep)
      .join('/'),
    line,
  };
}

/** gitleaks and what came of it have the same commands. */
function gitleaks(program) {
  const version = versionOf(program, 'version');
  if (version === undefined) return undefined;
  const args = ['dir', '.', '--no-banner', '--exit-code=0', '--report-format=json', '--report-path=-'];
  return {
    name: program,
    version,
    findings: (directory) => JSON.parse(output(program, args, directory)).map(({ File, StartLine }) => placed(directory, File, StartLine)),
  };
}

function detectSecrets() {
  const version = versionOf('detect-secrets', '--version');
  if (version === undefined) return undefined;
  return {
    name: 'detect-secrets',
    version,
    findings: (directory) =>
      Object.entries(JSON.parse(output('detect-secrets', ['scan', '--no-verify'], directory)).results).flatMap(([path, found]) =>
        found.map(({ line_number }) => placed(directory, path, line_number)),
      ),
  };
}

function ripsecrets() {
  const version = versionOf('ripsecrets', '--version');
  if (version === undefined) return undefined;
  return {
    name: 'ripsecrets',
    version,
    findings: (directory) =>
      [...output('ripsecrets', ['.'], directory).matchAll(/^(.+?):(\d+):/gm)].map(([, path, line]) =>
        placed(directory, path, Number(line)),
      ),
  };
}

/** @param {string | undefined} rules a checkout of semgrep/semgrep-rules */
function semgrep(rules) {
  const version = rules === undefined ? undefined : versionOf('semgrep', '--version');
  if (version === undefined) return undefined;
  const folders = ['jose', 'jsonwebtoken', 'jwt-simple', 'passport-jwt', 'express'].map((name) => `javascript/${name}`);
  const configs = [...folders, 'generic/secrets'].flatMap((folder) => ['--config', join(rules, folder)]);
  const args = ['scan', ...configs, '--json', '--quiet', '--metrics=off', '--disable-version-check', '.'];
  return {
    name: 'semgrep',
    version,
    findings: (directory) =>
      JSON.parse(output('semgrep', args, directory)).results.map(({ path, start }) => placed(directory, path, start.line)),
  };
}

/** Installs the peers that npm has. */
function fromNpm(directory) {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: PACKAGES }));
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--legacy-peer-deps', '--loglevel=error'];
  execFileSync('npm', ['install', ...flags], { cwd: directory, stdio: 'inherit', shell: process.platform === 'win32' });
  const rules = join(directory, 'secretlintrc.json');
  // Named by its place: secretlint looks for rules from the scanned directory otherwise.
  const preset = join(directory, 'node_modules/@secretlint/secretlint-rule-preset-recommend');
  writeFileSync(rules, JSON.stringify({ rules: [{ id: preset }] }));
  const scripts = "files: ['**/*.js', '**/*.ts'], languageOptions: { parser }";
  const configs = {
    'no-secrets': `import plugin from 'eslint-plugin-no-secrets';
import * as json from 'jsonc-eslint-parser';
const rules = { 'no-secrets/no-secrets': 'error' };
const plugins = { 'no-secrets': plugin };
export default [{ ${scripts}, plugins, rules }, { files: ['**/*.json'], languageOptions: { parser: json }, plugins, rules }];
`,
    'jwt-security': `import plugin from 'eslint-plugin-jwt-security';
export default [{ ...plugin.configs.recommended, ${scripts} }];
`,
  };
  const eslint = Object.entries(configs).map(([name, text]) => {
    const config = join(directory, `${name}.config.js`);
    writeFileSync(config, `import parser from '@typescript-eslint/parser';\n${text}`);
    const args = [join(directory, 'node_modules/eslint/bin/eslint.js'), '--config', config, '--no-inline-config', '--format=json', '.'];
    return {
      name: `eslint-plugin-${name}`,
      version: PACKAGES[`eslint-plugin-${name}`],
      findings: (scanned) =>
        JSON.parse(output(process.execPath, args, scanned)).flatMap(({ filePath, messages }) =>
          messages.filter(({ ruleId }) => ruleId !== null).map(({ line }) => placed(scanned, filePath, line)),
        ),
    };
  });
  const program = join(directory, 'node_modules/secretlint/bin/secretlint.js');
  const secretlint = {
    name: 'secretlint',
    version: PACKAGES.secretlint,
    // Its JSON holds every file whole, and is cut off where it is long.
    findings: (scanned) =>
      [
        ...output(process.execPath, [program, '--secretlintrc', rules, '--format=unix', '**/*', '**/.*'], scanned).matchAll(
          /^(.+?):(\d+):\d+: /gm,
        ),
      ].map(([, path, line]) => placed(scanned, path, Number(line))),
  };
  return [secretlint, ...eslint];
}

/** @param {string} binary the file that node runs */
export function jwtlint(binary) {
  return {
    name: 'jwtlint',
    version: versionOf(process.execPath, binary, '--version'),
    findings: (directory) =>
      JSON.parse(output(process.execPath, [binary, '--format=json'], directory)).findings.map(({ location }) =>
        placed(directory, location.path, location.startLine),
      ),
  };
}

/**
 * The peers that are to be had: of npm, and what else is on the path.
 *
 * @param {string} directory where packages of npm are installed
 * @param {string | undefined} semgrepRules a checkout of semgrep/semgrep-rules; semgrep is left out without one
 * @returns {{ found: Tool[]; missing: string[] }}
 */
export function findPeers(directory, semgrepRules) {
  const on = {
    gitleaks: gitleaks('gitleaks'),
    betterleaks: gitleaks('betterleaks'),
    ripsecrets: ripsecrets(),
    'detect-secrets': detectSecrets(),
    semgrep: semgrep(semgrepRules),
  };
  return {
    found: [...Object.values(on).filter((tool) => tool !== undefined), ...fromNpm(directory)],
    missing: Object.keys(on).filter((name) => on[name] === undefined),
  };
}
