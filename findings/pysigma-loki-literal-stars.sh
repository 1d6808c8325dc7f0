#!/usr/bin/env bash
# pySigma-backend-loki 0.15.1: a literal star or question mark in a rule never matches. `\*` and `\?`, the specification's way
# to write them (rules, detection, "Escaping"), come out as the regular expressions `\\.*` and `\\.`, a backslash and then
# anything: the backend escapes the value for LogQL first and turns the wildcards into regular expressions afterwards, the
# escaped ones too. `/tn \*` as in "schtasks /delete /tn * /f" does not find that command line, but finds one with a
# backslash in that place, and `lab\?x=1`, as of a URL's query, is not found in the URL. With `cased` the value is compared as text and
# the backslash is still in it. The pattern is what Loki compares with the whole label (LogQL, label filters), here by
# Python's fullmatch; values with real wildcards and with backslashes are right. Nothing warns. Exits non-zero when this is
# no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile pysigma-backend-loki==0.15.1 pysigma==1.5.1
cat > check.py <<'EOF'
import re
import sys
from importlib.metadata import version
from sigma.backends.loki import LogQLBackend
from sigma.collection import SigmaCollection

print(", ".join(f"{name} {version(name)}" for name in ("pysigma-backend-loki", "pysigma")))
rule = """
title: Lab
id: 6a7e6e0a-3c1b-4b5e-9d4f-0c9d3c9e7f11
status: test
logsource:
  product: windows
detection:
  sel:
    %s: '%s'
  condition: sel
"""


def written(field, value):
    query = LogQLBackend().convert(SigmaCollection.from_yaml(rule % (field, value)))[0]
    return re.search(r"A(=~?)`(.*)`$", query).groups()


def fires(field, value, text):
    operator, made = written(field, value)
    return bool(re.fullmatch(made, text)) if operator == "=~" else made == text


seen = []
for field, value, text, meant, fired in (
    ("A|contains", r" /tn \*", "schtasks /delete /tn * /f", True, False),
    ("A|contains", r" /tn \*", r"schtasks /delete /tn \lab\sync /f", False, True),
    ("A|contains", r"lab\?x=1", "https://test.example/lab?x=1", True, False),
    ("A", r"a\*b", "a*b", True, False),
    ("A|cased", r"a\*b", "a*b", True, False),
    ("A", "a*b", "a-b", True, True),
    ("A|endswith", r"\lab.exe", r"C:\temp\lab.exe", True, True),
):
    got = fires(field, value, text)
    print(f"{field:10} {value:9} meant for {text!r}: {meant!s:5} fires: {got!s:5} {''.join(written(field, value))}")
    seen.append(got is fired)
sys.exit(not all(seen))
EOF
venv/bin/python check.py
