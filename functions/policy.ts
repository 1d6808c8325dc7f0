import { json, readBody, registerRoute } from './http.ts';
import { services } from './services.ts';

registerRoute({
  name: 'policy',
  path: 'policy',
  methods: ['GET'],
  role: 'operator',
  handle: async () => json(await services().policy.document()),
});

registerRoute({
  name: 'policyPut',
  path: 'policy',
  methods: ['PUT'],
  role: 'operator',
  handle: async ({ request, caller, log }) => {
    const app = services();
    const text = await readBody(request, app.settings.MAX_ALERT_BYTES);
    const dryRun = request.query.has('dry_run') && request.query.get('dry_run') !== 'false';
    const result = await app.policy.put(text, { dryRun, by: caller.name });
    log(dryRun ? 'policy_preview' : 'policy_changed', { by: caller.name });
    return json(result);
  },
});
