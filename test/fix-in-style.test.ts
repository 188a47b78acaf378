/** `jwtlint fix` in packages that read the environment in a way of their own: where that way is taken, and where it is not. */
import { chmodSync, readFileSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runProgram } from './run-program.js';
import { TemporaryRepository, temporaryDirectory } from './temporary-repository.js';

type Files = Readonly<Record<string, string>>;

const MANIFEST = '{ "dependencies": { "jsonwebtoken": "^9.0.2", "zod": "^4.0.0", "joi": "^18.0.0", "sequelize": "^6.0.0" } }';

function repositoryOf(files: Files): TemporaryRepository {
  const repository = new TemporaryRepository();
  for (const [path, text] of Object.entries({ 'package.json': MANIFEST, ...files })) repository.stage(path, text);
  repository.commit();
  return repository;
}

const read = (repository: TemporaryRepository, path: string): string => readFileSync(repository.path(path), 'utf8');

/** The files that `fix` changed, as they are then. */
async function mended(files: Files): Promise<Record<string, string>> {
  const repository = repositoryOf(files);
  await runProgram(repository.context, 'fix', '--yes');
  return Object.fromEntries(
    Object.keys(files)
      .map((path) => [path, read(repository, path)] as const)
      .filter(([path, text]) => text !== files[path]),
  );
}

const ZOD = `import { z } from 'zod';

const schema = z.object({
  PORT: z.coerce.number().default(3000),
});

export const env = schema.parse(process.env);
`;
const SERVER = "import { env } from './env';\n\nexport const port = env.PORT;\n";
const SIGNS = "import jwt from 'jsonwebtoken';\n\nexport const f = (sub) => jwt.sign({ sub }, 'made-up-phrase', { expiresIn: '1h' });\n";
const READS = SIGNS.replace("'made-up-phrase'", 'env.JWT_SECRET');
const ADDED = ZOD.replace('(3000),\n', '(3000),\n  JWT_SECRET: z.string().min(32),\n');

describe('the way of the package is taken', () => {
  test('with the specifier that others use, as it is or from where the file is', async () => {
    const alias = {
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      'src/env.ts': ZOD,
      'src/server.ts': SERVER.replace('./env', '@/env'),
      'src/a/b/sign.ts': SIGNS,
    };
    expect(await mended(alias)).toEqual({
      'src/env.ts': ADDED,
      'src/a/b/sign.ts': READS.replace("'jsonwebtoken';\n", "'jsonwebtoken';\nimport { env } from '@/env';\n"),
    });
    const relative = { 'src/env.ts': ZOD, 'src/api/server.ts': SERVER.replace('./env', '../env.js'), 'src/a/b/sign.ts': SIGNS };
    expect((await mended(relative))['src/a/b/sign.ts']).toContain("import { env } from '../../env.js';\n");
  });

  test('by the import that is there, by its other name, and with one name more', async () => {
    const own = { 'env.mjs': ZOD, 'sign.mjs': SIGNS.replace('\n\n', "\nimport { env as settings } from './env.mjs';\n\n") };
    expect((await mended(own))['sign.mjs']).toContain('settings.JWT_SECRET');
    const more = {
      'env.mjs': `${ZOD}export const mode = 'x';\n`,
      'server.mjs': SERVER.replace('./env', './env.mjs'),
      'sign.mjs': SIGNS.replace('\n\n', "\nimport { mode } from './env.mjs';\n\n"),
    };
    expect((await mended(more))['sign.mjs']).toContain("import { mode, env } from './env.mjs';\n");
  });

  test('by a name that is taken out of a CommonJS module, deep or not', async () => {
    const settings = `module.exports = {
  port: process.env.PORT,
  logLevel: process.env.LOG_LEVEL,
  auth: { secret: process.env.JWT_SECRET },
};
`;
    const sign = `const jwt = require('jsonwebtoken');
const { port } = require('./settings');

exports.f = (sub) => [port, jwt.sign({ sub }, 'made-up-phrase', { expiresIn: '1h' })];
exports.g = { sessionSecret: 'made-up-phrase-of-sessions' };
`;
    const then = await mended({ 'settings.js': settings, 'sign.js': sign });
    expect(then['sign.js']).toBe(
      sign
        .replace('{ port }', '{ port, auth, sessionSecret }')
        .replace("'made-up-phrase'", 'auth.secret')
        .replace("'made-up-phrase-of-sessions'", 'sessionSecret'),
    );
    expect(then['settings.js']).toContain(
      "  auth: { secret: requireEnv('JWT_SECRET') },\n  sessionSecret: requireEnv('SESSION_SECRET'),\n};\n",
    );
  });

  test('by what the settings themselves take it from', async () => {
    const files = {
      'src/env.ts': ZOD,
      'src/config.ts': `import { env } from './env';

export const config = { port: env.PORT, logLevel: process.env.LOG_LEVEL, mode: process.env.NODE_ENV };
`,
      'src/sign.ts': SIGNS.replace('\n\n', "\nimport { config } from './config';\n\n"),
    };
    expect(await mended(files)).toEqual({
      'src/env.ts': ADDED,
      'src/config.ts': files['src/config.ts'].replace(' };', ', jwtSecret: env.JWT_SECRET };'),
      'src/sign.ts': files['src/sign.ts'].replace("'made-up-phrase'", 'config.jwtSecret'),
    });
  });

  test('in the file of the schema itself, by the function of the file itself', async () => {
    const own = `${ZOD}import jwt from 'jsonwebtoken';\nexport const f = (sub) => jwt.sign({ sub }, 'made-up-phrase', { expiresIn: '1h' });\n`;
    expect((await mended({ 'env.mjs': own }))['env.mjs']).toBe(
      own.replace('(3000),\n', '(3000),\n  JWT_SECRET: z.string().min(32),\n').replace("'made-up-phrase'", 'env.JWT_SECRET'),
    );
    const reader = `const jwt = require('jsonwebtoken');

const must = (name) => {
  if (!process.env[name]) throw new Error(name);
  return process.env[name];
};

exports.port = must('PORT');
exports.f = (sub) => jwt.sign({ sub }, 'made-up-phrase', { expiresIn: '1h' });
`;
    expect((await mended({ 'a.js': reader }))['a.js']).toBe(
      reader.replace('};\n\n', "};\n\nconst JWT_SECRET = must('JWT_SECRET');\n\n").replace("'made-up-phrase'", 'JWT_SECRET'),
    );
  });

  test('in place of a fallback and of an assertion, too', async () => {
    const code = SIGNS.replace("'made-up-phrase'", "process.env.JWT_SECRET || 'made-up-phrase'");
    expect((await mended({ 'env.mjs': ZOD, 'server.mjs': SERVER.replace('./env', './env.mjs'), 'sign.mjs': code }))['sign.mjs']).toContain(
      'env.JWT_SECRET, ',
    );
  });

  test('and what a schema asks for more than before is said', async () => {
    const repository = repositoryOf({ 'env.mjs': ZOD, 'server.mjs': SERVER.replace('./env', './env.mjs'), 'sign.mjs': SIGNS });
    const { stdout } = await runProgram(repository.context, 'fix', '--yes');
    expect(stdout).toContain('JWT_SECRET has 32 characters at least now: the program stops with less.');
  });

  test('for several variables at once, with the commas and the lines of the file', async () => {
    const env = ZOD.replace('(3000),', '(3000) // any').replaceAll('\n', '\r\n');
    const sign = `${SIGNS}export const g = { sessionSecret: 'made-up-phrase-of-sessions' };\n`.replaceAll('\n', '\r\n');
    const then = await mended({ 'env.mjs': env, 'server.mjs': SERVER.replace('./env', './env.mjs'), 'sign.mjs': sign });
    expect(then['env.mjs']).toBe(
      env.replace('(3000) // any', '(3000), // any\r\n  JWT_SECRET: z.string().min(32),\r\n  SESSION_SECRET: z.string().min(32)'),
    );
    expect(then['sign.mjs']!.replaceAll('\r\n', '')).not.toContain('\n');
  });
});

/** Modules that are not understood, or not all of it. */
const OTHERS: Files = {
  'a schema of parts': ZOD.replace('  PORT', '  ...rest,\n  PORT'),
  'a schema that nothing stops on': ZOD.replace('schema.parse(process.env)', 'schema.safeParse(process.env).data'),
  'a schema that makes something else of it': ZOD.replace('});', '}).transform((all) => all.PORT);'),
  'a schema that lets the variable be missing': ZOD.replace('});', '  JWT_SECRET: z.string().optional(),\n});'),
  'a schema of something else': ZOD.replace('process.env', 'JSON.parse(process.env.SETTINGS)'),
  'an object of a type that nobody knows': `import type { Env } from 'env-types';
export const env: Env = { port: Number(process.env.PORT), mode: process.env.MODE };
`,
  'an object of a type that lets the variable be missing': `interface Env { port: number; mode?: string; jwtSecret?: string }
export const env: Env = { port: Number(process.env.PORT), mode: process.env.MODE, jwtSecret: process.env.JWT_SECRET };
`,
  'an object of one thing': 'export const env = { host: process.env.DB_HOST, user: process.env.DB_USER, name: process.env.DB_NAME };\n',
  'an object of objects':
    'export const env = { test: { a: process.env.A, b: process.env.B }, live: { a: process.env.A, b: process.env.B } };\n',
  'a function that gives what is missing': 'export const env = { get: (name) => process.env[name] };\n',
  'a let': 'export let env = { port: process.env.PORT, mode: process.env.MODE };\n',
};

describe('another way is not', () => {
  test.each(Object.entries(OTHERS))('%s', async (_, text) => {
    const files = { 'src/env.ts': text, 'src/server.ts': SERVER, 'src/sign.ts': SIGNS };
    const then = await mended(files);
    expect(Object.keys(then)).toEqual(['src/sign.ts']);
    expect(then['src/sign.ts']).toContain("const JWT_SECRET = requireEnv('JWT_SECRET');");
  });

  test.each<[string, Files, string]>([
    ['where nobody imports it', { 'src/env.ts': ZOD, 'src/sign.ts': SIGNS }, 'src/sign.ts'],
    ['from another part of the package', { 'src/env.ts': ZOD, 'src/server.ts': SERVER, 'scripts/sign.ts': SIGNS }, 'scripts/sign.ts'],
    ['from another program', { 'apps/a/env.ts': ZOD, 'apps/a/server.ts': SERVER, 'apps/b/sign.ts': SIGNS }, 'apps/b/sign.ts'],
    ['in another language', { 'src/env.ts': ZOD, 'src/server.ts': SERVER, 'src/sign.mjs': SIGNS }, 'src/sign.mjs'],
    [
      'of another package',
      { 'a/package.json': MANIFEST, 'a/env.ts': ZOD, 'a/server.ts': SERVER, 'b/package.json': MANIFEST, 'b/sign.ts': SIGNS },
      'b/sign.ts',
    ],
    [
      'that imports the file itself',
      { 'src/env.ts': `import './server';\n${ZOD}`, 'src/server.ts': `import './sign';\n${SERVER}`, 'src/sign.ts': SIGNS },
      'src/sign.ts',
    ],
    [
      'where its name means something else',
      { 'src/env.ts': ZOD, 'src/server.ts': SERVER, 'src/sign.ts': SIGNS.replace('(sub)', '(sub, env)') },
      'src/sign.ts',
    ],
  ])('%s', async (_, files, path) => {
    const then = await mended(files);
    expect(Object.keys(then)).toEqual([path]);
    expect(then[path]).toContain('requireEnv');
  });

  test('where its file cannot be changed, and nothing else is then', async () => {
    const files = { 'src/env.ts': ZOD, 'src/server.ts': SERVER, 'src/sign.ts': SIGNS };
    if (process.getuid?.() !== 0) {
      const repository = repositoryOf(files);
      chmodSync(repository.path('src/env.ts'), 0o400);
      const { status, stderr } = await runProgram(repository.context, 'fix', '--yes');
      expect([status, stderr]).toEqual([2, expect.stringMatching(/src\/env\.ts could not be written \(EACCES\).*Nothing was changed/s)]);
      expect(read(repository, 'src/sign.ts')).toBe(SIGNS);
    }
    const linked = repositoryOf({ 'src/server.ts': SERVER, 'src/sign.ts': SIGNS });
    const elsewhere = temporaryDirectory();
    symlinkSync(`${elsewhere}/env.ts`, linked.path('src/env.ts'));
    await runProgram(linked.context, 'fix', '--yes');
    expect(read(linked, 'src/sign.ts')).toContain('requireEnv');
  });
});

describe('a function that several scripts need stands in one module', () => {
  const FUNCTION = (typed: string): string => `function requireEnv(name${typed && ': string'})${typed} {
  const value = process.env[name];
  if (!value) throw new Error(\`\${name} is not set\`);
  return value;
}
`;
  const REQUIRES =
    "const jwt = require('jsonwebtoken');\n\nexports.f = (sub) => jwt.sign({ sub }, 'made-up-phrase', { expiresIn: '1h' });\n";

  /** The module that is made, what imports it, and all else that has changed. */
  async function shared(files: Files): Promise<{ made: Record<string, string>; imports: Record<string, string | undefined> }> {
    const repository = repositoryOf(files);
    await runProgram(repository.context, 'fix', '--yes');
    const added = repository
      .git('ls-files', '--others')
      .split('\n')
      .filter((path) => /\.[cm]?[jt]sx?$/.test(path));
    const changed = Object.keys(files).filter((path) => read(repository, path) !== files[path]);
    return {
      made: Object.fromEntries(added.map((path) => [path, read(repository, path)])),
      imports: Object.fromEntries(changed.map((path) => [path, /^.*\brequireEnv\b.*$/m.exec(read(repository, path))?.[0]])),
    };
  }

  test('of CommonJS, where the package keeps such things, and named as they are', async () => {
    const files = {
      'src/auth/sign.js': REQUIRES,
      'src/routes/index.js': REQUIRES.replace('\n\n', "\nconst { day } = require('../lib/date-time');\n\n"),
      'src/lib/date-time.js': 'exports.day = 1;\n',
    };
    expect(await shared(files)).toEqual({
      made: { 'src/lib/require-env.js': `${FUNCTION('')}\nmodule.exports = { requireEnv };\n` },
      imports: {
        'src/auth/sign.js': "const { requireEnv } = require('../lib/require-env');",
        'src/routes/index.js': "const { requireEnv } = require('../lib/require-env');",
      },
    });
  });

  test('of ECMAScript modules, with the endings that others write', async () => {
    expect(await shared({ 'server/a/sign.mjs': SIGNS, 'server/b.mjs': SIGNS })).toEqual({
      made: { 'server/requireEnv.mjs': `export ${FUNCTION('')}` },
      imports: {
        'server/a/sign.mjs': "import { requireEnv } from '../requireEnv.mjs';",
        'server/b.mjs': "import { requireEnv } from './requireEnv.mjs';",
      },
    });
    const bundled = {
      'src/a.js': SIGNS.replace('\n\n', "\nimport { day } from './day';\n\n"),
      'src/b.js': SIGNS,
      'src/day.js': 'export const day = 1;\n',
    };
    expect((await shared(bundled)).imports['src/b.js']).toBe("import { requireEnv } from './requireEnv';");
  });

  test('of TypeScript, with the ending that its package needs', async () => {
    const files = { 'src/a.ts': SIGNS, 'src/b/c.tsx': SIGNS };
    expect(await shared(files)).toEqual({
      made: { 'src/requireEnv.ts': `export ${FUNCTION(': string')}` },
      imports: { 'src/a.ts': "import { requireEnv } from './requireEnv';", 'src/b/c.tsx': "import { requireEnv } from '../requireEnv';" },
    });
    const inModules = await shared({ ...files, 'package.json': MANIFEST.replace('{', '{ "type": "module",') });
    expect(inModules.imports['src/a.ts']).toBe("import { requireEnv } from './requireEnv.js';");
    const others = await shared({
      ...files,
      'src/a.ts': SIGNS.replace('\n\n', "\nimport { day } from './day.ts';\n\n"),
      'src/day.ts': 'export const day = 1;\n',
    });
    expect(others.imports).toMatchObject({
      'src/a.ts': "import { requireEnv } from './requireEnv.ts';",
      'src/b/c.tsx': "import { requireEnv } from '../requireEnv.ts';",
    });
  });

  test('outside of directories in which each file means something', async () => {
    const { made } = await shared({ 'src/pages/api/a.js': SIGNS, 'src/pages/api/b.js': SIGNS });
    expect(Object.keys(made)).toEqual(['src/requireEnv.js']);
  });

  test('and is imported where the first imports end', async () => {
    const late = SIGNS.replace('\n\n', '\n\nconst PORT = 80;\n') + "import './b.mjs';\nexport const port = PORT;\n";
    const repository = repositoryOf({ 'a.mjs': late, 'b.mjs': SIGNS });
    await runProgram(repository.context, 'fix', '--yes');
    expect(read(repository, 'a.mjs')).toMatch(/^import jwt from 'jsonwebtoken';\nimport \{ requireEnv \} from '\.\/requireEnv\.mjs';\n/);
  });

  test('and is imported from there by what needs it later', async () => {
    const repository = repositoryOf({ 'src/a.js': REQUIRES, 'src/b.js': REQUIRES });
    await runProgram(repository.context, 'fix', '--yes');
    expect((await runProgram(repository.context, 'fix', '--yes', '--allow-dirty')).stdout).toBe('Nothing to mend.\n');
    repository.stage('src/c/d.js', REQUIRES);
    await runProgram(repository.context, 'fix', '--yes', '--allow-dirty');
    expect(read(repository, 'src/c/d.js')).toContain("const { requireEnv } = require('../requireEnv');");
  });

  test.each<[string, Files]>([
    ['in two packages', { 'a/package.json': MANIFEST, 'a/sign.js': REQUIRES, 'b/package.json': MANIFEST, 'b/sign.js': REQUIRES }],
    ['in two parts of a package', { 'server/sign.js': REQUIRES, 'scripts/sign.js': REQUIRES }],
    ['in two kinds of module', { 'a.cjs': REQUIRES, 'b.mjs': SIGNS }],
    ['where a module is called so already', { 'a.js': REQUIRES, 'b.js': REQUIRES, 'requireEnv.js': 'module.exports = 1;\n' }],
  ])('but not %s', async (_, files) => {
    const { made, imports } = await shared(files);
    expect(made).toEqual({});
    expect(new Set(Object.values(imports))).toEqual(new Set(['function requireEnv(name) {']));
  });
});

describe('types that list the variables list the new one', () => {
  const OBJECT = 'export const env: Env = {\n  port: process.env.PORT,\n  mode: process.env.MODE,\n};\n';

  test('of an object of settings, beside it or where it is imported from', async () => {
    const type = 'export interface Env {\n  readonly port: number; // where it listens\n  readonly mode?: string; // any\n}\n';
    const beside = { 'src/env.ts': `${type}\n${OBJECT}`, 'src/server.ts': SERVER, 'src/sign.ts': SIGNS };
    const member = '  readonly mode?: string; // any\n  readonly jwtSecret: string;\n}\n';
    expect((await mended(beside))['src/env.ts']).toContain(member);
    const apart = { ...beside, 'src/env.ts': `import type { Env } from './types.js';\n\n${OBJECT}`, 'src/types.ts': type };
    expect(await mended(apart)).toMatchObject({
      'src/types.ts': type.replace('  readonly mode?: string; // any\n}\n', member),
      'src/env.ts': expect.stringContaining("  jwtSecret: requireEnv('JWT_SECRET'),\n};\n") as string,
      'src/sign.ts': expect.stringContaining('jwt.sign({ sub }, env.jwtSecret, ') as string,
    });
    const fits = OBJECT.replace(': Env', '').replace('};', '} satisfies Env;');
    const literal = { ...beside, 'src/env.ts': `type Env = { port: number, mode?: string };\n${fits}` };
    expect((await mended(literal))['src/env.ts']).toContain('type Env = { port: number, mode?: string, jwtSecret: string };\n');
  });

  test('of the environment of Node, in the only declaration of the package', async () => {
    const global = `export {};

declare global {
  namespace NodeJS {
    interface ProcessEnv {
      PORT?: string
      SESSION_SECRET: string
    }
  }
}
`;
    const files = { 'src/env.d.ts': global, 'src/sign.ts': SIGNS };
    expect((await mended(files))['src/env.d.ts']).toBe(
      global.replace('SESSION_SECRET: string\n', 'SESSION_SECRET: string\n      JWT_SECRET: string\n'),
    );
    const other = 'declare namespace NodeJS {\n  interface ProcessEnv {}\n}\n';
    expect((await mended({ ...files, 'src/env.d.ts': other }))['src/env.d.ts']).toBe(
      'declare namespace NodeJS {\n  interface ProcessEnv {\n    JWT_SECRET: string;\n  }\n}\n',
    );
    const repository = repositoryOf({ ...files, 'types/node.d.ts': other.replace('{}', '{ MODE: string }') });
    const { stdout } = await runProgram(repository.context, 'fix', '--yes');
    expect(stdout).toContain('Declare JWT_SECRET where it belongs: in src/env.d.ts or types/node.d.ts, among the other variables.\n');
    expect(read(repository, 'src/env.d.ts')).toBe(global);
    const known = { ...files, 'src/env.d.ts': global.replace('SESSION_SECRET', 'JWT_SECRET') };
    expect(Object.keys(await mended(known))).toEqual(['src/sign.ts']);
  });
});
