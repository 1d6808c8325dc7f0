// Writes docs/openapi.json (OpenAPI 3.0.3) and docs/openapi-2.0.json (Swagger 2.0) from the schemas in src/api.
//
//   node scripts/openapi.mjs            write both
//   node scripts/openapi.mjs --check    exit 1 if either differs from what the schemas say

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openApiDocument } from '../src/api/openapi.ts';
import { swagger2Document } from '../src/api/swagger2.ts';

const openApi = openApiDocument();
const documents = { 'docs/openapi.json': openApi, 'docs/openapi-2.0.json': swagger2Document(openApi) };

let stale = 0;
for (const [path, document] of Object.entries(documents)) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
    console.log(`${path}: ${text.length} bytes`);
  } else if ((await readFile(file, 'utf8')) !== text) {
    console.error(`${path} is not what the schemas say: run node scripts/openapi.mjs`);
    stale += 1;
  }
}
process.exitCode = stale === 0 ? 0 : 1;
