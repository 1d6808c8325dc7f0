import { type Alert, alertSchema, type Disposition } from '../../alert/alert.ts';
import { createRandom } from '../../trees/random.ts';
import { drawAlert, drawIncident } from './draw.ts';
import { type SyntheticTruth, truthOf } from './truth.ts';

/** A made-up alert with what it really was. */
export interface SyntheticAlert {
  readonly alert: Alert;
  readonly disposition: Disposition;
  /** 0-100. */
  readonly riskScore: number;
}

/**
 * `n` canonical alerts of a made-up estate: six tenants, six products, 28 rules, incidents of one to four alerts,
 * telemetry with gaps, all four dispositions. They overlap by design: what an alert was is partly fate, so that no
 * learner can be perfect. About 20 us an alert.
 *
 * @param seed 32-bit; the same seed gives the same alerts, another seed other alerts of the same estate
 */
export function generateSyntheticAlerts(n: number, seed: number): SyntheticAlert[] {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`Expected \`n\` to be an integer >= 0, got ${n}.`);
  const random = createRandom(seed);
  const alerts: SyntheticAlert[] = [];
  for (let nIncidents = 0; alerts.length < n; nIncidents++) {
    const incident = drawIncident(random, `syn-${seed}-${nIncidents}`);
    for (let member = 0; member < incident.nAlerts && alerts.length < n; member++) {
      const alert = alertSchema.parse(drawAlert(random, incident, member));
      alerts.push({ alert, ...truthOf(alert) });
    }
  }
  return alerts;
}

/** What an alert of the made-up estate really was, recomputed from the alert alone, whatever seed made it. */
export function judge(alert: Alert): SyntheticTruth {
  return truthOf(alert);
}
