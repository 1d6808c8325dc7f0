import type { VNode } from 'preact';
import { Table } from '../parts/table.tsx';
import { DISPOSITIONS, isDisposition } from '../words/dispositions.ts';
import { at, clockOf } from '../words/times.ts';
import { scale } from './scale.ts';
import { fitted, textWidth, useWidth } from './width.ts';

export interface LaneAlert {
  readonly key: string;
  readonly lane: string;
  readonly atMs: number;
  /** 0-100; size of the dot. */
  readonly score: number;
  readonly disposition: string;
  readonly title: string;
}

interface LanesProps {
  readonly lanes: readonly string[];
  readonly alerts: readonly LaneAlert[];
  readonly tactics: readonly { readonly name: string; readonly atMs: number }[];
  readonly label: string;
  readonly chosen: string | undefined;
  readonly onChoose: (key: string) => void;
}

const LANE = 34;

/** One lane an entity, a dot an alert; dashed where one entity led to the next; tactics above where they begin. */
export function Lanes({ lanes, alerts, tactics, label, chosen, onChoose }: LanesProps): VNode {
  const [ref, width] = useWidth<SVGSVGElement>(520);
  const left = Math.min(130, 16 + Math.max(...lanes.map(textWidth)));
  const right = width - 14;
  const times = [...alerts.map(({ atMs }) => atMs), ...tactics.map(({ atMs }) => atMs)];
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const x = scale([first, last], [left, right]);
  const rows = tacticRows(tactics, x, width);
  const top = 14 + rows.length * 14;
  const y = (lane: number): number => top + 8 + lane * LANE;
  const bottom = y(lanes.length - 1) + 26;
  const begins = lanes.map((lane) =>
    Math.min(...alerts.filter((one) => one.lane === lane).map((a) => a.atMs)),
  );
  return (
    <>
      <svg ref={ref} viewBox={`0 0 ${width} ${bottom + 6}`} role="img" aria-label={label} class="lanes">
        {rows.flatMap((row, r) =>
          row.map(({ name, at: begin }) => (
            <text key={name} class="lab" x={begin} y={12 + r * 14}>
              {name}
            </text>
          )),
        )}
        {lanes.map((lane, i) => (
          <g key={lane}>
            <line class="axis" x1={left} x2={right} y1={y(i)} y2={y(i)} />
            <text class="lab" x={left - 10} y={y(i) + 4} text-anchor="end">
              {fitted(lane, left - 12)}
              <title>{lane}</title>
            </text>
            {i === 0 || !Number.isFinite(begins[i]) ? null : (
              <path
                class="join"
                d={`M${x(begins[i] as number) - 8} ${y(i - 1)}C${x(begins[i] as number)} ${y(i - 1)} ${x(begins[i] as number) - 4} ${y(i)} ${x(begins[i] as number)} ${y(i)}`}
              />
            )}
          </g>
        ))}
        {alerts.map((one, i) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the table below the chart chooses by keyboard
          <circle
            key={i}
            cx={x(one.atMs)}
            cy={y(Math.max(0, lanes.indexOf(one.lane)))}
            r={2.5 + one.score / 25}
            class={`dot-${isDisposition(one.disposition) ? DISPOSITIONS[one.disposition].tone : 'fp'}${one.key === chosen ? ' chosen' : ''}`}
            onClick={() => onChoose(one.key)}
          >
            <title>{`${at(new Date(one.atMs).toISOString())} ${one.title}`}</title>
          </circle>
        ))}
        {(last > first ? [0, 1 / 3, 2 / 3, 1] : [0.5]).map((share) => (
          <text
            key={share}
            x={left + share * (right - left)}
            y={bottom}
            text-anchor={share === 1 ? 'end' : share === 0 ? 'start' : 'middle'}
          >
            {clockOf(first + share * (last - first))}
          </text>
        ))}
      </svg>
      <Table
        hidden
        label={label}
        head={['Time', 'Entity', 'Alert', 'Verdict', 'Score']}
        rows={alerts.map((one) => [
          new Date(one.atMs).toISOString(),
          one.lane,
          one.title,
          one.disposition,
          one.score.toFixed(1),
        ])}
      />
    </>
  );
}

/** Names of tactics where they begin, in as many rows as it takes that none runs into another. */
function tacticRows(
  tactics: LanesProps['tactics'],
  x: (atMs: number) => number,
  chartWidth: number,
): { readonly name: string; readonly at: number }[][] {
  const rows: { name: string; at: number; end: number }[][] = [];
  for (const { name, atMs } of [...tactics].sort((a, b) => a.atMs - b.atMs)) {
    const width = textWidth(name);
    const left = Math.max(0, Math.min(x(atMs), chartWidth - width));
    const row = rows.find((one) => (one.at(-1)?.end ?? 0) + 8 <= left);
    const placed = { name, at: left, end: left + width };
    if (row === undefined) rows.push([placed]);
    else row.push(placed);
  }
  return rows;
}
