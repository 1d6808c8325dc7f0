#!/usr/bin/env bash
# netflow 0.12.2 (NetFlow and IPFIX in Python): the bytes of a two-way flow are those of one way in this record and of the
# other in the next, by what the numbers happen to be. RFC 5103 sends the way back as the same element under enterprise
# 29305. The package reads an element of an enterprise as IANA's of the same number, so that both are octetDeltaCount, and
# gathers a record's elements in a set, out of which it makes a dict where the last one wins: the order of a set is that of
# the hashes. 1,500 there and 40 back is read as 1500, 900 and 52 as 52; of 400 such records about half are of either way.
# Nothing is said, the sum of a day looks plausible, and upload against download, the usual sign of an exfiltration, is
# noise. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile netflow==0.12.2
cat > check.py <<'EOF'
import ipaddress
import struct
import sys
from importlib.metadata import version
from netflow import parse_packet

print(f"netflow {version('netflow')}, Python {sys.version.split()[0]}")
SOURCE, BYTES, BYTES_BACK = struct.pack("!HH", 8, 4), struct.pack("!HH", 1, 4), struct.pack("!HHI", 0x8001, 4, 29305)
address = ipaddress.ip_address("192.0.2.7").packed


def part(kind, body):
    return struct.pack("!HH", kind, 4 + len(body)) + body


def counts(rows):
    """What is read as octetDeltaCount of records that hold the bytes there and the bytes back."""
    body = part(2, struct.pack("!HH", 256, 3) + SOURCE + BYTES + BYTES_BACK)
    body += part(256, b"".join(address + struct.pack("!II", *row) for row in rows))
    packet = struct.pack("!HHIII", 10, 16 + len(body), 1793491200, 0, 1) + body
    return [flow.data["octetDeltaCount"] for flow in parse_packet(packet, {"netflow": {}, "ipfix": {}}).flows]


few = [(1500, 40), (900, 52), (7000, 64), (1200, 800)]
for (there, back), read in zip(few, counts(few)):
    print(f"{there} there, {back} back: octetDeltaCount {read}")
many = [(1000 + 37 * n, 40 + 3 * n) for n in range(400)]
read = counts(many)
taken = sum(value == there for value, (there, _) in zip(read, many))
print(f"of {len(many)} records {taken} give the way there and {sum(value == back for value, (_, back) in zip(read, many))} the way back")
sys.exit(not (all(value in row for value, row in zip(read, many)) and 100 < taken < 300))
EOF
venv/bin/python check.py
