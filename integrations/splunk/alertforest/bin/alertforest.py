#!/usr/bin/env python3
"""A custom alert action of Splunk: scores the results of a search, or hands closed notables on as feedback.

Splunk calls it with `--execute` and writes the alert as JSON to its standard input; all results lie in a gzipped CSV
file beside it. The key comes from Splunk's own store of passwords (realm `alertforest`, user `predict` or
`feedback`), so that it stands in no configuration file. Python 3.7 or newer, standard library only.
"""

import csv
import gzip
import json
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BATCH = 200
TRIES = 4


def main():
    if sys.argv[1:2] != ["--execute"]:
        fail("Expected --execute, as Splunk calls a custom alert action.")
    payload = json.load(sys.stdin)
    configuration = payload.get("configuration", {})
    url = configuration.get("url", "").rstrip("/")
    mode = configuration.get("mode", "predict")
    if not url.startswith(("https://", "http://")):
        fail(f"Expected param.url to be the address of the service, got '{url}'.")
    if mode not in ("predict", "feedback"):
        fail(f"Expected param.mode to be predict or feedback, got '{mode}'.")
    key = stored_key(payload, mode)
    rows = results(payload)
    about = {name: payload[name] for name in ("search_name", "sid", "app", "owner") if name in payload}
    records = [{**about, "result": row} for row in rows]
    for start in range(0, len(records), BATCH):
        batch = records[start : start + BATCH]
        answer = post(f"{url}/{mode}", key, {"alerts": batch} if mode == "predict" else batch)
        # on the error output: Splunk writes what begins with INFO, WARN or ERROR to splunkd.log
        if mode == "feedback":
            said(f"INFO feedback {json.dumps(answer)}")
            continue
        for row, result in zip(batch, answer["results"]):
            verdict, error = result.get("verdict"), result.get("error")
            if verdict is None:
                said(f"WARN not scored: {error and error.get('detail')}")
                continue
            told = {name: verdict[name] for name in TOLD}
            told["event_id"] = row["result"].get("event_id")
            said(f"INFO verdict {json.dumps(told)}")


TOLD = ("alert_id", "alert_key", "decision", "disposition", "final_score", "risk_level")


def results(payload):
    """Every result of the search, fields with a value only; the first one alone where there is no file."""
    path = payload.get("results_file")
    if not path:
        return [payload["result"]] if payload.get("result") else []
    csv.field_size_limit(2**31 - 1)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [
            {name: value for name, value in row.items() if value and not name.startswith("__mv_")}
            for row in csv.DictReader(file)
        ]


def stored_key(payload, mode):
    name = urllib.parse.quote(f"alertforest:{mode}:", safe="")
    url = f"{payload['server_uri']}/servicesNS/nobody/alertforest/storage/passwords/{name}?output_mode=json"
    request = urllib.request.Request(url, headers={"authorization": f"Splunk {payload['session_key']}"})
    # splunkd on this machine has a certificate of its own making
    context = ssl._create_unverified_context()
    try:
        with urllib.request.urlopen(request, timeout=30, context=context) as response:
            return json.load(response)["entry"][0]["content"]["clear_password"]
    except (OSError, KeyError, IndexError) as error:
        fail(f"Expected a stored password of realm alertforest and user {mode}: {error}")


def post(url, key, body):
    data = json.dumps(body).encode()
    headers = {"content-type": "application/json", "x-functions-key": key, "user-agent": "splunk-alertforest"}
    for attempt in range(1, TRIES + 1):
        try:
            request = urllib.request.Request(url, data=data, headers=headers)
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503) or attempt == TRIES:
                fail(f"{url} answered {error.code}: {error.read().decode(errors='replace')}")
            wait = error.headers.get("retry-after", "")
            time.sleep(min(float(wait), 60) if wait.isdigit() else attempt)
        except OSError as error:
            if attempt == TRIES:
                fail(f"{url} cannot be reached: {error}")
            time.sleep(attempt)


def said(line):
    print(line, file=sys.stderr)


def fail(message):
    said(f"ERROR {message}")
    sys.exit(2)


if __name__ == "__main__":
    main()
