"""Scores forests of other libraries on rows of bench/tabular-data.ts, one thread, on demand.

Usage: python3 forest-scoring.py FOLDER N_TRAIN

Reads one JSON request a line: {"what": NAME, "rows": N, "calls": K}; answers {"seconds", "cpuSeconds"} of the K calls.
`{"what": NAME, "rows": N, "answer": FILE}` writes the answers as float64 instead. The first line it prints names the
versions of what is installed; what is not is absent and is not measured.
"""

import importlib
import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
# Compilers talk on standard output, which is for answers here.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
import numpy as np
from sklearn.ensemble import IsolationForest, RandomForestClassifier

N_FEATURES = 28
SHAPES = {"unbounded": (100, None), "depth8": (30, 8), "depth12": (100, 12)}

folder, n_train = sys.argv[1], int(sys.argv[2])
X = np.fromfile(f"{folder}/X.f32", np.float32).reshape(-1, N_FEATURES)
labels = np.fromfile(f"{folder}/labels.i32", np.int32)
train, test = X[:n_train], np.ascontiguousarray(X[n_train:])
forests = {}
scorers = {}


def version(name):
    try:
        return importlib.import_module(name).__version__
    except ImportError:
        return None


def forest(shape):
    if shape not in forests:
        n_trees, depth = SHAPES[shape]
        model = RandomForestClassifier(n_estimators=n_trees, max_depth=depth, n_jobs=1, random_state=0)
        forests[shape] = model.fit(train, labels[:n_train])
    return forests[shape]


def onnx_scorer(model):
    import onnxruntime
    from skl2onnx import to_onnx

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    exported = to_onnx(model, train[:1], options={"zipmap": False})
    session = onnxruntime.InferenceSession(exported.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda rows: session.run(["probabilities"], {"X": rows})[0]


def compiled_scorer(model):
    import tl2cgen
    import treelite

    library = f"{folder}/{len(model.estimators_)}-{model.max_depth}.so"
    tl2cgen.export_lib(
        treelite.sklearn.import_model(model), toolchain="gcc", libpath=library, params={"parallel_comp": 16}
    )
    predictor = tl2cgen.Predictor(library, nthread=1)
    return lambda rows: predictor.predict(tl2cgen.DMatrix(rows))


def scorer(what):
    if what not in scorers:
        library, shape = what.split(" ")
        if shape == "isolation":
            detector = IsolationForest(n_estimators=100, max_samples=256, n_jobs=1, random_state=0).fit(train)
            scorers[what] = lambda rows: -detector.score_samples(rows)
        elif library == "onnxruntime":
            scorers[what] = onnx_scorer(forest(shape))
        elif library == "tl2cgen":
            scorers[what] = compiled_scorer(forest(shape))
        else:
            scorers[what] = forest(shape).predict_proba
    return scorers[what]


def answer(request):
    score, rows = scorer(request["what"]), test[: request["rows"]]
    if "answer" in request:
        np.asarray(score(rows), np.float64).tofile(request["answer"])
        return {}
    start, cpu_start = time.perf_counter(), time.process_time()
    for _ in range(request["calls"]):
        score(rows)
    return {"seconds": time.perf_counter() - start, "cpuSeconds": time.process_time() - cpu_start}


found = {"scikit-learn": version("sklearn"), "onnxruntime": version("onnxruntime"), "tl2cgen": version("tl2cgen")}
if version("skl2onnx") is None:
    found["onnxruntime"] = None
if version("treelite") is None:
    found["tl2cgen"] = None
print(json.dumps(found), file=answers, flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), file=answers, flush=True)
