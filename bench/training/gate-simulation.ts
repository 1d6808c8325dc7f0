// Simulates the promotion gate with real forests: hourly retrains on unchanged data, and challengers trained on
// flipped labels. Prints one line per step and a summary; `node bench/training/gate-simulation.ts [retrains] [alerts]`.
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { subsetRows } from '../../src/models/training-rows.ts';
import { brierPerAlert } from '../../src/training/champion-comparison.ts';
import { compare } from '../../src/training/compare.ts';
import { emptyDataset, overlay } from '../../src/training/dataset.ts';
import { judge } from '../../src/training/judgements.ts';
import { learningSetOf } from '../../src/training/learning-set.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic-alerts.ts';
import { train } from '../../src/training/train.ts';
import type { TrainingResult } from '../../src/training/trainer.ts';
import {
  DEFAULT_GATE,
  DEFAULT_GUARDS,
  DEFAULT_TRAINING_SETTINGS,
} from '../../src/training/training-settings.ts';
import { comparisonOf, jobOf, judgements } from '../../test/training/gate-world.ts';

const [nRetrains = 200, nAlerts = 1200] = process.argv.slice(2).map(Number);
const settings = {
  ...DEFAULT_TRAINING_SETTINGS,
  syntheticAlerts: 300,
  contestants: ['random_forest'] as const,
  nFolds: 2,
  gate: { ...DEFAULT_GATE, minHeldOut: 100, minHeldOutAttacks: 15 },
};
const silent = (): void => undefined;
const alerts = generateSyntheticAlerts(nAlerts, 4242);
const honest = judgements(alerts, 0, 1);

/** Alerts of another seed that no run has seen: where drift would show. */
const fresh = (() => {
  const { dataset } = overlay(emptyDataset(1e6), judgements(generateSyntheticAlerts(4000, 777), 0, 1), 1e6);
  const guards = { ...DEFAULT_GUARDS, analystIncidentsPerHour: 1e6, ruleIncidentsPerDay: 1e6 };
  const set = learningSetOf(dataset, judge(dataset.rows, [], guards));
  return subsetRows(set.rows, [...set.rows.labels.keys()]);
})();
const freshBrier = (result: TrainingResult): number => {
  const model = AlertClassifier.from(result.models.classifier!.bytes);
  const losses = brierPerAlert(model.probabilitiesOfRows(fresh), fresh.labels);
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
};
const rankOf = (result: TrainingResult, of: TrainingResult): number =>
  compare(comparisonOf(result, of, settings), silent).classifier?.rank ?? Number.NaN;

const first = train(jobOf(honest, settings, 'run 0'), silent);
let champion = first;
const released = [{ version: '0', bytes: first.models.classifier!.bytes, rank: rankOf(first, first) }];
let promoted = 0;
console.log(`start: Brier score on ${fresh.labels.length} fresh alerts ${freshBrier(first).toFixed(4)}`);
for (let run = 1; run <= nRetrains; run++) {
  const challenger = train(jobOf(honest, settings, `run ${run}`), silent);
  const memory = released.toSorted((a, b) => a.rank - b.rank).slice(0, settings.gate.memoryReleases);
  const { classifier } = compare(comparisonOf(challenger, champion, settings, memory), silent);
  if (classifier?.passes) {
    champion = challenger;
    promoted++;
    released.push({
      version: `${run}`,
      bytes: challenger.models.classifier!.bytes,
      rank: classifier.rank ?? Number.NaN,
    });
  }
  if (run % 20 === 0) {
    console.log(
      `after ${run}: ${promoted} promoted, Brier score on fresh alerts ${freshBrier(champion).toFixed(4)}`,
    );
  }
}
console.log(
  `unchanged data: ${promoted} of ${nRetrains} promoted, Brier score ${freshBrier(first).toFixed(4)} -> ${freshBrier(champion).toFixed(4)}`,
);

for (const share of [0.05, 0.1, 0.2]) {
  let refused = 0;
  const nTries = 10;
  for (let run = 0; run < nTries; run++) {
    const challenger = train(
      jobOf(judgements(alerts, share, 100 + run), settings, `flipped ${share} ${run}`),
      silent,
    );
    if (compare(comparisonOf(challenger, first, settings), silent).classifier?.passes === false) refused++;
  }
  console.log(`${100 * share} % of the labels flipped: ${refused} of ${nTries} challengers refused`);
}
