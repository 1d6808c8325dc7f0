import type { VNode } from 'preact';
import type { WireVerdict } from '../../api/predict/verdict.ts';
import { type Step, Waterfall } from '../charts/waterfall.tsx';
import { Card, Empty } from '../parts/card.tsx';

const MOST_STEPS = 9;

const PARTS: Readonly<Record<string, string>> = {
  classifier: 'what it is',
  anomaly: 'how unlike',
  scorer: 'how bad',
  context: 'context',
  rule: 'rules',
  base: 'base',
};

/** The verdict of the last trial as a waterfall that adds up to its final score. */
export function AddedUp({ verdict }: { verdict: WireVerdict | undefined }): VNode {
  const explanation = verdict?.explanation ?? undefined;
  return (
    <Card
      id="added-up"
      columns={4}
      title="This verdict, added up"
      basis={verdict === undefined ? 'the last alert tried' : verdict.input.alert?.title}
    >
      {verdict === undefined ? (
        <Empty title="No alert tried yet.">Score one on the left to see what made its number.</Empty>
      ) : explanation === undefined || explanation.withheld !== undefined ? (
        <Empty title="No explanation.">{explanation?.withheld ?? 'The service gave none.'}</Empty>
      ) : (
        <Waterfall
          steps={stepsOf(verdict)}
          label={`Contributions that add up to the final score of ${verdict.final_score.toFixed(1)}`}
        />
      )}
    </Card>
  );
}

/** The strongest contributions by name; the rest is one step, so that the shown ones add up to the digit. */
export function stepsOf({ explanation, final_score }: WireVerdict): Step[] {
  if (explanation === null) return [];
  const { base, contributions } = explanation;
  const strongest = [...contributions]
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points))
    .slice(0, MOST_STEPS)
    .filter(({ points }) => Math.abs(points) >= 0.05);
  const round = (value: number): number => Math.round(value * 10) / 10;
  const named = strongest.map(({ part, feature, points }) => ({
    name: feature === 'rule_score' ? 'rules' : `${feature.replaceAll('_', ' ')} · ${PARTS[part] ?? part}`,
    points: round(points),
    kind: 'change' as const,
  }));
  const start = round(base);
  const rest = round(round(final_score) - start - named.reduce((sum, { points }) => sum + points, 0));
  return [
    { name: 'where it starts', points: start, kind: 'start' },
    ...named,
    ...(rest === 0 ? [] : [{ name: 'everything else', points: rest, kind: 'change' as const }]),
    { name: 'final score', points: round(final_score), kind: 'sum' },
  ];
}
