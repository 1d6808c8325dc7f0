import { z } from 'zod';

const version = z.string();
const moment = z.string();

export const healthSchema = z
  .object({ status: z.enum(['ok', 'degraded', 'unhealthy']) })
  .meta({ id: 'Health' });

export const latencySchema = z
  .object({ count: z.int(), p50_ms: z.number(), p95_ms: z.number(), p99_ms: z.number() })
  .meta({ id: 'Latency' });

export const healthDetailsSchema = z
  .object({
    status: z.enum(['ok', 'degraded', 'unhealthy']),
    reasons: z.array(z.string()),
    release: z.string().nullable(),
    models: z.record(
      z.string(),
      z.object({ version, sha256: z.string(), source: z.enum(['storage', 'local_copy']), loaded_at: moment }),
    ),
    latency: z.record(z.string(), latencySchema),
    latency_history: z.record(z.string(), z.array(latencySchema.extend({ at: moment }))).meta({
      description:
        'By kind of request, each five minutes of the last day in which there were any, by their begin; of the ' +
        'instance that answers, since its start.',
    }),
    checks: z
      .array(
        z.object({
          at: moment,
          status: z.enum(['ok', 'degraded', 'unhealthy']),
          reason: z.string().nullable(),
        }),
      )
      .meta({
        description:
          'The last 90 minutes of the instance that answers, oldest first: the worst it was in each minute.',
      }),
    pending_feedback: z.int().nullable(),
    oldest_pending_at: moment.nullable().meta({
      description: 'When the judgement that waits longest was stored.',
    }),
    scheduler: z.object({
      schedule: z.string(),
      last_tick: moment.nullable(),
      last_result: z.string().nullable(),
      next_tick: moment.nullable(),
    }),
    storage: z.object({
      backend: z.string(),
      status: z.enum(['ok', 'unavailable']),
      detail: z.string().optional(),
    }),
    prediction_log: z.object({
      mode: z.string(),
      queued: z.int(),
      written: z.int(),
      dropped: z.int(),
      failed: z.int(),
    }),
    senders: z.record(z.string(), z.object({ scored: z.int(), skipped: z.int(), refused: z.int() })).meta({
      description:
        'What became of posted alerts since this instance started, by the program that sent them (user-agent). refused: ' +
        'alerts that could not be read, and requests of which nothing could.',
    }),
    drift: z.object({ status: z.string(), detail: z.string() }),
    instances: z.object({
      seen: z.int(),
      agree: z.boolean(),
      list: z.array(
        z.object({
          instance_id: z.string(),
          release: z.string().nullable(),
          versions: z.record(z.string(), version),
          seen_at: moment,
          clock_skew_seconds: z.number().meta({
            description: 'How far its clock is ahead of that of storage; below 0 behind.',
          }),
        }),
      ),
    }),
    started_at: moment,
    uptime_seconds: z.number(),
  })
  .meta({ id: 'HealthDetails' });
export type WireHealthDetails = z.infer<typeof healthDetailsSchema>;
