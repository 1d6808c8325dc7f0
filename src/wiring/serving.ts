import type { ServingModels } from '../models/serving-models.ts';
import { ModelServer } from '../serving/model-server.ts';
import { HEAD_BLOB } from '../store/names.ts';
import { parseHead } from '../store/release.ts';
import { bootstrap } from '../training/runs/bootstrap.ts';
import type { RetrainDeps } from '../training/runs/retrain-command.ts';
import type { Base } from './base.ts';

export function createModelServer(
  { settings, stores, now, sleep, logEvent }: Base,
  retraining: RetrainDeps,
  onServe: (models: ServingModels) => void,
): ModelServer {
  return new ModelServer({
    store: stores.models,
    localCopy: stores.localCopy,
    headPath: HEAD_BLOB,
    parseHead,
    bootstrap: async () => void (await bootstrap({ ...retraining, sleep })),
    now,
    pollMs: settings.HEAD_POLL_SECONDS * 1000,
    onServe,
    onEvent: logEvent,
  });
}
