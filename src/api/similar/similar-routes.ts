import { integer } from '../parameters.ts';
import { defineRoutes } from '../route.ts';
import { similarAlertsSchema } from './similar.ts';

/** Similar alerts that one answer holds, at most. */
export const MAX_SIMILAR = 20;

export const SIMILAR_ROUTES = defineRoutes({
  alertSimilar: {
    method: 'get',
    path: '/alerts/{alertKey}/similar',
    role: 'scorer',
    summary: 'The nearest judged alerts',
    description:
      'Judged alerts of the same tenant that end in the same leaves of the serving forest, with what they turned out ' +
      'to be. Of an alert that was scored or judged here.',
    params: { alertKey: '32 hex digits' },
    query: { limit: integer(1, MAX_SIMILAR, 'Alerts at most.', 5) },
    polled: {},
    success: { status: 200, description: 'The nearest.', schemas: [similarAlertsSchema] },
    problems: [404],
    example: ({ predict }) => ({ params: { alertKey: predict.alert_key } }),
  },
});
