import { DAY_WINDOW, WINDOWS } from './entity-history.ts';

/** What a model's columns are made of; kept in a package, so that scoring derives the same. */
export interface FeaturePlan {
  /** Own and standard columns of numbers that are taken as they are. */
  readonly numbers: readonly string[];
  /** Columns of words with the words known from fitting, the most frequent first. */
  readonly words: readonly { readonly column: string; readonly vocabulary: readonly string[] }[];
  /** Entity windows; without times there are none. */
  readonly hasWindows: boolean;
  /** The window of 24 h and the hour of day: only where fitting spanned days enough to have seen each hour. */
  readonly hasDays: boolean;
  /** `failed_logins` and `unique_ports` are worked out, since the file has none. @default false */
  readonly hasLabCounts?: boolean | undefined;
}

/** Names of the windows of a plan, shortest first. */
export const windowNames = (hasDays: boolean): string[] =>
  Object.keys(hasDays ? { ...WINDOWS, ...DAY_WINDOW } : WINDOWS);

/** Names of the columns that a plan gives, in order. */
export function featureNames(plan: FeaturePlan): string[] {
  const { numbers, words, hasWindows, hasDays, hasLabCounts } = plan;
  return [
    ...numbers,
    ...words.map(({ column }) => column),
    ...ROW_NAMES,
    ...(hasDays ? ['hour'] : []),
    ...(hasWindows
      ? [
          ...windowNames(hasDays).flatMap((window) => PER_WINDOW.map((name) => `${name}_${window}`)),
          ...HISTORY_NAMES,
          ...(hasLabCounts ? LAB_NAMES : []),
        ]
      : []),
  ];
}

export const ROW_NAMES = [
  'log_bytes_out',
  'log_bytes_in',
  'log_ratio',
  'bytes_per_packet',
  'log_rate',
  'one_way',
  'failed',
  'port_class',
];
export const PER_WINDOW = [
  'source_events',
  'source_failures',
  'source_failed_share',
  'source_ports',
  'source_targets',
  'source_users',
  'source_log_bytes_out',
  'source_same_place',
  'source_port_entropy',
];
export const HISTORY_NAMES = ['place_before', 'gap_mean_s', 'gap_cv', 'upload_z', 'upload_rank'];
/** Place of the window of 10 min among those of a plan. */
export const LAB_WINDOW = Object.keys(WINDOWS).indexOf('10m');
const LAB_NAMES = ['failed_logins', 'unique_ports'];
