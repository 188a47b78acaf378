/** Bundles dist/: three chunks for the path of a hook, lazy chunks for the rest; then the type declarations. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { COMPONENT_PARSERS } from './component-parsers.js';
import { thirdPartyNotices } from './third-party-notices.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/**
 * What a hook loads, in the order of need, each step as one file: what starts git; while git works, what decides whether a
 * file is about JWTs at all; and only for one that is, the rules.
 */
const HOOK_STEPS = [
  {
    name: 'start',
    test: /[\\/]src[\\/](?:program|cli|io|errors|git|options|nearest)\.ts$|[\\/]src[\\/]sources[\\/](?:staged|change|revision|blobs|work-tree|disk|git-lfs|ignored|source)\.ts$|[\\/]src[\\/]reports[\\/]index\.ts$|rolldown[\\/]runtime/,
  },
  {
    name: 'triage',
    test: /[\\/]src[\\/](?:triage|trigger|byte-search|config|importers|project|path-mapping|policy|positions|progress|settle|analyse|report|version)\.ts$|[\\/]src[\\/]commands[\\/](?:scan|collect)\.ts$|[\\/]src[\\/]readers[\\/](?:decode|script)\.ts$|[\\/]src[\\/]readers[\\/]settings[\\/](?:index|deployment|json|content)\.ts$|[\\/]rules[\\/]facts[\\/](?:decoder-names|wrapper-names|names|env-files|search-words|versions)\.ts$/,
  },
  {
    name: 'analysis',
    test: /[\\/]src[\\/](?:analysis|inspect|resolve|redact|hidden|crypto)\.ts$|[\\/]src[\\/]readers[\\/](?:guarded-parse|depth)\.ts$|[\\/]src[\\/]readers[\\/]settings[\\/](?:dotenv)\.ts$|[\\/]src[\\/]reports[\\/](?:stylish|sentences)\.ts$|[\\/]rules[\\/]/,
  },
];

/** Sources name each other as what they become. */
const RESOLVE = { extensionAlias: { '.js': ['.ts', '.js'] } };

/** The names under which others import the package, and what each exports. */
const ENTRIES = {
  index: ['program', 'export const { main } = chunk;'],
  eslint: ['eslint', "const plugin = chunk.default;\nexport default plugin;\nexport { plugin as 'module.exports' };"],
};

/** oxc-parser's own JavaScript is loaded with the chunks; its native part is looked for in our way. */
const nativePart = {
  name: 'native-part',
  transform: {
    filter: { id: /[\\/]oxc-parser[\\/]src-js[\\/]bindings\.js$/ },
    handler: (code) => {
      const own = 'const require = createRequire(import.meta.url)';
      if (!code.includes(own)) throw new Error('oxc-parser loads its native part in another way than this build knows');
      return code.replace(own, `import { requireBinding as require } from ${JSON.stringify(resolve('src/launch/native-binding.ts'))}`);
    },
  },
};
const parserEntry = {
  name: 'parser-entry',
  resolveId: (id) => (id === 'oxc-parser-entry' ? id : undefined),
  load: (id) => (id === 'oxc-parser-entry' ? "export { parseSync, visitorKeys } from 'oxc-parser';" : undefined),
};

/** Modules that hold plain data only, which is computed now. */
const computed = {
  name: 'computed',
  load: {
    filter: { id: /[\\/]rules[\\/]facts[\\/]search-words\.ts$/ },
    handler: async (id) => {
      const bundle = await rolldown({ input: id, resolve: RESOLVE });
      const { output: chunks } = await bundle.generate({ format: 'esm' });
      await bundle.close();
      const exported = await import(`data:text/javascript;base64,${Buffer.from(chunks[0].code).toString('base64')}`);
      return Object.entries(exported)
        .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
        .join('\n');
    },
  },
};

const output = {
  dir: 'dist/chunks',
  format: 'cjs',
  exports: 'named',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
  minify: true,
  comments: false,
};

async function bundled(input, options) {
  const bundle = await rolldown({ platform: 'node', ...input });
  const { output: chunks } = await bundle.write({ ...output, ...options });
  await bundle.close();
  return chunks.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
}

rmSync('dist', { recursive: true, force: true });
const modules = [
  ...(await bundled(
    { input: { 'oxc-parser': 'oxc-parser-entry' }, resolve: RESOLVE, plugins: [parserEntry, nativePart], external: [/^@oxc-parser\//] },
    {},
  )),
  ...(await bundled(
    {
      input: { program: 'src/program.ts', eslint: 'src/eslint/plugin.ts' },
      external: ['oxc-parser', './oxc-parser.cjs', /^node:/],
      makeAbsoluteExternalsRelative: false,
      resolve: RESOLVE,
      plugins: [computed],
      transform: { define: { JWTLINT_VERSION: JSON.stringify(version), OXC_PARSER_CHUNK: 'true' } },
      checks: { ineffectiveDynamicImport: false },
    },
    {
      codeSplitting: {
        // Earlier groups win.
        groups: HOOK_STEPS.map(({ name, test }, index) => ({ name, test, priority: HOOK_STEPS.length - index })),
      },
    },
  )),
];
modules.push(...(await bundled(COMPONENT_PARSERS, { format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' })));
writeFileSync('THIRD-PARTY-NOTICES.md', thirdPartyNotices(modules.filter((id) => id !== 'oxc-parser-entry')));
for (const [name, [chunk, exported]] of Object.entries(ENTRIES))
  writeFileSync(`dist/${name}.js`, `import chunk from './chunks/${chunk}.cjs';\n${exported}\n`);
copyFileSync('src/readers/parse-child.js', 'dist/chunks/parse-child.js');
// ASCII is read the fastest, and every other character stands in a literal.
for (const name of readdirSync('dist/chunks')) {
  const code = readFileSync(`dist/chunks/${name}`, 'utf8');
  writeFileSync(
    `dist/chunks/${name}`,
    code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
const digest = createHash('sha256');
for (const name of readdirSync('dist/chunks').sort()) digest.update(readFileSync(`dist/chunks/${name}`));
writeFileSync('dist/bin.cjs', readFileSync('src/launch/bin.cjs', 'utf8').replace("'BUILD'", `'${digest.digest('hex').slice(0, 16)}'`), {
  mode: 0o755,
});
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });

/** Declarations that no entry leads to say nothing to anybody. */
const needed = new Set();
const unread = ['src/index.d.ts', 'src/eslint/plugin.d.ts'].map((path) => resolve('dist/types', path));
for (let path = unread.pop(); path; path = unread.pop()) {
  if (needed.has(path)) continue;
  needed.add(path);
  for (const [, specifier] of readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)\.js'/g))
    unread.push(resolve(dirname(path), `${specifier}.d.ts`));
}
for (const entry of readdirSync('dist/types', { recursive: true, withFileTypes: true })) {
  const path = resolve(entry.parentPath, entry.name);
  if (!entry.isFile()) continue;
  if (!needed.has(path)) rmSync(path);
  // Types that only others mention: their comments are for readers of the source.
  else if (path.startsWith(resolve('dist/types/rules/facts')))
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^[ \t]*\/\*\*[^]*?\*\/\n/gm, ''));
}
