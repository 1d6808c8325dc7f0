import { rulingRequestSchema } from '../src/api/operations.ts';
import { json, registerRoute } from './http.ts';
import { readJson } from './read-json.ts';
import { services } from './services.ts';

registerRoute({
  name: 'quarantine',
  path: 'quarantine',
  methods: ['GET'],
  role: 'operator',
  handle: async () => json(await services().operations.quarantine()),
});

registerRoute({
  name: 'quarantineRule',
  path: 'quarantine/{alertKey}',
  methods: ['POST'],
  role: 'operator',
  handle: async ({ request, caller, log }) => {
    const { action, by, why } = await readJson(
      request,
      rulingRequestSchema,
      services().settings.MAX_ALERT_BYTES,
    );
    const result = await services().operations.ruleQuarantined(request.params['alertKey'] ?? '', {
      action,
      by: caller.name ?? by ?? 'operator',
      why,
    });
    log('quarantine_ruling', result);
    return json(result);
  },
});
