import {
  featureDefinition,
  RECORD_FAMILIES,
  type RecordFamily,
  recordWords,
} from '../features/feature-catalog.ts';
import type { Contribution } from './contribution.ts';

/** Most sentences given. */
const MAX_REASONS = 4;
/** Points below which a contribution is no reason. */
const LEAST_POINTS = 0.5;

/** Columns that only make sense together, with what they are about. */
const HASHED_GROUPS: readonly (readonly [prefix: RegExp, phrase: string])[] = [
  [/^token_\d+$/, 'the words of the title'],
  [/^category_\d+$/, "the vendor's category"],
  [/^technique_\d+$/, 'the ATT&CK techniques named'],
  [/^source_\d+$/, 'the product that raised it'],
];

const RECORD_COLUMN = new RegExp(
  `^record_(${[...RECORD_FAMILIES].sort((a, b) => b.length - a.length).join('|')})_(.+)$`,
);

interface ReasonGroup {
  points: number;
  /** Largest single contribution with a value: its words speak for the group; a value that is missing is no reason. */
  leading: Contribution | undefined;
  phrase: string | undefined;
  /** Set for columns of the track record. */
  family: RecordFamily | undefined;
}

/**
 * Sentences about what moved the score most, parts of the blend and columns of one idea taken together. A share of
 * judged alerts says of how many it is one.
 *
 * @param columnValue any column of the row that was scored, NaN where no model looks at it
 */
export function reasonsFrom(
  contributions: readonly Contribution[],
  columnValue: (feature: string) => number,
): string[] {
  const groups = new Map<string, ReasonGroup>();
  for (const contribution of contributions) {
    // rules name themselves, with their titles
    if (contribution.part === 'rule' || featureDefinition(contribution.feature) === undefined) continue;
    const { key, phrase, family } = groupOf(contribution.feature);
    const hasValue = contribution.value !== null && !Number.isNaN(contribution.value);
    const group = groups.get(key);
    if (group === undefined) {
      const leading = hasValue ? contribution : undefined;
      groups.set(key, { points: contribution.points, leading, phrase, family });
    } else {
      group.points += contribution.points;
      if (hasValue && Math.abs(contribution.points) > Math.abs(group.leading?.points ?? 0))
        group.leading = contribution;
    }
  }
  return [...groups.values()]
    .filter(
      ({ points, leading, phrase }) =>
        Math.abs(points) >= LEAST_POINTS && (leading !== undefined || phrase !== undefined),
    )
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
    .slice(0, MAX_REASONS)
    .map(({ points, leading, phrase, family }) => {
      const words = phrase ?? wordsOf(leading!, family, columnValue);
      const direction = points > 0 ? 'raises' : 'lowers';
      const first = words.slice(0, 1).toUpperCase();
      return `${first}${words.slice(1)}: ${direction} the score by ${Math.abs(points).toFixed(1)}.`;
    });
}

function wordsOf(
  { feature, value }: Contribution,
  family: RecordFamily | undefined,
  columnValue: (feature: string) => number,
): string {
  const plain = featureDefinition(feature)!.describe(value ?? Number.NaN);
  const count = family === undefined ? Number.NaN : columnValue(`record_${family}_count_log1p`);
  if (family === undefined || Number.isNaN(count)) return plain;
  return recordWords(family, feature, value ?? Number.NaN, Math.round(Math.expm1(count)));
}

function groupOf(feature: string): { key: string } & Pick<ReasonGroup, 'phrase' | 'family'> {
  for (const [prefix, phrase] of HASHED_GROUPS)
    if (prefix.test(feature)) return { key: phrase, phrase, family: undefined };
  const family = RECORD_COLUMN.exec(feature)?.[1] as RecordFamily | undefined;
  return family === undefined
    ? { key: feature, phrase: undefined, family }
    : { key: `record of ${family}`, phrase: undefined, family };
}
