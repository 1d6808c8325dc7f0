#!/usr/bin/env bash
# misp-stix 2026.10.12: a YARA, Sigma or Snort rule that is an attribute of a MISP event is written into the STIX 2.1
# indicator with square brackets around it. STIX 2.1 (4.7, pattern) wants the pattern in the language that pattern_type
# names; brackets belong to STIX patterning alone (9). As YARA it does not compile (yara-python 4.5.4); as Sigma it is
# no longer a YAML mapping. stix2 3.0.2 lets it pass, since it checks patterns of type stix only. A reader that takes rules
# from a MISP instance by TAXII gets rules that never load. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile misp-stix==2026.10.12 pymisp==2.5.34.4 stix2==3.0.2 yara-python==4.5.4 pyyaml==6.0.4
cat > check.py <<'EOF'
import json
import sys
from importlib.metadata import version
import yaml
import yara
from misp_stix_converter import MISPtoSTIX21Parser
from pymisp import MISPEvent

print(", ".join(f"{name} {version(name)}" for name in ("misp-stix", "pymisp", "stix2", "yara-python")))
rules = {
    "yara": 'rule lab { strings: $a = "lab" condition: $a }',
    "sigma": "title: lab\nlogsource:\n  category: process_creation\ndetection:\n  sel:\n    Image|endswith: '\\lab.exe'\n  condition: sel\n",
    "snort": 'alert tcp any any -> any 8080 (msg:"lab"; content:"lab"; sid:1000001; rev:1;)',
}
event = MISPEvent()
event.info = "lab"
event.Orgc = {"name": "Lab", "uuid": "5e0d5b4c-8f5f-4f4e-9a51-0f7c9f1a2b3c"}
for kind, rule in rules.items():
    event.add_attribute(kind, rule, to_ids=True)
parser = MISPtoSTIX21Parser()
parser.parse_misp_event(event)
patterns = {o["pattern_type"]: o["pattern"] for o in json.loads(parser.bundle.serialize())["objects"] if o["type"] == "indicator"}


def loads(kind, text):
    try:
        return isinstance(yaml.safe_load(text), dict) if kind == "sigma" else bool(yara.compile(source=text))
    except (yaml.YAMLError, yara.SyntaxError):
        return False


seen = []
for kind, rule in rules.items():
    pattern = patterns[kind]
    loaded = "" if kind == "snort" else f"  loads: rule {loads(kind, rule)}, pattern {loads(kind, pattern)}"
    print(f"{kind:5}  {json.dumps(pattern[:34])} ... {json.dumps(pattern[-12:])}{loaded}")
    seen.append(pattern == f"[{rule}]" or pattern == f"[{rule.strip()}]")
    if loaded:
        seen.append(loads(kind, rule) and not loads(kind, pattern))
sys.exit(not all(seen))
EOF
venv/bin/python check.py
