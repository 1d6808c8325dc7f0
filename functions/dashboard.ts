import { gunzipSync } from 'node:zlib';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { DASHBOARD_ROUTES } from '../src/api/documents-routes.ts';
import { registerRoutes } from './http.ts';
import { existingServices } from './services.ts';

/** A file of the page, as the build wrote it beside the bundle. */
interface PageFile {
  readonly name: string;
  /** Of its content. */
  readonly hash: string;
  readonly type: string;
  /** Gzipped bytes, base64. */
  readonly gzip: string;
}

/** Loaded when first asked for: a cold start scores alerts, it shows no page. */
let loading: Promise<readonly PageFile[]> | undefined;
function pageFiles(): Promise<readonly PageFile[]> {
  const address = new URL('./page.mjs', import.meta.url).href;
  loading ??= import(address).then((module: { files: readonly PageFile[] }) => module.files);
  return loading;
}

/**
 * What the page may do, on every answer: run its own script and style, ask its own origin, and nothing else. Styles
 * that the script sets on single elements are no inline style, so none is allowed.
 */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
};
const FOR_GOOD = 'public, max-age=31536000, immutable';

registerRoutes(DASHBOARD_ROUTES, {
  dashboard: async () => {
    const html = documentOf(await pageFiles(), existingServices()?.settings.ALERT_LINK_TEMPLATE ?? '');
    return answer(Buffer.from(html), 'text/html; charset=utf-8', 'no-cache');
  },
  dashboardScript: ({ request }) => fileAnswer(request, 'page.js'),
  dashboardStyle: ({ request }) => fileAnswer(request, 'style.css'),
  dashboardIcon: ({ request }) => fileAnswer(request, 'icon.svg'),
});

async function fileAnswer(request: HttpRequest, wanted: string): Promise<HttpResponseInit> {
  const file = (await pageFiles()).find(({ name }) => name === wanted);
  if (file === undefined) throw new Error(`The build left out '${wanted}' of the page.`);
  const gzipped = Buffer.from(file.gzip, 'base64');
  const takesGzip = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
  const response = answer(takesGzip ? gzipped : gunzipSync(gzipped), file.type, FOR_GOOD);
  return takesGzip ? { ...response, headers: { ...response.headers, 'content-encoding': 'gzip' } } : response;
}

function answer(body: Uint8Array, type: string, cacheControl: string): HttpResponseInit {
  return {
    status: 200,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': type,
      'cache-control': cacheControl,
      vary: 'accept-encoding',
    },
    body,
  };
}

/** The document: names the script and the style of this build, and where the SIEM shows an alert. */
function documentOf(files: readonly PageFile[], linkTemplate: string): string {
  const named = (wanted: string): string =>
    `dashboard/${wanted}?v=${files.find(({ name }) => name === wanted)?.hash ?? ''}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="alert-link" content="${escaped(linkTemplate)}">
<title>Alertforest: operations</title>
<link rel="icon" type="image/svg+xml" href="${named('icon.svg')}">
<link rel="stylesheet" href="${named('style.css')}">
<script type="module" src="${named('page.js')}"></script>
</head>
<body>
<div id="root"><noscript>This page needs JavaScript. The same is told by the API: see openapi.json.</noscript></div>
<div id="live" class="vh" aria-live="polite"></div>
</body>
</html>
`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
