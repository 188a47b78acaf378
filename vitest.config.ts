import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/integration/**', 'node_modules/**'],
    globalSetup: ['test/scrub-git-environment.ts'],
    testTimeout: 30_000,
    // Files of one process share the modules and what the engine compiled of them: a fifth of the time. Tests leave no state behind.
    isolate: false,
    // One process for each core, also where there are only two.
    maxWorkers: '100%',
  },
});
