#!/usr/bin/env bash
# nsyslog-parser 0.10.1: a CEF extension value ends at its first equals sign although that is escaped, and the rest of it is
# gone: `request=http://lab.example/a?id\=7` is read as "http://lab.example/a?id\". In `msg=set a\=b now` the word before
# the sign becomes a field of its own, named `a\`. The CEF standard (character encoding) has the equals signs of a value
# escaped with a backslash just so that they do not end it; every URL with a query and every command line with --key=value
# has one. pycef 1.11 keeps all of these values whole. Requests that differ behind the sign become one, an indicator for the
# URL never hits, and each command line adds columns that no schema knows. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact nsyslog-parser@0.10.1
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile pycef==1.11
cat > lines.txt <<'EOF'
CEF:0|Lab|Gate|1.0|100|web request|5|src=192.0.2.7 request=http://lab.example/a?id\=7 act=blocked
CEF:0|Lab|Gate|1.0|100|web request|5|src=192.0.2.7 request=http://lab.example/a?id\=8 act=blocked
CEF:0|Lab|Gate|1.0|100|web request|5|msg=set a\=b now act=blocked
CEF:0|Lab|Gate|1.0|100|web request|5|msg=nothing to escape act=blocked
EOF
cat > peer.py <<'EOF'
import json
import pycef

print(json.dumps([{name: row[name] for name in ("src", "request", "msg", "act") if name in row} for row in map(pycef.parse, open("lines.txt"))]))
EOF
cat > check.cjs <<'EOF'
const { readFileSync } = require('node:fs');
const { version } = require('./node_modules/nsyslog-parser/package.json');
const parse = require('nsyslog-parser');
console.log(`nsyslog-parser ${version}, pycef 1.11, Node ${process.version}`);
const peer = JSON.parse(process.argv[2]);
const read = readFileSync('lines.txt', 'utf8').trim().split('\n').map((line) => parse(line).fields);
read.forEach((fields, i) => console.log(`nsyslog-parser ${JSON.stringify(fields)}\npycef          ${JSON.stringify(peer[i])}`));
const [seven, eight, message, plain] = read;
const seen = [
  seven.request === 'http://lab.example/a?id\\' && eight.request === seven.request && peer[0].request !== peer[1].request,
  message.msg === 'set' && message['a\\'] === 'b now' && peer[2].msg === 'set a\\=b now',
  plain.msg === 'nothing to escape' && peer[3].msg === plain.msg && read.every(({ act }) => act === 'blocked'),
];
process.exit(seen.every(Boolean) ? 0 : 1);
EOF
node check.cjs "$(venv/bin/python peer.py)"
