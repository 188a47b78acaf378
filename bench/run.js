/**
 * Compares the packed and installed jwtlint with the cost of starting node, of reading files, and with its peers. Everything
 * happens in one temporary directory, which is removed at the end.
 *
 *   node bench/run.js [--rows calls,plain,settings,path,long,husky,large,tree,double,history] [--rounds 21] [--no-peers]
 *
 * All rows with all peers go to docs/performance.md; a run of some of them is only printed.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as prettier from 'prettier';
import { installJwtlint, installPeers, PEER_NAMES } from './installed.js';
import { alternate, peakMemory, run, stopRunning } from './measure.js';
import { cleanEnvironment, longFile, longHistory, stagedInTree, stagedSettings, stagedTen, stagedUnderHusky, tree } from './workloads.js';

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = join(CHECKOUT, 'docs/performance.md');
const START = '<!-- bench: written by npm run bench -->';
const END = '<!-- /bench -->';

const ROWS = ['calls', 'plain', 'settings', 'path', 'long', 'husky', 'large', 'tree', 'double', 'history'];

/** Peers take seconds where jwtlint takes a fraction: they sit out most rounds of the small rows, and run once on the tree. */
const PEER_ROUNDS = { small: 5, tree: 1 };

/** Milliseconds after which a peer is stopped: it took longer, by how much does not matter. */
const PEER_LIMIT = 120_000;

/** Files of the large repository, and commits of the long history. */
const LARGE = 20_000;
const COMMITS = 20_000;

/** Rounds on the history, which takes longer still. */
const HISTORY_ROUNDS = 7;

/** Rounds on the trees, each of which takes as long as many on a commit. */
const MOST_TREE_ROUNDS = 15;

const { values } = parseArgs({
  options: { rows: { type: 'string' }, rounds: { type: 'string', default: '21' }, 'no-peers': { type: 'boolean', default: false } },
});
const wanted = values.rows?.split(',') ?? ROWS;
const unknown = wanted.filter((row) => !ROWS.includes(row));
const rounds = Number(values.rounds);
const treeRounds = Math.min(rounds, MOST_TREE_ROUNDS);
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(`bench: --rows takes some of ${ROWS.join(', ')}; --rounds takes a number from 1\n`);
  process.exit(2);
}

const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'jwtlint-bench-')));
const removeTemporary = () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
process.on('exit', removeTemporary);
for (const [signal, status] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.on(signal, () => {
    stopRunning();
    process.exit(status);
  });
}

const env = cleanEnvironment(join(temporary, 'home'));
mkdirSync(env.HOME);
const at = (name) => join(temporary, name);
const say = (text) => process.stderr.write(`bench: ${text}\n`);

say('packs and installs');
const bin = await installJwtlint(CHECKOUT, at('jwtlint'));
const peers = values['no-peers'] ? undefined : await installPeers(at('peers'));

/** 0 and 1 both say that the work was done. */
const jwtlint = (cwd, ...args) => ({ args: [bin, ...args], cwd, env, statuses: [0, 1] });
const nothing = (cwd) => ({ args: ['-e', '0'], cwd, env });

/** The peers on the same work: secretlint on all files, as it reads any; ESLint on the scripts. */
function peersOn(cwd, files, scripts, peerRounds) {
  if (!peers) return {};
  const command = (args) => ({ args, cwd, env, statuses: [0, 1], rounds: peerRounds, limit: PEER_LIMIT });
  return { secretlint: command(peers.secretlint(files)), eslint: command(peers.eslint(scripts)) };
}

/** @throws {Error} when the scan does not find what the work was made to hold: then its time says nothing */
async function expectFindings(command, expected, expectedFiles) {
  const { findings, summary } = JSON.parse((await run({ ...command, args: [...command.args, '--format', 'json'] })).stdout);
  if (findings.length !== expected || summary.files !== expectedFiles) {
    throw new Error(
      `expected ${expected} findings in ${expectedFiles} files, not ${findings.length} in ${summary.files}:\n${JSON.stringify(findings.map(({ ruleId, location }) => [ruleId, location.path]))}`,
    );
  }
}

/** Row of the table from what {@link alternate} measured. */
function row(title, limit, baseline, measured) {
  const { jwtlint: own, bare, secretlint, eslint } = measured;
  const [first] = Object.values(measured);
  return { title, limit, baseline, first, own, bare, secretlint, eslint };
}

/** A hook that starts git, parses these scripts and judges nothing. */
const bareHook = (cwd, scripts) => ({ args: [fileURLToPath(new URL('./bare-hook.cjs', import.meta.url)), ...scripts], cwd, env });

/** @param {readonly string[]} [parsed] the scripts that a hook must parse; a row without them is no hook's */
async function smallRow(title, limit, { root, files, scripts }, findings, parsed, args = ['--staged']) {
  const scan = jwtlint(root, ...args);
  await expectFindings(scan, findings, files.length);
  const bare = parsed ? { bare: bareHook(root, parsed) } : {};
  const measured = await alternate(
    { node: nothing(root), jwtlint: scan, ...bare, ...peersOn(root, files, scripts, PEER_ROUNDS.small) },
    rounds,
  );
  return row(title, limit, '`node -e 0`', measured);
}

const table = [];

/** Adds a row, and says what is known so far: the whole takes minutes. */
function add(entry) {
  table.push(entry);
  const { title, text, own, bare, secretlint, eslint } = entry;
  say([title, text?.own ?? cell(own), cell(bare), cell(secretlint), cell(eslint)].filter(Boolean).join(' | '));
}
const runs = {
  calls: async () => {
    const staged = stagedTen(at('calls'), env, { calls: true });
    add(await smallRow('a commit of ten files, three with calls and one finding each', 1.7, staged, 3, staged.calling));
  },
  plain: async () => {
    const staged = stagedTen(at('plain'), env, { calls: false });
    add(await smallRow('a commit of ten files, none about JWTs', 1.35, staged, 0, []));
  },
  settings: async () => {
    const staged = stagedSettings(at('settings'), env);
    add(await smallRow('a commit of an env file, a compose file and a script', 2.5, staged, 3, staged.scripts));
  },
  path: async () => {
    const { root } = stagedTen(at('path'), env, { calls: true });
    const file = 'src/invites/issue.ts';
    add(await smallRow('one script by its path', undefined, { root, files: [file], scripts: [file] }, 1, undefined, [file]));
  },
  long: async () => {
    const { root, file } = longFile(at('long'), env);
    const scan = jwtlint(root, file);
    await expectFindings(scan, 0, 1);
    const parse = { args: [fileURLToPath(new URL('./parse-script.cjs', import.meta.url)), file], cwd: root, env };
    const measured = await alternate({ parse, jwtlint: scan }, rounds);
    add(row('a script of 5,000 lines with calls, by its path', 2, 'node that parses it', measured));
  },
  husky: huskyRow,
  large: largeRow,
};

/** The whole of a commit's hook, as git starts it, against the same with nothing in it. */
async function huskyRow() {
  const husky = join(CHECKOUT, 'node_modules/husky/bin.js');
  const hookOf = (name, line) => {
    const { root } = stagedUnderHusky(at(name), env, husky, line);
    return { program: 'git', args: ['hook', 'run', 'pre-commit'], cwd: root, env, statuses: [0, 1] };
  };
  const measured = await alternate({ empty: hookOf('husky-empty', ':'), jwtlint: hookOf('husky', `'${bin}' --staged`) }, rounds);
  add(row('that commit through the hook of husky', undefined, 'the hook when it is empty', measured));
}

async function largeRow() {
  const { root, files } = stagedInTree(at('large'), env, LARGE);
  const scan = jwtlint(root, '--staged');
  await expectFindings(scan, 3, files.length);
  const diff = { program: 'git', args: ['diff', '--cached', '--quiet'], cwd: root, env, statuses: [1] };
  const measured = await alternate({ diff, jwtlint: scan }, rounds);
  add(row('ten staged files in a repository of 20,000', undefined, '`git diff --cached`', measured));
}

async function historyRow() {
  const { root, list, parsed, blobs, secrets } = longHistory(at('history'), env, COMMITS);
  const scan = jwtlint(root, 'history', '--no-cache');
  const { findings } = JSON.parse((await run({ ...scan, args: [...scan.args, '--format', 'json'] })).stdout);
  if (findings.length !== secrets) throw new Error(`expected ${secrets} secret in the history, not ${findings.length}`);
  const read = { program: 'sh', args: ['-c', 'git cat-file --batch --buffer < "$1" > /dev/null', 'sh', list], cwd: root, env };
  const bare = { args: [fileURLToPath(new URL('./bare-history.cjs', import.meta.url)), list, parsed], cwd: root, env };
  const measured = await alternate({ read, jwtlint: scan, bare }, Math.min(rounds, HISTORY_ROUNDS));
  add(row(`a history of 20,000 commits, ${blobs.toLocaleString('en')} contents`, 3, '`git cat-file --batch --buffer` of them', measured));
  add({ title: 'peak memory of that scan', text: { own: megabytes(await peakMemory(scan, at('peak'))), limit: '300 MB', baseline: '' } });
}

async function treeCommands(name, count) {
  const made = tree(at(name), env, count);
  const [list, passing] = [at(`${name}.txt`), at(`${name}-passing.txt`)];
  writeFileSync(list, made.paths.join('\n'));
  writeFileSync(passing, made.passing.join('\n'));
  const scan = jwtlint(made.root);
  await expectFindings(scan, made.mistakes, made.paths.length);
  const reader = (file, ...lists) => ({ args: [fileURLToPath(new URL(file, import.meta.url)), ...lists], cwd: made.root, env });
  return { ...made, scan, read: reader('./read-files.js', list), bare: reader('./bare-tree.cjs', list, passing) };
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

/** The tree is made once for the two rows that are about it. */
async function treeRows() {
  const five = await treeCommands('tree', 5000);
  if (wanted.includes('tree')) {
    const everyScript = ['**/*.js', '**/*.ts'];
    const measured = await alternate(
      { read: five.read, jwtlint: five.scan, bare: five.bare, ...peersOn(five.root, ['**/*'], everyScript, PEER_ROUNDS.tree) },
      treeRounds,
    );
    add(row(`a tree of 5,000 files, ${megabytes(five.bytes)}`, 2.5, 'reading them', measured));
    add({
      title: 'peak memory of that scan',
      text: {
        own: megabytes(await peakMemory(five.scan, at('peak'))),
        limit: '200 MB',
        baseline: `reading them: ${megabytes(await peakMemory(five.read, at('peak')))}`,
      },
    });
  }
  if (wanted.includes('double')) {
    const ten = await treeCommands('double', 10_000);
    const measured = await alternate({ five: five.scan, jwtlint: ten.scan }, treeRounds);
    add(row(`a tree of 10,000 files, ${megabytes(ten.bytes)}`, 2.1, 'the tree of 5,000', measured));
    add({
      title: 'peak memory of that scan',
      text: { own: megabytes(await peakMemory(ten.scan, at('peak'))), limit: '', baseline: '' },
    });
  }
}

for (const name of ['calls', 'plain', 'settings', 'path', 'long', 'husky', 'large']) {
  if (!wanted.includes(name)) continue;
  say(`measures ${name}`);
  await runs[name]();
}
if (wanted.includes('tree') || wanted.includes('double')) {
  say('measures the trees');
  await treeRows();
}
if (wanted.includes('history')) {
  say('measures history');
  await historyRow();
}

function ms(value) {
  return value < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(1)} s`;
}

function cell(measured) {
  if (measured?.ended === false) return `stopped after ${ms(measured.milliseconds)}`;
  return measured ? `${ms(measured.milliseconds)}, ${measured.ratio.toFixed(measured.ratio < 10 ? 2 : 0)}×` : '';
}

function lines() {
  const header = [
    'Work',
    'Compared with',
    'jwtlint',
    'Middle half',
    'Limit',
    'git and parser alone',
    PEER_NAMES.secretlint,
    PEER_NAMES.eslint,
  ];
  const rows = table.map(({ title, text, limit, baseline, first, own, bare, secretlint, eslint }) =>
    text
      ? [title, text.baseline, text.own, '', text.limit, '', '', '']
      : [
          title,
          `${baseline}, ${ms(first.milliseconds)}`,
          cell(own),
          own.quartiles.map((value) => value.toFixed(2)).join(' to '),
          limit === undefined ? '' : `${limit}×`,
          cell(bare),
          cell(secretlint),
          cell(eslint),
        ],
  );
  const [cpu] = cpus();
  const machine = `${cpu.model.trim()}, ${cpus().length} cores, ${process.platform} ${process.arch}, Node ${process.versions.node}, git ${gitVersion()}`;
  return [
    `Machine: ${machine}. Medians of ${rounds} rounds, on the trees of ${treeRounds}, in which all take turns; secretlint and ESLint take part in ${PEER_ROUNDS.small} of them, on the tree in ${PEER_ROUNDS.tree}, and are stopped after ${ms(PEER_LIMIT)}.`,
    '',
    ...[header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}

function gitVersion() {
  return /\d[\d.]*/.exec(execFileSync('git', ['--version'], { encoding: 'utf8' }))[0];
}

const text = lines();
process.stdout.write(`${text}\n`);
if (wanted.length === ROWS.length && peers) {
  const page = readFileSync(PAGE, 'utf8');
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`${PAGE} has no place for the table`);
  const written = `${page.slice(0, start + START.length)}\n\n${text}\n\n${page.slice(end)}`;
  writeFileSync(PAGE, await prettier.format(written, { ...(await prettier.resolveConfig(PAGE)), parser: 'markdown' }));
}
