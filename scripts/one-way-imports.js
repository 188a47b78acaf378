/**
 * A lint rule: imports go one way (docs: ARCHITECTURE, "Imports go one way"). Every file of rules/ and src/ belongs to a
 * layer; what a layer, a built-in module or a package may be imported by is listed here, and everything else is refused.
 * test/import-laws.test.ts breaks each of these laws and sees it refused.
 */
import { posix, relative, sep } from 'node:path';

/** Layers from the ground up. The first one that matches a path holds it. `imports`: layers it may import; `types`: only their types. */
const LAYERS = [
  { name: 'the contract', files: /^rules\/contract\.ts$/, imports: [], types: ['the facts'] },
  { name: 'the facts', files: /^rules\/facts\//, imports: ['the contract', 'the facts'] },
  { name: 'the list of rules', files: /^rules\/index\.ts$/, imports: ['the contract', 'a rule'] },
  { name: 'a rule', files: /^rules\/[^/]+\.ts$/, imports: ['the contract', 'the facts'] },
  {
    name: 'judgement and reports',
    files: /^src\/(?:(?:analyse|audit|errors|help|hidden|io|nearest|policy|positions|redact|report|settle|version)\.ts$|reports\/)/,
    imports: ['the contract', 'the facts', 'judgement and reports'],
  },
  { name: 'the readers', files: /^src\/readers\//, imports: ['the contract', 'the facts', 'judgement and reports', 'the readers'] },
  { name: 'git', files: /^src\/git\.ts$/, imports: ['judgement and reports'] },
  { name: 'the sources', files: /^src\/sources\//, imports: ['the contract', 'the facts', 'judgement and reports', 'git', 'the sources'] },
  {
    name: 'look-ups',
    files:
      /^src\/(?:baseline|byte-search|config|config-file|config-schema|crypto|glob|key-generation|path-mapping|project|resolve|trigger)\.ts$/,
    imports: ['the contract', 'the facts', 'judgement and reports', 'the readers', 'look-ups'],
  },
  // A linter has no source: what it asks of the disk, and of git about an env file, stands in one file.
  {
    name: 'the disk of linters',
    files: /^src\/eslint\/disk\.ts$/,
    imports: ['the contract', 'the facts', 'judgement and reports', 'the readers', 'git', 'look-ups'],
  },
  {
    name: 'the ESLint plugin',
    files: /^src\/eslint\//,
    imports: [
      'the contract',
      'the facts',
      'the list of rules',
      'judgement and reports',
      'the readers',
      'look-ups',
      'the disk of linters',
      'the ESLint plugin',
    ],
  },
  {
    name: 'the set-up',
    files: /^src\/setup\//,
    imports: ['the facts', 'judgement and reports', 'the readers', 'git', 'the set-up'],
    types: ['the contract'],
  },
  {
    name: 'the commands',
    files: /^src\/commands\//,
    imports: [
      'the contract',
      'the facts',
      'the list of rules',
      'judgement and reports',
      'the readers',
      'git',
      'the sources',
      'look-ups',
      'the inspection',
      'the set-up',
      'the commands',
    ],
  },
  {
    name: 'the command line',
    files: /^src\/cli\.ts$/,
    imports: ['judgement and reports', 'the sources', 'look-ups', 'the inspection', 'the commands'],
  },
  { name: 'the program', files: /^src\/(?:program|ask)\.ts$/, imports: ['the command line', 'the program'] },
  // It loads the package's own files by names that the build gives it, before anything of a repository is looked at.
  { name: 'the launcher', files: /^src\/launch\//, imports: [], computed: true },
  {
    name: 'the public interface',
    files: /^src\/index\.ts$/,
    imports: ['the command line'],
    types: ['the contract', 'judgement and reports'],
  },
  {
    name: 'the inspection',
    files: /^src\/[^/]+\.ts$/,
    imports: [
      'the contract',
      'the facts',
      'the list of rules',
      'judgement and reports',
      'the readers',
      'the sources',
      'look-ups',
      'the inspection',
    ],
  },
];

/** Modules of Node and packages, and the files that may import them. `types`: files that may import their types only. */
const MODULES = {
  'node:path': { files: /^src\// },
  'node:util': { files: /^src\// },
  'node:buffer': { files: /^src\/(?:git\.ts|readers\/|sources\/)/ },
  'node:os': { files: /^src\/(?:git\.ts|sources\/|setup\/)/ },
  'node:fs': { files: /^src\/(?:git\.ts|whole-file\.ts|launch\/|sources\/|setup\/|eslint\/disk\.ts)/ },
  'node:fs/promises': { files: /^src\/(?:whole-file\.ts|sources\/)/ },
  'node:child_process': { files: /^src\/(?:git|readers\/guarded-parse|setup\/node-in-path)\.ts$/ },
  'node:url': { files: /^src\/readers\/guarded-parse\.ts$/ },
  'node:module': { files: /^src\/(?:launch\/|(?:project|readers\/script)\.ts$)/ },
  'node:readline/promises': { files: /^src\/ask\.ts$/ },
  'node:vm': { files: /^src\/launch\// },
  'node:crypto': { files: /^src\/(?:crypto|key-generation)\.ts$/ },
  'node:stream/consumers': { files: /^src\/readers\/parse-child\.js$/ },
  'oxc-parser': { files: /^src\/(?:launch\/native-binding\.ts|readers\/(?:script\.ts|parse-child\.js))$/ },
  'node:worker_threads': { files: /^src\/readers\/component(?:\.ts|-worker\.js)$/ },
  '@vue/compiler-core': { files: /^src\/readers\/component-worker\.js$/ },
  'svelte/compiler': { files: /^src\/readers\/component-worker\.js$/ },
  '@astrojs/compiler/sync': { files: /^src\/readers\/component-worker\.js$/ },
  yaml: { files: /^src\/(?:readers\/settings\/yaml|setup\/yaml-insertion)\.ts$/ },
  '@humanwhocodes/momoa': { files: /^src\/(?:config-file|setup\/json-insertion|readers\/settings\/json)\.ts$/ },
  'toml-eslint-parser': { files: /^src\/readers\/settings\/toml\.ts$/ },
  'fast-glob': { files: /^src\/sources\/directory\.ts$/ },
  'magic-string': { files: /^src\/setup\/mending\.ts$/ },
  picomatch: { files: /^src\/(?:glob|sources\/selection)\.ts$/ },
  eslint: { types: /^src\/eslint\// },
  '@eslint/core': { types: /^src\/eslint\// },
  '@eslint/plugin-kit': { files: /^src\/eslint\/text-language\.ts$/ },
  '@typescript-eslint/types': { types: /^(?:rules|src\/readers|src\/eslint|src\/setup)\// },
};

const layerOf = (path) => LAYERS.find(({ files }) => files.test(path));

/** True when nothing of the import is left at run time. */
function isTypeOnly(node) {
  if (node.type === 'TSImportType') return true;
  return node.importKind === 'type' || node.exportKind === 'type';
}

/** `require`, `require.resolve`, `createRequire(…)` and `process.getBuiltinModule`: calls that load what their argument names. */
function isLoader(callee) {
  if (callee.type === 'Identifier') return callee.name === 'require';
  if (callee.type === 'CallExpression') return callee.callee.type === 'Identifier' && callee.callee.name === 'createRequire';
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false;
  return callee.property.name === 'getBuiltinModule' || (callee.property.name === 'resolve' && isLoader(callee.object));
}

/** @type {import('eslint').Rule.RuleModule} */
export const oneWayImports = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      upward: '{{from}} may not import {{to}}.',
      module: '{{from}} may not import {{specifier}}; the files that may are listed in scripts/one-way-imports.js.',
      outside: 'Nothing in rules/ and src/ imports files from elsewhere.',
      computed: 'What is loaded must be written here: nothing of a scanned repository may ever be executed.',
    },
  },
  create(context) {
    const path = relative(context.cwd, context.filename).split(sep).join('/');
    const layer = layerOf(path);
    if (!layer) throw new Error(`${path} has no layer in scripts/one-way-imports.js`);

    function check(node, source) {
      const specifier = source?.type === 'Literal' ? source.value : undefined;
      if (typeof specifier !== 'string') return layer.computed ? undefined : context.report({ node, messageId: 'computed' });
      const report = (messageId, data = {}) => context.report({ node, messageId, data: { from: layer.name, ...data } });
      if (!specifier.startsWith('.')) {
        const { files, types } = MODULES[specifier] ?? {};
        if (files?.test(path) && (layer.name !== 'judgement and reports' || /^node:(?:path|util)$/.test(specifier))) return;
        if (types?.test(path) && isTypeOnly(node)) return;
        return report('module', { specifier });
      }
      const target = layerOf(posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts'));
      if (!target) return report('outside');
      if (layer.imports.includes(target.name)) return;
      if (isTypeOnly(node) && layer.types?.includes(target.name)) return;
      report('upward', { to: target.name });
    }

    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => node.source && check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal),
      TSImportEqualsDeclaration: (node) =>
        node.moduleReference.type === 'TSExternalModuleReference' && check(node, node.moduleReference.expression),
      CallExpression: (node) => isLoader(node.callee) && check(node, node.arguments[0]),
    };
  },
};
