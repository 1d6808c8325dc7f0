export interface FeatureImportance {
  readonly feature: string;
  /** Rise of the model's error when the feature is shuffled. */
  readonly importance: number;
}
