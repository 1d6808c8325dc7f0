#!/usr/bin/env bash
# catboost 1.2.10: save_model(format="onnx") writes three kinds of model that answer otherwise than CatBoost, without a word.
# MultiClassOneVsAll gets a softmax where predict_proba takes a sigmoid for each class: several labels that hold at once
# (malware and exfiltration, 0.7 and 0.3) become shares of 1. Poisson and Tweedie, for counts, give the logarithm, where
# predict() gives the number. Two classes whose class_names are not in ascending order, such as [1, 0], get the label of the
# less probable one in every row, beside probabilities that are right. Logloss, MultiClass and RMSE agree to 1e-6, and in the first two
# cases the order of the rows or of the classes stays, so that AUC and accuracy show nothing while each limit on a
# probability or a count is another. The exporter does refuse what it knows that it cannot write (a scale, categorical
# columns). Read by onnxruntime 1.32.0. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile catboost==1.2.10 onnxruntime==1.32.0 numpy==2.4.6
cat > check.py <<'EOF'
import sys
from importlib.metadata import version
import numpy
import onnxruntime
from catboost import CatBoostClassifier, CatBoostRegressor

onnxruntime.set_default_logger_severity(3)
print(", ".join(f"{name} {version(name)}" for name in ("catboost", "onnxruntime", "numpy")))
random = numpy.random.default_rng(0)
X = random.normal(size=(600, 3)).astype(numpy.float32)
kinds = (X[:, 0] > 0.3).astype(int) + (X[:, 2] > 0)
plain = {"iterations": 20, "verbose": 0, "thread_count": 1, "allow_writing_files": False, "random_seed": 1}


def exported(model):
    model.save_model("model.onnx", format="onnx")
    return onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"]).run(None, {"features": X})


seen = []
for loss, y, names, proba, label in (
    ("Logloss", kinds > 0, None, False, False),
    ("Logloss", kinds > 0, [1, 0], False, True),
    ("MultiClass", kinds, None, False, False),
    ("MultiClassOneVsAll", kinds, None, True, False),
):
    model = CatBoostClassifier(loss_function=loss, class_names=names, **plain).fit(X, y.astype(int))
    labels, shares = exported(model)
    got = numpy.array([[row[int(name)] for name in model.classes_] for row in shares])
    off = abs(got - model.predict_proba(X)).max()
    others = int((labels.ravel() != model.predict(X).ravel()).sum())
    print(f"{loss}, class_names {names}: probabilities differ by up to {off:.3g}, labels in {others} of 600 rows")
    seen.append(off > 0.1 if proba else off < 1e-6)
    seen.append(others > 500 if label else others == 0)
    if proba:
        print(f"  first row: {model.predict_proba(X)[0].round(3)}, exported {got[0].round(3)}")
for loss, differs in (("RMSE", False), ("Poisson", True), ("Tweedie:variance_power=1.5", True)):
    model = CatBoostRegressor(loss_function=loss, **plain).fit(X, kinds * 3 + 1.0)
    got, right = exported(model)[0].ravel(), model.predict(X)
    print(f"{loss}: {right[:3].round(3)}, exported {got[:3].round(3)}")
    seen.append(abs(numpy.exp(got) - right).max() < 1e-5 and abs(got - right).max() > 1 if differs else abs(got - right).max() < 1e-5)
sys.exit(not all(seen))
EOF
venv/bin/python check.py
