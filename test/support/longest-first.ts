import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files under test/ that take seven seconds and more beside two others on two cores, the longest first. */
export const LONGEST = [
  'browser/page',
  'end-to-end/import',
  'end-to-end/promotion',
  'end-to-end/guards',
  'azurite/start',
  'end-to-end/command-examples',
  'logs/lab-goals',
  'azurite/connections',
  'evaluation/simulate-threads',
  'browser/reports',
  'azurite/store-feedback-properties',
  'end-to-end/hostile-values',
  'end-to-end/learning',
  'azurite/training-learning',
  'browser/first-page',
  'azurite/damaged-kinds',
  'end-to-end/outage',
  'azurite/store-model',
  'end-to-end/clients',
  'azurite/fault-matrix',
  'azurite/process-ends',
  'training/learning',
  'infra/npm-package',
  'azurite/cli-commands',
  'azurite/machine-ends',
  'infra/package',
  'training/promotion-gate',
  'azurite/applied-changes',
  'azurite/store-feedback',
  'end-to-end/reasons',
  'end-to-end/documented-commands',
  'azurite/shared-state-faults',
  'local/functions-host-lifecycle',
  'azurite/damaged-documents',
  'azurite/refused-bodies',
  'cli/evaluate',
  'cli/pipeline',
  'end-to-end/judgements',
  'azurite/store-small',
  'azurite/faults',
  'azurite/killed-instances',
  'end-to-end/contract',
  'azurite/training-protocol',
  'end-to-end/prediction-log',
  'end-to-end/many-closings',
  'end-to-end/lost-training-set',
  'cli/pipeline-examples',
  'end-to-end/raw-logs',
  'end-to-end/siem-callers',
];

/**
 * Starts the longest files first, whichever their project: one of them that starts last leaves a core without work until
 * it ends. The others follow in vitest's own order, project by project.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    const placeOf = ({ moduleId }: TestSpecification): number => {
      const name = relative(this.ctx.config.root, moduleId).replaceAll('\\', '/');
      const place = LONGEST.findIndex((longest) => name === `test/${longest}.test.ts`);
      return place < 0 ? LONGEST.length : place;
    };
    return others
      .map((file) => ({ file, place: placeOf(file) }))
      .sort((a, b) => a.place - b.place)
      .map(({ file }) => file);
  }
}
