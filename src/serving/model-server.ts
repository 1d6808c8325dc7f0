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
import type { LocalCopy } from './local-copy.ts';

export interface ModelServerOptions {
  readonly store: ModelStore;
  /** Copies of what was served last, for when storage is away. */
  readonly localCopy: LocalCopy;
  readonly headPath: string;
  readonly parseHead: (bytes: Uint8Array) => Head;
  /** Makes the first release; called only when storage answered that there is no head. */
  readonly firstStart: () => Promise<void>;
  /** What to serve where the pointer or what it names is damaged and nothing is loaded: the newest whole release. */
  readonly lastWhole?: () => Promise<Head | undefined>;
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets. @default `now` */
  readonly elapsed?: () => number;
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
 * or MODEL_NOT_READY: an outage never leads to synthetic models over an existing lineage. Damage at the start means the
 * newest whole release.
 */
export class ModelServer {
  readonly #options: ModelServerOptions;
  #current: ServingModels | undefined;
  #etag: string | undefined;
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | undefined;
  /** The look that follows the one under way, shared by all who ask for it. */
  #following: Promise<void> | undefined;
  /** Why the last look at storage failed; undefined while storage answers. */
  #problem: AlertforestError | undefined;

  constructor(options: ModelServerOptions) {
    this.#options = options;
  }

  get problem(): AlertforestError | undefined {
    return this.#problem;
  }

  /** Why an instance that starts while storage is away would have nothing to serve; undefined while it would. */
  get localCopyProblem(): string | undefined {
    return this.#options.localCopy.problem;
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
    } else if (this.#elapsed() - this.#checkedAtMs >= this.#options.pollMs) {
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
    await (this.#following ?? this.#refreshing);
  }

  /** Looks at the pointer now; joins a look that is under way. Never throws: `problem` says what went wrong. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /**
   * A look that begins from here on, after what the caller has just written: one that is under way may have read the
   * pointer before it. Never throws.
   */
  refreshAnew(): Promise<void> {
    if (this.#refreshing === undefined) return this.refresh();
    this.#following ??= this.#refreshing.then(() => {
      this.#following = undefined;
      return this.refresh();
    });
    return this.#following;
  }

  #elapsed(): number {
    const { elapsed, now } = this.#options;
    return elapsed === undefined ? now() : elapsed();
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
      if (this.#current === undefined) await this.#fallBack(this.#problem);
    } finally {
      this.#checkedAtMs = this.#elapsed();
    }
  }

  async #readPointer(): Promise<void> {
    const { store, headPath, parseHead } = this.#options;
    // A local copy carries no etag of storage, so coming back to storage reads the pointer in full.
    const isCopyDue = this.#options.localCopy.isDue;
    let read =
      this.#etag === undefined || isCopyDue
        ? await store.read(headPath)
        : await store.readIfChanged(headPath, this.#etag);
    if (read === 'unchanged') return;
    if (read === undefined) {
      if (this.#current?.source === 'storage') {
        throw new AlertforestError(
          'STORE_CORRUPT',
          `${headPath} has gone from storage; the loaded release is kept.`,
        );
      }
      await this.#options.firstStart();
      read = await store.read(headPath);
      if (read === undefined) {
        throw new AlertforestError(
          'STORE_CORRUPT',
          `${headPath} is missing right after the first release was made.`,
        );
      }
    }
    const head = readHead(headPath, parseHead, read.bytes);
    const same = this.#current !== undefined && servesTheSame(this.#current, head);
    if (!same || this.#current?.source === 'local_copy') {
      const artefacts = await readArtefacts(store, head);
      this.#serve(this.#open(head, artefacts, 'storage'));
      await this.#keepLocalCopy(read.bytes, head, artefacts);
      this.#options.onEvent?.('models_loaded', { release: head.release, versions: this.#current?.versions });
    } else if (this.#current !== undefined) {
      if (isCopyDue) await this.#keepLocalCopy(read.bytes, head, await readArtefacts(store, head));
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

  async #keepLocalCopy(headBytes: Uint8Array, head: Head, artefacts: Artefacts): Promise<void> {
    const { localCopy, onEvent } = this.#options;
    const blobs = MODEL_NAMES.flatMap((name) => {
      const served = head.serving[name];
      return served === undefined ? [] : [[served.path, artefacts[name]] as const];
    });
    await localCopy.keep(headBytes, new Map(blobs));
    if (localCopy.problem !== undefined) onEvent?.('models_kept', { reason: localCopy.problem });
  }

  /** With nothing loaded: an older release beats none, and health says why it is served. */
  async #fallBack(problem: AlertforestError): Promise<void> {
    if (!hasCode(problem, 'STORE_UNAVAILABLE')) await this.#loadLastWhole();
    if (this.#current === undefined) await this.#loadLocalCopy();
  }

  async #loadLastWhole(): Promise<void> {
    const { store, lastWhole } = this.#options;
    try {
      const head = await lastWhole?.();
      if (head === undefined) return;
      this.#serve(this.#open(head, await readArtefacts(store, head), 'storage'));
      this.#options.onEvent?.('models_loaded', { release: head.release, source: 'last_whole_release' });
    } catch (error) {
      this.#options.onEvent?.('models_kept', {
        reason: `No earlier release can be served: ${String(error)}`,
      });
    }
  }

  async #loadLocalCopy(): Promise<void> {
    const { localCopy, headPath, parseHead } = this.#options;
    try {
      const kept = await localCopy.store.read(headPath);
      if (kept === undefined) return;
      const head = parseHead(kept.bytes);
      this.#serve(this.#open(head, await readArtefacts(localCopy.store, head), 'local_copy'));
      this.#options.onEvent?.('models_loaded', { release: head.release, source: 'local_copy' });
    } catch (error) {
      this.#options.onEvent?.('models_kept', { reason: `The local copy cannot be served: ${String(error)}` });
    }
  }
}

/** @throws AlertforestError STORE_CORRUPT that names the pointer */
function readHead(path: string, parse: (bytes: Uint8Array) => Head, bytes: Uint8Array): Head {
  try {
    return parse(bytes);
  } catch (cause) {
    throw new AlertforestError('STORE_CORRUPT', `Cannot read ${path}: not what this build expects.`, {
      cause,
    });
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
