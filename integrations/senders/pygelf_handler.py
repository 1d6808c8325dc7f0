# pygelf 0.4: alerts of a Python program. Its name for the rule and the product travel as extra fields.
import logging

from pygelf import GelfHttpsHandler

log = logging.getLogger("detections")
log.addHandler(
    GelfHttpsHandler(
        host="ALERTFOREST_HOST",
        port=443,
        path="/api/v1/ml/predict?code=ALERTFOREST_KEY",
        compress=True,
        include_extra_fields=True,
        _product="hids",
    )
)
log.error(
    "Five failed logins for oracle from 203.0.113.45",
    extra={"rule_id": "5710", "src_ip": "203.0.113.45", "user_name": "oracle"},
)
