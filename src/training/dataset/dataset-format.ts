import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DISPOSITIONS, SEVERITIES } from '../../alert/alert.ts';
import { labelOf } from '../../alert/disposition.ts';
import type { RuleHit } from '../../alert/snapshot.ts';
import { AlertforestError } from '../../errors.ts';
import {
  decodeContainer,
  encodeContainer,
  FormatError,
  type TypedArray,
} from '../../trees/forest/forest-format.ts';
import type { Dataset, DatasetRow, KeptVote } from './dataset.ts';
import type { TrafficRow } from './traffic.ts';

const DATASET_KIND = 'alertforest-dataset';
const TRAFFIC_KIND = 'alertforest-traffic';
/** The one pattern of bits that stands for a missing value, so that equal sets are equal bytes. */
const CANONICAL_NAN = 0x7fc0_0000;
const VERIFIED = 1;
const OF_RECORD = 2;
const KEY_BYTES = 16;
const RULE_BYTES = 8;

const datasetHeaderSchema = z.object({
  catalog_id: z.string(),
  columns: z.array(z.string()),
  families: z.array(z.string()),
  max_samples: z.int().min(1),
  rows: z.int().min(0),
  /** Analysts by first appearance in the rows' order. */
  analysts: z.array(z.string()),
  /** Rules that spoke on any row, by first appearance; absent where no row says. */
  detection_rules: z.array(z.string()).optional(),
});

/** A training set as one container: strings as hashes in byte sections, votes flattened. Equal sets, equal bytes. */
export function encodeDataset(dataset: Dataset): Uint8Array {
  const { rows, columnNames, families } = dataset;
  const n = rows.length;
  const nVotes = rows.reduce((sum, row) => sum + row.votes.length, 0);
  const analysts = new Map<string, number>();
  const keys = new Uint8Array(n * KEY_BYTES);
  const groups = new Uint8Array(n * KEY_BYTES);
  const rules = new Uint8Array(n * RULE_BYTES);
  const records = new Uint8Array(n * families.length * RULE_BYTES);
  const columns = new Float32Array(n * columnNames.length);
  const firstVote = new Int32Array(n + 1);
  const votes = {
    analyst: new Int32Array(nVotes),
    disposition: new Uint8Array(nVotes),
    risk: new Float64Array(nVotes),
    at: new Float64Array(nVotes),
    /** Bits: 1 verified, 2 the state of a record. */
    verified: new Uint8Array(nVotes),
    caller: new Int32Array(nVotes).fill(-1),
    whole: new Int32Array(nVotes).fill(-1),
    closedAt: new Float64Array(nVotes).fill(Number.NaN),
  };
  const indexOf = (name: string): number => {
    const known = analysts.get(name);
    if (known !== undefined) return known;
    analysts.set(name, analysts.size);
    return analysts.size - 1;
  };
  let v = 0;
  for (let i = 0; i < n; i++) {
    const row = rows[i]!;
    writeHex(row.alertKey, keys, i * KEY_BYTES, KEY_BYTES);
    writeHex(row.group, groups, i * KEY_BYTES, KEY_BYTES);
    writeHex(row.ruleKey, rules, i * RULE_BYTES, RULE_BYTES);
    row.recordKeys.forEach((key, family) => {
      writeHex(key, records, (i * families.length + family) * RULE_BYTES, RULE_BYTES);
    });
    columns.set(row.columns, i * columnNames.length);
    for (const vote of row.votes) {
      votes.analyst[v] = indexOf(vote.analyst);
      if (vote.caller !== undefined) votes.caller[v] = indexOf(vote.caller);
      if (vote.whole !== undefined) votes.whole[v] = indexOf(vote.whole);
      votes.disposition[v] = labelOf(vote.disposition);
      votes.risk[v] = vote.risk_score ?? -1;
      votes.at[v] = Date.parse(vote.at);
      if (vote.closedAt !== undefined) votes.closedAt[v] = Date.parse(vote.closedAt);
      votes.verified[v] = (vote.verified ? VERIFIED : 0) | (vote.from === 'record' ? OF_RECORD : 0);
      v++;
    }
    firstVote[i + 1] = v;
  }
  // Only where rules were asked: other sets keep the bytes they always had.
  const hits = rows.some(({ ruleHits }) => ruleHits !== undefined) ? ruleHitSections(rows) : undefined;
  return encodeContainer(
    DATASET_KIND,
    {
      catalog_id: dataset.catalogId,
      columns: [...columnNames],
      families: [...families],
      max_samples: dataset.maxSamples,
      rows: n,
      analysts: [...analysts.keys()],
      ...(hits === undefined ? {} : { detection_rules: hits.names }),
    },
    {
      key: keys,
      rev: Int32Array.from(rows, (row) => row.rev),
      group: groups,
      rule: rules,
      severity: Uint8Array.from(rows, (row) => SEVERITIES.indexOf(row.severity)),
      occurred_at: Float64Array.from(rows, (row) => row.occurredAtMs),
      ruling: Uint8Array.from(rows, (row) =>
        row.ruling === undefined ? 0 : row.ruling.action === 'confirm' ? 1 : 2,
      ),
      ruling_at: Float64Array.from(rows, (row) => row.ruling?.atMs ?? 0),
      columns: withCanonicalNaN(columns),
      record_keys: records,
      first_vote: firstVote,
      vote_analyst: votes.analyst,
      vote_disposition: votes.disposition,
      vote_risk: votes.risk,
      vote_at: votes.at,
      vote_verified: votes.verified,
      // Only where a proven caller passed on a claim: other sets keep the bytes they always had.
      ...(votes.caller.some((caller) => caller >= 0) ? { vote_caller: votes.caller } : {}),
      // Only where an incident was judged as a whole, likewise.
      ...(votes.whole.some((whole) => whole >= 0) ? { vote_whole: votes.whole } : {}),
      // Only where a vendor says when it closed a record, likewise.
      ...(votes.closedAt.some((at) => !Number.isNaN(at)) ? { vote_closed_at: votes.closedAt } : {}),
      // Only where there is one: sets without audit samples keep the bytes they always had.
      ...(rows.some((row) => row.auditShare !== undefined)
        ? { audit_share: Float64Array.from(rows, (row) => row.auditShare ?? 0) }
        : {}),
      // Only where a row names its reader, likewise.
      ...(rows.some((row) => row.readerVersion !== undefined)
        ? { reader_version: Int32Array.from(rows, (row) => row.readerVersion ?? 0) }
        : {}),
      ...(hits === undefined ? {} : { n_rule_hits: hits.counts, rule_hits: hits.hits }),
    },
  );
}

/** @throws AlertforestError STORE_CORRUPT where the bytes are no training set of a known format */
export function decodeDataset(bytes: Uint8Array): Dataset {
  const { header, sections } = open(bytes, DATASET_KIND);
  const {
    catalog_id,
    columns: columnNames,
    families,
    max_samples,
    rows: n,
    analysts,
    detection_rules: detectionRules,
  } = parseHeader(datasetHeaderSchema, header);
  const nColumns = columnNames.length;
  const u8 = (name: string, length: number): Uint8Array => section(sections, name, Uint8Array, length);
  const f64 = (name: string, length: number): Float64Array => section(sections, name, Float64Array, length);
  const keys = u8('key', n * KEY_BYTES);
  const groups = u8('group', n * KEY_BYTES);
  const rules = u8('rule', n * RULE_BYTES);
  const records = u8('record_keys', n * families.length * RULE_BYTES);
  const columns = section(sections, 'columns', Float32Array, n * nColumns);
  const firstVote = section(sections, 'first_vote', Int32Array, n + 1);
  const nVotes = firstVote[n]!;
  const rev = section(sections, 'rev', Int32Array, n);
  const severity = u8('severity', n);
  const occurredAt = f64('occurred_at', n);
  const ruling = u8('ruling', n);
  const rulingAt = f64('ruling_at', n);
  const auditShare = 'audit_share' in sections ? f64('audit_share', n) : undefined;
  const readerVersion =
    'reader_version' in sections ? section(sections, 'reader_version', Int32Array, n) : undefined;
  const voteAnalyst = section(sections, 'vote_analyst', Int32Array, nVotes);
  const voteDisposition = u8('vote_disposition', nVotes);
  const voteRisk = f64('vote_risk', nVotes);
  const voteAt = f64('vote_at', nVotes);
  const voteVerified = u8('vote_verified', nVotes);
  const voteCaller =
    'vote_caller' in sections ? section(sections, 'vote_caller', Int32Array, nVotes) : undefined;
  const voteWhole =
    'vote_whole' in sections ? section(sections, 'vote_whole', Int32Array, nVotes) : undefined;
  const voteClosedAt = 'vote_closed_at' in sections ? f64('vote_closed_at', nVotes) : undefined;

  const hitsOf = ruleHitsReader(sections, detectionRules, n);

  const voteOf = (v: number): KeptVote => ({
    analyst: analysts[voteAnalyst[v]!]!,
    disposition: DISPOSITIONS[voteDisposition[v]!]!,
    ...(voteRisk[v]! < 0 ? {} : { risk_score: voteRisk[v]! }),
    at: new Date(voteAt[v]!).toISOString(),
    verified: (voteVerified[v]! & VERIFIED) !== 0,
    ...((voteVerified[v]! & OF_RECORD) === 0 ? {} : { from: 'record' as const }),
    ...(voteCaller === undefined || voteCaller[v]! < 0 ? {} : { caller: analysts[voteCaller[v]!]! }),
    ...(voteWhole === undefined || voteWhole[v]! < 0 ? {} : { whole: analysts[voteWhole[v]!]! }),
    ...(voteClosedAt === undefined || Number.isNaN(voteClosedAt[v]!)
      ? {}
      : { closedAt: new Date(voteClosedAt[v]!).toISOString() }),
  });
  const rows: DatasetRow[] = [];
  for (let i = 0; i < n; i++) {
    const votes: KeptVote[] = [];
    for (let v = firstVote[i]!; v < firstVote[i + 1]!; v++) votes.push(voteOf(v));
    rows.push({
      alertKey: readHex(keys, i * KEY_BYTES, KEY_BYTES),
      rev: rev[i]!,
      group: readHex(groups, i * KEY_BYTES, KEY_BYTES),
      ruleKey: readHex(rules, i * RULE_BYTES, RULE_BYTES),
      severity: SEVERITIES[severity[i]!]!,
      occurredAtMs: occurredAt[i]!,
      columns: columns.subarray(i * nColumns, (i + 1) * nColumns),
      recordKeys: families.map((_, family) => readKey(records, (i * families.length + family) * RULE_BYTES)),
      votes,
      ruling:
        ruling[i] === 0 ? undefined : { action: ruling[i] === 1 ? 'confirm' : 'reject', atMs: rulingAt[i]! },
      ...(auditShare?.[i] ? { auditShare: auditShare[i] } : {}),
      ...(readerVersion?.[i] ? { readerVersion: readerVersion[i] } : {}),
      ...hitsOf(),
    });
  }
  return { catalogId: catalog_id, columnNames, families, maxSamples: max_samples, rows };
}

const NOT_ASKED = -1;

/** The rules that spoke, flattened: a row's number of hits, or NOT_ASKED; of each hit 2 x its name, + 1 for a half one. */
function ruleHitSections(rows: readonly DatasetRow[]): {
  readonly names: string[];
  readonly counts: Int32Array;
  readonly hits: Int32Array;
} {
  const names = new Map<string, number>();
  const hits = rows.flatMap(({ ruleHits = [] }) =>
    ruleHits.map(({ id, half }) => {
      const known = names.get(id) ?? names.size;
      names.set(id, known);
      return 2 * known + (half ? 1 : 0);
    }),
  );
  return {
    names: [...names.keys()],
    counts: Int32Array.from(rows, ({ ruleHits }) => ruleHits?.length ?? NOT_ASKED),
    hits: Int32Array.from(hits),
  };
}

/** Gives the hits of one row after the other. */
function ruleHitsReader(
  sections: Record<string, TypedArray>,
  names: readonly string[] | undefined,
  n: number,
): () => Pick<DatasetRow, 'ruleHits'> {
  if (names === undefined) return () => ({});
  const counts = section(sections, 'n_rule_hits', Int32Array, n);
  const total = counts.reduce((sum, count) => sum + Math.max(0, count), 0);
  const hits = section(sections, 'rule_hits', Int32Array, total);
  let row = 0;
  let at = 0;
  return () => {
    const count = counts[row++]!;
    if (count < 0) return {};
    const from = at;
    at += count;
    return {
      ruleHits: Array.from(hits.subarray(from, at), (hit): RuleHit => {
        const id = names[hit >> 1]!;
        return (hit & 1) === 1 ? { id, half: true } : { id };
      }),
    };
  };
}

const trafficHeaderSchema = z.object({
  catalogs: z.array(z.object({ id: z.string(), columns: z.int().min(0), rows: z.int().min(0) })),
});

/** The draw of logged alerts, rows of each catalogue together in the order given. */
export function encodeTraffic(rows: readonly TrafficRow[]): Uint8Array {
  const ids = [...new Set(rows.map((row) => row.catalogId))].sort();
  const ordered = ids.flatMap((id) => rows.filter((row) => row.catalogId === id));
  const catalogs = ids.map((id) => {
    const own = ordered.filter((row) => row.catalogId === id);
    return { id, columns: own[0]?.columns.length ?? 0, rows: own.length };
  });
  const columns = new Float32Array(ordered.reduce((sum, row) => sum + row.columns.length, 0));
  const keys = new Uint8Array(ordered.length * KEY_BYTES);
  const groups = new Uint8Array(ordered.length * KEY_BYTES);
  let at = 0;
  ordered.forEach((row, i) => {
    columns.set(row.columns, at);
    at += row.columns.length;
    writeHex(row.alertKey, keys, i * KEY_BYTES, KEY_BYTES);
    writeHex(row.group, groups, i * KEY_BYTES, KEY_BYTES);
  });
  return encodeContainer(
    TRAFFIC_KIND,
    { catalogs },
    {
      key: keys,
      group: groups,
      scored_at: Float64Array.from(ordered, (row) => row.scoredAtMs),
      columns: withCanonicalNaN(columns),
    },
  );
}

/** @throws AlertforestError STORE_CORRUPT */
export function decodeTraffic(bytes: Uint8Array): TrafficRow[] {
  const { header, sections } = open(bytes, TRAFFIC_KIND);
  const { catalogs } = parseHeader(trafficHeaderSchema, header);
  const n = catalogs.reduce((sum, catalog) => sum + catalog.rows, 0);
  const nValues = catalogs.reduce((sum, catalog) => sum + catalog.rows * catalog.columns, 0);
  const keys = section(sections, 'key', Uint8Array, n * KEY_BYTES);
  const groups = section(sections, 'group', Uint8Array, n * KEY_BYTES);
  const scoredAt = section(sections, 'scored_at', Float64Array, n);
  const columns = section(sections, 'columns', Float32Array, nValues);
  const rows: TrafficRow[] = [];
  let at = 0;
  for (const catalog of catalogs) {
    for (let r = 0; r < catalog.rows; r++) {
      const i = rows.length;
      rows.push({
        alertKey: readHex(keys, i * KEY_BYTES, KEY_BYTES),
        group: readHex(groups, i * KEY_BYTES, KEY_BYTES),
        scoredAtMs: scoredAt[i]!,
        catalogId: catalog.id,
        columns: columns.subarray(at, at + catalog.columns),
      });
      at += catalog.columns;
    }
  }
  return rows;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function open(bytes: Uint8Array, kind: string): ReturnType<typeof decodeContainer> {
  try {
    const container = decodeContainer(bytes);
    if (container.kind !== kind) throw new FormatError(`Expected a ${kind}, got a ${container.kind}.`);
    return container;
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new AlertforestError('STORE_CORRUPT', `Cannot read the ${kind}: ${cause.message}`, { cause });
  }
}

function parseHeader<T>(schema: z.ZodType<T>, header: unknown): T {
  const parsed = schema.safeParse(header);
  if (parsed.success) return parsed.data;
  throw new AlertforestError('STORE_CORRUPT', `Cannot read the header: ${parsed.error.message}`);
}

function section<T extends TypedArray>(
  sections: Record<string, TypedArray>,
  name: string,
  type: new (length: number) => T,
  length: number,
): T {
  const found = sections[name];
  if (found instanceof type && found.length === length) return found;
  throw new AlertforestError(
    'STORE_CORRUPT',
    `Expected section ${name} of ${length} values, got ${found === undefined ? 'none' : found.length}.`,
  );
}

/** `columns` itself with every missing value written as the one canonical pattern. */
function withCanonicalNaN(columns: Float32Array): Float32Array {
  const bits = new Uint32Array(columns.buffer, columns.byteOffset, columns.length);
  for (let at = 0; at < columns.length; at++) if (Number.isNaN(columns[at])) bits[at] = CANONICAL_NAN;
  return columns;
}

/** Writes up to `length` bytes of hex; '' leaves zeros, which stand for a missing key. */
function writeHex(hex: string, out: Uint8Array, offset: number, length: number): void {
  if (hex === '') return;
  if (hex.length !== 2 * length || !/^[0-9a-f]+$/.test(hex)) {
    throw new RangeError(`Expected ${2 * length} hex digits, got ${JSON.stringify(hex.slice(0, 80))}.`);
  }
  out.set(Buffer.from(hex, 'hex'), offset);
}

function readHex(bytes: Uint8Array, offset: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + offset, length).toString('hex');
}

function readKey(bytes: Uint8Array, offset: number): string {
  const hex = readHex(bytes, offset, RULE_BYTES);
  return hex === '0000000000000000' ? '' : hex;
}
