import { AUDIT_ROUTES } from '../src/api/versions/versions-routes.ts';
import { json, registerRoutes } from './http.ts';
import { services } from './services.ts';

registerRoutes(AUDIT_ROUTES, {
  audit: async ({ query }) => json(await services().operations.audit(query.limit, query.before)),
  importances: async () => json(await services().operations.importances()),
});
