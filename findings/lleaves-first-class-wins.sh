#!/usr/bin/env bash
# lleaves 1.3.0, the compiler for LightGBM's forests: a random forest (boosting=rf) of several classes favours its first class.
# LightGBM 4.7.0 takes the softmax of each class's mean over its trees; lleaves divides the first class's sum by the number
# of all trees, those of every class, and leaves the sums of the others as they are. The sums are mostly negative (logarithms
# of shares), so that the first class stands near 0 and the others far below: with 20 trees class 0 is first for 68 % of the
# rows instead of 37 %, and 1,381 of 1,500 rows are surer than 0.9 instead of 119. Two classes agree to the last bit, as do
# boosted trees of several classes; the README calls the package a drop-in replacement, and nothing warns. Where class 0 is
# "false positive", that is what the alerts become. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile lleaves==1.3.0 lightgbm==4.7.0 llvmlite==0.44.0 numpy==2.4.6 pandas==3.1.1
cat > check.py <<'EOF'
import sys
from importlib.metadata import version
import lightgbm
import lleaves
import numpy

print(", ".join(f"{name} {version(name)}" for name in ("lleaves", "lightgbm", "llvmlite", "numpy")))
random = numpy.random.default_rng(7)
X = random.normal(size=(1500, 4))
grade = numpy.digitize(2 * X[:, 0] + X[:, 1] ** 2 + random.normal(size=1500), [0, 2])
rf = {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.7}
plain = {"verbose": -1, "num_threads": 1, "deterministic": True, "seed": 1}

off = {}
for name, params, y in (
    ("forest, three classes", rf | {"objective": "multiclass", "num_class": 3}, grade),
    ("forest, two classes", rf | {"objective": "binary"}, grade > 1),
    ("boosted, three classes", {"objective": "multiclass", "num_class": 3}, grade),
):
    lightgbm.train(plain | params, lightgbm.Dataset(X, y), 20).save_model("model.txt")
    theirs = lightgbm.Booster(model_file="model.txt")
    compiled = lleaves.Model("model.txt")
    compiled.compile()
    right, got = theirs.predict(X), compiled.predict(X, n_jobs=1)
    off[name] = abs(right - got).max()
    print(f"{name}: greatest difference {off[name]:.3g}; above 0.9: {(right > 0.9).sum()} in LightGBM, {(got > 0.9).sum()} in lleaves")
    if name == "forest, three classes":
        compiled = lleaves.Model("model.txt")
        compiled.compile(raw_score=True)
        ratio = (theirs.predict(X, raw_score=True) / compiled.predict(X, n_jobs=1)).round(9)
        first = [float((table.argmax(axis=1) == 0).mean().round(3)) for table in (right, got)]
        print(f"sums are divided by {ratio.min(axis=0)} to {ratio.max(axis=0)}; class 0 is first for {first[0]} of the rows, then for {first[1]}")
        kept = (ratio == [60, 1, 1]).all() and first[1] > first[0] + 0.2
sys.exit(not (off["forest, three classes"] > 0.5 and off["forest, two classes"] < 1e-12 and off["boosted, three classes"] < 1e-12 and kept))
EOF
venv/bin/python check.py
