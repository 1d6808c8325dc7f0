/** How the training set may be split into what is fitted on and what is tested on. */
export const SPLIT_KINDS = ['random', 'incident', 'time', 'tenant', 'rule'] as const;
export type SplitKind = (typeof SPLIT_KINDS)[number];
