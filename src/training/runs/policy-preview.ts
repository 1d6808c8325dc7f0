import { SEVERITIES, type Severity } from '../../alert/alert.ts';
import type { AlertClassifier } from '../../models/alert-classifier.ts';
import type { ScorableSnapshot } from '../../models/column-layout.ts';
import { subsetRows } from '../../models/training-rows.ts';
import type { JudgedAlerts } from '../../policy/policy-evaluation.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { overlay } from '../dataset/dataset.ts';
import { decodeDataset } from '../dataset/dataset-format.ts';
import { judge } from '../dataset/judgements.ts';
import { learningSetOf, standsForAt } from '../dataset/learning-set.ts';
import { auditedAlerts } from '../measures/champion-comparison.ts';
import type { Lineage } from '../releases/lineage.ts';
import { DEFAULT_GUARDS } from '../training-settings.ts';
import { readVerified } from './publish.ts';

/**
 * The judged alerts that no release has ever seen in a fit, with what `classifier` says of them: the ground on which
 * a new policy can be tried. Empty until judged alerts fall into the hold-out (a tenth of the groups).
 *
 * @throws AlertforestError STORE_CORRUPT, STORE_UNAVAILABLE
 */
export async function heldOutAlerts(
  models: ModelStore,
  lineage: Lineage,
  classifier: AlertClassifier,
): Promise<JudgedAlerts> {
  const { head } = await lineage.requireHead();
  const { record } = await lineage.tip(head.release);
  const stored = decodeDataset(await readVerified(models, record.dataset));
  // Overlaying nothing brings a set of an older build into this build's columns.
  const { dataset } = overlay(stored, [], stored.maxSamples);
  const judged = judge(dataset.rows, record.exclusions, DEFAULT_GUARDS);
  const set = learningSetOf(dataset, judged);
  const rows = subsetRows(set.rows, set.heldOut);
  const standsFor = standsForAt(set, set.heldOut);
  const alertKeys = Array.from(
    set.heldOut,
    (i) => dataset.rows[set.datasetRows[i] as number]?.alertKey ?? '',
  );
  const columnsAt = (i: number): ScorableSnapshot => ({
    catalogId: rows.catalogId,
    columns: rows.X.subarray(i * rows.columnNames.length, (i + 1) * rows.columnNames.length),
    recordKeys: rows.recordKeys[i]!,
  });
  const isProvisional = head.serving['classifier']?.provisional ?? false;
  return {
    probabilities: set.heldOut.length === 0 ? new Float64Array(0) : classifier.probabilitiesOfRows(rows),
    labels: rows.labels,
    severities: Array.from(rows.severity, (severity) => SEVERITIES[severity] as Severity),
    alertKeys,
    known: alertKeys.map((_, i) => ({
      isProvisional,
      judged: classifier.judgedLike(columnsAt(i)),
      isOutside: () => classifier.support?.isOutside(columnsAt(i)) ?? false,
    })),
    // An audit sample stands for all the alerts that were closed unseen beside it.
    weights: rows.weights.map((weight, i) => weight * standsFor[i]!),
    nAudited: auditedAlerts(standsFor),
  };
}
