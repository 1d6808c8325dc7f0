import { HEALTH_ROUTES } from '../src/api/health/health-routes.ts';
import { json, registerRoutes } from './http.ts';
import { services } from './services.ts';

registerRoutes(HEALTH_ROUTES, {
  health: async () => {
    const { status } = services().health.status();
    return json({ status }, status === 'unhealthy' ? 503 : 200);
  },
  healthDetails: async () => {
    const details = await services().health.details();
    return json(details, details.status === 'unhealthy' ? 503 : 200);
  },
});
