import { json, registerRoute } from './http.ts';
import { services } from './services.ts';

registerRoute({
  name: 'audit',
  path: 'audit',
  methods: ['GET'],
  role: 'scorer',
  handle: async ({ request }) =>
    json(
      await services().operations.audit(request.query.get('limit'), request.query.get('before') ?? undefined),
    ),
});

registerRoute({
  name: 'importances',
  path: 'importances',
  methods: ['GET'],
  role: 'scorer',
  handle: async () => json(await services().operations.importances()),
});
