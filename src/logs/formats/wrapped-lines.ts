import type { JsonFormat, JsonObject, LineFormat, LogFormat, LogHead } from './log-format.ts';

/** Members in which shippers keep the line they read: CloudWatch and Beats, Docker, others. */
const MEMBERS = ['message', 'log', 'MESSAGE', 'line', 'textPayload'];

/** The line that a record carries, without its end; undefined where it carries none. */
function lineOf(record: JsonObject): string | undefined {
  for (const member of MEMBERS) {
    const value = record[member];
    if (typeof value === 'string') return value.replace(/(?<![\r\n])[\r\n]+$/, '');
  }
  return undefined;
}

/**
 * The format of lines that came through a shipper, each in a JSON record of its own; undefined where no format of lines
 * recognises what the first records carry.
 */
export function wrappedFormat(head: LogHead, formats: readonly LogFormat[]): JsonFormat | undefined {
  const lines = head.records.flatMap((record) => lineOf(record) ?? []);
  if (lines.length === 0) return undefined;
  const inner: LogHead = { name: head.name, lines, table: undefined, records: [] };
  const carried = formats.filter((format): format is LineFormat => format.shape === 'lines');
  const format = carried.find((one) => one.recognise(inner) !== undefined);
  if (format === undefined) return undefined;
  return {
    ...format,
    shape: 'json',
    title: `${format.title}, in JSON records of a shipper`,
    recognise: () => `records carry ${format.recognise(inner)}`,
    reader(times) {
      const read = format.reader(times, inner);
      return (record, sink) => {
        const line = lineOf(record);
        if (line === undefined) sink.other(record);
        else if (line.trim() !== '') read(line, sink);
      };
    },
  };
}
