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
 * A file of a page under a path that never changes, since Easy Auth lets exact paths alone pass; `v` names its
 * content, so that a browser may keep it for good.
 */
function file<const Path extends string>(path: Path, summary: string) {
  return {
    method: 'get',
    path,
    role: 'anonymous',
    summary,
    description: 'Asked for by the page itself.',
    query: { v: text(64, 'Hash of the content.') },
    success: { status: 200, description: 'The file.', schemas: [z.string()] },
    example: () => ({}),
  } as const;
}

/** A page for people, which holds no data. */
function page<const Path extends string>(path: Path, summary: string, description: string) {
  return {
    method: 'get',
    path,
    role: 'anonymous',
    summary,
    description,
    success: { status: 200, description: 'HTML.', schemas: [z.string()] },
    example: () => ({}),
  } as const;
}

/** Where to go from here: open to anyone, since it says nothing of alerts or models. */
export const FIRST_PAGE_ROUTES = defineRoutes({
  firstPage: page('', 'The first page', 'Says what answers here and where to go on.'),
  firstPageStyle: file('/first-page.css', 'The style of the first page'),
});

/** The page for people: open to anyone, since it holds no data and asks for a key. */
export const DASHBOARD_ROUTES = defineRoutes({
  dashboard: page(
    '/dashboard',
    'The page',
    'For people. It holds no data: what it shows it asks for with the key of its reader.',
  ),
  dashboardScript: file('/dashboard/page.js', 'The script of the page'),
  dashboardStyle: file('/dashboard/style.css', 'The style of the page'),
  dashboardIcon: file('/dashboard/icon.svg', 'The icon of the page'),
});

/** The API document for people to read: open to anyone, as the document is. */
export const REFERENCE_ROUTES = defineRoutes({
  reference: page('/reference', 'The API reference', 'What openapi.json says, for people to read.'),
  referenceViewer: file('/reference/viewer.js', 'The viewer of the API reference'),
  referenceScript: file('/reference/reference.js', 'The script of the API reference'),
  referenceStyle: file('/reference/reference.css', 'The style of the API reference'),
});
