#!/usr/bin/env bash
# @thefaultvault/tfv-cpe-parser 1.3.0: a CPE 2.3 name is cut at every colon, the escaped ones too. Of Perl's Archive::Tar,
# cpe:2.3:a:perl:archive\:\:tar:2.36:*:..., the product is read as "archive\", the version as "\", and 2.36 stands in
# `edition`. NIST IR 7695 (6.2, formatted strings), which the package names as its guide, has a colon in a value escaped so
# that it does not part values; PyPI's cpe 1.3.1 gives archive\:\:tar and 2.36. Nothing is said: a join by product and
# version finds no partner, and all such modules of a vendor fall together under the version "\". The URI form of the same
# name, with %3a, keeps its parts, though not decoded. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @thefaultvault/tfv-cpe-parser@1.3.0
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile cpe==1.3.1
cat > peer.py <<'EOF'
import json
import sys
from cpe import CPE

names = [CPE(name) for name in sys.argv[1:]]
print(json.dumps([[name.get_vendor()[0], name.get_product()[0], name.get_version()[0]] for name in names]))
EOF
cat > check.cjs <<'EOF'
const { execFileSync } = require('node:child_process');
const { version } = require('./node_modules/@thefaultvault/tfv-cpe-parser/package.json');
const { CpeParser } = require('@thefaultvault/tfv-cpe-parser');
console.log(`@thefaultvault/tfv-cpe-parser ${version}, cpe 1.3.1, Node ${process.version}`);
const names = [String.raw`cpe:2.3:a:perl:archive\:\:tar:2.36:*:*:*:*:*:*:*`, 'cpe:2.3:a:lab:gate:2.36:*:*:*:*:*:*:*', 'cpe:/a:perl:archive%3a%3atar:2.36'];
const peer = JSON.parse(execFileSync('venv/bin/python', ['peer.py', ...names], { encoding: 'utf8' }));
const read = names.map((name) => new CpeParser().parse(name));
read.forEach(({ vendor, product, version: found, update, edition }, i) => {
  console.log(`${names[i]}\n  ${JSON.stringify({ vendor, product, version: found, update, edition })}\n  cpe: ${JSON.stringify(peer[i])}`);
});
const [colon, plain, uri] = read;
const seen = [
  colon.product === 'archive\\' && colon.version === '\\' && colon.update === 'tar' && colon.edition === '2.36',
  plain.product === 'gate' && plain.version === '2.36' && uri.version === '2.36' && uri.product === 'archive%3a%3atar',
  peer[0][1] === 'archive\\:\\:tar' && peer[0][2] === '2.36',
];
process.exit(seen.every(Boolean) ? 0 : 1);
EOF
node check.cjs
