#!/usr/bin/env bash
# pySigma-backend-panther 0.3.1: a `|re` value with a backslash becomes a detection that cannot fire. The backend writes
# Python, doubles every backslash as in a plain literal and then puts an r before the quotes, so that `\d+` arrives as
# r"\\d+": a backslash and some d's. It looks by re.match, which ties the pattern to the start of the value, and drops the
# flag of `re|i`. Of the two wildcards `?` is compared as a question mark, and beside a star it makes the letter before it
# optional: `x?c*d` finds "cd" and not "xbcd". Sigma (modifiers re and i; wildcards) has them otherwise; what Python's
# re.search makes of the same pattern is shown beside it. The conversion succeeds, the file compiles and is silent for ever;
# four in five patterns of SigmaHQ's rules hold a backslash. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile pysigma-backend-panther==0.3.1 pysigma==1.5.1
cat > check.py <<'EOF'
import re
import sys
from importlib.metadata import version
from sigma.backends.panther import PantherBackend
from sigma.collection import SigmaCollection

print(", ".join(f"{name} {version(name)}" for name in ("pysigma-backend-panther", "pysigma")))
rule = """
title: Lab
id: 6a7e6e0a-3c1b-4b5e-9d4f-0c9d3c9e7f11
description: lab
status: test
level: low
logsource:
  category: process_creation
  product: windows
detection:
  sel:
    %s: '%s'
  condition: sel
"""


class Event(dict):  # what a Panther detection is given, as far as these rules use it
    def deep_get(self, *names, default=None):
        return self.get(".".join(names), default)


def fires(field, pattern, value):
    text = PantherBackend().convert(SigmaCollection.from_yaml(rule % (field, pattern)), output_format="python")
    made = {}
    exec(text, made)
    return made["rule"](Event(CommandLine=value)), re.search(r"if (.*):", text).group(1)


seen = []
for field, pattern, value, meant, fired in (
    ("CommandLine|re", r"lab\d+", "lab42 --quiet", re.search(r"lab\d+", "lab42 --quiet"), False),
    ("CommandLine|re", r"\.exe$", "lab.exe", re.search(r"\.exe$", "lab.exe"), False),
    ("CommandLine|re", "lab[0-9]+", "run lab42", re.search("lab[0-9]+", "run lab42"), False),
    ("CommandLine|re|i", "lab[0-9]+", "LAB42", re.search("lab[0-9]+", "LAB42", re.IGNORECASE), False),
    ("CommandLine", "a?c", "abc", True, False),
    ("CommandLine", "x?c*d", "xbcd", True, False),
    ("CommandLine", "x?c*d", "cd", False, True),
    ("CommandLine|re", "lab[0-9]+", "lab42", re.search("lab[0-9]+", "lab42"), True),
):
    got, written = fires(field, pattern, value)
    print(f"{field:14} {pattern:9} on {value!r:15} meant {bool(meant)!s:5}  fires {got!s:5}  {written}")
    seen.append(got is fired)
sys.exit(not all(seen))
EOF
venv/bin/python check.py
