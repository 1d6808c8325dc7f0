import type { Alert } from '../alert/alert.ts';
import { EMPTY_CONTEXT } from '../alert/context.ts';
import { labelOf } from '../alert/disposition.ts';
import { snapshotOf } from '../features/alert-feature-extractor.ts';
import { type TrainingRows, trainingRowsOf } from '../models/training-rows.ts';
import type { LabelledAlert } from './labelled-alert.ts';

/** A set as the models meet it, with what the splits need. Arrays of length n. */
export interface EvaluationSet {
  readonly rows: TrainingRows;
  readonly tenants: readonly string[];
  readonly rules: readonly string[];
  /** As they were read, for who plays them again in the order of time. */
  readonly alerts: readonly Alert[];
}

/** Goes the product's own way: extract, then rows. `replayContext` adds what depends on others. */
export async function evaluationSet(alerts: AsyncIterable<LabelledAlert>): Promise<EvaluationSet> {
  const judged = [];
  const groups: string[] = [];
  const tenants: string[] = [];
  const rules: string[] = [];
  const kept: Alert[] = [];
  for await (const { alert, disposition, riskScore, group } of alerts) {
    judged.push({
      snapshot: snapshotOf(alert, EMPTY_CONTEXT),
      label: labelOf(disposition),
      risk: riskScore ?? Number.NaN,
      weight: 1,
      synthetic: false,
    });
    groups.push(group);
    kept.push(alert);
    tenants.push(alert.tenant ?? '');
    rules.push(alert.rule_id ?? alert.rule_name ?? alert.title);
  }
  return { rows: { ...trainingRowsOf(judged), groups }, tenants, rules, alerts: kept };
}
