#!/usr/bin/env bash
# sigma-cli 3.1.0, the newest one, asks for pySigma below 2.0 and so installs 1.5.1, whose condition grammar (as in 1.0.0)
# takes `not` off the front of a longer name: with the detections `pad` and `notpad` the condition `notpad` is converted to
# NOT pad, the reverse of the other detection, without a warning. Without a detection `pad` the valid rule is refused
# ("Detection 'pad' not defined"). The Sigma specification (rules, condition) makes the identifier the name of the
# detection, and pySigma 2.0.1 reads it so; names that begin with and, or, 1, all or of are right in both. The converter
# that a CI installs thus gives the inverse query for such names while the library of the same project does not. Exits
# non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip cli
python3 -m venv --without-pip library
install='--quiet --disable-pip-version-check --no-compile'
python3 -m pip --python cli/bin/python install $install sigma-cli==3.1.0 pysigma-backend-splunk==2.1.0
python3 -m pip --python library/bin/python install $install pysigma==2.0.1 pysigma-backend-sqlite==2.1.1
cat > rule.yml <<'EOF'
title: Lab
status: test
logsource:
  category: process_creation
  product: windows
detection:
  pad:
    ParentImage|endswith: '\pad.exe'
  notpad:
    Image|endswith: '\lab.exe'
  condition: notpad
EOF
cat > convert.py <<'EOF'
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

print(sqliteBackend().convert(SigmaCollection.from_yaml(open("rule.yml").read()))[0])
EOF
show='from importlib.metadata import version; print("pySigma", version("pysigma"), end=": ")'
cli=$(cli/bin/sigma convert -t splunk --without-pipeline rule.yml 2>/dev/null)
library=$(library/bin/python convert.py)
echo "sigma-cli 3.1.0, $(cli/bin/python -c "$show")$cli"
echo "library, $(library/bin/python -c "$show")$library"
[ "$cli" = 'NOT ParentImage="*\\pad.exe"' ]
case $library in *"WHERE Image LIKE '%\\\\lab.exe'"*) ;; *) exit 1 ;; esac
