import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { z } from 'zod';
import type { policyAnswerSchema } from '../../api/policy/policy.ts';
import type { WireWorkload } from '../../api/workload/workload.ts';
import { byClosed, Curve } from '../charts/curve.tsx';
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

/** Points of the curve with all their figures, by the share closed. */
type Point = WireWorkload['curve'][number];

/** The cut, set by what things cost or dragged along the curve; what a change would close and miss is tried before it is stored. */
export function Cost({ mayOperate, onAct }: CostProps): VNode {
  const policy = useResource<Policy>('policy', 60_000);
  return (
    <Card
      id="cost"
      columns={5}
      title="Where should the cut lie?"
      basis="drag the line, or what things cost; see what would be closed and missed, then store it"
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
  /** Where the line was dragged to: everything below it is closed, whatever things cost. */
  const [dragged, setDragged] = useState<number>();
  const isChanged = dragged !== undefined || COSTS.some(({ key }) => costs[key] !== stored.costs[key]);
  const back = (): void => {
    setCosts(stored.costs);
    setDragged(undefined);
  };
  useEffect(back, [policy.document.seq]);
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
              onInput={(event) => {
                setDragged(undefined);
                setCosts({ ...costs, [key]: rounded(10 ** Number(event.currentTarget.value)) });
              }}
            />
          </label>
        ))}
      </div>
      <Loaded of={workload} what="workload at these costs" lines={5}>
        {(data) => <Proposed of={data} dragged={dragged} onDrag={setDragged} />}
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
          onClick={() => onAct(storing(policy, costs, dragged))}
        >
          {dragged === undefined ? 'Store these costs' : 'Store this cut'}
        </button>
        <button type="button" class="btn" disabled={!isChanged} onClick={back}>
          Back to what is in force
        </button>
      </div>
    </>
  );
}

interface ProposedProps {
  readonly of: WireWorkload;
  readonly dragged: number | undefined;
  readonly onDrag: (closeBelow: number) => void;
}

/** Today's cut and the one asked about, on the curve and side by side. */
function Proposed({ of, dragged, onDrag }: ProposedProps): VNode {
  const points = byClosed(
    of.curve.flatMap((point) => {
      const cut = cutOf(point);
      return cut === undefined ? [] : [{ ...cut, point }];
    }),
  );
  const today = cutOf(of.today);
  if (points.length === 0 || of.proposed === null) {
    return <Empty title="Nothing to measure it on yet.">{of.note}</Empty>;
  }
  const isByHand = dragged !== undefined;
  const byHand = points.find(({ point }) => point.close_below === dragged)?.point;
  const proposed: Point = byHand ?? of.proposed;
  const at = isByHand
    ? Math.max(
        0,
        points.findIndex(({ point }) => point.close_below === dragged),
      )
    : nearestTo(points, of.proposed.closed?.value ?? today?.closed ?? 0);
  const change = isByHand ? differenceOf(of.today, proposed) : of.proposed.change;
  return (
    <>
      <Curve
        cuts={points}
        today={today}
        drag={{
          at,
          name: isByHand ? 'with this' : 'drag me',
          words: `closing below ${proposed.close_below.toPrecision(2)}: ${share(proposed.closed)} of alerts closed, ${share(proposed.missed)} of attacks missed`,
          onMove: (to) => {
            const point = points[to]?.point;
            if (point !== undefined) onDrag(point.close_below);
          },
        }}
        label="Attacks missed against alerts closed, today and at the cut asked about"
      />
      <Table
        label="Today's cut against this one"
        head={[
          '',
          { text: 'Today', right: true },
          { text: isByHand ? 'With this' : 'With these', right: true },
          { text: 'Change', right: true },
        ]}
        rows={[
          [
            'closing below',
            of.today?.close_below.toPrecision(2) ?? '–',
            proposed.close_below.toPrecision(2),
            '',
          ],
          [
            'alerts closed',
            <Share key="a" of={of.today?.closed} />,
            <Share key="b" of={proposed.closed} />,
            points100(change.closed),
          ],
          [
            'attacks missed',
            <Share key="a" of={of.today?.missed} />,
            <Share key="b" of={proposed.missed} />,
            points100(change.missed),
          ],
          [
            'cost an alert',
            isByHand && of.today?.cost_per_alert ? short(of.today.cost_per_alert.value) : '',
            proposed.cost_per_alert === null ? '–' : short(proposed.cost_per_alert.value),
            change.cost_per_alert === null ? '–' : signed(change.cost_per_alert.value),
          ],
        ]}
      />
      <p class="small faint">{of.note}</p>
    </>
  );
}

function nearestTo(points: readonly { readonly closed: number }[], closed: number): number {
  const gaps = points.map((one) => Math.abs(one.closed - closed));
  return gaps.indexOf(Math.min(...gaps));
}

type Change = Pick<Point, 'closed' | 'missed' | 'cost_per_alert'>;

/** What differs between two points of one curve; without an interval, which needs both over the same resamples. */
function differenceOf(before: Point | null, after: Point): Change {
  const less = (of: (point: Point) => Figure): Figure => {
    const [a, b] = [before === null ? null : of(before), of(after)];
    if (a === null || b === null) return null;
    const value = b.value - a.value;
    return { value, low: value, high: value };
  };
  return {
    closed: less(({ closed }) => closed),
    missed: less(({ missed }) => missed),
    cost_per_alert: less((point) => point.cost_per_alert),
  };
}

type Figure = WireWorkload['curve'][number]['closed'];

const share = (of: Figure | undefined): string =>
  of == null ? '–' : `${percent(of.value)} (${percent(of.low)} to ${percent(of.high)})`;

const points100 = (of: Figure): string => (of === null ? '–' : `${signed(100 * of.value)} points`);

function Share({ of }: { of: Figure | undefined }): VNode {
  if (of == null) return <span class="faint">not known</span>;
  return (
    <>
      <span class="nowrap">{percent(of.value)}</span>
      <span class="block small faint nowrap">
        {percent(of.low)} to {percent(of.high)}
      </span>
    </>
  );
}

/** Two digits that count: a slider's 501.187 is 500. */
const rounded = (value: number): number => Number(value.toPrecision(2));

const storing = (policy: Policy, costs: Costs, closeBelow: number | undefined): Act => ({
  question:
    closeBelow === undefined ? 'Store these costs?' : `Close everything below ${closeBelow.toPrecision(2)}?`,
  consequence:
    'From the next verdict on, every instance closes by it. Nothing is trained anew; the policy before stays on record.',
  button: closeBelow === undefined ? 'Store these costs' : 'Store this cut',
  run: async (record) => {
    const { seq, policy: stored } = policy.document;
    const wanted = { ...stored, costs, close_below: closeBelow ?? null };
    await call('policy', { method: 'PUT', body: { policy: wanted, if_seq: seq, ...record } });
    refresh('policy', 'workload');
    return 'Stored.';
  },
});
