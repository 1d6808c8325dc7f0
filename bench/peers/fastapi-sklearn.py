"""Serves POST /predict with FastAPI and scikit-learn: three forests of the sizes served here, one log line a call.

The extraction is far smaller than the one it is compared with, and the log goes to a file instead of a table: both
favour this side. Usage: python3 fastapi-sklearn.py LOG_FILE; prints `PORT n` when it listens on 127.0.0.1.
"""

import hashlib
import json
import socket
import sys
from datetime import datetime

import numpy as np
import uvicorn
from fastapi import FastAPI, Request
from sklearn.ensemble import GradientBoostingRegressor, IsolationForest, RandomForestClassifier

N_COLUMNS = 28
CLASSES = ["true_positive", "false_positive", "suspicious", "benign"]
SEVERITIES = {"Informational": 0, "Low": 1, "Medium": 2, "High": 3}

rng = np.random.default_rng(7)
X = rng.normal(size=(2_000, N_COLUMNS)).astype(np.float32)
risk = X[:, 0] * X[:, 1] + 2 * X[:, 2] + rng.normal(size=len(X)) * 0.5
labels = np.digitize(risk, np.quantile(risk, [0.25, 0.5, 0.75]))
classifier = RandomForestClassifier(n_estimators=100, min_samples_leaf=3, n_jobs=1, random_state=7).fit(X, labels)
detector = IsolationForest(n_estimators=100, n_jobs=1, random_state=7).fit(X)
scorer = GradientBoostingRegressor(n_estimators=100, max_depth=3, random_state=7).fit(X, risk)


def extract(alert: dict) -> np.ndarray:
    row = np.zeros((1, N_COLUMNS), dtype=np.float32)
    entities = json.loads(alert.get("Entities") or "[]")
    at = datetime.fromisoformat(alert["TimeGenerated"].replace("Z", "+00:00"))
    kinds = [entity.get("Type") for entity in entities]
    row[0, :8] = [
        SEVERITIES.get(alert.get("AlertSeverity"), -1),
        at.hour,
        at.weekday(),
        len(entities),
        kinds.count("ip"),
        kinds.count("host"),
        kinds.count("account"),
        len((alert.get("Tactics") or "").split(",")),
    ]
    for token in (alert.get("AlertName") or "").lower().split():
        row[0, 8 + hashlib.md5(token.encode()).digest()[0] % (N_COLUMNS - 8)] += 1
    return row


log = open(sys.argv[1], "a", encoding="utf8")
app = FastAPI()


@app.post("/predict")
async def predict(request: Request) -> dict:
    alert = await request.json()
    row = extract(alert)
    probabilities = classifier.predict_proba(row)[0]
    anomaly = float(-detector.score_samples(row)[0])
    verdict = {
        "alert_id": alert["SystemAlertId"],
        "disposition": CLASSES[int(probabilities.argmax())],
        "probabilities": dict(zip(CLASSES, map(float, probabilities))),
        "anomaly_score": anomaly,
        "risk_score": float(scorer.predict(row)[0]),
    }
    log.write(json.dumps(verdict) + "\n")
    return verdict


sock = socket.socket()
sock.bind(("127.0.0.1", 0))
sock.listen(128)
print("PORT", sock.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[sock])
