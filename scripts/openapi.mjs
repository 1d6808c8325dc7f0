// Writes what is generated from the routes and schemas in src/api: docs/openapi.json (OpenAPI 3.0.3),
// docs/openapi-2.0.json (Swagger 2.0), docs/routes.md, the functions of each role for infra/caller-keys.bicep, and
// the types and the table of routes of the TypeScript client.
//
//   node scripts/openapi.mjs            write all
//   node scripts/openapi.mjs --check    exit 1 if one differs from what the schemas say

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import openapiTypes, { astToString } from 'openapi-typescript';
import { openApiDocument } from '../src/api/openapi.ts';
import { ALL_ROUTES, ROUTES } from '../src/api/routes.ts';
import { functionsByRole, routesPage } from '../src/api/routes-table.ts';
import { swagger2Document } from '../src/api/swagger2.ts';

/** Path -> text of every generated file. */
export async function generatedFiles() {
  const openApi = openApiDocument();
  const text = (value) => `${JSON.stringify(value, null, 2)}\n`;
  const types = await openapiTypes(
    { ...openApi, paths: {} },
    { rootTypes: true, rootTypesNoSchemaPrefix: true, alphabetize: false, defaultNonNullable: false },
  );
  return {
    'docs/openapi.json': text(openApi),
    'docs/openapi-2.0.json': text(swagger2Document(openApi)),
    'integrations/typescript/alertforest-schema.ts': `// Generated from docs/openapi.json by scripts/openapi.mjs.\n\n${astToString(types)}${clientRoutes()}`,
    'docs/routes.md': routesPage(ALL_ROUTES),
    'infra/caller-functions.json': text(functionsByRole(ALL_ROUTES)),
  };
}

function clientRoutes() {
  const rows = Object.entries(ROUTES).map(
    ([name, { method, path }]) => `    ${name}: { method: "${method.toUpperCase()}", path: "${path}" },`,
  );
  return `/** Every route of the service by the name of its function. */\nexport const ROUTES = {\n${rows.join('\n')}\n} as const;\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  let stale = 0;
  for (const [path, text] of Object.entries(await generatedFiles())) {
    const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
    if (!process.argv.includes('--check')) {
      await writeFile(file, text);
      console.log(`${path}: ${text.length} bytes`);
    } else if ((await readFile(file, 'utf8')) !== text) {
      console.error(`${path} is not what the schemas say: run node scripts/openapi.mjs`);
      stale += 1;
    }
  }
  process.exitCode = stale === 0 ? 0 : 1;
}
