import type { z } from 'zod';
import type { versionsSchema, WireModelVersion } from '../../api/versions/versions.ts';
import { count, percent } from '../words/numbers.ts';

export type Versions = z.infer<typeof versionsSchema>;

export const MODEL_NAMES: Readonly<Record<string, string>> = {
  classifier: 'Classifier',
  anomaly: 'Detector',
  scorer: 'Scorer',
};

/** A measured value with its interval, where the service gives both. */
export interface Measured {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

interface Evaluation {
  readonly split: string;
  readonly samples: number;
  readonly [metric: string]: unknown;
}

/** The evaluation a reader should look at: on alerts that were held out, else what there is. */
export function bestEvaluation({ metrics }: WireModelVersion): Evaluation | undefined {
  const all = (Array.isArray(metrics['evaluation']) ? metrics['evaluation'] : []) as Evaluation[];
  const order = ['held_out', 'holdout', 'out_of_fold', 'prequential'];
  const rank = ({ split }: Evaluation): number => {
    const at = order.findIndex((name) => split.startsWith(name));
    return at < 0 ? order.length : at;
  };
  return [...all].sort((a, b) => rank(a) - rank(b))[0];
}

export function measured(value: unknown): Measured | undefined {
  if (typeof value === 'number') return { value };
  if (typeof value !== 'object' || value === null || !('value' in value)) return undefined;
  const { value: number, low, high } = value as Record<string, unknown>;
  if (typeof number !== 'number') return undefined;
  return {
    value: number,
    ...(typeof low === 'number' ? { low } : {}),
    ...(typeof high === 'number' ? { high } : {}),
  };
}

/** `± 0.006`, half the width of the interval. */
export const halfWidth = ({ low, high }: Measured): string =>
  low === undefined || high === undefined ? '' : `± ${((high - low) / 2).toFixed(3)}`;

/** Metrics of a card, each with the name as people say it. */
export const METRICS: readonly {
  readonly key: string;
  readonly name: string;
  readonly format: 'number' | 'share';
}[] = [
  { key: 'macro_f1', name: 'macro-F1', format: 'number' },
  { key: 'roc_auc_attack', name: 'AUC, attack or not', format: 'number' },
  { key: 'calibration_error', name: 'calibration error', format: 'share' },
  { key: 'brier', name: 'Brier score', format: 'number' },
  { key: 'expected_cost', name: 'expected cost an alert', format: 'number' },
  { key: 'roc_auc', name: 'AUC', format: 'number' },
  { key: 'flagged_share', name: 'share flagged', format: 'share' },
  { key: 'r2', name: 'R²', format: 'number' },
  { key: 'mae', name: 'mean error, points', format: 'number' },
];

export function formatMetric(value: number, format: 'number' | 'share'): string {
  if (format === 'share') return percent(value);
  return Math.abs(value) >= 10 ? count(value) : value.toFixed(3);
}

/** Share of synthetic rows in the fit, 0-1; undefined where the record does not say. */
export function syntheticShare({ metrics }: WireModelVersion): { share: number; rows: number } | undefined {
  const training = metrics['training'] as { n_rows?: number; n_synthetic?: number } | undefined;
  if (training?.n_rows === undefined || training.n_rows === 0) return undefined;
  return { share: (training.n_synthetic ?? 0) / training.n_rows, rows: training.n_rows };
}
