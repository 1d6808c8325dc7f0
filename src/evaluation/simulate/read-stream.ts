import { openText } from '../../logs/open-text.ts';
import { textLines } from '../../logs/text-lines.ts';
import { inTimeOrder, type StreamAlert } from './alert-stream.ts';
import { AIT_HEADER, readAit } from './read-ait.ts';
import type { PayloadCounts } from './read-payloads.ts';
import type { StreamFormat } from './stream-formats.ts';

/**
 * All alerts of a file in the order in which they are played. `auto` looks at the first line; everything that is not
 * the AIT set is read as the service reads what is posted, whatever vendor wrote it.
 *
 * @throws AlertforestError REQUEST_INVALID where the file cannot be read or holds no alert
 */
export async function readStream(
  path: string,
  format: StreamFormat,
  counts: PayloadCounts,
): Promise<StreamAlert[]> {
  const isAit = format === 'ait' || (format === 'auto' && (await firstLine(path)) === AIT_HEADER);
  const alerts: StreamAlert[] = [];
  const read = isAit ? readAit(path) : (await import('./read-payloads.ts')).readPayloads(path, counts);
  for await (const alert of read) alerts.push(alert);
  if (isAit) counts.alerts = alerts.length;
  return inTimeOrder(alerts);
}

async function firstLine(path: string): Promise<string | undefined> {
  for await (const { text } of textLines(openText(path))) return text;
  return undefined;
}
