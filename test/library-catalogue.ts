/**
 * The calls and settings of the npm ecosystem that take a key of tokens, verify or decode them: 96 entries, 219 of them, by
 * package and version, each with where jwtlint knows it. test/library-catalogue.test.ts holds both sides true.
 */

/** Where a call or setting is known. */
export type Known =
  /** Rows of the table of this package, by form and name; `decorated` for methods that a plugin puts on an object. */
  | readonly string[]
  /** Rows of another package, whose code it is. */
  | { readonly of: string; readonly rows: readonly string[] }
  /** No call of its own: a file as such projects have it, and the rule that finds the key or the fault in it. */
  | { readonly path: string; readonly text: string; readonly finds: string }
  /** Nothing that a rule could read there, and why. */
  | { readonly nothing: string };

export interface Entry {
  readonly package: string;
  readonly versions: string;
  readonly sinks: Readonly<Record<string, Known>>;
}

export const CATALOGUE: readonly Entry[] = [
  {
    package: 'jsonwebtoken',
    versions: '>=9.0.0',
    sinks: {
      sign: ['call sign'],
      verify: ['call verify'],
      decode: ['call decode'],
      'util.promisify(sign|verify)': {
        path: 'src/a.js',
        text: "const { promisify } = require('util');\nconst jwt = require('jsonwebtoken');\nmodule.exports = (token) => promisify(jwt.verify)(token, 'pT4-catalogue-Zk81-bytes-of-no-use');\n",
        finds: 'no-hardcoded-secret',
      },
    },
  },
  {
    package: 'jsonwebtoken',
    versions: '<=8.5.1',
    sinks: {
      sign: ['call sign'],
      verify: ['call verify'],
      decode: ['call decode'],
    },
  },
  {
    package: 'jsonwebtoken-esm',
    versions: '2.x',
    sinks: {
      sign: ['call sign'],
      verify: ['call verify'],
      decode: ['call decode'],
    },
  },
  {
    package: 'jwt-promisify',
    versions: '1.x',
    sinks: {
      sign: ['call sign'],
      verify: ['call verify'],
      decode: ['call decode'],
    },
  },
  {
    package: 'jws',
    versions: '>=3 (4.0.1, 3.2.3 fixed)',
    sinks: {
      sign: ['call sign'],
      createSign: ['call createSign'],
      verify: ['call verify'],
      createVerify: ['call createVerify'],
      decode: ['call decode'],
    },
  },
  {
    package: 'jwa',
    versions: '>=1',
    sinks: {
      'jwa(alg).sign': ['method ().sign'],
      'jwa(alg).verify': ['method ().verify'],
    },
  },
  {
    package: 'jose',
    versions: '>=4 <=6',
    sinks: {
      'new SignJWT(payload)...sign(key)': ['method SignJWT.sign'],
      'new EncryptJWT(payload)...encrypt(key)': ['method EncryptJWT.encrypt'],
      jwtVerify: ['call jwtVerify'],
      jwtDecrypt: ['call jwtDecrypt'],
      'compactVerify|flattenedVerify|generalVerify': ['call compactVerify', 'call flattenedVerify', 'call generalVerify'],
      'CompactSign|FlattenedSign .sign(key)': ['method CompactSign.sign', 'method FlattenedSign.sign'],
      'compactDecrypt|flattenedDecrypt|generalDecrypt': ['call compactDecrypt', 'call flattenedDecrypt', 'call generalDecrypt'],
      importJWK: ['call importJWK'],
      importPKCS8: { nothing: 'the key is PEM, which no-private-key knows by its content; origins.ts says what comes out' },
      createLocalJWKSet: { nothing: 'its keys are public ones: a symmetric key in it is refused' },
      'EmbeddedJWK as jwtVerify arg[1]': {
        path: 'src/a.ts',
        text: "import { EmbeddedJWK, jwtVerify } from 'jose';\nexport const read = (token: string) => jwtVerify(token, EmbeddedJWK);\n",
        finds: 'no-untrusted-key',
      },
      'UnsecuredJWT.encode / UnsecuredJWT.decode': ['method UnsecuredJWT.encode', 'call UnsecuredJWT.decode'],
      'decodeJwt | decodeProtectedHeader': ['call decodeJwt', 'call decodeProtectedHeader'],
    },
  },
  {
    package: 'jose',
    versions: '3.x',
    sinks: {
      'new SignJWT(payload)...sign(key)': ['method SignJWT.sign'],
      'new EncryptJWT(payload)...encrypt(key)': ['method EncryptJWT.encrypt'],
      jwtVerify: ['call jwtVerify'],
      jwtDecrypt: ['call jwtDecrypt'],
      'compactVerify|flattenedVerify|generalVerify': ['call compactVerify', 'call flattenedVerify', 'call generalVerify'],
      'CompactSign|FlattenedSign .sign(key)': ['method CompactSign.sign', 'method FlattenedSign.sign'],
      'compactDecrypt|flattenedDecrypt|generalDecrypt': ['call compactDecrypt', 'call flattenedDecrypt', 'call generalDecrypt'],
      importJWK: ['call importJWK'],
      importPKCS8: { nothing: 'the key is PEM, which no-private-key knows by its content; origins.ts says what comes out' },
      createLocalJWKSet: { nothing: 'its keys are public ones: a symmetric key in it is refused' },
      'EmbeddedJWK as jwtVerify arg[1]': {
        path: 'src/a.ts',
        text: "import { EmbeddedJWK, jwtVerify } from 'jose';\nexport const read = (token: string) => jwtVerify(token, EmbeddedJWK);\n",
        finds: 'no-untrusted-key',
      },
      'UnsecuredJWT.encode / UnsecuredJWT.decode': ['method UnsecuredJWT.encode', 'call UnsecuredJWT.decode'],
      'decodeJwt | decodeProtectedHeader': ['call decodeJwt', 'call decodeProtectedHeader'],
    },
  },
  {
    package: 'jose',
    versions: '1.x-2.x (also @panva/jose 1.x)',
    sinks: {
      'JWT.sign': ['call JWT.sign'],
      'JWT.verify': ['call JWT.verify'],
      'JWT.decode': ['call JWT.decode'],
      'JWK.asKey | JWK.generate | JWK.generateSync': ['call JWK.asKey'],
      'JWS.sign|JWS.verify|JWE.encrypt|JWE.decrypt': ['call JWS.sign', 'call JWS.verify', 'call JWE.encrypt', 'call JWE.decrypt'],
    },
  },
  {
    package: 'node-jose',
    versions: '2.x',
    sinks: {
      'JWK.asKey': ['call JWK.asKey'],
      'JWK.asKeyStore | keystore.add': ['call JWK.asKeyStore'],
      'JWS.createSign': ['call JWS.createSign'],
      'JWS.createVerify': ['call JWS.createVerify'],
      'JWE.createDecrypt': ['call JWE.createDecrypt'],
    },
  },
  {
    package: 'express-jwt',
    versions: '7.x-8.x',
    sinks: {
      expressjwt: ['call expressjwt'],
    },
  },
  {
    package: 'express-jwt',
    versions: '6.x',
    sinks: {
      'expressJwt (default)': ['call '],
    },
  },
  {
    package: 'express-jwt',
    versions: '<=5.3.3',
    sinks: {
      'expressJwt (default)': ['call '],
    },
  },
  {
    package: 'koa-jwt',
    versions: '4.x',
    sinks: {
      'jwt (default)': ['call '],
    },
  },
  {
    package: 'koa-jwt',
    versions: '<=3.x',
    sinks: {
      'jwt (default)': ['call '],
    },
  },
  {
    package: 'koa-jwt2',
    versions: '1.x',
    sinks: {
      'jwt (default)': ['call '],
    },
  },
  {
    package: 'egg-jwt',
    versions: '3.x',
    sinks: {
      'config.jwt': {
        path: 'config/config.default.js',
        text: "exports.jwt = { secret: 'pT4-catalogue-Zk81-bytes-of-no-use' };\n",
        finds: 'no-hardcoded-secret',
      },
      'app.jwt.sign': ['decorated jwt.sign'],
      'app.jwt.verify': ['decorated jwt.verify'],
      'app.jwt.decode': ['decorated jwt.decode'],
    },
  },
  {
    package: 'passport-jwt',
    versions: '4.x',
    sinks: {
      'new Strategy(opts, verifyCb)': ['new Strategy'],
    },
  },
  {
    package: 'passport-jwt',
    versions: '<=3.x',
    sinks: {
      'new Strategy': ['new Strategy'],
    },
  },
  {
    package: '@nestjs/passport',
    versions: '8-12',
    sinks: {
      'class X extends PassportStrategy(Strategy) { constructor(){ super({...}) } }': { of: 'passport-jwt', rows: ['super Strategy'] },
    },
  },
  {
    package: '@nestjs/jwt',
    versions: '8-12 (12 is ESM-only)',
    sinks: {
      'JwtModule.register': ['call JwtModule.register'],
      'JwtModule.registerAsync': ['call JwtModule.registerAsync', 'factory JwtOptionsFactory'],
      'JwtService.sign | signAsync': ['method JwtService.sign', 'method JwtService.signAsync'],
      'JwtService.verify | verifyAsync': ['method JwtService.verify', 'method JwtService.verifyAsync'],
      'JwtService.decode': ['method JwtService.decode'],
      'new JwtService(options)': ['new JwtService'],
    },
  },
  {
    package: '@fastify/jwt',
    versions: '5-10',
    sinks: {
      'fastify.register(fastifyJwt, opts)': ['register '],
      'fastify.jwt.sign | fastify.jwt[ns].sign': ['decorated jwt.sign', 'decorated jwt.*.sign'],
      'fastify.jwt.verify': ['decorated jwt.verify'],
      'reply.jwtSign': ['decorated jwtSign'],
      'request.jwtVerify': ['decorated jwtVerify'],
      'fastify.jwt.decode | request.jwtDecode': ['decorated jwt.decode', 'decorated jwtDecode'],
    },
  },
  {
    package: 'fastify-jwt',
    versions: '4.2.0 is a deprecation stub (npm:fastify-jwt@4.1.3 inside)',
    sinks: {
      'fastify.register(fastifyJwt, opts)': { of: '@fastify/jwt', rows: ['register '] },
    },
  },
  {
    package: 'fast-jwt',
    versions: '1-6',
    sinks: {
      'createSigner(opts)(payload)': ['call createSigner'],
      'createVerifier(opts)(token)': ['call createVerifier'],
      'createDecoder()(token)': ['method createDecoder.()'],
    },
  },
  {
    package: 'hono',
    versions: '>=4.11.4 (hono/jwt, hono/jwk, hono/cookie)',
    sinks: {
      'jwt({...})': ['call jwt'],
      sign: ['call sign'],
      verify: ['call verify'],
      'jwk({...}) | verifyWithJwks': ['call jwk', 'call verifyWithJwks'],
      'decode | decodeHeader': ['call decode', 'call decodeHeader'],
      'setSignedCookie | generateSignedCookie': ['call setSignedCookie', 'call generateSignedCookie'],
    },
  },
  {
    package: 'hono',
    versions: '<4.11.4',
    sinks: {
      'jwt({...})': ['call jwt'],
      verify: ['call verify'],
      'verifyWithJwks | jwk': ['call verifyWithJwks', 'call jwk'],
    },
  },
  {
    package: '@elysiajs/jwt',
    versions: '1.x',
    sinks: {
      'new Elysia().use(jwt({...}))': ['call jwt', 'call '],
      'ctx[name].sign': { nothing: 'it takes the key of the plugin' },
      'ctx[name].verify': { nothing: 'it takes the key of the plugin, and only HS* with a secret' },
    },
  },
  {
    package: '@hapi/jwt',
    versions: '3.x',
    sinks: {
      "server.auth.strategy(name,'jwt',opts)": ['decorated auth.strategy'],
      'Jwt.token.generate': ['call token.generate'],
      'Jwt.token.verify': ['call token.verify'],
      'Jwt.token.verifySignature': ['call token.verifySignature'],
      'Jwt.token.decode': ['call token.decode'],
    },
  },
  {
    package: 'hapi-auth-jwt2',
    versions: '8-11',
    sinks: {
      "server.auth.strategy(name,'jwt',opts)": ['decorated auth.strategy'],
    },
  },
  {
    package: 'jwt-simple',
    versions: '0.5.x',
    sinks: {
      encode: ['call encode'],
      decode: ['call decode'],
    },
  },
  {
    package: 'atlassian-jwt',
    versions: '2.x (also @atlassian/atlassian-jwt 2.x)',
    sinks: {
      encodeSymmetric: ['call encodeSymmetric'],
      'decodeSymmetric | decodeAsymmetric': ['call decodeSymmetric', 'call decodeAsymmetric'],
      encodeAsymmetric: ['call encodeAsymmetric'],
    },
  },
  {
    package: 'njwt',
    versions: '1-2',
    sinks: {
      create: ['call create'],
      verify: ['call verify'],
      'createVerifier().setSigningKey / new Jwt().setSigningKey': ['method createVerifier.setSigningKey', 'method Jwt.setSigningKey'],
    },
  },
  {
    package: '@okta/jwt-verifier',
    versions: '4.x',
    sinks: {
      'new OktaJwtVerifier': { nothing: 'public keys of an issuer, and a fixed algorithm' },
    },
  },
  {
    package: 'jsrsasign',
    versions: '10-11',
    sinks: {
      'KJUR.jws.JWS.sign': ['call KJUR.jws.JWS.sign', 'call jws.JWS.sign'],
      'KJUR.jws.JWS.verify': ['call KJUR.jws.JWS.verify'],
      'KJUR.jws.JWS.verifyJWT': ['call KJUR.jws.JWS.verifyJWT'],
      'KJUR.jws.JWS.parse': ['call KJUR.jws.JWS.parse'],
      'KEYUTIL.getKey | new KJUR.crypto.Mac': ['call KEYUTIL.getKey', 'new KJUR.crypto.Mac'],
    },
  },
  {
    package: 'json-web-token',
    versions: '4.x',
    sinks: {
      encode: ['call encode'],
      decode: ['call decode'],
    },
  },
  {
    package: 'json-web-token',
    versions: '<=3.x',
    sinks: {
      encode: ['call encode'],
      decode: ['call decode'],
    },
  },
  {
    package: 'jsontokens',
    versions: '4.x',
    sinks: {
      'new TokenSigner': ['new TokenSigner'],
      'new TokenVerifier': ['new TokenVerifier'],
      'decodeToken | createUnsecuredToken': ['call decodeToken', 'call createUnsecuredToken'],
    },
  },
  {
    package: '@tsndr/cloudflare-worker-jwt',
    versions: '2-3',
    sinks: {
      sign: ['call sign'],
      verify: ['call verify'],
      decode: ['call decode'],
    },
  },
  {
    package: '@cfworker/jwt',
    versions: '7.x',
    sinks: {
      parseJwt: ['call parseJwt'],
      decodeJwt: ['call decodeJwt'],
    },
  },
  {
    package: 'jwt-encode',
    versions: '1.x',
    sinks: {
      'sign (default)': ['call '],
    },
  },
  {
    package: 'jwt-decode',
    versions: '4.x: named; <=3: default',
    sinks: {
      'jwtDecode | default': ['call jwtDecode', 'call '],
    },
  },
  {
    package: 'react-jwt',
    versions: '2.x',
    sinks: {
      'decodeToken | useJwt | isExpired': ['call decodeToken', 'call useJwt'],
    },
  },
  {
    package: 'jwt-js-decode',
    versions: '1.9',
    sinks: {
      jwtVerify: ['call jwtVerify'],
      'jwtSign | jwtResign': ['call jwtSign', 'call jwtResign'],
      'jwtDecode | decodeJwt | decode': ['call jwtDecode', 'call decodeJwt', 'call decode'],
    },
  },
  {
    package: 'expo-jwt',
    versions: '1.8',
    sinks: {
      'JWT.encode': ['call encode'],
      'JWT.decode': ['call decode'],
    },
  },
  {
    package: 'node-webtokens',
    versions: '1.x',
    sinks: {
      generate: ['call generate'],
      'parse(t).setAlgorithmList().verify': ['method parse.verify'],
    },
  },
  {
    package: '@oslojs/jwt',
    versions: '0.3',
    sinks: {
      'parseJWT | decodeJWT': ['call parseJWT', 'call decodeJWT'],
      encodeJWT: { nothing: 'it takes a signature, not a key' },
    },
  },
  {
    package: 'oslo',
    versions: '1.x (oslo/jwt)',
    sinks: {
      createJWT: ['call createJWT'],
      validateJWT: ['call validateJWT'],
      parseJWT: ['call parseJWT'],
    },
  },
  {
    package: 'socketio-jwt',
    versions: '4.x',
    sinks: {
      authorize: ['call authorize'],
    },
  },
  {
    package: '@thream/socketio-jwt',
    versions: '3.x',
    sinks: {
      authorize: ['call authorize'],
    },
  },
  {
    package: 'socketio-jwt-auth',
    versions: '0.2',
    sinks: {
      authenticate: ['call authenticate'],
    },
  },
  {
    package: 'express-oauth2-jwt-bearer',
    versions: '1.x',
    sinks: {
      auth: ['call auth'],
    },
  },
  {
    package: 'aws-jwt-verify',
    versions: '5.x',
    sinks: {
      'CognitoJwtVerifier.create | JwtVerifier.create': { nothing: 'public keys of an issuer, and fixed algorithms' },
      decomposeUnverifiedJwt: ['call decomposeUnverifiedJwt'],
    },
  },
  {
    package: 'jwks-rsa',
    versions: '3-4',
    sinks: {
      'expressJwtSecret | passportJwtSecret | koaJwtSecret | hapiJwt2Key(Async)': {
        nothing: 'public keys of an issuer: key-kinds.ts and public-keys.ts know them',
      },
    },
  },
  {
    package: 'restify-jwt-community',
    versions: '2.x',
    sinks: {
      'jwt (default)': ['call '],
    },
  },
  {
    package: 'middy-middleware-jwt-auth',
    versions: '6.x',
    sinks: {
      JWTAuthMiddleware: ['call '],
    },
  },
  {
    package: '@midwayjs/jwt',
    versions: '3.x',
    sinks: {
      'config.jwt': {
        path: 'src/config/config.default.ts',
        text: "export default { jwt: { secret: 'pT4-catalogue-Zk81-bytes-of-no-use' } };\n",
        finds: 'no-hardcoded-secret',
      },
      'JwtService.sign|signSync|verify|verifySync': [
        'method JwtService.sign',
        'method JwtService.signSync',
        'method JwtService.verify',
        'method JwtService.verifySync',
      ],
    },
  },
  {
    package: '@foal/jwt',
    versions: '4.x',
    sinks: {
      'Config settings.jwt.*': {
        path: 'config/default.json',
        text: '{ "settings": { "jwt": { "secret": "pT4-catalogue-Zk81-bytes-of-no-use" } } }\n',
        finds: 'no-hardcoded-secret',
      },
    },
  },
  {
    package: '@graphql-yoga/plugin-jwt',
    versions: '3.x',
    sinks: {
      createInlineSigningKeyProvider: ['call createInlineSigningKeyProvider'],
      useJWT: { nothing: 'its providers hold the keys; without a list it takes RS256 and HS256' },
    },
  },
  {
    package: 'next-auth',
    versions: '3-4',
    sinks: {
      NextAuth: ['call ', 'typed NextAuthOptions', 'typed AuthOptions'],
      'getToken | encode | decode | withAuth': ['call getToken', 'call encode', 'call decode', 'call withAuth'],
    },
  },
  {
    package: '@auth/core',
    versions: '0.41 / next-auth 5 beta',
    sinks: {
      'NextAuth | Auth | *Auth config': ['call Auth'],
      'getToken | encode | decode': ['call getToken', 'call encode', 'call decode'],
    },
  },
  {
    package: 'better-auth',
    versions: '1.x',
    sinks: {
      betterAuth: ['call betterAuth'],
      getCookieCache: ['call getCookieCache'],
    },
  },
  {
    package: '@sidebase/nuxt-auth',
    versions: '1.x',
    sinks: {
      NuxtAuthHandler: ['call NuxtAuthHandler'],
    },
  },
  {
    package: '@auth0/nextjs-auth0',
    versions: '4.x',
    sinks: {
      'new Auth0Client': ['new Auth0Client'],
    },
  },
  {
    package: 'iron-session',
    versions: '6-8',
    sinks: {
      getIronSession: ['call getIronSession'],
      'sealData | unsealData': ['call sealData', 'call unsealData'],
    },
  },
  {
    package: 'express-session',
    versions: '1.x',
    sinks: {
      session: ['call '],
    },
  },
  {
    package: 'cookie-session',
    versions: '2.x',
    sinks: {
      cookieSession: ['call '],
    },
  },
  {
    package: 'cookie-parser',
    versions: '1.x',
    sinks: {
      cookieParser: ['call '],
    },
  },
  {
    package: '@fastify/session',
    versions: '11.x',
    sinks: {
      'fastify.register': ['register '],
    },
  },
  {
    package: '@fastify/cookie',
    versions: '11.x',
    sinks: {
      'fastify.register': ['register '],
    },
  },
  {
    package: '@fastify/secure-session',
    versions: '8.x',
    sinks: {
      'fastify.register': ['register '],
    },
  },
  {
    package: 'koa-session',
    versions: '7.x',
    sinks: {
      'app.keys = [...]': { of: 'koa', rows: ['assigned keys'] },
    },
  },
  {
    package: 'h3',
    versions: '1-2 (Nitro/Nuxt)',
    sinks: {
      'useSession | getSession | sealSession': ['call useSession', 'call getSession', 'call sealSession'],
    },
  },
  {
    package: 'nuxt-auth-utils',
    versions: '0.5',
    sinks: {
      'runtimeConfig.session': {
        path: 'nuxt.config.ts',
        text: "export default defineNuxtConfig({ runtimeConfig: { session: { password: 'pT4-catalogue-Zk81-bytes-of-no-use' } } });\n",
        finds: 'no-hardcoded-secret',
      },
    },
  },
  {
    package: 'react-router',
    versions: '7.x (also @remix-run/node 1-2)',
    sinks: {
      createCookieSessionStorage: ['call createCookieSessionStorage'],
      createCookie: ['call createCookie'],
    },
  },
  {
    package: 'csrf-csrf',
    versions: '4.x',
    sinks: {
      doubleCsrf: ['call doubleCsrf'],
    },
  },
  {
    package: '@hapi/cookie',
    versions: '12.x',
    sinks: {
      "server.auth.strategy(name,'cookie',opts)": ['decorated auth.strategy'],
    },
  },
  {
    package: '@feathersjs/authentication',
    versions: '4-5',
    sinks: {
      'config/default.json': {
        path: 'config/default.json',
        text: '{ "authentication": { "secret": "pT4-catalogue-Zk81-bytes-of-no-use" } }\n',
        finds: 'no-hardcoded-secret',
      },
      createAccessToken: ['decorated createAccessToken'],
      verifyAccessToken: ['decorated verifyAccessToken'],
    },
  },
  {
    package: '@loopback/authentication-jwt',
    versions: '0.16',
    sinks: {
      'app.bind(TokenServiceBindings.TOKEN_SECRET).to(x)': ['bound TokenServiceBindings.TOKEN_SECRET'],
      'app.bind(RefreshTokenServiceBindings.REFRESH_SECRET).to(x)': ['bound RefreshTokenServiceBindings.REFRESH_SECRET'],
    },
  },
  {
    package: '@strapi/strapi',
    versions: '4-5',
    sinks: {
      'config/plugins users-permissions': {
        path: 'config/plugins.js',
        text: "module.exports = () => ({ 'users-permissions': { config: { jwtSecret: 'pT4-catalogue-Zk81-bytes-of-no-use' } } });\n",
        finds: 'no-hardcoded-secret',
      },
      'config/admin': {
        path: 'config/admin.js',
        text: "module.exports = ({ env }) => ({ auth: { secret: env('ADMIN_JWT_SECRET', 'pT4-catalogue-Zk81-bytes-of-no-use') } });\n",
        finds: 'no-secret-fallback',
      },
      'config/server': {
        path: 'config/server.js',
        text: "module.exports = ({ env }) => ({ app: { keys: env.array('APP_KEYS', ['pT4-catalogue-Zk81-bytes-of-no-use']) } });\n",
        finds: 'no-secret-fallback',
      },
    },
  },
  {
    package: 'directus',
    versions: '9-12',
    sinks: {
      env: {
        path: 'docker-compose.yml',
        text: 'services:\n  app:\n    environment:\n      SECRET: pT4-catalogue-Zk81-bytes-of-no-use\n',
        finds: 'no-hardcoded-secret',
      },
    },
  },
  {
    package: '@supabase/supabase-js',
    versions: '2.x',
    sinks: {
      createClient: { nothing: 'a token that the service signed: no-committed-token reads what it allows' },
    },
  },
  {
    package: 'hasura (graphql-engine)',
    versions: '1-3',
    sinks: {
      HASURA_GRAPHQL_JWT_SECRET: {
        path: 'docker-compose.yml',
        text: 'services:\n  app:\n    environment:\n      HASURA_GRAPHQL_JWT_SECRET: \'{"type":"HS256","key":"pT4-catalogue-Zk81-bytes-of-no-use"}\'\n',
        finds: 'no-hardcoded-secret',
      },
    },
  },
  {
    package: 'payload',
    versions: '2-3',
    sinks: {
      buildConfig: ['call buildConfig'],
    },
  },
  {
    package: '@keystone-6/core',
    versions: '6-8',
    sinks: {
      'statelessSessions | storedSessions': ['call statelessSessions', 'call storedSessions'],
    },
  },
  {
    package: '@medusajs/framework',
    versions: '2.x',
    sinks: {
      defineConfig: ['call defineConfig'],
    },
  },
  {
    package: 'parse-server',
    versions: '9.x',
    sinks: {
      'new ParseServer': { nothing: 'passwords of its interface: it signs no tokens of its own' },
    },
  },
  {
    package: 'nocodb',
    versions: '0.x',
    sinks: {
      env: {
        path: 'docker-compose.yml',
        text: 'services:\n  app:\n    environment:\n      NC_AUTH_JWT_SECRET: pT4-catalogue-Zk81-bytes-of-no-use\n',
        finds: 'no-hardcoded-secret',
      },
    },
  },
  {
    package: 'n8n',
    versions: '1-2',
    sinks: {
      env: {
        path: 'docker-compose.yml',
        text: 'services:\n  app:\n    environment:\n      N8N_USER_MANAGEMENT_JWT_SECRET: pT4-catalogue-Zk81-bytes-of-no-use\n',
        finds: 'no-hardcoded-secret',
      },
    },
  },
  {
    package: 'livekit-server-sdk',
    versions: '2.x',
    sinks: {
      'new AccessToken | new TokenVerifier': ['new AccessToken', 'new TokenVerifier'],
    },
  },
  {
    package: 'stream-chat',
    versions: '9.x',
    sinks: {
      'StreamChat.getInstance | new StreamChat': ['call StreamChat.getInstance', 'new StreamChat'],
    },
  },
  {
    package: 'google-auth-library',
    versions: '9-11',
    sinks: {
      'new JWT': ['new JWT'],
    },
  },
  {
    package: 'universal-github-app-jwt',
    versions: '2.x',
    sinks: {
      'githubAppJwt (default)': ['call '],
    },
  },
  {
    package: '@clerk/backend',
    versions: '3.x',
    sinks: {
      verifyToken: ['call verifyToken'],
      'decodeJwt (@clerk/backend/jwt)': ['call decodeJwt'],
      'signJwt (@clerk/backend/jwt)': ['call signJwt'],
    },
  },
  {
    package: '@sagi.io/workers-jwt',
    versions: '0.0.26',
    sinks: {
      getToken: { nothing: 'the key is PEM, which no-private-key knows by its content' },
      getTokenFromGCPServiceAccount: { nothing: 'the key is PEM, which no-private-key knows by its content' },
    },
  },
  {
    package: 'node:crypto',
    versions: 'Node 16-24',
    sinks: {
      'createHmac(alg, key)': ['jws createHmac'],
      'createSign(alg).sign(key)': { nothing: 'the key is PEM, which no-private-key knows by its content' },
      'sign(alg, data, key)': { nothing: 'the key is PEM, which no-private-key knows by its content' },
      'createSecretKey(key, enc?)': {
        path: 'src/a.ts',
        text: "import { createSecretKey } from 'node:crypto';\nimport jwt from 'jsonwebtoken';\nexport const made = jwt.sign({ sub: 'a' }, createSecretKey(Buffer.from('pT4-catalogue-Zk81-bytes-of-no-use')), { expiresIn: '1h' });\n",
        finds: 'no-hardcoded-secret',
      },
      createPrivateKey: { nothing: 'the key is PEM, which no-private-key knows by its content' },
      'generateKeyPairSync|generateKeyPair': {
        path: 'src/a.ts',
        text: "import { generateKeyPairSync } from 'node:crypto';\nimport jwt from 'jsonwebtoken';\nconst { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });\nexport const made = jwt.sign({ sub: 'a' }, privateKey, { algorithm: 'RS256', expiresIn: '1h' });\n",
        finds: 'min-key-size',
      },
      'generateKeySync|generateKey': {
        path: 'src/a.ts',
        text: "import { generateKeySync } from 'node:crypto';\nimport jwt from 'jsonwebtoken';\nexport const made = jwt.sign({ sub: 'a' }, generateKeySync('hmac', { length: 128 }), { expiresIn: '1h' });\n",
        finds: 'min-key-size',
      },
      'hkdf|pbkdf2|scrypt': {
        path: 'src/a.ts',
        text: "import { scryptSync } from 'node:crypto';\nimport jwt from 'jsonwebtoken';\nexport const made = jwt.sign({ sub: 'a' }, scryptSync(String(Date.now()), 'salt', 32), { expiresIn: '1h' });\n",
        finds: 'no-predictable-secret',
      },
    },
  },
  {
    package: 'WebCrypto (globalThis.crypto.subtle)',
    versions: 'Node/browsers/workers',
    sinks: {
      "subtle.importKey('raw', bytes, {name:'HMAC',hash}, ...)": { of: 'node:crypto', rows: ['jws subtle.importKey'] },
      "subtle.importKey('jwk', jwk, ...)": { of: 'node:crypto', rows: ['jws subtle.importKey'] },
      "subtle.importKey('pkcs8', der, ...)": { nothing: 'the key is PEM or DER, which no-private-key knows by its content' },
      'subtle.sign': { nothing: 'it takes a key that importKey made' },
    },
  },
];
