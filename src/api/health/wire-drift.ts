import type { z } from 'zod';
import { MAX_OWN_BINS, N_QUANTILE_BINS } from '../../models/value-bins.ts';
import type { DriftReport } from '../../monitoring/drift-monitor.ts';
import { LEAST_SHARE } from '../../monitoring/population-stability.ts';
import { roundTo } from '../rounding.ts';
import type { driftSchema } from './drift.ts';

const METHOD = {
  index: 'population stability index, natural logarithm',
  distance: 'Jensen-Shannon distance, base 2',
};
const BINS =
  `up to ${MAX_OWN_BINS} distinct values: one a value and one for values never seen; ` +
  `more: ${N_QUANTILE_BINS} by quantile with frequent values alone and open ends; one for missing values`;

export function wireDrift(report: DriftReport): z.infer<typeof driftSchema> {
  return {
    status: report.status,
    detail: report.detail,
    window_alerts: report.windowAlerts,
    baseline_alerts: report.baselineAlerts,
    method: METHOD,
    bins: BINS,
    floor: LEAST_SHARE,
    inputs: report.inputs,
    shifted: [...report.shifted],
    measures: report.measures.map(({ name, kind, psi, jsDistance, bins, binsOf, distribution, shifted }) => ({
      name,
      kind,
      psi: roundTo(psi, 3),
      js_distance: roundTo(jsDistance, 3),
      bins,
      bins_of: binsOf,
      distribution: distribution.map(({ label, before, now }) => ({
        label,
        before: roundTo(before, 4),
        now: roundTo(now, 4),
      })),
      shifted,
    })),
  };
}
