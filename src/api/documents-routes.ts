import { z } from 'zod';
import { defineRoutes } from './route.ts';

const document = z.record(z.string(), z.unknown());

/** The API's own documents: open to anyone, and not described in themselves. */
export const DOCUMENT_ROUTES = defineRoutes({
  openapi: {
    method: 'get',
    path: '/openapi.json',
    role: 'anonymous',
    summary: 'The API as OpenAPI 3.0.3',
    description: 'With the address at which it was asked for.',
    success: { status: 200, description: 'The document.', schemas: [document] },
    example: () => ({}),
  },
  openapi2: {
    method: 'get',
    path: '/openapi-2.0.json',
    role: 'anonymous',
    summary: 'The API as Swagger 2.0',
    description: 'For tools that read nothing newer, such as custom connectors of Logic Apps.',
    success: { status: 200, description: 'The document.', schemas: [document] },
    example: () => ({}),
  },
});
