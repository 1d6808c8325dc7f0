#!/usr/bin/env bash
# frouros 0.9.0: one value of 2,000 is a drift to its PSI. A bin that is empty on one side gets the smallest double there is
# (2.2e-308) for its share, and the logarithm of the quotient is about 700 then: each value in such a bin adds 700 over the
# number of rows, 0.35 at 2,000, where 0.1 and 0.25 are the limits that everybody uses. The bins are of equal width between the
# least and the greatest value of both sides, so that the outermost are nearly always empty on one of them: of 100 pairs of
# samples of 2,000 of the SAME normal distribution 21 are above 0.2, of pairs of 500 it is 38, and none is suspicious (p
# below 0.01) to the Kolmogorov-Smirnov test of the same package. A sixth of a standard deviation of true shift, without
# an outlier, gives 0.06. The documented example prints 134.95 for a shift of one standard deviation; with 1e-4 for an empty
# bin, the usual stand-in, it is about 2. A monitor on this measure reports the one largest value. Exits non-zero when this
# is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile frouros==0.9.0 numpy==2.1.3 scipy==1.14.1
cat > check.py <<'EOF'
import sys
from importlib.metadata import version
import numpy
from frouros.detectors.data_drift import PSI, KSTest

print(", ".join(f"{name} {version(name)}" for name in ("frouros", "numpy", "scipy")))


def of_frouros(reference, rows):
    detector = PSI()
    detector.fit(X=reference)
    return float(detector.compare(X=rows)[0].distance)


def usual(reference, rows):
    """The same bins, an empty one with a share of 1e-4."""
    edges = numpy.histogram_bin_edges(numpy.concatenate([reference, rows]), 10)
    a, b = (numpy.histogram(side, edges)[0] / len(side) for side in (reference, rows))
    a, b = numpy.maximum(a, 1e-4), numpy.maximum(b, 1e-4)
    return float(((b - a) * numpy.log(b / a)).sum())


def suspicious(reference, rows):
    test = KSTest()
    test.fit(X=reference)
    return test.compare(X=rows)[0].p_value < 0.01


random = numpy.random.default_rng(0)
reference, rows = random.uniform(size=2000), random.uniform(size=2000)
kept = []
for name, values in (
    ("the same distribution", rows),
    ("one value of 2,000 is 2", numpy.append(rows[1:], 2.0)),
    ("five values are 2", numpy.append(rows[5:], [2.0] * 5)),
    ("all 0.05 higher, at most 1", numpy.minimum(rows + 0.05, 1.0)),
):
    print(f"{name:27}: {of_frouros(reference, values):.4f}, the usual way {usual(reference, values):.4f}")
    kept.append(of_frouros(reference, values))
seen = [kept[0] < 0.02, 0.3 < kept[1] < 0.4, 1.7 < kept[2] < 1.8, kept[3] < 0.1]
for size, least in ((500, 30), (2000, 15)):
    pairs = []
    for seed in range(100):
        random = numpy.random.default_rng(seed)
        pairs.append((random.normal(size=size), random.normal(size=size)))
    above = sum(of_frouros(*pair) > 0.2 for pair in pairs)
    others = sum(usual(*pair) > 0.2 for pair in pairs)
    tested = sum(suspicious(*pair) for pair in pairs)
    print(f"100 pairs of {size} of one distribution: {above} above 0.2, the usual way {others}, p below 0.01 in {tested}")
    seen += [above >= least, others == 0, tested == 0]
numpy.random.seed(31)  # the example of the documentation, with its 20 bins
X, Y = numpy.random.normal(0, 1, 100), numpy.random.normal(1, 1, 100)
detector = PSI(num_bins=20)
detector.fit(X=X)
print(f"the documented example: {detector.compare(X=Y)[0].distance:.2f}, with ten bins the usual way {usual(X, Y):.2f}")
sys.exit(not all(seen))
EOF
venv/bin/python check.py
