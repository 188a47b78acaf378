/** Bundles dist/: one chunk for the path of a hook, lazy chunks for the rest; then the type declarations. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rolldown } from 'rolldown';
import { thirdPartyNotices } from './third-party-notices.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** What a hook with findings in scripts needs: loaded as one file. */
const HOOK =
  /[\\/]src[\\/](?:cli|errors|git|options|nearest|path-mapping|inspect|io|importers|analyse|policy|positions|project|report|resolve|settle|trigger|config|crypto|version|redact|hidden)\.ts$|[\\/]src[\\/]commands[\\/]scan\.ts$|[\\/]src[\\/]sources[\\/](?:staged|disk|git-lfs|ignored|source)\.ts$|[\\/]src[\\/]readers[\\/](?:decode|script|guarded-parse|depth)\.ts$|[\\/]src[\\/]readers[\\/]settings[\\/](?:index|content|deployment|dotenv|json)\.ts$|[\\/]src[\\/]reports[\\/](?:stylish|index|sentences)\.ts$|[\\/]rules[\\/]/;

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
  codeSplitting: { groups: [{ name: 'hook', test: (id) => HOOK.test(id) }] },
});
await bundle.close();
const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
writeFileSync('THIRD-PARTY-NOTICES.md', thirdPartyNotices(modules));
copyFileSync('src/readers/parse-child.js', 'dist/chunks/parse-child.js');
chmodSync('dist/bin.js', 0o755);
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
