import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AlertforestError, hasCode } from '../errors.ts';
import { AlertClassifier } from '../models/alert-classifier.ts';
import { AnomalyDetector } from '../models/anomaly-detector.ts';
import { prepareExplanations } from '../models/explanation.ts';
import { MODEL_NAMES, type ModelName } from '../models/model-name.ts';
import type { ServingModels } from '../models/serving-models.ts';
import { ThreatScorer } from '../models/threat-scorer.ts';
import type { ModelStore } from '../store/model-store.ts';
import type { Head, ServedModel } from '../store/release.ts';

export interface ModelServerOptions {
  readonly store: ModelStore;
  /** Copies of what was served last, for when storage is away. */
  readonly localCopy: ModelStore;
  readonly headPath: string;
  readonly parseHead: (bytes: Uint8Array) => Head;
  /** Makes the first release; called only when storage answered that there is no head. */
  readonly bootstrap: () => Promise<void>;
  readonly now: () => number;
  readonly pollMs: number;
  /** Told of the models before they answer the first alert: what is frozen with them changes at the same moment. */
  readonly onServe?: (models: ServingModels) => void;
  readonly onEvent?: (event: 'models_loaded' | 'models_kept', details: Record<string, unknown>) => void;
}

/** Preparing explanations waits this long after a load: the first verdicts come first. */
const PREPARE_AFTER_MS = 1_000;

/**
 * Keeps the serving models in memory: reads the pointer by ETag, loads a new release fully, verifies its sha256 and
 * only then swaps; keeps the old one on any error. Storage away at the start means the local copy, marked as such,
 * or MODEL_NOT_READY: an outage never leads to synthetic models over an existing lineage.
 */
export class ModelServer {
  readonly #options: ModelServerOptions;
  #current: ServingModels | undefined;
  #etag: string | undefined;
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | undefined;
  /** Why the last look at storage failed; undefined while storage answers. */
  #problem: AlertforestError | undefined;

  constructor(options: ModelServerOptions) {
    this.#options = options;
  }

  get problem(): AlertforestError | undefined {
    return this.#problem;
  }

  get loaded(): ServingModels | undefined {
    return this.#current;
  }

  /**
   * The models to answer with. Never waits once something is loaded: a look at the pointer that is due runs beside.
   *
   * @throws AlertforestError MODEL_NOT_READY (with Retry-After) when nothing could be loaded yet
   */
  async current(): Promise<ServingModels> {
    if (this.#current === undefined) {
      await this.refresh();
    } else if (this.#options.now() - this.#checkedAtMs >= this.#options.pollMs) {
      void this.refresh();
    }
    if (this.#current === undefined) {
      throw new AlertforestError(
        'MODEL_NOT_READY',
        `No model can be served yet: ${this.#problem?.message ?? 'unknown reason'}`,
        {
          cause: this.#problem,
          retryAfterSeconds: 5,
        },
      );
    }
    return this.#current;
  }

  /** Resolves when no look at the pointer is under way, so that a stop does not cut the local copy short. */
  async settled(): Promise<void> {
    await this.#refreshing;
  }

  /** Looks at the pointer now; joins a look that is under way. Never throws: `problem` says what went wrong. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    try {
      await this.#readPointer();
      this.#problem = undefined;
    } catch (cause) {
      this.#problem =
        cause instanceof AlertforestError
          ? cause
          : new AlertforestError('INTERNAL', 'Cannot load the serving models.', { cause });
      this.#options.onEvent?.('models_kept', { reason: this.#problem.message, code: this.#problem.code });
      if (this.#current === undefined && hasCode(this.#problem, 'STORE_UNAVAILABLE'))
        await this.#loadLocalCopy();
    } finally {
      this.#checkedAtMs = this.#options.now();
    }
  }

  async #readPointer(): Promise<void> {
    const { store, headPath, parseHead } = this.#options;
    // A local copy carries no etag of storage, so coming back to storage reads the pointer in full.
    let read =
      this.#etag === undefined ? await store.read(headPath) : await store.readIfChanged(headPath, this.#etag);
    if (read === 'unchanged') return;
    if (read === undefined) {
      if (this.#current?.source === 'storage') {
        throw new AlertforestError(
          'STORE_CORRUPT',
          `${headPath} has gone from storage; the loaded release is kept.`,
        );
      }
      await this.#options.bootstrap();
      read = await store.read(headPath);
      if (read === undefined) {
        throw new AlertforestError(
          'STORE_CORRUPT',
          `${headPath} is missing right after the first release was made.`,
        );
      }
    }
    const head = parseHead(read.bytes);
    const same = this.#current !== undefined && servesTheSame(this.#current, head);
    if (!same || this.#current?.source === 'local_copy') {
      const artefacts = await readArtefacts(store, head);
      this.#serve(this.#open(head, artefacts, 'storage'));
      await this.#keepLocalCopy(read.bytes, head, artefacts);
      this.#options.onEvent?.('models_loaded', { release: head.release, versions: this.#current?.versions });
    } else if (this.#current !== undefined) {
      this.#current = { ...this.#current, release: head.release };
    }
    this.#etag = read.etag;
  }

  #serve(models: ServingModels): void {
    this.#current = models;
    this.#options.onServe?.(models);
    setTimeout(() => void this.#prepareExplanations(models), PREPARE_AFTER_MS).unref();
  }

  /** Model by model, so that no request waits for more than one: the first explanation is then as quick as the next. */
  async #prepareExplanations({ classifier, anomaly, scorer }: ServingModels): Promise<void> {
    for (const model of [classifier, anomaly, scorer]) {
      prepareExplanations(model);
      await nextTurn();
    }
  }

  #open(head: Head, artefacts: Artefacts, source: ServingModels['source']): ServingModels {
    const served = head.serving as Record<ModelName, ServedModel>;
    return {
      classifier: AlertClassifier.from(artefacts.classifier),
      anomaly: AnomalyDetector.from(artefacts.anomaly),
      scorer: ThreatScorer.from(artefacts.scorer),
      release: head.release,
      served,
      versions: {
        classifier: served.classifier.version,
        anomaly: served.anomaly.version,
        scorer: served.scorer.version,
      },
      source,
      loadedAt: new Date(this.#options.now()).toISOString(),
    };
  }

  /** A failure to keep the copy is no reason not to serve. */
  async #keepLocalCopy(headBytes: Uint8Array, head: Head, artefacts: Artefacts): Promise<void> {
    const { localCopy, headPath } = this.#options;
    try {
      for (const name of MODEL_NAMES) {
        const served = head.serving[name];
        if (served !== undefined) await localCopy.create(served.path, artefacts[name]);
      }
      const kept = await localCopy.read(headPath);
      await localCopy.replace(headPath, headBytes, kept?.etag);
    } catch (error) {
      this.#options.onEvent?.('models_kept', { reason: `No local copy could be kept: ${String(error)}` });
    }
  }

  async #loadLocalCopy(): Promise<void> {
    const { localCopy, headPath, parseHead } = this.#options;
    try {
      const kept = await localCopy.read(headPath);
      if (kept === undefined) return;
      const head = parseHead(kept.bytes);
      this.#serve(this.#open(head, await readArtefacts(localCopy, head), 'local_copy'));
      this.#options.onEvent?.('models_loaded', { release: head.release, source: 'local_copy' });
    } catch (error) {
      this.#options.onEvent?.('models_kept', { reason: `The local copy cannot be served: ${String(error)}` });
    }
  }
}

type Artefacts = Readonly<Record<ModelName, Uint8Array>>;

async function readArtefacts(store: ModelStore, head: Head): Promise<Artefacts> {
  const [classifier, anomaly, scorer] = await Promise.all([
    readVerified(store, 'classifier', head),
    readVerified(store, 'anomaly', head),
    readVerified(store, 'scorer', head),
  ]);
  return { classifier, anomaly, scorer };
}

function servesTheSame(models: ServingModels, head: Head): boolean {
  return MODEL_NAMES.every(
    (name) =>
      models.served[name].sha256 === head.serving[name]?.sha256 &&
      models.versions[name] === head.serving[name]?.version,
  );
}

/** @throws AlertforestError MODEL_NOT_FOUND where the artefact is gone, MODEL_CORRUPT where its sha256 differs */
async function readVerified(store: ModelStore, name: ModelName, head: Head): Promise<Uint8Array> {
  const served = head.serving[name];
  if (served === undefined) {
    throw new AlertforestError('STORE_CORRUPT', `Release ${head.release} serves no ${name}.`);
  }
  const blob = await store.read(served.path);
  if (blob === undefined) {
    throw new AlertforestError('MODEL_NOT_FOUND', `${name} ${served.version} is missing at ${served.path}.`);
  }
  const sha256 = createHash('sha256').update(blob.bytes).digest('hex');
  if (sha256 !== served.sha256) {
    throw new AlertforestError(
      'MODEL_CORRUPT',
      `${name} ${served.version} at ${served.path} has sha256 ${sha256}, expected ${served.sha256}.`,
    );
  }
  return blob.bytes;
}
