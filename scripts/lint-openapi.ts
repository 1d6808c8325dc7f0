// Holds docs/openapi.json to Redocly's strict rules (redocly.yaml) and both documents to all of Spectral's OpenAPI
// rules; exit 1 with every finding. Asks no network.
//
//   node scripts/lint-openapi.ts

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import spectralCore from '@stoplight/spectral-core';
import spectralRulesets from '@stoplight/spectral-rulesets';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const spectral = new spectralCore.Spectral();
spectral.setRuleset({
  extends: [[spectralRulesets.oas as never, 'all']],
  // who runs a deployment is known to nobody but themselves
  rules: { 'contact-properties': 'off' },
});
const findings: string[] = [];
for (const path of ['docs/openapi.json', 'docs/openapi-2.0.json']) {
  const found = await spectral.run(JSON.parse(readFileSync(join(root, path), 'utf8')));
  findings.push(
    ...found.map(({ code, message, path: at }) => `${path}: ${code}: ${message} (${at.join('.')})`),
  );
}
for (const finding of findings) console.error(finding);

const redocly = spawnSync(
  process.execPath,
  [
    createRequire(import.meta.url).resolve('@redocly/cli/bin/cli.js'),
    'lint',
    'docs/openapi.json',
    '--format=stylish',
  ],
  {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  },
);
if (redocly.status !== 0) console.error(`${redocly.stdout}${redocly.stderr}`);
if (findings.length === 0 && redocly.status === 0)
  console.log('docs/openapi.json and docs/openapi-2.0.json hold to the rules of Redocly and Spectral.');
else process.exitCode = 1;
