import { z } from 'zod';
import { text } from './parameters.ts';
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

/**
 * A file of the page under a path that never changes, since Easy Auth lets exact paths alone pass; `v` names its
 * content, so that a browser may keep it for good.
 */
function file<const Name extends string>(name: Name, summary: string) {
  return {
    method: 'get',
    path: `/dashboard/${name}`,
    role: 'anonymous',
    summary,
    description: 'Asked for by the page itself.',
    query: { v: text(64, 'Hash of the content.') },
    success: { status: 200, description: 'The file.', schemas: [z.string()] },
    example: () => ({}),
  } as const;
}

/** The page for people: open to anyone, since it holds no data and asks for a key. */
export const DASHBOARD_ROUTES = defineRoutes({
  dashboard: {
    method: 'get',
    path: '/dashboard',
    role: 'anonymous',
    summary: 'The page',
    description: 'For people. It holds no data: what it shows it asks for with the key of its reader.',
    success: { status: 200, description: 'HTML.', schemas: [z.string()] },
    example: () => ({}),
  },
  dashboardScript: file('page.js', 'The script of the page'),
  dashboardStyle: file('style.css', 'The style of the page'),
  dashboardIcon: file('icon.svg', 'The icon of the page'),
});
