import { z } from 'zod';
import { alertSchema } from '../../alert/alert.ts';
import { defineRoutes } from '../route.ts';

const wordSchema = z
  .object({
    version: z.string(),
    attack: z.number().min(0).max(1).meta({ description: 'p(true positive) + half of p(suspicious).' }),
    decision: z.enum(['close', 'review', 'escalate']).meta({
      description: 'Of the model alone, with nothing in the way of closing; close: it misses the case.',
    }),
  })
  .nullable();

const criticalCasesSchema = z
  .object({
    cases: z.array(
      z.object({
        id: z.string(),
        origin: z.enum(['shipped', 'own']),
        alert: alertSchema,
        added: z.object({ by: z.string(), at: z.string() }).nullable(),
        retired: z.object({ by: z.string(), why: z.string(), at: z.string() }).nullable(),
        serving: wordSchema,
        refused: wordSchema.meta({ description: 'Of the newest classifier, where the gate refused it.' }),
      }),
    ),
    missed: z.object({ serving: z.int().min(0), refused: z.int().min(0).nullable() }).meta({
      description: 'Cases in force that would be closed; retired ones do not count.',
    }),
  })
  .meta({ id: 'CriticalCases' });
export type WireCriticalCases = z.infer<typeof criticalCasesSchema>;

export const CRITICAL_CASES_ROUTES = defineRoutes({
  criticalCases: {
    method: 'get',
    path: '/critical-cases',
    role: 'scorer',
    summary: 'The alerts that no release may close',
    description:
      'Shipped and own ones, retired ones included, each with what the serving classifier and the refused one say ' +
      'about it. Added and retired with `PUT /policy`.',
    polled: {},
    success: { status: 200, description: 'The cases.', schemas: [criticalCasesSchema] },
    example: () => ({}),
  },
});
