import { openApiDocument } from '../src/api/openapi.ts';
import { swagger2Document } from '../src/api/swagger2.ts';
import { json, registerRoute } from './http.ts';

registerRoute({
  name: 'openapi',
  path: 'openapi.json',
  methods: ['GET'],
  role: 'anonymous',
  handle: async ({ request }) => json(openApiDocument({ serverUrl: serverUrlOf(request.url) })),
});

registerRoute({
  name: 'openapi2',
  path: 'openapi-2.0.json',
  methods: ['GET'],
  role: 'anonymous',
  handle: async ({ request }) =>
    json(swagger2Document(openApiDocument({ serverUrl: serverUrlOf(request.url) }))),
});

/** Where this document was asked for is where the service answers. */
function serverUrlOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.slice(0, pathname.lastIndexOf('/'))}`;
}
