#!/usr/bin/env bash
# pycef 1.11: an escaped pipe in the header of a CEF line ends the name all the same, against the CEF standard (character
# encoding: a pipe in the header is escaped with a backslash). The line is not refused: the name comes out empty, the severity is
# missing, and what stands behind the pipe is taken into the name of the first extension field, so that `src=192.0.2.7` is
# read as the field "shell|9|src". Where the address is the first field, as with most senders, an alert loses severity and
# source together and gains a column that no schema knows. Names that quote a command line hold pipes. Backslashes that
# escape an equals sign or a backslash in a value stay in it, so that the URL with a query differs from the one in every
# other log. Lines without a pipe in the name are right. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile pycef==1.11
cat > check.py <<'EOF'
import sys
from importlib.metadata import version
import pycef

print(f"pycef {version('pycef')}")
head = r"CEF:0|Lab|Gate|1.0|100|%s|9|src=192.0.2.7 dst=192.0.2.9 request=http://lab.example/?id\=7"
seen = []
for name in ("Download to shell", r"Download \| shell", r"curl \| sh \| tee"):
    read = pycef.parse(head % name)
    print(f"{name!r}: name {read['Name']!r}, severity {read.get('Severity')}, src {read.get('src')}, fields {[key for key in read if 'src' in key or key in ('dst', 'request')]}")
    seen.append((read["Name"], read.get("Severity"), read.get("src"), read["dst"], read["request"]))
rest = ("192.0.2.9", r"http://lab.example/?id\=7")
lost = ("", None, None, *rest)
sys.exit(seen != [("Download to shell", "9", "192.0.2.7", *rest), lost, lost])
EOF
venv/bin/python check.py
