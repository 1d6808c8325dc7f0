import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { z } from 'zod';
import type { policyAnswerSchema } from '../../api/policy/policy.ts';
import type { WireWorkload } from '../../api/workload/workload.ts';
import { Curve } from '../charts/curve.tsx';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import type { Act } from '../parts/dialog.tsx';
import { Table } from '../parts/table.tsx';
import { call } from '../state/api.ts';
import { refresh, useResource } from '../state/resource.ts';
import { count, percent, short, signed } from '../words/numbers.ts';
import { cutOf } from './workload.tsx';

type Policy = z.infer<typeof policyAnswerSchema>;
type Costs = Policy['document']['policy']['costs'];

const COSTS: readonly { readonly key: keyof Costs; readonly name: string; readonly says: string }[] = [
  { key: 'missed_attack', name: 'A missed attack costs', says: 'closing what was an attack' },
  { key: 'false_alarm', name: 'A false alarm costs', says: 'looking at what was none' },
  { key: 'correct_close', name: 'A correct close saves', says: 'not looking at what was none' },
];
/** Costs are dragged over seven powers of ten, in steps of a tenth of one. */
const LOWEST = 0;
const HIGHEST = 7;

interface CostProps {
  /** Storing needs an operator; trying is open to all. */
  readonly mayOperate: boolean;
  readonly onAct: (act: Act) => void;
}

/** The cost matrix as three sliders; what a change would close and miss is tried before it is stored. */
export function Cost({ mayOperate, onAct }: CostProps): VNode {
  const policy = useResource<Policy>('policy', 60_000);
  return (
    <Card
      id="cost"
      columns={6}
      title="Where should the cut lie?"
      basis="drag what things cost, see what would be closed and missed, then store it"
    >
      <Loaded of={policy} what="policy" lines={6}>
        {(data) => <Matrix policy={data} mayOperate={mayOperate} onAct={onAct} />}
      </Loaded>
    </Card>
  );
}

function Matrix(props: { policy: Policy; mayOperate: boolean; onAct: (act: Act) => void }): VNode {
  const { policy, mayOperate, onAct } = props;
  const stored = policy.document.policy;
  const [costs, setCosts] = useState<Costs>(stored.costs);
  const [asked, setAsked] = useState<Costs>(stored.costs);
  const isChanged = COSTS.some(({ key }) => costs[key] !== stored.costs[key]);
  useEffect(() => setCosts(stored.costs), [policy.document.seq]);
  useEffect(() => {
    // a slider that moves asks once it rests
    const timer = setTimeout(() => setAsked(costs), 250);
    return () => clearTimeout(timer);
  }, [costs]);
  const { missed_attack, false_alarm, correct_close } = asked;
  const workload = useResource<WireWorkload>(
    `workload?missed_attack=${missed_attack}&false_alarm=${false_alarm}&correct_close=${correct_close}`,
    60_000,
  );
  return (
    <>
      <div class="sliders">
        {COSTS.map(({ key, name, says }) => (
          <label key={key}>
            <span>
              {name} <b>{count(costs[key])}</b> <span class="small faint">{says}</span>
            </span>
            <input
              type="range"
              min={LOWEST}
              max={HIGHEST}
              step={0.1}
              value={costs[key] < 1 ? LOWEST : Math.log10(costs[key])}
              aria-valuetext={count(costs[key])}
              onInput={(event) =>
                setCosts({ ...costs, [key]: rounded(10 ** Number(event.currentTarget.value)) })
              }
            />
          </label>
        ))}
      </div>
      <Loaded of={workload} what="workload at these costs" lines={5}>
        {(data) => <Proposed of={data} />}
      </Loaded>
      {policy.uncovered.length === 0 ? null : (
        <p class="small sus-text">
          Too few judged alerts for a promise about:{' '}
          {policy.uncovered.map((name) => name.replaceAll('_', ' ')).join(', ')}.
        </p>
      )}
      <div class="buttons">
        <button
          type="button"
          class="btn primary"
          disabled={!isChanged || !mayOperate}
          onClick={() => onAct(storing(policy, costs))}
        >
          Store these costs
        </button>
        <button type="button" class="btn" disabled={!isChanged} onClick={() => setCosts(stored.costs)}>
          Back to what is in force
        </button>
      </div>
    </>
  );
}

/** Today's cut and that of the costs asked about, on the curve and side by side. */
function Proposed({ of }: { of: WireWorkload }): VNode {
  const cuts = of.curve.flatMap((point) => cutOf(point) ?? []);
  const [today, proposed] = [cutOf(of.today), cutOf(of.proposed)];
  if (cuts.length === 0 || of.proposed === null) {
    return <Empty title="Nothing to measure it on yet.">{of.note}</Empty>;
  }
  const { change } = of.proposed;
  return (
    <>
      <Curve
        cuts={cuts}
        today={today}
        proposed={proposed}
        label="Attacks missed against alerts closed, at today's costs and at these"
      />
      <Table
        label="Today's costs against these"
        head={[
          '',
          { text: 'Today', right: true },
          { text: 'With these', right: true },
          { text: 'Change', right: true },
        ]}
        rows={[
          [
            'closing below',
            of.today?.close_below.toPrecision(2) ?? '–',
            of.proposed.close_below.toPrecision(2),
            '',
          ],
          ['alerts closed', share(of.today?.closed), share(of.proposed.closed), points(change.closed)],
          ['attacks missed', share(of.today?.missed), share(of.proposed.missed), points(change.missed)],
          [
            'cost an alert, at these costs',
            '',
            of.proposed.cost_per_alert === null ? '–' : short(of.proposed.cost_per_alert.value),
            change.cost_per_alert === null ? '–' : signed(change.cost_per_alert.value),
          ],
        ]}
      />
      <p class="small faint">{of.note}</p>
    </>
  );
}

type Figure = WireWorkload['curve'][number]['closed'];

const share = (of: Figure | undefined): string =>
  of == null ? '–' : `${percent(of.value)} (${percent(of.low)} to ${percent(of.high)})`;

const points = (of: Figure): string => (of === null ? '–' : `${signed(100 * of.value)} points`);

/** Two digits that count: a slider's 501.187 is 500. */
const rounded = (value: number): number => Number(value.toPrecision(2));

const storing = (policy: Policy, costs: Costs): Act => ({
  question: 'Store these costs?',
  consequence:
    'From the next verdict on, every instance closes by them. Nothing is trained anew; the policy before stays on record.',
  button: 'Store these costs',
  run: async (record) => {
    const { seq, policy: stored } = policy.document;
    await call('policy', { method: 'PUT', body: { policy: { ...stored, costs }, if_seq: seq, ...record } });
    refresh('policy', 'workload');
    return 'Stored.';
  },
});
