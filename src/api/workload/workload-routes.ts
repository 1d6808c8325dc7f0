import { number } from '../parameters.ts';
import { defineRoutes } from '../route.ts';
import { workloadSchema } from './workload.ts';

const MOST = 1e12;

export const WORKLOAD_ROUTES = defineRoutes({
  workload: {
    method: 'get',
    path: '/workload',
    role: 'scorer',
    summary: 'Alerts closed against attacks missed',
    description:
      'From judged alerts, each scored by models that had not seen its incident: what a cut closes, misses and costs, ' +
      "where today's policy stands, and what a cost matrix given here would change. The cut alone is counted: " +
      'conformal sets, context and `close_from` keep more open, never less; `PUT /policy?dry_run` counts them in.',
    query: {
      missed_attack: number(0, MOST, 'Cost of closing an attack; left out: as in the policy in force.'),
      false_alarm: number(0, MOST, 'Cost of looking at what is no attack.'),
      correct_close: number(0, MOST, 'Gain of closing what is no attack.'),
    },
    polled: {},
    success: { status: 200, description: 'The figures.', schemas: [workloadSchema] },
    example: () => ({ query: { missed_attack: '100000' } }),
  },
});
