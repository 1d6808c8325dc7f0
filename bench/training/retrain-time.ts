// What a retrain costs beside one of another build, on the same judgements in one process, turn about: CPU seconds of
// the whole and of the calibrator alone. The other build is a check-out of its commit with node_modules beside it:
//
//   git worktree add --detach DIR COMMIT && ln -s "$PWD/node_modules" DIR/node_modules
//   node bench/training/retrain-time.ts --before DIR [--judged 2400] [--turns 3]
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { createRandom } from '../../src/trees/random.ts';

const { values: options } = parseArgs({
  options: {
    before: { type: 'string' },
    judged: { type: 'string', default: '2400' },
    turns: { type: 'string', default: '3' },
  },
});
if (options.before === undefined) throw new RangeError('Expected --before DIR, a check-out to compare with.');
const nJudged = Number(options.judged);
const nTurns = Number(options.turns);

/** What is asked of a build: names that all of them have. */
interface Build {
  readonly train: typeof import('../../src/training/fit/train.ts').train;
  readonly fitCalibrator: typeof import('../../src/trees/calibration/calibration.ts').fitCalibrator;
  readonly judgements: typeof import('../../test/training/gate-world.ts').judgements;
  readonly generateSyntheticAlerts: typeof import('../../src/training/synthetic/synthetic-alerts.ts').generateSyntheticAlerts;
  readonly settings: typeof import('../../src/training/training-settings.ts').DEFAULT_TRAINING_SETTINGS;
  readonly policy: typeof import('../../src/policy/policy.ts').DEFAULT_POLICY;
}

async function buildAt(folder: string): Promise<Build> {
  const load = (path: string) => import(pathToFileURL(resolve(folder, path)).href);
  const { train } = await load('src/training/fit/train.ts');
  const { fitCalibrator } = await load('src/trees/calibration/calibration.ts');
  const { judgements } = await load('test/training/gate-world.ts');
  const { generateSyntheticAlerts } = await load('src/training/synthetic/synthetic-alerts.ts');
  const { DEFAULT_TRAINING_SETTINGS: settings } = await load('src/training/training-settings.ts');
  const { DEFAULT_POLICY: policy } = await load('src/policy/policy.ts');
  return { train, fitCalibrator, judgements, generateSyntheticAlerts, settings, policy };
}

function cpuSecondsOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** A retrain over everything judged, as a first release after the first start has it. */
function retrain({ train, judgements, generateSyntheticAlerts, settings, policy }: Build): () => void {
  const base = {
    settings,
    policy,
    codeVersion: 'bench',
    catalogs: {},
    exclusions: [],
    previousTraffic: undefined,
    traffic: [],
    nowMs: Date.parse('2026-03-01T00:00:00.000Z'),
  };
  const samples = judgements(generateSyntheticAlerts(nJudged, 4242), 0, 1);
  const { dataset } = train({ ...base, previousDataset: undefined, samples: [] }, () => {});
  return () => {
    train({ ...base, previousDataset: dataset.bytes, samples }, () => {});
  };
}

/** The calibrator over 45,000 rows of four classes, a tenth of the labels at odds with what was stated. */
function calibration({ fitCalibrator }: Build): () => void {
  const n = 45_000;
  const random = createRandom(7);
  const proba = new Float64Array(4 * n);
  const y = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const masses = Array.from({ length: 4 }, () => random.next() ** 3 + 1e-3);
    const total = masses.reduce((sum, mass) => sum + mass, 0);
    masses.forEach((mass, c) => {
      proba[4 * i + c] = mass / total;
    });
    y[i] = random.next() < 0.1 ? random.int(4) : masses.indexOf(Math.max(...masses));
  }
  const groups = Array.from({ length: n }, (_, i) => `${i >> 1}`);
  return () => {
    fitCalibrator(proba, y, 4, { groups });
  };
}

const builds = { now: await buildAt('.'), before: await buildAt(options.before) };
for (const [name, workOf] of Object.entries({ 'whole retrain': retrain, calibrator: calibration })) {
  const works = { now: workOf(builds.now), before: workOf(builds.before) };
  const seconds = { now: [] as number[], before: [] as number[] };
  // The first turn compiles; it is not counted.
  for (let turn = 0; turn <= nTurns; turn++) {
    for (const side of turn % 2 === 0 ? (['now', 'before'] as const) : (['before', 'now'] as const)) {
      const took = cpuSecondsOf(works[side]);
      if (turn > 0) seconds[side].push(took);
    }
  }
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  const [now, before] = [median(seconds.now), median(seconds.before)];
  console.log(
    `${name}: ${now.toFixed(2)} s of CPU now, ${before.toFixed(2)} s before, ratio ${(now / before).toFixed(3)}`,
  );
}
