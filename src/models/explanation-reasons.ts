import { featureDefinition } from '../features/feature-catalog.ts';
import { type AlertRecord, type AlertWords, recordColumn, recordWords } from '../features/record-words.ts';
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

interface ReasonGroup {
  points: number;
  /** Largest single contribution with a value: its words speak for the group; a value that is missing is no reason. */
  leading: Contribution | undefined;
  phrase: string | undefined;
  /** Of hashed columns: whether any of them is set. A word that is not there is no reason. */
  isSet: boolean;
}

/** What sentences about one alert are made from, beside the contributions. */
export interface ReasonFacts {
  /** What was judged behind the alert's track record. */
  readonly record: AlertRecord;
  readonly words: AlertWords;
}

/**
 * Sentences about what moved the score most, parts of the blend and columns of one idea taken together. A share of
 * judged alerts says of how many it is one.
 */
export function reasonsFrom(contributions: readonly Contribution[], facts: ReasonFacts): string[] {
  const groups = new Map<string, ReasonGroup>();
  for (const contribution of contributions) {
    // rules name themselves, with their titles
    if (contribution.part === 'rule' || featureDefinition(contribution.feature) === undefined) continue;
    const { key, phrase } = groupOf(contribution.feature);
    const hasValue = contribution.value !== null && !Number.isNaN(contribution.value);
    const isSet = hasValue && contribution.value !== 0;
    const group = groups.get(key);
    if (group === undefined) {
      const leading = hasValue ? contribution : undefined;
      groups.set(key, { points: contribution.points, leading, phrase, isSet });
    } else {
      group.points += contribution.points;
      group.isSet ||= isSet;
      if (hasValue && Math.abs(contribution.points) > Math.abs(group.leading?.points ?? 0))
        group.leading = contribution;
    }
  }
  return [...groups.values()]
    .filter(
      ({ points, leading, phrase, isSet }) =>
        Math.abs(points) >= LEAST_POINTS && leading !== undefined && (phrase === undefined || isSet),
    )
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
    .slice(0, MAX_REASONS)
    .map(({ points, leading, phrase }) => {
      const words = phrase ?? wordsOf(leading!, facts);
      const direction = points > 0 ? 'raises' : 'lowers';
      const first = words.slice(0, 1).toUpperCase();
      return `${first}${words.slice(1)}: ${direction} the score by ${Math.abs(points).toFixed(1)}.`;
    });
}

function wordsOf({ feature, value }: Contribution, { record, words }: ReasonFacts): string {
  if (recordColumn(feature) !== undefined) return recordWords(feature, record, words);
  const { group, describe } = featureDefinition(feature)!;
  const plain = describe(value ?? Number.NaN);
  return group === 'time' && words.isTimeOfReceipt
    ? `${plain.replace(/^raised/, 'received')} (the alert does not say when it happened)`
    : plain;
}

function groupOf(feature: string): { key: string } & Pick<ReasonGroup, 'phrase'> {
  for (const [prefix, phrase] of HASHED_GROUPS) if (prefix.test(feature)) return { key: phrase, phrase };
  const family = recordColumn(feature)?.family;
  return { key: family === undefined ? feature : `record of ${family}`, phrase: undefined };
}
