import type { AlertFacts } from '../facts/alert-facts.ts';
import {
  N_CATEGORY_BUCKETS,
  N_SOURCE_BUCKETS,
  N_TECHNIQUE_BUCKETS,
  N_TOKEN_BUCKETS,
} from '../facts/word-facts.ts';
import { type Columns, columnPerKind, type FeatureGroup, flag } from '../feature-definition.ts';

const buckets = (
  prefix: 'source' | 'category' | 'token' | 'technique',
  nBuckets: number,
  group: FeatureGroup,
  description: string,
  what: string,
): Columns<AlertFacts> =>
  columnPerKind(
    group,
    Array.from({ length: nBuckets }, (_, bucket) => bucket),
    (bucket) => [
      `${prefix}_${bucket}`,
      `${description} that hash to bucket ${bucket} of ${nBuckets}.`,
      flag(`${what} of group ${bucket}`, `no ${what} of group ${bucket}`),
    ],
    ({ words }) => words[prefix],
  );

export const SOURCE_COLUMNS: readonly Columns<AlertFacts>[] = [
  buckets('source', N_SOURCE_BUCKETS, 'source', '1 for sources', 'a source'),
];

export const WORD_COLUMNS: readonly Columns<AlertFacts>[] = [
  buckets('category', N_CATEGORY_BUCKETS, 'tokens', "Words of the vendor's category", 'a category word'),
  buckets('token', N_TOKEN_BUCKETS, 'tokens', 'Words of title and rule name', 'a title word'),
  buckets('technique', N_TECHNIQUE_BUCKETS, 'tokens', 'ATT&CK techniques', 'an ATT&CK technique'),
];
