#!/usr/bin/env python3
"""Hands closed alerts of Elastic Security on as feedback. Python 3.8 or newer, standard library only.

Asks Elasticsearch for alerts that were closed since the last run and posts each as it is; its workflow reason or tag
is the judgement. Run it from cron. What was handed on is remembered in STATE, only after the service has taken it.
"""

import json
import os
import sys
import urllib.error
import urllib.request

INDEX = os.environ.get("ELASTIC_INDEX", ".alerts-security.alerts-*")
PAGE = 200
CLOSED_AT = "kibana.alert.workflow_status_updated_at"


def setting(name):
    value = os.environ.get(name)
    if not value:
        sys.exit(f"Expected {name} in the environment.")
    return value


def post(url, headers, body):
    data = json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"content-type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        sys.exit(f"{url} answered {error.code}: {error.read().decode(errors='replace')}")
    except OSError as error:
        sys.exit(f"{url} cannot be reached: {error}")


def closed_after(elastic, headers, cursor):
    query = {
        "size": PAGE,
        "sort": [{CLOSED_AT: "asc"}, {"kibana.alert.uuid": "asc"}],
        "query": {"bool": {"filter": [{"term": {"kibana.alert.workflow_status": "closed"}}]}},
    }
    if cursor is not None:
        query["search_after"] = cursor
    return post(f"{elastic}/{INDEX}/_search", headers, query)["hits"]["hits"]


def main():
    elastic, service = setting("ELASTIC_URL").rstrip("/"), setting("ALERTFOREST_URL").rstrip("/")
    elastic_headers = {"authorization": f"ApiKey {setting('ELASTIC_API_KEY')}"}
    service_headers = {"x-functions-key": setting("ALERTFOREST_KEY"), "user-agent": "elastic-feedback"}
    state = setting("STATE")
    cursor = None
    if os.path.exists(state):
        with open(state, encoding="utf-8") as file:
            cursor = json.load(file)
    counts = {}
    while True:
        hits = closed_after(elastic, elastic_headers, cursor)
        if not hits:
            break
        records = [{"_id": hit["_id"], "_index": hit["_index"], "_source": hit["_source"]} for hit in hits]
        answer = post(f"{service}/feedback", service_headers, records)
        for name, count in answer.items():
            if isinstance(count, int) and not isinstance(count, bool) and name in COUNTED:
                counts[name] = counts.get(name, 0) + count
        cursor = hits[-1]["sort"]
        with open(f"{state}.new", "w", encoding="utf-8") as file:
            json.dump(cursor, file)
        os.replace(f"{state}.new", state)
    print(json.dumps(counts))


COUNTED = ("accepted", "duplicates", "revised", "superseded", "withdrawn", "no_label")

if __name__ == "__main__":
    main()
