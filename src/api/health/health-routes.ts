import { defineRoutes } from '../route.ts';
import { driftSchema } from './drift.ts';
import { healthDetailsSchema, healthSchema } from './health.ts';

const unhealthy = { status: 503, description: 'The same report, from a service that cannot score.' };

export const HEALTH_ROUTES = defineRoutes({
  health: {
    method: 'get',
    path: '/health',
    role: 'anonymous',
    summary: 'Whether the service can score',
    description: 'Says nothing but the status, so that anyone may ask.',
    success: { status: 200, description: 'It scores, perhaps from a local copy.', schemas: [healthSchema] },
    alsoAnswers: [unhealthy],
    example: () => ({}),
  },
  healthDetails: {
    method: 'get',
    path: '/health/details',
    role: 'scorer',
    summary: 'Health with its reasons',
    description:
      'Models and versions loaded, latency now and over the last day, the last 90 checks, pending feedback, ' +
      'scheduler, storage, drift, instances.',
    polled: { except: ['uptime_seconds'] },
    success: { status: 200, description: 'The report.', schemas: [healthDetailsSchema] },
    alsoAnswers: [unhealthy],
    example: () => ({}),
  },
});

export const DRIFT_ROUTES = defineRoutes({
  drift: {
    method: 'get',
    path: '/drift',
    role: 'scorer',
    summary: 'Whether alerts still look like those learned from',
    description: 'Compares what is scored now with what was scored before, per column and output.',
    polled: {},
    success: { status: 200, description: 'The comparison.', schemas: [driftSchema] },
    example: () => ({}),
  },
});
