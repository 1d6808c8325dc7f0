import { z } from 'zod';
import { dispositionSchema } from '../../alert/alert.ts';

export const similarAlertsSchema = z
  .object({
    model: z.object({ name: z.literal('classifier'), version: z.string() }).meta({
      description: 'Whose leaves they share, and whose judged alerts they are.',
    }),
    judged: z.int().min(0).meta({
      description:
        'Judged alerts that were compared, of every tenant; the answer holds the own tenant alone.',
    }),
    alerts: z.array(
      z.object({
        alert_key: z.string(),
        disposition: dispositionSchema.meta({
          description: 'As that version learned it; a later judgement shows after the next retrain.',
        }),
        shared: z.number().min(0).max(1).meta({
          description: 'Share of the trees in which both end in the same leaf.',
        }),
        occurred_at: z.string(),
      }),
    ),
    note: z.string().optional().meta({ description: 'Why there is none, or what could not be read.' }),
  })
  .meta({
    id: 'SimilarAlerts',
    description: 'Judged alerts of the same tenant that the serving forest treats alike, most alike first.',
  });
export type WireSimilar = z.infer<typeof similarAlertsSchema>;
