#!/usr/bin/env bash
# netflow 0.12.2 (NetFlow and IPFIX in Python): two observation domains read each other's records. Templates are kept by
# their number alone, where IPFIX makes a number unique only within an observation domain (RFC 7011, 3.4.1); devices and
# line cards number from 256 up, each of them. Once domain 2 has sent "template 256: destination, packets", the records of
# domain 1, described before as "source, bytes", come out as destination and packets, without a word: 1,500 bytes from an
# address become 1,500 packets to it. It lasts until domain 1 repeats its template, so that captures of one device never
# show it and the mixture changes with the order of the packets. parse_packet and the collector of the package both keep one
# table for all. Exits non-zero when this is no longer so.
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

print(f"netflow {version('netflow')}")
SOURCE, TARGET, BYTES, PACKETS = (8, 4), (12, 4), (1, 4), (2, 4)


def message(domain, kind, body):
    part = struct.pack("!HH", kind, 4 + len(body)) + body
    return struct.pack("!HHIII", 10, 16 + len(part), 1793491200, 0, domain) + part


def template(domain, number, *fields):
    body = struct.pack("!HH", number, len(fields))
    for element, length in fields:
        body += struct.pack("!HH", element, length)
    return message(domain, 2, body)


def record(domain, number, address, *counts):
    return message(domain, number, ipaddress.ip_address(address).packed + struct.pack(f"!{len(counts)}I", *counts))


def read(*packets):
    templates, rows = {"netflow": {}, "ipfix": {}}, []
    for packet in packets:
        for flow in parse_packet(packet, templates).flows:
            rows.append({name: str(ipaddress.ip_address(value)) if name.endswith("Address") else value for name, value in sorted(flow.data.items())})
    return rows


one = [template(1, 256, SOURCE, BYTES), record(1, 256, "192.0.2.7", 1500)]
other = [template(2, 256, TARGET, PACKETS), record(2, 256, "198.51.100.9", 3)]
alone, mixed = read(*one), read(*one, *other, record(1, 256, "192.0.2.7", 1500))
print(f"domain 1 alone:         {alone}\nbehind domain 2, again: {mixed[-1:]}")
target, packets = {"destinationIPv4Address": "192.0.2.7"}, {"packetDeltaCount": 1500}
told = read(*one, *other, *one)[-1:]
print(f"template told again:    {told}")
sys.exit(not (alone == [{"octetDeltaCount": 1500, "sourceIPv4Address": "192.0.2.7"}] and mixed[-1] == {**target, **packets} and told == alone))
EOF
venv/bin/python check.py
