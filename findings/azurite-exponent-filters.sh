#!/usr/bin/env bash
# azurite 3.36.0: a number with an exponent in a table filter is no number to it. `p lt 5.5e-7` is read as a comparison with
# a property named "5.5e-7", which no entity has, and is answered 200 with nothing, where `p lt 0.00000055` finds the entity.
# Edm.Double literals may carry an exponent ([MS-ODATA] 2.2.2, doubleLiteral), and @azure/data-tables 13.3.2, Azure's own
# client, writes every number nearer to zero than 1e-6 so: odata`p lt ${5.5e-7}`. A test of "all alerts with a p-value
# below the limit" thus sees an empty list on the emulator and proves nothing. (A GUID literal is compared by letter case
# there, too.) Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi; rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact azurite@3.36.0 @azure/data-tables@13.3.2
port=$(node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")
AZURITE_ACCOUNTS=lab:bGFi node node_modules/azurite/dist/src/table/main.js --tableHost 127.0.0.1 --tablePort "$port" --inMemoryPersistence --disableTelemetry >server.log 2>&1 &
server=$!
cat > check.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { AzureNamedKeyCredential, odata, TableClient } from '@azure/data-tables';
const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
console.log(`azurite ${version('azurite')}, @azure/data-tables ${version('@azure/data-tables')}, Node ${process.version}`);
const port = Number(process.argv[2]);
const listens = () => new Promise((resolve) => connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false)));
for (let tries = 0; !(await listens()); tries++) {
  if (tries === 600) throw new Error('azurite did not start');
  await new Promise((resolve) => setTimeout(resolve, 100));
}
const table = new TableClient(`http://127.0.0.1:${port}/lab`, 'alerts', new AzureNamedKeyCredential('lab', 'bGFi'), { allowInsecureConnection: true });
await table.createTable();
await table.createEntity({ partitionKey: 'p', rowKey: 'rare', p: { type: 'Double', value: 1e-9 } });
await table.createEntity({ partitionKey: 'p', rowKey: 'common', p: { type: 'Double', value: 0.5 } });
const seen = [];
for (const filter of [odata`p lt ${5.5e-7}`, 'p lt 0.00000055', odata`p gt ${-2.5e-7}`, 'p gt -0.00000025', odata`p lt ${0.25}`]) {
  const rows = [];
  for await (const { rowKey } of table.listEntities({ queryOptions: { filter } })) rows.push(rowKey);
  seen.push(rows.join());
  console.log(`${filter.padEnd(18)} ${JSON.stringify(rows)}`);
}
process.exit(seen.join(' | ') === ' | rare |  | common,rare | rare' ? 0 : 1);
EOF
node check.mjs "$port"
