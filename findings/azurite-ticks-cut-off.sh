#!/usr/bin/env bash
# azurite 3.36.0: a table filter compares dates to the millisecond only, while all seven digits are kept and given back. Of
# three rows that are a tenth of a microsecond apart, `d eq` the second finds all three, and `d gt` and `d lt` the second
# find none, so that the emulator contradicts what it shows. Edm.DateTime literals have seven digits ([MS-ODATA] 2.2.2,
# dateTimeLiteral), as the service's own Timestamp has and as .NET writes any date. A reader that goes on from the last time
# it saw (`Timestamp gt datetime'...'`) loses on the emulator what came in the same millisecond, one that asks `ge` reads it
# twice, and a test of either proves nothing. Azure itself was not asked. Exits non-zero when this is no longer so.
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
import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
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
const at = (ticks) => `2026-11-01T00:00:00.123456${ticks}Z`;
for (const ticks of [6, 7, 8]) await table.createEntity({ partitionKey: 'p', rowKey: `t${ticks}`, d: { type: 'DateTime', value: at(ticks) } });
const kept = [];
for await (const { d } of table.listEntities({ disableTypeConversion: true })) kept.push(d.value);
console.log(`kept: ${kept.join(' ')}`);
const seen = [];
for (const operator of ['eq', 'gt', 'ge', 'lt', 'ne']) {
  const rows = [];
  for await (const { rowKey } of table.listEntities({ queryOptions: { filter: `d ${operator} datetime'${at(7)}'` } })) rows.push(rowKey);
  seen.push(rows.join());
  console.log(`d ${operator} datetime'${at(7)}'  ${JSON.stringify(rows)}`);
}
process.exit(kept.join() === [6, 7, 8].map(at).join() && seen.join(' | ') === 't6,t7,t8 |  | t6,t7,t8 |  | ' ? 0 : 1);
EOF
node check.mjs "$port"
