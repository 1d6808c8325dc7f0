"""Fits or scores one peer on the files of bench/tabular-data.ts, one thread, and prints seconds and quality as JSON.

Usage: python3 forests.py FOLDER N_TRAIN random-forest|boosting|xgboost|random-forest-predict
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
X = np.fromfile(f"{folder}/X.f32", np.float32).reshape(-1, 28)
labels = np.fromfile(f"{folder}/labels.i32", np.int32)
targets = np.fromfile(f"{folder}/targets.f64", np.float64)
peer = f"scikit-learn {sklearn.__version__}"

if what.startswith("random-forest"):
    model = RandomForestClassifier(n_estimators=100, n_jobs=1, random_state=0)
    truth = labels
elif what == "boosting":
    model = GradientBoostingRegressor(random_state=0)
    truth = targets
else:
    import xgboost

    peer = f"XGBoost {xgboost.__version__} hist"
    model = xgboost.XGBRegressor(n_estimators=100, max_depth=3, learning_rate=0.1, tree_method="hist", n_jobs=1)
    truth = targets

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
if what.startswith("random-forest"):
    quality = f1_score(labels[n:], predicted, average="macro")
else:
    quality = r2_score(targets[n:], predicted)
print(json.dumps({"peer": peer, "seconds": seconds, "cpuSeconds": cpu_seconds, "quality": quality}))
