/** The three models behind a verdict, in the order in which they are reported. */
export const MODEL_NAMES = ['classifier', 'anomaly', 'scorer'] as const;
export type ModelName = (typeof MODEL_NAMES)[number];
