import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { runLong } from '../test/support/faults/run.ts';

// `npm run test:faults`: the short form, as CI runs it. With --long every storage fault and every point to be killed at,
// with --seeds 1-500 schedules of three instances that are killed by chance; results are appended to --results, and what
// is through there is not run again.

const SHORT = [
  'test/azurite/faults.test.ts',
  'test/azurite/shared-state-faults.test.ts',
  'test/azurite/killed-instances.test.ts',
  'test/azurite/fault-matrix.test.ts',
];

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    units: { type: 'string' },
    seeds: { type: 'string' },
    results: { type: 'string', default: 'faults.ndjson' },
  },
});

if (values.long || values.units !== undefined || values.seeds !== undefined) {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(values.seeds ?? '') ?? [];
  if (values.seeds !== undefined && (first === undefined || last === undefined))
    throw new RangeError(`Expected --seeds as FIRST-LAST, got ${values.seeds}.`);
  const units = values.units ?? (values.long ? '' : undefined);
  await runLong({
    results: values.results,
    ...(units === undefined ? {} : { units }),
    ...(first === undefined ? {} : { seeds: [Number(first), Number(last)] as const }),
    say: (line) => console.log(line),
  });
} else {
  const { status } = spawnSync('vitest', ['run', '--project', 'azurite', ...SHORT], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
