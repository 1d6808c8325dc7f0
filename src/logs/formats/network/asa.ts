import { address, count, lower, port } from '../cells.ts';
import { putHost } from '../fields.ts';
import type { LineFormat } from '../log-format.ts';
import { newRow, put, TIME } from '../log-row.ts';
import { withoutPriority } from '../syslog-line.ts';

/** Connections whose beginning is kept until they end. */
const MAX_OPEN = 100_000;

const MESSAGE = /%(?:ASA|FTD)-(?:[a-z]{1,10}-)?\d-(\d{6}): /;
const BUILT = /^Built (inbound|outbound) \S{1,8} connection (\d{1,12}) /;
const TORN =
  /^Teardown (TCP|UDP) connection (\d{1,12}) for [^:\s]{1,64}:(\S{1,128})\/(\d{1,5})(?:\([^)]{0,80}\))? to [^:\s]{1,64}:(\S{1,128})\/(\d{1,5})(?:\([^)]{0,80}\))? duration (\d{1,6}):(\d{2}):(\d{2}) bytes (\d{1,20})(?: (.{0,200}))?$/;
const WHEN =
  /([A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})? \d{2}:\d{2}:\d{2}(?:\.\d{1,9})?|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?)/;

/**
 * Ends of connections; their beginnings say who opened them. Bytes are of both directions together, and the first
 * address of a line is that of the lower security level, whoever spoke first.
 */
export const asa: LineFormat = {
  name: 'cisco-asa',
  title: 'Cisco ASA connections',
  shape: 'lines',
  timeIs: 'end',
  bytesLayer: 'payload of both directions together',
  leaks: ['connection.id'],
  recognise: ({ lines }) =>
    lines.some((line) => /%(ASA|FTD)-([a-z]{1,10}-)?\d-30201[346]: /.test(line.slice(0, 400)))
      ? 'messages 302013 to 302016 of %ASA'
      : undefined,
  reader(times) {
    const opened = new Map<string, 'inbound' | 'outbound'>();
    return (line, sink) => {
      const head = MESSAGE.exec(line.slice(0, 400));
      if (head === null) return sink.skip('no message of %ASA');
      const message = line.slice(head.index + head[0].length);
      const built = BUILT.exec(message.slice(0, 80));
      if (built !== null) {
        if (opened.size >= MAX_OPEN) opened.delete(opened.keys().next().value as string);
        opened.set(built[2] as string, built[1] as 'inbound' | 'outbound');
        return sink.other();
      }
      const torn = TORN.exec(message.slice(0, 900));
      if (torn === null) return sink.other();
      const [, protocol, id = '', first, firstPort, second, secondPort, h, m, s, bytes, reason] = torn;
      const way = opened.get(id);
      opened.delete(id);
      // unknown beginnings: the side with the higher port has most likely opened
      const isSecond = way === undefined ? Number(secondPort) > Number(firstPort) : way === 'outbound';
      const [from, fromPort, to, toPort] = isSecond
        ? [second, secondPort, first, firstPort]
        : [first, firstPort, second, secondPort];
      const row = newRow();
      put(row, TIME, times.syslog(WHEN.exec(withoutPriority(line).slice(0, 80))?.[1]));
      putHost(row, 'source', address(from), from);
      putHost(row, 'destination', address(to), to);
      put(row, 'source.port', port(fromPort));
      put(row, 'destination.port', port(toPort));
      put(row, 'network.transport', lower(protocol));
      put(row, 'network.bytes', count(bytes));
      row.values['duration_ms'] = ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000;
      if (way !== undefined) row.values['network.direction'] = way;
      if (reason !== undefined && reason !== '') row.values['connection.state'] = reason;
      sink.row(row);
    };
  },
};
