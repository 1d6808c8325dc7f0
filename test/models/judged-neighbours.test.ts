import { describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { labelOf } from '../../src/alert/disposition.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { JudgedNeighbours } from '../../src/models/judged-neighbours.ts';
import type { ClassifierAlgorithm } from '../../src/models/learners/learners.ts';
import { trainingRowsOf } from '../../src/models/training-rows.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { LEAF } from '../../src/trees/forest/forest.ts';

const N = 240;
const judged = generateSyntheticAlerts(N, 31).map((made, i) => ({
  ...made,
  snapshot: snapshotOf({ ...made.alert, tenant: i % 3 === 0 ? 'contoso' : 'fabrikam' }, EMPTY_CONTEXT),
}));
const rows = trainingRowsOf(
  judged.map(({ snapshot, disposition, riskScore }) => ({
    snapshot,
    label: labelOf(disposition),
    risk: riskScore,
    weight: 1,
    synthetic: false,
  })),
);
const keys = judged.map(({ snapshot }) => snapshot.alertKey);

function fitted(algorithm: ClassifierAlgorithm) {
  const classifier = AlertClassifier.fit(rows, { seed: 5, algorithm, calibrator: 'none' });
  return { classifier, neighbours: JudgedNeighbours.of(classifier, rows, keys) };
}

/** Leaf of each tree by a walk of its own, node numbers of the whole forest. */
function leavesOf({ forest, layout, ...rest }: AlertClassifier, row: Float32Array): number[] {
  expect(rest).toBeDefined();
  expect(row.length).toBe(layout.nColumns);
  const descend = (node: number): number => {
    const column = forest.feature[node]!;
    if (column === LEAF) return node;
    const value = row[column]!;
    const left = Number.isNaN(value) ? forest.missingLeft[node] === 1 : value <= forest.threshold[node]!;
    return descend(forest.left[node]! + (left ? 0 : 1));
  };
  return Array.from(forest.roots, descend);
}

describe.each(['random_forest', 'boosted'] as const)('the judged alerts behind a %s', (algorithm) => {
  const { classifier, neighbours } = fitted(algorithm);
  const rowOf = (i: number): Float32Array => {
    const row = new Float32Array(classifier.layout.nColumns);
    classifier.writeRow(judged[i]!.snapshot, row);
    return row;
  };

  it('are ranked as a comparison leaf by leaf ranks them, within the tenant', () => {
    const nTrees = Math.min(64, classifier.forest.roots.length);
    const leaves = judged.map((_, i) => leavesOf(classifier, rowOf(i)).slice(0, nTrees));
    for (const at of [0, 1, 50, 51, 239]) {
      const { snapshot } = judged[at]!;
      const expected = judged
        .map(({ snapshot: { alertKey, tenant, occurredAt }, disposition }, i) => ({
          alertKey,
          tenant,
          disposition,
          occurredAtMs: Date.parse(occurredAt),
          shared: leaves[i]!.filter((leaf, t) => leaf === leaves[at]![t]).length / nTrees,
        }))
        .filter(
          (one) => one.alertKey !== snapshot.alertKey && one.tenant === snapshot.tenant && one.shared > 0,
        )
        .sort(
          (a, b) =>
            b.shared - a.shared || b.occurredAtMs - a.occurredAtMs || (a.alertKey < b.alertKey ? -1 : 1),
        )
        .slice(0, 7)
        .map(({ tenant: _, ...one }) => one);
      expect(expected.length).toBeGreaterThan(0);
      expect(neighbours.nearest(classifier, snapshot, { limit: 7, alertKey: snapshot.alertKey })).toEqual(
        expected,
      );
    }
  });

  it('are the same after they were stored', () => {
    const { snapshot } = judged[3]!;
    const options = { limit: 20, alertKey: snapshot.alertKey };
    const stored = JudgedNeighbours.from(neighbours.toBuffer());
    expect(stored.size).toBe(N);
    expect(stored.nearest(classifier, snapshot, options)).toEqual(
      neighbours.nearest(classifier, snapshot, options),
    );
  });
});

describe('what is kept of judged alerts', () => {
  const { classifier, neighbours } = fitted('random_forest');

  it('is asked by its own tenant alone', () => {
    const stranger = snapshotOf({ ...judged[0]!.alert, tenant: 'northwind' }, EMPTY_CONTEXT);
    expect(neighbours.nearest(classifier, stranger, { limit: 5, alertKey: stranger.alertKey })).toEqual([]);
    const { tenant: _, ...nobody } = { tenant: '', ...judged[0]!.alert };
    const nobodys = snapshotOf(nobody, EMPTY_CONTEXT);
    expect(neighbours.nearest(classifier, nobodys, { limit: 5, alertKey: nobodys.alertKey })).toEqual([]);
  });

  it('holds no name of tenant, rule or entity', () => {
    const text = Buffer.from(neighbours.toBuffer()).toString('latin1');
    for (const word of ['contoso', 'fabrikam', judged[0]!.alert.title, judged[0]!.alert.entities[0]!.value])
      expect(text).not.toContain(word);
  });

  it('is refused where a byte has changed', () => {
    const bytes = neighbours.toBuffer();
    bytes[bytes.length >> 1]! ^= 1;
    expect(() => JudgedNeighbours.from(bytes)).toThrow(/alertforest-neighbours/);
  });
});
