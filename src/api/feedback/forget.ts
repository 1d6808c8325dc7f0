import { z } from 'zod';

export const forgetRequestSchema = z
  .object({
    analyst: z.string().min(1).max(256).meta({ description: 'As it stands in votes and closings.' }),
    by: z.string().max(256).optional(),
    why: z.string().max(1024).optional(),
  })
  .meta({ id: 'ForgetRequest' });

const standing = z.object({ alerts: z.int().min(0), incidents: z.int().min(0) });

export const forgottenSchema = z
  .object({
    before: standing.meta({ description: 'In how many the name stood.' }),
    after: standing,
    pseudonym: z.string().meta({ description: 'Stands for the name in the history.' }),
    note: z.string(),
  })
  .meta({ id: 'Forgotten' });
export type WireForgotten = z.infer<typeof forgottenSchema>;
