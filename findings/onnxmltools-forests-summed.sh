#!/usr/bin/env bash
# onnxmltools 1.16.0 converts three kinds of forest to ONNX without a word and wrong. LightGBM 4.7.0 with boosting=rf: the
# trees are summed where LightGBM averages them (its model file says average_output). LightGBM with reg_sqrt: the score is
# not squared (objective=regression sqrt in the file). XGBoost 3.2.0, several classes, num_parallel_tree above 1: whole
# trees go to the wrong class, for XGBoost keeps the trees of a class of a round side by side (tree_info in its JSON).
# treelite 4.8.1 reads the same three files right. Plain boosting is right in all. A detector that is exported so keeps its
# ranking in the first two cases, so that AUC shows nothing, while its thresholds and probabilities are lost. Exits
# non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile onnxmltools==1.16.0 skl2onnx==1.20.0 \
  onnx==1.23.2 onnxruntime==1.32.0 lightgbm==4.7.0 xgboost-cpu==3.2.0 scikit-learn==1.9.1 treelite==4.8.1 numpy==2.4.6
cat > check.py <<'EOF'
import sys
import warnings
import lightgbm
import numpy as np
import onnxmltools
import onnxruntime
import treelite
import xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

warnings.filterwarnings("ignore")
print(f"onnxmltools {onnxmltools.__version__}, lightgbm {lightgbm.__version__}, xgboost {xgboost.__version__}, treelite {treelite.__version__}")
rng = np.random.default_rng(1)
X = rng.normal(size=(300, 3)).astype(np.float32)
y = np.exp(X[:, 0]) * 10
types = [("X", FloatTensorType([None, 3]))]


def through_onnx(model):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"X": X})[-1])


def with_lightgbm(**params):
    booster = lightgbm.train({"objective": "regression", "verbose": -1, "num_threads": 1, **params}, lightgbm.Dataset(X, y), 6)
    booster.save_model("model.txt")
    onnx = through_onnx(onnxmltools.convert_lightgbm(booster, initial_types=types, target_opset=15))
    return booster.predict(X), onnx, treelite.gtil.predict(treelite.frontend.load_lightgbm_model("model.txt"), X)


def with_xgboost(**params):
    kind = np.digitize(X[:, 0] + X[:, 1], [-1, 1])
    model = xgboost.XGBClassifier(n_estimators=4, max_depth=3, n_jobs=1, random_state=0, subsample=0.6, **params).fit(X, kind)
    model.save_model("model.json")
    onnx = through_onnx(onnxmltools.convert_xgboost(model, initial_types=types, target_opset=15))
    return model.predict_proba(X), onnx, treelite.gtil.predict(treelite.frontend.load_xgboost_model("model.json", format_choice="use_suffix"), X)


seen = []
for name, made in (
    ("lightgbm gbdt", lambda: with_lightgbm()),
    ("lightgbm rf, 6 trees", lambda: with_lightgbm(boosting="rf", bagging_freq=1, bagging_fraction=0.5)),
    ("lightgbm reg_sqrt", lambda: with_lightgbm(reg_sqrt=True)),
    ("xgboost 3 classes", lambda: with_xgboost()),
    ("xgboost 3 classes, 2 parallel", lambda: with_xgboost(num_parallel_tree=2)),
):
    own, onnx, tl = (np.asarray(part, float).reshape(len(X), -1) for part in made())
    wrong, fine = np.abs(onnx - own).max(), np.abs(tl - own).max() < 1e-5
    seen.append(bool(wrong > 0.1 and fine))
    print(f"{name:30} first row: itself {own[0].round(3).tolist()}  ONNX {onnx[0].round(3).tolist()}  treelite {tl[0].round(3).tolist()}")
sys.exit(seen != [False, True, True, False, True])
EOF
venv/bin/python check.py
