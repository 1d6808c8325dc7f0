import { DISPOSITIONS, type Disposition } from '../alert/alert.ts';
import { FAMILY_PLACES } from '../features/record-families.ts';
import { decodeContainer, encodeContainer, sectionOf } from '../trees/forest/forest-format.ts';
import { writeLeaves } from '../trees/forest/leaves.ts';
import type { AlertClassifier } from './alert-classifier.ts';
import type { ScorableSnapshot } from './column-layout.ts';
import { readingModel } from './model-artefact.ts';
import { subsetRows, type TrainingRows } from './training-rows.ts';

const KIND = 'alertforest-neighbours';
/** Trees compared: all of a random forest; of a boosted one the first, which carry most of what it learned. */
const MAX_TREES = 64;
/** Judged alerts kept, those that occurred last: 5 MB, and a millisecond to compare. */
const MAX_ALERTS = 20_000;
const KEY_BYTES = 16;
const TENANT_BYTES = 8;
const TENANT = FAMILY_PLACES.tenant;

/** A judged alert that the forest treats as it treats another. */
export interface Neighbour {
  readonly alertKey: string;
  readonly disposition: Disposition;
  /** Share of the compared trees in which both end in the same leaf, in (0, 1]. */
  readonly shared: number;
  /** ms since 1970. */
  readonly occurredAtMs: number;
}

/** What is kept of n judged alerts, the newest first. */
interface Parts {
  readonly nTrees: number;
  /** (n x 16) */
  readonly keys: Uint8Array;
  /** (n x 8) the tenant's key of the track record, zeros where the alert names none. */
  readonly tenants: Uint8Array;
  /** (n,) index into DISPOSITIONS. */
  readonly labels: Uint8Array;
  /** (n,) */
  readonly occurredAtMs: Float64Array;
  /** (n x nTrees) node of the leaf, counted from the root. */
  readonly leaves: Int32Array;
}

export interface NearestOptions {
  /** Wanted at most. */
  readonly limit: number;
  /** The alert itself, which is not like itself. */
  readonly alertKey: string;
}

/**
 * The judged alerts behind a classifier by the leaves its forest puts them in, as it would serve them. Alerts of the
 * same leaves are alike in what the forest asks about, and get the same answer: the proximity of Breiman's random
 * forests. Kept beside the model, of the same artefact; tenants as hashes, nothing of what the alerts say.
 */
export class JudgedNeighbours {
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    const { nTrees, keys, tenants, labels, occurredAtMs, leaves } = parts;
    const n = labels.length;
    if (
      keys.length !== n * KEY_BYTES ||
      tenants.length !== n * TENANT_BYTES ||
      occurredAtMs.length !== n ||
      leaves.length !== n * nTrees ||
      labels.some((label) => label >= DISPOSITIONS.length)
    )
      throw new RangeError(`Expected keys, tenants, labels, times and leaves of ${n} judged alerts.`);
    this.#parts = parts;
  }

  /** None: of a model without judged alerts, or from a build that did not keep them. */
  static readonly NONE = new JudgedNeighbours({
    nTrees: 0,
    keys: new Uint8Array(0),
    tenants: new Uint8Array(0),
    labels: new Uint8Array(0),
    occurredAtMs: new Float64Array(0),
    leaves: new Int32Array(0),
  });

  /**
   * @param rows judged alerts, in this build's catalogue
   * @param alertKeys (n,) of the rows
   */
  static of(classifier: AlertClassifier, rows: TrainingRows, alertKeys: readonly string[]): JudgedNeighbours {
    const newest = [...alertKeys.keys()]
      .sort(
        (a, b) => rows.occurredAtMs[b]! - rows.occurredAtMs[a]! || (alertKeys[a]! < alertKeys[b]! ? -1 : 1),
      )
      .slice(0, MAX_ALERTS);
    const kept = subsetRows(rows, newest);
    const n = newest.length;
    const nTrees = Math.min(MAX_TREES, classifier.forest.roots.length);
    const leaves = new Int32Array(n * nTrees);
    const { data, nFeatures } = classifier.matrixOfRows(kept);
    for (let i = 0; i < n; i++)
      writeLeaves(classifier.forest, nTrees, data, i * nFeatures, leaves, i * nTrees);
    const keys = new Uint8Array(n * KEY_BYTES);
    const tenants = new Uint8Array(n * TENANT_BYTES);
    newest.forEach((from, i) => {
      keys.set(Buffer.from(alertKeys[from]!, 'hex'), i * KEY_BYTES);
      tenants.set(Buffer.from(kept.recordKeys[i]![TENANT]!, 'hex'), i * TENANT_BYTES);
    });
    return new JudgedNeighbours({
      nTrees,
      keys,
      tenants,
      labels: Uint8Array.from(kept.labels),
      occurredAtMs: Float64Array.from(kept.occurredAtMs),
      leaves,
    });
  }

  /** @throws AlertforestError MODEL_CORRUPT */
  static from(bytes: Uint8Array): JudgedNeighbours {
    return readingModel(KIND, () => {
      const { kind, header, sections } = decodeContainer(bytes);
      const nTrees = header['trees'];
      if (kind !== KIND || typeof nTrees !== 'number')
        throw new TypeError(
          `Expected a file of kind ${KIND} that says how many trees it compares, got ${kind}.`,
        );
      return new JudgedNeighbours({
        nTrees,
        keys: sectionOf(sections, 'keys', Uint8Array),
        tenants: sectionOf(sections, 'tenants', Uint8Array),
        labels: sectionOf(sections, 'labels', Uint8Array),
        occurredAtMs: sectionOf(sections, 'occurred_at', Float64Array),
        leaves: sectionOf(sections, 'leaves', Int32Array),
      });
    });
  }

  toBuffer(): Uint8Array {
    const { nTrees, keys, tenants, labels, occurredAtMs, leaves } = this.#parts;
    return encodeContainer(
      KIND,
      { trees: nTrees },
      { keys, tenants, labels, occurred_at: occurredAtMs, leaves },
    );
  }

  /** Judged alerts kept, of every tenant. */
  get size(): number {
    return this.#parts.labels.length;
  }

  /**
   * The judged alerts of the alert's own tenant that share most leaves with it, most alike first, newest first among
   * equals. What shares no leaf is not like it.
   *
   * @param classifier the one these were made of
   */
  nearest(
    classifier: AlertClassifier,
    snapshot: ScorableSnapshot,
    { limit, alertKey }: NearestOptions,
  ): Neighbour[] {
    const { nTrees, keys, tenants, labels, occurredAtMs, leaves } = this.#parts;
    const n = labels.length;
    if (n === 0 || limit <= 0) return [];
    const row = new Float32Array(classifier.layout.nColumns);
    classifier.writeRow(snapshot, row);
    const own = new Int32Array(nTrees);
    writeLeaves(classifier.forest, nTrees, row, 0, own, 0);
    const tenant = new Uint8Array(TENANT_BYTES);
    tenant.set(Buffer.from(snapshot.recordKeys[TENANT] ?? '', 'hex'));
    const ownKey = Buffer.from(alertKey, 'hex');
    // (limit,) places of the best so far, most shared first; rows run from the newest on, so an equal comes behind
    const best: { readonly i: number; readonly shared: number }[] = [];
    for (let i = 0; i < n; i++) {
      if (!isSameAt(tenants, i * TENANT_BYTES, tenant)) continue;
      let shared = 0;
      const at = i * nTrees;
      for (let t = 0; t < nTrees; t++) if (leaves[at + t] === own[t]) shared++;
      if (shared === 0 || (best.length === limit && shared <= best[limit - 1]!.shared)) continue;
      if (isSameAt(keys, i * KEY_BYTES, ownKey)) continue;
      let place = best.length;
      while (place > 0 && best[place - 1]!.shared < shared) place--;
      best.splice(place, 0, { i, shared });
      if (best.length > limit) best.pop();
    }
    return best.map(({ i, shared }) => ({
      alertKey: Buffer.from(keys.subarray(i * KEY_BYTES, (i + 1) * KEY_BYTES)).toString('hex'),
      disposition: DISPOSITIONS[labels[i]!]!,
      shared: shared / nTrees,
      occurredAtMs: occurredAtMs[i]!,
    }));
  }
}

function isSameAt(bytes: Uint8Array, offset: number, wanted: Uint8Array): boolean {
  for (let k = 0; k < wanted.length; k++) if (bytes[offset + k] !== wanted[k]) return false;
  return true;
}
