import { createHash } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { BYTES } from '../src/api/route.ts';
import type { WireActivation, WireVersionCard } from '../src/api/versions/versions.ts';
import { VERSIONS_ROUTES } from '../src/api/versions/versions-routes.ts';
import { acceptedType } from './accepted-type.ts';
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
  versionCard: async ({ params, request }) =>
    cardAnswer(await services().operations.versionCard(params.model, params.version), request),
  versionArtefact: async ({ params, request }) => {
    const { bytes, ...artefact } = await services().operations.artefact(params.model, params.version);
    const headers = { vary: 'accept', 'x-content-type-options': 'nosniff' };
    if (acceptedType(request.headers.get('accept'), [BYTES]) === BYTES)
      return { headers: { ...headers, 'content-type': BYTES }, body: bytes };
    const base64 = Buffer.from(bytes).toString('base64');
    return json({ ...artefact, size: bytes.length, base64 }, 200, headers);
  },
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

async function cardAnswer(card: WireVersionCard, request: HttpRequest): Promise<HttpResponseInit> {
  const type = acceptedType(request.headers.get('accept'), ['text/markdown', 'text/html']);
  const headers = { vary: 'accept', 'x-content-type-options': 'nosniff' };
  if (type === 'application/json') return json(card, 200, headers);
  // loaded when first asked for: a cold start scores alerts
  const { CARD_STYLE, cardHtml, cardMarkdown } = await import('../src/api/versions/card-page.ts');
  if (type === 'text/markdown')
    return { headers: { ...headers, 'content-type': `${type}; charset=utf-8` }, body: cardMarkdown(card) };
  const style = createHash('sha256').update(CARD_STYLE).digest('base64');
  return {
    headers: {
      ...headers,
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'referrer-policy': 'no-referrer',
    },
    body: cardHtml(card),
  };
}
