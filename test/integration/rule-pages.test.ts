/**
 * The right code on the pages of the rules, run with the libraries themselves: every block is loaded as a module of node, what
 * signs gives a token with its claims, an end and the right signature, and what reads takes such a token and refuses a forged one.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RULES } from '../../rules/index.js';
import { codeBlocks } from '../pages.js';
import { PRIVATE_PEM, PUBLIC_PEM } from './probe.js';

/** What the blocks import beside the devDependencies. */
const FURTHER: Readonly<Record<string, string>> = {
  '@nestjs/config': '4.0.2',
  fastify: '5.6.1',
  'jwks-rsa': '3.2.0',
  'next-auth': '4.24.13',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
  zod: '4.1.12',
};

const BLOCKS = RULES.flatMap(({ id }) =>
  codeBlocks(readFileSync(`docs/rules/${id}.md`, 'utf8'))
    .filter(({ section, language, text }) => section === 'Instead' && /^(?:js|ts)$/.test(language) && !text.startsWith('// environment.ts'))
    .map(({ text }, index) => ({ text, name: `${id}-${String(index + 1)}` })),
);

const ENVIRONMENT = {
  JWT_SECRET: 'made-up-key-of-thirty-two-bytes-1',
  JWT_REFRESH_SECRET: 'made-up-key-of-thirty-two-bytes-2',
  SESSION_SECRET: 'made-up-key-of-thirty-two-bytes-3',
  JWT_PUBLIC_KEY: PUBLIC_PEM,
  JWT_FORMER_PUBLIC_KEY: PUBLIC_PEM,
  JWT_PRIVATE_KEY: PRIVATE_PEM,
  UPSTREAM_TOKEN: 'made-up',
};

/**
 * Loads every block and calls what it exports; prints a line of JSON for each: what was done, or what went wrong.
 * Key sets at an address of an issuer and variables of a page's build are not there to be read: these are only loaded.
 */
const DRIVER = `
import { readFileSync } from 'node:fs';
import jwt from 'jsonwebtoken';
const env = process.env;
const inHS256 = (key) => jwt.sign({ sub: 'one' }, key, { algorithm: 'HS256', expiresIn: '5m' });
const inRS256 = () => jwt.sign({ sub: 'one' }, env.JWT_PRIVATE_KEY, { algorithm: 'RS256', expiresIn: '5m', keyid: 'current', issuer: 'https://login.example', audience: 'orders' });
globalThis.fetch = async () => new Response('{}');
console.log = () => {};
for (const name of process.argv.slice(2)) {
  const done = [];
  let wrong;
  try {
    const text = readFileSync(name + '.js', 'utf8');
    const module = await import('./' + name + '.js');
    await module.app?.ready?.();
    done.push('loaded');
    const user = { id: 'one', role: 'reader' };
    for (const [export_, key] of [['issue', 'JWT_SECRET'], ['accessToken', 'JWT_SECRET'], ['refreshToken', 'JWT_REFRESH_SECRET'], ['sign', 'JWT_SECRET']]) {
      if (!module[export_] || /\\brandomBytes|generateKeyPair|hkdfSync/.test(text)) continue;
      const argument = export_ === 'sign' || text.includes('createSigner') ? { sub: 'one', ...(text.includes('user.id') ? user : {}) } : text.includes('user.id') ? user : 'one';
      const claims = jwt.verify(await module[export_](argument), env[key], { algorithms: ['HS256'] });
      if (claims.sub !== 'one' || !(claims.exp - Date.now() / 1000 < 100 * 86_400)) throw new Error('the token has no end or no user');
      done.push('signed');
    }
    if (module.read && !/createRemoteJWKSet|import\\.meta\\.env/.test(text)) {
      const token = text.includes('RS256') ? inRS256() : inHS256(env.JWT_SECRET);
      const read = await module.read(token);
      if ((read.payload ?? read).sub !== 'one') throw new Error('the claims are not those of the token');
      const [head, body, signature] = token.split('.');
      const forged = [head, Buffer.from(JSON.stringify({ ...jwt.decode(token), sub: 'two' })).toString('base64url'), signature].join('.');
      const refused = await Promise.resolve().then(() => module.read(forged)).then(() => false, () => true);
      if (!refused) throw new Error('a forged token was taken');
      done.push('read');
    }
  } catch (error) {
    wrong = String(error);
  }
  process.stdout.write(JSON.stringify({ name, done, wrong }) + '\\n');
}
process.exit(0);
`;

const directory = mkdtempSync(join(tmpdir(), 'jwtlint-pages-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const outcomes = new Map<string, { readonly done: readonly string[]; readonly wrong?: string }>();

beforeAll(() => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { devDependencies: Record<string, string> };
  const used = Object.entries(devDependencies).filter(([name]) => BLOCKS.some(({ text }) => text.includes(`from '${name}`)));
  const dependencies = { ...Object.fromEntries(used), ...FURTHER };
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'module', dependencies }));
  const options = { cwd: directory, shell: process.platform === 'win32' };
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps', '--loglevel', 'error'], options);
  const names = Object.keys(ENVIRONMENT).map((name) => `export const ${name} = process.env.${name};\n`);
  writeFileSync(join(directory, 'environment.js'), names.join(''));
  writeFileSync(join(directory, 'run.js'), DRIVER);
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  for (const { name, text } of BLOCKS)
    writeFileSync(join(directory, `${name}.js`), ts.transpileModule(text, { compilerOptions }).outputText);
  const printed = execFileSync(process.execPath, ['run.js', ...BLOCKS.map(({ name }) => name)], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, ...ENVIRONMENT },
  });
  for (const line of printed.trim().split('\n')) {
    const { name, ...outcome } = JSON.parse(line) as { name: string; done: string[]; wrong?: string };
    outcomes.set(name, outcome);
  }
});

describe('the right code runs', () => {
  test.each(BLOCKS.map(({ name, text }) => [name, text] as const))('%s', (name, text) => {
    expect(outcomes.get(name)?.wrong, text).toBeUndefined();
    expect(outcomes.get(name)?.done).toContain('loaded');
  });

  test('most of it is not only loaded', () => {
    const done = [...outcomes.values()].flatMap((outcome) => outcome.done);
    expect(done.filter((what) => what === 'signed').length).toBeGreaterThan(40);
    expect(done.filter((what) => what === 'read').length).toBeGreaterThan(15);
  });
});
