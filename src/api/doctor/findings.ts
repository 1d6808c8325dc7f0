import { z } from 'zod';
import type { Finding } from './doctor.ts';

const findingSchema = z
  .object({
    what: z.string(),
    state: z
      .enum(['ok', 'wrong', 'fixed', 'unknown'])
      .meta({ description: 'unknown: storage did not answer.' }),
    says: z.string().meta({ description: 'One sentence; empty where all is well.' }),
    fix: z
      .string()
      .nullable()
      .meta({ description: 'What mending it would do, or did; null where nothing can.' }),
  })
  .meta({ id: 'Finding' });

const namesSchema = z.array(z.string());

export const findingsSchema = z.object({ findings: z.array(findingSchema) }).meta({ id: 'Findings' });
export type WireFindings = z.infer<typeof findingsSchema>;

export const mendedSchema = z
  .object({
    findings: z.array(findingSchema),
    before: namesSchema.meta({ description: 'What was wrong.' }),
    after: namesSchema.meta({ description: 'What still is.' }),
  })
  .meta({ id: 'Mended' });
export type WireMended = z.infer<typeof mendedSchema>;

export const mendRequestSchema = z
  .object({ by: z.string().max(256).optional(), why: z.string().max(1024).optional() })
  .meta({ id: 'MendRequest' });

export const wireFindings = (findings: readonly Finding[]): WireFindings => ({
  findings: findings.map(({ fix, ...finding }) => ({ ...finding, fix: fix ?? null })),
});

export function wireMended(found: readonly Finding[]): WireMended {
  const namesOf = (isMeant: (finding: Finding) => boolean): string[] =>
    found.filter(isMeant).map(({ what }) => what);
  return {
    ...wireFindings(found),
    before: namesOf(({ state }) => state === 'wrong' || state === 'fixed'),
    after: namesOf(({ state }) => state === 'wrong'),
  };
}
