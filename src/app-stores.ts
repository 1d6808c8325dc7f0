import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from './config.ts';
import { BlobModelStore } from './store/blob-model-store.ts';
import type { FeedbackStore } from './store/feedback-store.ts';
import type { FleetStore } from './store/fleet-store.ts';
import { LocalModelStore } from './store/local-model-store.ts';
import type { ModelStore } from './store/model-store.ts';
import type { PredictionLog } from './store/prediction-log.ts';
import { QueueRetrainQueue } from './store/queue-retrain-queue.ts';
import type { RetrainQueue } from './store/retrain-queue.ts';
import type { RunLog } from './store/run-log.ts';
import { createStorageClients } from './store/storage-clients.ts';
import { TableFeedbackStore } from './store/table-feedback-store.ts';
import { TableFleetStore } from './store/table-fleet-store.ts';
import { TablePredictionLog } from './store/table-prediction-log.ts';
import { TableRunLog } from './store/table-run-log.ts';

export interface AppStores {
  readonly models: ModelStore;
  /** Copies of served artefacts on this machine; a folder for each storage account. */
  readonly localCopy: ModelStore;
  readonly feedback: FeedbackStore;
  readonly predictions: PredictionLog;
  readonly runs: RunLog;
  readonly fleet: FleetStore;
  readonly queue: RetrainQueue;
  /** For health: which storage this is, without keys. */
  readonly backend: string;
}

/** The stores of a storage account, by connection string or by identity. Costs no request. */
export function createStores(settings: Settings, now: () => number): AppStores {
  return {} as AppStores;
}
