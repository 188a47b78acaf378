import { basename } from 'node:path/posix';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { KEYWORDS } from '../src/config-file.js';
import { configSchema, type ConfigurableRule, type JsonSchema } from '../src/config-schema.js';
import { CONFIG_NAMES, configPlaces, loadConfiguration, NO_CONFIGURATION, type Configuration } from '../src/config.js';
import { JwtlintError } from '../src/errors.js';
import { globMatcher, globProblem } from '../src/glob.js';

const RULE_LIST: readonly ConfigurableRule[] = [
  { id: 'no-hardcoded-secret', title: 'Disallow secrets in code' },
  { id: 'no-weak-secret', title: 'Disallow weak secrets' },
  {
    id: 'min-key-size',
    title: 'Require long keys',
    options: {
      schema: {
        type: 'object',
        additionalProperties: false,
        required: ['bytes'],
        properties: {
          bytes: { type: 'integer', minimum: 16, maximum: 512 },
          ratio: { type: 'number' },
          names: { type: 'array', items: { type: 'string', pattern: '^[A-Z]+$' }, minItems: 1, maxItems: 2, uniqueItems: true },
          mode: { type: 'string', enum: ['strict', 'lax'] },
          on: { type: 'boolean' },
          either: { anyOf: [{ type: 'string', minLength: 2, maxLength: 3 }, { type: 'integer' }] },
          free: {},
        },
      },
    },
  },
];

/** A source that holds these files, and counts its look-ups. */
function sourceOf(files: Readonly<Record<string, string | Uint8Array>>) {
  const asked: string[][] = [];
  return {
    asked,
    read: (paths: readonly string[]) => {
      asked.push([...paths]);
      const entries = paths.filter((path) => Object.hasOwn(files, path)).map((path) => [path, files[path]!] as const);
      return Promise.resolve(new Map(entries.map(([path, text]) => [path, typeof text === 'string' ? Buffer.from(text) : text])));
    },
  };
}

function load(files: Readonly<Record<string, string | Uint8Array>>, file?: string): Promise<Configuration> {
  const { read } = sourceOf(files);
  const places = Object.keys(files).filter((path) => CONFIG_NAMES.includes(basename(path)));
  return loadConfiguration({ read, places, rules: () => Promise.resolve(RULE_LIST), ...(file === undefined ? {} : { file }) });
}

async function errorOf(files: Readonly<Record<string, string | Uint8Array>>, file?: string): Promise<JwtlintError> {
  const error = await load(files, file).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof JwtlintError)) throw new Error('no complaint', { cause: error });
  expect(error.code).toBe('config');
  return error;
}

describe('where a configuration is looked for', () => {
  test('in every directory above the files, each once', () => {
    expect(configPlaces(['a/b/x.ts', 'a/y.ts', 'z.ts']).sort()).toEqual([
      'a/b/jwtlint.config.json',
      'a/b/package.json',
      'a/jwtlint.config.json',
      'a/package.json',
      'jwtlint.config.json',
      'package.json',
    ]);
    expect(configPlaces([])).toEqual([]);
  });

  test('in one batch; without one nothing is set', async () => {
    const source = sourceOf({ 'package.json': '{"name": "x", "devDependencies": {"jwtlint": "1"}}', 'a/package.json': '{ "jwtlint' });
    const places = configPlaces(['a/b.ts']);
    const configuration = await loadConfiguration({ read: source.read, places, rules: () => Promise.resolve(RULE_LIST) });
    expect(configuration).toBe(NO_CONFIGURATION);
    expect(source.asked).toEqual([places]);
    expect(configuration.forPath('a/b.ts').severity('no-weak-secret')).toBeUndefined();
    expect(configuration.ignored('a/b.ts')).toBe(false);
  });

  test('the nearest file counts, alone', async () => {
    const configuration = await load({
      'jwtlint.config.json': '{"rules": {"no-weak-secret": "off", "no-hardcoded-secret": "warning"}, "ignore": ["gen"]}',
      'packages/a/package.json': '{"name": "a", "jwtlint": {"rules": {"no-weak-secret": "info"}}}',
      'packages/b/package.json': '{"name": "b"}',
    });
    expect(configuration.files).toEqual(['jwtlint.config.json', 'packages/a/package.json']);
    expect(configuration.forPath('packages/a/src/x.ts').severity('no-weak-secret')).toBe('info');
    expect(configuration.forPath('packages/a/src/x.ts').severity('no-hardcoded-secret')).toBeUndefined();
    expect(configuration.forPath('packages/b/x.ts').severity('no-weak-secret')).toBe('off');
    expect(configuration.forPath('x.ts').severity('no-hardcoded-secret')).toBe('warning');
    expect(configuration.forPath('').severity('no-hardcoded-secret')).toBe('warning');
    expect([configuration.ignored('packages/b/gen/x.ts'), configuration.ignored('packages/a/gen/x.ts')]).toEqual([true, false]);
  });

  test('jwtlint.config.json wins over package.json beside it', async () => {
    const configuration = await load({
      'package.json': '{"jwtlint": {"rules": {"no-weak-secret": "off"}}}',
      'jwtlint.config.json': '{"rules": {"no-weak-secret": "info"}}',
    });
    expect(configuration.forPath('x').severity('no-weak-secret')).toBe('info');
  });

  test('comments, trailing commas, byte order marks and UTF-16 are fine', async () => {
    const text = '\ufeff{\n  // why\n  "rules": { "no-weak-secret": "off", /* why */ },\n}';
    for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le')]) {
      expect((await load({ 'jwtlint.config.json': bytes })).forPath('x').severity('no-weak-secret')).toBe('off');
    }
  });

  test('a named configuration holds for all, and its globs count from the root', async () => {
    const files = {
      'conf/my.json': '{"extends": "./base.json", "rules": {"no-weak-secret": "info"}, "ignore": ["/src/gen"]}',
      'conf/base.json': '{"rules": {"no-hardcoded-secret": "off"}}',
      'src/jwtlint.config.json': '{"rules": {"no-weak-secret": "off"}}',
    };
    const configuration = await load(files, 'conf/my.json');
    expect(configuration.forPath('src/x.ts').severity('no-weak-secret')).toBe('info');
    expect(configuration.forPath('src/x.ts').severity('no-hardcoded-secret')).toBe('off');
    expect(configuration.ignored('src/gen/x.ts')).toBe(true);
    expect((await errorOf({}, 'conf/none.json')).message).toBe('there is no configuration conf/none.json');
  });
});

describe('what it says of a path', () => {
  test('later entries win, and a severity alone keeps the options', async () => {
    const configuration = await load({
      'jwtlint.config.json': JSON.stringify({
        rules: { 'min-key-size': ['error', { bytes: 64 }], 'no-weak-secret': ['warning'] },
        overrides: [
          { files: ['legacy/**'], rules: { 'min-key-size': 'warning' } },
          { files: ['legacy/old'], rules: { 'min-key-size': ['off', { bytes: 16 }] } },
        ],
      }),
    });
    const of = (path: string): unknown[] => {
      const settings = configuration.forPath(path);
      return [settings.severity('min-key-size'), settings.options('min-key-size')];
    };
    expect(of('src/x.ts')).toEqual(['error', { bytes: 64 }]);
    expect(of('legacy/x.ts')).toEqual(['warning', { bytes: 64 }]);
    expect(of('legacy/old/x.ts')).toEqual(['off', { bytes: 16 }]);
    expect(configuration.forPath('x').severity('no-weak-secret')).toBe('warning');
    expect(configuration.forPath('x').options('no-weak-secret')).toBeUndefined();
    for (const name of ['constructor', '__proto__', 'toString']) expect(configuration.forPath('x').severity(name)).toBeUndefined();
  });

  test('contexts replace the usual patterns of their name', async () => {
    const settings = (await load({ 'jwtlint.config.json': '{"contexts": {"test": ["**/*.check.ts"], "demo": ["demos/"], "docs": []}}' }))
      .forPath;
    expect([settings('a/b.check.ts').context, settings('demos/x.ts').context, settings('x.ts').context]).toEqual([
      'test',
      'demo',
      undefined,
    ]);
    const { redefines } = settings('x.ts');
    expect(['test', 'docs', 'demo', 'example'].map((name) => redefines(name))).toEqual([true, true, true, false]);
  });

  test("the user's own world is that of all configurations", async () => {
    const sink = { module: '@acme/auth', name: 'issue', kind: 'sign', key: 'arg[1].secret' };
    const configuration = await load({
      'jwtlint.config.json': JSON.stringify({ sinks: [sink], secretNames: ['SIGN_WITH'], secretSources: ['config.get'] }),
      'a/jwtlint.config.json': '{"secretNames": ["OTHER"]}',
    });
    expect(configuration.vocabulary).toEqual({ sinks: [sink], secretNames: ['OTHER', 'SIGN_WITH'], secretSources: ['config.get'] });
  });
});

describe('extends', () => {
  const root =
    '{"rules": {"no-weak-secret": "off"}, "ignore": ["packages/*/gen"], "overrides": [{"files": ["packages/a"], "rules": {"no-hardcoded-secret": "info"}}]}';

  test('root: its globs count from the root, and the extending file wins', async () => {
    for (const [name, text] of [
      ['jwtlint.config.json', root],
      ['package.json', `{"jwtlint": ${root}}`],
    ] as const) {
      const own = '{"extends": "root", "rules": {"no-weak-secret": "error"}, "ignore": ["tmp"]}';
      const { read } = sourceOf({ [name]: text, 'packages/a/jwtlint.config.json': own });
      const configuration = await loadConfiguration({
        read,
        places: ['packages/a/jwtlint.config.json'],
        rules: () => Promise.resolve(RULE_LIST),
      });
      const settings = configuration.forPath('packages/a/x.ts');
      expect([settings.severity('no-weak-secret'), settings.severity('no-hardcoded-secret')]).toEqual(['error', 'info']);
      const ignored = ['packages/a/gen/x', 'packages/a/tmp/x', 'packages/b/tmp/x'].map((path) => configuration.ignored(path));
      expect(ignored).toEqual([true, true, false]);
    }
  });

  test('a shared file beside: its globs count from whoever extends it', async () => {
    const configuration = await load({
      'shared/base.json': '{"ignore": ["/gen"]}',
      'app/jwtlint.config.json': '{"extends": "../shared/base.json"}',
    });
    expect([configuration.ignored('app/gen/x'), configuration.ignored('gen/x')]).toEqual([true, false]);
  });

  test('a chain', async () => {
    const configuration = await load({
      'a/b/jwtlint.config.json': '{"extends": "../jwtlint.config.json"}',
      'a/jwtlint.config.json': '{"extends": "root", "rules": {"no-weak-secret": "info"}}',
      'jwtlint.config.json': '{"rules": {"no-weak-secret": "off", "no-hardcoded-secret": "off"}}',
    });
    const settings = configuration.forPath('a/b/x');
    expect([settings.severity('no-weak-secret'), settings.severity('no-hardcoded-secret')]).toEqual(['info', 'off']);
  });

  test.each([
    [
      'a circle',
      { 'jwtlint.config.json': '{"extends": "./b.json"}', 'b.json': '{\n  "extends": "./jwtlint.config.json"}' },
      'b.json:2:14: "extends" comes back to this file',
    ],
    ['itself', { 'jwtlint.config.json': '{"extends": "root"}' }, 'jwtlint.config.json:1:13: "extends" comes back to this file'],
    ['nothing there', { 'jwtlint.config.json': '{"extends": "./b.json"}' }, 'jwtlint.config.json:1:13: there is no b.json to extend'],
    [
      'no root',
      { 'a/jwtlint.config.json': '{"extends": "root"}' },
      'a/jwtlint.config.json:1:13: there is no jwtlint.config.json to extend',
    ],
    ['outside', { 'jwtlint.config.json': '{"extends": "../b.json"}' }, 'jwtlint.config.json:1:13: "extends" leads out of the scanned tree'],
    [
      'an absolute path',
      { 'jwtlint.config.json': '{"extends": "/etc/b.json"}' },
      'jwtlint.config.json:1:13: "extends" leads out of the scanned tree',
    ],
    [
      'a manifest without one',
      { 'jwtlint.config.json': '{"extends": "./a/package.json"}', 'a/package.json': '{}' },
      'a/package.json:1:1: there is no key "jwtlint"',
    ],
  ])('%s', async (_, files, message) => {
    expect((await errorOf(files)).message).toBe(message);
  });
});

/** What both the check and schema.json's language must refuse, with what the check says. */
const WRONG: readonly [config: string, message: string, hint?: string][] = [
  ['[]', '1:1: the configuration must be an object'],
  ['"x"', '1:1: the configuration must be an object'],
  ['{\n  "rulez": {}\n}', '2:3: unknown key "rulez"', 'Did you mean "rules"?'],
  [
    '{"zzz": 1}',
    '1:2: unknown key "zzz"',
    'Known keys: $schema, extends, preset, rules, overrides, ignore, contexts, sinks, secretNames, secretSources.',
  ],
  ['{"rules": {\n\t"no-hardcode-secret": "off"}}', '2:2: unknown rule "no-hardcode-secret"', 'Did you mean "no-hardcoded-secret"?'],
  ['{"rules": {"__proto__": "off"}}', '1:12: unknown rule "__proto__"'],
  ['{"rules": {"constructor": "off"}}', '1:12: unknown rule "constructor"'],
  ['{"rules": []}', '1:11: "rules" must be an object'],
  ['{"rules": null}', '1:11: "rules" must be an object'],
  ['{"rules": {"no-weak-secret": "warn"}}', '1:30: "rules.no-weak-secret" must be "off", "info", "warning" or "error"'],
  [
    '{"rules": {"no-weak-secret": "eror"}}',
    '1:30: "rules.no-weak-secret" must be "off", "info", "warning" or "error"',
    'Did you mean "error"?',
  ],
  ['{"rules": {"no-weak-secret": 2}}', '1:30: "rules.no-weak-secret" must be a string or an array'],
  ['{"rules": {"no-weak-secret": []}}', '1:30: "rules.no-weak-secret" must not be empty'],
  ['{"rules": {"no-weak-secret": ["off", {}]}}', '1:30: "rules.no-weak-secret" takes no options'],
  ['{"rules": {"no-weak-secret": [{}]}}', '1:31: "rules.no-weak-secret.0" must be a string'],
  ['{"rules": {"min-key-size": ["off", {"bytes": 32}, 1]}}', '1:28: "rules.min-key-size" must not have more than 2 entries'],
  ['{"rules": {"min-key-size": ["off", {}]}}', '1:36: "rules.min-key-size.1" needs the key "bytes"'],
  ['{"rules": {"min-key-size": ["off", {"byte": 32}]}}', '1:37: unknown key "byte"', 'Did you mean "bytes"?'],
  ['{"rules": {"min-key-size": ["off", {"bytes": 8}]}}', '1:46: "rules.min-key-size.1.bytes" must be 16 or more'],
  ['{"rules": {"min-key-size": ["off", {"bytes": 1000}]}}', '1:46: "rules.min-key-size.1.bytes" must be 512 or less'],
  ['{"rules": {"min-key-size": ["off", {"bytes": 32.5}]}}', '1:46: "rules.min-key-size.1.bytes" must be a whole number'],
  ['{"rules": {"min-key-size": ["off", {"bytes": "32"}]}}', '1:46: "rules.min-key-size.1.bytes" must be a whole number'],
  ['{"rules": {"min-key-size": ["off", {"bytes": 32, "ratio": "1"}]}}', '1:59: "rules.min-key-size.1.ratio" must be a number'],
  ['{"rules": {"min-key-size": ["off", {"bytes": 32, "names": []}]}}', '1:59: "rules.min-key-size.1.names" must not be empty'],
  [
    '{"rules": {"min-key-size": ["off", {"bytes": 32, "names": ["A", "B", "C"]}]}}',
    '1:59: "rules.min-key-size.1.names" must not have more than 2 entries',
  ],
  [
    '{"rules": {"min-key-size": ["off", {"bytes": 32, "names": ["a"]}]}}',
    '1:60: "rules.min-key-size.1.names.0" is not written as it should be',
  ],
  [
    '{"rules": {"min-key-size": ["off", {"bytes": 32, "names": ["A", "A"]}]}}',
    '1:59: "rules.min-key-size.1.names" must not hold an entry twice',
  ],
  [
    '{"rules": {"min-key-size": ["off", {"bytes": 32, "mode": "stric"}]}}',
    '1:58: "rules.min-key-size.1.mode" must be "strict" or "lax"',
    'Did you mean "strict"?',
  ],
  ['{"rules": {"min-key-size": ["off", {"bytes": 32, "on": 1}]}}', '1:56: "rules.min-key-size.1.on" must be true or false'],
  [
    '{"rules": {"min-key-size": ["off", {"bytes": 32, "either": true}]}}',
    '1:60: "rules.min-key-size.1.either" must be a string or a whole number',
  ],
  [
    '{"rules": {"min-key-size": ["off", {"bytes": 32, "either": "x"}]}}',
    '1:60: "rules.min-key-size.1.either" must have 2 characters or more',
  ],
  [
    '{"rules": {"min-key-size": ["off", {"bytes": 32, "either": "xxxx"}]}}',
    '1:60: "rules.min-key-size.1.either" must have 3 characters or less',
  ],
  ['{"extends": ""}', '1:13: "extends" must not be empty'],
  ['{"extends": ["root"]}', '1:13: "extends" must be a string'],
  ['{"overrides": {}}', '1:15: "overrides" must be an array'],
  ['{"overrides": [{"files": ["a"]}]}', '1:16: "overrides.0" needs the key "rules"'],
  ['{"overrides": [{"files": [], "rules": {}}]}', '1:26: "overrides.0.files" must not be empty'],
  ['{"overrides": [{"files": "a", "rules": {}}]}', '1:26: "overrides.0.files" must be an array'],
  ['{"overrides": [{"files": ["a"], "rules": {"x": "off"}}]}', '1:43: unknown rule "x"'],
  ['{"overrides": [{"files": ["a"], "rules": {}, "ignore": []}]}', '1:46: unknown key "ignore"'],
  ['{"ignore": ["a", 1]}', '1:18: "ignore.1" must be a string'],
  ['{"ignore": [""]}', '1:13: "ignore.0" must not be empty'],
  [`{"ignore": ["${'x'.repeat(501)}"]}`, '1:13: "ignore.0" must have 500 characters or less'],
  ['{"contexts": ["a"]}', '1:14: "contexts" must be an object'],
  ['{"contexts": {"test": "a"}}', '1:23: "contexts.test" must be an array'],
  ['{"sinks": [{"name": "x"}]}', '1:12: "sinks.0" needs the key "kind"'],
  ['{"sinks": [{"name": "x", "kind": "sing"}]}', '1:34: "sinks.0.kind" must be "sign", "verify" or "config"', 'Did you mean "sign"?'],
  [
    '{"sinks": [{"name": "x", "kind": "sign", "key": "1"}]}',
    '1:49: "sinks.0.key" is not written as it should be',
    'Which argument, and which member of it: arg[1], arg[0].jwt.secret.',
  ],
  ['{"secretNames": "x"}', '1:17: "secretNames" must be an array'],
  ['{"secretSources": [""]}', '1:20: "secretSources.0" must not be empty'],
];

const RIGHT: readonly string[] = [
  '{}',
  '{"$schema": "./node_modules/jwtlint/schema.json"}',
  '{"rules": {}}',
  '{"rules": {"no-weak-secret": "off", "no-hardcoded-secret": ["info"], "min-key-size": "warning"}}',
  '{"rules": {"min-key-size": ["error"]}}',
  '{"rules": {"min-key-size": ["error", {"bytes": 16, "ratio": 2, "names": ["A"], "mode": "lax", "on": true, "either": "𝒳𝒳𝒳", "free": {"a": [null]}}]}}',
  '{"rules": {"min-key-size": ["error", {"bytes": 512, "ratio": 0.5, "either": 1}]}}',
  '{"overrides": [{"files": ["a", "!b"], "rules": {"no-weak-secret": "off"}}]}',
  '{"ignore": [], "contexts": {"test": [], "example": ["x"], "docs": ["{a,b}/**"], "own name": ["y"]}}',
  '{"sinks": [{"name": "sign", "kind": "sign", "module": "@a/b", "key": "arg[1]", "algorithms": "arg[2].algorithms", "payload": "arg[0]"}]}',
  '{"secretNames": ["A"], "secretSources": ["config.get"]}',
];

describe('a wrong configuration', () => {
  test.each(WRONG)('%s', async (config, message, hint) => {
    const error = await errorOf({ 'a/jwtlint.config.json': config });
    expect(error.message).toBe(`a/jwtlint.config.json:${message}`);
    if (hint !== undefined) expect(error.hint).toBe(hint);
  });

  test('in package.json has its positions there', async () => {
    const error = await errorOf({ 'package.json': '{\n  "name": "x",\n  "jwtlint": {\n    "rule": {}\n  }\n}' });
    expect([error.message, error.hint]).toEqual(['package.json:4:5: unknown key "rule"', 'Did you mean "rules"?']);
  });

  test.each([
    ['{\n  "rules" {}\n}', 'jwtlint.config.json:2:11: this is not valid JSON here'],
    ['', 'jwtlint.config.json:1:1: this is not valid JSON here'],
    ['{"rules": {"no-weak-secret": "made-up secret}}', 'jwtlint.config.json:1:47: this is not valid JSON here'],
    ['['.repeat(100_000), 'jwtlint.config.json:1:1: the configuration is nested too deeply'],
    [
      `{"rules": {"no-weak-secret": ${'['.repeat(200)}${']'.repeat(200)}}}`,
      'jwtlint.config.json:1:1: the configuration is nested too deeply',
    ],
    ['{"ignore": ["a"],\n "ignore": ["b"]}', 'jwtlint.config.json:2:2: "ignore" is given twice'],
    ['{"rules": {"no-weak-secret": "off", "no-weak-secret": "error"}}', 'jwtlint.config.json:1:37: "no-weak-secret" is given twice'],
    [
      `{"ignore": ["${'{a,b}'.repeat(8)}"]}`,
      'jwtlint.config.json:1:13: "ignore.0" is no usable glob: its braces stand for more than 200 globs',
    ],
    ['{"ignore": ["../x"]}', 'jwtlint.config.json:1:13: "ignore.0" is no usable glob: it leaves the directory of its configuration'],
    ['{"overrides": [{"files": ["!"], "rules": {}}]}', 'jwtlint.config.json:1:27: "overrides.0.files.0" is no usable glob: it is empty'],
  ])('beyond what a schema can say: %.60s', async (config, message) => {
    expect((await errorOf({ 'jwtlint.config.json': config })).message).toBe(message);
  });

  test('comments are for jwtlint.config.json; a manifest that does not parse is an error only where it names jwtlint', async () => {
    expect((await errorOf({ 'package.json': '{ // no\n "jwtlint": {} }' })).message).toBe('package.json:1:3: this is not valid JSON here');
    expect(await load({ 'package.json': '{ // no\n "name": "x" }' })).toBe(NO_CONFIGURATION);
    expect(await load({ 'package.json': Uint8Array.of(0, 1, 2) })).toBe(NO_CONFIGURATION);
  });

  test('bytes that are no text', async () => {
    expect((await errorOf({ 'jwtlint.config.json': Uint8Array.of(0x7b, 0, 1, 0x7d) })).message).toBe('jwtlint.config.json is no text');
  });

  test('no value is quoted', async () => {
    const secret = 'made-up-value-of-a-secret';
    for (const config of [
      `{"rules": {"no-weak-secret": "${secret}"}}`,
      `{"rules": "${secret}"}`,
      `{"sinks": [{"name": "x", "kind": "${secret}"}]}`,
      `{"extends": ["${secret}"]}`,
      `{"ignore": ["${secret}`,
      `{"secretNames": "${secret}"}`,
    ]) {
      const { message, hint } = await errorOf({ 'jwtlint.config.json': config });
      expect(`${message} ${hint}`).not.toContain('made-up');
    }
  });

  test("a rule's schema with a keyword that the check does not know is a fault of jwtlint", async () => {
    const rules = [{ id: 'x', title: 'X', options: { schema: { type: 'object', minProperties: 1 } } }];
    const { read } = sourceOf({ 'jwtlint.config.json': '{"rules": {"x": ["off", {}]}}' });
    await expect(loadConfiguration({ read, places: ['jwtlint.config.json'], rules: () => Promise.resolve(rules) })).rejects.toThrow(
      /keyword minProperties/,
    );
  });
});

describe('the schema for editors', () => {
  test('schema.json is that of the rules (vitest --update writes it)', async () => {
    const { RULES } = await import('../rules/index.js');
    const text = await format(JSON.stringify(configSchema(RULES)), { parser: 'json', printWidth: 140 });
    await expect(text).toMatchFileSnapshot('../schema.json');
  });

  test('uses no keyword that the check does not know', async () => {
    const { RULES } = await import('../rules/index.js');
    const open: JsonSchema[] = [configSchema(RULES)];
    for (let schema = open.pop(); schema; schema = open.pop()) {
      expect([...KEYWORDS]).toEqual(expect.arrayContaining(Object.keys(schema)));
      const { $defs = {}, properties = {}, anyOf = [], prefixItems = [], items, additionalProperties } = schema;
      open.push(...Object.values($defs), ...Object.values(properties), ...anyOf, ...prefixItems);
      for (const each of [items, additionalProperties]) if (typeof each === 'object') open.push(each);
    }
  });

  test('agrees with the check', async () => {
    const validate = new Ajv2020({ strict: false }).compile(configSchema(RULE_LIST));
    for (const config of RIGHT) {
      expect(validate(JSON.parse(config)), config).toBe(true);
      await load({ 'jwtlint.config.json': config });
    }
    for (const [config] of WRONG) expect(validate(JSON.parse(config)), config).toBe(false);
  });
});

describe('globs', () => {
  test.each<[glob: string, matching: string[], others: string[]]>([
    ['*.pem', ['a.pem', 'x/y/b.pem', '.pem'], ['a.pems', 'a.pem.txt']],
    ['/*.pem', ['a.pem'], ['x/a.pem']],
    ['./a', ['a', 'a/b'], ['b/a']],
    ['fixtures', ['fixtures/x', 'a/fixtures/b/c', 'fixtures'], ['fixtures2/x', 'a/x.fixtures']],
    ['fixtures/', ['fixtures/x', 'a/fixtures/b/c'], ['fixtures', 'fixtures2/x']],
    ['src/*.ts', ['src/a.ts', 'src/.ts'], ['src/a/b.ts', 'x/src/a.ts']],
    ['**/*.test.ts', ['a.test.ts', 'x/y/b.test.ts'], ['a.test.tsx']],
    ['a/**/b', ['a/b', 'a/x/y/b', 'a/x/b/c'], ['a/x', 'x/a/b']],
    ['a/**', ['a/b', 'a/b/c'], ['b']],
    ['**', ['a', 'a/b'], []],
    ['a?c', ['abc', 'a🔑c'], ['ac', 'abbc']],
    ['[a-c]x[!0-9]', ['bxz'], ['dxz', 'bx5']],
    ['[]x]', [']', 'x'], ['a']],
    ['[ab', ['[ab'], ['a']],
    ['{a,b/{c,d}}/*.ts', ['a/x.ts', 'b/c/x.ts', 'b/d/x.ts'], ['b/x.ts', 'c/x.ts']],
    ['{a}', ['{a}'], ['a']],
    ['a{,b}', ['a', 'ab'], ['b']],
    ['{a,b', ['{a,b'], ['a']],
    ['\\*.ts', ['*.ts'], ['a.ts']],
    ['a\\{b,c\\}', ['a{b,c}'], ['ab']],
    ['app/(auth)/[[]id]', ['app/(auth)/[id]'], ['app/auth/i']],
    ['a+(b)|c$^', ['a+(b)|c$^'], ['ab']],
    ['a**b', ['axxb', 'ab'], ['a/b']],
    ['ünï/日*', ['ünï/日本'], ['uni/日']],
  ])('%s', (glob, matching, others) => {
    expect(globProblem(glob)).toBeUndefined();
    const matches = globMatcher([glob]);
    expect(matching.filter((path) => !matches(path))).toEqual([]);
    expect(others.filter((path) => matches(path))).toEqual([]);
  });

  test('the last one that matches decides', () => {
    const matches = globMatcher(['*.ts', '!a.ts', 'x/a.ts']);
    expect(['b.ts', 'a.ts', 'x/a.ts', 'c'].map((path) => matches(path))).toEqual([true, false, true, false]);
    expect(globMatcher([])('a')).toBe(false);
  });

  test.each([
    ['*a*a*a*a*a*a*a*a*b', 'a'.repeat(4000)],
    ['**/a/**/a/**/a/**/a/**/b', 'a/'.repeat(2000)],
    [`${'*?'.repeat(240)}b`, 'a'.repeat(4000)],
    [`${'{a,aa}'.repeat(7)}b`, 'a'.repeat(4000)],
    ['(a+)+b', 'a'.repeat(4000)],
    ['[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*!', 'a'.repeat(4000)],
  ])('no pattern takes long: %s', (glob, path) => {
    const started = performance.now();
    expect(globMatcher([glob])(path)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test.each([
    '{'.repeat(500),
    '{a,'.repeat(160),
    `${'{'.repeat(200)}${'a,b}'.repeat(70)}`,
    '['.repeat(500),
    '\\'.repeat(499),
    ',}'.repeat(200),
  ])('no nesting takes long: %.20s', (glob) => {
    const started = performance.now();
    expect(globProblem(glob) ?? globMatcher([glob])('x')).toBeDefined();
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
