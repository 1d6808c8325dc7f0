/** The value that stands for "the emulator on this machine" in a settings file. */
export const DEVELOPMENT_STORAGE = 'UseDevelopmentStorage=true';

/** Whether the functions are to use the emulator: no storage is named, or the emulator is. */
export function usesDevelopmentStorage(settings: Readonly<Record<string, string>>): boolean {
  const { AzureWebJobsStorage: connection = '' } = settings;
  if (connection === DEVELOPMENT_STORAGE) return true;
  return connection === '' && !Object.keys(settings).some((name) => name.startsWith('AzureWebJobsStorage__'));
}

/** Puts the emulator's real connection string wherever the settings mean the emulator. */
export function withDevelopmentStorage(
  settings: Readonly<Record<string, string>>,
  connectionString: string,
): Record<string, string> {
  const replaced = Object.entries(settings).map(([name, value]) => [
    name,
    value === DEVELOPMENT_STORAGE ? connectionString : value,
  ]);
  const result: Record<string, string> = Object.fromEntries(replaced);
  if (usesDevelopmentStorage(settings)) result['AzureWebJobsStorage'] = connectionString;
  return result;
}
