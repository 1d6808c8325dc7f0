import { RandomForestClassifier } from '../../trees/learners/random-forest.ts';
import type { Matrix } from '../../trees/matrix.ts';
import { rocAuc } from '../../trees/metrics/ranking-metrics.ts';
import { createRandom, deriveSeed } from '../../trees/random.ts';
import { sum } from './fit-rows.ts';
import {
  attackColumn,
  attackScores,
  CANDIDATES,
  type Candidate,
  calibrated,
  fitLearner,
  type RowLearner,
  type RowModel,
  rowsOf,
} from './row-model.ts';
import type { StudyResult } from './study-result.ts';

/** A candidate must be better by more than this to beat the forest: ties choose what holds on kinds never seen. */
const TIE = 0.005;
const SELECTION_SHARE = 0.75;

export interface Chosen {
  readonly model: RowModel;
  readonly unseen: Float64Array;
  readonly table: StudyResult['contestants'];
}

/** Tries the candidates on the last part of the fit rows; on a tie the forest is kept, which holds on new kinds. */
export function chooseLearner(
  X: Matrix,
  y: Int32Array,
  testX: Matrix,
  truth: Int32Array,
  time: Float64Array,
  fitRows: Int32Array,
  hasTime: boolean,
  seed: number,
  onProgress: (stage: string, progress: number) => void,
): Chosen {
  const order = Int32Array.from(fitRows, (_, at) => at);
  if (hasTime)
    order.sort(
      (a, b) => (time[fitRows[a] as number] as number) - (time[fitRows[b] as number] as number) || a - b,
    );
  else createRandom(deriveSeed(seed, 17)).shuffle(order);
  const cut = Math.floor(SELECTION_SHARE * order.length);
  const early = order.slice(0, cut);
  const late = order.slice(cut);
  const earlyX = rowsOf(X.data, X.nFeatures, early);
  const lateX = rowsOf(X.data, X.nFeatures, late);
  const earlyY = early.map((at) => y[at] as number);
  const lateY = late.map((at) => y[at] as number);
  // one class on a side ranks nothing, and the forest stays
  const isPlayable = [earlyY, lateY].every((labels) => sum(labels) > 0 && sum(labels) < labels.length);
  const learners = new Map<Candidate, { learner: RowLearner; auc: number; earlyProba: Float64Array }>();
  CANDIDATES.forEach((name, at) => {
    onProgress(`fitting ${name}`, 0.25 + (0.45 * at) / CANDIDATES.length);
    let auc = Number.NaN;
    let earlyProba: Float64Array = new Float64Array(0);
    if (isPlayable) {
      earlyProba = fitLearner(name, earlyX, earlyY, seed).predictProba(lateX);
      auc = rocAuc(lateY, attackColumn(earlyProba));
    }
    learners.set(name, { learner: fitLearner(name, X, y, seed), auc, earlyProba });
  });
  const forest = learners.get('random_forest')!;
  const boosted = learners.get('boosted')!;
  const winner: Candidate = boosted.auc > forest.auc + TIE ? 'boosted' : 'random_forest';
  const { learner } = learners.get(winner)!;
  let unseen: Float64Array;
  let unseenY = y;
  if (learner instanceof RandomForestClassifier) unseen = learner.oobProba;
  else {
    // boosting keeps no row apart: the last part, by the learner of the part before
    unseen = boosted.earlyProba;
    unseenY = lateY;
  }
  const model = calibrated(winner, learner, unseen, unseenY);
  const applied = model.calibrator.apply(unseen.slice());
  return {
    model,
    unseen: unseenY === y ? attackColumn(applied) : attackScores(model, X),
    table: CANDIDATES.map((name) => {
      const one = learners.get(name)!;
      const proba = one.learner.predictProba(testX);
      return {
        name,
        roc_auc: one.auc,
        test_roc_auc: rocAuc(truth, attackColumn(proba)),
        won: name === winner,
      };
    }),
  };
}
