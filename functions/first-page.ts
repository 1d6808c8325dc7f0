import { FIRST_PAGE_ROUTES } from '../src/api/documents-routes.ts';
import { escapeHtml } from '../src/escape-html.ts';
import { registerRoutes } from './http.ts';
import { htmlAnswer, pageFiles } from './page-files.ts';

const files = pageFiles('page');

registerRoutes(FIRST_PAGE_ROUTES, {
  firstPage: async ({ request }) => htmlAnswer(await documentOf(new URL(request.url))),
  firstPageStyle: ({ request }) => files.answer(request, 'first-page.css'),
});

/** The document: plain links, no script. It says nothing of alerts or models, since it is open to anyone. */
async function documentOf({ pathname }: URL): Promise<string> {
  // relative to where it was asked for, so that it holds behind a proxy that serves it elsewhere
  const base = pathname.endsWith('/') ? '' : `${escapeHtml(pathname.slice(pathname.lastIndexOf('/') + 1))}/`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Alertforest</title>
<link rel="icon" type="image/svg+xml" href="${base}dashboard/${await files.named('icon.svg')}">
<link rel="stylesheet" href="${base}${await files.named('first-page.css')}">
</head>
<body>
<main>
<h1>Alertforest</h1>
<p>Scores security alerts and learns from the analysts who close them. An alert is posted to <code>predict</code> as its
vendor wrote it; what it turned out to be is posted to <code>feedback</code>.</p>
<ul>
<li><a href="${base}dashboard">Dashboard</a> what to look at first and why, training, models, rules, drift</li>
<li><a href="${base}reference">API reference</a> every route with a real request and answer; the same as
<a href="${base}openapi.json">OpenAPI 3.0</a> and <a href="${base}openapi-2.0.json">Swagger 2.0</a></li>
<li><a href="${base}health">Health</a> whether alerts can be scored now</li>
<li><a href="${base}versions">Versions</a> which models serve, how good they are, what was refused and why</li>
</ul>
<p class="note">Dashboard and versions ask for a key or a sign-in where the service does; the rest is open.</p>
</main>
</body>
</html>
`;
}
