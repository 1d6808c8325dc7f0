import type { WireActivation } from '../src/api/versions/versions.ts';
import { VERSIONS_ROUTES } from '../src/api/versions/versions-routes.ts';
import { json, registerRoutes } from './http.ts';
import { operatorOf } from './roles.ts';
import { services } from './services.ts';

/** The log has columns for what changed, none for sentences. */
const withoutNote = ({
  note: _,
  was_pinned: __,
  ...moved
}: WireActivation): Omit<WireActivation, 'note' | 'was_pinned'> => moved;

registerRoutes(VERSIONS_ROUTES, {
  versions: async () => json(await services().operations.versions()),
  versionsOfModel: async ({ params }) => json(await services().operations.versions(params.model)),
  versionCard: async ({ params }) =>
    json(await services().operations.versionCard(params.model, params.version)),
  versionActivate: async ({ params, body, caller, log }) => {
    const by = operatorOf(caller, body);
    const result = await services().operations.activate({ ...params, by, why: body.why ?? '' });
    log('activate', withoutNote(result));
    return json(result);
  },
  versionUnpin: async ({ params, body, caller, log }) => {
    const by = operatorOf(caller, body);
    const result = await services().operations.unpin({ ...params, by, why: body.why ?? '' });
    log('unpin', withoutNote(result));
    return json(result);
  },
});
