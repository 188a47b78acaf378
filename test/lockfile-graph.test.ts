/** What comes with a direct dependency, by the lockfiles of npm, yarn and pnpm, and what is told of it. */
import { describe, expect, test } from 'vitest';
import { broughtIn } from '../src/lockfile-graph.js';
import { readManifest } from '../src/project.js';
import { growth, LINEAR } from './growth.js';
import { runProgram } from './run-program.js';
import { TemporaryRepository } from './temporary-repository.js';

const NAMES = new Set(['jsonwebtoken', 'jose']);
const MANIFEST = JSON.stringify({
  name: 'made-up',
  dependencies: { jsonwebtoken: '^9.0.0', 'passport-jwt': '^4.0.0', '@scope/auth': '~1.2.0' },
  devDependencies: { 'mock-jwks': '^3.0.0' },
});

// One world in every format: jsonwebtoken 9 is named; passport-jwt and @scope/auth bring version 8, mock-jwks an old jose.
const LOCKFILES: readonly (readonly [string, string, string])[] = [
  [
    'npm, lockfileVersion 1',
    'package-lock.json',
    JSON.stringify({
      lockfileVersion: 1,
      dependencies: {
        '@scope/auth': { version: '1.2.3', requires: { 'passport-jwt': '^4.0.0' } },
        jsonwebtoken: { version: '9.0.2' },
        'mock-jwks': { version: '3.0.0', dev: true, requires: { jose: '^4.0.0' } },
        jose: { version: '4.1.0', dev: true },
        'passport-jwt': {
          version: '4.0.0',
          requires: { jsonwebtoken: '^8.2.0' },
          dependencies: { jsonwebtoken: { version: '8.5.1' } },
        },
      },
    }),
  ],
  [
    'npm, lockfileVersion 3',
    'package-lock.json',
    JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': JSON.parse(MANIFEST) as object,
        'node_modules/@scope/auth': { version: '1.2.3', dependencies: { 'passport-jwt': '^4.0.0' } },
        'node_modules/jsonwebtoken': { version: '9.0.2' },
        'node_modules/mock-jwks': { version: '3.0.0', dependencies: { jose: '^4.0.0' } },
        'node_modules/jose': { version: '4.1.0' },
        'node_modules/passport-jwt': { version: '4.0.0', dependencies: { jsonwebtoken: '^8.2.0' } },
        'node_modules/passport-jwt/node_modules/jsonwebtoken': { version: '8.5.1' },
      },
    }),
  ],
  [
    'yarn classic',
    'yarn.lock',
    `# yarn lockfile v1\n\n\n"@scope/auth@~1.2.0":\n  version "1.2.3"\n  resolved "x"\n  dependencies:\n    passport-jwt "^4.0.0"\n\njose@^4.0.0:\n  version "4.1.0"\n\njsonwebtoken@^8.2.0:\n  version "8.5.1"\n  integrity sha512-x\n\njsonwebtoken@^9.0.0:\n  version "9.0.2"\n\nmock-jwks@^3.0.0:\n  version "3.0.0"\n  dependencies:\n    jose "^4.0.0"\n\npassport-jwt@^4.0.0, passport-jwt@^4.0.1:\n  version "4.0.0"\n  dependencies:\n    jsonwebtoken "^8.2.0"\n    passport-strategy "^1.0.0"\n`,
  ],
  [
    'yarn Berry',
    'yarn.lock',
    `__metadata:\n  version: 8\n  cacheKey: 10\n\n"@scope/auth@npm:~1.2.0":\n  version: 1.2.3\n  resolution: "@scope/auth@npm:1.2.3"\n  dependencies:\n    passport-jwt: "npm:^4.0.0"\n  languageName: node\n  linkType: hard\n\n"jose@npm:^4.0.0":\n  version: 4.1.0\n\n"jsonwebtoken@npm:^8.2.0":\n  version: 8.5.1\n\n"jsonwebtoken@npm:^9.0.0":\n  version: 9.0.2\n\n"made-up@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "made-up@workspace:."\n  dependencies:\n    "@scope/auth": "npm:~1.2.0"\n    jsonwebtoken: "npm:^9.0.0"\n    mock-jwks: "npm:^3.0.0"\n    passport-jwt: "npm:^4.0.0"\n  languageName: unknown\n  linkType: soft\n\n"mock-jwks@npm:^3.0.0":\n  version: 3.0.0\n  dependencies:\n    jose: "npm:^4.0.0"\n\n"passport-jwt@npm:^4.0.0":\n  version: 4.0.0\n  dependencies:\n    jsonwebtoken: ^8.2.0\n`,
  ],
  [
    'pnpm, lockfileVersion 5.4',
    'pnpm-lock.yaml',
    `lockfileVersion: 5.4\n\nspecifiers:\n  '@scope/auth': ~1.2.0\n  jsonwebtoken: ^9.0.0\n  mock-jwks: ^3.0.0\n  passport-jwt: ^4.0.0\n\ndependencies:\n  '@scope/auth': 1.2.3_passport@0.7.0\n  jsonwebtoken: 9.0.2\n  passport-jwt: 4.0.0\n\ndevDependencies:\n  mock-jwks: 3.0.0\n\npackages:\n\n  /@scope/auth/1.2.3_passport@0.7.0:\n    resolution: {integrity: sha512-x}\n    dependencies:\n      passport-jwt: 4.0.0\n    dev: false\n\n  /jose/4.1.0:\n    resolution: {integrity: sha512-x}\n    dev: true\n\n  /jsonwebtoken/8.5.1:\n    resolution: {integrity: sha512-x}\n\n  /jsonwebtoken/9.0.2:\n    resolution: {integrity: sha512-x}\n\n  /mock-jwks/3.0.0:\n    dependencies:\n      jose: 4.1.0\n    dev: true\n\n  /passport-jwt/4.0.0:\n    dependencies:\n      jsonwebtoken: 8.5.1\n`,
  ],
  [
    'pnpm, lockfileVersion 6.0',
    'pnpm-lock.yaml',
    `lockfileVersion: '6.0'\n\ndependencies:\n  '@scope/auth':\n    specifier: ~1.2.0\n    version: 1.2.3(passport@0.7.0)\n  jsonwebtoken:\n    specifier: ^9.0.0\n    version: 9.0.2\n  passport-jwt:\n    specifier: ^4.0.0\n    version: 4.0.0\n\ndevDependencies:\n  mock-jwks:\n    specifier: ^3.0.0\n    version: 3.0.0\n\npackages:\n\n  /@scope/auth@1.2.3(passport@0.7.0):\n    dependencies:\n      passport-jwt: 4.0.0\n\n  /jose@4.1.0:\n    dev: true\n\n  /jsonwebtoken@8.5.1:\n    dev: false\n\n  /jsonwebtoken@9.0.2:\n    dev: false\n\n  /mock-jwks@3.0.0:\n    dependencies:\n      jose: 4.1.0\n\n  /passport-jwt@4.0.0:\n    dependencies:\n      jsonwebtoken: 8.5.1\n`,
  ],
  [
    'pnpm, lockfileVersion 9.0',
    'pnpm-lock.yaml',
    `lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      '@scope/auth':\n        specifier: ~1.2.0\n        version: 1.2.3(passport@0.7.0)\n      jsonwebtoken:\n        specifier: ^9.0.0\n        version: 9.0.2\n      passport-jwt:\n        specifier: ^4.0.0\n        version: 4.0.0\n    devDependencies:\n      mock-jwks:\n        specifier: ^3.0.0\n        version: 3.0.0\n\npackages:\n\n  '@scope/auth@1.2.3':\n    resolution: {integrity: sha512-x}\n    peerDependencies:\n      passport: '*'\n\n  jsonwebtoken@8.5.1:\n    resolution: {integrity: sha512-x}\n\nsnapshots:\n\n  '@scope/auth@1.2.3(passport@0.7.0)':\n    dependencies:\n      passport-jwt: 4.0.0\n\n  jose@4.1.0: {}\n\n  jsonwebtoken@8.5.1: {}\n\n  jsonwebtoken@9.0.2: {}\n\n  mock-jwks@3.0.0:\n    dependencies:\n      jose: 4.1.0\n\n  passport-jwt@4.0.0:\n    dependencies:\n      jsonwebtoken: 8.5.1\n`,
  ],
];

const brought = (path: string, text: string): readonly string[] =>
  broughtIn(path, text, readManifest(MANIFEST)!, NAMES)
    .brought.map(
      ({ name, version, by, development }) =>
        `${name} ${version} by ${by
          .map((each) => each.name)
          .sort()
          .join(', ')}${development ? ' (development)' : ''}`,
    )
    .sort();

describe('what a lockfile says', () => {
  const expected = ['jose 4.1.0 by mock-jwks (development)', 'jsonwebtoken 8.5.1 by @scope/auth, passport-jwt'];
  test.each(LOCKFILES)('%s', (_, path, text) => {
    expect(brought(path, text)).toEqual(expected);
    expect(brought(path, text.replaceAll('\n', '\r\n'))).toEqual(expected);
  });

  test('packages of a workspace name dependencies of their own', () => {
    const npm = JSON.stringify({
      packages: {
        '': { name: 'made-up' },
        'apps/api': { version: '1.0.0', dependencies: { 'passport-jwt': '^4.0.0' } },
        'apps/api/node_modules/jsonwebtoken': { version: '8.5.1' },
        'apps/api/node_modules/passport-jwt': { version: '4.0.0', dependencies: { jsonwebtoken: '^8.2.0' } },
        'node_modules/api': { link: true, resolved: 'apps/api' },
      },
    });
    expect(brought('package-lock.json', npm)).toEqual(['jsonwebtoken 8.5.1 by passport-jwt']);
    const pnpm = LOCKFILES.at(-1)![2].replace('  .:', '  apps/api:');
    expect(brought('pnpm-lock.yaml', pnpm)).toEqual(expected);
  });

  test.each([
    ['no JSON', 'package-lock.json', '{"packages":'],
    ['another shape', 'package-lock.json', '{"packages":{"node_modules/a":{"version":1,"dependencies":[]}},"dependencies":3}'],
    ['null', 'package-lock.json', 'null'],
    ['a circle', 'yarn.lock', 'passport-jwt@^4.0.0:\n  version "4.0.0"\n  dependencies:\n    passport-jwt "^4.0.0"\n'],
    ['no lines of it', 'pnpm-lock.yaml', 'packages\n  x: : :\n- - -\n\t\n'],
  ])('nothing of %s', (_, path, text) => {
    expect(brought(path, text)).toEqual([]);
  });

  /** Packages that each need the next, all of them named by the manifest. */
  const chain = (size: number, named: number): string =>
    `lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n${Array.from(
      { length: named },
      (_, index) => `      p${String(index)}:\n        version: 1.0.0\n`,
    ).join('')}snapshots:\n${Array.from(
      { length: size },
      (_, index) => `  p${String(index)}@1.0.0:\n    dependencies:\n      p${String(index + 1)}: 1.0.0\n`,
    ).join('')}`;
  const follow = (text: string) => broughtIn('pnpm-lock.yaml', text, readManifest(MANIFEST)!, NAMES);

  test('time grows with the lockfile', () => {
    const make = (size: number): string => chain(size, 1);
    expect(growth(1500, make, follow)).toBeLessThan(LINEAR);
  });

  test('what cannot be followed to its end is told', () => {
    expect(follow(chain(4000, 4000)).complete).toBe(false);
    expect(follow(chain(1000, 1000)).complete).toBe(true);
  });
});

describe('what is told of it', () => {
  interface Found {
    readonly ruleId: string;
    readonly level: string;
    readonly message: string;
    readonly fix: string;
    readonly location: { readonly path: string; readonly startLine: number };
  }

  async function outdated(files: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Found[]> {
    const repository = new TemporaryRepository();
    for (const [path, text] of Object.entries(files)) repository.stage(path, text);
    const { stdout } = await runProgram(repository.context, '-f', 'json', ...args);
    return (JSON.parse(stdout) as { findings: Found[] }).findings.filter(({ ruleId }) => ruleId === 'no-outdated-library');
  }

  const [, path, lock] = LOCKFILES[1]!;
  const files = { 'package.json': JSON.stringify(JSON.parse(MANIFEST), null, 2), [path]: lock };

  test('one warning for each package, at the direct dependency, and info of what only builds use', async () => {
    const found = await outdated(files, '--info');
    expect(found.map(({ level, location }) => `${location.path}:${String(location.startLine)} ${level}`)).toEqual([
      'package.json:5 warning',
      'package.json:9 info',
    ]);
    expect(found[0]!.message).toContain('`passport-jwt` and `@scope/auth` bring `jsonwebtoken` 8.5.1, which has published faults (CVE-');
    expect(found[0]!.fix).toContain('`jsonwebtoken` 9.0.0 or newer');
    expect(found[1]!.message).toContain('`mock-jwks` brings `jose` 4.1.0');
  });

  test('several versions are one', async () => {
    const text = lock
      .replace('"passport-jwt":"^4.0.0"}}', '"passport-jwt":"^4.0.0","jsonwebtoken":"^7"}}')
      .replace(
        '"node_modules/jsonwebtoken"',
        '"node_modules/@scope/auth/node_modules/jsonwebtoken":{"version":"7.4.3"},"node_modules/jsonwebtoken"',
      );
    const found = await outdated({ ...files, [path]: text });
    expect(found.map(({ message }) => /`jsonwebtoken` [\d., ]+/.exec(message)?.[0])).toEqual(['`jsonwebtoken` 7.4.3, 8.5.1, ']);
  });

  test.each<[string, Readonly<Record<string, string>>, string[]]>([
    ['in a change', files, ['--staged']],
    ['without a lockfile', { 'package.json': files['package.json'] }, []],
    ['of examples', { 'examples/a/package.json': files['package.json'], 'examples/a/package-lock.json': lock }, []],
    ['when its version is mended', { ...files, [path]: lock.replace('8.5.1', '9.0.2') }, []],
    [
      'of a library that has faults of its own, besides those',
      {
        'package.json': '{"devDependencies":{"express-jwt":"^5.0.0"}}',
        'package-lock.json':
          '{"packages":{"":{"devDependencies":{"express-jwt":"^5.0.0"}},"node_modules/express-jwt":{"version":"5.3.3","dependencies":{"jsonwebtoken":"^8.1.0"}},"node_modules/jsonwebtoken":{"version":"8.5.1"}}}',
      },
      [],
    ],
    [
      'when what it brings has a fault that it does not call',
      {
        'package.json': '{"dependencies":{"jsonwebtoken":"^9.0.0"}}',
        'package-lock.json':
          '{"packages":{"":{"dependencies":{"jsonwebtoken":"^9.0.0"}},"node_modules/jsonwebtoken":{"version":"9.0.2","dependencies":{"jws":"^3.2.2"}},"node_modules/jws":{"version":"3.2.2"}}}',
      },
      [],
    ],
  ])('nothing %s', async (_, given, args) => {
    expect(await outdated(given, ...args)).toEqual([]);
  });
});
