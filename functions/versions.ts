import { activationRequestSchema } from '../src/api/operations.ts';
import { json, registerRoute } from './http.ts';
import { readJson } from './read-json.ts';
import { services } from './services.ts';

registerRoute({
  name: 'versions',
  path: 'versions',
  methods: ['GET'],
  role: 'scorer',
  handle: async () => json(await services().operations.versions()),
});

registerRoute({
  name: 'versionsOfModel',
  path: 'versions/{model}',
  methods: ['GET'],
  role: 'scorer',
  handle: async ({ request }) => json(await services().operations.versions(request.params['model'])),
});

registerRoute({
  name: 'versionCard',
  path: 'versions/{model}/{version}/card',
  methods: ['GET'],
  role: 'scorer',
  handle: async ({ request }) =>
    json(
      await services().operations.versionCard(request.params['model'] ?? '', request.params['version'] ?? ''),
    ),
});

registerRoute({
  name: 'versionActivate',
  path: 'versions/{model}/{version}/activate',
  methods: ['POST'],
  role: 'operator',
  handle: async ({ request, caller, log }) => {
    const { why, by } = await readJson(request, activationRequestSchema, services().settings.MAX_ALERT_BYTES);
    const result = await services().operations.activate({
      model: request.params['model'] ?? '',
      version: request.params['version'] ?? '',
      by: caller.name ?? by ?? 'operator',
      why: why ?? '',
    });
    log('activate', result);
    return json(result);
  },
});

registerRoute({
  name: 'versionUnpin',
  path: 'versions/{model}/unpin',
  methods: ['POST'],
  role: 'operator',
  handle: async ({ request, caller, log }) => {
    const { why, by } = await readJson(request, activationRequestSchema, services().settings.MAX_ALERT_BYTES);
    const result = await services().operations.unpin({
      model: request.params['model'] ?? '',
      by: caller.name ?? by ?? 'operator',
      why: why ?? '',
    });
    log('unpin', result);
    return json(result);
  },
});
