import type { Disposition, Entity } from '../../alert/alert.ts';
import { AlertforestError } from '../../errors.ts';
import { entityKeysOf, indicatorKey, mainEntityKey } from '../../features/record-keys.ts';
import type { FeedbackSample } from '../../store/feedback-store.ts';
import { LOG_SOURCE } from '../lab/log-alert.ts';
import { ALERT_EVERY_MS, SOURCE_COLUMNS } from '../live/alarm-alert.ts';
import type { LogTable } from '../windows/log-table.ts';
import { LabelWriter, type RowLabels } from './row-labels.ts';

/** How long before and after an alert rows of its entities belong to it: vendors date what they raise later. */
const AROUND_MS = 600_000;
/** Columns whose values an alert may name. */
const ENTITIES: readonly (readonly [column: string, kind: Entity['kind']])[] = [
  ['source.ip', 'ip'],
  ['destination.ip', 'ip'],
  ['source.address', 'domain'],
  ['user.name', 'user'],
  ['host.name', 'host'],
];
/** What a judgement says of rows; a suspicion teaches neither. */
const IS_ATTACK: Readonly<Record<Disposition, boolean | undefined>> = {
  true_positive: true,
  false_positive: false,
  benign: false,
  suspicious: undefined,
};

/** A judged alert of the service as far as rows can be told by it. */
export interface JudgedAlert {
  readonly id: string;
  readonly source: string;
  readonly tenant: string | undefined;
  readonly occurredAtMs: number;
  readonly isAttack: boolean;
  /** Hashes of what stands for it; '' where it names nothing. */
  readonly mainEntity: string;
  readonly indicator: string;
}

/** Judged alerts that say attack or none, without those whose judgement an operator rejected; by time, then id. */
export async function judgedAlerts(samples: AsyncIterable<FeedbackSample>): Promise<JudgedAlert[]> {
  const alerts: JudgedAlert[] = [];
  for await (const { snapshot, effective, ruling } of samples) {
    const isAttack = IS_ATTACK[effective.disposition];
    const occurredAtMs = Date.parse(snapshot.occurredAt);
    if (isAttack === undefined || ruling?.action === 'reject' || Number.isNaN(occurredAtMs)) continue;
    const { alertId: id, source, tenant } = snapshot;
    alerts.push({ id, source, tenant, occurredAtMs, isAttack, ...entityKeysOf(snapshot) });
  }
  return alerts.sort((a, b) => a.occurredAtMs - b.occurredAtMs || (a.id < b.id ? -1 : 1));
}

/** Ids of alerts that rows themselves raised. */
export const alarmIdsOf = (judged: readonly JudgedAlert[]): ReadonlySet<string> =>
  new Set(judged.filter(({ source }) => source === LOG_SOURCE).map(({ id }) => id));

/**
 * Labels by what analysts said of alerts. An alert that a row raised stands for what its source did in the ten minutes
 * from there on; any other for the rows within ten minutes of it that have all the entities it is known by. Where two
 * disagree the attack stands.
 *
 * @param alarms id of such an alert -> row that raised it
 * @throws AlertforestError REQUEST_INVALID where nothing is judged, or no judged alert matches a row
 */
export function serviceLabels(
  table: LogTable,
  judged: readonly JudgedAlert[],
  alarms: ReadonlyMap<string, number>,
  isRestNormal: boolean,
): RowLabels {
  if (judged.length === 0)
    throw new AlertforestError(
      'REQUEST_INVALID',
      'No alert of the service is judged as an attack or as none: --labels service has nothing to go by.',
    );
  const writer = new LabelWriter(table.n);
  const rows = byTime(table.time);
  const find = rowFinder(table, judged);
  let nMatched = 0;
  // attacks last, so that they stand
  for (const alert of judged.toSorted((a, b) => Number(a.isAttack) - Number(b.isAttack))) {
    const raised = alert.source === LOG_SOURCE ? alarms.get(alert.id) : undefined;
    const isOf = raised === undefined ? find.byEntities(alert) : find.sameSource(raised);
    if (isOf === undefined) continue;
    const fromMs = raised === undefined ? alert.occurredAtMs - AROUND_MS : (table.time[raised] as number);
    const toMs = raised === undefined ? alert.occurredAtMs + AROUND_MS : fromMs + ALERT_EVERY_MS - 1;
    let isMatched = false;
    for (const i of between(rows, table.time, fromMs, toMs)) {
      if (!isOf(i)) continue;
      writer.put(i, alert.isAttack, `judged, ${alert.source}`);
      isMatched = true;
    }
    if (isMatched) nMatched++;
  }
  if (nMatched === 0)
    throw new AlertforestError(
      'REQUEST_INVALID',
      `None of the ${judged.length} judged alerts of the service matches a row by time and entity: --timezone is that of the logs.`,
    );
  if (isRestNormal)
    for (let i = 0; i < table.n; i++) if (writer.attack[i] === -1) writer.put(i, false, undefined);
  return writer.labels(`${nMatched} of ${judged.length} judged alerts of the service`);
}

type RowTest = (i: number) => boolean;

function rowFinder(
  table: LogTable,
  judged: readonly JudgedAlert[],
): { byEntities(alert: JudgedAlert): RowTest | undefined; sameSource(row: number): RowTest } {
  const tenants = new Set(judged.map(({ tenant }) => tenant));
  const columns = ENTITIES.map(([column]) => ({ codes: table.codes(column), words: table.words(column) }));
  /** Hash -> what has it, as place of the column and code of the word. */
  const known = new Map<string, [place: number, code: number][]>();
  const note = (hash: string, place: number, code: number): void => {
    const list = known.get(hash);
    if (list === undefined) known.set(hash, [[place, code]]);
    else list.push([place, code]);
  };
  ENTITIES.forEach(([, kind], place) => {
    columns[place]?.words.forEach((value, code) => {
      for (const tenant of tenants) note(mainEntityKey({ kind, value }, tenant), place, code);
      note(indicatorKey({ kind, value }), place, code);
    });
  });
  const has = (list: readonly [number, number][], i: number): boolean =>
    list.some(([place, code]) => columns[place]?.codes[i] === code);
  const sources = SOURCE_COLUMNS.map((column) => table.codes(column));
  return {
    byEntities({ mainEntity, indicator }) {
      const keys = [mainEntity, indicator].filter((key) => key !== '');
      const lists = keys.map((key) => known.get(key));
      if (lists.length === 0 || lists.includes(undefined)) return undefined;
      return (i) => lists.every((list) => has(list as [number, number][], i));
    },
    sameSource(row) {
      const codes = sources.find((one) => (one[row] as number) >= 0);
      return codes === undefined ? (i) => i === row : (i) => codes[i] === codes[row];
    },
  };
}

/** Rows with a time, in its order. */
const byTime = (time: Float64Array): Int32Array =>
  Int32Array.from(time, (_, i) => i)
    .filter((i) => !Number.isNaN(time[i]))
    .sort((a, b) => (time[a] as number) - (time[b] as number) || a - b);

/** Rows whose time lies from `fromMs` to `toMs`, both included. */
function between(rows: Int32Array, time: Float64Array, fromMs: number, toMs: number): Int32Array {
  const first = (isIn: (ms: number) => boolean): number => {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isIn(time[rows[middle] as number] as number)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return rows.subarray(
    first((ms) => ms >= fromMs),
    first((ms) => ms > toMs),
  );
}
