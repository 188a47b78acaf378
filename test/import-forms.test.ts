/**
 * Each library of the first step by every form in which scripts import it: a hardcoded key and a verification without
 * algorithms are found through all of them, at their places and nothing else, by the same pipeline as the command line.
 */
import { describe, expect, test } from 'vitest';
import { scanFiles } from './scan-directory.js';

const KEY = "'kN7-import-forms-vX2'";

/** A use of something imported, written with `callee`; keys are marked by {@link KEY}. */
interface Use {
  /** The export; '' is the module itself. */
  readonly name: string;
  readonly code: (callee: string) => string;
  /** True when the call verifies and says nothing of algorithms although it should. */
  readonly verifies?: boolean;
}

interface Subject {
  readonly specifier: string;
  readonly dependency: readonly [name: string, version: string];
  /** What the module offers: its exports by name, or also as members of a default export. */
  readonly style: 'named' | 'named and default' | 'default' | 'whole';
  readonly uses: readonly Use[];
}

const bytes = `new TextEncoder().encode(${KEY})`;
const jwtUses: readonly Use[] = [
  { name: 'sign', code: (callee) => `export const made = ${callee}({ sub: 'a' }, ${KEY});` },
  { name: 'verify', code: (callee) => `export const check = (token) => ${callee}(token, ${KEY});`, verifies: true },
];
const joseUses: readonly Use[] = [
  {
    name: 'SignJWT',
    code: (callee) => `export const made = new ${callee}({ sub: 'a' }).setProtectedHeader({ alg: 'HS256' }).sign(${bytes});`,
  },
  { name: 'jwtVerify', code: (callee) => `export const check = (token) => ${callee}(token, ${bytes});`, verifies: true },
];
const honoUses: readonly Use[] = [
  { name: 'sign', code: (callee) => `export const made = ${callee}({ sub: 'a' }, ${KEY});` },
  // Version 4.11.4 and newer refuse to verify without an algorithm.
  { name: 'verify', code: (callee) => `export const check = (token) => ${callee}(token, ${KEY});` },
];
const guard = (verifies: boolean): Use => ({
  name: '',
  code: (callee) => `export const guard = ${callee}({ secret: ${KEY} });`,
  verifies,
});

const SUBJECTS: readonly Subject[] = [
  { specifier: 'jsonwebtoken', dependency: ['jsonwebtoken', '9.0.3'], style: 'named and default', uses: jwtUses },
  { specifier: 'jose', dependency: ['jose', '6.2.17'], style: 'named', uses: joseUses },
  { specifier: 'npm:jsonwebtoken@9.0.3', dependency: ['express', '5.1.0'], style: 'named and default', uses: jwtUses },
  { specifier: 'jsr:@panva/jose@6', dependency: ['express', '5.1.0'], style: 'named', uses: joseUses },
  { specifier: 'https://esm.sh/v135/jose@6.2.17/?target=deno', dependency: ['express', '5.1.0'], style: 'named', uses: joseUses },
  { specifier: '@panva/jose', dependency: ['@panva/jose', '6.2.17'], style: 'named', uses: joseUses },
  {
    specifier: 'jose',
    dependency: ['jose', '2.0.7'],
    style: 'named and default',
    uses: [
      { name: 'JWT', code: (callee) => `export const made = ${callee}.sign({ sub: 'a' }, ${KEY});` },
      { name: 'JWT', code: (callee) => `export const check = (token) => ${callee}.verify(token, ${KEY});`, verifies: true },
      { name: 'JWK', code: (callee) => `export const key = ${callee}.asKey(${KEY});` },
    ],
  },
  {
    specifier: 'express-jwt',
    dependency: ['express-jwt', '8.5.1'],
    style: 'named',
    uses: [{ name: 'expressjwt', code: (callee) => `export const guard = ${callee}({ secret: ${KEY} });` }],
  },
  { specifier: 'express-jwt', dependency: ['express-jwt', '6.1.2'], style: 'whole', uses: [guard(false)] },
  { specifier: 'express-jwt', dependency: ['express-jwt', '5.3.3'], style: 'whole', uses: [guard(true)] },
  { specifier: 'koa-jwt', dependency: ['koa-jwt', '4.0.4'], style: 'whole', uses: [guard(true)] },
  {
    specifier: 'passport-jwt',
    dependency: ['passport-jwt', '4.0.1'],
    style: 'named and default',
    uses: [
      {
        name: 'Strategy',
        code: (callee) => `export const strategy = new ${callee}({ secretOrKey: ${KEY} }, (payload, done) => done(null, payload));`,
        verifies: true,
      },
      {
        name: 'Strategy',
        code: (callee) => `export class Own extends ${callee} {\n  constructor() {\n    super({ secretOrKey: ${KEY} });\n  }\n}`,
        verifies: true,
      },
    ],
  },
  {
    specifier: '@nestjs/jwt',
    dependency: ['@nestjs/jwt', '11.0.0'],
    style: 'named',
    uses: [
      { name: 'JwtModule', code: (callee) => `export const module = ${callee}.register({ secret: ${KEY} });` },
      { name: 'JwtService', code: (callee) => `export const service = new ${callee}({ secret: ${KEY} });` },
      {
        name: 'JwtService',
        code: (callee) => `const service = new ${callee}();\nexport const check = (token) => service.verify(token, { secret: ${KEY} });`,
        verifies: true,
      },
    ],
  },
  {
    specifier: '@fastify/jwt',
    dependency: ['@fastify/jwt', '10.2.8'],
    style: 'whole',
    uses: [{ name: '', code: (callee) => `app.register(${callee}, { secret: ${KEY} });`, verifies: true }],
  },
  {
    specifier: '@fastify/jwt',
    dependency: ['@fastify/jwt', '10.2.8'],
    style: 'named',
    uses: [{ name: 'fastifyJwt', code: (callee) => `app.register(${callee}, { secret: ${KEY} });`, verifies: true }],
  },
  {
    specifier: 'fastify-jwt',
    dependency: ['fastify-jwt', '4.1.3'],
    style: 'whole',
    uses: [{ name: '', code: (callee) => `app.register(${callee}, { secret: ${KEY} });`, verifies: true }],
  },
  { specifier: 'hono/jwt', dependency: ['hono', '4.13.19'], style: 'named', uses: honoUses },
  {
    specifier: 'fast-jwt',
    dependency: ['fast-jwt', '6.3.6'],
    style: 'named and default',
    uses: [
      { name: 'createSigner', code: (callee) => `export const sign = ${callee}({ key: ${KEY} });` },
      { name: 'createVerifier', code: (callee) => `export const verify = ${callee}({ key: ${KEY} });`, verifies: true },
    ],
  },
  {
    specifier: 'jwt-simple',
    dependency: ['jwt-simple', '0.5.6'],
    style: 'named and default',
    uses: [
      { name: 'encode', code: (callee) => `export const made = ${callee}({ sub: 'a' }, ${KEY});` },
      { name: 'decode', code: (callee) => `export const check = (token) => ${callee}(token, ${KEY});`, verifies: true },
    ],
  },
  { specifier: 'next-auth', dependency: ['next-auth', '4.24.13'], style: 'default', uses: [guard(false)] },
  { specifier: 'next-auth/middleware', dependency: ['next-auth', '4.24.13'], style: 'default', uses: [guard(false)] },
  {
    specifier: 'next-auth/jwt',
    dependency: ['next-auth', '4.24.13'],
    style: 'named',
    uses: [{ name: 'getToken', code: (callee) => `export const token = (req) => ${callee}({ req, secret: ${KEY} });` }],
  },
  { specifier: 'express-session', dependency: ['express-session', '1.19.0'], style: 'whole', uses: [guard(false)] },
  // Sub-paths.
  { specifier: 'jsonwebtoken/sign', dependency: ['jsonwebtoken', '9.0.3'], style: 'whole', uses: [{ ...jwtUses[0]!, name: '' }] },
  { specifier: 'jsonwebtoken/verify', dependency: ['jsonwebtoken', '9.0.3'], style: 'whole', uses: [{ ...jwtUses[1]!, name: '' }] },
  { specifier: 'jose/jwt/sign', dependency: ['jose', '3.20.4'], style: 'named', uses: [joseUses[0]!] },
  { specifier: 'jose/jwt/sign', dependency: ['jose', '3.20.4'], style: 'default', uses: [{ ...joseUses[0]!, name: '' }] },
  { specifier: 'jose/jwt/verify', dependency: ['jose', '3.20.4'], style: 'named', uses: [joseUses[1]!] },
  { specifier: 'jose/jwt/verify', dependency: ['jose', '3.20.4'], style: 'default', uses: [{ ...joseUses[1]!, name: '' }] },
  {
    specifier: 'hono/utils/jwt',
    dependency: ['hono', '4.13.19'],
    style: 'named',
    uses: honoUses.map((use) => ({ ...use, name: 'Jwt', code: (callee: string) => use.code(`${callee}.${use.name}`) })),
  },
  { specifier: 'hono/utils/jwt/jwt', dependency: ['hono', '4.13.19'], style: 'named', uses: honoUses },
];

interface Form {
  readonly title: string;
  readonly file: string;
  /** Lines before the use, and what the use calls. */
  readonly write: (specifier: string, name: string) => readonly [prologue: string, callee: string];
}

/** An export by its name. */
const NAMED: readonly Form[] = [
  { title: 'named', file: 'a.mjs', write: (from, name) => [`import { ${name} } from '${from}';`, name] },
  { title: 'named, aliased', file: 'a.mjs', write: (from, name) => [`import { ${name} as own } from '${from}';`, 'own'] },
  { title: 'namespace', file: 'a.mjs', write: (from, name) => [`import * as all from '${from}';`, `all.${name}`] },
  { title: 'namespace, by bracket', file: 'a.mjs', write: (from, name) => [`import * as all from '${from}';`, `all['${name}']`] },
  {
    title: 'namespace, destructured',
    file: 'a.mjs',
    write: (from, name) => [`import * as all from '${from}';\nconst { ${name} } = all;`, name],
  },
  { title: 'import =', file: 'a.ts', write: (from, name) => [`import all = require('${from}');`, `all.${name}`] },
  {
    title: 'import = and alias',
    file: 'a.ts',
    write: (from, name) => [`import all = require('${from}');\nimport own = all.${name};`, 'own'],
  },
  { title: 'require', file: 'a.cjs', write: (from, name) => [`const all = require('${from}');`, `all.${name}`] },
  { title: 'require, var', file: 'a.cjs', write: (from, name) => [`var all = require('${from}'), other = 1;`, `all.${name}`] },
  { title: 'require, destructured', file: 'a.cjs', write: (from, name) => [`const { ${name} } = require('${from}');`, name] },
  { title: 'require, aliased', file: 'a.cjs', write: (from, name) => [`const { ${name}: own } = require('${from}');`, 'own'] },
  { title: 'require, member', file: 'a.cjs', write: (from, name) => [`const own = require('${from}').${name};`, 'own'] },
  { title: 'require, in place', file: 'a.cjs', write: (from, name) => ['', `require('${from}').${name}`] },
  { title: 'require, assigned later', file: 'a.cjs', write: (from, name) => [`let all;\nall = require('${from}');`, `all.${name}`] },
  {
    title: 'createRequire',
    file: 'a.mjs',
    write: (from, name) => [
      `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nconst { ${name} } = require('${from}');`,
      name,
    ],
  },
  { title: 'dynamic import', file: 'a.mjs', write: (from, name) => [`const all = await import('${from}');`, `all.${name}`] },
  { title: 'dynamic import, destructured', file: 'a.mjs', write: (from, name) => [`const { ${name} } = await import('${from}');`, name] },
  { title: 'dynamic import, in place', file: 'a.mjs', write: (from, name) => ['', `(await import('${from}')).${name}`] },
];

/** Members of a default export. */
const MEMBER: readonly Form[] = [
  { title: 'default', file: 'a.mjs', write: (from, name) => [`import all from '${from}';`, `all.${name}`] },
  { title: 'default, destructured', file: 'a.mjs', write: (from, name) => [`import all from '${from}';\nconst { ${name} } = all;`, name] },
  { title: 'default as', file: 'a.mjs', write: (from, name) => [`import { default as all } from '${from}';`, `all.${name}`] },
  { title: 'default beside named', file: 'a.ts', write: (from, name) => [`import all, { type Other } from '${from}';`, `all.${name}`] },
  { title: 'dynamic default', file: 'a.mjs', write: (from, name) => [`const all = (await import('${from}')).default;`, `all.${name}`] },
  {
    title: 'dynamic default, taken out',
    file: 'a.mjs',
    write: (from, name) => [`const { default: all } = await import('${from}');`, `all.${name}`],
  },
];

/** The default export itself. */
const DEFAULT: readonly Form[] = [
  { title: 'default', file: 'a.mjs', write: (from) => [`import own from '${from}';`, 'own'] },
  { title: 'default as', file: 'a.mjs', write: (from) => [`import { default as own } from '${from}';`, 'own'] },
  { title: 'require default', file: 'a.cjs', write: (from) => [`const own = require('${from}').default;`, 'own'] },
  { title: 'dynamic default', file: 'a.mjs', write: (from) => [`const own = (await import('${from}')).default;`, 'own'] },
  { title: 'dynamic default, taken out', file: 'a.mjs', write: (from) => [`const { default: own } = await import('${from}');`, 'own'] },
];

/** The module itself, as CommonJS exports a function. */
const WHOLE: readonly Form[] = [
  ...DEFAULT.filter((form) => form.title !== 'require default'),
  { title: 'namespace', file: 'a.ts', write: (from) => [`import * as own from '${from}';`, 'own'] },
  { title: 'import =', file: 'a.ts', write: (from) => [`import own = require('${from}');`, 'own'] },
  { title: 'require', file: 'a.cjs', write: (from) => [`const own = require('${from}');`, 'own'] },
  { title: 'require, in place', file: 'a.cjs', write: (from) => ['', `require('${from}')`] },
  {
    title: 'createRequire',
    file: 'a.mjs',
    write: (from) => [`import { createRequire } from 'node:module';\nconst own = createRequire(import.meta.url)('${from}');`, 'own'],
  },
];

const FORMS: Readonly<Record<Subject['style'], readonly Form[]>> = {
  named: NAMED,
  'named and default': [...NAMED, ...MEMBER],
  default: DEFAULT,
  whole: WHOLE,
};

const RULES = ['no-hardcoded-secret', 'require-algorithms'];

/** `rule@line:column` of the two rules' findings in one script. */
async function findings(file: string, text: string, dependency: Subject['dependency']): Promise<string[]> {
  const manifest = JSON.stringify({ name: 'forms', dependencies: { [dependency[0]]: dependency[1] } });
  const results = await scanFiles(
    new Map([
      ['package.json', manifest],
      [file, text],
    ]),
  );
  return results
    .flatMap(({ findings: found, notices }) => [
      ...notices.map((notice) => notice.text),
      ...found
        .filter(({ reported }) => RULES.includes(reported.ruleId))
        .map(({ reported }) => `${reported.ruleId}@${String(reported.location.startLine)}`),
    ])
    .sort();
}

describe.each(SUBJECTS.map((subject) => [`${subject.specifier} (${subject.dependency.join(' ')}, ${subject.style})`, subject] as const))(
  '%s',
  (_title, subject) => {
    test.each(FORMS[subject.style].map((form) => [form.title, form] as const))('%s', async (_form, form) => {
      for (const use of subject.uses) {
        const [prologue, callee] = form.write(subject.specifier, use.name);
        // `new require('x').Y()` would call `require` itself with `new`.
        const inPlace = form.title.endsWith('in place') && use.code('').includes('new ');
        const code = `${prologue}\n${use.code(inPlace ? `(${callee})` : callee)}\n`;
        const lines = code.split('\n');
        const line = 1 + lines.findIndex((each) => each.includes(KEY));
        // A verification is reported where its call starts; here that is the line of the key.
        const expected = [`no-hardcoded-secret@${String(line)}`, ...(use.verifies ? [`require-algorithms@${String(line)}`] : [])];
        expect(await findings(form.file, code, subject.dependency), code).toEqual(expected);
      }
    });
  },
);
