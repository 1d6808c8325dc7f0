import type { VNode } from 'preact';
import { Table } from '../parts/table.tsx';
import { fitted, useWidth } from './width.ts';

export interface Bar {
  readonly name: string;
  /** 0-1 of the longest. */
  readonly first: number;
  readonly second: number | undefined;
  readonly title?: string;
}

const ROW = 24;

/** Two bars a row, the dark one and the pale one, on one scale. */
export function Bars({ bars, label, note }: { bars: readonly Bar[]; label: string; note: string }): VNode {
  const [ref, width] = useWidth<SVGSVGElement>(330);
  const left = Math.min(190, 0.46 * width);
  const room = width - left - 14;
  return (
    <>
      <svg ref={ref} viewBox={`0 0 ${width} ${bars.length * ROW + 18}`} role="img" aria-label={label}>
        {bars.map(({ name, first, second, title }, i) => (
          <g key={name}>
            <text class="lab" x={left} y={i * ROW + 14} text-anchor="end">
              {fitted(name, left)}
              <title>{title ?? name}</title>
            </text>
            <rect
              class="fill-ours"
              x={left + 8}
              y={i * ROW + 3}
              width={Math.max(1, first * room)}
              height={6}
              rx={1.5}
            />
            {second === undefined ? null : (
              <rect
                class="fill-ours pale"
                x={left + 8}
                y={i * ROW + 11}
                width={Math.max(1, second * room)}
                height={6}
                rx={1.5}
              />
            )}
          </g>
        ))}
        <text x={width - 6} y={bars.length * ROW + 13} text-anchor="end">
          {note}
        </text>
      </svg>
      <Table
        hidden
        label={label}
        head={['Column', 'In the trees', 'When shuffled']}
        rows={bars.map(({ name, first, second }) => [
          name,
          first.toFixed(2),
          second?.toFixed(2) ?? 'not measured',
        ])}
      />
    </>
  );
}

/** An interval as a pale band with a firm tick where the estimate lies; all on the scale 0-1. */
export function IntervalBar(props: { low: number; high: number; value: number; label: string }): VNode {
  const { low, high, value, label } = props;
  return (
    <svg viewBox="0 0 100 14" preserveAspectRatio="none" class="interval" role="img" aria-label={label}>
      <rect class="ground" x={0} y={3} width={100} height={8} rx={2} />
      <rect class="fill-ours pale" x={low * 100} y={3} width={Math.max(0.5, (high - low) * 100)} height={8} />
      <rect class="fill-ours" x={Math.min(98.5, value * 100)} y={0} width={1.5} height={14} />
    </svg>
  );
}
