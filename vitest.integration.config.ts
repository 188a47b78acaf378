import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/integration/**/*.test.ts'],
    globalSetup: ['test/scrub-git-environment.ts', 'test/integration/pack.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
