#!/usr/bin/env bash
# mmdb-writer 0.2.7: once a `True` is in the file, every 1 and 1.0 that follows is written as a boolean, and after a `False`
# every 0 and 0.0; where 1.0 comes first, `True` is written as 1.0. The writer remembers the encoded form of each value
# under the value itself, and to Python True, 1 and 1.0 are one key. So {"tor": False, "score": 1.0, "reports": 1} comes
# back with score True and reports True, in the fields that a threat list is read for; int_type and float_type do not change
# it. What a value becomes depends on which of its twins has the lowest address in the whole file, so that adding one
# network changes the types of others. JavaScript compares `true >= 0.5` and goes on, but a score of 1 cannot be told from a
# flag any more. The format (MaxMind DB 2.0, output data section) has types of their own for boolean, double and integers,
# and maxminddb 3.2.0 and npm's mmdb-lib 3.0.3 read what is there. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile mmdb-writer==0.2.7 netaddr==1.3.0 maxminddb==3.2.0
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact mmdb-lib@3.0.3
cat > write.py <<'EOF'
import json
import sys
from importlib.metadata import version
import maxminddb
from mmdb_writer import MMDBWriter
from netaddr import IPSet

print(", ".join(f"{name} {version(name)}" for name in ("mmdb-writer", "netaddr", "maxminddb")))
exit_node = ("192.0.2.0", {"tor": True, "score": 0.25, "reports": 3})
botnet = ("198.51.100.0", {"tor": False, "score": 1.0, "reports": 1})
idle = ("203.0.113.0", {"tor": False, "score": 0.0, "reports": 0})


def written(name, rows, **options):
    writer = MMDBWriter(ip_version=4, database_type="lab", **options)
    for address, row in rows:
        writer.insert_network(IPSet([f"{address}/24"]), row)
    writer.to_db_file(name)
    with maxminddb.open_database(name) as reader:
        return [reader.get(address) for address, _ in rows]


seen = []
for options in ({}, {"int_type": "u32", "float_type": "f64"}):
    read = written("flags.mmdb", [exit_node, botnet, idle], **options)
    print(f"{options or 'defaults'}: {json.dumps(read[1:])}")
    seen += [read[1]["score"] is True, read[1]["reports"] is True, read[2]["score"] is False, read[2]["reports"] is False]
before = written("before.mmdb", [("192.0.2.0", {"score": 1.0}), ("198.51.100.0", {"tor": True})])
print(f"a score at a lower address than the flag: {json.dumps(before)}")
sys.exit(not (all(seen) and [type(value) for row in before for value in row.values()] == [float, float]))
EOF
venv/bin/python write.py
cat > check.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import { Reader } from 'mmdb-lib';
const row = new Reader(readFileSync('flags.mmdb')).get('198.51.100.9');
console.log(`mmdb-lib, Node ${process.version}: ${JSON.stringify(row)}`);
process.exit(row.score === true && row.reports === true ? 0 : 1);
EOF
node check.mjs
