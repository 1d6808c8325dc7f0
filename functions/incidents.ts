import { INCIDENT_ROUTES } from '../src/api/incidents/incidents-routes.ts';
import { json, registerRoutes } from './http.ts';
import { operatorOf } from './roles.ts';
import { services } from './services.ts';

registerRoutes(INCIDENT_ROUTES, {
  incidents: async ({ query }) => {
    const { kind, tenant, since, min_score: minScore, state, order = 'score', limit, offset } = query;
    return json(
      services().judging.incidents.list({ kind, tenant, since, minScore, state, order, limit, offset }),
    );
  },
  incident: async ({ params }) => json(services().judging.incidents.get(params.id)),
  incidentJudge: async ({ params, body, caller, log }) => {
    const result = await services().judging.incidents.judge(params.id, body, caller);
    log('incident_judged', { id: result.id, accepted: result.accepted, pending: result.pending });
    return json(result);
  },
  incidentWithdraw: async ({ params, query, caller, log }) => {
    const result = await services().judging.incidents.withdraw(params.id, query.analyst, caller);
    log('incident_withdrawn', { id: result.id, withdrawn: result.withdrawn, pending: result.pending });
    return json(result);
  },
  behaviorQuiet: async ({ body, caller, log }) => {
    const result = services().judging.incidents.quiet(body);
    log('behavior_quiet', { by: operatorOf(caller, body), until: result.until });
    return json(result);
  },
});
