import { z } from 'zod';
import { ENTITY_KINDS } from '../../alert/alert.ts';
import { FEED_FORMATS, rowReader } from '../../triage/intel/feeds/feed-formats.ts';
import { oneOf, text } from '../parameters.ts';
import { defineRoutes } from '../route.ts';
import { intelChangeSchema, intelListSchema, intelLookupSchema } from './intel.ts';

const moment = z
  .string()
  .refine((value) => !Number.isNaN(Date.parse(value)), { error: 'Expected a time, ISO 8601.' })
  .optional();

const optionalInteger = (min: number, max: number, description: string) => {
  const error = `Expected an integer from ${min} to ${max}.`;
  return z
    .string()
    .refine((value) => /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max, { error })
    .optional()
    .meta({ description });
};

export const INTEL_ROUTES = defineRoutes({
  intelPut: {
    method: 'put',
    path: '/intel/{source}',
    role: 'operator',
    summary: 'Replace the indicators of a source',
    description:
      'The body is a STIX 2.1 bundle, MISP events, JSON, CSV or a list, plain or compressed, at most MAX_INTEL_BYTES ' +
      'after decompression; what it is is told from its bytes. It takes the place of everything the source had before, ' +
      'or of nothing where it fails. What gives no indicator is counted by reason.',
    params: { source: 'Name of the source: lower case letters, digits, dots, hyphens, underscores.' },
    query: {
      format: z
        .string()
        .refine((name) => rowReader(name) !== undefined, {
          error: `Expected one of ${FEED_FORMATS.join(', ')}.`,
        })
        .optional()
        .meta({ description: 'Shape of the rows, where they have no header that tells it.' }),
      confidence: optionalInteger(0, 100, 'Confidence of indicators that bring none. Default 50.'),
      valid_days: optionalInteger(
        1,
        3_650,
        'Days after which indicators without an end of their own expire.',
      ),
    },
    stream: 'The source as its publisher writes it.',
    success: { status: 200, description: 'What became of it.', schemas: [intelChangeSchema] },
    problems: [409],
    example: () => ({
      params: { source: 'example-list' },
      body: {
        indicators: [
          { indicator: '198.51.100.7', type: 'IPv4', confidence: 80 },
          { indicator: 'hxxp://bad[.]example/x', type: 'URL' },
        ],
      },
    }),
  },
  intel: {
    method: 'get',
    path: '/intel',
    polled: {},
    role: 'scorer',
    summary: 'The sources of indicators',
    description: 'Every source with its counts, and whether this instance has loaded them.',
    success: { status: 200, description: 'The sources.', schemas: [intelListSchema] },
    example: () => ({}),
  },
  intelLookup: {
    method: 'get',
    path: '/intel/lookup',
    role: 'scorer',
    summary: 'Look a value up in every source',
    description:
      'Shows every hit of a value in any spelling, also those that do not hold at the time asked about or that a ' +
      'warning list suppresses.',
    query: {
      value: text(4_096, 'Address, domain, URL, digest or mail address. Required.'),
      kind: oneOf(ENTITY_KINDS, 'Kind of entity; told from the form where absent.'),
      at: moment.meta({ description: 'Moment asked about, ISO 8601. Default now.' }),
    },
    success: { status: 200, description: 'The hits.', schemas: [intelLookupSchema] },
    example: () => ({ query: { value: '198.51.100.7' } }),
  },
  intelRemove: {
    method: 'delete',
    path: '/intel/{source}',
    role: 'operator',
    summary: 'Remove a source of indicators',
    description: 'Its indicators no longer hit once every instance has read the index again.',
    params: { source: 'Name of the source.' },
    success: { status: 200, description: 'What was removed.', schemas: [intelChangeSchema] },
    problems: [404, 409],
    example: () => ({ params: { source: 'example-list' } }),
  },
});
