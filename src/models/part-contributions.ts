import { DISPOSITIONS } from '../alert/alert.ts';
import { attackProbability } from '../alert/disposition.ts';
import { averagePathLength } from '../trees/growing/isolation-tree.ts';
import { gaussLegendre } from '../trees/shap/gauss-legendre.ts';
import { explainerOf } from '../trees/shap/tree-shap.ts';
import type { AlertClassifier } from './alert-classifier.ts';
import type { AnomalyDetector } from './anomaly-detector.ts';
import type { ScorableSnapshot } from './column-layout.ts';
import { clippedRisk, type ThreatScorer } from './threat-scorer.ts';

/** What each column adds to the output of one model, in the unit of that output. */
export interface PartContributions {
  readonly names: readonly string[];
  /** (nColumns,) the row as the model read it, NaN where missing. */
  readonly row: Float32Array;
  /** (nColumns,) */
  readonly contributions: Float64Array;
  /** Output of an average alert. */
  readonly base: number;
  /** Output for this alert: base + contributions + ownPart. */
  readonly output: number;
  /** What belongs to no column: a non-linear end that moved the output although the trees' sum stood still. */
  readonly ownPart: number;
  readonly ownName: string;
}

const N_CLASSES = DISPOSITIONS.length;

/** Below this difference of the trees' sums a ratio of differences means nothing. */
const SMALLEST_STEP = 1e-6;
/** A ratio beyond this would blow small contributions up into large ones that cancel; a negative one turns them round. */
const STEEPEST = 8;

/** Contributions to the attack probability, 0-1, calibration included. */
export function classifierContributions(
  model: AlertClassifier,
  snapshot: ScorableSnapshot,
): PartContributions {
  const { names } = model.layout;
  const row = new Float32Array(names.length);
  model.writeRow(snapshot, row);
  const explainer = explainerOf(model.forest);
  const perClass = new Float64Array(names.length * N_CLASSES);
  explainer.addRows(row, 0, 1, perClass);

  const { baseScores } = model;
  const divisor = baseScores === undefined ? explainer.nTrees : 1;
  const start = Float64Array.from(
    explainer.base,
    (base, c) => base / divisor + (baseScores === undefined ? 0 : baseScores[c]!),
  );
  const end = start.slice();
  for (let at = 0; at < perClass.length; at++) {
    perClass[at] = perClass[at]! / divisor;
    end[at % N_CLASSES]! += perClass[at]!;
  }
  const slopes = baseScores === undefined ? SHARES_OF_ATTACK : attackSlopes(start, end);
  const contributions = new Float64Array(names.length);
  for (let f = 0; f < names.length; f++) {
    let sum = 0;
    for (let c = 0; c < N_CLASSES; c++) sum += slopes[c]! * perClass[f * N_CLASSES + c]!;
    contributions[f] = sum;
  }
  const startProba = baseScores === undefined ? start : softmax(start);
  const endProba = baseScores === undefined ? end : softmax(end);
  return throughLink(names, row, contributions, {
    from: attackProbability(startProba),
    to: attackProbability(endProba),
    base: attackProbability(model.calibrator.apply(startProba)),
    output: attackProbability(model.probabilities(snapshot)),
    ownName: 'calibration',
  });
}

/** Contributions to the anomaly score, (0, 1]. */
export function anomalyContributions(model: AnomalyDetector, snapshot: ScorableSnapshot): PartContributions {
  const { names } = model.layout;
  const row = new Float32Array(names.length);
  model.writeRow(snapshot, row);
  const explainer = explainerOf(model.forest);
  const contributions = new Float64Array(names.length);
  explainer.addRows(row, 0, 1, contributions);
  // in mean path lengths over c(sample size): the exponent of the score
  const scale = 1 / (explainer.nTrees * (averagePathLength(model.learner.sampleSize) || 1));
  let to = explainer.base[0]! * scale;
  const from = to;
  for (let f = 0; f < names.length; f++) {
    contributions[f] = contributions[f]! * scale;
    to += contributions[f]!;
  }
  return throughLink(names, row, contributions, {
    from,
    to,
    base: 2 ** -from,
    output: model.score(snapshot).anomalyScore,
    ownName: 'isolation',
  });
}

/** Contributions to the risk, 0-100. */
export function scorerContributions(model: ThreatScorer, snapshot: ScorableSnapshot): PartContributions {
  const { names } = model.layout;
  const row = new Float32Array(names.length);
  model.writeRow(snapshot, row);
  const explainer = explainerOf(model.forest);
  const contributions = new Float64Array(names.length);
  explainer.addRows(row, 0, 1, contributions);
  const from = model.learner.baseScore + explainer.base[0]!;
  let to = from;
  for (const contribution of contributions) to += contribution;
  return throughLink(names, row, contributions, {
    from,
    to,
    base: clippedRisk(from),
    output: model.risk(snapshot),
    ownName: 'clipping',
  });
}

/**
 * Carries contributions to `from -> to` through a non-linear end to `base -> output`: all are scaled by the ratio
 * of the differences. Where the trees' sum hardly moved, or the ratio is negative or too steep to mean anything, they
 * stay as they are and the rest is a part of its own name.
 */
function throughLink(
  names: readonly string[],
  row: Float32Array,
  contributions: Float64Array,
  link: { from: number; to: number; base: number; output: number; ownName: string },
): PartContributions {
  const step = link.to - link.from;
  const ratio = (link.output - link.base) / step;
  const scales = Math.abs(step) > SMALLEST_STEP && ratio >= 0 && ratio <= STEEPEST;
  let sum = 0;
  for (let f = 0; f < contributions.length; f++) {
    if (scales) contributions[f] = contributions[f]! * ratio;
    sum += contributions[f]!;
  }
  return {
    names,
    row,
    contributions,
    base: link.base,
    output: link.output,
    ownPart: scales ? 0 : link.output - link.base - sum,
    ownName: link.ownName,
  };
}

const SHARES_OF_ATTACK = Float64Array.from(DISPOSITIONS, (_, c) =>
  attackProbability(DISPOSITIONS.map((__, other) => (other === c ? 1 : 0))),
);

function softmax(margins: Float64Array): Float64Array {
  const largest = Math.max(...margins);
  const shares = margins.map((margin) => Math.exp(margin - largest));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

const LINE = gaussLegendre(16);

/**
 * How much attack probability a step in each margin is worth between two points, (nClasses,): the mean slope of
 * attack(softmax(.)) along the straight line between them (Aumann-Shapley). Slopes times steps add up to the
 * difference of the attack probabilities; what the quadrature leaves of it, about 1e-9, is shared out in proportion.
 */
function attackSlopes(start: Float64Array, end: Float64Array): Float64Array {
  const slopes = new Float64Array(N_CLASSES);
  for (let q = 0; q < LINE.points.length; q++) {
    const at = start.map((margin, c) => margin + LINE.points[q]! * (end[c]! - margin));
    const shares = softmax(at);
    const attack = attackProbability(shares);
    for (let c = 0; c < N_CLASSES; c++) {
      slopes[c]! += LINE.weights[q]! * shares[c]! * (SHARES_OF_ATTACK[c]! - attack);
    }
  }
  let covered = 0;
  for (let c = 0; c < N_CLASSES; c++) covered += slopes[c]! * (end[c]! - start[c]!);
  const wanted = attackProbability(softmax(end)) - attackProbability(softmax(start));
  const correction = Math.abs(covered) > 1e-12 ? wanted / covered : 1;
  return slopes.map((slope) => slope * correction);
}
