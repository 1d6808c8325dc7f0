#!/usr/bin/env bash
# skl2onnx 1.20.0: CalibratedClassifierCV with method="isotonic" becomes a staircase in ONNX. scikit-learn 1.9.1 joins the knots
# of the isotonic curve by straight lines; the exported model takes the value of the nearest knot. Where calibration scores
# lie close together the two differ by hundredths; between two groups of scores, as a confident classifier leaves them, by
# tenths: halfway, where scikit-learn says 0.46, the export says 0.12 and a little further 0.87. On the calibration rows
# themselves, which are the knots, the difference is 0 and sigmoid is exact, so that the test that comes to mind passes. The
# conversion says nothing, and a threshold that was chosen on scikit-learn's probabilities means another one
# behind the exported model. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile skl2onnx==1.20.0 scikit-learn==1.9.1 onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
cat > check.py <<'EOF'
import sys
from importlib.metadata import version
import numpy
import onnxruntime
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from skl2onnx import to_onnx

print(", ".join(f"{name} {version(name)}" for name in ("skl2onnx", "scikit-learn", "onnxruntime")))
random = numpy.random.default_rng(3)
# scores in two groups: below -1 mostly class 0, above 1 mostly class 1
X = numpy.concatenate([random.uniform(-3, -1, 300), random.uniform(1, 3, 300)]).astype(numpy.float32)[:, None]
y = (random.random(600) < numpy.where(X[:, 0] > 0, 0.9, 0.1)).astype(int)
between = numpy.linspace(-1, 1, 9, dtype=numpy.float32)[:, None]
off = {}
for method in ("isotonic", "sigmoid"):
    model = CalibratedClassifierCV(LogisticRegression(), method=method, cv=3, ensemble=False).fit(X, y)
    session = onnxruntime.InferenceSession(to_onnx(model, X[:1], options={"zipmap": False}).SerializeToString(), providers=["CPUExecutionProvider"])
    theirs = {name: model.predict_proba(rows)[:, 1] for name, rows in (("between", between), ("calibration", X))}
    ours = {name: session.run(None, {"X": rows})[1][:, 1] for name, rows in (("between", between), ("calibration", X))}
    off[method] = [float(abs(theirs[name] - ours[name]).max()) for name in ("between", "calibration")]
    print(f"{method:9} greatest difference {off[method][0]:.3f} between the groups, {off[method][1]:.2g} on the calibration rows")
    if method == "isotonic":
        print("scikit-learn", theirs["between"].round(3).tolist())
        print("ONNX        ", [round(float(share), 3) for share in ours["between"]])
        kinds = [len(set(shares["between"].round(5).tolist())) for shares in (ours, theirs)]
sys.exit(not (off["isotonic"][0] > 0.15 and off["isotonic"][1] < 1e-6 and off["sigmoid"][0] < 1e-4 and kinds[0] < kinds[1]))
EOF
venv/bin/python check.py
