#!/usr/bin/env bash
# onnxruntime 1.32.0 (and 1.20.1, 1.25.1, 1.30.0): a TreeEnsembleClassifier of two classes whose weights name both classes
# answers class 1 as soon as class 1 has any score: [0.667, 0.333] is labelled 1. Where leaves name their own class only,
# a row that every tree gives to class 0 is labelled 1 too and gets the scores [-1, 1] instead of [1, 0]. The operator's
# text (ai.onnx.ml 3, TreeEnsembleClassifier) lets each weight name its class by class_ids and makes Y the class of the top
# score; onnx 1.23.2's reference does so, and onnxruntime itself with a third class that no leaf names. skl2onnx escapes by
# naming one class only, a convention that the text does not hold. A forest of benign and malicious that is exported by
# the text calls nearly everything malicious, while its scores, if looked at alone, seem right. Exits non-zero when this is
# no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
cat > check.py <<'EOF'
import sys
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

print(f"onnxruntime {onnxruntime.__version__}, onnx {onnx.__version__}")


def forest(classes, zeros):
    """Three stumps: x0 <= i is class 0, above it class 1; each leaf weighs 1/3, with `zeros` also 0 for class 0 or 1."""
    nodes, leaves = range(3), []
    for tree in nodes:
        for leaf, own in ((1, 0), (2, 1)):
            leaves.append((tree, leaf, own, 1 / 3))
            if zeros:
                leaves.append((tree, leaf, 1 - own, 0.0))
    trees, ids, owners, weights = zip(*leaves)
    node = helper.make_node(
        "TreeEnsembleClassifier", ["X"], ["label", "scores"], domain="ai.onnx.ml",
        nodes_treeids=[t for t in nodes for _ in range(3)], nodes_nodeids=[0, 1, 2] * 3, nodes_featureids=[0] * 9,
        nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"] * 3, nodes_values=[v for t in nodes for v in (float(t), 0.0, 0.0)],
        nodes_truenodeids=[1, 0, 0] * 3, nodes_falsenodeids=[2, 0, 0] * 3,
        class_treeids=trees, class_nodeids=ids, class_ids=owners, class_weights=weights,
        classlabels_int64s=list(range(classes)))
    graph = helper.make_graph(
        [node], "forest", [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 1])],
        [helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
         helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, classes])])
    model = helper.make_model(graph, ir_version=9, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)])
    onnx.checker.check_model(model, full_check=True)
    return model


rows = np.array([[-1], [0.5], [1.5], [9]], np.float32)  # 3, 2, 1 and 0 trees for class 0
seen = {}
for name, classes, zeros in (("own class", 2, False), ("both classes", 2, True), ("third class", 3, False)):
    model = forest(classes, zeros)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for who, run in (("onnxruntime", session.run), ("reference", ReferenceEvaluator(model).run)):
        label, scores = run(None, {"X": rows})
        seen[name, who] = label.tolist()
        print(f"{name:12}  {who:11}  labels {label.tolist()}  scores {np.round(scores[:2].astype(float), 3).tolist()}")
sys.exit(seen != {
    ("own class", "onnxruntime"): [1, 1, 1, 1], ("own class", "reference"): [0, 0, 1, 1],
    ("both classes", "onnxruntime"): [0, 1, 1, 1], ("both classes", "reference"): [0, 0, 1, 1],
    ("third class", "onnxruntime"): [0, 0, 1, 1], ("third class", "reference"): [0, 0, 1, 1],
})
EOF
venv/bin/python check.py
