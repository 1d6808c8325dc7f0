import { QUARANTINE_ROUTES } from '../src/api/feedback/feedback-routes.ts';
import { json, registerRoutes } from './http.ts';
import { operatorOf } from './roles.ts';
import { services } from './services.ts';

registerRoutes(QUARANTINE_ROUTES, {
  quarantine: async ({ query: { limit, offset, ...filter } }) =>
    json(await services().judging.quarantine.list(filter, limit, offset)),
  quarantineRule: async ({ params, body, caller, log }) => {
    const { action, why } = body;
    const by = operatorOf(caller, body);
    const result = await services().judging.quarantine.rule(params.alertKey, { action, by, why });
    const { before: _, after: __, ...ruling } = result;
    log('quarantine_ruling', ruling);
    return json(result);
  },
  quarantineRuleAll: async ({ body, caller, log }) => {
    const result = await services().judging.quarantine.ruleAll(body, operatorOf(caller, body));
    const { action, matched, ruled } = result;
    log('quarantine_rulings', { action, matched, ruled });
    return json(result);
  },
});
