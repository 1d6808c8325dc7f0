import type { VNode } from 'preact';
import { Table } from '../parts/table.tsx';
import { signed } from '../words/numbers.ts';
import { scale } from './scale.ts';
import { fitted, useWidth } from './width.ts';

export interface Step {
  readonly name: string;
  /** Points added or taken; of a sum, where it stands. */
  readonly points: number;
  readonly kind: 'start' | 'change' | 'sum';
}

const ROW = 22;
/** Share of the width that names take. */
const LABELS = 0.42;

/** Grey where it starts, red raises, green lowers, the accent for sums. The sums add up to the digit shown. */
export function Waterfall({ steps, label }: { steps: readonly Step[]; label: string }): VNode {
  const [ref, width] = useWidth<SVGSVGElement>(400);
  const left = Math.min(220, LABELS * width);
  let at = 0;
  const bars = steps.map((step) => {
    const from = step.kind === 'change' ? at : 0;
    at = step.kind === 'change' ? at + step.points : step.points;
    return { ...step, low: Math.min(from, at), high: Math.max(from, at) };
  });
  const low = Math.min(0, ...bars.map((bar) => bar.low));
  const high = Math.max(1, ...bars.map((bar) => bar.high));
  const x = scale([low, high], [left + 8, width - 48]);
  const tone = ({ kind, points }: Step): string =>
    kind === 'start' ? 'fp' : kind === 'sum' ? 'ours' : points < 0 ? 'ben' : 'tp';
  return (
    <>
      <svg ref={ref} viewBox={`0 0 ${width} ${bars.length * ROW + 4}`} role="img" aria-label={label}>
        {bars.map((bar, i) => (
          <g key={i}>
            <text class={bar.kind === 'sum' ? 'strong' : 'lab'} x={left} y={i * ROW + 15} text-anchor="end">
              {fitted(bar.name, left)}
              <title>{bar.name}</title>
            </text>
            <rect
              class={`fill-${tone(bar)}`}
              x={x(bar.low)}
              y={i * ROW + 4}
              width={Math.max(1, x(bar.high) - x(bar.low))}
              height={14}
              rx={2}
            />
            <text class={bar.kind === 'sum' ? 'strong' : 'lab'} x={x(bar.high) + 6} y={i * ROW + 15}>
              {bar.kind === 'change' ? signed(bar.points) : bar.points.toFixed(1)}
            </text>
          </g>
        ))}
      </svg>
      <Table
        hidden
        label={label}
        head={['Part', { text: 'Points', right: true }]}
        rows={steps.map(({ name, points, kind }) => [
          name,
          kind === 'change' ? signed(points) : points.toFixed(1),
        ])}
      />
    </>
  );
}
