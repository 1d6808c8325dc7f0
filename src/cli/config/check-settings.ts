import { distance } from 'fastest-levenshtein';
import { readConfig, SETTING_NAMES, settingsSchema } from '../../config.ts';
import { hasCode } from '../../errors.ts';
import { DEVELOPMENT_STORAGE, usesDevelopmentStorage } from '../../local/development-storage.ts';
import { mergeSettings } from '../../local/local-settings.ts';
import { parseTimerSchedule } from '../../local/timer/timer-schedule.ts';

/** One setting that cannot be used as it stands. */
export interface SettingProblem {
  /** Where the value comes from: a file, `environment`, or `default` where nothing is set. */
  readonly file: string;
  readonly setting: string;
  /** `(hidden)` where it may hold a key. */
  readonly value: string;
  readonly expected: string;
}

export interface SettingSources {
  /** `Values` of the settings file. */
  readonly values: Readonly<Record<string, string>>;
  readonly file: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Names that the platform or the local host reads, not the service. */
const OTHERS =
  /^(AzureWebJobs|AzureFunctionsJobHost__|FUNCTIONS_|WEBSITE_|WEBSITES_|APPLICATIONINSIGHTS_|APPINSIGHTS_|languageWorkers|SCM_|NODE_|PORT$|AZURITE_DIR$|LOCAL_KEYS)/;
/** Two names this many letters apart are likely meant to be one. */
const NEAR = 3;
const CONNECTION_PARTS = /(^|;)\s*(AccountName|BlobEndpoint|UseDevelopmentStorage)\s*=/i;

/** Everything that is wrong with the settings, in the order of docs/configuration.md; empty where nothing is. */
export function checkSettings({ values, file, env }: SettingSources): SettingProblem[] {
  const merged = mergeSettings(values, env);
  const settings = usesDevelopmentStorage(merged)
    ? { ...merged, AzureWebJobsStorage: DEVELOPMENT_STORAGE }
    : merged;
  const expected = [...invalidSettings(settings), ...unreadable(settings, file !== undefined)];
  const inFile = file ?? 'settings file';
  const known: SettingProblem[] = expected.map(([setting, text]) => ({
    file: env[setting] ? 'environment' : isDefault(setting, values) ? 'default' : inFile,
    setting,
    value: shownValue(setting, merged[setting]),
    expected: text,
  }));
  const unknown = Object.keys(values).filter((name) => !(name in settingsSchema.shape) && !OTHERS.test(name));
  return [
    ...known,
    ...unknown.map((setting) => ({
      file: inFile,
      setting,
      value: shownValue(setting, values[setting]),
      expected: nearest(setting),
    })),
  ];
}

/** The schedule has a default in the service, but it is the Functions host that reads it. */
const isDefault = (setting: string, values: Readonly<Record<string, string>>): boolean =>
  values[setting] === undefined && setting !== 'RETRAIN_SCHEDULE';

type Expectation = readonly [setting: string, text: string];

function invalidSettings(settings: Readonly<Record<string, string>>): Expectation[] {
  try {
    readConfig(settings);
    return [];
  } catch (error) {
    if (!hasCode(error, 'CONFIG_INVALID')) throw error;
    return error.issues.map(({ path, message }) => [path.split('.')[0] ?? path, message]);
  }
}

/** What the service hands on as text and others fail on later; a settings file has to state what its host needs. */
function unreadable(settings: Readonly<Record<string, string>>, isFile: boolean): Expectation[] {
  const problems: Expectation[] = [];
  const { AzureWebJobsStorage: connection = '', RETRAIN_SCHEDULE: schedule = '' } = settings;
  const { LOCAL_KEYS: keys = '' } = settings;
  if (connection !== '' && !CONNECTION_PARTS.test(connection))
    problems.push([
      'AzureWebJobsStorage',
      'Expected a connection string with AccountName or BlobEndpoint, or UseDevelopmentStorage=true.',
    ]);
  if (schedule === '' && isFile)
    problems.push([
      'RETRAIN_SCHEDULE',
      'Expected a schedule of six NCRONTAB fields such as `0 7 * * * *`, got none.',
    ]);
  if (schedule !== '') {
    try {
      parseTimerSchedule(schedule);
    } catch (error) {
      problems.push(['RETRAIN_SCHEDULE', (error as Error).message]);
    }
  }
  if (!['', 'off', 'enforce'].includes(keys)) problems.push(['LOCAL_KEYS', 'Expected off or enforce.']);
  return problems;
}

function nearest(name: string): string {
  const [best] = SETTING_NAMES.map((known) => ({ known, far: distance(known, name.toUpperCase()) })).sort(
    (a, b) => a.far - b.far,
  );
  const hint = best !== undefined && best.far <= NEAR ? `; did you mean ${best.known}?` : '.';
  return `Expected a setting of docs/configuration.md, this is none${hint}`;
}

function shownValue(setting: string, value: string | undefined): string {
  if (value === undefined || value === '') return '(not set)';
  const isPublic = value === DEVELOPMENT_STORAGE || setting === 'LOCAL_KEYS';
  return /key|secret|token|password|AzureWebJobsStorage$/i.test(setting) && !isPublic ? '(hidden)' : value;
}

/** One line a problem, for a terminal. */
export const problemLine = ({ file, setting, value, expected }: SettingProblem): string =>
  `${file}: ${setting} = ${value}: ${expected}`;
