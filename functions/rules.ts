import { RULES_ROUTES } from '../src/api/rules/rules-routes.ts';
import { json, registerRoutes } from './http.ts';
import { operatorOf } from './roles.ts';
import { services } from './services.ts';

registerRoutes(RULES_ROUTES, {
  rules: async ({ query }) => json(await services().rules.list(query.status ?? 'all')),
  rule: async ({ params }) => json(await services().rules.one(params.id)),
  rulePut: async ({ params, body, caller, log }) => {
    const by = operatorOf(caller, body);
    const rule = await services().rules.put(params.id, body, by);
    log('rule_changed', { rule: params.id, enabled: body.enabled, weight: body.weight, by: caller.name });
    return json(rule);
  },
});
