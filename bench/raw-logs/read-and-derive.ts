import { openLogs } from '../../src/logs/open-logs.ts';
import { readLogs } from '../../src/logs/read-logs.ts';
import { deriveFeatures } from '../../src/logs/windows/derive.ts';
import { eventsOf } from '../../src/logs/windows/log-events.ts';
import { LogTable } from '../../src/logs/windows/log-table.ts';

// node read-and-derive.ts FILE: reads a file of flows and derives the columns of its rows, as `pipeline` does.

const file = await openLogs(process.argv[2] as string);
if (!('format' in file)) throw new Error('Expected a format of raw logs.');
const table = new LogTable();
await readLogs([file], { onRow: (row) => table.add(row) });
const plan = { numbers: ['duration_ms'], words: [], hasWindows: true, hasDays: false, hasLabCounts: true };
const { X, names } = deriveFeatures(table, eventsOf(table, 'start'), plan);
console.log(JSON.stringify({ rows: table.n, columns: names.length, cells: X.length }));
