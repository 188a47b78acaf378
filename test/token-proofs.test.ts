/** Tokens that a secret of the repository, or one that everybody knows, has signed: told as certain, on both sides. */
import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import jwt from 'jsonwebtoken';
import { describe, expect, test } from 'vitest';
import type { FileFacts, Repository } from '../rules/contract.js';
import { keysOfScripts } from '../rules/facts/token-proofs.js';
import rule from '../rules/no-committed-token.js';
import { createCrypto } from '../src/crypto.js';
import { NO_PROJECT } from '../src/project.js';
import { parseScript } from '../src/readers/script.js';
import { runProgram } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

/** Of each run another one, so that nobody takes it for a key of somebody. */
const SECRET = randomBytes(27).toString('base64url');

interface Found {
  readonly ruleId: string;
  readonly level: string;
  readonly message: string;
  readonly location: { readonly path: string; readonly startLine: number };
  readonly steps: readonly { readonly label: string; readonly location: { readonly path: string; readonly startLine: number } }[];
}

async function tokens(
  files: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<{ found: readonly Found[]; lines: string[]; text: string }> {
  const repository = new TemporaryRepository();
  repository.stage('package.json', '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }');
  repository.stage('.gitignore', '.env\n');
  for (const [path, text] of Object.entries(files)) {
    if (path === '.env') repository.write(path, text);
    else repository.stage(path, text);
  }
  const { stdout: text } = await runProgram(repository.context, '-f', 'json', ...args);
  const { findings } = JSON.parse(text) as { findings: Found[] };
  const found = findings.filter(({ ruleId }) => ruleId === 'no-committed-token');
  return { found, text, lines: found.map(({ location, level }) => `${location.path}:${String(location.startLine)} ${level}`) };
}

const token = (secret: string | Buffer, options: jwt.SignOptions = { expiresIn: '5d' }): string =>
  jwt.sign({ sub: 'made-up' }, secret, options);
const code = (text: string): string => `fetch('/x', {\n  headers: { authorization: 'Bearer ${text}' },\n});\n`;

describe('a secret of the repository', () => {
  test('in an env file that git ignores is told at the token and at the secret, without either', async () => {
    const signed = token(SECRET);
    const { lines, found, text } = await tokens({ '.env': `PORT=80\n\nJWT_SECRET=${SECRET}\n`, 'a.js': code(signed) });
    expect(lines).toEqual(['.env:3 warning', 'a.js:2 error']);
    expect(found[1]!.message).toContain('`JWT_SECRET` in .env has signed');
    expect(found[1]!.steps).toMatchObject([{ label: 'signed with JWT_SECRET', location: { path: '.env', startLine: 3 } }]);
    for (const secret of [SECRET, signed.split('.')[2]!]) expect(text).not.toContain(secret.slice(0, 8));
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    [
      'in code',
      {
        'key.js': `const jwt = require('jsonwebtoken');\nexports.f = (t) => jwt.verify(t, '${SECRET}', { algorithms: ['HS256'] });\n`,
        'a.js': code(token(SECRET)),
      },
    ],
    ['in compose', { 'compose.yml': `services:\n  a:\n    environment:\n      JWT_SECRET: ${SECRET}\n`, 'a.js': code(token(SECRET)) }],
    ['for HS512', { '.env': `JWT_SECRET=${SECRET}\n`, 'a.js': code(token(SECRET, { algorithm: 'HS512', expiresIn: '5d' })) }],
    ['that is decoded from hex', { '.env': `JWT_SECRET=${Buffer.from(SECRET).toString('hex')}\n`, 'a.js': code(token(SECRET)) }],
    ['that is decoded from base64', { '.env': `JWT_SECRET=${Buffer.from(SECRET).toString('base64')}\n`, 'a.js': code(token(SECRET)) }],
  ])('%s', async (_, files) => {
    expect((await tokens(files)).lines.filter((line) => line === 'a.js:2 error')).toHaveLength(1);
  });

  test.each<[string, Readonly<Record<string, string>>, string[], string[]]>([
    ['another one', { '.env': `JWT_SECRET=${SECRET}\n`, 'a.js': code(token(`${SECRET}x`)) }, ['a.js:2 warning'], []],
    ['an expired token', { '.env': `JWT_SECRET=${SECRET}\n`, 'a.js': code(token(SECRET, { expiresIn: -60 })) }, [], []],
    [
      'an env file that is not part of the change',
      { '.env': `JWT_SECRET=${SECRET}\n`, 'a.js': code(token(SECRET)) },
      ['a.js:2 warning'],
      ['--staged'],
    ],
  ])('not by %s', async (_, files, expected, args) => {
    expect((await tokens(files, ...args)).lines).toEqual(expected);
  });
});

describe('a change', () => {
  const COMPOSE = `services:\n  a:\n    environment:\n      JWT_SECRET: ${SECRET}\n`;
  const signer = `const jwt = require('jsonwebtoken');\nexports.f = (t) => jwt.verify(t, '${SECRET}', { algorithms: ['HS256'] });\n`;
  const signed = code(token(SECRET));

  /** What is told of a commit that makes the second files of the first; `old` counts what was there before. */
  async function staged(
    before: Readonly<Record<string, string>>,
    after: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<{ lines: string[]; old: number; status: number }> {
    const repository = new TemporaryRepository();
    repository.stage('package.json', '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }');
    for (const [path, text] of Object.entries(before)) repository.stage(path, text);
    repository.commit();
    for (const [path, text] of Object.entries(after)) repository.stage(path, text);
    const { stdout, status } = await runProgram(repository.context, '-f', 'json', ...(args.length > 0 ? args : ['--staged']));
    const { findings, summary } = JSON.parse(stdout) as { findings: Found[]; summary: { old: number } };
    const found = findings.filter(({ ruleId }) => ruleId === 'no-committed-token');
    return {
      lines: found.map(({ location, level }) => `${location.path}:${String(location.startLine)} ${level}`),
      old: summary.old,
      status,
    };
  }

  test.each<[string, Readonly<Record<string, string>>]>([
    ['settings', { 'compose.yml': COMPOSE, 'a.js': signed }],
    ['code', { 'key.js': signer, 'a.js': signed }],
    ['an env file', { '.env.production': `JWT_SECRET=${SECRET}\n`, 'a.js': signed }],
    ['one file', { 'a.js': `${signer}${signed}` }],
  ])('that brings both is told on both sides: %s', async (_, files) => {
    const { lines, status } = await staged({}, files);
    expect(lines.map((line) => line.split(' ')[1]).sort()).toEqual(['error', 'warning']);
    expect(status).toBe(1);
  });

  test('that brings one of them only is no proof: nothing else is read for it', async () => {
    expect((await staged({ 'compose.yml': COMPOSE }, { 'a.js': signed })).lines).toEqual(['a.js:2 warning']);
    expect((await staged({ 'a.js': signed }, { 'compose.yml': COMPOSE })).lines).toEqual([]);
    // The script is read since it imports what was changed.
    const importer = `import { B } from './b';\nimport jwt from 'jsonwebtoken';\nexport const f = (t) => jwt.verify(t, '${SECRET}', { algorithms: [B] });\n`;
    expect((await staged({ 'key.js': importer }, { 'b.js': `export const B = 'HS256';\n${signed}` })).lines).toEqual(['b.js:3 warning']);
  });

  test('that brings what the other file of the change had already', async () => {
    const both = { 'compose.yml': `${COMPOSE}# changed\n`, 'a.js': `// changed\n${signed}` };
    expect((await staged({ 'compose.yml': COMPOSE }, both)).lines).toEqual(['a.js:3 error', 'compose.yml:4 warning']);
    expect((await staged({ 'a.js': signed }, both)).lines).toEqual(['a.js:3 error', 'compose.yml:4 warning']);
  });

  test('of files that had both is told of as old', async () => {
    const { lines, old, status } = await staged(
      { 'compose.yml': COMPOSE, 'a.js': signed },
      { 'compose.yml': `${COMPOSE}# changed\n`, 'a.js': `// changed\n${signed}` },
    );
    expect([lines, status]).toEqual([[], 0]);
    expect(old).toBeGreaterThanOrEqual(3);
  });

  test('named files are looked at together, too', async () => {
    const files = { 'compose.yml': COMPOSE, 'a.js': signed, 'other.js': '' };
    expect((await staged({}, files, 'a.js', 'compose.yml')).lines).toEqual(['a.js:2 error', 'compose.yml:4 warning']);
    expect((await staged({}, files, 'a.js', 'other.js')).lines).toEqual(['a.js:2 warning']);
  });
});

describe('a secret that everybody knows', () => {
  test('makes a token an error wherever it stands, in a change too', async () => {
    for (const args of [[], ['--staged']]) {
      const { lines, found } = await tokens({ 'a.js': code(token('your-256-bit-secret')), 'b.js': code(token('changeme')) }, ...args);
      expect(lines).toEqual(['a.js:2 error', 'b.js:2 error']);
      expect(found[0]!.message).toContain('one that a cracker tries first');
    }
  });

  test('says nothing of a token that has expired, nor of the sample of jwt.io', async () => {
    const sample =
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c';
    expect((await tokens({ 'a.js': code(token('secret', { expiresIn: -60 })), 'b.js': code(sample) })).lines).toEqual([]);
  });
});

test('the port checks signatures as jsonwebtoken makes them', () => {
  const { signed } = createCrypto();
  for (const algorithm of ['HS256', 'HS384', 'HS512'] as const) {
    const [header, payload, signature] = token(SECRET, { algorithm }).split('.') as [string, string, string];
    expect(signed(algorithm, SECRET, `${header}.${payload}`, signature)).toBe(true);
    expect(signed(algorithm, SECRET, `${header}.${payload}x`, signature)).toBe(false);
    expect(signed(algorithm, `${SECRET} `, `${header}.${payload}`, signature)).toBe(false);
  }
});

test('a hundred thousand signatures are tried, and no more', () => {
  const place = { path: 'a', start: 0, end: 1 };
  let tries = 0;
  const tokens = Array.from({ length: 1000 }, () => ({ place, algorithm: 'HS256', mark: 'a', signedBy: () => (tries++, false) }));
  const keys = Array.from({ length: 1000 }, () => ({ name: 'A', place, tried: (by: (secret: string) => boolean) => by('made-up') }));
  const facts: FileFacts[] = [{ path: 'a', tracking: 'tracked', holds: [], tokens, keys }];
  const repository = { whole: true, facts, projects: new Map(), ignored: () => undefined, publications: [], brought: [] };
  expect([...rule.repository!(repository as unknown as Repository, {})]).toEqual([]);
  expect(tries).toBe(100_000);
});

describe('what outlives the analysis of a file', () => {
  /** A weak reference to the tree of a script, and the keys that were found in it. */
  function keysOf(text: string): { tree: WeakRef<object>; keys: FileFacts['keys'] } {
    const parsed = parseScript('a.js', text);
    if ('failed' in parsed) throw new Error(parsed.failed);
    const keys = keysOfScripts([
      {
        path: 'a.js',
        text,
        tracking: 'tracked',
        project: NO_PROJECT,
        crypto: createCrypto(),
        vocabulary: { sinks: [], secretNames: [], secretSources: [] },
        ast: parsed.ast,
        visitorKeys: parsed.visitorKeys,
        imports: () => undefined,
      },
    ]);
    return { tree: new WeakRef(parsed.ast), keys };
  }

  test('is not its tree', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { tree, keys } = keysOf(
      `const jwt = require('jsonwebtoken');\nexports.f = (t) => jwt.verify(t, 'made-up-key', { algorithms: ['HS256'] });\n`,
    );
    await new Promise((resolve) => setTimeout(resolve, 0));
    collect();
    expect(tree.deref()).toBeUndefined();
    expect(keys!.map(({ tried }) => tried((secret) => secret === 'made-up-key'))).toEqual([true]);
  });
});
