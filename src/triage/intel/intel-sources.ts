import type { Entity, EntityKind } from '../../alert/alert.ts';
import { AlertforestError } from '../../errors.ts';
import { sha256InSlices } from '../../reading/sha256-in-slices.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { INTEL_INDEX_BLOB } from '../../store/names.ts';
import type { IndicatorKind } from './indicator.ts';
import type { IntelIndex, IntelSource } from './intel-index.ts';
import { parseIndex } from './intel-store.ts';
import { lookUp } from './look-up.ts';
import { suppressedBy } from './shipped-warning-lists.ts';
import { IndicatorTable, stateAt, type TableHit } from './table/indicator-table.ts';

/** A hit of one entity in one source. */
export interface SourceHit {
  readonly source: string;
  readonly kind: IndicatorKind;
  /** 0-100; the source's default where the indicator brings none. */
  readonly confidence: number;
  /** The entity's value. */
  readonly value: string;
  readonly hit: TableHit;
  readonly state: 'active' | 'not yet' | 'expired';
  /** Warning list that holds the value; then it is no hit. */
  readonly suppressedBy: string | undefined;
}

interface LoadedSource {
  readonly facts: IntelSource;
  readonly table: IndicatorTable;
}

/** Entities of one alert that are looked up; the rest of a huge alert is not. */
const MAX_LOOKED_UP = 2_000;

/**
 * The sources in force on this instance. `refresh` re-reads the index by its tag and loads what has changed, verified by
 * its digest; on any failure what was loaded stays. Nothing is ready until the index has been read once with everything
 * it names: a source that could not be read is never taken for one that is empty.
 */
export class IntelSources {
  readonly #store: ModelStore;
  #etag: string | undefined;
  #loaded: ReadonlyMap<string, LoadedSource> | undefined;
  #problem: string | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(store: ModelStore) {
    this.#store = store;
  }

  get isReady(): boolean {
    return this.#loaded !== undefined;
  }

  /** What went wrong at the last refresh, in one sentence; undefined where nothing did. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Sources in force by name; undefined while loading. */
  get sources(): Readonly<Record<string, IntelSource>> | undefined {
    const loaded = this.#loaded;
    return loaded && Object.fromEntries([...loaded].map(([name, { facts }]) => [name, facts]));
  }

  /** Memory of all tables. */
  get sizeBytes(): number {
    let sizeBytes = 0;
    for (const { table } of this.#loaded?.values() ?? []) sizeBytes += table.sizeBytes;
    return sizeBytes;
  }

  /** Never throws; one at a time. */
  async refresh(): Promise<void> {
    this.#refreshing ??= this.#load().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  async #load(): Promise<void> {
    try {
      const stored =
        this.#etag === undefined
          ? await this.#store.read(INTEL_INDEX_BLOB)
          : await this.#store.readIfChanged(INTEL_INDEX_BLOB, this.#etag);
      if (stored !== 'unchanged') {
        await this.#take(stored === undefined ? {} : parseIndex(stored.bytes).sources);
        this.#etag = stored?.etag;
      }
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
    }
  }

  async #take(sources: IntelIndex['sources']): Promise<void> {
    const loaded = new Map<string, LoadedSource>();
    for (const name of Object.keys(sources).sort()) {
      const facts = sources[name] as IntelSource;
      const known = this.#loaded?.get(name);
      const table = known?.facts.sha256 === facts.sha256 ? known.table : await this.#read(name, facts);
      loaded.set(name, { facts, table });
    }
    this.#loaded = loaded;
  }

  async #read(name: string, { path, sha256 }: IntelSource): Promise<IndicatorTable> {
    const stored = await this.#store.read(path);
    if (stored === undefined)
      throw new AlertforestError('STORE_UNAVAILABLE', `The indicators of ${name} are being replaced.`);
    const found = await sha256InSlices(stored.bytes);
    if (found !== sha256)
      throw new AlertforestError(
        'STORE_CORRUPT',
        `Expected indicators of ${name} with the digest ${sha256}, got ${found}.`,
      );
    return IndicatorTable.inSlices(stored.bytes);
  }

  /**
   * Every hit of one value, those that do not hold at the moment and those a warning list suppresses too.
   *
   * @param value in the normal form of its kind
   */
  hitsOf(kind: EntityKind, value: string, atMs: number): SourceHit[] {
    const hits: SourceHit[] = [];
    for (const [source, { facts, table }] of this.#loaded ?? [])
      lookUp(table, kind, value, (hit) => {
        hits.push({
          source,
          kind: hit.kind,
          confidence: hit.confidence ?? facts.default_confidence,
          value,
          hit,
          state: stateAt(hit, atMs),
          suppressedBy: suppressionOf(kind, value, hit),
        });
      });
    return hits;
  }

  /** Hits that count: of each source and kind the most confident, highest confidence first. */
  look(entities: readonly Entity[], atMs: number): SourceHit[] {
    const best = new Map<string, SourceHit>();
    for (const { kind, value } of entities.slice(0, MAX_LOOKED_UP)) {
      for (const hit of this.hitsOf(kind, value, atMs)) {
        if (hit.state !== 'active' || hit.suppressedBy !== undefined) continue;
        const key = `${hit.source} ${hit.kind}`;
        const known = best.get(key);
        if (known === undefined || hit.confidence > known.confidence) best.set(key, hit);
      }
    }
    return [...best.values()].sort((a, b) => b.confidence - a.confidence);
  }
}

/** The list that suppresses what was asked about: a name under a listed domain, an address in a listed network. */
function suppressionOf(kind: EntityKind, value: string, { kind: matchedKind }: TableHit): string | undefined {
  if (matchedKind === 'ip') return kind === 'ip' ? suppressedBy('ip', value) : undefined;
  if (matchedKind === 'domain')
    return kind === 'domain' || kind === 'host' ? suppressedBy('domain', value) : undefined;
  return suppressedBy(matchedKind, value);
}
