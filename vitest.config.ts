import { defineConfig } from 'vitest/config';

// Three projects: `unit` needs nothing but Node; `azurite` talks to a real Azurite that the global setup starts on
// free ports, and to the compiled functions; `browser` opens pages in the machine's Chromium. None skips anything when its surroundings are missing: it fails.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/azurite/**', 'test/end-to-end/**', 'test/browser/**'],
          testTimeout: 60_000,
          // hooks compile and fit; a busy machine takes its time
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'azurite',
          include: ['test/azurite/**/*.test.ts', 'test/end-to-end/**/*.test.ts'],
          globalSetup: ['test/support/azurite-global.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // a machine that builds something else meanwhile draws late
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
