/**
 * What is known about libraries that sign, verify, decode or take a key: which argument or option holds the key, where
 * algorithms go, and what happens when they are left out. The facts are those of the named versions; test/integration/
 * libraries.test.ts checks them against the packages themselves.
 */

/**
 * A position in a call: the argument's index, then member names. `()` is what a function there returns, `(cb)` what it
 * hands to its callback, `[]` any element of an array.
 */
export type Position = readonly [number, ...string[]];

export type CallKind = 'sign' | 'verify' | 'decode' | 'config';

/**
 * What a verification without an algorithm list accepts. `unsafe`: the token chooses (`none` or another family);
 * `by-key-type`: the family that the key's type allows; `hmac-any`: any HS*; `required`: the library throws; `fixed`: one choice.
 */
export type Omitted = 'unsafe' | 'by-key-type' | 'hmac-any' | 'required' | 'fixed';

export interface Api {
  /** Member path below the package: `verify`, `JwtModule.register`, '' for the package's default export itself. */
  readonly name: string;
  /**
   * How it is used: called; constructed; a method called on an object made by `name`'s class (`SignJWT#sign` is written
   * `SignJWT.sign`); passed to a `register` method with options after it; the `super(...)` call of a class that extends it;
   * an object annotated with the type; the method of a class that implements the interface (`createJwtOptions`).
   */
  readonly form: 'call' | 'new' | 'method' | 'register' | 'super' | 'typed' | 'factory';
  readonly kind: CallKind;
  readonly key?: readonly Position[];
  /** Where a verification lists the algorithms it accepts. */
  readonly algorithms?: readonly Position[];
  /** Where a signature's single algorithm stands, in the call or in a chained `setProtectedHeader`. */
  readonly algorithm?: readonly Position[];
  readonly omitted?: Omitted;
  /** Switches that this call must not turn on, with what they allow. */
  readonly insecure?: readonly Position[];
  /** True when a missing or empty key lets unsigned tokens through. */
  readonly falsyKeyAcceptsNone?: boolean;
  /** True when a plain string is not a key for this call. */
  readonly noStringKeys?: boolean;
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
  readonly apis: readonly Api[];
}

const JSONWEBTOKEN_MODULES = { 'jsonwebtoken/sign': 'sign', 'jsonwebtoken/verify': 'verify', 'jsonwebtoken/decode': 'decode' };

function jsonwebtoken(omitted: Omitted, falsyKeyAcceptsNone: boolean): readonly Api[] {
  return [
    {
      name: 'sign',
      form: 'call',
      kind: 'sign',
      key: [[1], [1, 'key']],
      algorithm: [
        [2, 'header', 'alg'],
        [2, 'algorithm'],
      ],
      insecure: [
        [2, 'allowInsecureKeySizes'],
        [2, 'allowInvalidAsymmetricKeyTypes'],
      ],
    },
    {
      name: 'verify',
      form: 'call',
      kind: 'verify',
      key: [[1], [1, '(cb)']],
      algorithms: [[2, 'algorithms']],
      omitted,
      falsyKeyAcceptsNone,
      insecure: [[2, 'allowInvalidAsymmetricKeyTypes']],
    },
    { name: 'decode', form: 'call', kind: 'decode' },
  ];
}

function jose(stringKeys: boolean): readonly Api[] {
  const noStringKeys = !stringKeys;
  return [
    { name: 'SignJWT.sign', form: 'method', kind: 'sign', key: [[0]], noStringKeys },
    { name: 'EncryptJWT.encrypt', form: 'method', kind: 'sign', key: [[0]], noStringKeys },
    { name: 'CompactSign.sign', form: 'method', kind: 'sign', key: [[0]], noStringKeys },
    { name: 'FlattenedSign.sign', form: 'method', kind: 'sign', key: [[0]], noStringKeys },
    { name: 'GeneralSign.addSignature', form: 'method', kind: 'sign', key: [[0]], noStringKeys },
    {
      name: 'jwtVerify',
      form: 'call',
      kind: 'verify',
      key: [[1], [1, '()']],
      algorithms: [[2, 'algorithms']],
      omitted: 'by-key-type',
      noStringKeys,
    },
    {
      name: 'compactVerify',
      form: 'call',
      kind: 'verify',
      key: [[1], [1, '()']],
      algorithms: [[2, 'algorithms']],
      omitted: 'by-key-type',
      noStringKeys,
    },
    {
      name: 'flattenedVerify',
      form: 'call',
      kind: 'verify',
      key: [[1], [1, '()']],
      algorithms: [[2, 'algorithms']],
      omitted: 'by-key-type',
      noStringKeys,
    },
    {
      name: 'generalVerify',
      form: 'call',
      kind: 'verify',
      key: [[1], [1, '()']],
      algorithms: [[2, 'algorithms']],
      omitted: 'by-key-type',
      noStringKeys,
    },
    { name: 'jwtDecrypt', form: 'call', kind: 'config', key: [[1], [1, '()']], noStringKeys },
    { name: 'importJWK', form: 'call', kind: 'config', key: [[0, 'k']] },
    { name: 'createLocalJWKSet', form: 'call', kind: 'config', key: [[0, 'keys', '[]', 'k']] },
    { name: 'UnsecuredJWT.encode', form: 'method', kind: 'sign' },
    { name: 'UnsecuredJWT.decode', form: 'call', kind: 'decode' },
    { name: 'decodeJwt', form: 'call', kind: 'decode' },
  ];
}

const PASSPORT_KEY: readonly Position[] = [
  [0, 'secretOrKey'],
  [0, 'secretOrKeyProvider', '(cb)'],
];

function middleware(name: string, form: Api['form'], omitted: Omitted): Api {
  return {
    name,
    form,
    kind: 'verify',
    key: [
      [0, 'secret'],
      [0, 'secret', '[]'],
      [0, 'secret', '()'],
      [0, 'secret', '(cb)'],
    ],
    algorithms: [[0, 'algorithms']],
    omitted,
  };
}

/** `secret`, `privateKey` and their kin in the options of @nestjs/jwt, wherever they stand. */
function nestKeys(...at: Position): readonly Position[] {
  return [
    ...(['secret', 'privateKey', 'secretOrPrivateKey'] as const).map((name) => [...at, name] as const),
    [...at, 'secretOrKeyProvider', '()'],
  ];
}

/** The table. Order matters only among entries of one package: the first whose version range fits is taken. */
export const LIBRARIES: readonly Library[] = [
  { package: 'jsonwebtoken', from: '9.0.0', modules: JSONWEBTOKEN_MODULES, apis: jsonwebtoken('by-key-type', false) },
  { package: 'jsonwebtoken', below: '9.0.0', modules: JSONWEBTOKEN_MODULES, apis: jsonwebtoken('unsafe', true) },
  { package: 'jose', from: '3.0.0', modules: { 'jose/jwt/sign': 'SignJWT', 'jose/jwt/verify': 'jwtVerify' }, apis: jose(false) },
  {
    package: 'jose',
    below: '3.0.0',
    apis: [
      { name: 'JWT.sign', form: 'call', kind: 'sign', key: [[1]], algorithm: [[2, 'algorithm']] },
      { name: 'JWT.verify', form: 'call', kind: 'verify', key: [[1]], algorithms: [[2, 'algorithms']], omitted: 'by-key-type' },
      { name: 'JWT.decode', form: 'call', kind: 'decode' },
      { name: 'JWK.asKey', form: 'call', kind: 'config', key: [[0]] },
    ],
  },
  { package: 'express-jwt', from: '6.0.0', apis: [middleware('expressjwt', 'call', 'required'), middleware('', 'call', 'required')] },
  { package: 'express-jwt', below: '6.0.0', apis: [middleware('', 'call', 'unsafe')] },
  { package: 'koa-jwt', from: '4.0.0', apis: [middleware('', 'call', 'by-key-type')] },
  { package: 'koa-jwt', below: '4.0.0', apis: [middleware('', 'call', 'unsafe')] },
  {
    package: 'passport-jwt',
    from: '4.0.0',
    apis: [
      { name: 'Strategy', form: 'new', kind: 'verify', key: PASSPORT_KEY, algorithms: [[0, 'algorithms']], omitted: 'by-key-type' },
      { name: 'Strategy', form: 'super', kind: 'verify', key: PASSPORT_KEY, algorithms: [[0, 'algorithms']], omitted: 'by-key-type' },
    ],
  },
  {
    package: 'passport-jwt',
    below: '4.0.0',
    apis: [
      { name: 'Strategy', form: 'new', kind: 'verify', key: PASSPORT_KEY, algorithms: [[0, 'algorithms']], omitted: 'unsafe' },
      { name: 'Strategy', form: 'super', kind: 'verify', key: PASSPORT_KEY, algorithms: [[0, 'algorithms']], omitted: 'unsafe' },
    ],
  },
  {
    package: '@nestjs/jwt',
    apis: [
      { name: 'JwtModule.register', form: 'call', kind: 'config', key: nestKeys(0), algorithm: [[0, 'signOptions', 'algorithm']] },
      {
        name: 'JwtModule.registerAsync',
        form: 'call',
        kind: 'config',
        key: nestKeys(0, 'useFactory', '()'),
        algorithm: [[0, 'useFactory', '()', 'signOptions', 'algorithm']],
      },
      {
        name: 'JwtOptionsFactory',
        form: 'factory',
        kind: 'config',
        key: nestKeys(0, '()'),
        algorithm: [[0, '()', 'signOptions', 'algorithm']],
      },
      { name: 'JwtService', form: 'new', kind: 'config', key: nestKeys(0) },
      { name: 'JwtService.sign', form: 'method', kind: 'sign', key: nestKeys(1), algorithm: [[1, 'algorithm']] },
      { name: 'JwtService.signAsync', form: 'method', kind: 'sign', key: nestKeys(1), algorithm: [[1, 'algorithm']] },
      {
        name: 'JwtService.verify',
        form: 'method',
        kind: 'verify',
        key: [...nestKeys(1), [1, 'publicKey']],
        algorithms: [[1, 'algorithms']],
        omitted: 'by-key-type',
      },
      {
        name: 'JwtService.verifyAsync',
        form: 'method',
        kind: 'verify',
        key: [...nestKeys(1), [1, 'publicKey']],
        algorithms: [[1, 'algorithms']],
        omitted: 'by-key-type',
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
      },
    ],
  },
  {
    package: 'hono',
    from: '4.11.4',
    modules: { 'hono/jwt': '', 'hono/utils/jwt': '', 'hono/utils/jwt/jwt': '' },
    namespaces: { 'hono/utils/jwt': 'Jwt' },
    apis: [
      { name: 'jwt', form: 'call', kind: 'verify', key: [[0, 'secret']], algorithms: [[0, 'alg']], omitted: 'required' },
      { name: 'sign', form: 'call', kind: 'sign', key: [[1]], algorithm: [[2]] },
      { name: 'verify', form: 'call', kind: 'verify', key: [[1]], algorithms: [[2], [2, 'alg']], omitted: 'required' },
      { name: 'decode', form: 'call', kind: 'decode' },
    ],
  },
  {
    package: 'hono',
    below: '4.11.4',
    modules: { 'hono/jwt': '', 'hono/utils/jwt': '', 'hono/utils/jwt/jwt': '' },
    namespaces: { 'hono/utils/jwt': 'Jwt' },
    apis: [
      { name: 'jwt', form: 'call', kind: 'verify', key: [[0, 'secret']], algorithms: [[0, 'alg']], omitted: 'fixed' },
      { name: 'sign', form: 'call', kind: 'sign', key: [[1]], algorithm: [[2]] },
      { name: 'verify', form: 'call', kind: 'verify', key: [[1]], algorithms: [[2], [2, 'alg']], omitted: 'fixed' },
      { name: 'decode', form: 'call', kind: 'decode' },
    ],
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
      },
      { name: 'createDecoder', form: 'call', kind: 'decode' },
    ],
  },
  {
    package: 'jwt-simple',
    apis: [
      { name: 'encode', form: 'call', kind: 'sign', key: [[1]], algorithm: [[2]] },
      { name: 'decode', form: 'call', kind: 'verify', key: [[1]], algorithms: [[3]], omitted: 'unsafe' },
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
        name: 'NextAuth',
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
];

/** Calls on objects that a plugin decorates at run time: recognised by their path when the project uses the plugin. */
export const DECORATED: readonly { readonly package: string; readonly path: string; readonly api: Api }[] = [
  ...(['@fastify/jwt', 'fastify-jwt'] as const).flatMap((name) => [
    {
      package: name,
      path: 'jwt.sign',
      api: { name: 'sign', form: 'call', kind: 'sign', key: [[1, 'key']], algorithm: [[1, 'algorithm']] } as Api,
    },
    { package: name, path: 'jwt.verify', api: { name: 'verify', form: 'call', kind: 'config', key: [[1, 'key']] } as Api },
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
      } as Api,
    },
    {
      package: name,
      path: 'jwtVerify',
      api: {
        name: 'jwtVerify',
        form: 'call',
        kind: 'config',
        key: [
          [0, 'key'],
          [0, 'verify', 'key'],
        ],
      } as Api,
    },
  ]),
];

/** Packages whose use says that a project handles JSON Web Tokens or signed sessions. */
export const TOKEN_PACKAGES: readonly string[] = [...new Set(LIBRARIES.map((library) => library.package))];

/** The packages and modules that imports of the table can name: specifier -> package and path prefix. */
const SPECIFIERS = new Map<string, { readonly package: string; readonly prefix: string; readonly namespace?: string }>();
for (const library of LIBRARIES) {
  SPECIFIERS.set(library.package, { package: library.package, prefix: '' });
  for (const [specifier, prefix] of Object.entries(library.modules ?? {})) {
    const namespace = library.namespaces?.[specifier];
    SPECIFIERS.set(specifier, { package: library.package, prefix, ...(namespace === undefined ? {} : { namespace }) });
  }
}
// `hono` itself exports no JWT functions; only its sub-paths do.
SPECIFIERS.delete('hono');

/** The package and path prefix that an import specifier means, when the table knows it. */
export function librarySpecifier(
  specifier: string,
): { readonly package: string; readonly prefix: string; readonly namespace?: string } | undefined {
  return SPECIFIERS.get(specifier);
}

/** Every specifier of the table: what the trigger looks for in scripts. */
export function librarySpecifiers(): Iterable<string> {
  return SPECIFIERS.keys();
}

const BY_PACKAGE = new Map<string, Library[]>();
for (const library of LIBRARIES) BY_PACKAGE.set(library.package, [...(BY_PACKAGE.get(library.package) ?? []), library]);

/** The entry of a package for a version; the newest one when the version is unknown. */
export function libraryOf(packageName: string, version: string | undefined): Library | undefined {
  const entries = BY_PACKAGE.get(packageName);
  if (!entries || version === undefined) return entries?.[0];
  return (
    entries.find(
      (entry) => (!entry.from || compareVersions(version, entry.from) >= 0) && (!entry.below || compareVersions(version, entry.below) < 0),
    ) ?? entries[0]
  );
}

/** Compares `major.minor.patch` versions; pre-release tags count as the release. */
export function compareVersions(one: string, other: string): number {
  const numbers = (version: string): readonly number[] =>
    version
      .split(/[-+]/, 1)[0]!
      .split('.')
      .map((part) => Number.parseInt(part, 10) || 0);
  const left = numbers(one);
  const right = numbers(other);
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
