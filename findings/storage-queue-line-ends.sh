#!/usr/bin/env bash
# @azure/storage-queue 12.31.0: a message of several lines arrives as one. The client writes its XML with line breaks between
# the elements and then takes every line feed out of it, those of the message too: "a", LF, "b" is sent as "ab", so that two
# log lines or two addresses of a list become one that nobody wrote. 12.32.0 leaves them in. In both, a carriage return is
# read as the five characters "&#xD;", the only way that XML has to carry one and the way azurite 3.36.0 answers: the client
# does not read numeric character references (XML 1.0, 4.1). "a", CR, LF, "b", as Windows writes lines, is thus "a&#xD;b"
# after its way through the queue, or "a&#xD;", LF, "b". JSON without indentation and base64 hold neither, which is why nobody
# notices; JSON lines, CSV and plain text do, and no call fails. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi; rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact azurite@3.36.0 @azure/core-xml@1.5.1 before@npm:@azure/storage-queue@12.31.0 after@npm:@azure/storage-queue@12.32.0
port=$(node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })")
AZURITE_ACCOUNTS=lab:bGFi node node_modules/azurite/dist/src/queue/main.js --queueHost 127.0.0.1 --queuePort "$port" --inMemoryPersistence --skipApiVersionCheck --disableTelemetry --silent >server.log 2>&1 &
server=$!
cat > check.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import * as after from 'after';
import * as before from 'before';
const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
console.log(`@azure/storage-queue ${version('before')} and ${version('after')}, @azure/core-xml ${version('@azure/core-xml')}, azurite ${version('azurite')}, Node ${process.version}`);
const port = Number(process.argv[2]);
const listens = () => new Promise((resolve) => connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false)));
for (let tries = 0; !(await listens()); tries++) {
  if (tries === 600) throw new Error('azurite did not start');
  await new Promise((resolve) => setTimeout(resolve, 100));
}
const seen = [];
for (const [name, { QueueClient, StorageSharedKeyCredential }] of Object.entries({ before, after })) {
  const queue = new QueueClient(`http://127.0.0.1:${port}/lab/${name}`, new StorageSharedKeyCredential('lab', 'bGFi'));
  await queue.create();
  for (const text of ['192.0.2.1\n192.0.2.7', 'a\r\nb', 'a\tb  <c>']) {
    await queue.sendMessage(text);
    const [{ messageId, popReceipt, messageText }] = (await queue.receiveMessages()).receivedMessageItems;
    await queue.deleteMessage(messageId, popReceipt);
    console.log(`${version(name)}: ${JSON.stringify(text)} is received as ${JSON.stringify(messageText)}`);
    seen.push(messageText);
  }
}
const expected = ['192.0.2.1192.0.2.7', 'a&#xD;b', 'a\tb  <c>', '192.0.2.1\n192.0.2.7', 'a&#xD;\nb', 'a\tb  <c>'];
process.exit(JSON.stringify(seen) === JSON.stringify(expected) ? 0 : 1);
EOF
node check.mjs "$port"
