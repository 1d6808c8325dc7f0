import { EXPORT_ROUTES } from '../src/api/export/export-routes.ts';
import { json, registerRoutes } from './http.ts';
import { services } from './services.ts';

registerRoutes(EXPORT_ROUTES, {
  exportJudgements: async ({ query: { limit, after } }) =>
    json(await services().exports.judgements(limit, after)),
  exportVerdicts: async ({ query: { since, limit, after } }) =>
    json(await services().exports.verdicts(limit, since === undefined ? 0 : Date.parse(since), after)),
});
