import { REFERENCE_ROUTES } from '../src/api/documents-routes.ts';
import { escapeHtml } from '../src/escape-html.ts';
import { registerRoutes } from './http.ts';
import { htmlAnswer, pageFiles } from './page-files.ts';

const files = pageFiles('reference');
const icon = pageFiles('page');

registerRoutes(REFERENCE_ROUTES, {
  reference: async ({ request }) => htmlAnswer(await documentOf(new URL(request.url).pathname)),
  referenceViewer: ({ request }) => files.answer(request, 'viewer.js'),
  referenceScript: ({ request }) => files.answer(request, 'reference.js'),
  referenceStyle: ({ request }) => files.answer(request, 'reference.css'),
});

/** The document: names the viewer of this build, and the API document that it shows. */
async function documentOf(pathname: string): Promise<string> {
  const home = pathname.split('/').at(-2) ?? '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Alertforest: API reference</title>
<link rel="icon" type="image/svg+xml" href="dashboard/${await icon.named('icon.svg')}">
<link rel="stylesheet" href="reference/${await files.named('reference.css')}">
<script defer src="reference/${await files.named('viewer.js')}"></script>
<script defer src="reference/${await files.named('reference.js')}"></script>
</head>
<body data-document="openapi.json" data-home="../${escapeHtml(home)}">
<div id="reference"><noscript>This page needs JavaScript. It shows what openapi.json says.</noscript></div>
</body>
</html>
`;
}
