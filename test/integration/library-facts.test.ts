/**
 * The table of facts against the libraries themselves: a wrong fact fails, and so does a fact that no probe asks about.
 * Current versions are devDependencies; older ones are installed, pinned and without scripts, into a temporary directory.
 */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DECORATED, LIBRARIES, type Library } from '../../rules/facts/libraries.js';
import { express, FURTHER, jsonwebtoken, koa, promised } from './further-library-probes.js';
import { declared, install, load, resolves, there, uninstall, type Any, type World } from './installed-libraries.js';
import {
  check,
  ENCRYPTED_PEM,
  hmacToken,
  KEY,
  OTHER,
  PAYLOAD,
  PRIVATE_PEM,
  PUBLIC_JWK,
  PUBLIC_PEM,
  type Accepts,
  type Makes,
  type Probe,
} from './probe.js';

beforeAll(install, 600_000);
afterAll(uninstall, 300_000);

function passport(name: string, subclass: boolean): Probe {
  return {
    args: () => [{ jwtFromRequest: (request: Any) => request.token }],
    accepts: async (args, token) => {
      const { Strategy } = (await load(name)).default;
      class Own extends Strategy {
        constructor(options: unknown, verify: unknown) {
          super(options, verify);
        }
      }
      const verify = (payload: unknown, done: Any): void => done(null, payload);
      const strategy = subclass ? new Own(args[0], verify) : new Strategy(args[0], verify);
      await promised((done) => {
        strategy.success = (): void => done(null);
        strategy.fail = strategy.error = (error: unknown): void => done(error ?? new Error('failed'));
        strategy.authenticate({ token });
      });
    },
  };
}

/** Kept apart from `jose`: the header is set in a chain before the key is given. */
function jose(name: string): World {
  const signer = (make: (jose: Any) => Any): Probe => ({
    makes: async (args) => {
      const made = await make(await load(name))
        .setProtectedHeader({ alg: 'HS256' })
        .sign(...args);
      return typeof made === 'string' ? made : `${made.protected}.${made.payload}.${made.signature}`;
    },
  });
  const bytes = new TextEncoder().encode(JSON.stringify(PAYLOAD));
  const parts = (token: string): Any => {
    const [header, payload, signature] = token.split('.');
    return { protected: header, payload, signature };
  };
  const encrypted = async (key: string): Promise<string> => {
    const { EncryptJWT } = await load(name === 'jose' ? 'jose-4' : 'jose');
    return new EncryptJWT(PAYLOAD).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(Buffer.from(key));
  };
  const encryptedParts = (token: string): Any => {
    const [header, encrypted_key, iv, ciphertext, tag] = token.split('.');
    return { protected: header, encrypted_key, iv, ciphertext, tag };
  };
  const decrypter = (call: string, form: (token: string) => unknown): Probe => ({
    args: (token) => [form(token)],
    token: encrypted,
    accepts: async (args) => (await load(name))[call](...args),
  });
  const verifier = (call: string, form: (token: string) => unknown): Probe => ({
    args: (token) => [form(token), undefined, {}],
    accepts: async (args) => (await load(name))[call](...args),
  });
  return {
    installed: name,
    probes: {
      'method SignJWT.sign': signer((each) => new each.SignJWT(PAYLOAD)),
      'method CompactSign.sign': signer((each) => new each.CompactSign(bytes)),
      'method FlattenedSign.sign': signer((each) => new each.FlattenedSign(bytes)),
      'method GeneralSign.addSignature': {
        makes: async (args) => {
          const { GeneralSign } = await load(name);
          const made = await new GeneralSign(bytes)
            .addSignature(...args)
            .setProtectedHeader({ alg: 'HS256' })
            .sign();
          return `${made.signatures[0].protected}.${made.payload}.${made.signatures[0].signature}`;
        },
      },
      'method EncryptJWT.encrypt': {
        makes: async (args) => {
          const { EncryptJWT } = await load(name);
          return new EncryptJWT(PAYLOAD).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(...args);
        },
        // Opened by the other major version, which shares no code with this one.
        opens: async (made, key) => opensWith(name === 'jose' ? 'jose-4' : 'jose', made, key),
      },
      'call jwtVerify': verifier('jwtVerify', (token) => token),
      'call compactVerify': verifier('compactVerify', (token) => token),
      'call flattenedVerify': verifier('flattenedVerify', parts),
      'call generalVerify': verifier('generalVerify', (token) => {
        const { payload, ...signature } = parts(token);
        return { payload, signatures: [signature] };
      }),
      'call jwtDecrypt': decrypter('jwtDecrypt', (token) => token),
      'call compactDecrypt': decrypter('compactDecrypt', (token) => token),
      'call flattenedDecrypt': decrypter('flattenedDecrypt', (token) => {
        const { encrypted_key: _none, ...rest } = encryptedParts(token);
        return rest;
      }),
      'call generalDecrypt': decrypter('generalDecrypt', (token) => {
        const { encrypted_key: _none, ...rest } = encryptedParts(token);
        return { ...rest, recipients: [{}] };
      }),
      'call createLocalJWKSet': {
        key: (text) => Buffer.from(text).toString('base64url'),
        accepts: async (args, token) => {
          const { createLocalJWKSet, jwtDecrypt } = await load(name);
          const keys = (args[0] as Any).keys.map((each: object) => ({ kty: 'oct', ...each }));
          await jwtDecrypt(token, createLocalJWKSet({ keys }));
        },
        token: encrypted,
      },
      'call importJWK': {
        args: () => [{ kty: 'oct' }, 'HS256'],
        key: (text) => Buffer.from(text).toString('base64url'),
        makes: async (args) => {
          const { importJWK, SignJWT } = await load(name);
          return new SignJWT(PAYLOAD).setProtectedHeader({ alg: 'HS256' }).sign(await importJWK(...args));
        },
      },
      'method UnsecuredJWT.encode': { unsigned: async () => new (await load(name)).UnsecuredJWT(PAYLOAD).encode() },
      'call UnsecuredJWT.decode': {
        decodes: async () => {
          const { UnsecuredJWT } = await load(name);
          return UnsecuredJWT.decode(new UnsecuredJWT(PAYLOAD).encode());
        },
      },
      'call decodeProtectedHeader': { decodes: async (token) => (await load(name)).decodeProtectedHeader(token) },
      'call decodeJwt': { decodes: async (token) => (await load(name)).decodeJwt(token) },
    },
  };
}

async function opensWith(name: string, made: string, key: string): Promise<boolean> {
  const { jwtDecrypt } = await load(name);
  return jwtDecrypt(made, Buffer.from(key)).then(
    () => true,
    () => false,
  );
}

function hono(name: string): World {
  const module = `${name}/jwt`;
  return {
    installed: name,
    probes: {
      'call jwt': {
        single: true,
        accepts: async (args, token) => {
          const [{ Hono }, { jwt }] = await Promise.all([load(name), load(module)]);
          const app = new Hono().use('*', jwt(...args)).get('/', (context: Any) => context.text('in'));
          app.onError((error: Error, context: Any) => context.text(error.message, 500));
          const response = await app.request('/', { headers: { authorization: `Bearer ${token}` } });
          if (response.status !== 200) throw new Error(await response.text());
        },
      },
      'call sign': { args: () => [PAYLOAD], makes: async (args) => (await load(module)).sign(...args) },
      'call verify': { args: (token) => [token], single: true, accepts: async (args) => (await load(module)).verify(...args) },
      'call jwk': {
        pair: true,
        key: () => [PUBLIC_JWK],
        accepts: async (args, token) => {
          const [{ Hono }, { jwk }] = await Promise.all([load(name), load(`${name}/jwk`)]);
          const app = new Hono().use('*', jwk(...args)).get('/', (context: Any) => context.text('in'));
          app.onError((error: Error, context: Any) => context.text(error.message, 500));
          const response = await app.request('/', { headers: { authorization: `Bearer ${token}` } });
          if (response.status !== 200) throw new Error(await response.text());
        },
      },
      'call verifyWithJwks': {
        pair: true,
        key: () => [PUBLIC_JWK],
        args: (token) => [token],
        accepts: async (args) => (await load(module)).verifyWithJwks(...args),
      },
      'call decodeHeader': {
        decodes: async (token) =>
          (await load(`${name}/utils/jwt`)).Jwt.decodeHeader?.(token) ?? JSON.stringify((await load(module)).decode(token)),
      },
      'call decode': { decodes: async (token) => (await load(module)).decode(token) },
      'call setSignedCookie': {
        makes: async (args) =>
          signedCookie(name, async (context, { setSignedCookie }) => {
            await setSignedCookie(context, 'probe', 'value', args[3]);
          }),
        opens: opensCookie,
      },
      'call generateSignedCookie': {
        args: () => ['probe', 'value'],
        makes: async (args) => (await load(`${name}/cookie`)).generateSignedCookie(...args),
        opens: opensCookie,
      },
      'call getSignedCookie': {
        token: (key) => `value.${createHmac('sha256', key).update('value').digest('base64')}`,
        accepts: async (args, token) => {
          const { getSignedCookie } = await load(`${name}/cookie`);
          const { Hono } = await load(name);
          const app = new Hono().get('/', async (context: Any) => context.text(String(await getSignedCookie(context, args[1], 'probe'))));
          const response = await app.request('/', { headers: { cookie: `probe=${encodeURIComponent(token)}` } });
          if ((await response.text()) !== 'value') throw new Error('refused');
        },
      },
    },
  };
}

/** The cookie that a handler of hono sets. */
async function signedCookie(name: string, handle: (context: Any, cookie: Any) => Promise<void>): Promise<string> {
  const [{ Hono }, cookie] = await Promise.all([load(name), load(`${name}/cookie`)]);
  const app = new Hono().get('/', async (context: Any) => {
    await handle(context, cookie);
    return context.text('in');
  });
  return (await app.request('/')).headers.get('set-cookie');
}

/** True when `probe=value.signature` was signed with this key. */
function opensCookie(made: string, key: string): boolean {
  const [, value] = /^probe=([^;]+)/.exec(made)!;
  const [text, signature] = decodeURIComponent(value!).split(/\.(.*)/);
  return createHmac('sha256', key).update(text!).digest('base64') === signature;
}

/** A service with the options that something gives it. */
function configured(options: (args: readonly unknown[]) => Promise<unknown>): Probe {
  const service = async (args: readonly unknown[]): Promise<Any> => new (await load('@nestjs/jwt')).JwtService(await options(args));
  return {
    makes: async (args) => (await service(args)).signAsync({ sub: 'probe' }),
    verifies: async (args, token) => (await service(args)).verifyAsync(token),
  };
}

/** What a dynamic module gives to its service, as Nest would ask for it. */
async function providedOptions(module: Any): Promise<unknown> {
  const provider = module.providers[0];
  if ('useValue' in provider) return provider.useValue;
  const given = (provider.inject ?? []).map((each: Any) => new each());
  return provider.useFactory(...given);
}

const nest: World = {
  installed: '@nestjs/jwt',
  probes: {
    'call JwtModule.register': configured(async (args) => providedOptions((await load('@nestjs/jwt')).JwtModule.register(...args))),
    'call JwtModule.registerAsync': configured(async (args) =>
      providedOptions((await load('@nestjs/jwt')).JwtModule.registerAsync(...args)),
    ),
    'typed JwtModuleOptions': {
      declares: {
        text: readFileSync('node_modules/@nestjs/jwt/dist/interfaces/jwt-module-options.interface.d.ts', 'utf8'),
        name: 'JwtModuleOptions',
      },
    },
    'factory JwtOptionsFactory': configured(async (args) => {
      const create = args[0] as () => unknown;
      class Options {
        createJwtOptions(): unknown {
          return create();
        }
      }
      return providedOptions((await load('@nestjs/jwt')).JwtModule.registerAsync({ useClass: Options }));
    }),
    'new JwtService': configured((args) => Promise.resolve(args[0])),
    'method JwtService.sign': {
      args: () => [PAYLOAD],
      makes: async (args) => new (await load('@nestjs/jwt')).JwtService().sign(...args),
    },
    'method JwtService.signAsync': {
      args: () => [PAYLOAD],
      makes: async (args) => new (await load('@nestjs/jwt')).JwtService().signAsync(...args),
    },
    'method JwtService.verify': {
      args: (token) => [token],
      accepts: async (args) => new (await load('@nestjs/jwt')).JwtService().verify(...args),
    },
    'method JwtService.verifyAsync': {
      args: (token) => [token],
      accepts: async (args) => new (await load('@nestjs/jwt')).JwtService().verifyAsync(...args),
    },
    'method JwtService.decode': { decodes: async (token) => new (await load('@nestjs/jwt')).JwtService().decode(token) },
  },
};

type Args = readonly unknown[];

/** An application with the plugin; `run` is the one route's handler. */
async function fastify(options: unknown, run: (app: Any, request: Any, reply: Any) => unknown, token?: string): Promise<string> {
  const [{ default: create }, { default: plugin }] = await Promise.all([load('fastify'), load('@fastify/jwt')]);
  const app = create();
  try {
    app.register(plugin, options);
    app.get('/', async (request: Any, reply: Any) => ({ made: (await run(app, request, reply)) ?? '' }));
    const response = await app.inject({ url: '/', headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
    const body = response.json();
    if (response.statusCode !== 200) throw new Error(body.message);
    return body.made;
  } finally {
    await app.close();
  }
}

const fastifyKey: NonNullable<Makes['key']> = (text, position) =>
  position.includes('private') ? PRIVATE_PEM : position.at(-1) === 'key' && position.includes('secret') ? ENCRYPTED_PEM : text;

/** The plugin signs and verifies: its key and signing algorithm, then its verification. */
const fastifySigns: Probe = {
  promises: true,
  key: fastifyKey,
  makes: (args) => {
    const { secret, ...rest } = args[1] as Any;
    // Beside a private key stand its public half, or its passphrase.
    const whole =
      secret?.private !== undefined
        ? { private: secret.private, public: PUBLIC_PEM }
        : secret?.key !== undefined
          ? { private: { key: secret.key, passphrase: 'probe' }, public: PUBLIC_PEM }
          : secret;
    return fastify({ ...rest, secret: whole, ...(whole === secret ? {} : { sign: { algorithm: 'RS256' } }) }, (app) =>
      app.jwt.sign({ sub: 'probe' }),
    );
  },
  verifies: (args, token) => fastify(args[1], (_app, request) => request.jwtVerify(), token),
};

/** Calls on the application, the request and the reply, where another key was registered. */
const fastifyDecorated: Readonly<Record<string, Probe>> = {
  ...Object.fromEntries(
    (['jwt', 'jwt.*'] as const).flatMap((path) => {
      const options = path === 'jwt' ? { secret: OTHER } : { secret: OTHER, namespace: 'probe' };
      const jwt = (app: Any): Any => (path === 'jwt' ? app.jwt : app.jwt.probe);
      return [
        [
          `decorated ${path}.sign`,
          { args: () => [{ sub: 'probe' }], makes: (args: Args) => fastify(options, (app) => jwt(app).sign(...args)) },
        ],
        [
          `decorated ${path}.verify`,
          { args: (token: string) => [token], accepts: (args: Args) => fastify(options, (app) => jwt(app).verify(...args)) },
        ],
      ];
    }),
  ),
  'decorated jwt.decode': { decodes: (token) => fastify({ secret: OTHER }, (app) => app.jwt.decode(token)) },
  'decorated jwtSign': {
    args: () => [{ sub: 'probe' }],
    makes: (args) => fastify({ secret: OTHER }, (_app, _request, reply) => reply.jwtSign(...args)),
  },
  'decorated jwtVerify': { accepts: (args, token) => fastify({ secret: OTHER }, (_app, request) => request.jwtVerify(...args), token) },
  'decorated jwtDecode': { decodes: (token) => fastify({ secret: OTHER }, (_app, request) => request.jwtDecode(), token) },
};

const fastifyVerifies: Accepts = {
  promises: true,
  accepts: (args, token) => {
    const options = args[1] as Any;
    // The plugin signs as well, so that a public key stands beside its private half.
    const pair = options.secret === PUBLIC_PEM ? { secret: { private: PRIVATE_PEM, public: PUBLIC_PEM } } : {};
    return fastify({ ...options, ...pair }, (_app, request) => request.jwtVerify(), token);
  },
};

const nextSession = async (key: string): Promise<string> =>
  (await load('next-auth/jwt')).encode({ token: { name: 'probe', sub: 'probe' }, secret: key });

/** The session that the handler of next-auth reads from its cookie. */
function nextHandler(call: (NextAuth: Any, args: readonly unknown[], request: Any, response: Any) => unknown): Probe {
  return {
    token: nextSession,
    args: () => [{ providers: [], session: { strategy: 'jwt' } }, undefined, { providers: [], session: { strategy: 'jwt' } }],
    accepts: async (args, token) => {
      const { default: NextAuth } = there('next-auth') as Any;
      const request = {
        method: 'GET',
        headers: { host: 'localhost' },
        query: { nextauth: ['session'] },
        cookies: { 'next-auth.session-token': token },
      };
      let body: Any;
      const response: Any = {
        status: () => response,
        setHeader: () => response,
        getHeader: () => [],
        end: () => undefined,
        send: (sent: unknown) => (body = sent),
        json: (sent: unknown) => (body = sent),
      };
      const quiet = { logger: { error: () => undefined, warn: () => undefined, debug: () => undefined } };
      await call(
        NextAuth,
        args.map((each) => ({ ...(each as object), ...quiet })),
        request,
        response,
      );
      if (body?.user?.name !== 'probe') throw new Error('no session');
    },
  };
}

/** `NextAuth(options)` gives a handler, `NextAuth(request, response, options)` is one. */
const nextAuth = nextHandler((NextAuth, args, request, response) =>
  (args[2] as Any).secret === undefined ? NextAuth(args[0])(request, response) : NextAuth(request, response, args[2]),
);

const next4: World = {
  installed: 'next-auth',
  probes: {
    'call ': nextAuth,
    'typed NextAuthOptions': declared('next-auth/core/types.d.ts', 'AuthOptions'),
    'typed AuthOptions': declared('next-auth/core/types.d.ts', 'AuthOptions'),
    'call getToken': {
      token: nextSession,
      accepts: async (args, token) => {
        const options = args[0] as object;
        const request = { headers: {}, cookies: { 'next-auth.session-token': token } };
        if (!(await (await load('next-auth/jwt')).getToken({ req: request, ...options }))) throw new Error('no token');
      },
    },
    'call encode': {
      args: () => [{ token: { sub: 'probe' } }],
      makes: async (args) => (await load('next-auth/jwt')).encode(...args),
      opens: async (made, key) =>
        (await load('next-auth/jwt')).decode({ token: made, secret: key }).then(
          () => true,
          () => false,
        ),
    },
    'call decode': {
      token: nextSession,
      args: (token) => [{ token }],
      accepts: async (args) => (await load('next-auth/jwt')).decode(...args),
    },
    'call withAuth': {
      token: nextSession,
      // `withAuth(options)`, or `withAuth(middleware, options)`.
      accepts: async (args, token) => {
        const { withAuth } = await load('next-auth/middleware');
        const request = {
          headers: {},
          cookies: { 'next-auth.session-token': token },
          nextUrl: { pathname: '/in', search: '', origin: 'http://localhost', basePath: '' },
        };
        const options = args.length > 1 ? [(): undefined => undefined, args[1]] : [args[0]];
        await withAuth(...options)(request);
      },
    },
  },
};

const session: Probe = {
  args: () => [{ resave: false, saveUninitialized: true }],
  makes: async (args) => {
    const { default: create } = await load('express-session');
    const middleware = create(...args);
    const server = createServer((request, response) => middleware(request, response, () => response.end('in')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const response = await fetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`);
      return decodeURIComponent(/connect\.sid=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')![1]!);
    } finally {
      server.close();
    }
  },
  opens: (made, key) => {
    const [id, signature] = made.slice(2).split(/\.(.*)/);
    return createHmac('sha256', key).update(id!).digest('base64').replace(/=+$/, '') === signature;
  },
};

/** By package and range, as the table writes them. */
const WORLDS: Readonly<Record<string, readonly World[]>> = {
  'jsonwebtoken >=9.0.0': [jsonwebtoken('jsonwebtoken')],
  'jsonwebtoken <9.0.0': [jsonwebtoken('jsonwebtoken-8')],
  'jose >=3.0.0': [jose('jose'), jose('jose-4')],
  'jose <3.0.0': [
    {
      installed: 'jose-2',
      probes: {
        'call JWT.sign': { args: () => [{ sub: 'probe' }], makes: async (args) => (await load('jose-2')).default.JWT.sign(...args) },
        'call JWT.verify': { args: (token) => [token], accepts: async (args) => (await load('jose-2')).default.JWT.verify(...args) },
        'call JWT.decode': { decodes: async (token) => (await load('jose-2')).default.JWT.decode(token) },
        'call JWK.asKey': {
          makes: async (args) => {
            const { JWK, JWT } = (await load('jose-2')).default;
            return JWT.sign(PAYLOAD, JWK.asKey(...args));
          },
          args: () => [{ kty: 'oct' }],
          key: (text, position) => (position.length > 1 ? Buffer.from(text).toString('base64url') : text),
        },
        'call JWS.sign': { args: () => [PAYLOAD], makes: async (args) => (await load('jose-2')).default.JWS.sign(...args) },
        'call JWS.verify': { args: (token) => [token], accepts: async (args) => (await load('jose-2')).default.JWS.verify(...args) },
        'call JWE.encrypt': {
          args: () => ['probe', undefined, { alg: 'dir', enc: 'A256GCM' }],
          makes: async (args) => (await load('jose-2')).default.JWE.encrypt(...args),
          opens: async (made, key) => {
            const { JWE } = (await load('jose-2')).default;
            try {
              return JWE.decrypt(made, key).toString() === 'probe';
            } catch {
              return false;
            }
          },
        },
        'call JWE.decrypt': {
          token: async (key) => (await load('jose-2')).default.JWE.encrypt('probe', key, { alg: 'dir', enc: 'A256GCM' }),
          args: (token) => [token],
          accepts: async (args) => (await load('jose-2')).default.JWE.decrypt(...args),
        },
      },
    },
  ],
  'express-jwt >=7.0.0': [
    {
      installed: 'express-jwt',
      probes: { 'call expressjwt': express(async () => (await load('express-jwt')).expressjwt) },
    },
  ],
  'express-jwt >=6.0.0 <7.0.0': [
    { installed: 'express-jwt-6', probes: { 'call ': express(async () => (await load('express-jwt-6')).default) } },
  ],
  'express-jwt <6.0.0': [{ installed: 'express-jwt-5', probes: { 'call ': express(async () => (await load('express-jwt-5')).default) } }],
  'koa-jwt >=4.0.0': [{ installed: 'koa-jwt', probes: { 'call ': koa('koa-jwt') } }],
  'koa-jwt >=2.0.0 <4.0.0': [{ installed: 'koa-jwt-3', probes: { 'call ': koa('koa-jwt-3') } }],
  'koa-jwt <2.0.0': [
    {
      installed: 'koa-jwt-1',
      probes: {
        'call ': {
          accepts: async (args, token) => {
            const context = {
              state: {},
              header: { authorization: `Bearer ${token}` },
              cookies: { get: () => undefined },
              throw: (_status: number, text: string): never => {
                throw new Error(text);
              },
            };
            const co = there('co') as Any;
            await co.call(context, (there('koa-jwt-1') as Any)(...args).call(context, Promise.resolve()));
          },
        },
        'call sign': { args: () => [PAYLOAD, undefined, {}], makes: (args) => (there('koa-jwt-1') as Any).sign(...args) },
        'call verify': {
          args: (token) => [token, undefined, {}],
          accepts: (args) => promised((done) => (there('koa-jwt-1') as Any).verify(...args, done)),
        },
        'call decode': { decodes: (token) => (there('koa-jwt-1') as Any).decode(token) },
      },
    },
  ],
  'passport-jwt >=4.0.0': [
    {
      installed: 'passport-jwt',
      probes: { 'new Strategy': passport('passport-jwt', false), 'super Strategy': passport('passport-jwt', true) },
    },
  ],
  'passport-jwt <4.0.0': [
    {
      installed: 'passport-jwt-3',
      probes: { 'new Strategy': passport('passport-jwt-3', false), 'super Strategy': passport('passport-jwt-3', true) },
    },
  ],
  '@nestjs/jwt': [nest],
  '@fastify/jwt': [{ installed: '@fastify/jwt', probes: { 'register ': fastifySigns, ...fastifyDecorated } }],
  'hono >=4.11.4': [hono('hono')],
  'hono <4.11.4': [hono('hono-4.11.3')],
  'fast-jwt': [
    {
      installed: 'fast-jwt',
      probes: {
        'call createSigner': {
          promises: true,
          key: (text, position) => (position.length > 2 && position.at(-1) === 'key' ? ENCRYPTED_PEM : text),
          makes: async (args) => {
            const options = args[0] as Any;
            const isPem = typeof options.key === 'object' && 'key' in options.key;
            const whole = isPem ? { ...options, algorithm: 'RS256', key: { ...options.key, passphrase: 'probe' } } : options;
            return (await load('fast-jwt')).createSigner(whole)({ sub: 'probe' });
          },
        },
        'call createVerifier': { promises: true, accepts: async (args, token) => (await load('fast-jwt')).createVerifier(...args)(token) },
        'method createDecoder.()': { decodes: async (token) => (await load('fast-jwt')).createDecoder()(token) },
        'call createDecoder': { decodes: async (token) => (await load('fast-jwt')).createDecoder()(token) },
      },
    },
  ],
  'jwt-simple': [
    {
      installed: 'jwt-simple',
      probes: {
        'call encode': { args: () => [PAYLOAD], makes: async (args) => (await load('jwt-simple')).default.encode(...args) },
        'call decode': {
          args: (token) => [token, undefined, false],
          single: true,
          accepts: async (args) => (await load('jwt-simple')).default.decode(...args),
        },
      },
    },
  ],
  'next-auth': [
    next4,
    { installed: 'next-auth-5', probes: { 'typed NextAuthConfig': declared('next-auth-5/lib/index.d.ts', 'NextAuthConfig') } },
  ],
  'express-session': [{ installed: 'express-session', probes: { 'call ': session } }],
  ...FURTHER,
};

const nameOf = (library: Library): string =>
  [library.package, library.from && `>=${library.from}`, library.below && `<${library.below}`].filter(Boolean).join(' ');

describe.each(LIBRARIES.map((library) => [nameOf(library), library] as const))('%s', (name, library) => {
  const worlds = WORLDS[name] ?? [];
  const rows = [
    ...library.apis.map((api) => [`${api.form} ${api.name}`, api] as const),
    ...DECORATED.filter((each) => each.package === library.package).map((each) => [`decorated ${each.path}`, each.api] as const),
  ];
  test('has a probe for every fact', () => {
    const asked = new Set(worlds.flatMap((world) => Object.keys(world.probes)));
    expect(rows.map(([title]) => title).filter((each) => !asked.has(each))).toEqual([]);
  });
  for (const world of worlds) {
    test.each(
      rows.flatMap(([title, api]) => {
        const probe = world.probes[title];
        return probe ? [[title, api, probe] as const] : [];
      }),
    )(`${world.installed}: %s`, async (_name, api, probe) => {
      await check(api, probe);
    });
  }
});

describe('@fastify/jwt', () => {
  test('verifies as its row says', async () => {
    const row = LIBRARIES.find((each) => each.package === '@fastify/jwt')!.apis[0]!;
    // Positions of private keys belong to signing.
    const key = row.key!.filter((position) => !position.includes('private') && position.at(-1) !== 'key');
    await check({ ...row, key }, fastifyVerifies);
  });
});

describe('how verifications tell their outcome', () => {
  const of = (name: string, path: (module: Any) => Any) => async (): Promise<(...args: readonly unknown[]) => unknown> => {
    const module = await load(name);
    return path(module.default ?? module);
  };
  const named = (name: string, call: string) => async (): Promise<(...args: readonly unknown[]) => unknown> => (await load(name))[call];
  const nest = async (): Promise<(...args: readonly unknown[]) => unknown> => {
    const service = new (await load('@nestjs/jwt')).JwtService({ secret: KEY });
    return (...args) => service.verifyAsync(...args);
  };
  const bare: Readonly<Record<string, () => Promise<(...args: readonly unknown[]) => unknown>>> = {
    'jsonwebtoken >=9.0.0 verify': of('jsonwebtoken', (jwt) => jwt.verify),
    'jsonwebtoken <9.0.0 verify': of('jsonwebtoken-8', (jwt) => jwt.verify),
    'jsonwebtoken-esm >=2.0.0 verify': of('jsonwebtoken', (jwt) => jwt.verify),
    'jsonwebtoken-esm <2.0.0 verify': named('jsonwebtoken-esm', 'verify'),
    'jwt-promisify verify': of('jwt-promisify', (jwt) => jwt.verify),
    ...Object.fromEntries(
      ['jwtVerify', 'compactVerify', 'flattenedVerify', 'generalVerify'].map((call) => [`jose >=3.0.0 ${call}`, named('jose', call)]),
    ),
    'koa-jwt <2.0.0 verify': () => Promise.resolve((there('koa-jwt-1') as Any).verify),
    '@nestjs/jwt JwtService.verifyAsync': nest,
    'hono >=4.11.4 verify': named('hono/jwt', 'verify'),
    'hono >=4.11.4 verifyWithJwks': named('hono/jwt', 'verifyWithJwks'),
    'hono <4.11.4 verify': named('hono-4.11.3/jwt', 'verify'),
    'hono <4.11.4 verifyWithJwks': named('hono-4.11.3/jwt', 'verifyWithJwks'),
    'njwt verify': of('njwt', (njwt) => njwt.verify),
    'json-web-token <4.0.0 decode': () => Promise.resolve(keyFirst((there('json-web-token-3') as Any).decode)),
    '@tsndr/cloudflare-worker-jwt verify': named('@tsndr/cloudflare-worker-jwt', 'verify'),
    '@cfworker/jwt parseJwt': named('@cfworker/jwt', 'parseJwt'),
    '@clerk/backend verifyToken': named('@clerk/backend', 'verifyToken'),
    'oslo validateJWT': named('oslo/jwt', 'validateJWT'),
    ...Object.fromEntries(['jwtVerify', 'verifyJwt', 'verify'].map((call) => [`jwt-js-decode ${call}`, named('jwt-js-decode', call)])),
    '@midwayjs/jwt JwtService.verify': () => {
      const service = new (there('@midwayjs/jwt') as Any).JwtService();
      service.jwtConfig = { secret: KEY };
      return Promise.resolve((...args) => service.verify(...args));
    },
  };
  function keyFirst(decode: Any): (...args: readonly unknown[]) => unknown {
    return (token, key, ...rest) => decode(key, token, ...rest);
  }
  const rows = LIBRARIES.flatMap((library) =>
    library.apis.flatMap((api) => (api.settles ? [[`${nameOf(library)} ${api.name}`, api.settles] as const] : [])),
  );

  test.each(rows)('%s: as a %s', async (name, settles) => {
    expect(Object.keys(bare)).toContain(name);
    const verify = await bare[name]!();
    if (settles === 'promise') {
      const answer = verify(hmacToken(OTHER), KEY) as Promise<unknown>;
      expect(typeof answer.then).toBe('function');
      await answer.catch(() => undefined);
    } else {
      const error = await new Promise((resolve) => {
        verify(hmacToken(OTHER), KEY, (problem: unknown) => {
          resolve(problem);
        });
      });
      expect(error).toBeTruthy();
    }
  });

  test('on the request of @fastify/jwt and in a service of Feathers: as a promise', async () => {
    expect(DECORATED.flatMap(({ path, api }) => (api.settles === 'promise' ? [path] : [])).sort()).toEqual([
      'jwtVerify',
      'jwtVerify',
      'verifyAccessToken',
    ]);
    let answer: unknown;
    await fastify({ secret: KEY }, (_app, request) => (answer = request.jwtVerify()).catch(() => undefined), hmacToken(OTHER));
    expect(answer).toBeInstanceOf(Promise);
    expect(
      ((await load('@feathersjs/authentication')).AuthenticationBase.prototype as Any).verifyAccessToken
        .call({}, '')
        .catch(() => undefined),
    ).toBeInstanceOf(Promise);
  });
});

describe('where middlewares take their tokens from', () => {
  const options = { secret: KEY, algorithms: ['HS256'], getToken: ({ query }: Any): unknown => query.token };
  const request = (): Any => ({
    method: 'GET',
    headers: {},
    header: {},
    cookies: { get: () => undefined },
    get: () => '',
    state: {},
    query: { token: hmacToken(KEY) },
  });
  test.each(['express-jwt', 'restify-jwt-community'])('%s: `getToken`', async (name) => {
    const module = await load(name);
    const middleware = (module.expressjwt ?? module.default)(options);
    await promised((done) => middleware(request(), {}, done));
  });
  test.each(['koa-jwt', 'koa-jwt2'])('%s: `getToken`', async (name) => {
    let passed = false;
    await (await load(name)).default(options)(request(), () => Promise.resolve((passed = true)));
    expect(passed).toBe(true);
  });
  test('hapi-auth-jwt2: `urlKey`', async () => {
    const asked = async (urlKey: unknown): Promise<number> => {
      const server = (there('@hapi/hapi') as Any).server();
      await server.register(there('hapi-auth-jwt2'));
      server.auth.strategy('probe', 'jwt', {
        key: KEY,
        urlKey,
        validate: () => ({ isValid: true }),
        verifyOptions: { algorithms: ['HS256'] },
      });
      server.route({ method: 'GET', path: '/', options: { auth: 'probe' }, handler: () => 'in' });
      return (await server.inject(`/?access=${hmacToken(KEY)}`)).statusCode;
    };
    expect(await asked('access')).toBe(200);
    expect(await asked(false)).toBe(401);
  });
});

describe('arguments that may be left out', () => {
  test('node-webtokens: the second algorithm of an encryption', () => {
    const tokens = there('node-webtokens') as Any;
    const key = Buffer.from(KEY).toString('base64url');
    const made = tokens.generate('dir', 'A128CBC-HS256', PAYLOAD, key) as string;
    expect(made.split('.')).toHaveLength(5);
    expect(tokens.parse(made).verify(key).valid).toBe(true);
  });

  test('hapi 16: the mode of a strategy', async () => {
    const server = new (there('hapi-16') as Any).Server();
    server.connection();
    await promised((done) => server.register(there('hapi-auth-jwt2-7'), done));
    server.auth.strategy('probe', 'jwt', true, {
      key: KEY,
      validateFunc: (_decoded: unknown, _request: unknown, done: Any): void => done(null, true),
      verifyOptions: { algorithms: ['HS256'] },
    });
    server.route({ method: 'GET', path: '/', handler: (_request: unknown, reply: Any) => reply('in') });
    const asked = async (key: string): Promise<number> =>
      (await server.inject({ url: '/', headers: { authorization: hmacToken(key) } })).statusCode;
    expect([await asked(KEY), await asked(OTHER)]).toEqual([200, 401]);
  });
});

/** By downloads, as the catalogue's authors counted them. */
const MOST_USED = [
  ...[
    'jws',
    'jwa',
    'jose',
    'google-auth-library',
    'jsonwebtoken',
    'react-router',
    'hono',
    '@supabase/supabase-js',
    'jwt-decode',
    'jwks-rsa',
  ],
  ...['cookie-parser', 'universal-github-app-jwt', 'h3', 'express-session', 'next-auth', '@nestjs/passport', '@nestjs/jwt'],
  ...['passport-jwt', '@auth/core', '@clerk/backend'],
];

describe('the twenty most used', () => {
  test('are rows of the table, or have a test of their own', () => {
    const asked = new Set([
      ...Object.keys(WORLDS).map((name) => name.split(' ', 1)[0]!),
      '@nestjs/passport',
      'jwks-rsa',
      '@supabase/supabase-js',
    ]);
    expect(MOST_USED).toHaveLength(20);
    expect(MOST_USED.filter((name) => !asked.has(name))).toEqual([]);
  });

  test('jose: a chained setExpirationTime counts from 1970', async () => {
    const row = LIBRARIES.find((each) => each.package === 'jose')!.apis.find(({ name }) => name === 'SignJWT.sign')!;
    expect(row.expiry).toEqual([{ at: [0], method: 'setExpirationTime', unit: 'epoch' }]);
    const { decodeJwt, SignJWT } = await load('jose');
    const signed = async (value: unknown): Promise<number> =>
      decodeJwt(await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(value).sign(new TextEncoder().encode(KEY)))
        .exp;
    expect(await signed(3600)).toBe(3600);
    expect(await signed('1h')).toBeGreaterThan(Date.now() / 1000);
  });

  test.each([
    ['raw', Buffer.from(KEY)],
    ['jwk', { kty: 'oct', k: Buffer.from(KEY).toString('base64url') }],
  ])('jose: a key that Web Cryptography made of bytes (%s) is those bytes', async (format, material) => {
    const key = await crypto.subtle.importKey(format as 'raw', material as Uint8Array, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'verify',
    ]);
    const { jwtVerify } = await load('jose');
    expect((await jwtVerify(hmacToken(KEY), key)).payload).toEqual(PAYLOAD);
    await expect(jwtVerify(hmacToken(OTHER), key)).rejects.toThrow();
  });

  test('@nestjs/passport: what its class hands to super reaches the strategy', async () => {
    const row = LIBRARIES.find((each) => each.package === 'passport-jwt' && !each.below)!.apis.find(({ form }) => form === 'super')!;
    const passport = there('passport') as Any;
    await check(row, {
      args: () => [{ jwtFromRequest: (request: Any) => request.token }],
      accepts: async (args, token) => {
        const { PassportStrategy } = there('@nestjs/passport') as Any;
        const { Strategy } = (await load('passport-jwt')).default;
        class Own extends PassportStrategy(Strategy, 'probe') {
          constructor() {
            super(args[0]);
          }
          validate(payload: unknown): unknown {
            return payload;
          }
        }
        new Own();
        await promised((done) => {
          const strategy = Object.create(passport._strategy('probe') as object) as Any;
          strategy.success = (): void => {
            done(null);
          };
          strategy.fail = strategy.error = (error: unknown): void => {
            done(error ?? new Error('failed'));
          };
          strategy.authenticate({ token });
        });
      },
    });
  });

  test('jwks-rsa: its keys are public ones, and none is given for an HMAC', async () => {
    const { expressJwtSecret } = await load('jwks-rsa');
    const getKeysInterceptor = (): unknown[] => [{ ...PUBLIC_JWK, use: 'sig' }];
    const secret = expressJwtSecret({ jwksUri: 'http://127.0.0.1:1/', getKeysInterceptor });
    const keyFor = (alg: string): Promise<unknown> => secret({}, { header: { alg, kid: PUBLIC_JWK.kid }, payload: {} });
    expect(String(await keyFor('RS256'))).toContain('BEGIN PUBLIC KEY');
    expect(await keyFor('HS256')).toBeUndefined();
  });

  test('jwks-rsa: the keys that its client hands to callbacks are public ones', async () => {
    const client = ((await load('jwks-rsa')).default as Any)({
      jwksUri: 'http://127.0.0.1:1/',
      getKeysInterceptor: () => [{ ...PUBLIC_JWK, use: 'sig' }],
    });
    const key = await new Promise<Any>((give, fail) => {
      client.getSigningKey(PUBLIC_JWK.kid, (error: unknown, found: unknown) => {
        if (error) fail(error as Error);
        else give(found);
      });
    });
    expect(key.getPublicKey()).toContain('BEGIN PUBLIC KEY');
  });

  test.each(['moment', 'moment-timezone', 'dayjs'])(
    '%s: unix() is a moment in seconds, and as a span a token lives for decades',
    async (name) => {
      const library = there(name) as Any;
      const { sign, decode } = await load('jsonwebtoken');
      const tomorrow = library().add(1, 'day').unix();
      expect(tomorrow - Date.now() / 1000).toBeGreaterThan(80_000);
      expect(tomorrow - Date.now() / 1000).toBeLessThan(100_000);
      const { exp, iat } = decode(sign({}, KEY, { expiresIn: tomorrow }));
      expect(exp - iat).toBeGreaterThan(40 * 365 * 24 * 3600);
    },
  );

  test('@supabase/supabase-js: its key is a token, which is sent as it is', async () => {
    const token = hmacToken(KEY);
    let sent = '';
    const fetch = (_url: unknown, init: Any): Promise<Response> => {
      sent = new Headers(init.headers).get('authorization') ?? '';
      return Promise.resolve(new Response('[]'));
    };
    const client = (there('@supabase/supabase-js') as Any).createClient('http://127.0.0.1:1', token, {
      global: { fetch },
      auth: { persistSession: false },
    });
    await client.from('probe').select();
    expect(sent).toBe(`Bearer ${token}`);
  });
});

test('modules of the table exist', async () => {
  const older: Readonly<Record<string, string>> = { jose: 'jose-3', 'iron-session': 'iron-session-6' };
  const missing: string[] = [];
  for (const library of LIBRARIES) {
    for (const specifier of Object.keys(library.modules ?? {})) {
      // `#auth` is an alias that the module of Nuxt makes, and fastify-jwt what @fastify/jwt was called.
      if (specifier === '#auth' || specifier === 'fastify-jwt' || specifier === 'crypto') continue;
      const name = specifier.startsWith('@') ? specifier.split('/', 2).join('/') : specifier.split('/', 1)[0]!;
      if (!(await resolves(specifier.replace(name, older[name] ?? name)))) missing.push(specifier);
    }
  }
  expect(missing).toEqual([]);
});
