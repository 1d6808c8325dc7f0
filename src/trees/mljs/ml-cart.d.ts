// ml-cart ships no types. Declared as far as it is used here.
declare module 'ml-cart' {
  interface TreeOptions {
    minNumSamples?: number;
    maxDepth?: number;
    gainThreshold?: number;
  }

  class DecisionTreeClassifier {
    constructor(options?: TreeOptions);
    /** Loads a tree. */
    constructor(isLoaded: true, model: { options: object; root: object });
    readonly root: object;
    train(rows: number[][], labels: number[]): void;
    predict(rows: number[][]): number[];
    toJSON(): { root: unknown };
  }
}
