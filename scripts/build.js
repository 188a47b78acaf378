/** Bundles dist/: three chunks for the path of a hook, lazy chunks for the rest; then the type declarations. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rolldown } from 'rolldown';
import { thirdPartyNotices } from './third-party-notices.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/**
 * What a hook loads, in the order of need, each step as one file: what starts git; while git works, what decides whether a
 * file is about JWTs at all; and only for one that is, the rules.
 */
const HOOK_STEPS = [
  {
    name: 'start',
    test: /[\\/]src[\\/](?:cli|io|errors|git|options|nearest)\.ts$|[\\/]src[\\/]sources[\\/](?:staged|disk|git-lfs|ignored|source)\.ts$|[\\/]src[\\/]reports[\\/]index\.ts$/,
  },
  {
    name: 'triage',
    test: /[\\/]src[\\/](?:triage|trigger|config|importers|project|path-mapping|policy|positions|settle|analyse|report|version)\.ts$|[\\/]src[\\/]commands[\\/]scan\.ts$|[\\/]src[\\/]readers[\\/](?:decode|script)\.ts$|[\\/]src[\\/]readers[\\/]settings[\\/](?:index|deployment|json|content)\.ts$|[\\/]rules[\\/]facts[\\/](?:libraries|further-libraries|base64|decoder-names|names|keys|placeholders|tokens|env-files|words|import-names)\.ts$/,
  },
  {
    name: 'analysis',
    test: /[\\/]src[\\/](?:analysis|inspect|resolve|redact|hidden|crypto)\.ts$|[\\/]src[\\/]readers[\\/](?:guarded-parse|depth)\.ts$|[\\/]src[\\/]readers[\\/]settings[\\/](?:dotenv)\.ts$|[\\/]src[\\/]reports[\\/](?:stylish|sentences)\.ts$|[\\/]rules[\\/]/,
  },
];

rmSync('dist', { recursive: true, force: true });
const bundle = await rolldown({
  input: { bin: 'src/bin.ts', index: 'src/index.ts', eslint: 'src/eslint/plugin.ts' },
  platform: 'node',
  external: ['oxc-parser', /^node:/],
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  transform: { define: { JWTLINT_VERSION: JSON.stringify(version) } },
  checks: { ineffectiveDynamicImport: false },
});
const { output } = await bundle.write({
  dir: 'dist',
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  minify: true,
  codeSplitting: {
    // Earlier groups win.
    groups: HOOK_STEPS.map(({ name, test }, index) => ({ name, test, priority: HOOK_STEPS.length - index })),
  },
});
await bundle.close();
const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
writeFileSync('THIRD-PARTY-NOTICES.md', thirdPartyNotices(modules));
copyFileSync('src/readers/parse-child.js', 'dist/chunks/parse-child.js');
chmodSync('dist/bin.js', 0o755);
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
