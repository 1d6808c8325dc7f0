#!/usr/bin/env bash
# glossy 0.1.7: an RFC 5424 message that carries structured data loses its text up to the last word that ends in "]".
# "[meta@32473 zone="dmz"] login failed from [192.0.2.7] port 22" comes out as the message "port 22", the structured data
# right. The package splits the whole line at blanks and takes what comes last with a closing bracket for the end of the
# structured data, however far into the text that lies. RFC 5424 (6.3, 6.4) ends STRUCTURED-DATA with the bracket of its
# last element and lets MSG hold any text. Error logs, PIDs and IPv6 addresses in brackets are everyday text, and what is
# lost is mostly the address or the reason; without structured data ("-") the same text comes whole, so that tests with
# plain lines do not show it. nsyslog-parser 0.10.1 reads all of these lines right. Exits non-zero when this is no longer
# so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact glossy@0.1.7 nsyslog-parser@0.10.1
cat > check.cjs <<'EOF'
const version = (name) => require(`./node_modules/${name}/package.json`).version;
const glossy = require('glossy').Parse;
const nsyslog = require('nsyslog-parser');
console.log(`glossy ${version('glossy')}, nsyslog-parser ${version('nsyslog-parser')}, Node ${process.version}`);
const seen = [];
for (const [text, left] of [
  ['login failed from [192.0.2.7] port 22', 'port 22'],
  ['[error] GET /index.html 500', 'GET /index.html 500'],
  ['sshd[4242]: bad key from [2001:db8::7]', ''],
  ['login failed from 192.0.2.7 port 22', 'login failed from 192.0.2.7 port 22'],
])
  for (const structured of ['[meta@32473 zone="dmz"]', '-']) {
    const line = `<165>1 2026-11-01T12:00:00.003Z gate.lab.example app 12 ID47 ${structured} ${text}`;
    const read = glossy.parse(line);
    const other = nsyslog(line);
    console.log(`${structured.padEnd(23)} ${text.padEnd(39)} glossy: ${JSON.stringify(read.message)}`);
    seen.push(read.message === (structured === '-' ? text : left) && other.message === text);
    if (structured !== '-') seen.push(read.structuredData['meta@32473'].zone === 'dmz');
  }
process.exit(seen.every(Boolean) ? 0 : 1);
EOF
node check.cjs
