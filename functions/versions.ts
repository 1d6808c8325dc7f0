import { VERSIONS_ROUTES } from '../src/api/versions/versions-routes.ts';
import { json, registerRoutes } from './http.ts';
import { operatorOf } from './roles.ts';
import { services } from './services.ts';

registerRoutes(VERSIONS_ROUTES, {
  versions: async () => json(await services().operations.versions()),
  versionsOfModel: async ({ params }) => json(await services().operations.versions(params.model)),
  versionCard: async ({ params }) =>
    json(await services().operations.versionCard(params.model, params.version)),
  versionActivate: async ({ params, body, caller, log }) => {
    const by = operatorOf(caller, body);
    const result = await services().operations.activate({ ...params, by, why: body.why ?? '' });
    log('activate', result);
    return json(result);
  },
  versionUnpin: async ({ params, body, caller, log }) => {
    const by = operatorOf(caller, body);
    const result = await services().operations.unpin({ ...params, by, why: body.why ?? '' });
    log('unpin', result);
    return json(result);
  },
});
