import { placeOf, type ReadCounts } from '../logs/skip-counts.ts';

/** Says on stderr what was left out of a file, by reason, and where it happened first. */
export function printSkipped(name: string, { rows, alerts, skipped, reasons, examples }: ReadCounts): void {
  if (skipped === 0) return;
  console.error(`${name}: ${rows} rows read as ${alerts} alerts, ${skipped} left out`);
  for (const [reason, count] of Object.entries(reasons)) console.error(`  ${count} x ${reason}`);
  for (const example of examples) console.error(`  ${placeOf(example)}`);
}
