/// <reference path="../../src/trees/mljs/ml-cart.d.ts" />
// What the tests use of ml-cart besides what the trainers do.
declare module 'ml-cart' {
  class DecisionTreeRegression {
    train(values: number[], targets: number[]): void;
    predict(values: number[]): number[];
  }
}
