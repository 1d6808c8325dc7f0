#!/usr/bin/env bash
# stix-shifter 8.1.3 with its azure_sentinel module: `!=` of an address or of a path is translated into the very query that `=`
# gives. [network-traffic:src_ref.value != '192.0.2.7'], everything but that source, asks for the connections whose source
# contains 192.0.2.7, so that what the pattern rules out is what is found, and nothing else. The source of an alert may be
# text around the address, for which the module writes `contains`, whatever the operator was; a NOT that is spelt out is
# refused for just that reason, `!=` is not. So it is for src_ref, dst_ref, ipv6-addr and file paths, while a name and a
# port get `ne`. STIX 2.1 (9.6) has != as "not equal". Nothing is said; "not our scanner" brings the scanner's alerts.
# Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile \
  stix-shifter==8.1.3 stix-shifter-utils==8.1.3 stix-shifter-modules-azure-sentinel==8.1.3
cat > check.py <<'EOF'
import logging
import sys
from importlib.metadata import version
from stix_shifter.stix_translation.stix_translation import StixTranslation

logging.disable(logging.CRITICAL)
print(", ".join(f"{name} {version(name)}" for name in ("stix-shifter", "stix-shifter-modules-azure-sentinel")))
hour = " START t'2026-11-01T00:00:00.000Z' STOP t'2026-11-01T01:00:00.000Z'"


def translated(comparison):
    return StixTranslation().translate("azure_sentinel", "query", "{}", f"[{comparison}]{hour}", {})


seen = []
for path, value, reversed_ in (
    ("network-traffic:src_ref.value", "'192.0.2.7'", True),
    ("network-traffic:dst_ref.value", "'192.0.2.7'", True),
    ("ipv6-addr:value", "'2001:db8::7'", True),
    ("file:parent_directory_ref.path", "'/opt/lab'", True),
    ("file:name", "'lab.exe'", False),
    ("network-traffic:dst_port", "22", False),
):
    equal, unequal = translated(f"{path} = {value}"), translated(f"{path} != {value}")
    text = unequal["queries"][0]["alert"].split(" and (eventDateTime")[0]
    print(f"{path} != {value}: {'the query of =' if unequal == equal else 'a query of its own'}: {text}")
    seen.append((unequal == equal and "contains(" in text) if reversed_ else (unequal != equal and " ne " in text))
refused = translated("network-traffic:src_ref.value NOT = '192.0.2.7'")
print(f"NOT = is refused: {refused['error']}")
seen.append(not refused["success"])
sys.exit(not all(seen))
EOF
venv/bin/python check.py
