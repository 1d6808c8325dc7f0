import { readFileSync } from 'node:fs';

/** Queue settings of host.json with Azure's defaults; times in ms. */
export interface QueueSettings {
  readonly batchSize: number;
  readonly newBatchThreshold: number;
  readonly maxDequeueCount: number;
  readonly visibilityTimeoutMs: number;
  readonly maxPollingIntervalMs: number;
  readonly messageEncoding: 'base64' | 'none';
}

/** What the local host reads of host.json. */
export interface HostJson {
  readonly routePrefix: string;
  readonly queues: QueueSettings;
  /** Least level that is logged, by category: `default`, `Function`, `Function.<name>`, `Host`. */
  readonly logLevel: Readonly<Record<string, string>>;
}

/** A .NET TimeSpan as host.json has it (`00:00:30`, `1.02:00:00`, `00:00:00.5`), in ms. */
export function parseTimeSpan(text: string, name: string): number {
  const found = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d{1,7})?)$/.exec(text);
  if (found === null)
    throw new SyntaxError(`Expected \`${name}\` in host.json like "00:00:30", got ${text}.`);
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = found;
  return Math.round(
    ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000,
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function sectionOf(parent: unknown, name: string): Record<string, unknown> {
  const section = isObject(parent) ? parent[name] : undefined;
  if (section === undefined) return {};
  if (!isObject(section)) throw new TypeError(`Expected \`${name}\` in host.json to be an object.`);
  return section;
}

function integerOf(
  section: Record<string, unknown>,
  name: string,
  lowest: number,
  highest: number,
  fallback: number,
): number {
  const value = section[name] ?? fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < lowest || value > highest) {
    throw new RangeError(`Expected \`${name}\` in host.json in ${lowest}..${highest}, got ${String(value)}.`);
  }
  return value;
}

function timeSpanOf(section: Record<string, unknown>, name: string, fallbackMs: number): number {
  const value = section[name];
  if (value === undefined) return fallbackMs;
  if (typeof value !== 'string')
    throw new TypeError(`Expected \`${name}\` in host.json to be a text like "00:00:30".`);
  return parseTimeSpan(value, name);
}

/** Checks a parsed host.json and fills in Azure's defaults. Throws an error that names the setting. */
export function parseHostJson(value: unknown): HostJson {
  if (!isObject(value) || value['version'] !== '2.0') {
    throw new TypeError('Expected host.json to be an object with `version` "2.0".');
  }
  const extensions = sectionOf(value, 'extensions');
  const http = sectionOf(extensions, 'http');
  const queues = sectionOf(extensions, 'queues');
  const routePrefix = http['routePrefix'] ?? 'api';
  if (typeof routePrefix !== 'string')
    throw new TypeError('Expected `routePrefix` in host.json to be a text.');
  const messageEncoding = String(queues['messageEncoding'] ?? 'base64').toLowerCase();
  if (messageEncoding !== 'base64' && messageEncoding !== 'none') {
    throw new RangeError(
      `Expected \`messageEncoding\` in host.json in base64, none, got ${messageEncoding}.`,
    );
  }
  const batchSize = integerOf(queues, 'batchSize', 1, 32, 16);
  const logLevel = sectionOf(sectionOf(value, 'logging'), 'logLevel');
  return {
    routePrefix,
    queues: {
      batchSize,
      newBatchThreshold: integerOf(queues, 'newBatchThreshold', 0, 1_000, Math.floor(batchSize / 2)),
      maxDequeueCount: integerOf(queues, 'maxDequeueCount', 1, 1_000, 5),
      visibilityTimeoutMs: timeSpanOf(queues, 'visibilityTimeout', 0),
      maxPollingIntervalMs: timeSpanOf(queues, 'maxPollingInterval', 60_000),
      messageEncoding,
    },
    logLevel: Object.fromEntries(
      Object.entries(logLevel).map(([category, level]) => [category, String(level)]),
    ),
  };
}

/** Reads and checks host.json. */
export function readHostJson(path: string): HostJson {
  return parseHostJson(JSON.parse(readFileSync(path, 'utf8')));
}
