#!/usr/bin/env bash
# @azure/data-tables 13.3.2: a number that is NaN or infinite is sent as null, which a table takes for "no such property":
# the call succeeds, a new row lacks the score, and in Merge mode, which updateEntity and upsertEntity use by themselves,
# the row keeps the score that it had, under a new timestamp. Edm.Double knows NaN and the infinities, and Azure's client
# for .NET writes them. Said outright, { type: 'Double', value: NaN } is sent as a null with a type and refused with 400;
# only the text 'NaN' gets through, and it comes back as text. A drift measure over an empty bin (infinite) or a mean of
# nothing (NaN) thus looks like yesterday's value. Seen with azurite 3.36.0; the null on the wire is the client's own. Exits
# non-zero when this is no longer so.
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
console.log(`@azure/data-tables ${version('@azure/data-tables')}, azurite ${version('azurite')}, Node ${process.version}`);
const port = Number(process.argv[2]);
const listens = () => new Promise((resolve) => connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false)));
for (let tries = 0; !(await listens()); tries++) {
  if (tries === 600) throw new Error('azurite did not start');
  await new Promise((resolve) => setTimeout(resolve, 100));
}
const table = new TableClient(`http://127.0.0.1:${port}/lab`, 'drift', new AzureNamedKeyCredential('lab', 'bGFi'), { allowInsecureConnection: true });
await table.createTable();
let sent;
table.pipeline.addPolicy({ name: 'look', sendRequest: (request, next) => { if (request.body) sent = request.body; return next(request); } });
const seen = [];
for (const score of [0.25, NaN, Infinity, -Infinity, { type: 'Double', value: NaN }, { type: 'Double', value: 'NaN' }]) {
  await table.upsertEntity({ partitionKey: 'p', rowKey: 'psi', score: 0.9 }, 'Replace');
  let after;
  try {
    await table.upsertEntity({ partitionKey: 'p', rowKey: 'psi', score });
    after = (await table.getEntity('p', 'psi')).score;
  } catch (error) {
    after = error.statusCode;
  }
  seen.push(after);
  const text = typeof score === 'object' ? `{ type: Double, value: ${typeof score.value} ${score.value} }` : score;
  console.log(`0.9, then ${text}: reads ${typeof after} ${after}  sent ${JSON.stringify(JSON.parse(sent).score)}`);
}
process.exit(JSON.stringify(seen) === '[0.25,0.9,0.9,0.9,400,"NaN"]' ? 0 : 1);
EOF
node check.mjs "$port"
