import { SIMILAR_ROUTES } from '../src/api/similar/similar-routes.ts';
import { json, registerRoutes } from './http.ts';
import { services } from './services.ts';

registerRoutes(SIMILAR_ROUTES, {
  alertSimilar: async ({ params, query }) => json(await services().similar.of(params.alertKey, query.limit)),
});
