/**
 * The table's rows for libraries beside those of libraries.ts: encoders, middlewares, sessions, SDKs that sign. A row names
 * the versions that were read; test/integration/library-facts.test.ts asks the most used ones themselves.
 *
 * Not here, since no call of a script tells: keys in configuration files (strapi, directus, n8n, feathers), which
 * settings.ts and names.ts know by their names, and tokens of services (supabase), which are known by their content.
 */
import { jsonwebtoken, jsonwebtokenChecks, jsonwebtokenModules } from './jsonwebtoken.js';
import type { Api, CallKind, DecoratedCall, Library, Omitted, Position, Waiver } from './libraries.js';

type Row = Omit<Api, 'name' | 'form' | 'kind'>;

const sign = (name: string, key: readonly Position[], row: Row = {}, form: Api['form'] = 'call'): Api => ({
  name,
  form,
  kind: 'sign',
  key,
  ...row,
});

const verify = (
  name: string,
  key: readonly Position[],
  omitted: Omitted,
  algorithms?: readonly Position[],
  form: Api['form'] = 'call',
): Api => ({ name, form, kind: 'verify', key, omitted, ...(algorithms ? { algorithms } : {}) });

const promised = (api: Api): Api => ({ ...api, settles: 'promise' });
const calledBack = (api: Api): Api => ({ ...api, settles: 'callback' });

/** A verification that lets unsigned tokens through when its key is missing or empty. */
const trusting = (api: Api): Api => ({ ...api, falsyKeyAcceptsNone: true });

const decode = (name: string, form: Api['form'] = 'call'): Api => ({ name, form, kind: 'decode' });

/** A call, constructor or plugin that is given a key for later. */
const keyed = (name: string, key: readonly Position[], form: Api['form'] = 'call', kind: CallKind = 'config'): Api => ({
  name,
  form,
  kind,
  key,
});

/** What HS256, HS384 and HS512 hash with. */
const HASHES = ['SHA256', 'SHA384', 'SHA512'];

/** node-jose's option to verify with the key that a token brings along. */
const embeds = (index: number): Waiver => ({ at: [index, 'allowEmbeddedKey'], is: true, of: 'key' });

/** One option that may be a text or a list of texts, for rotation. */
const oneOrMore = (...at: Position): readonly Position[] => [at, [...at, '[]']];

/** A password, or several by their numbers. */
const passwords = (...at: Position): readonly Position[] => [
  [...at, 'password'],
  [...at, 'password', '{}'],
];
const AUTH_SECRET: readonly Position[] = oneOrMore(0, 'secret');

/** atlassian-jwt 2: both names of the package hold the same code. */
const UNVERIFIED: Pick<Api, 'waivers'> = { waivers: [{ at: [3], is: true, of: 'signature' }] };
const ATLASSIAN: readonly Api[] = [
  sign('encodeSymmetric', [[1]], { algorithm: [[2]], payload: [0], expiry: [] }),
  sign('encodeAsymmetric', [[1]], { payload: [0], expiry: [] }),
  { ...verify('decodeSymmetric', [[1]], 'required', [[2]]), ...UNVERIFIED },
  // RS256 alone
  { ...verify('decodeAsymmetric', [[1]], 'fixed'), ...UNVERIFIED },
];

/** jsrsasign 10 and 11, below `KJUR` or a default import of it. */
const jsrsasign = (prefix: string): readonly Api[] => [
  sign(`${prefix}JWS.sign`, [[3], [3, 'utf8'], [3, 'rstr']], { algorithm: [[0]], payload: [2], expiry: [] }),
  verify(`${prefix}JWS.verify`, [[1], [1, 'utf8'], [1, 'rstr']], 'by-key-type', [[2]]),
  verify(`${prefix}JWS.verifyJWT`, [[1], [1, 'utf8'], [1, 'rstr']], 'required', [[2, 'alg']]),
  decode(`${prefix}JWS.parse`),
];

/** @auth/core 0.41 and the packages around it. */
const AUTH_JWT: readonly Api[] = ['getToken', 'encode', 'decode'].map((name) => keyed(name, AUTH_SECRET));

export const FURTHER_LIBRARIES: readonly Library[] = [
  // --- encoders and verifiers ---
  // bundles jsonwebtoken: 9, and 8 before that
  { package: 'jsonwebtoken-esm', from: '2.0.0', modules: jsonwebtokenModules('jsonwebtoken-esm'), apis: jsonwebtoken(true) },
  { package: 'jsonwebtoken-esm', below: '2.0.0', modules: jsonwebtokenModules('jsonwebtoken-esm'), apis: jsonwebtoken(false) },
  { package: 'jwt-promisify', apis: jsonwebtoken(true).map((api) => (api.kind === 'verify' ? promised(api) : api)) },
  {
    // 3.2 and 4.0
    package: 'jws',
    apis: [
      sign(
        'sign',
        [
          [0, 'secret'],
          [0, 'privateKey'],
        ],
        { algorithm: [[0, 'header', 'alg']], payload: [0, 'payload'], expiry: [] },
      ),
      sign(
        'createSign',
        [
          [0, 'secret'],
          [0, 'privateKey'],
          [0, 'key'],
        ],
        { algorithm: [[0, 'header', 'alg']] },
      ),
      verify('verify', [[2]], 'required', [[1]]),
      verify(
        'createVerify',
        [
          [0, 'secret'],
          [0, 'publicKey'],
          [0, 'key'],
        ],
        'required',
        [[0, 'algorithm']],
      ),
      decode('decode'),
    ],
  },
  {
    // 1 and 2: `jwa('HS256').sign(input, key)`
    package: 'jwa',
    apis: [sign('().sign', [[1]], {}, 'method'), verify('().verify', [[2]], 'fixed', undefined, 'method')],
  },
  {
    // 2
    package: 'node-jose',
    apis: [
      keyed('JWK.asKey', [[0], [0, 'k']]),
      keyed('JWK.asKeyStore', [[0, 'keys', '[]', 'k']]),
      sign('JWS.createSign', [
        [1, 'k'],
        [1, 'key', 'k'],
      ]),
      // without a list of algorithms: a key of this library is of one family, whatever the token says
      { ...verify('JWS.createVerify', [[0]], 'by-key-type'), waivers: [embeds(0), embeds(1)] },
      { name: 'JWS.verify', form: 'method', kind: 'verify', omitted: 'by-key-type', waivers: [embeds(1)] },
      keyed('JWE.createDecrypt', [[0]]),
    ],
  },
  { package: 'atlassian-jwt', apis: ATLASSIAN },
  { package: '@atlassian/atlassian-jwt', apis: ATLASSIAN },
  {
    // 1 and 2: without an algorithm HS256 alone is accepted
    package: 'njwt',
    apis: [
      sign('create', [[1]], { algorithm: [[2]] }),
      calledBack(verify('verify', [[1]], 'fixed', [[2]])),
      keyed('createVerifier.setSigningKey', [[0]], 'method'),
      keyed('createVerifier.withKeyResolver', [[0, '(cb)']], 'method'),
      keyed('Jwt.setSigningKey', [[0]], 'method'),
    ],
  },
  {
    package: 'jsrsasign',
    apis: [...jsrsasign('KJUR.jws.'), ...jsrsasign('jws.'), keyed('KEYUTIL.getKey', [[0]]), keyed('KJUR.crypto.Mac', [[0, 'pass']], 'new')],
  },
  {
    // 4: the key comes first
    package: 'json-web-token',
    from: '4.0.0',
    apis: [
      sign('encode', [[0]], { algorithm: [[2]], payload: [1], expiry: [] }),
      verify('decode', [[0]], 'by-key-type', [[2, 'algorithms']]),
    ],
  },
  {
    // CVE-2023-48238: the token chooses, and there is no option against it
    package: 'json-web-token',
    below: '4.0.0',
    apis: [sign('encode', [[0]], { algorithm: [[2]], payload: [1], expiry: [] }), calledBack(verify('decode', [[0]], 'unsafe'))],
  },
  {
    // 4
    package: 'jsontokens',
    apis: [
      keyed('TokenSigner', [[1]], 'new', 'sign'),
      ...['sign', 'signAsync'].map((name): Api => ({
        name: `TokenSigner.${name}`,
        form: 'method',
        kind: 'sign',
        payload: [0],
        expiry: [],
      })),
      // its keys are public ones: ES256K is all there is
      { name: 'TokenVerifier', form: 'new', kind: 'verify', omitted: 'required', algorithms: [[0]] },
      decode('decodeToken'),
      { name: 'createUnsecuredToken', form: 'call', kind: 'sign', unsecured: true },
    ],
  },
  {
    // 2 and 3
    package: '@tsndr/cloudflare-worker-jwt',
    apis: [
      sign('sign', [[1]], { algorithm: [[2], [2, 'algorithm']], payload: [0], expiry: [] }),
      promised(verify('verify', [[1]], 'fixed', [[2], [2, 'algorithm']])),
      decode('decode'),
    ],
  },
  { package: 'jwt-encode', apis: [sign('', [[1]], { payload: [0], expiry: [] })] },
  { package: 'react-jwt', apis: [decode('decodeToken'), decode('useJwt')] },
  { package: '@cfworker/jwt', apis: [promised(verify('parseJwt', [[0, 'resolveKey', '()']], 'fixed')), decode('decodeJwt')] },
  {
    package: 'jwt-js-decode',
    apis: [
      sign('jwtSign', [[1]]),
      sign('jwtResign', [[1]], { algorithm: [[2]] }),
      ...['jwtVerify', 'verifyJwt', 'verify'].map((name) => promised(trusting(verify(name, [[1]], 'unsafe')))),
      ...['jwtDecode', 'decodeJwt', 'decode'].map((name) => decode(name)),
    ],
  },
  {
    package: 'expo-jwt',
    apis: [sign('encode', [[1]], { algorithm: [[2, 'algorithm']], payload: [0], expiry: [] }), trusting(verify('decode', [[1]], 'unsafe'))],
  },
  {
    // 1: `parse(token).setAlgorithmList([...]).verify(key)`; an encryption is told its second algorithm before the claims,
    // and a key may be a table of them, by their ids
    package: 'node-webtokens',
    apis: [sign('generate', [[2], [2, '{}']], { optional: 1, algorithm: [[0]] }), keyed('parse.verify', [[0], [0, '{}']], 'method')],
  },
  { package: '@oslojs/jwt', apis: [decode('parseJWT'), decode('decodeJWT')] },
  {
    package: 'oslo',
    modules: { 'oslo/jwt': '' },
    bare: false,
    apis: [sign('createJWT', [[1]], { algorithm: [[0]] }), promised(verify('validateJWT', [[1]], 'required', [[0]])), decode('parseJWT')],
  },
  {
    // 3, which knows RS256 alone
    package: '@clerk/backend',
    modules: { '@clerk/backend/jwt': '' },
    apis: [
      promised(verify('verifyToken', [[1, 'jwtKey']], 'fixed')),
      sign('signJwt', [[1]], { algorithm: [[2, 'algorithm']], payload: [0], expiry: [] }),
      decode('decodeJwt'),
    ],
  },
  { package: 'aws-jwt-verify', modules: { 'aws-jwt-verify/jwt': '' }, apis: [decode('decomposeUnverifiedJwt')] },

  // --- middlewares and plugins of frameworks ---
  {
    // 1, with jsonwebtoken 5 and its functions
    package: 'koa-jwt',
    below: '2.0.0',
    apis: [
      verify('', [[0, 'secret']], 'by-key-type', [[0, 'algorithms']]),
      sign('sign', [[1]], { algorithm: [[2, 'algorithm']], payload: [0], expiry: [{ at: [2, 'expiresIn'], unit: 'seconds' }] }),
      {
        ...calledBack(verify('verify', [[1]], 'by-key-type', [[2, 'algorithms']])),
        waivers: [{ at: [2, 'ignoreExpiration'], is: true, of: 'expiration' }],
      },
      decode('decode'),
    ],
  },
  {
    package: 'koa-jwt2',
    apis: [
      verify(
        '',
        [
          [0, 'secret'],
          [0, 'secret', '()'],
        ],
        'unsafe',
        [[0, 'algorithms']],
      ),
    ],
  },
  ...['@elysiajs/jwt', '@elysia/jwt'].map((name): Library => ({
    package: name,
    apis: [keyed('jwt', [[0, 'secret']]), keyed('', [[0, 'secret']])],
  })),
  {
    // 3
    package: '@hapi/jwt',
    apis: [
      sign('token.generate', [[1, 'key'], [1]], {
        algorithm: [[1, 'algorithm']],
        payload: [0],
        expiry: [{ at: [2, 'ttlSec'], unit: 'seconds' }],
      }),
      // without a key, or with an empty one, both take unsigned tokens
      trusting(verify('token.verify', [[1, 'key'], [1]], 'unsafe', [[1, 'algorithms']])),
      trusting(verify('token.verifySignature', [[1, 'key'], [1]], 'unsafe', [[1, 'algorithms']])),
      decode('token.decode'),
    ],
  },
  { package: 'hapi-auth-jwt2', apis: [] },
  { package: '@hapi/cookie', apis: [] },
  { package: 'egg-jwt', apis: [] },
  { package: '@feathersjs/authentication', apis: [] },
  {
    package: '@loopback/authentication-jwt',
    apis: [keyed('TokenServiceBindings.TOKEN_SECRET', [[0]], 'bound'), keyed('RefreshTokenServiceBindings.REFRESH_SECRET', [[0]], 'bound')],
  },
  {
    package: 'socketio-jwt',
    apis: [
      trusting(
        verify(
          'authorize',
          [
            [0, 'secret'],
            [0, 'secret', '(cb)'],
          ],
          'unsafe',
          [[0, 'algorithms']],
        ),
      ),
    ],
  },
  {
    package: '@thream/socketio-jwt',
    apis: [
      verify(
        'authorize',
        [
          [0, 'secret'],
          [0, 'secret', '()'],
        ],
        'fixed',
        [[0, 'algorithms']],
      ),
    ],
  },
  { package: 'socketio-jwt-auth', apis: [verify('authenticate', [[0, 'secret']], 'fixed', [[0, 'algorithm']])] },
  {
    package: 'express-oauth2-jwt-bearer',
    apis: [
      verify(
        'auth',
        [
          [0, 'secret'],
          [0, 'mcd', 'issuers', '[]', 'secret'],
        ],
        'required',
        [[0, 'tokenSigningAlg']],
      ),
    ],
  },
  { package: 'restify-jwt-community', apis: [verify('', [[0, 'secret']], 'by-key-type', [[0, 'algorithms']])] },
  {
    package: 'middy-middleware-jwt-auth',
    apis: [verify('', [[0, 'secretOrPublicKey']], 'required', [[0, 'algorithm']])],
  },
  {
    package: '@midwayjs/jwt',
    apis: [
      ...['sign', 'signSync'].map((name) => sign(`JwtService.${name}`, [[1]], { algorithm: [[2, 'algorithm']] }, 'method')),
      promised(verify('JwtService.verify', [[1]], 'by-key-type', [[2, 'algorithms']], 'method')),
      verify('JwtService.verifySync', [[1]], 'by-key-type', [[2, 'algorithms']], 'method'),
      ...['decode', 'decodeSync'].map((name) => decode(`JwtService.${name}`, 'method')),
    ],
  },
  {
    // 4: the key of every other verification is in the configuration
    package: '@foal/jwt',
    apis: ['JWTRequired', 'JWTOptional'].map((name) => keyed(name, [[0, 'secretOrPublicKey', '()']])),
  },
  { package: '@graphql-yoga/plugin-jwt', apis: [keyed('createInlineSigningKeyProvider', [[0]])] },

  // --- authentication frameworks ---
  { package: '@auth/core', modules: { '@auth/core/jwt': '' }, apis: [keyed('Auth', oneOrMore(1, 'secret')), ...AUTH_JWT] },
  { package: '@auth/sveltekit', apis: [keyed('SvelteKitAuth', AUTH_SECRET)] },
  { package: '@auth/express', apis: [keyed('ExpressAuth', AUTH_SECRET), keyed('getSession', oneOrMore(1, 'secret'))] },
  {
    package: 'better-auth',
    modules: { 'better-auth/cookies': '' },
    apis: [
      keyed('betterAuth', [
        [0, 'secret'],
        [0, 'secrets', '[]', 'value'],
      ]),
      keyed('getCookieCache', [[1, 'secret']]),
    ],
  },
  { package: '@sidebase/nuxt-auth', modules: { '#auth': '' }, apis: [keyed('NuxtAuthHandler', [[0, 'secret']])] },
  { package: '@auth0/nextjs-auth0', modules: { '@auth0/nextjs-auth0/server': '' }, apis: [keyed('Auth0Client', [[0, 'secret']], 'new')] },
  {
    package: 'payload',
    words: ['buildConfig'],
    apis: [keyed('buildConfig', [[0, 'secret']])],
  },
  {
    package: '@keystone-6/core',
    modules: { '@keystone-6/core/session': '' },
    bare: false,
    apis: [keyed('statelessSessions', [[0, 'secret']]), keyed('storedSessions', [[0, 'secret']])],
  },
  {
    package: '@medusajs/framework',
    modules: { '@medusajs/framework/utils': '' },
    bare: false,
    words: ['jwtSecret', 'cookieSecret'],
    apis: [
      keyed('defineConfig', [
        [0, 'projectConfig', 'http', 'jwtSecret'],
        [0, 'projectConfig', 'http', 'cookieSecret'],
      ]),
    ],
  },

  // --- sessions, cookies and forms ---
  {
    // 6 to 8
    package: 'iron-session',
    modules: { 'iron-session/next': '', 'iron-session/edge': '', 'iron-session/express': '' },
    apis: [
      keyed('getIronSession', [...passwords(1), ...passwords(2)]),
      ...['sealData', 'unsealData'].map((name) => keyed(name, passwords(1))),
      ...['withIronSessionApiRoute', 'withIronSessionSsr'].map((name) => keyed(name, [...passwords(1), ...passwords(1, '()')])),
      keyed('ironSession', passwords(0)),
    ],
  },
  {
    package: 'cookie-session',
    apis: [
      keyed('', [
        [0, 'secret'],
        [0, 'keys', '[]'],
      ]),
    ],
  },
  // What these write is signed with the keys of the application that they run in.
  { package: 'koa', words: ['keys'], apis: [keyed('keys', [[0], [0, '[]']], 'assigned')] },
  { package: 'keygrip', apis: [keyed('', [[0, '[]']]), keyed('', [[0, '[]']], 'new')] },
  {
    // 3, where Connect's middlewares were members of the package
    package: 'express',
    words: ['session', 'cookieSession', 'cookieParser'],
    apis: [keyed('session', [[0, 'secret']]), keyed('cookieSession', [[0, 'secret']]), keyed('cookieParser', [[0]])],
  },
  { package: 'cookie-parser', apis: [keyed('', [[0], [0, '[]']])] },
  { package: '@fastify/session', apis: [keyed('', oneOrMore(1, 'secret'), 'register')] },
  {
    package: '@fastify/cookie',
    apis: [
      keyed('', oneOrMore(1, 'secret'), 'register'),
      keyed('Signer', oneOrMore(0), 'new'),
      ...['', 'fastifyCookie.'].flatMap((prefix) => [keyed(`${prefix}sign`, [[1]]), keyed(`${prefix}unsign`, oneOrMore(1))]),
    ],
  },
  {
    package: '@fastify/secure-session',
    apis: [keyed('', [...oneOrMore(1, 'key'), [1, 'secret'], [1, '[]', 'key'], [1, '[]', 'secret']], 'register')],
  },
  {
    package: 'elysia',
    words: ['secrets'],
    apis: [keyed('Elysia', oneOrMore(0, 'cookie', 'secrets'), 'new'), keyed('t.Cookie', oneOrMore(1, 'secrets'))],
  },
  {
    package: 'h3',
    words: ['useSession', 'getSession', 'updateSession', 'sealSession', 'unsealSession'],
    apis: ['useSession', 'getSession', 'updateSession', 'sealSession', 'unsealSession'].map((name) => keyed(name, [[1, 'password']])),
  },
  ...['react-router', '@remix-run/node', '@remix-run/cloudflare', '@remix-run/deno'].map((name): Library => ({
    package: name,
    words: ['createCookieSessionStorage', 'createSessionStorage', 'createCookie'],
    apis: [
      keyed('createCookieSessionStorage', [[0, 'cookie', 'secrets', '[]']]),
      keyed('createSessionStorage', [[0, 'cookie', 'secrets', '[]']]),
      keyed('createCookie', [[1, 'secrets', '[]']]),
    ],
  })),
  {
    package: 'csrf-csrf',
    apis: [
      keyed('doubleCsrf', [
        [0, 'getSecret', '()'],
        [0, 'getSecret', '()', '[]'],
      ]),
    ],
  },

  // --- SDKs that sign tokens ---
  {
    package: 'livekit-server-sdk',
    apis: [
      keyed('AccessToken', [[1]], 'new', 'sign'),
      ...['TokenVerifier', 'WebhookReceiver'].map((name) => keyed(name, [[1]], 'new')),
      // clients that sign a token for each request
      ...['RoomServiceClient', 'EgressClient', 'IngressClient', 'SipClient', 'AgentDispatchClient'].map((name) =>
        keyed(name, [[2]], 'new'),
      ),
      keyed('LiveKitAPI', [[0, 'secret']], 'new'),
    ],
  },
  { package: 'google-auth-library', words: ['JWT'], apis: [keyed('JWT', [[0, 'key']], 'new', 'sign')] },
  { package: 'universal-github-app-jwt', apis: [keyed('', [[0, 'privateKey']], 'call', 'sign')] },
  { package: 'stream-chat', apis: [keyed('StreamChat.getInstance', [[1]]), keyed('StreamChat', [[1]], 'new')] },

  // --- tokens made by hand ---
  {
    package: 'node:crypto',
    modules: { crypto: '' },
    words: ['createHmac'],
    apis: [
      { ...keyed('createHmac', [[1]], 'jws'), input: 'update' },
      // WebCrypto, which scripts mostly take from the global `crypto`
      ...['subtle.importKey', 'webcrypto.subtle.importKey'].map((name): Api => ({
        ...keyed(name, [[1], [1, 'k']], 'jws'),
        input: 'later',
      })),
    ],
  },
  {
    package: 'crypto-js',
    modules: Object.fromEntries(HASHES.map((hash) => [`crypto-js/hmac-${hash.toLowerCase()}`, `Hmac${hash}`])),
    words: HASHES.map((hash) => `Hmac${hash}`),
    apis: HASHES.map((hash) => ({ ...keyed(`Hmac${hash}`, [[1]], 'jws'), input: 0 })),
  },
];

const strategy = (packageName: string, scheme: string, row: Omit<Api, 'name' | 'form'>): DecoratedCall => ({
  package: packageName,
  path: 'auth.strategy',
  // `server.auth.strategy(name, scheme, options)`
  only: { at: [1], text: scheme },
  api: { name: 'auth.strategy', form: 'call', ...row },
});

/** Calls on objects that these plugins decorate. */
export const FURTHER_DECORATED: readonly DecoratedCall[] = [
  strategy('@hapi/jwt', 'jwt', {
    kind: 'config',
    key: [
      [2, 'keys'],
      [2, 'keys', '[]'],
      [2, 'keys', 'key'],
      [2, 'keys', '[]', 'key'],
      [2, 'keys', '()'],
    ],
  }),
  strategy('hapi-auth-jwt2', 'jwt', {
    kind: 'verify',
    // up to 7, for hapi 16: the mode
    optional: 2,
    key: [...oneOrMore(2, 'key'), [2, 'key', '()', 'key']],
    algorithms: [[2, 'verifyOptions', 'algorithms']],
    omitted: 'by-key-type',
    ...jsonwebtokenChecks(2, 'verifyOptions'),
  }),
  strategy('@hapi/cookie', 'cookie', { kind: 'config', key: [[2, 'cookie', 'password']] }),
  {
    package: 'egg-jwt',
    path: 'jwt.sign',
    api: sign('sign', [[1]], { algorithm: [[2, 'algorithm']] }),
  },
  {
    // jsonwebtoken 8 inside; without a key of its own the call takes the configured one
    package: 'egg-jwt',
    path: 'jwt.verify',
    api: calledBack(trusting(verify('verify', [[1]], 'unsafe', [[2, 'algorithms']]))),
  },
  { package: 'egg-jwt', path: 'jwt.decode', api: decode('decode') },
  {
    // 4 and 5
    package: '@feathersjs/authentication',
    path: 'createAccessToken',
    api: sign('createAccessToken', [[2]], { algorithm: [[1, 'algorithm']], payload: [0] }),
  },
  {
    package: '@feathersjs/authentication',
    path: 'verifyAccessToken',
    api: promised(verify('verifyAccessToken', [[2]], 'fixed', [[1, 'algorithms']])),
  },
];
