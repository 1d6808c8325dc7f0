import { AlertforestError } from '../errors.ts';

/** A Parquet file as a table: its columns, and its rows as text in batches. */
export interface ParquetTable {
  readonly header: readonly string[];
  readonly nRows: number;
  rows(): AsyncGenerator<readonly (string | undefined)[][]>;
}

/** Rows that are in memory at a time. */
const BATCH_ROWS = 10_000;

/**
 * Opens a Parquet file; the library is loaded when the first one comes.
 *
 * @throws AlertforestError REQUEST_INVALID where the file is cut or damaged
 */
export async function openParquet(path: string): Promise<ParquetTable> {
  const [{ asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema }, { compressors }] =
    await Promise.all([import('hyparquet'), import('hyparquet-compressors')]);
  const damaged = (cause: unknown): AlertforestError =>
    new AlertforestError('REQUEST_INVALID', `Cannot read ${path} as Parquet: it is cut or damaged.`, {
      cause,
    });
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const header = parquetSchema(metadata).children.map(({ element }) => element.name);
    const nRows = Number(metadata.num_rows);
    return {
      header,
      nRows,
      async *rows() {
        for (let from = 0; from < nRows; from += BATCH_ROWS) {
          const to = Math.min(nRows, from + BATCH_ROWS);
          try {
            const objects = await parquetReadObjects({
              file,
              metadata,
              compressors,
              parsers: TIMES,
              // bytes without an annotation are text for most writers, and anything at all for some
              utf8: false,
              rowStart: from,
              rowEnd: to,
            });
            yield objects.map((object) =>
              header.map((name) => textOf((object as Record<string, unknown>)[name])),
            );
          } catch (cause) {
            throw damaged(cause);
          }
        }
      },
    };
  } catch (cause) {
    throw cause instanceof AlertforestError ? cause : damaged(cause);
  }
}

/** Times as ISO 8601 with all the digits they have; the library's own are dates, which end at the millisecond. */
const TIMES = {
  timestampFromMicroseconds: (micros: bigint): string => isoTime(micros, 6),
  timestampFromNanoseconds: (nanos: bigint): string => isoTime(nanos, 9),
};

/** @param count since 1970, in units of 10^-digits seconds */
function isoTime(count: bigint, digits: 6 | 9): string {
  const perSecond = 10n ** BigInt(digits);
  const fraction = ((count % perSecond) + perSecond) % perSecond;
  const second = new Date(Number((count - fraction) / perSecond) * 1000)
    .toISOString()
    .slice(0, -'.000Z'.length);
  return `${second}.${String(fraction).padStart(digits, '0')}Z`;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function textOrHex(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('hex');
  }
}

/** Whole numbers of 64 bits keep their digits, times come as ISO 8601. */
function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return textOrHex(value);
  if (typeof value === 'object')
    return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
  return String(value);
}
