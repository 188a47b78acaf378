/** Env files that are odd or cannot be written: generate, rotate and fix all keep what is there, or say why they change nothing. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseDotenv } from 'dotenv';
import { describe, expect, test } from 'vitest';
import { runProgram, type Outcome } from './run-program.js';
import { TemporaryRepository, temporaryDirectory } from './temporary-repository.js';

const OLD = 'made-up-old-secret-of-a-service-with-an-odd-file';
const CODE = "const jwt = require('jsonwebtoken');\nexports.f = (sub) => jwt.sign({ sub }, 'made-up-phrase', { expiresIn: '1h' });\n";

interface Command {
  readonly name: string;
  /** The line of the variable before. */
  readonly line: string;
  run(repository: TemporaryRepository): Promise<Outcome>;
}

const COMMANDS: readonly Command[] = [
  { name: 'generate', line: 'JWT_SECRET=', run: ({ context }) => runProgram(context, 'generate', '--env', 'JWT_SECRET') },
  { name: 'rotate', line: `JWT_SECRET=${OLD}`, run: ({ context }) => runProgram(context, 'rotate', 'JWT_SECRET', '--yes') },
  { name: 'fix', line: 'JWT_SECRET=', run: ({ context }) => runProgram(context, 'fix', '--yes') },
];

function repositoryWith(): TemporaryRepository {
  const repository = new TemporaryRepository();
  repository.stage('package.json', '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }');
  repository.stage('.gitignore', '.env\n');
  repository.stage('a.js', CODE);
  repository.commit();
  return repository;
}

const read = (repository: TemporaryRepository, path = '.env'): string => readFileSync(repository.path(path), 'utf8');

describe.each(COMMANDS)('$name', ({ name, line, run }) => {
  test.each([
    ['the lines of Windows', (text: string) => text.replaceAll('\n', '\r\n')],
    ['no line break at its end', (text: string) => text.slice(0, -1)],
    ['values of several lines', (text: string) => `CERTIFICATE="one\n${line}-not\nthree"\n${text}`],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
  ])('keeps all else of a file with %s', async (_, odd) => {
    const repository = repositoryWith();
    const before = odd(`# ours\nPORT=80 # any\n${line}\nLAST='a b'\n`);
    repository.write('.env', before);
    expect((await run(repository)).status).toBe(0);
    const after = read(repository);
    const values = parseDotenv(after);
    expect(values['JWT_SECRET']).toMatch(/^[\w-]{43}$/);
    const known = new Set(['', ...before.split('\n'), ...before.split('\n').map((each) => each.replace('\r', ''))]);
    const changed = after.split('\n').filter((each) => !known.has(each) && !known.has(each.replace('\r', '')));
    expect(changed.map((each) => each.slice(0, each.indexOf('=')))).toEqual(
      name === 'rotate' ? ['JWT_SECRET', 'JWT_SECRET_PREVIOUS'] : ['JWT_SECRET'],
    );
    if (before.includes('\r\n')) expect(after.replaceAll('\r\n', '')).not.toContain('\n');
    expect(after.startsWith('\ufeff')).toBe(before.startsWith('\ufeff'));
  });

  test.each<[string, (repository: TemporaryRepository) => void, RegExp]>([
    ['a name that is there twice', (repository) => repository.write('.env', `${line}\n${line}\n`), /JWT_SECRET stands in \.env 2 times/],
    [
      'a link in its place',
      (repository) => symlinkSync(join(temporaryDirectory(), 'x'), repository.path('.env')),
      /\.env is a symbolic link/,
    ],
    ['a directory in its place', (repository) => mkdirSync(repository.path('.env')), /\.env is no file/],
    ['bytes that are no text', (repository) => repository.write('.env', Buffer.from([0x4a, 0xff, 0xfe, 0x0a])), /\.env is no UTF-8 text/],
  ])('says so of %s, and prints nothing of it', async (_, prepare, expected) => {
    const repository = repositoryWith();
    prepare(repository);
    const { status, stdout, stderr } = await run(repository);
    // What else can be mended is.
    expect(status).toBe(name === 'fix' ? 0 : 2);
    expect(stdout + stderr).toMatch(expected);
    expect(stdout + stderr).not.toContain(OLD);
    expect(stdout + stderr).not.toMatch(/\n\s+at /);
  });

  test('changes nothing when the file cannot be written', async () => {
    const repository = repositoryWith();
    const before = `${line}\n`;
    repository.write('.env', before);
    repository.write(`.env.${String(process.pid)}.tmp`, 'in the way');
    const { status, stderr } = await run(repository);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/\.env could not be written \(EEXIST\).*Nothing was changed/s)]);
    expect([read(repository), read(repository, 'a.js')]).toEqual([before, CODE]);
  });
});

test.each([
  ['PEM', '"-----BEGIN PRIVATE KEY-----\nmade-up\n-----END PRIVATE KEY-----"'],
  ['PEM', '"-----BEGIN PRIVATE KEY-----\\nmade-up\\n-----END PRIVATE KEY-----"'],
  ['JWK', `'{"kty":"EC","crv":"P-256","d":"made-up"}'`],
])('rotate makes no secret of a key in %s', async (kind, value) => {
  const repository = repositoryWith();
  repository.write('.env', `JWT_PRIVATE_KEY=${value}\n`);
  const { status, stderr } = await runProgram(repository.context, 'rotate', 'JWT_PRIVATE_KEY', '--yes');
  expect([status, stderr]).toEqual([2, expect.stringContaining(`JWT_PRIVATE_KEY in .env holds a key in ${kind}, no secret.`)]);
  expect(stderr).not.toContain('made-up');
  expect(read(repository)).toBe(`JWT_PRIVATE_KEY=${value}\n`);
});
