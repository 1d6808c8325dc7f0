/**
 * Joins a generated file in the shape of GUIDE: rows of one alert scattered, 16 columns, gzip. Prints peak memory and
 * time of the join alone, then of the join with extraction.
 *
 *   node bench/join-guide.ts [rows, 10000000]
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { readLabelled } from '../src/evaluation/readers/read-labelled.ts';
import { newCounts } from '../src/logs/skip-counts.ts';
import { createRandom } from '../src/trees/random.ts';

const HEADER =
  'OrgId,IncidentId,AlertId,AlertTitle,Category,IncidentGrade,EntityType,EvidenceRole,IpAddress,Url,ApplicationId,City,Day,Year,Hour,TimeOfDay';
const CATEGORIES = ['InitialAccess', 'Exfiltration', 'CommandAndControl', 'Malware', 'Execution'];
const GRADES = ['TruePositive', 'FalsePositive', 'BenignPositive'];
const TYPES = ['Ip', 'User', 'Machine', 'Url', 'MailMessage', 'File'];

/** Writes `nRows` evidence rows of about a third as many alerts; the rows of an alert lie anywhere. */
async function generate(path: string, nRows: number): Promise<void> {
  const random = createRandom(1);
  const gzip = createGzip({ level: 1 });
  const file = gzip.pipe(createWriteStream(path));
  gzip.write(`${HEADER}\n`);
  const nAlerts = Math.ceil(nRows / 3);
  for (let done = 0; done < nRows; ) {
    const rows: string[] = [];
    for (; rows.length < 10_000 && done < nRows; done++) {
      const alert = random.int(nAlerts);
      const incident = alert >> 1;
      const org = incident % 6000;
      const type = TYPES[random.int(TYPES.length)];
      const hour = random.int(24);
      rows.push(
        `${org},${incident},${alert},${alert % 5000},${CATEGORIES[alert % 5]},${GRADES[incident % 3]},${type},Related,${random.int(360_000)},160396,2251,10630,${1 + random.int(17)},2024,${hour},${String(hour).padStart(2, '0')}:00:00`,
      );
    }
    if (!gzip.write(`${rows.join('\n')}\n`)) await once(gzip, 'drain');
  }
  gzip.end();
  await once(file, 'close');
}

const nRows = Number(process.argv[2] ?? 10_000_000);
if (!Number.isInteger(nRows) || nRows < 1)
  throw new RangeError(`Expected rows >= 1, got ${process.argv[2]}.`);
const folder = await mkdtemp(join(tmpdir(), 'alertforest-bench-'));
try {
  const path = join(folder, 'guide.csv.gz');
  await generate(path, nRows);
  const { size } = await stat(path);
  const counts = newCounts();
  const startedAtMs = performance.now();
  let nEntities = 0;
  for await (const { alert } of readLabelled(path, 'guide', counts)) nEntities += alert.entities.length;
  const seconds = (performance.now() - startedAtMs) / 1000;
  console.log(
    JSON.stringify({
      rows: counts.rows,
      alerts: counts.alerts,
      entities: nEntities,
      file_mb: Math.round(size / 1e6),
      seconds: Math.round(seconds),
      peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
    }),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
