import type { VNode } from 'preact';
import { Table } from '../parts/table.tsx';
import { percent } from '../words/numbers.ts';
import { scale } from './scale.ts';
import { fitted, useWidth } from './width.ts';

export interface Share {
  readonly label: string;
  /** 0-1 of the alerts on each side. */
  readonly before: number;
  readonly now: number;
}

const [TOP, BOTTOM] = [4, 60];

/** What an alert column held before, as a grey ground, and what it holds now, as a line over it; a step a bin. */
export function TwoDistributions({ shares, label }: { shares: readonly Share[]; label: string }): VNode {
  const [ref, width] = useWidth<SVGSVGElement>(200);
  const x = scale([0, shares.length], [0, width]);
  const y = scale([0, Math.max(...shares.flatMap(({ before, now }) => [before, now]))], [BOTTOM, TOP]);
  const steps = (of: (share: Share) => number): string =>
    shares
      .map(
        (share, i) =>
          `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(of(share)).toFixed(1)}H${x(i + 1).toFixed(1)}`,
      )
      .join('');
  return (
    <>
      <svg ref={ref} viewBox={`0 0 ${width} ${BOTTOM + 16}`} role="img" aria-label={label}>
        <path class="ground-area" d={`${steps(({ before }) => before)}V${BOTTOM}H0Z`} />
        <path class="curve" d={steps(({ now }) => now)} />
        <line class="axis" x1={0} x2={width} y1={BOTTOM} y2={BOTTOM} />
        <text x={0} y={BOTTOM + 13}>
          {named(shares[0], width / 2)}
        </text>
        {shares.length < 2 ? null : (
          <text x={width} y={BOTTOM + 13} text-anchor="end">
            {named(shares.at(-1), width / 2)}
          </text>
        )}
      </svg>
      <Table
        hidden
        label={label}
        head={['Value', 'Before', 'Now']}
        rows={shares.map(({ label: value, before, now }) => [value, percent(before), percent(now)])}
      />
    </>
  );
}

const named = (share: Share | undefined, width: number): string =>
  fitted(share?.label.replaceAll('_', ' ') ?? '', width - 6);
