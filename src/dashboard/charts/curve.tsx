import type { VNode } from 'preact';
import { Table } from '../parts/table.tsx';
import { percent } from '../words/numbers.ts';
import { line, scale, ticks } from './scale.ts';

/** A cut: the share of alerts closed by it, and of attacks missed with its interval; all 0-1. */
export interface Cut {
  readonly closed: number;
  readonly missed: number;
  readonly low: number;
  readonly high: number;
}

interface CurveProps {
  readonly cuts: readonly Cut[];
  readonly today: Cut | undefined;
  readonly proposed?: Cut | undefined;
  readonly label: string;
}

const [LEFT, RIGHT, TOP, BOTTOM] = [40, 340, 16, 160];

/** Attacks missed against alerts closed: a line with its interval as a band, the cut in force as a dashed line. */
export function Curve({ cuts, today, proposed, label }: CurveProps): VNode {
  const sorted = [...cuts].sort((a, b) => a.closed - b.closed);
  // what matters lies left of a tenth of the attacks; the band beyond it would flatten the rest
  const top = Math.min(1, Math.max(0.02, 2.5 * (today?.high ?? 0), 2.5 * (proposed?.high ?? 0), 0.1));
  const levels = ticks(top);
  const x = scale([0, 1], [LEFT, RIGHT]);
  const y = scale([0, levels.at(-1) as number], [BOTTOM, TOP]);
  const band = [
    ...sorted.map(({ closed, high }) => [x(closed), y(high)] as const),
    ...[...sorted].reverse().map(({ closed, low }) => [x(closed), y(low)] as const),
  ];
  return (
    <>
      <svg viewBox="0 0 360 196" role="img" aria-label={label}>
        <clipPath id="curve-clip">
          <rect x={LEFT} y={TOP - 4} width={RIGHT - LEFT} height={BOTTOM - TOP + 6} />
        </clipPath>
        <text x={0} y={8}>
          attacks missed
        </text>
        {levels.map((level) => (
          <g key={level}>
            <line class="axis" x1={LEFT} x2={RIGHT} y1={y(level)} y2={y(level)} />
            <text x={LEFT - 6} y={y(level) + 4} text-anchor="end">
              {percent(level)}
            </text>
          </g>
        ))}
        <g clip-path="url(#curve-clip)">
          <path class="band" d={`${line(band)}Z`} />
          <path class="curve" d={line(sorted.map(({ closed, missed }) => [x(closed), y(missed)]))} />
        </g>
        {today === undefined ? null : <Mark of={today} name="today" x={x} y={y} row={0} />}
        {proposed === undefined ? null : <Mark of={proposed} name="with these" x={x} y={y} row={1} />}
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <text key={share} x={x(share)} y={BOTTOM + 16} text-anchor="middle">
            {percent(share)}
          </text>
        ))}
        <text x={RIGHT} y={BOTTOM + 32} text-anchor="end">
          alerts closed →
        </text>
      </svg>
      <Table
        hidden
        label={label}
        head={['Alerts closed', 'Attacks missed', 'from', 'to']}
        rows={sorted.map(({ closed, missed, low, high }) => [closed, missed, low, high].map(percent))}
      />
    </>
  );
}

function Mark(props: {
  of: Cut;
  name: string;
  x: (share: number) => number;
  y: (share: number) => number;
  row: number;
}): VNode {
  const { of, name, x, y, row } = props;
  const isRight = of.closed < 0.3;
  return (
    <>
      <line class="today" x1={x(of.closed)} x2={x(of.closed)} y1={TOP} y2={BOTTOM} />
      <circle class="fill-ours" cx={x(of.closed)} cy={Math.max(TOP, y(of.missed))} r={5} />
      <text
        class="strong"
        x={x(of.closed) + (isRight ? 8 : -8)}
        y={TOP + 10 + row * 14}
        text-anchor={isRight ? 'start' : 'end'}
      >
        {name}
      </text>
    </>
  );
}
