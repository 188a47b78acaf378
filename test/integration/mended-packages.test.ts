/**
 * Packages that have a way of their own to read the environment, with a key in the code beside it: mended by `jwtlint fix` they
 * read it by that way. The mended programs are compiled, and run with the real libraries.
 */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { readFileSync, renameSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { runProgram } from '../run-program.js';
import { TemporaryRepository } from '../temporary-repository.js';

const { dependencies, devDependencies } = createRequire(import.meta.url)('../../package.json') as Record<string, Record<string, string>>;
const ALL: Record<string, string> = { ...dependencies, ...devDependencies };

interface Package {
  readonly name: string;
  readonly uses: readonly string[];
  /** Files by path. `main` is run, and prints `one`; of TypeScript, what it is compiled to. */
  readonly files: Readonly<Record<string, string>>;
  readonly variables: readonly string[];
  /** Settings that it needs besides. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What stands in the files afterwards. */
  readonly then: Readonly<Record<string, readonly string[]>>;
}

const signs = (key: string, options = "{ expiresIn: '5m' }"): string =>
  `jwt.verify(jwt.sign({ sub: 'one' }, ${key}, ${options}), ${key}, { algorithms: ['HS256', 'HS512'] })`;

const PACKAGES: readonly Package[] = [
  {
    name: 'zod in ECMAScript modules',
    uses: ['zod', 'jsonwebtoken'],
    files: {
      'src/env.mjs': `import { z } from 'zod';

const schema = z.object({
  // where it listens
  PORT: z.coerce.number().default(3000), // any
  NODE_ENV: z.string().default('test'),
});

export const env = schema.parse(process.env);
`,
      'src/server.mjs': "import { env } from './env.mjs';\nexport const port = env.PORT;\n",
      'src/tokens/sign.mjs': `import jwt from 'jsonwebtoken';

export const claims = () => ${signs("'made-up-phrase-beside-zod'")};
`,
      'src/main.mjs': "import './server.mjs';\nimport { claims } from './tokens/sign.mjs';\nconsole.log(claims().sub);\n",
    },
    variables: ['JWT_SECRET'],
    then: {
      'src/env.mjs': ["  NODE_ENV: z.string().default('test'),\n  JWT_SECRET: z.string().min(32),\n});"],
      'src/tokens/sign.mjs': [
        "import jwt from 'jsonwebtoken';\nimport { env } from '../env.mjs';\n",
        "jwt.sign({ sub: 'one' }, env.JWT_SECRET, ",
      ],
    },
  },
  {
    name: 'zod in TypeScript, parsed safely',
    uses: ['zod', 'jsonwebtoken'],
    files: {
      'src/config/env.ts': `import { z } from 'zod'

const envSchema = z.object({ PORT: z.coerce.number().default(3000), JWT_ACCESS_SECRET: z.string().min(32).optional() }).passthrough()

const parsed = envSchema.safeParse(process.env)
if (!parsed.success) {
  console.error(parsed.error.message)
  process.exit(1)
}

export type Env = z.infer<typeof envSchema>
const env: Env = parsed.data
export default env
`,
      'src/server.ts': "import env from './config/env.js'\nexport const port: number = env.PORT\n",
      'src/main.ts': `import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import env from './config/env.js'
import { port } from './server.js'

const jwt = createRequire(import.meta.url)('jsonwebtoken')

class Tokens {
  private readonly sessionSecret = 'made-up-phrase-of-sessions'
  seal(text: string): string {
    return createHmac('sha256', this.sessionSecret).update(text).digest('hex')
  }
  issue(sub: string): string {
    return jwt.sign({ sub }, 'made-up-phrase-for-the-long-hash', { algorithm: 'HS512', expiresIn: '5m' })
  }
  check(token: string): { sub: string } {
    return jwt.verify(token, 'made-up-phrase-for-the-long-hash', { algorithms: ['HS512'] })
  }
}
const tokens = new Tokens()
tokens.seal(String(port + env.PORT))
console.log(tokens.check(tokens.issue('one')).sub)
`,
    },
    variables: ['JWT_SECRET', 'SESSION_SECRET'],
    then: {
      'src/config/env.ts': ['JWT_SECRET: z.string().min(64)', 'SESSION_SECRET: z.string().min(32)'],
      'src/main.ts': ['sessionSecret = env.SESSION_SECRET\n', "jwt.sign({ sub }, env.JWT_SECRET, { algorithm: 'HS512'"],
    },
  },
  {
    name: 'envalid in CommonJS',
    uses: ['envalid', 'jsonwebtoken'],
    files: {
      'config/env.js': `const { cleanEnv, str, port } = require('envalid');

module.exports = cleanEnv(process.env, {
  NODE_ENV: str({ default: 'test' }),
  PORT: port({ default: 3000 })
});
`,
      'server.js': "const env = require('./config/env');\nexports.port = env.PORT;\n",
      'auth.js': `const jwt = require('jsonwebtoken');

exports.claims = () => ${signs("'made-up-phrase-beside-envalid'")};
`,
      'main.js': "require('./server');\nconsole.log(require('./auth').claims().sub);\n",
    },
    variables: ['JWT_SECRET'],
    then: {
      'config/env.js': [
        "const { cleanEnv, str, port, makeValidator } = require('envalid');",
        '  PORT: port({ default: 3000 }),\n  JWT_SECRET: secret32()\n});',
      ],
      'auth.js': ["const jwt = require('jsonwebtoken');\nconst env = require('./config/env');\n", 'env.JWT_SECRET'],
    },
  },
  {
    name: 'envalid in TypeScript',
    uses: ['envalid', 'fast-jwt'],
    files: {
      'src/env.ts': `import { cleanEnv, num } from "envalid";

export const env = cleanEnv(process.env, {
\tPORT: num({ default: 3000 }),
});
`,
      'src/main.ts': `import { createSigner, createVerifier } from "fast-jwt";
import { env } from "./env.js";

const key = "made-up-phrase-of-fast-jwt";
const sign = createSigner({ key, algorithm: "HS256", expiresIn: 300_000 + env.PORT });
const verify = createVerifier({ key, algorithms: ["HS256"] });
console.log(verify(sign({ sub: "one" })).sub);
`,
    },
    variables: ['JWT_SECRET'],
    then: { 'src/env.ts': ['\tJWT_SECRET: secret32(),\n'], 'src/main.ts': ['const key = env.JWT_SECRET;'] },
  },
  {
    name: 'joi, behind an object of settings',
    uses: ['joi', 'jsonwebtoken'],
    files: {
      'src/config/config.js': `const Joi = require('joi');

const envVarsSchema = Joi.object()
  .keys({
    NODE_ENV: Joi.string().valid('production', 'test').default('test'),
    JWT_SECRET: Joi.string().required().description('JWT secret key'),
    PORT: Joi.number().default(3000),
  })
  .unknown();

const { value: envVars, error } = envVarsSchema.prefs({ errors: { label: 'key' } }).validate(process.env);

if (error) {
  throw new Error(\`Config validation error: \${error.message}\`);
}

module.exports = {
  env: envVars.NODE_ENV,
  port: envVars.PORT,
  jwt: {
    secret: envVars.JWT_SECRET,
  },
};
`,
      'src/server.js': "const config = require('./config/config');\nmodule.exports = config.port;\n",
      'src/auth/tokens.js': `const jwt = require('jsonwebtoken');
const config = require('../config/config');

const sessionSecret = 'made-up-phrase-of-a-session';
exports.claims = () => ${signs("'made-up-phrase-beside-joi'")};
exports.port = config.port + sessionSecret.length;
`,
      'src/main.js': "require('./server');\nconsole.log(require('./auth/tokens').claims().sub);\n",
    },
    settings: { JWT_SECRET: 'x' },
    variables: ['JWT_SECRET', 'SESSION_SECRET'],
    then: {
      'src/config/config.js': [
        '    PORT: Joi.number().default(3000),\n    SESSION_SECRET: Joi.string().min(32).required(),\n  })',
        '    secret: envVars.JWT_SECRET,\n  },\n  sessionSecret: envVars.SESSION_SECRET,\n};',
      ],
      'src/auth/tokens.js': ['const sessionSecret = config.sessionSecret;', 'config.jwt.secret, '],
    },
  },
  {
    name: 'yup in TypeScript',
    uses: ['jsonwebtoken', 'yup'],
    files: {
      'src/env.ts': `import * as yup from 'yup';

const schema = yup.object({
  PORT: yup.number().default(3000),
  MODE: yup.string().default('live'),
});

export const env = schema.validateSync(process.env);
`,
      'src/server.ts': "import { env } from './env.js';\nexport const port: number = env.PORT;\n",
      'src/main.ts': `import { createRequire } from 'node:module';
import { port } from './server.js';

const jwt = createRequire(import.meta.url)('jsonwebtoken');
console.log(port > 0 ? ${signs("'made-up-phrase-beside-yup'")}.sub : '');
`,
    },
    variables: ['JWT_SECRET'],
    then: {
      'src/env.ts': ["  MODE: yup.string().default('live'),\n  JWT_SECRET: yup.string().min(32).required(),\n});"],
      'src/main.ts': ["import { env } from './env.js';", 'env.JWT_SECRET, {'],
    },
  },
  {
    name: 'valibot in ECMAScript modules',
    uses: ['jsonwebtoken', 'valibot'],
    files: {
      'env.mjs': `import * as v from 'valibot';

export const env = v.parse(
  v.object({
    PORT: v.optional(v.string(), '3000'),
  }),
  process.env,
);
`,
      'server.mjs': "import { env } from './env.mjs';\nexport const port = env.PORT;\n",
      'main.mjs': `import jwt from 'jsonwebtoken';
import { port } from './server.mjs';

console.log(port === '' ? '' : ${signs("'made-up-phrase-beside-valibot'")}.sub);
`,
    },
    variables: ['JWT_SECRET'],
    then: {
      'env.mjs': ["    PORT: v.optional(v.string(), '3000'),\n    JWT_SECRET: v.pipe(v.string(), v.minLength(32)),\n  }),"],
      'main.mjs': ["import { env } from './env.mjs';", 'env.JWT_SECRET, {'],
    },
  },
  {
    name: 't3-env with a list of what is read',
    uses: ['@t3-oss/env-core', 'zod', 'jose'],
    files: {
      'src/env.ts': `import { createEnv } from '@t3-oss/env-core';
import { z } from 'zod';

export const env = createEnv({
  server: {
    PORT: z.coerce.number().default(3000),
  },
  runtimeEnv: {
    PORT: process.env.PORT,
  },
  emptyStringAsUndefined: true,
});
`,
      'src/server.ts': "import { env } from './env.js';\nexport const port = env.PORT;\n",
      'src/main.ts': `import { jwtVerify, SignJWT } from 'jose';
import './server.js';

const key = new TextEncoder().encode('made-up-phrase-of-jose');
const token = await new SignJWT({ sub: 'one' }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('5m').sign(key);
console.log((await jwtVerify(token, key, { algorithms: ['HS256'] })).payload.sub);
`,
    },
    variables: ['JWT_SECRET'],
    then: {
      'src/env.ts': ['    JWT_SECRET: z.string().min(32),\n  },', '    JWT_SECRET: process.env.JWT_SECRET,\n  },'],
      'src/main.ts': ["import { env } from './env.js';", 'encode(env.JWT_SECRET)'],
    },
  },
  {
    name: 'an object of settings that nothing checks',
    uses: ['jsonwebtoken'],
    files: {
      'config/index.js': `require('node:path');

module.exports = {
  // where it listens
  port: process.env.PORT || 3000,
  databaseUrl: process.env.DATABASE_URL,
  logs: { level: process.env.LOG_LEVEL || 'silly' },
};
`,
      'server.js': "const { port } = require('./config');\nconst config = require('./config');\nmodule.exports = [port, config];\n",
      'main.js': `require('./server');
const jwt = require('jsonwebtoken');
const refreshSecret = 'made-up-phrase-of-refresh';
console.log(${signs('refreshSecret')}.sub);
`,
    },
    variables: ['REFRESH_SECRET'],
    then: {
      'config/index.js': ["  logs: { level: process.env.LOG_LEVEL || 'silly' },\n  refreshSecret: requireEnv('REFRESH_SECRET'),\n};"],
      'main.js': ["const config = require('./config');", 'const refreshSecret = config.refreshSecret;'],
    },
  },
  {
    name: 'a function that demands a variable',
    uses: ['jsonwebtoken'],
    files: {
      'src/lib/env.mjs': `export const getEnv = (name, standIn = undefined) => {
  const value = process.env[name] ?? standIn;
  if (value === undefined || value === '') {
    throw new Error(\`Missing environment variable \${name}\`);
  }
  return value;
};
`,
      'src/server.mjs': "import { getEnv } from './lib/env.mjs';\nexport const port = getEnv('PORT', '3000');\n",
      'src/main.mjs': `import jwt from 'jsonwebtoken';
import './server.mjs';

const claims = () => ${signs("'made-up-phrase-beside-a-function'")};
console.log(claims().sub);
`,
    },
    variables: ['JWT_SECRET'],
    then: {
      'src/main.mjs': [
        "import { getEnv } from './lib/env.mjs';\n\nconst JWT_SECRET = getEnv('JWT_SECRET');\n",
        "jwt.sign({ sub: 'one' }, JWT_SECRET, ",
      ],
    },
  },
  {
    name: 'nothing of its own, in several files of CommonJS',
    uses: ['jsonwebtoken', 'express-session'],
    files: {
      'lib/cookies.js': `const session = require('express-session');

exports.cookies = () => session({ secret: 'made-up-phrase-of-cookies', resave: false, saveUninitialized: false });
`,
      'routes/tokens.js': `const jwt = require('jsonwebtoken');

exports.claims = () => ${signs("'made-up-phrase-of-routes'")};
`,
      'routes/check.js': `const jwt = require('jsonwebtoken');

exports.check = (token) => jwt.verify(token, 'made-up-phrase-of-routes', { algorithms: ['HS256'] });
`,
      'main.js': `require('./lib/cookies').cookies();
require('./routes/check');
console.log(require('./routes/tokens').claims().sub);
`,
    },
    variables: ['JWT_SECRET', 'SESSION_SECRET'],
    then: {
      'lib/cookies.js': ["const { requireEnv } = require('./requireEnv');\n"],
      'routes/tokens.js': ["const { requireEnv } = require('../lib/requireEnv');\n"],
      'routes/check.js': ["const { requireEnv } = require('../lib/requireEnv');\n"],
    },
  },
  {
    name: 'nothing of its own, in several files of TypeScript',
    uses: ['jsonwebtoken', 'fast-jwt'],
    files: {
      'src/auth/user-tokens.ts': `import { createRequire } from 'node:module';

const jwt = createRequire(import.meta.url)('jsonwebtoken');

export const claims = (): { sub: string } => ${signs("'made-up-phrase-of-users'")};
`,
      'src/services/guest-tokens.ts': `import { createSigner } from 'fast-jwt';

const refreshSecret = 'made-up-phrase-of-guests';
export const refresh = createSigner({ key: refreshSecret, algorithm: 'HS256', expiresIn: 300_000 });
`,
      'src/main.ts': `import { claims } from './auth/user-tokens.js';
import { refresh } from './services/guest-tokens.js';

refresh({ sub: 'one' });
console.log(claims().sub);
`,
    },
    variables: ['JWT_SECRET', 'REFRESH_SECRET'],
    then: {
      'src/auth/user-tokens.ts': ["import { requireEnv } from '../require-env.js';\n"],
      'src/services/guest-tokens.ts': ["import { requireEnv } from '../require-env.js';\n", "refreshSecret = requireEnv('REFRESH_SECRET')"],
    },
  },
  {
    name: 'an object of settings with a type, and a type of the environment',
    uses: ['jsonwebtoken'],
    files: {
      'src/types/settings.ts': 'export interface Settings {\n  port: string | undefined;\n  readonly mode: string;\n}\n',
      'src/types/env.d.ts': `declare namespace NodeJS {
  interface ProcessEnv {
    PORT?: string;
    NODE_ENV: string;
  }
}
`,
      'src/settings.ts': `import type { Settings } from './types/settings.js';

export const settings: Settings = {
  port: process.env.PORT,
  mode: process.env.NODE_ENV ?? 'test',
};
`,
      'src/server.ts': "import { settings } from './settings.js';\nexport const port = Number(settings.port);\n",
      'src/main.ts': `import { createRequire } from 'node:module';
import './server.js';

const jwt = createRequire(import.meta.url)('jsonwebtoken');
const check = (secret: string): { sub: string } => ${signs('secret')};
console.log(check('made-up-phrase-of-settings').sub);
`,
    },
    variables: ['JWT_SECRET'],
    then: {
      'src/types/settings.ts': ['  readonly mode: string;\n  readonly jwtSecret: string;\n}'],
      'src/types/env.d.ts': ['    NODE_ENV: string;\n    JWT_SECRET: string;\n'],
      'src/settings.ts': ["  jwtSecret: requireEnv('JWT_SECRET'),\n};"],
      'src/main.ts': ["import { settings } from './settings.js';\n", 'check(settings.jwtSecret)'],
    },
  },
];

const NEST = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/jwt',
  '@nestjs/config',
  '@nestjs/passport',
  'passport',
  'passport-jwt',
  'reflect-metadata',
];

/** A program of Nest: it starts, signs a token, and has its strategy, if there is one, look at it. */
const nest = (strategy: boolean): string => `import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
${strategy ? "import passport from 'passport';\n" : ''}import { AppModule } from './app.module.js';

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'], abortOnError: false });
const jwt = app.get(JwtService, { strict: false });
const token = jwt.sign({ sub: 'one' }, { expiresIn: '5m' });
${
  strategy
    ? `const request = { headers: { authorization: 'Bearer ' + token } };
passport.authenticate('jwt', (error: unknown, user: { sub: string }, why: unknown) => console.log(error ?? (user ? user.sub : why)))(request, {}, () => {});
`
    : "console.log(jwt.verify(token, { algorithms: ['HS256'] }).sub);\n"
}`;

const APP = (imports: string): string => `import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { AuthModule } from './auth/auth.module.js';

@Module({ imports: [${imports}, AuthModule] })
export class AppModule {}
`;

const AUTH = (imports: string, providers = '', more = ''): string => `import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
${more}
@Module({
  imports: [
${imports}
  ],
  providers: [${providers}],
  exports: [JwtModule],
})
export class AuthModule {}
`;

const STRATEGY = (parameters: string, more = ''): string => `import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
${more}
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(${parameters}) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: 'made-up-phrase-of-nest',
      algorithms: ['HS256'],
    });
  }

  validate(payload: { sub: string }): { sub: string } {
    return payload;
  }
}
`;

const REGISTER = `    JwtModule.register({
      secret: 'made-up-phrase-of-nest',
      signOptions: { algorithm: 'HS256' },
    }),`;

const NEST_PACKAGES: readonly Package[] = [
  {
    name: 'Nest, whose ConfigModule is for all',
    uses: NEST,
    files: {
      'src/main.ts': nest(true),
      'src/app.module.ts': APP('ConfigModule.forRoot({ isGlobal: true })'),
      'src/auth/auth.module.ts': AUTH(REGISTER, 'JwtStrategy', "import { JwtStrategy } from './jwt.strategy.js';\n"),
      'src/auth/jwt.strategy.ts': STRATEGY(''),
    },
    variables: ['JWT_SECRET'],
    then: {
      'src/auth/auth.module.ts': [
        "import { ConfigService } from '@nestjs/config';\n",
        `    JwtModule.registerAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        secret: config.getOrThrow<string>('JWT_SECRET'),
        signOptions: { algorithm: 'HS256' },
      }),
    }),`,
      ],
      'src/auth/jwt.strategy.ts': ['constructor(config: ConfigService)', "secretOrKey: config.getOrThrow<string>('JWT_SECRET'),"],
    },
  },
  {
    name: 'Nest, whose ConfigModule the module of the strategy does not import',
    uses: NEST,
    files: {
      'src/main.ts': nest(true),
      'src/app.module.ts': APP('ConfigModule.forRoot()'),
      'src/auth/names.ts': "export class Names {\n  readonly all = ['one'];\n}\n",
      'src/auth/auth.module.ts': AUTH(
        REGISTER.replace("'made-up-phrase-of-nest'", 'process.env.JWT_SECRET'),
        'Names, JwtStrategy',
        "import { JwtStrategy } from './jwt.strategy.js';\nimport { Names } from './names.js';\n",
      ),
      'src/auth/jwt.strategy.ts': STRATEGY('private readonly names: Names', "import { Names } from './names.js';\n"),
    },
    settings: { JWT_SECRET: 'made-up-phrase-of-nest' },
    variables: ['JWT_SECRET'],
    then: {
      'src/auth/auth.module.ts': ["import { ConfigModule } from '@nestjs/config';\n", '    }),\n    ConfigModule,\n  ],'],
      'src/auth/jwt.strategy.ts': ['constructor(private readonly names: Names, config: ConfigService)'],
    },
  },
  {
    name: 'Nest, with a factory that nothing is injected into',
    uses: NEST,
    files: {
      'src/main.ts': nest(false),
      'src/app.module.ts': APP('ConfigModule.forRoot()'),
      'src/auth/auth.module.ts': AUTH(
        "    JwtModule.registerAsync({\n      useFactory: () => ({ secret: 'made-up-phrase-of-nest', signOptions: { algorithm: 'HS256' } }),\n    }),",
      ),
    },
    variables: ['JWT_SECRET'],
    then: {
      'src/auth/auth.module.ts': [
        "useFactory: (config: ConfigService) => ({ secret: config.getOrThrow<string>('JWT_SECRET'), signOptions",
        '    JwtModule.registerAsync({\n      imports: [ConfigModule],\n      inject: [ConfigService],\n      useFactory',
      ],
    },
  },
  {
    name: 'Nest, with a factory that something else is injected into',
    uses: NEST,
    files: {
      'src/main.ts': nest(false),
      'src/app.module.ts': APP('ConfigModule.forRoot()'),
      'src/auth/names.module.ts': `import { Module } from '@nestjs/common';

export class Names {
  readonly issuer = 'https://one.example';
}

@Module({ providers: [Names], exports: [Names] })
export class NamesModule {}
`,
      'src/auth/auth.module.ts': AUTH(
        `    JwtModule.registerAsync({
      imports: [NamesModule],
      inject: [Names],
      useFactory: async (names: Names) => ({
        secret: 'made-up-phrase-of-nest',
        signOptions: { algorithm: 'HS256', issuer: names.issuer },
      }),
    }),`,
        '',
        "import { Names, NamesModule } from './names.module.js';\n",
      ),
    },
    variables: ['JWT_SECRET'],
    then: {
      'src/auth/auth.module.ts': [
        '      imports: [NamesModule, ConfigModule],\n      inject: [Names, ConfigService],\n      useFactory: async (names: Names, config: ConfigService) => ({\n',
      ],
    },
  },
  {
    name: 'Nest, with services that are asked and a literal that stands in',
    uses: NEST,
    files: {
      'src/main.ts': nest(true),
      'src/app.module.ts': APP('ConfigModule.forRoot({ isGlobal: true })'),
      'src/auth/auth.module.ts': AUTH(
        `    JwtModule.registerAsync({
      inject: [ConfigService],
      useFactory: (settings: ConfigService) => ({
        secret: settings.get<string>('JWT_SECRET') || 'made-up-phrase-of-nest',
        signOptions: { algorithm: 'HS256' },
      }),
    }),`,
        'JwtStrategy',
        "import { ConfigService } from '@nestjs/config';\nimport { JwtStrategy } from './jwt.strategy.js';\n",
      ),
      'src/auth/jwt.strategy.ts': STRATEGY(
        'private readonly settings: ConfigService',
        "import { ConfigService } from '@nestjs/config';\n",
      ).replace("'made-up-phrase-of-nest'", "settings.get('JWT_SECRET', 'made-up-phrase-of-nest')"),
    },
    variables: ['JWT_SECRET'],
    then: {
      'src/auth/auth.module.ts': ["secret: settings.getOrThrow<string>('JWT_SECRET'),\n"],
      'src/auth/jwt.strategy.ts': ["secretOrKey: settings.getOrThrow('JWT_SECRET'),\n"],
    },
  },
  {
    name: 'Nest, with services of a type that lists the variables',
    uses: NEST,
    files: {
      'src/main.ts': nest(true),
      'src/app.module.ts': APP('ConfigModule.forRoot({ isGlobal: true })'),
      'src/config/variables.ts': 'export interface Variables {\n  PORT?: number;\n  MODE: string;\n}\n',
      'src/auth/auth.module.ts': AUTH(
        `    JwtModule.registerAsync({
      inject: [ConfigService],
      useFactory: (settings: ConfigService<Variables, true>) => ({
        secret: 'made-up-phrase-of-nest',
        signOptions: { algorithm: 'HS256' },
      }),
    }),`,
        'JwtStrategy',
        "import { ConfigService } from '@nestjs/config';\nimport type { Variables } from '../config/variables.js';\nimport { JwtStrategy } from './jwt.strategy.js';\n",
      ),
      'src/auth/jwt.strategy.ts': STRATEGY(
        'private readonly settings: ConfigService<Variables>',
        "import { ConfigService } from '@nestjs/config';\nimport type { Variables } from '../config/variables.js';\n",
      ),
    },
    variables: ['JWT_SECRET'],
    then: {
      'src/config/variables.ts': ['  MODE: string;\n  JWT_SECRET: string;\n}'],
      'src/auth/auth.module.ts': ["secret: settings.getOrThrow<string>('JWT_SECRET'),\n"],
      'src/auth/jwt.strategy.ts': ["secretOrKey: settings.getOrThrow<string>('JWT_SECRET'),\n"],
    },
  },
  {
    name: 'Nest, with a service of a type that is not known',
    uses: NEST,
    files: {
      'src/main.ts': nest(true),
      'src/app.module.ts': APP('ConfigModule.forRoot({ isGlobal: true })'),
      'src/auth/auth.module.ts': AUTH(
        REGISTER.replace("'made-up-phrase-of-nest'", 'process.env.JWT_SECRET'),
        'JwtStrategy',
        "import { JwtStrategy } from './jwt.strategy.js';\n",
      ),
      'src/auth/jwt.strategy.ts': STRATEGY(
        "private readonly settings: ConfigService<Pick<NodeJS.ProcessEnv, 'TZ'>>",
        "import { ConfigService } from '@nestjs/config';\n",
      ),
    },
    settings: { JWT_SECRET: 'made-up-phrase-of-nest' },
    variables: ['JWT_SECRET'],
    then: {
      'src/auth/jwt.strategy.ts': ["secretOrKey: requireEnv('JWT_SECRET'),\n"],
    },
  },
  {
    name: 'Nest without a ConfigModule',
    uses: NEST.filter((name) => name !== '@nestjs/config'),
    files: {
      'src/main.ts': nest(true),
      'src/app.module.ts': APP('')
        .replace(/import \{ ConfigModule.*\n/, '')
        .replace('[, ', '['),
      'src/auth/auth.module.ts': AUTH(REGISTER, 'JwtStrategy', "import { JwtStrategy } from './jwt.strategy.js';\n"),
      'src/auth/jwt.strategy.ts': STRATEGY(''),
    },
    variables: ['JWT_SECRET'],
    then: {
      'src/auth/auth.module.ts': ["        secret: requireEnv('JWT_SECRET'),\n".slice(2)],
      'src/auth/jwt.strategy.ts': ["const JWT_SECRET = requireEnv('JWT_SECRET');\n", 'secretOrKey: JWT_SECRET,\n'],
    },
  },
];

/** Declarations of packages and of the language, which stay the same from one program to the next. */
const declarations = new Map<string, ts.SourceFile | undefined>();

/** Compiles the TypeScript of a repository, and says what is wrong with it. */
function compile(repository: TemporaryRepository, paths: readonly string[]): readonly string[] {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: true,
    noImplicitAny: false,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    types: ['node'],
    typeRoots: [resolve('node_modules/@types')],
    rootDir: repository.path('src'),
    outDir: repository.path('out'),
  };
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram(
    paths.map((path) => repository.path(path)),
    options,
    {
      ...host,
      getSourceFile(name, ...rest) {
        if (!name.includes('/node_modules/')) return host.getSourceFile(name, ...rest);
        if (!declarations.has(name)) declarations.set(name, host.getSourceFile(name, ...rest));
        return declarations.get(name);
      },
    },
  );
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}

describe.each([...PACKAGES, ...NEST_PACKAGES])('$name', ({ uses, files, variables, settings = {}, then }) => {
  test('is mended in its own way, compiles, runs with its variables, and stops without them', async () => {
    const repository = new TemporaryRepository();
    const typed = Object.keys(files).filter((path) => /\.ts$/.test(path));
    const manifest = {
      dependencies: Object.fromEntries(uses.map((name) => [name, ALL[name]])),
      ...(typed.length > 0 ? { type: 'module' } : {}),
    };
    repository.stage('package.json', JSON.stringify(manifest));
    repository.stage('.gitignore', 'node_modules\nout\n');
    for (const [path, text] of Object.entries(files)) repository.stage(path, text);
    repository.commit();
    symlinkSync(resolve('node_modules'), repository.path('node_modules'));
    const main = Object.keys(files).find((path) => /(?:^|\/)main\.\w+$/.test(path))!;
    const runnable = main.replace(/^src\/(.*)\.ts$/, 'out/$1.js');
    const run = (env: Readonly<Record<string, string>>, ...args: string[]): SpawnSyncReturns<string> =>
      spawnSync(process.execPath, [...args, runnable], {
        cwd: repository.root,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], ...env },
      });
    if (typed.length > 0) expect(compile(repository, typed)).toEqual([]);
    expect(run(settings)).toMatchObject({ status: 0, stdout: 'one\n' });

    const { status, stdout } = await runProgram(repository.context, 'fix', '--yes');
    expect(status).toBe(0);
    const texts = (): Record<string, string> =>
      Object.fromEntries(Object.keys(files).map((path) => [path, readFileSync(repository.path(path), 'utf8')]));
    const mended = texts();
    for (const [path, parts] of Object.entries(then)) for (const part of parts) expect(mended[path], stdout).toContain(part);
    for (const [path, text] of Object.entries(mended)) if (!(path in then)) expect(text).toBe(files[path]);
    const env = readFileSync(repository.path('.env'), 'utf8');
    expect(
      env
        .split('\n')
        .flatMap((line) => /^\w+/.exec(line)?.[0] ?? [])
        .sort(),
    ).toEqual([...variables].sort());

    if (typed.length > 0) expect(compile(repository, typed)).toEqual([]);
    expect(run({}, '--env-file=.env')).toMatchObject({ status: 0, stdout: 'one\n' });
    // Nest would load it.
    renameSync(repository.path('.env'), repository.path('.env.away'));
    for (const name of variables) {
      const others = Object.fromEntries(variables.filter((each) => each !== name).map((each) => [each, 'x'.repeat(64)]));
      // getOrThrow of Nest lets an empty value pass; the libraries refuse it.
      for (const missing of [others, ...(uses.includes('@nestjs/config') ? [] : [{ ...others, [name]: '' }])]) {
        const without = run(missing);
        expect(without.status).not.toBe(0);
        expect(without.stdout + without.stderr).toContain(name);
        expect(without.stdout).not.toContain('one\n');
      }
    }
    renameSync(repository.path('.env.away'), repository.path('.env'));

    const scan = await runProgram(repository.context, '-f', 'json');
    const { findings } = JSON.parse(scan.stdout) as { findings: { ruleId: string; level: string }[] };
    expect(findings.filter(({ level }) => level === 'error')).toEqual([]);
    const again = await runProgram(repository.context, 'fix', '--yes', '--allow-dirty');
    expect(again.stdout).toBe('Nothing to mend.\n');
    expect([texts(), readFileSync(repository.path('.env'), 'utf8')]).toEqual([mended, env]);
  });
});
