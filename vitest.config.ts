import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

// Every file has a process of its own, and so has every service, command and emulator: what Node made of sources and
// libraries is kept for the next one, as `bin/alertforest.mjs` keeps it.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
  new URL('node_modules/.cache/alertforest', import.meta.url),
);

// Modules are loaded by Node itself, as they are when the program runs: nothing is transformed, nothing can be mocked.
const NATIVE = { viteModuleRunner: false };

// No test is about these limits: they end what hangs. A machine that builds something else meanwhile, on two cores, takes
// ten times as long as an idle one.
const LIMITS = { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 60_000 } } };

// Files of `unit` kind that fit models or start processes for seconds: `npm run test:unit` is done within a minute or so
// without them.
const LONG = [
  'test/cli/{evaluate,explain-mapping,pipeline,pipeline-examples,raw-logs,rules,wrong-calls}.test.ts',
  'test/evaluation/{evaluate,simulate}-threads.test.ts',
  'test/infra/npm-package.test.ts',
  'test/intake/hostile-payloads.test.ts',
  'test/local/{functions-host-lifecycle,with-install}.test.ts',
  'test/logs/{lab-goals,study}.test.ts',
  'test/models/model-contract.test.ts',
  'test/training/{learning,learning-set,promotion-gate,retrain,thread-trainer}.test.ts',
  'test/trees/{calibration,isolation-oracle,kernel,mljs}.test.ts',
  'test/triage/rules/value-unjudged.test.ts',
  'test/triage/sigma/{index-equals-plain,values}.test.ts',
];

// Files of `unit` kind that hold a service of the whole process, register functions, or count what the process holds open.
const ISOLATED = [
  'test/cli/staged-outputs.test.ts',
  'test/evaluation/partition-join.test.ts',
  'test/functions/!(http).test.ts',
  'test/infra/{deployment-files,infra,package}.test.ts',
  'test/integrations/openapi.test.ts',
  'test/local/{line-writer,timer-listener}.test.ts',
  'test/store/storage-call.test.ts',
];

// Files that replace modules, which takes the loader of vitest.
const MOCKED = [
  'test/functions/http.test.ts',
  'test/intake/made-up-dialect.test.ts',
  'test/models/made-up-learner.test.ts',
];

// Six projects: `unit` needs nothing but Node and shares its modules between files, which halves its time; `isolated`
// is the same with modules of its own for each file, and `mocked` with modules that are replaced; `long` needs nothing else either; `azurite` talks to a real Azurite that the global setup starts on
// free ports, and to the compiled functions; `browser`, with the same one, opens pages in the machine's Chromium. None skips anything when its surroundings are missing: it fails.
export default defineConfig({
  test: {
    // One more than the cores it is meant for: files with a service or a browser wait for a fifth of their time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          experimental: NATIVE,
          include: ['test/**/*.test.ts'],
          exclude: [
            'test/azurite/**',
            'test/end-to-end/**',
            'test/browser/**',
            ...LONG,
            ...ISOLATED,
            ...MOCKED,
          ],
          isolate: false,
          ...LIMITS,
        },
      },
      {
        test: {
          name: 'isolated',
          experimental: NATIVE,
          include: ISOLATED,
          ...LIMITS,
        },
      },
      {
        test: {
          name: 'mocked',
          include: MOCKED,
          ...LIMITS,
        },
      },
      {
        test: {
          name: 'long',
          experimental: NATIVE,
          include: LONG,
          ...LIMITS,
        },
      },
      {
        test: {
          name: 'azurite',
          experimental: NATIVE,
          include: ['test/azurite/**/*.test.ts', 'test/end-to-end/**/*.test.ts'],
          globalSetup: ['test/support/azurite-global.ts'],
          ...LIMITS,
        },
      },
      {
        test: {
          name: 'browser',
          experimental: NATIVE,
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/support/azurite-global.ts'],
          ...LIMITS,
        },
      },
    ],
  },
});
