import { DASHBOARD_ROUTES } from '../src/api/documents-routes.ts';
import { escapeHtml } from '../src/escape-html.ts';
import { registerRoutes } from './http.ts';
import { htmlAnswer, pageFiles } from './page-files.ts';
import { existingServices } from './services.ts';

const files = pageFiles('page');

registerRoutes(DASHBOARD_ROUTES, {
  dashboard: async () => htmlAnswer(await documentOf(existingServices()?.settings.ALERT_LINK_TEMPLATE ?? '')),
  dashboardScript: ({ request }) => files.answer(request, 'page.js'),
  dashboardStyle: ({ request }) => files.answer(request, 'style.css'),
  dashboardIcon: ({ request }) => files.answer(request, 'icon.svg'),
});

/** The document: names the script and the style of this build, and where the SIEM shows an alert. */
async function documentOf(linkTemplate: string): Promise<string> {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="alert-link" content="${escapeHtml(linkTemplate)}">
<title>Alertforest: operations</title>
<link rel="icon" type="image/svg+xml" href="dashboard/${await files.named('icon.svg')}">
<link rel="stylesheet" href="dashboard/${await files.named('style.css')}">
<script type="module" src="dashboard/${await files.named('page.js')}"></script>
</head>
<body>
<div id="root"><noscript>This page needs JavaScript. The same is told by the API: see openapi.json.</noscript></div>
<div id="live" class="vh" aria-live="polite"></div>
</body>
</html>
`;
}
