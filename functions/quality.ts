import { QUALITY_ROUTES } from '../src/api/predict/predict-routes.ts';
import { json, registerRoutes } from './http.ts';
import { services } from './services.ts';

registerRoutes(QUALITY_ROUTES, {
  quality: async ({ body }) => json(services().quality(body)),
});
