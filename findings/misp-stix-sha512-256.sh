#!/usr/bin/env bash
# misp-stix 2026.10.12: a MISP attribute of type sha512/256 becomes `SHA-256` in the STIX 2.1 file object and in the
# indicator's pattern. SHA-512/256 is another function (FIPS 180-4, 5.3.6.2) with a digest of the same length, so nothing
# downstream can see the mistake: hash-algorithm-ov (STIX 2.1, 10) has no name for it and readers compare the digest with
# the SHA-256 of files, which never equals it. sha512/224 likewise becomes SHA-224, and there the object (`SHA224`) and the
# pattern ('SHA-224') do not even share the key. An indicator feed made so holds hashes that can never hit, and no error.
# Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile misp-stix==2026.10.12 pymisp==2.5.34.4 stix2==3.0.2 stix2-matcher==3.0.0
cat > check.py <<'EOF'
import hashlib
import json
import sys
from importlib.metadata import version
from misp_stix_converter import MISPtoSTIX21Parser
from pymisp import MISPEvent
from stix2matcher.matcher import match

print(", ".join(f"{name} {version(name)}" for name in ("misp-stix", "pymisp", "stix2", "stix2-matcher")))
content = b"lab file"


def digest(name):
    return hashlib.new(name, content).hexdigest()


def as_stix(kind, value):
    event = MISPEvent()
    event.info = "lab"
    event.Orgc = {"name": "Lab", "uuid": "5e0d5b4c-8f5f-4f4e-9a51-0f7c9f1a2b3c"}
    event.add_attribute(kind, value, to_ids=True)
    parser = MISPtoSTIX21Parser()
    parser.parse_misp_event(event)
    objects = json.loads(parser.bundle.serialize())["objects"]
    return (next(o["hashes"] for o in objects if o["type"] == "file"), next(o["pattern"] for o in objects if o["type"] == "indicator"))


# What a sensor sees that hashed this very file with SHA-256.
sighting = {
    "type": "observed-data", "id": "observed-data--6a7e6e0a-3c1b-4b5e-9d4f-0c9d3c9e7f11",
    "created": "2026-11-01T00:00:00Z", "modified": "2026-11-01T00:00:00Z", "first_observed": "2026-11-01T00:00:00Z",
    "last_observed": "2026-11-01T00:00:00Z", "number_observed": 1,
    "objects": {"0": {"type": "file", "hashes": {"SHA-256": digest("sha256")}}},
}
seen = []
for kind, name, key in (("sha256", "sha256", "SHA-256"), ("sha512/256", "sha512_256", "SHA-256"), ("sha512/224", "sha512_224", "SHA224")):
    hashes, pattern = as_stix(kind, digest(name))
    hit = bool(match(pattern, [sighting]))
    print(f"{kind:10}  object {list(hashes)}  pattern {pattern[:32]}...  hits the file itself: {hit}")
    seen += [hashes == {key: digest(name)}, hit == (kind == "sha256")]
    seen.append(("'SHA-256'" in pattern) == (key == "SHA-256") and digest(name) in pattern)
sys.exit(not all(seen))
EOF
venv/bin/python check.py
