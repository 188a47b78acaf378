/** Installs what is compared, each in a directory of its own as a user would: jwtlint from its own package, the peers at pinned versions. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Versions of the peers and of what they need to read TypeScript. */
const PEERS = {
  secretlint: '12.0.0',
  '@secretlint/secretlint-rule-preset-recommend': '12.0.0',
  eslint: '10.15.0',
  'eslint-plugin-jwt-security': '3.3.0',
  '@typescript-eslint/parser': '8.73.0',
  typescript: '6.0.3',
};

/** ESLint's recommended rules, which jwtlint's are compared with. */
const ESLINT_JS = '10.0.1';

/** How the peers are named in the table. */
export const PEER_NAMES = {
  secretlint: `secretlint ${PEERS.secretlint} (preset-recommend)`,
  eslint: `ESLint ${PEERS.eslint} (jwt-security ${PEERS['eslint-plugin-jwt-security']})`,
};

const NPM_FLAGS = ['--no-audit', '--no-fund', '--no-save', '--prefer-offline', '--loglevel=error'];

/** What npm printed. It ends with the benchmark, should that be given up. */
async function npm(cwd, ...args) {
  const child = spawn('npm', args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], shell: process.platform === 'win32' });
  const stop = () => child.kill();
  process.once('exit', stop);
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  process.off('exit', stop);
  if (status !== 0) throw new Error(`npm ${args.join(' ')} ended with ${status}`);
  return Buffer.concat(chunks).toString();
}

function project(directory) {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }\n');
  return directory;
}

/**
 * Packs the checkout and installs the package.
 *
 * @returns the file that `node_modules/.bin/jwtlint` starts
 */
export async function installJwtlint(checkout, directory) {
  project(directory);
  const [{ filename }] = JSON.parse(
    await npm(checkout, 'pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', directory),
  );
  await npm(directory, 'install', ...NPM_FLAGS, `./${filename}`);
  return join(directory, 'node_modules/jwtlint/dist/bin.cjs');
}

/**
 * Installs secretlint and ESLint with their configuration.
 *
 * @returns the arguments of node that run each on named files or globs
 */
export async function installPeers(directory) {
  project(directory);
  await npm(
    directory,
    'install',
    ...NPM_FLAGS,
    '--legacy-peer-deps',
    ...Object.entries(PEERS).map(([name, version]) => `${name}@${version}`),
  );
  const preset = '@secretlint/secretlint-rule-preset-recommend';
  const rules = join(directory, 'secretlintrc.json');
  // Named by its place: secretlint looks for rules from the scanned directory otherwise.
  writeFileSync(rules, JSON.stringify({ rules: [{ id: join(directory, 'node_modules', preset) }] }));
  const config = join(directory, 'eslint.config.js');
  writeFileSync(
    config,
    `import parser from '@typescript-eslint/parser';
import jwtSecurity from 'eslint-plugin-jwt-security';
export default [{ ...jwtSecurity.configs.recommended, files: ['**/*.js', '**/*.ts'], languageOptions: { parser } }];
`,
  );
  return {
    secretlint: (files) => [join(directory, 'node_modules/secretlint/bin/secretlint.js'), '--secretlintrc', rules, ...files],
    eslint: (files) => [join(directory, 'node_modules/eslint/bin/eslint.js'), '--config', config, '--no-warn-ignored', ...files],
  };
}

/**
 * Installs jwtlint beside ESLint, the TypeScript parser and ESLint's own rules, in a directory that may hold a project already.
 *
 * @returns the arguments of node that lint `src` with the named configuration file
 */
export async function installLinted(checkout, directory) {
  const [{ filename }] = JSON.parse(
    await npm(checkout, 'pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', directory),
  );
  const { eslint, '@typescript-eslint/parser': parser, typescript } = PEERS;
  const packages = [`eslint@${eslint}`, `@eslint/js@${ESLINT_JS}`, `@typescript-eslint/parser@${parser}`, `typescript@${typescript}`];
  await npm(directory, 'install', ...NPM_FLAGS, '--no-package-lock', `./${filename}`, ...packages);
  return (config, ...more) => [join(directory, 'node_modules/eslint/bin/eslint.js'), '--config', config, ...more, 'src'];
}
