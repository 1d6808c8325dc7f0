import { statfs } from 'node:fs/promises';
import type { ServingModels } from '../models/serving-models.ts';
import { LocalCopy } from '../serving/local-copy.ts';
import { ModelServer } from '../serving/model-server.ts';
import { HEAD_BLOB } from '../store/names.ts';
import { parseHead } from '../store/release.ts';
import { headOf } from '../training/releases/lineage.ts';
import { lastWholeRelease } from '../training/releases/repair-head.ts';
import { firstStart } from '../training/runs/first-start.ts';
import type { RetrainDeps } from '../training/runs/retrain-command.ts';
import type { Base } from './base.ts';

export function createModelServer(
  { settings, stores, lineage, now, elapsed, sleep, logEvent }: Base,
  retraining: RetrainDeps,
  onServe: (models: ServingModels) => void,
): ModelServer {
  return new ModelServer({
    store: stores.models,
    localCopy: new LocalCopy({
      copies: stores.localCopies,
      folder: stores.localFolder,
      freeBytes,
      headPath: HEAD_BLOB,
      now,
      elapsed,
    }),
    headPath: HEAD_BLOB,
    parseHead,
    firstStart: async () => void (await firstStart({ ...retraining, sleep })),
    lastWhole: async () => {
      const { models, feedback } = stores;
      const step = await lastWholeRelease(models, lineage, feedback);
      return step && headOf(step.id, step.record);
    },
    now,
    elapsed,
    pollMs: settings.HEAD_POLL_SECONDS * 1000,
    onServe,
    onEvent: logEvent,
  });
}

async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    // the folder may be what is missing; the error that is told of says so
    return undefined;
  }
}
