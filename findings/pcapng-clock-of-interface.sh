#!/usr/bin/env bash
# dpkt 1.9.8, scapy 2.8.0, python-pcapng 2.1.1: three pcapng readers, three wrong clocks. The format (draft-ietf-opsawg-pcapng,
# 4.1 and 4.2) gives each interface a resolution (if_tsresol) and an offset of whole seconds (if_tsoffset), and begins the
# interfaces anew in each section. dpkt counts every packet in the resolution of the first interface: in a capture of one
# card in microseconds and one in nanoseconds, as merging two files makes it, the second card's packets lie some
# 57,000 years ahead. scapy keeps the interfaces of the section before, so that two files laid end to end, which the format allows,
# come out likewise; dpkt, too. scapy and python-pcapng read over if_tsoffset, and all packets are off by it. None says a
# word. pktcap 0.1.3 reads all three files right. Packets that are joined with alerts by time, the usual first step from an
# alert to its traffic, are looked for in the wrong place. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile dpkt==1.9.8 scapy==2.8.0 python-pcapng==2.1.1 pktcap==0.1.3
cat > check.py <<'EOF'
import logging
import struct
import sys
from importlib.metadata import version

logging.disable(logging.WARNING)
import dpkt
import pcapng
import pktcap
from scapy.utils import PcapNgReader

START = 1793491200  # 2026-11-01T00:00:00Z
FRAME = bytes.fromhex("ffffffffffff0000000000010800") + bytes(46)


def block(kind, body):
    body += bytes(-len(body) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4) + bytes(4)


def section(*interfaces):
    head = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    return head + b"".join(block(1, struct.pack("<HHI", 1, 0, 65535) + options) for options in interfaces)


def packet(interface, ticks):
    return block(6, struct.pack("<IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(FRAME), len(FRAME)) + FRAME)


micro, nano, offset = b"", option(9, b"\x09"), option(14, struct.pack("<q", 3600))
files = {
    "two interfaces": section(micro, nano) + packet(0, START * 10**6) + packet(1, (START + 1) * 10**9),
    "two sections": section(micro) + packet(0, START * 10**6) + section(nano) + packet(0, (START + 1) * 10**9),
    "an offset of 3,600 s": section(offset) + packet(0, (START - 3600) * 10**6) + packet(0, (START - 3599) * 10**6),
}
readers = {
    "dpkt": lambda file: [time for time, _ in dpkt.pcapng.Reader(file)],
    "scapy": lambda file: [float(frame.time) for frame in PcapNgReader(file)],
    "python-pcapng": lambda file: [part.timestamp for part in pcapng.FileScanner(file) if hasattr(part, "timestamp")],
    "pktcap": lambda file: [frame.time for frame in pktcap.read_frames(file.name)],
}
print(", ".join(f"{name} {version(name)}" for name in readers))
right = {}
for name, content in files.items():
    with open("capture.pcapng", "wb") as file:
        file.write(content)
    for reader, read in readers.items():
        with open("capture.pcapng", "rb") as file:
            seconds = [time - START for time in read(file)]
        right[name, reader] = [round(value, 6) for value in seconds] == [0, 1]
        print(f"{name}, {reader}: {seconds} s after the first packet's time")
wrong = {key for key, value in right.items() if not value}
expected = {
    ("two interfaces", "dpkt"),
    ("two sections", "dpkt"),
    ("two sections", "scapy"),
    ("an offset of 3,600 s", "scapy"),
    ("an offset of 3,600 s", "python-pcapng"),
}
sys.exit(wrong != expected)
EOF
venv/bin/python check.py
