import { featureList } from '../src/api/features/feature-list.ts';
import { FEATURES_ROUTES } from '../src/api/features/features-routes.ts';
import { json, registerRoutes } from './http.ts';

registerRoutes(FEATURES_ROUTES, { features: async () => json(featureList()) });
