import type { VNode } from 'preact';
import type { WireWorkload } from '../../api/workload/workload.ts';
import { Curve, type Cut } from '../charts/curve.tsx';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import { useResource } from '../state/resource.ts';
import { count, percent } from '../words/numbers.ts';

type Point = WireWorkload['curve'][number];

/** A point of the service as a cut to draw; one without figures is none. */
export function cutOf(point: Point | null | undefined): Cut | undefined {
  if (point?.closed == null || point.missed == null) return undefined;
  return {
    closed: point.closed.value,
    missed: point.missed.value,
    low: point.missed.low,
    high: point.missed.high,
  };
}

/** What closing saves, and what it misses: from judged alerts, each scored by a model that had not seen it. */
export function WorkloadPanel(): VNode {
  const workload = useResource<WireWorkload>('workload', 60_000);
  return (
    <Card
      id="workload"
      columns={4}
      title="What it saves, what it misses"
      basis={
        workload.data === undefined
          ? 'from judged alerts'
          : `${count(workload.data.judged)} judged, out of fold`
      }
    >
      <Loaded of={workload} what="workload" lines={6}>
        {(data) => {
          const cuts = data.curve.flatMap((point) => cutOf(point) ?? []);
          const today = cutOf(data.today);
          if (cuts.length === 0) {
            return (
              <Empty title="Not known yet.">
                {data.note} Judge incidents on top of the page; a retrain measures what closing would miss.
              </Empty>
            );
          }
          return (
            <>
              <Curve
                cuts={cuts}
                today={today}
                label={sentence(data.today) ?? 'Attacks missed against alerts closed'}
              />
              <p class="small dim">
                {sentence(data.today) ?? 'Nothing is closed today.'} <a href="#cost">Move the cut</a>
              </p>
              <p class="small faint">{data.note}</p>
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

function sentence(point: WireWorkload['today']): string | undefined {
  const cut = cutOf(point);
  if (point === null || cut === undefined) return undefined;
  return `Closing below ${point.close_below.toPrecision(2)} spares ${percent(cut.closed)} of alerts and misses ${percent(cut.missed)} of attacks (${percent(cut.low)} to ${percent(cut.high)}).`;
}
