import { DRIFT_ROUTES } from '../src/api/health/health-routes.ts';
import { wireDrift } from '../src/api/health/wire-drift.ts';
import { json, registerRoutes } from './http.ts';
import { services } from './services.ts';

registerRoutes(DRIFT_ROUTES, {
  drift: async () => json(wireDrift(await services().drift.report())),
});
