/** How the further rows of the table are put to the libraries themselves. */
import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { declared, load, manifestOf, there, type Any, type World } from './installed-libraries.js';
import { check, headerOf, hmacToken, KEY, OTHER, PAYLOAD, PRIVATE_PEM, PUBLIC_JWK, type Accepts, type Makes, type Probe } from './probe.js';
import type { Api } from '../../rules/facts/libraries.js';

export const promised = (run: (done: (error: unknown, value?: unknown) => void) => void): Promise<unknown> =>
  new Promise((resolve, reject) => {
    run((error, value) => {
      if (error) reject(error instanceof Error ? error : new Error(String(error)));
      else resolve(value);
    });
  });

/** An Express middleware as a verification. */
export function express(load: () => Promise<Any>): Probe {
  return {
    accepts: async (args, token) => {
      const middleware = (await load())(...args);
      const request = { method: 'GET', headers: { authorization: `Bearer ${token}` } };
      await promised((done) => middleware(request, {}, done));
    },
  };
}

export function koa(name: string): Probe {
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
        get: (header: string) => (header === 'authorization' ? `Bearer ${token}` : ''),
        throw: fail,
      };
      await (await load(name)).default(...args)(context, () => Promise.resolve());
    },
  };
}

export function jsonwebtoken(name: string, takesCallbacks = true): World {
  const whole = async (): Promise<Any> => {
    const all = await load(name);
    return all.default ?? all;
  };
  const decoded: Probe = { decodes: async (token) => (await whole()).decode(token) };
  return {
    installed: name,
    probes: {
      'call sign': {
        args: () => [PAYLOAD, undefined, {}],
        makes: async (args) => {
          const [payload, key, options] = args as [object, Any, Any];
          const isPem = typeof key === 'object' && 'key' in key;
          return (await whole()).sign(payload, key, isPem ? { ...options, algorithm: 'RS256' } : options);
        },
        // `{ key, passphrase }` is for private keys: a text there is refused.
        key: (text, position) => (position.length > 1 ? PRIVATE_PEM : text),
      },
      'call verify': {
        args: (token) => [token, undefined, {}],
        accepts: async (args) =>
          takesCallbacks
            ? promised((done) =>
                whole()
                  .then((jwt) => jwt.verify(...args, done))
                  .catch(done),
              )
            : (await whole()).verify(...args),
      },
      'call decode': decoded,
    },
  };
}

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

const opensFastifyCookie = (made: string, key: string): boolean => made === `value.${hmac('sha256', key, 'value').replace(/=+$/, '')}`;

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

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
/** Long enough for every algorithm of libraries that mind: to an HMAC, zeros at the end are none. */
const longKey = (text: string): string => Buffer.concat([Buffer.from(text)], 64).toString('base64url');
const octKey = (k: string): object => ({ kty: 'oct', k });
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const refusing = async (answer: unknown): Promise<void> => {
  const given = (await answer) as Any;
  if (!given || given.error || given.isValid === false || given.valid === false) throw new Error('refused');
};

const plainDecode = (name: string, of: (module: Any) => Any) => (token: string) => plain(name, of)([token]);

/** A function of a package as an ES module, called as it is. */
const imported =
  (name: string, call: string) =>
  async (args: readonly unknown[]): Promise<unknown> =>
    (await load(name))[call](...args);

const decodes = (name: string, call: string): Probe => ({ decodes: async (token) => (await load(name))[call](token) });

/** Signs by hand with what a call gives for the input of a JWS. */
const INPUT = `${base64url('{"alg":"HS256","typ":"JWT"}')}.${base64url(JSON.stringify(PAYLOAD))}`;
const byHand = (signature: (args: readonly unknown[]) => unknown): Probe => ({
  args: () => ['sha256'],
  makes: async (args) => `${INPUT}.${String(await signature(args))}`,
});

const atlassian = (name: string): World => ({
  installed: name,
  probes: {
    'call encodeSymmetric': { args: () => [PAYLOAD], makes: plain(name, (jwt) => jwt.encodeSymmetric) },
    'call encodeAsymmetric': {
      args: () => [PAYLOAD, undefined, 'RS256'],
      key: () => PRIVATE_PEM,
      makes: plain(name, (jwt) => jwt.encodeAsymmetric),
    },
    'call decodeSymmetric': {
      single: true,
      args: (token) => [token, undefined, undefined, false],
      accepts: plain(name, (jwt) => jwt.decodeSymmetric),
    },
    'call decodeAsymmetric': {
      pair: true,
      args: (token) => [token, undefined, 'RS256', false],
      accepts: plain(name, (jwt) => jwt.decodeAsymmetric),
    },
  },
});

const jsonWebToken = (name: string): World => ({
  installed: name,
  probes: {
    'call encode': {
      args: () => [undefined, PAYLOAD],
      makes: async (args) => ((await plain(name, (jwt) => jwt.encode)(args)) as Any).value,
    },
    'call decode': { args: (token) => [undefined, token], accepts: (args) => refusing(plain(name, (jwt) => jwt.decode)(args)) },
  },
});

/** Signs and verifies through the methods of a service that has no settings of its own. */
const midway = (method: string): Any => {
  const service = new (there('@midwayjs/jwt') as Any).JwtService();
  service.jwtConfig = {};
  return service[method].bind(service);
};

/** A server with a strategy of its own, and what it answers to a token or a cookie. */
async function hapi(plugin: string, scheme: string, options: unknown, headers: Readonly<Record<string, string>>): Promise<void> {
  const server = (there('@hapi/hapi') as Any).server();
  await server.register((there(plugin) as Any).plugin ?? there(plugin));
  server.auth.strategy('probe', scheme, options);
  server.route({ method: 'GET', path: '/', options: { auth: 'probe' }, handler: () => 'in' });
  const response = await server.inject({ url: '/', headers });
  if (response.statusCode !== 200) throw new Error(response.payload);
}

/** Egg's application object, as far as the plugin looks at it. */
const egg =
  (method: string) =>
  (args: readonly unknown[]): unknown => {
    const app = Object.create(there('egg-jwt/app/extend/application') as object, {
      config: { value: { jwt: { secret: 'configured' } } },
    }) as Any;
    return app.jwt[method](...args);
  };

/** Elysia's plugin, under both of its names. */
const elysiaJwt = (name: string): World => {
  const accepts: Accepts['accepts'] = async (args, token) => {
    const [{ Elysia }, { jwt }] = [await load('elysia'), await load(name)];
    const app = new Elysia().use(jwt(...args)).get('/', async (context: Any) => String(Boolean(await context.jwt.verify(token))));
    const response = await app.handle(new Request('http://localhost/'));
    if ((await response.text()) !== 'true') throw new Error('refused');
  };
  return { installed: name, probes: { 'call jwt': { accepts }, 'call ': { accepts } } };
};

/** The cookie of an application of Elysia, signed with secrets of its own or of a schema. */
const elysiaCookie = (make: (module: Any, options: Any) => Any): Makes => ({
  args: () => [{ cookie: { sign: ['probe'] } }, { sign: ['probe'] }],
  makes: async (args) => {
    const app = make(await load('elysia'), args);
    return decodeURIComponent(
      /^probe=([^;]+)/.exec((await app.handle(new Request('http://localhost/'))).headers.get('set-cookie') as string)![1]!,
    );
  },
  opens: (made, key) => signedPart(made, key, 'sha256'),
});
const setsCookie = ({ cookie }: Any): string => {
  cookie.probe.value = 'value';
  return 'in';
};

/** A middleware of socket.io. */
const socket = (name: string, call: string, rest: readonly unknown[] = []): Accepts => ({
  accepts: async (args, token) => {
    const { [call]: authorize } = there(name) as Any;
    const handle = authorize(...args, ...rest);
    const handshake = { query: { token, auth_token: token }, auth: { token: `Bearer ${token}` }, headers: {} };
    await promised((done) => handle({ handshake, request: { _query: { token }, headers: {} } }, done));
  },
});

/** The claims that express-oauth2-jwt-bearer demands. */
const OAUTH = { ...PAYLOAD, iss: 'https://issuer.example/', aud: 'probe', iat: PAYLOAD.exp - 3600 };

const FEATHERS = { ...PAYLOAD, aud: 'https://yourdomain.com', iss: 'feathers' };
const feathers = async (): Promise<Any> => {
  const { AuthenticationService } = await load('@feathersjs/authentication');
  const app = (await load('@feathersjs/feathers')).feathers();
  app.set('authentication', { secret: 'configured', entity: null });
  return new AuthenticationService(app);
};

/** What LoopBack's service signs when its secret is bound to a text. */
const loopback: Makes['makes'] = async (args) => {
  const { JWTAuthenticationComponent, TokenServiceBindings } = there('@loopback/authentication-jwt') as Any;
  const app = new (there('@loopback/core') as Any).Application();
  app.component(JWTAuthenticationComponent);
  app.bind(TokenServiceBindings.TOKEN_SECRET).to(...args);
  const { securityId } = there('@loopback/security') as Any;
  return (await app.get(TokenServiceBindings.TOKEN_SERVICE)).generateToken({ [securityId]: 'probe' });
};

/** A value that was sealed with a password, and who can open it. */
const sealed = async (name: string, made: string, password: string): Promise<boolean> =>
  (await load(name)).unsealData(made, { password }).then(
    (data: Any) => data.probe === 1,
    () => false,
  );

/** A request and a response whose cookies can be read. */
async function cookiesOf(handle: (request: Any, response: Any) => Promise<unknown>): Promise<string> {
  const server = createServer((request, response) => {
    void handle(request, response).finally(() => response.end('in'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`);
    const [cookie = ''] = response.headers.getSetCookie();
    return decodeURIComponent(/^[^=]+=([^;]*)/.exec(cookie)?.[1] ?? '');
  } finally {
    server.close();
  }
}

/** The last part of `value.signature` under this key. */
const signedPart = (made: string, key: string, hash: string, encoding: 'base64' | 'base64url' = 'base64'): boolean => {
  const at = made.lastIndexOf('.');
  const bare = (text: string): string => text.replace(/=+$/, '');
  return bare(made.slice(at + 1)) === bare(createHmac(hash, key).update(made.slice(0, at)).digest(encoding));
};

/** `createCookie` of React Router and Remix. */
const routerCookies = (name: string): Readonly<Record<string, Probe>> => {
  const serialized = (text: string): string => decodeURIComponent(/^[^=]+=([^;]*)/.exec(text)![1]!);
  const session = (call: string): Probe => ({
    args: () => [{ cookie: { name: 'probe' }, createData: () => Promise.resolve('id'), readData: () => Promise.resolve({}) }],
    makes: async (args) => {
      const storage = (await load(name))[call](...args);
      const session = await storage.getSession();
      session.set('probe', 1);
      return serialized(await storage.commitSession(session));
    },
    opens: (made, key) => signedPart(made, key, 'sha256'),
  });
  return {
    'call createCookie': {
      args: () => ['probe'],
      makes: async (args) => serialized(await (await load(name)).createCookie(...args).serialize('value')),
      opens: (made, key) => signedPart(made, key, 'sha256'),
    },
    'call createCookieSessionStorage': session('createCookieSessionStorage'),
    'call createSessionStorage': {
      ...session('createSessionStorage'),
      args: () => [{ cookie: { name: 'probe' }, createData: () => Promise.resolve('id'), updateData: () => Promise.resolve() }],
    },
  };
};

/** h3's sealed sessions. */
const h3 = (call: string): Probe => ({
  args: () => [undefined, { name: 'probe' }],
  makes: async (args) => {
    const h3 = await load('h3');
    return cookiesOf(async (request, response) => {
      const event = h3.createEvent(request, response);
      await h3.updateSession(event, args[1], { probe: 1 });
      if (call !== 'sealSession') await h3[call === 'unsealSession' ? 'getSession' : call](event, args[1]);
      else h3.setCookie(event, 'probe', await h3.sealSession(event, args[1]));
    });
  },
  opens: async (made, key) => {
    const h3 = await load('h3');
    return h3.unsealSession({ context: {} }, { password: key }, made).then(
      (session: Any) => session.data?.probe === 1,
      () => false,
    );
  },
});

/** A session of iron-session's version 8, or of 6 below its sub-paths. */
const ironSession = (run: (args: readonly unknown[], request: Any, response: Any) => Promise<void>, name = 'iron-session'): Probe => ({
  args: () => [undefined, { cookieName: 'probe' }, { cookieName: 'probe' }],
  makes: (args) => cookiesOf((request, response) => run(args, request, response)),
  opens: (made, key) => sealed(name, made, key),
});

const store = async (session: Any): Promise<void> => {
  session.probe = 1;
  await session.save();
};

const authCore: Readonly<Record<string, Probe>> = {
  'call encode': {
    args: () => [{ token: { sub: 'probe' }, salt: 'probe' }],
    makes: async (args) => (await load('@auth/core/jwt')).encode(...args),
    opens: async (made, key) =>
      (await load('@auth/core/jwt')).decode({ token: made, secret: key, salt: 'probe' }).then(
        () => true,
        () => false,
      ),
  },
  'call decode': {
    args: (token) => [{ token, salt: 'probe' }],
    token: authToken('probe'),
    accepts: async (args) => (await load('@auth/core/jwt')).decode(...args),
  },
  'call getToken': {
    token: authToken('authjs.session-token'),
    accepts: async (args, token) => {
      const req = { headers: { cookie: `authjs.session-token=${token}` } };
      await refusing((await load('@auth/core/jwt')).getToken({ req, ...(args[0] as object) }));
    },
  },
};

function authToken(salt: string) {
  return async (key: string): Promise<string> =>
    (await load('@auth/core/jwt')).encode({ token: { name: 'probe', sub: 'probe' }, secret: key, salt });
}

/** The session that a handler of Auth.js reads from its cookie. */
const authSession = (answer: (config: Any, cookie: string) => Promise<Any>): Probe => ({
  token: authToken('authjs.session-token'),
  args: () => [
    { providers: [], trustHost: true, basePath: '/auth' },
    { providers: [], trustHost: true, basePath: '/auth' },
  ],
  accepts: async (args, token) => {
    const quiet = { logger: { error: () => undefined, warn: () => undefined, debug: () => undefined } };
    const config = args.find((each) => (each as Any)?.secret !== undefined) as object;
    const body = await answer({ ...config, ...quiet }, `authjs.session-token=${token}`);
    if (body?.user?.name !== 'probe') throw new Error('no session');
  },
});

/** Fastify with a plugin, and the cookie that its route sets. */
async function fastifyCookie(
  plugins: readonly (readonly [string, unknown])[],
  handle: (request: Any, reply: Any) => unknown,
): Promise<string> {
  const app = (await load('fastify')).default();
  try {
    for (const [name, options] of plugins) app.register(there(name), options);
    app.get('/', (request: Any, reply: Any) => {
      handle(request, reply);
      return reply.send('in');
    });
    const response = await app.inject('/');
    return decodeURIComponent(/^[^=]+=([^;]+)/.exec(String([response.headers['set-cookie']].flat()[0]))![1]!);
  } finally {
    await app.close();
  }
}

const express3 = (call: string, options: object, handle: (request: Any, response: Any) => unknown): Probe => ({
  args: () => [options],
  makes: async (args) => {
    const express = there('express-3') as Any;
    const app = express();
    if (call !== 'cookieParser') app.use(express.cookieParser());
    app.use(express[call](...args));
    app.get('/', (request: Any, response: Any) => {
      handle(request, response);
      response.send('in');
    });
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const response = await fetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`);
      return decodeURIComponent(/^[^=]+=([^;]+)/.exec(response.headers.getSetCookie()[0]!)![1]!).replace(/^s:/, '');
    } finally {
      server.close();
    }
  },
  opens: (made, key) => signedPart(made, key, 'sha256'),
});

/** A cookie that Koa signs with the keys of its application: `probe=value` under SHA-1. */
const koaKeys = (keys: (args: readonly unknown[]) => unknown): Probe => ({
  makes: async (args) => {
    const app = new (await load('koa')).default();
    app.keys = keys(args);
    app.use((context: Any) => {
      context.cookies.set('probe', 'value', { signed: true });
      context.body = 'in';
    });
    const server = createServer(app.callback());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const response = await fetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`);
      return response.headers
        .getSetCookie()
        .find((cookie) => cookie.startsWith('probe.sig='))!
        .slice('probe.sig='.length)
        .split(';', 1)[0]!;
    } finally {
      server.close();
    }
  },
  opens: (made, key) => made === createHmac('sha1', key).update('probe=value').digest('base64url'),
});

/** Any secp256k1 scalar will do. */
const KEY_TYPE = { ES256K: createHmac('sha256', KEY).update('secp256k1').digest('hex') };

const webCryptoKey = (): Promise<unknown> =>
  globalThis.crypto.subtle.importKey('jwk', PUBLIC_JWK, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, true, ['verify']);

/** What `cookies()` of Next gives, as far as a session looks at it. */
const cookieStore = (response: Any): object => ({
  get: () => undefined,
  set: (name: string, value: string) => response.setHeader('set-cookie', `${name}=${value}`),
});

/** What an application of Express answers. */
async function answered(app: Any, path: string, cookie: string): Promise<unknown> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}${path}`, { headers: { cookie } });
    return await response.json();
  } finally {
    server.close();
  }
}

/** By package and range, as the table writes them. */
export const FURTHER: Readonly<Record<string, readonly World[]>> = {
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
        'call JWS.createSign': {
          args: () => [{ format: 'compact', fields: { typ: 'JWT' } }],
          key: (text, position) => (position.includes('key') ? base64url(text) : base64url(text)),
          makes: async (args) => {
            const [options, key] = args as [Any, Any];
            const whole = key.key
              ? { key: { kty: 'oct', alg: 'HS256', ...key.key }, reference: false }
              : { kty: 'oct', alg: 'HS256', ...key };
            const signer = (there('node-jose') as Any).JWS.createSign(options, whole);
            return signer.update(JSON.stringify(PAYLOAD)).final();
          },
        },
        'call JWS.createVerify': {
          key: (text) => octKey(longKey(text)),
          accepts: async ([key], token) => {
            const jose = there('node-jose') as Any;
            return jose.JWS.createVerify(await jose.JWK.asKey(key, typeof key === 'string' ? 'pem' : undefined)).verify(token);
          },
        },
        'method JWS.verify': {
          asks: async (api) => {
            const jose = there('node-jose') as Any;
            const stranger = await jose.JWK.createKey('EC', 'P-256', { alg: 'ES256' });
            const options = { format: 'compact', fields: { jwk: stranger.toJSON() } };
            const token = await jose.JWS.createSign(options, { key: stranger, reference: 'jwk' }).update(JSON.stringify(PAYLOAD)).final();
            const own = await jose.JWK.asKeyStore({ keys: [] });
            const [waiver] = api.waivers!;
            expect(waiver).toEqual({ at: [1, 'allowEmbeddedKey'], is: true, of: 'key' });
            await expect(jose.JWS.createVerify(own).verify(token)).rejects.toThrow();
            await jose.JWS.createVerify(own).verify(token, { allowEmbeddedKey: true });
            await jose.JWS.createVerify(own, { allowEmbeddedKey: true }).verify(token);
            await jose.JWS.createVerify({ allowEmbeddedKey: true }).verify(token);
          },
        },
        'call JWE.createDecrypt': {
          key: (text) => octKey(base64url(text)),
          token: async (key) => {
            const jose = there('node-jose') as Any;
            const options = { format: 'compact', fields: { alg: 'dir', enc: 'A256GCM' } };
            return jose.JWE.createEncrypt(options, await jose.JWK.asKey(octKey(base64url(key))))
              .update('probe')
              .final();
          },
          accepts: async (args, token) => {
            const jose = there('node-jose') as Any;
            return jose.JWE.createDecrypt(await jose.JWK.asKey(args[0])).decrypt(token);
          },
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
        'method createVerifier.withKeyResolver': {
          accepts: (args, token) => {
            const verifier = (there('njwt') as Any).createVerifier().withKeyResolver(...args);
            return promised((done) => verifier.verify(token, done));
          },
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
  jsrsasign: [
    {
      installed: 'jsrsasign',
      probes: {
        ...jsrsasign('KJUR.jws.'),
        ...jsrsasign('jws.'),
        'call KEYUTIL.getKey': {
          key: () => PRIVATE_PEM,
          makes: (args) => {
            const { KEYUTIL, KJUR } = there('jsrsasign') as Any;
            return KJUR.jws.JWS.sign('RS256', { alg: 'RS256' }, JSON.stringify(PAYLOAD), KEYUTIL.getKey(...args));
          },
        },
        'new KJUR.crypto.Mac': {
          args: () => [{ alg: 'HmacSHA256' }],
          makes: (args) => new (there('jsrsasign') as Any).KJUR.crypto.Mac(...args).doFinalString('probe'),
          opens: (made, key) => Buffer.from(made, 'hex').toString('base64') === hmac('sha256', key, 'probe'),
        },
      },
    },
  ],
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
  // Version 2 asks Node for something that it does not find, so that only its manifest can be asked.
  'jsonwebtoken-esm >=2.0.0': [
    {
      installed: 'jsonwebtoken-esm-2',
      probes: Object.fromEntries(
        ['sign', 'verify', 'decode'].map((call) => [
          `call ${call}`,
          {
            asks: () => {
              expect(manifestOf('jsonwebtoken-esm-2').devDependencies.jsonwebtoken).toMatch(/^\^9\./);
              return Promise.resolve();
            },
          },
        ]),
      ),
    },
  ],
  'jsonwebtoken-esm <2.0.0': [jsonwebtoken('jsonwebtoken-esm')],
  'jwt-promisify': [jsonwebtoken('jwt-promisify', false)],
  jwa: [
    {
      installed: 'jwa',
      probes: {
        'method ().sign': { args: () => [INPUT], makes: (args) => `${INPUT}.${(there('jwa') as Any)('HS256').sign(...args)}` },
        'method ().verify': {
          args: (token) => [token.slice(0, token.lastIndexOf('.')), token.slice(token.lastIndexOf('.') + 1)],
          accepts: (args) => refusing((there('jwa') as Any)('HS256').verify(...args)),
        },
      },
    },
  ],
  'atlassian-jwt': [atlassian('atlassian-jwt')],
  '@atlassian/atlassian-jwt': [atlassian('@atlassian/atlassian-jwt')],
  'json-web-token >=4.0.0': [jsonWebToken('json-web-token')],
  'json-web-token <4.0.0': [jsonWebToken('json-web-token-3')],
  jsontokens: [
    {
      installed: 'jsontokens',
      probes: {
        'new TokenSigner': {
          asks: () => {
            const { TokenSigner, TokenVerifier, SECP256K1Client } = there('jsontokens') as Any;
            const token = new TokenSigner('ES256K', KEY_TYPE.ES256K).sign(PAYLOAD);
            const key = SECP256K1Client.derivePublicKey(KEY_TYPE.ES256K);
            return refusing(new TokenVerifier('ES256K', key).verify(token));
          },
        },
        ...Object.fromEntries(
          ['sign', 'signAsync'].map((method) => [
            `method TokenSigner.${method}`,
            {
              asks: async () => {
                const signer = new (there('jsontokens') as Any).TokenSigner('ES256K', KEY_TYPE.ES256K);
                const made = (await signer[method]({ sub: 'probe' })) as string;
                expect(JSON.parse(Buffer.from(made.split('.')[1]!, 'base64url').toString())).toEqual({ sub: 'probe' });
              },
            },
          ]),
        ),
        'new TokenVerifier': {
          asks: async (api) => {
            expect(() => new (there('jsontokens') as Any).TokenVerifier('HS256', KEY)).toThrow(/algorithm/);
            const { TokenSigner, TokenVerifier, SECP256K1Client } = there('jsontokens') as Any;
            const token = new TokenSigner('ES256K', KEY_TYPE.ES256K).sign(PAYLOAD);
            const key = SECP256K1Client.derivePublicKey(KEY_TYPE.ES256K);
            expect(() => new TokenVerifier(undefined, key)).toThrow();
            expect(api.omitted).toBe('required');
            expect(await new TokenVerifier('ES256K', key).verify(`${token.slice(0, -6)}AAAAAA`)).toBe(false);
          },
        },
        'call decodeToken': decodes('jsontokens', 'decodeToken'),
        'call createUnsecuredToken': { unsigned: async () => (await load('jsontokens')).createUnsecuredToken(PAYLOAD) },
      },
    },
  ],
  'react-jwt': [
    {
      installed: 'react-jwt',
      probes: {
        'call decodeToken': decodes('react-jwt', 'decodeToken'),
        'call useJwt': {
          decodes: async (token) => {
            const [{ act, createElement }, { create }, { useJwt }] = [
              (await load('react')).default,
              await load('react-test-renderer'),
              await load('react-jwt'),
            ];
            Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
            let seen: unknown;
            const Reader = (): null => {
              seen = useJwt(token);
              return null;
            };
            await act(async () => {
              await Promise.resolve(create(createElement(Reader)));
            });
            return seen;
          },
        },
      },
    },
  ],
  '@cfworker/jwt': [
    {
      installed: '@cfworker/jwt',
      probes: {
        'call parseJwt': {
          pair: true,
          key: () => webCryptoKey(),
          demands: OAUTH,
          args: (token) => [{ jwt: token, issuer: OAUTH.iss, audience: OAUTH.aud }],
          accepts: (args) => refusing(imported('@cfworker/jwt', 'parseJwt')(args)),
        },
        'call decodeJwt': decodes('@cfworker/jwt', 'decodeJwt'),
      },
    },
  ],
  'jwt-js-decode': [
    {
      installed: 'jwt-js-decode',
      probes: {
        'call jwtSign': {
          args: () => [`${INPUT}.`],
          makes: async (args) => `${INPUT}.${String(await imported('jwt-js-decode', 'jwtSign')(args))}`,
        },
        'call jwtResign': { args: () => [hmacToken(KEY)], makes: imported('jwt-js-decode', 'jwtResign') },
        ...Object.fromEntries(
          ['jwtVerify', 'verifyJwt', 'verify'].map((call) => [
            `call ${call}`,
            { args: (token: string) => [token], accepts: (args: readonly unknown[]) => refusing(imported('jwt-js-decode', call)(args)) },
          ]),
        ),
        ...Object.fromEntries(['jwtDecode', 'decodeJwt', 'decode'].map((call) => [`call ${call}`, decodes('jwt-js-decode', call)])),
      },
    },
  ],
  'expo-jwt': [
    {
      installed: 'expo-jwt',
      probes: {
        'call encode': { args: () => [PAYLOAD, undefined, { algorithm: 'HS256' }], makes: plain('expo-jwt', (jwt) => jwt.default.encode) },
        'call decode': { args: (token) => [token], accepts: plain('expo-jwt', (jwt) => jwt.default.decode) },
      },
    },
  ],
  'node-webtokens': [
    {
      installed: 'node-webtokens',
      probes: {
        'call generate': {
          args: () => ['HS256', PAYLOAD],
          key: (text) => longKey(text),
          makes: (args) => {
            const isTable = typeof args[2] === 'object';
            return (there('node-webtokens') as Any).generate(...args, ...(isTable ? ['1'] : []));
          },
          opens: (made, key) => (there('node-webtokens') as Any).parse(made).verify(longKey(key)).valid === true,
        },
        'method parse.verify': {
          key: (text) => base64url(text),
          accepts: (args, token) => {
            const { parse } = there('node-webtokens') as Any;
            if (typeof args[0] !== 'object') return refusing(parse(token).verify(...args));
            // The id of the key is looked up in the table.
            const [, claims] = token.split('.');
            const head = base64url(JSON.stringify({ alg: headerOf(token).alg, kid: '1' }));
            const key = token === hmacToken(OTHER) ? OTHER : KEY;
            const signature = createHmac('sha256', key).update(`${head}.${claims!}`).digest('base64url');
            return refusing(parse(`${head}.${claims!}.${signature}`).verify(...args));
          },
        },
      },
    },
  ],
  '@oslojs/jwt': [
    {
      installed: '@oslojs/jwt',
      probes: {
        'call parseJWT': decodes('@oslojs/jwt', 'parseJWT'),
        'call decodeJWT': decodes('@oslojs/jwt', 'decodeJWT'),
      },
    },
  ],
  oslo: [
    {
      installed: 'oslo',
      probes: {
        'call createJWT': { args: () => ['HS256', undefined, PAYLOAD], key: bytesOf, makes: imported('oslo/jwt', 'createJWT') },
        'call validateJWT': {
          single: true,
          key: bytesOf,
          args: (token) => [undefined, undefined, token],
          accepts: imported('oslo/jwt', 'validateJWT'),
        },
        'call parseJWT': decodes('oslo/jwt', 'parseJWT'),
      },
    },
  ],
  '@clerk/backend': [
    {
      installed: '@clerk/backend',
      probes: {
        'call verifyToken': {
          pair: true,
          demands: OAUTH,
          args: (token) => [token],
          accepts: imported('@clerk/backend', 'verifyToken'),
        },
        'call signJwt': {
          args: () => [PAYLOAD, undefined, { algorithm: 'RS256', header: { typ: 'JWT' } }],
          key: () => PRIVATE_PEM,
          other: 'RS512',
          makes: imported('@clerk/backend/jwt', 'signJwt'),
        },
        'call decodeJwt': decodes('@clerk/backend/jwt', 'decodeJwt'),
      },
    },
  ],
  'aws-jwt-verify': [
    { installed: 'aws-jwt-verify', probes: { 'call decomposeUnverifiedJwt': decodes('aws-jwt-verify/jwt', 'decomposeUnverifiedJwt') } },
  ],
  'koa-jwt2': [{ installed: 'koa-jwt2', probes: { 'call ': { ...koa('koa-jwt2'), promises: true } } }],
  '@elysiajs/jwt': [elysiaJwt('@elysiajs/jwt')],
  '@elysia/jwt': [elysiaJwt('@elysia/jwt')],
  elysia: [
    {
      installed: 'elysia',
      probes: {
        'new Elysia': elysiaCookie(({ Elysia }, [options]) => new Elysia(options).get('/', setsCookie)),
        'call t.Cookie': elysiaCookie(({ Elysia, t }, [, options]) =>
          new Elysia().get('/', setsCookie, { cookie: t.Cookie({ probe: t.Optional(t.String()) }, options) }),
        ),
      },
    },
  ],
  '@foal/jwt': [
    {
      installed: '@foal/jwt',
      probes: Object.fromEntries(
        ['JWTRequired', 'JWTOptional'].map((call) => [
          `call ${call}`,
          {
            asks: async (api: Api) => {
              const hook = `lib/http/${call === 'JWTRequired' ? 'jwt-required' : 'jwt-optional'}.hook.d.ts`;
              await check(api, declared(`@foal/jwt/${hook}`, call));
              await check(api, declared('@foal/jwt/lib/http/jwt.hook.d.ts', 'JWTOptions', true));
            },
          },
        ]),
      ),
    },
  ],
  '@hapi/jwt': [
    {
      installed: '@hapi/jwt',
      probes: {
        'call token.generate': { args: () => [PAYLOAD], makes: plain('@hapi/jwt', (jwt) => jwt.token.generate) },
        ...Object.fromEntries(
          ['verify', 'verifySignature'].map((call) => [
            `call token.${call}`,
            {
              args: (token: string) => [token],
              accepts: async (args: readonly unknown[]) => {
                const { token } = there('@hapi/jwt') as Any;
                const [given, secret, ...rest] = args as [string, Any];
                // A key that stands for the options as a whole has none beside it.
                await Promise.resolve();
                token[call](token.decode(given), secret, ...rest);
              },
            },
          ]),
        ),
        'call token.decode': { decodes: plainDecode('@hapi/jwt', (jwt) => jwt.token.decode) },
        'decorated auth.strategy': {
          promises: true,
          args: () => ['probe', 'jwt', { verify: { aud: false, iss: false, sub: false }, validate: false }],
          accepts: (args, token) => hapi('@hapi/jwt', 'jwt', args[2], { authorization: `Bearer ${token}` }),
        },
      },
    },
  ],
  'hapi-auth-jwt2': [
    {
      installed: 'hapi-auth-jwt2',
      probes: {
        'decorated auth.strategy': {
          promises: true,
          args: () => ['probe', 'jwt', { validate: () => ({ isValid: true }) }],
          accepts: (args, token) => hapi('hapi-auth-jwt2', 'jwt', args[2], { authorization: token }),
        },
      },
    },
  ],
  '@hapi/cookie': [
    {
      installed: '@hapi/cookie',
      probes: {
        'decorated auth.strategy': {
          args: () => ['probe', 'cookie', { cookie: { name: 'probe' }, validate: () => ({ isValid: true, credentials: { probe: 1 } }) }],
          token: async (key) => (there('@hapi/iron') as Any).seal({ probe: 1 }, key, (there('@hapi/iron') as Any).defaults),
          accepts: (args, token) => hapi('@hapi/cookie', 'cookie', args[2], { cookie: `probe=${token}` }),
        },
      },
    },
  ],
  'egg-jwt': [
    {
      installed: 'egg-jwt',
      probes: {
        'decorated jwt.sign': { args: () => [PAYLOAD], makes: (args) => egg('sign')(args) },
        'decorated jwt.verify': { args: (token) => [token], accepts: (args) => egg('verify')(args) },
        'decorated jwt.decode': { decodes: (token) => egg('decode')([token]) },
      },
    },
  ],
  'socketio-jwt': [
    {
      installed: 'socketio-jwt',
      probes: {
        'call authorize': { ...socket('socketio-jwt', 'authorize'), args: () => [{ handshake: true }] },
      },
    },
  ],
  '@thream/socketio-jwt': [
    { installed: '@thream/socketio-jwt', probes: { 'call authorize': socket('@thream/socketio-jwt', 'authorize') } },
  ],
  'socketio-jwt-auth': [
    {
      installed: 'socketio-jwt-auth',
      probes: {
        'call authenticate': {
          ...socket('socketio-jwt-auth', 'authenticate', [(payload: Any, done: Any) => done(null, payload)]),
          single: true,
        },
      },
    },
  ],
  'express-oauth2-jwt-bearer': [
    {
      installed: 'express-oauth2-jwt-bearer',
      probes: {
        'call auth': {
          single: true,
          args: () => [{ issuer: OAUTH.iss, audience: OAUTH.aud }],
          demands: OAUTH,
          accepts: async (args, token) => {
            const options = args[0] as Any;
            const issuers = options.mcd?.issuers?.map((each: object) => ({ ...each, issuer: OAUTH.iss, alg: 'HS256' }));
            const whole = issuers ? { mcd: { issuers }, audience: OAUTH.aud } : options;
            const middleware = (await load('express-oauth2-jwt-bearer')).auth(whole);
            const request = {
              method: 'GET',
              headers: { authorization: `Bearer ${token}` },
              query: {},
              is: () => false,
              get: () => 'localhost',
              protocol: 'http',
              originalUrl: '/',
              host: 'localhost',
            };
            await promised((done) => middleware(request, {}, done));
          },
        },
      },
    },
  ],
  'restify-jwt-community': [
    { installed: 'restify-jwt-community', probes: { 'call ': express(() => Promise.resolve(there('restify-jwt-community'))) } },
  ],
  'middy-middleware-jwt-auth': [
    {
      installed: 'middy-middleware-jwt-auth',
      probes: {
        'call ': {
          single: true,
          accepts: async (args, token) => {
            const middy = there('middy-middleware-jwt-auth') as Any;
            await middy.default(...args).before({
              event: { headers: { authorization: `Bearer ${token}` }, httpMethod: 'GET' },
            });
          },
        },
      },
    },
  ],
  '@midwayjs/jwt': [
    {
      installed: '@midwayjs/jwt',
      probes: {
        ...Object.fromEntries(
          ['sign', 'signSync'].map((call) => [
            `method JwtService.${call}`,
            { args: () => [PAYLOAD], makes: (args: readonly unknown[]) => midway(call)(...args) },
          ]),
        ),
        ...Object.fromEntries(
          ['verify', 'verifySync'].map((call) => [
            `method JwtService.${call}`,
            { args: (token: string) => [token], accepts: (args: readonly unknown[]) => midway(call)(...args) },
          ]),
        ),
        ...Object.fromEntries(
          ['decode', 'decodeSync'].map((call) => [`method JwtService.${call}`, { decodes: (token: string) => midway(call)(token) }]),
        ),
      },
    },
  ],
  '@graphql-yoga/plugin-jwt': [
    {
      installed: '@graphql-yoga/plugin-jwt',
      probes: {
        'call createInlineSigningKeyProvider': {
          accepts: async (args, token) => {
            const { createInlineSigningKeyProvider, useJWT } = there('@graphql-yoga/plugin-jwt') as Any;
            const { createSchema, createYoga } = there('graphql-yoga') as Any;
            const yoga = createYoga({
              schema: createSchema({ typeDefs: 'type Query { in: Boolean }', resolvers: { Query: { in: () => true } } }),
              plugins: [
                useJWT({
                  signingKeyProviders: [createInlineSigningKeyProvider(...args)],
                  reject: { missingToken: true, invalidToken: true },
                }),
              ],
              logging: false,
            });
            const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
            const response = await yoga.fetch('http://localhost/graphql', { method: 'POST', headers, body: '{"query":"{ in }"}' });
            if (!(await response.text()).includes('true')) throw new Error('refused');
          },
        },
      },
    },
  ],
  '@feathersjs/authentication': [
    {
      installed: '@feathersjs/authentication',
      probes: {
        'decorated createAccessToken': {
          args: () => [{ sub: 'probe' }],
          makes: async (args) => (await feathers()).createAccessToken(...args),
        },
        'decorated verifyAccessToken': {
          demands: FEATHERS,
          args: (token) => [token],
          accepts: async (args) => (await feathers()).verifyAccessToken(...args),
        },
      },
    },
  ],
  '@loopback/authentication-jwt': [
    {
      installed: '@loopback/authentication-jwt',
      probes: {
        'bound TokenServiceBindings.TOKEN_SECRET': { makes: loopback },
        'bound RefreshTokenServiceBindings.REFRESH_SECRET': {
          asks: async () => {
            const component = there('@loopback/authentication-jwt') as Any;
            const app = new (there('@loopback/core') as Any).Application();
            app.component(component.JWTAuthenticationComponent);
            app.bind(component.RefreshTokenServiceBindings.REFRESH_SECRET).to(KEY);
            // The service is given what this key is bound to, as its first argument.
            const [first] = (there('@loopback/core') as Any).describeInjectedArguments(component.RefreshtokenService);
            expect(first.bindingSelector.key).toBe(component.RefreshTokenServiceBindings.REFRESH_SECRET.key);
            expect(await app.get(component.RefreshTokenServiceBindings.REFRESH_SECRET)).toBe(KEY);
          },
        },
      },
    },
  ],
  '@auth/core': [
    {
      installed: '@auth/core',
      probes: {
        ...authCore,
        'call Auth': authSession(async (config, cookie) => {
          const { Auth } = await load('@auth/core');
          const response = await Auth(new Request('http://localhost/auth/session', { headers: { cookie } }), config);
          return response.json();
        }),
      },
    },
  ],
  '@auth/sveltekit': [
    { installed: '@auth/sveltekit', probes: { 'call SvelteKitAuth': declared('@auth/sveltekit/dist/index.d.ts', 'SvelteKitAuth') } },
  ],
  '@auth/express': [
    {
      installed: '@auth/express',
      probes: {
        'call ExpressAuth': authSession(async (config, cookie) => {
          const app = (there('express') as Any)();
          app.use('/auth/*', (await load('@auth/express')).ExpressAuth(config));
          return answered(app, '/auth/session', cookie);
        }),
        'call getSession': authSession(async (config, cookie) =>
          (await load('@auth/express')).getSession(
            { protocol: 'http', get: () => 'localhost', headers: { cookie, host: 'localhost' } },
            config,
          ),
        ),
      },
    },
  ],
  'better-auth': [
    {
      installed: 'better-auth',
      probes: {
        'call betterAuth': {
          key: (text, position) => (position.includes('value') ? text : text),
          makes: async (args) => {
            const options = args[0] as Any;
            const secrets = options.secrets?.map((each: object) => ({ version: 1, ...each }));
            const { betterAuth } = await load('better-auth');
            const context = await betterAuth({
              ...options,
              ...(secrets ? { secrets } : {}),
              logger: { disabled: true },
              baseURL: 'http://localhost',
            }).$context;
            const { makeSignature } = await load('better-auth/crypto');
            return makeSignature('probe', context.secret);
          },
          opens: (made, key) => made === hmac('sha256', key, 'probe'),
        },
        'call getCookieCache': {
          token: async (key) => {
            const { symmetricEncodeJWT } = await load('better-auth/crypto');
            const now = new Date();
            const session = {
              session: { id: 'a', token: 'a', userId: 'probe', createdAt: now, updatedAt: now, expiresAt: new Date(Date.now() + 60_000) },
              user: { id: 'probe', email: 'probe@example.test', name: 'probe', createdAt: now, updatedAt: now },
              updatedAt: Date.now(),
            };
            return symmetricEncodeJWT(session, key, 'better-auth-session', 60);
          },
          args: () => [undefined, { strategy: 'jwe', isSecure: false }],
          accepts: async (args, token) => {
            const { getCookieCache } = await load('better-auth/cookies');
            await refusing(getCookieCache(new Headers({ cookie: `better-auth.session_data=${token}` }), args[1]));
          },
        },
      },
    },
  ],
  '@sidebase/nuxt-auth': [
    {
      installed: '@sidebase/nuxt-auth',
      probes: {
        'call NuxtAuthHandler': declared('@sidebase/nuxt-auth/dist/runtime/server/services/authjs/nuxtAuthHandler.d.ts', 'NuxtAuthHandler'),
      },
    },
  ],
  '@auth0/nextjs-auth0': [
    {
      installed: '@auth0/nextjs-auth0',
      probes: { 'new Auth0Client': declared('@auth0/nextjs-auth0/dist/server/client.d.ts', 'Auth0Client', true) },
    },
  ],
  payload: [{ installed: 'payload', probes: { 'call buildConfig': declared('payload/dist/config/types.d.ts', 'Config', true) } }],
  '@keystone-6/core': [
    {
      installed: '@keystone-6/core',
      probes: {
        'call statelessSessions': declared('@keystone-6/core/dist/declarations/src/session.d.ts', 'statelessSessions', true),
        'call storedSessions': declared('@keystone-6/core/dist/declarations/src/session.d.ts', 'storedSessions', true),
      },
    },
  ],
  '@medusajs/framework': [
    {
      installed: '@medusajs/types',
      probes: { 'call defineConfig': declared('@medusajs/types/dist/common/config-module.d.ts', 'InputConfig', true) },
    },
  ],
  'iron-session': [
    {
      installed: 'iron-session',
      probes: {
        'call sealData': {
          args: () => [{ probe: 1 }],
          makes: imported('iron-session', 'sealData'),
          opens: (made, key) => sealed('iron-session', made, key),
        },
        'call unsealData': {
          token: async (key) => (await load('iron-session')).sealData({ probe: 1 }, { password: key }),
          args: (token) => [token],
          accepts: async (args) => {
            if (((await imported('iron-session', 'unsealData')(args)) as Any).probe !== 1) throw new Error('refused');
          },
        },
        'call getIronSession': ironSession(async (args, request, response) => {
          const { getIronSession } = await load('iron-session');
          const { cookies } = { cookies: cookieStore(response) };
          // `getIronSession(cookies, options)`, or `getIronSession(request, response, options)`.
          const options = args[2] as Any;
          await store(
            options.password === undefined ? await getIronSession(cookies, args[1]) : await getIronSession(request, response, options),
          );
        }),
      },
    },
    {
      installed: 'iron-session-6',
      probes: {
        'call ironSession': {
          ...ironSession(async (args, request, response) => {
            const { ironSession: middleware } = there('iron-session-6/express') as Any;
            await promised((done) => middleware({ cookieName: 'probe', ...(args[0] as object) })(request, response, done));
            await store(request.session);
          }, 'iron-session-6'),
        },
        ...Object.fromEntries(
          ['withIronSessionApiRoute', 'withIronSessionSsr'].map((call) => [
            `call ${call}`,
            ironSession(async (args, request, response) => {
              const wrap = (there('iron-session-6/next') as Any)[call];
              const handler = wrap((given: Any) => store((given.req ?? given).session), args[1]);
              await (call === 'withIronSessionSsr' ? handler({ req: request, res: response }) : handler(request, response));
            }, 'iron-session-6'),
          ]),
        ),
      },
    },
  ],
  koa: [{ installed: 'koa', probes: { 'assigned keys': koaKeys((args) => [args[0]].flat()) } }],
  keygrip: [
    {
      installed: 'keygrip',
      probes: {
        'call ': koaKeys((args) => (there('keygrip') as Any)(...args)),
        'new ': koaKeys((args) => new (there('keygrip') as Any)(...args)),
      },
    },
  ],
  express: [
    {
      installed: 'express-3',
      probes: {
        'call cookieParser': express3('cookieParser', {}, (_request, response) => {
          response.cookie('probe', 'value', { signed: true });
        }),
        'call session': {
          ...express3('session', {}, (request) => {
            request.session.probe = 1;
          }),
        },
        'call cookieSession': {
          ...express3('cookieSession', {}, (request) => {
            request.session.probe = 1;
          }),
        },
      },
    },
  ],
  h3: [
    {
      installed: 'h3',
      probes: Object.fromEntries(
        ['useSession', 'getSession', 'updateSession', 'sealSession', 'unsealSession'].map((call) => [`call ${call}`, h3(call)]),
      ),
    },
  ],
  ...Object.fromEntries(
    ['react-router', '@remix-run/node', '@remix-run/cloudflare'].map((name) => [name, [{ installed: name, probes: routerCookies(name) }]]),
  ),
  '@remix-run/deno': [
    {
      installed: '@remix-run/deno',
      probes: Object.fromEntries(
        ['createCookie', 'createCookieSessionStorage', 'createSessionStorage'].map((call) => [
          `call ${call}`,
          declared('@remix-run/deno/implementations.ts', call),
        ]),
      ),
    },
  ],
  'csrf-csrf': [
    {
      installed: 'csrf-csrf',
      probes: {
        'call doubleCsrf': {
          args: () => [
            {
              getSessionIdentifier: () => 'probe',
              cookieOptions: { secure: false },
              cookieName: 'probe',
              getCsrfTokenFromRequest: (request: Any) => request.headers['x-csrf-token'],
            },
          ],
          makes: async (args) => {
            const { generateCsrfToken } = (await load('csrf-csrf')).doubleCsrf(...args);
            return generateCsrfToken({ cookies: {}, headers: {} }, { cookie: () => undefined });
          },
          opens: async (made, key) => {
            const { validateRequest } = (await load('csrf-csrf')).doubleCsrf({
              getSecret: () => key,
              getSessionIdentifier: () => 'probe',
              cookieName: 'probe',
              getCsrfTokenFromRequest: (request: Any) => request.headers['x-csrf-token'],
            });
            return validateRequest({ method: 'POST', cookies: { probe: made }, headers: { 'x-csrf-token': made } });
          },
        },
      },
    },
  ],
  '@fastify/session': [
    {
      installed: '@fastify/session',
      probes: {
        'register ': {
          args: () => [undefined, { cookie: { secure: false }, cookieName: 'probe' }],
          makes: (args) =>
            fastifyCookie(
              [
                ['@fastify/cookie', {}],
                ['@fastify/session', args[1]],
              ],
              (request) => {
                request.session.probe = 1;
              },
            ),
          opens: (made, key) => signedPart(made, key, 'sha256'),
        },
      },
    },
  ],
  '@fastify/secure-session': [
    {
      installed: '@fastify/secure-session',
      probes: {
        'register ': {
          args: () => [undefined, { cookieName: 'probe' }],
          key: (text, position) => (position.includes('key') ? Buffer.from(text) : text),
          makes: (args) => {
            const options = args[1] as Any;
            const one = Array.isArray(options) ? { ...options[0], cookieName: 'probe' } : options;
            const salted = one.secret === undefined ? one : { ...one, salt: 'salt-of-16-bytes' };
            const whole = Array.isArray(options) ? [salted] : salted;
            return fastifyCookie([['@fastify/secure-session', whole]], (request) => {
              request.session.set('probe', 1);
            });
          },
          opens: async (made, key) => {
            const open = async (options: object): Promise<boolean> => {
              const app = (await load('fastify')).default();
              app.register(there('@fastify/secure-session'), { cookieName: 'probe', ...options });
              await app.ready();
              const session = app.decodeSecureSession(made);
              await app.close();
              return session?.get('probe') === 1;
            };
            return (await open({ key: Buffer.from(key) })) || open({ secret: key, salt: 'salt-of-16-bytes' });
          },
        },
      },
    },
  ],
  'livekit-server-sdk': [
    {
      installed: 'livekit-server-sdk',
      probes: {
        'new AccessToken': {
          args: () => ['probe'],
          makes: async (args) => new (await load('livekit-server-sdk')).AccessToken(...args).toJwt(),
        },
        'new TokenVerifier': {
          args: () => ['probe'],
          token: (key) => hmacToken(key, 'HS256', { ...PAYLOAD, iss: 'probe' }),
          accepts: async (args, token) => new (await load('livekit-server-sdk')).TokenVerifier(...args).verify(token),
        },
        'new WebhookReceiver': {
          args: () => ['probe'],
          token: (key) => hmacToken(key, 'HS256', { ...PAYLOAD, iss: 'probe', sha256: createHash('sha256').update('{}').digest('base64') }),
          accepts: async (args, token) => new (await load('livekit-server-sdk')).WebhookReceiver(...args).receive('{}', token),
        },
        ...Object.fromEntries(
          ['RoomServiceClient', 'EgressClient', 'IngressClient', 'SipClient', 'AgentDispatchClient'].map((name) => [
            `new ${name}`,
            {
              args: () => ['https://probe.example', 'probe'],
              makes: async (args: readonly unknown[]) => bearer(new (await load('livekit-server-sdk'))[name](...args)),
            },
          ]),
        ),
        'new LiveKitAPI': {
          args: () => [{ host: 'https://probe.example', apiKey: 'probe' }],
          makes: async (args) => bearer(new (await load('livekit-server-sdk')).LiveKitAPI(...args).room),
        },
      },
    },
  ],
  'stream-chat': [
    {
      installed: 'stream-chat',
      probes: {
        'call StreamChat.getInstance': {
          args: () => ['probe'],
          makes: async (args) => {
            const { StreamChat } = there('stream-chat') as Any;
            StreamChat._instance = undefined;
            await Promise.resolve();
            return StreamChat.getInstance(...args).createToken('probe');
          },
        },
        'new StreamChat': {
          args: () => ['probe'],
          makes: (args) => new (there('stream-chat') as Any).StreamChat(...args).createToken('probe'),
        },
      },
    },
  ],
  'google-auth-library': [
    {
      installed: 'google-auth-library',
      probes: {
        'new JWT': {
          args: () => [{ email: 'probe@example.test', scopes: [] }],
          key: () => PRIVATE_PEM,
          makes: async (args) => {
            const client = new (there('google-auth-library') as Any).JWT(...args);
            const headers = await client.getRequestHeaders('https://probe.example.test/');
            return String(headers.get('authorization')).replace('Bearer ', '');
          },
        },
      },
    },
  ],
  'universal-github-app-jwt': [
    {
      installed: 'universal-github-app-jwt',
      probes: {
        'call ': {
          args: () => [{ id: 1 }],
          key: () => PRIVATE_PEM,
          makes: async (args) => (await (await load('universal-github-app-jwt')).default(...args)).token,
        },
      },
    },
  ],
  'node:crypto': [
    {
      installed: 'node:crypto',
      probes: {
        'jws createHmac': byHand((args) =>
          createHmac(args[0] as string, args[1] as string)
            .update(INPUT)
            .digest('base64url'),
        ),
        ...Object.fromEntries(
          ['subtle.importKey', 'webcrypto.subtle.importKey'].map((call) => [
            `jws ${call}`,
            {
              ...byHand(async (args) => {
                const isJwk = typeof args[1] === 'object' && 'k' in (args[1] as object);
                const key = isJwk ? { kty: 'oct', ...(args[1] as object) } : args[1];
                const given = await (globalThis.crypto.subtle.importKey as Any)(
                  isJwk ? 'jwk' : 'raw',
                  key,
                  { name: 'HMAC', hash: 'SHA-256' },
                  false,
                  ['sign'],
                );
                return Buffer.from(await globalThis.crypto.subtle.sign('HMAC', given, Buffer.from(INPUT))).toString('base64url');
              }),
              key: (text: string, position: readonly unknown[]) => (position.includes('k') ? base64url(text) : bytesOf(text)),
            },
          ]),
        ),
      },
    },
  ],
  'crypto-js': [
    {
      installed: 'crypto-js',
      probes: Object.fromEntries(
        ['SHA256', 'SHA384', 'SHA512'].map((hash) => [
          `jws Hmac${hash}`,
          {
            args: () => [INPUT],
            makes: (args: readonly unknown[]) => (there('crypto-js') as Any)[`Hmac${hash}`](...args).toString(),
            opens: (made: string, key: string) => made === createHmac(hash.toLowerCase(), key).update(INPUT).digest('hex'),
          },
        ]),
      ),
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
      },
    },
    // The default export of version 3 and older; version 4 has the name alone.
    { installed: 'jwt-decode-3', probes: { 'call ': { decodes: plainDecode('jwt-decode-3', (decode) => decode.default ?? decode) } } },
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
          opens: opensFastifyCookie,
        },
        'new Signer': {
          makes: (args) => new (there('@fastify/cookie') as Any).Signer(...args).sign('value'),
          opens: opensFastifyCookie,
        },
        ...Object.fromEntries(
          [(module: Any): Any => module, ({ fastifyCookie }: Any): Any => fastifyCookie].flatMap((of, index) => {
            const prefix = index === 0 ? '' : 'fastifyCookie.';
            const signs: Probe = {
              args: () => ['value'],
              makes: (args) => of(there('@fastify/cookie')).sign(...args),
              opens: opensFastifyCookie,
            };
            const unsigns: Probe = {
              token: (key) => `value.${hmac('sha256', key, 'value').replace(/=+$/, '')}`,
              args: (token) => [token],
              accepts: (args) => refusing(of(there('@fastify/cookie')).unsign(...args)),
            };
            return [
              [`call ${prefix}sign`, signs],
              [`call ${prefix}unsign`, unsigns],
            ];
          }),
        ),
      },
    },
  ],
};

/** The token that a client of LiveKit sends. */
async function bearer(client: Any): Promise<string> {
  return ((await client.authHeader({})).Authorization as string).slice('Bearer '.length);
}

async function nodeJose(key: unknown): Promise<unknown> {
  const jose = there('node-jose') as Any;
  return jose.JWS.createSign({ format: 'compact', fields: { typ: 'JWT' } }, { key, reference: false })
    .update(JSON.stringify(PAYLOAD))
    .final();
}
