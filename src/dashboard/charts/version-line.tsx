import type { VNode } from 'preact';
import { clockOf, at as whenOf } from '../words/times.ts';
import { scale } from './scale.ts';
import { useWidth } from './width.ts';

export interface Made {
  /** Names it among all; handed back when it is chosen. */
  readonly name: string;
  readonly lane: string;
  readonly version: string;
  readonly atMs: number;
  readonly isPromoted: boolean;
  readonly isServing: boolean;
}

interface VersionLineProps {
  readonly made: readonly Made[];
  readonly nowMs: number;
  readonly chosen: readonly string[];
  readonly onChoose: (name: string) => void;
  readonly label: string;
}

const [LEFT, LANE] = [90, 46];
/** Names of versions nearer than this would run into each other. */
const NAME_WIDTH = 44;

/** One lane a model: what was promoted, filled and on the line of what serves; what was refused, hollow and below it. */
export function VersionLine({ made, nowMs, chosen, onChoose, label }: VersionLineProps): VNode {
  const [ref, width] = useWidth<SVGSVGElement>(1100);
  const right = width - 36;
  const firstMs = Math.min(...made.map(({ atMs }) => atMs));
  const x = scale([firstMs, Math.max(nowMs, firstMs + 1)], [LEFT, right]);
  const lanes = [...new Set(made.map(({ lane }) => lane))];
  const bottom = lanes.length * LANE + 6;
  return (
    <svg ref={ref} viewBox={`0 0 ${width} ${bottom + 18}`} role="img" aria-label={label} class="versions">
      {lanes.map((lane, i) => {
        const y = 24 + i * LANE;
        const own = made.filter((one) => one.lane === lane).sort((a, b) => a.atMs - b.atMs);
        const serving = own.find(({ isServing }) => isServing);
        let named = Number.NEGATIVE_INFINITY;
        return (
          <g key={lane}>
            <text class="strong" x={0} y={y + 4}>
              {lane}
            </text>
            <line class="axis" x1={LEFT} x2={right} y1={y} y2={y} />
            {serving === undefined ? null : (
              <line class="serves" x1={x(serving.atMs)} x2={right} y1={y} y2={y} />
            )}
            {own.map((one) => {
              const left = x(one.atMs);
              const isNamed = left - named > NAME_WIDTH || one.isServing;
              if (isNamed) named = left;
              return (
                // biome-ignore lint/a11y/noStaticElementInteractions: the boxes in the table below choose by keyboard
                <g key={one.name} class="made" onClick={() => onChoose(one.name)}>
                  <circle
                    class={`${one.isPromoted ? 'fill-ben' : 'hollow'}${chosen.includes(one.name) ? ' chosen' : ''}`}
                    cx={left}
                    cy={y}
                    r={one.isServing ? 7 : 5}
                  >
                    <title>{`${one.name}, ${one.isPromoted ? 'promoted' : 'refused'} ${whenOf(new Date(one.atMs).toISOString())}`}</title>
                  </circle>
                  {isNamed ? (
                    <text class={one.isServing ? 'strong' : 'lab'} x={left} y={y - 11} text-anchor="middle">
                      {one.version}
                    </text>
                  ) : null}
                </g>
              );
            })}
            {serving === undefined ? null : (
              <text x={right} y={y - 8} text-anchor="end">
                serves
              </text>
            )}
          </g>
        );
      })}
      <text x={LEFT} y={bottom + 12}>
        {whenOf(new Date(firstMs).toISOString())}
      </text>
      <text x={right} y={bottom + 12} text-anchor="end">
        now, {clockOf(nowMs)}
      </text>
    </svg>
  );
}
