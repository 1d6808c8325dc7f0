import { openText } from '../../logs/open-text.ts';
import { textLines } from '../../logs/text-lines.ts';
import { inTimeOrder, type StreamAlert } from './alert-stream.ts';
import { AIT_HEADER, type AitRows, aitAlerts, readAit } from './read-ait.ts';
import type { PayloadCounts } from './read-payloads.ts';
import type { StreamFormat } from './stream-formats.ts';

/** Alerts of a file in the order in which they are played. */
export interface ReadStream {
  readonly alerts: StreamAlert[];
  /** What other threads make the same alerts of, where the file is the AIT set. */
  readonly ait: AitRows | undefined;
}

/**
 * All alerts of a file. `auto` looks at the first line; everything that is not the AIT set is read as the service reads what
 * is posted, whatever vendor wrote it.
 *
 * @throws AlertforestError REQUEST_INVALID where the file cannot be read or holds no alert
 */
export async function openStream(
  path: string,
  format: StreamFormat,
  counts: PayloadCounts,
): Promise<ReadStream> {
  if (await isAit(path, format)) {
    const ait = await readAit(path);
    counts.alerts = ait.index.length;
    return { alerts: aitAlerts(ait), ait };
  }
  const { readPayloads } = await import('./read-payloads.ts');
  const alerts: StreamAlert[] = [];
  for await (const alert of readPayloads(path, counts)) alerts.push(alert);
  return { alerts: inTimeOrder(alerts), ait: undefined };
}

/** The alerts of {@link openStream} alone. */
export async function readStream(
  path: string,
  format: StreamFormat,
  counts: PayloadCounts,
): Promise<StreamAlert[]> {
  return (await openStream(path, format, counts)).alerts;
}

/** Whether a file is read as the AIT set. */
export async function isAit(path: string, format: StreamFormat): Promise<boolean> {
  return format === 'ait' || (format === 'auto' && (await firstLine(path)) === AIT_HEADER);
}

async function firstLine(path: string): Promise<string | undefined> {
  for await (const { text } of textLines(openText(path))) return text;
  return undefined;
}
