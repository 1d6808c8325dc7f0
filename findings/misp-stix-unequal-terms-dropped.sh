#!/usr/bin/env bash
# misp-stix 2026.10.12: a STIX 2.1 pattern that joins an equality with `!=` by AND is imported into MISP without its second
# half and without a word: [domain-name:value = 'lab.example' AND domain-name:resolves_to_refs[*].value != '192.0.2.7'],
# "the name while it does not point home", becomes the plain attribute domain lab.example with to_ids set, which hits the
# very observation that the pattern excludes (stix2-matcher 3.0.0 says no there). STIX 2.1 (9.6, 9.7) has `!=` for that. The
# importer knows better ways: with `>` instead of `!=` the whole text is kept as a stix2-pattern object, and a pattern of
# `!=` alone is kept so, too, with a warning. Feeds write such terms to spare the empty file, a sinkhole or the vendor's own
# name; they arrive as indicators that fire on them. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile misp-stix==2026.10.12 pymisp==2.5.34.4 stix2==3.0.2 stix2-matcher==3.0.0
cat > check.py <<'EOF'
import sys
from importlib.metadata import version
from misp_stix_converter import ExternalSTIX2toMISPParser
from stix2 import v21
from stix2matcher.matcher import match

print(", ".join(f"{name} {version(name)}" for name in ("misp-stix", "pymisp", "stix2", "stix2-matcher")))
md5 = "d41d8cd98f00b204e9800998ecf8427e"
times = {"created": "2026-11-01T00:00:00Z", "modified": "2026-11-01T00:00:00Z", "first_observed": "2026-11-01T00:00:00Z", "last_observed": "2026-11-01T00:00:00Z"}
spared = {
    "type": "observed-data", "id": "observed-data--6a7e6e0a-3c1b-4b5e-9d4f-0c9d3c9e7f11", "number_observed": 1, **times,
    "objects": {"0": {"type": "file", "name": "empty.txt", "size": 0, "hashes": {"MD5": md5}}, "1": {"type": "ipv4-addr", "value": "192.0.2.7"},
                "2": {"type": "domain-name", "value": "lab.example", "resolves_to_refs": ["1"]}},
}
domain = "[domain-name:value = 'lab.example' AND domain-name:resolves_to_refs[*].value != '192.0.2.7']"
patterns = {
    domain: ("domain", "lab.example"),
    f"[file:hashes.MD5 = '{md5}' AND file:name != 'empty.txt']": ("md5", md5),
    f"[file:hashes.MD5 = '{md5}' AND file:size > 0]": "stix2-pattern",
    "[file:name != 'empty.txt']": "stix2-pattern",
}
indicators = [v21.Indicator(name="lab", pattern=text, pattern_type="stix", valid_from="2026-11-01T00:00:00Z") for text in patterns]
parser = ExternalSTIX2toMISPParser()
parser.load_stix_bundle(v21.Bundle(indicators))
parser.parse_stix_bundle()
event = parser.misp_event
told = str(dict(parser.warnings)) + str(dict(parser.errors))
seen = []
for indicator in indicators:
    uuid = indicator.id.split("--")[1]
    plain = [(one.type, one.value, one.to_ids) for one in event.attributes if one.uuid == uuid]
    kept = [one.name for one in event.objects if one.uuid == uuid]
    hit, warned = bool(match(indicator.pattern, [spared])), indicator.id in told
    print(f"{indicator.pattern}\n  on the spared observation: {hit}; in MISP: {plain or kept}, warning: {warned}")
    expected = patterns[indicator.pattern]
    wide = isinstance(expected, tuple)
    seen.append(not hit and ((plain == [(*expected, True)] and not warned) if wide else kept == [expected]))
sys.exit(not all(seen))
EOF
venv/bin/python check.py
