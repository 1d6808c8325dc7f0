import { QUARANTINE_ROUTES } from '../src/api/feedback/feedback-routes.ts';
import { json, registerRoutes } from './http.ts';
import { operatorOf } from './roles.ts';
import { services } from './services.ts';

registerRoutes(QUARANTINE_ROUTES, {
  quarantine: async () => json(await services().operations.quarantine()),
  quarantineRule: async ({ params, body, caller, log }) => {
    const { action, why } = body;
    const by = operatorOf(caller, body);
    const result = await services().operations.ruleQuarantined(params.alertKey, { action, by, why });
    log('quarantine_ruling', result);
    return json(result);
  },
});
