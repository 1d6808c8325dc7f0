import { z } from 'zod';

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
