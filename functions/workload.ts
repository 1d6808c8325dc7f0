import { WORKLOAD_ROUTES } from '../src/api/workload/workload-routes.ts';
import { json, registerRoutes } from './http.ts';
import { services } from './services.ts';

registerRoutes(WORKLOAD_ROUTES, {
  workload: async ({ query }) => json(await services().workload.report(query)),
});
