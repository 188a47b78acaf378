/** How the parsers of single-file components are bundled: of Vue's and Svelte's compilers only those, and not all of them. */
import { resolve } from 'node:path';

/** Character references, which only the text of a page has, and Svelte's tree of older versions. */
const UNUSED = /[\\/]svelte[\\/]src[\\/]compiler[\\/](?:phases[\\/]1-parse[\\/]utils[\\/]entities|legacy)\.js$/;

const parsersAlone = {
  name: 'parsers-alone',
  resolveId: (id) =>
    id === '@vue/compiler-core' ? resolve('node_modules/@vue/compiler-core/dist/compiler-core.esm-bundler.js') : undefined,
  load: {
    filter: { id: UNUSED },
    handler: (id) => (id.endsWith('legacy.js') ? 'export function convert() {}' : 'export default {};'),
  },
};

/** Input options for rolldown. */
export const COMPONENT_PARSERS = {
  input: { 'component-worker': 'src/readers/component-worker.js' },
  platform: 'node',
  plugins: [parsersAlone],
  external: ['acorn', '@sveltejs/acorn-typescript', '@astrojs/compiler/sync', /^node:/],
  transform: { define: { __DEV__: 'false', __BROWSER__: 'true', 'process.env.NODE_ENV': '"production"' } },
  treeshake: { moduleSideEffects: false },
};
