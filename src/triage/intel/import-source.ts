import { AlertforestError } from '../../errors.ts';
import { WorkSlices } from '../../reading/work-slices.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { IndicatorCollector } from './indicator-collector.ts';
import type { IntelSource } from './intel-index.ts';
import { checkSourceName, replaceSource } from './intel-store.ts';
import { readIndicators, type SourceBytes } from './read-indicators.ts';
import { buildTable } from './table/build-table.ts';
import { readSections } from './table/table-format.ts';

/** Confidence of an indicator whose source states none: `medium` on the scale that STIX recommends. */
export const DEFAULT_CONFIDENCE = 50;
const DAY_MS = 86_400_000;

export interface ImportOptions {
  /** Shape of the rows where the bytes do not tell it; see FEED_FORMATS. */
  readonly format?: string;
  /** Confidence of indicators that bring none, 0-100. @default 50 */
  readonly confidence?: number;
  /** Days after which indicators without an end of their own expire. @default never */
  readonly validDays?: number;
  readonly by?: string;
}

/**
 * Reads a source of indicators and puts it in the place of what the source had before. A list may become empty, but not
 * by bytes in which nothing is an indicator: the error page of a feed must not wipe what it brought yesterday.
 *
 * @param bytes decompressed
 * @throws AlertforestError REQUEST_INVALID for a bad name or format, or where all is refused; STORE_UNAVAILABLE, then nothing has changed
 */
export async function importSource(
  store: ModelStore,
  name: string,
  bytes: SourceBytes,
  options: ImportOptions,
  nowMs: number,
): Promise<IntelSource> {
  checkSourceName(name);
  const collector = new IndicatorCollector();
  await readIndicators(bytes, collector, options.format);
  const slices = new WorkSlices();
  const { refused, passedOver, suppressed, warnings } = await collector.finish(slices);
  if (collector.rows.n === 0 && !isEmpty(refused) && isEmpty(passedOver) && isEmpty(suppressed)) {
    const reasons = Object.entries(refused).map(([reason, count]) => `${reason} (${count})`);
    const message = `Nothing of it is an indicator: ${reasons.join(', ')}. What the source had stays.`;
    throw new AlertforestError('REQUEST_INVALID', message, { issues: [{ path: '', message }] });
  }
  if (options.validDays !== undefined) await collector.rows.endAt(nowMs + options.validDays * DAY_MS, slices);
  const table = await buildTable(collector.rows, slices);
  return replaceSource(store, name, table, {
    imported_at: new Date(nowMs).toISOString(),
    ...(options.by === undefined ? {} : { imported_by: options.by }),
    indicators: readSections(table).header.counts,
    default_confidence: options.confidence ?? DEFAULT_CONFIDENCE,
    refused,
    passed_over: passedOver,
    suppressed,
    warnings: [...warnings],
  });
}

const isEmpty = (counts: Readonly<Record<string, number>>): boolean => Object.keys(counts).length === 0;
