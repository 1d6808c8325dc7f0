#!/usr/bin/env bash
# @pandatix/js-cvss 0.4.4: some CVSS 3.0 and 3.1 scores come with two decimals, 7.46 for
# CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:C/C:H/I:H/A:N where the specification (3.1, 7.1 and Appendix A, Roundup) and vuln-vects
# 1.1.0 say 7.5. Appendix A returns a value as it is when its hundred-thousandfold is a multiple of 10,000; the package asks
# for a multiple of 1,000, so that every value that happens to end at the second decimal stays unrounded and what is
# computed from it is off, too: 3 of all 2,592 base vectors, and one in six with one or two temporal metrics (9.31 instead of
# 9.4 for the commonest critical vector once a fix is out, RL:O). A triage rule `score >= 7.5` or a comparison with NVD's
# figure fails for them. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @pandatix/js-cvss@0.4.4 vuln-vects@1.1.0 esbuild@0.28.2
cat > check.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import { CVSS31 } from '@pandatix/js-cvss';
import { parseCvss3Vector } from 'vuln-vects';
const version = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;
console.log(`@pandatix/js-cvss ${version('@pandatix/js-cvss')}, vuln-vects ${version('vuln-vects')}, Node ${process.version}`);
const metrics = { AV: 'NALP', AC: 'LH', PR: 'NLH', UI: 'NR', S: 'UC', C: 'HLN', I: 'HLN', A: 'HLN' };
const vectors = Object.entries(metrics).reduce((all, [key, values]) => all.flatMap((v) => [...values].map((value) => `${v}/${key}:${value}`)), ['CVSS:3.1']);
const temporal = vectors.flatMap((v) => ['E:P', 'RL:O', 'RC:R', 'E:F/RL:O'].map((t) => `${v}/${t}`));
const wrong = (list, ours, theirs) => list.filter((v) => new CVSS31(v)[ours]() !== parseCvss3Vector(v)[theirs]);
const base = wrong(vectors, 'BaseScore', 'baseScore');
const timed = wrong(temporal, 'TemporalScore', 'temporalScore');
for (const v of base) console.log(`${v}  js-cvss ${new CVSS31(v).BaseScore()}  vuln-vects ${parseCvss3Vector(v).baseScore}`);
console.log(`base: ${base.length} of ${vectors.length} differ; temporal: ${timed.length} of ${temporal.length}`);
const patched = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/RL:O'; // the commonest critical vector, once an official fix is out
console.log(`${patched}  js-cvss ${new CVSS31(patched).TemporalScore()}  vuln-vects ${parseCvss3Vector(patched).temporalScore}`);
process.exit(base.length > 0 && base.every((v) => new CVSS31(v).BaseScore() === 7.46) && timed.includes(patched) ? 0 : 1);
EOF
# The package is written for bundlers: its imports have no file endings, so Node alone cannot load it.
npx esbuild check.mjs --bundle --platform=node --format=cjs --outfile=check.cjs --log-level=error
node check.cjs
