declare module 'ml-logistic-regression' {
  import type { Matrix } from 'ml-matrix';

  interface TwoClasses {
    /** (nSamples,) probability of the second class. */
    testScores(features: Matrix): number[];
  }

  // biome-ignore lint/style/noDefaultExport: the library exports its class so
  export default class LogisticRegression {
    constructor(options?: { numSteps?: number; learningRate?: number });
    readonly classifiers: readonly TwoClasses[];
    train(features: Matrix, labels: Matrix): void;
    predict(features: Matrix): number[];
  }
}
