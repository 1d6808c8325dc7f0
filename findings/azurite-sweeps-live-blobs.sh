#!/usr/bin/env bash
# azurite 3.36.0: once there are more than 5,000 blobs, its collection of garbage removes the contents of blobs that are
# stored. Every ten minutes it lists all blobs of all containers and accounts in pages of 5,000 and goes on behind the last
# NAME of a page: of a name that stands in several containers, the copies beyond the end of the page are taken for gone. They
# are listed and found as before (HEAD 200, length as written) and answer 500 to every read. With one `state.json` in each of
# many containers, a tenant each, it is all of those beyond the page. Storage in memory is what loses them, an extent a blob;
# on a disk many blobs share an extent, and one lives as long as any of its blobs. Here a signal ends the wait of ten minutes.
# Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi; rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact azurite@3.36.0 @azure/storage-blob@12.28.0
# the one timer of ten minutes goes off at a signal
cat > sooner.cjs <<'EOF'
const { setTimeout: later } = globalThis;
globalThis.setTimeout = (f, ms, ...rest) =>
  ms === 600_000 ? (process.once('SIGUSR2', () => f(...rest)), later(() => {}, 1)) : later(f, ms, ...rest);
EOF
port=$(node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")
AZURITE_ACCOUNTS=lab:bGFi node -r ./sooner.cjs node_modules/azurite/dist/src/blob/main.js --blobHost 127.0.0.1 --blobPort "$port" --inMemoryPersistence --skipApiVersionCheck --disableTelemetry --silent >server.log 2>&1 &
server=$!
cat > check.mjs <<'EOF'
import { connect } from 'node:net';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
const [port, server] = process.argv.slice(2).map(Number);
console.log(`azurite 3.36.0, @azure/storage-blob 12.28.0, Node ${process.version}`);
const listens = () => new Promise((resolve) => connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false)));
for (let tries = 0; !(await listens()); tries++) {
  if (tries === 600) throw new Error('azurite did not start');
  await new Promise((resolve) => setTimeout(resolve, 100));
}
const credential = new StorageSharedKeyCredential('lab', 'bGFi');
const options = { retryOptions: { maxTries: 1 } };
const service = new BlobServiceClient(`http://127.0.0.1:${port}/lab`, credential, options);
/** 60 containers with the same 90 names: the page of 5,000 ends behind 20 of the 60 copies of the 84th name. */
const containers = Array.from({ length: 60 }, (_, i) => service.getContainerClient(`tenant${String(i).padStart(2, '0')}`));
const names = Array.from({ length: 90 }, (_, i) => `state-${String(i).padStart(2, '0')}.json`);
for (const container of containers) {
  await container.create();
  await Promise.all(names.map((name) => container.getBlockBlobClient(name).upload('{}', 2)));
}
const unread = async (name) => {
  const found = [];
  for (const container of containers) {
    const blob = container.getBlobClient(name);
    const status = await blob.downloadToBuffer().then(() => 200, (error) => error.statusCode);
    if (status !== 200) found.push({ status, length: (await blob.getProperties()).contentLength });
  }
  return found;
};
const before = (await unread(names[83])).length;
process.kill(server, 'SIGUSR2');
await new Promise((resolve) => setTimeout(resolve, 5000));
await containers[0].exists();
const after = [];
for (const name of [names[0], names[82], names[83], names[84], names[89]]) after.push(...(await unread(name)));
const kinds = [...new Set(after.map((one) => JSON.stringify(one)))];
console.log(`${containers.length * names.length} blobs; not readable at once: ${before}, after the collection: ${after.length}, ${kinds}`);
process.exit(before === 0 && after.length === 40 && kinds.join() === '{"status":500,"length":2}' ? 0 : 1);
EOF
node check.mjs "$port" "$server"
