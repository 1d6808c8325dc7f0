import { POLICY_ROUTES } from '../src/api/policy/policy-routes.ts';
import { json, registerRoutes } from './http.ts';
import { operatorOf } from './roles.ts';
import { services } from './services.ts';

registerRoutes(POLICY_ROUTES, {
  policy: async () => json(await services().policy.document()),
  policyPut: async ({ body, query, caller, log }) => {
    const dryRun = query.dry_run;
    const result = await services().policy.put(body, { dryRun, by: operatorOf(caller, body) });
    log(dryRun ? 'policy_preview' : 'policy_changed', { by: caller.name });
    return json(result);
  },
});
