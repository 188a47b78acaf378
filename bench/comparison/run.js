/**
 * Compares jwtlint with other tools on the cases beside this file: `node bench/comparison/run.js [--semgrep-rules DIR] [--write]`.
 * It says which tools it found, prints the tables, and with `--write` puts them into docs/comparison.md.
 */
import { execFileSync } from 'node:child_process';
import { createHash, createHmac, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as prettier from 'prettier';
import { installJwtlint } from '../installed.js';
import { findPeers, jwtlint } from './tools.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const CHECKOUT = join(HERE, '../..');
const PAGE = join(CHECKOUT, 'docs/comparison.md');
const START = '<!-- comparison: written by node bench/comparison/run.js --write -->';
const END = '<!-- /comparison -->';

const GROUPS = {
  keys: 'keys of tokens and sessions',
  uses: 'uses of tokens',
  others: 'credentials of other services',
  nothing: 'nothing to report',
};

/** Characters that look random and are the same in each run. */
function characters(name, length, alphabet) {
  let text = '';
  for (let block = 0; text.length < length; block++)
    for (const byte of createHash('sha512').update(`${name} ${block}`).digest()) text += alphabet[byte % alphabet.length];
  return text.slice(0, length);
}

const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const BASE62 = `${UPPER}${UPPER.toLowerCase()}${DIGITS}`;

function serviceRoleToken() {
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ iss: 'supabase', ref: 'orders', role: 'service_role', iat: 1_760_000_000, exp: 2_075_000_000 })}`;
  return `${input}.${createHmac('sha256', characters('token', 32, BASE62))
    .update(input)
    .digest('base64url')}`;
}

/**
 * What stands in the cases as `{{name}}`. It is made when the cases are laid out: so this repository holds nothing that its own
 * host, or a scanner, would have to take for a real key.
 */
function values() {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = (key, type) => key.export({ type, format: 'pem' }).toString().trim();
  const rsaPem = pem(rsa.privateKey, 'pkcs8');
  const ecPem = pem(ec.privateKey, 'pkcs8');
  const jwks = (key) => JSON.stringify({ keys: [{ ...key.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'orders' }] }, null, 2);
  return {
    hex: characters('hex', 64, '0123456789abcdef'),
    'hex-2': characters('hex-2', 64, '0123456789abcdef'),
    base64: `${characters('base64', 43, `${BASE62}+/`)}=`,
    'base64-long': characters('base64-long', 240, `${BASE62}+/`),
    base62: characters('base62', 32, BASE62),
    sha512: createHash('sha512').update('ms').digest('base64'),
    uuid: '0b1f3e52-7c64-4d0a-9a55-3f1d2c7be861',
    'short-id': characters('short-id', 21, `${BASE62}_-`),
    password: 'Gr8-orders!2024',
    'rsa-private-key': rsaPem,
    'rsa-private-key-escaped': rsaPem.replaceAll('\n', '\\n'),
    'rsa-public-key': pem(rsa.publicKey, 'spki'),
    'ec-private-key-escaped': ecPem.replaceAll('\n', '\\n'),
    'ec-private-key-base64': Buffer.from(ecPem).toString('base64'),
    'private-jwks': jwks(ec.privateKey),
    'public-jwks': jwks(ec.publicKey),
    'service-role-token': serviceRoleToken(),
    'aws-access-key': `AKIA${characters('aws', 16, `${UPPER}234567`)}`,
    'aws-secret-key': characters('aws secret', 40, `${BASE62}+/`),
    'github-token': `ghp_${characters('github', 36, BASE62)}`,
    'stripe-key': `sk_live_${characters('stripe', 24, BASE62)}`,
    'slack-token': `xoxb-${characters('slack 1', 12, DIGITS)}-${characters('slack 2', 12, DIGITS)}-${characters('slack 3', 24, BASE62)}`,
    'npm-token': `npm_${characters('npm', 36, BASE62)}`,
  };
}

const DEPENDENCIES = {
  '@nestjs/jwt': '^11.0.0',
  bcrypt: '^6.0.0',
  express: '^5.0.0',
  'express-session': '^1.18.0',
  jose: '^6.0.0',
  jsonwebtoken: '^9.0.2',
  'passport-jwt': '^4.0.1',
};

/** Lays the cases out as the folders of one repository, all of it tracked. */
export function layOut(directory) {
  const filled = values();
  const cases = join(HERE, 'fixtures');
  for (const entry of readdirSync(cases, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const target = join(directory, path.slice(cases.length + 1));
    mkdirSync(dirname(target), { recursive: true });
    const text = readFileSync(path, 'utf8').replace(/\{\{([\w-]+)\}\}/g, (_, name) => {
      if (filled[name] === undefined) throw new Error(`${path}: there is no value ${name}`);
      return filled[name];
    });
    writeFileSync(target, text);
  }
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'orders', private: true, dependencies: DEPENDENCIES }, null, 2));
  const git = (...args) => execFileSync('git', ['-c', 'core.autocrlf=false', ...args], { cwd: directory, stdio: 'ignore' });
  git('init', '--quiet', '--template=');
  git('add', '--force', '--all');
}

/** The cases with the right answer of each. */
export function expectations() {
  const [, ...rows] = readFileSync(join(HERE, 'expected.tsv'), 'utf8').trim().split('\n');
  return rows.map((row) => {
    const [group, name, file, line, answer, what] = row.split('\t');
    return { group, name, file, line: Number(line), report: answer === 'report', what };
  });
}

/**
 * Whether a tool reports a case: at the line in question, or one off since calls may begin there; at any line where the whole file
 * is in question, or nothing is to be reported.
 */
export function reports(findings, { name, file, line, report }) {
  const inCase = findings.filter(({ path }) => path.startsWith(`${name}/`));
  if (!report) return inCase.length > 0;
  return inCase.some((finding) => finding.path === `${name}/${file}` && (line === 0 || Math.abs(finding.line - line) <= 1));
}

/** The two tables of the page: numbers by group, and every case. */
export function tables(cases, results) {
  const names = results.map(({ name }) => name.replace('eslint-plugin-', ''));
  const header = (first) => [`| ${[first, ...names].join(' | ')} |`, `| ${['---', ...names.map(() => '---')].join(' | ')} |`];
  const totals = Object.entries(GROUPS).map(([group, title]) => {
    const own = cases.filter((each) => each.group === group);
    const asked = own.filter(({ report }) => report);
    const silent = own.filter(({ report }) => !report);
    const cell = ({ findings }) => {
      const found = `${asked.filter((each) => reports(findings, each)).length} of ${asked.length}`;
      const alarms = silent.filter((each) => reports(findings, each)).length;
      if (asked.length === 0) return `${alarms} of ${silent.length}`;
      return silent.length === 0 || alarms === 0 ? found : `${found}, ${alarms} false`;
    };
    return `| ${[group === 'nothing' ? 'false alarms where there is nothing to report' : title, ...results.map(cell)].join(' | ')} |`;
  });
  const rows = cases.map((each) => {
    const cell = ({ findings }) => (reports(findings, each) ? (each.report ? 'yes' : '**false**') : each.report ? '–' : '');
    return `| ${[`${each.what.replaceAll('|', '\\|')} ([${each.name}](${`../bench/comparison/fixtures/${each.name}`}))`, ...results.map(cell)].join(' | ')} |`;
  });
  return [...header(''), ...totals, '', '### Every case', '', ...header('case'), ...rows].join('\n');
}

/** The page with the tables brought up to date. */
export async function withTables(page, cases, results) {
  const start = page.indexOf(START);
  const end = page.indexOf(END);
  if (start < 0 || end < start) throw new Error(`the page needs the marks ${START} and ${END}`);
  const versions = results.map(({ name, version }) => `${name} ${version}`).join(', ');
  const text = `${page.slice(0, start)}${START}\n\nVersions: ${versions}.\n\n${tables(cases, results)}\n\n${page.slice(end)}`;
  return prettier.format(text, { ...(await prettier.resolveConfig(PAGE)), parser: 'markdown' });
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  const { values: options } = parseArgs({ options: { 'semgrep-rules': { type: 'string' }, write: { type: 'boolean' } } });
  const work = mkdtempSync(join(tmpdir(), 'jwtlint-comparison-'));
  try {
    const own = jwtlint(await installJwtlint(CHECKOUT, join(work, 'jwtlint')));
    const { found, missing } = findPeers(join(work, 'peers'), options['semgrep-rules']);
    console.log(`Found: ${[own, ...found].map(({ name, version }) => `${name} ${version}`).join(', ')}.`);
    if (missing.length > 0) console.log(`Not found, and left out: ${missing.join(', ')}.`);
    const tree = join(work, 'cases');
    layOut(tree);
    const results = [own, ...found].map((tool) => ({ name: tool.name, version: tool.version, findings: tool.findings(tree) }));
    const cases = expectations();
    if (options.write) writeFileSync(PAGE, await withTables(readFileSync(PAGE, 'utf8'), cases, results));
    else console.log(`\n${tables(cases, results)}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
