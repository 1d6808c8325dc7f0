import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { z } from 'zod';
import type { driftSchema } from '../../api/health/drift.ts';
import { TwoDistributions } from '../charts/two-distributions.tsx';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import { Chip } from '../parts/marks.tsx';
import { Table } from '../parts/table.tsx';
import { useResource } from '../state/resource.ts';
import { count, counted } from '../words/numbers.ts';

type Drift = z.infer<typeof driftSchema>;
type Measure = Drift['measures'][number];

/** Population stability index above which a column counts as shifted. */
const THRESHOLD = 0.25;
/** Drawn; the rest is a table. */
const DRAWN = 8;

/** Whether alerts still look like those that were learned from: what moved first, then what is quiet. */
export function DriftPanel(): VNode {
  const drift = useResource<Drift>('drift', 60_000);
  const [isWhole, setWhole] = useState(false);
  const measures = drift.data?.measures ?? [];
  const nShifted = measures.filter(({ shifted }) => shifted).length;
  return (
    <Card
      id="drift"
      columns={7}
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
          const sorted = [...all].sort(
            (a, b) =>
              Number(b.shifted) - Number(a.shifted) ||
              Number(b.kind === 'output') - Number(a.kind === 'output') ||
              b.psi - a.psi,
          );
          return (
            <>
              <p class="small dim">{sentenceOf(detail, sorted)}</p>
              <div class="pictures">
                {sorted.slice(0, DRAWN).map((one) => (
                  <Picture key={one.name} of={one} />
                ))}
              </div>
              {isWhole ? (
                <Table
                  label="Columns by how far they moved"
                  head={['Column', 'What', 'Moved', { text: 'PSI', right: true }, '']}
                  rows={sorted.map((one) => [
                    nameOf(one),
                    one.kind === 'output' ? 'what we answer' : 'what comes in',
                    <Moved key="m" of={one} />,
                    one.psi.toFixed(2),
                    one.shifted ? <Chip tone="sus">◆ look</Chip> : <Chip>quiet</Chip>,
                  ])}
                />
              ) : sorted.length > DRAWN ? (
                <button type="button" class="link small" onClick={() => setWhole(true)}>
                  show all {sorted.length} as a table
                </button>
              ) : null}
              <p class="small faint">
                Grey as it was, the line as it is. Population stability index; above {THRESHOLD} a column
                counts as shifted.
              </p>
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

const nameOf = ({ name }: Measure): string => name.replaceAll('_', ' ');

/** Says what moved before it says how that is counted. */
function sentenceOf(detail: string, sorted: readonly Measure[]): string {
  const answers = sorted.filter(({ shifted, kind }) => shifted && kind === 'output').map(nameOf);
  if (answers.length === 0) return `What we answer is as it was. ${detail}.`;
  return `What we answer has moved: ${answers.join(', ')}. ${detail}.`;
}

/** What a column held before and holds now; a grey ground and a line over it. */
function Picture({ of }: { of: Measure }): VNode {
  const index = `PSI ${of.psi.toFixed(2)}`;
  return (
    <div class="picture">
      <p class="picture-title">
        <b title={of.name}>{nameOf(of)}</b>
      </p>
      <TwoDistributions
        shares={of.distribution}
        label={`${nameOf(of)}: ${index}, ${of.shifted ? 'has moved' : 'as before'}`}
      />
      <p class="small faint picture-words">
        {of.shifted ? <Chip tone="sus">◆ look</Chip> : <Chip>quiet</Chip>}{' '}
        <span>
          {index}, {of.kind === 'output' ? 'we answer' : 'comes in'}
        </span>
      </p>
    </div>
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
