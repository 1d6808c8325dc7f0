import { z } from 'zod';

const moment = z.string();

export const retrainRequestSchema = z
  .object({
    force: z.boolean().default(false),
    why: z.string().max(1024).optional(),
    by: z.string().max(256).optional(),
  })
  .meta({ id: 'RetrainRequest' });

export const retrainAcceptedSchema = z
  .object({ run_id: z.string(), status_url: z.string() })
  .meta({ id: 'RetrainAccepted' });

export const runSchema = z
  .object({
    run_id: z.string(),
    trigger: z.string(),
    state: z.string(),
    stage: z.string(),
    progress: z.number(),
    started_at: moment,
    finished_at: moment.nullable(),
    pending: z.int().nullable(),
    release: z.string().nullable(),
    reasons: z.array(z.string()),
    error: z.string().nullable(),
  })
  .meta({ id: 'RetrainRun' });
export type WireRun = z.infer<typeof runSchema>;

export const runsSchema = z.object({ runs: z.array(runSchema) }).meta({ id: 'RetrainRuns' });
