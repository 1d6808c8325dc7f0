import { readFileSync } from 'node:fs';

/** Event -> its fields, read from the table "Lines" of docs/telemetry.md. */
export function readTelemetryContract(): ReadonlyMap<string, ReadonlySet<string>> {
  const text = readFileSync(new URL('../../docs/telemetry.md', import.meta.url), 'utf8');
  const table = /\| event \| when \| fields \|\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(text)?.[1];
  if (table === undefined) throw new Error('Expected a table `event | when | fields` in docs/telemetry.md.');
  const events = new Map<string, ReadonlySet<string>>();
  for (const row of table.trim().split('\n')) {
    const [, names = '', , fields = ''] = row.split('|');
    const inTicks = (cell: string): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    for (const name of inTicks(names)) events.set(name, new Set(['event', ...inTicks(fields)]));
  }
  return events;
}
