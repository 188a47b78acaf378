/**
 * Compares ESLint with all of jwtlint's rules to ESLint without: a thousand TypeScript files, the recommended rules of ESLint and
 * the TypeScript parser, the packed plugin, whole processes that take turns. Then ESLint says what each rule took, and what all of
 * them take of a long script beside its parser.
 *
 *   node bench/lint.js [--rounds 15]
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as prettier from 'prettier';
import { installLinted } from './installed.js';
import { median, run, stopRunning } from './measure.js';
import { cleanEnvironment, longFile, typescriptProject } from './workloads.js';

const CHECKOUT = fileURLToPath(new URL('..', import.meta.url));
const PROCESSOR_TIME = fileURLToPath(new URL('./processor-time.js', import.meta.url));
const PAGE = join(CHECKOUT, 'docs/performance.md');
const START = '<!-- bench of linting: written by npm run bench -->';
const END = '<!-- /bench of linting -->';

const FILES = 1000;
const LIMIT = 1.1;
/** For a script of 5,000 lines: all rules together, beside what parsing it takes. */
const LONG_LIMIT = 2;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write('bench: --rounds takes a number from 1\n');
  process.exit(2);
}

const root = realpathSync(mkdtempSync(join(tmpdir(), 'jwtlint-bench-')));
process.on('exit', () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));
for (const [signal, status] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.on(signal, () => {
    stopRunning();
    process.exit(status);
  });
}

const home = join(root, 'home');
mkdirSync(home);
const env = cleanEnvironment(home);
const { plain, mistakes } = typescriptProject(root, FILES);
const eslint = await installLinted(CHECKOUT, root);

const configuration = (name, imports, configurations) => {
  writeFileSync(
    join(root, name),
    `import js from '@eslint/js';
import parser from '@typescript-eslint/parser';
${imports}
export default [
  { ...js.configs.recommended, files: ['src/**/*.ts'] },
  // What TypeScript knows better, as its users have it.
  { files: ['src/**/*.ts'], languageOptions: { parser }, rules: { 'no-undef': 'off', 'no-unused-vars': 'off' } },
  ${configurations}
];
`,
  );
  return name;
};
const base = configuration('base.config.js', '', '');
const whole = configuration(
  'whole.config.js',
  "import jwtlint from 'jwtlint/eslint';",
  "{ ...jwtlint.configs.all, files: ['src/**/*.ts'] },",
);
const command = (config, ...more) => ({ args: eslint(config, ...more), cwd: root, env, statuses: [0, 1] });

/** What ESLint says about a run of its own, by file. */
async function statistics() {
  const results = JSON.parse((await run(command(whole, '--stats', '--format', 'json'))).stdout);
  const found = results.flatMap(({ messages }) =>
    messages.filter(({ ruleId }) => ruleId === 'jwtlint/no-hardcoded-secret' || ruleId === 'jwtlint/no-secret-fallback'),
  );
  // What does not find what it was made to find says nothing by its time.
  if (results.length !== FILES || found.length !== mistakes)
    throw new Error(`expected ${mistakes} findings in ${FILES} files, not ${found.length} in ${results.length}`);
  return new Map(results.map(({ filePath, stats }) => [filePath.slice(root.length + 1), stats.times.passes[0]]));
}

const ownRules = ({ rules }) => Object.entries(rules).filter(([id]) => id.startsWith('jwtlint/'));
const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);

const statistic = await statistics();
const perRule = new Map();
for (const pass of statistic.values()) for (const [id, { total }] of ownRules(pass)) perRule.set(id, (perRule.get(id) ?? 0) + total);
const perPlainFile = plain.map((path) => sum(ownRules(statistic.get(path)).map(([, { total }]) => total)) * 1000);
const wholeTime = sum([...statistic.values()].map(({ total }) => total));

/** Milliseconds of one whole run: on the clock, and of the processor, which tells more where the machine is busy with something else. */
async function timesOf(config) {
  const { args, ...rest } = command(config);
  const file = join(root, 'processor-time');
  const { milliseconds } = await run({
    ...rest,
    args: ['--import', PROCESSOR_TIME, ...args],
    env: { ...env, BENCH_PROCESSOR_TIME: file },
  });
  return { clock: milliseconds, processor: Number(readFileSync(file, 'utf8')) };
}

const turns = [];
for (let round = 0; round < rounds; round++) turns.push({ without: await timesOf(base), all: await timesOf(whole) });

/** Of a process that lints one long script: milliseconds of the parser and of all rules, as ESLint counts them. */
const long = longFile(join(root, 'long'), env);
async function longScript() {
  const lint = { args: eslint(join(root, whole), '--stats', '--format', 'json'), cwd: long.root, env, statuses: [0, 1] };
  const [{ messages, stats }] = JSON.parse((await run(lint)).stdout);
  const fatal = messages.find((message) => message.fatal);
  if (fatal) throw new Error(`${long.file}: ${fatal.message}`);
  const [pass] = stats.times.passes;
  return { parser: pass.parse.total, rules: sum(ownRules(pass).map(([, { total }]) => total)) };
}
const scripts = [];
for (let round = 0; round < rounds; round++) scripts.push(await longScript());

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;
const rows = Object.entries({ clock: 'on the clock', processor: 'of the processor' }).map(([kind, title]) => {
  const ratios = turns.map(({ without, all }) => all[kind] / without[kind]).sort((one, other) => one - other);
  const quartiles = [0.25, 0.75].map((share) => ratios[Math.round((ratios.length - 1) * share)].toFixed(3));
  const [without, all] = ['without', 'all'].map((side) => seconds(median(turns.map((turn) => turn[side][kind]))));
  return `| ${title} | ${without} | ${all} | ${median(ratios).toFixed(3)}× | ${quartiles.join(' to ')} | ${LIMIT}× |`;
});
const ofParser = scripts.map(({ parser, rules }) => rules / parser);
const [parser, rules] = ['parser', 'rules'].map((side) => median(scripts.map((script) => script[side])));
const [cpu] = cpus();
const text = [
  `Machine: ${cpu.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}. ${FILES.toLocaleString('en')} TypeScript files, of which 50 call a JWT library and 150 more pass the trigger; whole processes, medians of ${rounds} rounds in which both take turns.`,
  '',
  '| Time | ESLint with its recommended rules and the TypeScript parser | and all rules of jwtlint | Ratio | Middle half | Limit |',
  '| --- | --- | --- | --- | --- | --- |',
  ...rows,
  '',
  `A file that does not pass the trigger costs ${median(perPlainFile).toFixed(0)} µs, all rules together (median).`,
  '',
  `A script of 5,000 lines with a hundred calls, linted alone: the parser takes ${parser.toFixed(0)} ms, all rules of jwtlint together ${rules.toFixed(0)} ms, ${median(ofParser).toFixed(2)}× (limit ${LONG_LIMIT}×).`,
  '',
  '| Rule | In 1,000 files | Share of the linting |',
  '| --- | --- | --- |',
  ...[...perRule]
    .sort(([, one], [, other]) => other - one)
    .map(([id, total]) => `| ${id.replace('jwtlint/', '')} | ${total.toFixed(1)} ms | ${((100 * total) / wholeTime).toFixed(2)} % |`),
  '',
  "By ESLint's own `--stats`. What rules share (the trigger, the walk over the tree, what calls and values are) is counted for the first that asks.",
].join('\n');

process.stdout.write(`${text}\n`);
const page = readFileSync(PAGE, 'utf8');
const [start, end] = [page.indexOf(START), page.indexOf(END)];
if (start < 0 || end < start) throw new Error(`${PAGE} has no place for the table of linting`);
const written = `${page.slice(0, start + START.length)}\n\n${text}\n\n${page.slice(end)}`;
writeFileSync(PAGE, await prettier.format(written, { ...(await prettier.resolveConfig(PAGE)), parser: 'markdown' }));
