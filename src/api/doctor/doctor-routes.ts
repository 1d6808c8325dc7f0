import { defineRoutes } from '../route.ts';
import { findingsSchema, mendedSchema, mendRequestSchema } from './findings.ts';

const looks =
  'Reads everything that is stored. Where that takes longer than a request may, `alertforest doctor` does the same on the storage.';

export const DOCTOR_ROUTES = defineRoutes({
  doctor: {
    method: 'get',
    path: '/doctor',
    role: 'operator',
    summary: 'What of the storage is wrong',
    description: `${looks} Changes nothing.`,
    success: { status: 200, description: 'What was looked at.', schemas: [findingsSchema] },
    example: () => ({}),
  },
  doctorFix: {
    method: 'post',
    path: '/doctor',
    role: 'operator',
    summary: 'Mend what of the storage can be mended',
    description: `${looks} Mending twice is as good as once.`,
    body: mendRequestSchema,
    success: { status: 200, description: 'What was looked at and mended.', schemas: [mendedSchema] },
    example: () => ({ body: { by: 'oncall', why: 'Health says that a record is damaged.' } }),
  },
});
