#!/usr/bin/env bash
# pySigma-backend-crowdstrike 3.0.0: a case-sensitive part of a value never matches. `A|cased|contains: 'Ab'` becomes
# A=/"Ab"/, a regular expression that asks for the quotation marks, too; so it is with startswith, endswith and with
# stars at both ends. In the middle a star becomes `.*` inside of a quoted text, A="A.*b", where LogScale knows the star as
# a wildcard and the dot as a dot. Without `cased` the same values are /Ab/i and right, and a whole value is A="Ab". The
# Sigma specification (modifiers, cased) changes how the letters are compared and nothing else. `cased` is what a rule takes
# where the case is the sign (pOwErShElL, base64 that begins a known script). The conversion says nothing, the rule
# is silent for ever, and as a filter it spares nothing. The patterns are tried by Python's re below, as LogScale
# looks for one anywhere in the field. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile pysigma-backend-crowdstrike==3.0.0 pysigma==1.5.1
cat > check.py <<'EOF'
import re
import sys
from importlib.metadata import version
from sigma.backends.crowdstrike import LogScaleBackend
from sigma.collection import SigmaCollection

print(", ".join(f"{name} {version(name)}" for name in ("pysigma-backend-crowdstrike", "pysigma")))
rule = """
title: Lab
status: test
logsource:
  product: lab
detection:
  sel:
    %s: '%s'
  condition: sel
"""


def fires(query, text):
    pattern = re.fullmatch(r"A=/(.*)/(i?)", query)
    if pattern:
        return bool(re.search(pattern[1], text, re.IGNORECASE if pattern[2] else 0))
    value = re.fullmatch(r'A="(.*)"', query)[1]  # a quoted text, in which only the star is special
    return bool(re.fullmatch(".*".join(map(re.escape, value.split("*"))), text))


seen = []
for field, value, text, meant, fired in (
    ("A|cased|contains", "Ab", "x Ab y", True, False),
    ("A|cased|startswith", "Ab", "Ab y", True, False),
    ("A|cased|endswith", "/Ab.sh", "/opt/Ab.sh", True, False),
    ("A|cased", "*Ab*", "x Ab y", True, False),
    ("A|cased", "A*b", "Axb", True, False),
    ("A|cased|contains", "Ab", 'x "Ab" y', True, True),
    ("A|cased", "Ab", "Ab", True, True),
    ("A|cased", "Ab", "AB", False, False),
    ("A|contains", "Ab", "x AB y", True, True),
    ("A|startswith", "Ab", "Ab y", True, True),
    ("A", "A*b", "Axb", True, True),
):
    query = LogScaleBackend().convert(SigmaCollection.from_yaml(rule % (field, value)))[0]
    got = fires(query, text)
    print(f"{field:18} {value:7} on {text:11} meant: {meant!s:5} fires: {got!s:5} {query}")
    seen.append(got is fired)
sys.exit(not all(seen))
EOF
venv/bin/python check.py
