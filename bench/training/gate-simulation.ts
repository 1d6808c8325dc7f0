// Simulates the promotion gate with real forests: hourly retrains on unchanged data, and challengers trained on
// flipped labels. Prints a line every 20 steps and a summary; `node bench/training/gate-simulation.ts [retrains] [alerts]`.
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
import { brierPerAlert } from '../../src/training/measures/champion-comparison.ts';
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

function gateOf(challenger: Released, champion: Released, memory: readonly Released[]): GateReport {
  return gateClassifier({
    alerts: { labels: heldOut.labels, risk: Float64Array.from(heldOut.risk), groups: heldOut.groups },
    challenger: challenger.predictions,
    champion,
    memory,
    provisional: false,
    gate: DEFAULT_GATE,
    seed: 1,
    costs: DEFAULT_POLICY.costs,
    critical: { checked: 0, missed: [], missedByAll: [] },
  });
}

const first = challengerOf(0, 0);
let champion = releasedOf(first, '0');
let serving = first;
const released = [champion];
let promoted = 0;
const freshStart = brierOf(first, fresh);
console.log(
  `${set.fit.length} judged alerts in the fit, ${set.heldOut.length} held out, ${fresh.labels.length} fresh`,
);
for (let run = 1; run <= nRetrains; run++) {
  const model = challengerOf(run, 0);
  const challenger = releasedOf(model, `${run}`);
  const memory = released.toSorted((a, b) => a.rank - b.rank).slice(0, DEFAULT_GATE.memoryReleases);
  if (gateOf(challenger, champion, memory).passes) {
    champion = challenger;
    serving = model;
    released.push(challenger);
    promoted++;
  }
  if (run % 20 === 0)
    console.log(
      `after ${run}: ${promoted} promoted, Brier score on fresh alerts ${brierOf(serving, fresh).toFixed(4)}`,
    );
}
console.log(
  `unchanged data: ${promoted} of ${nRetrains} promoted, Brier score on fresh alerts ${freshStart.toFixed(4)} -> ${brierOf(serving, fresh).toFixed(4)}`,
);

const start = releasedOf(first, '0');
for (const share of [0.05, 0.1, 0.2]) {
  let refused = 0;
  const nTries = 20;
  for (let run = 0; run < nTries; run++) {
    if (!gateOf(releasedOf(challengerOf(1000 + run, share), 'flipped'), start, []).passes) refused++;
  }
  console.log(`${100 * share} % of the labels flipped: ${refused} of ${nTries} challengers refused`);
}
