#!/usr/bin/env bash
# mitreattack-python 6.3.1 (MITRE's own): a layer of the ATT&CK Navigator loses the fractions of its scores when it is read.
# 0.97 and 0.03 both become 0, 99.9 becomes 99 and -0.5 becomes 0, and written out again the file holds just that. The
# layer format has any number as a score, and its gradient keeps the range (minValue 0, maxValue 1 comes out as it went in),
# so that a layer of shares, probabilities or averages, coloured from 0 to 1, is one colour afterwards but for the techniques
# at exactly 1. What LayerOps combines is cut again: the mean of 1 and 2 is 1. A score that is a text is refused, so that the
# package does look at what it gets. (The file that it writes is UTF-16.) Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile mitreattack-python==6.3.1
cat > check.py <<'EOF'
import json
import sys
from importlib.metadata import version
from mitreattack.navlayers import Layer, LayerOps

print(f"mitreattack-python {version('mitreattack-python')}")
shares = {"T1003": 0.97, "T1021": 0.03, "T1059": 1, "T1078": -0.5, "T1110": 99.9}


def layer(scores):
    head = {"name": "lab", "versions": {"attack": "17", "navigator": "5.1.0", "layer": "4.5"}, "domain": "enterprise-attack"}
    gradient = {"colors": ["#ffffff", "#ff6666"], "minValue": 0, "maxValue": 1}
    return head | {"gradient": gradient, "techniques": [{"techniqueID": id, "score": score} for id, score in scores.items()]}


with open("in.json", "w") as file:
    json.dump(layer(shares), file)
read = Layer()
read.from_file("in.json")
read.to_file("out.json")
with open("out.json", encoding="utf-16") as file:
    out = json.load(file)
after = {one["techniqueID"]: one["score"] for one in out["techniques"]}
for id, score in shares.items():
    print(f"{id}: {score} comes out as {after[id]}")
print(f"gradient from {out['gradient']['minValue']} to {out['gradient']['maxValue']}")
one, two = (Layer(layer({"T1003": score})) for score in (1, 2))
mean = LayerOps(score=lambda x: sum(x) / len(x)).process([one, two]).to_dict()["techniques"][0]["score"]
print(f"mean of 1 and 2: {mean}")
cut = {"T1003": 0, "T1021": 0, "T1059": 1, "T1078": 0, "T1110": 99}
sys.exit(not (after == cut and out["gradient"]["maxValue"] == 1 and mean == 1))
EOF
venv/bin/python check.py
