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

interface AddedUpProps {
  readonly verdict: WireVerdict | undefined;
  /** Scores the sample alert. */
  readonly onSample: () => void;
}

/** The verdict of the last trial as a waterfall that adds up to its final score. */
export function AddedUp({ verdict, onSample }: AddedUpProps): VNode {
  const explanation = verdict?.explanation ?? undefined;
  return (
    <Card
      id="added-up"
      columns={4}
      title="This verdict, added up"
      basis={verdict === undefined ? 'the last alert tried' : verdict.input.alert?.title}
    >
      {verdict === undefined ? (
        <Empty title="No alert tried yet.">
          Score <a href="#try">one of yours</a> below to see what made its number, or{' '}
          <button type="button" class="link" onClick={onSample}>
            add up the sample
          </button>
          .
        </Empty>
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

/**
 * The strongest contributions by name, each column once however many models weigh it; the rest is one step, so that the
 * shown ones add up to the digit. What the models say comes first, then what the rules add.
 */
export function stepsOf({ explanation, final_score }: WireVerdict): Step[] {
  if (explanation === null) return [];
  const { base, contributions } = explanation;
  const ofRules = contributions.filter(({ feature }) => feature === 'rule_score');
  const byName = new Map<string, number>();
  for (const { part, feature, points } of contributions) {
    if (feature === 'rule_score') continue;
    // the ends of a part have no name of their own
    const name = Object.hasOwn(PARTS, feature) ? `${feature} · ${PARTS[part] ?? part}` : feature;
    byName.set(name, (byName.get(name) ?? 0) + points);
  }
  const round = (value: number): number => Math.round(value * 10) / 10;
  const sum = (of: readonly { readonly points: number }[]): number =>
    of.reduce((total, { points }) => total + points, 0);
  const named = [...byName]
    .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]))
    .slice(0, MOST_STEPS)
    .map(([name, points]) => ({
      name: name.replaceAll('_', ' '),
      points: round(points),
      kind: 'change' as const,
    }))
    .filter(({ points }) => points !== 0);
  const start = round(base);
  const rules = round(sum(ofRules));
  const models = round(round(final_score) - rules);
  const rest = round(models - start - sum(named));
  return [
    { name: 'where it starts', points: start, kind: 'start' },
    ...named,
    ...(rest === 0 ? [] : [{ name: 'everything else', points: rest, kind: 'change' as const }]),
    ...(ofRules.length === 0
      ? []
      : [
          { name: 'models say', points: models, kind: 'sum' as const },
          { name: 'rules add', points: rules, kind: 'change' as const },
        ]),
    { name: 'final score', points: round(final_score), kind: 'sum' },
  ];
}
