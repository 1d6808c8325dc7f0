import { DOCUMENT_ROUTES } from '../src/api/documents-routes.ts';
import { openApiDocument } from '../src/api/openapi.ts';
import { swagger2Document } from '../src/api/swagger2.ts';
import { json, registerRoutes } from './http.ts';

registerRoutes(DOCUMENT_ROUTES, {
  openapi: async ({ request }) => json(openApiDocument({ serverUrl: serverUrlOf(request.url) })),
  openapi2: async ({ request }) =>
    json(swagger2Document(openApiDocument({ serverUrl: serverUrlOf(request.url) }))),
});

/** Where this document was asked for is where the service answers. */
function serverUrlOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.slice(0, pathname.lastIndexOf('/'))}`;
}
