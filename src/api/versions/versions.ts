import { z } from 'zod';

const version = z.string();
const moment = z.string();

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
export type WireVersionCard = z.infer<typeof versionCardSchema>;

export const artefactSchema = z
  .object({
    model: z.string(),
    version,
    sha256: z.string(),
    size: z.int().min(0).meta({ description: 'Bytes.' }),
    base64: z.string(),
  })
  .meta({ id: 'Artefact' });
export type WireArtefact = z.infer<typeof artefactSchema>;

export const activationRequestSchema = z
  .object({ why: z.string().max(1024).optional(), by: z.string().max(256).optional() })
  .meta({ id: 'ActivationRequest' });

export const activationSchema = z
  .object({
    model: z.string(),
    before: version,
    after: version,
    pinned: z.boolean(),
    was_pinned: z.boolean(),
    note: z.string().meta({ description: 'What the pin means, and how it goes.' }),
    release: z.string(),
    changed: z.boolean(),
    instances_confirmed: z.int().nullable().meta({
      description:
        'Instances that say they serve it by now; null where they could not be asked, it is in force all the same.',
    }),
    served_here: z
      .record(z.string(), version)
      .meta({ description: 'The versions that the instance serves which answers this.' }),
    learning: z.array(z.string()).meta({
      description:
        'What the next retrain has to do without, a sentence each, as where a training set is no longer stored; empty where it has all it needs.',
    }),
  })
  .meta({ id: 'Activation' });
export type WireActivation = z.infer<typeof activationSchema>;
