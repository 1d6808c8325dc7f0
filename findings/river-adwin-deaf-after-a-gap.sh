#!/usr/bin/env bash
# river 0.26.1: one NaN makes the drift detectors ADWIN and PageHinkley deaf for good. ADWIN finds four shifts of five standard
# deviations within 32 values each; after a single NaN at value 500 it finds none of them, raises nothing and answers "no
# drift" for ever: it forgets old values only when it finds a drift, and with a NaN in the sums of its window every
# comparison is false, so that the window grows with the stream (20,000 values here instead of 3,968) and the NaN never
# leaves it. KSWIN, which keeps its last 100 values, goes on as before. The mean or the share of an hour without alerts is
# the everyday NaN of a monitor, and "no drift" is what its readers hope for; the price is memory, too. The package's
# adaptive forests carry an ADWIN per tree. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile river==0.26.1
cat > check.py <<'EOF'
import random
import sys
from importlib.metadata import version
from river import drift

print(f"river {version('river')}")


def found(detector, gap):
    random.seed(1)
    at = []
    for i in range(20_000):
        value = random.gauss(0, 1) + 5 * (i // 4000)  # shifts at 4,000, 8,000, 12,000 and 16,000
        detector.update(float("nan") if i == gap else value)
        if detector.drift_detected:
            at.append(i)
    return at


seen = {}
for make in (drift.ADWIN, drift.PageHinkley, lambda: drift.KSWIN(alpha=1e-5, seed=1)):
    for gap in (None, 500):
        detector = make()
        at = found(detector, gap)
        name = type(detector).__name__
        seen[name, gap] = len([i for i in at if i >= 4000])
        width = f", window of {detector.width:.0f}" if name == "ADWIN" else ""
        print(f"{name:11} {'one NaN at 500' if gap else 'without a gap'}: {seen[name, gap]} times from 4,000 on, first at {[i for i in at if i >= 4000][:4]}{width}")
kswin = seen["KSWIN", None] == seen["KSWIN", 500] >= 4
sys.exit(not (seen["ADWIN", None] == 4 and seen["ADWIN", 500] == 0 and seen["PageHinkley", None] >= 4 and seen["PageHinkley", 500] == 0 and kswin))
EOF
venv/bin/python check.py
