import type { VNode } from 'preact';
import { Table } from '../parts/table.tsx';
import { signed } from '../words/numbers.ts';
import { scale } from './scale.ts';

export interface Step {
  readonly name: string;
  /** Points added or taken; of a sum, where it stands. */
  readonly points: number;
  readonly kind: 'start' | 'change' | 'sum';
}

const ROW = 22;
const LABELS = 150;
const WIDTH = 400;

/** Grey where it starts, red raises, green lowers, the accent for sums. The sums add up to the digit shown. */
export function Waterfall({ steps, label }: { steps: readonly Step[]; label: string }): VNode {
  let at = 0;
  const bars = steps.map((step) => {
    const from = step.kind === 'change' ? at : 0;
    at = step.kind === 'change' ? at + step.points : step.points;
    return { ...step, low: Math.min(from, at), high: Math.max(from, at) };
  });
  const low = Math.min(0, ...bars.map((bar) => bar.low));
  const high = Math.max(1, ...bars.map((bar) => bar.high));
  const x = scale([low, high], [LABELS + 8, WIDTH - 44]);
  const tone = ({ kind, points }: Step): string =>
    kind === 'start' ? 'fp' : kind === 'sum' ? 'ours' : points < 0 ? 'ben' : 'tp';
  return (
    <>
      <svg viewBox={`0 0 ${WIDTH} ${bars.length * ROW + 4}`} role="img" aria-label={label}>
        {bars.map((bar, i) => (
          <g key={i}>
            <text class={bar.kind === 'sum' ? 'strong' : 'lab'} x={LABELS} y={i * ROW + 15} text-anchor="end">
              {clip(bar.name)}
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

const clip = (text: string): string => (text.length > 26 ? `${text.slice(0, 25)}…` : text);
