#!/bin/sh
# Apprise 2.3: json:// only; form:// and xml:// are read as well, but say less
apprise --title "Backup server: ransom note found" --notification-type failure \
  --body "Host bck-02 (192.0.2.14): README_DECRYPT.txt written by svc-backup" \
  "jsons://ALERTFOREST_HOST/api/v1/ml/predict?+x-functions-key=ALERTFOREST_KEY"
