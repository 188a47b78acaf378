/**
 * What is known about libraries that sign, verify, decode or take a key: which argument or option holds the key, where
 * algorithms go, and what happens when they are left out. The facts are those of the named versions; test/integration/
 * library-facts.test.ts checks them against the packages themselves.
 */
import { FURTHER_DECORATED, FURTHER_LIBRARIES } from './further-libraries.js';
import { expiresIn, ignoring, jsonwebtoken, jsonwebtokenChecks, jsonwebtokenModules, JSONWEBTOKEN_VERIFY } from './jsonwebtoken.js';
import { JSR_NAMES, packageSpecifier } from './package-specifiers.js';
import { compareVersions } from './versions.js';

/**
 * A position in a call: the argument's index, then member names. `()` is what a function there returns, `(cb)` what it
 * hands to its callback, `[]` any element of an array, `{}` any member of an object.
 */
export type Position = readonly [number, ...string[]];

export type CallKind = 'sign' | 'verify' | 'decode' | 'config';

/**
 * What a verification without an algorithm list accepts. `unsafe`: the token chooses (`none` or another family);
 * `by-key-type`: the family that the key's type allows; `hmac-any`: any HS*; `required`: the library throws; `fixed`: one choice.
 */
export type Omitted = 'unsafe' | 'by-key-type' | 'hmac-any' | 'required' | 'fixed';

/** Where a signature is told how long its token lives, and what a number there means. */
export interface Expiry {
  /** The option, or for `method` the argument of a chained method of that name. */
  readonly at: Position;
  readonly method?: string;
  /** `epoch`: a number is a moment in seconds since 1970, not a span; `text`: a number is refused. */
  readonly unit: 'seconds' | 'milliseconds' | 'epoch' | 'text';
  /** True when a text of digits alone is read as milliseconds, whatever a number means. */
  readonly digitsAreMilliseconds?: boolean;
}

/** An option that makes a verification skip a check when it has the value `is`; `key`: it takes the one that the token brings. */
export interface Waiver {
  readonly at: Position;
  readonly is: boolean;
  readonly of: 'expiration' | 'not-before' | 'signature' | 'key';
}

export interface Api {
  /** Member path below the package: `verify`, `JwtModule.register`, '' for the package's default export itself. */
  readonly name: string;
  /**
   * How it is used: called; constructed; a method called on an object made by `name`'s class (`SignJWT#sign` is written
   * `SignJWT.sign`); passed to a `register` method with options after it; the `super(...)` call of a class that extends it;
   * an object annotated with the type; the method of a class that implements the interface (`createJwtOptions`); what is
   * assigned to the member of an object that the package makes (`app.keys = [...]`); what a binding key of this name is bound
   * to (`app.bind(KEY).to(x)`); called with the header and payload of a JWS as its {@link input}.
   */
  readonly form: 'call' | 'new' | 'method' | 'register' | 'super' | 'typed' | 'factory' | 'assigned' | 'bound' | 'jws';
  readonly kind: CallKind;
  readonly key?: readonly Position[];
  /** Where a verification lists the algorithms it accepts. */
  readonly algorithms?: readonly Position[];
  /** Where a signature's single algorithm stands, in the call or in a chained `setProtectedHeader`. */
  readonly algorithm?: readonly Position[];
  readonly omitted?: Omitted;
  /** Switches that this call must not turn on, with what they allow. */
  readonly insecure?: readonly Position[];
  /** An argument that callers may leave out: it is there when it is a text, true or false. Positions are those without it. */
  readonly optional?: number;
  /** True when it makes or reads tokens without a signature, whatever it is told. */
  readonly unsecured?: true;
  /** True when a missing or empty key lets unsigned tokens through. */
  readonly falsyKeyAcceptsNone?: boolean;
  /**
   * How a verification tells its outcome where it does not return it: as a promise, always, or to the function that is its
   * last argument (`(error, claims) => ...`).
   */
  readonly settles?: 'promise' | 'callback';
  /** True when a plain string is not a key for this call. */
  readonly noStringKeys?: boolean;
  /** Where a signature's claims stand. */
  readonly payload?: Position;
  /** Of the form `jws`: the argument that is signed; `update`: chained calls take it; `later`: this call makes the key alone. */
  readonly input?: number | 'update' | 'later';
  /**
   * Whose argument {@link payload} is when it is not the call's own: of the constructor that the chain starts with
   * (`new SignJWT(payload)...sign(key)`), or of the function that the call returns (`createSigner(options)(payload)`).
   */
  readonly payloadOf?: 'constructor' | 'returned';
  /** Options or chained methods that give a token its end, beside `exp` in the payload. On `config`: for later signatures. */
  readonly expiry?: readonly Expiry[];
  /** Switches that turn a check of time off; on `config`: for later verifications. */
  readonly waivers?: readonly Waiver[];
  /** Leeway that a verification grants, and what a number there means. */
  readonly tolerance?: readonly { readonly at: Position; readonly unit: 'seconds' | 'milliseconds' }[];
  /** Where a verification demands an issuer or an audience. */
  readonly claims?: readonly Position[];
  /** Every option that the library reads where options stand; others it ignores in silence. */
  readonly known?: readonly { readonly at: Position; readonly names: readonly string[] }[];
}

export interface Library {
  readonly package: string;
  /** Half-open version range `[from, below)` as `major.minor.patch`; unknown versions count as the newest. */
  readonly from?: string;
  readonly below?: string;
  /** Further specifiers that are the same namespace, or a part of it: specifier -> prefix of the path. */
  readonly modules?: Readonly<Record<string, string>>;
  /** Export under which a specifier gives the namespace as an object. */
  readonly namespaces?: Readonly<Record<string, string>>;
  /** False when the package's own name exports none of the calls, only {@link modules} do. */
  readonly bare?: boolean;
  /** For packages that most files of a project import: words one of which a file must hold to be worth reading. */
  readonly words?: readonly string[];
  readonly apis: readonly Api[];
}

const JSONWEBTOKEN_MODULES = jsonwebtokenModules('jsonwebtoken');

/** The options of express-jwt and koa-jwt: their own and those that they hand on to jsonwebtoken. */
const MIDDLEWARE_OPTIONS = [
  ...JSONWEBTOKEN_VERIFY,
  'secret',
  'getToken',
  'isRevoked',
  'credentialsRequired',
  'requestProperty',
  'resultProperty',
  'onExpired',
  'userProperty',
  'key',
  'tokenKey',
  'cookie',
  'debug',
  'passthrough',
];

/** The options that jose's jwtVerify reads. */
const JOSE_VERIFY = [
  'algorithms',
  'audience',
  'clockTolerance',
  'crit',
  'currentDate',
  'issuer',
  'maxTokenAge',
  'requiredClaims',
  'subject',
  'typ',
];

/** The options that fast-jwt's verifier reads. */
const FAST_JWT_VERIFY = [
  'algorithms',
  'allowedAud',
  'allowedCritHeaders',
  'allowedIss',
  'allowedJti',
  'allowedNonce',
  'allowedSub',
  'cache',
  'cacheKeyBuilder',
  'cacheTTL',
  'checkTyp',
  'clockTimestamp',
  'clockTolerance',
  'complete',
  'decoder',
  'errorCacheTTL',
  'ignoreExpiration',
  'ignoreNotBefore',
  'key',
  'maxAge',
  'requiredClaims',
];

/** The options that passport-jwt reads at the top level; it overwrites the same names in `jsonWebTokenOptions`. */
const PASSPORT_TOP = ['algorithms', 'audience', 'ignoreExpiration', 'issuer'];

/** Version 3 has these instead of names of the package itself. */
const JOSE_MODULES: Readonly<Record<string, string>> = {
  'jose/jwt/sign': 'SignJWT',
  'jose/jwt/verify': 'jwtVerify',
  'jose/jwt/encrypt': 'EncryptJWT',
  'jose/jwt/decrypt': 'jwtDecrypt',
  'jose/jwt/unsecured': 'UnsecuredJWT',
  'jose/jws/compact/sign': 'CompactSign',
  'jose/jws/compact/verify': 'compactVerify',
  'jose/jws/flattened/sign': 'FlattenedSign',
  'jose/jws/flattened/verify': 'flattenedVerify',
  'jose/jws/general/sign': 'GeneralSign',
  'jose/jws/general/verify': 'generalVerify',
  'jose/jwe/compact/decrypt': 'compactDecrypt',
  'jose/jwe/flattened/decrypt': 'flattenedDecrypt',
  'jose/jwe/general/decrypt': 'generalDecrypt',
  'jose/key/import': '',
  'jose/util/decode_protected_header': 'decodeProtectedHeader',
};

/** The builders of jose take the claims in their constructor and their end from a chained method. */
const JOSE_CLAIMS: Pick<Api, 'payload' | 'payloadOf' | 'expiry'> = {
  payload: [0],
  payloadOf: 'constructor',
  expiry: [{ at: [0], method: 'setExpirationTime', unit: 'epoch' }],
};

function jose(stringKeys: boolean): readonly Api[] {
  const noStringKeys = !stringKeys;
  return [
    { name: 'SignJWT.sign', form: 'method', kind: 'sign', key: [[0]], noStringKeys, ...JOSE_CLAIMS },
    { name: 'EncryptJWT.encrypt', form: 'method', kind: 'sign', key: [[0]], noStringKeys, ...JOSE_CLAIMS },
    { name: 'CompactSign.sign', form: 'method', kind: 'sign', key: [[0]], noStringKeys },
    { name: 'FlattenedSign.sign', form: 'method', kind: 'sign', key: [[0]], noStringKeys },
    { name: 'GeneralSign.addSignature', form: 'method', kind: 'sign', key: [[0]], noStringKeys },
    {
      name: 'jwtVerify',
      form: 'call',
      kind: 'verify',
      settles: 'promise',
      key: [[1], [1, '()']],
      algorithms: [[2, 'algorithms']],
      omitted: 'by-key-type',
      noStringKeys,
      tolerance: [{ at: [2, 'clockTolerance'], unit: 'seconds' }],
      claims: [
        [2, 'issuer'],
        [2, 'audience'],
      ],
      known: [{ at: [2], names: JOSE_VERIFY }],
    },
    {
      name: 'compactVerify',
      form: 'call',
      kind: 'verify',
      settles: 'promise',
      key: [[1], [1, '()']],
      algorithms: [[2, 'algorithms']],
      omitted: 'by-key-type',
      noStringKeys,
    },
    {
      name: 'flattenedVerify',
      form: 'call',
      kind: 'verify',
      settles: 'promise',
      key: [[1], [1, '()']],
      algorithms: [[2, 'algorithms']],
      omitted: 'by-key-type',
      noStringKeys,
    },
    {
      name: 'generalVerify',
      form: 'call',
      kind: 'verify',
      settles: 'promise',
      key: [[1], [1, '()']],
      algorithms: [[2, 'algorithms']],
      omitted: 'by-key-type',
      noStringKeys,
    },
    ...['jwtDecrypt', 'compactDecrypt', 'flattenedDecrypt', 'generalDecrypt'].map((name): Api => ({
      name,
      form: 'call',
      kind: 'config',
      key: [[1], [1, '()']],
      noStringKeys,
    })),
    { name: 'importJWK', form: 'call', kind: 'config', key: [[0, 'k']] },
    { name: 'UnsecuredJWT.encode', form: 'method', kind: 'sign', unsecured: true, ...JOSE_CLAIMS },
    { name: 'UnsecuredJWT.decode', form: 'call', kind: 'decode', unsecured: true },
    { name: 'decodeJwt', form: 'call', kind: 'decode' },
    { name: 'decodeProtectedHeader', form: 'call', kind: 'decode' },
  ];
}

/** passport-jwt reads these from the top level only; the rest of jsonwebtoken's options from `jsonWebTokenOptions`. */
const PASSPORT_CHECKS: Pick<Api, 'waivers' | 'tolerance' | 'claims' | 'known'> = {
  waivers: [
    { at: [0, 'ignoreExpiration'], is: true, of: 'expiration' },
    { at: [0, 'jsonWebTokenOptions', 'ignoreNotBefore'], is: true, of: 'not-before' },
  ],
  tolerance: [{ at: [0, 'jsonWebTokenOptions', 'clockTolerance'], unit: 'seconds' }],
  claims: [
    [0, 'issuer'],
    [0, 'audience'],
  ],
  known: [
    {
      at: [0],
      names: [...PASSPORT_TOP, 'jsonWebTokenOptions', 'jwtFromRequest', 'passReqToCallback', 'secretOrKey', 'secretOrKeyProvider'],
    },
    { at: [0, 'jsonWebTokenOptions'], names: JSONWEBTOKEN_VERIFY.filter((name) => !PASSPORT_TOP.includes(name)) },
  ],
};

const PASSPORT_KEY: readonly Position[] = [
  [0, 'secretOrKey'],
  [0, 'secretOrKeyProvider', '(cb)'],
];

/** The options of fast-jwt's verifier. */
function fastJwtChecks(...at: Position): Pick<Api, 'waivers' | 'tolerance' | 'claims' | 'known'> {
  return {
    waivers: ignoring(...at),
    tolerance: [{ at: [...at, 'clockTolerance'], unit: 'milliseconds' }],
    claims: [
      [...at, 'allowedIss'],
      [...at, 'allowedAud'],
    ],
    known: [{ at, names: FAST_JWT_VERIFY }],
  };
}

function passportStrategy(form: 'new' | 'super', omitted: Omitted): Api {
  return { name: 'Strategy', form, kind: 'verify', key: PASSPORT_KEY, algorithms: [[0, 'algorithms']], omitted, ...PASSPORT_CHECKS };
}

/** A middleware with `secret` and `algorithms` in its options; `ways` are the further forms that a secret may have. */
function middleware(name: string, form: Api['form'], omitted: Omitted, ...ways: readonly ('[]' | '()' | '(cb)')[]): Api {
  return {
    name,
    form,
    kind: 'verify',
    key: [[0, 'secret'], ...ways.map((way) => [0, 'secret', way] as const)],
    algorithms: [[0, 'algorithms']],
    omitted,
    ...jsonwebtokenChecks(0),
    known: [{ at: [0], names: MIDDLEWARE_OPTIONS }],
  };
}

function honoChecks(...at: Position): Pick<Api, 'waivers' | 'claims' | 'known'> {
  return {
    waivers: [
      { at: [...at, 'exp'], is: false, of: 'expiration' },
      { at: [...at, 'nbf'], is: false, of: 'not-before' },
    ],
    claims: [
      [...at, 'iss'],
      [...at, 'aud'],
    ],
    known: [{ at, names: ['alg', 'aud', 'exp', 'iat', 'iss', 'nbf'] }],
  };
}

/** @param required true where verifications have to name their algorithms */
function hono(required: boolean): readonly Api[] {
  const omitted = required ? 'required' : 'fixed';
  const byKeySet = (name: string, index: number, option: string): Api => ({
    name,
    form: 'call',
    kind: 'verify',
    key: [[index, 'keys']],
    ...(required ? { algorithms: [[index, option]], omitted } : { omitted: 'by-key-type' }),
    ...honoChecks(index, 'verification'),
  });
  return [
    {
      name: 'jwt',
      form: 'call',
      kind: 'verify',
      key: [[0, 'secret']],
      algorithms: [[0, 'alg']],
      omitted,
      ...honoChecks(0, 'verification'),
    },
    { name: 'sign', form: 'call', kind: 'sign', key: [[1]], algorithm: [[2]], payload: [0], expiry: [] },
    {
      name: 'verify',
      form: 'call',
      kind: 'verify',
      settles: 'promise',
      key: [[1]],
      algorithms: [[2], [2, 'alg']],
      omitted,
      ...honoChecks(2),
    },
    byKeySet('jwk', 0, 'alg'),
    { ...byKeySet('verifyWithJwks', 1, 'allowedAlgorithms'), settles: 'promise' },
    { name: 'decode', form: 'call', kind: 'decode' },
    { name: 'decodeHeader', form: 'call', kind: 'decode' },
    // hono/cookie: `setSignedCookie(context, name, value, secret)`
    { name: 'setSignedCookie', form: 'call', kind: 'config', key: [[3]] },
    { name: 'generateSignedCookie', form: 'call', kind: 'config', key: [[2]] },
    { name: 'getSignedCookie', form: 'call', kind: 'config', key: [[1]] },
  ];
}

/** What the options of @nestjs/jwt's module say for every later signature and verification. */
function nestDefaults(...at: Position): Pick<Api, 'algorithm' | 'expiry' | 'waivers' | 'tolerance' | 'claims'> {
  return {
    algorithm: [[...at, 'signOptions', 'algorithm']],
    expiry: expiresIn(...at, 'signOptions'),
    ...jsonwebtokenChecks(...at, 'verifyOptions'),
  };
}

/** Members of one argument. */
function members(index: number, ...names: readonly string[]): readonly Position[] {
  return names.map((name) => [index, name]);
}

/** `secret`, `privateKey` and their kin in the options of @nestjs/jwt, wherever they stand. */
function nestKeys(...at: Position): readonly Position[] {
  return [
    ...(['secret', 'privateKey', 'secretOrPrivateKey'] as const).map((name) => [...at, name] as const),
    [...at, 'secretOrKeyProvider', '()'],
  ];
}

const HONO_MODULES = { 'hono/jwt': '', 'hono/jwk': '', 'hono/utils/jwt': '', 'hono/utils/jwt/jwt': '', 'hono/cookie': '' };

/** The table. Order matters only among entries of one package: the first whose version range fits is taken. */
export const LIBRARIES: readonly Library[] = [
  { package: 'jsonwebtoken', from: '9.0.0', modules: JSONWEBTOKEN_MODULES, apis: jsonwebtoken(true) },
  { package: 'jsonwebtoken', below: '9.0.0', modules: JSONWEBTOKEN_MODULES, apis: jsonwebtoken(false) },
  { package: 'jose', from: '3.0.0', modules: JOSE_MODULES, apis: jose(false) },
  {
    package: 'jose',
    below: '3.0.0',
    apis: [
      {
        name: 'JWT.sign',
        form: 'call',
        kind: 'sign',
        key: [[1]],
        algorithm: [[2, 'algorithm']],
        payload: [0],
        expiry: [{ at: [2, 'expiresIn'], unit: 'text' }],
      },
      {
        name: 'JWT.verify',
        form: 'call',
        kind: 'verify',
        key: [[1]],
        algorithms: [[2, 'algorithms']],
        omitted: 'by-key-type',
        waivers: [{ at: [2, 'ignoreExp'], is: true, of: 'expiration' }],
        claims: [
          [2, 'issuer'],
          [2, 'audience'],
        ],
      },
      { name: 'JWT.decode', form: 'call', kind: 'decode' },
      { name: 'JWK.asKey', form: 'call', kind: 'config', key: [[0], [0, 'k']] },
      { name: 'JWS.sign', form: 'call', kind: 'sign', key: [[1]], algorithm: [[2, 'alg']] },
      { name: 'JWS.verify', form: 'call', kind: 'verify', key: [[1]], algorithms: [[2, 'algorithms']], omitted: 'by-key-type' },
      { name: 'JWE.encrypt', form: 'call', kind: 'config', key: [[1]] },
      { name: 'JWE.decrypt', form: 'call', kind: 'config', key: [[1]] },
    ],
  },
  { package: 'express-jwt', from: '7.0.0', apis: [middleware('expressjwt', 'call', 'required', '()')] },
  { package: 'express-jwt', from: '6.0.0', below: '7.0.0', apis: [middleware('', 'call', 'required', '(cb)')] },
  { package: 'express-jwt', below: '6.0.0', apis: [middleware('', 'call', 'unsafe', '(cb)')] },
  { package: 'koa-jwt', from: '4.0.0', apis: [middleware('', 'call', 'by-key-type', '[]', '()')] },
  { package: 'koa-jwt', from: '2.0.0', below: '4.0.0', apis: [middleware('', 'call', 'unsafe', '[]', '()')] },
  {
    package: 'passport-jwt',
    from: '4.0.0',
    apis: [passportStrategy('new', 'by-key-type'), passportStrategy('super', 'by-key-type')],
  },
  {
    package: 'passport-jwt',
    below: '4.0.0',
    apis: [passportStrategy('new', 'unsafe'), passportStrategy('super', 'unsafe')],
  },
  {
    package: '@nestjs/jwt',
    apis: [
      { name: 'JwtModule.register', form: 'call', kind: 'config', key: nestKeys(0), ...nestDefaults(0) },
      {
        name: 'JwtModule.registerAsync',
        form: 'call',
        kind: 'config',
        key: nestKeys(0, 'useFactory', '()'),
        ...nestDefaults(0, 'useFactory', '()'),
      },
      {
        name: 'JwtModuleOptions',
        form: 'typed',
        kind: 'config',
        key: nestKeys(0),
      },
      {
        name: 'JwtOptionsFactory',
        form: 'factory',
        kind: 'config',
        key: nestKeys(0, '()'),
        ...nestDefaults(0, '()'),
      },
      { name: 'JwtService', form: 'new', kind: 'config', key: nestKeys(0), ...nestDefaults(0) },
      ...(['JwtService.sign', 'JwtService.signAsync'] as const).map((name): Api => ({
        name,
        form: 'method',
        kind: 'sign',
        key: members(1, 'secret', 'privateKey'),
        algorithm: [[1, 'algorithm']],
        payload: [0],
        expiry: expiresIn(1),
      })),
      {
        name: 'JwtService.verify',
        form: 'method',
        kind: 'verify',
        key: members(1, 'secret', 'publicKey'),
        algorithms: [[1, 'algorithms']],
        omitted: 'by-key-type',
        ...jsonwebtokenChecks(1),
        known: [{ at: [1], names: [...JSONWEBTOKEN_VERIFY, 'secret', 'publicKey'] }],
      },
      {
        name: 'JwtService.verifyAsync',
        form: 'method',
        kind: 'verify',
        settles: 'promise',
        key: members(1, 'secret', 'publicKey'),
        algorithms: [[1, 'algorithms']],
        omitted: 'by-key-type',
        ...jsonwebtokenChecks(1),
        known: [{ at: [1], names: [...JSONWEBTOKEN_VERIFY, 'secret', 'publicKey'] }],
      },
      { name: 'JwtService.decode', form: 'method', kind: 'decode' },
    ],
  },
  {
    package: '@fastify/jwt',
    modules: { 'fastify-jwt': '' },
    apis: [
      {
        name: '',
        form: 'register',
        kind: 'config',
        key: [
          [1, 'secret'],
          [1, 'secret', 'private'],
          [1, 'secret', 'key'],
          [1, 'secret', '()'],
          [1, 'secret', '(cb)'],
        ],
        algorithm: [[1, 'sign', 'algorithm']],
        algorithms: [[1, 'verify', 'algorithms']],
        omitted: 'by-key-type',
        expiry: expiresIn(1, 'sign'),
        ...fastJwtChecks(1, 'verify'),
      },
    ],
  },
  {
    package: 'hono',
    from: '4.11.4',
    bare: false,
    modules: HONO_MODULES,
    namespaces: { 'hono/utils/jwt': 'Jwt' },
    apis: [...hono(true)],
  },
  {
    package: 'hono',
    below: '4.11.4',
    bare: false,
    modules: HONO_MODULES,
    namespaces: { 'hono/utils/jwt': 'Jwt' },
    apis: [...hono(false)],
  },
  {
    package: 'fast-jwt',
    apis: [
      {
        name: 'createSigner',
        form: 'call',
        kind: 'sign',
        key: [
          [0, 'key'],
          [0, 'key', 'key'],
          [0, 'key', '()'],
          [0, 'key', '(cb)'],
        ],
        algorithm: [[0, 'algorithm']],
        payload: [0],
        payloadOf: 'returned',
        expiry: [{ at: [0, 'expiresIn'], unit: 'milliseconds', digitsAreMilliseconds: true }],
      },
      {
        name: 'createVerifier',
        form: 'call',
        kind: 'verify',
        key: [
          [0, 'key'],
          [0, 'key', '()'],
          [0, 'key', '(cb)'],
        ],
        algorithms: [[0, 'algorithms']],
        omitted: 'by-key-type',
        ...fastJwtChecks(0),
      },
      { name: 'createDecoder', form: 'call', kind: 'decode' },
      { name: 'createDecoder.()', form: 'method', kind: 'decode' },
    ],
  },
  {
    package: 'jwt-decode',
    apis: [
      { name: '', form: 'call', kind: 'decode' },
      { name: 'jwtDecode', form: 'call', kind: 'decode' },
    ],
  },
  {
    package: 'jwt-simple',
    apis: [
      { name: 'encode', form: 'call', kind: 'sign', key: [[1]], algorithm: [[2]], payload: [0], expiry: [] },
      {
        name: 'decode',
        form: 'call',
        kind: 'verify',
        key: [[1]],
        algorithms: [[3]],
        omitted: 'unsafe',
        waivers: [{ at: [2], is: true, of: 'signature' }],
      },
    ],
  },
  {
    package: 'next-auth',
    modules: { 'next-auth/jwt': '', 'next-auth/middleware': '' },
    apis: [
      {
        name: '',
        form: 'call',
        kind: 'config',
        key: [
          [0, 'secret'],
          [0, 'jwt', 'secret'],
          [2, 'secret'],
        ],
      },
      {
        name: 'NextAuthOptions',
        form: 'typed',
        kind: 'config',
        key: [
          [0, 'secret'],
          [0, 'jwt', 'secret'],
        ],
      },
      {
        name: 'AuthOptions',
        form: 'typed',
        kind: 'config',
        key: [
          [0, 'secret'],
          [0, 'jwt', 'secret'],
        ],
      },
      { name: 'NextAuthConfig', form: 'typed', kind: 'config', key: [[0, 'secret']] },
      { name: 'getToken', form: 'call', kind: 'config', key: [[0, 'secret']] },
      { name: 'encode', form: 'call', kind: 'config', key: [[0, 'secret']] },
      { name: 'decode', form: 'call', kind: 'config', key: [[0, 'secret']] },
      {
        name: 'withAuth',
        form: 'call',
        kind: 'config',
        key: [
          [0, 'secret'],
          [1, 'secret'],
        ],
      },
    ],
  },
  {
    package: 'express-session',
    apis: [
      {
        name: '',
        form: 'call',
        kind: 'config',
        key: [
          [0, 'secret'],
          [0, 'secret', '[]'],
        ],
      },
    ],
  },
  ...FURTHER_LIBRARIES,
];

/** A call on an object that a plugin decorates. */
export interface DecoratedCall {
  readonly package: string;
  /** The last names of the callee, whatever the object is called; `*` is any name. */
  readonly path: string;
  /** A text that an argument must be, where several plugins share the method. */
  readonly only?: { readonly at: Position; readonly text: string };
  readonly api: Api;
}

/** Calls on objects that a plugin decorates at run time: recognised by their path when the project uses the plugin. */
export const DECORATED: readonly DecoratedCall[] = [
  ...(['@fastify/jwt', 'fastify-jwt'] as const).flatMap((name) => [
    // `app.jwt.refresh.sign(...)` where the plugin was registered with a `namespace`.
    ...['jwt.sign', 'jwt.*.sign'].map((path) => ({
      package: name,
      path,
      api: {
        name: 'sign',
        form: 'call',
        kind: 'sign',
        key: [[1, 'key']],
        algorithm: [[1, 'algorithm']],
        payload: [0],
        expiry: expiresIn(1),
      } as Api,
    })),
    ...['jwt.verify', 'jwt.*.verify'].map((path) => ({
      package: name,
      path,
      api: { name: 'verify', form: 'call', kind: 'config', key: [[1, 'key']], ...fastJwtChecks(1) } as Api,
    })),
    {
      package: name,
      path: 'jwtSign',
      api: {
        name: 'jwtSign',
        form: 'call',
        kind: 'sign',
        key: [
          [1, 'key'],
          [1, 'sign', 'key'],
        ],
        payload: [0],
        expiry: [...expiresIn(1), ...expiresIn(1, 'sign')],
      } as Api,
    },
    {
      package: name,
      path: 'jwtVerify',
      api: {
        name: 'jwtVerify',
        form: 'call',
        kind: 'config',
        settles: 'promise',
        key: [
          [0, 'key'],
          [0, 'verify', 'key'],
        ],
        waivers: [...ignoring(0), ...ignoring(0, 'verify')],
      } as Api,
    },
    { package: name, path: 'jwt.decode', api: { name: 'decode', form: 'call', kind: 'decode' } as Api },
    { package: name, path: 'jwtDecode', api: { name: 'jwtDecode', form: 'call', kind: 'decode' } as Api },
  ]),
  ...FURTHER_DECORATED,
];

/** Packages whose use says that a project handles JSON Web Tokens or signed sessions. */
export const TOKEN_PACKAGES: readonly string[] = [
  ...new Set(LIBRARIES.filter((library) => !library.words).map((library) => library.package)),
];

/** The packages and modules that imports of the table can name: specifier -> package and path prefix. */
const SPECIFIERS = new Map<string, { readonly package: string; readonly prefix: string; readonly namespace?: string }>();
for (const library of LIBRARIES) {
  if (library.bare !== false) SPECIFIERS.set(library.package, { package: library.package, prefix: '' });
  for (const [specifier, prefix] of Object.entries(library.modules ?? {})) {
    const namespace = library.namespaces?.[specifier];
    SPECIFIERS.set(specifier, { package: library.package, prefix, ...(namespace === undefined ? {} : { namespace }) });
  }
}

/** Packages whose import says little, with the words that say more. */
const COMMON = new Map(LIBRARIES.flatMap((library) => (library.words ? [[library.package, library.words] as const] : [])));

/** The package and path prefix that an import specifier means, when the table knows it. */
export function librarySpecifier(
  specifier: string,
): { readonly package: string; readonly prefix: string; readonly namespace?: string } | undefined {
  return SPECIFIERS.get(packageSpecifier(specifier).specifier);
}

/** The specifiers that alone make a script worth reading: what the trigger looks for. */
export function librarySpecifiers(): Iterable<string> {
  const named = [...SPECIFIERS].filter(([, { package: name }]) => !COMMON.has(name)).map(([specifier]) => specifier);
  const onJsr = [...JSR_NAMES].flatMap(([other, name]) =>
    named.filter((each) => each === name || each.startsWith(`${name}/`)).map((each) => `${other}${each.slice(name.length)}`),
  );
  return [...named, ...onJsr];
}

/** Packages that most files of a project import, by specifier, with the words that must stand beside it. */
export function commonSpecifiers(): readonly { readonly specifier: string; readonly words: readonly string[] }[] {
  return [...SPECIFIERS].flatMap(([specifier, { package: name }]) => {
    const words = COMMON.get(name);
    return words ? [{ specifier, words }] : [];
  });
}

/** Classes of the table whose objects have methods that take keys or tokens: `@nestjs/jwt JwtService`. */
const CLASSES = new Set(
  LIBRARIES.flatMap((library) =>
    library.apis.filter((api) => api.form === 'method').map((api) => `${library.package} ${api.name.slice(0, api.name.lastIndexOf('.'))}`),
  ),
);

/** True for an import that is a class of the table. */
export function isLibraryClass(value: { readonly specifier: string; readonly path: readonly string[] }): boolean {
  const module = SPECIFIERS.get(value.specifier);
  return module !== undefined && CLASSES.has(`${module.package} ${value.path[value.path.length - 1] ?? ''}`);
}

const BY_PACKAGE = new Map<string, Library[]>();
for (const library of LIBRARIES) BY_PACKAGE.set(library.package, [...(BY_PACKAGE.get(library.package) ?? []), library]);

/**
 * The entries of a package, that of a known version first, else newest first. The others follow, since code that was written
 * for another version is still read: a call that only that one has tells.
 */
export function librariesOf(packageName: string, version: string | undefined): readonly Library[] {
  const entries = BY_PACKAGE.get(packageName) ?? [];
  if (version === undefined) return entries;
  const fitting = entries.find(
    (entry) => (!entry.from || compareVersions(version, entry.from) >= 0) && (!entry.below || compareVersions(version, entry.below) < 0),
  );
  return fitting ? [fitting, ...entries.filter((entry) => entry !== fitting)] : entries;
}

/** Last member names of all calls: only these are worth following into other files. */
const CALL_NAMES = new Set<string>();
for (const library of LIBRARIES) {
  // The further rows have names such as `create` and `auth`, which nearly every file has.
  if (FURTHER_LIBRARIES.includes(library)) continue;
  for (const api of library.apis) CALL_NAMES.add(api.name.slice(api.name.lastIndexOf('.') + 1));
}

/** Options that say by themselves what they are for; `key` and `value` are options of everything. */
const TELLING = /secret|algorithms|expires|ignore|tolerance|allow|(?:private|public)key/i;

/** Names of options that hold a key, or make a token good for more: functions of other files that take them may hand them on. */
export const OPTION_NAMES: ReadonlySet<string> = new Set(
  LIBRARIES.flatMap(({ apis }) => apis)
    .flatMap(({ key = [], algorithms = [], waivers = [], tolerance = [], insecure = [], expiry = [] }) => [
      ...[...key, ...algorithms, ...insecure],
      ...[...waivers, ...tolerance, ...expiry].map(({ at }) => at),
    ])
    .flatMap(([, ...way]) => way.findLast((name) => /^\w+$/.test(name)) ?? [])
    .filter((name) => TELLING.test(name)),
);

/** Names of library functions that another file may pass on: what the trigger looks for beside local imports. */
export function callNames(): ReadonlySet<string> {
  return CALL_NAMES;
}
