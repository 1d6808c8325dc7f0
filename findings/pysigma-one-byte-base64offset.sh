#!/usr/bin/env bash
# pySigma 2.0.1 (and 1.5.1): `base64offset` of a value of one byte gives three patterns of which the second is empty (`Y`,
# ``, `h` for `a`): one byte into a group of three, a byte shares both of its base64 letters with its neighbours, so that no
# letter is fixed. With `contains` the empty pattern is a star, and the rule matches every event that has the field; all
# backends write it (SQL: LIKE '%', Splunk: "*"). The specification (modifiers, base64offset) looks for the part that stays
# the same at each offset, and where there is none nothing can be looked for: rsigma 0.26.0 never matches by it, sigmalite
# refuses values below three bytes. Lists of separators or drive letters hold such values; one of them turns a rule into
# "always" without a word. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile pysigma==2.0.1 pysigma-backend-sqlite==2.1.1
cat > check.py <<'EOF'
import base64
import sqlite3
import sys
from importlib.metadata import version
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

print(f"pysigma {version('pysigma')}, pysigma-backend-sqlite {version('pysigma-backend-sqlite')}")
rule = """
title: Lab
status: test
logsource:
  category: process_creation
detection:
  sel:
    CommandLine|base64offset|contains: '%s'
  condition: sel
"""
log = sqlite3.connect(":memory:")
log.execute("create table logs(CommandLine)")
lines = ["", "/c 2+2=4", "run " + base64.b64encode(b"x|net").decode(), None]
log.executemany("insert into logs values (?)", [(line,) for line in lines])
seen = []
for value in ("|", "|n", "|ne"):
    query = sqliteBackend().convert(SigmaCollection.from_yaml(rule % value))[0]
    hits = [row[0] for row in log.execute(query)]
    print(f"{value!r:6} {query.split('WHERE ')[1]}\n       matches {len(hits)} of {len(lines)}: {hits}")
    seen.append(hits)
sys.exit(seen != [lines[:3], lines[2:3], lines[2:3]])
EOF
venv/bin/python check.py
