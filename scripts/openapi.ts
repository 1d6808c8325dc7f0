// Writes what is generated from the routes and schemas in src/api: docs/openapi.json (OpenAPI 3.0.3),
// docs/openapi-2.0.json (Swagger 2.0), docs/routes.md, the functions of each role for infra/caller-keys.bicep, and
// the types and the table of routes of the TypeScript client.
//
//   node scripts/openapi.ts            write all
//   node scripts/openapi.ts --check    exit 1 if one differs from what the schemas say

import openapiTypes, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { openApiDocument } from '../src/api/openapi.ts';
import { ALL_ROUTES, ROUTES } from '../src/api/routes.ts';
import { functionsByRole, routesPage } from '../src/api/routes-table.ts';
import { swagger2Document } from '../src/api/swagger2.ts';
import { runGenerator } from './generated-files.ts';

/** Path -> text of every generated file. */
export async function generatedFiles(): Promise<Readonly<Record<string, string>>> {
  const openApi = openApiDocument();
  const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  const types = await openapiTypes({ ...openApi, paths: {} } as unknown as OpenAPI3, {
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    alphabetize: false,
    defaultNonNullable: false,
  });
  return {
    'docs/openapi.json': text(openApi),
    'docs/openapi-2.0.json': text(swagger2Document(openApi)),
    'integrations/typescript/alertforest-schema.ts': `// Generated from docs/openapi.json by scripts/openapi.ts.\n\n${astToString(types)}${clientRoutes()}`,
    'docs/routes.md': routesPage(ALL_ROUTES),
    'infra/caller-functions.json': text(functionsByRole(ALL_ROUTES)),
  };
}

function clientRoutes(): string {
  const rows = Object.entries(ROUTES).map(
    ([name, { method, path }]) => `    ${name}: { method: "${method.toUpperCase()}", path: "${path}" },`,
  );
  return `/** Every route of the service by the name of its function. */\nexport const ROUTES = {\n${rows.join('\n')}\n} as const;\n`;
}

await runGenerator(import.meta.url, 'npm run openapi', generatedFiles);
