import { readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { BenchRow, BenchSuite } from './bench-row.ts';

// Runs every suite in bench/suites and prints its rows:
//   npm run bench -- [--json FILE] [--only SUITE[,SUITE…]]
// A suite is a file that exports `suite`. Peers that are not installed are named, and their figures left out.

const { values: options } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string' } },
});
const wanted = options.only?.split(',');

const folder = new URL('./suites/', import.meta.url);
const suites: BenchSuite[] = [];
for (const file of readdirSync(folder)
  .filter((name) => name.endsWith('.ts'))
  .sort()) {
  const { suite } = (await import(new URL(file, folder).href)) as { suite?: BenchSuite };
  if (suite === undefined) console.warn(`bench/suites/${file} exports no \`suite\`; it is run on its own`);
  else suites.push(suite);
}
const names = suites.map(({ name }) => name);
for (const name of wanted ?? []) {
  if (!names.includes(name))
    throw new RangeError(`Expected \`--only\` to name ${names.join(', ')}, got ${name}.`);
}

const rounded = (value: number | null) => (value === null ? '-' : Number(value.toPrecision(4)));
const all: (BenchRow & { suite: string; unit: string })[] = [];
console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}`);
for (const suite of suites) {
  if (wanted !== undefined && !wanted.includes(suite.name)) continue;
  console.log(`\n${suite.name}`);
  for (const row of await suite.run()) {
    const full = { ...row, unit: row.unit ?? 'ms', suite: suite.name };
    all.push(full);
    const ratio = row.ratio === null ? '' : ` (${rounded(row.ratio)} x)`;
    const note = row.note === undefined ? '' : ` -- ${row.note}`;
    console.log(
      `  ${row.name}: ours ${rounded(row.ours)} ${full.unit}, peer ${rounded(row.peer)}${ratio}${note}`,
    );
  }
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`);
