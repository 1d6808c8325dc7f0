import { randomUUID } from 'node:crypto';
import packageJson from '../../package.json' with { type: 'json' };
import { readConfig } from '../config.ts';
import type { ServingModels } from '../models/serving-models.ts';
import { DEFAULT_POLICY } from '../policy/policy.ts';
import { LocalCopy } from '../serving/local-copy.ts';
import { ModelServer } from '../serving/model-server.ts';
import { MemoryFeedbackStore } from '../store/memory/memory-feedback-store.ts';
import { MemoryModelStore } from '../store/memory/memory-model-store.ts';
import { MemoryRunLog } from '../store/memory/memory-run-log.ts';
import { HEAD_BLOB } from '../store/names.ts';
import { headSchema } from '../store/release.ts';
import { Lineage } from '../training/releases/lineage.ts';
import { firstStart } from '../training/runs/first-start.ts';
import { inProcessTrainer } from '../training/runs/in-process-trainer.ts';
import { DEFAULT_TRAINING_SETTINGS } from '../training/training-settings.ts';

/** The models of a service without judgements, made as its first start makes them. A second of work. */
export async function freshModels(): Promise<ServingModels> {
  const models = new MemoryModelStore(Date.now);
  const settings = readConfig({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' });
  const server = new ModelServer({
    store: models,
    localCopy: new LocalCopy({ copies: new MemoryModelStore(Date.now), headPath: HEAD_BLOB, now: Date.now }),
    headPath: HEAD_BLOB,
    parseHead: (bytes) => headSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))),
    firstStart: async () => {
      await firstStart({
        models,
        feedback: new MemoryFeedbackStore(),
        runs: new MemoryRunLog(),
        // models to score by: what a release would say of them nobody reads
        trainer: {
          ...inProcessTrainer,
          train: (job, onProgress) => inProcessTrainer.train({ ...job, withMeasures: false }, onProgress),
        },
        settings: {
          ...DEFAULT_TRAINING_SETTINGS,
          syntheticAlerts: settings.SYNTHETIC_ALERTS,
          syntheticSeed: settings.SYNTHETIC_SEED,
          candidates: settings.TOURNAMENT,
        },
        policy: async () => DEFAULT_POLICY,
        codeVersion: packageJson.version,
        now: Date.now,
        newRunId: randomUUID,
        lineage: new Lineage(models),
        sleep: async () => {},
      });
    },
    now: Date.now,
    pollMs: Number.POSITIVE_INFINITY,
  });
  return server.current();
}
