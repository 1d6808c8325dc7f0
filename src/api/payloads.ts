import { z } from 'zod';

const jsonObject = z.record(z.string(), z.unknown());

export const alertPayloadSchema = jsonObject.meta({
  id: 'AlertPayload',
  description: 'One alert as its vendor wrote it, or in the canonical form of the schema Alert.',
});

export const alertListSchema = z.array(jsonObject);

export const alertBatchSchema = z
  .object({ alerts: z.array(jsonObject).min(1) })
  .meta({ id: 'AlertBatch', description: 'Up to MAX_BATCH_ALERTS alerts, formats mixed as they come.' });

export const closedRecordSchema = jsonObject.meta({
  id: 'ClosedRecord',
  description: 'A closed incident or alert as its vendor wrote it; its classification is the judgement.',
});
