/** Every container, table, queue and blob name. infra/ is tested against these. */
export const MODEL_CONTAINER = 'ml-models';
export const FEEDBACK_TABLE = 'feedback';
export const PREDICTION_TABLE_PREFIX = 'predictions';
export const RUNS_TABLE = 'runs';
export const FLEET_TABLE = 'fleet';
export const BEHAVIOR_TABLE = 'behavior';
export const RETRAIN_QUEUE = 'retrain-requests';
export const RETRAIN_POISON_QUEUE = 'retrain-requests-poison';

export const HEAD_BLOB = 'head.json';
/** What nothing reaches, and since when. */
export const GARBAGE_BLOB = 'garbage.json';
export const RETRAIN_LOCK_BLOB = 'locks/retrain';
/** Which of the requests that ask for the same retrain waits for its turn. */
export const RETRAIN_TURN_BLOB = 'locks/retrain-turn.json';
export const BEHAVIOR_KEY_BLOB = 'behavior/key.bin';
/** The newest, and the one before that stands in for it. */
export const BEHAVIOR_SNAPSHOTS = {
  snapshot: 'behavior/snapshot.bin',
  before: 'behavior/snapshot-before.bin',
} as const;
export const BEHAVIOR_LOCK_BLOB = 'locks/behavior';
export const CRITICAL_CASES_BLOB = 'critical-cases.json';
export const POLICY_POINTER_BLOB = 'policy.json';
export const RULE_SETTINGS_BLOB = 'rule-settings.json';

/** @param hash12 first 12 hex digits of the hash over dataset, config, feature catalogue and code version */
export const artefactPath = (model: string, hash12: string): string => `models/${model}/${hash12}/model.bin`;
export const modelCardPath = (model: string, hash12: string): string => `models/${model}/${hash12}/card.md`;
/** What the folds of a classifier said of judged alerts they had not seen. */
export const unseenPath = (model: string, hash12: string): string => `models/${model}/${hash12}/unseen.bin`;
/** The judged alerts behind a classifier by the leaves they end in. */
export const neighboursPath = (model: string, hash12: string): string =>
  `models/${model}/${hash12}/neighbours.bin`;
export const releasePath = (releaseId: string): string => `releases/${releaseId}.json`;
export const datasetPath = (hash12: string): string => `datasets/${hash12}.bin`;
export const trafficPath = (hash12: string): string => `datasets/${hash12}-traffic.bin`;
export const catalogPath = (catalogId: string): string => `catalogs/${catalogId}.json`;
/** Where each policy that was written is kept. */
export const POLICY_ARCHIVE = 'policy/';
/** @param hash8 first 8 hex digits over the content: two writers of one seq must not share a place */
export const policyPath = (seq: number, hash8: string): string =>
  `${POLICY_ARCHIVE}${String(seq).padStart(8, '0')}-${hash8}.json`;
/** Where each set of critical cases that was written is kept. */
export const CRITICAL_CASES_ARCHIVE = 'critical-cases/';
export const criticalCasesPath = (seq: number, hash8: string): string =>
  `${CRITICAL_CASES_ARCHIVE}${String(seq).padStart(8, '0')}-${hash8}.json`;
/** Where each set of rules' settings that was written is kept. */
export const RULE_SETTINGS_ARCHIVE = 'rule-settings/';
export const ruleSettingsPath = (seq: number, hash8: string): string =>
  `${RULE_SETTINGS_ARCHIVE}${String(seq).padStart(8, '0')}-${hash8}.json`;

/** Indicators of threat-intelligence sources, in a container of their own. */
export const INTEL_CONTAINER = 'intel';
export const INTEL_INDEX_BLOB = 'index.json';
/** @param hash16 first 16 hex digits of the hash over the bytes */
export const intelSourcePath = (source: string, hash16: string): string => `sources/${source}/${hash16}.bin`;
