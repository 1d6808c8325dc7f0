import { DISPOSITIONS, type Disposition, SEVERITIES, type Severity } from '../alert/alert.ts';
import type { TrainingRows } from './training-rows.ts';

/** A judgement that gave no risk counts half. */
export const IMPUTED_WEIGHT = 0.5;

/**
 * Risk taken for a judged alert whose analyst gave none: by disposition, rising with severity; an unknown severity
 * counts as medium. Columns in the order of SEVERITIES.
 *
 * |                | informational | low | medium | high | critical | unknown |
 * |----------------|---------------|-----|--------|------|----------|---------|
 * | true_positive  | 70            | 76  | 84     | 92   | 100      | 84      |
 * | false_positive | 6             | 8   | 10     | 12   | 14       | 10      |
 * | suspicious     | 44            | 47  | 50     | 54   | 58       | 50      |
 * | benign         | 3             | 4   | 5      | 6    | 7        | 5       |
 */
const IMPUTED_RISKS: Record<Disposition, readonly number[]> = {
  true_positive: [70, 76, 84, 92, 100, 84],
  false_positive: [6, 8, 10, 12, 14, 10],
  suspicious: [44, 47, 50, 54, 58, 50],
  benign: [3, 4, 5, 6, 7, 5],
};

/** 0-100. */
export function imputedRisk(disposition: Disposition, severity: Severity): number {
  return IMPUTED_RISKS[disposition][SEVERITIES.indexOf(severity)]!;
}

export interface RiskTargets {
  /** (n,) 0-100: as judged, else imputed. */
  readonly targets: Float64Array;
  /** (n,) row weight, halved where the target is imputed. */
  readonly weights: Float64Array;
  /** (n,) 1 where the target is imputed. */
  readonly imputed: Uint8Array;
}

/** What the threat scorer learns from `rows`. */
export function riskTargets(rows: TrainingRows): RiskTargets {
  const n = rows.labels.length;
  const targets = new Float64Array(n);
  const weights = new Float64Array(n);
  const imputed = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const given = rows.risk[i]!;
    const isImputed = Number.isNaN(given);
    imputed[i] = isImputed ? 1 : 0;
    targets[i] = isImputed
      ? imputedRisk(DISPOSITIONS[rows.labels[i]!]!, SEVERITIES[rows.severity[i]!] ?? 'unknown')
      : given;
    weights[i] = rows.weights[i]! * (isImputed ? IMPUTED_WEIGHT : 1);
  }
  return { targets, weights, imputed };
}
