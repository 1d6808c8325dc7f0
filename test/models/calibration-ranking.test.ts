import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { attackProbability } from '../../src/alert/disposition.ts';
import { evaluationSet } from '../../src/evaluation/evaluation-set.ts';
import { readLabelled } from '../../src/evaluation/readers/read-labelled.ts';
import { groupSplits } from '../../src/evaluation/splits.ts';
import { newCounts } from '../../src/logs/skip-counts.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { subsetRows } from '../../src/models/training-rows.ts';
import { fitCalibrator } from '../../src/trees/calibration/calibration.ts';
import { IsotonicCalibrator } from '../../src/trees/calibration/isotonic-calibrator.ts';
import { rocAuc } from '../../src/trees/metrics/ranking-metrics.ts';

const N_CLASSES = DISPOSITIONS.length;
const FILE = fileURLToPath(new URL('../fixtures/wazuh178/wazuh178.jsonl.gz', import.meta.url));

describe('calibration on 178 judged Wazuh alerts, incidents apart', () => {
  it.each(['random_forest', 'boosted'] as const)(
    'leaves the ranking of attacks by %s where it was',
    async (algorithm) => {
      const set = await evaluationSet(readLabelled(FILE, 'wazuh', newCounts()));
      const splits = groupSplits(set, 4, 1);
      const raw = splits.map(({ fit, test }) =>
        AlertClassifier.fit(subsetRows(set.rows, fit), {
          algorithm,
          calibrator: 'none',
          seed: 1,
        }).rawProbabilitiesOfRows(subsetRows(set.rows, test)),
      );
      const labelsOf = (at: number): number[] => splits[at]!.test.map((i) => set.rows.labels[i]!);
      const aucOf = (proba: Float64Array, labels: number[]): number =>
        rocAuc(
          labels.map((label) => (DISPOSITIONS[label] === 'true_positive' ? 1 : 0)),
          labels.map((_, i) => attackProbability(proba, i * N_CLASSES)),
        );
      let before = 0;
      const after = { chosen: 0, curves: 0 };
      splits.forEach((_, at) => {
        const others = splits.map((_one, k) => k).filter((k) => k !== at);
        const proba = Float64Array.from(others.flatMap((k) => [...raw[k]!]));
        const labels = others.flatMap(labelsOf);
        const own = labelsOf(at);
        const chosen = fitCalibrator(proba, labels, N_CLASSES).calibrator.apply(raw[at]!.slice());
        const curves = IsotonicCalibrator.fit(proba, labels, N_CLASSES).apply(raw[at]!.slice());
        before += aucOf(raw[at]!, own) / splits.length;
        after.chosen += aucOf(chosen, own) / splits.length;
        after.curves += aucOf(curves, own) / splits.length;
      });
      expect(before).toBeGreaterThan(0.9);
      expect(after.chosen).toBeGreaterThanOrEqual(before - 0.002);
      expect(after.curves).toBeGreaterThanOrEqual(before - 0.002);
    },
  );
});
