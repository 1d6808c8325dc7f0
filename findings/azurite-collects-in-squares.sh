#!/usr/bin/env bash
# azurite 3.36.0, storage in memory: every ten minutes it looks for contents of blobs that were written over and removes them
# one by one, searching all of them for each, and lets nobody else have a turn before it is through: twice as many take four
# times as long. After 3,000 writes of a few bytes a caller who came meanwhile had its answer in 14 s, after 6,000 in 57 s.
# Tests that run for longer than ten minutes on one Azurite, or an emulator that is left on, meet it as a timeout that comes
# once and that nobody can repeat. Here with 750 and 1,500 writes, and a signal ends the wait of ten minutes. Reads CPU time
# from /proc. Exits non-zero when this is no longer so.
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
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
const [port, server] = process.argv.slice(2).map(Number);
console.log(`azurite 3.36.0, @azure/storage-blob 12.28.0, Node ${process.version}`);
const listens = () => new Promise((resolve) => connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false)));
for (let tries = 0; !(await listens()); tries++) {
  if (tries === 600) throw new Error('azurite did not start');
  await new Promise((resolve) => setTimeout(resolve, 100));
}
const service = new BlobServiceClient(`http://127.0.0.1:${port}/lab`, new StorageSharedKeyCredential('lab', 'bGFi'));
const container = service.getContainerClient('lab');
await container.create();
const blob = container.getBlockBlobClient('state.json');
const cpuMs = () => Number(readFileSync(`/proc/${server}/stat`, 'utf8').split(') ').at(-1).split(' ')[11]) * 10;
/** How long a collection keeps the server busy, in CPU ms, and one caller waiting, in ms, after so many writes. */
const collect = async (nWrites) => {
  for (let k = 0; k < nWrites; k++) await blob.upload('{}', 2);
  const [cpu, start] = [cpuMs(), performance.now()];
  process.kill(server, 'SIGUSR2');
  let waitedMs = 0;
  // until the server has been idle for two seconds
  for (let last = cpu, busyAt = start; performance.now() - busyAt < 2000; ) {
    const asked = performance.now();
    await container.exists();
    waitedMs = Math.max(waitedMs, performance.now() - asked);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = cpuMs();
    if (now - last > 50) busyAt = performance.now();
    last = now;
  }
  return { nWrites, busyMs: cpuMs() - cpu, waitedMs: Math.round(waitedMs) };
};
const few = await collect(750);
const many = await collect(1500);
console.log(JSON.stringify(few), JSON.stringify(many));
process.exit(many.busyMs > 2.5 * few.busyMs && many.waitedMs > 300 ? 0 : 1);
EOF
node check.mjs "$port" "$server"
