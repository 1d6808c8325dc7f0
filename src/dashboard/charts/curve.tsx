import type { VNode } from 'preact';
import { Table } from '../parts/table.tsx';
import { percent } from '../words/numbers.ts';
import { line, scale, ticks } from './scale.ts';
import { useWidth } from './width.ts';

/** A cut: the share of alerts closed by it, and of attacks missed with its interval; all 0-1. */
export interface Cut {
  readonly closed: number;
  readonly missed: number;
  readonly low: number;
  readonly high: number;
}

/** A line that is moved along the curve, from cut to cut. */
export interface Drag {
  /** Place among `cuts` by the share closed, ascending. */
  readonly at: number;
  /** What it is called beside its line. */
  readonly name: string;
  /** What a reader hears of the place. */
  readonly words: string;
  readonly onMove: (at: number) => void;
}

interface CurveProps {
  readonly cuts: readonly Cut[];
  readonly today: Cut | undefined;
  readonly proposed?: Cut | undefined;
  readonly drag?: Drag | undefined;
  readonly label: string;
}

const [LEFT, TOP, BOTTOM] = [44, 20, 176];

export const byClosed = <T extends { readonly closed: number }>(cuts: readonly T[]): T[] =>
  [...cuts].sort((a, b) => a.closed - b.closed);

/** Attacks missed against alerts closed: a line with its interval as a band, the cut in force as a dashed line. */
export function Curve({ cuts, today, proposed, drag, label }: CurveProps): VNode {
  const [ref, width] = useWidth<SVGSVGElement>(360);
  const right = width - 20;
  const sorted = byClosed(cuts);
  const moved = drag === undefined ? undefined : sorted[drag.at];
  // what matters lies left of a tenth of the attacks; the band beyond it would flatten the rest
  const top = Math.min(1, Math.max(0.1, 2.5 * (today?.high ?? 0), 2.5 * (proposed?.high ?? 0)));
  const levels = ticks(top);
  const x = scale([0, 1], [LEFT, right]);
  const y = scale([0, levels.at(-1) as number], [BOTTOM, TOP]);
  const band = [
    ...sorted.map(({ closed, high }) => [x(closed), y(high)] as const),
    ...[...sorted].reverse().map(({ closed, low }) => [x(closed), y(low)] as const),
  ];
  const follow = (event: PointerEvent): void => {
    const box = ref.current?.getBoundingClientRect();
    if (box === undefined || drag === undefined) return;
    const closed = scale([LEFT, right], [0, 1])(event.clientX - box.left);
    drag.onMove(nearest(sorted, closed));
  };
  return (
    <>
      <svg
        ref={ref}
        viewBox={`0 0 ${width} ${BOTTOM + 38}`}
        role={drag === undefined ? 'img' : 'group'}
        aria-label={label}
      >
        <clipPath id={drag === undefined ? 'curve-clip' : 'drag-clip'}>
          <rect x={LEFT} y={TOP - 4} width={right - LEFT} height={BOTTOM - TOP + 6} />
        </clipPath>
        <text x={0} y={10}>
          attacks missed
        </text>
        {levels.map((level) => (
          <g key={level}>
            <line class="axis" x1={LEFT} x2={right} y1={y(level)} y2={y(level)} />
            <text x={LEFT - 6} y={y(level) + 4} text-anchor="end">
              {percent(level)}
            </text>
          </g>
        ))}
        <g clip-path={`url(#${drag === undefined ? 'curve-clip' : 'drag-clip'})`}>
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
        <text x={right} y={BOTTOM + 32} text-anchor="end">
          alerts closed →
        </text>
        {drag === undefined || moved === undefined ? null : (
          <Handle
            drag={drag}
            at={x(moved.closed)}
            dot={Math.max(TOP, y(moved.missed))}
            last={sorted.length - 1}
            onPointer={follow}
          />
        )}
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

function nearest(sorted: readonly Cut[], closed: number): number {
  let best = 0;
  sorted.forEach((cut, i) => {
    if (Math.abs(cut.closed - closed) < Math.abs((sorted[best] as Cut).closed - closed)) best = i;
  });
  return best;
}

interface HandleProps {
  readonly drag: Drag;
  readonly at: number;
  readonly dot: number;
  readonly last: number;
  readonly onPointer: (event: PointerEvent) => void;
}

/** Taken by the pointer anywhere on its line, moved by the arrows when it has the focus. */
function Handle({ drag, at, dot, last, onPointer }: HandleProps): VNode {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: drag.at - 1,
    ArrowDown: drag.at - 1,
    ArrowRight: drag.at + 1,
    ArrowUp: drag.at + 1,
    PageDown: drag.at - 5,
    PageUp: drag.at + 5,
    Home: 0,
    End: last,
  };
  return (
    <g
      class="handle"
      role="slider"
      // an attribute of SVG keeps its case: tabIndex would be none
      tabindex={0}
      aria-label="Where the cut lies"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={drag.at}
      aria-valuetext={drag.words}
      onKeyDown={(event) => {
        const to = steps[event.key];
        if (to === undefined) return;
        event.preventDefault();
        drag.onMove(Math.max(0, Math.min(last, to)));
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        onPointer(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) onPointer(event);
      }}
    >
      <rect class="grip" x={at - 14} y={TOP - 6} width={28} height={BOTTOM - TOP + 12} />
      <line class="moved-line" x1={at} x2={at} y1={TOP} y2={BOTTOM} />
      <circle class="fill-ours" cx={at} cy={dot} r={7} />
      <text
        class="strong"
        x={at + (at < LEFT + 90 ? 11 : -11)}
        y={BOTTOM - 8}
        text-anchor={at < LEFT + 90 ? 'start' : 'end'}
      >
        {drag.name}
      </text>
    </g>
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
