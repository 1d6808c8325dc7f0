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
        }),
      ),
    }),
    started_at: moment,
    uptime_seconds: z.number(),
  })
  .meta({ id: 'HealthDetails' });
export type WireHealthDetails = z.infer<typeof healthDetailsSchema>;

export const modelVersionSchema = z
  .object({
    model: z.string(),
    version,
    created_at: moment,
    release: z.string(),
    kind: z.string(),
    samples: z.int(),
    synthetic: z.boolean(),
    metrics: z.record(z.string(), z.unknown()),
    decision: z.enum(['promoted', 'refused', 'rolled_back']),
    provisional: z.boolean().optional(),
    reasons: z.array(z.string()),
    serving: z.boolean(),
    pinned: z.boolean(),
    sha256: z.string(),
  })
  .meta({ id: 'ModelVersion' });
export type WireModelVersion = z.infer<typeof modelVersionSchema>;

export const versionsSchema = z
  .object({
    release: z.string(),
    serving: z.record(z.string(), version),
    pinned: z.record(z.string(), version),
    notes: z.array(z.string()),
    versions: z.array(modelVersionSchema),
  })
  .meta({ id: 'Versions' });

export const versionCardSchema = z
  .object({
    model: z.string(),
    version,
    sha256: z.string(),
    decision: z
      .enum(['promoted', 'refused'])
      .meta({ description: 'Of the gate, after the card was written.' }),
    provisional: z.boolean(),
    reasons: z.array(z.string()),
    card: z.string().meta({ description: 'The model card, markdown.' }),
  })
  .meta({ id: 'VersionCard' });

export const activationRequestSchema = z
  .object({ why: z.string().max(1024).optional(), by: z.string().max(256).optional() })
  .meta({ id: 'ActivationRequest' });

export const activationSchema = z
  .object({
    model: z.string(),
    before: version,
    after: version,
    pinned: z.boolean(),
    release: z.string(),
    changed: z.boolean(),
    instances_confirmed: z.int(),
  })
  .meta({ id: 'Activation' });

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

export const auditSchema = z
  .object({
    entries: z.array(
      z.object({
        release: z.string(),
        seq: z.int(),
        at: moment,
        kind: z.string(),
        by: z.string(),
        why: z.string(),
        run_id: z.string(),
        before: z.record(z.string(), version).nullable(),
        after: z.record(z.string(), version),
        pinned: z.record(z.string(), version),
        samples: z.int(),
        consumed: z.int(),
        quarantined: z.int(),
        counts: z.record(z.string(), z.number()).meta({
          description: 'What went into the fit: judged, taught, held_out, rejected, excluded and so on.',
        }),
        exclusions: z.array(z.record(z.string(), z.unknown())),
        decisions: z.record(
          z.string(),
          z.object({ version, decision: z.string(), reasons: z.array(z.string()) }),
        ),
      }),
    ),
  })
  .meta({ id: 'Audit' });

export const importancesSchema = z
  .object({
    models: z.record(
      z.string(),
      z.object({
        version,
        importances: z.array(z.object({ feature: z.string(), importance: z.number() })),
      }),
    ),
  })
  .meta({ id: 'Importances' });

export const quarantineSchema = z
  .object({ held: z.array(z.object({ alert_key: z.string(), reason: z.string() })) })
  .meta({ id: 'Quarantine' });

export const rulingRequestSchema = z
  .object({
    action: z.enum(['confirm', 'reject']),
    by: z.string().max(256).optional(),
    why: z.string().max(1024).optional(),
  })
  .meta({ id: 'RulingRequest' });

export const rulingSchema = z
  .object({ alert_key: z.string(), action: z.string(), status: z.string(), pending: z.boolean() })
  .meta({ id: 'Ruling' });

export const driftSchema = z
  .object({
    status: z.enum(['ok', 'drifted', 'unknown']),
    detail: z.string(),
    window_alerts: z.int(),
    baseline_alerts: z.int(),
    measures: z.array(
      z.object({
        name: z.string(),
        kind: z.enum(['output', 'input']),
        psi: z.number().meta({ description: 'Population stability index; above 0.25 counts as shifted.' }),
        shifted: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'Drift' });
