import type { Explanation } from '../../models/explanation.ts';
import { roundTo } from '../rounding.ts';
import type { WireVerdict } from './verdict.ts';

type WireExplanation = NonNullable<WireVerdict['explanation']>;

export function wireExplanation(explanation: Explanation): WireExplanation {
  return {
    base: roundTo(explanation.base, 2),
    parts: Object.fromEntries(
      Object.entries(explanation.parts).map(([part, points]) => [part, roundTo(points, 2)]),
    ),
    contributions: explanation.contributions.map(({ part, feature, value, points }) => ({
      part,
      feature,
      value,
      points: roundTo(points, 2),
    })),
    other: roundTo(explanation.other, 2),
    reasons: [...explanation.reasons],
    ...(explanation.withheld === undefined ? {} : { withheld: explanation.withheld }),
  };
}
