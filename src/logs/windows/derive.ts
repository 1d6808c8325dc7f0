import { DAY_WINDOW, EntityHistory, type HistoryEvent, WINDOWS } from './entity-history.ts';
import { type FeaturePlan, featureNames, ROW_NAMES } from './feature-plan.ts';
import { byEnd, byStart, type LogEvents } from './log-events.ts';
import type { LogTable } from './log-table.ts';
import { type DerivedFeatures, type DetectorColumns, newDetectors, putHistory } from './put-history.ts';

const HOUR_MS = 3_600_000;
const WELL_KNOWN = 1_024;
const REGISTERED = 49_152;

/**
 * Columns of every row. Each row sees only events that had ended before it began, never itself: later rows and the order
 * of lines change nothing, and names or addresses only count as the same or not.
 *
 * @param onProgress told after some thousand rows
 */
export function deriveFeatures(
  table: LogTable,
  events: LogEvents,
  plan: FeaturePlan,
  onProgress: (rows: number) => void = () => {},
): DerivedFeatures {
  const names = featureNames(plan);
  const { n } = events;
  const X = new Float32Array(n * names.length).fill(Number.NaN);
  const width = names.length;
  let at = 0;
  for (const column of plan.numbers) putColumn(X, width, at++, table.numbers(column));
  for (const { column, vocabulary } of plan.words)
    putColumn(X, width, at++, wordCodes(table, column, vocabulary));
  for (let i = 0; i < n; i++) putRowColumns(X, i * width + at, events, i);
  at += ROW_NAMES.length;
  if (plan.hasDays) {
    putColumn(
      X,
      width,
      at++,
      events.start.map((ms) => Math.floor(ms / HOUR_MS) % 24),
    );
  }
  const detectors = newDetectors(n);
  if (plan.hasWindows) putWindows(X, width, at, events, plan, detectors, onProgress);
  return { names, X, detectors };
}

/**
 * Columns of the one row of a table by a history that goes on from row to row, and the event that it is. The caller
 * enters into the history what had ended before the row began.
 */
export function deriveOne(
  table: LogTable,
  events: LogEvents,
  plan: FeaturePlan,
  history: EntityHistory,
): { readonly derived: DerivedFeatures; readonly event: HistoryEvent } {
  const derived = deriveFeatures(table, events, { ...plan, hasWindows: false });
  const places = placeNumbers(events);
  const event = eventAt(events, 0, places);
  if (!plan.hasWindows) return { derived, event };
  const names = featureNames(plan);
  const X = new Float32Array(names.length).fill(Number.NaN);
  X.set(derived.X);
  if (!Number.isNaN(events.start[0]))
    putHistory(X, derived.X.length, events, 0, places[0] as number, history, plan, derived.detectors);
  return { derived: { names, X, detectors: derived.detectors }, event };
}

function putColumn(X: Float32Array, width: number, at: number, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) X[i * width + at] = values[i] as number;
}

/** Places in a vocabulary; a word that fitting did not see is missing. */
function wordCodes(table: LogTable, column: string, vocabulary: readonly string[]): Float64Array {
  const known = new Map(vocabulary.map((word, at) => [word, at]));
  const places = table.words(column).map((word) => known.get(word) ?? Number.NaN);
  return Float64Array.from(table.codes(column), (code) =>
    code < 0 ? Number.NaN : (places[code] ?? Number.NaN),
  );
}

function putRowColumns(X: Float32Array, at: number, events: LogEvents, i: number): void {
  const out = events.bytesOut[i] as number;
  const back = events.bytesIn[i] as number;
  const logOut = Math.log1p(out);
  const logIn = Math.log1p(back);
  const packetsOut = events.packetsOut[i] as number;
  const seconds = ((events.end[i] as number) - (events.start[i] as number)) / 1000;
  const total = (out || 0) + (back || 0);
  X[at] = logOut;
  X[at + 1] = logIn;
  X[at + 2] = logOut - logIn;
  X[at + 3] = packetsOut > 0 ? out / packetsOut : Number.NaN;
  X[at + 4] = Number.isNaN(out) && Number.isNaN(back) ? Number.NaN : Math.log1p(total / (seconds + 0.001));
  const back0 = events.packetsIn[i] as number;
  X[at + 5] = Number.isNaN(back0) ? Number.NaN : back0 === 0 ? 1 : 0;
  X[at + 6] = events.failed[i] as number;
  const port = events.port[i] as number;
  X[at + 7] = Number.isNaN(port) ? Number.NaN : port < WELL_KNOWN ? 0 : port < REGISTERED ? 1 : 2;
}

function putWindows(
  X: Float32Array,
  width: number,
  from: number,
  events: LogEvents,
  plan: FeaturePlan,
  detectors: DetectorColumns,
  onProgress: (rows: number) => void,
): void {
  const lengths = Object.values(plan.hasDays ? { ...WINDOWS, ...DAY_WINDOW } : WINDOWS);
  const history = new EntityHistory(lengths);
  const starts = byStart(events);
  const ends = byEnd(events);
  const placeOf = placeNumbers(events);
  let nEnded = 0;
  for (let k = 0; k < starts.length; k++) {
    const i = starts[k] as number;
    const now = events.start[i] as number;
    if (k % 20_000 === 0) onProgress(k);
    if (Number.isNaN(now)) continue;
    for (; nEnded < ends.length; nEnded++) {
      const ended = ends[nEnded] as number;
      if (Number.isNaN(events.end[ended])) continue;
      if (!((events.end[ended] as number) < now)) break;
      history.enter(eventAt(events, ended, placeOf), Math.log1p(events.bytesOut[ended] as number));
    }
    putHistory(X, i * width + from, events, i, placeOf[i] as number, history, plan, detectors);
  }
}

/** (n,) one number a target and port. */
function placeNumbers({ n, target, port }: LogEvents): Float64Array {
  // a port has 16 bits; -1 stands for none
  return Float64Array.from({ length: n }, (_, i) => {
    const p = port[i] as number;
    return ((target[i] as number) + 1) * 65_537 + (Number.isNaN(p) ? 65_536 : p);
  });
}

function eventAt(events: LogEvents, i: number, places: Float64Array): HistoryEvent {
  const port = events.port[i] as number;
  const bytes = events.bytesOut[i] as number;
  return {
    start: events.start[i] as number,
    end: events.end[i] as number,
    source: events.source[i] as number,
    target: events.target[i] as number,
    user: events.user[i] as number,
    port: Number.isNaN(port) ? -1 : port,
    place: places[i] as number,
    bytesOut: Number.isNaN(bytes) ? 0 : bytes,
    failed: events.failed[i] as number,
    failedLogin: events.failedLogin[i] as number,
  };
}
