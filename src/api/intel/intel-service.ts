import type { EntityKind } from '../../alert/alert.ts';
import { AlertforestError } from '../../errors.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { entitiesOfText } from '../../triage/intel/entities-of-text.ts';
import { type ImportOptions, importSource } from '../../triage/intel/import-source.ts';
import type { IntelSource } from '../../triage/intel/intel-index.ts';
import type { IntelSources, SourceHit } from '../../triage/intel/intel-sources.ts';
import { readIndex, removeSource } from '../../triage/intel/intel-store.ts';
import type { SourceBytes } from '../../triage/intel/read-indicators.ts';
import type {
  WireIntelChange,
  WireIntelHit,
  WireIntelList,
  WireIntelLookup,
  WireIntelSource,
} from './intel.ts';

export interface IntelServiceDeps {
  readonly store: ModelStore;
  readonly sources: IntelSources;
  readonly now: () => number;
}

/** What the routes and the command line ask about threat intelligence. */
export class IntelService {
  readonly #deps: IntelServiceDeps;

  constructor(deps: IntelServiceDeps) {
    this.#deps = deps;
  }

  /** Reads the sources anew; never fails, a lookup and {@link list} say how it went. */
  async refresh(): Promise<void> {
    await this.#deps.sources.refresh();
  }

  /**
   * What is stored, read anew, with how this instance stands to it.
   *
   * @throws AlertforestError STORE_UNAVAILABLE
   */
  async list(): Promise<WireIntelList> {
    const { sources } = this.#deps;
    const { index } = await readIndex(this.#deps.store);
    const { problem } = sources;
    return {
      status: sources.isReady ? (problem === undefined ? 'ready' : 'degraded') : 'loading',
      ...(problem === undefined ? {} : { problem }),
      size_bytes: sources.sizeBytes,
      sources: Object.entries(index.sources)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, source]) => wireSource(name, source)),
    };
  }

  /** Reads a source from its bytes and puts it in the place of what it had. */
  async put(name: string, bytes: SourceBytes, options: ImportOptions): Promise<WireIntelChange> {
    const { store, sources, now } = this.#deps;
    const { [name]: before } = (await readIndex(store)).index.sources;
    const source = await importSource(store, name, bytes, options, now());
    await sources.refresh();
    return { ...wireSource(name, source), before: stateOf(before), after: stateOf(source) };
  }

  /** @throws AlertforestError NOT_FOUND */
  async remove(name: string): Promise<WireIntelChange> {
    const removed = await removeSource(this.#deps.store, name);
    await this.#deps.sources.refresh();
    return { ...wireSource(name, removed), before: stateOf(removed), after: null };
  }

  /**
   * Every hit of a value at a moment, those that do not count included.
   *
   * @throws AlertforestError MODEL_NOT_READY while the sources load: a hit that cannot be seen yet is not absent
   */
  lookUp(value: string, kind: EntityKind | undefined, atMs: number | undefined): WireIntelLookup {
    const { sources, now } = this.#deps;
    if (!sources.isReady)
      throw new AlertforestError(
        'MODEL_NOT_READY',
        `The sources of indicators are not loaded: ${sources.problem ?? 'loading'}.`,
        {
          retryAfterSeconds: 2,
        },
      );
    const askedAtMs = atMs ?? now();
    const entities = entitiesOfText(value, kind);
    const hits = entities
      .flatMap((entity) => sources.hitsOf(entity.kind, entity.value, askedAtMs))
      .sort((a, b) => b.confidence - a.confidence)
      .map(wireHit);
    return {
      value,
      entities: [...entities],
      at: new Date(askedAtMs).toISOString(),
      is_hit: hits.some(({ state }) => state === 'active'),
      hits,
    };
  }
}

function wireSource(name: string, { path: _path, ...facts }: IntelSource): WireIntelSource {
  return { source: name, ...facts };
}

function stateOf(source: IntelSource | undefined): WireIntelChange['before'] {
  if (source === undefined) return null;
  const { imported_at, indicators, size_bytes, sha256 } = source;
  return { imported_at, indicators, size_bytes, sha256 };
}

/** A hit as the wire shows it. */
export function wireHit({ source, kind, confidence, hit, state, suppressedBy }: SourceHit): WireIntelHit {
  const moment = (name: 'valid_from' | 'valid_until', ms: number) =>
    Number.isNaN(ms) ? {} : { [name]: new Date(ms).toISOString() };
  return {
    source,
    kind,
    confidence,
    matched: hit.matched,
    ...(hit.tlp === undefined ? {} : { tlp: hit.tlp }),
    ...moment('valid_from', hit.validFromMs),
    ...moment('valid_until', hit.validUntilMs),
    state: suppressedBy === undefined ? state : 'suppressed',
    ...(suppressedBy === undefined ? {} : { suppressed_by: suppressedBy }),
  };
}
