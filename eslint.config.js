import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import eslintPlugin from 'eslint-plugin-eslint-plugin';
import tseslint from 'typescript-eslint';
import { oneWayImports } from './scripts/one-way-imports.js';

export default defineConfig(
  globalIgnores(['**/dist', 'coverage', 'fixtures', 'examples', 'bench/comparison/fixtures', 'site/.vitepress/cache']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  { files: ['**/*.ts'], extends: [tseslint.configs.recommended] },
  {
    // `{ without: _without, ...rest }` is how a member is left out; `_` is what a loop does not look at.
    files: ['**/*.ts'],
    rules: { '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, varsIgnorePattern: '^_$' }] },
  },
  {
    // A promise that nobody waits for ends a run too early; this needs types, and only the program has asynchronous code worth them.
    files: ['src/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  // The rules that we give to others are written out for it in test/eslint-rule-meta.test.ts.
  { files: ['scripts/one-way-imports.js'], extends: [eslintPlugin.configs.recommended] },
  {
    files: ['rules/**', 'src/**'],
    plugins: { laws: { rules: { 'one-way-imports': oneWayImports } } },
    rules: { 'laws/one-way-imports': 'error' },
  },
  {
    // Nothing is executed, nothing goes to the network.
    files: ['rules/**', 'src/**'],
    rules: {
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-globals': ['error', 'fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'],
    },
  },
  {
    // Rules run in a browser page too, and say nothing themselves.
    files: ['rules/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['Buffer', 'console', 'fetch', 'global', 'process', 'require', 'setImmediate', '__dirname', '__filename'],
      ],
    },
  },
  {
    // Reports are written to the streams that main() is given.
    files: ['src/**'],
    ignores: ['src/program.ts', 'src/launch/bin.cjs', 'src/readers/parse-child.js'],
    rules: { 'no-console': 'error', 'no-restricted-properties': ['error', ...streams()] },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { process: 'readonly', Buffer: 'readonly', __dirname: 'readonly' } },
  },
  {
    files: ['**/*.js'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', Buffer: 'readonly', URL: 'readonly', performance: 'readonly' },
    },
  },
);

/** The streams and the status of the process, which belong to src/program.ts. */
function streams() {
  return ['stdin', 'stdout', 'stderr', 'exit', 'exitCode'].map((property) => ({ object: 'process', property }));
}
