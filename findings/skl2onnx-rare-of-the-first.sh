#!/usr/bin/env bash
# skl2onnx 1.20.0, OrdinalEncoder with min_frequency or max_categories: where the columns come as one matrix, each column is
# encoded by the rare values of the first one. The converter takes the grouping of rare values by the number of the input
# and not of the column, and a matrix is one input. So a frequent port of the second column gets the code of the rare ones,
# a rare one a code of its own, and nothing is said while the columns have as many values each; where they have not, the
# file is written all the same and ONNX Runtime refuses it. One column alone, or an input per column as from a data frame,
# is right. The trees behind the encoder decide by other values than those that they learned. Exits non-zero when this is no
# longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile \
  skl2onnx==1.20.0 onnx==1.23.2 onnxruntime==1.32.0 scikit-learn==1.9.1 numpy==2.4.6
cat > check.py <<'EOF'
import sys
import warnings
from importlib.metadata import version
import numpy
import onnxruntime
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

warnings.filterwarnings("ignore")
print(", ".join(f"{name} {version(name)}" for name in ("skl2onnx", "onnxruntime", "scikit-learn")))
rng = numpy.random.default_rng(7)
level = rng.choice([1, 2, 3, 4], p=[0.46, 0.03, 0.48, 0.03], size=1000)
port = rng.choice([22, 53, 443, 3389], p=[0.03, 0.47, 0.03, 0.47], size=1000)
X = numpy.column_stack([level, port]).astype(numpy.float32)
attack = (port == 3389).astype(int)
rows = numpy.array([[1, 22], [2, 53], [3, 443], [4, 3389]], dtype=numpy.float32)


def answers(model, **inputs):
    kinds = [(name, FloatTensorType([None, value.shape[1]])) for name, value in inputs.items()]
    session = onnxruntime.InferenceSession(to_onnx(model, initial_types=kinds).SerializeToString())
    return session.run(None, inputs)[0]


seen = []
for options in ({"min_frequency": 100}, {"max_categories": 3}, {}):
    encoder = OrdinalEncoder(**options).fit(X)
    meant, matrix = encoder.transform(rows), answers(encoder, X=rows)
    split = answers(encoder, level=rows[:, :1], port=rows[:, 1:])
    print(f"{options or 'no grouping'}: ports {rows[:, 1].astype(int).tolist()} are {meant[:, 1].astype(int).tolist()}, "
          f"as a matrix {matrix[:, 1].astype(int).tolist()}, as two inputs {split[:, 1].astype(int).tolist()}")
    seen += [(meant == split).all(), (meant == matrix).all() == (not options), (meant[:, 0] == matrix[:, 0]).all()]
model = make_pipeline(OrdinalEncoder(min_frequency=100), RandomForestClassifier(20, random_state=0, n_jobs=1)).fit(X, attack)
wrong = float((model.predict(X) != answers(model, X=X)).mean())
print(f"forest behind it: right by scikit-learn {model.score(X, attack):.3f}, label other in ONNX for {wrong:.3f} of the rows")
sys.exit(not (all(seen) and wrong > 0.2))
EOF
venv/bin/python check.py
