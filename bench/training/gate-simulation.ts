// Simulates the promotion gate with real forests: hourly retrains on unchanged data, and challengers trained on
// flipped labels. Prints a line every 20 steps and a summary; `node bench/training/gate-simulation.ts [retrains] [alerts] [closes-nothing]`.
//
// Forests on the same alerts differ by their seed alone, and each scores fresh alerts a little differently: which of them
// serves after the last retrain is chance. What tells drift is the mean over all that served beside the mean over all that
// were fitted: a gate that lets the worse ones through has the first above the second.
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { subsetRows, type TrainingRows } from '../../src/models/training-rows.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { emptyDataset, overlay } from '../../src/training/dataset/dataset.ts';
import { judge } from '../../src/training/dataset/judgements.ts';
import {
  fitRows,
  type LearningSet,
  learningSetOf,
  syntheticRows,
} from '../../src/training/dataset/learning-set.ts';
import { gateClassifier } from '../../src/training/gate/promotion-gate.ts';
import { brierPerAlert, closedAtThreshold } from '../../src/training/measures/champion-comparison.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import type { GateReport } from '../../src/training/trainer.ts';
import {
  DEFAULT_GATE,
  DEFAULT_GUARDS,
  DEFAULT_TRAINING_SETTINGS,
} from '../../src/training/training-settings.ts';
import { createRandom } from '../../src/trees/random.ts';
import { judgements } from '../../test/training/gate-world.ts';

const [nRetrains = 200, nAlerts = 2400] = process.argv.slice(2).map(Number);
const settings = { ...DEFAULT_TRAINING_SETTINGS, syntheticAlerts: 300 };
const guards = { ...DEFAULT_GUARDS, analystIncidentsPerHour: 1e6, ruleIncidentsPerDay: 1e6 };

function setOf(n: number, seed: number): LearningSet {
  const { dataset } = overlay(emptyDataset(1e6), judgements(generateSyntheticAlerts(n, seed), 0, 1), 1e6);
  return learningSetOf(dataset, judge(dataset.rows, [], guards));
}

const set = setOf(nAlerts, 4242);
const synthetic = syntheticRows(settings);
const heldOut = subsetRows(set.rows, set.heldOut);
/** Alerts of another seed that no run has seen: where drift would show. */
const fresh = setOf(4000, 777).rows;

/** A forest on the judgements outside the hold-out, a share of which says something else than the truth. */
function challengerOf(seed: number, flippedShare: number): AlertClassifier {
  const random = createRandom(seed);
  const labels = set.rows.labels.map((label) =>
    random.next() < flippedShare ? (label + 1 + random.int(3)) % 4 : label,
  );
  const rows = fitRows({ ...set, rows: { ...set.rows, labels } }, set.fit, synthetic, settings);
  return AlertClassifier.fit(rows, { seed });
}

const brierOf = (model: AlertClassifier, rows: TrainingRows): number =>
  brierPerAlert(model.probabilitiesOfRows(rows), rows.labels).reduce((sum, loss) => sum + loss, 0) /
  rows.labels.length;

interface Released {
  readonly version: string;
  readonly predictions: Float64Array;
  readonly rank: number;
}

const releasedOf = (model: AlertClassifier, version: string): Released => ({
  version,
  predictions: model.probabilitiesOfRows(heldOut),
  rank: brierOf(model, heldOut),
});

/** Whether anything is closed: without, the gate has nothing to go by but what the models say. */
const isClosing = process.argv[4] !== 'closes-nothing';

const wordsOf = ({ version, predictions }: Released) => ({
  version,
  probabilities: predictions,
  closed: isClosing
    ? closedAtThreshold(predictions, DEFAULT_POLICY.costs)
    : new Uint8Array(heldOut.labels.length),
});

function gateOf(challenger: Released, champion: Released, memory: readonly Released[]): GateReport {
  return gateClassifier({
    alerts: { labels: heldOut.labels, risk: Float64Array.from(heldOut.risk), groups: heldOut.groups },
    challenger: wordsOf(challenger),
    champion: wordsOf(champion),
    memory: memory.map(wordsOf),
    provisional: false,
    gate: DEFAULT_GATE,
    seed: 1,
    costs: DEFAULT_POLICY.costs,
    critical: { checked: 0, missed: [], missedByAll: [] },
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const spread = (values: readonly number[]): string =>
  `${mean(values).toFixed(4)} (${Math.min(...values).toFixed(4)} to ${Math.max(...values).toFixed(4)})`;

/** Champions that flipped challengers are set against: against one alone its own luck would decide. */
const N_CHAMPIONS = 5;
const first = challengerOf(0, 0);
let champion = releasedOf(first, '0');
const champions = [champion];
const released = [champion];
let promoted = 0;
let servingBrier = brierOf(first, fresh);
const fitted = [servingBrier];
const served = [servingBrier];
console.log(
  `${set.fit.length} judged alerts in the fit, ${set.heldOut.length} held out, ${fresh.labels.length} fresh`,
);
for (let run = 1; run <= nRetrains; run++) {
  const model = challengerOf(run, 0);
  const challenger = releasedOf(model, `${run}`);
  const brier = brierOf(model, fresh);
  fitted.push(brier);
  if (champions.length < N_CHAMPIONS) champions.push(challenger);
  const memory = released.toSorted((a, b) => a.rank - b.rank).slice(0, DEFAULT_GATE.memoryReleases);
  if (gateOf(challenger, champion, memory).passes) {
    champion = challenger;
    servingBrier = brier;
    released.push(challenger);
    promoted++;
  }
  served.push(servingBrier);
  if (run % 20 === 0)
    console.log(
      `after ${run}: ${promoted} promoted, Brier score on fresh alerts of all fitted ${spread(fitted)}, of what served ${spread(served)}`,
    );
}
console.log(
  `unchanged data: ${promoted} of ${nRetrains} promoted, Brier score on fresh alerts of all fitted ${spread(fitted)}, of what served ${spread(served)}`,
);

for (const share of [0.05, 0.1, 0.2]) {
  let refused = 0;
  const nTries = 20;
  const briers: number[] = [];
  for (let run = 0; run < nTries; run++) {
    const model = challengerOf(1000 + run, share);
    const challenger = releasedOf(model, 'flipped');
    briers.push(brierOf(model, fresh));
    refused += champions.filter((one) => !gateOf(challenger, one, []).passes).length;
  }
  console.log(
    `${100 * share} % of the labels flipped: refused ${refused} of ${nTries * champions.length} times, Brier score on fresh alerts ${spread(briers)}`,
  );
}
