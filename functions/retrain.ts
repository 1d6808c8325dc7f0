import { app, type InvocationContext, type Timer } from '@azure/functions';
import { REPLAY_ROUTES, RETRAIN_ROUTES } from '../src/api/versions/versions-routes.ts';
import { RETRAIN_QUEUE } from '../src/store/names.ts';
import { json, registerRoutes } from './http.ts';
import { operatorOf } from './roles.ts';
import { services } from './services.ts';

registerRoutes(RETRAIN_ROUTES, {
  retrain: async ({ body, caller, log }) => {
    const { force, why } = body;
    const accepted = await services().operations.requestRetrain({ force, why, by: operatorOf(caller, body) });
    log('retrain_requested', accepted);
    return json(accepted, 202, { location: accepted.status_url });
  },
  retrainRuns: async () => json(await services().operations.runs()),
  retrainRun: async ({ params }) => json(await services().operations.run(params.run)),
});

registerRoutes(REPLAY_ROUTES, {
  retrainReplay: async ({ body, caller, log }) => {
    const { without: analyst, since, lift, why } = body;
    const action = lift ? 'lift' : 'exclude';
    const by = operatorOf(caller, body);
    const accepted = await services().operations.requestReplay({ analyst, action, since, by, why });
    log('replay_requested', accepted);
    return json(accepted, 202, { location: accepted.status_url });
  },
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
