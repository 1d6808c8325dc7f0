import { z } from 'zod';
import { entityKindSchema } from '../../alert/alert.ts';
import { INDICATOR_KINDS } from '../../triage/intel/indicator.ts';
import { intelSourceSchema } from '../../triage/intel/intel-index.ts';
import { TLP } from '../../triage/intel/tlp.ts';

/** A source as the wire shows it: without the place of its blob. */
export const wireIntelSourceSchema = intelSourceSchema
  .omit({ path: true })
  .extend({ source: z.string() })
  .meta({ id: 'IntelSourceSummary', description: 'A source of indicators and what became of its import.' });
export type WireIntelSource = z.infer<typeof wireIntelSourceSchema>;

const sourceState = wireIntelSourceSchema
  .pick({ imported_at: true, indicators: true, size_bytes: true, sha256: true })
  .nullable();
export const intelChangeSchema = wireIntelSourceSchema
  .extend({
    before: sourceState.meta({ description: 'What the source held; null where it was new.' }),
    after: sourceState.meta({ description: 'What it holds now; null once it is removed.' }),
  })
  .meta({ id: 'IntelChange', description: 'A source that was replaced or removed, as it was read.' });
export type WireIntelChange = z.infer<typeof intelChangeSchema>;

export const intelListSchema = z
  .object({
    status: z.enum(['ready', 'loading', 'degraded']).meta({
      description:
        'loading: not read yet on this instance, nothing is closed; degraded: the last refresh failed, what was loaded stays.',
    }),
    problem: z.string().optional(),
    size_bytes: z.int().min(0).meta({ description: 'Memory of all sources on this instance.' }),
    sources: z.array(wireIntelSourceSchema),
  })
  .meta({ id: 'IntelList' });
export type WireIntelList = z.infer<typeof intelListSchema>;

export const intelHitSchema = z
  .object({
    source: z.string(),
    kind: z.enum(INDICATOR_KINDS),
    confidence: z.number().min(0).max(100),
    matched: z
      .string()
      .meta({ description: 'The indicator: the domain above the value, the network around it.' }),
    tlp: z.enum(TLP).optional(),
    valid_from: z.string().optional(),
    valid_until: z.string().optional().meta({ description: 'The first moment at which it no longer holds.' }),
    state: z.enum(['active', 'not yet', 'expired', 'suppressed']),
    suppressed_by: z.string().optional().meta({ description: 'Warning list that holds the value.' }),
  })
  .meta({ id: 'IntelLookupHit' });
export type WireIntelHit = z.infer<typeof intelHitSchema>;

export const intelLookupSchema = z
  .object({
    value: z.string(),
    entities: z.array(z.object({ kind: entityKindSchema, value: z.string() })).meta({
      description: 'What the value was taken for, in normal form; empty where it is nothing known.',
    }),
    at: z.string(),
    is_hit: z.boolean().meta({ description: 'Whether any hit is active.' }),
    hits: z.array(intelHitSchema),
  })
  .meta({ id: 'IntelLookup' });
export type WireIntelLookup = z.infer<typeof intelLookupSchema>;
