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
  const expected = [...invalidSettings(settings), ...unreadable(settings)];
  const inFile = file ?? 'settings file';
  const known: SettingProblem[] = expected.map(([setting, text]) => ({
    file: env[setting] ? 'environment' : values[setting] === undefined ? 'default' : inFile,
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

/** What the service hands on as text and others fail on later. */
function unreadable(settings: Readonly<Record<string, string>>): Expectation[] {
  const problems: Expectation[] = [];
  const { AzureWebJobsStorage: connection = '', RETRAIN_SCHEDULE: schedule = '' } = settings;
  if (connection !== '' && !CONNECTION_PARTS.test(connection))
    problems.push([
      'AzureWebJobsStorage',
      'Expected a connection string with AccountName or BlobEndpoint, or UseDevelopmentStorage=true.',
    ]);
  if (schedule !== '') {
    try {
      parseTimerSchedule(schedule);
    } catch (error) {
      problems.push(['RETRAIN_SCHEDULE', (error as Error).message]);
    }
  }
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
  return /key|secret|token|password|AzureWebJobsStorage$/i.test(setting) && value !== DEVELOPMENT_STORAGE
    ? '(hidden)'
    : value;
}

/** One line a problem, for a terminal. */
export const problemLine = ({ file, setting, value, expected }: SettingProblem): string =>
  `${file}: ${setting} = ${value}: ${expected}`;
