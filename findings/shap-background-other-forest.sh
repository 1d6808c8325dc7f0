#!/usr/bin/env bash
# shap 0.51.0: TreeExplainer with background data explains another model than the one it was given where the forest is
# LightGBM's with linear_tree (4.7.0) or XGBoost's with booster=dart (3.2.0). Without background data shap hands the work to
# the library: XGBoost's sums are right and LightGBM refuses ("not implemented for linear trees"). With it, the usual way to
# explain against normal traffic and the way around that refusal, shap reads the trees itself, leaves out the linear terms
# of the leaves and the weights that dart gives its trees, and says nothing: check_additivity, on by default, compares with
# shap's own copy of the trees and not with the model, and so passes. Shares of a score thus add up to a number that the
# detector never gave. A plain forest of either library is right to 1e-5. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile \
  shap==0.51.0 lightgbm==4.7.0 xgboost-cpu==3.2.0 numpy==2.4.6 scikit-learn==1.9.1 pandas==3.1.1
cat > check.py <<'EOF'
import sys
from importlib.metadata import version
import lightgbm
import numpy
import shap
import xgboost

print(", ".join(f"{name} {version(name)}" for name in ("shap", "lightgbm", "xgboost-cpu", "numpy")))
rng = numpy.random.default_rng(7)
X = rng.normal(size=(500, 4))
risk = 3 * X[:, 0] + numpy.where(X[:, 1] > 0, X[:, 2], -X[:, 3])


def light(**options):
    data = lightgbm.Dataset(X, risk, params={"verbose": -1, **options})
    model = lightgbm.train({"objective": "regression", "verbose": -1, "num_leaves": 8, "num_threads": 1, "seed": 1, **options}, data, 20)
    return model, model.predict(X)


def boosted(**options):
    model = xgboost.train({"objective": "binary:logistic", "max_depth": 3, "nthread": 1, "seed": 1, **options}, xgboost.DMatrix(X, risk > 0), 20)
    return model, model.predict(xgboost.DMatrix(X), output_margin=True)


def gap(model, answers, **background):
    explainer = shap.TreeExplainer(model, **background)
    shares = explainer.shap_values(X, check_additivity=True)
    return float(numpy.abs(shares.sum(axis=1) + explainer.expected_value - answers).max())


forests = {
    "LightGBM": light(), "LightGBM linear_tree": light(linear_tree=True),
    "XGBoost": boosted(), "XGBoost dart": boosted(booster="dart", rate_drop=0.5),
}
seen = []
for name, (model, answers) in forests.items():
    wrong = gap(model, answers, data=X[:100])
    try:
        alone = f"{gap(model, answers):.6f}"
    except lightgbm.basic.LightGBMError as error:
        alone = f"refused ({error})"
    print(f"{name:20}  scores {answers.min():.2f} to {answers.max():.2f}; shares + base - score, at most: {wrong:.6f} with background, {alone} without")
    special = name.endswith(("linear_tree", "dart"))
    seen.append(wrong > 1 if special else wrong < 1e-4)
    seen.append(alone.startswith("refused") == name.endswith("linear_tree"))
    seen.append(alone.startswith("refused") or float(alone) < 1e-4)
sys.exit(not all(seen))
EOF
OMP_NUM_THREADS=1 venv/bin/python check.py 2>/dev/null
