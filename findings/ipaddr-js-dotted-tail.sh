#!/usr/bin/env bash
# ipaddr.js 2.5.0: an IPv6 address with a dotted tail is read as an IPv4-mapped one whatever stands before the tail
# when that is "::" alone: "::1.2.3.4" (::/96, IPv4-compatible, RFC 4291 2.5.5.1) becomes "::ffff:102:304" (::ffff:0:0/96,
# IPv4-mapped, 2.5.5.2). Node's URL and net.BlockList keep the two apart. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact ipaddr.js@2.5.0
cat > check.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import ipaddr from 'ipaddr.js';
const { version } = JSON.parse(readFileSync('node_modules/ipaddr.js/package.json', 'utf8'));
console.log(`ipaddr.js ${version}, Node ${process.version}`);
let seen = true;
for (const text of ['::1.2.3.4', '::ffff:1.2.3.4', '64:ff9b::1.2.3.4']) {
  const read = ipaddr.parse(text).toString();
  const url = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  console.log(`${text}  ipaddr.js: ${read}  URL: ${url}`);
  if ((read === url) !== (text !== '::1.2.3.4')) seen = false;
}
process.exit(seen ? 0 : 1);
EOF
node check.mjs
