import type { Severity } from '../../alert/alert.ts';
import type { Vote } from '../../alert/judgement.ts';
import { READER_VERSION } from '../../alert/reader-version.ts';
import type { RuleHit } from '../../alert/snapshot.ts';
import { columnNamesOf, familyNamesOf } from '../../features/catalog-history.ts';
import { CATALOG_ID, STATELESS_NAMES } from '../../features/feature-catalog.ts';
import { RECORD_FAMILIES } from '../../features/record-families.ts';
import type { FeedbackSample } from '../../store/feedback-store.ts';
import { mergedGroups } from './merged-groups.ts';

/** A vote as a training set keeps it: whose word it is, what it says, and since when. */
export type KeptVote = Omit<Vote, 'comment' | 'record'> & {
  /** ISO 8601 UTC: when its vendor closed the record; absent where it does not say, and in a person's vote. */
  readonly closedAt?: string;
};

/** One judged alert as a training set keeps it: the state of its judgement, never a delta. */
export interface DatasetRow {
  readonly alertKey: string;
  readonly rev: number;
  readonly group: string;
  readonly ruleKey: string;
  readonly severity: Severity;
  readonly occurredAtMs: number;
  /** (columnNames,) of the dataset; NaN where missing. */
  readonly columns: Float32Array;
  /** One per family of the dataset, '' where the alert lacks the value. */
  readonly recordKeys: readonly string[];
  /** Comments are not kept. Oldest first. */
  readonly votes: readonly KeptVote[];
  readonly ruling: { readonly action: 'confirm' | 'reject'; readonly atMs: number } | undefined;
  /** As in the snapshot: set where only the audit sample brought the alert before a person. */
  readonly auditShare?: number;
  /** As in the snapshot: version of the reader; absent where it had no name. */
  readonly readerVersion?: number;
  /** As in the snapshot: rules that spoke; absent where they were not asked. */
  readonly ruleHits?: readonly RuleHit[];
}

/** A training set, rows sorted by alert key. */
export interface Dataset {
  /** Catalogue of the build that wrote it. */
  readonly catalogId: string;
  /** Columns of every row: those of `catalogId`, then those only other builds know, sorted. */
  readonly columnNames: readonly string[];
  readonly families: readonly string[];
  /** Most rows it was allowed to hold; the newest judged are kept. */
  readonly maxSamples: number;
  readonly rows: readonly DatasetRow[];
}

/** Names behind a catalogue id, as `catalogs/<id>.json` states them. */
export interface CatalogNames {
  readonly columns: readonly string[];
  readonly families: readonly string[];
}

/** This build's own catalogue. */
export const OWN_CATALOG: CatalogNames = { columns: STATELESS_NAMES, families: RECORD_FAMILIES };

/** Names of a catalogue this build has heard of: its own, or one it remembers. */
export function knownCatalog(catalogId: string): CatalogNames | undefined {
  const columns = columnNamesOf(catalogId);
  const families = familyNamesOf(catalogId);
  return columns === undefined || families === undefined ? undefined : { columns, families };
}

export function emptyDataset(maxSamples: number): Dataset {
  return {
    catalogId: CATALOG_ID,
    columnNames: OWN_CATALOG.columns,
    families: OWN_CATALOG.families,
    maxSamples,
    rows: [],
  };
}

/** When the alert was last voted on, ms since 1970. */
export function judgedAtMs(row: DatasetRow): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const vote of row.votes) latest = Math.max(latest, Date.parse(vote.at));
  return latest;
}

/** What has changed since the previous set besides the samples. */
export interface DatasetChanges {
  /** Alerts whose judgement was withdrawn: their rows leave. */
  readonly gone?: readonly string[];
  /** Names of groups that are one incident. */
  readonly merges?: readonly (readonly string[])[];
}

/**
 * The previous set overlaid with the current state of the samples that changed: a sample replaces the row of its
 * key, so reading it twice doubles nothing. Sorted by key; beyond `maxSamples` the longest unjudged leave.
 *
 * @param catalogs names of the samples' catalogues that this build does not know itself, from `catalogs/<id>.json`
 * @param since what else has changed: alerts on which nothing stands any more, and groups that turned out to be one
 * @returns the new set, the keys of samples whose catalogue is unknown (they are left out and must stay pending), and
 * the groups whose merge would have gathered too many rows
 */
export function overlay(
  previous: Dataset,
  samples: readonly FeedbackSample[],
  maxSamples: number,
  catalogs: Readonly<Record<string, CatalogNames>> = {},
  since: DatasetChanges = {},
): {
  readonly dataset: Dataset;
  readonly unreadable: readonly string[];
  readonly refusedMerges: readonly string[];
} {
  const catalogOf = (id: string): CatalogNames | undefined => knownCatalog(id) ?? catalogs[id];
  const extra = new Set(previous.columnNames);
  for (const { snapshot } of samples) {
    for (const name of catalogOf(snapshot.catalogId)?.columns ?? []) extra.add(name);
  }
  for (const name of OWN_CATALOG.columns) extra.delete(name);
  const columnNames = extra.size === 0 ? OWN_CATALOG.columns : [...OWN_CATALOG.columns, ...[...extra].sort()];
  const families = OWN_CATALOG.families;

  const byKey = new Map<string, DatasetRow>();
  for (const row of previous.rows) {
    byKey.set(row.alertKey, {
      ...row,
      columns: project(row.columns, previous.columnNames, columnNames, Number.NaN),
      recordKeys: projectKeys(row.recordKeys, previous.families, families),
    });
  }
  const unreadable: string[] = [];
  for (const sample of samples) {
    const names = catalogOf(sample.snapshot.catalogId);
    if (names === undefined || names.columns.length !== sample.snapshot.columns.length) {
      unreadable.push(sample.snapshot.alertKey);
      continue;
    }
    byKey.set(sample.snapshot.alertKey, rowOf(sample, names, columnNames, families));
    // It stands here under the key of an earlier build no more.
    if (sample.snapshot.formerKey !== undefined) byKey.delete(sample.snapshot.formerKey);
  }
  const known = new Set(previous.rows.map(({ alertKey }) => alertKey));
  for (const { snapshot } of samples) if (known.has(snapshot.formerKey ?? '')) known.add(snapshot.alertKey);
  for (const alertKey of since.gone ?? []) byKey.delete(alertKey);
  let rows = [...byKey.values()];
  if (rows.length > maxSamples) {
    rows = rows
      .map((row) => ({ row, at: judgedAtMs(row) }))
      .sort((a, b) => b.at - a.at || (a.row.alertKey < b.row.alertKey ? -1 : 1))
      .slice(0, maxSamples)
      .map(({ row }) => row);
  }
  rows.sort((a, b) => (a.alertKey < b.alertKey ? -1 : 1));
  const { into, refused } = mergedGroups(
    rows.map(({ alertKey, group }) => ({ alertKey, group, isKnown: known.has(alertKey) })),
    since.merges ?? [],
  );
  if (into.size > 0) rows = rows.map((row) => ({ ...row, group: into.get(row.group) ?? row.group }));
  return {
    dataset: { catalogId: CATALOG_ID, columnNames, families, maxSamples, rows },
    unreadable,
    refusedMerges: refused,
  };
}

/** Rows whose payload was read by an earlier reader than this build's. */
export function readEarlier({ rows }: Dataset): number {
  return rows.filter(({ readerVersion = 1 }) => readerVersion < READER_VERSION).length;
}

function rowOf(
  sample: FeedbackSample,
  names: CatalogNames,
  columnNames: readonly string[],
  families: readonly string[],
): DatasetRow {
  const { snapshot, ruling } = sample;
  return {
    alertKey: snapshot.alertKey,
    rev: sample.rev,
    group: snapshot.group,
    ruleKey: snapshot.ruleKey,
    severity: snapshot.severity,
    occurredAtMs: Date.parse(snapshot.occurredAt),
    columns: project(snapshot.columns, names.columns, columnNames, Number.NaN),
    recordKeys: projectKeys(snapshot.recordKeys, names.families, families),
    votes: sample.votes.map(keptVote),
    ruling: ruling && { action: ruling.action, atMs: Date.parse(ruling.at) },
    ...(snapshot.auditShare === undefined ? {} : { auditShare: snapshot.auditShare }),
    ...(snapshot.readerVersion === undefined ? {} : { readerVersion: snapshot.readerVersion }),
    ...(snapshot.ruleHits === undefined ? {} : { ruleHits: snapshot.ruleHits }),
  };
}

function keptVote({ comment: _, record, from, ...vote }: Vote): KeptVote {
  if (from !== 'record') return vote;
  // A record that its vendor does not date bears the time of its receipt.
  const closedAt = record?.closedAt ?? (record?.at === vote.at ? undefined : record?.at);
  return { ...vote, from, ...(closedAt === undefined ? {} : { closedAt }) };
}

/** `values` in the order of `to`; a name that `from` lacks gets `missing`. */
function project(
  values: Float32Array,
  from: readonly string[],
  to: readonly string[],
  missing: number,
): Float32Array {
  if (from === to || (from.length === to.length && from.every((name, at) => name === to[at]))) return values;
  const positions = new Map(from.map((name, at) => [name, at]));
  return Float32Array.from(to, (name) => values[positions.get(name) ?? -1] ?? missing);
}

function projectKeys(
  keys: readonly string[],
  from: readonly string[],
  to: readonly string[],
): readonly string[] {
  if (from === to || (from.length === to.length && from.every((name, at) => name === to[at]))) return keys;
  return to.map((name) => keys[from.indexOf(name)] ?? '');
}
