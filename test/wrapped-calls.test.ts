/**
 * Calls that do not name the library where they stand: bound, promisified, handed on by another file, injected, inherited.
 * Each script marks its keys with HIT (found), its bare verifications with OPEN, and what must stay silent with nothing.
 */
import { describe, expect, test } from 'vitest';
import { scanFiles } from './scan-directory.js';

const DEPENDENCIES = {
  jsonwebtoken: '9.0.3',
  '@nestjs/jwt': '11.0.0',
  '@nestjs/passport': '11.0.0',
  'passport-jwt': '4.0.1',
  '@fastify/jwt': '10.0.0',
  'express-jwt': '8.5.1',
  '@hapi/jwt': '3.2.0',
  'hapi-auth-jwt2': '11.0.0',
  '@hapi/cookie': '12.0.1',
};
const NEST = `import { JwtService, JwtModule } from '@nestjs/jwt';\n`;
const RULES: Readonly<Record<string, string>> = { 'no-hardcoded-secret': 'HIT', 'no-secret-fallback': 'HIT', 'require-algorithms': 'OPEN' };

/** By title: files, the first of which is `src/a` with the extension that its text needs. */
const SCRIPTS: Readonly<Record<string, string | Readonly<Record<string, string>>>> = {
  'promisify, kept': `const { promisify } = require('util'); const jwt = require('jsonwebtoken');
const verify = promisify(jwt.verify);
module.exports = (token) => verify(token, 'wR8-key-Qs5'); // HIT OPEN`,
  'promisify, at once': `import util from 'node:util'; import * as jwt from 'jsonwebtoken';
export const check = (token) => util.promisify(jwt.verify)(token, 'wR8-key-Qs5'); // HIT OPEN`,
  bind: `const jwt = require('jsonwebtoken');
const check = jwt.verify.bind(jwt);
const make = jwt.sign.bind(null);
exports.check = (token) => check(token, 'wR8-key-Qs5'); // HIT OPEN
exports.make = () => make({}, 'wR8-key-Qs6'); // HIT`,
  'call and apply': `const jwt = require('jsonwebtoken');
exports.check = (token) => jwt.verify.call(jwt, token, 'wR8-key-Qs5'); // HIT OPEN
exports.again = (token) => jwt.verify.apply(jwt, [token, 'wR8-key-Qs6']); // HIT OPEN
exports.unknown = (given) => jwt.verify.apply(jwt, given);`,
  'handed on by name': {
    'src/a.ts': `import { sign } from './tokens';
export const made = sign({}, 'wR8-key-Qs5'); // HIT`,
    'src/tokens.ts': `export { sign } from 'jsonwebtoken';`,
  },
  'handed on whole': {
    'src/a.ts': `import { sign } from './tokens';
export const made = sign({}, 'wR8-key-Qs5'); // HIT`,
    'src/tokens.ts': `export * from 'jsonwebtoken';`,
  },
  'handed on as a namespace and as the default': {
    'src/a.ts': `import own, { jwt } from './tokens';
export const made = jwt.sign({}, 'wR8-key-Qs5'); // HIT
export const check = (token) => own.verify(token, 'wR8-key-Qs6'); // HIT OPEN`,
    'src/tokens.ts': `import all from 'jsonwebtoken';\nexport * as jwt from 'jsonwebtoken';\nexport default all;`,
  },
  'wrapped by functions and classes of the file': `const jwt = require('jsonwebtoken');
function make(payload, secret) { return jwt.sign(payload, secret); }
class Tokens {
  constructor(secret) { this.secret = secret; }
  sign(payload) { return jwt.sign(payload, this.secret); }
}
make({}, 'wR8-key-Qs5'); // HIT
new Tokens('wR8-key-Qs6').sign({}); // HIT`,
  'wrapped by functions of another file': {
    'src/a.ts': `import { signToken, verifyToken as check, tokenFor } from './tokens';
import guards from './guards';
export const made = signToken({ id: 1 }, 'wR8-key-Qs5'); // HIT
export const other = tokenFor({ id: 1 }, 'wR8-key-Qs5');
export const read = (token: string) => check(token, process.env.JWT_SECRET || 'wR8-key-Qs6'); // HIT
export const guard = guards.createTokenGuard({ name: 'x', secret: 'wR8-key-Qs7' }); // HIT
export const none = guards.checkToken('wR8-key-Qs8', process.env.JWT_SECRET);`,
    'src/tokens.ts': `import jwt from 'jsonwebtoken';
export function signToken(payload: object, secret: string) { return jwt.sign(payload, secret, { expiresIn: '1h' }); }
export function verifyToken(token: string, secret: string) { return jwt.verify(token, secret, { algorithms: ['HS256'] }); }
export const tokenFor = (payload: object, label: string) => jwt.sign({ ...payload, label }, process.env.JWT_SECRET!, { expiresIn: '1h' });`,
    'src/guards.ts': `import { expressjwt } from 'express-jwt'; import jwt from 'jsonwebtoken';
const createTokenGuard = ({ secret }: { name: string; secret: string }) => expressjwt({ secret, algorithms: ['HS256'] });
export default { createTokenGuard, checkToken: (token: string, key: string) => jwt.verify(token, key, { algorithms: ['HS256'] }) };`,
  },
  'wrapped by classes of another file': {
    'src/a.cjs': `const { TokenService, TokenStore } = require('./tokens');
exports.tokens = new TokenService({ secret: 'wR8-key-Qs5', ttl: 60 }); // HIT
exports.store = new TokenStore('wR8-key-Qs6');`,
    'src/tokens.js': `const jwt = require('jsonwebtoken');
class TokenService {
  constructor(options) { this.options = options; }
  sign(payload) { return jwt.sign(payload, this.options.secret, { expiresIn: this.options.ttl }); }
}
class TokenStore { constructor(name) { this.name = name; } }
module.exports = { TokenService, TokenStore };`,
  },
  'a library in its own repository': {
    'jsonwebtoken/examples/a.js': `const jwt = require('../lib'); const other = require('../lib/other');
jwt.sign({}, 'wR8-key-Qs5'); // HIT
jwt.verify('t', 'wR8-key-Qs6'); // HIT OPEN
other.sign({}, 'wR8-key-Qs7');`,
    'jsonwebtoken/package.json': JSON.stringify({ name: 'jsonwebtoken', version: '9.0.3', main: './lib/index.js' }),
    'jsonwebtoken/lib/index.js': `module.exports = { sign: require('./other').sign, verify: (token, key) => ({ token, key }) };`,
    'jsonwebtoken/lib/other.js': `exports.sign = (payload, key) => ({ payload, key });`,
  },
  'annotations of Flow': {
    'src/a.js': `// @flow
import jwt from 'jsonwebtoken';
import type { Claims } from './types';
export async function make(claims: Claims): Promise<string> { return jwt.sign(claims, 'wR8-key-Qs5'); } // HIT`,
  },
  'a directory by its manifest': {
    'service/test/a.cjs': `const { signToken } = require('..'); const tokens = require('../tokens');
signToken({ sub: 'a' }, 'wR8-key-Qs5'); // HIT
tokens.signToken({ sub: 'a' }, 'wR8-key-Qs6'); // HIT`,
    'service/package.json': JSON.stringify({ name: 'service', main: 'source/main.cjs' }),
    'service/source/main.cjs': `const jwt = require('jsonwebtoken');
exports.signToken = (claims, key) => jwt.sign(claims, key, { expiresIn: '1h' });`,
    'service/tokens/package.json': JSON.stringify({ main: './entry' }),
    'service/tokens/entry.cjs': `module.exports = require('../source/main.cjs');`,
  },
  'a plugin in its own repository': {
    'hapi-auth-jwt2/test/server.js': `module.exports = async (server) => {
  await server.register(require('../lib'));
  server.auth.strategy('jwt', 'jwt', { key: 'wR8-key-Qs5', validate() {}, verifyOptions: { algorithms: ['HS256'] } }); // HIT
};`,
    'hapi-auth-jwt2/package.json': JSON.stringify({ name: 'hapi-auth-jwt2', version: '10.5.0', main: 'lib/index.js' }),
    'hapi-auth-jwt2/lib/index.js': `exports.plugin = { register: (server) => server };`,
  },
  'a service by type': `${NEST}export class A {
  constructor(private readonly jwt: JwtService) {}
  check(token: string) { return this.jwt.verify(token, { secret: 'wR8-key-Qs5' }); } // HIT OPEN
  make() { const { jwt } = this; return jwt.sign({}, { secret: 'wR8-key-Qs6' }); } // HIT
}`,
  'a service by type, assigned': `${NEST}export class A {
  private jwt: JwtService;
  constructor(jwt: JwtService) { this.jwt = jwt; }
  make() { return this.jwt.sign({}, { secret: 'wR8-key-Qs5' }); } // HIT
}`,
  'a service by decorator': `${NEST}import { Inject } from '@nestjs/common';
export class A {
  @Inject() private readonly typed: JwtService;
  @Inject(JwtService) private readonly named;
  constructor(@Inject(JwtService) private third) {}
  a() { return this.typed.sign({}, { secret: 'wR8-key-Qs5' }); } // HIT
  b() { return this.named.sign({}, { secret: 'wR8-key-Qs6' }); } // HIT
  c() { return this.third.sign({}, { secret: 'wR8-key-Qs7' }); } // HIT
}`,
  'a service by token': `${NEST}import { inject } from './container';
export class A {
  private readonly jwt = inject(JwtService);
  a() { return this.jwt.sign({}, { secret: 'wR8-key-Qs5' }); } // HIT
}
export async function b(app, moduleRef) {
  app.get(JwtService).sign({}, { secret: 'wR8-key-Qs6' }); // HIT
  const jwt = await moduleRef.resolve<JwtService>(JwtService, { strict: false });
  jwt.sign({}, { secret: 'wR8-key-Qs7' }); // HIT
}`,
  'a service by inheritance': `${NEST}export class Own extends JwtService {
  make() { return this.sign({}, { secret: 'wR8-key-Qs5' }); } // HIT
}
class Base { constructor(protected readonly jwt: JwtService) {} }
export class Further extends Base {
  make() { return this.jwt.sign({}, { secret: 'wR8-key-Qs6' }); } // HIT
}
class One extends Two {} class Two extends One { a() { return this.nothing.sign({}, { secret: 'wR8-key-Qs7' }); } }`,
  'modules of Nest': `${NEST}import type { JwtModuleOptions, JwtOptionsFactory } from '@nestjs/jwt';
export const a = JwtModule.registerAsync({ useFactory: async () => ({ secret: 'wR8-key-Qs5' }) }); // HIT
const options = () => { return { secret: 'wR8-key-Qs6' }; }; // HIT
export const b = JwtModule.registerAsync({ useFactory: options });
export class C implements JwtOptionsFactory {
  createJwtOptions(): JwtModuleOptions { return { secret: 'wR8-key-Qs7' }; } // HIT
}
export const d: JwtModuleOptions = { secret: 'wR8-key-Qs8' }; // HIT
export const e = JwtModule.registerAsync({ inject: [Object], useFactory(config) { return { secret: config.get('X') || 'wR8-key-Qs9' }; } }); // HIT`,
  strategies: `import { Strategy, type StrategyOptions } from 'passport-jwt'; import { PassportStrategy } from '@nestjs/passport';
export class A extends PassportStrategy(Strategy, 'jwt') {
  constructor() { super({ secretOrKey: 'wR8-key-Qs5' }); } // HIT OPEN
}
const Base = PassportStrategy(Strategy);
export class B extends Base {
  constructor() { super({ secretOrKey: 'wR8-key-Qs6' }); } // HIT OPEN
}
const algorithms: StrategyOptions['algorithms'] = ['HS256'];
export class C extends PassportStrategy(Strategy) {
  constructor() { super({ algorithms, secretOrKeyProvider: (request, token, done) => done(null, 'wR8-key-Qs7') }); } // HIT
}`,
  'plugins of Fastify': `import plugin from '@fastify/jwt';
export default async (fastify) => {
  fastify.register(plugin, { secret: 'wR8-key-Qs5' }); // HIT OPEN
  await fastify.register(import('@fastify/jwt'), { secret: 'wR8-key-Qs6' }); // HIT OPEN
  fastify.get('/', (request, reply) => {
    fastify.jwt.sign({}, { key: 'wR8-key-Qs7' }); // HIT
    request.server.jwt.verify('t', { key: 'wR8-key-Qs8' }); // HIT
    return reply.jwtSign({}, { key: 'wR8-key-Qs9' }); // HIT
  });
};`,
  'middlewares of Express': `const { expressjwt: jwt } = require('express-jwt');
const guard = (secret) => jwt({ secret, algorithms: ['HS256'] });
module.exports = (app) => {
  app.use('/api', jwt({ secret: 'wR8-key-Qs5', algorithms: ['HS256'] }).unless({ path: ['/'] })); // HIT
  app.get('/me', jwt({ secret: async () => 'wR8-key-Qs6', algorithms: ['HS256'] }), () => {}); // HIT
  app.use(guard('wR8-key-Qs7')); // HIT
};`,
  'strategies of hapi': `const Jwt = require('@hapi/jwt');
module.exports = (server) => {
  server.auth.strategy('a', 'jwt', { keys: 'wR8-key-Qs5', verify: false }); // HIT
  server.auth.strategy('b', 'cookie', { cookie: { name: 'sid', password: 'wR8-key-Qs6' } }); // HIT
  server.auth.strategy('c', 'basic', { keys: 'wR8-key-Qs7', cookie: { password: 'wR8-key-Qs8' } });
  return Jwt.token.generate({ sub: 'a' }, 'wR8-key-Qs9'); // HIT
};`,
  'other libraries that verify': `const argon2 = require('argon2'); const { authenticator } = require('otplib'); const bcrypt = require('bcrypt');
const webauthn = require('@simplewebauthn/server'); const crypto = require('crypto'); const jwt = require('./own');
argon2.verify('wR8-key-Qs5', 'wR8-key-Qs5'); bcrypt.compare('wR8-key-Qs5', 'wR8-key-Qs5');
authenticator.verify({ token: 't', value: 'wR8-key-Qs5' }); webauthn.verify('t', 'wR8-key-Qs5');
crypto.verify('sha256', 'a', 'wR8-key-Qs5', 'b'); jwt.verify('t', 'wR8-key-Qs5');
exports.sign = (sign) => sign({}, 'wR8-key-Qs5');
class Jwt { verify(a, b) { return b; } } new Jwt().verify('t', 'wR8-key-Qs5');`,
  'other services': `import { HashService } from '@app/hash'; import { Inject } from '@nestjs/common'; import { JwtService } from './own-service';
export class A {
  @Inject(HashService) private readonly hash;
  constructor(private readonly jwt: JwtService, @Inject('JWT') private other) {}
  a() { return this.jwt.sign({}, { value: 'wR8-key-Qs5' }); }
  b(app) { return app.get(HashService).sign({}, { value: 'wR8-key-Qs5' }) + this.hash.verify('t', 'wR8-key-Qs5') + this.other.sign({}, 'wR8-key-Qs5'); }
}`,
};

function marksOf(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      ['HIT', 'OPEN'].filter((mark) => new RegExp(`// .*\\b${mark}\\b`).test(line)).map((mark) => `${String(index + 1)} ${mark}`),
    );
}

describe('calls that do not name their library', () => {
  test.each(Object.entries(SCRIPTS))('%s', async (_title, script) => {
    const given = typeof script === 'string' ? { [/^import/.test(script) ? 'src/a.ts' : 'src/a.cjs']: script } : script;
    const results = await scanFiles(new Map([['package.json', JSON.stringify({ dependencies: DEPENDENCIES })], ...Object.entries(given)]));
    const found = results.flatMap((result) => [
      ...result.notices.map((notice) => notice.text),
      ...result.findings.flatMap(({ reported }) => {
        const mark = RULES[reported.ruleId];
        return mark ? [`${String(reported.location.startLine)} ${mark}`] : [];
      }),
    ]);
    const [[, first] = ['', '']] = Object.entries(given);
    expect([...new Set(found)].sort()).toEqual(marksOf(first).sort());
  });
});
