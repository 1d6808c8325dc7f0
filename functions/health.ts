import { json, registerRoute } from './http.ts';
import { services } from './services.ts';

registerRoute({
  name: 'health',
  path: 'health',
  methods: ['GET'],
  role: 'anonymous',
  handle: async () => {
    const { status } = services().health();
    return json({ status }, status === 'unhealthy' ? 503 : 200);
  },
});

registerRoute({
  name: 'healthDetails',
  path: 'health/details',
  methods: ['GET'],
  role: 'scorer',
  handle: async () => {
    const details = await services().healthDetails();
    return json(details, details.status === 'unhealthy' ? 503 : 200);
  },
});
