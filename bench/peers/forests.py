"""Fits or scores one peer on the files of bench/tabular-data.ts, one thread, and prints seconds and quality as JSON.

Usage: python3 forests.py FOLDER N_TRAIN random-forest|boosting|random-forest-predict
       python3 forests.py FOLDER N_TRAIN xgboost|xgboost-classes|lightgbm|lightgbm-classes DEPTH ROUNDS

Written for scikit-learn 1.9, XGBoost 3.2 and LightGBM 4.7. XGBoost and LightGBM have the settings of our learners:
at least one row a leaf, the same penalty on leaves, and as many leaves as the depth allows; what they are slow at
once in a process is done before the clock starts.
"""

import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import sklearn
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.metrics import f1_score, r2_score

folder, n, what = sys.argv[1], int(sys.argv[2]), sys.argv[3]
depth, rounds = (int(text) for text in (sys.argv[4:6] or ("3", "100")))
X = np.fromfile(f"{folder}/X.f32", np.float32).reshape(-1, 28)
labels = np.fromfile(f"{folder}/labels.i32", np.int32)
targets = np.fromfile(f"{folder}/targets.f64", np.float64)
peer = f"scikit-learn {sklearn.__version__}"
is_classifier = what.startswith("random-forest") or what.endswith("-classes")
truth = labels if is_classifier else targets

if what.startswith("random-forest"):
    make = lambda: RandomForestClassifier(n_estimators=100, n_jobs=1, random_state=0)
elif what == "boosting":
    make = lambda: GradientBoostingRegressor(random_state=0)
elif what.startswith("xgboost"):
    import xgboost

    peer = f"XGBoost {xgboost.__version__} hist"
    kind = xgboost.XGBClassifier if is_classifier else xgboost.XGBRegressor
    make = lambda: kind(
        n_estimators=rounds,
        max_depth=depth,
        learning_rate=0.1,
        tree_method="hist",
        max_bin=255,
        reg_lambda=1 if is_classifier else 0,
        min_child_weight=0,
        n_jobs=1,
    )
elif what.startswith("lightgbm"):
    import lightgbm

    peer = f"LightGBM {lightgbm.__version__}"
    kind = lightgbm.LGBMClassifier if is_classifier else lightgbm.LGBMRegressor
    make = lambda: kind(
        n_estimators=rounds,
        max_depth=depth,
        num_leaves=2**depth,
        learning_rate=0.1,
        max_bin=255,
        reg_lambda=1 if is_classifier else 0,
        min_child_samples=1,
        n_jobs=1,
        verbose=-1,
    )
else:
    sys.exit(f"Expected a peer, got {what}.")

if peer.startswith(("XGBoost", "LightGBM")):
    make().set_params(n_estimators=5).fit(X[:2000], truth[:2000])
model = make()
start, cpu_start = time.perf_counter(), time.process_time()
model.fit(X[:n], truth[:n])
seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
predicted = model.predict(X[n:])
if what == "random-forest-predict":
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        model.predict_proba(X[n:])
        seconds.append(time.perf_counter() - start)
    seconds = sorted(seconds)[2]
if is_classifier:
    quality = f1_score(labels[n:], predicted, average="macro")
else:
    quality = r2_score(targets[n:], predicted)
print(json.dumps({"peer": peer, "seconds": seconds, "cpuSeconds": cpu_seconds, "quality": quality}))
