import { CRITICAL_CASES_ROUTES } from '../src/api/critical-cases/critical-cases-routes.ts';
import { json, registerRoutes } from './http.ts';
import { services } from './services.ts';

registerRoutes(CRITICAL_CASES_ROUTES, {
  criticalCases: async () => json(await services().criticalCases.list()),
});
