import { alertSchema } from '../../alert/alert.ts';
import { flag, integer, oneOf, text } from '../parameters.ts';
import { alertBatchSchema, alertListSchema, alertPayloadSchema } from '../payloads.ts';
import { defineRoutes } from '../route.ts';
import sampleAlert from '../sample-alert.json' with { type: 'json' };
import { MAX_SIMILAR } from '../similar/similar-routes.ts';
import { qualityReportSchema } from './quality.ts';
import { batchResultSchema, skippedSchema, verdictSchema } from './verdict.ts';

const MAX_EXPLAIN = 100;

export const PREDICT_ROUTES = defineRoutes({
  predict: {
    method: 'post',
    path: '/predict',
    role: 'scorer',
    summary: 'Score an alert',
    description:
      'One alert gives a verdict. `{"alerts": [...]}` gives one result per alert, where a bad alert carries an ' +
      'error and leaves its neighbours alone. Scoring the same alert again is harmless.',
    query: {
      explain: integer(
        0,
        MAX_EXPLAIN,
        'Adds the top N contributions to the final score; a batch explains at most 20 alerts.',
        0,
      ),
      similar: integer(
        0,
        MAX_SIMILAR,
        'Adds the nearest N judged alerts, of at most 20 alerts of a batch; see /alerts/{alertKey}/similar.',
        0,
      ),
      tenant: text(
        128,
        'The customer the records are of; fills what they lack. Also as header x-alertforest-tenant.',
      ),
      debug: oneOf(
        ['mapping', 'timing'],
        '`mapping` adds where each canonical field was read from, `timing` what each stage took.',
      ),
      observe: oneOf(
        ['true', 'false'],
        '`false`: a trial. The alert is neither counted by behaviour and incidents nor logged.',
      ),
      what_if: flag(
        'With observe=false and one alert: adds what other severities, and the lack of each entity and rule, would give.',
      ),
    },
    payload: [alertPayloadSchema, alertSchema, alertBatchSchema],
    success: {
      status: 200,
      description: 'Scored.',
      schemas: [verdictSchema, batchResultSchema, skippedSchema],
    },
    problems: [422],
    example: () => ({ query: { explain: '3', similar: '2' }, body: sampleAlert }),
  },
});

export const QUALITY_ROUTES = defineRoutes({
  quality: {
    method: 'post',
    path: '/quality',
    role: 'scorer',
    summary: 'How good the data of many alerts is',
    description: 'Reads alerts as predict would, scores nothing, stores nothing.',
    query: {
      tenant: text(
        128,
        'The customer the records are of; fills what they lack. Also as header x-alertforest-tenant.',
      ),
    },
    payload: [alertBatchSchema, alertListSchema, alertPayloadSchema],
    success: { status: 200, description: 'The report.', schemas: [qualityReportSchema] },
    problems: [422],
    example: () => ({ body: { alerts: [sampleAlert] } }),
  },
});
