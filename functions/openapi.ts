import { DOCUMENT_ROUTES } from '../src/api/documents-routes.ts';
import { jsonText, registerRoutes } from './http.ts';
import { openApiText, swagger2Text } from './served-documents.ts';

registerRoutes(DOCUMENT_ROUTES, {
  openapi: async ({ request }) => jsonText(await openApiText(serverUrlOf(request.url))),
  openapi2: async ({ request }) => jsonText(await swagger2Text(serverUrlOf(request.url))),
});

/** Where this document was asked for is where the service answers. */
function serverUrlOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.slice(0, pathname.lastIndexOf('/'))}`;
}
