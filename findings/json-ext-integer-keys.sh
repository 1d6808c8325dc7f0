#!/usr/bin/env bash
# @discoveryjs/json-ext 1.1.0: parseChunked refuses valid JSON where a chunk ends inside the value of a key like "5",
# because it looks for the value it has to go on with in the last key by for...in, which lists such keys first.
# JSON.parse takes the same text. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @discoveryjs/json-ext@1.1.0
cat > check.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import { parseChunked } from '@discoveryjs/json-ext';
const { version } = JSON.parse(readFileSync('node_modules/@discoveryjs/json-ext/package.json', 'utf8'));
const chunks = ['{"b":{"y":1},"5":{"x":', '1}}'];
console.log(`@discoveryjs/json-ext ${version}, Node ${process.version}`);
console.log('JSON.parse  ', JSON.stringify(JSON.parse(chunks.join(''))));
try {
  console.log('parseChunked', JSON.stringify(await parseChunked(chunks)));
  process.exit(1);
} catch (error) {
  console.log('parseChunked', `${error.name}: ${error.message}`);
}
EOF
node check.mjs
