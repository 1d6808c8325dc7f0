import { z } from 'zod';
import { AlertforestError } from '../../../errors.ts';
import { INDICATOR_KINDS } from '../indicator.ts';

const MAGIC = 'AFINTEL1';
/** Magic, then the length of the header in bytes, then the header as JSON. */
const PREAMBLE_BYTES = 16;

/**
 * Sections in the order of the file, each aligned to 8 bytes, little-endian. Rows of texts come first, then IPv4, then
 * IPv6; the columns of terms run over all rows in that order.
 */
const SECTIONS = [
  ['textHigh', Uint32Array, 'nTexts', 1],
  ['textLow', Uint32Array, 'nTexts', 1],
  ['textScope', Uint8Array, 'nTexts', 1],
  ['ipv4', Uint32Array, 'nIpv4', 1],
  ['ipv4Prefix', Uint8Array, 'nIpv4', 1],
  ['ipv4Parent', Int32Array, 'nIpv4', 1],
  ['ipv6', Uint32Array, 'nIpv6', 4],
  ['ipv6Prefix', Uint8Array, 'nIpv6', 1],
  ['ipv6Parent', Int32Array, 'nIpv6', 1],
  ['confidence', Uint8Array, 'nRows', 1],
  ['tlp', Uint8Array, 'nRows', 1],
  ['validFromMs', Float64Array, 'nRows', 1],
  ['validUntilMs', Float64Array, 'nRows', 1],
] as const;

type SectionName = (typeof SECTIONS)[number][0];

const headerSchema = z.object({
  formatVersion: z.literal(1),
  nTexts: z.int().min(0).max(50_000_000),
  nIpv4: z.int().min(0).max(50_000_000),
  nIpv6: z.int().min(0).max(50_000_000),
  /** Indicators by kind. */
  counts: z.record(z.enum(INDICATOR_KINDS), z.int().min(0)),
});
export type TableHeader = z.infer<typeof headerSchema>;

export interface TableSections {
  readonly textHigh: Uint32Array;
  readonly textLow: Uint32Array;
  readonly textScope: Uint8Array;
  readonly ipv4: Uint32Array;
  readonly ipv4Prefix: Uint8Array;
  /** Position of the network around each one, -1 for none. It always lies before. */
  readonly ipv4Parent: Int32Array;
  readonly ipv6: Uint32Array;
  readonly ipv6Prefix: Uint8Array;
  readonly ipv6Parent: Int32Array;
  readonly confidence: Uint8Array;
  readonly tlp: Uint8Array;
  readonly validFromMs: Float64Array;
  readonly validUntilMs: Float64Array;
  /** First row of each part among the columns of terms. */
  readonly textBase: number;
  readonly ipv4Base: number;
  readonly ipv6Base: number;
}

/** An empty table of the given sizes: its bytes, and its sections as views to be filled. */
export function layOut(header: TableHeader): {
  readonly bytes: Uint8Array;
  readonly sections: TableSections;
} {
  const text = Buffer.from(JSON.stringify(header));
  const plan = planOf(header, text.length);
  const bytes = new Uint8Array(plan.sizeBytes);
  bytes.set(Buffer.from(MAGIC));
  new DataView(bytes.buffer).setUint32(8, text.length, true);
  bytes.set(text, PREAMBLE_BYTES);
  return { bytes, sections: viewsOf(header, bytes, plan.offsets) };
}

/** @throws AlertforestError STORE_CORRUPT */
export function readSections(given: Uint8Array): {
  readonly header: TableHeader;
  readonly sections: TableSections;
} {
  // views need an aligned buffer of their own
  const bytes = given.byteOffset % 8 === 0 ? given : new Uint8Array(given);
  const magic = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(8, bytes.length)).toString('latin1');
  if (magic !== MAGIC || bytes.length < PREAMBLE_BYTES)
    throw corrupt(`Expected indicators that begin with ${MAGIC}, got other bytes.`);
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  if (headerBytes > 65_536 || PREAMBLE_BYTES + headerBytes > bytes.length)
    throw corrupt('Expected a header within the bytes of the indicators.');
  let header: TableHeader;
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + PREAMBLE_BYTES, headerBytes).toString('utf8');
    header = headerSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw corrupt('Expected a header of indicators that fits its schema.', cause);
  }
  const plan = planOf(header, headerBytes);
  if (plan.sizeBytes !== bytes.length)
    throw corrupt(`Expected ${plan.sizeBytes} bytes of indicators, got ${bytes.length}.`);
  return { header, sections: viewsOf(header, bytes, plan.offsets) };
}

function planOf(
  header: TableHeader,
  headerBytes: number,
): { offsets: Map<SectionName, number>; sizeBytes: number } {
  const offsets = new Map<SectionName, number>();
  let offset = aligned(PREAMBLE_BYTES + headerBytes);
  for (const [name, Type, size, width] of SECTIONS) {
    offsets.set(name, offset);
    offset = aligned(offset + Type.BYTES_PER_ELEMENT * width * sizeOf(header, size));
  }
  return { offsets, sizeBytes: offset };
}

function sizeOf(header: TableHeader, size: 'nTexts' | 'nIpv4' | 'nIpv6' | 'nRows'): number {
  return size === 'nRows' ? header.nTexts + header.nIpv4 + header.nIpv6 : header[size];
}

function viewsOf(header: TableHeader, bytes: Uint8Array, offsets: Map<SectionName, number>): TableSections {
  const views = SECTIONS.map(([name, Type, size, width]) => [
    name,
    new Type(
      bytes.buffer as ArrayBuffer,
      bytes.byteOffset + (offsets.get(name) as number),
      width * sizeOf(header, size),
    ),
  ]);
  return {
    ...(Object.fromEntries(views) as Record<SectionName, never>),
    textBase: 0,
    ipv4Base: header.nTexts,
    ipv6Base: header.nTexts + header.nIpv4,
  };
}

const aligned = (offset: number): number => Math.ceil(offset / 8) * 8;

function corrupt(message: string, cause?: unknown): AlertforestError {
  return new AlertforestError('STORE_CORRUPT', message, { cause });
}
