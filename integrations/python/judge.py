#!/usr/bin/env python3
"""Says what an alert turned out to be, for a SIEM that has no place for it. Python 3.9 or newer, standard library only.

    ALERTFOREST_URL=https://.../api/v1/ml ALERTFOREST_KEY=... python3 judge.py ALERT_ID true_positive --analyst ana

The key is one of the function `feedback`, which the role `analyst` may call.
"""

import argparse
import json
import os
import sys

from alertforest_client import Alertforest, AlertforestError

DISPOSITIONS = ("true_positive", "false_positive", "suspicious", "benign")


def main():
    parser = argparse.ArgumentParser(description="Says what an alert turned out to be.")
    parser.add_argument("alert_id", help="id of the alert, as it was sent to be scored")
    parser.add_argument("disposition", choices=DISPOSITIONS)
    parser.add_argument("--analyst", required=True, help="who says so; one vote each")
    arguments = parser.parse_args()
    url, key = os.environ.get("ALERTFOREST_URL"), os.environ.get("ALERTFOREST_KEY")
    if not url or not key:
        parser.error("expected ALERTFOREST_URL (ending in /api/v1/ml) and ALERTFOREST_KEY in the environment")
    judgement = {
        "alert_id": arguments.alert_id,
        "disposition": arguments.disposition,
        "analyst": arguments.analyst,
    }
    try:
        print(json.dumps(Alertforest(url, key=key).feedback(judgement)))
    except (AlertforestError, OSError) as error:
        sys.exit(f"{url}: {error}")


if __name__ == "__main__":
    main()
