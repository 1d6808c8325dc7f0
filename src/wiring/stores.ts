import { createHash, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../config.ts';
import { BlobModelStore } from '../store/azure/blob-model-store.ts';
import { PoisonQueue } from '../store/azure/poison-queue.ts';
import type { StorageCallSettings } from '../store/azure/storage-call.ts';
import { createStorageClients, type StorageAccount } from '../store/azure/storage-clients.ts';
import { StorageRetrainQueue } from '../store/azure/storage-retrain-queue.ts';
import { TableBehaviorLog } from '../store/azure/table-behavior-log.ts';
import { TableFeedbackStore } from '../store/azure/table-feedback-store.ts';
import { TableFleetStore } from '../store/azure/table-fleet-store.ts';
import { TablePredictionLog } from '../store/azure/table-prediction-log.ts';
import { TableRunLog } from '../store/azure/table-run-log.ts';
import type { BehaviorLog } from '../store/behavior-log.ts';
import type { FailedRequests } from '../store/failed-requests.ts';
import type { FeedbackStore } from '../store/feedback-store.ts';
import type { FleetStore } from '../store/fleet-store.ts';
import { LocalModelStore } from '../store/local/local-model-store.ts';
import type { ModelStore } from '../store/model-store.ts';
import {
  BEHAVIOR_TABLE,
  FEEDBACK_TABLE,
  FLEET_TABLE,
  INTEL_CONTAINER,
  MODEL_CONTAINER,
  RETRAIN_POISON_QUEUE,
  RETRAIN_QUEUE,
  RUNS_TABLE,
} from '../store/names.ts';
import type { PredictionLog } from '../store/prediction-log.ts';
import type { RetrainQueue } from '../store/retrain-queue.ts';
import type { RunLog } from '../store/run-log.ts';
import { SetAside } from '../store/set-aside.ts';

export interface AppStores {
  readonly models: ModelStore;
  /** Indicators of threat-intelligence sources. */
  readonly intel: ModelStore;
  /** Copies of served artefacts on this machine; a folder for each storage account. */
  readonly localCopies: ModelStore;
  /** Where the local copies lie. */
  readonly localFolder: string;
  readonly feedback: FeedbackStore;
  readonly predictions: PredictionLog;
  readonly runs: RunLog;
  readonly fleet: FleetStore;
  readonly behavior: BehaviorLog;
  readonly queue: RetrainQueue;
  readonly failedRequests: FailedRequests;
  /** Rows that could not be read and are gone on without. */
  readonly setAside: SetAside;
  /** For health: which storage this is, without keys. */
  readonly backend: string;
}

/** The stores of a storage account, by connection string or by identity. Costs no request. */
export function createStores(settings: Settings, now: () => number): AppStores {
  const account = accountOf(settings);
  const clients = createStorageClients(account);
  const calls: StorageCallSettings = { timeoutMs: settings.STORAGE_TIMEOUT_SECONDS * 1000 };
  const container = clients.container(MODEL_CONTAINER);
  const cacheDir = settings.ALERTFOREST_CACHE_DIR ?? join(tmpdir(), 'alertforest');
  // One machine may serve several accounts one after the other: a copy must never answer for another account.
  const folder = createHash('sha256').update(container.url).digest('hex').slice(0, 16);
  const localFolder = join(cacheDir, folder);
  const setAside = new SetAside();
  return {
    models: new BlobModelStore(container, calls),
    intel: new BlobModelStore(clients.container(INTEL_CONTAINER), calls),
    localCopies: new LocalModelStore(localFolder),
    localFolder,
    feedback: new TableFeedbackStore(clients.table(FEEDBACK_TABLE), calls, randomUUID, setAside),
    predictions: new TablePredictionLog(clients, { ...calls, mode: settings.PREDICTION_LOG, now }),
    runs: new TableRunLog(clients.table(RUNS_TABLE), calls, setAside),
    fleet: new TableFleetStore(clients.table(FLEET_TABLE), calls, setAside),
    behavior: new TableBehaviorLog(clients.table(BEHAVIOR_TABLE), calls),
    queue: new StorageRetrainQueue(() => clients.queue(RETRAIN_QUEUE), calls),
    failedRequests: new PoisonQueue(() => clients.queue(RETRAIN_POISON_QUEUE), calls),
    setAside,
    backend: new URL(container.url).host,
  };
}

function accountOf(settings: Settings): StorageAccount {
  if (settings.AzureWebJobsStorage) return { connectionString: settings.AzureWebJobsStorage };
  const given = {
    accountName: settings.AzureWebJobsStorage__accountName,
    blobServiceUri: settings.AzureWebJobsStorage__blobServiceUri,
    queueServiceUri: settings.AzureWebJobsStorage__queueServiceUri,
    tableServiceUri: settings.AzureWebJobsStorage__tableServiceUri,
    managedIdentityClientId: settings.AzureWebJobsStorage__clientId,
  };
  return { ...given, useManagedIdentity: settings.AzureWebJobsStorage__credential === 'managedidentity' };
}
