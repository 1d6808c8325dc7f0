import { z } from 'zod';

const version = z.string();
const moment = z.string();

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
    notes: z.array(z.string()).meta({
      description: 'Sentences on releases that cannot be read and are missing among the entries.',
    }),
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
