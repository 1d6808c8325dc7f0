#!/usr/bin/env bash
# pymisp 2.5.34.4, load_openioc: what an OpenIOC indicator excludes is imported as an indicator. The loader never looks at the
# condition of an item, so that `isnot` and `containsnot` (OpenIOC 1.0) and negate="true" (1.1) become plain attributes with
# to_ids set. "svchost.exe whose MD5 is not that of the vendor's file", the usual way to describe an impostor, becomes the
# composite filename|md5 of the vendor's file: the one file that the author had ruled out, and nothing of the impostor.
# "svchost.exe outside of system32" gives two attributes that each stand alone, filename svchost.exe and filename system32.
# misp-modules imports OpenIOC by this function. Nothing is said, and MISP hands these on as values to block or to search
# for. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile pymisp==2.5.34.4 beautifulsoup4==4.15.0 lxml==6.1.3
cat > check.py <<'EOF'
import sys
import warnings
from importlib.metadata import version
from pymisp.tools import load_openioc

warnings.simplefilter("ignore")  # the loader reads XML with an HTML parser and is told so
print(", ".join(f"{name} {version(name)}" for name in ("pymisp", "beautifulsoup4", "lxml")))
page = """<?xml version="1.0" encoding="us-ascii"?>
<ioc xmlns="http://schemas.mandiant.com/2010/ioc" id="6a7e6e0a-3c1b-4b5e-9d4f-0c9d3c9e7f11" last-modified="2026-11-01T00:00:00">
  <short_description>lab</short_description><authored_by>lab</authored_by><authored_date>2026-11-01T00:00:00</authored_date><links/>
  <definition><Indicator operator="%s" id="i0">%s</Indicator></definition>
</ioc>"""
md5 = "0123456789abcdef0123456789abcdef"


def item(search, condition, kind, text, more=""):
    return f"""<IndicatorItem id="x" condition="{condition}"{more}><Context document="{search.split("/")[0]}" search="{search}" type="mir"/>
<Content type="{kind}">{text}</Content></IndicatorItem>"""


name = item("FileItem/FileName", "is", "string", "svchost.exe")
seen = []
for operator, items, made in (
    ("AND", name + item("FileItem/Md5sum", "isnot", "md5", md5), [("filename|md5", f"svchost.exe|{md5}")]),
    ("AND", name + item("FileItem/FullPath", "containsnot", "string", "system32"), [("filename", "svchost.exe"), ("filename", "system32")]),
    ("OR", item("FileItem/Md5sum", "isnot", "md5", md5), [("md5", md5)]),
    ("OR", item("DnsEntryItem/Host", "is", "string", "lab.example", ' negate="true"'), [("domain", "lab.example")]),
    ("OR", item("DnsEntryItem/Host", "is", "string", "lab.example"), [("domain", "lab.example")]),
):
    event = load_openioc(page % (operator, items))
    flagged = [(one.type, one.value) for one in event.attributes if one.to_ids]
    said = [word for word in ("isnot", "containsnot", "negate") if word in items] or ["is"]
    print(f"{operator:3} {said[0]:11} to_ids: {flagged}")
    seen.append(flagged == made and not event.objects)
sys.exit(not all(seen))
EOF
venv/bin/python check.py
