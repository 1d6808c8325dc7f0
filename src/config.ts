import { z } from 'zod';
import { AlertforestError, inputIssues } from './errors.ts';
import { CLASSIFIER_ALGORITHMS } from './models/classifier-learner.ts';

const onOff = (fallback: 'on' | 'off') => z.enum(['on', 'off']).default(fallback);
const count = (fallback: number, min = 1, max = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(min).max(max).default(fallback);
const share = (fallback: number) => z.coerce.number().min(0).max(1).default(fallback);

/** Well below the 230 s after which Azure's front end gives a request up. */
export const DEFAULT_DEADLINE_SECONDS = 100;

const settingsSchema = z.object({
  /** Connection string of the storage account; `UseDevelopmentStorage=true` means Azurite on its usual ports. */
  AzureWebJobsStorage: z.string().min(1).optional(),
  /** Name of the storage account, reached with the app's identity; used when there is no connection string. */
  AzureWebJobsStorage__accountName: z.string().min(3).optional(),
  AzureWebJobsStorage__credential: z.enum(['managedidentity']).optional(),
  AzureWebJobsStorage__clientId: z.string().min(1).optional(),
  AzureWebJobsStorage__blobServiceUri: z.url().optional(),
  AzureWebJobsStorage__queueServiceUri: z.url().optional(),
  AzureWebJobsStorage__tableServiceUri: z.url().optional(),
  /** NCRONTAB with six fields, read by the Functions host. */
  RETRAIN_SCHEDULE: z.string().default('0 7 * * * *'),
  /** Newly judged alerts that start a retrain at once. */
  RETRAIN_AFTER: count(100),
  /** Newly judged alerts that suffice at the hourly check. */
  RETRAIN_AFTER_HOURLY: count(50),
  /** Algorithms that compete for the classifier at each retrain. */
  TOURNAMENT: z
    .string()
    .default(CLASSIFIER_ALGORITHMS.join(','))
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(CLASSIFIER_ALGORITHMS)).min(1)),
  MAX_ALERT_BYTES: count(1_048_576, 1_024),
  MAX_REQUEST_BYTES: count(16_777_216, 1_024),
  MAX_BATCH_ALERTS: count(1_000),
  /** Bytes of one source of indicators over HTTP, after decompression; the command line has no such limit. */
  MAX_INTEL_BYTES: count(104_857_600, 1_024),
  MODEL_WEIGHT: share(0.7),
  RULE_WEIGHT: share(0.3),
  BLEND_RISK: share(0.6),
  BLEND_CLASSIFIER: share(0.3),
  BLEND_ANOMALY: share(0.1),
  /** With the rule stage off `rule_score` is null and `final_score` is the models' alone. */
  RULES: onOff('on'),
  /** With the intelligence stage off no entity is looked up; sources can still be imported. */
  INTEL: onOff('on'),
  /** With the behaviour stage off nothing is compared with the past, and `context.score` is null. */
  BEHAVIOR: onOff('on'),
  /** With the correlation stage off alerts are not joined into incidents. */
  CORRELATION: onOff('on'),
  /** Whether incidents keep titles and entity values for who reads them, or keyed hashes alone. */
  INCIDENT_ENTITIES: z.enum(['values', 'hashes']).default('values'),
  PREDICTION_LOG: z.enum(['behind', 'wait', 'off']).default('behind'),
  /** Weekly prediction tables kept. */
  PREDICTION_LOG_WEEKS: count(8, 1, 520),
  /** Seconds between conditional reads of the serving pointer. */
  HEAD_POLL_SECONDS: z.coerce.number().min(0.1).max(3_600).default(30),
  AUTH_MODE: z.enum(['key', 'entra']).default('key'),
  /** Share of would-be-closed alerts that a person looks at all the same. */
  AUDIT_SHARE: share(0.02),
  /** Alert content in the service's own logs. */
  LOG_ALERT_CONTENT: onOff('off'),
  /** Feedback items a caller may send a minute; in key mode all claimed analysts share one quota. */
  FEEDBACK_RATE_PER_MINUTE: count(6_000),
  /** Synthetic alerts that the models start from and that fade as judgements come in. */
  SYNTHETIC_ALERTS: count(2_000, 200, 20_000),
  /** Seed of the first, synthetic training set. */
  SYNTHETIC_SEED: z.coerce.number().int().min(0).max(4_294_967_295).default(20_260_101),
  /** Folder for the local copies of served artefacts; default is a folder under the temp directory. */
  ALERTFOREST_CACHE_DIR: z.string().min(1).optional(),
  /** Seconds one storage call may take, retries included, before it counts as an outage. */
  STORAGE_TIMEOUT_SECONDS: z.coerce.number().min(0.5).max(120).default(8),
  /** Seconds after which a request is answered 503 with what was done, whatever it waits for. */
  REQUEST_DEADLINE_SECONDS: z.coerce.number().min(1).max(220).default(DEFAULT_DEADLINE_SECONDS),
});

export type Settings = z.infer<typeof settingsSchema>;

/** What an app setting may be and does, for the documents and the tests of infra/. */
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
