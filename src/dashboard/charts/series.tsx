import type { VNode } from 'preact';
import { Table } from '../parts/table.tsx';
import { short } from '../words/numbers.ts';
import { clockOf } from '../words/times.ts';
import { line, scale, ticks } from './scale.ts';
import { useWidth } from './width.ts';

interface Point {
  readonly atMs: number;
  readonly middle: number;
  readonly high: number;
}

interface SeriesProps {
  readonly points: readonly Point[];
  readonly unit: string;
  readonly label: string;
}

const [LEFT, TOP, BOTTOM] = [60, 10, 110];

/** Median as a line, the 99th percentile as a pale one above it. */
export function Series({ points, unit, label }: SeriesProps): VNode | null {
  const [ref, width] = useWidth<SVGSVGElement>(520);
  const right = width - 12;
  if (points.length < 2) return null;
  const levels = ticks(Math.max(...points.map(({ high }) => high)), 3);
  const [first, last] = [points[0] as Point, points.at(-1) as Point];
  const x = scale([first.atMs, last.atMs], [LEFT, right]);
  const y = scale([0, levels.at(-1) as number], [BOTTOM, TOP]);
  return (
    <>
      <svg ref={ref} viewBox={`0 0 ${width} 130`} role="img" aria-label={label}>
        {levels.map((level) => (
          <g key={level}>
            <line class="axis" x1={LEFT} x2={right} y1={y(level)} y2={y(level)} />
            <text x={LEFT - 6} y={y(level) + 4} text-anchor="end">
              {short(level)} {unit}
            </text>
          </g>
        ))}
        <path class="curve pale" d={line(points.map(({ atMs, high }) => [x(atMs), y(high)]))} />
        <path class="curve" d={line(points.map(({ atMs, middle }) => [x(atMs), y(middle)]))} />
        <text x={LEFT} y={BOTTOM + 16}>
          {clockOf(first.atMs)}
        </text>
        <text x={right} y={BOTTOM + 16} text-anchor="end">
          {clockOf(last.atMs)}
        </text>
        <text x={(LEFT + right) / 2} y={BOTTOM + 16} text-anchor="middle">
          median firm, 99 % pale
        </text>
      </svg>
      <Table
        hidden
        label={label}
        head={['Time', `Median, ${unit}`, `99 %, ${unit}`]}
        rows={points.map(({ atMs, middle, high }) => [
          new Date(atMs).toISOString(),
          short(middle),
          short(high),
        ])}
      />
    </>
  );
}
