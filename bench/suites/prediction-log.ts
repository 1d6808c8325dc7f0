import { checkDrift } from '../../src/monitoring/drift-monitor.ts';
import { TablePredictionLog } from '../../src/store/azure/table-prediction-log.ts';
import { drawTraffic } from '../../src/training/dataset/traffic.ts';
import { DEFAULT_TRAINING_SETTINGS } from '../../src/training/training-settings.ts';
import { type PagedTables, pagedTables } from '../../test/support/paged-tables.ts';
import { entryOf } from '../../test/support/prediction-log-contract.ts';
import { type BenchRow, type BenchSuite, compare } from '../bench-row.ts';

// What the readers of the prediction log ask of Table Storage, over four weeks of 10 million alerts and of a month at 100
// alerts a second. The tables are made up row by row and their pages are those of the service; the peer is a reader
// that goes through the period once, 1,000 rows a page.

const NOW_MS = Date.UTC(2026, 2, 5, 12);
const DAYS = 28;
const PAGE_ROWS = 1_000;
const LOGS = [
  ['10 million alerts', 10_000_000],
  ['a month at 100 alerts/s', 263_000_000],
] as const;

/** One read: pages asked for, rows that storage looked at, and the time of our own part. */
async function measured(
  nAlerts: number,
  read: (log: TablePredictionLog) => Promise<unknown>,
): Promise<{ counts: PagedTables['counts']; ms: number }> {
  const { clients, counts } = pagedTables(nAlerts, DAYS, NOW_MS, entryOf('template'));
  const log = new TablePredictionLog(clients, { now: () => NOW_MS });
  const startedAtMs = performance.now();
  await read(log);
  return { counts, ms: performance.now() - startedAtMs };
}

async function run(): Promise<BenchRow[]> {
  const { trafficDays: days, trafficRows: size } = DEFAULT_TRAINING_SETTINGS;
  const rows: BenchRow[] = [];
  for (const [name, nAlerts] of LOGS) {
    const reads = [
      [
        'traffic of the detector',
        (log: TablePredictionLog) => drawTraffic(log, { nowMs: NOW_MS, days, size }),
      ],
      ['drift report', (log: TablePredictionLog) => checkDrift(log, NOW_MS)],
    ] as const;
    for (const [what, read] of reads) {
      const { counts, ms } = await measured(nAlerts, read);
      const note = `${counts.scanned} rows looked at, ${counts.rows} read, ${ms.toFixed(0)} ms of our own`;
      rows.push({ ...compare(`${what}, ${name}`, 'pages', counts.pages, nAlerts / PAGE_ROWS), note });
    }
  }
  return rows;
}

export const suite: BenchSuite = { name: 'prediction-log', run };
