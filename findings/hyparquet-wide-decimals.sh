#!/usr/bin/env bash
# hyparquet 1.33.0: a DECIMAL is read as a JavaScript number whatever its precision, so that from 16 digits on the last
# ones are lost without a word, while an INT64 or UINT_64 column of the same values comes as BigInt, exact. Spark has no
# unsigned 64-bit type and writes such ids as DECIMAL(20,0): two ids that differ become one. The file below was written
# by pyarrow 26.0.1: one column as DECIMAL(20,0), one as UINT_64, both 18446744073709551614 and 18446744073709551615.
# Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact hyparquet@1.33.0
cat > check.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import { parquetReadObjects } from 'hyparquet';
const { version } = JSON.parse(readFileSync('node_modules/hyparquet/package.json', 'utf8'));
console.log(`hyparquet ${version}, Node ${process.version}`);
const bytes = Buffer.from(
  'UEFSMRUAFTAVMCwVBBUAFQYVBhwAAAACAAAABAEA//////////4A//////////8VABUsFSwsFQQVABUGFQYcAAAAAgAAAAQB/v///////////////////xUEGTw1ABgGc2NoZW1hFQQAFQ4VEhUCGAdmbG93X2lkJQoVABUoLFwVABUoAAAAFQQlAhgLZmxvd19pZF91NjQlHEysE0ASAAAAFgQZHBksJgAcFQ4ZJQYAGRgHZmxvd19pZBUAFgQWVhZWJghJHBUAFQAVAgA8KQYZJgAEAAAAJgAcFQQZJQYAGRgLZmxvd19pZF91NjQVABYEFlIWUiZeSRwVABUAFQIAPCkGGSYABAAAABaoARYEJggWqAEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRksHAAAHAAAAOoAAABQQVIx',
  'base64',
);
const rows = await parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) });
for (const { flow_id, flow_id_u64 } of rows)
  console.log(`DECIMAL(20,0): ${typeof flow_id} ${flow_id}  UINT_64: ${typeof flow_id_u64} ${flow_id_u64}`);
const [a, b] = rows;
const seen = a.flow_id === b.flow_id && typeof a.flow_id === 'number' && a.flow_id_u64 + 1n === b.flow_id_u64;
process.exit(seen ? 0 : 1);
EOF
node check.mjs
