#!/usr/bin/env bash
# stix2 3.0.2: equivalent_patterns() lower-cases every constant that is compared with windows-registry-key:key or
# values[n].name, regular expressions too. So `\S` becomes `\s` and `\D` becomes `\d`: patterns that exclude each other are
# called equivalent. STIX 2.1 (9.6, MATCHES) takes a PCRE pattern, where these are complements, and stix2-matcher 3.0.0
# matches the one and not the other on the same observation. find_equivalent_patterns() and the score of
# object_similarity() for indicators rest on it: whoever drops indicators as doubles by it drops live ones. Exits non-zero
# when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile stix2==3.0.2 stix2-patterns==2.1.2 stix2-matcher==3.0.0
cat > check.py <<'EOF'
import sys
from importlib.metadata import version
from stix2.environment import Environment
from stix2.equivalence.pattern import equivalent_patterns
from stix2 import v21
from stix2matcher.matcher import match

print(", ".join(f"{name} {version(name)}" for name in ("stix2", "stix2-patterns", "stix2-matcher")))
sighting = {
    "type": "observed-data", "id": "observed-data--6a7e6e0a-3c1b-4b5e-9d4f-0c9d3c9e7f11",
    "created": "2026-11-01T00:00:00Z", "modified": "2026-11-01T00:00:00Z", "first_observed": "2026-11-01T00:00:00Z",
    "last_observed": "2026-11-01T00:00:00Z", "number_observed": 1,
    "objects": {"0": {"type": "windows-registry-key", "key": "HKEY_LOCAL_MACHINE\\Software\\Lab\\Run12"}},
}
seen = []
for path, upper, lower in (("windows-registry-key:key", r"Run\\D+$", r"Run\\d+$"), ("windows-registry-key:key", r"Lab\\S", r"Lab\\s"), ("file:name", r"Run\\D+$", r"Run\\d+$")):
    one, other = (f"[{path} MATCHES '{text}']" for text in (upper, lower))
    same = equivalent_patterns(one, other)
    hits = [bool(match(pattern, [sighting])) for pattern in (one, other)]
    indicators = [v21.Indicator(name="lab", pattern=p, pattern_type="stix", valid_from="2026-11-01T00:00:00Z") for p in (one, other)]
    print(f"{one}  and  {other}: equivalent {same}, similarity {Environment().object_similarity(*indicators):.0f}, hits {hits}")
    registry = path.startswith("windows")
    seen.append(same == registry and (not registry or hits[0] != hits[1]))
sys.exit(not all(seen))
EOF
venv/bin/python check.py
