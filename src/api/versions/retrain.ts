import { z } from 'zod';

const moment = z.string();

export const retrainRequestSchema = z
  .object({
    force: z.boolean().default(false),
    why: z.string().max(1024).optional(),
    by: z.string().max(256).optional(),
  })
  .meta({ id: 'RetrainRequest' });

export const replayRequestSchema = z
  .object({
    without: z.string().min(1).max(256).meta({ description: 'Analyst whose votes are left out.' }),
    since: z.string().max(64).optional().meta({ description: 'Only votes from then on, ISO 8601.' }),
    lift: z.boolean().default(false).meta({ description: 'Take the exclusion back.' }),
    why: z.string().max(1024).optional(),
    by: z.string().max(256).optional(),
  })
  .meta({ id: 'ReplayRequest' });

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
    models: z
      .record(
        z.string(),
        z.object({
          version: z.string(),
          decision: z.enum(['promoted', 'refused', 'carried']),
          reasons: z.array(z.string()),
        }),
      )
      .nullable()
      .meta({
        description: 'What became of each model; carried: not trained again. Null while there is no release.',
      }),
    error: z.string().nullable(),
  })
  .meta({ id: 'RetrainRun' });
export type WireRun = z.infer<typeof runSchema>;

export const runsSchema = z.object({ runs: z.array(runSchema) }).meta({ id: 'RetrainRuns' });
