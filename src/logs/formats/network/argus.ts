import { address, between, count, given, lower, type Raw, seconds, text, transport } from '../cells.ts';
import { dropIcmpPorts, field, putHost, tableFiller, time } from '../fields.ts';
import type { SplitRecords, TableFormat } from '../log-format.ts';
import { type Cell, type LogRow, newRow, put, TIME } from '../log-row.ts';
import { namedPort } from '../named-port.ts';

const FIELDS = [
  field(TIME, ['StartTime', 'Stime', 'stime'], time.any),
  field('duration_ms', ['Dur', 'dur', 'RunTime'], seconds),
  field('source.port', ['Sport', 'sport'], namedPort),
  field('destination.port', ['Dport', 'dport'], namedPort),
  field('network.transport', ['Proto', 'proto'], transport),
  field('network.packets', ['TotPkts', 'pkts'], count),
  field('network.bytes', ['TotBytes', 'bytes'], count),
  field('source.packets', ['SrcPkts', 'spkts'], count),
  field('destination.packets', ['DstPkts', 'dpkts'], count),
  field('source.bytes', ['SrcBytes', 'sbytes'], count),
  field('destination.bytes', ['DstBytes', 'dbytes'], count),
  field('connection.state', ['State', 'state'], text),
];

/** Labels of CTU-13: background is unlabelled traffic, so it is neither. */
function ctuLabel(raw: Raw): Cell {
  const value = given(raw)?.toLowerCase();
  if (value === undefined) return undefined;
  if (value.includes('botnet')) return 1;
  return value.includes('normal') ? 0 : undefined;
}

/** What the other direction carried: all but the source's. */
function rest(row: LogRow, total: string, part: string, to: string): void {
  const { [total]: all, [part]: own, [to]: stated } = row.values;
  if (stated !== undefined || typeof all !== 'number' || typeof own !== 'number') return;
  if (own > all) row.invalid.push(to);
  else row.values[to] = all - own;
}

/** Argus tells of what is open every 5 s (its status interval), so three silent ones end what has no state. */
const STATELESS_GAP_MS = 15_000;
/** A TCP connection may be silent; its ports are not drawn again so soon. */
const TCP_GAP_MS = 300_000;
/** Over: in words, or by the flags of both sides as in CTU-13 (`FSPA_FSPA`), a reset of either. */
function isOver(state: string): boolean {
  if (/^(FIN|RST|CLO)$/.test(state)) return true;
  const [from = '', to] = state.split('_');
  return (
    to !== undefined && /^[A-Z]*$/.test(from) && hasEnded(from, (/^[A-Z]*/.exec(to) as RegExpExecArray)[0])
  );
}

const hasEnded = (from: string, to: string): boolean =>
  from.includes('R') || to.includes('R') || (from.includes('F') && to.includes('F'));

const SPLITS: SplitRecords = {
  maxGapMs: ({ values }) => {
    const isOpen = values['network.transport'] === 'tcp' && !isOver(String(values['connection.state']));
    return isOpen ? TCP_GAP_MS : STATELESS_GAP_MS;
  },
};

export const argus: TableFormat = {
  name: 'argus',
  title: 'argus flows (ra -c ,) and CTU-13',
  shape: 'table',
  bytesLayer: 'link',
  splits: SPLITS,
  leaks: ['Label', 'Rank', 'Seq'],
  recognise: ({ table }) => {
    const names = new Set(table?.header.map((name) => name.trim()));
    return names.has('StartTime') && names.has('SrcAddr') ? 'columns StartTime and SrcAddr' : undefined;
  },
  reader(header, times) {
    const names = header.map((name) => name.trim());
    const at = (name: string): number => names.indexOf(name);
    const [source, destination, direction, label] = ['SrcAddr', 'DstAddr', 'Dir', 'Label'].map(at) as [
      number,
      number,
      number,
      number,
    ];
    const end = at('LastTime');
    const taken = new Set(['SrcAddr', 'DstAddr', 'Label', 'LastTime']);
    const fill = tableFiller(
      FIELDS,
      names.map((name) => (taken.has(name) ? '' : name)),
      times,
    );
    return (cells, sink) => {
      // argus tells about itself between the flows
      if (lower(cells[at('Proto')]) === 'man') return sink.other();
      const row = newRow();
      fill(cells, row);
      putHost(row, 'source', address(cells[source]), given(cells[source]));
      putHost(row, 'destination', address(cells[destination]), given(cells[destination]));
      if (row.values['duration_ms'] === undefined && end !== -1)
        put(row, 'duration_ms', between(row.time, times.any(cells[end])));
      if (direction !== -1) row.values['Dir'] = (cells[direction] ?? '').trim();
      const isAttack = label === -1 ? undefined : ctuLabel(cells[label]);
      if (typeof isAttack === 'number') row.values['label'] = isAttack;
      if (isAttack === 1) row.values['attack'] = given(cells[label]) as string;
      rest(row, 'network.bytes', 'source.bytes', 'destination.bytes');
      rest(row, 'network.packets', 'source.packets', 'destination.packets');
      dropIcmpPorts(row);
      sink.row(row);
    };
  },
};
