import { DISPOSITIONS } from '../alert/alert.ts';
import { sectionOf, type TypedArray } from '../trees/forest/forest-format.ts';
import type { ConformalScores } from './conformal-scores.ts';

/** Conformal scores as sections of an artefact. */
export function conformalSections(conformal: ConformalScores): Record<string, TypedArray> {
  return {
    'conformal.counts': Int32Array.from(conformal.counts),
    ...Object.fromEntries(
      DISPOSITIONS.map((disposition, c) => [`conformal.${disposition}`, conformal.scores[c]!]),
    ),
  };
}

/** @throws FormatError or RangeError when a section is absent or cannot be right */
export function conformalFromSections(sections: Record<string, TypedArray>): ConformalScores {
  const counts = sectionOf(sections, 'conformal.counts', Int32Array);
  if (counts.length !== DISPOSITIONS.length || counts.some((count) => count < 0)) {
    throw new RangeError(`Expected ${DISPOSITIONS.length} counts >= 0 in \`conformal.counts\`.`);
  }
  const scores = DISPOSITIONS.map((disposition, c) => {
    const sorted = sectionOf(sections, `conformal.${disposition}`, Float32Array);
    const isAscending = sorted.every(
      (score, k) => score >= 0 && score <= 1 && (k === 0 || score >= sorted[k - 1]!),
    );
    if (!isAscending || sorted.length > counts[c]! || (sorted.length === 0) !== (counts[c] === 0)) {
      throw new RangeError(`Expected ascending scores in [0, 1] in \`conformal.${disposition}\`.`);
    }
    return sorted;
  });
  return { counts: Array.from(counts), scores };
}
