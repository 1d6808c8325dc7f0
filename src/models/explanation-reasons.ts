import { featureDefinition, RECORD_FAMILIES } from '../features/feature-catalog.ts';
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
  /** Largest single contribution: its words speak for the group. */
  leading: Contribution;
  phrase: string | undefined;
}

/** Sentences about what moved the score most, parts of the blend and columns of one idea taken together. */
export function reasonsFrom(contributions: readonly Contribution[]): string[] {
  const groups = new Map<string, ReasonGroup>();
  for (const contribution of contributions) {
    // rules name themselves, with their titles
    if (contribution.part === 'rule' || featureDefinition(contribution.feature) === undefined) continue;
    const { key, phrase } = groupOf(contribution.feature);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, { points: contribution.points, leading: contribution, phrase });
    } else {
      group.points += contribution.points;
      if (Math.abs(contribution.points) > Math.abs(group.leading.points)) group.leading = contribution;
    }
  }
  return [...groups.values()]
    .filter(({ points }) => Math.abs(points) >= LEAST_POINTS)
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
    .slice(0, MAX_REASONS)
    .map(({ points, leading, phrase }) => {
      const words = phrase ?? featureDefinition(leading.feature)!.describe(leading.value ?? Number.NaN);
      const direction = points > 0 ? 'raises' : 'lowers';
      const first = words.slice(0, 1).toUpperCase();
      return `${first}${words.slice(1)}: ${direction} the score by ${Math.abs(points).toFixed(1)}.`;
    });
}

function groupOf(feature: string): { key: string; phrase: string | undefined } {
  for (const [prefix, phrase] of HASHED_GROUPS) if (prefix.test(feature)) return { key: phrase, phrase };
  const family = RECORD_COLUMN.exec(feature)?.[1];
  return family === undefined
    ? { key: feature, phrase: undefined }
    : { key: `record of ${family}`, phrase: undefined };
}
