#!/usr/bin/env bash
# pymispwarninglists 1.7.0: the warning lists of type regex never match anything, with slow_search or without: their entries
# are PHP patterns with delimiters and flags (`/^(security|noc|soc|abuse)\@.*\..*$/i`), as the MISP server hands them to
# preg_match. The package's fast search looks for the value among them as plain text, and its slow one, said to use the
# fitting method for each type, has none for this type and answers no. It accepts the type when it loads, and two of the
# 119 lists that it ships are of it: contact addresses (abuse@, soc@) and telephone numbers that are nobody's. A feed that
# is cleaned by this package keeps abuse@ addresses of which the MISP server warns. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile pymispwarninglists==1.7.0
cat > check.py <<'EOF'
import re
import sys
from importlib.metadata import version
from pymispwarninglists import WarningLists

print(f"pymispwarninglists {version('pymispwarninglists')}")
values = ("abuse@provider.example", "soc@provider.example", "0033199005678", "jane@provider.example")
seen = []
for slow in (False, True):
    lists = WarningLists(slow_search=slow).warninglists
    patterns = {name: one.to_dict()["list"] for name, one in lists.items() if one.type == "regex"}
    for value in values:
        # preg_match: the text between the first and the last delimiter, then the flags.
        by_text = [name for name, texts in patterns.items() if any(
            re.search(text[1:text.rindex(text[0])], value, re.IGNORECASE if "i" in text[text.rindex(text[0]):] else 0) for text in texts)]
        by_package = [name for name in patterns if value in lists[name]]
        print(f"slow_search={slow!s:5}  {value:22}  by its patterns {by_text}  by the package {by_package}")
        seen.append(not by_package and bool(by_text) == (value != "jane@provider.example"))
controls = ["192.168.1.1" in one for one in lists.values() if one.type == "cidr"]
print(f"control: 192.168.1.1 is in {sum(controls)} lists of type cidr")
sys.exit(not (all(seen) and any(controls)))
EOF
venv/bin/python check.py
