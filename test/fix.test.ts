/** `jwtlint fix`: what it changes, what it leaves to people, and that nothing is ever half done or shown. */
import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { joined, withEdits } from '../src/setup/mending.js';
import { runProgram, type Outcome } from './run-program.js';
import { TemporaryRepository, temporaryDirectory } from './temporary-repository.js';

type Files = Readonly<Record<string, string>>;

const MANIFEST = '{ "dependencies": { "jsonwebtoken": "^9.0.2" } }';

function repositoryOf(files: Files): TemporaryRepository {
  const repository = new TemporaryRepository();
  for (const [path, text] of Object.entries({ 'package.json': MANIFEST, ...files })) repository.stage(path, text);
  repository.commit();
  return repository;
}

const fix = (repository: TemporaryRepository, ...args: string[]): Promise<Outcome> =>
  runProgram(repository.context, 'fix', ...args, ...(args.includes('--ask') ? [] : ['--yes']));

const read = (repository: TemporaryRepository, path: string): string => readFileSync(repository.path(path), 'utf8');

const variablesIn = (text: string): Map<string, string> =>
  new Map(
    text
      .split(/\r?\n/)
      .filter((line) => /^\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

describe('a literal', () => {
  test('used in ten places becomes one variable, read once', async () => {
    const uses = Array.from(
      { length: 10 },
      (_, index) => `exports.f${index} = (sub) => jwt.sign({ sub }, 'made-up-everywhere', { expiresIn: '1h' });`,
    );
    const repository = repositoryOf({ 'a.js': `const jwt = require('jsonwebtoken');\n\n${uses.join('\n')}\n` });
    await fix(repository);
    const text = read(repository, 'a.js');
    expect(text.match(/requireEnv\('JWT_SECRET'\)/g)).toHaveLength(1);
    expect(text.match(/jwt\.sign\(\{ sub \}, JWT_SECRET, /g)).toHaveLength(10);
    expect([...variablesIn(read(repository, '.env')).keys()]).toEqual(['JWT_SECRET']);
  });

  test('in another file than the call is taken out there', async () => {
    const repository = repositoryOf({
      'words.js': "exports.phrase = 'made-up-in-another-file';\n",
      'a.js':
        "const jwt = require('jsonwebtoken');\nconst { phrase } = require('./words');\nexports.f = (sub) => jwt.sign({ sub }, phrase, { expiresIn: '1h' });\n",
    });
    await fix(repository);
    expect(read(repository, 'words.js')).toContain("exports.phrase = requireEnv('JWT_SECRET');");
    expect(read(repository, 'a.js')).not.toContain('requireEnv');
  });

  test('of the name that a setting has becomes the same variable', async () => {
    const repository = repositoryOf({
      'compose.yaml': 'services:\n  api:\n    environment:\n      JWT_SECRET: made-up-for-the-container\n',
      'src/keys.js': "export const JWT_SECRET = 'made-up-for-the-source';\n",
      'src/login.js':
        "import jwt from 'jsonwebtoken';\nimport { JWT_SECRET } from './keys.js';\nexport const login = (sub) => jwt.sign({ sub }, JWT_SECRET, { expiresIn: '1h' });\n",
    });
    await fix(repository);
    expect(read(repository, 'compose.yaml')).toContain('JWT_SECRET: ${JWT_SECRET:?}');
    expect(read(repository, 'src/keys.js')).toContain("export const JWT_SECRET = requireEnv('JWT_SECRET');");
    expect([...variablesIn(read(repository, '.env')).keys()]).toEqual(['JWT_SECRET']);
  });

  test('of another value than the one that has become the variable stays, and is named', async () => {
    const repository = repositoryOf({
      'a.js': "const jwt = require('jsonwebtoken');\nexports.f = (sub) => jwt.sign({ sub }, 'made-up-first', { expiresIn: '1h' });\n",
      'b.js': "const jwt = require('jsonwebtoken');\nexports.f = (sub) => jwt.sign({ sub }, 'made-up-second', { expiresIn: '1h' });\n",
    });
    const { stdout } = await fix(repository);
    expect(read(repository, 'a.js')).toContain('JWT_SECRET');
    expect(read(repository, 'b.js')).toContain('made-up-second');
    expect(stdout).toMatch(/- b\.js:2 no-hardcoded-secret: Another value has become JWT_SECRET already/);
    expect(stdout).not.toContain('made-up');
    const again = await fix(repository, '--allow-dirty');
    expect(again.stdout).toMatch(/- b\.js:2 no-hardcoded-secret: JWT_SECRET is read elsewhere, and has another value\./);
    expect(read(repository, 'b.js')).toContain('made-up-second');
  });

  test.each([
    ['src/environment.ts', 'src/environment.prod.ts'],
    ['config/development.js', 'config/production.js'],
    ['config/dev/keys.js', 'config/prod/keys.js'],
  ])('of another environment is the same variable: %s and %s', async (one, other) => {
    const settings = (value: string): string => `module.exports = { port: 80, jwtSecret: '${value}' };\n`;
    const repository = repositoryOf({ [one]: settings('made-up-here'), [other]: settings('made-up-there') });
    await fix(repository);
    for (const path of [one, other]) expect(read(repository, path)).toContain("jwtSecret: requireEnv('JWT_SECRET')");
  });

  test('goes beside the template that is there, and out of the image; nothing is left for a second run', async () => {
    const repository = repositoryOf({
      '.env.example': 'PORT=\n',
      'services/a/package.json': MANIFEST,
      'services/a/.dockerignore': 'node_modules\n',
      'services/a/Dockerfile': 'FROM node:22\nCOPY . .\n',
      'services/a/x.js':
        "const jwt = require('jsonwebtoken');\nexports.f = (sub) => jwt.sign({ sub }, 'made-up-of-a-service', { expiresIn: '1h' });\n",
      'services/b/package.json': MANIFEST,
      'services/b/.env.example': 'PORT=\n',
      'services/b/.dockerignore': 'node_modules\n',
      'services/b/Dockerfile': 'FROM node:22\nCOPY . .\n',
      'services/b/x.js':
        "const jwt = require('jsonwebtoken');\nexports.f = (sub) => jwt.sign({ sub }, 'made-up-of-b', { expiresIn: '1h' });\n",
    });
    await fix(repository);
    expect(read(repository, '.env')).toMatch(/^JWT_SECRET=.{43}$/m);
    expect(read(repository, '.env.example')).toContain('JWT_SECRET=');
    expect(read(repository, 'services/b/.env')).toMatch(/^JWT_SECRET=.{43}$/m);
    expect(read(repository, 'services/a/.dockerignore')).toBe('node_modules\n');
    expect(read(repository, 'services/b/.dockerignore')).toBe('node_modules\n**/.env\n');
    expect((await fix(repository, '--allow-dirty')).stdout).toMatch(/^Nothing/);
  });

  test('is called after what stands around it', async () => {
    const repository = repositoryOf({
      'config.js':
        "module.exports = {\n  jwt: { access: { secret: 'made-up-of-access' }, refresh: { secret: 'made-up-of-refresh' } },\n  session: { secret: 'made-up-of-sessions' },\n};\n",
      'session.js': "module.exports.session = { secret: 'made-up-of-sessions' };\n",
    });
    await fix(repository);
    const config = read(repository, 'config.js');
    for (const part of ["access: { secret: requireEnv('JWT_ACCESS_SECRET')", "refresh: { secret: requireEnv('JWT_REFRESH_SECRET')"])
      expect(config).toContain(part);
    expect(config).toContain("session: { secret: requireEnv('SESSION_SECRET')");
    expect(read(repository, 'session.js')).toContain("secret: requireEnv('SESSION_SECRET')");
  });

  test('right behind an import is shown without the line of the import', async () => {
    const repository = repositoryOf({
      'a.js':
        "const jwt = require('jsonwebtoken');\nconst SECRET = 'made-up-behind';\nexports.f = (sub) => jwt.sign({ sub }, SECRET, { expiresIn: '1h' });\n",
    });
    expect((await fix(repository)).stdout).toMatch(
      /^@@ -1,0 \+2,1 @@\n\+\n@@ -2,1 \+3,7 @@\n-const SECRET = '.*';\n\+function requireEnv/m,
    );
  });

  test('beside another one is declared right below it', async () => {
    const repository = repositoryOf({
      'a.js':
        "const jwt = require('jsonwebtoken');\n\nexports.f = (sub) => jwt.sign({ sub }, 'made-up-of-f', { expiresIn: '1h' });\nexports.refresh = (sub) => jwt.sign({ sub }, 'made-up-of-g', { expiresIn: '7d' });\n",
    });
    await fix(repository);
    expect(read(repository, 'a.js')).toContain(
      "}\n\nconst JWT_SECRET = requireEnv('JWT_SECRET');\nconst JWT_REFRESH_SECRET = requireEnv('JWT_REFRESH_SECRET');\n\nexports.f",
    );
  });

  test('of each package goes to its own env file, and to the one at the root where only that is there', async () => {
    const code = "const jwt = require('jsonwebtoken');\nexports.f = (sub) => jwt.sign({ sub }, 'made-up-PACKAGE', { expiresIn: '1h' });\n";
    const files = {
      'apps/a/package.json': MANIFEST,
      'apps/a/x.js': code,
      'apps/b/package.json': MANIFEST,
      'apps/b/x.js': code.replace('PACKAGE', 'b'),
    };
    const own = repositoryOf(files);
    await fix(own);
    const [one, other] = ['apps/a/.env', 'apps/b/.env'].map((path) => variablesIn(read(own, path)).get('JWT_SECRET'));
    expect(one).toHaveLength(43);
    expect(other).toHaveLength(43);
    expect(one).not.toBe(other);
    const shared = repositoryOf({ ...files, '.gitignore': '.env\n' });
    shared.write('.env', 'PORT=80\n');
    await fix(shared);
    expect(read(shared, '.env')).toMatch(/^PORT=80\nJWT_SECRET=[\w-]{43}\n$/);
    expect(existsSync(shared.path('apps/a/.env'))).toBe(false);
  });

  test('that several packages have in common becomes one new value for all of them', async () => {
    const code =
      "const jwt = require('jsonwebtoken');\nexports.f = (sub) => jwt.sign({ sub }, 'made-up-in-common', { expiresIn: '1h' });\n";
    const repository = repositoryOf({ 'a/package.json': MANIFEST, 'a/x.js': code, 'b/package.json': MANIFEST, 'b/x.js': code });
    const { stdout } = await fix(repository);
    const [one, other] = ['a/.env', 'b/.env'].map((path) => variablesIn(read(repository, path)).get('JWT_SECRET'));
    expect(one).toMatch(/^[\w-]{43}$/);
    expect(other).toBe(one);
    expect(stdout).toContain('b/.env: JWT_SECRET gets the same value as in a/.env, since they had one in common.');
  });

  test('is read where it stands when the env file is loaded later, and a file that cannot wait is named', async () => {
    const main = `import dotenv from 'dotenv';
import { f } from './sign.mjs';

dotenv.config();
console.log(f('one'));
`;
    const files = {
      'package.json': '{ "dependencies": { "jsonwebtoken": "^9.0.2", "dotenv": "^17.0.0" } }',
      'main.mjs': main,
      'sign.mjs':
        "import jwt from 'jsonwebtoken';\n\nexport const f = (sub) => jwt.sign({ sub }, 'made-up-phrase', { expiresIn: '1h' });\n",
    };
    const repository = repositoryOf({
      ...files,
      'settings.mjs': "export const settings = { sessionSecret: 'made-up-phrase-of-sessions' };\n",
    });
    const { stdout } = await fix(repository);
    expect(read(repository, 'sign.mjs')).toContain("jwt.sign({ sub }, requireEnv('JWT_SECRET'), ");
    expect(stdout).toContain(
      'settings.mjs reads its variable when loaded, before the program loads .env: start it with node --env-file=.env',
    );
    const early = repositoryOf({ ...files, 'main.mjs': `import 'dotenv/config';\n${main}` });
    expect((await fix(early)).stdout).not.toContain('when loaded');
    expect(read(early, 'sign.mjs')).toContain('jwt.sign({ sub }, JWT_SECRET, ');
  });

  test('that stands in for the variable within a call which is asked for it is left to people', async () => {
    const code =
      "const get = require('./get');\nexports.sessionSecret = get('SESSION_SECRET', Buffer.from('made-up-phrase').toString('base64'));\n";
    const repository = repositoryOf({ 'a.js': code });
    await fix(repository);
    expect(read(repository, 'a.js')).toBe(code);
  });

  test('is found by the file that loads the env file itself', async () => {
    const repository = repositoryOf({
      'package.json': '{ "dependencies": { "jsonwebtoken": "^9.0.2", "dotenv": "^17.0.0" } }',
      'env.mjs':
        "import dotenv from 'dotenv';\nimport './types.mjs';\ndotenv.config();\n\nexport const settings = { sessionSecret: 'made-up-phrase' };\n",
    });
    const { stdout } = await fix(repository);
    expect(stdout).toContain("requireEnv('SESSION_SECRET')");
    expect(stdout).not.toContain('when loaded');
  });

  test('in a function of Next is read there, since a build evaluates the file', async () => {
    const repository = repositoryOf({
      'package.json': '{ "dependencies": { "jsonwebtoken": "^9.0.2", "next": "^16.0.0" } }',
      'route.js':
        "import jwt from 'jsonwebtoken';\nexport const GET = () => Response.json(jwt.sign({}, 'made-up-phrase', { expiresIn: '1h' }));\n",
    });
    await fix(repository);
    expect(read(repository, 'route.js')).toContain("jwt.sign({}, requireEnv('JWT_SECRET'), ");
  });

  test('in hex, base64 or for HS512 gets a value of that kind', async () => {
    const repository = repositoryOf({
      'a.js': `const { createSecretKey } = require('node:crypto');
const jwt = require('jsonwebtoken');
const accessSecret = createSecretKey('6d6164652d75702d6d6164652d75702d6d6164652d75702d6d6164652d757021', 'hex');
const sessionSecret = 'made-up-for-the-long-hash';
exports.f = (sub) => [jwt.sign({ sub }, accessSecret, { expiresIn: '1h' }), jwt.sign({ sub }, sessionSecret, { algorithm: 'HS512', expiresIn: '1h' })];
`,
    });
    await fix(repository);
    const values = variablesIn(read(repository, '.env'));
    expect(values.get('ACCESS_SECRET')).toMatch(/^[0-9a-f]{64}$/);
    expect(values.get('SESSION_SECRET')).toMatch(/^[\w-]{86}$/);
  });
});

describe('algorithms', () => {
  const VERIFIES = `const jwt = require('jsonwebtoken');
exports.check = (t) => jwt.verify(t, process.env.JWT_SECRET);
`;
  const SIGNS = (options: string, name = 'JWT_SECRET'): string =>
    `const jwt = require('jsonwebtoken');\nexports.sign = (sub) => jwt.sign({ sub }, process.env.${name}, ${options});\n`;

  test.each([
    ['its default', "{ expiresIn: '1h' }", 'HS256'],
    ['the one that is given', "{ expiresIn: '1h', algorithm: 'HS512' }", 'HS512'],
  ])('of another file that signs with the same key: %s', async (_, options, expected) => {
    const repository = repositoryOf({ 'verify.js': VERIFIES, 'sign.js': SIGNS(options) });
    await fix(repository, 'require-algorithms');
    expect(read(repository, 'verify.js')).toContain(`jwt.verify(t, process.env.JWT_SECRET, { algorithms: ['${expected}'] });`);
  });

  test('of a middleware, by the settings that both read', async () => {
    const repository = repositoryOf({
      'package.json': '{ "dependencies": { "jsonwebtoken": "^9.0.2", "koa-jwt": "^4.0.0" } }',
      'config.js': "exports.jwtSecret = process.env.JWT_SECRET;\nif (!exports.jwtSecret) throw new Error('no key');\n",
      'sign.js':
        "const jwt = require('jsonwebtoken');\nconst config = require('./config');\nexports.sign = (sub) => jwt.sign({ sub }, config.jwtSecret, { expiresIn: '1h' });\n",
      'server.js':
        "const jwt = require('koa-jwt');\nconst config = require('./config');\nmodule.exports = jwt({ secret: config.jwtSecret });\n",
    });
    await fix(repository);
    expect(read(repository, 'server.js')).toContain("jwt({ algorithms: ['HS256'], secret: config.jwtSecret })");
  });

  test.each<[string, Files]>([
    ['signed with another key', { 'sign.js': SIGNS("{ expiresIn: '1h' }", 'OTHER_SECRET') }],
    ['signed nowhere', {}],
    ['signed in two ways', { 'sign.js': SIGNS("{ expiresIn: '1h' }"), 'more.js': SIGNS("{ expiresIn: '1h', algorithm: 'HS512' }") }],
    ['signed in a way that cannot be seen', { 'sign.js': SIGNS('options') }],
    ['signed by another package', { 'a/package.json': MANIFEST, 'a/sign.js': SIGNS("{ expiresIn: '1h' }") }],
  ])('of tokens that are %s are left to people', async (_, files) => {
    const repository = repositoryOf({ 'verify.js': VERIFIES, ...files });
    const { stdout } = await fix(repository, 'require-algorithms');
    expect(stdout).toContain('- verify.js:2 require-algorithms: Add');
    expect(read(repository, 'verify.js')).toBe(VERIFIES);
  });
});

test('what is added has the lines that the rest has', async () => {
  const code = `import { jwtVerify } from 'jose';
const key = new TextEncoder().encode(process.env.JWT_SECRET || 'made-up-phrase');

export const check = async (token) =>
  jwtVerify(
    token,
    key,
  );
`;
  const repository = repositoryOf({
    'package.json': '{ "dependencies": { "jose": "^6.0.0" } }',
    'a.mjs': code,
    'b.mjs':
      "import { SignJWT } from 'jose';\nexport const f = () => new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('5m').sign(new TextEncoder().encode(process.env.JWT_SECRET));\n",
  });
  await fix(repository);
  expect(read(repository, 'a.mjs')).toBe(`import { jwtVerify } from 'jose';

function requireEnv(name) {
  const value = process.env[name];
  if (!value) throw new Error(\`\${name} is not set\`);
  return value;
}

const key = new TextEncoder().encode(requireEnv('JWT_SECRET'));

export const check = async (token) =>
  jwtVerify(
    token,
    key,
    { algorithms: ['HS256'] },
  );
`);
  const only = repositoryOf({
    'a.js': "const jwt = require('jsonwebtoken');\nexports.f = (t) => jwt.verify(t, process.env.JWT_SECRET, { ignoreExpiration: true });\n",
  });
  await fix(only);
  expect(read(only, 'a.js')).toContain('jwt.verify(t, process.env.JWT_SECRET);');
});

test('a diff shows tabs and the lines of Windows as what they are', async () => {
  const repository = repositoryOf({
    'a.js': "const jwt = require('jsonwebtoken');\r\n\r\nmodule.exports = {\r\n\tport: 80,\r\n\tjwtSecret: 'made-up-phrase'\r\n};\r\n",
  });
  const { stdout } = await fix(repository);
  expect(stdout).not.toContain('\\u{');
});

describe('settings', () => {
  test('Compose demands its variables, and takes what stood there from the environment', async () => {
    const compose = [
      'services:',
      '  api:',
      '    environment:',
      '      PORT: ${PORT:-80} # stays',
      '      JWT_SECRET: ${JWT_SECRET:-made-up-fallback}',
      "      SESSION_SECRET: 'made-up-in-compose'",
      '',
    ].join('\n');
    const repository = repositoryOf({ 'compose.yaml': compose });
    await fix(repository);
    expect(read(repository, 'compose.yaml')).toBe(
      compose.replace('${JWT_SECRET:-made-up-fallback}', '${JWT_SECRET:?}').replace("'made-up-in-compose'", "'${SESSION_SECRET:?}'"),
    );
    expect([...variablesIn(read(repository, '.env')).keys()]).toEqual(['SESSION_SECRET']);
  });

  test('a weak value in an ignored env file is drawn anew; comments, quotes, order and line ends stay', async () => {
    const repository = repositoryOf({ '.gitignore': '.env\n' });
    repository.write('.env', '# ours\r\nPORT=80\r\nJWT_SECRET="secret" # change\r\nLAST=1');
    const { stdout } = await fix(repository);
    expect(read(repository, '.env')).toMatch(/^# ours\r\nPORT=80\r\nJWT_SECRET="[\w-]{43}" # change\r\nLAST=1$/);
    expect(stdout).toContain('.env: JWT_SECRET gets 32 random bytes for HS256, as base64url.');
    expect(stdout).not.toContain(variablesIn(read(repository, '.env')).get('JWT_SECRET')!.slice(1, 44));
  });

  test('a template keeps the name and loses the value', async () => {
    const repository = repositoryOf({ '.gitignore': '.env\n', '.env.example': '# fill in\nJWT_SECRET=secret123\n' });
    await fix(repository);
    expect(read(repository, '.env.example')).toBe('# fill in\nJWT_SECRET=\n');
  });

  test('git ignores the file before anything is written into it, and only its owner reads it', async () => {
    const repository = repositoryOf({ 'a.js': "module.exports = { jwtSecret: 'made-up-of-a-config' };\n" });
    await fix(repository);
    expect(read(repository, '.gitignore').split('\n')).toContain('.env');
    expect(statSync(repository.path('.env')).mode & 0o777).toBe(0o600);
    expect(read(repository, '.env.example')).toBe('JWT_SECRET=\n');
    expect(repository.git('status', '--porcelain').toString()).not.toMatch(/ \.env$/m);
  });
});

describe('what is left to people', () => {
  test('a committed env file, with the command', async () => {
    const repository = repositoryOf({
      '.env': 'JWT_SECRET=made-up-committed\n',
      'a.js': "module.exports = { jwtSecret: 'made-up-of-a-config' };\n",
    });
    const { stdout } = await fix(repository);
    expect(stdout).toContain('git rm --cached .env');
    expect(stdout).toContain('git tracks .env: a secret in it would be committed.');
    expect(read(repository, '.env')).toBe('JWT_SECRET=made-up-committed\n');
    expect(read(repository, 'a.js')).toContain("requireEnv('JWT_SECRET')");
  });

  test.each<[string, (repository: TemporaryRepository) => void, RegExp]>([
    [
      'a link',
      (repository) => symlinkSync(`${temporaryDirectory()}/elsewhere`, repository.path('.env')),
      /\.env is a symbolic link: give JWT_SECRET values/,
    ],
    ['a directory', (repository) => repository.write('.env/x', ''), /\.env is no file: give JWT_SECRET values/],
    [
      'a name that is there twice',
      (repository) => repository.write('.env', 'JWT_SECRET=\nJWT_SECRET=\n'),
      /JWT_SECRET stands in \.env 2 times \(lines 1, 2\)/,
    ],
  ])('%s in place of the env file', async (_, prepare, expected) => {
    const repository = repositoryOf({ '.gitignore': '.env*\n', 'a.js': "module.exports = { jwtSecret: 'made-up-of-a-config' };\n" });
    prepare(repository);
    const { stdout, status } = await fix(repository);
    expect(status).toBe(0);
    expect(stdout).toMatch(expected);
  });

  test('code that no change is known for, once and without its values', async () => {
    const code =
      "const jwt = require('jsonwebtoken');\nconst key = 'made-up-' + 'in-parts';\nexports.f = (sub) => jwt.sign({ sub }, key, { expiresIn: '1h' });\n";
    const repository = repositoryOf({ 'a.js': code });
    const { stdout } = await fix(repository, 'no-hardcoded-secret');
    expect(stdout).toContain('Nothing that can be mended without you.');
    expect(stdout).toContain('- a.js:2 no-hardcoded-secret: Read the key from the environment');
    expect(stdout).not.toContain('made-up');
    expect(read(repository, 'a.js')).toBe(code);
  });

  test('what the baseline accepts, and what a directive silences', async () => {
    const code = "// jwtlint-disable-next-line no-hardcoded-secret -- a demo\nmodule.exports = { jwtSecret: 'made-up-of-a-config' };\n";
    const repository = repositoryOf({ 'a.js': code, 'b.js': "module.exports = { refreshTokenSecret: 'made-up-of-another' };\n" });
    await runProgram(repository.context, 'baseline', 'create');
    repository.git('add', '.');
    repository.commit();
    const { stdout } = await fix(repository);
    expect(stdout).toBe('Nothing to mend.\n');
  });
});

describe('nothing is changed', () => {
  const bad = { 'a.js': "module.exports = { jwtSecret: 'made-up-of-a-config' };\n" };
  const unchanged = (repository: TemporaryRepository): void => {
    expect(read(repository, 'a.js')).toBe(bad['a.js']);
    expect(existsSync(repository.path('.env'))).toBe(false);
    expect(existsSync(repository.path('.env.example'))).toBe(false);
  };

  test('beside changes that are not committed, unless --allow-dirty says so', async () => {
    const repository = repositoryOf({ ...bad, 'b.js': '1;\n' });
    repository.write('b.js', '2;\n');
    const { status, stderr } = await fix(repository);
    expect([status, stderr]).toEqual([2, expect.stringContaining('there are changes that are not committed')]);
    unchanged(repository);
    expect((await fix(repository, '--allow-dirty')).status).toBe(0);
    expect(read(repository, 'a.js')).toContain('requireEnv');
  });

  test('outside of git', async () => {
    const { status, stderr } = await runProgram({ cwd: temporaryDirectory(), env: {} }, 'fix', '--yes');
    expect([status, stderr]).toEqual([2, expect.stringContaining('no git repository')]);
  });

  test('without a terminal to ask at, on no, and when the question is broken off', async () => {
    const repository = repositoryOf(bad);
    expect(await runProgram(repository.context, 'fix')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('no terminal to ask at') as string,
    });
    unchanged(repository);
    const shown = await runProgram({ ...repository.context, terminal: 80, answers: ['n'] }, 'fix', '--no-color');
    expect(shown).toMatchObject({ status: 0, stdout: expect.stringContaining('Nothing was changed.') as string });
    expect(shown.stdout).toContain("+module.exports = { jwtSecret: requireEnv('JWT_SECRET') };");
    expect(shown.stdout).toContain("-module.exports = { jwtSecret: '••••••' };");
    unchanged(repository);
    expect(await runProgram({ ...repository.context, terminal: 80, answers: [] }, 'fix')).toMatchObject({ status: 130 });
    unchanged(repository);
    expect(await runProgram({ ...repository.context, terminal: 80, answers: ['yes'] }, 'fix')).toMatchObject({ status: 0 });
    expect(read(repository, 'a.js')).toContain('requireEnv');
  });

  test('for a rule that does not exist', async () => {
    const { status, stderr } = await fix(repositoryOf(bad), 'no-hardcoded-secrets');
    expect([status, stderr]).toEqual([2, expect.stringContaining('Did you mean no-hardcoded-secret?')]);
  });

  test('when one of the files cannot be written', async () => {
    const repository = repositoryOf(bad);
    repository.write(`a.js.${String(process.pid)}.tmp`, 'in the way');
    const { status, stderr } = await fix(repository);
    expect([status, stderr]).toEqual([2, expect.stringContaining('Nothing was changed')]);
    unchanged(repository);
  });

  test('by a second run', async () => {
    const repository = repositoryOf({
      ...bad,
      'compose.yml': 'services:\n  a:\n    environment:\n      - JWT_SECRET=${JWT_SECRET:-made-up}\n',
    });
    await fix(repository);
    repository.git('add', '.');
    repository.commit();
    const before = ['a.js', 'compose.yml', '.env', '.env.example', '.gitignore'].map((path) => read(repository, path));
    const { stdout } = await fix(repository);
    expect(stdout).toBe('Nothing to mend.\n');
    expect(['a.js', 'compose.yml', '.env', '.env.example', '.gitignore'].map((path) => read(repository, path))).toEqual(before);
  });

  test('of other rules than those that are named', async () => {
    const code =
      "const jwt = require('jsonwebtoken');\nconst JWT_SECRET = 'made-up-phrase';\nexports.f = (t) => jwt.verify(t, JWT_SECRET, { algorithms: ['HS256'], ignoreExpiration: true });\n";
    const repository = repositoryOf({ 'a.js': code });
    await fix(repository, 'no-ignored-expiration');
    expect(read(repository, 'a.js')).toBe(code.replace(', ignoreExpiration: true', ''));
  });
});

test('what a build made is left to the build', async () => {
  const repository = repositoryOf({ 'dist/config.js': "exports.JWT_SECRET = 'made-up-of-a-build';\n" });
  const { stdout } = await fix(repository, 'no-hardcoded-secret');
  expect(stdout).toContain('- dist/config.js:1 no-hardcoded-secret: It is made by a build');
  expect(read(repository, 'dist/config.js')).toContain('made-up-of-a-build');
});

test('changes of several lines are shown line by line', async () => {
  const repository = repositoryOf({
    'a.js':
      "const jwt = require('jsonwebtoken');\nexports.f = (t) =>\n  jwt.verify(t, process.env.JWT_SECRET, {\n    algorithms: ['HS256', 'none'],\n    ignoreExpiration: true\n  });\n",
  });
  const { stdout } = await fix(repository);
  expect(stdout).toContain("-    algorithms: ['HS256', 'none'],\n-    ignoreExpiration: true\n+    algorithms: ['HS256']\n");
  expect(stdout).not.toContain('u{a}');
});

test('the lines of Windows and a byte order mark stay', async () => {
  const code =
    "\ufeffconst jwt = require('jsonwebtoken');\r\n\r\nconst KEY = 'made-up-of-windows';\r\nexports.f = (sub) => jwt.sign({ sub }, KEY, { expiresIn: '1h' });\r\n";
  const repository = repositoryOf({ 'a.js': code });
  await fix(repository);
  const text = read(repository, 'a.js');
  expect(text.startsWith('\ufeffconst jwt')).toBe(true);
  expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  expect(text).toContain("const KEY = requireEnv('JWT_SECRET');\r\n");
});

describe('edits of several suggestions', () => {
  const suggested = (...edits: [number, number, string][]) => ({
    path: 'a',
    suggestion: { title: '', edits: edits.map(([start, end, text]) => ({ start, end, text })) },
  });

  test('are made once where they are equal, side by side where they insert, and later where they overlap', () => {
    const one = suggested([0, 0, 'A'], [0, 0, 'B'], [2, 4, '--']);
    const two = suggested([0, 0, 'C'], [0, 0, 'B'], [6, 6, '+']);
    const three = suggested([3, 5, 'no']);
    const { edits, done, later } = joined([one, two, three]);
    expect(withEdits('012345678', edits.get('a')!)).toBe('ABC01--45+678');
    expect(done).toEqual([one, two]);
    expect(later).toEqual([three]);
  });
});
