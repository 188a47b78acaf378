/**
 * The table of facts against the libraries themselves: a wrong fact fails, and so does a fact that no probe asks about.
 * Current versions are devDependencies; older ones are installed, pinned and without scripts, into a temporary directory.
 */
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FURTHER_LIBRARIES } from '../../rules/facts/further-libraries.js';
import { DECORATED, LIBRARIES, type Library } from '../../rules/facts/libraries.js';
import {
  check,
  ENCRYPTED_PEM,
  hmacToken,
  KEY,
  OTHER,
  PAYLOAD,
  PRIVATE_PEM,
  PUBLIC_PEM,
  type Probe,
  type Accepts,
  type Makes,
} from './probe.js';

/** Installed for this test alone: alias -> what npm installs. */
const PINNED: Readonly<Record<string, string>> = {
  'jsonwebtoken-8': 'npm:jsonwebtoken@8.5.1',
  'express-jwt-5': 'npm:express-jwt@5.3.3',
  'express-jwt-6': 'npm:express-jwt@6.1.2',
  'koa-jwt-3': 'npm:koa-jwt@3.6.0',
  'passport-jwt-3': 'npm:passport-jwt@3.0.1',
  'jose-2': 'npm:jose@2.0.7',
  'jose-3': 'npm:jose@3.20.4',
  'jose-4': 'npm:jose@4.15.9',
  'hono-4.11.3': 'npm:hono@4.11.3',
  'next-auth': '4.24.13',
  'next-auth-5': 'npm:next-auth@5.0.0-beta.30',
  fastify: '5.6.1',
  jws: '4.0.1',
  'node-jose': '2.2.0',
  njwt: '2.0.1',
  jsrsasign: '11.1.0',
  'cookie-parser': '1.4.7',
  'cookie-session': '2.1.1',
  'jwt-encode': '1.0.1',
  'jwt-decode': '4.0.0',
  '@tsndr/cloudflare-worker-jwt': '3.2.0',
  '@fastify/cookie': '11.0.2',
};

/* Packages are called as scripts call them; what they are is what is being asked here. */
/* eslint-disable @typescript-eslint/no-explicit-any */
type Any = any;

const directory = mkdtempSync(join(tmpdir(), 'jwtlint-libraries-'));
const here = createRequire(import.meta.url);
const there = createRequire(join(directory, 'package.json'));

beforeAll(() => {
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'pinned', private: true, dependencies: PINNED }));
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps', '--loglevel=error'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // next-auth's middleware takes its answers from `next/server`; nothing else of Next is needed.
  mkdirSync(join(directory, 'node_modules/next'), { recursive: true });
  writeFileSync(join(directory, 'node_modules/next/package.json'), '{"name":"next","version":"0.0.0"}');
  writeFileSync(
    join(directory, 'node_modules/next/server.js'),
    'exports.NextResponse = { redirect: () => { throw new Error("redirected") } };',
  );
}, 300_000);

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

async function load(name: string): Promise<Any> {
  const resolver = name in PINNED || Object.keys(PINNED).some((each) => name.startsWith(`${each}/`)) ? there : here;
  return import(pathToFileURL(resolver.resolve(name)).href);
}

/** One installed version of a package, with a probe for each call of the table that it has. */
interface World {
  readonly installed: string;
  /** By form and name, as the table writes them. */
  readonly probes: Readonly<Record<string, Probe>>;
}

const promised = (run: (done: (error: unknown, value?: unknown) => void) => void): Promise<unknown> =>
  new Promise((resolve, reject) => {
    run((error, value) => {
      if (error) reject(error instanceof Error ? error : new Error(String(error)));
      else resolve(value);
    });
  });

/** An Express middleware as a verification. */
function express(load: () => Promise<Any>): Probe {
  return {
    accepts: async (args, token) => {
      const middleware = (await load())(...args);
      const request = { method: 'GET', headers: { authorization: `Bearer ${token}` } };
      await promised((done) => middleware(request, {}, done));
    },
  };
}

function koa(name: string): Probe {
  return {
    accepts: async (args, token) => {
      const fail = (_status: number, text: string): never => {
        throw new Error(text);
      };
      const context = {
        state: {},
        header: { authorization: `Bearer ${token}` },
        headers: {},
        cookies: { get: () => undefined },
        throw: fail,
      };
      await (await load(name)).default(...args)(context, () => Promise.resolve());
    },
  };
}

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

function jsonwebtoken(name: string): World {
  const decoded: Probe = { decodes: async (token) => (await load(name)).default.decode(token) };
  return {
    installed: name,
    probes: {
      'call sign': {
        args: () => [PAYLOAD, undefined, {}],
        makes: async (args) => {
          const [payload, key, options] = args as [object, Any, Any];
          const isPem = typeof key === 'object' && 'key' in key;
          return (await load(name)).default.sign(payload, key, isPem ? { ...options, algorithm: 'RS256' } : options);
        },
        // `{ key, passphrase }` is for private keys: a text there is refused.
        key: (text, position) => (position.length > 1 ? PRIVATE_PEM : text),
      },
      'call verify': {
        args: (token) => [token, undefined, {}],
        accepts: async (args) =>
          promised((done) =>
            load(name)
              .then((jwt) => jwt.default.verify(...args, done))
              .catch(done),
          ),
      },
      'call decode': decoded,
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
      'call jwtDecrypt': {
        args: (token) => [token],
        token: async (key) => {
          const { EncryptJWT } = await load(name === 'jose' ? 'jose-4' : 'jose');
          return new EncryptJWT(PAYLOAD).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(Buffer.from(key));
        },
        accepts: async (args) => (await load(name)).jwtDecrypt(...args),
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

/** A token signed by a service that was configured with these options. */
async function signedByService(options: unknown): Promise<string> {
  const { JwtService } = await load('@nestjs/jwt');
  return new JwtService(options).signAsync(PAYLOAD);
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
    'call JwtModule.register': {
      makes: async (args) => signedByService(await providedOptions((await load('@nestjs/jwt')).JwtModule.register(...args))),
    },
    'call JwtModule.registerAsync': {
      makes: async (args) => signedByService(await providedOptions((await load('@nestjs/jwt')).JwtModule.registerAsync(...args))),
    },
    'typed JwtModuleOptions': {
      declares: {
        text: readFileSync('node_modules/@nestjs/jwt/dist/interfaces/jwt-module-options.interface.d.ts', 'utf8'),
        name: 'JwtModuleOptions',
      },
    },
    'factory JwtOptionsFactory': {
      makes: async (args) => {
        const create = args[0] as () => unknown;
        class Options {
          createJwtOptions(): unknown {
            return create();
          }
        }
        return signedByService(await providedOptions((await load('@nestjs/jwt')).JwtModule.registerAsync({ useClass: Options })));
      },
    },
    'new JwtService': { makes: async (args) => signedByService(...(args as [unknown])) },
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

const declared = (file: string, name: string): Probe => ({
  declares: {
    get text() {
      return readFileSync(join(directory, 'node_modules', file), 'utf8');
    },
    name,
  },
});

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

/** Functions of a CommonJS package, called as they are. */
const plain =
  (name: string, call: (module: Any) => Any) =>
  async (args: readonly unknown[]): Promise<unknown> => {
    await Promise.resolve();
    return call(there(name))(...args);
  };

/** What a middleware of Express gives for a request with these cookies, and the cookies that it sets. */
async function served(
  middleware: Any,
  cookie: string,
  handle: (request: Any, response: Any) => unknown,
): Promise<{ body: string; cookies: string[] }> {
  const server = createServer((request, response) => {
    middleware(request, response, () => response.end(JSON.stringify(handle(request, response) ?? '')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`, { headers: { cookie } });
    return { body: await response.text(), cookies: response.headers.getSetCookie() };
  } finally {
    server.close();
  }
}

const hmac = (hash: string, key: string, text: string): string => createHmac(hash, key).update(text).digest('base64');

const jsrsasign = (prefix: string): Readonly<Record<string, Probe>> => {
  const of = (name: string) => (module: Any) => module.KJUR.jws.JWS[name];
  // A text of hexadecimal digits would be read as bytes; the probe's key is none.
  const args = (token: string): readonly unknown[] => [token];
  const refuses =
    (name: string): Accepts['accepts'] =>
    async (given) => {
      if (!(await plain('jsrsasign', of(name))(given))) throw new Error('refused');
    };
  return {
    [`call ${prefix}JWS.sign`]: {
      args: () => ['HS256', undefined, JSON.stringify(PAYLOAD)],
      makes: (given) => plain('jsrsasign', of('sign'))([given[0], { alg: given[0], typ: 'JWT' }, ...given.slice(2)]),
    },
    [`call ${prefix}JWS.verify`]: { args, accepts: refuses('verify') },
    [`call ${prefix}JWS.verifyJWT`]: { args, accepts: refuses('verifyJWT') },
    [`call ${prefix}JWS.parse`]: { decodes: (token) => plain('jsrsasign', of('parse'))([token]) },
  };
};

/** The most used of the further rows. */
const FURTHER: Readonly<Record<string, readonly World[]>> = {
  jws: [
    {
      installed: 'jws',
      probes: {
        'call sign': {
          args: () => [{ header: { alg: 'HS256', typ: 'JWT' }, payload: PAYLOAD }],
          makes: plain('jws', (jws) => jws.sign),
        },
        'call createSign': {
          args: () => [{ header: { alg: 'HS256', typ: 'JWT' }, payload: PAYLOAD }],
          makes: async (args) =>
            promised((done) => {
              (there('jws') as Any)
                .createSign(...args)
                .on('done', (made: string) => {
                  done(null, made);
                })
                .on('error', done);
            }),
        },
        'call verify': {
          single: true,
          args: (token) => [token],
          accepts: async (args) => {
            if (!(await plain('jws', (jws) => jws.verify)(args))) throw new Error('refused');
          },
        },
        'call createVerify': {
          single: true,
          args: (token) => [{ signature: token }],
          accepts: async (args) =>
            promised((done) => {
              (there('jws') as Any)
                .createVerify(...args)
                .on('done', (right: boolean) => {
                  done(right ? null : new Error('refused'));
                })
                .on('error', done);
            }),
        },
        'call decode': { decodes: (token) => plain('jws', (jws) => jws.decode)([token]) },
      },
    },
  ],
  'node-jose': [
    {
      installed: 'node-jose',
      probes: {
        'call JWK.asKey': {
          args: () => [{ kty: 'oct', alg: 'HS256' }],
          key: (text, position) => {
            const k = Buffer.from(text).toString('base64url');
            return position.length > 1 ? k : { kty: 'oct', alg: 'HS256', k };
          },
          makes: async (args) => nodeJose(await plain('node-jose', (jose) => jose.JWK.asKey)(args)),
        },
        'call JWK.asKeyStore': {
          args: () => [{ keys: [{ kty: 'oct', alg: 'HS256' }] }],
          key: (text) => Buffer.from(text).toString('base64url'),
          makes: async (args) => nodeJose(((await plain('node-jose', (jose) => jose.JWK.asKeyStore)(args)) as Any).all()[0]),
        },
      },
    },
  ],
  njwt: [
    {
      installed: 'njwt',
      probes: {
        'call create': {
          args: () => [{ sub: 'probe' }],
          makes: async (args) => ((await plain('njwt', (njwt) => njwt.create)(args)) as Any).compact(),
        },
        'call verify': { single: true, args: (token) => [token], accepts: plain('njwt', (njwt) => njwt.verify) },
        'method createVerifier.setSigningKey': {
          accepts: (args, token) =>
            (there('njwt') as Any)
              .createVerifier()
              .setSigningAlgorithm('HS256')
              .setSigningKey(...args)
              .verify(token),
        },
        'method Jwt.setSigningKey': {
          makes: (args) =>
            new (there('njwt') as Any).Jwt({ sub: 'probe' })
              .setSigningAlgorithm('HS256')
              .setSigningKey(...args)
              .compact(),
        },
      },
    },
  ],
  jsrsasign: [{ installed: 'jsrsasign', probes: { ...jsrsasign('KJUR.jws.'), ...jsrsasign('jws.') } }],
  'cookie-parser': [
    {
      installed: 'cookie-parser',
      probes: {
        'call ': {
          token: (key) => `s:value.${hmac('sha256', key, 'value').replace(/=+$/, '')}`,
          accepts: async (args, token) => {
            const middleware = await plain('cookie-parser', (create) => create)(args);
            const { body } = await served(middleware, `probe=${encodeURIComponent(token)}`, (request) => request.signedCookies.probe);
            if (body !== '"value"') throw new Error('refused');
          },
        },
      },
    },
  ],
  'cookie-session': [
    {
      installed: 'cookie-session',
      probes: {
        'call ': {
          makes: async (args) => {
            const middleware = await plain('cookie-session', (create) => create)(args);
            const { cookies } = await served(middleware, '', (request) => {
              request.session.probe = 1;
            });
            return cookies.map((cookie) => cookie.split(';', 1)[0]).join('|');
          },
          opens: (made, key) => {
            const [value, signature] = made.split('|');
            const expected = hmac('sha1', key, value!).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
            return signature!.endsWith(`=${expected}`);
          },
        },
      },
    },
  ],
  'jwt-encode': [
    { installed: 'jwt-encode', probes: { 'call ': { args: () => [PAYLOAD], makes: plain('jwt-encode', (sign) => sign.default ?? sign) } } },
  ],
  'jwt-decode': [
    {
      installed: 'jwt-decode',
      probes: {
        'call jwtDecode': { decodes: async (token) => (await load('jwt-decode')).jwtDecode(token) },
        // The default export of version 3 and older; version 4 has the name alone.
        'call ': { decodes: async (token) => (await load('jwt-decode')).jwtDecode(token) },
      },
    },
  ],
  '@tsndr/cloudflare-worker-jwt': [
    {
      installed: '@tsndr/cloudflare-worker-jwt',
      probes: {
        'call sign': { args: () => [PAYLOAD], makes: async (args) => (await load('@tsndr/cloudflare-worker-jwt')).sign(...args) },
        'call verify': {
          single: true,
          args: (token) => [token],
          accepts: async (args) => {
            if (!(await (await load('@tsndr/cloudflare-worker-jwt')).verify(...args))) throw new Error('refused');
          },
        },
        'call decode': { decodes: async (token) => (await load('@tsndr/cloudflare-worker-jwt')).decode(token) },
      },
    },
  ],
  '@fastify/cookie': [
    {
      installed: '@fastify/cookie',
      probes: {
        'register ': {
          makes: async (args) => {
            const app = (await load('fastify')).default();
            app.register(there('@fastify/cookie'), args[1]);
            app.get('/', (_request: Any, reply: Any) => reply.setCookie('probe', 'value', { signed: true }).send('in'));
            const response = await app.inject('/');
            await app.close();
            return decodeURIComponent(/probe=([^;]+)/.exec(response.headers['set-cookie'])![1]!);
          },
          opens: (made, key) => made === `value.${hmac('sha256', key, 'value').replace(/=+$/, '')}`,
        },
      },
    },
  ],
};

async function nodeJose(key: unknown): Promise<unknown> {
  const jose = there('node-jose') as Any;
  return jose.JWS.createSign({ format: 'compact', fields: { typ: 'JWT' } }, { key, reference: false })
    .update(JSON.stringify(PAYLOAD))
    .final();
}

/** By package and range, as the table writes them. */
const WORLDS: Readonly<Record<string, readonly World[]>> = {
  'jsonwebtoken >=9.0.0': [jsonwebtoken('jsonwebtoken')],
  'jsonwebtoken <9.0.0': [jsonwebtoken('jsonwebtoken-8')],
  'jose >=3.0.0': [jose('jose'), jose('jose-4')],
  'jose <3.0.0': [
    {
      installed: 'jose-2',
      probes: {
        'call JWT.sign': { args: () => [PAYLOAD], makes: async (args) => (await load('jose-2')).default.JWT.sign(...args) },
        'call JWT.verify': { args: (token) => [token], accepts: async (args) => (await load('jose-2')).default.JWT.verify(...args) },
        'call JWT.decode': { decodes: async (token) => (await load('jose-2')).default.JWT.decode(token) },
        'call JWK.asKey': {
          makes: async (args) => {
            const { JWK, JWT } = (await load('jose-2')).default;
            return JWT.sign(PAYLOAD, JWK.asKey(...args));
          },
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
  'koa-jwt <4.0.0': [{ installed: 'koa-jwt-3', probes: { 'call ': koa('koa-jwt-3') } }],
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
  '@fastify/jwt': [{ installed: '@fastify/jwt', probes: { 'register ': fastifySigns } }],
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
            return (await load('fast-jwt')).createSigner(whole)(PAYLOAD);
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

/** Every row of these is asked; of the further ones those that {@link WORLDS} names. */
const ASKED = LIBRARIES.filter((library) => !FURTHER_LIBRARIES.includes(library) || nameOf(library) in WORLDS);

describe.each(ASKED.map((library) => [nameOf(library), library] as const))('%s', (name, library) => {
  const worlds = WORLDS[name] ?? [];
  test('has a probe for every fact', () => {
    const asked = new Set(worlds.flatMap((world) => Object.keys(world.probes)));
    expect(library.apis.map((api) => `${api.form} ${api.name}`).filter((each) => !asked.has(each))).toEqual([]);
  });
  for (const world of worlds) {
    const rows = library.apis.flatMap((api) => {
      const probe = world.probes[`${api.form} ${api.name}`];
      return probe ? [[`${api.form} ${api.name}`, api, probe] as const] : [];
    });
    test.each(rows)(`${world.installed}: %s`, async (_name, api, probe) => {
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

  const call: Readonly<Record<string, Probe>> = {
    'jwt.sign': {
      args: () => [{ sub: 'probe' }],
      makes: (args) => fastify({ secret: OTHER }, (app) => app.jwt.sign(...args)),
    },
    'jwt.verify': { args: (token) => [token], accepts: (args) => fastify({ secret: OTHER }, (app) => app.jwt.verify(...args)) },
    jwtSign: {
      args: () => [{ sub: 'probe' }],
      makes: (args) => fastify({ secret: OTHER }, (_app, _request, reply) => reply.jwtSign(...args)),
    },
    jwtVerify: {
      accepts: (args, token) => fastify({ secret: OTHER }, (_app, request) => request.jwtVerify(...args), token),
    },
  };
  const rows = DECORATED.filter((each) => each.package === '@fastify/jwt').map((each) => [each.path, each.api] as const);
  test.each(rows)('decorates with %s', async (path, api) => {
    await check(api, call[path]!);
  });
});

test('modules of the table exist', () => {
  const missing = ASKED.flatMap((library) =>
    Object.keys(library.modules ?? {}).filter((specifier) => !specifier.startsWith('fastify-jwt')),
  ).filter((specifier) => {
    const [name] = specifier.split('/', 1);
    const alias = { 'next-auth': 'next-auth', jose: 'jose-3' }[name!] ?? (name! in PINNED ? name! : undefined);
    try {
      (alias ? there : here).resolve(alias ? specifier.replace(name!, alias) : specifier);
      return false;
    } catch {
      return true;
    }
  });
  expect(missing).toEqual([]);
  expect(KEY.length).toBe(OTHER.length);
  expect(hmacToken(KEY)).not.toBe(hmacToken(OTHER));
});
