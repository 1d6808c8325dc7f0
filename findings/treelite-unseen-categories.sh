#!/usr/bin/env bash
# treelite 4.8.1: a category that was never seen goes another way than in scikit-learn 1.9.1. HistGradientBoosting* with
# categorical_features sends an unknown category where the missing values go (its user guide, "Categorical Features
# Support"), a direction that each split learned; treelite.sklearn.import_model keeps that direction for missing values and
# sends an unknown category where all go that are not on the split's list. Every row with a new id is scored otherwise then, by up
# to 0.4 here, and some change their class; known ids and gaps are right to the last bit, so that a comparison on the rows
# at hand passes. Where the column has gaps NumPy warns of a cast at the import; where it has none and the ids are few and
# large, nothing does and the scores differ likewise. Rule ids, event ids and hosts are such columns, and an id that the
# model does not know is what comes first after a release. LightGBM's categories are read right, unseen ones too. Exits
# non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile \
  treelite==4.8.1 scikit-learn==1.9.1 lightgbm==4.7.0 numpy==2.4.6
cat > check.py <<'EOF'
import sys
import warnings
from importlib.metadata import version
import lightgbm
import numpy
import treelite
from sklearn.ensemble import HistGradientBoostingClassifier

print(", ".join(f"{name} {version(name)}" for name in ("treelite", "scikit-learn", "lightgbm", "numpy")))
warnings.filterwarnings("ignore", "invalid value encountered in cast")  # the gaps, as said above
random = numpy.random.default_rng(0)
rule = random.integers(0, 12, 800)
X = numpy.c_[rule, random.normal(size=(800, 2))].astype(float)
y = (numpy.isin(rule, [1, 4, 7, 9]) ^ (X[:, 1] > 0)).astype(int)
X[::10, 0] = numpy.nan  # alerts without a rule
forest = HistGradientBoostingClassifier(max_iter=20, categorical_features=[0], random_state=0).fit(X, y)
light = lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1}, lightgbm.Dataset(X, y, categorical_feature=[0]), 20)
light.save_model("light.txt")


few = numpy.c_[numpy.array([3.0, 50.0, 120.0, 200.0])[rule % 4], X[:, 1:]]  # no gaps
plain = HistGradientBoostingClassifier(max_iter=20, categorical_features=[0], random_state=0).fit(few, y)


def with_rule(number):
    return numpy.c_[numpy.full(800, number), X[:, 1:]]


seen = []
for name, model, rows, differ in (
    ("the rows it learned", forest, X, False),
    ("all of rule 7", forest, with_rule(7.0), False),
    ("all without a rule", forest, with_rule(numpy.nan), False),
    ("all of rule 12, unseen", forest, with_rule(12.0), True),
    ("all of rule 40, unseen", forest, with_rule(40.0), True),
    ("few ids, no gaps", plain, few, False),
    ("all of id 60, unseen", plain, with_rule(60.0), True),
):
    right = model.predict_proba(rows)[:, 1]
    got = treelite.gtil.predict(treelite.sklearn.import_model(model), rows).reshape(800, -1)[:, -1]
    as_missing = model.predict_proba(with_rule(numpy.nan))[:, 1]
    off, other = abs(right - got), (right > 0.5) != (got > 0.5)
    print(f"{name:22}: differs by up to {off.max():.3f}, in {(off > 1e-9).sum()} of 800 rows, another class in {other.sum()}")
    seen.append((off.max() > 0.2 and other.any() and (right == as_missing).all()) if differ else off.max() < 1e-9)
for number in (7.0, 12.0, 40.0, numpy.nan):
    lights = treelite.gtil.predict(treelite.frontend.load_lightgbm_model("light.txt"), with_rule(number)).reshape(800)
    seen.append(abs(light.predict(with_rule(number)) - lights).max() < 1e-9)
print(f"LightGBM's forest, seen and unseen: right in {sum(map(bool, seen[-4:]))} of 4")
sys.exit(not all(seen))
EOF
venv/bin/python check.py
