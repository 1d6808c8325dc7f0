"""Trains an XGBoost model and writes trees, rows and pred_contribs as one line of JSON; then, for every line on
standard input, times pred_contribs once, on one thread, and writes the seconds of CPU and by the clock, per row.

Usage: python3 xgboost-contribs.py DEPTH N_TREES N_ROWS boosting|forest
"""

import json
import sys
import time

import numpy as np
import xgboost as xgb

depth, n_trees, n_rows, kind = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
rng = np.random.default_rng(7)
X = rng.normal(size=(10_000, 28)).astype(np.float32)
X[rng.random(X.shape) < 0.02] = np.nan
known = np.nan_to_num(X)
y = known[:, 0] * known[:, 1] + 2 * known[:, 2] + np.sin(known[:, 3]) + rng.normal(size=len(X)) * 0.3
params = {"max_depth": depth, "nthread": 1, "tree_method": "hist", "seed": 7, "eta": 0.1}
n_rounds = n_trees
if kind == "forest":
    params |= {"num_parallel_tree": n_trees, "subsample": 0.63, "colsample_bynode": 0.2, "eta": 1.0}
    n_rounds = 1
booster = xgb.train(params, xgb.DMatrix(X, y, nthread=1), n_rounds)

rows = X[:n_rows]
matrix = xgb.DMatrix(rows, nthread=1)
contribs = booster.predict(matrix, pred_contribs=True)


def arrays(root):
    tree = {key: [] for key in ("feature", "threshold", "left", "right", "value", "cover", "missingLeft")}

    def visit(node):
        index = len(tree["feature"])
        is_leaf = "leaf" in node
        tree["feature"].append(-1 if is_leaf else int(node["split"][1:]))
        tree["threshold"].append(0.0 if is_leaf else float(np.float32(node["split_condition"])))
        tree["value"].append(node["leaf"] if is_leaf else 0.0)
        tree["cover"].append(node["cover"])
        tree["left"].append(-1)
        tree["right"].append(-1)
        tree["missingLeft"].append(0 if is_leaf else int(node["missing"] == node["yes"]))
        if not is_leaf:
            children = {child["nodeid"]: child for child in node["children"]}
            tree["left"][index] = visit(children[node["yes"]])
            tree["right"][index] = visit(children[node["no"]])
        return index

    visit(root)
    return tree


header = json.dumps(
    {
        "peer": f"XGBoost {xgb.__version__}",
        "n_features": 28,
        "trees": [arrays(json.loads(dump)) for dump in booster.get_dump(dump_format="json", with_stats=True)],
        "X": [[None if np.isnan(v) else float(v) for v in row] for row in rows],
        "contribs": [[float(v) for v in row] for row in contribs],
    }
)
print(header, flush=True)
for _ in sys.stdin:
    cpu, start = time.process_time(), time.perf_counter()
    booster.predict(matrix, pred_contribs=True)
    wall = time.perf_counter() - start
    print(json.dumps([(time.process_time() - cpu) / n_rows, wall / n_rows]), flush=True)
