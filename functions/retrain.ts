import { app, type InvocationContext, type Timer } from '@azure/functions';
import { retrainRequestSchema } from '../src/api/operations.ts';
import { RETRAIN_QUEUE } from '../src/store/names.ts';
import { json, registerRoute } from './http.ts';
import { readJson } from './read-json.ts';
import { services } from './services.ts';

registerRoute({
  name: 'retrain',
  path: 'retrain',
  methods: ['POST'],
  role: 'operator',
  handle: async ({ request, caller, log }) => {
    const { force, why, by } = await readJson(
      request,
      retrainRequestSchema,
      services().settings.MAX_ALERT_BYTES,
    );
    const accepted = await services().operations.requestRetrain({
      force,
      why,
      by: caller.name ?? by ?? 'operator',
    });
    log('retrain_requested', accepted);
    return json(accepted, 202, { location: accepted.status_url });
  },
});

registerRoute({
  name: 'retrainRuns',
  path: 'retrain',
  methods: ['GET'],
  role: 'scorer',
  handle: async () => json(await services().operations.runs()),
});

registerRoute({
  name: 'retrainRun',
  path: 'retrain/{run}',
  methods: ['GET'],
  role: 'scorer',
  handle: async ({ request }) => json(await services().operations.run(request.params['run'] ?? '')),
});

app.timer('retrainHourly', {
  schedule: '%RETRAIN_SCHEDULE%',
  runOnStartup: false,
  useMonitor: true,
  handler: async (timer: Timer, invocation: InvocationContext) => {
    for (const [event, fields] of Object.entries(await services().hourly(timer.isPastDue))) {
      invocation.log(JSON.stringify({ event, ...fields }));
    }
  },
});

app.storageQueue('retrainRequested', {
  queueName: RETRAIN_QUEUE,
  connection: 'AzureWebJobsStorage',
  handler: async (message: unknown, invocation: InvocationContext) => {
    const startedAtMs = performance.now();
    const result = await services().operations.retrainRequested(message);
    const durationMs = Math.round(performance.now() - startedAtMs);
    invocation.log(JSON.stringify({ event: 'retrain_finished', ...result, durationMs }));
  },
});
