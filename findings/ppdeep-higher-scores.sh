#!/usr/bin/env bash
# ppdeep 20260221, "ssdeep in pure Python": its hashes are those of ssdeep, its similarity is not. Two hashes that libfuzzy
# (ssdeep-wheel 3.4.1.post1) compares with 46 get 68. libfuzzy's edit distance counts a replaced letter as a deletion and
# an insertion (edit_dist.c: insert 1, remove 1, replace 2), ppdeep's as one step, so the score is nearly always higher, by
# up to half of what is missing to 100. A wrong score was reported and mended there in 2025-06; this one stayed.
# A threshold for "same family" that was tuned with ssdeep joins files under ppdeep that it kept apart, and a feed's score
# cannot be compared with one's own. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-compile ppdeep==20260221 ssdeep-wheel==3.4.1.post1
cat > check.py <<'EOF'
import random
import sys
from importlib.metadata import version
import ppdeep
import ssdeep

print(f"ppdeep {version('ppdeep')}, ssdeep-wheel {version('ssdeep-wheel')}")
random.seed(5)
words = [f"{w}{n}" for w in ("open", "read", "send", "stop", "load") for n in range(400)]
rows = []
for edits in range(1, 81):
    one = random.choices(words, k=600)
    other = list(one)
    for at in random.sample(range(600), edits):
        other[at] = random.choice(words)
    texts = [" ".join(part) for part in (one, other)]
    hashes = [ssdeep.hash(text) for text in texts]
    rows.append((hashes == [ppdeep.hash(text) for text in texts], ssdeep.compare(*hashes), ppdeep.compare(*hashes)))
for edits in (1, 10, 20, 30, 40, 60):
    print(f"{edits:2} of 600 words changed: same hashes {rows[edits - 1][0]}  ssdeep {rows[edits - 1][1]}  ppdeep {rows[edits - 1][2]}")
higher = sum(own < pure for _, own, pure in rows)
joined = sum(own < 60 <= pure for _, own, pure in rows)
print(f"{len(rows)} pairs: ppdeep higher in {higher}, lower in {sum(own > pure for _, own, pure in rows)}; below 60 by ssdeep and at least 60 by ppdeep: {joined}")
sys.exit(not (all(same for same, _, _ in rows) and higher > 30 and joined > 5))
EOF
venv/bin/python check.py
