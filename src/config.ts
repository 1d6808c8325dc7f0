import { z } from 'zod';
import { AlertforestError, inputIssues } from './errors.ts';
import { CLASSIFIER_ALGORITHMS } from './models/classifier-learner.ts';

const onOff = (fallback: 'on' | 'off') => z.enum(['on', 'off']).default(fallback);
const count = (fallback: number, min = 1, max = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
const share = (fallback: number) => z.coerce.number().min(0).max(1).default(fallback);

/** Well below the 230 s after which Azure's front end gives a request up. */
export const DEFAULT_DEADLINE_SECONDS = 100;

/** Every app setting: its range, its default and, for docs/configuration.md, what it does. */
export const settingsSchema = z.object({
  AzureWebJobsStorage: z
    .string()
    .min(1)
    .optional()
    .describe(
      'connection string of the storage account; `UseDevelopmentStorage=true` is Azurite on its usual ports',
    ),
  AzureWebJobsStorage__accountName: z
    .string()
    .min(3)
    .optional()
    .describe(
      "name of the storage account, reached with the app's identity; used where there is no connection string",
    ),
  AzureWebJobsStorage__credential: z
    .enum(['managedidentity'])
    .optional()
    .describe('which identity reaches the account'),
  AzureWebJobsStorage__clientId: z
    .string()
    .min(1)
    .optional()
    .describe('client id of a user-assigned identity'),
  AzureWebJobsStorage__blobServiceUri: z
    .url()
    .optional()
    .describe("address of the account's blobs, in place of its name"),
  AzureWebJobsStorage__queueServiceUri: z.url().optional().describe('the same of its queues'),
  AzureWebJobsStorage__tableServiceUri: z.url().optional().describe('the same of its tables'),
  RETRAIN_SCHEDULE: z
    .string()
    .default('0 7 * * * *')
    .describe('NCRONTAB of six fields of the hourly check, read by the Functions host'),
  RETRAIN_AFTER: count(100).describe('newly judged alerts that start a retrain at once'),
  RETRAIN_AFTER_HOURLY: count(50).describe('newly judged alerts that suffice at the hourly check'),
  TOURNAMENT: z
    .string()
    .default(CLASSIFIER_ALGORITHMS.join(','))
    .describe(
      'learners that compete for the classifier at a retrain; `random_forest,boosted` takes half the time',
    )
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(CLASSIFIER_ALGORITHMS)).min(1)),
  MAX_ALERT_BYTES: count(1_048_576, 1_024).describe('one alert, counted after decompression'),
  MAX_REQUEST_BYTES: count(16_777_216, 1_024).describe('one request, counted after decompression'),
  MAX_BATCH_ALERTS: count(1_000).describe('alerts of one request'),
  MAX_INTEL_BYTES: count(104_857_600, 1_024).describe(
    'one source of indicators over HTTP, after decompression; the command line has no such limit',
  ),
  MODEL_WEIGHT: share(0.7).describe('of the models in the final score; with `RULE_WEIGHT` 1'),
  RULE_WEIGHT: share(0.3).describe('of the rules in the final score'),
  BLEND_RISK: share(0.6).describe('of the risk in the model score; the three `BLEND_` sum to 1'),
  BLEND_CLASSIFIER: share(0.3).describe('of the attack probability in the model score'),
  BLEND_ANOMALY: share(0.1).describe('of the anomaly score in the model score'),
  RULES: onOff('on').describe(
    "the rule stage; off, `rule_score` is null and `final_score` is the models' alone",
  ),
  INTEL: onOff('on').describe(
    'the intelligence stage; off, no entity is looked up, sources can still be imported',
  ),
  BEHAVIOR: onOff('on').describe(
    'the behaviour stage; off, nothing is compared with the past and `context.score` is null',
  ),
  ENTITIES: onOff('on').describe(
    'the entity stage; off, nothing is keyed, so behaviour and correlation say nothing of an alert',
  ),
  CORRELATION: onOff('on').describe('the correlation stage; off, alerts are not joined into incidents'),
  INCIDENT_ENTITIES: z
    .enum(['values', 'hashes'])
    .default('values')
    .describe('`hashes`: incidents keep keyed hashes alone, no titles and no entity values'),
  INCIDENT_TITLES: onOff('on').describe(
    'titles of alerts in incidents; off, and with `INCIDENT_ENTITIES=hashes`, a rule without a name has none',
  ),
  PREDICTION_LOG: z
    .enum(['behind', 'wait', 'off'])
    .default('behind')
    .describe('whether a verdict waits for its row in the log, or there is none'),
  PREDICTION_LOG_WEEKS: count(8, 1, 520).describe('weekly prediction tables kept'),
  HEAD_POLL_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(3_600)
    .default(30)
    .describe('how often an instance looks for a new release'),
  HEARTBEAT_SECONDS: z.coerce
    .number()
    .min(1)
    .max(3_600)
    .default(15)
    .describe(
      'how often an instance says that it lives, at most once a `HEAD_POLL_SECONDS`; one that was not heard of three times is dead',
    ),
  AUTH_MODE: z.enum(['key', 'entra']).default('key').describe('`entra`: app roles behind Easy Auth'),
  AUDIT_SHARE: share(0.02).describe(
    'would-be-closed alerts that a person sees all the same, until a policy is stored',
  ),
  LOG_ALERT_CONTENT: onOff('off').describe("alert content in the service's own log"),
  RULE_VALUES: onOff('off').describe(
    'what rules found stands in explained verdicts; else only the fields in which they did',
  ),
  FEEDBACK_RATE_PER_MINUTE: count(6_000).describe(
    'alerts that the judgements of a caller may look up and write a minute, members of incidents included; in key mode all claimed analysts share one quota',
  ),
  SYNTHETIC_ALERTS: count(2_000, 200, 20_000).describe(
    'the training set of the first start, which fades as judgements come in; fewer start and retrain faster and know less',
  ),
  SYNTHETIC_SEED: z.coerce
    .number()
    .int()
    .min(0)
    .max(4_294_967_295)
    .default(20_260_101)
    .describe('seed of that set'),
  ALERTFOREST_CACHE_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('folder for local copies of served models; left out, one under the temp directory'),
  ALERT_LINK_TEMPLATE: z
    .string()
    .max(2_048)
    .regex(/^https:\/\//, 'Expected an address that begins with https://.')
    .optional()
    .describe(
      'address of an incident in your SIEM, for the page; `{id}`, `{first}` (its first moment) and `{alert_key}` (its strongest alert) are filled in',
    ),
  STORAGE_TIMEOUT_SECONDS: z.coerce
    .number()
    .min(0.5)
    .max(120)
    .default(8)
    .describe('after which a storage call, retries included, counts as an outage'),
  REQUEST_DEADLINE_SECONDS: z.coerce
    .number()
    .min(1)
    .max(220)
    .default(DEFAULT_DEADLINE_SECONDS)
    .describe('after which a request is answered 503 with what was done, whatever it waits for'),
});

export type Settings = z.infer<typeof settingsSchema>;

/** Names of all app settings, in the order of the documents. */
export const SETTING_NAMES = Object.keys(settingsSchema.shape) as (keyof Settings)[];

const addsToOne = (...parts: number[]): boolean => Math.abs(parts.reduce((a, b) => a + b, 0) - 1) < 1e-9;

/**
 * Reads and checks every app setting once. An empty value counts as absent.
 *
 * @throws AlertforestError CONFIG_INVALID that names every wrong or missing setting at once
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Settings {
  const present = Object.fromEntries(
    SETTING_NAMES.flatMap((name) => {
      const value = env[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  );
  const parsed = settingsSchema.safeParse(present);
  const issues = parsed.success ? [] : inputIssues(parsed.error);
  if (parsed.success) {
    const s = parsed.data;
    if (
      !s.AzureWebJobsStorage &&
      !s.AzureWebJobsStorage__accountName &&
      !(s.AzureWebJobsStorage__blobServiceUri && s.AzureWebJobsStorage__tableServiceUri)
    ) {
      issues.push({
        path: 'AzureWebJobsStorage',
        message: 'Expected a connection string, or AzureWebJobsStorage__accountName for access by identity.',
      });
    }
    if (!addsToOne(s.MODEL_WEIGHT, s.RULE_WEIGHT)) {
      issues.push({ path: 'MODEL_WEIGHT', message: 'Expected MODEL_WEIGHT + RULE_WEIGHT to be 1.' });
    }
    if (!addsToOne(s.BLEND_RISK, s.BLEND_CLASSIFIER, s.BLEND_ANOMALY)) {
      issues.push({
        path: 'BLEND_RISK',
        message: 'Expected BLEND_RISK + BLEND_CLASSIFIER + BLEND_ANOMALY to be 1.',
      });
    }
    if (s.MAX_ALERT_BYTES > s.MAX_REQUEST_BYTES) {
      issues.push({ path: 'MAX_ALERT_BYTES', message: 'Expected at most MAX_REQUEST_BYTES.' });
    }
    if (issues.length === 0) return s;
  }
  throw new AlertforestError(
    'CONFIG_INVALID',
    `Invalid app settings: ${issues.map((issue) => `${issue.path}: ${issue.message}`).join('; ')}`,
    { issues },
  );
}
