#!/usr/bin/env bash
# zat 0.4.9 (Zeek Analysis Tools), ZeekLogReader: a field that Zeek did not set ("-") comes as 0 for count, int, port, double
# and interval, as False for bool and as 2 January 1970 for time, so "not measured" and "measured as nothing" are one value.
# Zeek's ASCII log keeps them apart on purpose (#unset_field in the head of each file; in conn.log duration and orig_bytes
# are unset where nothing could be measured). The package's own LogToDataFrame gives a missing value for the same cell and
# parsezeeklogs 3.0.1 gives None. The marker is not taken from the head either: with `#unset_field NIL` the text NIL comes
# out as the count. A flow model that is trained on frames and fed by the streaming reader sees zeros where it learned gaps.
# Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile zat==0.4.9 pandas==3.1.1 parsezeeklogs==3.0.1
cat > check.py <<'EOF'
import contextlib
import io
import sys
from importlib.metadata import version
import pandas
from parsezeeklogs import read_zeek
from zat.log_to_dataframe import LogToDataFrame
from zat.zeek_log_reader import ZeekLogReader

print(", ".join(f"{name} {version(name)}" for name in ("zat", "pandas", "parsezeeklogs")))
fields = {"ts": "time", "uid": "string", "orig_bytes": "count", "duration": "interval", "local_orig": "bool"}


def log(name, unset):
    head = ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", f"#unset_field\t{unset}", "#path\tconn", "#open\t2026-11-01-00-00-00"]
    rows = [["1793491200.000000", "Ca", "0", "0.500000", "F"], ["1793491201.000000", "Cb", unset, unset, unset]]
    lines = head + ["\t".join(["#fields", *fields]), "\t".join(["#types", *fields.values()])] + ["\t".join(row) for row in rows]
    with open(name, "w") as file:
        file.write("\n".join(lines + ["#close\t2026-11-01-01-00-00"]) + "\n")


names = list(fields)[2:]
seen = {}
for unset in ("-", "NIL"):
    log("conn.log", unset)
    with contextlib.redirect_stdout(io.StringIO()):
        stream = list(ZeekLogReader("conn.log").readrows())[1]
    plain = list(read_zeek("conn.log"))[1]
    seen[unset] = [stream[name] for name in names]
    print(f"#unset_field {unset}: ZeekLogReader {dict(zip(names, map(str, seen[unset])))}  parsezeeklogs {[plain[name] for name in names]}")
    assert all(plain[name] is None for name in names)
log("conn.log", "-")
with contextlib.redirect_stdout(io.StringIO()):
    frame = LogToDataFrame().create_dataframe("conn.log")
gaps = [bool(pandas.isna(frame[name].iloc[1])) for name in names]
print(f"LogToDataFrame, is missing: {dict(zip(names, gaps))}")
zero = seen["-"][0] == 0 and not seen["-"][1] and seen["-"][2] is False
sys.exit(not (zero and gaps[:2] == [True, True] and seen["NIL"][:2] == ["NIL", "NIL"]))
EOF
venv/bin/python check.py
