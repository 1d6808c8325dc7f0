import LogisticRegression from 'ml-logistic-regression';
import { Matrix } from 'ml-matrix';
import { expect, it } from 'vitest';
import { fitLogistic, logisticProbabilities } from '../../src/logs/lab/logistic-regression.ts';
import { fc } from '../support/fast-check.ts';

const cell = fc.double({ min: -4, max: 4, noNaN: true });
const rowsOf = (nColumns: number) =>
  fc.array(
    fc.record({
      row: fc.array(cell, { minLength: nColumns, maxLength: nColumns }),
      label: fc.constantFrom(0, 1),
    }),
    { minLength: 2, maxLength: 40 },
  );

it('gives the probabilities of ml.js, bit for bit', () => {
  const fitted = fc.integer({ min: 1, max: 6 }).chain((nColumns) => rowsOf(nColumns));
  fc.assert(
    fc.property(
      fitted,
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 1e-3, max: 0.5 }),
      (drawn, nSteps, stepSize) => {
        // the library asks for both labels
        const rows = drawn.map(({ row, label }, i) => ({ row, label: i < 2 ? i : label }));
        const X = new Matrix(rows.map(({ row }) => row));
        const labels = rows.map(({ label }) => label);
        const library = new LogisticRegression({ numSteps: nSteps, learningRate: stepSize });
        library.train(X, Matrix.columnVector(labels));

        const ours = { values: Float64Array.from(X.to1DArray()), nColumns: X.columns };
        const weights = fitLogistic(ours, labels, { nSteps, stepSize });
        // its first model tells the first label from the rest
        expect([...logisticProbabilities(ours, weights)]).toEqual(library.classifiers[0]?.testScores(X));
      },
    ),
  );
});

it('tells apart what a line divides, and says one half where nothing does', () => {
  const values = Float64Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : i - 20));
  const rows = { values, nColumns: 2 };
  const labels = Array.from({ length: 20 }, (_, i) => (2 * i + 1 - 20 > 0 ? 1 : 0));
  const steps = { nSteps: 200, stepSize: 0.02 };
  const divided = logisticProbabilities(rows, fitLogistic(rows, labels, steps));
  expect([...divided].map(Math.round)).toEqual(labels);
  const same = { values: new Float64Array(20).fill(1), nColumns: 1 };
  const undecided = fitLogistic(same, labels, steps);
  expect(logisticProbabilities(same, undecided)[0]).toBeCloseTo(0.5, 12);
});
