#!/usr/bin/env bash
# stix2 3.0.2: reading a pattern drops the NOT before IN, LIKE, MATCHES, ISSUBSET and ISSUPERSET. create_pattern_object() of
# [domain-name:value NOT IN ('lab.example', 'test.example')] gives the same object as without NOT and prints as that: the
# pattern that spares these names hits them and nothing else (stix2-matcher 3.0.0 on either text says so). `NOT =` is kept.
# equivalent_patterns() calls the two opposites equivalent, so that find_equivalent_patterns() and the similarity of
# indicators take one for the other. STIX 2.1 (9.5) lets NOT stand before any comparison operator and makes the whole
# comparison negative; written by hand (InComparisonExpression with negated=True) the package prints it rightly. Whoever
# parses a feed's patterns to change or merge them writes back the reverse. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile stix2==3.0.2 stix2-matcher==3.0.0 stix2-patterns==2.1.2
cat > check.py <<'EOF'
import sys
from importlib.metadata import version
from stix2.equivalence.pattern import equivalent_patterns
from stix2.pattern_visitor import create_pattern_object
from stix2.patterns import InComparisonExpression
from stix2matcher.matcher import match

print(", ".join(f"{name} {version(name)}" for name in ("stix2", "stix2-matcher", "stix2-patterns")))


def hits(pattern, kind, value):
    thing = {"type": kind, "id": f"{kind}--6a7e6e0a-3c1b-4b5e-9d4f-0c9d3c9e7f11", "spec_version": "2.1", "value": value}
    seen = {"type": "observed-data", "id": "observed-data--6a7e6e0a-3c1b-4b5e-9d4f-0c9d3c9e7f12", "spec_version": "2.1"}
    seen |= {"first_observed": "2026-11-01T00:00:00Z", "last_observed": "2026-11-01T00:00:00Z", "number_observed": 1}
    bundle = {"type": "bundle", "id": "bundle--6a7e6e0a-3c1b-4b5e-9d4f-0c9d3c9e7f13", "objects": [seen | {"object_refs": [thing["id"]]}, thing]}
    return bool(match(pattern, [bundle], stix_version="2.1"))


wrong = []
for kind, test, value in (
    ("domain-name", "IN ('lab.example', 'test.example')", "other.example"),
    ("domain-name", "LIKE '%.lab.example'", "other.example"),
    ("domain-name", "MATCHES '^lab[.]'", "other.example"),
    ("ipv4-addr", "ISSUBSET '192.0.2.0/24'", "198.51.100.7"),
    ("domain-name", "= 'lab.example'", "other.example"),
):
    meant = f"[{kind}:value NOT {test}]"
    written = str(create_pattern_object(meant, version="2.1"))
    same = equivalent_patterns(meant, f"[{kind}:value {test}]")
    print(f"{meant} is written as {written}; on {value}: {hits(meant, kind, value)}, then {hits(written, kind, value)}; equivalent to its opposite: {same}")
    wrong.append(written == meant.replace(" NOT", "") and hits(meant, kind, value) and not hits(written, kind, value) and same)
by_hand = str(InComparisonExpression("domain-name:value", ["lab.example"], negated=True))
print(f"by hand: {by_hand}")
sys.exit(not (wrong == [True] * 4 + [False] and by_hand == "domain-name:value NOT IN ('lab.example')"))
EOF
venv/bin/python check.py
