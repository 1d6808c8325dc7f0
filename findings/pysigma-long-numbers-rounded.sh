#!/usr/bin/env bash
# pySigma 2.0.1 (and 1.5.1): a whole number beyond 2^53 in a rule is rounded to the next double. SigmaNumber keeps an integer
# only where float(n) equals it, so of neighbouring 64-bit numbers every odd one becomes another: `Id: 9007199254740993`
# is converted to 9007199254740992.0, for which SQLite (pySigma-backend-sqlite 2.1.1) finds the neighbour and not the one
# that is named. YAML hands the number over exactly; written as text in the rule it stays exact. The rule's 64-bit ids
# (trace ids, snowflakes, NTFS file references) thus name another thing or, in a query language that compares text, none
# at all, and nothing warns. The Sigma specification (rules, detection, "Value Types") knows integers without such a limit.
# Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
for pysigma in 2.0.1 1.5.1; do
  python3 -m venv --without-pip "venv-$pysigma"
  python3 -m pip --python "venv-$pysigma/bin/python" install --quiet --disable-pip-version-check --no-compile "pysigma==$pysigma"
done
python3 -m pip --python venv-2.0.1/bin/python install --quiet --disable-pip-version-check --no-compile pysigma-backend-sqlite==2.1.1
cat > held.py <<'EOF'
import sys
from importlib.metadata import version
from sigma.types import SigmaNumber

print(f"pySigma {version('pysigma')}")
rounded = []
for number in (2**53, 2**53 + 1, 2**63 - 1, 2**64 - 1):
    held = SigmaNumber(number).number
    rounded.append(int(held) != number)
    print(f"{number} is held as {held!r}")
sys.exit(rounded != [False, True, True, True])
EOF
cat > query.py <<'EOF'
import sqlite3
import sys
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

asked = 2**53 + 1
rule = "title: one id\nlogsource:\n  category: test\ndetection:\n  sel:\n    Id: {}\n  condition: sel\n"
found = {}
for value in (str(asked), f"'{asked}'"):
    query = sqliteBackend().convert(SigmaCollection.from_yaml(rule.format(value)))[0]
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE logs (Id)")
    numbers = [asked - 1, asked, asked + 1]
    base.executemany("INSERT INTO logs VALUES (?)", [(number if value.isdigit() else str(number),) for number in numbers])
    found[value] = [int(row[0]) for row in base.execute(query.replace("<TABLE_NAME>", "logs"))]
    print(f"{query}: {found[value]}")
sys.exit(list(found.values()) != [[asked - 1], [asked]])
EOF
venv-2.0.1/bin/python held.py
venv-1.5.1/bin/python held.py
venv-2.0.1/bin/python query.py
