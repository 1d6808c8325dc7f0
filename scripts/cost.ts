import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// Estimates the monthly bill from the number of alerts. Prices and their sources are in docs/cost.md.
//
//   node scripts/cost.ts                                        the table of docs/cost.md
//   node scripts/cost.ts --alerts 5000000 --batch 100 --warm 1  one case, line by line

/** US dollars, pay as you go, one region in the US. */
export const PRICES = {
  gbSecond: 0.000026,
  millionExecutions: 0.4,
  warmGbSecondIdle: 0.000004,
  warmGbSecondBusy: 0.000016,
  tenThousandTableTransactions: 0.00036,
  tableGbMonth: 0.045,
  tenThousandBlobReads: 0.004,
  tenThousandBlobWrites: 0.05,
  blobGbMonth: 0.018,
  logGb: 2.76,
  alertRule: 0.5,
  privateEndpoint: 7.3,
  privateZone: 0.5,
};
/** Free each month for a whole subscription (compute) or billing account (logs). */
const FREE = { gbSeconds: 100_000, executions: 250_000, logGb: 5 };

const SECONDS_PER_MONTH = 30.4 * 24 * 3600;
const HOURS_PER_MONTH = 30.4 * 24;
const ALERT_RULES = 6;

/** What one alert or request takes, measured or assumed as docs/cost.md says. */
export const USAGE = {
  /** Seconds a request keeps an instance busy, before the platform rounds. */
  requestSeconds: 0.005,
  alertSeconds: 0.0002,
  /** An instance that was idle is billed for at least this long. */
  leastBilledSeconds: 1,
  logBytesPerRequest: 3_000,
  predictionBytesPerAlert: 2_000,
  rowsPerTransaction: 100,
  rowsPerAlert: 3,
  feedbackShare: 0.02,
  feedbackBytes: 3_000,
  retrainSeconds: 60,
};

export interface CostOptions {
  readonly alerts: number;
  /** Alerts a request. @default 1 */
  readonly batch?: number;
  /** @default 2 */
  readonly memoryGb?: number;
  /** Instances kept warm. @default 0 */
  readonly warm?: number;
  /** Weeks of prediction log. @default 8 */
  readonly weeks?: number;
  readonly vnet?: boolean;
}

export type CostPart = 'compute' | 'executions' | 'tables' | 'blobs' | 'logs' | 'alertRules' | 'network';
export type MonthlyCost = Readonly<Record<CostPart, number>>;

/** Monthly cost in dollars by part. */
export function monthlyCost({
  alerts,
  batch = 1,
  memoryGb = 2,
  warm = 0,
  weeks = 8,
  vnet = false,
}: CostOptions): MonthlyCost {
  const requests = Math.ceil(alerts / batch);
  const perSecond = requests / SECONDS_PER_MONTH;
  const busySeconds = USAGE.requestSeconds + (batch - 1) * USAGE.alertSeconds;
  // Requests that come at random keep an instance active for a second each, less where they overlap.
  const active = 1 - Math.exp(-perSecond * Math.max(busySeconds, USAGE.leastBilledSeconds));
  const instances = Math.max(1, perSecond * busySeconds);
  const retrains = Math.min(HOURS_PER_MONTH, (alerts * USAGE.feedbackShare) / 50);
  const trainingGbSeconds =
    memoryGb * (HOURS_PER_MONTH * USAGE.leastBilledSeconds + retrains * USAGE.retrainSeconds);
  const servingGbSeconds = requests === 0 ? 0 : memoryGb * SECONDS_PER_MONTH * active * instances;
  const onDemand = trainingGbSeconds + (warm > 0 ? 0 : servingGbSeconds);
  const executions = requests + HOURS_PER_MONTH + retrains;
  const feedback = alerts * USAGE.feedbackShare;
  const transactions =
    Math.max(requests, (alerts * USAGE.rowsPerAlert) / USAGE.rowsPerTransaction) + feedback * 4;
  const tableGb =
    (alerts * USAGE.predictionBytesPerAlert * (weeks * 7)) / 30.4 / 1e9 +
    (feedback * USAGE.feedbackBytes * 12) / 1e9;
  const logGb = (requests * USAGE.logBytesPerRequest) / 1e9 + 0.3;
  return {
    compute:
      Math.max(0, onDemand - FREE.gbSeconds) * PRICES.gbSecond +
      warm * memoryGb * SECONDS_PER_MONTH * PRICES.warmGbSecondIdle +
      (warm > 0 ? servingGbSeconds * PRICES.warmGbSecondBusy : 0),
    executions: (Math.max(0, executions - (warm > 0 ? 0 : FREE.executions)) / 1e6) * PRICES.millionExecutions,
    tables: (transactions / 1e4) * PRICES.tenThousandTableTransactions + tableGb * PRICES.tableGbMonth,
    // The pointer is read every 30 s by each active instance; a retrain writes about a dozen blobs.
    blobs:
      ((SECONDS_PER_MONTH / 30) * active * instances * PRICES.tenThousandBlobReads) / 1e4 +
      ((retrains * 12 + HOURS_PER_MONTH * 10) * PRICES.tenThousandBlobWrites) / 1e4 +
      5 * PRICES.blobGbMonth,
    logs: Math.max(0, logGb - FREE.logGb) * PRICES.logGb,
    alertRules: ALERT_RULES * PRICES.alertRule,
    network: vnet ? 3 * (PRICES.privateEndpoint + PRICES.privateZone) : 0,
  };
}

export const totalOf = (cost: MonthlyCost): number =>
  Object.values(cost).reduce((sum, part) => sum + part, 0);

/** The cases of docs/cost.md. */
export const CASES: readonly (CostOptions & { readonly name: string })[] = [
  { name: 'idle', alerts: 0 },
  { name: '10,000', alerts: 10_000 },
  { name: '1 million, one a request', alerts: 1_000_000 },
  { name: '1 million, 100 a request', alerts: 1_000_000, batch: 100 },
  { name: '100 million, one a request', alerts: 100_000_000 },
  { name: '100 million, 100 a request', alerts: 100_000_000, batch: 100 },
];

/** The table of docs/cost.md as Markdown. */
export function costTable(): string {
  const parts = (Object.keys(monthlyCost({ alerts: 0 })) as CostPart[]).filter((part) => part !== 'network');
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    row(['alerts a month', ...parts, 'total']),
    row(['---', ...parts.map(() => '---:'), '---:']),
    ...CASES.map(({ name, ...options }) => {
      const cost = monthlyCost(options);
      return row([name, ...parts.map((part) => cost[part].toFixed(2)), totalOf(cost).toFixed(2)]);
    }),
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      alerts: { type: 'string' },
      batch: { type: 'string', default: '1' },
      memory: { type: 'string', default: '2' },
      warm: { type: 'string', default: '0' },
      vnet: { type: 'boolean', default: false },
    },
  });
  if (values.alerts === undefined) console.log(costTable());
  else {
    const cost = monthlyCost({
      alerts: Number(values.alerts),
      batch: Number(values.batch),
      memoryGb: Number(values.memory),
      warm: Number(values.warm),
      vnet: values.vnet,
    });
    for (const [part, dollars] of Object.entries(cost))
      console.log(`${part.padEnd(12)} ${dollars.toFixed(2).padStart(10)}`);
    console.log(`${'total'.padEnd(12)} ${totalOf(cost).toFixed(2).padStart(10)} US dollars a month`);
  }
}
