// Writes what is generated from the schemas in src/api: docs/openapi.json (OpenAPI 3.0.3), docs/openapi-2.0.json
// (Swagger 2.0) and the types of the TypeScript client.
//
//   node scripts/openapi.mjs            write all
//   node scripts/openapi.mjs --check    exit 1 if one differs from what the schemas say

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import openapiTypes, { astToString } from 'openapi-typescript';
import { openApiDocument } from '../src/api/openapi.ts';
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
    'integrations/typescript/alertforest-schema.ts': `// Generated from docs/openapi.json by scripts/openapi.mjs.\n\n${astToString(types)}`,
  };
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
