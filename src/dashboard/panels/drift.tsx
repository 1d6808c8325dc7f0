import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { z } from 'zod';
import type { driftSchema } from '../../api/health/drift.ts';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import { Chip } from '../parts/marks.tsx';
import { Table } from '../parts/table.tsx';
import { useResource } from '../state/resource.ts';
import { count, counted } from '../words/numbers.ts';

type Drift = z.infer<typeof driftSchema>;
type Measure = Drift['measures'][number];

/** Population stability index above which a column counts as shifted. */
const THRESHOLD = 0.25;
const SHOWN = 12;

/** Whether alerts still look like those that were learned from: what moved first, then what is quiet. */
export function DriftPanel(): VNode {
  const drift = useResource<Drift>('drift', 60_000);
  const [isWhole, setWhole] = useState(false);
  const measures = drift.data?.measures ?? [];
  const nShifted = measures.filter(({ shifted }) => shifted).length;
  return (
    <Card
      id="drift"
      columns={6}
      title="Has the traffic changed?"
      basis={
        drift.data === undefined
          ? 'the last day against the traffic learned from'
          : `${counted(drift.data.window_alerts, 'alert')} of the last day against ${count(drift.data.baseline_alerts)} before`
      }
      aside={
        measures.length === 0
          ? undefined
          : `${count(measures.length - nShifted)} columns quiet, ${count(nShifted)} worth a look`
      }
    >
      <Loaded of={drift} what="drift report" lines={5}>
        {({ status, detail, measures: all }) => {
          if (status === 'warming_up' || all.length === 0)
            return <Empty title="Not known yet.">{detail}</Empty>;
          const sorted = [...all].sort((a, b) => Number(b.shifted) - Number(a.shifted) || b.psi - a.psi);
          const shown = isWhole ? sorted : sorted.slice(0, SHOWN);
          return (
            <>
              <p class="small dim">{detail}</p>
              <Table
                label="Columns by how far they moved"
                head={['Column', 'What', 'Moved', { text: 'PSI', right: true }, '']}
                rows={shown.map((one) => [
                  one.name.replaceAll('_', ' '),
                  one.kind === 'output' ? 'what we answer' : 'what comes in',
                  <Moved key="m" of={one} />,
                  one.psi.toFixed(2),
                  one.shifted ? <Chip tone="sus">◆ look</Chip> : <Chip>quiet</Chip>,
                ])}
              />
              {shown.length < sorted.length ? (
                <button type="button" class="link small" onClick={() => setWhole(true)}>
                  show {sorted.length - shown.length} more
                </button>
              ) : null}
              <p class="small faint">
                Population stability index; above {THRESHOLD} (the line in each bar) a column counts as
                shifted.
              </p>
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

/** The index on a scale of twice the threshold, the threshold as a line. */
function Moved({ of: { psi, shifted } }: { of: Measure }): VNode {
  return (
    <span class="bar moved" aria-hidden="true">
      <i
        class={shifted ? 'fill-sus' : 'fill-fp'}
        style={{ width: `${Math.min(100, (100 * psi) / (2 * THRESHOLD))}%` }}
      />
      <b style={{ left: '50%' }} />
    </span>
  );
}
