import type { VNode } from 'preact';
import { Table } from '../parts/table.tsx';
import { count, percent } from '../words/numbers.ts';
import { scale } from './scale.ts';
import { useWidth } from './width.ts';

/** Judged alerts of like probability: what was said of them and what they were, 0-1. */
export interface Said {
  readonly alerts: number;
  readonly predicted: number;
  readonly observed: number;
  readonly low: number;
  readonly high: number;
}

const [LEFT, TOP, BOTTOM] = [44, 18, 190];
const LEVELS = [0, 0.25, 0.5, 0.75, 1] as const;

/** What was said against what was: on the dashed line the two are one. */
export function Reliability({ bins, label }: { bins: readonly Said[]; label: string }): VNode {
  const [ref, width] = useWidth<SVGSVGElement>(360);
  const right = width - 20;
  const x = scale([0, 1], [LEFT, right]);
  const y = scale([0, 1], [BOTTOM, TOP]);
  const most = Math.max(...bins.map(({ alerts }) => alerts));
  return (
    <>
      <svg ref={ref} viewBox={`0 0 ${width} 226`} role="img" aria-label={label}>
        <text x={0} y={9}>
          were attacks
        </text>
        {LEVELS.map((level) => (
          <g key={level}>
            <line class="axis" x1={LEFT} x2={right} y1={y(level)} y2={y(level)} />
            <text x={LEFT - 6} y={y(level) + 4} text-anchor="end">
              {percent(level)}
            </text>
            <text x={x(level)} y={BOTTOM + 16} text-anchor="middle">
              {percent(level)}
            </text>
          </g>
        ))}
        <line class="today" x1={LEFT} y1={BOTTOM} x2={right} y2={TOP} />
        <text class="lab" x={x(0.52)} y={y(0.6)} text-anchor="end">
          as said
        </text>
        {bins.map(({ alerts, predicted, observed, low, high }) => (
          <g key={predicted}>
            <line class="whisker" x1={x(predicted)} x2={x(predicted)} y1={y(low)} y2={y(high)} />
            <circle
              class="fill-ours"
              cx={x(predicted)}
              cy={y(observed)}
              r={2.5 + 2.5 * Math.sqrt(alerts / most)}
            />
          </g>
        ))}
        <text x={right} y={BOTTOM + 32} text-anchor="end">
          said to be an attack →
        </text>
      </svg>
      <Table
        hidden
        label={label}
        head={['Said', 'Were', 'from', 'to', 'Alerts']}
        rows={bins.map(({ alerts, predicted, observed, low, high }) => [
          ...[predicted, observed, low, high].map(percent),
          count(alerts),
        ])}
      />
    </>
  );
}
