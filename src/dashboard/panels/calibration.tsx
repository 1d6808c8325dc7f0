import type { VNode } from 'preact';
import type { WireWorkload } from '../../api/workload/workload.ts';
import { Reliability } from '../charts/reliability.tsx';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import { useResource } from '../state/resource.ts';
import { count, percent } from '../words/numbers.ts';

/** Whether 30 % means 30 %: what was said of judged alerts against what they were. */
export function Calibration(): VNode {
  const workload = useResource<WireWorkload>('workload', 60_000);
  return (
    <Card
      id="calibration"
      columns={4}
      title="Does 30 % mean 30 %?"
      basis={
        workload.data === undefined
          ? 'said against turned out'
          : `${count(workload.data.judged)} judged, each by a model that had not seen it`
      }
    >
      <Loaded of={workload} what="calibration" lines={6}>
        {({ reliability, note }) => {
          const bins = reliability.flatMap(({ alerts, predicted, observed }) =>
            observed === null
              ? []
              : [{ alerts, predicted, observed: observed.value, low: observed.low, high: observed.high }],
          );
          if (bins.length === 0) return <Empty title="Not known yet.">{note}</Empty>;
          const { predicted, observed } = farthest(bins);
          const inside = bins.filter((bin) => bin.low <= bin.predicted && bin.predicted <= bin.high);
          const said = `At most ${(100 * Math.abs(predicted - observed)).toFixed(1)} points off: where ${percent(predicted)} was said, ${percent(observed)} were attacks. In ${inside.length} of ${bins.length} groups the difference may be chance.`;
          return (
            <>
              <Reliability bins={bins} label={said} />
              <p class="small dim">{said}</p>
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

type Bin = { readonly predicted: number; readonly observed: number };

const farthest = (bins: readonly Bin[]): Bin =>
  [...bins].sort((a, b) => Math.abs(b.predicted - b.observed) - Math.abs(a.predicted - a.observed))[0] as Bin;
