import { WorkSlices } from '../../../reading/work-slices.ts';
import { INDICATOR_KINDS, type IndicatorKind } from '../indicator.ts';
import { FAMILY, type IndicatorRows, ROWS_AT_ONCE } from './indicator-rows.ts';
import { startsAlike } from './indicator-table.ts';
import { sortInSlices } from './sort-in-slices.ts';
import { layOut, type TableSections } from './table-format.ts';

/** Indicators with the same value that are kept, the most confident ones: a source may say it twice, not a million times. */
const MAX_SAME_VALUE = 8;

/**
 * Sorts rows and lays them out as the bytes of a table. The same rows in any order give the same bytes. Pauses between
 * slices; about a second for a million rows.
 */
export async function buildTable(rows: IndicatorRows, slices = new WorkSlices()): Promise<Uint8Array> {
  const parts = await Promise.all(
    [FAMILY.text, FAMILY.ipv4, FAMILY.ipv6].map((family) => orderedRows(rows, family, slices)),
  );
  const [texts, ipv4, ipv6] = parts as [Uint32Array, Uint32Array, Uint32Array];
  const counts = Object.fromEntries(INDICATOR_KINDS.map((kind) => [kind, 0])) as Record<
    IndicatorKind,
    number
  >;
  for (const part of parts)
    for (let at = 0; at < part.length; at++) {
      counts[INDICATOR_KINDS[rows.kind[part[at] as number] as number] as IndicatorKind]++;
      if (at % ROWS_AT_ONCE === 0) await slices.spend(ROWS_AT_ONCE);
    }
  const header = {
    formatVersion: 1 as const,
    nTexts: texts.length,
    nIpv4: ipv4.length,
    nIpv6: ipv6.length,
    counts,
  };
  const { bytes, sections } = layOut(header);
  for (let at = 0; at < texts.length; at++) {
    const row = texts[at] as number;
    sections.textHigh[at] = rows.words[4 * row] as number;
    sections.textLow[at] = rows.words[4 * row + 1] as number;
    sections.textScope[at] = rows.detail[row] as number;
    if (at % ROWS_AT_ONCE === 0) await slices.spend(2 * ROWS_AT_ONCE);
  }
  await fillNetworks(rows, ipv4, sections.ipv4, 1, sections.ipv4Prefix, sections.ipv4Parent, slices);
  await fillNetworks(rows, ipv6, sections.ipv6, 4, sections.ipv6Prefix, sections.ipv6Parent, slices);
  await fillTerms(rows, parts, sections, slices);
  return bytes;
}

async function orderedRows(rows: IndicatorRows, family: number, slices: WorkSlices): Promise<Uint32Array> {
  const positions = new Uint32Array(rows.n);
  let n = 0;
  for (let row = 0; row < rows.n; row++) {
    if (rows.family[row] === family && rows.isDead[row] === 0) positions[n++] = row;
    if (row % ROWS_AT_ONCE === 0) await slices.spend(ROWS_AT_ONCE);
  }
  const ordered = await sortInSlices(positions.slice(0, n), (a, b) => compareRows(rows, a, b), slices);
  return withoutExcess(rows, ordered, slices);
}

/** By key, then by width of the network, then the most confident first, then by terms, so that order is settled. */
function compareRows(rows: IndicatorRows, a: number, b: number): number {
  return (
    compareKeys(rows, a, b) ||
    (rows.confidence[b] as number) - (rows.confidence[a] as number) ||
    (rows.tlp[a] as number) - (rows.tlp[b] as number) ||
    compareNumbers(rows.validFromMs[a] as number, rows.validFromMs[b] as number) ||
    compareNumbers(rows.validUntilMs[a] as number, rows.validUntilMs[b] as number)
  );
}

function compareKeys(rows: IndicatorRows, a: number, b: number): number {
  const { words, detail } = rows;
  for (let word = 0; word < 4; word++) {
    const difference = (words[4 * a + word] as number) - (words[4 * b + word] as number);
    if (difference !== 0) return difference;
  }
  return (detail[a] as number) - (detail[b] as number);
}

const compareNumbers = (a: number, b: number): number =>
  Object.is(a, b) ? 0 : Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : a - b;

/** One of those that are equal in everything, and of one value at most {@link MAX_SAME_VALUE}. */
async function withoutExcess(
  rows: IndicatorRows,
  ordered: Uint32Array,
  slices: WorkSlices,
): Promise<Uint32Array> {
  let n = 0;
  let nSame = 0;
  for (let at = 0; at < ordered.length; at++) {
    const row = ordered[at] as number;
    if (at % ROWS_AT_ONCE === 0) await slices.spend(2 * ROWS_AT_ONCE);
    const last = n === 0 ? undefined : (ordered[n - 1] as number);
    nSame = last !== undefined && compareKeys(rows, last, row) === 0 ? nSame + 1 : 1;
    const isRepeated = last !== undefined && compareRows(rows, last, row) === 0;
    if (nSame <= MAX_SAME_VALUE && !isRepeated) ordered[n++] = row;
  }
  return ordered.slice(0, n);
}

/** Writes networks in order, each with the one around it: the nearest before it that holds it. */
async function fillNetworks(
  rows: IndicatorRows,
  order: Uint32Array,
  words: Uint32Array,
  width: 1 | 4,
  prefixes: Uint8Array,
  parents: Int32Array,
  slices: WorkSlices,
): Promise<void> {
  const around: number[] = [];
  const key = new Uint32Array(4);
  for (let at = 0; at < order.length; at++) {
    const row = order[at] as number;
    for (let word = 0; word < 4; word++) key[word] = rows.words[4 * row + word] as number;
    for (let word = 0; word < width; word++) words[width * at + word] = key[word] as number;
    prefixes[at] = rows.detail[row] as number;
    while (around.length > 0) {
      const outer = around.at(-1) as number;
      const outerRow = order[outer] as number;
      if (startsAlike(rows.words, 4 * outerRow, key, prefixes[outer] as number)) break;
      around.pop();
    }
    parents[at] = around.at(-1) ?? -1;
    around.push(at);
    if (at % ROWS_AT_ONCE === 0) await slices.spend(4 * ROWS_AT_ONCE);
  }
}

async function fillTerms(
  rows: IndicatorRows,
  parts: readonly Uint32Array[],
  sections: TableSections,
  slices: WorkSlices,
): Promise<void> {
  let at = 0;
  for (const part of parts) {
    for (const row of part) {
      sections.confidence[at] = rows.confidence[row] as number;
      sections.tlp[at] = rows.tlp[row] as number;
      sections.validFromMs[at] = rows.validFromMs[row] as number;
      sections.validUntilMs[at] = rows.validUntilMs[row] as number;
      if (at++ % ROWS_AT_ONCE === 0) await slices.spend(2 * ROWS_AT_ONCE);
    }
  }
}
