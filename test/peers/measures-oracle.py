"""Our measures beside the libraries that define them, on seeded inputs: ties, missing values, one class, one row,
constant columns.

    npm run test:peers

Installs the packages below from PyPI into a temporary folder (PEERS_VENV names one to keep). Every difference that
docs/evaluation.md does not state fails; every input that a library cannot answer is counted by name. Without PyPI it
says so and ends with 2.
"""

import collections
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = [
    "scikit-learn==1.9.1",
    "scipy==1.17.1",
    "xgboost-cpu==3.2.0",
    "shap==0.51.0",
    "mapie==1.6.0",
    "evidently==0.7.23",
    # evidently 0.7.23 does not import with pandas 3
    "pandas<3",
]
N = 200


class Skip(Exception):
    """The library has no answer here; the text says why."""


def install(folder):
    if not (folder / "bin" / "python").exists():
        made = subprocess.run([sys.executable, "-m", "venv", folder])
        if made.returncode != 0:
            print("cannot make a virtual environment: nothing was checked", file=sys.stderr)
            return False
    pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
    if subprocess.run(pip).returncode != 0:
        print("PyPI was not reached: nothing was checked", file=sys.stderr)
        return False
    return True


def close(ours, theirs, within=1e-9):
    """Equal numbers, lists or dictionaries of numbers; NaN equals NaN, and null is NaN."""
    if isinstance(theirs, dict):
        return all(close(ours[key], value, within) for key, value in theirs.items())
    if isinstance(theirs, (list, tuple)):
        return len(ours) == len(theirs) and all(close(a, b, within) for a, b in zip(ours, theirs))
    if isinstance(theirs, bool):
        return ours == theirs
    ours = math.nan if ours is None else ours
    if math.isnan(ours) or math.isnan(theirs):
        return math.isnan(ours) and math.isnan(theirs)
    return abs(ours - theirs) <= within * max(1, abs(theirs))


def cases():
    """(check, given, what the library says or a Skip, tolerance)"""
    import numpy as np
    import pandas as pd
    import scipy.spatial.distance
    import shap
    import sklearn.metrics as skm
    import xgboost
    from evidently.legacy.calculations.stattests import psi_stat_test
    from evidently.legacy.core import ColumnType
    from mapie.classification import SplitConformalClassifier
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.calibration import calibration_curve
    from sklearn.ensemble import IsolationForest
    from sklearn.isotonic import IsotonicRegression
    from sklearn.preprocessing import TargetEncoder

    def floats(values):
        return [float(value) for value in np.asarray(values, dtype=float).ravel()]

    def nulls(values):
        return [None if math.isnan(value) else float(value) for value in np.asarray(values, dtype=float).ravel()]

    class Stated(ClassifierMixin, BaseEstimator):
        """Says the probability of class 0 that it is given as its input."""

        def fit(self, X, y):
            self.classes_ = np.array([0, 1])
            self.n_features_in_ = 1
            self.is_fitted_ = True
            return self

        def predict_proba(self, X):
            X = np.asarray(X, dtype=float)
            return np.column_stack([X[:, 0], 1 - X[:, 0]])

        def predict(self, X):
            return (np.asarray(X)[:, 0] < 0.5).astype(int)

    for seed in range(N):
        rng = np.random.default_rng(seed)
        n = 1 if seed % 40 == 7 else int(rng.integers(2, 60))
        one_class = seed % 20 == 3
        y = np.full(n, seed % 2) if one_class else rng.integers(0, 2, n)
        p = np.round(rng.random(n), 1) if seed % 2 else rng.random(n)

        yield "roc_auc", {"y": y.tolist(), "p": floats(p)}, lambda: (
            math.nan if len(set(y)) < 2 else float(skm.roc_auc_score(y, p))
        ), 1e-9
        yield "average_precision", {"y": y.tolist(), "p": floats(p)}, lambda: float(skm.average_precision_score(y, p)), 1e-9
        table = rng.random((n, 3))
        # Half of the tables are no distributions: rows are taken as stated.
        if seed % 2:
            table /= table.sum(axis=1, keepdims=True)
        y3 = rng.integers(0, 3, n)
        yield "log_loss", {"y": y3.tolist(), "table": table.tolist()}, lambda: float(
            skm.log_loss(y3, table, labels=[0, 1, 2])
        ), 1e-9
        even = table / table.sum(axis=1, keepdims=True)
        yield "brier", {"y": y3.tolist(), "table": even.tolist()}, lambda: float(
            skm.brier_score_loss(y3, even, labels=[0, 1, 2])
        ), 1e-9
        said = rng.integers(0, 3, n) if not one_class else y3
        yield "macro_f1", {"y": y3.tolist(), "said": said.tolist()}, lambda: float(
            skm.f1_score(y3, said, average="macro", zero_division=0)
        ), 1e-9
        yield "cohen_kappa", {"y": y3.tolist(), "said": said.tolist()}, lambda: float(skm.cohen_kappa_score(y3, said)), 1e-9
        yield "matthews", {"y": y3.tolist(), "said": said.tolist()}, lambda: float(skm.matthews_corrcoef(y3, said)), 1e-9
        target = np.full(n, 2.0) if seed % 25 == 4 else rng.normal(size=n)
        guess = target.copy() if seed % 50 == 4 else rng.normal(size=n)

        def r2():
            if n < 2:
                raise Skip("R2 of one row is undefined there")
            return float(skm.r2_score(target, guess))

        yield "r2", {"y": floats(target), "p": floats(guess)}, r2, 1e-9

        bins = int(rng.choice([2, 5, 10, 15]))

        def ece():
            if np.any(np.isclose(p * bins, np.round(p * bins))):
                raise Skip("a value on an edge: the bin below there, the one above here")
            share, stated = calibration_curve(y, p, n_bins=bins)
            counts = np.histogram(p, bins=np.linspace(0, 1, bins + 1))[0]
            counts = counts[counts > 0]
            return float(np.sum(counts * np.abs(share - stated)) / n)

        yield "calibration_error", {"y": y.tolist(), "p": floats(p), "bins": bins}, ece, 1e-9

        x = np.round(rng.random(n), 1)
        at = rng.random(20)

        def isotonic():
            fitted = IsotonicRegression(out_of_bounds="clip").fit(x, y)
            return floats(fitted.predict(at))

        yield "isotonic", {"x": floats(x), "y": floats(y), "at": floats(at)}, isotonic, 1e-6

        # Where every row is the same, or there is one, nothing can be told.
        flat = np.repeat(rng.normal(size=(1, 3)), n, axis=0).astype(np.float32)
        asked = rng.normal(size=(4, 3)).astype(np.float32)

        def isolation():
            forest = IsolationForest(n_estimators=20, random_state=seed).fit(flat)
            return floats(-forest.score_samples(asked))

        yield "isolation_flat", {"rows": flat.tolist(), "asked": asked.tolist()}, isolation, 1e-6

        keys = rng.integers(0, 6, n)
        labels = rng.integers(0, 4, n)
        overall = [(int(np.sum(labels == c)) + 1) / (n + 4) for c in range(4)]
        counts = [[int(np.sum((keys == key) & (labels == c))) for c in range(4)] for key in range(6)]

        def encoded():
            if n < 2:
                raise Skip("one row cannot be encoded there")
            shares = []
            for c in range(4):
                is_class = (labels == c).astype(float)
                encoder = TargetEncoder(smooth=2, target_type="continuous").fit(keys.reshape(-1, 1), is_class)
                found = dict(zip(encoder.categories_[0].tolist(), encoder.encodings_[0].tolist()))
                # Ours starts from shares raised by an alert a class: the prior's weight is 2 either way.
                moved = 2 * (overall[c] - float(np.mean(is_class)))
                shares.append(
                    [
                        overall[c] if key not in found else found[key] + moved / (sum(counts[key]) + 2)
                        for key in range(6)
                    ]
                )
            return [[shares[c][key] for c in range(4)] for key in range(6)]

        yield "target_encoding", {"counts": counts, "overall": overall}, encoded, 1e-6

        # Trees: values on cuts, missing values, constant columns.
        rows = np.round(rng.normal(size=(60, 4)), 1).astype(np.float32)
        rows[:, 3] = 1
        rows[rng.random(rows.shape) < 0.15] = np.nan
        goal = np.nansum(rows[:, :2], axis=1) + rng.normal(size=60) / 10
        booster = xgboost.train(
            {"max_depth": 3, "eta": 0.5, "base_score": 0.0, "nthread": 1, "seed": seed},
            xgboost.DMatrix(rows, goal),
            num_boost_round=4,
        )
        trees = []
        for text in booster.get_dump(dump_format="json", with_stats=True):
            nodes = []

            def walk(node):
                place = len(nodes)
                nodes.append(None)
                if "leaf" in node:
                    nodes[place] = (0, 0.0, -1, -1, node["leaf"], node["cover"], 0)
                    return place
                children = {child["nodeid"]: child for child in node["children"]}
                left, right = walk(children[node["yes"]]), walk(children[node["no"]])
                is_left = int(node["missing"] == node["yes"])
                column = int(node["split"][1:])
                nodes[place] = (column, float(np.float32(node["split_condition"])), left, right, 0.0, node["cover"], is_left)
                return place

            walk(json.loads(text))
            names = ["feature", "threshold", "left", "right", "value", "cover", "missingLeft"]
            trees.append({name: [node[k] for node in nodes] for k, name in enumerate(names)})
        asked_rows = np.vstack([rows[:10], np.full((1, 4), np.nan, dtype=np.float32)])

        def margins():
            matrix = xgboost.DMatrix(asked_rows)
            own = booster.predict(matrix, pred_contribs=True)[:, :4]
            return {"margins": floats(booster.predict(matrix, output_margin=True)), "contributions": floats(own)}

        yield "trees", {"trees": trees, "rows": [nulls(row) for row in asked_rows]}, margins, 2e-4

        def shapley():
            return {"contributions": floats(shap.TreeExplainer(booster).shap_values(asked_rows))}

        yield "trees (shap)", {"trees": trees, "rows": [nulls(row) for row in asked_rows]}, shapley, 2e-4

        # Drift: few values, some missing; evidently's floor and its own bins are stated differences.
        values = int(rng.integers(1, 12))
        before = rng.choice(values, 400, p=rng.dirichlet(np.full(values, 5.0))).astype(float)
        now = rng.choice(values, 400, p=rng.dirichlet(np.full(values, 5.0))).astype(float)
        if seed % 10 == 9:
            now[:40] = np.nan

        def drift():
            if np.isnan(now).any():
                raise Skip("evidently raises on missing values")
            both = set(before) & set(now)
            if both != set(before) | set(now):
                raise Skip("an empty bin: a share of 0.0001 there, 0.001 here")
            found = psi_stat_test.func(pd.Series(before), pd.Series(now), ColumnType.Numerical, 0.1)
            return {"psi": float(found[0])}

        yield "psi", {"before": nulls(before), "now": nulls(now)}, drift, 1e-6

        def distance():
            seen = sorted(set(before[~np.isnan(before)]) | set(now[~np.isnan(now)]))
            share = lambda side: [np.mean(side == value) for value in seen] + [np.mean(np.isnan(side))]
            return {"jsDistance": float(scipy.spatial.distance.jensenshannon(share(before), share(now), base=2))}

        yield "psi (Jensen-Shannon)", {"before": nulls(before), "now": nulls(now)}, distance, 1e-7

        # Conformal: the scores of one class, ties included.
        calibration = np.round(rng.random(n), 2 if seed % 2 else 6)
        queries = rng.random(15)

        def conformal():
            if n < 10:
                raise Skip("fewer than 1 / alpha rows: an error there, `uncovered` here")
            model = SplitConformalClassifier(
                Stated().fit(None, None), confidence_level=0.9, conformity_score="lac", prefit=True
            )
            model.conformalize(calibration.reshape(-1, 1), np.zeros(n, dtype=int))
            _, sets = model.predict_set(queries.reshape(-1, 1))
            return {"covered": True, "inSet": [bool(one) for one in sets[:, 0, 0]]}

        yield "conformal", {"own": floats(calibration), "asked": floats(queries), "alpha": 0.1}, conformal, 0


def main():
    if len(sys.argv) < 2:
        kept = os.environ.get("PEERS_VENV")
        with tempfile.TemporaryDirectory() as made:
            folder = pathlib.Path(kept or made)
            if not install(folder):
                return 2
            return subprocess.run([folder / "bin" / "python", __file__, "--installed"]).returncode

    warnings.filterwarnings("ignore")
    asked, said, skipped = [], [], collections.Counter()
    for check, given, answer, within in cases():
        try:
            theirs = answer()
        except Skip as reason:
            skipped[check, str(reason)] += 1
            continue
        asked.append({"check": check.split(" ")[0], "given": given})
        said.append((check, theirs, within))

    own = ROOT / "node_modules" / "node" / "bin" / "node"
    with tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder) / "cases.json", pathlib.Path(folder) / "answers.json"]
        files[0].write_text(json.dumps(asked))
        node = [own if own.exists() else "node", ROOT / "test" / "peers" / "measures-ours.ts", *files]
        subprocess.run(node, check=True, cwd=ROOT)
        ours = json.loads(files[1].read_text())

    agreed, differ = collections.Counter(), collections.defaultdict(list)
    for number, ((check, theirs, within), answer) in enumerate(zip(said, ours)):
        if close(answer, theirs, within):
            agreed[check] += 1
        else:
            differ[check].append((number, answer, theirs))
    for check in sorted({check for check, _, _ in said}):
        print(f"{check}: {agreed[check]} agree, {len(differ[check])} differ")
        for (name, reason), count in sorted(skipped.items()):
            if name == check:
                print(f"  skipped {count}: {reason}")
        for number, answer, theirs in differ[check][:3]:
            print(f"  case {number}: ours {json.dumps(answer)[:300]}, theirs {json.dumps(theirs)[:300]}")
    print(f"{sum(agreed.values())} agree, {sum(map(len, differ.values()))} differ, {sum(skipped.values())} skipped")
    return 1 if any(differ.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
