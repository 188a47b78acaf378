import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/integration/**', 'node_modules/**'],
    globalSetup: ['test/scrub-git-environment.ts'],
    testTimeout: 30_000,
  },
});
